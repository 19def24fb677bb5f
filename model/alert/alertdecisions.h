// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <optional>
#include <vector>

/// What people say of alerts, as events of the ledger: `alert.acknowledged` (somebody has it), `alert.silenced` (not
/// to be told for a while), `alert.undone` (takes one of these back). The projection holds `alert.told` too, see
/// telling.h.
namespace spillway {

/// Somebody looks after an alert: until it is resolved, gets more severe, or this time has come.
struct AlertAck
{
    QString alert; ///< whole id
    std::optional<UtcTime> until;
    QString reason;
    friend bool operator==(const AlertAck&, const AlertAck&) = default;
};

/// Alerts that fit all that is said here are not told until a time. What is not said fits everything; at least one is.
struct AlertSilence
{
    std::optional<QString> alert; ///< whole id
    std::optional<QString> rule;  ///< word of a rule
    std::optional<QString> team;
    std::optional<QString> connection;
    UtcTime until;
    QString reason;
    friend bool operator==(const AlertSilence&, const AlertSilence&) = default;
};

/// One of them as it stands in the store.
struct AlertDecision
{
    enum class Kind { Acknowledged, Silenced };
    std::int64_t seq = 0; ///< ledger event
    Kind kind = Kind::Acknowledged;
    UtcTime at;
    QString actor;
    std::optional<QString> alert;
    std::optional<QString> rule;
    std::optional<QString> team;
    std::optional<QString> connection;
    std::optional<UtcTime> until;
    QString reason;
    std::optional<std::int64_t> undoneSeq; ///< the event that took it back
    friend bool operator==(const AlertDecision&, const AlertDecision&) = default;

    [[nodiscard]] bool isInForce(UtcTime now) const { return !undoneSeq && (!until || now < *until); }
};
[[nodiscard]] QString alertDecisionWord(AlertDecision::Kind kind); ///< acknowledged, silenced

inline constexpr Millis longestSilence{90LL * 24 * 3'600'000}; ///< what is to last longer is a rule nobody needs

/// InvalidConfig says what is wrong and what to write instead: no reason, a time that is over, a silence of everything
/// or for longer than `longestSilence`, a word that is no rule. Pure.
[[nodiscard]] Status checkAck(const AlertAck& ack, UtcTime now);
[[nodiscard]] Status checkSilence(const AlertSilence& silence, UtcTime now);

[[nodiscard]] Ledger::Draft ackDraft(const QString& actor, const AlertAck& ack);
[[nodiscard]] Ledger::Draft silenceDraft(const QString& actor, const AlertSilence& silence);
/// @param seq  of the event that is taken back
[[nodiscard]] Ledger::Draft alertUndoDraft(const QString& actor, std::int64_t seq, const QString& reason);

[[nodiscard]] QString alertProjectionName();
/// Makes the projection show the event; others than `alert.…` are passed over. In a transaction. Corrupt names an
/// event that is not what its type says. Applying an event twice changes nothing more.
[[nodiscard]] Status applyAlertEvent(Database& database, const LedgerEvent& event);
/// Applies what the projection lacks of the ledger.
[[nodiscard]] Status catchUpAlerts(const Ledger& ledger, StoreWriter& store);
/// Nothing of the ledger is shown any more; `catchUpAlerts` makes it anew. In a transaction.
[[nodiscard]] Status clearAlertDecisions(Database& database);

/// Newest first, at most `limit`.
[[nodiscard]] Result<std::vector<AlertDecision>> alertDecisions(Database& reader, int limit);
/// Those in force, newest first.
[[nodiscard]] Result<std::vector<AlertDecision>> alertDecisionsInForce(Database& reader, UtcTime now);
/// NotFound: there is none of this number.
[[nodiscard]] Result<AlertDecision> alertDecision(Database& reader, std::int64_t seq);

} // namespace spillway
