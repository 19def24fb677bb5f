// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/recordsource.h"
#include "model/catalog/catalog.h"
#include "model/slo/processingbook.h"
#include "model/store/checkpoint.h"
#include "model/store/storewriter.h"
#include "model/workspace/workspace.h"

#include <map>
#include <memory>
#include <set>
#include <stop_token>

namespace spillway {

/// What one call brought into the store.
struct ProcessingReport
{
    std::int64_t records = 0;           ///< read and counted
    std::int64_t unreadable = 0;        ///< counted and kept as samples
    bool isAtEnd = true;                ///< catchUp: every partition was read to the end seen at its start
    std::vector<TopicFailure> failures; ///< the other topics were read
};

/// Reads a connection's processing-log topics into the store. The place read up to moves in the transaction that holds
/// the counts: a kill at any moment counts nothing twice and drops nothing. One thread.
class ProcessingIntake
{
public:
    /// @param source, writer, clock  outlive this.
    /// @param topics  what `source` calls them; empty makes the intake idle.
    ProcessingIntake(RecordSource& source, StoreWriter& writer, Catalog catalog, std::vector<TopicSelector> topics,
                     const Clock& clock);
    /// The same for the processing-log topics that a connection names; a log in a file has its own source and intake.
    ProcessingIntake(RecordSource& source, StoreWriter& writer, Catalog catalog, const ConnectionSettings& settings,
                     const Clock& clock);
    ~ProcessingIntake();

    /// Nothing to read: the connection names no processing-log topic.
    [[nodiscard]] bool isIdle() const { return m_topics.empty(); }

    /// Reads to the last stable offsets seen at its start, by position, not by waiting for a last record. When stopped
    /// or when the broker goes away in between, what was read is stored and `isAtEnd` is false (with the failure
    /// named). Error: nothing could be read or stored.
    [[nodiscard]] Result<ProcessingReport> catchUp(std::stop_token stop);

    /// One poll, stored.
    [[nodiscard]] Result<ProcessingReport> step(Millis timeout, std::stop_token stop);

private:
    struct Place
    {
        Offset next;                             ///< the next record to count
        std::optional<std::uint64_t> lastDigest; ///< of the record before it
        Offset position; ///< where the source stands: one before `next` while that record is checked
        Offset logStart;
        bool isReplaced = false; ///< the record before `next` is another one: the topic was made anew
    };

    [[nodiscard]] Result<std::vector<PartitionBounds>> look(ProcessingReport& report, std::stop_token stop);
    [[nodiscard]] Status loadPlaces(std::stop_token stop);
    [[nodiscard]] Status assign();
    [[nodiscard]] Status take(const RecordBatch& batch, ProcessingReport& report);
    void takeRecord(const RawRecord& record, Place& place, ProcessingReport& report);
    [[nodiscard]] Status store(std::stop_token stop);

    RecordSource& m_source;
    StoreWriter& m_writer;
    Catalog m_catalog;
    const Clock& m_clock;
    std::vector<TopicSelector> m_topics;
    QString m_clusterId;
    std::map<TopicPartition, Checkpoint> m_stored; // of this cluster, as the store has them
    std::map<TopicPartition, Place> m_places;      // of what was read, stored or not yet
    std::set<TopicPartition> m_moved;              // since the last store
    ProcessingRecordReader m_reader;
    ProcessingBatch m_batch; // read and not yet stored
    qsizetype m_batchBytes = 0;
    std::shared_ptr<ProcessingBook> m_book; // shared with the task in the writer's queue
    std::optional<UtcTime> m_lookedAt;      // for `step`: when partitions were listed last
};

} // namespace spillway
