// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/exactshare.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

std::optional<Wide> product(std::span<const Wide> factors)
{
    Wide value = 1;
    for (const Wide factor : factors) {
        if (__builtin_mul_overflow(value, factor, &value))
            return std::nullopt;
    }
    return value;
}

Result<std::vector<Money>> roundShares(const std::vector<Wide>& numerators, Wide denominator)
{
    const auto tooLarge = fail(
        ErrorCode::InvalidConfig,
        u"the cost is too large to be computed; check the volumes and sizes of the catalog and the rates of the pricing profile"_s);
    Wide sum = 0;
    for (const Wide numerator : numerators) {
        if (__builtin_add_overflow(sum, numerator, &sum))
            return tooLarge;
    }
    // divided before doubling, so that the rounding itself cannot overflow
    const Wide remainder = sum % denominator;
    const Wide total = sum / denominator + (remainder >= denominator - remainder ? 1 : 0);
    if (total > std::numeric_limits<std::int64_t>::max())
        return tooLarge;

    std::vector<Money> shares;
    Wide given = 0;
    for (const Wide numerator : numerators) {
        shares.push_back(Money{static_cast<std::int64_t>(numerator / denominator)});
        given += numerator / denominator;
    }
    std::vector<std::size_t> byRemainder(numerators.size());
    std::iota(byRemainder.begin(), byRemainder.end(), std::size_t{0});
    std::stable_sort(byRemainder.begin(), byRemainder.end(), [&](std::size_t a, std::size_t b) {
        return numerators[a] % denominator > numerators[b] % denominator;
    });
    // fewer micro-units are left than there are shares: each remainder is below one
    for (std::size_t i = 0; given < total; ++i, ++given)
        shares[byRemainder[i]].micros += 1;
    return shares;
}

} // namespace spillway
