// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/recordoperations.h"

#include "model/care/statebackup.h"
#include "model/compatibility/schemaacks.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Status RecordOperations::reveal(const RevealRequest& request)
{
    return spillway::recordReveal(m_world.ledger, m_world.actor, request);
}

Status RecordOperations::exported(const ExportRecord& record)
{
    return spillway::recordExport(m_world.ledger, m_world.actor, record);
}

Status RecordOperations::backup(const BackupDecision& decision)
{
    const auto event = m_world.ledger.append(m_world.actor, u"store.backedUp"_s,
                                             backupEventBody({.file = decision.file,
                                                              .bytes = decision.bytes,
                                                              .takenAt = decision.takenAt,
                                                              .entries = decision.entries}));
    return event ? Status() : tl::unexpected(event.error());
}

Status RecordOperations::acknowledgeSchema(const SchemaAckDecision& decision)
{
    auto draft = schemaAckDraft({.eventType = decision.eventType,
                                 .version = decision.version,
                                 .consumer = decision.consumer,
                                 .note = decision.note,
                                 .actor = m_world.actor},
                                m_world.context.catalog, SchemaFolder(m_world.context.workspace.schemasFolder));
    if (!draft)
        return tl::unexpected(draft.error());
    const auto event = m_world.ledger.append({std::move(*draft)});
    return event ? Status() : tl::unexpected(event.error());
}

Result<bool> RecordOperations::invoice(const Invoice& invoice)
{
    const std::lock_guard lock(m_world.deciding); // what is known until the event is written
    const auto known = readInvoices(m_world.context.ledgerFile());
    if (!known)
        return tl::unexpected(known.error());
    for (const Invoice& one : *known) {
        if (one.digest == invoice.digest && one.profile == invoice.profile)
            return false;
    }
    const auto appended = m_world.ledger.append(m_world.actor, invoiceEventType, invoiceBody(invoice));
    if (!appended)
        return tl::unexpected(appended.error());
    return true;
}

Result<Invoice> RecordOperations::removeInvoice(const QString& id, const QString& profile, const QString& reason)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    const std::lock_guard lock(m_world.deciding); // what is known until the event is written
    const auto kept = readInvoices(m_world.context.ledgerFile());
    if (!kept)
        return tl::unexpected(kept.error());
    auto chosen = chooseInvoice(*kept, id, profile);
    if (!chosen)
        return chosen;
    const auto appended = m_world.ledger.append(
        m_world.actor, invoiceRemovedEventType,
        invoiceRemovalBody({.digest = chosen->digest, .profile = chosen->profile, .reason = reason.trimmed()}));
    if (!appended)
        return tl::unexpected(appended.error());
    return chosen;
}

} // namespace spillway
