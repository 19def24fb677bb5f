// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "letterbytes.h"
#include "model/schema/avroschema.h"
#include "model/schema/jsontape.h"

#include <utility>

namespace spillway::fuzz {

/// A schema and a payload out of any bytes: what stands before and behind the first NUL; without one both are the same.
inline std::pair<QByteArray, QByteArray> schemaAndPayloadOf(const std::uint8_t* data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const qsizetype end = bytes.indexOf('\0');
    return end < 0 ? std::pair(bytes, bytes) : std::pair(bytes.first(end), bytes.sliced(end + 1));
}

/// What a decoder promises of any bytes: JSON that is closed, and a fault that lies within them.
inline void demandWhole(const BinaryText& text, qsizetype size)
{
    demand(text.read >= 0 && text.read <= size && text.faultAt >= 0 && text.faultAt <= size);
    demand(text.fault.has_value() || !text.isLimit);
    JsonTape tape;
    demand(text.json.isEmpty() ? text.fault.has_value() : tape.parse(text.json));
}

} // namespace spillway::fuzz
