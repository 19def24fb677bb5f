// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/groupsubstate.h"
#include "model/deadletter/kindrules.h"
#include "model/deadletter/triagemarks.h"

namespace spillway {

/// Everything that people and rules said of one group or letter.
struct DecisionSheet
{
    QString subject; ///< as it is called now
    QString group;   ///< the group itself, or the letter's
    QString title;   ///< of the group
    FailureKind kind = FailureKind::Unknown;
    QString kindBy; ///< `rule`, `person`, `replays`
    QString kindReason;
    QString suggestion; ///< what to do next
    QString rule;       ///< of the rules, that decides most of its letters; empty: none fits
    /// What its letters still count as, where the rules changed and were not asked again yet; nullopt: `kind`.
    std::optional<FailureKind> pendingKind;
    std::optional<KnownErrorEntry> known;
    std::vector<KnownErrorEntry> resembling; ///< of other groups; only where this one is not known
    std::optional<GroupSubstate> substate;
    QStringList tags; ///< its own and its group's
    std::vector<LinkMark> links;
    std::vector<CommentEntry> comments; ///< its own and its group's, oldest first
    std::vector<DecisionEntry> history; ///< newest first, the newest hundred
};

/// NotFound: nothing of this id is stored. Reads in the calling thread.
[[nodiscard]] Result<DecisionSheet> decisionSheet(Database& reader, const KindRules& rules, const QString& subject,
                                                  UtcTime now);

/// Object { subject, group, title, kind, kindBy, pending, reason, suggestion, rule, substate, known, resembling, tags,
/// links, comments, history }.
[[nodiscard]] QByteArray decisionSheetJson(const DecisionSheet& sheet);
[[nodiscard]] QString decisionSheetText(const DecisionSheet& sheet);

/// Array, newest first, of { group, title, kind, cause, fix, link, safeToReplay, errorClass, rootCauseClass, message,
/// reason, actor, at, seq }.
[[nodiscard]] QByteArray knownErrorsJson(const std::vector<KnownErrorEntry>& entries);
[[nodiscard]] QString knownErrorsText(const std::vector<KnownErrorEntry>& entries);
/// Array, newest first, of { seq, decision, at, actor, type, summary, reason, revertedBy }.
[[nodiscard]] QByteArray historyJson(const std::vector<DecisionEntry>& entries);
[[nodiscard]] QString historyText(const std::vector<DecisionEntry>& entries);

/// `yes`, `no`, `with care`.
[[nodiscard]] QString safetyText(ReplaySafety safety);

} // namespace spillway
