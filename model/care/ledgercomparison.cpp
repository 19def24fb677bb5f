// SPDX-License-Identifier: GPL-3.0-or-later
// A small store of its own gets the rows that decisions decorate; the ledger is told to it twice, from where the rows
// stand and from its beginning. Both have to come out alike.
#include "model/alert/alertdecisions.h"
#include "model/care/storecheck.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/triage.h"
#include "model/ledger/ledgerhead.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replayprojection.h"
#include "model/replay/replaystore.h"
#include "model/store/schemaage.h"
#include "model/store/storewriter.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <memory>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What decisions are made of and hang on; not payloads, nor what is sampled.
constexpr std::array copied{
    "projection",    "letter_channel",       "letter_group",       "letter_count",  "letter_facet",
    "letter",        "letter_decision",      "replay_plan",        "replay_job",    "replay_target_end",
    "replay_step",   "replay_item",          "group_alias",        "group_split",   "letter_pin",
    "triage_event",  "triage_subject",       "letter_past",        "triage_effect", "triage_comment",
    "triage_mark",   "triage_mark_past",     "letter_origin_gone", "letter_purge",  "alert_decision",
    "alert_telling", "alert_telling_message"};

/// The projections, by the columns that the ledger alone decides.
struct Compared
{
    const char* name;
    const char* rows;
};
constexpr std::array compared{
    Compared{"letter_decision",
             "SELECT letter_id, triage_state, assignee, triage_seq, replay_state, replay_seq FROM letter_decision"},
    Compared{"letter", "SELECT id, state, assignee FROM letter"},
    Compared{"replay_plan", "SELECT * FROM replay_plan"},
    Compared{"replay_job", "SELECT * FROM replay_job"},
    Compared{"replay_target_end", "SELECT * FROM replay_target_end"},
    Compared{"replay_step", "SELECT * FROM replay_step"},
    Compared{"replay_item", "SELECT * FROM replay_item"},
    Compared{"triage_event", "SELECT * FROM triage_event"},
    Compared{"triage_subject", "SELECT * FROM triage_subject"},
    Compared{"letter_past", "SELECT * FROM letter_past"},
    Compared{"triage_effect", "SELECT * FROM triage_effect"},
    Compared{"triage_comment", "SELECT * FROM triage_comment"},
    Compared{"triage_mark", "SELECT * FROM triage_mark"},
    Compared{"triage_mark_past", "SELECT * FROM triage_mark_past"},
    Compared{"group_split", "SELECT * FROM group_split"},
    Compared{"letter_pin", "SELECT letter_id, group_id, seq FROM letter_pin"},
    Compared{"letter_origin_gone", "SELECT * FROM letter_origin_gone"},
    Compared{"letter_purge", "SELECT * FROM letter_purge"},
    Compared{"alert_decision", "SELECT * FROM alert_decision"},
};

/// One table's rows, value by value. Throws like SQLiteCpp.
void copyRows(SQLite::Database& from, SQLite::Database& to, const std::string& table)
{
    using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;
    const auto prepare = [](SQLite::Database& db, const std::string& sql) {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v2(db.getHandle(), sql.c_str(), -1, &made, nullptr) != SQLITE_OK)
            throw SQLite::Exception(db.getHandle());
        return Statement(made, &sqlite3_finalize);
    };
    to.exec("DELETE FROM " + table);
    const Statement select = prepare(from, "SELECT * FROM " + table);
    const int columns = sqlite3_column_count(select.get());
    std::string places = "?";
    for (int i = 1; i < columns; ++i)
        places.append(", ?");
    const Statement insert = prepare(to, "INSERT INTO " + table + " VALUES (" + places + ")");
    int code = sqlite3_step(select.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(select.get())) {
        for (int i = 0; i < columns; ++i)
            sqlite3_bind_value(insert.get(), i + 1, sqlite3_column_value(select.get(), i));
        if (sqlite3_step(insert.get()) != SQLITE_DONE)
            throw SQLite::Exception(to.getHandle());
        sqlite3_reset(insert.get());
    }
    if (code != SQLITE_DONE)
        throw SQLite::Exception(from.getHandle());
}

/// All of one instant.
Status copySamples(const QString& from, StoreWriter& to)
{
    auto live = Database::open(from, Database::Access::Reader);
    if (!live)
        return tl::unexpected<Error>(live.error());
    return to.write([&live](Database& database) {
        return live->guarded([&database](SQLite::Database& source) {
            source.exec("BEGIN");
            database.raw().exec("PRAGMA defer_foreign_keys = ON");
            for (const char* table : copied)
                copyRows(source, database.raw(), table);
            source.exec("COMMIT");
        });
    });
}

