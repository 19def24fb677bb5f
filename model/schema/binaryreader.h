// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"
#include "model/schema/avroschema.h"

#include <QStringList>

#include <string_view>

namespace spillway {

/// Bytes of a stranger's binary message, and the JSON text that is made of them. After the first fault every read
/// gives zero or nothing, so that callers need look only where they go on. One thread.
class BinaryReader
{
public:
    explicit BinaryReader(QByteArrayView bytes, qsizetype from = 0)
        : m_bytes(bytes)
        , m_at(from)
    {
    }

    [[nodiscard]] qsizetype at() const { return m_at; }
    [[nodiscard]] qsizetype size() const { return m_bytes.size(); }
    /// @param at  within [0, size()]
    void moveTo(qsizetype at) { m_at = at; }
    [[nodiscard]] QByteArrayView bytes(qsizetype first, qsizetype last) const
    {
        return m_bytes.sliced(first, last - first);
    }
    [[nodiscard]] bool hasFault() const { return m_fault.has_value(); }
    /// The first one counts; it is at the byte read last.
    void fault(const QString& what, bool isLimit = false);

    [[nodiscard]] std::uint8_t byte();
    [[nodiscard]] std::uint64_t varint(); ///< at most ten bytes, 64 bits
    [[nodiscard]] std::int64_t zigzag();
    [[nodiscard]] std::uint32_t fixed32(); ///< little-endian
    [[nodiscard]] std::uint64_t fixed64();
    [[nodiscard]] QByteArrayView take(std::int64_t count);
    /// One value more, one level deeper; false (and a fault) at the limits.
    [[nodiscard]] bool enter();
    void leave() { --m_depth; }

    /// A member's name, also in the path of a fault.
    void key(std::string_view name);
    void leaveKey() { m_path.removeLast(); }

    [[nodiscard]] JsonWriter& out() { return m_out; }
    void writeText(QByteArrayView utf8); ///< a fault when it is not UTF-8
    void writeHex(QByteArrayView bytes);
    void writeFloat();                                           ///< four bytes, little-endian
    void writeDouble();                                          ///< eight bytes; NaN and infinity as text
    void writeDecimal(QByteArrayView twosComplement, int scale); ///< exact, as text
    void writeDate(std::int64_t days);
    void writeTimeOfDay(std::int64_t count, int digits);             ///< 10^-digits seconds
    void writeTimestamp(std::int64_t count, int digits, bool isUtc); ///< since 1970; beyond year 9999 the number
    void writeReal(double number);

    [[nodiscard]] BinaryText finish();

private:
    static constexpr int deepest = 100;
    static constexpr std::int64_t mostValues = 1'000'000;
    static constexpr qsizetype longestText = 16 << 20;

    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    int m_depth = 0;
    std::int64_t m_values = 0;
    JsonWriter m_out;
    QStringList m_path;
    std::optional<QString> m_fault;
    qsizetype m_faultAt = 0;
    bool m_isLimit = false;
};

} // namespace spillway
