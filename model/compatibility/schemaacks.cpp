// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaacks.h"

#include "model/base/jsonwriter.h"
#include "model/workspace/issuelist.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int eventsPerRead = 1'000;
constexpr qsizetype longestNote = 2'000;

} // namespace

Result<Ledger::Draft> schemaAckDraft(const SchemaAck& ack, const Catalog& catalog, const SchemaFolder& schemas)
{
    const OwnedEvent* owned = catalog.ownedEvent(ack.eventType);
    if (!owned) {
        QStringList known;
        for (const OwnedEvent& event : catalog.owned())
            known.append(event.eventType);
        return fail(ErrorCode::InvalidConfig,
                    u"ownership.yaml has no event %1%2"_s.arg(quoted(ack.eventType), didYouMean(ack.eventType, known)));
    }
    QStringList consumers;
    for (const ConsumerEntry& consumer : owned->consumers)
        consumers.append(consumer.service);
    if (!consumers.contains(ack.consumer))
        return fail(ErrorCode::InvalidConfig, u"%1 is no consumer of %2; its consumers are: %3"_s.arg(
                                                  quoted(ack.consumer), ack.eventType,
                                                  consumers.isEmpty() ? u"(none)"_s : consumers.join(u", ")));
    if (!schemas.find(ack.eventType, ack.version))
        return fail(ErrorCode::InvalidConfig,
                    u"the schemas folder has no version %1 of %2"_s.arg(ack.version).arg(ack.eventType));
    if (ack.note.size() > longestNote)
        return fail(ErrorCode::InvalidConfig, u"the note is longer than %1 characters"_s.arg(longestNote));
    JsonWriter body;
    body.beginObject()
        .field(u"event", ack.eventType)
        .field(u"version", ack.version)
        .field(u"consumer", ack.consumer)
        .field(u"note", ack.note)
        .endObject();
    return Ledger::Draft{.actor = ack.actor, .type = u"schema.acknowledged"_s, .body = body.json()};
}

Result<std::vector<SchemaAck>> readSchemaAcks(const QString& ledgerFile)
{
    std::vector<SchemaAck> acks;
    if (!QFile::exists(ledgerFile))
        return acks;
    for (std::int64_t after = 0;;) {
        const auto events = readLedger(ledgerFile, after, eventsPerRead, u"schema.acknowledged"_s);
        if (!events)
            return tl::unexpected<Error>(events.error());
        if (events->empty())
            return acks;
        after = events->back().seq;
        for (const LedgerEvent& event : *events) {
            const QJsonObject body = QJsonDocument::fromJson(event.body).object();
            acks.push_back({.eventType = body[u"event"].toString(),
                            .version = body[u"version"].toInt(),
                            .consumer = body[u"consumer"].toString(),
                            .note = body[u"note"].toString(),
                            .actor = event.actor,
                            .at = event.at});
        }
    }
}

void applySchemaAcks(const std::vector<SchemaAck>& acks, std::vector<EventImpact>& impact)
{
    for (EventImpact& one : impact) {
        for (ConsumerImpact& consumer : one.consumers) {
            for (const SchemaAck& ack : acks) {
                if (ack.eventType != one.eventType || ack.version != one.to || ack.consumer != consumer.service)
                    continue;
                consumer.acknowledgedBy = ack.actor;
                consumer.acknowledgedAt = ack.at;
            }
        }
    }
}

} // namespace spillway
