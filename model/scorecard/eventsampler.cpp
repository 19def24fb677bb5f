// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/eventsampler.h"

#include "model/cost/savings.h"
#include "model/deadletter/letterowner.h"
#include "model/deadletter/topicstore.h"
#include "model/scorecard/eventsamples.h"

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostTopics = 40;              // a round; the next one has the others
constexpr Millis mostTime{2'000};           // likewise: nobody waits for sizes
constexpr std::int64_t mostRecords = 50;    // of a topic: the newest of its fullest partition
constexpr qsizetype mostBytes = 4 << 20;    // enough to see that they are large
constexpr qsizetype mostPacked = 256 << 10; // of payloads, to see how small they become: some milliseconds of work

/// The partition with most records; nullopt: none has any, or they are not known.
std::optional<std::size_t> fullestOf(const std::vector<PartitionLog>& partitions)
{
    std::optional<std::size_t> fullest;
    std::int64_t most = 0;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        const PartitionLog& log = partitions[i];
        const std::int64_t records = log.end && log.logStart ? log.end->value - log.logStart->value : 0;
        if (records > most) {
            most = records;
            fullest = i;
        }
    }
    return fullest;
}

std::int64_t endsOf(const KnownTopic& topic)
{
    std::int64_t sum = 0;
    for (const PartitionLog& log : topic.facts.partitions)
        sum += log.end ? log.end->value : 0;
    return sum;
}

} // namespace

EventSampler::EventSampler(RecordLookup& lookup, StoreWriter& writer, const Catalog& catalog, const Clock& clock)
    : m_lookup(lookup)
    , m_writer(writer)
    , m_catalog(catalog)
    , m_clock(clock)
{
}

Status EventSampler::sampleOnce(const QString& connection, const TopicSampleReport& topics, std::stop_token stop)
{
    const UtcTime now = m_clock.now();
    if (const Status stored = m_writer.write(
            [&](Database& database) {
                return storeTopicNames(database, topics.clusterId, connection, topics.names, now);
            },
            0, stop);
        !stored)
        return stored;
    auto reader = Database::open(m_writer.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto book = topicBook(*reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    std::set<QString> declared;
    for (const CatalogEvent& event : m_catalog.events())
        declared.insert(event.topic);
    // Those nobody looked at yet come first: busy topics must not keep the others out.
    std::vector<QString> order;
    for (const bool wasLookedAt : {false, true}) {
        for (const QString& name : declared) {
            const auto before = sampledEnds(*reader, topics.clusterId, name);
            if (before && before->has_value() == wasLookedAt)
                order.push_back(name);
        }
    }
    OwnerResolver resolver(m_catalog);
    int looked = 0;
    for (const QString& name : order) {
        const KnownTopic* topic = book->topic(topics.clusterId, name);
        if (topic == nullptr || topic->facts.exists != true || stop.stop_requested() || looked >= mostTopics ||
            m_clock.now() - now > mostTime)
            continue;
        const auto before = sampledEnds(*reader, topics.clusterId, name);
        const std::int64_t ends = endsOf(*topic);
        if (!before || *before == ends || ends == 0)
            continue;
        ++looked;
        std::map<QString, EventSample> samples;
        std::vector<QByteArray> payloads; // let go as soon as they were packed
        qsizetype payloadBytes = 0;
        if (const auto fullest = fullestOf(topic->facts.partitions)) {
            const PartitionLog& log = topic->facts.partitions[*fullest];
            const Offset from{std::max(log.logStart->value, log.end->value - mostRecords)};
            qsizetype bytes = 0;
            const auto read = m_lookup.readRange(
                {name, static_cast<int>(*fullest)}, from, *log.end,
                [&](const RawRecord& record) {
                    LetterFacts facts;
                    facts.originTopic = name;
                    const QString type = resolver.ownerOf(record, facts).eventType.value_or(QString());
                    const std::int64_t size = record.value ? record.value->size() : 0;
                    EventSample& sample = samples[type];
                    sample.clusterId = topics.clusterId;
                    sample.topic = name;
                    sample.eventType = type;
                    sample.connection = connection;
                    ++sample.records;
                    sample.payloadBytes += size;
                    sample.recordBytes = sample.recordBytes.value_or(0) + record.sizeBytes();
                    if (record.value && payloadBytes < mostPacked) {
                        payloadBytes += size;
                        payloads.push_back(*record.value);
                    }
                    sample.largestBytes = std::max(sample.largestBytes, size);
                    bytes += record.sizeBytes();
                    return bytes < mostBytes;
                },
                stop);
            // No right to read, or nobody answers: unknown, which drift says; sampling lag is not held up by it.
            if (!read && read.error().code != ErrorCode::Unauthorised)
                return tl::unexpected<Error>(read.error());
        }
        std::vector<EventSample> found;
        for (auto& [type, sample] : samples)
            found.push_back(std::move(sample));
        TopicEvidence seen;
        lookAtPayloads(seen, payloads);
        const TopicPacking packing{.clusterId = topics.clusterId,
                                   .topic = name,
                                   .connection = connection,
                                   .payloads = static_cast<int>(payloads.size()),
                                   .shares = std::move(seen.packedShare),
                                   .fieldBytes = std::move(seen.fieldBytes)};
        payloads.clear();
        const Status stored = m_writer.write(
            [&](Database& database) -> Status {
                if (const Status kept = storeTopicPacking(database, packing); !kept)
                    return kept;
                return storeEventSamples(database, topics.clusterId, name, ends, found, now);
            },
            0, stop);
        if (!stored)
            return stored;
    }
    return {};
}

} // namespace spillway
