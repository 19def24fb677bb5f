// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/slo/processingrecord.h"
#include "model/store/database.h"

#include <QByteArray>
#include <QHash>

#include <memory>
#include <optional>
#include <vector>

namespace spillway {

/// A record that could not be read, with its place.
struct UnreadableRecord
{
    QString channel;
    int partition = 0;
    std::int64_t offset = 0;
    qsizetype sizeBytes = 0;
    QString reason;    ///< quotes nothing of the record
    QByteArray sample; ///< its first bytes
    friend bool operator==(const UnreadableRecord&, const UnreadableRecord&) = default;
};

/// Records of one channel, read together.
struct ProcessingBatch
{
    struct Entry
    {
        QString channel;
        ProcessingRecord record;
    };
    std::vector<Entry> records;
    std::vector<UnreadableRecord> unreadable;
};

/// The processing log's tables. Sums are kept with the targets that ownership.yaml names now; when one changes, its
/// sums are made anew from the records, so that counts are exact for any target. Exact duplicates (the same attempt
/// logged twice) count twice: the log is counted as told. When a transaction fails, throw the book away and make a new
/// one. One thread at a time.
class ProcessingBook
{
public:
    /// Reads the pairs and brings sums up to date with the catalog's targets; call it inside a transaction.
    [[nodiscard]] static Result<std::unique_ptr<ProcessingBook>> open(Database& database, const Catalog& catalog);

    /// Adds a batch; call it in the transaction that moves the checkpoints.
    [[nodiscard]] Status enter(Database& database, const QString& clusterId, const ProcessingBatch& batch, UtcTime now);

private:
    struct Pair
    {
        std::int64_t id = 0;
        std::optional<double> targetMs;
    };

    ProcessingBook() = default;
    Pair& pair(SQLite::Database& db, const QString& consumer, const QString& eventType);
    void followTargets(SQLite::Database& db);
    void enterUnreadable(SQLite::Database& db, const QString& clusterId, const ProcessingBatch& batch, UtcTime now);

    Catalog m_catalog;
    QHash<std::pair<QString, QString>, Pair> m_pairs;
};

/// How many unreadable records are kept as samples, the newest.
inline constexpr int keptUnreadable = 200;
/// Bytes kept of each.
inline constexpr qsizetype keptUnreadableBytes = 512;

} // namespace spillway
