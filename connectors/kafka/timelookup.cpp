// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/timelookup.h"

#include "connectors/kafka/cluster.h"

#include <algorithm>
#include <span>

namespace spillway {
using namespace Qt::Literals::StringLiterals;
using namespace kafka;

namespace {

struct Answer
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
};

/// Of as many partitions as one request may name.
/// @return false: of none of them can it be told.
Result<bool> ask(Client& client, std::span<const PartitionBounds> partitions, UtcTime time,
                 std::span<std::optional<Offset>> offsets, std::stop_token stop)
{
    const auto list = std::make_shared<PartitionList>(
        rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))); // second owner: a call given up
    for (const PartitionBounds& bounds : partitions)
        rd_kafka_topic_partition_list_add(list->get(), bounds.at.topic.toUtf8().constData(), bounds.at.partition);
    const auto answer = client.call<Answer>(
        [list, ms = toMs(time)](rd_kafka_t* rk, int timeoutMs) {
            for (int i = 0; i < (*list)->cnt; ++i) // each attempt begins with the question
                (*list)->elems[i].offset = ms;
            return Answer{rd_kafka_offsets_for_times(rk, list->get(), timeoutMs)};
        },
        u"positions by time"_s, std::move(stop));
    if (!answer)
        return tl::unexpected<Error>(answer.error());
    if (answer->code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        const PartitionBounds& bounds = partitions[i];
        const rd_kafka_topic_partition_t* element =
            rd_kafka_topic_partition_list_find(list->get(), bounds.at.topic.toUtf8().constData(), bounds.at.partition);
        if (!element || element->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        // No record is that young: the library says "the end" by a negative number.
        offsets[i] = element->offset >= 0 ? Offset{element->offset} : bounds.end;
    }
    return true;
}

} // namespace

KafkaTimeLookup::KafkaTimeLookup(std::shared_ptr<Site> site)
    : m_site(std::move(site))
{
}

KafkaTimeLookup::~KafkaTimeLookup() = default;

Result<std::vector<std::optional<Offset>>> KafkaTimeLookup::offsetsAt(const std::vector<PartitionBounds>& partitions,
                                                                      UtcTime time, std::stop_token stop)
{
    std::vector<std::optional<Offset>> offsets(partitions.size());
    if (partitions.empty())
        return offsets;
    if (!m_client) {
        auto client = Client::open(m_site, Client::Kind::Consumer, {});
        if (!client)
            return tl::unexpected<Error>(client.error());
        m_client = std::move(*client);
    }
    const Result<ClusterLayout> layout = readLayout(*m_client, stop);
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    if (!capabilitiesOf(layout->clusterId).findsByTime)
        return offsets;
    for (std::size_t first = 0; first < partitions.size(); first += partitionsAtOnce) {
        const std::size_t count = std::min(partitions.size() - first, partitionsAtOnce);
        const auto isTold = ask(*m_client, std::span(partitions).subspan(first, count), time,
                                std::span(offsets).subspan(first, count), stop);
        if (!isTold)
            return tl::unexpected<Error>(isTold.error());
        if (!*isTold)
            break; // this one and those after it are read from their start
    }
    return offsets;
}

} // namespace spillway
