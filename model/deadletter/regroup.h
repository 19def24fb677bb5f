// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/fingerprinter.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <functional>
#include <stop_token>

/// Grouping anew what is stored: after a new version of the fingerprint, or when somebody wants new rules to count for
/// old letters too. It runs in batches, each a transaction that remembers how far it came, so that a kill at any
/// instant costs nothing; at its end an event `deadletter.groups.regrouped` says where old ids went.
namespace spillway {

struct RegroupProgress
{
    std::int64_t done = 0;  ///< letters looked at
    std::int64_t total = 0; ///< when it began
    std::int64_t moved = 0; ///< that changed their group
    QString reason;
    friend bool operator==(const RegroupProgress&, const RegroupProgress&) = default;
};

/// nullopt: none is under way.
[[nodiscard]] Result<std::optional<RegroupProgress>> regroupProgress(Database& reader);

/// Begins one when the store holds groups of an older version, and none is under way for that. One for another reason
/// began with the older version: it begins again, for this one.
[[nodiscard]] Status regroupOldVersions(StoreWriter& store, const QString& rulesDigest, const QString& actor);

/// One batch of the one that is under way, at most 500 letters. Rules that differ from those it began with begin it
/// again. Where letters came back from replays with the same error more or less often than was known, the rules for
/// kinds are to be asked again: sortTurn.
/// @return whether letters are left.
[[nodiscard]] Result<bool> regroupBatch(StoreWriter& store, Fingerprinter& fingerprinter);

/// Goes on with what is under way until its end: batches, then the event. Blocking. Cancelled when `stop` came first;
/// the rest is done by the next call.
/// @param tell  after each batch; may be empty.
/// @return nullopt: nothing was under way.
[[nodiscard]] Result<std::optional<RegroupProgress>>
regroupRest(Ledger& ledger, StoreWriter& store, const GroupingKnowledge& knowledge, const QString& actor,
            std::stop_token stop, const std::function<void(const RegroupProgress&)>& tell);

/// What grouping anew would do.
struct RegroupPreview
{
    struct Move
    {
        QString from; ///< present ids
        QString fromTitle;
        QString into;
        QString intoTitle;
        std::int64_t letters = 0;
        bool joins = false;  ///< others go there too, or are there
        bool splits = false; ///< others of the old group go elsewhere, or stay
        friend bool operator==(const Move&, const Move&) = default;
    };
    std::int64_t letters = 0;
    std::int64_t moved = 0;
    std::int64_t groupsBefore = 0;
    std::int64_t groupsAfter = 0;
    std::vector<Move> moves; ///< most letters first, then by ids
};

/// Reads every letter, changes nothing. Cancelled when `stop` came.
/// @param tell  now and then: letters looked at, and how many there are; may be empty.
[[nodiscard]] Result<RegroupPreview>
previewRegroup(Database& reader, const GroupingKnowledge& knowledge, std::stop_token stop,
               const std::function<void(std::int64_t done, std::int64_t total)>& tell = {});

} // namespace spillway
