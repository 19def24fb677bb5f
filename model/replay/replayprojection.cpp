// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayprojection.h"

#include "model/job/jobstate.h"
#include "model/replay/replayevents.h"
#include "model/store/projection.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr std::array tables{"replay_plan", "replay_job", "replay_target_end", "replay_step", "replay_item"};

/// One event being applied. Its statements throw; `Database::guarded` above catches.
struct Application
{
    SQLite::Database& db;
    const LedgerEvent& event;
    QJsonObject body;
    std::string jobId;
    /// The next event of the same job, as far as it is at hand: what this one sets it may set anew.
    const LedgerEvent* next = nullptr;
    QJsonObject nextBody;
    /// Letters whose state changes, and to what.
    std::vector<std::pair<std::vector<QString>, std::optional<TriageState>>> changes;
};

std::string text(const QJsonValue& value)
{
    return value.toString().toStdString();
}

std::string compact(const QJsonValue& array)
{
    return QJsonDocument(array.toArray()).toJson(QJsonDocument::Compact).toStdString();
}

template<typename T>
void bindMaybe(SQLite::Statement& statement, int index, const std::optional<T>& value)
{
    if (value)
        statement.bind(index, *value);
    else
        statement.bind(index);
}

std::optional<std::string> maybeText(const QJsonValue& value)
{
    return value.isString() ? std::optional(text(value)) : std::nullopt;
}

