// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterpurge.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/letterplaces.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/sqltext.h"
#include "model/job/waiter.h"
#include "model/ledger/catchup.h"
#include "model/store/projection.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString purgedType = u"deadletter.purged"_s;
const QString projection = u"deadletter.purged"_s;
/// How far the files hold nothing of what was erased.
const QString scrubbed = u"deadletter.purged.scrubbed"_s;

constexpr int mostSame = 100;
constexpr int scrubTries = 50; // each may wait for a reader as long as it waits for the next
constexpr Millis betweenTries{100};

bool hasColumn(SQLite::Database& db, const char* table, const char* column)
{
    SQLite::Statement select(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    select.bind(1, table);
    select.bind(2, column);
    return select.executeStep();
}

void run(SQLite::Database& db, const char* sql, std::int64_t number)
{
    SQLite::Statement statement(db, sql);
    statement.bind(1, number);
    statement.exec();
}

/// The group's example is another letter's, or none. Its title may quote the message too: it stays as long as another
/// letter says the same.
void refreshGroup(SQLite::Database& db, std::int64_t groupRef)
{
    run(db,
        "UPDATE letter_group SET sample_message ="
        " (SELECT substr(l.error_message, 1, 300) FROM letter l WHERE l.group_ref = ?1 AND l.error_message IS NOT NULL"
        "  ORDER BY l.moment_ms DESC, l.id DESC LIMIT 1)"
        " WHERE id = ?1",
        groupRef);
    run(db,
        "UPDATE letter_group SET title = ifnull(error_class, 'Error not told'), message = NULL"
        " WHERE id = ?1 AND sample_message IS NULL AND message IS NOT NULL"
        " AND group_id NOT IN (SELECT group_id FROM group_split)", // a person's own words
        groupRef);
}

/// In a store of any release that knows letters. @return whether there was anything to erase.
bool eraseRows(SQLite::Database& db, const QString& letterId)
{
    const std::vector<std::int64_t> refs = LetterPlaces(db).of(letterId);
    const bool hasStrains = hasColumn(db, "letter_group", "message");
    for (const std::int64_t ref : refs) {
        run(db, "UPDATE letter_body SET key = NULL, value = NULL, headers = x'' WHERE letter_ref = ?", ref);
        run(db, "UPDATE letter SET error_message = NULL, stack_header = NULL, stack_text = NULL WHERE id = ?", ref);
        SQLite::Statement group(db, "SELECT group_ref FROM letter WHERE id = ?");
        group.bind(1, ref);
        if (!group.executeStep())
            continue;
        const std::int64_t groupRef = group.getColumn(0).getInt64();
        if (hasStrains)
            refreshGroup(db, groupRef);
        else
            run(db, "UPDATE letter_group SET sample_message = NULL WHERE id = ?", groupRef);
    }
    bool isFound = !refs.empty();
    if (hasColumn(db, "letter_rescue", "letter_id")) {
        SQLite::Statement rescue(db, "DELETE FROM letter_rescue WHERE letter_id = ?");
        sql::bind(rescue, 1, letterId);
        isFound = rescue.exec() > 0 || isFound;
    }
    return isFound;
}

Status applyPurged(Database& database, const LedgerEvent& event)
{
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    const QString letterId = body["letter"_L1].toString();
    if (!parseLetterId(letterId))
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(purgedType));
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO letter_purge (seq, letter_id, at_ms, actor, reason)"
                                     " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        insert.bind(1, event.seq);
        sql::bind(insert, 2, letterId);
        insert.bind(3, std::int64_t{toMs(event.at)});
        sql::bind(insert, 4, event.actor);
        sql::bind(insert, 5, body["reason"_L1].toString());
        insert.exec();
        eraseRows(db, letterId);
        SQLite::Statement mark(db, "UPDATE letter SET purge_seq = (SELECT seq FROM letter_purge WHERE letter_id = ?)"
                                   " WHERE id = ?");
        for (const std::int64_t ref : LetterPlaces(db).of(letterId)) {
            mark.reset();
            sql::bind(mark, 1, letterId);
            mark.bind(2, ref);
            mark.exec();
        }
    });
}

/// Copies the whole log into the file, and cuts it to nothing; false: somebody reads what is older.
Result<bool> emptyLog(Database& writer)
{
    const int code =
        sqlite3_wal_checkpoint_v2(writer.raw().getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code == SQLITE_OK)
        return true;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return false;
    return fail(ErrorCode::Unreachable, writer.file() + u": the write-ahead log cannot be emptied: "_s +
                                            QString::fromUtf8(sqlite3_errmsg(writer.raw().getHandle())));
}

Result<bool> emptyLogSoon(const QString& file, int tries, const std::stop_token& stop)
{
    auto writer = Database::open(file, Database::Access::Writer);
    if (!writer)
        return tl::unexpected<Error>(writer.error());
    sqlite3_busy_timeout(writer->raw().getHandle(), static_cast<int>(betweenTries.count()));
    SystemWaiter waiter;
    for (int tried = 1;; ++tried) {
        auto isEmpty = emptyLog(*writer);
        if (!isEmpty || *isEmpty || tried == tries || !waiter.waitFor(betweenTries, stop))
            return isEmpty;
    }
}

