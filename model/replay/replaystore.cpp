// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaystore.h"

#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/replay/replayitems.h"
#include "model/replay/storedrecords.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

/// Jobs that are over and have sent messages whose outcome is not known, or that came back although their consumer had
/// committed past them: retry topics commit first, and set aside minutes later.
std::vector<QString> unsettledJobs(SQLite::Database& db, const QString& connection, UtcTime since)
{
    SQLite::Statement select(db,
                             "SELECT job_id FROM replay_job j"
                             " WHERE connection = ? AND finished_at_ms >= ?"
                             "   AND (sent > confirmed + failed_again"
                             "        OR EXISTS (SELECT 1 FROM letter l WHERE l.replay_id = CAST(j.job_id AS BLOB)"
                             "                   AND EXISTS (SELECT 1 FROM replay_item i"
                             "                               WHERE i.job_id = j.job_id AND i.replay_of = l.replay_of"
                             "                                 AND i.outcome = 'confirmed')))"
                             " ORDER BY created_seq");
    select.bind(1, connection.toStdString());
    select.bind(2, toMs(since));
    std::vector<QString> jobs;
    while (select.executeStep())
        jobs.push_back(QString::fromStdString(select.getColumn(0).getString()));
    return jobs;
}

tl::unexpected<Error> stoppedReading()
{
    return fail(ErrorCode::Cancelled, u"stopped while reading letters"_s);
}

/// Outcomes of a job that differ from what is written down; unknown is nothing new.
SettledStep newOutcomes(const std::vector<ReplayItem>& items, const OutcomeObservation& observation)
{
    SettledStep settled;
    const auto outcomes = judgeOutcomes(items, observation);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (outcomes[i] == items[i].outcome)
            continue;
        if (outcomes[i] == ReplayOutcome::Confirmed)
            settled.nowConfirmed.push_back(i);
        else if (outcomes[i] == ReplayOutcome::FailedAgain)
            settled.nowFailedAgain.push_back(i);
    }
    return settled;
}

} // namespace

LetterStates storedLetterStates()
{
    return [](Database& database, const std::vector<QString>& ids, std::optional<TriageState> state, std::int64_t seq) {
        return applyReplayState(database, ids, state, seq);
    };
}

StripRule stripRuleOf(const DialectRegistry& dialects, const QString& dialectId, const DeadLetterMapping* mapping)
{
    mapping = dialects.counting(mapping, dialectId);
    StripRule rule;
    if (!mapping && knowsHeadersByShape(dialectId))
        rule.shape = dialectId;
    for (const QByteArray& pattern : dialects.errorHeaders(dialectId, mapping)) {
        // A mapping names headers of anybody's making: there a `*` is a character like any other.
        if (!mapping && pattern.endsWith('*'))
            rule.prefixes.push_back(pattern.chopped(1));
        else
            rule.names.push_back(pattern);
    }
    rule.payload = dialects.payloadPlace(dialectId, mapping);
    return rule;
}

QStringList olderDialects(const DialectRegistry& dialects, const Headers& headers, const QString& dialectId,
                          const DeadLetterMapping* mapping)
{
    QStringList older;
    if (dialects.counting(mapping, dialectId))
        return older;
    for (const DialectMatch& match : dialects.fitting(headers)) {
        if (match.dialect->id != dialectId)
            older += match.dialect->id;
    }
    return older;
}

bool isDialectKnown(const DialectRegistry& dialects, const QString& dialectId, const DeadLetterMapping* mapping)
{
    return dialects.counting(mapping, dialectId) || dialects.dialect(dialectId) || knowsHeadersByShape(dialectId) ||
           dialectId == uForwarderValueDialect || dialectId == u"unrecognised";
}

StripRule stripRuleOfLetter(const DialectRegistry& dialects, const DeadLetter& letter, const DeadLetterMapping* mapping,
                            std::vector<HeaderChoice> choices)
{
    const QString& dialect = letter.facts.dialect;
    StripRule rule = stripRuleOf(dialects, dialect, mapping);
    for (const QString& older : olderDialects(dialects, letter.record.headers, dialect, mapping))
        rule.addNamesOf(stripRuleOf(dialects, older, mapping));
    rule.choices = std::move(choices);
    return rule;
}

Result<std::vector<ReplayLetter>> StoredReplayLetters::load(const std::vector<QString>& letterIds, std::stop_token stop)
{
    Result<Database> reader = m_openReader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    std::vector<ReplayLetter> letters;
    letters.reserve(letterIds.size());
    StoredRecords stored(*reader);
    Status outcome;
    const Status read = reader->guarded([&](SQLite::Database& db) {
        const SQLite::Transaction snapshot(db); // one lock for all of them
        for (const QString& id : letterIds) {
            if (stop.stop_requested()) {
                outcome = stoppedReading();
                return;
            }
            const bool hasBefore = !letters.empty() && letters.back().record;
            Result<ReplayLetter> letter = stored.of(id, hasBefore ? letters.back().record->headers : Headers());
            if (!letter) {
                outcome = tl::unexpected<Error>(letter.error());
                return;
            }
            letters.push_back(std::move(*letter));
        }
    });
    if (!read)
        return tl::unexpected<Error>(read.error());
    if (!outcome)
        return tl::unexpected<Error>(outcome.error());
    return letters;
}

