// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletterintake.h"
#include "model/store/storewriter.h"

#include <functional>
#include <stop_token>

namespace spillway {

struct RereadReport
{
    std::int64_t letters = 0; ///< read again
    std::int64_t changed = 0; ///< of these: their dialect, origin, error, owner or kind is another now
    std::int64_t total = 0;   ///< were stored when it began; more than `letters` when it was stopped
    friend bool operator==(const RereadReport&, const RereadReport&) = default;
};

/// Reads a channel's stored letters again, as the intake would read them now: after a mapping or a dialect was added.
/// Facts, owner, kind and group follow; bytes, ids, first sight and decisions stay. In batches of 200 letters, each
/// whole or not at all, so that intake goes on in between; stopped or killed, a second run finishes it. NotFound: no
/// letter of this channel is stored.
/// @param preparer  with the settings that count now
/// @param tell  after each batch, in the calling thread; may be empty.
/// @return what was read until the end, or until `stop`
[[nodiscard]] Result<RereadReport> rereadChannel(StoreWriter& store, LetterPreparer& preparer,
                                                 const QString& connection, const QString& channel,
                                                 std::stop_token stop,
                                                 const std::function<void(const RereadReport&)>& tell = {});

/// A channel whose letters were read by an older version (letterReadingVersion).
struct OldChannel
{
    QString connection; ///< the workspace's name for its cluster when it was read last
    QString channel;
    friend bool operator==(const OldChannel&, const OldChannel&) = default;
};
[[nodiscard]] Result<std::vector<OldChannel>> channelsReadByOlder(Database& reader);

/// The same as rereadChannel for one of them, but letters that tell what they told are left where they are. It
/// remembers how far it came; at its end the channel's letters are of this version.
[[nodiscard]] Result<RereadReport> rereadOldChannel(StoreWriter& store, LetterPreparer& preparer, const OldChannel& old,
                                                    std::stop_token stop);

} // namespace spillway
