// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <QList>

#include <cstdint>
#include <cstdlib>

namespace spillway::fuzz {

/// A record out of any bytes: lines are headers `NAME=value` (`NAME` alone has a null value), the first line that
/// begins with `#` is the key, the last line is the payload.
inline RawRecord recordOf(const std::uint8_t* data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    RawRecord record;
    record.at = {QStringLiteral("orders-dlt"), 0};
    record.timestamp = utcFromMs(1'763'703'926'204);
    QList<QByteArray> lines = bytes.split('\n');
    record.value = lines.takeLast();
    for (const QByteArray& line : lines) {
        if (!record.key && line.startsWith('#')) {
            record.key = line.sliced(1);
            continue;
        }
        const qsizetype equals = line.indexOf('=');
        if (equals < 0)
            record.headers.push_back({line, std::nullopt});
        else
            record.headers.push_back({line.first(equals), line.sliced(equals + 1)});
    }
    return record;
}

/// Stops the fuzzer where a promise is broken.
inline void demand(bool isKept)
{
    if (!isKept)
        std::abort();
}

} // namespace spillway::fuzz