/// Copies that an upgrade made in the state folder (`samples.sqlite.v83.backup`).
QStringList earlierCopies(const QString& file)
{
    const QFileInfo info(file);
    QStringList paths;
    for (const QString& name :
         QDir(info.absolutePath()).entryList({info.fileName() + u".v*.backup"_s}, QDir::Files, QDir::Name))
        paths += info.absolutePath() + u'/' + name;
    return paths;
}

/// @return whether the letter was in it.
Result<bool> eraseInCopy(const QString& file, const QString& letterId)
{
    auto copy = Database::open(file, Database::Access::DurableWriter);
    if (!copy)
        return tl::unexpected<Error>(copy.error());
    bool isFound = false;
    const Status erased = copy->transaction([&](Database& self) {
        return self.guarded([&](SQLite::Database& db) {
            if (hasColumn(db, "letter_body", "value"))
                isFound = eraseRows(db, letterId);
        });
    });
    if (!erased)
        return tl::unexpected<Error>(erased.error());
    const auto isEmpty = emptyLog(*copy);
    if (!isEmpty || !*isEmpty)
        return isEmpty ? fail(ErrorCode::Conflict, file + u" is in use"_s) : tl::unexpected<Error>(isEmpty.error());
    return isFound;
}

void eraseInCopies(const QString& file, const QString& letterId, PurgeReport& report)
{
    for (const QString& copy : earlierCopies(file)) {
        const auto isFound = eraseInCopy(copy, letterId);
        if (!isFound)
            report.left += u"%1 could not be read (%2); remove it"_s.arg(copy, isFound.error().detail);
        else if (*isFound)
            report.backups += copy;
    }
}

Result<std::int64_t> lastPurge(Database& database)
{
    return database.query<std::int64_t>(
        [](SQLite::Database& db) { return db.execAndGet("SELECT ifnull(max(seq), 0) FROM letter_purge").getInt64(); });
}

Status noteScrubbed(StoreWriter& store, std::int64_t upTo)
{
    return store.write([upTo](Database& database) { return saveAppliedSeq(database, scrubbed, upTo); });
}

/// Letters besides this one that hold the payload: a replay's, one written twice.
Result<QStringList> sameElsewhere(Database& reader, const DeadLetter& letter, const QByteArray& value)
{
    QStringList ids;
    if (value.isEmpty())
        return ids;
    const Status read = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, letterColumns(LetterParts::Summary) + letterTables() +
                                         " WHERE l.id IN (SELECT letter_ref FROM letter_body"
                                         " WHERE length(value) = ?2 AND value = ?1) AND l.id <> ?3"
                                         " ORDER BY l.id LIMIT ?4");
        sql::bind(select, 1, value);
        select.bind(2, std::int64_t{value.size()});
        select.bind(3, letter.place);
        select.bind(4, mostSame);
        while (select.executeStep()) {
            if (const auto other = letterFromRow(select, LetterParts::Summary))
                ids += other->id;
        }
    });
    if (!read)
        return tl::unexpected<Error>(read.error());
    return ids;
}

QByteArray eventBody(const DeadLetter& letter, const QString& reason)
{
    JsonWriter body;
    body.beginObject()
        .field(u"letter", letter.id)
        .field(u"channel", letter.record.at.topic)
        .field(u"partition", letter.record.at.partition)
        .field(u"offset", letter.record.offset.value)
        .field(u"bytes", letter.sizeBytes)
        .field(u"reason", reason)
        .endObject();
    return body.json();
}

} // namespace

Result<PurgeReport> purgeLetter(Ledger& ledger, StoreWriter& store, const QString& id, const QString& reason,
                                const QString& actor, std::stop_token stop)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    auto reader = Database::open(store.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto letter = deadLetter(*reader, id);
    if (!letter)
        return tl::unexpected<Error>(letter.error());
    PurgeReport report{.letterId = letter->id, .erasure = {}, .isNew = !letter->erased, .bytes = letter->sizeBytes};
    if (report.isNew) {
        const auto rescue = rescueOf(*reader, letter->id);
        if (!rescue)
            return tl::unexpected<Error>(rescue.error());
        const auto& value = *rescue ? (*rescue)->value : letter->record.value;
        auto same = sameElsewhere(*reader, *letter, value.value_or(QByteArray()));
        if (!same)
            return tl::unexpected<Error>(same.error());
        report.sameElsewhere = std::move(*same);
        const auto event = ledger.append(actor, purgedType, eventBody(*letter, reason.trimmed()));
        if (!event)
            return tl::unexpected<Error>(event.error());
        const Status applied = catchUpEvents(ledger, store, projection, purgedType, applyPurged);
        if (!applied)
            return failWithin(u"it is in the ledger and will be done at the next start"_s, applied.error());
        report.erasure = {.at = event->at, .by = actor, .reason = reason.trimmed()};
    } else {
        report.erasure = *letter->erased;
    }
    const auto upTo = lastPurge(*reader);
    if (!upTo)
        return tl::unexpected<Error>(upTo.error());
    reader = fail(ErrorCode::Internal, u"closed: it would hold the log"_s);
    const auto isEmpty = emptyLogSoon(store.file(), scrubTries, stop);
    if (!isEmpty)
        return failWithin(u"the letter is erased, but its bytes are still in the write-ahead log"_s, isEmpty.error());
    if (!*isEmpty)
        report.left +=
            u"%1-wal, which another process reads; end that one and purge the letter again"_s.arg(store.file());
    eraseInCopies(store.file(), letter->id, report);
    // Last: whoever is killed before this is finished by the next start.
    if (*isEmpty) {
        if (const Status noted = noteScrubbed(store, *upTo); !noted)
            return tl::unexpected<Error>(noted.error());
    }
    return report;
}

