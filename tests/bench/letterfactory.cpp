// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/letterfactory.h"

#include <QtEndian>

#include <array>

namespace spillway::bench {

namespace {

constexpr std::int64_t firstMs = 1'761'000'000'000;
constexpr std::array services{"payment",  "billing", "stock",   "shipping", "fraud",   "loyalty", "search",
                              "invoice",  "mail",    "returns", "pricing",  "ledger",  "gifts",   "planning",
                              "supplier", "customs", "picking", "support",  "finance", "reports"};
constexpr std::array failures{"java.lang.IllegalStateException",
                              "java.util.concurrent.TimeoutException",
                              "com.acme.StockException",
                              "org.apache.kafka.common.errors.SerializationException",
                              "java.lang.NullPointerException",
                              "com.acme.CardDeclinedException",
                              "java.net.ConnectException",
                              "com.fasterxml.jackson.databind.exc.MismatchedInputException",
                              "java.sql.SQLTransientConnectionException",
                              "com.acme.AddressException"};
constexpr std::array words{"blue",    "cotton",  "shirt",   "large", "gift", "wrap",  "order",
                           "express", "fragile", "outdoor", "lamp",  "oak",  "table", "small",
                           "green",   "garden",  "chair",   "spare", "part", "set"};

QByteArray big32(int number)
{
    const qint32 big = qToBigEndian(number);
    return QByteArray(reinterpret_cast<const char*>(&big), 4);
}
QByteArray big64(qint64 number)
{
    const qint64 big = qToBigEndian(number);
    return QByteArray(reinterpret_cast<const char*>(&big), 8);
}

} // namespace

QString LetterFactory::topicName(int topic)
{
    return QStringLiteral("orders-%1-dlt").arg(topic);
}

int LetterFactory::below(int limit)
{
    return static_cast<int>(m_random() % static_cast<unsigned>(limit));
}

QByteArray LetterFactory::order(std::int64_t id)
{
    QByteArray json = R"({"order_id":"o-)" + QByteArray::number(id) + R"(","event_type":"order.created","amount":)" +
                      QByteArray::number(below(200'000) / 100.0, 'f', 2) + R"(,"currency":"EUR","customer":{"id":)" +
                      QByteArray::number(below(5'000'000)) + R"(,"region":")" + (below(3) == 0 ? "us" : "eu") +
                      R"(","tier":)" + QByteArray::number(below(5)) + R"(},"items":[)";
    for (bool isFirst = true; json.size() < 960; isFirst = false) {
        json += QByteArray(isFirst ? "" : ",") + R"({"sku":"sku-)" + QByteArray::number(below(90'000)) +
                R"(","quantity":)" + QByteArray::number(1 + below(9)) + R"(,"note":")";
        for (int i = 0; i < 3; ++i)
            json +=
                QByteArray(i == 0 ? "" : " ") + words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
        json += "\"}";
    }
    return json + R"(],"paid":true,"channel":"web"})";
}

RawRecord LetterFactory::next()
{
    const int topic = below(topics);
    const int partition = below(partitions);
    const int service = below(static_cast<int>(services.size()));
    const int failure = below(static_cast<int>(failures.size()));
    const std::int64_t id = m_count++;
    const std::int64_t atMs = firstMs + id * 2'500 + below(60'000);
    const QByteArray name = services[static_cast<std::size_t>(service)];
    const QByteArray error = failures[static_cast<std::size_t>(failure)];
    const QByteArray message = "step " + QByteArray::number(below(40)) + " of order o-" + QByteArray::number(id) +
                               " failed after " + QByteArray::number(below(3'000)) + " ms";
    const QByteArray wrapper = "org.springframework.kafka.listener.ListenerExecutionFailedException";
    return {.at = {topicName(topic), partition},
            .offset = Offset{m_offsets[topic][partition]++},
            .timestamp = utcFromMs(atMs),
            .timestampType = TimestampType::CreateTime,
            .key = "o-" + QByteArray::number(id),
            .value = order(id),
            .headers = {{"traceparent", "00-" + QByteArray::number(id * 2'654'435'761, 16) + "-01"},
                        {"kafka_dlt-original-topic", "orders-" + QByteArray::number(topic)},
                        {"kafka_dlt-original-partition", big32(partition)},
                        {"kafka_dlt-original-offset", big64(id)},
                        {"kafka_dlt-original-timestamp", big64(atMs - 900)},
                        {"kafka_dlt-original-timestamp-type", QByteArray("CreateTime")},
                        {"kafka_dlt-original-consumer-group", name + "-service"},
                        {"kafka_dlt-exception-fqcn", wrapper},
                        {"kafka_dlt-exception-cause-fqcn", error},
                        {"kafka_dlt-exception-message", message},
                        {"kafka_dlt-exception-stacktrace",
                         wrapper +
                             ": Listener failed\n\tat org.springframework.kafka.listener.KafkaMessageListener"
                             "Container.decorateException(KafkaMessageListenerContainer.java:2986)\nCaused by: " +
                             error + ": " + message + "\n\tat com.acme." + name +
                             ".Handler.on(Handler.java:" + QByteArray::number(40 + failure) + ")\n\t... 26 more\n"}}};
}

} // namespace spillway::bench
