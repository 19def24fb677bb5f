// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <QByteArray>
#include <QtEndian>

#include <vector>

/// Writes dead letters as the frameworks were observed to write them: headers in their order, numbers in their
/// encoding.
namespace spillway::test {

using Bytes = std::optional<QByteArray>;

inline QByteArray int32Be(qint32 number)
{
    const qint32 big = qToBigEndian(number);
    return QByteArray(reinterpret_cast<const char*>(&big), 4);
}

inline QByteArray int64Be(qint64 number)
{
    const qint64 big = qToBigEndian(number);
    return QByteArray(reinterpret_cast<const char*>(&big), 8);
}

/// Java's BigInteger.toByteArray(): as few bytes as hold the number and its sign.
inline QByteArray bigInteger(qint64 number)
{
    QByteArray bytes = int64Be(number);
    while (bytes.size() > 1 && bytes[0] == 0 && (static_cast<unsigned char>(bytes[1]) & 0x80U) == 0)
        bytes.remove(0, 1);
    return bytes;
}

constexpr qint64 originMs = 1'763'703'925'118;
constexpr qint64 letterMs = 1'763'703'926'204;

inline void append(Headers& to, const Headers& more)
{
    to.insert(to.end(), more.begin(), more.end());
}
inline Headers joined(std::initializer_list<Headers> parts)
{
    Headers all;
    for (const Headers& part : parts)
        append(all, part);
    return all;
}

inline RawRecord letter(Headers headers, const QString& topic = QStringLiteral("orders-dlt"))
{
    return {.at = {topic, 2},
            .offset = Offset{41},
            .timestamp = utcFromMs(letterMs),
            .timestampType = TimestampType::CreateTime,
            .key = QByteArray("order-4711"),
            .value = QByteArray(R"({"order_id":"4711","amount":10.50})"),
            .headers = std::move(headers)};
}

inline Headers own()
{
    return {
        {"traceparent", QByteArray("00-4bf92f35-00f067aa-01")}, {"traceparent", QByteArray()}, {"empty", std::nullopt}};
}

/// A listener's failure as Spring prints it: the suppressed restored stack first, then the causes.
inline QByteArray springStack(const QByteArray& wrapperLine, const QByteArray& causes)
{
    return wrapperLine +
           "\n\tat "
           "org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.decorateException("
           "KafkaMessageListenerContainer.java:2986)\n"
           "\tat java.base/java.lang.Thread.run(Thread.java:840)\n"
           "\tSuppressed: org.springframework.kafka.listener.ListenerExecutionFailedException: Restored Stack Trace\n"
           "\t\tat "
           "org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler("
           "MessagingMessageListenerAdapter.java:473)\n"
           "\tCaused by: java.lang.Error: of the suppressed one\n"
           "\t\t... 12 more\n" +
           causes;
}

inline const QByteArray lefe = "org.springframework.kafka.listener.ListenerExecutionFailedException";
inline const QByteArray listenerThrew =
    "Listener method 'public void com.acme.Billing.on(java.lang.String)' threw exception";

struct Origin
{
    QByteArray topic = "orders";
    int partition = 3;
    qint64 offset = 88120;
    qint64 timestampMs = originMs;
    Bytes group = QByteArray("billing");
};

inline Headers springOriginals(const Origin& origin, const QByteArray& prefix = "kafka_dlt-original-")
{
    Headers headers{{prefix + "topic", origin.topic},
                    {prefix + "partition", int32Be(origin.partition)},
                    {prefix + "offset", int64Be(origin.offset)},
                    {prefix + "timestamp", int64Be(origin.timestampMs)},
                    {prefix + "timestamp-type", QByteArray("CreateTime")}};
    if (origin.group)
        headers.push_back({"kafka_dlt-original-consumer-group", origin.group});
    return headers;
}

struct Failure
{
    QByteArray className = "java.lang.IllegalStateException";
    QByteArray message = "no stock for sku 17";
    QByteArray deeper; ///< further `Caused by:` lines
};

inline QByteArray printed(const Failure& failure)
{
    return "Caused by: " + failure.className + (failure.message.isEmpty() ? QByteArray() : ": " + failure.message) +
           "\n\tat com.acme.Billing.on(Billing.java:42)\n\tat "
           "jdk.internal.reflect.GeneratedMethodAccessor101.invoke(Unknown Source)\n"
           "\t... 26 more\n" +
           failure.deeper;
}

/// The four exception headers of DeadLetterPublishingRecoverer since 2.8.
inline Headers springException(const Failure& failure, const QByteArray& prefix = "kafka_dlt-exception-")
{
    return {{prefix + "fqcn", lefe},
            {prefix + "cause-fqcn", failure.className},
            {prefix + "message", listenerThrew + "; " + failure.message},
            {prefix + "stacktrace", springStack(lefe + ": " + listenerThrew, printed(failure))}};
}

/// Before 2.8: no cause, and the message holds the chain.
inline Headers springException27(const Failure& failure, const QByteArray& prefix = "kafka_dlt-exception-")
{
    const QByteArray message = listenerThrew + "; nested exception is " + failure.className +
                               (failure.message.isEmpty() ? QByteArray() : ": " + failure.message);
    return {{prefix + "fqcn", lefe},
            {prefix + "message", message},
            {prefix + "stacktrace", springStack(lefe + ": " + message, printed(failure))}};
}

inline Headers retryTriple(int nextTry, bool isOld = false)
{
    return {{"retry_topic-original-timestamp", bigInteger(originMs)},
            {"retry_topic-attempts", isOld ? bigInteger(nextTry) : int32Be(nextTry)},
            {"retry_topic-backoff-timestamp", bigInteger(originMs + 900)}};
}

/// @RetryableTopic wraps twice, and tells the time of the throw in between.
inline Headers retryException(const Failure& failure, bool isOld = false)
{
    const QByteArray at = isOld ? "Exception thrown at " : "Exception thrown at 2026-11-21T05:28:45.162023845Z";
    const QByteArray stack = springStack(lefe + ": Listener failed",
                                         "Caused by: org.springframework.kafka.listener.TimestampedException: " + at +
                                             "\n\t... 8 more\nCaused by: " + lefe + ": " + listenerThrew +
                                             "\n\tat a.B.c(B.java:1)\n\t... 10 more\n" + printed(failure));
    Headers headers{{"kafka_exception-fqcn", lefe}};
    if (!isOld)
        headers.push_back(
            {"kafka_exception-cause-fqcn", QByteArray("org.springframework.kafka.listener.TimestampedException")});
    headers.push_back(
        {"kafka_exception-message", "Listener failed; " + at + "; " + listenerThrew + "; " + failure.message});
    headers.push_back({"kafka_exception-stacktrace", stack});
    return headers;
}

/// Spring Cloud Stream's Kafka binder; `throwable` is what stands after `Caused by: `.
inline Headers cloudStream(const Origin& origin, const Failure& failure, const QByteArray& messageHeaders)
{
    const QByteArray handler =
        "error occurred in message handler "
        "[org.springframework.cloud.stream.function.FunctionConfiguration$FunctionToDestinationBinder$1@13b0dc01]";
    const QByteArray stack = "org.springframework.messaging.MessageHandlingException: " + handler +
                             ", failedMessage=GenericMessage [payload=byte[8], headers={" + messageHeaders +
                             "}]\n\tat "
                             "org.springframework.integration.support.utils.IntegrationUtils."
                             "wrapInHandlingExceptionIfNecessary(IntegrationUtils.java:191)\n" +
                             printed(failure);
    Headers headers = springOriginals({origin.topic, origin.partition, origin.offset, origin.timestampMs, std::nullopt},
                                      "x-original-");
    append(headers, {{"x-exception-fqcn", QByteArray("org.springframework.messaging.MessageHandlingException")},
                     {"x-exception-message", handler + "; " + failure.message},
                     {"x-exception-stacktrace", stack}});
    return headers;
}

inline Headers connect(const Origin& origin, const QByteArray& className, const Bytes& message, const Bytes& stack,
                       const QByteArray& stage = "VALUE_CONVERTER")
{
    const QByteArray p = "__connect.errors.";
    return {{p + "topic", origin.topic},
            {p + "partition", QByteArray::number(origin.partition)},
            {p + "offset", QByteArray::number(origin.offset)},
            {p + "connector.name", QByteArray("jdbc-sink")},
            {p + "task.id", QByteArray("0")},
            {p + "stage", stage},
            {p + "class.name", QByteArray("org.apache.kafka.connect.json.JsonConverter")},
            {p + "exception.class.name", className},
            {p + "exception.message", message},
            {p + "exception.stacktrace", stack}};
}

inline Headers streams(const Bytes& topic, const QByteArray& partition, const QByteArray& offset,
                       const QByteArray& exception, const Bytes& message, const Bytes& stack)
{
    const QByteArray p = "__streams.errors.";
    return {{p + "exception", exception}, {p + "message", message},     {p + "stacktrace", stack},
            {p + "topic", topic},         {p + "partition", partition}, {p + "offset", offset}};
}

inline Headers smallrye(const Origin& origin, const QByteArray& className, const QByteArray& reason,
                        const Bytes& causeClass, const Bytes& cause, const QByteArray& prefix = "dead-letter-")
{
    Headers headers{{prefix + "exception-class-name", className}, {prefix + "reason", reason}};
    if (causeClass)
        append(headers, {{prefix + "cause-class-name", causeClass}, {prefix + "cause", cause}});
    append(headers, {{prefix + "topic", origin.topic},
                     {prefix + "partition", QByteArray::number(origin.partition)},
                     {prefix + "offset", QByteArray::number(origin.offset)}});
    return headers;
}

} // namespace spillway::test
