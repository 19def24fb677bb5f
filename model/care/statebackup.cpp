// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/care/statebackup.h"

#include "model/base/jsonwriter.h"
#include "model/base/sha256.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/care/backuparchive.h"
#include "model/ledger/ledger.h"
#include "model/ledger/ledgerhead.h"
#include "model/store/database.h"
#include "model/store/filedescriptor.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pagesPerStep = 512;
constexpr qsizetype bytesPerStep = qsizetype{1} << 20;

/// Told as one job: copying and packing.
class Progress
{
public:
    Progress(const std::function<void(std::int64_t, std::int64_t)>& tell, std::int64_t total)
        : m_tell(tell)
        , m_total(total)
    {
    }
    void add(std::int64_t bytes)
    {
        m_done += bytes;
        if (m_tell)
            m_tell(std::min(m_done, m_total), m_total);
    }

private:
    const std::function<void(std::int64_t, std::int64_t)>& m_tell;
    std::int64_t m_total;
    std::int64_t m_done = 0;
};

/// A database as it is from now on, whatever is written.
class Frozen
{
public:
    static Result<Frozen> freeze(const QString& file)
    {
        auto reader = Database::open(file, Database::Access::Reader);
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        Frozen frozen(std::move(*reader));
        const Status begun = frozen.m_reader.guarded([&](SQLite::Database& db) {
            db.exec("BEGIN");
            frozen.m_schema = db.execAndGet("PRAGMA user_version").getInt(); // the first read freezes it
            (void)db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
            frozen.m_bytes =
                db.execAndGet("PRAGMA page_count").getInt64() * db.execAndGet("PRAGMA page_size").getInt64();
        });
        if (!begun)
            return tl::unexpected<Error>(begun.error());
        return frozen;
    }

    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }
    [[nodiscard]] int schema() const { return m_schema; }
    [[nodiscard]] Database& reader() { return m_reader; }

    /// Into a file that has no name any more, so that nothing of it is left however this process ends.
    Result<FileDescriptor> copyTo(const QString& folder, Progress& progress, const std::stop_token& stop)
    {
        QByteArray name = QFile::encodeName(folder + u"/.spillway-backup-XXXXXX"_s);
        FileDescriptor copy(::mkostemp(name.data(), O_CLOEXEC));
        if (!copy.isOpen())
            return fail(ErrorCode::Unreachable, u"%1: a copy cannot be made there: %2"_s.arg(
                                                    folder, QString::fromLocal8Bit(std::strerror(errno))));
        bool isStopped = false;
        const Status copied = m_reader.guarded([&](SQLite::Database& db) {
            const auto unlinked = [&name] { ::unlink(name.constData()); };
            std::optional<SQLite::Database> target;
            try {
                target.emplace(name.toStdString(), SQLite::OPEN_READWRITE);
                target->exec("PRAGMA journal_mode = OFF");
                target->exec("PRAGMA synchronous = OFF"); // what is read back next needs no disk
            } catch (...) {
                unlinked();
                throw;
            }
            unlinked();
            SQLite::Backup backup(*target, db);
            const int pageBytes = static_cast<int>(db.execAndGet("PRAGMA page_size").getInt());
            for (int left = -1, code = SQLITE_OK; code != SQLITE_DONE && !isStopped;) {
                code = backup.executeStep(pagesPerStep);
                const int now = backup.getRemainingPageCount();
                const int before = left < 0 ? backup.getTotalPageCount() : left;
                progress.add(std::int64_t{before - now} * pageBytes);
                left = now;
                isStopped = stop.stop_requested();
            }
        });
        if (!copied)
            return tl::unexpected<Error>(copied.error());
        if (isStopped)
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        return copy;
    }

private:
    explicit Frozen(Database reader)
        : m_reader(std::move(reader))
    {
    }
    Database m_reader;
    std::int64_t m_bytes = 0;
    int m_schema = 0;
};

/// A database in the archive.
struct Packed
{
    std::int64_t bytes = 0;
    QByteArray digest; ///< SHA-256, hex
    int schema = 0;
};

Status packBytes(ArchiveWriter& archive, const QString& name, const QByteArray& bytes, UtcTime now)
{
    if (const Status begun = archive.begin(name, bytes.size(), now); !begun)
        return begun;
    if (const Status added = archive.add(bytes); !added)
        return added;
    return archive.end();
}

