// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/care/storecheck.h"

#include "model/base/alignedlines.h"
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/letterpurge.h"
#include "model/store/database.h"
#include "model/store/schemaage.h"
#include "model/store/statedirectory.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <map>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostFaults = 20; // of one file, that are told
constexpr std::int64_t littleRoom = std::int64_t{200} << 20;

const QString damagedRemedy =
    u"end Spillway, keep a copy of the folder, and put the newest backup in its place with `spillwayctl store restore`"_s;
const QString lostSamplesRemedy =
    u"end Spillway and move samples.sqlite away: the next `collect` makes it anew from the ledger and from what the brokers still hold"_s;

/// A table's kind by the beginning of its name; the first that fits.
struct KindOfTable
{
    const char16_t* beginning;
    const char16_t* kind;
};
constexpr std::array kindsOfTables{
    KindOfTable{u"letter_body", u"payloads"},
    KindOfTable{u"letter_rescue", u"payloads"},
    KindOfTable{u"letter_decision", u"decisions"},
    KindOfTable{u"letter_past", u"decisions"},
    KindOfTable{u"letter_pin", u"decisions"},
    KindOfTable{u"letter_purge", u"decisions"},
    KindOfTable{u"triage_", u"decisions"},
    KindOfTable{u"group_", u"decisions"},
    KindOfTable{u"letter", u"letters"},
    KindOfTable{u"replay_", u"replays"},
    KindOfTable{u"lag_", u"lag"},
    KindOfTable{u"processing_", u"processing"},
    KindOfTable{u"broker_topic", u"topics"},
    KindOfTable{u"event_", u"topics"},
    KindOfTable{u"lost_before_read", u"topics"},
    KindOfTable{u"unreadable_record", u"topics"},
    KindOfTable{u"origin_record_time", u"topics"},
    KindOfTable{u"cluster_topic", u"topics"},
    KindOfTable{u"channel_", u"topics"},
    KindOfTable{u"notification", u"notifications"},
    KindOfTable{u"alert_decision", u"decisions"},
    KindOfTable{u"alert_telling", u"notifications"},
    KindOfTable{u"alert_", u"alerts"},
};

QString kindOf(const QString& table)
{
    for (const KindOfTable& each : kindsOfTables) {
        if (table.startsWith(QStringView(each.beginning)))
            return QString::fromUtf16(each.kind);
    }
    return u"other"_s;
}

/// Of each kind that has times: the oldest of its rows, in milliseconds.
constexpr std::array oldestOf{
    std::pair(u"letters", "SELECT min(moment_ms) FROM letter"),
    std::pair(u"lag", "SELECT min(taken_at_ms) FROM lag_sample"),
    std::pair(u"processing", "SELECT min(processed_at_ms) FROM processing_record"),
    std::pair(u"topics", "SELECT min(at_ms) FROM broker_topic_log"),
    std::pair(u"replays", "SELECT min(created_at_ms) FROM replay_job"),
    std::pair(u"notifications", "SELECT min(queued_at_ms) FROM notification"),
    std::pair(u"alerts", "SELECT min(opened_at_ms) FROM alert_incident"),
};

std::string quoted(const QString& name)
{
    return '"' + QString(name).replace(u'"', u"\"\""_s).toStdString() + '"';
}

class Examiner
{
public:
    Examiner(QString folder, const std::function<void(const QString&)>& tell, std::stop_token stop)
        : m_folder(std::move(folder))
        , m_tell(tell)
        , m_stop(std::move(stop))
    {
    }

