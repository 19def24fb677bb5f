// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/incidentstore.h"

#include "model/alert/concernwords.h"
#include "model/base/wordtable.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Transaction.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<ConcernScreen, 6> screenWords{{{ConcernScreen::Connections, u"connections"},
                                                   {ConcernScreen::Lag, u"lag"},
                                                   {ConcernScreen::Slo, u"slo"},
                                                   {ConcernScreen::DeadLetters, u"deadLetters"},
                                                   {ConcernScreen::Replays, u"replays"},
                                                   {ConcernScreen::Setup, u"setup"}}};

constexpr const char* selectIncident =
    "SELECT id, opened_at_ms, cause, rule, severity, place, connection, team, summary, evidence, since_ms, until_ms,"
    " next_step, command, screen, filter, graded_at_ms, seen_at_ms, fired_at_ms, resolved_at_ms, muted_by,"
    " rescues"
    " FROM alert_incident";

std::optional<UtcTime> maybeTime(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(utcFromMs(column.getInt64()));
}

std::optional<std::int64_t> maybeMs(const std::optional<UtcTime>& time)
{
    return time ? std::optional(toMs(*time)) : std::nullopt;
}

Incident incidentFrom(SQLite::Statement& row)
{
    Incident incident;
    Concern& concern = incident.concern;
    incident.id = sql::text(row.getColumn(0));
    incident.openedAt = utcFromMs(row.getColumn(1).getInt64());
    incident.key = sql::text(row.getColumn(2));
    concern.rule = concernRuleFromWord(sql::text(row.getColumn(3))).value_or(concern.rule);
    concern.severity = severityFromWord(sql::text(row.getColumn(4))).value_or(concern.severity);
    concern.id = concernRuleWord(concern.rule) + incident.key.mid(incident.key.indexOf(u':'));
    incident.place = row.getColumn(5).getInt();
    incident.connection = sql::text(row.getColumn(6));
    concern.team = sql::maybeText(row.getColumn(7));
    concern.summary = sql::text(row.getColumn(8));
    concern.evidence = sql::text(row.getColumn(9));
    concern.since = maybeTime(row.getColumn(10));
    concern.until = maybeTime(row.getColumn(11));
    concern.action = {.screen = valueOf(screenWords, sql::text(row.getColumn(14))).value_or(ConcernScreen::Lag),
                      .filter = sql::text(row.getColumn(15)),
                      .label = sql::text(row.getColumn(12)),
                      .command = sql::text(row.getColumn(13)),
                      .rescues = row.getColumn(21).getInt() != 0};
    incident.gradedAt = utcFromMs(row.getColumn(16).getInt64());
    incident.seenAt = utcFromMs(row.getColumn(17).getInt64());
    incident.firedAt = maybeTime(row.getColumn(18));
    incident.resolvedAt = maybeTime(row.getColumn(19));
    incident.mutedBy = sql::maybeText(row.getColumn(20));
    return incident;
}

/// Throws like SQLiteCpp, as all of this file that takes its database.
std::vector<Incident> readOpen(SQLite::Database& db)
{
    std::vector<Incident> open;
    SQLite::Statement select(db, std::string(selectIncident)
                                     .append(" WHERE resolved_at_ms IS NULL"
                                             " ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1"
                                             " ELSE 2 END, place, id"));
    while (select.executeStep())
        open.push_back(incidentFrom(select));
    return open;
}

std::vector<Incident> readResolved(SQLite::Database& db, int limit)
{
    std::vector<Incident> resolved;
    SQLite::Statement select(db, std::string(selectIncident)
                                     .append(" WHERE resolved_at_ms IS NOT NULL"
                                             " ORDER BY resolved_at_ms DESC, place, id LIMIT ?"));
    select.bind(1, limit);
    while (select.executeStep())
        resolved.push_back(incidentFrom(select));
    return resolved;
}

void write(SQLite::Statement& upsert, const Incident& incident)
{
    const Concern& concern = incident.concern;
    int at = 0;
    const auto put = [&](const auto& value) { sql::bind(upsert, ++at, value); };
    put(incident.id);
    put(toMs(incident.openedAt));
    put(incident.key);
    put(concernRuleWord(concern.rule));
    put(severityWord(concern.severity));
    put(std::int64_t{incident.place});
    put(incident.connection);
    put(concern.team);
    put(concern.summary);
    put(concern.evidence);
    put(maybeMs(concern.since));
    put(maybeMs(concern.until));
    put(concern.action.label);
    put(concern.action.command);
    put(wordOf(screenWords, concern.action.screen));
    put(concern.action.filter);
    put(toMs(incident.gradedAt));
    put(toMs(incident.seenAt));
    put(maybeMs(incident.firedAt));
    put(maybeMs(incident.resolvedAt));
    put(incident.mutedBy);
    put(std::int64_t{concern.action.rescues});
    upsert.exec();
    upsert.reset();
}

} // namespace

