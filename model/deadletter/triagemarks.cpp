// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/triagemarks.h"

#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/groupmarks.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagebook.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString knownField = u"known"_s;
const QString tagPrefix = u"tag:"_s;
const QString linkPrefix = u"link:"_s;
const QString archivePrefix = u"archive:"_s;

std::optional<QString> maybe(const QJsonValue& value)
{
    return value.isString() ? std::optional(value.toString()) : std::nullopt;
}

/// What the event's own body says of its decision.
BookEntry entryOf(const LedgerEvent& event, const QJsonObject& body, const QString& summary,
                  const QStringList& subjects)
{
    return {.decision = maybe(body["decision"_L1]).value_or(u"e%1"_s.arg(event.seq)),
            .summary = summary,
            .reason = maybe(body["reason"_L1]),
            .subjects = subjects};
}

void noteEvent(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body, const QString& summary,
               const QStringList& subjects)
{
    noteEvent(db, event, entryOf(event, body, summary, subjects));
}

void setMark(SQLite::Database& db, const QString& subject, const QString& field, const std::optional<QString>& value,
             std::int64_t seq)
{
    MarkWriter(db, seq).set(subject, field, value);
}

QString lettersWord(qsizetype count)
{
    return u"%1 %2"_s.arg(formatCount(count), count == 1 ? u"letter"_s : u"letters"_s);
}

QString triagedSummary(const QJsonObject& body)
{
    const QString to = body["to"_L1].toString();
    QString text = u"%1 to %2"_s.arg(lettersWord(body["letters"_L1].toArray().size()), to);
    if (const auto assignee = maybe(body["assignee"_L1]))
        text += assignee->isEmpty() ? u", nobody has them"_s : u", %1 has them"_s.arg(*assignee);
    return text;
}

QString ruleSummary(const QJsonObject& body)
{
    if (body["ended"_L1].toBool())
        return u"the archive rule ended"_s;
    const QString until = body["until"_L1].toString();
    if (until == u"escalates")
        return u"archived until it escalates: more than %1 letters in an hour"_s.arg(
            archiveThreshold(body["busiestHour"_L1].toInteger()));
    if (until == u"date")
        return u"archived until %1"_s.arg(body["at"_L1].toString());
    return body["future"_L1].toBool() ? u"archived for ever, also what arrives of the same fingerprint"_s
                                      : u"archived for ever"_s;
}

void applyKnown(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    const QString group = body["group"_L1].toString();
    const bool isKnown = body["error"_L1].isObject();
    const QString kind = body["error"_L1]["kind"_L1].toString();
    noteEvent(db, event, body, isKnown ? u"known error, kind %1"_s.arg(kind) : u"no longer a known error"_s, {group});
    setMark(db, group, knownField, isKnown ? std::optional(QString::fromUtf8(event.body)) : std::nullopt, event.seq);
    settleGroupKinds(db, subjectNames(db, group));
}

void applyTagged(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    const QStringList subjects = textsFrom(body["subjects"_L1]);
    const QStringList add = textsFrom(body["add"_L1]);
    const QStringList remove = textsFrom(body["remove"_L1]);
    QStringList words;
    for (const QString& tag : add)
        words += u'+' + tag;
    for (const QString& tag : remove)
        words += u'-' + tag;
    noteEvent(db, event, body, u"tags %1"_s.arg(words.join(u' ')), subjects);
    for (const QString& subject : subjects) {
        for (const QString& tag : add)
            setMark(db, subject, tagPrefix + tag, u""_s, event.seq);
        for (const QString& tag : remove)
            setMark(db, subject, tagPrefix + tag, std::nullopt, event.seq);
    }
}

void applyLinked(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    const QString subject = body["subject"_L1].toString();
    const QString url = body["url"_L1].toString();
    const bool isRemoved = body["removed"_L1].toBool();
    noteEvent(db, event, body, isRemoved ? u"link taken away: %1"_s.arg(url) : u"link: %1"_s.arg(url), {subject});
    setMark(db, subject, linkPrefix + url, isRemoved ? std::nullopt : std::optional(body["title"_L1].toString()),
            event.seq);
}