void applyPlanned(Application& in)
{
    SQLite::Statement insert(
        in.db, "INSERT OR IGNORE INTO replay_plan"
               " (plan_id, digest, connection, query, messages, size_bytes, guarantee, planned_at_ms, planned_by)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    int n = 0;
    for (const char16_t* name : {u"planId", u"digest", u"connection", u"query"})
        insert.bind(++n, text(in.body[QStringView(name)]));
    insert.bind(++n, std::int64_t{in.body["messages"_L1].toInteger()});
    insert.bind(++n, std::int64_t{in.body["bytes"_L1].toInteger()});
    insert.bind(++n, text(in.body["guarantee"_L1]));
    insert.bind(++n, toMs(in.event.at));
    insert.bind(++n, in.event.actor.toStdString());
    insert.exec();
}

void applyJobCreated(Application& in)
{
    SQLite::Statement insert(
        in.db,
        "INSERT INTO replay_job (job_id, plan_id, digest, connection, cluster_id, query, guarantee, stop_if, reason,"
        " plan_ledger_seq, messages, size_bytes, settle_ms, rate_per_second, targets, strip_rules, canary, created_by,"
        " created_at_ms, created_seq, state, detail, cancel_requested, last_batch, sent, confirmed, failed_again, "
        "skipped)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', '', 0, 0, 0, 0, 0, 0)");
    int n = 0;
    insert.bind(++n, in.jobId);
    for (const char16_t* name : {u"planId", u"digest", u"connection", u"clusterId", u"query", u"guarantee"})
        insert.bind(++n, text(in.body[QStringView(name)]));
    bindMaybe(insert, ++n, maybeText(in.body["stopIf"_L1]));
    bindMaybe(insert, ++n, maybeText(in.body["reason"_L1]));
    for (const char16_t* name : {u"ledgerSeq", u"messages", u"bytes", u"settleMs"})
        insert.bind(++n, std::int64_t{in.body[QStringView(name)].toInteger()});
    const QJsonValue rate = in.body["rate"_L1];
    bindMaybe(insert, ++n, rate.isDouble() ? std::optional(std::int64_t{rate.toInteger()}) : std::nullopt);
    for (const char16_t* name : {u"targets", u"strip", u"canary"})
        insert.bind(++n, compact(in.body[QStringView(name)]));
    insert.bind(++n, in.event.actor.toStdString());
    insert.bind(++n, toMs(in.event.at));
    insert.bind(++n, in.event.seq);
    insert.exec();
}

void applyJobLetters(Application& in)
{
    SQLite::Statement insert(
        in.db, "INSERT INTO replay_item (job_id, item, letter_id, channel, partition, offset, digest, size_bytes,"
               " target, target_partition, generation, replay_of, consumer_group, strip_rule, status, status_seq)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)");
    std::int64_t item = in.body["first"_L1].toInteger();
    std::vector<QString> ids;
    insert.bind(1, in.jobId); // what is bound stays bound
    insert.bind(15, in.event.seq);
    for (const PlanLetter& letter : lettersOf(in.body)) {
        const QByteArray id = letter.letterId.toUtf8();
        const QByteArray channel = letter.at.topic.toUtf8();
        const QByteArray target = letter.target.toUtf8();
        int n = 1;
        insert.reset();
        insert.bind(++n, item++);
        insert.bindNoCopy(++n, id.constData());
        insert.bindNoCopy(++n, channel.constData());
        insert.bind(++n, letter.at.partition);
        insert.bind(++n, letter.offset.value);
        insert.bind(++n, static_cast<std::int64_t>(letter.digest));
        insert.bind(++n, letter.sizeBytes);
        insert.bindNoCopy(++n, target.constData());
        bindMaybe(insert, ++n, letter.targetPartition);
        insert.bind(++n, letter.generation);
        insert.bind(++n, letter.replayOf.constData(), static_cast<int>(letter.replayOf.size()));
        bindMaybe(insert, ++n, // a stranger's text, which may hold anything
                  letter.consumerGroup ? std::optional(letter.consumerGroup->toStdString()) : std::nullopt);
        insert.bind(++n, letter.stripRule);
        insert.exec();
        ids.push_back(letter.letterId);
    }
    insert.reset();
    in.changes.emplace_back(std::move(ids), TriageState::Planned);
}

void applyRunStarted(Application& in)
{
    SQLite::Statement insert(
        in.db, "INSERT OR IGNORE INTO replay_target_end (job_id, topic, partition, next_offset) VALUES (?, ?, ?, ?)");
    for (const QJsonValue& end : in.body["ends"_L1].toArray()) {
        insert.reset();
        insert.bind(1, in.jobId);
        insert.bind(2, text(end[0]));
        insert.bind(3, std::int64_t{end[1].toInteger()});
        insert.bind(4, std::int64_t{end[2].toInteger()});
        insert.exec();
    }
}

/// Runs `update` for each range of items, with ?1 to ?3 the job's id, the first item and the one behind the last.
void forRanges(Application& in, SQLite::Statement& update, const QJsonValue& ranges)
{
    for (const auto& [first, last] : rangesOf(ranges)) {
        update.reset();
        update.bind(1, in.jobId);
        update.bind(2, first);
        update.bind(3, last);
        update.exec();
    }
}

/// Sets a status of items that are neither sent nor skipped.
void setStatus(Application& in, const char* status)
{
    SQLite::Statement update(in.db, "UPDATE replay_item SET status = ?4, status_seq = ?5, skip_reason = NULL"
                                    " WHERE job_id = ?1 AND item >= ?2 AND item < ?3"
                                    "   AND status IN ('pending', 'intended')");
    update.bind(4, status);
    update.bind(5, in.event.seq);
    forRanges(in, update, in.body["items"_L1]);
}

/// Whether the job's next event says of all these items that they were sent: then nobody ever sees them as intended.
bool isOvertaken(const Application& in)
{
    if (!in.next || in.next->type != u"replay.batchCommitted")
        return false;
    const std::vector<LandedItem> sent = landedOf(in.nextBody);
    ItemList known;
    known.reserve(sent.size());
    for (const LandedItem& item : sent)
        known.push_back(item.item);
    std::sort(known.begin(), known.end());
    const ItemList items = itemsOf(in.body["items"_L1]); // ascending
    return std::includes(known.begin(), known.end(), items.begin(), items.end());
}

void addTo(Application& in, const char* sql, std::int64_t count)
{
    SQLite::Statement update(in.db, sql);
    update.bind(1, count);
    update.bind(2, in.jobId);
    update.exec();
}

void applySkipped(Application& in)
{
    SQLite::Statement update(in.db, "UPDATE replay_item SET status = 'skipped', status_seq = ?, skip_reason = ?"
                                    " WHERE job_id = ? AND item = ? AND status IN ('pending', 'intended')"
                                    " RETURNING letter_id");
    const std::string reason = text(in.body["reason"_L1]);
    std::vector<QString> letters;
    for (const std::size_t item : itemsOf(in.body["items"_L1])) {
        update.reset();
        update.bind(1, in.event.seq);
        update.bind(2, reason);
        update.bind(3, in.jobId);
        update.bind(4, static_cast<std::int64_t>(item));
        while (update.executeStep())
            letters.push_back(QString::fromStdString(update.getColumn(0).getString()));
    }
    addTo(in, "UPDATE replay_job SET skipped = skipped + ? WHERE job_id = ?",
          static_cast<std::int64_t>(letters.size()));
    in.changes.emplace_back(std::move(letters), std::nullopt);
}

void applyIntended(Application& in)
{
    if (!isOvertaken(in))
        setStatus(in, "intended");
    addTo(in, "UPDATE replay_job SET last_batch = max(last_batch, ?) WHERE job_id = ?",
          in.body["batch"_L1].toInteger());
}

void applyNotSent(Application& in)
{
    setStatus(in, "pending");
}

void applyCommitted(Application& in)
{
    SQLite::Statement send(in.db, "UPDATE replay_item"
                                  " SET status = 'sent', status_seq = ?, skip_reason = NULL,"
                                  "     landed_topic = ?, landed_partition = ?, landed_offset = ?"
                                  " WHERE job_id = ? AND item = ? AND status <> 'sent'");
    SQLite::Statement letter(in.db, "SELECT letter_id FROM replay_item WHERE job_id = ? AND item = ?");
    letter.bind(1, in.jobId);
    // Known as sent already: only the place may be news.
    SQLite::Statement place(in.db, "UPDATE replay_item"
                                   " SET landed_topic = ?, landed_partition = ?, landed_offset = ?"
                                   " WHERE job_id = ? AND item = ? AND landed_offset IS NULL");
    const auto bindPlace = [](SQLite::Statement& statement, int index, const std::optional<LandedAt>& at) {
        bindMaybe(statement, index, at ? std::optional(at->at.topic.toStdString()) : std::nullopt);
        bindMaybe(statement, index + 1, at ? std::optional(at->at.partition) : std::nullopt);
        bindMaybe(statement, index + 2, at ? std::optional(at->offset.value) : std::nullopt);
    };
    send.bind(1, in.event.seq); // what is bound stays bound
    send.bind(5, in.jobId);
    place.bind(4, in.jobId);
    std::vector<QString> letters;
    for (const LandedItem& landed : landedOf(in.body)) {
        const auto item = static_cast<std::int64_t>(landed.item);
        send.reset();
        bindPlace(send, 2, landed.at);
        send.bind(6, item);
        if (send.exec() > 0) {
            letter.reset();
            letter.bind(2, item);
            letter.executeStep();
            letters.push_back(QString::fromStdString(letter.getColumn(0).getString()));
            letter.reset();
            continue;
        }
        place.reset();
        bindPlace(place, 1, landed.at);
        place.bind(5, item);
        place.exec();
    }
    addTo(in, "UPDATE replay_job SET sent = sent + ? WHERE job_id = ?", static_cast<std::int64_t>(letters.size()));
    in.changes.emplace_back(std::move(letters), TriageState::Sent);
}

void applyOutcomes(Application& in, const QJsonValue& items, ReplayOutcome outcome, TriageState state)
{
    SQLite::Statement update(in.db, "UPDATE replay_item"
                                    " SET outcome = ?"
                                    " WHERE job_id = ? AND item = ? AND status = 'sent'"
                                    " RETURNING letter_id");
    std::vector<QString> letters;
    for (const std::size_t item : itemsOf(items)) {
        update.reset();
        update.bind(1, replayOutcomeWord(outcome).toStdString());
        update.bind(2, in.jobId);
        update.bind(3, static_cast<std::int64_t>(item));
        while (update.executeStep())
            letters.push_back(QString::fromStdString(update.getColumn(0).getString()));
    }
    in.changes.emplace_back(std::move(letters), state);
}

void applySettled(Application& in)
{
    const QJsonValue items = in.body["items"_L1];
    applyOutcomes(in, items["confirmed"_L1], ReplayOutcome::Confirmed, TriageState::Resolved);
    applyOutcomes(in, items["failedAgain"_L1], ReplayOutcome::FailedAgain, TriageState::FailedAgain);
    applyOutcomes(in, items["unknown"_L1], ReplayOutcome::Unknown, TriageState::Unknown);
    SQLite::Statement counts(
        in.db, "UPDATE replay_job SET (confirmed, failed_again) ="
               " (SELECT count(*) FILTER (WHERE outcome = 'confirmed'), count(*) FILTER (WHERE outcome = 'failedAgain')"
               "    FROM replay_item WHERE replay_item.job_id = replay_job.job_id)"
               " WHERE job_id = ?");
    counts.bind(1, in.jobId);
    counts.exec();
    if (!in.body["step"_L1].isDouble())
        return;
    SQLite::Statement step(
        in.db, "INSERT OR REPLACE INTO replay_step (job_id, step, settled_at_ms, sent, confirmed, failed_again)"
               " VALUES (?, ?, ?, ?, ?, ?)");
    step.bind(1, in.jobId);
    step.bind(2, std::int64_t{in.body["step"_L1].toInteger()});
    step.bind(3, toMs(in.event.at));
    int n = 3;
    for (const char16_t* name : {u"sent", u"confirmed", u"failedAgain"})
        step.bind(++n, std::int64_t{in.body[QStringView(name)].toInteger()});
    step.exec();
}

void applyVerified(Application& in)
{
    SQLite::Statement update(in.db,
                             "UPDATE replay_job SET verified_once = ?, missing = ?, doubled = ? WHERE job_id = ?");
    int n = 0;
    for (const char16_t* name : {u"once", u"missing", u"doubled"})
        update.bind(++n, std::int64_t{in.body[QStringView(name)].toInteger()});
    update.bind(++n, in.jobId);
    update.exec();
}

std::vector<QString> lettersWithStatus(Application& in, const char* status)
{
    SQLite::Statement select(in.db, "SELECT letter_id FROM replay_item WHERE job_id = ? AND status = ? ORDER BY item");
    select.bind(1, in.jobId);
    select.bind(2, status);
    std::vector<QString> letters;
    while (select.executeStep())
        letters.push_back(QString::fromStdString(select.getColumn(0).getString()));
    return letters;
}

void applyState(Application& in)
{
    const std::optional<JobState> state = jobStateFromWord(in.body["state"_L1].toString());
    if (!state)
        return;
    SQLite::Statement update(
        in.db, "UPDATE replay_job SET state = ?1, detail = ?2,"
               " started_at_ms = CASE WHEN ?1 = 'running' THEN coalesce(started_at_ms, ?3) ELSE started_at_ms END,"
               " finished_at_ms = CASE WHEN ?4 THEN ?3 ELSE NULL END"
               " WHERE job_id = ?5");
    update.bind(1, jobStateWord(*state).toStdString());
    update.bind(2, text(in.body["detail"_L1]));
    update.bind(3, toMs(in.event.at));
    update.bind(4, hasEnded(*state) ? 1 : 0);
    update.bind(5, in.jobId);
    update.exec();
    if (hasEnded(*state)) {
        in.changes.emplace_back(lettersWithStatus(in, "pending"), std::nullopt);
        in.changes.emplace_back(lettersWithStatus(in, "intended"), TriageState::Unknown);
    }
}

void applyCancelRequested(Application& in)
{
    addTo(in, "UPDATE replay_job SET cancel_requested = ? WHERE job_id = ?", 1);
}

using Apply = void (*)(Application&);
constexpr std::array<std::pair<const char*, Apply>, 12> applications{{
    {"replay.planned", applyPlanned},
    {"replay.jobCreated", applyJobCreated},
    {"replay.jobLetters", applyJobLetters},
    {"replay.runStarted", applyRunStarted},
    {"replay.itemsSkipped", applySkipped},
    {"replay.batchIntended", applyIntended},
    {"replay.batchCommitted", applyCommitted},
    {"replay.batchNotSent", applyNotSent},
    {"replay.stepSettled", applySettled},
    {"replay.verified", applyVerified},
    {"replay.stateChanged", applyState},
    {"replay.cancelRequested", applyCancelRequested},
}};

/// The bodies of events, each read once.
class Bodies
{
public:
    explicit Bodies(std::span<const LedgerEvent> events)
        : m_events(events)
        , m_read(events.size())
    {
    }
    [[nodiscard]] std::size_t count() const { return m_events.size(); }
    [[nodiscard]] const LedgerEvent& event(std::size_t i) const { return m_events[i]; }
    /// nullopt: it is no object.
    std::optional<QJsonObject> at(std::size_t i)
    {
        if (m_read[i].isNull())
            m_read[i] = QJsonDocument::fromJson(m_events[i].body);
        return m_read[i].isObject() ? std::optional(m_read[i].object()) : std::nullopt;
    }
    void forget(std::size_t i) { m_read[i] = {}; }

private:
    std::span<const LedgerEvent> m_events;
    std::vector<QJsonDocument> m_read;
};

void lookAhead(Application& in, Bodies& bodies, std::size_t from, const QString& jobId)
{
    for (std::size_t i = from; i < bodies.count(); ++i) {
        std::optional<QJsonObject> body = bodies.at(i);
        if (!body || (*body)["jobId"_L1].toString() != jobId)
            continue;
        in.next = &bodies.event(i);
        in.nextBody = std::move(*body);
        return;
    }
}

} // namespace

