// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/notifyevents.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/wordtable.h"

#include <SQLiteCpp/Statement.h>

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void bind(SQLite::Statement& statement, int place, const QString& text)
{
    statement.bind(place, text.toStdString());
}

template<typename T>
void bindMaybe(SQLite::Statement& statement, int place, const std::optional<T>& value)
{
    if (value)
        statement.bind(place, static_cast<std::int64_t>(*value));
    else
        statement.bind(place);
}

Status corrupt(const LedgerEvent& event)
{
    return fail(ErrorCode::Corrupt,
                u"event %1 of the ledger is no %2; run spillwayctl audit verify"_s.arg(event.seq).arg(event.type));
}

Status applyQueued(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    const QJsonArray messages = body[u"messages"].toArray();
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, R"sql(
            INSERT INTO notification (id, seq, queued_at_ms, queued_by, occasion, target, kind, team, channel, body, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')
            ON CONFLICT (id) DO NOTHING)sql");
        for (const QJsonValue& message : messages) {
            bind(insert, 1, message[u"id"].toString());
            insert.bind(2, event.seq);
            insert.bind(3, static_cast<std::int64_t>(event.at.time_since_epoch().count()));
            bind(insert, 4, event.actor);
            bind(insert, 5, message[u"occasion"].toString());
            bind(insert, 6, message[u"target"].toString());
            bind(insert, 7, message[u"kind"].toString());
            bind(insert, 8, message[u"team"].toString());
            bind(insert, 9, message[u"channel"].toString());
            const QByteArray bytes = message[u"body"].toString().toUtf8();
            insert.bind(10, bytes.constData(), static_cast<int>(bytes.size()));
            insert.exec();
            insert.reset();
        }
    });
}

Status applySending(Database& database, const QJsonObject& body)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement update(db, R"sql(
            UPDATE notification
            SET state = 'sending', attempts = ?, next_at_ms = NULL, is_limited = 0
            WHERE id = ?)sql");
        update.bind(1, static_cast<std::int64_t>(body[u"attempt"].toInteger()));
        bind(update, 2, body[u"id"].toString());
        update.exec();
    });
}

Status applySettled(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    const auto state = notifyStateFromWord(body[u"state"].toString());
    if (!state || *state == NotifyState::Sending)
        return corrupt(event);
    std::optional<std::int64_t> settledAt;
    if (*state != NotifyState::Queued)
        settledAt = event.at.time_since_epoch().count();
    std::optional<std::int64_t> nextAt;
    if (body[u"nextAtMs"].isDouble())
        nextAt = body[u"nextAtMs"].toInteger();
    std::optional<std::int64_t> status;
    if (body[u"httpStatus"].isDouble())
        status = body[u"httpStatus"].toInteger();
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement update(db, R"sql(
            UPDATE notification
            SET state = ?, next_at_ms = ?, is_limited = ?, http_status = ?, detail = ?, settled_at_ms = ?
            WHERE id = ?)sql");
        bind(update, 1, notifyStateWord(*state));
        bindMaybe(update, 2, nextAt);
        update.bind(3, body[u"limited"].toBool() ? 1 : 0);
        bindMaybe(update, 4, status);
        bind(update, 5, body[u"detail"].toString());
        bindMaybe(update, 6, settledAt);
        bind(update, 7, body[u"id"].toString());
        update.exec();
    });
}

Status applyRetried(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    return database.guarded([&](SQLite::Database& db) {
        // A day from now on, so the clock of giving up begins anew.
        SQLite::Statement update(db, R"sql(
            UPDATE notification
            SET state = 'queued', next_at_ms = NULL, is_limited = 0, settled_at_ms = NULL, queued_at_ms = ?
            WHERE id = ? AND state IN ('failed', 'inDoubt'))sql");
        update.bind(1, static_cast<std::int64_t>(event.at.time_since_epoch().count()));
        bind(update, 2, body[u"id"].toString());
        update.exec();
    });
}

} // namespace