Status addRescues(Database& reader, std::vector<PlanCandidate>& candidates, const std::stop_token& stop)
{
    Rescues rescues(reader);
    StoredRecords stored(reader);
    for (PlanCandidate& candidate : candidates) {
        if (!candidate.isPointer)
            continue;
        if (stop.stop_requested())
            return stoppedReading();
        const auto rescue = rescues.of(candidate.letterId);
        if (!rescue)
            return tl::unexpected<Error>(rescue.error());
        if (!*rescue)
            continue;
        const Result<ReplayLetter> whole = stored.of(candidate.letterId);
        if (!whole)
            return tl::unexpected<Error>(whole.error());
        if (!whole->record)
            continue; // erased: said so before it is called a pointer
        candidate.isPointer = false;
        candidate.hasKey = ownKey(*whole->record, candidate.dialect).has_value();
        candidate.digest = recordDigest(*whole->record);
        candidate.sizeBytes = whole->record->sizeBytes();
    }
    return {};
}

Status addEnvelopes(Database& reader, std::vector<PlanCandidate>& candidates, const PayloadPlaceOf& placeOf,
                    const std::stop_token& stop)
{
    StoredRecords stored(reader);
    for (PlanCandidate& candidate : candidates) {
        if (candidate.isPointer || !isOpen(candidate.state) || !candidate.erased.isEmpty())
            continue; // left out for that already
        const auto place = placeOf(candidate.dialect, candidate.at.topic);
        if (!place && candidate.dialect != u"generic"_s)
            continue;
        if (stop.stop_requested())
            return stoppedReading();
        const Result<ReplayLetter> letter = stored.of(candidate.letterId);
        if (!letter)
            return tl::unexpected<Error>(letter.error());
        if (!letter->record)
            continue; // gone since it was selected: skipped when the plan runs
        const PayloadToSend sent = payloadToSend(*letter->record, candidate.dialect, place);
        candidate.payloadRefusal = sent.refusal;
        candidate.isSentWhole = sent.isSentWhole;
    }
    return {};
}

Result<OutcomeObservation> storedOutcomes(Database& reader, const QString& connection, const QString& jobId,
                                          const std::vector<QString>& groups, const std::vector<QString>& topics)
{
    const auto again = lettersOfReplay(reader, jobId);
    if (!again)
        return tl::unexpected<Error>(again.error());
    OutcomeObservation seen;
    for (const ReplayedLetter& letter : *again) {
        if (letter.replayOf)
            ++seen.deadLetters[*letter.replayOf];
    }
    const Status read = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(
            db, "SELECT p.number, r.committed_offset"
                " FROM lag_source s"
                " JOIN lag_group g ON g.source_id = s.source_id"
                " JOIN lag_topic t ON t.source_id = s.source_id"
                " JOIN lag_partition p ON p.topic_id = t.topic_id"
                " JOIN lag_row r ON r.group_id = g.group_id AND r.partition_id = p.partition_id"
                " WHERE s.connection = ? AND g.name = ? AND t.name = ? AND r.committed_offset IS NOT NULL"
                "   AND r.life = p.life"
                " ORDER BY s.source_id, p.number");
        for (const QString& group : groups) {
            for (const QString& topic : topics) {
                select.reset();
                select.bind(1, connection.toStdString());
                select.bind(2, group.toStdString());
                select.bind(3, topic.toStdString());
                while (select.executeStep())
                    seen.committed[{group, {topic, select.getColumn(0).getInt()}}] =
                        Offset{select.getColumn(1).getInt64()};
            }
        }
    });
    if (!read)
        return tl::unexpected<Error>(read.error());
    return seen;
}

StoredOutcomeProbe::StoredOutcomeProbe(OpenReader openReader, QString connection, Collect collect)
    : m_openReader(std::move(openReader))
    , m_connection(std::move(connection))
    , m_collect(std::move(collect))
{
}

Result<OutcomeObservation> StoredOutcomeProbe::observe(const QString& jobId, const std::vector<QString>& groups,
                                                       const std::vector<QString>& topics, std::stop_token stop)
{
    if (const Status collected = m_collect(stop); !collected)
        return tl::unexpected<Error>(collected.error());
    Result<Database> reader = m_openReader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    return storedOutcomes(*reader, m_connection, jobId, groups, topics);
}

Result<std::int64_t> settleEndedJobs(ReplayJournal& journal, const QString& connection, const QString& actor,
                                     UtcTime since)
{
    Result<Database> reader = journal.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto jobs =
        reader->query<std::vector<QString>>([&](SQLite::Database& db) { return unsettledJobs(db, connection, since); });
    if (!jobs)
        return tl::unexpected<Error>(jobs.error());
    std::int64_t changed = 0;
    for (const QString& jobId : *jobs) {
        const Result<ReplayJobSpec> job = loadReplayJob(*reader, jobId);
        if (!job)
            return tl::unexpected<Error>(job.error());
        const auto observation = storedOutcomes(*reader, connection, jobId, job->groups(), job->targets);
        if (!observation)
            return tl::unexpected<Error>(observation.error());
        const SettledStep settled = newOutcomes(job->items, *observation);
        const auto count = static_cast<std::int64_t>(settled.nowConfirmed.size() + settled.nowFailedAgain.size());
        if (count == 0)
            continue;
        if (const Status recorded = journal.record({ReplayEvents(actor).stepSettled(jobId, settled)}); !recorded)
            return tl::unexpected<Error>(recorded.error());
        changed += count;
    }
    return changed;
}

} // namespace spillway
