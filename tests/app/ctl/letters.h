// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/app/ctl/foreignclient.h"

/// Dead letters as real frameworks write them: the headers, in their order and encoding, and the stack traces.
namespace spillway::test {

struct Failure
{
    QByteArray topic; ///< the record as it was first published
    int partition = 0;
    qint64 offset = 0;
    qint64 timestampMs = 0;
    QByteArray group;
    QByteArray thrown = "com.acme.PaymentTimeoutException";
    QByteArray message = "gateway did not answer";
    QByteArray cause = {}; ///< class of the cause; empty: there is none
};

/// What spring-kafka 3.3 and 4.1 append with DeadLetterPublishingRecoverer.
[[nodiscard]] std::vector<ForeignHeader> springHeaders(const Failure& failure);
/// The same for a second hop with default settings: the first hop's origin, the newest error, this hop's origin.
[[nodiscard]] std::vector<ForeignHeader> springSecondHopHeaders(const Failure& first, const Failure& second);
/// What @RetryableTopic appends after so many deliveries, at least two.
[[nodiscard]] std::vector<ForeignHeader> retryTopicHeaders(const Failure& failure, int deliveries);

struct ConnectFailure
{
    QByteArray topic;
    int partition = 0;
    qint64 offset = 0;
    QByteArray connector = "orders-sink";
    QByteArray stage = "VALUE_CONVERTER";
    QByteArray thrown = "org.apache.kafka.connect.errors.DataException";
    std::optional<QByteArray> message = "Converting byte[] to Kafka Connect data failed due to serialization error: ";
    QByteArray cause = "org.apache.kafka.common.errors.SerializationException";
};

[[nodiscard]] std::vector<ForeignHeader> connectHeaders(const ConnectFailure& failure);

template<typename... More>
[[nodiscard]] std::vector<ForeignHeader> joined(std::vector<ForeignHeader> first, const More&... more)
{
    (first.insert(first.end(), more.begin(), more.end()), ...);
    return first;
}

} // namespace spillway::test
