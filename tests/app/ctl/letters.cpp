// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctl/letters.h"

namespace spillway::test {

namespace {

const QByteArray wrapper = "org.springframework.kafka.listener.ListenerExecutionFailedException";
const QByteArray method = "Listener method 'public void com.acme.Listener.on(java.lang.String)' threw exception";

QByteArray causes(const QByteArray& thrown, const QByteArray& message, const QByteArray& cause)
{
    QByteArray text = "Caused by: " + thrown + (message.isEmpty() ? QByteArray() : ": " + message) +
                      "\n\tat com.acme.Listener.on(Listener.java:42)\n\t... 26 more\n";
    if (!cause.isEmpty())
        text += "Caused by: " + cause + ": it began here\n\tat com.acme.Gateway.call(Gateway.java:7)\n\t... 31 more\n";
    return text;
}

QByteArray springStack(const Failure& f)
{
    return wrapper + ": " + method + "; " + f.message +
           "\n\tat org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler("
           "MessagingMessageListenerAdapter.java:505)\n"
           "\tSuppressed: " +
           wrapper +
           ": Restored Stack Trace\n"
           "\t\tat org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler("
           "MessagingMessageListenerAdapter.java:484)\n" +
           causes(f.thrown, f.message, f.cause);
}

QByteArray retryStack(const Failure& f)
{
    return wrapper + ": Listener failed\n\tat org.springframework.kafka.Container.run(Container.java:1)\n" +
           "Caused by: org.springframework.kafka.listener.TimestampedException: Exception thrown at "
           "2026-11-21T05:28:45.162023845Z\n\t... 12 more\n" +
           "Caused by: " + wrapper + ": " + method + "\n\t... 13 more\n" + causes(f.thrown, f.message, f.cause);
}

std::vector<ForeignHeader> springOrigin(const Failure& f)
{
    return {{"kafka_dlt-original-topic", f.topic},
            {"kafka_dlt-original-partition", int32Bytes(f.partition)},
            {"kafka_dlt-original-offset", int64Bytes(f.offset)},
            {"kafka_dlt-original-timestamp", int64Bytes(f.timestampMs)},
            {"kafka_dlt-original-timestamp-type", "CreateTime"},
            {"kafka_dlt-original-consumer-group", f.group}};
}

std::vector<ForeignHeader> springError(const Failure& f)
{
    return {{"kafka_dlt-exception-fqcn", wrapper},
            {"kafka_dlt-exception-cause-fqcn", f.thrown},
            {"kafka_dlt-exception-message", method + "; " + f.message},
            {"kafka_dlt-exception-stacktrace", springStack(f)}};
}

} // namespace

std::vector<ForeignHeader> springHeaders(const Failure& failure)
{
    return joined(springError(failure), springOrigin(failure));
}

std::vector<ForeignHeader> springSecondHopHeaders(const Failure& first, const Failure& second)
{
    return joined(springOrigin(first), springError(second), springOrigin(second));
}

std::vector<ForeignHeader> retryTopicHeaders(const Failure& f, int deliveries)
{
    std::vector<ForeignHeader> headers{{"kafka_original-topic", f.topic},
                                       {"kafka_original-partition", int32Bytes(f.partition)},
                                       {"kafka_original-offset", int64Bytes(f.offset)},
                                       {"kafka_original-timestamp", int64Bytes(f.timestampMs)},
                                       {"kafka_original-timestamp-type", "CreateTime"},
                                       {"kafka_dlt-original-consumer-group", f.group}};
    // The number told is that of the next try: 2 after the first delivery.
    const auto hop = [&](int delivery) {
        return std::vector<ForeignHeader>{
            {"retry_topic-original-timestamp", bigIntegerBytes(f.timestampMs)},
            {"retry_topic-attempts", int32Bytes(delivery + 1)},
            {"retry_topic-backoff-timestamp", bigIntegerBytes(f.timestampMs + 1'000 * delivery)}};
    };
    for (int delivery = 1; delivery < deliveries; ++delivery)
        headers = joined(headers, hop(delivery));
    return joined(headers,
                  std::vector<ForeignHeader>{{"kafka_exception-fqcn", wrapper},
                                             {"kafka_exception-cause-fqcn", f.thrown},
                                             {"kafka_exception-message", "Listener failed; " + f.message},
                                             {"kafka_exception-stacktrace", retryStack(f)}},
                  hop(deliveries));
}

std::vector<ForeignHeader> connectHeaders(const ConnectFailure& f)
{
    const QByteArray stack =
        f.thrown + (f.message ? ": " + *f.message : QByteArray()) +
        "\n\tat org.apache.kafka.connect.json.JsonConverter.toConnectData(JsonConverter.java:333)\n" +
        (f.cause.isEmpty() ? QByteArray()
                           : "Caused by: " + f.cause + ": com.fasterxml.jackson.core.JsonParse\n" +
                                 "\tat org.apache.kafka.connect.json.JsonDeserializer.deserialize("
                                 "JsonDeserializer.java:69)\n");
    return {{"__connect.errors.topic", f.topic},
            {"__connect.errors.partition", QByteArray::number(f.partition)},
            {"__connect.errors.offset", QByteArray::number(f.offset)},
            {"__connect.errors.connector.name", f.connector},
            {"__connect.errors.task.id", "0"},
            {"__connect.errors.stage", f.stage},
            {"__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"},
            {"__connect.errors.exception.class.name", f.thrown},
            {"__connect.errors.exception.message", f.message},
            {"__connect.errors.exception.stacktrace", stack}};
}

} // namespace spillway::test
