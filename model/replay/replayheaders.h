// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <optional>
#include <vector>

/// What a replayed message's headers are. Key, value and the record's own headers go back byte for byte.
namespace spillway {

inline constexpr char replayIdHeader[] = "spillway-replay-id"; ///< the job
inline constexpr char replayGenerationHeader[] =
    "spillway-replay-generation";                              ///< 1, 2, …: how often this message was replayed
inline constexpr char replayOfHeader[] = "spillway-replay-of"; ///< topic/partition/offset@timestamp in ms

/// Headers that a framework wrote about the failure; they do not go back with the message.
/// A header is stripped when its name equals one of `names` or starts with one of `prefixes`. Case counts.
struct StripRule
{
    std::vector<QByteArray> names;
    std::vector<QByteArray> prefixes;

    [[nodiscard]] bool strips(QByteArrayView headerName) const;
    friend bool operator==(const StripRule&, const StripRule&) = default;
};

/// The coordinates that `spillway-replay-of` names.
struct ReplayOrigin
{
    TopicPartition at;
    Offset offset;
    std::optional<UtcTime> timestamp;
    friend bool operator==(const ReplayOrigin&, const ReplayOrigin&) = default;
};

/// `orders/3/88120@1790000000000`; without `@…` when the timestamp is unknown.
[[nodiscard]] QByteArray replayOfValue(const ReplayOrigin& origin);
/// Reads it back; nullopt on anything else, and on more than 512 bytes.
[[nodiscard]] std::optional<ReplayOrigin> parseReplayOf(QByteArrayView value);

/// The headers of an outgoing message: as they were, in order, with duplicates, null and empty values; minus what
/// `rule` strips and any `spillway-replay-…` of an earlier replay; then id, generation and origin.
/// @param generation  1 for the first replay.
/// Pure; any thread.
[[nodiscard]] Headers outgoingHeaders(const Headers& letter, const StripRule& rule, QByteArrayView jobId,
                                      int generation, QByteArrayView replayOf);

} // namespace spillway