Result<Packed> packFile(ArchiveWriter& archive, const QString& name, const FileDescriptor& file, UtcTime now,
                        Progress& progress, const std::stop_token& stop)
{
    struct stat facts = {};
    if (::fstat(file.get(), &facts) != 0)
        return fail(ErrorCode::Unreachable, u"the copy of %1 cannot be read"_s.arg(name));
    if (const Status begun = archive.begin(name, facts.st_size, now); !begun)
        return tl::unexpected<Error>(begun.error());
    Sha256 digest;
    QByteArray bytes(bytesPerStep, Qt::Uninitialized);
    for (std::int64_t at = 0; at < facts.st_size;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        const auto count = ::pread(file.get(), bytes.data(), static_cast<std::size_t>(bytes.size()), at);
        if (count <= 0)
            return fail(ErrorCode::Unreachable,
                        u"the copy of %1 cannot be read: %2"_s.arg(name, QString::fromLocal8Bit(std::strerror(errno))));
        const QByteArrayView read(bytes.constData(), count);
        digest.add(read);
        if (const Status added = archive.add(read); !added)
            return tl::unexpected<Error>(added.error());
        at += count;
        progress.add(count);
    }
    if (const Status ended = archive.end(); !ended)
        return tl::unexpected<Error>(ended.error());
    return Packed{.bytes = facts.st_size, .digest = digest.hexResult()};
}

Status mayBeWritten(const BackupRequest& request)
{
    if (isStream(request.file))
        return {};
    const QFileInfo file(request.file);
    const QString folder = QFileInfo(file.absolutePath()).canonicalFilePath();
    if (!folder.isEmpty() && folder == QFileInfo(request.stateFolder).canonicalFilePath())
        return fail(
            ErrorCode::InvalidConfig,
            u"%1 lies in the state folder itself, and would be lost together with it; name a file elsewhere"_s.arg(
                request.file));
    if (file.exists() && !request.replaces)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 is there already; name another file, or write --force to replace it"_s.arg(request.file));
    return {};
}

QByteArray manifestOf(const BackupRequest& request, const BackupReport& report, const std::optional<Packed>& samples,
                      const std::optional<Packed>& ledger)
{
    JsonWriter json;
    const auto part = [&json](QStringView name, const std::optional<Packed>& packed) {
        json.key(name);
        if (!packed) {
            json.null();
            return;
        }
        json.beginObject()
            .field(u"bytes", packed->bytes)
            .field(u"sha256", QString::fromLatin1(packed->digest))
            .field(u"schema", packed->schema)
            .endObject();
    };
    json.beginObject()
        .field(u"format", 1)
        .field(u"spillway", QStringLiteral(SPILLWAY_VERSION))
        .field(u"workspace", request.workspace)
        .field(u"takenAt", report.takenAt);
    part(u"samples", samples);
    part(u"ledger", ledger);
    json.field(u"entries", report.entries).field(u"head", QString::fromLatin1(report.head.toHex())).endObject();
    return json.json() + '\n';
}

} // namespace

