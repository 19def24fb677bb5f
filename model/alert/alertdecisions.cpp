// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/alertdecisions.h"

#include "model/alert/concernwords.h"
#include "model/alert/telling.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/sqltext.h"
#include "model/ledger/catchup.h"
#include "model/store/projection.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Status corrupt(const LedgerEvent& event)
{
    return fail(ErrorCode::Corrupt,
                u"event %1 of the ledger is no %2; run spillwayctl audit verify"_s.arg(event.seq).arg(event.type));
}

Status checkReason(const QString& reason)
{
    return reason.trimmed().isEmpty()
               ? fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s)
               : Status();
}

Status checkUntil(UtcTime until, UtcTime now)
{
    return until <= now ? fail(ErrorCode::InvalidConfig,
                               u"%1 is over; write a time to come, or --for 2h"_s.arg(formatUtc(until)))
                        : Status();
}

std::optional<QString> maybeText(const QJsonValue& value)
{
    return value.isString() ? std::optional(value.toString()) : std::nullopt;
}

std::optional<std::int64_t> maybeMs(const QJsonValue& value)
{
    return value.isDouble() ? std::optional(std::int64_t{value.toInteger()}) : std::nullopt;
}

Status applyMade(Database& database, const LedgerEvent& event, const QJsonObject& body, AlertDecision::Kind kind)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO alert_decision (seq, kind, at_ms, actor, alert, rule, team,"
                                     " connection, until_ms, reason)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                     " ON CONFLICT (seq) DO NOTHING");
        sql::bind(insert, 1, event.seq);
        sql::bind(insert, 2, alertDecisionWord(kind));
        sql::bind(insert, 3, std::int64_t{toMs(event.at)});
        sql::bind(insert, 4, event.actor);
        sql::bind(insert, 5, maybeText(body[u"alert"]));
        sql::bind(insert, 6, maybeText(body[u"rule"]));
        sql::bind(insert, 7, maybeText(body[u"team"]));
        sql::bind(insert, 8, maybeText(body[u"connection"]));
        sql::bind(insert, 9, maybeMs(body[u"untilMs"]));
        sql::bind(insert, 10, body[u"reason"].toString());
        insert.exec();
    });
}

Status applyUndone(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement update(db, "UPDATE alert_decision"
                                     " SET undone_seq = ?, undone_by = ?, undone_at_ms = ?, undone_reason = ?"
                                     " WHERE seq = ? AND undone_seq IS NULL");
        sql::bind(update, 1, event.seq);
        sql::bind(update, 2, event.actor);
        sql::bind(update, 3, std::int64_t{toMs(event.at)});
        sql::bind(update, 4, body[u"reason"].toString());
        sql::bind(update, 5, std::int64_t{body[u"reverts"].toInteger()});
        update.exec();
    });
}

constexpr const char* selectDecision =
    "SELECT seq, kind, at_ms, actor, alert, rule, team, connection, until_ms, reason, undone_seq FROM alert_decision";

AlertDecision decisionFrom(SQLite::Statement& row)
{
    AlertDecision decision;
    decision.seq = row.getColumn(0).getInt64();
    decision.kind =
        sql::text(row.getColumn(1)) == u"silenced" ? AlertDecision::Kind::Silenced : AlertDecision::Kind::Acknowledged;
    decision.at = utcFromMs(row.getColumn(2).getInt64());
    decision.actor = sql::text(row.getColumn(3));
    decision.alert = sql::maybeText(row.getColumn(4));
    decision.rule = sql::maybeText(row.getColumn(5));
    decision.team = sql::maybeText(row.getColumn(6));
    decision.connection = sql::maybeText(row.getColumn(7));
    if (const auto until = sql::maybeNumber(row.getColumn(8)))
        decision.until = utcFromMs(*until);
    decision.reason = sql::text(row.getColumn(9));
    decision.undoneSeq = sql::maybeNumber(row.getColumn(10));
    return decision;
}

} // namespace

QString alertDecisionWord(AlertDecision::Kind kind)
{
    return kind == AlertDecision::Kind::Silenced ? u"silenced"_s : u"acknowledged"_s;
}

Status checkAck(const AlertAck& ack, UtcTime now)
{
    if (const Status reason = checkReason(ack.reason); !reason)
        return reason;
    return ack.until ? checkUntil(*ack.until, now) : Status();
}

Status checkSilence(const AlertSilence& silence, UtcTime now)
{
    if (const Status reason = checkReason(silence.reason); !reason)
        return reason;
    if (!silence.alert && !silence.rule && !silence.team && !silence.connection)
        return fail(ErrorCode::InvalidConfig,
                    u"a silence of everything hides what nobody knows yet; write an ID, --rule, --team or"
                    " --connection"_s);
    if (silence.rule && !concernRuleFromWord(*silence.rule))
        return fail(ErrorCode::InvalidConfig, u"there is no rule %1; write one of %2"_s.arg(
                                                  visibleText(*silence.rule), concernRuleWords().join(u", "_s)));
    if (const Status until = checkUntil(silence.until, now); !until)
        return until;
    return silence.until - now > longestSilence
               ? fail(ErrorCode::InvalidConfig, u"a silence may last 90 d at most; write an earlier time"_s)
               : Status();
}

