// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/exactshare.h"
#include "model/cost/pricing.h"

namespace spillway {

/// A price as a fraction of micro-units: quantity × rateNumerator / denominator. In what quantities are counted:
/// storage in byte-millidays; data in bytes; events and requests as such; time of brokers, partitions, tasks, entries,
/// schemas and fees in nanodays. Where a profile makes smaller parts (of zones, of batches), `parts` divides them
/// again.
struct UnitPrice
{
    Wide unitNumerator = 1; ///< quantity × unitNumerator / unitDenominator = quantity in the price's unit
    Wide unitDenominator = 1;
    Wide numerator = 0; ///< of micro-units
    Wide denominator = 1;
};

inline constexpr Wide nanodays = 1'000'000'000;

[[nodiscard]] UnitPrice unitPrice(const ComponentPrice& price, Wide parts = 1);

/// A quantity in the price's unit, rounded to billionths; nullopt when it does not fit.
[[nodiscard]] std::optional<std::int64_t> quantityNanos(Wide quantity, const UnitPrice& price);

} // namespace spillway
