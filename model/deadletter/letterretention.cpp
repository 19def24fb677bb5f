// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterretention.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/sqltext.h"
#include "model/ledger/catchup.h"
#include "model/ledger/ledgerhead.h"

#include <SQLiteCpp/Database.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString retiredType = u"deadletter.retired"_s;
const QString projection = u"deadletter.retired"_s;
constexpr int lettersPerChunk = 1'000;

struct Candidate
{
    std::int64_t ref = 0;
    std::int64_t momentMs = 0;
    QString id;
    std::int64_t sizeBytes = 0;
};

/// Where a walk over closed letters, oldest first, goes on.
struct Cursor
{
    std::int64_t momentMs = std::numeric_limits<std::int64_t>::min();
    std::int64_t ref = 0;
};

/// Events with a greater seq than the number, oldest first; so many.
using ReadEvents = std::function<Result<std::vector<LedgerEvent>>(std::int64_t after, int limit)>;

/// 0 where there is no ledger yet.
Result<std::int64_t> lastSeqIn(const QString& ledgerFile)
{
    auto reader = Database::open(ledgerFile, Database::Access::Reader);
    if (!reader && reader.error().code == ErrorCode::NotFound)
        return 0;
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    return reader->query<std::int64_t>([](SQLite::Database& db) { return ledger::endOf(db).seq; });
}

/// The last event that is older than `at`. Seqs have no gaps and times rise with them, but for a clock set back.
Result<std::int64_t> lastSeqBefore(const ReadEvents& read, std::int64_t last, UtcTime at)
{
    std::int64_t low = 0; // is before, or none
    std::int64_t high = last + 1;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto event = read(middle - 1, 1);
        if (!event)
            return tl::unexpected<Error>(event.error());
        (event->empty() || event->front().at >= at ? high : low) = middle;
    }
    return low;
}

/// The next closed letters from the cursor on. @param closedBySeq  nullopt: however lately they were closed
std::vector<Candidate> closedLetters(SQLite::Database& db, Cursor& cursor, std::int64_t beforeMs,
                                     std::optional<std::int64_t> closedBySeq, bool& isMore)
{
    SQLite::Statement select(db, "SELECT l.id, l.moment_ms, c.cluster_id, c.name, l.partition, l.offset, l.digest,"
                                 " l.size_bytes FROM letter l CROSS JOIN letter_channel c ON c.id = l.channel_ref"
                                 " WHERE l.moment_ms < ?1 AND (l.moment_ms, l.id) > (?2, ?3)"
                                 " AND l.state IN ('archived', 'resolved', 'lost')"
                                 " ORDER BY l.moment_ms, l.id LIMIT ?4");
    SQLite::Statement decided(db, "SELECT max(triage_seq, replay_seq) FROM letter_decision WHERE letter_id = ?");
    select.bind(1, beforeMs);
    select.bind(2, cursor.momentMs);
    select.bind(3, cursor.ref);
    select.bind(4, lettersPerChunk);
    std::vector<Candidate> found;
    int rows = 0;
    while (select.executeStep()) {
        ++rows;
        cursor = {select.getColumn(1).getInt64(), select.getColumn(0).getInt64()};
        const TopicPartition at{sql::text(select.getColumn(3)), select.getColumn(4).getInt()};
        Candidate candidate{.ref = cursor.ref,
                            .momentMs = cursor.momentMs,
                            .id = letterId(sql::text(select.getColumn(2)), at, Offset{select.getColumn(5).getInt64()},
                                           static_cast<std::uint64_t>(select.getColumn(6).getInt64())),
                            .sizeBytes = select.getColumn(7).getInt64()};
        if (closedBySeq) {
            decided.reset();
            sql::bind(decided, 1, candidate.id);
            if (!decided.executeStep() || decided.getColumn(0).getInt64() > *closedBySeq)
                continue;
        }
        found.push_back(std::move(candidate));
    }
    isMore = rows == lettersPerChunk;
    return found;
}

/// Takes closed letters out of every table that has rows for them, and out of their groups' counters.
class LetterRemover
{
public:
    explicit LetterRemover(SQLite::Database& db)
        : m_db(db)
        , m_find(db, "SELECT l.id, l.group_ref, l.kind, l.state, l.assignee, l.digest"
                     " FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                     " WHERE c.tag = ? AND l.partition = ? AND l.offset = ?"
                     " AND l.state IN ('archived', 'resolved', 'lost')")
        , m_body(db, "DELETE FROM letter_body WHERE letter_ref = ?")
        , m_letter(db, "DELETE FROM letter WHERE id = ?")
        , m_rescue(db, "DELETE FROM letter_rescue WHERE letter_id = ?")
        , m_count(db, "UPDATE letter_count SET letters = letters - 1"
                      " WHERE group_ref = ? AND kind = ? AND state = ? AND assignee = ?")
    {
    }

