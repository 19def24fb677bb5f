// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayjobs.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/letterdecisions.h"
#include "model/replay/replayplanfile.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr char rowColumns[] =
    "SELECT job_id, plan_id, connection, query, state, detail, guarantee, targets, messages, sent, confirmed,"
    " failed_again, skipped, verified_once, missing, doubled, created_by, reason, created_at_ms,"
    " started_at_ms, finished_at_ms FROM replay_job ";

/// (Added up by a `+` it makes GCC 12 see an overrun that is not there, which the ci preset takes for an error.)
std::string rowsWhere(const char* rest)
{
    std::string sql(rowColumns);
    sql += rest;
    return sql;
}

QString textAt(SQLite::Statement& row, int column)
{
    return QString::fromStdString(row.getColumn(column).getString());
}

std::optional<UtcTime> timeAt(SQLite::Statement& row, int column)
{
    const SQLite::Column value = row.getColumn(column);
    return value.isNull() ? std::nullopt : std::optional(utcFromMs(value.getInt64()));
}

JobState seenState(JobState stored, StateHolder holder)
{
    // A pause survives its process; work in progress does not.
    const bool needsProcess = stored == JobState::Running || stored == JobState::Verifying;
    return needsProcess && holder == StateHolder::None ? JobState::Interrupted : stored;
}

ReplayJobRow rowOf(SQLite::Statement& row, StateHolder holder)
{
    ReplayJobRow job;
    job.jobId = textAt(row, 0);
    job.planId = textAt(row, 1);
    job.connection = textAt(row, 2);
    job.query = textAt(row, 3);
    const JobState stored = jobStateFromWord(textAt(row, 4)).value_or(JobState::Interrupted);
    job.state = seenState(stored, holder);
    job.detail = job.state == stored ? textAt(row, 5) : u"its process ended; resume it"_s;
    job.guarantee = textAt(row, 6);
    for (const QJsonValue& topic : QJsonDocument::fromJson(textAt(row, 7).toUtf8()).array())
        job.targets.push_back(topic.toString());
    int column = 7;
    for (std::int64_t* count : {&job.messages, &job.sent, &job.confirmed, &job.failedAgain, &job.skipped})
        *count = row.getColumn(++column).getInt64();
    if (!row.getColumn(13).isNull())
        job.verified =
            VerifiedCounts{row.getColumn(13).getInt64(), row.getColumn(14).getInt64(), row.getColumn(15).getInt64()};
    job.createdBy = textAt(row, 16);
    if (!row.getColumn(17).isNull())
        job.reason = textAt(row, 17);
    job.createdAt = utcFromMs(row.getColumn(18).getInt64());
    job.startedAt = timeAt(row, 19);
    job.finishedAt = timeAt(row, 20);
    return job;
}

void writeRow(JsonWriter& json, const ReplayJobRow& row)
{
    json.beginObject()
        .field(u"jobId", row.jobId)
        .field(u"planId", row.planId)
        .field(u"state", jobStateWord(row.state))
        .field(u"guarantee", row.guarantee)
        .field(u"messages", row.messages)
        .field(u"sent", row.sent)
        .field(u"confirmed", row.confirmed)
        .field(u"failedAgain", row.failedAgain)
        .field(u"skipped", row.skipped)
        .field(u"startedAt", row.startedAt)
        .field(u"finishedAt", row.finishedAt)
        .endObject();
}

struct KnownPlan
{
    std::optional<QString> recordedDigest;
    std::optional<QString> jobId;
    JobState jobState = JobState::Planned; ///< of that job
};

Result<KnownPlan> knownPlan(Database& reader, const QString& planId)
{
    return reader.query<KnownPlan>([&planId](SQLite::Database& db) {
        KnownPlan known;
        SQLite::Statement plan(db, "SELECT digest FROM replay_plan WHERE plan_id = ?");
        plan.bind(1, planId.toStdString());
        if (plan.executeStep())
            known.recordedDigest = textAt(plan, 0);
        SQLite::Statement job(db, "SELECT job_id, state FROM replay_job WHERE plan_id = ?");
        job.bind(1, planId.toStdString());
        if (job.executeStep()) {
            known.jobId = textAt(job, 0);
            known.jobState = jobStateFromWord(textAt(job, 1)).value_or(JobState::Planned);
        }
        return known;
    });
}

} // namespace

