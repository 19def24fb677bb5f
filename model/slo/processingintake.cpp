// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingintake.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString purpose = u"processing-log"_s;
constexpr qsizetype pollBytes = 4 << 20;
constexpr Millis pollTimeout{250};
constexpr std::size_t recordsPerTransaction = 20'000;
constexpr qsizetype bytesPerTransaction = 8 << 20;
/// So many polls in a row without a step: the broker answers but does not deliver.
constexpr int emptyPollsUntilGivingUp = 120;
constexpr Millis partitionsAreListedEvery{60'000};

std::vector<TopicSelector> topicsOf(const ConnectionSettings& settings)
{
    std::vector<TopicSelector> topics;
    for (const ProcessingLogSettings& log : settings.processingLogs) {
        if (log.kind == ProcessingLogSettings::Kind::KafkaTopic)
            topics.push_back({log.topic, {}});
    }
    return topics;
}

} // namespace

ProcessingIntake::ProcessingIntake(RecordSource& source, StoreWriter& writer, Catalog catalog,
                                   std::vector<TopicSelector> topics, const Clock& clock)
    : m_source(source)
    , m_writer(writer)
    , m_catalog(std::move(catalog))
    , m_clock(clock)
    , m_topics(std::move(topics))
{
}

ProcessingIntake::ProcessingIntake(RecordSource& source, StoreWriter& writer, Catalog catalog,
                                   const ConnectionSettings& settings, const Clock& clock)
    : ProcessingIntake(source, writer, std::move(catalog), topicsOf(settings), clock)
{
}

ProcessingIntake::~ProcessingIntake() = default;

Status ProcessingIntake::loadPlaces(std::stop_token stop)
{
    struct Loaded
    {
        std::vector<Checkpoint> checkpoints;
        std::shared_ptr<ProcessingBook> book;
    };
    const auto loaded = std::make_shared<Loaded>();
    // The book is opened here and not with the first record: a target that changed is followed even when nothing new
    // was logged.
    const Status status = m_writer.write(
        [loaded, catalog = m_catalog](Database& database) -> Status {
            auto checkpoints = loadCheckpoints(database, purpose);
            if (!checkpoints)
                return tl::unexpected<Error>(checkpoints.error());
            auto book = ProcessingBook::open(database, catalog);
            if (!book)
                return tl::unexpected<Error>(book.error());
            loaded->checkpoints = std::move(*checkpoints);
            loaded->book = std::move(*book);
            return {};
        },
        0, stop);
    if (!status)
        return failWithin(u"processing log"_s, status.error());
    m_book = loaded->book;
    m_stored.clear();
    m_places.clear();
    for (const Checkpoint& checkpoint : loaded->checkpoints) {
        if (checkpoint.clusterId == m_clusterId)
            m_stored.emplace(TopicPartition{checkpoint.channel, checkpoint.partition}, checkpoint);
    }
    return {};
}

Result<std::vector<PartitionBounds>> ProcessingIntake::look(ProcessingReport& report, std::stop_token stop)
{
    Result<BoundsReport> bounds = m_source.bounds(m_topics, stop);
    if (!bounds)
        return failWithin(u"processing log"_s, bounds.error());
    for (TopicFailure& failure : bounds->failures)
        report.failures.push_back(std::move(failure));
    if (!m_book || bounds->clusterId != m_clusterId) {
        m_clusterId = bounds->clusterId;
        if (const Status loaded = loadPlaces(stop); !loaded)
            return tl::unexpected<Error>(loaded.error());
    }
    // A partition that is not there now is no longer asked for; should it come back, its place stands in m_stored.
    std::set<TopicPartition> listed;
    for (const PartitionBounds& partition : bounds->partitions)
        listed.insert(partition.at);
    std::erase_if(m_places, [&listed](const auto& item) { return !listed.contains(item.first); });
    for (const PartitionBounds& partition : bounds->partitions) {
        auto known = m_places.find(partition.at);
        if (known == m_places.end()) {
            Place place{partition.logStart, std::nullopt, partition.logStart, partition.logStart};
            if (const auto stored = m_stored.find(partition.at); stored != m_stored.end()) {
                place.next = Offset{stored->second.nextOffset};
                place.lastDigest = stored->second.lastDigest;
            }
            known = m_places.emplace(partition.at, place).first;
        }
        Place& place = known->second;
        place.logStart = partition.logStart;
        // Ends only grow: where the log ends before our place, it is another log under the same name.
        if (place.next > partition.end || place.next < partition.logStart) {
            place.next = partition.logStart;
            place.lastDigest = std::nullopt;
        }
        place.position =
            place.lastDigest && place.next > partition.logStart ? Offset{place.next.value - 1} : place.next;
    }
    m_lookedAt = m_clock.now();
    return bounds->partitions;
}