void applyCommented(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    const QString subject = body["subject"_L1].toString();
    noteEvent(db, event, body, u"comment"_s, {subject});
    SQLite::Statement insert(db, "INSERT OR IGNORE INTO triage_comment (seq, subject, at_ms, actor, text)"
                                 " VALUES (?, ?, ?, ?, ?)");
    insert.bind(1, event.seq);
    sql::bind(insert, 2, subject);
    insert.bind(3, toMs(event.at));
    sql::bind(insert, 4, event.actor);
    sql::bind(insert, 5, body["text"_L1].toString());
    insert.exec();
}

void applyRule(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    const QString group = body["group"_L1].toString();
    BookEntry entry = entryOf(event, body, ruleSummary(body), {group});
    entry.decision = maybe(body["endedBy"_L1]).value_or(entry.decision); // belongs to the one that ended the rule
    noteEvent(db, event, entry);
    setMark(db, group, archivePrefix + body["decision"_L1].toString(),
            body["ended"_L1].toBool() ? std::nullopt : std::optional(QString::fromUtf8(event.body)), event.seq);
}

void noteReviewWord(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    BookEntry entry =
        entryOf(event, body, u"review %1: %2"_s.arg(body["review"_L1].toString(), body["verdict"_L1].toString()),
                {body["group"_L1].toString()});
    if (const QString note = body["note"_L1].toString(); !note.isEmpty())
        entry.reason = note;
    noteEvent(db, event, entry);
}

/// Events that count again because the undo that took them back is itself taken back: oldest first.
std::vector<std::int64_t> restoredBy(SQLite::Database& db, std::int64_t undo)
{
    std::vector<std::int64_t> seqs;
    SQLite::Statement select(db, "SELECT seq FROM triage_event WHERE reverted_by = ? ORDER BY seq");
    select.bind(1, undo);
    while (select.executeStep())
        seqs.push_back(select.getColumn(0).getInt64());
    return seqs;
}

// Body, for ever: { decision, reverts: [seqs], subjects: [], reason (or null) }. Among the seqs may be a
// deadletter.undone that a review wrote before a word that replaced another: what that one took back counts again.
Status applyUndone(Database& database, const LedgerEvent& event, const QJsonObject& body)
{
    std::vector<std::int64_t> seqs;
    const QJsonArray reverts = body["reverts"_L1].toArray();
    for (const QJsonValue& seq : reverts)
        seqs.push_back(seq.toInteger());
    std::sort(seqs.rbegin(), seqs.rend()); // the newest first, as they were laid over each other
    std::vector<std::int64_t> restored;
    const Status marked = database.guarded([&](SQLite::Database& db) {
        QStringList seqWords;
        SQLite::Statement mark(db, "UPDATE triage_event SET reverted_by = ? WHERE seq = ?");
        const auto markReverted = [&mark](std::int64_t seq, std::optional<std::int64_t> by) {
            mark.reset();
            sql::bind(mark, 1, by);
            mark.bind(2, seq);
            mark.exec();
        };
        for (const std::int64_t seq : seqs) {
            for (const QString& subject : revertMarks(db, seq, knownField))
                settleGroupKinds(db, subjectNames(db, subject));
            for (const std::int64_t again : restoredBy(db, seq)) {
                markReverted(again, std::nullopt);
                restored.push_back(again);
            }
            markReverted(seq, event.seq);
            seqWords += QString::number(seq);
        }
        std::reverse(seqWords.begin(), seqWords.end());
        noteEvent(db, event, body,
                  u"undo of %1"_s.arg(seqWords.size() > 4
                                          ? seqWords.first() + u" and %1 more"_s.arg(seqWords.size() - 1)
                                          : seqWords.join(u", "_s)),
                  textsFrom(body["subjects"_L1]));
    });
    return marked ? settleTriageStates(database, seqs, restored) : marked;
}

KnownErrorEntry knownFrom(SQLite::Statement& row)
{
    const QJsonObject body = QJsonDocument::fromJson(sql::text(row.getColumn(1)).toUtf8()).object();
    const QJsonValue error = body["error"_L1];
    return {
        .group = sql::text(row.getColumn(0)),
        .error = {.kind = failureKindFromWord(error["kind"_L1].toString()).value_or(FailureKind::Unknown),
                  .cause = error["cause"_L1].toString(),
                  .fix = error["fix"_L1].toString(),
                  .link = error["link"_L1].toString(),
                  .safety = replaySafetyFromWord(error["safeToReplay"_L1].toString()).value_or(ReplaySafety::WithCare)},
        .reason = body["reason"_L1].toString(),
        .actor = sql::text(row.getColumn(3)),
        .at = utcFromMs(row.getColumn(4).getInt64()),
        .seq = row.getColumn(2).getInt64(),
        .title = body["title"_L1].toString(),
        .errorClass = maybe(body["errorClass"_L1]),
        .rootCauseClass = maybe(body["rootCauseClass"_L1]),
        .message = maybe(body["message"_L1])};
}

