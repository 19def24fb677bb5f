// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/notifyoperations.h"
#include "model/alert/alertdecisions.h"
#include "model/base/result.h"
#include "model/cost/invoice.h"
#include "model/deadletter/disclosure.h"
#include "model/deadletter/triageaction.h"
#include "model/replay/headercensus.h"
#include "model/replay/replaypermission.h"
#include "model/review/review.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <variant>

/// What only the process that holds the state may do, as values that cross the local socket.
namespace spillway {

/// Every connection once; `spillwayctl collect --once` and *Refresh*.
struct CollectOnceDecision
{
    friend bool operator==(const CollectOnceDecision&, const CollectOnceDecision&) = default;
};

struct TriageDecision
{
    QStringList ids;
    std::optional<QString> query; ///< instead of ids
    QString to;                   ///< word of contract.md
    QString reason;
    QString assignee;
    friend bool operator==(const TriageDecision&, const TriageDecision&) = default;
};

/// Copies what pointers point to into the store.
struct RescueDecision
{
    QStringList ids;
    std::optional<QString> query; ///< instead of ids
    friend bool operator==(const RescueDecision&, const RescueDecision&) = default;
};

/// Reads a channel's stored letters again.
struct RereadDecision
{
    QString channel;
    QString connection; ///< empty: the only one
    friend bool operator==(const RereadDecision&, const RereadDecision&) = default;
};

struct MergeGroupsDecision
{
    QStringList groups;
    QString into;
    QString reason;
    friend bool operator==(const MergeGroupsDecision&, const MergeGroupsDecision&) = default;
};

struct SplitGroupDecision
{
    QStringList ids;
    std::optional<QString> query; ///< instead of ids
    QString title;
    QString reason;
    friend bool operator==(const SplitGroupDecision&, const SplitGroupDecision&) = default;
};

/// Takes merges and splits back.
struct UnmergeGroupsDecision
{
    QStringList groups;
    QString reason;
    friend bool operator==(const UnmergeGroupsDecision&, const UnmergeGroupsDecision&) = default;
};

/// Everything that is stored is grouped by the rules as they are now.
struct RegroupDecision
{
    QString reason;
    friend bool operator==(const RegroupDecision&, const RegroupDecision&) = default;
};

/// What people decide besides states: comments, tags, links, archiving, known errors, undo.
struct ActionDecision
{
    TriageAction action;
    friend bool operator==(const ActionDecision&, const ActionDecision&) = default;
};

struct PlanDecision
{
    QString query;
    QString to;   ///< target topic; empty: each letter's origin
    QString file; ///< absolute; where the plan is written
    HeaderRequest headers{};
    friend bool operator==(const PlanDecision&, const PlanDecision&) = default;
};

struct RunDecision
{
    QString planFile; ///< absolute
    QString rate;     ///< this and the next three as the user wrote them; empty: not given
    QString canary;
    QString stopIf;
    QString settle;
    WritePermission permission;
    friend bool operator==(const RunDecision&, const RunDecision&) = default;
};

struct ResumeDecision
{
    QString job;
    WritePermission permission;
    friend bool operator==(const ResumeDecision&, const ResumeDecision&) = default;
};

struct CancelDecision
{
    QString job;
    friend bool operator==(const CancelDecision&, const CancelDecision&) = default;
};

struct ReviewOpenDecision
{
    QStringList participants;
    friend bool operator==(const ReviewOpenDecision&, const ReviewOpenDecision&) = default;
};

struct ReviewDecideDecision
{
    QString group;
    ReviewWords words;
    friend bool operator==(const ReviewDecideDecision&, const ReviewDecideDecision&) = default;
};

struct ReviewCloseDecision
{
    friend bool operator==(const ReviewCloseDecision&, const ReviewCloseDecision&) = default;
};

// clang-format off: one a line, so that two new decisions do not meet
/// To be put on record before masked bytes are shown.
struct RevealDecision
{
    RevealRequest request;
    friend bool operator==(const RevealDecision&, const RevealDecision&) = default;
};

/// To be put on record before an export gets its name.
struct ExportDecision
{
    ExportRecord record;
    friend bool operator==(const ExportDecision&, const ExportDecision&) = default;
};

/// Keeps what a provider billed.
struct InvoiceDecision
{
    Invoice invoice;
    friend bool operator==(const InvoiceDecision&, const InvoiceDecision&) = default;
};

/// An invoice that was kept does not count any more.
struct InvoiceRemoveDecision
{
    QString id;      ///< the beginning of its digest
    QString profile; ///< empty: whichever
    QString reason;
    friend bool operator==(const InvoiceRemoveDecision&, const InvoiceRemoveDecision&) = default;
};

/// Tells the teams concerned what was seen before.
struct NotifyDecision
{
    NotifySubject subject;
    QString digest;
    friend bool operator==(const NotifyDecision&, const NotifyDecision&) = default;
};

struct NotifyRetryDecision
{
    QString id;
    friend bool operator==(const NotifyRetryDecision&, const NotifyRetryDecision&) = default;
};

/// A consumer is ready for a version of an event.
struct SchemaAckDecision
{
    QString eventType;
    int version = 0;
    QString consumer;
    QString note;
    friend bool operator==(const SchemaAckDecision&, const SchemaAckDecision&) = default;
};

/// To be put on record before a backup gets its name.
struct BackupDecision
{
    QString file;
    std::int64_t bytes = 0;
    UtcTime takenAt;
    std::int64_t entries = 0;
    friend bool operator==(const BackupDecision&, const BackupDecision&) = default;
};

/// Erases what one letter says.
struct PurgeDecision
{
    QString id;
    QString reason;
    friend bool operator==(const PurgeDecision&, const PurgeDecision&) = default;
};

/// Drops now what the workspace's `retention` no longer keeps.
struct PruneDecision
{
    bool compacts = false; ///< and makes the file as small as it can be
    friend bool operator==(const PruneDecision&, const PruneDecision&) = default;
};

/// Somebody looks after an alert. `ack.alert` may be the beginning of an id.
struct AlertAckDecision
{
    AlertAck ack;
    friend bool operator==(const AlertAckDecision&, const AlertAckDecision&) = default;
};

/// Alerts are not to be told for a while.
struct AlertSilenceDecision
{
    AlertSilence silence;
    friend bool operator==(const AlertSilenceDecision&, const AlertSilenceDecision&) = default;
};

/// Takes one of these back.
struct AlertUndoDecision
{
    std::int64_t seq = 0;
    QString reason;
    friend bool operator==(const AlertUndoDecision&, const AlertUndoDecision&) = default;
};

using Decision =
    std::variant<CollectOnceDecision, TriageDecision, MergeGroupsDecision, SplitGroupDecision, UnmergeGroupsDecision,
                 RegroupDecision, ActionDecision, PlanDecision, RunDecision, ResumeDecision, CancelDecision,
                 ReviewOpenDecision, ReviewDecideDecision, ReviewCloseDecision, RescueDecision, RereadDecision,
                 RevealDecision, ExportDecision, InvoiceDecision, NotifyDecision, NotifyRetryDecision,
                 SchemaAckDecision, InvoiceRemoveDecision, BackupDecision, PurgeDecision, PruneDecision,
                 AlertAckDecision, AlertSilenceDecision, AlertUndoDecision>;
// clang-format on

/// `{"command":"replay.run","arguments":{…}}` on one line.
[[nodiscard]] QByteArray decisionToJson(const Decision& decision);
/// InvalidConfig for anything else; from a socket that only the same user can open, still checked.
[[nodiscard]] Result<Decision> decisionFromJson(const QByteArray& json);

/// What comes back for a decision.
struct Verdict
{
    int exitCode = 0; ///< contract.md
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Where the answers of a decision go, while it is carried out.
struct AnswerSink
{
    std::function<bool(const QByteArray& json)> data; ///< one JSON document; false: nobody listens any more
    std::function<void(const QString& text)> note;    ///< for people, stderr
};

} // namespace spillway
