// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/database.h"
#include "model/store/schemaage.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it: a static library's resources are dropped unless somebody names them.
static void initMigrationResources()
{
    Q_INIT_RESOURCE(migrations);
}

namespace spillway {

namespace {

struct Migration
{
    int version = 0;
    QString name;
    QByteArray sql;
};

/// The migrations of a folder, by number.
Result<std::vector<Migration>> readMigrations(const QString& folder)
{
    std::vector<Migration> migrations;
    const QStringList names = QDir(folder).entryList({u"*.sql"_s}, QDir::Files, QDir::Name);
    for (const QString& name : names) {
        bool isNumber = false;
        const int version = name.section(u'_', 0, 0).toInt(&isNumber);
        QFile file(folder + u'/' + name);
        if (!isNumber || version < 1 || (!migrations.empty() && version <= migrations.back().version))
            return fail(ErrorCode::Internal,
                        u"%1/%2 is not named NNNN_name.sql, with a number of its own"_s.arg(folder, name));
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorCode::Internal, u"%1/%2 cannot be read: %3"_s.arg(folder, name, file.errorString()));
        migrations.push_back({version, name, file.readAll()});
    }
    if (migrations.empty())
        return fail(ErrorCode::Internal, u"no migrations in %1"_s.arg(folder));
    return migrations;
}

int versionOf(SQLite::Database& db)
{
    return db.execAndGet("PRAGMA user_version").getInt();
}

/// Flushes what stands under this name to the disk; a folder's entries when it is a folder.
bool syncPath(const QString& path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool isSynced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return isSynced;
}

/// A whole copy beside the file, there only when it is complete: `samples.sqlite.v3.backup`.
Status backUp(Database& database, int version)
{
    const QString backup = u"%1.v%2.backup"_s.arg(database.file()).arg(version);
    const QString unfinished = backup + u".tmp"_s;
    QFile::remove(unfinished);
    const int descriptor =
        ::open(QFile::encodeName(unfinished).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail(ErrorCode::Unreachable,
                    u"%1: cannot be created: %2"_s.arg(unfinished, QString::fromLocal8Bit(std::strerror(errno))));
    ::close(descriptor);
    const Status copied = database.guarded([&](SQLite::Database& db) {
        SQLite::Database copy(unfinished.toStdString(), SQLite::OPEN_READWRITE);
        SQLite::Backup(copy, db).executeStep();
    });
    if (!copied) {
        QFile::remove(unfinished);
        return copied;
    }
    if (!syncPath(unfinished) ||
        std::rename(QFile::encodeName(unfinished).constData(), QFile::encodeName(backup).constData()) != 0 ||
        !syncPath(QFileInfo(backup).absolutePath()))
        return fail(ErrorCode::Unreachable,
                    u"%1: cannot be written: %2"_s.arg(backup, QString::fromLocal8Bit(std::strerror(errno))));
    return {};
}

/// One migration, whole, with its number; the caller's transaction.
Status apply(Database& database, const Migration& migration)
{
    // The file goes to SQLite as it is: cutting it at semicolons would tear trigger bodies apart.
    const Status applied = database.guarded([&](SQLite::Database& db) { db.exec(migration.sql.constData()); });
    if (!applied)
        return failWithin(u"migration %1"_s.arg(migration.name), applied.error());
    if (sqlite3_get_autocommit(database.raw().getHandle()) != 0)
        return fail(ErrorCode::Internal, u"migration %1 ends the transaction it runs in"_s.arg(migration.name));
    return database.guarded(
        [&](SQLite::Database& db) { db.exec("PRAGMA user_version = " + std::to_string(migration.version)); });
}

tl::unexpected<Error> tooNew(const QString& file, int found, int newest)
{
    return fail(
        ErrorCode::Unsupported,
        u"%1 was written by a newer Spillway (schema %2; this one knows schemas up to %3); update Spillway, or choose another folder with --state"_s
            .arg(file)
            .arg(found)
            .arg(newest));
}

} // namespace

Status refuseNewerSchema(Database& database, const QString& folder)
{
    initMigrationResources();
    const auto migrations = readMigrations(folder);
    if (!migrations)
        return tl::unexpected<Error>(migrations.error());
    const auto found = database.query<int>(versionOf);
    if (!found)
        return tl::unexpected<Error>(found.error());
    const int newest = migrations->back().version;
    return *found > newest ? tooNew(database.file(), *found, newest) : Status();
}

Result<bool> isOfOlderSchema(Database& database, const QString& folder)
{
    initMigrationResources();
    const auto migrations = readMigrations(folder);
    if (!migrations)
        return tl::unexpected<Error>(migrations.error());
    return database.query<bool>([&](SQLite::Database& db) { return versionOf(db) < migrations->back().version; });
}

Status Database::migrate(const QString& folder)
{
    initMigrationResources();
    const auto migrations = readMigrations(folder);
    if (!migrations)
        return tl::unexpected<Error>(migrations.error());
    const auto found = query<int>(versionOf);
    if (!found)
        return tl::unexpected<Error>(found.error());
    const int newest = migrations->back().version;
    if (*found > newest)
        return tooNew(m_file, *found, newest);
    if (*found > 0 && *found < newest) {
        if (const Status saved = backUp(*this, *found); !saved)
            return failWithin(u"backing up before an upgrade (nothing was changed)"_s, saved.error());
    }
    for (const Migration& migration : *migrations) {
        if (migration.version <= *found)
            continue;
        if (const Status applied = transaction([&](Database& self) { return apply(self, migration); }); !applied)
            return applied;
    }
    return {};
}

} // namespace spillway