Ledger::Draft ackDraft(const QString& actor, const AlertAck& ack)
{
    JsonWriter json;
    json.beginObject()
        .field(u"alert", ack.alert)
        .field(u"untilMs", ack.until ? std::optional(std::int64_t{toMs(*ack.until)}) : std::nullopt)
        .field(u"reason", ack.reason.trimmed())
        .endObject();
    return {actor, u"alert.acknowledged"_s, json.json()};
}

Ledger::Draft silenceDraft(const QString& actor, const AlertSilence& silence)
{
    JsonWriter json;
    json.beginObject()
        .field(u"alert", silence.alert)
        .field(u"rule", silence.rule)
        .field(u"team", silence.team)
        .field(u"connection", silence.connection)
        .field(u"untilMs", std::int64_t{toMs(silence.until)})
        .field(u"reason", silence.reason.trimmed())
        .endObject();
    return {actor, u"alert.silenced"_s, json.json()};
}

Ledger::Draft alertUndoDraft(const QString& actor, std::int64_t seq, const QString& reason)
{
    JsonWriter json;
    json.beginObject().field(u"reverts", seq).field(u"reason", reason.trimmed()).endObject();
    return {actor, u"alert.undone"_s, json.json()};
}

QString alertProjectionName()
{
    return u"alert"_s;
}

Status applyAlertEvent(Database& database, const LedgerEvent& event)
{
    if (!event.type.startsWith(u"alert."))
        return {};
    const QJsonDocument document = QJsonDocument::fromJson(event.body);
    if (!document.isObject())
        return corrupt(event);
    const QJsonObject body = document.object();
    if (event.type == u"alert.acknowledged")
        return applyMade(database, event, body, AlertDecision::Kind::Acknowledged);
    if (event.type == u"alert.silenced")
        return applyMade(database, event, body, AlertDecision::Kind::Silenced);
    if (event.type == u"alert.undone")
        return applyUndone(database, event, body);
    if (event.type == u"alert.told") {
        const auto told = applyTold(database, event, body);
        if (!told)
            return tl::unexpected<Error>(told.error());
        return *told ? Status() : corrupt(event);
    }
    return corrupt(event);
}

Status catchUpAlerts(const Ledger& ledger, StoreWriter& store)
{
    return catchUpEvents(ledger, store, alertProjectionName(), u"alert."_s, applyAlertEvent);
}

Status clearAlertDecisions(Database& database)
{
    const Status cleared = database.guarded([](SQLite::Database& db) { db.exec("DELETE FROM alert_decision"); });
    if (!cleared)
        return cleared;
    const Status untold = clearTellings(database);
    return untold ? saveAppliedSeq(database, alertProjectionName(), 0) : untold;
}

Result<std::vector<AlertDecision>> alertDecisions(Database& reader, int limit)
{
    return reader.query<std::vector<AlertDecision>>([limit](SQLite::Database& db) {
        std::vector<AlertDecision> all;
        SQLite::Statement select(db, std::string(selectDecision).append(" ORDER BY seq DESC LIMIT ?"));
        select.bind(1, limit);
        while (select.executeStep())
            all.push_back(decisionFrom(select));
        return all;
    });
}

Result<std::vector<AlertDecision>> alertDecisionsInForce(Database& reader, UtcTime now)
{
    return reader.query<std::vector<AlertDecision>>([now](SQLite::Database& db) {
        std::vector<AlertDecision> all;
        SQLite::Statement select(db, std::string(selectDecision)
                                         .append(" WHERE undone_seq IS NULL AND (until_ms IS NULL OR until_ms > ?)"
                                                 " ORDER BY seq DESC"));
        sql::bind(select, 1, std::int64_t{toMs(now)});
        while (select.executeStep())
            all.push_back(decisionFrom(select));
        return all;
    });
}

Result<AlertDecision> alertDecision(Database& reader, std::int64_t seq)
{
    const auto found = reader.query<std::optional<AlertDecision>>([seq](SQLite::Database& db) {
        SQLite::Statement select(db, std::string(selectDecision).append(" WHERE seq = ?"));
        select.bind(1, seq);
        return select.executeStep() ? std::optional(decisionFrom(select)) : std::nullopt;
    });
    if (!found)
        return tl::unexpected<Error>(found.error());
    if (!*found)
        return fail(ErrorCode::NotFound,
                    u"event %1 is no acknowledgement and no silence; see spillwayctl alerts decisions"_s.arg(seq));
    return **found;
}

} // namespace spillway