    Result<StoreCheck> examine()
    {
        if (const Status readable = readableState(m_folder); !readable)
            return tl::unexpected<Error>(readable.error());
        listFiles();
        const bool hasSamples = QFile::exists(path(u"samples.sqlite"_s));
        const bool hasLedger = QFile::exists(path(u"ledger.sqlite"_s));
        if (!hasSamples && !hasLedger)
            m_check.notes += u"nothing was collected yet"_s;
        bool isSound = hasSamples && hasLedger;
        if (hasLedger)
            isSound = examineLedger() && isSound;
        else if (QFile::exists(path(u"ledger.head"_s)))
            found(u"ledger.sqlite"_s, u"it is missing, and ledger.head says that there was one"_s, damagedRemedy);
        if (hasSamples)
            isSound = examineSamples() && isSound;
        if (m_ledgerKind)
            m_check.data.push_back(*m_ledgerKind);
        if (isSound && !m_stop.stop_requested())
            compare();
        if (m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        return std::move(m_check);
    }

private:
    [[nodiscard]] QString path(const QString& name) const { return m_folder + u'/' + name; }
    void found(const QString& file, const QString& what, const QString& remedy)
    {
        m_check.findings.push_back({file, what, remedy});
    }
    void telling(const QString& what) const
    {
        if (m_tell)
            m_tell(what);
    }

    void listFiles()
    {
        struct stat facts = {};
        if (::stat(QFile::encodeName(m_folder).constData(), &facts) == 0 && (facts.st_mode & 0077) != 0)
            found(u"."_s, u"the folder is open to other users"_s, u"chmod 700 "_s + m_folder);
        struct statvfs disk = {};
        if (::statvfs(QFile::encodeName(m_folder).constData(), &disk) == 0) {
            m_check.diskFreeBytes = static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
            if (*m_check.diskFreeBytes < littleRoom)
                found(u"."_s, u"the disk has only %1 left"_s.arg(formatSizeBytes(*m_check.diskFreeBytes)),
                      u"make room, or choose another folder with --state"_s);
        }
        const QStringList names =
            QDir(m_folder).entryList({u"samples.sqlite*"_s, u"ledger.*"_s}, QDir::Files, QDir::Name);
        for (const QString& name : names) {
            m_check.files.push_back({.name = name, .bytes = QFileInfo(path(name)).size()});
            if (::stat(QFile::encodeName(path(name)).constData(), &facts) == 0 && (facts.st_mode & 0077) != 0)
                found(name, u"other users may read it"_s, u"chmod 600 "_s + path(name));
        }
    }

    /// Both databases alike. @return nullopt: it cannot be opened, which was said.
    std::optional<Database> openSound(const QString& name, const QString& migrations, bool& isSound)
    {
        telling(u"examining %1"_s.arg(name));
        const QString& remedy = name == u"samples.sqlite" ? lostSamplesRemedy : damagedRemedy;
        auto reader = Database::open(path(name), Database::Access::Reader);
        if (!reader) {
            found(name, reader.error().detail, damagedRemedy);
            isSound = false;
            return std::nullopt;
        }
        if (const Status known = refuseNewerSchema(*reader, migrations); !known) {
            found(name, known.error().detail, u"update Spillway"_s);
            isSound = false;
            return known.error().code == ErrorCode::Unsupported ? std::optional<Database>(std::move(*reader))
                                                                : std::nullopt;
        }
        const Status read = reader->guarded([&](SQLite::Database& db) {
            const auto file = std::find_if(m_check.files.begin(), m_check.files.end(),
                                           [&name](const StoreFile& each) { return each.name == name; });
            if (file != m_check.files.end()) {
                file->schema = db.execAndGet("PRAGMA user_version").getInt();
                file->freeBytes =
                    db.execAndGet("PRAGMA freelist_count").getInt64() * db.execAndGet("PRAGMA page_size").getInt64();
            }
            SQLite::Statement integrity(db, "PRAGMA integrity_check(" + std::to_string(mostFaults) + ")");
            while (integrity.executeStep()) {
                const QString word = QString::fromStdString(integrity.getColumn(0).getString());
                if (word == u"ok")
                    continue;
                isSound = false;
                found(name, u"it is damaged: "_s + word, remedy);
            }
            SQLite::Statement foreign(db, "PRAGMA foreign_key_check");
            for (int told = 0; told < mostFaults && foreign.executeStep(); ++told) {
                isSound = false;
                found(name,
                      u"a row of %1 points to a row of %2 that is not there"_s.arg(
                          QString::fromStdString(foreign.getColumn(0).getString()),
                          QString::fromStdString(foreign.getColumn(2).getString())),
                      remedy);
            }
        });
        if (!read) {
            isSound = false;
            found(name, read.error().detail, remedy);
        }
        return std::optional<Database>(std::move(*reader));
    }

    bool examineLedger()
    {
        bool isSound = true;
        auto ledger = openSound(u"ledger.sqlite"_s, u":/migrations/ledger"_s, isSound);
        telling(u"walking the ledger's chain"_s);
        const auto verification = verifyLedger(path(u"ledger.sqlite"_s));
        if (!verification) {
            found(u"ledger.sqlite"_s, verification.error().detail, damagedRemedy);
            return false;
        }
        m_check.chain = *verification;
        if (!verification->isIntact) {
            found(u"ledger.sqlite"_s,
                  u"the chain of %1 breaks: %2"_s.arg(counted(verification->entries, u"entry"_s, u"entries"_s),
                                                      verification->finding),
                  damagedRemedy);
            isSound = false;
        }
        if (!ledger)
            return false;
        StoredKind events{.kind = u"ledger"_s, .rows = verification->entries, .bytes = {}, .oldest = {}};
        const Status read = ledger->guarded([&](SQLite::Database& db) {
            SQLite::Statement first(db, "SELECT at_ms FROM event ORDER BY seq LIMIT 1");
            if (first.executeStep())
                events.oldest = utcFromMs(first.getColumn(0).getInt64());
            events.bytes = db.execAndGet("PRAGMA page_count").getInt64() * db.execAndGet("PRAGMA page_size").getInt64();
        });
        if (read)
            m_ledgerKind = events;
        return isSound;
    }

    bool examineSamples()
    {
        bool isSound = true;
        auto samples = openSound(u"samples.sqlite"_s, u":/migrations/samples"_s, isSound);
        if (!samples)
            return false;
        if (const auto isOlder = isOfOlderSchema(*samples, u":/migrations/samples"_s); isOlder && *isOlder)
            m_check.notes += u"samples.sqlite is of an earlier release; the next start brings it up to date"_s;
        else if (const auto isFinished = arePurgesFinished(*samples); isFinished && !*isFinished)
            found(
                u"samples.sqlite-wal"_s, u"what was erased may still stand in it"_s,
                u"end those who read the store, and purge the letter again: `spillwayctl store purge ID --reason TEXT`"_s);
        if (m_stop.stop_requested())
            return false;
        telling(u"measuring what is stored"_s);
        // What cannot be measured was said above to be damaged.
        (void)samples->guarded([&](SQLite::Database& db) { measure(db); });
        return isSound;
    }

    void measure(SQLite::Database& db)
    {
        std::map<QString, StoredKind> kinds;
        std::map<QString, QString> tableOf; // of an index, or a table itself
        std::vector<QString> tables;
        SQLite::Statement schema(db, "SELECT type, name, tbl_name FROM sqlite_schema WHERE type IN ('table', 'index')");
        while (schema.executeStep()) {
            const QString name = QString::fromStdString(schema.getColumn(1).getString());
            tableOf[name] = QString::fromStdString(schema.getColumn(2).getString());
            if (schema.getColumn(0).getString() == "table")
                tables.push_back(name);
        }
        for (const QString& table : tables)
            kinds[kindOf(table)].rows += db.execAndGet("SELECT count(*) FROM " + quoted(table)).getInt64();
        for (const auto& [kind, sql] : oldestOf) {
            SQLite::Statement select(db, sql);
            if (select.executeStep() && !select.isColumnNull(0))
                kinds[QString::fromUtf16(kind)].oldest = utcFromMs(select.getColumn(0).getInt64());
        }
        try {
            SQLite::Statement sizes(db, "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE");
            while (sizes.executeStep()) {
                const QString name = QString::fromStdString(sizes.getColumn(0).getString());
                const auto table = tableOf.find(name);
                StoredKind& kind = kinds[kindOf(table == tableOf.end() ? name : table->second)];
                kind.bytes = kind.bytes.value_or(0) + sizes.getColumn(1).getInt64();
            }
        } catch (const SQLite::Exception&) {
            m_check.notes += u"this SQLite does not tell how much each kind of data takes"_s;
        }
        for (auto& [name, kind] : kinds) {
            kind.kind = name;
            m_check.data.push_back(kind);
        }
        std::stable_sort(m_check.data.begin(), m_check.data.end(), [](const StoredKind& a, const StoredKind& b) {
            return a.bytes.value_or(0) > b.bytes.value_or(0);
        });
    }

    void compare()
    {
        telling(u"comparing what is shown with the ledger"_s);
        const auto differing = compareWithLedger(path(u"samples.sqlite"_s), path(u"ledger.sqlite"_s));
        if (!differing) {
            m_check.notes += u"what is shown was not compared with the ledger: "_s + differing.error().detail;
            return;
        }
        m_check.isAsLedgerSays = differing->isEmpty();
        for (const QString& table : *differing)
            found(u"samples.sqlite"_s, u"it shows other decisions than the ledger holds: "_s + table,
                  lostSamplesRemedy);
    }

    QString m_folder;
    const std::function<void(const QString&)>& m_tell;
    std::stop_token m_stop;
    StoreCheck m_check;
    std::optional<StoredKind> m_ledgerKind;
};

} // namespace

