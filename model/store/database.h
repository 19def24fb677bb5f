// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <SQLiteCpp/Database.h>

#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace spillway {

/// One SQLite connection. Owned by one thread. SQLiteCpp's exceptions stop at `guarded`; subjects write their SQL
/// beside their statements with `raw()` inside it.
class Database
{
public:
    enum class Access {
        Writer,        ///< WAL, synchronous=NORMAL: survives a kill, may lose the last commits on power loss
        DurableWriter, ///< WAL, synchronous=FULL: the ledger
        Reader,        ///< read-only; never checkpoints
    };

    /// Opens (a writer also creates) the file, mode 0600. Unreachable, Corrupt or Conflict with what to do; NotFound for a reader before
    /// the first writer.
    [[nodiscard]] static Result<Database> open(const QString& file, Access access);

    [[nodiscard]] SQLite::Database& raw() { return *m_database; }
    [[nodiscard]] const QString& file() const { return m_file; }

    /// Runs SQL; a SQLite exception becomes Corrupt, Unreachable (disk full, read-only), TimedOut (locked), Cancelled
    /// (interrupted) or Internal.
    [[nodiscard]] Status guarded(const std::function<void(SQLite::Database&)>& work);
    /// The same inside BEGIN IMMEDIATE … COMMIT; any failure rolls back. `work` may fail on its own account.
    [[nodiscard]] Status transaction(const std::function<Status(Database&)>& work);

    /// For reads: the value that `work` makes.
    template<typename T>
    [[nodiscard]] Result<T> query(const std::function<T(SQLite::Database&)>& work)
    {
        std::optional<T> value;
        const Status status = guarded([&](SQLite::Database& db) { value.emplace(work(db)); });
        if (!status)
            return tl::unexpected<Error>(status.error());
        return std::move(*value);
    }

    /// Applies what is missing of `folder` (Qt resource path; files `NNNN_name.sql`, each whole, in order, with
    /// user_version in the same transaction). Backs the file up before changing an existing one; refuses a newer file
    /// in plain words.
    [[nodiscard]] Status migrate(const QString& folder);

private:
    Database(QString file, std::unique_ptr<SQLite::Database> database)
        : m_file(std::move(file))
        , m_database(std::move(database))
    {
    }
    QString m_file;
    std::unique_ptr<SQLite::Database> m_database;
};

} // namespace spillway