    void remove(const QString& letterId)
    {
        const auto address = parseLetterId(letterId);
        if (!address)
            return;
        m_find.reset();
        sql::bind(m_find, 1, address->channelTag);
        m_find.bind(2, address->partition);
        m_find.bind(3, address->offset.value);
        std::vector<std::int64_t> refs;
        while (m_find.executeStep()) {
            if (static_cast<std::uint64_t>(m_find.getColumn(5).getInt64()) >> 32U != address->digestHead)
                continue;
            refs.push_back(m_find.getColumn(0).getInt64());
            m_count.reset();
            m_count.bind(1, m_find.getColumn(1).getInt64());
            sql::bind(m_count, 2, sql::text(m_find.getColumn(2)));
            sql::bind(m_count, 3, sql::text(m_find.getColumn(3)));
            sql::bind(m_count, 4, sql::maybeText(m_find.getColumn(4)).value_or(QString()));
            m_count.exec();
            m_groups.insert(m_find.getColumn(1).getInt64());
        }
        if (!refs.empty()) {
            m_rescue.reset();
            sql::bind(m_rescue, 1, letterId);
            m_rescue.exec();
        }
        for (const std::int64_t ref : refs) {
            for (SQLite::Statement* statement : {&m_body, &m_letter}) {
                statement->reset();
                statement->bind(1, ref);
                statement->exec();
            }
        }
    }

    void finish()
    {
        SQLite::Statement tidy(m_db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
        for (const std::int64_t group : m_groups) {
            tidy.reset();
            tidy.bind(1, group);
            tidy.exec();
        }
    }

private:
    SQLite::Database& m_db;
    SQLite::Statement m_find;
    SQLite::Statement m_body;
    SQLite::Statement m_letter;
    SQLite::Statement m_rescue;
    SQLite::Statement m_count;
    std::set<std::int64_t> m_groups;
};

Status applyRetiredEvent(Database& database, const LedgerEvent& event)
{
    const QJsonValue letters = QJsonDocument::fromJson(event.body).object().value("letters"_L1);
    if (!letters.isArray())
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(retiredType));
    return database.guarded([&](SQLite::Database& db) {
        LetterRemover remover(db);
        for (const QJsonValue& id : letters.toArray())
            remover.remove(id.toString());
        remover.finish();
    });
}

QByteArray bodyOf(const char16_t* why, UtcTime before, const std::vector<Candidate>& letters, std::int64_t bytes)
{
    JsonWriter body;
    body.beginObject()
        .field(u"why", why)
        .field(u"before", before)
        .field(u"count", static_cast<std::int64_t>(letters.size()))
        .field(u"bytes", bytes);
    body.key(u"letters").beginArray();
    for (const Candidate& letter : letters)
        body.value(letter.id);
    body.endArray().endObject();
    return body.json();
}

/// One run for one reason.
class Pruner
{
public:
    Pruner(Ledger& ledger, StoreWriter& store, const LetterHold& hold, QString actor)
        : m_ledger(ledger)
        , m_store(store)
        , m_hold(hold)
        , m_actor(std::move(actor))
    {
    }

    /// The next chunk that may go, dropped. @return letters dropped; nullopt: there are no more.
    Result<std::optional<std::int64_t>> step(const char16_t* why, UtcTime before, std::optional<std::int64_t> closedBy,
                                             Cursor& cursor, std::int64_t& bytes)
    {
        std::vector<Candidate> chunk;
        bool isMore = false;
        // In the writer's thread, so that no decision comes between looking and naming them.
        const Status looked = m_store.write([&](Database& database) -> Status {
            Status held;
            const Status status = database.guarded([&](SQLite::Database& db) {
                for (Candidate& each : closedLetters(db, cursor, toMs(before), closedBy, isMore)) {
                    const auto isHeld = m_hold ? m_hold(database, each.id) : Result<bool>(false);
                    if (!isHeld)
                        held = tl::unexpected<Error>(isHeld.error());
                    else if (!*isHeld)
                        chunk.push_back(std::move(each));
                }
            });
            return status ? held : status;
        });
        if (!looked)
            return tl::unexpected<Error>(looked.error());
        if (chunk.empty())
            return isMore ? std::optional<std::int64_t>(0) : std::nullopt;
        std::int64_t sum = 0;
        for (const Candidate& letter : chunk)
            sum += letter.sizeBytes;
        if (const auto event = m_ledger.append(m_actor, retiredType, bodyOf(why, before, chunk, sum)); !event)
            return tl::unexpected<Error>(event.error());
        if (const Status dropped = catchUpRetired(m_ledger, m_store); !dropped)
            return tl::unexpected<Error>(dropped.error());
        bytes += sum;
        return std::optional(static_cast<std::int64_t>(chunk.size()));
    }

private:
    Ledger& m_ledger;
    StoreWriter& m_store;
    const LetterHold& m_hold;
    QString m_actor;
};

} // namespace

