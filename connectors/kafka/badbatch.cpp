// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/badbatch.h"

#include "connectors/kafka/client.h"

namespace spillway::kafka {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis patience{15'000}; // for one read
constexpr int turnMs = 50;

/// Reads one partition from an offset, and tells whether the first thing that comes is the batch in question.
class BatchProbe
{
public:
    BatchProbe(Client& client, Topic topic, const TopicPartition& at, Offset base)
        : m_client(client)
        , m_topic(std::move(topic))
        , m_at(at)
        , m_base(base)
    {
    }

    /// Where the partition ends for this client. Behind that nothing is answered while a transaction is open.
    Status findEnd(const std::stop_token& stop)
    {
        struct Found
        {
            rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
            std::int64_t end = 0;
        };
        const auto found = m_client.call<Found>(
            [at = m_at](rd_kafka_t* rk, int timeoutMs) {
                Found answer;
                std::int64_t start = 0;
                answer.code = rd_kafka_query_watermark_offsets(rk, at.topic.toUtf8().constData(), at.partition, &start,
                                                               &answer.end, timeoutMs);
                return answer;
            },
            u"topic '%1'"_s.arg(m_at.topic), stop);
        if (!found)
            return tl::unexpected<Error>(found.error());
        if (found->code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return tl::unexpected<Error>(m_client.failedOnTopic(found->code, m_at.topic, {u"Describe"_s, u"Read"_s}));
        m_end = found->end;
        return {};
    }

    Result<bool> isInside(std::int64_t offset, const std::stop_token& stop)
    {
        if (offset >= m_end)
            return false;
        if (rd_kafka_consume_start(m_topic.get(), m_at.partition, offset) != 0)
            return tl::unexpected<Error>(m_client.failedOnTopic(rd_kafka_last_error(), m_at.topic, {u"Read"_s}));
        Result<bool> isBad = look(stop);
        rd_kafka_consume_stop(m_topic.get(), m_at.partition);
        return isBad;
    }

private:
    Result<bool> look(const std::stop_token& stop)
    {
        const auto start = std::chrono::steady_clock::now();
        while (!stop.stop_requested()) {
            const MessageHandle message(rd_kafka_consume(m_topic.get(), m_at.partition, turnMs));
            m_client.serve();
            if (message && isUndecodable(message->err))
                return message->offset == m_base.value;
            if (message && !isSilence(message->err)) {
                // A record, the end of the partition, or an offset outside it: no part of the batch.
                const bool isBeyond = message->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
                                      message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
                                      message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                                      message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
                if (isBeyond)
                    return false;
                return tl::unexpected<Error>(
                    m_client.failedOnTopic(message->err, m_at.topic, {u"Describe"_s, u"Read"_s}));
            }
            if (std::chrono::steady_clock::now() - start > patience)
                return tl::unexpected<Error>(m_client.failed(RD_KAFKA_RESP_ERR__TIMED_OUT, u"records"_s));
        }
        return fail(ErrorCode::Cancelled, u"cancelled while reading"_s);
    }

    Client& m_client;
    Topic m_topic;
    const TopicPartition& m_at;
    Offset m_base;
    std::int64_t m_end = 0;
};

} // namespace

bool isUndecodable(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION || code == RD_KAFKA_RESP_ERR__BAD_MSG;
}

Result<std::optional<Offset>> endOfUndecodable(const std::shared_ptr<Site>& site,
                                               const std::vector<Property>& properties, const TopicPartition& at,
                                               Offset base, std::stop_token stop)
{
    const auto client = Client::open(site, Client::Kind::Consumer, properties);
    if (!client)
        return tl::unexpected<Error>(client.error());
    TopicConf conf(rd_kafka_topic_conf_new());
    char why[256];
    rd_kafka_topic_conf_set(conf.get(), "auto.offset.reset", "error", why, sizeof why); // outside the log is an answer
    Topic topic(rd_kafka_topic_new((*client)->handle(), at.topic.toUtf8().constData(), conf.release()));
    if (!topic)
        return tl::unexpected<Error>((*client)->failedOnTopic(rd_kafka_last_error(), at.topic, {u"Read"_s}));
    BatchProbe probe(**client, std::move(topic), at, base);
    if (const Status status = probe.findEnd(stop); !status)
        return tl::unexpected<Error>(status.error());
    const auto first = probe.isInside(base.value, stop);
    if (!first)
        return tl::unexpected<Error>(first.error());
    if (!*first)
        return std::optional<Offset>();
    std::int64_t inside = base.value;
    std::int64_t step = 1;
    while (true) {
        const auto isInside = probe.isInside(base.value + step, stop);
        if (!isInside)
            return tl::unexpected<Error>(isInside.error());
        if (!*isInside)
            break;
        inside = base.value + step;
        step *= 2;
    }
    std::int64_t beyond = base.value + step;
    while (beyond - inside > 1) {
        const std::int64_t middle = inside + (beyond - inside) / 2;
        const auto isInside = probe.isInside(middle, stop);
        if (!isInside)
            return tl::unexpected<Error>(isInside.error());
        (*isInside ? inside : beyond) = middle;
    }
    return std::optional(Offset{beyond});
}

} // namespace spillway::kafka
