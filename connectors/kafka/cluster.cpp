// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/cluster.h"

#include <span>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

struct MetadataAnswer
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    Metadata metadata;
    QString clusterId;
};

MetadataAnswer askMetadata(rd_kafka_t* rk, rd_kafka_topic_t* only, int timeoutMs)
{
    MetadataAnswer answer;
    const rd_kafka_metadata_t* raw = nullptr;
    answer.code = rd_kafka_metadata(rk, only ? 0 : 1, only, &raw, timeoutMs);
    answer.metadata.reset(raw);
    if (answer.code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (char* id = rd_kafka_clusterid(rk, 1'000)) {
            answer.clusterId = QString::fromUtf8(id);
            // It calls itself by its address in memory; there is one in a process, and ids of letters begin with it.
            if (isEmbedded(answer.clusterId))
                answer.clusterId = u"mockCluster"_s;
            rd_kafka_mem_free(rk, id);
        }
    }
    return answer;
}

TopicLayout layoutOf(const rd_kafka_metadata_topic& topic)
{
    TopicLayout layout;
    layout.leaders.assign(static_cast<size_t>(topic.partition_cnt), -1);
    for (int i = 0; i < topic.partition_cnt; ++i) {
        const rd_kafka_metadata_partition& partition = topic.partitions[i];
        if (partition.id >= 0 && partition.id < topic.partition_cnt)
            layout.leaders[static_cast<size_t>(partition.id)] = partition.leader;
    }
    return layout;
}

struct ChunkAnswer
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    PartitionList list;
};

class OffsetQuery
{
public:
    OffsetQuery(Client& client, const ClusterLayout& layout, const std::vector<TopicPartition>& partitions, Which which,
                std::stop_token stop)
        : m_client(client)
        , m_layout(layout)
        , m_partitions(partitions)
        , m_which(which)
        , m_stop(std::move(stop))
    {
        m_found.offsets.resize(partitions.size());
    }

