// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletterintake.h"
#include "model/store/storewriter.h"

#include <stop_token>

namespace spillway {

struct RereadReport
{
    std::int64_t letters = 0; ///< read again
    std::int64_t changed = 0; ///< of these: their dialect, origin, error, owner or kind is another now
    friend bool operator==(const RereadReport&, const RereadReport&) = default;
};

/// Reads a channel's stored letters again, as the intake would read them now: after a mapping or a dialect was added.
/// Facts, owner, kind and group follow; bytes, ids, first sight and decisions stay. In batches of 200 letters, each
/// whole or not at all, so that intake goes on in between; stopped or killed, a second run finishes it. NotFound: no
/// letter of this channel is stored.
/// @param preparer  with the settings that count now
[[nodiscard]] Result<RereadReport> rereadChannel(StoreWriter& store, LetterPreparer& preparer,
                                                 const QString& connection, const QString& channel,
                                                 std::stop_token stop);

} // namespace spillway
