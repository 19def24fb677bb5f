// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/topictrail.h"

#include "model/base/text.h"
#include "model/trail/javapartition.h"

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis turn{250};
constexpr int mostIdleTurns = 60; // 15 s in which nothing moved
constexpr qsizetype bytesPerTurn = 4 << 20;

/// A partition and what of it is to be read.
struct Stretch
{
    PartitionBounds bounds;
    Offset next;
    bool isOwn = false; ///< a Java client puts the key there
};

class Reading
{
public:
    Reading(RecordSource& source, const TrailLimits& limits, const std::function<bool(const RawRecord&)>& take,
            TrailProgress* progress, std::stop_token stop)
        : m_source(source)
        , m_limits(limits)
        , m_take(take)
        , m_progress(progress)
        , m_stop(std::move(stop))
    {
    }

    void read(std::vector<Stretch> stretches);
    [[nodiscard]] bool isOver() const { return m_read.end != TopicsRead::End::Whole; }
    TopicsRead& result() { return m_read; }

private:
    using End = TopicsRead::End;
    [[nodiscard]] bool takeBatch(const RecordBatch& batch);
    void takeRecord(const RawRecord& record);
    void drop(const TopicFailure& failure);
    [[nodiscard]] bool assign();
    void failed(const Error& error);

    RecordSource& m_source;
    const TrailLimits& m_limits;
    const std::function<bool(const RawRecord&)>& m_take;
    TrailProgress* m_progress;
    std::stop_token m_stop;
    std::map<TopicPartition, Stretch> m_open; // not at their ends yet
    std::set<QString> m_touched;
    TopicsRead m_read;
};

void Reading::failed(const Error& error)
{
    if (error.code == ErrorCode::Cancelled) {
        m_read.end = End::Stopped;
        return;
    }
    m_read.end = End::Failed;
    m_read.failures.push_back({QString(), error});
}

bool Reading::assign()
{
    std::vector<Position> positions;
    for (const auto& [at, stretch] : m_open)
        positions.push_back({at, stretch.next});
    const Status status = m_source.assign(positions);
    if (!status)
        failed(status.error());
    return status.has_value();
}

void Reading::drop(const TopicFailure& failure)
{
    const bool isKnown = std::any_of(m_read.failures.begin(), m_read.failures.end(),
                                     [&](const TopicFailure& each) { return each.topic == failure.topic; });
    if (!isKnown)
        m_read.failures.push_back(failure);
    std::erase_if(m_open, [&](const auto& each) { return each.first.topic == failure.topic; });
}

void Reading::takeRecord(const RawRecord& record)
{
    ++m_read.records;
    m_read.bytes += record.sizeBytes();
    m_touched.insert(record.at.topic);
    const bool isYoung = !m_limits.since || !record.timestamp || *record.timestamp >= *m_limits.since;
    if (isYoung && m_take(record))
        ++m_read.found;
    if (m_progress) {
        ++m_progress->records;
        m_progress->bytes += record.sizeBytes();
        m_progress->found = m_read.found;
    }
    if (m_read.found >= m_limits.maxFound)
        m_read.end = End::Found;
    else if (m_read.bytes >= m_limits.maxBytes)
        m_read.end = End::Bytes;
}

/// Whether anything moved.
bool Reading::takeBatch(const RecordBatch& batch)
{
    bool hasMoved = !batch.failures.empty();
    for (const TopicFailure& failure : batch.failures)
        drop(failure);
    for (const RawRecord& record : batch.records) {
        const auto stretch = m_open.find(record.at);
        if (stretch == m_open.end() || record.offset < stretch->second.next)
            continue;
        hasMoved = true;
        if (record.offset >= stretch->second.bounds.lastStable) {
            m_open.erase(stretch);
            continue;
        }
        stretch->second.next = Offset{record.offset.value + 1};
        takeRecord(record);
        if (isOver())
            return true;
    }
    for (const Position& position : batch.positions) {
        const auto stretch = m_open.find(position.at);
        if (stretch == m_open.end())
            continue;
        hasMoved = true;
        stretch->second.next = std::max(stretch->second.next, position.next);
        if (stretch->second.next >= stretch->second.bounds.lastStable)
            m_open.erase(stretch);
    }
    return hasMoved;
}

