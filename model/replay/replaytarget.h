// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/capabilities.h"
#include "model/broker/record.h"

#include <map>
#include <span>
#include <stop_token>
#include <vector>

namespace spillway {

/// A message on its way back. Bytes are sent as they are.
struct OutgoingRecord
{
    QString topic;
    std::optional<int> partition; ///< nullopt: murmur2 over the key as Java clients do, random without key
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
    Headers headers;
};

/// What a target says after `begin`.
struct ReplayProgress
{
    /// Per dead-letter partition: everything selected below this offset has been sent. Empty when the broker knows of
    /// no progress.
    std::map<TopicPartition, Offset> sentBelow;
    /// Whether `sentBelow` is the broker's word, committed together with the messages. False: only the ledger knows.
    bool isAtomic = false;
};

/// Where a message came to lie in the target.
struct LandedAt
{
    TopicPartition at;
    Offset offset;
    friend bool operator==(const LandedAt&, const LandedAt&) = default;
};

/// Committed messages in the targets that bear a job's replay header, by the letter they came from.
struct ReplayVerification
{
    /// `spillway-replay-of` header value -> every place it was found. One place is right.
    std::map<QByteArray, std::vector<LandedAt>> found;
};

/// Sends a job's messages exactly once where the broker can, and says where it cannot.
/// One job, one object, one thread. Errors: Unreachable and TimedOut are indefinite (call `begin` again and look);
/// Conflict means another process took the job over: stop; Unauthorised names the missing right as a `kafka-acls` line;
/// Unsupported: the topic will never take this message.
class ReplayTarget
{
public:
    virtual ~ReplayTarget() = default;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;

    /// Partition counts of the targets (to decide whether the origin's partition exists). NotFound for a missing topic,
    /// Unsupported for one that brokers keep for themselves.
    [[nodiscard]] virtual Result<int> partitionCount(const QString& topic, std::stop_token stop) = 0;
    /// End offsets of a topic now, for `verify` to start from.
    [[nodiscard]] virtual Result<std::vector<Position>> ends(const QString& topic, std::stop_token stop) = 0;

    /// Opens the job (again): fences any older process with the same id, aborts what it left open, then asks for
    /// progress.
    [[nodiscard]] virtual Result<ReplayProgress> begin(const QString& jobId, std::stop_token stop) = 0;

    /// One transaction: the records in order, and with them the next dead-letter offset per partition.
    /// Success means committed, and gives where each record landed, in the order of `records`. Cancelled means nothing
    /// of it was committed.
    [[nodiscard]] virtual Result<std::vector<LandedAt>>
    sendBatch(std::span<const OutgoingRecord> records, std::span<const Position> sentBelow, std::stop_token stop) = 0;

    /// Reads the targets from these positions to their ends, committed records only, and counts by replay header.
    [[nodiscard]] virtual Result<ReplayVerification> verify(const QString& jobId, const std::vector<Position>& from,
                                                            std::stop_token stop) = 0;

    /// The job is over: its group is deleted. Not found is success.
    [[nodiscard]] virtual Status close(const QString& jobId, std::stop_token stop) = 0;
};

} // namespace spillway