Result<StoreSize> storeSize(Database& reader)
{
    return reader.query<StoreSize>([](SQLite::Database& db) {
        const std::int64_t pages = db.execAndGet("PRAGMA page_count").getInt64();
        const std::int64_t freed = db.execAndGet("PRAGMA freelist_count").getInt64();
        return StoreSize{(pages - freed) * db.execAndGet("PRAGMA page_size").getInt64()};
    });
}

Result<StoreSize> storeSize(const QString& file)
{
    auto reader = Database::open(file, Database::Access::Reader);
    return reader ? storeSize(*reader) : tl::unexpected<Error>(reader.error());
}

Result<LetterPruneReport> pruneLetters(Ledger& ledger, StoreWriter& store, const RetentionSettings& settings,
                                       const LetterHold& hold, UtcTime now, const QString& actor, std::stop_token stop)
{
    LetterPruneReport report;
    Pruner pruner(ledger, store, hold, actor);
    const UtcTime before = now - settings.deadLetters;
    const auto last = ledger.lastSeq();
    if (!last)
        return tl::unexpected<Error>(last.error());
    const auto closedBy =
        lastSeqBefore([&ledger](std::int64_t after, int limit) { return ledger.read(after, limit); }, *last, before);
    if (!closedBy)
        return tl::unexpected<Error>(closedBy.error());
    for (Cursor cursor; !stop.stop_requested();) {
        const auto dropped = pruner.step(u"age", before, *closedBy, cursor, report.bytes);
        if (!dropped)
            return tl::unexpected<Error>(dropped.error());
        if (!*dropped)
            break;
        report.byAge += **dropped;
    }
    for (Cursor cursor; !stop.stop_requested();) {
        const auto size = storeSize(store.file());
        if (!size)
            return tl::unexpected<Error>(size.error());
        report.usedBytes = size->usedBytes;
        report.isOverSize = size->usedBytes > settings.maxSizeBytes;
        if (!report.isOverSize)
            break;
        const auto dropped = pruner.step(u"size", now, std::nullopt, cursor, report.bytes);
        if (!dropped)
            return tl::unexpected<Error>(dropped.error());
        if (!*dropped)
            break;
        report.bySize += **dropped;
    }
    return report;
}

Result<LetterPruneReport> previewPruneLetters(const QString& ledgerFile, Database& reader,
                                              const RetentionSettings& settings, const LetterHold& hold, UtcTime now)
{
    LetterPruneReport report;
    const auto size = storeSize(reader);
    if (!size)
        return tl::unexpected<Error>(size.error());
    report.usedBytes = size->usedBytes;
    report.isOverSize = size->usedBytes > settings.maxSizeBytes;
    const auto last = lastSeqIn(ledgerFile);
    if (!last)
        return tl::unexpected<Error>(last.error());
    const UtcTime before = now - settings.deadLetters;
    const auto closedBy = lastSeqBefore(
        [&ledgerFile](std::int64_t after, int limit) { return readLedger(ledgerFile, after, limit); }, *last, before);
    if (!closedBy)
        return tl::unexpected<Error>(closedBy.error());
    Status held;
    const Status read = reader.guarded([&](SQLite::Database& db) {
        std::set<QString> byAge;
        // Calls `take` for each closed letter nobody holds, oldest first, until it returns false.
        const auto each = [&](UtcTime upTo, std::optional<std::int64_t> seq,
                              const std::function<bool(const Candidate&)>& take) {
            bool isMore = true;
            for (Cursor cursor; isMore && held;) {
                for (const Candidate& letter : closedLetters(db, cursor, toMs(upTo), seq, isMore)) {
                    const auto isHeld = hold ? hold(reader, letter.id) : Result<bool>(false);
                    if (!isHeld) {
                        held = tl::unexpected<Error>(isHeld.error());
                        return;
                    }
                    if (!*isHeld && !take(letter))
                        return;
                }
            }
        };
        each(before, *closedBy, [&](const Candidate& letter) {
            ++report.byAge;
            report.bytes += letter.sizeBytes;
            byAge.insert(letter.id);
            return true;
        });
        const std::int64_t tooMuch = report.usedBytes - settings.maxSizeBytes;
        if (report.bytes >= tooMuch)
            return;
        each(now, std::nullopt, [&](const Candidate& letter) {
            if (byAge.contains(letter.id))
                return true;
            ++report.bySize;
            report.bytes += letter.sizeBytes;
            return report.bytes < tooMuch;
        });
    });
    if (!read || !held)
        return tl::unexpected<Error>(read ? held.error() : read.error());
    return report;
}

Status catchUpRetired(const Ledger& ledger, StoreWriter& store)
{
    return catchUpEvents(ledger, store, projection, retiredType, applyRetiredEvent);
}

} // namespace spillway