Result<StoreCheck> checkStore(const QString& folder, const std::function<void(const QString&)>& tell,
                              std::stop_token stop)
{
    return Examiner(folder, tell, std::move(stop)).examine();
}

QByteArray storeCheckJson(const StoreCheck& check)
{
    JsonWriter json;
    json.beginObject().field(u"sound", check.isSound()).key(u"findings").beginArray();
    for (const StoreFault& finding : check.findings)
        json.beginObject()
            .field(u"file", finding.file)
            .field(u"what", finding.what)
            .field(u"remedy", finding.remedy)
            .endObject();
    json.endArray().key(u"files").beginArray();
    for (const StoreFile& file : check.files)
        json.beginObject()
            .field(u"name", file.name)
            .field(u"bytes", file.bytes)
            .field(u"freeBytes", file.freeBytes)
            .field(u"schema", file.schema)
            .endObject();
    json.endArray().key(u"data").beginArray();
    for (const StoredKind& kind : check.data)
        json.beginObject()
            .field(u"kind", kind.kind)
            .field(u"rows", kind.rows)
            .field(u"bytes", kind.bytes)
            .field(u"oldest", kind.oldest)
            .endObject();
    json.endArray().key(u"ledger");
    if (check.chain)
        json.beginObject()
            .field(u"entries", check.chain->entries)
            .field(u"head", QString::fromLatin1(check.chain->head.toHex()))
            .field(u"intact", check.chain->isIntact)
            .field(u"firstBreak", check.chain->firstBreak)
            .endObject();
    else
        json.null();
    json.field(u"asLedgerSays", check.isAsLedgerSays).field(u"diskFreeBytes", check.diskFreeBytes);
    json.key(u"notes").beginArray();
    for (const QString& note : check.notes)
        json.value(note);
    json.endArray().endObject();
    return json.json();
}

