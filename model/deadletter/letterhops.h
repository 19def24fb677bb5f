// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialectregistry.h"

#include <optional>
#include <vector>

/// How a message failed, hop by hop: what the timeline, `dlq show` and exports tell of it. Read when somebody looks,
/// not when a letter is stored. Pure; any thread.
namespace spillway {

/// One failed handling. nullopt: the letter does not tell it of this hop.
struct LetterHop
{
    std::optional<QString> topic; ///< it was read from
    std::optional<int> partition;
    std::optional<Offset> offset;
    std::optional<QString> group;      ///< consumer group
    std::optional<QString> errorClass; ///< without the framework's wrappers; nullopt also where only these are told
    std::optional<QString> message;
    std::optional<UtcTime> at;   ///< of the failure
    std::optional<int> delivery; ///< its number, where the dialect counts deliveries hop by hop
    friend bool operator==(const LetterHop&, const LetterHop&) = default;
};

struct FailureCourse
{
    /// Oldest first. Empty: the letter tells of no failure at all. A fact that cannot be told to belong to one hop
    /// stays untold; class and message of the newest are the letter's own.
    std::vector<LetterHop> hops;
    std::optional<UtcTime> firstFailedAt;
    std::optional<QString> causeClass; ///< what caused the newest error, one level below `errorClass`
    std::optional<QString> originTimestampType;
    friend bool operator==(const FailureCourse&, const FailureCourse&) = default;
};

/// @param letter  with its headers; erased, mapped, or of a dialect that is not known: what its facts tell.
[[nodiscard]] FailureCourse failureCourse(const DeadLetter& letter, const DialectRegistry& dialects);

/// `[{ topic, partition, offset, group, errorClass, message, at, delivery }]`.
void writeHops(JsonWriter& json, const std::vector<LetterHop>& hops);

} // namespace spillway