QString replayProjectionName()
{
    return u"replay"_s;
}

Status applyReplayEvents(Database& database, std::span<const LedgerEvent> events, const LetterStates& letters)
{
    Bodies bodies(events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const LedgerEvent& event = events[i];
        const auto application = std::find_if(applications.begin(), applications.end(), [&event](const auto& each) {
            return event.type == QLatin1StringView(each.first);
        });
        if (application == applications.end())
            continue;
        const std::optional<QJsonObject> body = bodies.at(i);
        if (!body)
            return fail(ErrorCode::Corrupt,
                        u"ledger event %1 (%2) has a body that is no JSON object"_s.arg(event.seq).arg(event.type));
        const QString jobId = (*body)["jobId"_L1].toString();
        Application in{database.raw(), event, *body, jobId.toStdString(), nullptr, {}, {}};
        if (application->second == applyIntended)
            lookAhead(in, bodies, i + 1, jobId);
        if (const Status applied = database.guarded([&](SQLite::Database&) { application->second(in); }); !applied)
            return failWithin(u"applying ledger event %1 (%2)"_s.arg(event.seq).arg(event.type), applied.error());
        for (const auto& [ids, state] : in.changes) {
            if (ids.empty() || !letters)
                continue;
            if (const Status followed = letters(database, ids, state, event.seq); !followed)
                return followed;
        }
        bodies.forget(i);
    }
    return {};
}

Status clearReplayProjection(Database& database)
{
    const Status cleared = database.guarded([](SQLite::Database& db) {
        for (const char* table : tables)
            db.exec(std::string("DELETE FROM ") + table);
    });
    return cleared ? saveAppliedSeq(database, replayProjectionName(), 0) : cleared;
}

} // namespace spillway
