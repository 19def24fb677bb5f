// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/counted.h"
#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/deadletter/groupevents.h"
#include "model/deadletter/groupmarks.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"

#include <QRegularExpression>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct EventRow
{
    std::int64_t seq = 0;
    QString decision;
    QString type;
    QString summary;
    QString actor;
    UtcTime at;
    std::optional<std::int64_t> revertedBy;
};

constexpr const char* eventSelect = "SELECT seq, decision, type, summary, actor, at_ms, reverted_by FROM triage_event";

EventRow eventFrom(SQLite::Statement& row)
{
    return {.seq = row.getColumn(0).getInt64(),
            .decision = sql::text(row.getColumn(1)),
            .type = sql::text(row.getColumn(2)),
            .summary = sql::text(row.getColumn(3)),
            .actor = sql::text(row.getColumn(4)),
            .at = utcFromMs(row.getColumn(5).getInt64()),
            .revertedBy = sql::maybeNumber(row.getColumn(6))};
}

std::optional<EventRow> chosenEvent(SQLite::Database& db, std::optional<std::int64_t> seq)
{
    if (seq) {
        SQLite::Statement select(db, std::string(eventSelect).append(" WHERE seq = ?"));
        select.bind(1, *seq);
        return select.executeStep() ? std::optional(eventFrom(select)) : std::nullopt;
    }
    SQLite::Statement select(db, std::string(eventSelect)
                                     .append(" WHERE actor <> ? AND reverted_by IS NULL"
                                             " AND type NOT IN ('deadletter.undone', 'deadletter.commented')"
                                             " ORDER BY seq DESC LIMIT 1"));
    sql::bind(select, 1, ruleActor());
    return select.executeStep() ? std::optional(eventFrom(select)) : std::nullopt;
}

/// The first event outside the decision that decided on the same letters or marks since; 0: none did.
/// Letters and marks carry the event that decided them last: of the decision, or this one depends on it.
std::int64_t laterDecision(SQLite::Database& db, const QString& decision, std::int64_t& count)
{
    SQLite::Statement letters(db,
                              "SELECT count(*), min(d.triage_seq) FROM (SELECT DISTINCT p.letter_id FROM letter_past p"
                              "  JOIN triage_event e ON e.seq = p.seq WHERE e.decision = ?1) x"
                              " JOIN letter_decision d ON d.letter_id = x.letter_id"
                              " WHERE d.triage_seq NOT IN (SELECT seq FROM triage_event WHERE decision = ?1)");
    sql::bind(letters, 1, decision);
    letters.executeStep();
    count = letters.getColumn(0).getInt64();
    if (count > 0)
        return letters.getColumn(1).getInt64();
    SQLite::Statement marks(
        db, "SELECT count(*), min(m.seq) FROM (SELECT DISTINCT p.subject, p.field FROM triage_mark_past p"
            "  JOIN triage_event e ON e.seq = p.seq WHERE e.decision = ?1) x"
            " JOIN triage_mark m ON m.subject = x.subject AND m.field = x.field"
            " WHERE m.seq NOT IN (SELECT seq FROM triage_event WHERE decision = ?1)");
    sql::bind(marks, 1, decision);
    marks.executeStep();
    count = marks.getColumn(0).getInt64();
    return count > 0 ? marks.getColumn(1).getInt64() : 0;
}

/// Letters that a replay took up after the decision.
std::int64_t replayedSince(SQLite::Database& db, const QString& decision)
{
    SQLite::Statement select(db, "SELECT count(*) FROM (SELECT p.letter_id, min(p.seq) AS seq FROM letter_past p"
                                 "  JOIN triage_event e ON e.seq = p.seq WHERE e.decision = ?1 GROUP BY p.letter_id) x"
                                 " JOIN letter_decision d ON d.letter_id = x.letter_id"
                                 " WHERE d.replay_state IS NOT NULL AND d.replay_seq > x.seq");
    sql::bind(select, 1, decision);
    select.executeStep();
    return select.getColumn(0).getInt64();
}