Result<std::vector<ReplayJobRow>> replayJobs(Database& reader, StateHolder holder, int limit)
{
    return reader.query<std::vector<ReplayJobRow>>([&](SQLite::Database& db) {
        std::vector<ReplayJobRow> rows;
        SQLite::Statement select(db, rowsWhere("ORDER BY created_seq DESC LIMIT ?"));
        select.bind(1, limit);
        while (select.executeStep())
            rows.push_back(rowOf(select, holder));
        return rows;
    });
}

Result<ReplayJobRow> replayJob(Database& reader, StateHolder holder, const QString& jobId)
{
    const Result<std::optional<ReplayJobRow>> row =
        reader.query<std::optional<ReplayJobRow>>([&](SQLite::Database& db) {
            SQLite::Statement select(db, rowsWhere("WHERE job_id = ?"));
            select.bind(1, jobId.toStdString());
            return select.executeStep() ? std::optional(rowOf(select, holder)) : std::nullopt;
        });
    if (!row)
        return tl::unexpected<Error>(row.error());
    if (!*row)
        return fail(ErrorCode::NotFound,
                    u"there is no replay job %1; `spillwayctl replay status` lists them"_s.arg(visibleText(jobId)));
    return **row;
}

QByteArray writeReplayJobJson(const ReplayJobRow& row)
{
    JsonWriter json;
    writeRow(json, row);
    return json.json();
}

QByteArray writeReplayJobsJson(const std::vector<ReplayJobRow>& rows)
{
    JsonWriter json;
    json.beginArray();
    for (const ReplayJobRow& row : rows)
        writeRow(json, row);
    return json.endArray().json();
}

Result<bool> jobHoldsLetter(Database& database, const QString& letterId)
{
    return database.query<bool>([&](SQLite::Database& db) {
        SQLite::Statement select(db, "SELECT EXISTS (SELECT 1 FROM replay_item i"
                                     " JOIN replay_job j ON j.job_id = i.job_id"
                                     " WHERE i.letter_id = ? AND j.state NOT IN ('done', 'cancelled'))");
        select.bind(1, letterId.toStdString());
        select.executeStep();
        return select.getColumn(0).getInt() != 0;
    });
}

Status addReplayHistory(Database& reader, std::vector<PlanCandidate>& candidates, const std::stop_token& stop)
{
    bool isStopped = false;
    const Status read = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(
            db, "SELECT job_id, status, (SELECT state FROM replay_job WHERE replay_job.job_id = replay_item.job_id)"
                " FROM replay_item"
                " WHERE letter_id = ?"
                " ORDER BY status_seq DESC, job_id DESC"
                " LIMIT 100");
        const SQLite::Transaction snapshot(db); // one lock for all of them
        for (PlanCandidate& candidate : candidates) {
            if (stop.stop_requested()) {
                isStopped = true;
                return;
            }
            select.reset();
            select.bind(1, candidate.letterId.toStdString());
            while (select.executeStep()) {
                const QString job = textAt(select, 0);
                const QString status = textAt(select, 1);
                const std::optional<JobState> state = jobStateFromWord(textAt(select, 2));
                if (!candidate.lastJob && (status == u"sent" || status == u"intended"))
                    candidate.lastJob = job;
                if (!candidate.activeJob && status != u"skipped" && state && !hasEnded(*state))
                    candidate.activeJob = job;
            }
        }
    });
    if (read && isStopped)
        return fail(ErrorCode::Cancelled, u"stopped while reading letters"_s);
    return read;
}

Status recordPlan(ReplayJournal& journal, const ReplayPlan& plan, const QString& actor)
{
    return journal.record({ReplayEvents(actor).planned(plan, planDigest(plan))});
}

