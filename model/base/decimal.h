// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <compare>
#include <cstdint>
#include <optional>

namespace spillway {

/// A number as JSON writes it, compared by value and exactly: 1.0 is 1, 1e400 is larger than any double, and
/// 9007199254740993 is not 9007199254740992.
class Decimal
{
public:
    /// nullopt when the text is no JSON number or longer than 10 000 characters.
    [[nodiscard]] static std::optional<Decimal> parse(QByteArrayView text);
    [[nodiscard]] static Decimal fromInteger(std::int64_t number);

    /// As a double, infinite when it is too large; for SQL, where the other side is a small integer.
    [[nodiscard]] double toDouble() const;

    /// 1.0 and 1e2 are whole.
    [[nodiscard]] bool isWhole() const { return m_exponent >= static_cast<std::int64_t>(m_digits.size()); }
    /// Whether this is a whole number of times `divisor`, exactly. nullopt when the divisor is zero or has more than 18
    /// digits between its zeros.
    [[nodiscard]] std::optional<bool> isMultipleOf(const Decimal& divisor) const;
    /// The same for equal numbers.
    [[nodiscard]] std::uint64_t hash() const;

    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
    friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == std::strong_ordering::equal; }

private:
    bool m_isNegative = false;
    QByteArray m_digits;         // without zeros at either end; empty is zero
    std::int64_t m_exponent = 0; // value = 0.DIGITS * 10^exponent
};

} // namespace spillway