/// What a review takes back when it decides anew stands right before its word in the ledger: both are one append.
/// @return the word that this undo was written for; nullopt: somebody's own undo, or it is taken back itself.
std::optional<std::int64_t> wordAfter(SQLite::Database& db, std::int64_t undo)
{
    SQLite::Statement select(db, "SELECT w.seq FROM triage_event u JOIN triage_event w ON w.seq = u.seq + 1"
                                 " WHERE u.seq = ? AND u.type = 'deadletter.undone' AND u.reverted_by IS NULL"
                                 " AND w.type = 'review.decided' AND w.reverted_by IS NULL AND w.actor = u.actor"
                                 " AND EXISTS (SELECT 1 FROM triage_event f"
                                 "  WHERE f.reverted_by = u.seq AND f.type = 'review.decided')");
    select.bind(1, undo);
    return select.executeStep() ? std::optional(select.getColumn(0).getInt64()) : std::nullopt;
}

/// "review r-2026-11-26: archive by ana (test data)": the word that an undo took back.
QString formerWord(SQLite::Database& db, std::int64_t undo)
{
    SQLite::Statement select(db, "SELECT summary, actor, reason FROM triage_event"
                                 " WHERE reverted_by = ? AND type = 'review.decided' ORDER BY seq DESC LIMIT 1");
    select.bind(1, undo);
    select.executeStep();
    const QString text = sql::text(select.getColumn(0)) + u" by "_s + sql::text(select.getColumn(1));
    const auto note = sql::maybeText(select.getColumn(2));
    return note ? text + u" (%1)"_s.arg(note->simplified()) : text;
}

QString takenBackRefusal(SQLite::Database& db, std::int64_t seq, std::int64_t by)
{
    if (const auto word = wordAfter(db, by))
        return u"the review decided anew since; undo event %1, and event %2 counts again"_s.arg(*word).arg(seq);
    return u"event %1 was taken back already, by event %2"_s.arg(seq).arg(by);
}

/// What a decision is about; of very many the first.
QStringList subjectsOf(SQLite::Database& db, const QString& decision)
{
    QStringList subjects;
    SQLite::Statement select(db, "SELECT DISTINCT s.subject FROM triage_subject s JOIN triage_event e ON e.seq = s.seq"
                                 " WHERE e.decision = ? ORDER BY s.subject LIMIT 1000");
    sql::bind(select, 1, decision);
    while (select.executeStep())
        subjects += sql::text(select.getColumn(0));
    return subjects;
}

/// Grouping is what rules make of letters, and the rules are a file: with other rules in force, letters put back where
/// they were would part from those that arrive.
QString regroupRefusal(UtcTime at, bool isLast)
{
    QString text =
        u"grouping anew follows grouping.yaml: put that file back as it stood before %1, then"
        " `spillwayctl dlq regroup --dry-run` shows what would move, and `dlq regroup --reason TEXT` moves it"_s.arg(
            formatUtc(at));
    if (isLast)
        text += u"; an earlier decision is taken back by its number, which `spillwayctl dlq history` prints"_s;
    return text;
}

/// `5 000 letters to parked`: a decision on many letters is several events that differ in the number only.
struct CountedSummary
{
    std::int64_t letters = 0;
    QString rest;
};

/// nullopt: that is another thing.
std::optional<CountedSummary> joined(const CountedSummary& before, const QString& summary)
{
    static const QRegularExpression form(u"^([0-9\u2009]+) letters?( .*)$"_s);
    const auto match = form.match(summary);
    if (!match.hasMatch() || (before.letters > 0 && before.rest != match.captured(2)))
        return std::nullopt;
    const std::int64_t letters = match.captured(1).remove(QChar(0x2009)).toLongLong();
    return CountedSummary{before.letters + letters, match.captured(2)};
}

} // namespace