Status ProcessingIntake::assign()
{
    std::vector<Position> start;
    for (const auto& [at, place] : m_places)
        start.push_back({at, place.position});
    return m_source.assign(start);
}

void ProcessingIntake::takeRecord(const RawRecord& record, Place& place, ProcessingReport& report)
{
    if (record.offset < place.next) {
        // Read once more only to see that the log is still the one that the place belongs to.
        if (record.offset.value == place.next.value - 1 && place.lastDigest)
            place.isReplaced = recordDigest(record) != *place.lastDigest;
        return;
    }
    if (place.isReplaced)
        return;
    m_batchBytes += record.sizeBytes();
    const QByteArray value = record.value.value_or(QByteArray());
    Result<ProcessingRecord> read =
        record.value ? m_reader.read(value) : Result<ProcessingRecord>(fail(ErrorCode::Corrupt, u"no value"_s));
    if (read) {
        m_batch.records.push_back({record.at.topic, std::move(*read)});
        ++report.records;
        return;
    }
    m_batch.unreadable.push_back({record.at.topic, record.at.partition, record.offset.value, value.size(),
                                  read.error().detail, value.first(std::min(value.size(), keptUnreadableBytes))});
    ++report.unreadable;
}

Status ProcessingIntake::take(const RecordBatch& batch, ProcessingReport& report)
{
    std::map<TopicPartition, const RawRecord*> last;
    for (const RawRecord& record : batch.records) {
        const auto place = m_places.find(record.at);
        if (place == m_places.end())
            continue;
        takeRecord(record, place->second, report);
        if (record.offset >= place->second.next)
            last[record.at] = &record;
    }
    bool isAnyReplaced = false;
    for (const Position& position : batch.positions) {
        const auto found = m_places.find(position.at);
        if (found == m_places.end())
            continue;
        Place& place = found->second;
        place.position = position.next;
        isAnyReplaced = isAnyReplaced || place.isReplaced;
        if (place.isReplaced || position.next <= place.next)
            continue;
        place.next = position.next;
        // Behind the last record may come control records: then nothing is there to be checked next time.
        const auto record = last.find(position.at);
        place.lastDigest = record != last.end() && record->second->offset.value == position.next.value - 1
                               ? std::optional(recordDigest(*record->second))
                               : std::nullopt;
        m_moved.insert(position.at);
    }
    if (!isAnyReplaced)
        return {};
    for (auto& [at, place] : m_places) {
        if (place.isReplaced)
            place = Place{place.logStart, std::nullopt, place.logStart, place.logStart};
    }
    return assign();
}

