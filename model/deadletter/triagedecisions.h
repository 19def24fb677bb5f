// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/triageaction.h"
#include "model/deadletter/triagemarks.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

/// Carries out what people decide besides states (triage.h): first events in the ledger, then true.
namespace spillway {

/// The actor of what Spillway does by a rule that a person set.
[[nodiscard]] QString ruleActor();

struct DecisionWorld
{
    Ledger& ledger;
    StoreWriter& store;
    Database& reader;
    QString actor;
    UtcTime now;
};

/// @param letters  those that an ArchiveAction is about, frozen; for other actions none.
/// @return InvalidConfig where the action is refused, in plain words: then nothing was changed. An error after the
/// append leaves the events true: `catchUpTriage` applies them.
[[nodiscard]] Result<ActionReport> decideAction(const DecisionWorld& world, const TriageAction& action,
                                                const std::vector<DeadLetter>& letters = {});

/// What `undo` would take back, before it is decided. The last decision of a person that still stands, comments aside,
/// or the one that this event belongs to.
struct UndoPlan
{
    QString decision;
    /// Oldest first. With them what took back the former word of a review, so that it counts again.
    std::vector<std::int64_t> seqs;
    std::vector<std::int64_t> words; ///< those of them that are a review's words
    QString summary;                 ///< in words, of its first event
    QString actor;
    UtcTime at;
    QStringList subjects;
    std::optional<QString> former;  ///< the review's word that counts again, with what it did; nullopt: none does
    std::optional<QString> refusal; ///< why it cannot be taken back, in plain words
};
/// NotFound: there is no such decision.
[[nodiscard]] Result<UndoPlan> planUndo(Database& reader, std::optional<std::int64_t> seq);

/// The event that takes back what a decision did where nobody decided since, though later ones may depend on the rest:
/// when somebody decides the same question anew. nullopt: no such decision stands.
[[nodiscard]] std::optional<Ledger::Draft> replacementDraft(SQLite::Database& db, const QString& decision,
                                                            const QString& actor, const QString& reason);

/// Does what archive rules demand by now: letters come back when their date came or their group escalates; letters of
/// a group archived for ever, the future included, are put away. As events of the actor `spillway`, with the reason.
/// Call it after letters were stored, and now and then for dates. Blocking.
/// @return how many letters changed.
[[nodiscard]] Result<std::int64_t> keepArchiveRules(const DecisionWorld& world);

/// Archived letters whose terms are others than these, or that were put away without any: by id, in the order given. A
/// person who sets new terms decides on them too, so that the former ones do not bring them back.
[[nodiscard]] std::vector<DeadLetter> archivedOnOtherTerms(SQLite::Database& db, const ArchiveAction& action,
                                                           const std::vector<DeadLetter>& letters);

/// Ends the group's rules for what arrives, where a decision without a word on the future takes all letters that they
/// still keep away: as part of that decision.
/// @param letterIds  that it decides on.
[[nodiscard]] std::vector<Ledger::Draft> endedRuleDrafts(SQLite::Database& db, const QString& group,
                                                         const std::vector<QString>& letterIds, const QString& reason,
                                                         const QString& actor, const QString& decision);

/// Known errors of other groups that this one resembles: same root cause class (or error class, where no letter tells a
/// root) and same message once numbers, ids and values are folded; newest first. A suggestion, never more.
[[nodiscard]] std::vector<KnownErrorEntry> resemblingErrors(SQLite::Database& db, const QString& groupId);

} // namespace spillway