Status catchUpPurges(const Ledger& ledger, StoreWriter& store)
{
    if (const Status applied = catchUpEvents(ledger, store, projection, purgedType, applyPurged); !applied)
        return applied;
    std::int64_t upTo = 0;
    QStringList letterIds;
    {
        auto reader = Database::open(store.file(), Database::Access::Reader);
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const auto done = appliedSeq(*reader, scrubbed);
        if (!done)
            return tl::unexpected<Error>(done.error());
        const auto last = lastPurge(*reader);
        if (!last)
            return tl::unexpected<Error>(last.error());
        upTo = *last;
        if (*done >= upTo)
            return {};
        const Status read = reader->guarded([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT letter_id FROM letter_purge WHERE seq > ? ORDER BY seq");
            select.bind(1, *done);
            while (select.executeStep())
                letterIds += sql::text(select.getColumn(0));
        });
        if (!read)
            return read;
    }
    PurgeReport ignored; // a copy that cannot be read is told by whoever purges again
    for (const QString& letterId : std::as_const(letterIds))
        eraseInCopies(store.file(), letterId, ignored);
    const auto isEmpty = emptyLogSoon(store.file(), 1, {}); // a start waits for nobody: the next one tries again
    if (!isEmpty || !*isEmpty)
        return isEmpty ? Status() : tl::unexpected<Error>(isEmpty.error());
    return noteScrubbed(store, upTo);
}

Result<bool> arePurgesFinished(Database& reader)
{
    const auto done = appliedSeq(reader, scrubbed);
    if (!done)
        return tl::unexpected<Error>(done.error());
    const auto last = lastPurge(reader);
    if (!last)
        return tl::unexpected<Error>(last.error());
    return *done >= *last;
}

QByteArray purgeReportJson(const PurgeReport& report)
{
    JsonWriter json;
    const auto list = [&json](QStringView name, const QStringList& texts) {
        json.key(name).beginArray();
        for (const QString& text : texts)
            json.value(text);
        json.endArray();
    };
    json.beginObject()
        .field(u"id", report.letterId)
        .field(u"erasedAt", report.erasure.at)
        .field(u"by", report.erasure.by)
        .field(u"reason", report.erasure.reason)
        .field(u"bytes", report.bytes)
        .field(u"isNew", report.isNew);
    list(u"sameElsewhere", report.sameElsewhere);
    list(u"backups", report.backups);
    list(u"left", report.left);
    json.endObject();
    return json.json();
}

PurgedLetters::PurgedLetters(SQLite::Database& db)
    : m_db(db)
{
    if (db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_purge)").getInt() != 0)
        m_find.emplace(db, "SELECT seq FROM letter_purge WHERE letter_id = ?");
}

std::optional<PreparedLetter> PurgedLetters::bare(const QString& clusterId, const PreparedLetter& letter)
{
    if (!m_find)
        return std::nullopt;
    const QString id = letterId(clusterId, letter.record.at, letter.record.offset, letter.digest);
    m_find->reset();
    sql::bind(*m_find, 1, id);
    if (!m_find->executeStep())
        return std::nullopt;
    m_erased.push_back({id, m_find->getColumn(0).getInt64()});
    PreparedLetter kept = letter;
    kept.packed = PreparedLetter::Packed{.headers = packHeaders({}),
                                         .sizeBytes = letter.packed ? letter.packed->sizeBytes
                                                                    : std::int64_t{letter.record.sizeBytes()}};
    kept.record.key.reset();
    kept.record.value.reset();
    kept.record.headers.clear();
    kept.facts.errorMessage.reset();
    kept.facts.stack.reset();
    kept.facts.stackHeader.reset();
    kept.fingerprint = {}; // made of what is left
    kept.strainNumber = 0;
    return kept;
}

void PurgedLetters::finish()
{
    if (m_erased.empty())
        return;
    LetterPlaces places(m_db);
    SQLite::Statement mark(m_db, "UPDATE letter SET purge_seq = ? WHERE id = ?");
    for (const Erased& erased : m_erased) {
        for (const std::int64_t ref : places.of(erased.letterId)) {
            mark.reset();
            mark.bind(1, erased.seq);
            mark.bind(2, ref);
            mark.exec();
        }
    }
}

} // namespace spillway
