// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/storedtrail.h"

#include "model/base/text.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/sqltext.h"
#include "model/ledger/ledger.h"

#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestJob = 100;
constexpr int mostReplays = 1'000; // of one letter
constexpr int mostLinked = 1'000;  // letters of records found on topics

struct FoundLetter
{
    DeadLetter letter;
    TrailMatch match;
};

/// The newest letters that bear the key, whole.
class Finder
{
public:
    Finder(const TrailMatcher& matcher, int limit)
        : m_matcher(matcher)
        , m_limit(static_cast<std::size_t>(limit))
    {
    }

    /// False when there is no room for another one.
    bool take(const DeadLetter& letter)
    {
        auto match = m_matcher.match(letter.record, letter.facts.originTopic.value_or(letter.record.at.topic));
        if (!match || !m_places.insert(letter.place).second)
            return true;
        if (m_found.size() == m_limit) {
            m_isWhole = false;
            return false;
        }
        m_found.push_back({letter, std::move(*match)});
        return true;
    }

    [[nodiscard]] const std::vector<FoundLetter>& found() const { return m_found; }
    [[nodiscard]] bool isWhole() const { return m_isWhole; }
    void markPartial() { m_isWhole = false; }

private:
    const TrailMatcher& m_matcher;
    std::size_t m_limit;
    std::vector<FoundLetter> m_found;
    std::set<std::int64_t> m_places;
    bool m_isWhole = true;
};

