// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"

#include <QByteArray>
#include <QByteArrayView>

namespace spillway {

/// Headers as one blob, in order, with duplicates, null and empty values: per header a varint of the name's length, the
/// name, a varint of the value's length + 1 (0 is null), the value. A varint has 7 bits a byte, lowest first, the high
/// bit set on all but the last. The same for ever: stored letters hold it.
[[nodiscard]] QByteArray packHeaders(const Headers& headers);
/// The same into `packed`, whose room is used again.
void packHeaders(const Headers& headers, QByteArray& packed);
/// The same to `to`, where `packedHeadersBound` bytes have room. @return how many were written.
[[nodiscard]] qsizetype packHeaders(const Headers& headers, char* to);
[[nodiscard]] qsizetype packedHeadersBound(const Headers& headers);

/// Corrupt when the bytes are not what `packHeaders` makes. Every length is checked before it is used.
/// @param like  a name that stands in the same place here is shared with it, not copied: letters of one channel mostly
///              have their names in common.
[[nodiscard]] Result<Headers> unpackHeaders(QByteArrayView packed, const Headers& like = {});

/// The same one header after the other, without copies.
class PackedHeaders
{
public:
    explicit PackedHeaders(QByteArrayView packed)
        : m_rest(packed)
    {
    }
    /// Moves to the next one; false at the end, and where the bytes are not what `packHeaders` makes (`isCorrupt`).
    [[nodiscard]] bool next();
    [[nodiscard]] QByteArrayView name() const { return m_name; }
    [[nodiscard]] const std::optional<QByteArrayView>& value() const { return m_value; } ///< nullopt is null
    [[nodiscard]] bool isCorrupt() const { return m_isCorrupt; }

private:
    QByteArrayView m_rest;
    QByteArrayView m_name;
    std::optional<QByteArrayView> m_value;
    bool m_isCorrupt = false;
};

} // namespace spillway
