// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/recordsource.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/kindrules.h"
#include "model/deadletter/letterbatch.h"
#include "model/deadletter/letterowner.h"
#include "model/deadletter/passedover.h"
#include "model/deadletter/replayorigin.h"
#include "model/deadletter/textpool.h"
#include "model/schema/payloadjudge.h"
#include "model/store/storewriter.h"

#include <deque>
#include <future>
#include <map>
#include <memory>
#include <set>

namespace spillway {

struct DeadLetterIntakeReport
{
    std::int64_t deadLetters = 0;       ///< new ones, stored durably
    std::int64_t unrecognised = 0;      ///< of these: no dialect fits
    std::int64_t recounted = 0;         ///< StoredLetters::recounted
    std::vector<PassedOver> lost;       ///< deleted by the broker before they were read; noted durably
    std::vector<PassedOver> unreadable; ///< passed over because they cannot be decoded; noted durably
    std::vector<TopicFailure> failures; ///< topics that could not be read; the rest was
    friend bool operator==(const DeadLetterIntakeReport&, const DeadLetterIntakeReport&) = default;
};

/// The mapping of a channel: of the entry that names it, else of the first whose pattern fits; null when that has none.
/// It lives in `topics`.
[[nodiscard]] const DeadLetterMapping* mappingOfChannel(const std::vector<DeadLetterTopic>& topics,
                                                        const QString& channel);

/// Makes letters of records: dialect or mapping, owner, schema verdict, kind, fingerprint. One thread.
class LetterPreparer
{
public:
    /// All arguments outlive the preparer.
    /// @param grouping  null: without rules.
    LetterPreparer(const DialectRegistry& dialects, const KindRules& kinds, const Catalog& catalog,
                   const std::vector<DeadLetterTopic>& topics, const PayloadJudge* judge = nullptr,
                   const GroupingInUse* grouping = nullptr);

    /// Who says where replays were sent to, for letters that came out of them. Null, as at first: nobody. Outlives the
    /// preparer.
    void ask(ReplayTargets* targets) { m_targets = targets; }

    [[nodiscard]] PreparedLetter prepare(RawRecord record);
    [[nodiscard]] const DeadLetterMapping* mappingOf(const QString& channel);

private:
    void number(PreparedLetter& letter);

    const DialectRegistry& m_dialects;
    DialectStream m_stream;
    KindSorter m_kinds;
    int m_mostReplays; // more of them tell no rule anything
    const std::vector<DeadLetterTopic>& m_topics;
    OwnerResolver m_owners;
    const PayloadJudge* m_judge; // null: there are no schemas
    const GroupingInUse* m_grouping;
    ReplayTargets* m_targets = nullptr;
    std::uint64_t m_groupingGeneration = 0;
    Fingerprinter m_fingerprinter;
    std::map<QString, const DeadLetterMapping*> m_mappings;
    TextPool m_texts;
    TextNumbers m_facets;
    TextNumbers m_strains;
};

/// Follows the dead-letter topics of one connection into the store: letters and the position behind them in one
/// transaction, so that a kill loses nothing and stores nothing twice. What the broker deleted before it could be read
/// is noted in the transaction that moves the position past it; what was gone before a partition was first looked at is
/// no loss. Decoding runs in the calling thread while the
/// writer stores the batch before. One thread.
class DeadLetterIntake
{
public:
    /// All arguments outlive the intake.
    DeadLetterIntake(RecordSource& source, StoreWriter& store, const Catalog& catalog,
                     const ConnectionSettings& settings, const DialectRegistry& dialects, const KindRules& kinds,
                     const Clock& clock, const PayloadJudge* judge = nullptr, const GroupingInUse* grouping = nullptr);
    ~DeadLetterIntake();

    /// Reads up to the last stable offsets seen at its start, by position, and waits until all is stored. A connection
    /// without dead-letter topics has nothing to read. Unreachable when the broker does not answer; TimedOut when a
    /// partition did not move for 30 s; what was read until then is stored.
    [[nodiscard]] Result<DeadLetterIntakeReport> catchUp(std::stop_token stop);

    /// One poll, handed to the store; reports what has been stored since the last call. Looks for new topics and
    /// partitions every 30 s.
    [[nodiscard]] Result<DeadLetterIntakeReport> step(Millis timeout, std::stop_token stop);

    /// Waits until what was read is stored, and reports it.
    [[nodiscard]] Result<DeadLetterIntakeReport> settle();

private:
    struct Batch;
    struct Pending;
    struct Follow
    {
        Offset next;                             ///< to be read
        std::optional<std::uint64_t> lastDigest; ///< of the record before `next`
        /// The record before the checkpoint is read again: another one there means another topic of the same name.
        std::optional<Offset> probe;
        Offset logStart; ///< as it was asked last
        friend bool operator==(const Follow&, const Follow&) = default;
    };

    [[nodiscard]] Result<BoundsReport> look(std::stop_token stop, DeadLetterIntakeReport& report);
    [[nodiscard]] Status begin(const std::vector<TopicPartition>& fresh, const std::vector<PassedOver>& lost,
                               std::stop_token stop);
    [[nodiscard]] Status judgeJumps(Batch& batch, std::stop_token stop, DeadLetterIntakeReport& report);
    [[nodiscard]] Status assign();
    [[nodiscard]] Status pollOnce(Millis timeout, std::stop_token stop, DeadLetterIntakeReport& report);
    [[nodiscard]] std::shared_ptr<Batch> newBatch();
    void keepForLater(std::shared_ptr<Batch> batch);
    /// @return how many bytes of records there were.
    qsizetype take(RecordBatch bite, Batch& batch);
    void passOver(const UnreadableRecords& records, Batch& batch);
    void follow(const TopicPartition& at, Follow& follow, RawRecord& record, Batch& batch);
    [[nodiscard]] Status handOver(const std::shared_ptr<Batch>& batch, std::stop_token stop,
                                  DeadLetterIntakeReport& report);
    [[nodiscard]] Status startAgain(const std::set<QString>& topics, std::stop_token stop);
    [[nodiscard]] Status collect(std::size_t mayStay, DeadLetterIntakeReport& report);
    void startOver();
    [[nodiscard]] std::vector<TopicSelector> selectors() const;

    RecordSource& m_source;
    StoreWriter& m_store;
    const ConnectionSettings& m_settings;
    const Clock& m_clock;
    const Catalog& m_catalog;
    LetterPreparer m_preparer;
    ReplayTargets m_targets;
    QString m_clusterId;
    std::map<TopicPartition, Follow> m_follows;
    std::deque<Pending> m_pending;               // handed to the writer, oldest first
    std::shared_future<Status> m_last;           // of the batch handed over last
    std::shared_ptr<LetterShelf> m_shelf;        // second owner: the batches on their way
    std::vector<std::shared_ptr<Batch>> m_spare; // stored, their memory kept for the next ones
    std::optional<UtcTime> m_lookedAt;
    bool m_ownersAreFresh = false;
};

} // namespace spillway