Result<std::vector<Incident>> openIncidents(Database& database)
{
    return database.query<std::vector<Incident>>(readOpen);
}

Result<IncidentsRead> readIncidents(Database& reader, int resolvedLimit)
{
    return reader.query<IncidentsRead>([resolvedLimit](SQLite::Database& db) {
        SQLite::Transaction oneInstant(db); // rolled back at its end: nothing is written
        IncidentsRead read{.open = readOpen(db), .resolved = {}};
        if (resolvedLimit > 0)
            read.resolved = readResolved(db, resolvedLimit);
        SQLite::Statement evaluated(db, "SELECT evaluated_at_ms FROM alert_evaluation");
        if (evaluated.executeStep())
            read.evaluatedAt = utcFromMs(evaluated.getColumn(0).getInt64());
        SQLite::Statement last(db, "SELECT max(resolved_at_ms) FROM alert_incident"
                                   " WHERE id = ? AND resolved_at_ms IS NOT NULL");
        for (const Incident& incident : read.open) {
            sql::bind(last, 1, incident.id);
            if (last.executeStep() && !last.getColumn(0).isNull())
                read.lastResolvedAt.emplace(incident.id, utcFromMs(last.getColumn(0).getInt64()));
            last.reset();
        }
        return read;
    });
}

Result<std::optional<Incident>> lastResolvedIncident(Database& reader, const QString& id)
{
    return reader.query<std::optional<Incident>>([&id](SQLite::Database& db) {
        SQLite::Statement select(db, std::string(selectIncident)
                                         .append(" WHERE id = ? AND resolved_at_ms IS NOT NULL"
                                                 " ORDER BY opened_at_ms DESC LIMIT 1"));
        sql::bind(select, 1, id);
        return select.executeStep() ? std::optional(incidentFrom(select)) : std::nullopt;
    });
}

Status saveIncidents(Database& database, const std::vector<Incident>& before, const std::vector<Incident>& after,
                     UtcTime now, UtcTime keepFrom)
{
    return database.guarded([&](SQLite::Database& db) {
        std::map<QString, const Incident*> known;
        for (const Incident& incident : before)
            known.emplace(incident.id, &incident);
        SQLite::Statement upsert(
            db, "INSERT OR REPLACE INTO alert_incident (id, opened_at_ms, cause, rule, severity, place, connection,"
                " team, summary, evidence, since_ms, until_ms, next_step, command, screen, filter, graded_at_ms,"
                " seen_at_ms, fired_at_ms, resolved_at_ms, muted_by, rescues)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const Incident& incident : after) {
            const auto at = known.find(incident.id);
            if (at == known.end() || *at->second != incident)
                write(upsert, incident);
            if (at != known.end())
                known.erase(at);
        }
        SQLite::Statement forget(db, "DELETE FROM alert_incident WHERE id = ? AND resolved_at_ms IS NULL");
        for (const auto& [id, incident] : known) {
            sql::bind(forget, 1, id);
            forget.exec();
            forget.reset();
        }
        SQLite::Statement drop(db, "DELETE FROM alert_incident WHERE resolved_at_ms < ?");
        drop.bind(1, static_cast<std::int64_t>(toMs(keepFrom)));
        drop.exec();
        SQLite::Statement evaluated(db, "INSERT OR REPLACE INTO alert_evaluation (id, evaluated_at_ms) VALUES (1, ?)");
        evaluated.bind(1, static_cast<std::int64_t>(toMs(now)));
        evaluated.exec();
    });
}

Status advanceStoredIncidents(StoreWriter& store, const IncidentObservation& seen, UtcTime now, UtcTime keepFrom)
{
    return store.write([&](Database& database) -> Status {
        const auto before = openIncidents(database);
        if (!before)
            return tl::unexpected<Error>(before.error());
        return saveIncidents(database, *before, advanceIncidents(*before, seen, now), now, keepFrom);
    });
}

} // namespace spillway