constexpr const char* knownSelect = "SELECT m.subject, m.value, m.seq, ifnull(e.actor, ''), ifnull(e.at_ms, 0)"
                                    " FROM triage_mark m LEFT JOIN triage_event e ON e.seq = m.seq"
                                    " WHERE m.field = 'known' AND m.value IS NOT NULL";

} // namespace

std::int64_t archiveThreshold(std::int64_t busiestHour)
{
    constexpr std::int64_t fewest = 10; // below, a handful of letters would call people back
    return std::max(fewest, 2 * busiestHour);
}

QStringList subjectNames(SQLite::Database& db, const QString& subject)
{
    return isGroupId(subject) ? groupNames(db, subject) : QStringList{subject};
}

std::optional<KnownErrorEntry> knownMark(SQLite::Database& db, const QString& groupId)
{
    std::optional<KnownErrorEntry> newest;
    SQLite::Statement select(db, std::string(knownSelect).append(" AND m.subject = ?"));
    for (const QString& name : subjectNames(db, groupId)) {
        select.reset();
        sql::bind(select, 1, name);
        if (!select.executeStep())
            continue;
        KnownErrorEntry entry = knownFrom(select);
        if (name == groupId)
            return entry; // said of the group itself, not of one that was merged into it
        if (!newest || newest->seq < entry.seq)
            newest = std::move(entry);
    }
    return newest;
}

std::vector<KnownErrorEntry> knownMarks(SQLite::Database& db)
{
    std::vector<KnownErrorEntry> entries;
    SQLite::Statement select(db, std::string(knownSelect).append(" ORDER BY m.seq DESC"));
    while (select.executeStep())
        entries.push_back(knownFrom(select));
    return entries;
}

std::vector<ArchiveRule> archiveRules(SQLite::Database& db)
{
    std::vector<ArchiveRule> rules;
    SQLite::Statement select(db, "SELECT m.subject, m.value, m.seq, e.at_ms FROM triage_mark m"
                                 " JOIN triage_event e ON e.seq = m.seq"
                                 " WHERE m.field LIKE 'archive:%' AND m.value IS NOT NULL ORDER BY m.seq, m.subject");
    while (select.executeStep()) {
        const QJsonObject body = QJsonDocument::fromJson(sql::text(select.getColumn(1)).toUtf8()).object();
        ArchiveRule rule{.group = sql::text(select.getColumn(0)),
                         .decision = body["decision"_L1].toString(),
                         .until = ArchiveUntil::Forever,
                         .at = parseRfc3339(body["at"_L1].toString().toUtf8()),
                         .future = body["future"_L1].toBool(),
                         .busiestHour = body["busiestHour"_L1].toInteger(),
                         .since = utcFromMs(select.getColumn(3).getInt64()),
                         .fingerprints = textsFrom(body["fingerprints"_L1]),
                         .seq = select.getColumn(2).getInt64()};
        const QString until = body["until"_L1].toString();
        rule.until = until == u"escalates" ? ArchiveUntil::Escalates
                     : until == u"date"    ? ArchiveUntil::Date
                                           : ArchiveUntil::Forever;
        rules.push_back(std::move(rule));
    }
    return rules;
}

QStringList tagsOf(SQLite::Database& db, const QString& subject)
{
    QStringList tags;
    SQLite::Statement select(db, "SELECT field FROM triage_mark"
                                 " WHERE subject = ? AND field LIKE 'tag:%' AND value IS NOT NULL ORDER BY field");
    for (const QString& name : subjectNames(db, subject)) {
        select.reset();
        sql::bind(select, 1, name);
        while (select.executeStep())
            tags += sql::text(select.getColumn(0)).sliced(tagPrefix.size());
    }
    tags.sort();
    tags.removeDuplicates();
    return tags;
}