void Reading::read(std::vector<Stretch> stretches)
{
    for (Stretch& stretch : stretches) {
        m_touched.insert(stretch.bounds.at.topic);
        if (stretch.next < stretch.bounds.lastStable)
            m_open.emplace(stretch.bounds.at, std::move(stretch));
    }
    std::size_t assigned = 0;
    for (int idle = 0; !m_open.empty() && !isOver();) {
        if (m_stop.stop_requested()) {
            m_read.end = End::Stopped;
            break;
        }
        // What has come to its end is no longer read on.
        if (m_open.size() != assigned) {
            assigned = m_open.size();
            if (!assign())
                break;
        }
        const auto batch = m_source.poll(bytesPerTurn, turn, m_stop);
        if (!batch) {
            failed(batch.error());
            break;
        }
        idle = takeBatch(*batch) ? 0 : idle + 1;
        if (idle >= mostIdleTurns)
            failed({ErrorCode::TimedOut,
                    u"the broker gave nothing in %1 s; try again"_s.arg(mostIdleTurns * turn.count() / 1'000)});
    }
    m_open.clear();
    m_read.topics = QStringList(m_touched.begin(), m_touched.end());
}

/// Which topics were asked for and are not there, and which could not be looked at.
void noteFailures(const BoundsReport& report, TopicsRead& read)
{
    for (const TopicFailure& failure : report.failures) {
        if (failure.error.code == ErrorCode::NotFound)
            read.missing += failure.topic;
        else
            read.failures.push_back(failure);
    }
}

} // namespace

Result<TopicsRead> readTopics(RecordSource& source, TimeLookup* times, const QStringList& topics,
                              const std::vector<QByteArray>& keys, const TrailLimits& limits,
                              const std::function<bool(const RawRecord&)>& take, TrailProgress* progress,
                              std::stop_token stop)
{
    std::vector<TopicSelector> selectors;
    for (const QString& topic : topics)
        selectors.push_back({.topic = topic, .pattern = {}});
    auto report = source.bounds(selectors, stop);
    if (!report)
        return tl::unexpected<Error>(report.error());
    std::vector<std::optional<Offset>> starts(report->partitions.size());
    if (times && limits.since) {
        auto found = times->offsetsAt(report->partitions, *limits.since, stop);
        if (!found)
            return tl::unexpected<Error>(found.error());
        starts = std::move(*found);
    }
    std::map<QString, int> partitions;
    for (const PartitionBounds& bounds : report->partitions)
        partitions[bounds.at.topic] = std::max(partitions[bounds.at.topic], bounds.at.partition + 1);

    Reading reading(source, limits, take, progress, stop);
    TopicsRead& read = reading.result();
    read.clusterId = report->clusterId;
    noteFailures(*report, read);
    std::vector<Stretch> own;
    std::vector<Stretch> others;
    for (std::size_t i = 0; i < report->partitions.size(); ++i) {
        const PartitionBounds& bounds = report->partitions[i];
        Stretch stretch{.bounds = bounds, .next = std::max(starts[i].value_or(bounds.logStart), bounds.logStart)};
        stretch.isOwn = std::any_of(keys.begin(), keys.end(), [&](const QByteArray& key) {
            return javaPartition(key, partitions[bounds.at.topic]) == bounds.at.partition;
        });
        if (!stretch.isOwn && limits.ownPartitionOnly) {
            ++read.otherPartitions;
            continue;
        }
        read.positions += std::max<std::int64_t>(0, bounds.lastStable.value - stretch.next.value);
        (stretch.isOwn ? own : others).push_back(std::move(stretch));
    }
    if (progress)
        progress->positions += read.positions;
    reading.read(std::move(own));
    if (!reading.isOver())
        reading.read(std::move(others));
    return std::move(read);
}

} // namespace spillway