/// A key that a search for text cannot find: bytes that are no UTF-8, and numbers in binary.
Status findBinaryKeys(Database& reader, const TrailMatcher& matcher, Finder& finder)
{
    std::vector<QByteArray> keys;
    for (const QByteArray& key : matcher.key().asRecordKeys()) {
        if (!isUtf8(matcher.key().bytes) || !key.contains(matcher.key().bytes))
            keys.push_back(key);
    }
    if (keys.empty())
        return {};
    const auto places = reader.query<std::vector<std::int64_t>>([&](SQLite::Database& db) {
        std::vector<std::int64_t> refs;
        SQLite::Statement select(db,
                                 "SELECT letter_ref FROM letter_body WHERE key = ? ORDER BY letter_ref DESC LIMIT ?");
        for (const QByteArray& key : keys) {
            select.reset();
            sql::bind(select, 1, key);
            select.bind(2, 100'000);
            while (select.executeStep())
                refs.push_back(select.getColumn(0).getInt64());
        }
        return refs;
    });
    if (!places)
        return tl::unexpected<Error>(places.error());
    constexpr std::size_t atOnce = 200;
    for (std::size_t from = 0; from < places->size(); from += atOnce) {
        const std::size_t to = std::min(places->size(), from + atOnce);
        const auto letters = lettersAt(
            reader,
            {places->begin() + static_cast<std::ptrdiff_t>(from), places->begin() + static_cast<std::ptrdiff_t>(to)},
            LetterParts::Whole);
        if (!letters)
            return tl::unexpected<Error>(letters.error());
        for (const DeadLetter& letter : *letters) {
            if (!finder.take(letter))
                return {};
        }
    }
    return {};
}

Status findLetters(Database& reader, const TrailMatcher& matcher, Finder& finder, UtcTime now, std::stop_token stop)
{
    if (const Status status = findBinaryKeys(reader, matcher, finder); !status)
        return status;
    if (!isUtf8(matcher.key().bytes))
        return {};
    // A word of the query language stands in payload, key, headers or error; the matcher then looks where.
    Query query;
    query.root = {.kind = QueryNode::Kind::Term, .children = {}, .term = {}};
    query.root.term.text = QString::fromUtf8(matcher.key().bytes);
    const auto outcome = runQuery(
        reader, query, {.now = now, .limit = {}, .parts = LetterParts::Whole},
        [&finder](const DeadLetter& letter) { return finder.take(letter); }, std::move(stop));
    if (!outcome)
        return tl::unexpected<Error>(outcome.error());
    if (outcome->end == QueryOutcome::End::Stopped)
        finder.markPartial();
    return {};
}

QString replaySummary(const QString& job, const QString& status, const std::optional<QString>& outcome,
                      const std::optional<QString>& skipReason)
{
    if (status == u"pending"_s)
        return u"planned by job %1, not sent yet"_s.arg(job);
    if (status == u"skipped"_s)
        return u"left out by job %1%2"_s.arg(job, skipReason ? u": "_s + *skipReason : QString());
    if (status == u"intended"_s)
        return u"job %1 began to replay it; it is not known whether it was sent"_s.arg(job);
    if (!outcome)
        return u"replayed by job %1; nobody has looked what became of it"_s.arg(job);
    if (*outcome == u"confirmed"_s)
        return u"replayed by job %1, confirmed"_s.arg(job);
    if (*outcome == u"failedAgain"_s)
        return u"replayed by job %1, failed again"_s.arg(job);
    return u"replayed by job %1, outcome unknown"_s.arg(job);
}

/// When the ledger wrote it down; nullopt where it cannot be read.
std::optional<UtcTime> ledgerTime(const QString& file, std::int64_t seq)
{
    if (!QFileInfo::exists(file))
        return std::nullopt;
    const auto events = readLedger(file, seq - 1, 1);
    return events && !events->empty() && events->front().seq == seq ? std::optional(events->front().at) : std::nullopt;
}

Status addReplays(Database& reader, const QString& ledgerFile, const FoundLetter& found, StoredTrail& trail)
{
    struct Row
    {
        TrailEntry entry;
        std::int64_t seq = 0;
        UtcTime planned;
        bool isPending = false;
    };
    const auto rows = reader.query<std::vector<Row>>([&](SQLite::Database& db) {
        std::vector<Row> read;
        SQLite::Statement select(db, "SELECT i.job_id, i.target, i.status, i.status_seq, i.skip_reason, i.landed_topic,"
                                     " i.landed_partition, i.landed_offset, i.outcome, j.connection, j.created_at_ms"
                                     " FROM replay_item i"
                                     " JOIN replay_job j ON j.job_id = i.job_id"
                                     " WHERE i.letter_id = ?"
                                     " ORDER BY j.created_seq, i.item"
                                     " LIMIT ?");
        sql::bind(select, 1, found.letter.id);
        select.bind(2, mostReplays);
        while (select.executeStep()) {
            const QString job = sql::text(select.getColumn(0));
            const QString status = sql::text(select.getColumn(2));
            Row row;
            row.seq = select.getColumn(3).getInt64();
            row.planned = utcFromMs(select.getColumn(10).getInt64());
            row.isPending = status == u"pending"_s;
            TrailEntry& entry = row.entry;
            entry.kind = TrailEntry::Kind::Replay;
            entry.time = TrailTime::Recorded;
            entry.connection = sql::text(select.getColumn(9));
            entry.channel = sql::maybeText(select.getColumn(5)).value_or(sql::text(select.getColumn(1)));
            if (const auto partition = sql::maybeNumber(select.getColumn(6)))
                entry.partition = static_cast<int>(*partition);
            if (const auto offset = sql::maybeNumber(select.getColumn(7)))
                entry.offset = Offset{*offset};
            entry.eventType = found.letter.eventType;
            entry.key = found.letter.record.key;
            entry.summary =
                replaySummary(job, status, sql::maybeText(select.getColumn(8)), sql::maybeText(select.getColumn(4)));
            entry.match = found.match;
            entry.letterId = found.letter.id;
            entry.jobId = job;
            read.push_back(std::move(row));
        }
        return read;
    });
    if (!rows)
        return tl::unexpected<Error>(rows.error());
    for (const Row& row : *rows) {
        trail.entries.push_back(row.entry);
        TrailEntry& entry = trail.entries.back();
        entry.at = row.isPending ? std::optional(row.planned) : ledgerTime(ledgerFile, row.seq);
        if (!entry.at)
            entry.time = TrailTime::Unknown;
        trail.topics.insert(entry.channel);
    }
    return {};
}

Status addLetter(Database& reader, const QString& ledgerFile, const FoundLetter& found, StoredTrail& trail)
{
    if (!trail.letters.insert(found.letter.id).second)
        return {};
    trail.entries.push_back(letterEntry(found.letter, found.match));
    if (auto origin = originEntry(found.letter, found.match)) {
        trail.topics.insert(origin->channel);
        trail.entries.push_back(std::move(*origin));
    }
    trail.ids.merge(idsOf(found.letter.record));
    return addReplays(reader, ledgerFile, found, trail);
}

/// Rows of letters whose origin is at one of these offsets, on whatever topic and partition.
Result<std::vector<std::int64_t>> lettersFrom(Database& reader, const QString& clusterId,
                                              const std::set<std::int64_t>& offsets)
{
    return reader.query<std::vector<std::int64_t>>([&](SQLite::Database& db) {
        QByteArray list;
        for (const std::int64_t offset : offsets)
            list += (list.isEmpty() ? "[" : ",") + QByteArray::number(offset);
        SQLite::Statement select(db, "SELECT l.id"
                                     " FROM letter l"
                                     " JOIN letter_channel c ON c.id = l.channel_ref"
                                     " WHERE c.cluster_id = ? AND l.origin_offset IN (SELECT value FROM json_each(?))"
                                     " ORDER BY l.id DESC"
                                     " LIMIT ?");
        sql::bind(select, 1, clusterId);
        sql::bind(select, 2, QString::fromLatin1(list + ']'));
        select.bind(3, mostLinked);
        std::vector<std::int64_t> rows;
        while (select.executeStep())
            rows.push_back(select.getColumn(0).getInt64());
        return rows;
    });
}

} // namespace

