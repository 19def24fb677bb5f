// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/database.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr int busyTimeoutMs = 5'000;

QString reason(int errorNumber)
{
    return QString::fromLocal8Bit(std::strerror(errorNumber));
}

ErrorCode codeOf(int sqliteCode)
{
    switch (sqliteCode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::TimedOut;
    case SQLITE_INTERRUPT:
        return ErrorCode::Cancelled;
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ErrorCode::Unreachable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Corrupt;
    default:
        return ErrorCode::Internal;
    }
}

QString remedyFor(int sqliteCode)
{
    switch (sqliteCode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return u"; another process holds the file: end it, or try again"_s;
    case SQLITE_FULL:
        return u"; make room on the disk"_s;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return u"; check that the folder exists and that you may write in it"_s;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return u"; move the file away, or put a backup in its place"_s;
    default:
        return {};
    }
}

Error errorOf(const QString& file, const SQLite::Exception& exception)
{
    return Error{codeOf(exception.getErrorCode()),
                 file + u": "_s + QString::fromUtf8(exception.what()) + remedyFor(exception.getErrorCode())};
}

/// SQLite would create the file with the umask's mode; its WAL files copy the mode they find.
Status createPrivately(const QString& file)
{
    const QString folder = QFileInfo(file).absolutePath();
    if (!QFileInfo(folder).isDir()) {
        const QString parent = QFileInfo(folder).absolutePath();
        if (!QDir().mkpath(parent) || (::mkdir(QFile::encodeName(folder).constData(), 0700) != 0 && errno != EEXIST))
            return fail(
                ErrorCode::Unreachable,
                u"%1: the folder cannot be created: %2; choose another with --state"_s.arg(folder, reason(errno)));
    }
    const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail(
            ErrorCode::Unreachable,
            u"%1: cannot be opened for writing: %2; check that the folder exists and that you may write in it"_s.arg(
                file, reason(errno)));
    struct stat facts = {};
    const bool isPrivate =
        ::fstat(descriptor, &facts) == 0 && ((facts.st_mode & 0077) == 0 || ::fchmod(descriptor, 0600) == 0);
    const int failure = errno;
    ::close(descriptor);
    if (!isPrivate)
        return fail(ErrorCode::Unreachable,
                    u"%1: its mode cannot be set to 0600: %2; make yourself its owner"_s.arg(file, reason(failure)));
    return {};
}

/// What SQLite is asked to open for reading. A WAL database needs its -shm file; where that is missing and cannot be
/// made (a folder we may not write in), nobody of our user writes either, and the file can be read as it stands.
std::pair<std::string, int> readerTarget(const QString& file)
{
    const QByteArray folder = QFile::encodeName(QFileInfo(file).absolutePath());
    if (QFileInfo::exists(file + u"-wal"_s) || ::faccessat(AT_FDCWD, folder.constData(), W_OK, AT_EACCESS) == 0)
        return {file.toStdString(), SQLite::OPEN_READONLY};
    QByteArray uri =
        "file:" + QFile::encodeName(QFileInfo(file).absoluteFilePath()).toPercentEncoding("/") + "?immutable=1";
    return {uri.toStdString(), SQLite::OPEN_READONLY | SQLite::OPEN_URI};
}

} // namespace

Result<Database> Database::open(const QString& file, Access access)
{
    const bool isReader = access == Access::Reader;
    if (isReader && !QFileInfo::exists(file))
        return fail(ErrorCode::NotFound, u"%1: there is no such file yet; `spillwayctl collect` makes it"_s.arg(file));
    if (!isReader) {
        if (const Status created = createPrivately(file); !created)
            return tl::unexpected<Error>(created.error());
    }
    // Nobody asks how much memory SQLite has: counting it would lock at every allocation. Before the first connection.
    static const int counting = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Q_UNUSED(counting);
    try {
        const auto [target, openFlags] =
            isReader ? readerTarget(file) : std::pair(file.toStdString(), SQLite::OPEN_READWRITE);
        // A connection is one thread's at a time: locks around each of its calls would guard nothing.
        const int flags = openFlags | SQLite::OPEN_NOMUTEX;
        // The busy timeout is set by the constructor: before the journal mode, which may meet another process' lock.
        auto database = std::make_unique<SQLite::Database>(target, flags, busyTimeoutMs);
        database->exec("PRAGMA trusted_schema = OFF");
        database->exec("PRAGMA foreign_keys = ON");
        if (isReader) {
            (void)database->execAndGet("PRAGMA schema_version");
            return Database(file, std::move(database));
        }
        // For a new file; an old one keeps its own. A record of 2 KiB would have a page of 4 KiB to itself, and every
        // page is written twice: 16 KiB pages take a third less room and half the time.
        if (access == Access::Writer)
            database->exec("PRAGMA page_size = 16384");
        const std::string mode = database->execAndGet("PRAGMA journal_mode = WAL").getString();
        if (mode != "wal")
            return fail(
                ErrorCode::Unsupported,
                u"%1: this file system cannot keep a write-ahead log; choose a local folder with --state"_s.arg(file));
        database->exec(access == Access::DurableWriter ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        database->exec("PRAGMA journal_size_limit = 167772160");
        database->exec(
            "PRAGMA secure_delete = ON"); // what is erased is overwritten; Debian's own setting, not everybody's
        if (access == Access::Writer) {
            // A batch of dead letters touches the ends of hundreds of index ranges: with SQLite's own 2 MB they fall
            // out of the cache and are read back within one transaction. Rarer checkpoints write such a page once
            // instead of often, and wait for the disk less often: 8 000 pages of 16 KiB are 128 MiB.
            database->exec("PRAGMA cache_size = -32768");
            database->exec("PRAGMA wal_autocheckpoint = 8000");
        }
        return Database(file, std::move(database));
    } catch (const SQLite::Exception& exception) {
        Error error = errorOf(file, exception);
        if (error.code == ErrorCode::TimedOut)
            error.code = ErrorCode::Conflict;
        else if (error.code == ErrorCode::Internal)
            error.code = ErrorCode::Corrupt;
        return tl::unexpected<Error>(std::move(error));
    }
}

Status Database::guarded(const std::function<void(SQLite::Database&)>& work)
{
    try {
        work(*m_database);
        return {};
    } catch (const SQLite::Exception& exception) {
        return tl::unexpected<Error>(errorOf(m_file, exception));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, m_file + u": "_s + QString::fromUtf8(exception.what()));
    } catch (...) {
        return fail(ErrorCode::Internal, m_file + u": what worked on it threw something unknown"_s);
    }
}

Status Database::transaction(const std::function<Status(Database&)>& work)
{
    Status outcome;
    const Status guardedOutcome = guarded([&](SQLite::Database& db) {
        db.exec("BEGIN IMMEDIATE");
        outcome = work(*this);
        if (outcome)
            db.exec("COMMIT");
    });
    // A full disk may have rolled back already; then there is nothing left to roll back.
    if (sqlite3_get_autocommit(m_database->getHandle()) == 0)
        sqlite3_exec(m_database->getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (!guardedOutcome)
        return guardedOutcome;
    return outcome;
}

} // namespace spillway