Result<UndoPlan> planUndo(Database& reader, std::optional<std::int64_t> seq)
{
    std::optional<UndoPlan> plan;
    const Status status = reader.guarded([&](SQLite::Database& db) {
        const auto event = chosenEvent(db, seq);
        if (!event)
            return;
        plan = UndoPlan{.decision = event->decision,
                        .seqs = {},
                        .words = {},
                        .summary = {},
                        .actor = event->actor,
                        .at = event->at,
                        .subjects = {},
                        .former = std::nullopt,
                        .refusal = std::nullopt};
        SQLite::Statement select(db, std::string(eventSelect).append(" WHERE decision = ? ORDER BY seq"));
        sql::bind(select, 1, event->decision);
        std::int64_t more = -1;
        auto whole = std::optional(CountedSummary{});
        while (select.executeStep()) {
            const EventRow row = eventFrom(select);
            whole = whole ? joined(*whole, row.summary) : std::nullopt;
            if (plan->seqs.empty()) {
                plan->summary = row.summary;
                plan->actor = row.actor;
                plan->at = row.at;
            }
            plan->seqs.push_back(row.seq);
            if (row.type == reviewWordType)
                plan->words.push_back(row.seq);
            ++more;
        }
        if (more > 0 && whole)
            plan->summary = counted(whole->letters, u"letter"_s) + whole->rest;
        else if (more > 0)
            plan->summary += more == 1 ? u" (and 1 event that belongs to it)"_s
                                       : u" (and %1 events that belong to it)"_s.arg(formatCount(more));
        plan->subjects = subjectsOf(db, event->decision);
        for (const std::int64_t word : plan->words) {
            if (wordAfter(db, word - 1) == word) {
                plan->former = formerWord(db, word - 1);
                plan->seqs.insert(plan->seqs.begin(), word - 1);
            }
        }

        std::int64_t count = 0;
        if (event->type == u"deadletter.commented")
            plan->refusal = u"a comment stays; write another one beside it"_s;
        else if (event->type == u"deadletter.undone")
            plan->refusal = u"an undo is not undone; decide anew"_s;
        else if (event->type == groupsRegroupType)
            plan->refusal = regroupRefusal(plan->at, !seq);
        else if (event->revertedBy)
            plan->refusal = takenBackRefusal(db, event->seq, *event->revertedBy);
        else if (const std::int64_t later = laterDecision(db, event->decision, count); count > 0)
            plan->refusal = u"%1 decided anew since; undo event %2 first"_s
                                .arg(counted(count, u"letter or mark was"_s, u"letters or marks were"_s))
                                .arg(later);
        else if (const std::int64_t regrouped = regroupedSince(db, event->decision); regrouped > 0)
            plan->refusal =
                u"everything was grouped anew since (event %1), and groups have other ids; use dlq unmerge, or merge"_s
                    .arg(regrouped);
        else if (const std::int64_t replayed = replayedSince(db, event->decision); replayed > 0)
            plan->refusal =
                u"a replay took up %1 since; what was sent cannot be taken back"_s.arg(counted(replayed, u"letter"_s));
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    if (!plan)
        return seq ? fail(ErrorCode::NotFound,
                          u"event %1 is no decision on dead letters; `spillwayctl dlq history` prints them"_s.arg(*seq))
                   : fail(ErrorCode::NotFound, u"there is no decision to take back"_s);
    return *plan;
}

std::optional<Ledger::Draft> replacementDraft(SQLite::Database& db, const QString& decision, const QString& actor,
                                              const QString& reason)
{
    JsonWriter body;
    body.beginObject().field(u"decision", newDecisionName()).key(u"reverts").beginArray();
    SQLite::Statement events(db,
                             "SELECT seq FROM triage_event WHERE decision = ? AND reverted_by IS NULL ORDER BY seq");
    sql::bind(events, 1, decision);
    bool isAny = false;
    while (events.executeStep()) {
        isAny = true;
        body.value(events.getColumn(0).getInt64());
    }
    if (!isAny)
        return std::nullopt;
    body.endArray();
    writeTexts(body, u"subjects", subjectsOf(db, decision));
    body.field(u"reason", reason).endObject();
    return Ledger::Draft{actor, u"deadletter.undone"_s, body.json()};
}

} // namespace spillway
