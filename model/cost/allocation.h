// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"
#include "model/cost/exactshare.h"

#include <vector>

/// Who pays for one component of one event. Quantities, not money: they are split without rest, and priced afterwards.
namespace spillway {

/// A part of a quantity.
struct AllocatedPart
{
    int participant = 0; ///< 0 is the producer, 1, 2, … the consumers, -1 the platform team
    Wide quantity = 0;
    friend bool operator==(const AllocatedPart&, const AllocatedPart&) = default;
};

/// What a component costs where it arises.
struct CausedQuantity
{
    Wide producer = 0;
    Wide consumer = 0;     ///< each
    bool isByPath = false; ///< `producer` and `consumer` say what each causes; else `producer` is what the event needs
    bool isOfConsumers = false; ///< not by path: nothing costs anything where nobody consumes
};

/// By the profile's word: who pays how much. The sum of the parts is what the bill holds, whoever pays it.
[[nodiscard]] std::optional<std::vector<AllocatedPart>> causedParts(const CausedQuantity& quantity, ChargedTo chargedTo,
                                                                    int consumers);

/// The same sum, moved by a policy.
/// @param usagePercent  for `Mix`, 0 to 100
[[nodiscard]] std::vector<AllocatedPart> movedParts(const std::vector<AllocatedPart>& caused, AllocationPolicy policy,
                                                    int consumers, int usagePercent);

} // namespace spillway