namespace {

/// Texts as they come back from JSON.
QByteArray asWritten(const QByteArray& text)
{
    return QString::fromUtf8(text).toUtf8();
}

ReplayJobSpec specOf(const QString& jobId, const ReplayPlan& plan, const ReplayOptions& options)
{
    ReplayJobSpec spec;
    spec.jobId = jobId;
    spec.planId = plan.planId;
    spec.connection = plan.connection;
    spec.guarantee = plan.guarantee;
    spec.planLedgerSeq = plan.ledgerSeq;
    for (const PlanCount& target : plan.targets)
        spec.targets.push_back(target.text);
    for (const PlanStripRule& rule : plan.stripRules) {
        StripRule& written = spec.stripRules.emplace_back(rule.rule);
        for (std::vector<QByteArray>* texts : {&written.names, &written.prefixes})
            std::transform(texts->begin(), texts->end(), texts->begin(), asWritten);
        for (HeaderChoice& choice : written.choices)
            choice.pattern = asWritten(choice.pattern);
    }
    spec.options = options;
    spec.items.reserve(plan.letters.size());
    for (const PlanLetter& letter : plan.letters) {
        ReplayItem& item = spec.items.emplace_back();
        item.letter = letter;
        item.letter.replayOf = asWritten(letter.replayOf);
    }
    return spec;
}

/// What somebody closed since the plan was made. Becoming part of a job is news about a letter, which would hide that.
Result<ItemList> closedSince(ReplayJournal& journal, Database& reader, const ReplayPlan& plan)
{
    const Result<bool> isDecided = journal.isDecidedAfter(plan.ledgerSeq);
    if (!isDecided)
        return tl::unexpected<Error>(isDecided.error());
    if (!*isDecided)
        return ItemList();
    return reader.query<ItemList>([&plan](SQLite::Database& db) {
        ItemList closed;
        for (std::size_t i = 0; i < plan.letters.size(); ++i) {
            if (!isOpen(decidedStanding(db, plan.letters[i].letterId).state))
                closed.push_back(i);
        }
        return closed;
    });
}

/// @param record  writes down what makes the job: an event of the plan where it is not known yet, and the job's.
/// @param closed  becomes what is skipped from the start: letters that are no longer open.
Result<QString> makeJob(ReplayJournal& journal, const ReplayPlan& plan, const QString& digest,
                        const ReplayOptions& options, const QString& actor, const QString& reason, const Clock& clock,
                        const RandomBits& random, ItemList& closed,
                        const std::function<Status(std::vector<Ledger::Draft>)>& record)
{
    const QString jobId = makeReplayId(clock.now(), random);
    const Status created = journal.exclusively([&]() -> Status {
        if (const Status current = journal.catchUp(); !current)
            return current;
        Result<Database> reader = journal.reader();
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const Result<KnownPlan> known = knownPlan(*reader, plan.planId);
        if (!known)
            return tl::unexpected<Error>(known.error());
        if (known->jobId && hasEnded(known->jobState) && !isResumable(known->jobState))
            return fail(
                ErrorCode::InvalidConfig,
                u"plan %1 was run already: its job %2 is %3; see `spillwayctl replay status %2`, and make a new "
                "plan for what is still open"_s.arg(plan.planId, *known->jobId, jobStateWord(known->jobState)));
        if (known->jobId)
            return fail(ErrorCode::InvalidConfig,
                        u"plan %1 already has job %2; see `spillwayctl replay status %2`, go on with"
                        " `spillwayctl replay resume %2`, or make a new plan"_s.arg(plan.planId, *known->jobId));
        if (known->recordedDigest && *known->recordedDigest != digest)
            return fail(
                ErrorCode::InvalidConfig,
                u"plan %1 was changed after Spillway sealed it; make a new plan with `spillwayctl replay plan`"_s.arg(
                    plan.planId));
        const ReplayEvents events(actor);
        std::vector<Ledger::Draft> drafts;
        if (!known->recordedDigest)
            drafts.push_back(events.planned(plan, digest));
        for (Ledger::Draft& draft : events.jobCreated(jobId, plan, digest, options, reason))
            drafts.push_back(std::move(draft));
        Result<ItemList> since = closedSince(journal, *reader, plan);
        if (!since)
            return tl::unexpected<Error>(since.error());
        closed = std::move(*since);
        if (!closed.empty())
            drafts.push_back(events.itemsSkipped(jobId, u"no longer open"_s, closed));
        return record(std::move(drafts));
    });
    if (!created)
        return tl::unexpected<Error>(created.error());
    return jobId;
}

} // namespace

