// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletterintake.h"

#include "model/deadletter/lettershelf.h"
#include "model/deadletter/lostrecords.h"
#include "model/store/checkpoint.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString purpose = u"dead-letters"_s;
constexpr qsizetype biteBytes = 64 * 1024; // is prepared while it is still near the processor
constexpr qsizetype batchBytes = 12 * 1024 * 1024;
constexpr Millis pollTimeout{250};
constexpr Millis stallLimit{30'000};
constexpr Millis lookAgainAfter{30'000};
constexpr std::size_t batchesInFlight = 3; // one being written, one waiting, one being decoded

} // namespace

/// Letters and the positions behind them, as the writer's thread gets them.
struct DeadLetterIntake::Batch
{
    QString clusterId;
    QString connection;
    LetterBatch letters;
    std::set<TopicPartition> moved;
    std::set<QString> recreated;        ///< topics of which it holds nothing
    std::vector<PassedOver> jumps;      ///< offsets passed over, whatever the reason
    std::vector<PassedOver> lost;       ///< of these: deleted before they were read
    std::vector<PassedOver> unreadable; ///< passed over because they cannot be decoded
    std::vector<Checkpoint> checkpoints;
    UtcTime seenAt;
    std::shared_ptr<LetterShelf> shelf; // second owner: the intake, and the batches before and after this one
    std::int64_t unrecognised = 0;
    std::int64_t added = 0;     // out
    std::int64_t recounted = 0; // out

    [[nodiscard]] Status store(Database& database);
};

Status DeadLetterIntake::Batch::store(Database& database)
{
    if (const Status status = database.guarded([&](SQLite::Database& db) { shelf->open(db); }); !status)
        return status;
    const auto stored = storeLetters(database, clusterId, connection, letters.letters(), seenAt, shelf.get());
    if (!stored)
        return tl::unexpected<Error>(stored.error());
    if (const Status status = keepPassedOver(database, PassedBecause::Lost, clusterId, connection, lost); !status)
        return status;
    if (const Status status = keepPassedOver(database, PassedBecause::Unreadable, clusterId, connection, unreadable);
        !status)
        return status;
    if (const Status status = saveCheckpoints(database, purpose, checkpoints); !status)
        return status;
    added = stored->added;
    recounted = stored->recounted;
    return database.guarded([&](SQLite::Database& db) { shelf->close(db); });
}

struct DeadLetterIntake::Pending
{
    std::shared_future<Status> outcome;
    std::shared_ptr<Batch> batch; // second owner: the writer's task
};

DeadLetterIntake::DeadLetterIntake(RecordSource& source, StoreWriter& store, const Catalog& catalog,
                                   const ConnectionSettings& settings, const DialectRegistry& dialects,
                                   const KindRules& kinds, const Clock& clock, const PayloadJudge* judge,
                                   const GroupingInUse* grouping)
    : m_source(source)
    , m_store(store)
    , m_settings(settings)
    , m_clock(clock)
    , m_catalog(catalog)
    , m_preparer(dialects, kinds, catalog, settings.deadLetters, judge, grouping)
    , m_targets(store.file())
    , m_shelf(std::make_shared<LetterShelf>())
{
    m_preparer.ask(&m_targets);
}

DeadLetterIntake::~DeadLetterIntake()
{
    for (Pending& pending : m_pending)
        pending.outcome.wait();
}

std::vector<TopicSelector> DeadLetterIntake::selectors() const
{
    std::vector<TopicSelector> topics;
    for (const DeadLetterTopic& topic : m_settings.deadLetters)
        topics.push_back(topic.selector);
    return topics;
}

/// Asks for the partitions and decides for each where to go on. Known ones go on where they are.
Result<BoundsReport> DeadLetterIntake::look(std::stop_token stop, DeadLetterIntakeReport& report)
{
    auto bounds = m_source.bounds(selectors(), stop);
    if (!bounds)
        return bounds;
    m_lookedAt = m_clock.now();
    report.failures.insert(report.failures.end(), bounds->failures.begin(), bounds->failures.end());
    if (m_clusterId != bounds->clusterId)
        m_follows.clear();
    m_clusterId = bounds->clusterId;

    std::map<TopicPartition, Checkpoint> checkpoints;
    const Status loaded = m_store.write(
        [&](Database& database) -> Status {
            if (!m_ownersAreFresh) {
                if (const Status status = refreshTeams(database, m_catalog); !status)
                    return status;
            }
            auto stored = loadCheckpoints(database, purpose);
            if (!stored)
                return tl::unexpected<Error>(stored.error());
            for (Checkpoint& checkpoint : *stored) {
                if (checkpoint.clusterId == m_clusterId)
                    checkpoints.emplace(TopicPartition{checkpoint.channel, checkpoint.partition},
                                        std::move(checkpoint));
            }
            return {};
        },
        0, stop);
    if (!loaded)
        return tl::unexpected<Error>(loaded.error());
    m_ownersAreFresh = true;

    std::map<TopicPartition, Follow> follows;
    std::set<QString> recreated;
    std::vector<TopicPartition> fresh;
    std::vector<PassedOver> lost;
    for (const PartitionBounds& partition : bounds->partitions) {
        Follow follow{.next = partition.logStart, .lastDigest = {}, .probe = {}, .logStart = partition.logStart};
        if (const auto known = m_follows.find(partition.at); known != m_follows.end()) {
            follow = known->second;
            follow.logStart = partition.logStart;
        } else if (const auto stored = checkpoints.find(partition.at); stored != checkpoints.end()) {
            const Offset next{stored->second.nextOffset};
            if (const auto gap = lostBetween(next, partition.logStart, partition.logStart)) {
                lost.push_back({partition.at, gap->first, gap->second, *m_lookedAt});
                fresh.push_back(partition.at);
            } else {
                follow.next = next;
                follow.lastDigest = stored->second.lastDigest;
            }
            if (follow.lastDigest && next > partition.logStart)
                follow.probe = Offset{next.value - 1};
        } else {
            fresh.push_back(partition.at); // what was deleted before, nobody here could have read
        }
        if (follow.next > partition.end)
            recreated.insert(partition.at.topic);
        follows.emplace(partition.at, follow);
    }
    m_follows = std::move(follows);
    if (const Status status = begin(fresh, lost, stop); !status) {
        m_follows.clear();
        m_lookedAt.reset();
        return tl::unexpected<Error>(status.error());
    }
    report.lost.insert(report.lost.end(), lost.begin(), lost.end());
    if (const Status status = startAgain(recreated, stop); !status)
        return tl::unexpected<Error>(status.error());
    return bounds;
}

/// Partitions that are read from their log's start: from now on it is known where reading stands in them.
Status DeadLetterIntake::begin(const std::vector<TopicPartition>& fresh, const std::vector<PassedOver>& lost,
                               std::stop_token stop)
{
    if (fresh.empty())
        return {};
    return m_store.write(
        [&](Database& database) -> Status {
            if (const Status status = keepPassedOver(database, PassedBecause::Lost, m_clusterId, m_settings.name, lost);
                !status)
                return status;
            std::vector<Checkpoint> checkpoints;
            for (const TopicPartition& at : fresh)
                checkpoints.push_back({m_clusterId, at.topic, at.partition, m_follows.at(at).next.value, std::nullopt});
            return saveCheckpoints(database, purpose, checkpoints);
        },
        0, stop);
}

Status DeadLetterIntake::assign()
{
    std::vector<Position> start;
    for (const auto& [at, follow] : m_follows)
        start.push_back({at, follow.probe.value_or(follow.next)});
    return m_source.assign(start);
}

/// These topics are not those that were read before: a new generation, from its start.
Status DeadLetterIntake::startAgain(const std::set<QString>& topics, std::stop_token stop)
{
    if (topics.empty())
        return {};
    for (auto& [at, follow] : m_follows) {
        if (topics.contains(at.topic))
            follow = {.next = follow.logStart, .lastDigest = {}, .probe = {}, .logStart = follow.logStart};
    }
    return m_store.write(
        [&](Database& database) -> Status {
            std::vector<Checkpoint> checkpoints;
            for (const auto& [at, follow] : m_follows) {
                if (topics.contains(at.topic))
                    checkpoints.push_back({m_clusterId, at.topic, at.partition, follow.next.value, std::nullopt});
            }
            for (const QString& topic : topics) {
                if (const Status status = startGeneration(database, m_clusterId, m_settings.name, topic); !status)
                    return status;
            }
            return saveCheckpoints(database, purpose, checkpoints);
        },
        0, stop);
}

/// Reading stands behind them, and nothing is known of the record before: at the next start none is held against it.
void DeadLetterIntake::passOver(const UnreadableRecords& records, Batch& batch)
{
    const auto known = m_follows.find(records.at);
    if (known == m_follows.end() || batch.recreated.contains(records.at.topic) || records.to <= known->second.next)
        return;
    Follow& follow = known->second;
    const Offset from = std::max(records.from, follow.next);
    if (from > follow.next)
        batch.jumps.push_back({records.at, follow.next, from, batch.seenAt});
    batch.unreadable.push_back({records.at, from, records.to, batch.seenAt});
    follow = {.next = records.to, .lastDigest = {}, .probe = {}, .logStart = follow.logStart};
    batch.moved.insert(records.at);
}

void DeadLetterIntake::follow(const TopicPartition& at, Follow& follow, RawRecord& record, Batch& batch)
{
    const Offset offset = record.offset;
    if (follow.probe) {
        if (offset == *follow.probe && recordDigest(record) != *follow.lastDigest) {
            batch.recreated.insert(at.topic);
            return;
        }
        if (offset >= *follow.probe)
            follow.probe.reset();
    }
    if (offset < follow.next)
        return;
    if (offset > follow.next)
        batch.jumps.push_back({at, follow.next, offset, batch.seenAt});
    PreparedLetter letter = m_preparer.prepare(std::move(record));
    follow.next = Offset{offset.value + 1};
    follow.lastDigest = letter.digest;
    batch.unrecognised += letter.facts.dialect == u"unrecognised" ? 1 : 0;
    batch.letters.add(std::move(letter));
}

std::shared_ptr<DeadLetterIntake::Batch> DeadLetterIntake::newBatch()
{
    std::shared_ptr<Batch> batch;
    if (m_spare.empty()) {
        batch = std::make_shared<Batch>();
    } else {
        batch = std::move(m_spare.back());
        m_spare.pop_back();
    }
    batch->clusterId = m_clusterId;
    batch->connection = m_settings.name;
    batch->seenAt = m_clock.now();
    batch->shelf = m_shelf;
    return batch;
}

qsizetype DeadLetterIntake::take(RecordBatch bite, Batch& batch)
{
    qsizetype sizeBytes = 0;
    for (const UnreadableRecords& records : bite.unreadable)
        passOver(records, batch);
    auto place = m_follows.end(); // records of one partition mostly follow each other
    for (RawRecord& record : bite.records) {
        sizeBytes += record.sizeBytes();
        if (place == m_follows.end() || place->first != record.at) {
            place = m_follows.find(record.at);
            if (place != m_follows.end())
                batch.moved.insert(place->first);
        }
        if (place == m_follows.end() || batch.recreated.contains(record.at.topic))
            continue;
        follow(place->first, place->second, record, batch);
    }
    for (const Position& position : bite.positions) {
        const auto known = m_follows.find(position.at);
        if (known == m_follows.end() || batch.recreated.contains(position.at.topic))
            continue;
        Follow& follow = known->second;
        if (follow.probe && position.next > *follow.probe)
            follow.probe.reset();
        if (position.next < follow.next && !follow.probe)
            batch.recreated.insert(position.at.topic); // the source fell back to a log that starts before what was read
        else if (position.next > follow.next) {
            batch.jumps.push_back({position.at, follow.next, position.next, batch.seenAt});
            follow.next = position.next;
        }
        batch.moved.insert(position.at);
    }
    return sizeBytes;
}

Status DeadLetterIntake::handOver(const std::shared_ptr<Batch>& batch, std::stop_token stop,
                                  DeadLetterIntakeReport& report)
{
    const std::set<QString> recreated = batch->recreated;
    if (!recreated.empty()) {
        batch->letters.dropTopics(recreated);
        batch->unrecognised =
            std::count_if(batch->letters.letters().begin(), batch->letters.letters().end(),
                          [](const PreparedLetter& letter) { return letter.facts.dialect == u"unrecognised"; });
    }
    if (const Status status = judgeJumps(*batch, stop, report); !status)
        return status;
    for (const TopicPartition& at : batch->moved) {
        const Follow& follow = m_follows.at(at);
        if (!recreated.contains(at.topic))
            batch->checkpoints.push_back({m_clusterId, at.topic, at.partition, follow.next.value, follow.lastDigest});
    }
    if (!batch->checkpoints.empty()) {
        // The writer takes them in order; what follows a batch that was not committed must not move on past its gap.
        m_last =
            m_store
                .enqueue(
                    [batch, before = m_last](Database& database) -> Status {
                        if (before.valid() && !before.get())
                            return fail(ErrorCode::Cancelled, u"an earlier batch of dead letters was not stored"_s);
                        return batch->store(database);
                    },
                    batch->letters.sizeBytes(), stop)
                .share();
        m_pending.push_back({m_last, batch});
    }
    if (recreated.empty())
        return {};
    // What is on its way belongs to the other topics; the new generation begins after it.
    if (const Status status = collect(0, report); !status)
        return status;
    if (const Status status = startAgain(recreated, stop); !status)
        return status;
    return assign();
}

/// Which of the offsets that reading passed over were deleted before it came to them. One offset is a transaction's
/// end; more may be an aborted transaction or compaction, or the log's start went by: then the broker is asked.
Status DeadLetterIntake::judgeJumps(Batch& batch, std::stop_token stop, DeadLetterIntakeReport& report)
{
    std::erase_if(batch.jumps, [&](const PassedOver& jump) { return batch.recreated.contains(jump.at.topic); });
    std::erase_if(batch.unreadable, [&](const PassedOver& each) { return batch.recreated.contains(each.at.topic); });
    const bool isUnclear = std::any_of(batch.jumps.begin(), batch.jumps.end(), [this](const PassedOver& jump) {
        return jump.atMost() > 1 && m_follows.at(jump.at).logStart <= jump.from;
    });
    if (isUnclear) {
        const auto bounds = m_source.bounds(selectors(), stop);
        if (!bounds) {
            // Read again once it answers: the position stays where it was.
            const Status stored = collect(0, report);
            startOver();
            return stored ? Status(tl::unexpected<Error>(bounds.error())) : stored;
        }
        for (const PartitionBounds& partition : bounds->partitions) {
            if (const auto known = m_follows.find(partition.at); known != m_follows.end())
                known->second.logStart = partition.logStart;
        }
    }
    for (const PassedOver& jump : batch.jumps) {
        if (const auto gap = lostBetween(jump.from, jump.to, m_follows.at(jump.at).logStart))
            batch.lost.push_back({jump.at, gap->first, gap->second, jump.noticedAt});
    }
    return {};
}

/// Waits until at most `mayStay` batches are on their way, and counts those that arrived.
Status DeadLetterIntake::collect(std::size_t mayStay, DeadLetterIntakeReport& report)
{
    std::optional<Error> first;
    while (!m_pending.empty() &&
           (first || m_pending.size() > mayStay ||
            m_pending.front().outcome.wait_for(std::chrono::seconds{0}) == std::future_status::ready)) {
        const Status status = m_pending.front().outcome.get();
        if (!status && !first)
            first = status.error();
        if (status) {
            report.deadLetters += m_pending.front().batch->added;
            report.recounted += m_pending.front().batch->recounted;
            report.unrecognised += m_pending.front().batch->unrecognised;
            const std::vector<PassedOver>& lost = m_pending.front().batch->lost;
            report.lost.insert(report.lost.end(), lost.begin(), lost.end());
            const std::vector<PassedOver>& unreadable = m_pending.front().batch->unreadable;
            report.unreadable.insert(report.unreadable.end(), unreadable.begin(), unreadable.end());
        }
        keepForLater(std::move(m_pending.front().batch));
        m_pending.pop_front();
    }
    if (!first)
        return {};
    startOver();
    return tl::unexpected<Error>(*first);
}

/// From the stored checkpoints: what was read after them was not stored. Nothing is on its way.
void DeadLetterIntake::startOver()
{
    m_follows.clear();
    m_lookedAt.reset();
    m_last = {};
    m_shelf = std::make_shared<LetterShelf>();
}

/// A full batch is followed by another one, mostly: its memory waits for that. Whoever follows a quiet topic keeps
/// none.
void DeadLetterIntake::keepForLater(std::shared_ptr<Batch> batch)
{
    if (batch->letters.sizeBytes() < batchBytes || m_spare.size() >= batchesInFlight) {
        m_spare.clear();
        return;
    }
    batch->letters.clear();
    batch->moved.clear();
    batch->recreated.clear();
    batch->jumps.clear();
    batch->lost.clear();
    batch->unreadable.clear();
    batch->checkpoints.clear();
    batch->unrecognised = 0;
    batch->added = 0;
    batch->recounted = 0;
    m_spare.push_back(std::move(batch));
}

Status DeadLetterIntake::pollOnce(Millis timeout, std::stop_token stop, DeadLetterIntakeReport& report)
{
    const std::shared_ptr<Batch> batch = newBatch();
    std::optional<Error> failure;
    bool isMore = true;
    while (isMore) {
        auto bite = m_source.poll(biteBytes, timeout, stop);
        if (!bite) {
            failure = bite.error();
            break;
        }
        report.failures.insert(report.failures.end(), bite->failures.begin(), bite->failures.end());
        isMore = take(std::move(*bite), *batch) >= biteBytes && batch->letters.sizeBytes() < batchBytes &&
                 batch->recreated.empty() && !stop.stop_requested();
        timeout = Millis{0}; // what is there already
    }
    if (const Status status = handOver(batch, stop, report); !status)
        return status;
    if (!failure)
        return collect(batchesInFlight - 1, report);
    const Status status = collect(0, report);
    return status ? Status(tl::unexpected<Error>(*failure)) : status;
}

Result<DeadLetterIntakeReport> DeadLetterIntake::catchUp(std::stop_token stop)
{
    DeadLetterIntakeReport report;
    if (m_settings.deadLetters.empty())
        return report;
    const auto bounds = look(stop, report);
    if (!bounds)
        return tl::unexpected<Error>(bounds.error());
    if (const Status status = assign(); !status)
        return tl::unexpected<Error>(status.error());

    std::map<TopicPartition, Offset> goals;
    for (const PartitionBounds& partition : bounds->partitions)
        goals.emplace(partition.at, partition.lastStable);
    const auto isThere = [this](const auto& goal) {
        const auto known = m_follows.find(goal.first);
        return known == m_follows.end() || (!known->second.probe && known->second.next >= goal.second);
    };
    UtcTime movedAt = m_clock.now();
    while (!stop.stop_requested()) {
        std::erase_if(goals, isThere);
        if (goals.empty())
            break;
        const std::size_t failuresBefore = report.failures.size();
        const auto before = m_follows;
        if (const Status status = pollOnce(pollTimeout, stop, report); !status) {
            if (stop.stop_requested() && status.error().code == ErrorCode::Cancelled)
                break;
            return tl::unexpected<Error>(status.error());
        }
        for (std::size_t i = failuresBefore; i < report.failures.size(); ++i)
            std::erase_if(goals, [&](const auto& goal) { return goal.first.topic == report.failures[i].topic; });
        if (before != m_follows)
            movedAt = m_clock.now();
        else if (m_clock.now() - movedAt > stallLimit) {
            if (const Status status = collect(0, report); !status)
                return tl::unexpected<Error>(status.error());
            return fail(
                ErrorCode::TimedOut,
                u"%1: %2 [%3] gave no record for 30 s though it has some up to offset %4; what came before is stored; is its leader up?"_s
                    .arg(m_settings.name, goals.begin()->first.topic)
                    .arg(goals.begin()->first.partition)
                    .arg(goals.begin()->second.value));
        }
    }
    if (const Status status = collect(0, report); !status)
        return tl::unexpected<Error>(status.error());
    return report;
}

Result<DeadLetterIntakeReport> DeadLetterIntake::step(Millis timeout, std::stop_token stop)
{
    DeadLetterIntakeReport report;
    if (m_settings.deadLetters.empty())
        return report;
    const UtcTime now = m_clock.now();
    if (!m_lookedAt || now - *m_lookedAt >= lookAgainAfter || now < *m_lookedAt) {
        const bool isFirst = !m_lookedAt;
        const std::map<TopicPartition, Follow> known = m_follows;
        const auto bounds = look(stop, report);
        if (!bounds)
            return tl::unexpected<Error>(bounds.error());
        // The log's start moves on by itself; that alone is no reason to begin reading anew.
        const bool isSame = std::equal(
            known.begin(), known.end(), m_follows.begin(), m_follows.end(),
            [](const auto& a, const auto& b) { return a.first == b.first && a.second.next == b.second.next; });
        if (isFirst || !isSame) {
            if (const Status status = assign(); !status)
                return tl::unexpected<Error>(status.error());
        }
    }
    if (const Status status = pollOnce(timeout, stop, report); !status) {
        // A stop is no failure: what was on its way has been stored, and is told.
        if (stop.stop_requested() && status.error().code == ErrorCode::Cancelled)
            return report;
        return tl::unexpected<Error>(status.error());
    }
    return report;
}

Result<DeadLetterIntakeReport> DeadLetterIntake::settle()
{
    DeadLetterIntakeReport report;
    if (const Status status = collect(0, report); !status)
        return tl::unexpected<Error>(status.error());
    return report;
}

} // namespace spillway
