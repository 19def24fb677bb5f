// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/care/storeprune.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/passedover.h"
#include "model/deadletter/topicstore.h"
#include "model/lag/lagretention.h"
#include "model/replay/replayjobs.h"
#include "model/slo/processingretention.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis shortestHistory{7LL * 24 * 3'600'000};

/// Everything that is sampled, kept for so long.
Result<std::int64_t> pruneSamples(StoreWriter& store, UtcTime now, Millis kept, const std::stop_token& stop)
{
    const auto lag = pruneLag(store, now, kept, stop);
    if (!lag)
        return tl::unexpected<Error>(lag.error());
    const auto processing = pruneProcessing(store, now, kept, stop);
    if (!processing)
        return tl::unexpected<Error>(processing.error());
    std::int64_t topics = 0;
    const Status thinned = store.write([&](Database& database) -> Status {
        const auto logs = thinTopicHistory(database, now, now - kept);
        if (!logs)
            return tl::unexpected<Error>(logs.error());
        const auto passed = thinPassedOver(database, now - kept);
        if (!passed)
            return tl::unexpected<Error>(passed.error());
        topics = *logs + *passed;
        return {};
    });
    if (!thinned)
        return tl::unexpected<Error>(thinned.error());
    return lag->endsRemoved + lag->pointsRemoved + lag->samplesRemoved + *processing + topics;
}

Status compact(StoreWriter& store)
{
    return store.alone([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("VACUUM");
            // Where somebody reads an older state the log is cut later: nothing is lost by it.
            (void)sqlite3_wal_checkpoint_v2(db.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        });
    });
}

std::int64_t olderThan(SQLite::Database& db, const char* sql, std::int64_t oldestMs)
{
    SQLite::Statement select(db, sql);
    select.bind(1, oldestMs);
    return select.executeStep() ? select.getColumn(0).getInt64() : 0;
}

} // namespace

Result<PruneReport> pruneStore(Ledger& ledger, StoreWriter& store, const PruneRequest& request, std::stop_token stop)
{
    PruneReport report{.maxBytes = request.retention.maxSizeBytes};
    const auto samples = pruneSamples(store, request.now, request.retention.samples, stop);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    report.sampleRows = *samples;
    const auto letters =
        pruneLetters(ledger, store, request.retention, jobHoldsLetter, request.now, request.actor, stop);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    report.letters = *letters;
    for (Millis kept = request.retention.samples / 2;
         report.letters.isOverSize && kept >= shortestHistory && !stop.stop_requested(); kept /= 2) {
        const auto more = pruneSamples(store, request.now, kept, stop);
        if (!more)
            return tl::unexpected<Error>(more.error());
        report.sampleRows += *more;
        report.samplesKept = kept;
        const auto size = storeSize(store.file());
        if (!size)
            return tl::unexpected<Error>(size.error());
        report.letters.usedBytes = size->usedBytes;
        report.letters.isOverSize = size->usedBytes > request.retention.maxSizeBytes;
    }
    if (request.compacts && !stop.stop_requested()) {
        if (const Status compacted = compact(store); !compacted)
            return failWithin(u"what is not kept is dropped, but the file could not be made smaller"_s,
                              compacted.error());
    }
    report.fileBytes = QFileInfo(store.file()).size();
    return report;
}

Result<PruneReport> previewPrune(Database& reader, const QString& ledgerFile, const PruneRequest& request)
{
    PruneReport report{
        .isDryRun = true, .fileBytes = QFileInfo(reader.file()).size(), .maxBytes = request.retention.maxSizeBytes};
    const std::int64_t oldestMs = toMs(request.now - request.retention.samples);
    const auto samples = reader.query<std::int64_t>([oldestMs](SQLite::Database& db) {
        std::int64_t rows = 0;
        // The last value of a series stays whatever its age.
        for (const char* sql : {
                 "SELECT count(*) FROM lag_end e WHERE at_ms < ?1 AND EXISTS (SELECT 1 FROM lag_end l"
                 " WHERE l.partition_id = e.partition_id AND l.end_offset > e.end_offset)",
                 "SELECT count(*) FROM lag_history h WHERE at_ms < ?1 AND EXISTS (SELECT 1 FROM lag_history l"
                 " WHERE l.group_id = h.group_id AND l.topic_id = h.topic_id AND l.at_ms > h.at_ms)",
                 "SELECT count(*) FROM lag_sample WHERE taken_at_ms < ?1",
                 "SELECT count(*) FROM lost_before_read WHERE noticed_at_ms < ?1",
                 "SELECT count(*) FROM unreadable_record WHERE noticed_at_ms < ?1",
                 "SELECT count(*) FROM processing_record WHERE processed_at_ms < ?1 / 86400000 * 86400000",
                 "SELECT count(*) FROM processing_sum WHERE start_ms < ?1 / 86400000 * 86400000",
                 "SELECT count(*) FROM broker_topic_log t WHERE at_ms < ?1 AND EXISTS (SELECT 1 FROM broker_topic_log l"
                 " WHERE l.topic_id = t.topic_id AND l.partition = t.partition AND l.at_ms > t.at_ms)",
             })
            rows += olderThan(db, sql, oldestMs);
        return rows;
    });
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    report.sampleRows = *samples;
    const auto letters = previewPruneLetters(ledgerFile, reader, request.retention, jobHoldsLetter, request.now);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    report.letters = *letters;
    return report;
}

QByteArray pruneReportJson(const PruneReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"dryRun", report.isDryRun)
        .field(u"sampleRows", report.sampleRows)
        .field(u"letters", report.letters.byAge + report.letters.bySize)
        .field(u"lettersByAge", report.letters.byAge)
        .field(u"lettersBySize", report.letters.bySize)
        .field(u"letterBytes", report.letters.bytes)
        .field(u"usedBytes", report.letters.usedBytes)
        .field(u"fileBytes", report.fileBytes)
        .field(u"maxBytes", report.maxBytes)
        .field(u"overSize", report.letters.isOverSize)
        .field(u"samplesKeptMs",
               report.samplesKept ? std::optional(std::int64_t{report.samplesKept->count()}) : std::nullopt)
        .endObject();
    return json.json();
}

} // namespace spillway