    /// Sets aside what the library would wait for in vain.
    std::vector<size_t> askable()
    {
        std::vector<size_t> indexes;
        for (size_t i = 0; i < m_partitions.size(); ++i) {
            const std::optional<int> leader = leaderOf(m_partitions[i]);
            if (!leader)
                fail(i, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
            else if (*leader < 0)
                fail(i, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
            else
                indexes.push_back(i);
        }
        return indexes;
    }

    Status ask(std::span<const size_t> chunk, bool hasOneLeader = false)
    {
        Result<ChunkAnswer> answer = send(chunk);
        // After a lost connection or a moved leader the library gives up at once; the second try finds the way again.
        if (answer && answer->code != RD_KAFKA_RESP_ERR_NO_ERROR)
            answer = send(chunk);
        if (!answer)
            return tl::unexpected<Error>(answer.error());
        if (answer->code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            m_client.succeeded();
            take(*answer->list, chunk);
            return {};
        }
        if (isSilence(answer->code))
            return hasOneLeader ? failAll(chunk, answer->code) : askEachLeader(chunk);
        if (chunk.size() == 1)
            return failAll(chunk, answer->code);
        if (const Status left = ask(chunk.first(chunk.size() / 2), hasOneLeader); !left)
            return left;
        return ask(chunk.subspan(chunk.size() / 2), hasOneLeader);
    }

    OffsetsFound takeFound() { return std::move(m_found); }

private:
    [[nodiscard]] std::optional<int> leaderOf(const TopicPartition& at) const
    {
        const auto topic = m_layout.topics.find(at.topic);
        if (topic == m_layout.topics.end() || at.partition < 0 || at.partition >= topic->second.partitionCount())
            return {};
        return topic->second.leaders[static_cast<size_t>(at.partition)];
    }

    /// A broker that is silent spoils the answers of the others: ask each alone.
    Status askEachLeader(std::span<const size_t> chunk)
    {
        std::map<int, std::vector<size_t>> byLeader;
        for (const size_t i : chunk)
            byLeader[*leaderOf(m_partitions[i])].push_back(i);
        for (const auto& [leader, indexes] : byLeader) {
            if (const Status status = ask(indexes, true); !status)
                return status;
        }
        return {};
    }

    void fail(size_t index, rd_kafka_resp_err_t code)
    {
        const TopicPartition& at = m_partitions[index];
        m_found.failures.emplace_back(at, m_client.failedOnTopic(code, at.topic, {u"Describe"_s}));
    }

    Status failAll(std::span<const size_t> chunk, rd_kafka_resp_err_t code)
    {
        for (const size_t i : chunk)
            fail(i, code);
        return {};
    }

    Result<ChunkAnswer> send(std::span<const size_t> chunk)
    {
        const auto list = std::make_shared<PartitionList>(rd_kafka_topic_partition_list_new(
            static_cast<int>(chunk.size()))); // second owner: the call, see Client::call
        for (const size_t i : chunk) {
            const TopicPartition& at = m_partitions[i];
            rd_kafka_topic_partition_list_add(list->get(), at.topic.toUtf8().constData(), at.partition)->offset =
                m_which == Which::End ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
        }
        Result<ChunkAnswer> answer = m_client.call<ChunkAnswer>(
            [list](rd_kafka_t* rk, int timeoutMs) {
                return ChunkAnswer{rd_kafka_offsets_for_times(rk, list->get(), timeoutMs), nullptr};
            },
            u"offsets of topics"_s, m_stop);
        if (answer)
            answer->list = std::move(*list); // the call is over: it is ours alone again
        return answer;
    }

    void take(const rd_kafka_topic_partition_list_t& list, std::span<const size_t> chunk)
    {
        for (size_t k = 0; k < chunk.size(); ++k) {
            const TopicPartition& at = m_partitions[chunk[k]];
            const rd_kafka_topic_partition_t* element = &list.elems[k];
            const QByteArray topic = at.topic.toUtf8();
            if (element->partition != at.partition || topic != element->topic)
                element = rd_kafka_topic_partition_list_find(&list, topic.constData(), at.partition);
            if (element && element->err != RD_KAFKA_RESP_ERR_NO_ERROR)
                fail(chunk[k], element->err);
            else if (element && element->offset >= 0) // what was asked with is negative
                m_found.offsets[chunk[k]] = Offset{element->offset};
            else
                fail(chunk[k], RD_KAFKA_RESP_ERR__TIMED_OUT);
        }
    }

    Client& m_client;
    const ClusterLayout& m_layout;
    const std::vector<TopicPartition>& m_partitions;
    Which m_which;
    std::stop_token m_stop;
    OffsetsFound m_found;
};

} // namespace

Result<ClusterLayout> readLayout(Client& client, std::stop_token stop)
{
    const QString what = u"the list of topics"_s;
    const Result<MetadataAnswer> answer = client.call<MetadataAnswer>(
        [](rd_kafka_t* rk, int timeoutMs) { return askMetadata(rk, nullptr, timeoutMs); }, what, std::move(stop));
    if (!answer)
        return tl::unexpected<Error>(answer.error());
    if (answer->code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return tl::unexpected<Error>(client.failed(answer->code, what));
    client.succeeded();
    ClusterLayout layout;
    layout.clusterId = answer->clusterId;
    layout.brokers = answer->metadata->broker_cnt;
    for (const rd_kafka_metadata_broker& broker :
         std::span(answer->metadata->brokers, static_cast<size_t>(answer->metadata->broker_cnt)))
        layout.addresses.push_back({.id = broker.id, .host = broker.host, .port = broker.port});
    for (const rd_kafka_metadata_topic& topic :
         std::span(answer->metadata->topics, static_cast<size_t>(answer->metadata->topic_cnt))) {
        if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR || topic.err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
            layout.topics.emplace(QString::fromUtf8(topic.topic), layoutOf(topic));
    }
    return layout;
}

Result<TopicLayout> readTopic(Client& client, const QString& topic, const QStringList& operations, std::stop_token stop)
{
    const Result<MetadataAnswer> answer = client.call<MetadataAnswer>(
        [name = topic.toUtf8()](rd_kafka_t* rk, int timeoutMs) {
            const Topic handle(rd_kafka_topic_new(rk, name.constData(), nullptr));
            if (!handle)
                return MetadataAnswer{RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, {}, {}};
            return askMetadata(rk, handle.get(), timeoutMs);
        },
        u"topic '%1'"_s.arg(topic), std::move(stop));
    if (!answer)
        return tl::unexpected<Error>(answer.error());
    if (answer->code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return tl::unexpected<Error>(client.failedOnTopic(answer->code, topic, operations));
    client.succeeded();
    for (const rd_kafka_metadata_topic& each :
         std::span(answer->metadata->topics, static_cast<size_t>(answer->metadata->topic_cnt))) {
        if (topic.toUtf8() != each.topic)
            continue;
        if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR && each.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
            return tl::unexpected<Error>(client.failedOnTopic(each.err, topic, operations));
        return layoutOf(each);
    }
    return tl::unexpected<Error>(client.failedOnTopic(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic, operations));
}

bool isInternalTopic(const QString& topic)
{
    return topic.startsWith(u"__"_s);
}

bool isEmbedded(const QString& clusterId)
{
    return clusterId.startsWith(u"mockCluster"_s);
}

Capabilities capabilitiesOf(const QString& clusterId)
{
    if (clusterId.isEmpty())
        return {};
    const bool isReal = !isEmbedded(clusterId);
    return {.readsWithoutSideEffect = true,
            .listsGroups = isReal,
            .transactionalReplay = isReal,
            .readsCommittedOnly = isReal,
            .findsByTime = isReal,
            .readsAtPosition = true,
            .describesTopics = isReal};
}

Result<OffsetsFound> readOffsets(Client& client, const ClusterLayout& layout,
                                 const std::vector<TopicPartition>& partitions, Which which, std::stop_token stop)
{
    OffsetQuery query(client, layout, partitions, which, std::move(stop));
    const std::vector<size_t> indexes = query.askable();
    for (std::span<const size_t> rest(indexes); !rest.empty();) {
        const std::span<const size_t> chunk = rest.first(std::min(rest.size(), partitionsAtOnce));
        if (const Status status = query.ask(chunk); !status)
            return tl::unexpected<Error>(status.error());
        rest = rest.subspan(chunk.size());
    }
    return query.takeFound();
}

} // namespace spillway::kafka
