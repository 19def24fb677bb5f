// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/groupalias.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <QStringList>

#include <vector>

/// People's word on groups: which are one problem, which letters are another one. Each is first an event
/// `deadletter.groups.…` in the ledger, then true; each can be taken back. See groupalias.h for what becomes of ids.
namespace spillway {

/// Groups that are shown within another from now on, with the letters they will get.
struct MergePlan
{
    QString into;
    QStringList groups; ///< by their present ids
    QString reason;
    friend bool operator==(const MergePlan&, const MergePlan&) = default;
};

/// Letters that are a group of their own from now on.
struct SplitPlan
{
    QString group; ///< new id
    QString title;
    std::vector<QString> letterIds;
    QString reason;
    friend bool operator==(const SplitPlan&, const SplitPlan&) = default;
};

/// Merges and splits that are taken back.
struct UnmergePlan
{
    QStringList groups; ///< that were merged and are their own again
    QStringList splits; ///< whose letters go back to where their fingerprints put them
    QString reason;
    friend bool operator==(const UnmergePlan&, const UnmergePlan&) = default;
};

/// Old ids are taken for the present ones. InvalidConfig: no reason, nothing to merge; NotFound names an unknown group.
[[nodiscard]] Result<MergePlan> planMerge(Database& reader, const QStringList& ids, const QString& into,
                                          const QString& reason);
/// @param now  makes the new id differ from one with the same letters before.
[[nodiscard]] Result<SplitPlan> planSplit(const std::vector<DeadLetter>& letters, const QString& title,
                                          const QString& reason, UtcTime now);
/// An id is a group that was merged, one that others were merged into (all of them), or one that was split off.
[[nodiscard]] Result<UnmergePlan> planUnmerge(Database& reader, const QStringList& ids, const QString& reason);

/// What a grouping anew found out: where the letters of each old id went.
struct RegroupOutcome
{
    QString reason;
    QString rulesDigest;
    std::vector<GroupMove> moves; ///< of ids that no letter bears any more
    std::int64_t letters = 0;
    std::int64_t moved = 0;
};

[[nodiscard]] std::vector<Ledger::Draft> mergeDrafts(const MergePlan& plan, const QString& actor);
[[nodiscard]] std::vector<Ledger::Draft> splitDrafts(const SplitPlan& plan, const QString& actor);
[[nodiscard]] std::vector<Ledger::Draft> unmergeDrafts(const UnmergePlan& plan, const QString& actor);
/// Somebody wants everything grouped anew.
[[nodiscard]] Ledger::Draft regroupDraft(const QString& reason, const QString& rulesDigest, const QString& actor);
[[nodiscard]] std::vector<Ledger::Draft> regroupedDrafts(const RegroupOutcome& outcome, const QString& actor);

/// Name in the table `projection`, and the beginning of the types it applies.
[[nodiscard]] QString groupProjectionName();
[[nodiscard]] QString groupEventPrefix();

/// Applies one event; others change nothing, applying again is harmless. Corrupt when the body is not what its type
/// says. Inside a transaction that also saves the applied seq.
[[nodiscard]] Status applyGroupEvent(Database& database, const LedgerEvent& event);

/// Applies what the projection lacks of the ledger. Blocking; any thread but the UI's.
[[nodiscard]] Status catchUpGroups(const Ledger& ledger, StoreWriter& store);

/// Appends, then applies. An error after the append leaves the events true: `catchUpGroups` applies them.
[[nodiscard]] Status decideGroups(Ledger& ledger, StoreWriter& store, std::vector<Ledger::Draft> drafts);

/// Forgets all of it, so that the ledger can be applied from its first event. Letters go back to their fingerprints'
/// groups. Inside a transaction.
[[nodiscard]] Status clearGroupDecisions(Database& database);

} // namespace spillway
