// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterloss.h"
#include "model/deadletter/passedover.h"
#include "model/store/database.h"

#include <map>
#include <stop_token>
#include <vector>

/// How long the brokers still hold what waits in each dead-letter channel. Its letters' own bytes are in our store;
/// pointers' are not.
namespace spillway {

struct ChannelOutlook
{
    std::int64_t channelRef = 0; ///< row of letter_channel; 0: no letter of it was read yet
    QString connection;
    QString clusterId;
    QString channel;
    std::optional<KnownTopic> topic; ///< what the broker said; nullopt: nobody asked yet
    std::int64_t open = 0;
    std::optional<UtcTime> oldestOpenAt; ///< its age counts from here
    /// Of the open letters that the broker still has: when the first may go.
    std::optional<UtcTime> nextLossAt;
    std::int64_t leavingSoon = 0; ///< open, and the broker may delete them within `soon`
    std::int64_t gone = 0;        ///< open, and the broker has deleted them
    std::int64_t pointers = 0;    ///< open, and the payload is only at the origin: not rescued
    std::optional<UtcTime> nextOriginLossAt;
    std::int64_t pointersLeavingSoon = 0;
    std::int64_t pointersGone = 0;
    std::optional<PassedOfChannel> lost;       ///< what its broker deleted before we read it; nullopt: nothing
    std::optional<PassedOfChannel> unreadable; ///< what cannot be decoded and was passed over; nullopt: nothing
    std::map<QString, std::int64_t> dialects;  ///< letters by dialect, whatever their state
    std::map<QString, std::int64_t> origins;   ///< letters by origin topic, of those that tell it
};

/// What counts as soon.
inline constexpr Millis lossHorizon{24LL * 3'600'000};

/// Every channel that letters came from, and every dead-letter topic that was asked about; by connection and name.
/// Walks all open letters: about a second per million. Blocking; on a reader's thread.
[[nodiscard]] Result<std::vector<ChannelOutlook>> channelOutlooks(Database& reader, UtcTime now, std::stop_token stop);

/// Keeps the counts for screens that cannot wait. Replaces those kept before. Inside a transaction.
[[nodiscard]] Status keepOutlooks(Database& database, const std::vector<ChannelOutlook>& outlooks, UtcTime takenAt);

/// As they were kept last. Empty before the first sample.
[[nodiscard]] Result<std::vector<ChannelOutlook>> keptOutlooks(Database& reader);

} // namespace spillway