/// A ledger of its own, with a head.
Status copyLedger(const QString& from, const QString& to)
{
    {
        auto reader = Database::open(from, Database::Access::Reader);
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const Status copiedIt = reader->guarded([&to](SQLite::Database& db) {
            SQLite::Statement vacuum(db, "VACUUM INTO ?");
            vacuum.bind(1, to.toStdString());
            vacuum.exec();
        });
        if (!copiedIt)
            return copiedIt;
    }
    auto copy = Database::open(to, Database::Access::Reader);
    if (!copy)
        return tl::unexpected<Error>(copy.error());
    const auto end = copy->query<ledger::Head>(ledger::endOf);
    if (!end)
        return tl::unexpected<Error>(end.error());
    return ledger::writeHead(to, *end);
}

/// Applies what is missing, as a start does.
Status catchUp(Ledger& ledger, StoreWriter& store, LedgerReplayJournal& journal)
{
    if (const Status status = journal.catchUp(); !status)
        return status;
    for (const auto apply :
         {catchUpTriage, catchUpRescues, catchUpRetired, catchUpPurges, catchUpGroups, catchUpAlerts}) {
        if (const Status status = apply(ledger, store); !status)
            return status;
    }
    return {};
}

/// Everything that the ledger tells is forgotten.
Status forget(StoreWriter& store)
{
    return store.write([](Database& database) -> Status {
        for (const auto clear :
             {clearReplayProjection, clearLetterDecisions, clearGroupDecisions, clearAlertDecisions}) {
            if (const Status cleared = clear(database); !cleared)
                return cleared;
        }
        return database.guarded([](SQLite::Database& db) {
            db.exec("DELETE FROM letter_origin_gone");
            db.exec("DELETE FROM letter_purge");
            // What was dropped long ago and came again from the broker is here: dropping is not told twice.
            db.exec("DELETE FROM projection WHERE name <> 'deadletter.retired'");
        });
    });
}

Status keepRows(StoreWriter& store)
{
    return store.write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            for (const Compared& each : compared)
                db.exec(std::string("CREATE TABLE kept_").append(each.name).append(" AS ").append(each.rows));
        });
    });
}

Result<QStringList> differing(Database& reader)
{
    return reader.query<QStringList>([](SQLite::Database& db) {
        QStringList tables;
        for (const Compared& each : compared) {
            const std::string kept = std::string("SELECT * FROM kept_").append(each.name);
            const std::string now(each.rows);
            const auto count = [&db](const std::string& a, const std::string& b) {
                return db.execAndGet(std::string("SELECT count(*) FROM (").append(a).append(" EXCEPT ").append(b) + ")")
                    .getInt64();
            };
            const std::int64_t rows = std::max(count(kept, now), count(now, kept));
            if (rows > 0)
                tables +=
                    u"%1 (%2 %3)"_s.arg(QString::fromLatin1(each.name)).arg(rows).arg(rows == 1 ? u"row"_s : u"rows"_s);
        }
        return tables;
    });
}

} // namespace

Result<QStringList> compareWithLedger(const QString& samplesFile, const QString& ledgerFile)
{
    {
        auto live = Database::open(samplesFile, Database::Access::Reader);
        if (!live)
            return tl::unexpected<Error>(live.error());
        const auto isOlder = isOfOlderSchema(*live, u":/migrations/samples"_s);
        if (!isOlder)
            return tl::unexpected<Error>(isOlder.error());
        if (*isOlder)
            return fail(ErrorCode::Unsupported, u"it is of an earlier release"_s);
    }
    const QTemporaryDir folder;
    if (!folder.isValid())
        return fail(ErrorCode::Unreachable, u"no temporary folder can be made: "_s + folder.errorString());
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    if (!store)
        return tl::unexpected<Error>(store.error());
    // The rows first: the ledger then holds everything that they show.
    if (const Status samples = copySamples(samplesFile, **store); !samples)
        return tl::unexpected<Error>(samples.error());
    const QString ledgerCopy = folder.filePath(u"ledger.sqlite"_s);
    if (const Status copy = copyLedger(ledgerFile, ledgerCopy); !copy)
        return tl::unexpected<Error>(copy.error());
    const SystemClock clock;
    auto ledger = Ledger::open(ledgerCopy, clock);
    if (!ledger)
        return tl::unexpected<Error>(ledger.error());
    LedgerReplayJournal journal(
        **ledger, **store, [file = (*store)->file()] { return Database::open(file, Database::Access::Reader); },
        storedLetterStates());
    if (const Status shown = catchUp(**ledger, **store, journal); !shown)
        return tl::unexpected<Error>(shown.error());
    if (const Status kept = keepRows(**store); !kept)
        return tl::unexpected<Error>(kept.error());
    if (const Status forgotten = forget(**store); !forgotten)
        return tl::unexpected<Error>(forgotten.error());
    if (const Status again = catchUp(**ledger, **store, journal); !again)
        return tl::unexpected<Error>(again.error());
    auto reader = Database::open((*store)->file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    return differing(*reader);
}

} // namespace spillway
