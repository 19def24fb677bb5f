// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/channeloutlook.h"

#include <QByteArray>

/// What is known of the dead-letter channels, as it is printed.
namespace spillway {

/// `dlq channels`: an array of `{ connection, channel, exists, letters, openLetters, oldestOpenAt, partitions,
/// retentionMs, retentionBytes, unlimited, cleanupPolicy, minInSync, nextLossAt, leavingSoon, gone, pointers,
/// nextOriginLossAt, pointersLeavingSoon, pointersGone, lostBeforeRead, lostRanges: [{ partition, fromOffset, toOffset,
/// noticedAt }], unreadable, unreadableRanges: [{ partition, fromOffset, toOffset }], dialects: [{ dialect, letters }],
/// sampledAt, failure }`. The newest ranges; both ends belong to them.
[[nodiscard]] QByteArray channelsJson(const std::vector<ChannelOutlook>& outlooks);
[[nodiscard]] QString channelsText(const std::vector<ChannelOutlook>& outlooks, UtcTime now);

/// "7 d", "no limit", "unknown", "compacted": how long a topic keeps records, for people.
[[nodiscard]] QString retentionText(const TopicSettings& settings);

} // namespace spillway
