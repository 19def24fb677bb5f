// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/letterstore.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <SQLiteCpp/Statement.h>

#include <QStringList>

#include <optional>
#include <stop_token>

/// Erases what one letter says: payload, key, headers, error message, stack, and the payload that was rescued for it.
/// Its place, times, classes, owner, group and decisions stay. First an event `deadletter.purged` in the ledger (who,
/// when, why; no digest of what was erased: a short payload could be guessed by it), then the rows, then the bytes in
/// the file: overwritten, and the write-ahead log cut to nothing. What is read again later is stored without its bytes.
namespace spillway {

struct PurgeReport
{
    QString letterId;
    LetterErasure erasure;
    bool isNew = true;         ///< false: it was erased before, and only the files were seen to again
    std::int64_t bytes = 0;    ///< payload, key and headers as they were
    QStringList sameElsewhere; ///< letters that hold the same payload, at most 100
    QStringList backups;       ///< earlier copies in the state folder in which it was erased too
    QStringList left;          ///< what may still hold the bytes, each with what to do; empty: nothing of ours
    friend bool operator==(const PurgeReport&, const PurgeReport&) = default;
};

/// Erases the letter `id` (as `deadLetter` takes it). A letter that was erased before is no error: what a killed
/// process left undone is done. Blocks; waits up to 10 seconds for readers of the write-ahead log. Errors:
/// InvalidConfig without a reason or for what is no id; NotFound.
[[nodiscard]] Result<PurgeReport> purgeLetter(Ledger& ledger, StoreWriter& store, const QString& id,
                                              const QString& reason, const QString& actor, std::stop_token stop);

/// Applies `deadletter.purged` events that the store lacks, and finishes what a killed process began: the bytes of
/// erased letters are in none of the store's files afterwards. Does nothing where nothing is left to do.
[[nodiscard]] Status catchUpPurges(const Ledger& ledger, StoreWriter& store);

/// Whether the bytes of all erased letters are known to be gone from the store's files.
[[nodiscard]] Result<bool> arePurgesFinished(Database& reader);

/// `{ id, erasedAt, by, reason, bytes, isNew, sameElsewhere, backups, left }`
[[nodiscard]] QByteArray purgeReportJson(const PurgeReport& report);

/// Which letters come without their bytes, while a batch is stored. One transaction's.
class PurgedLetters
{
public:
    explicit PurgedLetters(SQLite::Database& db);
    /// What is kept of a letter that was erased; nullopt: it was not.
    [[nodiscard]] std::optional<PreparedLetter> bare(const QString& clusterId, const PreparedLetter& letter);
    /// The rows just stored for those are marked as erased.
    void finish();

private:
    struct Erased
    {
        QString letterId;
        std::int64_t seq = 0;
    };
    SQLite::Database& m_db;
    std::optional<SQLite::Statement> m_find; ///< none: nothing was ever erased
    std::vector<Erased> m_erased;
};

} // namespace spillway