QString storeCheckText(const StoreCheck& check)
{
    QString text;
    std::vector<QStringList> files{{u"FILE"_s, u"SIZE"_s, u"FREE INSIDE"_s, u"SCHEMA"_s}};
    for (const StoreFile& file : check.files)
        files.push_back({visibleText(file.name), formatSizeBytes(file.bytes),
                         file.freeBytes ? formatSizeBytes(*file.freeBytes) : u"–"_s,
                         file.schema ? QString::number(*file.schema) : u"–"_s});
    if (files.size() > 1)
        text += alignedLines(files) + u'\n';
    std::vector<QStringList> data{{u"DATA"_s, u"ROWS"_s, u"SIZE"_s, u"OLDEST"_s}};
    for (const StoredKind& kind : check.data)
        data.push_back({kind.kind, formatCount(kind.rows), kind.bytes ? formatSizeBytes(*kind.bytes) : u"unknown"_s,
                        kind.oldest ? formatUtc(*kind.oldest) : u"–"_s});
    if (data.size() > 1)
        text += alignedLines(data) + u'\n';
    for (const QString& note : check.notes)
        text += u"Note: "_s + visibleText(note) + u'\n';
    for (const StoreFault& finding : check.findings)
        text += u"%1: %2; %3\n"_s.arg(finding.file, visibleText(finding.what), visibleText(finding.remedy));
    if (check.isSound())
        text += u"Sound"_s;
    else
        text += counted(std::ssize(check.findings), u"finding"_s);
    if (check.chain && check.chain->isIntact)
        text += u"; the ledger's chain of %1 is whole"_s.arg(counted(check.chain->entries, u"entry"_s, u"entries"_s));
    if (check.isAsLedgerSays.value_or(false))
        text += u"; what is shown is what the ledger says"_s;
    if (check.diskFreeBytes)
        text += u"; the disk has %1 left"_s.arg(formatSizeBytes(*check.diskFreeBytes));
    return text + u'\n';
}

} // namespace spillway
