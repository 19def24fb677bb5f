// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/store/database.h"
#include "model/trail/trail.h"

#include <set>
#include <span>
#include <stop_token>

namespace spillway {

/// What the store knows of a key.
struct StoredTrail
{
    std::vector<TrailEntry> entries; ///< letters, where they came from, their replays; in no order
    std::set<QString> letters;       ///< their ids
    std::set<QByteArray> ids;        ///< by which the letters are spoken of elsewhere
    std::set<QString> topics;        ///< that the letters came from or were sent to
    bool isWhole = true;             ///< else there are more letters than were asked for, or it was stopped
};

/// Dead letters that bear the key, the records that they tell to come from, and what became of their replays. Reads the
/// projections, and from the ledger when a letter was sent.
/// @param ledgerFile  may not exist.
/// @param limit       letters at most, newest first.
[[nodiscard]] Result<StoredTrail> storedTrail(Database& reader, const QString& ledgerFile, const TrailMatcher& matcher,
                                              int limit, UtcTime now, std::stop_token stop);

/// Adds the letters that were made of records found on a topic and do not bear the key themselves: told by the origin's
/// place, and by the record's key where both have one.
/// @param clusterId  where the records were found.
/// @param events     those records.
[[nodiscard]] Status addLettersOf(Database& reader, const QString& ledgerFile, const QString& clusterId,
                                  std::span<const TrailEntry> events, StoredTrail& trail);

/// The letter's own entry.
[[nodiscard]] TrailEntry letterEntry(const DeadLetter& letter, const TrailMatch& match);
/// The record it tells to come from; nullopt where it tells no topic.
[[nodiscard]] std::optional<TrailEntry> originEntry(const DeadLetter& letter, const TrailMatch& match);

} // namespace spillway
