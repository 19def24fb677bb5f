// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/auditexport.h"

#include "model/base/jsonwriter.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

/// ECS's words for a kind of event of ours: the first row whose start fits.
struct EcsWords
{
    QLatin1StringView typePrefix;
    QLatin1StringView category;
    QLatin1StringView type;
};
constexpr EcsWords ecsWords[] = {
    {"deadletter.revealed"_L1, "database"_L1, "access"_L1},
    {"deadletter.exported"_L1, "database"_L1, "access"_L1},
    {"deadletter."_L1, "database"_L1, "change"_L1},
    {"replay.planned"_L1, "process"_L1, "info"_L1},
    {"replay.runStarted"_L1, "process"_L1, "start"_L1},
    {"replay."_L1, "process"_L1, "change"_L1},
    {"schema."_L1, "configuration"_L1, "change"_L1},
    {"cost."_L1, "configuration"_L1, "change"_L1},
    {"notify."_L1, "process"_L1, "info"_L1},
    {"alert."_L1, "process"_L1, "change"_L1},
    {QLatin1StringView(), "database"_L1, "change"_L1},
};

const EcsWords& wordsOf(const QString& type)
{
    const EcsWords* words = ecsWords;
    while (!type.startsWith(words->typePrefix))
        ++words;
    return *words;
}

/// What became of it, where the event itself tells; ECS has `success`, `failure`, `unknown`.
QStringView outcomeOf(const QString& type, const QJsonObject& body)
{
    const bool isFailure = type == "replay.batchNotSent"_L1 ||
                           (type == "replay.stateChanged"_L1 && body[u"state"].toString() == u"failed"_s);
    return isFailure ? u"failure" : u"success";
}

} // namespace

QByteArray ecsLine(const LedgerEvent& event, const QString& workspace)
{
    const QJsonDocument document = QJsonDocument::fromJson(event.body);
    const QJsonObject body = document.object();
    const EcsWords& words = wordsOf(event.type);
    const QString reason = body[u"reason"].toString();
    JsonWriter json;
    json.beginObject().field(u"@timestamp", event.at);
    json.key(u"ecs").beginObject().field(u"version", u"8.11.0").endObject();
    json.key(u"event").beginObject();
    json.field(u"kind", u"event").field(u"module", u"spillway").field(u"dataset", u"spillway.ledger");
    json.field(u"action", event.type);
    json.key(u"category").beginArray().value(QString(words.category)).endArray();
    json.key(u"type").beginArray().value(QString(words.type)).endArray();
    json.field(u"outcome", outcomeOf(event.type, body));
    // The hash is the event's own in all the world, so it serves as id where lines are sent twice.
    json.field(u"id", QString::fromLatin1(event.hash.toHex())).field(u"hash", QString::fromLatin1(event.hash.toHex()));
    json.field(u"sequence", event.seq);
    if (!reason.isEmpty())
        json.field(u"reason", reason);
    if (!document.isObject())
        json.field(u"original", QString::fromUtf8(event.body));
    json.endObject();
    json.key(u"user").beginObject().field(u"name", event.actor).endObject();
    json.key(u"labels").beginObject().field(u"workspace", workspace).endObject();
    json.field(u"message", reason.isEmpty() ? u"%1 by %2"_s.arg(event.type, event.actor)
                                            : u"%1 by %2: %3"_s.arg(event.type, event.actor, reason));
    json.key(u"spillway").beginObject();
    json.field(u"seq", event.seq).field(u"previousHash", QString::fromLatin1(event.previousHash.toHex()));
    json.key(u"body");
    document.isObject() ? json.raw(event.body) : json.null();
    json.endObject().endObject();
    return json.json();
}

Result<std::int64_t> exportLedger(const QString& file, const QString& workspace, const AuditFilter& filter,
                                  const std::function<bool(const QByteArray&)>& take)
{
    constexpr int atOnce = 64; // events: the bodies of a large replay hold thousands of ids each
    std::int64_t lines = 0;
    for (std::int64_t after = filter.after;;) {
        const auto events = readLedger(file, after, atOnce, filter.typePrefix);
        if (!events)
            return tl::unexpected<Error>(events.error());
        for (const LedgerEvent& event : *events) {
            if (!take(ecsLine(event, workspace)))
                return lines;
            ++lines;
            after = event.seq;
        }
        if (events->size() < atOnce)
            return lines;
    }
}

} // namespace spillway