std::vector<LinkMark> linksOf(SQLite::Database& db, const QString& subject)
{
    std::vector<LinkMark> links;
    SQLite::Statement select(db,
                             "SELECT field, value FROM triage_mark"
                             " WHERE subject = ? AND field LIKE 'link:%' AND value IS NOT NULL ORDER BY seq, field");
    for (const QString& name : subjectNames(db, subject)) {
        select.reset();
        sql::bind(select, 1, name);
        while (select.executeStep())
            links.push_back({sql::text(select.getColumn(0)).sliced(linkPrefix.size()), sql::text(select.getColumn(1))});
    }
    return links;
}

std::vector<CommentEntry> commentsOf(SQLite::Database& db, const QString& subject)
{
    std::vector<CommentEntry> comments;
    SQLite::Statement select(db, "SELECT seq, subject, at_ms, actor, text FROM triage_comment"
                                 " WHERE subject = ? ORDER BY seq");
    for (const QString& name : subjectNames(db, subject)) {
        select.reset();
        sql::bind(select, 1, name);
        while (select.executeStep())
            comments.push_back({.seq = select.getColumn(0).getInt64(),
                                .subject = sql::text(select.getColumn(1)),
                                .at = utcFromMs(select.getColumn(2).getInt64()),
                                .actor = sql::text(select.getColumn(3)),
                                .text = sql::text(select.getColumn(4))});
    }
    std::sort(comments.begin(), comments.end(),
              [](const CommentEntry& a, const CommentEntry& b) { return a.seq < b.seq; });
    return comments;
}

std::vector<DecisionEntry> decisionsAbout(SQLite::Database& db, const QString& subject, int limit)
{
    std::set<std::int64_t> seqs;
    SQLite::Statement about(db, "SELECT seq FROM triage_subject WHERE subject = ?1"
                                " UNION SELECT seq FROM letter_past WHERE letter_id = ?1"
                                " UNION SELECT seq FROM triage_mark_past WHERE subject = ?1");
    for (const QString& name : subject.isEmpty() ? QStringList() : subjectNames(db, subject)) {
        about.reset();
        sql::bind(about, 1, name);
        while (about.executeStep())
            seqs.insert(about.getColumn(0).getInt64());
    }
    std::vector<DecisionEntry> entries;
    SQLite::Statement select(db, std::string("SELECT seq, decision, at_ms, actor, type, summary, reason, reverted_by"
                                             " FROM triage_event") +
                                     (subject.isEmpty() ? " ORDER BY seq DESC LIMIT ?" : " WHERE seq = ?"));
    const auto take = [&] {
        const auto reverted = sql::maybeNumber(select.getColumn(7));
        entries.push_back({.seq = select.getColumn(0).getInt64(),
                           .decision = sql::text(select.getColumn(1)),
                           .at = utcFromMs(select.getColumn(2).getInt64()),
                           .actor = sql::text(select.getColumn(3)),
                           .type = sql::text(select.getColumn(4)),
                           .summary = sql::text(select.getColumn(5)),
                           .reason = sql::maybeText(select.getColumn(6)),
                           .revertedBy = reverted});
    };
    if (subject.isEmpty()) {
        select.bind(1, limit);
        while (select.executeStep())
            take();
        return entries;
    }
    for (auto seq = seqs.rbegin(); seq != seqs.rend() && static_cast<int>(entries.size()) < limit; ++seq) {
        select.reset();
        select.bind(1, *seq);
        if (select.executeStep())
            take();
    }
    return entries;
}

Status applyMarks(Database& database, const LedgerEvent& event)
{
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    if (event.type == u"deadletter.undone")
        return applyUndone(database, event, body);
    return database.guarded([&](SQLite::Database& db) {
        if (event.type == u"deadletter.triaged")
            noteEvent(db, event, body, triagedSummary(body), textsFrom(body["groups"_L1]));
        else if (event.type == u"deadletter.commented")
            applyCommented(db, event, body);
        else if (event.type == u"deadletter.tagged")
            applyTagged(db, event, body);
        else if (event.type == u"deadletter.linked")
            applyLinked(db, event, body);
        else if (event.type == u"deadletter.known")
            applyKnown(db, event, body);
        else if (event.type == u"deadletter.archiveRule")
            applyRule(db, event, body);
        else if (event.type == reviewWordType)
            noteReviewWord(db, event, body);
        else
            applyGroupMarks(db, event, body);
    });
}

void clearMarks(SQLite::Database& db)
{
    for (const char* table : {"triage_event", "triage_subject", "letter_past", "triage_effect", "triage_comment",
                              "triage_mark", "triage_mark_past"})
        db.exec(std::string("DELETE FROM ") + table);
}

} // namespace spillway
