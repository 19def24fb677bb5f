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

namespace {

std::vector<std::size_t> byRemainder(std::span<const Wide> remainders)
{
    std::vector<std::size_t> order(remainders.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    return order;
}

} // namespace

std::optional<std::vector<Wide>> splitExactly(Wide amount, std::span<const Wide> weights)
{
    Wide sum = 0;
    for (const Wide weight : weights) {
        if (__builtin_add_overflow(sum, weight, &sum))
            return std::nullopt;
    }
    if (weights.empty())
        return std::vector<Wide>();
    if (sum == 0) {
        const std::vector<Wide> even(weights.size(), 1);
        return splitExactly(amount, even);
    }
    std::vector<Wide> parts;
    std::vector<Wide> remainders;
    Wide given = 0;
    for (const Wide weight : weights) {
        Wide scaled = 0;
        if (__builtin_mul_overflow(amount, weight, &scaled))
            return std::nullopt;
        parts.push_back(scaled / sum);
        remainders.push_back(scaled % sum);
        given += parts.back();
    }
    const auto order = byRemainder(remainders);
    for (std::size_t i = 0; given < amount; ++i, ++given)
        parts[order[i]] += 1;
    return parts;
}

std::vector<std::int64_t> roundShares(std::int64_t total, std::span<const Wide> numerators, Wide denominator)
{
    std::vector<std::int64_t> parts;
    std::vector<Wide> remainders;
    std::int64_t given = 0;
    for (const Wide numerator : numerators) {
        parts.push_back(static_cast<std::int64_t>(numerator / denominator));
        remainders.push_back(numerator % denominator);
        given += parts.back();
    }
    const auto order = byRemainder(remainders);
    for (std::size_t i = 0; given < total && !order.empty(); ++i, ++given)
        parts[order[i % order.size()]] += 1;
    return parts;
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
    std::vector<Wide> remainders;
    for (const Wide numerator : numerators)
        remainders.push_back(numerator % denominator);
    const auto order = byRemainder(remainders);
    // fewer micro-units are left than there are shares: each remainder is below one
    for (std::size_t i = 0; given < total; ++i, ++given)
        shares[order[i]].micros += 1;
    return shares;
}

} // namespace spillway