QString notifyProjectionName()
{
    return u"notify"_s;
}

namespace {

constexpr WordTable<NotifyState, 5> stateWords{{{NotifyState::Queued, u"queued"},
                                                {NotifyState::Sending, u"sending"},
                                                {NotifyState::Delivered, u"delivered"},
                                                {NotifyState::Failed, u"failed"},
                                                {NotifyState::InDoubt, u"inDoubt"}}};

} // namespace

QString notifyStateWord(NotifyState state)
{
    return wordOf(stateWords, state);
}

std::optional<NotifyState> notifyStateFromWord(QStringView word)
{
    return valueOf(stateWords, word);
}

QString notifyKindWord(NotifyTarget::Kind kind)
{
    return kind == NotifyTarget::Kind::Slack ? u"slack"_s : u"webhook"_s;
}

QString notifyId(const QString& occasion, const QByteArray& identity, const QString& target, const QString& team)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray& part : {occasion.toUtf8(), identity, target.toUtf8(), team.toUtf8()}) {
        hash.addData(QByteArray::number(part.size()) + ':');
        hash.addData(part);
    }
    return QString::fromLatin1(hash.result().toHex().first(32));
}

QString notifyDigest(const std::vector<NotifyMessage>& messages)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const NotifyMessage& message : messages) {
        for (const QByteArray& part : {message.id.toUtf8(), message.target.toUtf8(), message.body}) {
            hash.addData(QByteArray::number(part.size()) + ':');
            hash.addData(part);
        }
    }
    return QString::fromLatin1(hash.result().toHex().first(16));
}

Ledger::Draft queuedDraft(const QString& actor, const std::vector<NotifyMessage>& messages)
{
    JsonWriter json;
    json.beginObject().key(u"messages").beginArray();
    for (const NotifyMessage& message : messages)
        json.beginObject()
            .field(u"id", message.id)
            .field(u"occasion", message.occasion)
            .field(u"target", message.target)
            .field(u"kind", notifyKindWord(message.kind))
            .field(u"team", message.team)
            .field(u"channel", message.channel)
            .field(u"body", QString::fromUtf8(message.body))
            .endObject();
    json.endArray().endObject();
    return {actor, u"notify.queued"_s, json.json()};
}

Ledger::Draft sendingDraft(const QString& actor, const QString& id, int attempt)
{
    JsonWriter json;
    json.beginObject().field(u"id", id).field(u"attempt", attempt).endObject();
    return {actor, u"notify.sending"_s, json.json()};
}

Ledger::Draft settledDraft(const QString& actor, const NotifySettlement& settlement)
{
    JsonWriter json;
    json.beginObject()
        .field(u"id", settlement.id)
        .field(u"state", notifyStateWord(settlement.state))
        .field(u"nextAtMs", settlement.nextAt
                                ? std::optional<std::int64_t>(settlement.nextAt->time_since_epoch().count())
                                : std::nullopt)
        .field(u"limited", settlement.isLimited)
        .field(u"httpStatus", settlement.httpStatus)
        .field(u"detail", settlement.detail)
        .endObject();
    return {actor, u"notify.settled"_s, json.json()};
}

Ledger::Draft retriedDraft(const QString& actor, const QString& id)
{
    JsonWriter json;
    json.beginObject().field(u"id", id).endObject();
    return {actor, u"notify.retried"_s, json.json()};
}

Status applyNotifyEvent(Database& database, const LedgerEvent& event)
{
    if (!event.type.startsWith(u"notify."))
        return {};
    const QJsonDocument document = QJsonDocument::fromJson(event.body);
    if (!document.isObject())
        return corrupt(event);
    const QJsonObject body = document.object();
    if (event.type == u"notify.queued")
        return applyQueued(database, event, body);
    if (event.type == u"notify.sending")
        return applySending(database, body);
    if (event.type == u"notify.settled")
        return applySettled(database, event, body);
    if (event.type == u"notify.retried")
        return applyRetried(database, event, body);
    return corrupt(event);
}

} // namespace spillway