Status ProcessingIntake::store(std::stop_token stop)
{
    if (m_moved.empty())
        return {};
    std::vector<Checkpoint> checkpoints;
    for (const TopicPartition& at : m_moved) {
        const Place& place = m_places.at(at);
        checkpoints.push_back({m_clusterId, at.topic, at.partition, place.next.value, place.lastDigest});
    }
    const auto batch = std::make_shared<const ProcessingBatch>(std::move(m_batch));
    const Status written = m_writer.write(
        [batch, checkpoints, book = m_book, clusterId = m_clusterId,
         now = m_clock.now()](Database& database) -> Status {
            if (const Status entered = book->enter(database, clusterId, *batch, now); !entered)
                return entered;
            return saveCheckpoints(database, purpose, checkpoints);
        },
        m_batchBytes, stop);
    m_batch = {};
    m_batchBytes = 0;
    m_moved.clear();
    if (!written) {
        // Places and book are ahead of the store: the next call begins again from what is stored.
        m_book.reset();
        m_lookedAt.reset();
        return failWithin(u"storing the processing log"_s, written.error());
    }
    for (const Checkpoint& checkpoint : checkpoints)
        m_stored.insert_or_assign(TopicPartition{checkpoint.channel, checkpoint.partition}, checkpoint);
    return {};
}

Result<ProcessingReport> ProcessingIntake::catchUp(std::stop_token stop)
{
    ProcessingReport report;
    if (isIdle())
        return report;
    const auto bounds = look(report, stop);
    if (!bounds)
        return tl::unexpected<Error>(bounds.error());
    if (const Status assigned = assign(); !assigned)
        return failWithin(u"processing log"_s, assigned.error());

    std::map<TopicPartition, Offset> ahead;
    for (const PartitionBounds& partition : *bounds)
        ahead.emplace(partition.at, partition.lastStable);
    const auto dropReached = [this, &ahead] {
        std::erase_if(ahead, [this](const auto& item) { return m_places.at(item.first).position >= item.second; });
    };
    dropReached();
    int emptyPolls = 0;
    std::optional<Error> failure;
    while (!ahead.empty() && !failure && !stop.stop_requested()) {
        Result<RecordBatch> batch = m_source.poll(pollBytes, pollTimeout, stop);
        if (!batch) {
            failure = batch.error();
            break;
        }
        for (const TopicFailure& failed : batch->failures) {
            report.failures.push_back(failed);
            std::erase_if(ahead, [&failed](const auto& item) { return item.first.topic == failed.topic; });
            report.isAtEnd = false;
        }
        emptyPolls = batch->positions.empty() && batch->records.empty() ? emptyPolls + 1 : 0;
        if (const Status taken = take(*batch, report); !taken)
            failure = taken.error();
        else if (emptyPolls > emptyPollsUntilGivingUp)
            failure = Error{ErrorCode::TimedOut, u"the broker delivers nothing; look at its log and at the network"_s};
        dropReached();
        if (m_batch.records.size() + m_batch.unreadable.size() >= recordsPerTransaction ||
            m_batchBytes >= bytesPerTransaction) {
            if (const Status stored = store({}); !stored)
                return tl::unexpected<Error>(stored.error());
        }
    }
    // What was read is stored, whatever ended the reading.
    if (const Status stored = store({}); !stored)
        return tl::unexpected<Error>(stored.error());
    report.isAtEnd = report.isAtEnd && ahead.empty();
    if (failure && failure->code != ErrorCode::Cancelled)
        report.failures.push_back({ahead.empty() ? QString() : ahead.begin()->first.topic, *failure});
    return report;
}

Result<ProcessingReport> ProcessingIntake::step(Millis timeout, std::stop_token stop)
{
    ProcessingReport report;
    if (isIdle())
        return report;
    if (!m_lookedAt || m_clock.now() - *m_lookedAt >= partitionsAreListedEvery) {
        const auto bounds = look(report, stop);
        if (!bounds)
            return tl::unexpected<Error>(bounds.error());
        if (const Status assigned = assign(); !assigned)
            return failWithin(u"processing log"_s, assigned.error());
    }
    Result<RecordBatch> batch = m_source.poll(pollBytes, timeout, stop);
    if (!batch)
        return failWithin(u"processing log"_s, batch.error());
    report.failures.insert(report.failures.end(), batch->failures.begin(), batch->failures.end());
    const Status taken = take(*batch, report);
    if (const Status stored = store({}); !stored)
        return tl::unexpected<Error>(stored.error());
    if (!taken)
        return failWithin(u"processing log"_s, taken.error());
    return report;
}

} // namespace spillway
