// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/notify/notifyevents.h"
#include "model/store/storewriter.h"

namespace spillway {

/// What people are to be told: first in the ledger, then in the store, then on the wire. Queueing a message whose id
/// was queued before does nothing, whatever became of that one. For the process that holds the state; any thread.
class Outbox
{
public:
    Outbox(Ledger& ledger, StoreWriter& store)
        : m_ledger(ledger)
        , m_store(store)
    {
    }

    /// Applies what the projection lacks of the ledger. Call it once, before anything else.
    [[nodiscard]] Status catchUp() const;

    struct Queued
    {
        QStringList added;
        QStringList known; ///< queued before
    };
    [[nodiscard]] Result<Queued> queue(const QString& actor, const std::vector<NotifyMessage>& messages) const;

    /// Sends a message again that failed or is in doubt. NotFound; InvalidConfig when it is neither.
    [[nodiscard]] Status retry(const QString& actor, const QString& id) const;

    /// To be true before a message leaves.
    [[nodiscard]] Status noteSending(const QString& actor, const QString& id, int attempt) const;
    [[nodiscard]] Status settle(const QString& actor, const NotifySettlement& settlement) const;

private:
    [[nodiscard]] Status decide(std::vector<Ledger::Draft> drafts) const;

    Ledger& m_ledger;
    StoreWriter& m_store;
};

} // namespace spillway
