// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/logsizes.h"

#include "connectors/kafka/wireformat.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

constexpr std::int16_t describeLogDirs = 35;
constexpr std::int16_t version = 1;
constexpr Millis mostTime{10'000};
constexpr Millis mostTimeOfOne{4'000}; ///< a dead broker keeps the others from nothing

} // namespace

QByteArray logSizesRequest(const std::vector<TopicPartition>& partitions)
{
    std::map<QString, std::vector<int>> topics;
    for (const TopicPartition& each : partitions)
        topics[each.topic].push_back(each.partition);
    WireWriter body;
    body.number(static_cast<std::int32_t>(topics.size()));
    for (const auto& [topic, numbers] : topics) {
        body.text(topic.toUtf8()).number(static_cast<std::int32_t>(numbers.size()));
        for (const int number : numbers)
            body.number(static_cast<std::int32_t>(number));
    }
    return body.bytes();
}

Result<std::map<TopicPartition, std::int64_t>> logSizesAnswer(QByteArrayView body)
{
    constexpr qsizetype leastFolder = 8;
    constexpr qsizetype leastTopic = 6;
    constexpr qsizetype leastPartition = 21;
    std::map<TopicPartition, std::int64_t> sizes;
    WireReader reader(body);
    (void)reader.number<std::int32_t>(); // throttled for so long
    for (std::int32_t folders = reader.count(leastFolder); folders > 0; --folders) {
        const bool isRead = reader.number<std::int16_t>() == 0; // else the disk is offline
        (void)reader.text();
        for (std::int32_t topics = reader.count(leastTopic); topics > 0; --topics) {
            const QString topic = QString::fromUtf8(reader.text());
            for (std::int32_t partitions = reader.count(leastPartition); partitions > 0; --partitions) {
                const auto number = reader.number<std::int32_t>();
                const auto size = reader.number<std::int64_t>();
                (void)reader.number<std::int64_t>(); // how far behind the copy is
                const bool isMoving = reader.number<std::int8_t>() != 0;
                if (isRead && !isMoving && size >= 0)
                    sizes[{topic, number}] = size;
            }
        }
    }
    if (!reader.isWhole())
        return fail(ErrorCode::Corrupt, u"a broker's answer about its log folders breaks off"_s);
    return sizes;
}

LogSizes readLogSizes(const ClusterLayout& layout, const std::vector<TopicPartition>& partitions,
                      const std::vector<Property>& properties, std::stop_token stop)
{
    LogSizes found;
    const auto security = socketSecurity(properties);
    if (!security) {
        found.why = security.error();
        return found;
    }
    std::map<int, std::vector<TopicPartition>> byLeader;
    for (const TopicPartition& each : partitions) {
        const auto topic = layout.topics.find(each.topic);
        if (topic != layout.topics.end() && each.partition < topic->second.partitionCount())
            byLeader[topic->second.leaders[static_cast<std::size_t>(each.partition)]].push_back(each);
    }
    const auto until = std::chrono::steady_clock::now() + mostTime;
    for (const auto& [leader, asked] : byLeader) {
        const auto broker = std::find_if(layout.addresses.begin(), layout.addresses.end(),
                                         [id = leader](const BrokerAddress& one) { return one.id == id; });
        const auto left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now());
        if (broker == layout.addresses.end() || left <= Millis{0} || stop.stop_requested())
            continue;
        const auto sizes = [&]() -> Result<std::map<TopicPartition, std::int64_t>> {
            const auto socket = BrokerSocket::open(*broker, *security, std::min(left, mostTimeOfOne), stop);
            if (!socket)
                return tl::unexpected<Error>(socket.error());
            const auto answer = (*socket)->ask(describeLogDirs, version, logSizesRequest(asked));
            if (!answer)
                return tl::unexpected<Error>(answer.error());
            return logSizesAnswer(*answer);
        }();
        if (!sizes) {
            if (!found.why)
                found.why = sizes.error();
            continue;
        }
        for (const TopicPartition& each : asked) {
            if (const auto size = sizes->find(each); size != sizes->end())
                found.bytes.insert(*size);
        }
    }
    return found;
}

} // namespace spillway::kafka
