// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/replaytarget.h"

#include "connectors/kafka/cluster.h"
#include "connectors/kafka/groupadmin.h"
#include "connectors/kafka/outbox.h"
#include "connectors/kafka/recordsource.h"
#include "model/replay/replayheaders.h"

#include <algorithm>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

using namespace kafka;

namespace {

constexpr Millis verifyPatience{60'000}; ///< without any progress
constexpr qsizetype verifyBatchBytes = 8 << 20;

std::optional<QByteArray> headerValue(const RawRecord& record, const char* name)
{
    for (const Header& header : record.headers) {
        if (header.name == name)
            return header.value;
    }
    return {};
}

/// Reads targets up to the ends they had when it started, and notes every message of a job.
class Verification
{
public:
    Verification(RecordSource& source, QByteArray jobId, std::stop_token stop)
        : m_source(source)
        , m_jobId(std::move(jobId))
        , m_stop(std::move(stop))
    {
    }

    Status start(const std::vector<Position>& from)
    {
        std::vector<TopicSelector> topics;
        for (const Position& each : from) {
            if (topics.empty() || topics.back().topic != each.at.topic)
                topics.push_back({.topic = each.at.topic, .pattern = {}});
        }
        const Result<BoundsReport> bounds = m_source.bounds(topics, m_stop);
        if (!bounds)
            return tl::unexpected<Error>(bounds.error());
        if (!bounds->failures.empty())
            return tl::unexpected<Error>(bounds->failures.front().error);
        std::vector<Position> positions;
        for (const PartitionBounds& each : bounds->partitions) {
            // A partition that the list does not have is newer than the list: all of it counts.
            const auto asked = std::find_if(from.begin(), from.end(),
                                            [&](const Position& position) { return position.at == each.at; });
            const Offset next = asked == from.end() ? each.logStart : std::max(asked->next, each.logStart);
            if (next >= each.end)
                continue;
            positions.push_back({each.at, next});
            m_missing[each.at] = each.end;
        }
        return m_source.assign(positions);
    }

    Status read()
    {
        auto lastProgress = std::chrono::steady_clock::now();
        while (!m_missing.empty()) {
            const Result<RecordBatch> batch = m_source.poll(verifyBatchBytes, Millis{250}, m_stop);
            if (!batch)
                return tl::unexpected<Error>(batch.error());
            if (!batch->failures.empty())
                return tl::unexpected<Error>(batch->failures.front().error);
            take(*batch);
            if (!batch->positions.empty())
                lastProgress = std::chrono::steady_clock::now();
            else if (std::chrono::steady_clock::now() - lastProgress > verifyPatience)
                return fail(
                    ErrorCode::TimedOut,
                    u"topic '%1', partition %2 could not be read up to its end: an open transaction holds readers "
                    u"back there; verify again when it has ended"_s.arg(m_missing.begin()->first.topic)
                        .arg(m_missing.begin()->first.partition));
        }
        return {};
    }

    ReplayVerification takeResult() { return std::move(m_result); }

private:
    void take(const RecordBatch& batch)
    {
        for (const RawRecord& record : batch.records) {
            if (headerValue(record, replayIdHeader) != m_jobId)
                continue;
            if (const std::optional<QByteArray> of = headerValue(record, replayOfHeader))
                m_result.found[*of].push_back({record.at, record.offset});
        }
        for (const Position& each : batch.positions) {
            const auto missing = m_missing.find(each.at);
            if (missing != m_missing.end() && each.next >= missing->second)
                m_missing.erase(missing);
        }
    }

    RecordSource& m_source;
    QByteArray m_jobId;
    std::stop_token m_stop;
    std::map<TopicPartition, Offset> m_missing;
    ReplayVerification m_result;
};

} // namespace

KafkaReplayTarget::KafkaReplayTarget(std::shared_ptr<Site> site)
    : m_site(std::move(site))
{
}

KafkaReplayTarget::~KafkaReplayTarget() = default;

Status KafkaReplayTarget::open()
{
    if (m_inspector)
        return {};
    Result<std::unique_ptr<Client>> client =
        Client::open(m_site, Client::Kind::Consumer, {property("isolation.level", "read_uncommitted")});
    if (!client)
        return tl::unexpected<Error>(client.error());
    m_inspector = std::move(*client);
    return {};
}

Result<QString> KafkaReplayTarget::clusterId(std::stop_token stop)
{
    if (!m_clusterId.isEmpty())
        return m_clusterId;
    if (const Status status = open(); !status)
        return tl::unexpected<Error>(status.error());
    const Result<ClusterLayout> layout = readLayout(*m_inspector, std::move(stop));
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    m_clusterId = layout->clusterId;
    return m_clusterId;
}

Capabilities KafkaReplayTarget::capabilities() const
{
    // The port asks without saying "connect"; what the broker can do is known only from the broker.
    const Result<QString> id = const_cast<KafkaReplayTarget*>(this)->clusterId({});
    return id ? capabilitiesOf(*id) : Capabilities{};
}

Result<int> KafkaReplayTarget::partitionCount(const QString& topic, std::stop_token stop)
{
    if (const Status status = open(); !status)
        return tl::unexpected<Error>(status.error());
    // Headers name targets, and anybody can write headers.
    if (isInternalTopic(topic))
        return fail(ErrorCode::Unsupported,
                    u"connection '%1': topic '%2' is the broker's own; nothing is sent there, name another topic"_s.arg(
                        m_site->settings().name, topic));
    const Result<TopicLayout> layout = readTopic(*m_inspector, topic, {u"Describe"_s, u"Write"_s}, std::move(stop));
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    return layout->partitionCount();
}

Result<std::vector<Position>> KafkaReplayTarget::ends(const QString& topic, std::stop_token stop)
{
    if (const Status status = open(); !status)
        return tl::unexpected<Error>(status.error());
    const Result<TopicLayout> found = readTopic(*m_inspector, topic, {u"Describe"_s}, stop);
    if (!found)
        return tl::unexpected<Error>(found.error());
    ClusterLayout layout;
    layout.topics.emplace(topic, *found);
    std::vector<TopicPartition> partitions;
    for (int p = 0; p < found->partitionCount(); ++p)
        partitions.push_back({topic, p});
    const Result<OffsetsFound> offsets = readOffsets(*m_inspector, layout, partitions, Which::End, stop);
    if (!offsets)
        return tl::unexpected<Error>(offsets.error());
    if (!offsets->failures.empty())
        return tl::unexpected<Error>(offsets->failures.front().second);
    std::vector<Position> out;
    for (size_t i = 0; i < partitions.size(); ++i)
        out.push_back({partitions[i], *offsets->offsets[i]});
    return out;
}

Result<ReplayProgress> KafkaReplayTarget::begin(const QString& jobId, std::stop_token stop)
{
    m_outbox.reset(); // also after an error: what it left open is looked at afresh
    const Result<QString> cluster = clusterId(stop);
    if (!cluster)
        return tl::unexpected<Error>(cluster.error());
    const bool isAtomic = capabilitiesOf(*cluster).transactionalReplay;
    Result<std::unique_ptr<Outbox>> outbox =
        Outbox::open(m_site, jobId, isAtomic ? Outbox::Mode::Transactional : Outbox::Mode::Idempotent, stop);
    if (!outbox)
        return tl::unexpected<Error>(outbox.error());
    ReplayProgress progress{.sentBelow = {}, .isAtomic = isAtomic};
    if (isAtomic) {
        // After the fence: nobody else can move these any more.
        Result<std::map<TopicPartition, Offset>> sent = readStableOffsets(*m_inspector, replayName(jobId), stop);
        if (!sent)
            return tl::unexpected<Error>(sent.error());
        progress.sentBelow = std::move(*sent);
    }
    m_outbox = std::move(*outbox);
    return progress;
}

Result<std::vector<LandedAt>> KafkaReplayTarget::sendBatch(std::span<const OutgoingRecord> records,
                                                           std::span<const Position> sentBelow, std::stop_token stop)
{
    if (!m_outbox)
        return fail(ErrorCode::Unreachable, u"the outcome of the last batch is open; the job has to be begun again"_s);
    Result<std::vector<LandedAt>> landed = m_outbox->send(records, sentBelow, std::move(stop));
    if (!m_outbox->isUsable())
        m_outbox.reset();
    return landed;
}

Result<ReplayVerification> KafkaReplayTarget::verify(const QString& jobId, const std::vector<Position>& from,
                                                     std::stop_token stop)
{
    KafkaRecordSource source(m_site, KafkaRecordSource::Appetite::Gulp);
    Verification verification(source, jobId.toUtf8(), std::move(stop));
    if (const Status status = verification.start(from); !status)
        return tl::unexpected<Error>(status.error());
    if (const Status status = verification.read(); !status)
        return tl::unexpected<Error>(status.error());
    return verification.takeResult();
}

Status KafkaReplayTarget::close(const QString& jobId, std::stop_token stop)
{
    m_outbox.reset();
    const Result<QString> cluster = clusterId(stop);
    if (!cluster)
        return tl::unexpected<Error>(cluster.error());
    if (!capabilitiesOf(*cluster).transactionalReplay)
        return {}; // no group was made
    return deleteGroup(*m_inspector, replayName(jobId), std::move(stop));
}

} // namespace spillway
