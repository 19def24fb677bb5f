// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/cost/money.h"

#include <optional>
#include <span>
#include <vector>

namespace spillway {

/// A whole number of 128 bits: quantities times rates fit without rounding. The compiler's own type, as no standard one
/// exists.
__extension__ using Wide = __int128;

/// Products of non-negative numbers; nullopt when they no longer fit.
[[nodiscard]] std::optional<Wide> product(std::span<const Wide> factors);

/// Rounds exact shares to micro-units so that they add up to the rounded total: everyone gets the whole part, and what
/// is left goes to the largest remainders (at equal remainders to the earlier share). Each result is less than one
/// micro-unit from its exact share.
/// @param numerators   each >= 0; a share is numerator / denominator micro-units
/// @param denominator  > 0
/// @return  the shares in the same order; InvalidConfig when a sum does not fit
[[nodiscard]] Result<std::vector<Money>> roundShares(const std::vector<Wide>& numerators, Wide denominator);

/// An amount in parts as the weights are, exactly: parts add up to the amount. What does not divide goes to the largest
/// remainders. All weights 0: even parts. nullopt when it does not fit; then scale the weights down.
[[nodiscard]] std::optional<std::vector<Wide>> splitExactly(Wide amount, std::span<const Wide> weights);

/// Whole parts of a whole total for shares that may be a little off it: each gets floor(numerator / denominator), what
/// is left goes to the largest remainders, in turn.
/// @param total  between the sum of the floors and that sum + the number of shares
[[nodiscard]] std::vector<std::int64_t> roundShares(std::int64_t total, std::span<const Wide> numerators,
                                                    Wide denominator);

} // namespace spillway
