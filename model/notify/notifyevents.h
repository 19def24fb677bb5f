// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"
#include "model/notify/notifier.h"
#include "model/store/database.h"

#include <vector>

/// The outbox as events: `notify.queued` (messages), `notify.sending` (an intent, before anything is sent),
/// `notify.settled` (what came of it), `notify.retried` (a person wants it sent again).
namespace spillway {

[[nodiscard]] QString notifyProjectionName();

/// How a try ended, as the ledger keeps it.
struct NotifySettlement
{
    QString id;
    NotifyState state = NotifyState::Queued; ///< never Sending
    std::optional<UtcTime> nextAt;
    bool isLimited = false;
    std::optional<int> httpStatus;
    QString detail;
};

[[nodiscard]] Ledger::Draft queuedDraft(const QString& actor, const std::vector<NotifyMessage>& messages);
[[nodiscard]] Ledger::Draft sendingDraft(const QString& actor, const QString& id, int attempt);
[[nodiscard]] Ledger::Draft settledDraft(const QString& actor, const NotifySettlement& settlement);
[[nodiscard]] Ledger::Draft retriedDraft(const QString& actor, const QString& id);

/// Makes the projection show the event; others than `notify.…` are passed over. In a transaction. Corrupt names an
/// event that is not what its type says. Applying an event twice changes nothing more.
[[nodiscard]] Status applyNotifyEvent(Database& database, const LedgerEvent& event);

} // namespace spillway
