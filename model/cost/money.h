// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>

#include <compare>
#include <cstdint>

namespace spillway {

/// An amount in millionths of a currency; which currency stands once, in the report or the profile.
struct Money
{
    std::int64_t micros = 0;
    friend constexpr auto operator<=>(const Money&, const Money&) = default;
    friend constexpr Money operator+(Money a, Money b) { return Money{a.micros + b.micros}; }
    constexpr Money& operator+=(Money other)
    {
        micros += other.micros;
        return *this;
    }
};

/// A price: mantissa / 10^scale of the currency per unit, exactly as written (0.40 is 40 and 2). Never negative.
struct Rate
{
    std::int64_t mantissa = 0;
    int scale = 0; ///< 0 to 12
    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Reads `0.10` or `12`: digits with at most twelve after the point. InvalidConfig says what was expected.
[[nodiscard]] Result<Rate> parseRate(QStringView text);

/// An amount as people write it: a decimal number of at least 0 with at most six decimals, at most nine million
/// millions. InvalidConfig otherwise.
[[nodiscard]] Result<Money> parseMoney(QStringView text);

/// The rate as written: `0.10`.
[[nodiscard]] QString formatRate(const Rate& rate);

/// A decimal number with a point and `decimals` digits (0 to 6), halves rounded up; six is exact. No thousands
/// separators.
[[nodiscard]] QString formatMoney(Money amount, int decimals);
/// The same for people's eyes: thousands apart by thin spaces.
[[nodiscard]] QString groupedMoney(Money amount, int decimals);

} // namespace spillway