Result<QString> createReplayJob(ReplayJournal& journal, const ReplayPlan& plan, const ReplayOptions& options,
                                const QString& actor, const QString& reason, const Clock& clock,
                                const RandomBits& random)
{
    ItemList closed;
    return makeJob(journal, plan, planDigest(plan), options, actor, reason, clock, random, closed,
                   [&](std::vector<Ledger::Draft> drafts) { return journal.record(std::move(drafts)); });
}

Result<FreshReplayJob> beginReplayJob(ReplayJournal& journal, const ReplayPlan& plan, const QString& digest,
                                      const ReplayOptions& options, const QString& actor, const QString& reason,
                                      const Clock& clock, const RandomBits& random)
{
    FreshReplayJob job;
    ItemList closed;
    const Result<QString> jobId =
        makeJob(journal, plan, digest, options, actor, reason, clock, random, closed,
                [&](std::vector<Ledger::Draft> drafts) -> Status {
                    const auto letters = std::find_if(drafts.begin(), drafts.end(), [](const Ledger::Draft& draft) {
                        return draft.type == u"replay.jobLetters";
                    });
                    const auto now = static_cast<std::size_t>(letters - drafts.begin());
                    auto listed = journal.recordGradually(std::move(drafts), now);
                    if (!listed)
                        return tl::unexpected<Error>(listed.error());
                    job.listed = std::move(*listed);
                    return {};
                });
    if (!jobId)
        return tl::unexpected<Error>(jobId.error());
    job.spec = specOf(*jobId, plan, options);
    for (const std::size_t item : closed)
        job.spec.items[item].status = ItemStatus::Skipped;
    return job;
}

Result<int> markInterruptedJobs(ReplayJournal& journal, const QString& actor)
{
    int marked = 0;
    const Status done = journal.exclusively([&]() -> Status {
        if (const Status current = journal.catchUp(); !current)
            return current;
        Result<Database> reader = journal.reader();
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const auto ids = reader->query<std::vector<QString>>([](SQLite::Database& db) {
            std::vector<QString> jobs;
            SQLite::Statement select(
                db, "SELECT job_id FROM replay_job WHERE state IN ('planned', 'running', 'verifying') ORDER BY job_id");
            while (select.executeStep())
                jobs.push_back(textAt(select, 0));
            return jobs;
        });
        if (!ids)
            return tl::unexpected<Error>(ids.error());
        std::vector<Ledger::Draft> drafts;
        for (const QString& id : *ids)
            drafts.push_back(
                ReplayEvents(actor).stateChanged(id, JobState::Interrupted, u"its process ended; resume it"_s));
        marked = static_cast<int>(drafts.size());
        return drafts.empty() ? Status() : journal.record(std::move(drafts));
    });
    if (!done)
        return tl::unexpected<Error>(done.error());
    return marked;
}

Status cancelIdleJob(ReplayJournal& journal, const QString& jobId, const QString& actor)
{
    return journal.exclusively([&]() -> Status {
        if (const Status current = journal.catchUp(); !current)
            return current;
        Result<Database> reader = journal.reader();
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const Result<ReplayJobRow> job = replayJob(*reader, StateHolder::Alive, jobId);
        if (!job)
            return tl::unexpected<Error>(job.error());
        if (job->state == JobState::Done || job->state == JobState::Cancelled)
            return fail(ErrorCode::InvalidConfig, u"job %1 is %2 already"_s.arg(jobId, jobStateWord(job->state)));
        const ReplayEvents events(actor);
        return journal.record({events.cancelRequested(jobId),
                               events.stateChanged(jobId, JobState::Cancelled, u"cancelled by "_s + actor)});
    });
}

} // namespace spillway
