// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/telling.h"

#include "model/alert/concernwords.h"
#include "model/base/jsonwriter.h"
#include "model/base/wordtable.h"
#include "model/deadletter/sqltext.h"

#include <QJsonArray>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<TellingStage, 4> stageWords{{{TellingStage::Opened, u"opened"},
                                                 {TellingStage::Worse, u"worse"},
                                                 {TellingStage::StillOpen, u"stillOpen"},
                                                 {TellingStage::Resolved, u"resolved"}}};

/// The worst first: what a telling is called after its messages.
constexpr std::array worstFirst{NotifyState::Failed, NotifyState::InDoubt, NotifyState::Sending, NotifyState::Queued,
                                NotifyState::Delivered};

std::optional<Telling> tellingFrom(const QJsonObject& entry)
{
    const auto stage = tellingStageFromWord(entry[u"stage"].toString());
    const auto severity = severityFromWord(entry[u"severity"].toString());
    const QString alert = entry[u"alert"].toString();
    if (!stage || !severity || alert.isEmpty() || !entry[u"openedAtMs"].isDouble())
        return std::nullopt;
    return Telling{.alert = alert,
                   .openedAt = utcFromMs(entry[u"openedAtMs"].toInteger()),
                   .stage = *stage,
                   .severity = *severity};
}

constexpr const char* selectTold =
    "SELECT alert, opened_at_ms, told_at_ms, stage, severity,"
    " EXISTS (SELECT 1 FROM alert_telling_message m JOIN notification n ON n.id = m.message"
    "         WHERE m.seq = t.seq AND n.state IN ('queued', 'sending'))"
    " FROM alert_telling t WHERE is_last = 1 AND ";

void readTold(SQLite::Statement& select, std::map<QString, Told>& told)
{
    while (select.executeStep()) {
        Told row;
        row.telling.alert = sql::text(select.getColumn(0));
        row.telling.openedAt = utcFromMs(select.getColumn(1).getInt64());
        row.at = utcFromMs(select.getColumn(2).getInt64());
        row.telling.stage = tellingStageFromWord(sql::text(select.getColumn(3))).value_or(row.telling.stage);
        row.telling.severity = severityFromWord(sql::text(select.getColumn(4))).value_or(row.telling.severity);
        row.isOnItsWay = select.getColumn(5).getInt() != 0;
        told.insert_or_assign(row.telling.alert, row);
    }
}

/// Of one event.
void readMessages(SQLite::Database& db, std::int64_t seq, TellingStanding& standing)
{
    SQLite::Statement select(db, "SELECT n.state, n.detail FROM alert_telling_message m"
                                 " JOIN notification n ON n.id = m.message WHERE m.seq = ?");
    select.bind(1, seq);
    std::map<NotifyState, QString> details;
    while (select.executeStep()) {
        if (const auto state = notifyStateFromWord(sql::text(select.getColumn(0))))
            details.emplace(*state, sql::text(select.getColumn(1)));
    }
    for (const NotifyState state : worstFirst) {
        const auto at = details.find(state);
        if (at == details.end())
            continue;
        standing.state = state;
        standing.detail = at->second;
        return;
    }
}

} // namespace

QString tellingStageWord(TellingStage stage)
{
    return wordOf(stageWords, stage);
}

std::optional<TellingStage> tellingStageFromWord(QStringView word)
{
    return valueOf(stageWords, word);
}

QString tellingStateWord(const TellingStanding& standing)
{
    return standing.state ? notifyStateWord(*standing.state) : u"unreached"_s;
}

Ledger::Draft toldDraft(const QString& actor, const std::optional<QString>& team, const std::vector<Telling>& tellings,
                        const QStringList& messages)
{
    JsonWriter json;
    json.beginObject().field(u"team", team).key(u"alerts").beginArray();
    for (const Telling& telling : tellings)
        json.beginObject()
            .field(u"alert", telling.alert)
            .field(u"openedAtMs", std::int64_t{toMs(telling.openedAt)})
            .field(u"stage", tellingStageWord(telling.stage))
            .field(u"severity", severityWord(telling.severity))
            .endObject();
    json.endArray().key(u"messages").beginArray();
    for (const QString& message : messages)
        json.value(message);
    json.endArray().endObject();
    return {actor, u"alert.told"_s, json.json()};
}