TrailEntry letterEntry(const DeadLetter& letter, const TrailMatch& match)
{
    const LetterFacts& facts = letter.facts;
    QString summary = u"dead letter"_s;
    if (letter.consumer)
        summary += u" of "_s + *letter.consumer;
    summary += facts.errorClass ? u": "_s + *facts.errorClass : u": its error is not told"_s;
    if (facts.attempts)
        summary += u", attempt %1"_s.arg(*facts.attempts);
    if (facts.replayId)
        summary += u", again after replay %1"_s.arg(QString::fromUtf8(facts.replayId->left(longestJob)));
    summary += u"; "_s + triageStateWord(letter.state);
    return {.kind = TrailEntry::Kind::DeadLetter,
            .at = letter.agesFrom(),
            .time = facts.deadLetteredAt ? TrailTime::DeadLettered : TrailTime::FirstSeen,
            .notAfter = {},
            .connection = letter.connection,
            .channel = letter.record.at.topic,
            .partition = letter.record.at.partition,
            .offset = letter.record.offset,
            .eventType = letter.eventType,
            .key = letter.record.key,
            .summary = summary,
            .match = match,
            .letterId = letter.id,
            .jobId = {}};
}

std::optional<TrailEntry> originEntry(const DeadLetter& letter, const TrailMatch& match)
{
    const LetterFacts& facts = letter.facts;
    if (!facts.originTopic)
        return std::nullopt;
    return TrailEntry{.kind = TrailEntry::Kind::Event,
                      .at = facts.originTimestamp,
                      .time = facts.originTimestamp ? TrailTime::CreateTime : TrailTime::Unknown,
                      .notAfter = letter.agesFrom(),
                      .connection = letter.connection,
                      .channel = *facts.originTopic,
                      .partition = facts.originPartition,
                      .offset = facts.originOffset,
                      .eventType = letter.eventType,
                      .key = letter.record.key,
                      .summary =
                          u"%1 published, as its dead letter tells"_s.arg(letter.eventType.value_or(u"record"_s)),
                      .match = match,
                      .letterId = letter.id,
                      .jobId = {}};
}

Status addLettersOf(Database& reader, const QString& ledgerFile, const QString& clusterId,
                    std::span<const TrailEntry> events, StoredTrail& trail)
{
    std::set<std::int64_t> offsets;
    for (const TrailEntry& event : events) {
        if (event.kind == TrailEntry::Kind::Event && event.offset && std::ssize(offsets) < mostLinked)
            offsets.insert(event.offset->value);
    }
    if (offsets.empty())
        return {};
    const auto rows = lettersFrom(reader, clusterId, offsets);
    const auto letters = rows ? lettersAt(reader, *rows, LetterParts::Whole) : tl::unexpected<Error>(rows.error());
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    for (const DeadLetter& letter : *letters) {
        const LetterFacts& facts = letter.facts;
        const bool isOne = std::any_of(events.begin(), events.end(), [&](const TrailEntry& event) {
            return event.channel == facts.originTopic && event.partition == facts.originPartition &&
                   event.offset == facts.originOffset &&
                   (!event.key || !letter.record.key || event.key == letter.record.key);
        });
        if (!isOne)
            continue;
        const FoundLetter found{letter, {TrailMatch::By::Link, {}}};
        if (const Status status = addLetter(reader, ledgerFile, found, trail); !status)
            return status;
    }
    return {};
}

Result<StoredTrail> storedTrail(Database& reader, const QString& ledgerFile, const TrailMatcher& matcher, int limit,
                                UtcTime now, std::stop_token stop)
{
    Finder finder(matcher, limit);
    if (const Status status = findLetters(reader, matcher, finder, now, stop); !status)
        return tl::unexpected<Error>(status.error());
    StoredTrail trail;
    trail.isWhole = finder.isWhole();
    for (const FoundLetter& found : finder.found()) {
        if (stop.stop_requested()) {
            trail.isWhole = false;
            break;
        }
        if (const Status status = addLetter(reader, ledgerFile, found, trail); !status)
            return tl::unexpected<Error>(status.error());
    }
    return trail;
}

} // namespace spillway