Result<BackupReport> backUpState(const BackupRequest& request, const std::function<Status(const BackupReport&)>& record,
                                 const std::function<void(std::int64_t, std::int64_t)>& tell, std::stop_token stop)
{
    if (const Status may = mayBeWritten(request); !may)
        return tl::unexpected<Error>(may.error());
    const QString samplesFile = request.stateFolder + u"/samples.sqlite"_s;
    const QString ledgerFile = request.stateFolder + u"/ledger.sqlite"_s;
    const bool hasSamples = QFileInfo::exists(samplesFile);
    const bool hasLedger = QFileInfo::exists(ledgerFile);
    if (!hasSamples && !hasLedger)
        return fail(ErrorCode::NotFound,
                    u"%1 holds nothing yet; `spillwayctl collect` fills it"_s.arg(request.stateFolder));
    BackupReport report{.file = request.file, .takenAt = request.now};
    if (hasLedger) {
        const auto verification = verifyLedger(ledgerFile);
        if (!verification)
            return tl::unexpected<Error>(verification.error());
        report.isIntact = verification->isIntact;
    }

    std::optional<Frozen> samples;
    std::optional<Frozen> ledger;
    if (hasSamples) { // first: see above
        auto frozen = Frozen::freeze(samplesFile);
        if (!frozen)
            return tl::unexpected<Error>(frozen.error());
        samples.emplace(std::move(*frozen));
    }
    if (hasLedger) {
        auto frozen = Frozen::freeze(ledgerFile);
        if (!frozen)
            return tl::unexpected<Error>(frozen.error());
        ledger.emplace(std::move(*frozen));
        // In the frozen ledger: `ledger.head` itself may be ahead of it by now.
        const auto end = ledger->reader().query<ledger::Head>(ledger::endOf);
        if (!end)
            return tl::unexpected<Error>(end.error());
        report.entries = end->seq;
        report.head = end->hash;
    }
    Progress progress(tell, 2 * ((samples ? samples->bytes() : 0) + (ledger ? ledger->bytes() : 0)));
    const QString folder = isStream(request.file) ? QDir::tempPath() : QFileInfo(request.file).absolutePath();

    WholeFile file(request.file);
    if (const Status opened = file.open(QFileDevice::ReadOwner | QFileDevice::WriteOwner); !opened)
        return tl::unexpected<Error>(opened.error());
    ArchiveWriter archive([&](const QByteArray& bytes) {
        report.bytes += bytes.size();
        return file.write(bytes);
    });
    const auto packCopy = [&](std::optional<Frozen>& frozen, const QString& name) -> Result<std::optional<Packed>> {
        if (!frozen)
            return std::optional<Packed>();
        const auto copy = frozen->copyTo(folder, progress, stop);
        if (!copy)
            return tl::unexpected<Error>(copy.error());
        const int schema = frozen->schema();
        frozen.reset(); // its log may begin anew
        auto packed = packFile(archive, name, *copy, request.now, progress, stop);
        if (!packed)
            return tl::unexpected<Error>(packed.error());
        packed->schema = schema;
        return std::optional(std::move(*packed));
    };
    // The small one first: its log is free again at once.
    const auto packedLedger = packCopy(ledger, u"ledger.sqlite"_s);
    if (!packedLedger)
        return tl::unexpected<Error>(packedLedger.error());
    const auto packedSamples = packCopy(samples, u"samples.sqlite"_s);
    if (!packedSamples)
        return tl::unexpected<Error>(packedSamples.error());
    report.ledgerBytes = *packedLedger ? (*packedLedger)->bytes : 0;
    report.samplesBytes = *packedSamples ? (*packedSamples)->bytes : 0;
    if (*packedLedger) {
        const QByteArray head = ledger::headLine({report.entries, report.head});
        if (const Status packed = packBytes(archive, u"ledger.head"_s, head, request.now); !packed)
            return tl::unexpected<Error>(packed.error());
    }
    const QByteArray manifest = manifestOf(request, report, *packedSamples, *packedLedger);
    if (const Status packed = packBytes(archive, u"backup.json"_s, manifest, request.now); !packed)
        return tl::unexpected<Error>(packed.error());
    if (const Status finished = archive.finish(); !finished)
        return tl::unexpected<Error>(finished.error());
    if (const Status flushed = file.flush(); !flushed)
        return tl::unexpected<Error>(flushed.error());
    if (const Status recorded = record(report); !recorded)
        return tl::unexpected<Error>(recorded.error());
    if (const Status committed = file.commit(); !committed)
        return tl::unexpected<Error>(committed.error());
    return report;
}

QByteArray backupReportJson(const BackupReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"file", report.file)
        .field(u"bytes", report.bytes)
        .field(u"takenAt", report.takenAt)
        .field(u"samplesBytes", report.samplesBytes)
        .field(u"ledgerBytes", report.ledgerBytes)
        .field(u"entries", report.entries)
        .field(u"head", QString::fromLatin1(report.head.toHex()))
        .field(u"intact", report.isIntact)
        .endObject();
    return json.json();
}

QByteArray backupEventBody(const BackupReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"file", report.file)
        .field(u"bytes", report.bytes)
        .field(u"takenAt", report.takenAt)
        .field(u"entries", report.entries)
        .endObject();
    return json.json();
}

} // namespace spillway
