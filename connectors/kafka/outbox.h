// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/client.h"
#include "model/broker/record.h"
#include "model/replay/replaytarget.h"

#include <set>
#include <span>

namespace spillway::kafka {

/// The producer of one replay job. After an error that leaves the outcome open it is of no use any more: destroy it,
/// make a new one and look at what was committed.
class Outbox
{
public:
    enum class Mode { Transactional, Idempotent };

    /// Transactional: fences any older producer of this job and aborts what it left open, which may take seconds.
    [[nodiscard]] static Result<std::unique_ptr<Outbox>> open(std::shared_ptr<Site> site, const QString& jobId,
                                                              Mode mode, std::stop_token stop);

    [[nodiscard]] bool isUsable() const { return m_isUsable; }

    /// Sends records in order. Transactional: with them the offsets, all or nothing. Idempotent: returns when all are
    /// acknowledged; after an error some may have been.
    /// @return where each record landed; offset -1 where the broker acknowledged a record that it had from an earlier
    /// attempt
    [[nodiscard]] Result<std::vector<LandedAt>> send(std::span<const OutgoingRecord> records,
                                                     std::span<const Position> sentBelow, std::stop_token stop);

    /// Tries whether progress may be noted, and takes it back: needs Read on the job's group and on the topic.
    /// Transactional only.
    [[nodiscard]] Status probe(const Position& position);

private:
    struct Batch
    {
        std::vector<LandedAt> landed;
        size_t reported = 0;
        std::optional<std::pair<size_t, rd_kafka_resp_err_t>> failure; ///< index and code of the first that counts
        [[nodiscard]] bool isComplete() const { return reported == landed.size(); }
    };
    Outbox(QString jobId, Mode mode)
        : m_jobId(std::move(jobId))
        , m_mode(mode)
    {
    }
    [[nodiscard]] Status initialise(std::stop_token stop);
    void acquaint(std::span<const OutgoingRecord> records, const std::stop_token& stop);
    [[nodiscard]] Status produceAll(std::span<const OutgoingRecord> records);
    [[nodiscard]] rd_kafka_resp_err_t produce(const OutgoingRecord& record, size_t index);
    /// Until every record is acknowledged or refused, the transaction has failed, or time is up.
    void awaitReports(const std::stop_token& stop);
    [[nodiscard]] Status sendOffsets(std::span<const Position> sentBelow);
    [[nodiscard]] Status commit();
    [[nodiscard]] Error explainDelivery(std::span<const OutgoingRecord> records);
    [[nodiscard]] Error explainRefusal(std::span<const OutgoingRecord> records);
    /// What an error means for the transaction: aborted (and the producer goes on), taken over, or open.
    [[nodiscard]] Error settle(ErrorHandle error, const QString& what);
    [[nodiscard]] Error explain(rd_kafka_resp_err_t code, const QString& what);
    [[nodiscard]] Error abortAfter(Error error);
    [[nodiscard]] bool isOverdue() const;

    QString m_jobId;
    Mode m_mode;
    bool m_isUsable = true;
    std::uint32_t m_generation = 0; ///< tells reports of an earlier batch
    Batch m_batch;
    std::set<QString> m_known; ///< topics whose leaders were asked for
    std::chrono::steady_clock::time_point m_begun;
    std::unique_ptr<Client> m_client; // last: its callbacks write above
};

/// `spillway.replay.<job>`: transactional id and consumer group of a job.
[[nodiscard]] QString replayName(const QString& jobId);

} // namespace spillway::kafka
