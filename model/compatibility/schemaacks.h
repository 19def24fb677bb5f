// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/catalog/catalog.h"
#include "model/compatibility/impact.h"
#include "model/ledger/ledger.h"
#include "model/schema/schemafolder.h"

namespace spillway {

/// A consumer says that it knows of a version of an event and is ready for it.
struct SchemaAck
{
    QString eventType;
    int version = 0;
    QString consumer; ///< service of ownership.yaml
    QString note;     ///< may be empty
    QString actor;
    UtcTime at;
    friend bool operator==(const SchemaAck&, const SchemaAck&) = default;
};

/// `schema.acknowledged` with `{ event, version, consumer, note }`. InvalidConfig: no such event, version or consumer;
/// the detail names those that there are. Blocking.
[[nodiscard]] Result<Ledger::Draft> schemaAckDraft(const SchemaAck& ack, const Catalog& catalog,
                                                   const SchemaFolder& schemas);

/// All of them, oldest first; none without a ledger. Blocking.
[[nodiscard]] Result<std::vector<SchemaAck>> readSchemaAcks(const QString& ledgerFile);

/// Notes on each consumer whether it has acknowledged the version that the step leads to; its latest word counts.
void applySchemaAcks(const std::vector<SchemaAck>& acks, std::vector<EventImpact>& impact);

} // namespace spillway
