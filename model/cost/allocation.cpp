// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/allocation.h"

#include <map>

namespace spillway {

namespace {

/// In even parts, to the last one: the first take what does not divide.
void splitEvenly(std::vector<AllocatedPart>& parts, Wide quantity, int first, int end)
{
    const Wide count = end - first;
    Wide left = quantity % count;
    for (int participant = first; participant < end; ++participant) {
        parts.push_back({participant, quantity / count + (left > 0 ? 1 : 0)});
        left -= left > 0 ? 1 : 0;
    }
}

std::vector<AllocatedPart> merged(const std::vector<AllocatedPart>& parts)
{
    std::map<int, Wide> sums;
    for (const AllocatedPart& part : parts)
        sums[part.participant] += part.quantity;
    std::vector<AllocatedPart> out;
    for (const auto& [participant, quantity] : sums)
        out.push_back({participant, quantity});
    return out;
}

} // namespace

std::optional<std::vector<AllocatedPart>> causedParts(const CausedQuantity& quantity, ChargedTo chargedTo,
                                                      int consumers)
{
    const auto sumOfPaths = product(std::array{quantity.consumer, Wide{consumers}});
    Wide total = quantity.producer;
    if (quantity.isByPath && (!sumOfPaths || __builtin_add_overflow(total, *sumOfPaths, &total)))
        return std::nullopt;
    const Wide eachConsumer = quantity.isByPath ? quantity.consumer : quantity.producer;
    std::vector<AllocatedPart> parts;
    switch (chargedTo) {
    case ChargedTo::Each:
        parts.push_back({0, quantity.producer});
        for (int consumer = 1; consumer <= consumers; ++consumer)
            parts.push_back({consumer, eachConsumer});
        break;
    case ChargedTo::Producer:
        parts.push_back({0, total});
        break;
    case ChargedTo::Consumers:
        if (consumers == 0 && quantity.producer > 0 && !quantity.isOfConsumers) {
            parts.push_back({0, total}); // it costs that whoever is there; nobody else is
        } else if (quantity.isByPath && quantity.producer > 0) {
            splitEvenly(parts, total, 1, consumers + 1);
        } else {
            for (int consumer = 1; consumer <= consumers; ++consumer)
                parts.push_back({consumer, eachConsumer});
        }
        break;
    case ChargedTo::Split:
        splitEvenly(parts, total, 0, consumers + 1);
        break;
    case ChargedTo::Platform:
        parts.push_back({-1, total});
        break;
    }
    return parts;
}

std::vector<AllocatedPart> movedParts(const std::vector<AllocatedPart>& caused, AllocationPolicy policy, int consumers,
                                      int usagePercent)
{
    if (policy == AllocationPolicy::Profile || caused.empty())
        return caused;
    Wide total = 0;
    for (const AllocatedPart& part : caused)
        total += part.quantity;
    std::vector<AllocatedPart> parts;
    switch (policy) {
    case AllocationPolicy::Profile:
        break;
    case AllocationPolicy::Producer:
        parts.push_back({0, total});
        break;
    case AllocationPolicy::Consumer:
        if (consumers > 0)
            splitEvenly(parts, total, 1, consumers + 1);
        else
            parts.push_back({0, total});
        break;
    case AllocationPolicy::Even:
        splitEvenly(parts, total, 0, consumers + 1);
        break;
    case AllocationPolicy::Mix: {
        Wide rest = total;
        for (const AllocatedPart& part : caused) {
            // divided first: quantities may be near what fits
            const Wide byUsage = part.quantity / 100 * usagePercent + part.quantity % 100 * usagePercent / 100;
            parts.push_back({part.participant, byUsage});
            rest -= byUsage;
        }
        splitEvenly(parts, rest, 0, consumers + 1);
        parts = merged(parts);
        break;
    }
    case AllocationPolicy::Platform:
        parts.push_back({-1, total});
        break;
    }
    return parts;
}

} // namespace spillway