Result<bool> applyTold(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    std::vector<Telling> tellings;
    for (const QJsonValue& entry : body[u"alerts"].toArray()) {
        auto telling = tellingFrom(entry.toObject());
        if (!telling)
            return false;
        tellings.push_back(std::move(*telling));
    }
    if (tellings.empty())
        return false;
    const auto team = body[u"team"].isString() ? std::optional(body[u"team"].toString()) : std::nullopt;
    const Status applied = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement demote(db,
                                 "UPDATE alert_telling SET is_last = 0 WHERE alert = ? AND seq < ? AND is_last = 1");
        SQLite::Statement insert(
            db, "INSERT INTO alert_telling (alert, seq, opened_at_ms, told_at_ms, team, stage, severity, is_last)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                " NOT EXISTS (SELECT 1 FROM alert_telling WHERE alert = ?1 AND seq > ?2))"
                " ON CONFLICT (alert, seq) DO NOTHING");
        for (const Telling& telling : tellings) {
            sql::bind(demote, 1, telling.alert);
            sql::bind(demote, 2, event.seq);
            demote.exec();
            demote.reset();
            sql::bind(insert, 1, telling.alert);
            sql::bind(insert, 2, event.seq);
            sql::bind(insert, 3, std::int64_t{toMs(telling.openedAt)});
            sql::bind(insert, 4, std::int64_t{toMs(event.at)});
            sql::bind(insert, 5, team);
            sql::bind(insert, 6, tellingStageWord(telling.stage));
            sql::bind(insert, 7, severityWord(telling.severity));
            insert.exec();
            insert.reset();
        }
        SQLite::Statement message(db, "INSERT OR IGNORE INTO alert_telling_message (seq, message) VALUES (?, ?)");
        for (const QJsonValue& id : body[u"messages"].toArray()) {
            sql::bind(message, 1, event.seq);
            sql::bind(message, 2, id.toString());
            message.exec();
            message.reset();
        }
    });
    return applied.map([] { return true; });
}

Status clearTellings(Database& database)
{
    return database.guarded([](SQLite::Database& db) {
        db.exec("DELETE FROM alert_telling");
        db.exec("DELETE FROM alert_telling_message");
    });
}

Result<ToldBefore> toldBefore(Database& reader, UtcTime since)
{
    return reader.query<ToldBefore>([since](SQLite::Database& db) {
        ToldBefore told;
        SQLite::Statement open(db, std::string(selectTold).append("stage <> 'resolved'"));
        readTold(open, told.last);
        SQLite::Statement lately(db, std::string(selectTold).append("told_at_ms >= ?"));
        sql::bind(lately, 1, std::int64_t{toMs(since)});
        readTold(lately, told.last);
        SQLite::Statement teams(db,
                                "SELECT team, max(told_at_ms) FROM alert_telling WHERE told_at_ms >= ? GROUP BY team");
        sql::bind(teams, 1, std::int64_t{toMs(since)});
        while (teams.executeStep())
            told.lastOfTeam.emplace(sql::maybeText(teams.getColumn(0)), utcFromMs(teams.getColumn(1).getInt64()));
        return told;
    });
}

Result<ToldOfIncident> toldOf(Database& reader, const QString& alert, std::optional<UtcTime> openedAt,
                              std::optional<UtcTime> lastResolvedAt)
{
    // Of an open incident nothing is told to be resolved; what was, was an earlier one.
    const std::string which = openedAt ? "t.alert = ?1 AND t.opened_at_ms = ?2"
                                       : "t.alert = ?1 AND t.told_at_ms > ?2 AND t.stage <> 'resolved'";
    const std::int64_t moment = openedAt ? toMs(*openedAt) : lastResolvedAt ? toMs(*lastResolvedAt) : -1;
    return reader.query<ToldOfIncident>([&](SQLite::Database& db) {
        ToldOfIncident told;
        SQLite::Statement last(db, std::string("SELECT t.seq, t.stage, t.told_at_ms FROM alert_telling t WHERE ")
                                       .append(which)
                                       .append(" ORDER BY t.seq DESC LIMIT 1"));
        sql::bind(last, 1, alert);
        sql::bind(last, 2, moment);
        if (!last.executeStep())
            return told;
        told.last = TellingStanding{.stage = tellingStageFromWord(sql::text(last.getColumn(1))),
                                    .at = utcFromMs(last.getColumn(2).getInt64()),
                                    .state = {},
                                    .detail = {}};
        readMessages(db, last.getColumn(0).getInt64(), *told.last);
        SQLite::Statement taken(db, std::string("SELECT max(n.settled_at_ms) FROM alert_telling t"
                                                " JOIN alert_telling_message m ON m.seq = t.seq"
                                                " JOIN notification n ON n.id = m.message"
                                                " WHERE n.state = 'delivered' AND ")
                                        .append(which));
        sql::bind(taken, 1, alert);
        sql::bind(taken, 2, moment);
        if (taken.executeStep() && !taken.getColumn(0).isNull())
            told.notifiedAt = utcFromMs(taken.getColumn(0).getInt64());
        return told;
    });
}

} // namespace spillway
