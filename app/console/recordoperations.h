// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/decision.h"
#include "model/ledger/ledger.h"

#include <mutex>

namespace spillway {

/// Puts on record what people did or know, besides dead letters. Thread-safe; blocks on the disk.
class RecordOperations
{
public:
    struct World
    {
        const Context& context;
        Ledger& ledger;
        QString actor;
        std::mutex& deciding; ///< guards: what is read before a decision until what follows from it is in the ledger
    };
    explicit RecordOperations(World world)
        : m_world(std::move(world))
    {
    }

    /// That somebody sees a letter without masks, or takes letters away as a file. An error: it may not be.
    [[nodiscard]] Status reveal(const RevealRequest& request);
    [[nodiscard]] Status exported(const ExportRecord& record);
    /// That the state was copied to a file.
    [[nodiscard]] Status backup(const BackupDecision& decision);
    /// That a consumer is ready for a version of an event. InvalidConfig says what there is no such of.
    [[nodiscard]] Status acknowledgeSchema(const SchemaAckDecision& decision);
    /// Keeps an invoice. False: this file was imported for this profile before.
    [[nodiscard]] Result<bool> invoice(const Invoice& invoice);
    /// Takes an invoice back; what it was. InvalidConfig without a reason, or where the id means none or several.
    [[nodiscard]] Result<Invoice> removeInvoice(const QString& id, const QString& profile, const QString& reason);

private:
    World m_world;
};

} // namespace spillway
