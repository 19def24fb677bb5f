// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/letters.h"

#include "model/base/text.h"

#include <QtEndian>

using namespace Qt::Literals::StringLiterals;

namespace spillway::demo {

namespace {

constexpr char wrapper[] = "org.springframework.kafka.listener.ListenerExecutionFailedException";

template<typename T>
QByteArray bigEndian(T number)
{
    QByteArray bytes(sizeof number, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray springStack(const Failure& failure, const QByteArray& message)
{
    QByteArray stack = QByteArray(wrapper) + ": " + message + '\n';
    stack += "\tat "
             "org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.decorateException("
             "KafkaMessageListenerContainer.java:2996)\n"
             "\tat "
             "org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.doInvokeOnMessage("
             "KafkaMessageListenerContainer.java:2936)\n"
             "\tat "
             "org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.invokeOnMessage("
             "KafkaMessageListenerContainer.java:2903)\n"
             "\tat "
             "org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.run("
             "KafkaMessageListenerContainer.java:1463)\n"
             "\tat java.base/java.lang.Thread.run(Thread.java:840)\n";
    stack += QByteArray("\tSuppressed: ") + wrapper +
             ": Restored Stack Trace\n"
             "\t\tat "
             "org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler("
             "MessagingMessageListenerAdapter.java:469)\n"
             "\t\tat "
             "org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter.onMessage("
             "RecordMessagingMessageListenerAdapter.java:85)\n";
    stack += "Caused by: " + failure.thrownClass + ": " + failure.message + '\n' + failure.thrownFrames;
    stack += "\tat java.base/java.lang.reflect.Method.invoke(Method.java:569)\n"
             "\tat "
             "org.springframework.messaging.handler.invocation.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod."
             "java:169)\n"
             "\t... 11 more\n";
    if (!failure.rootClass.isEmpty())
        stack += "Caused by: " + failure.rootClass + ": " + failure.rootMessage + '\n' + failure.rootFrames +
                 "\t... 15 more\n";
    return stack;
}

const QByteArray paymentListener = "public void "
                                   "com.acme.payment.OrderListener.onOrder(org.apache.kafka.clients.consumer."
                                   "ConsumerRecord<java.lang.String, byte[]>)";

} // namespace

Failure missingCustomer()
{
    return {.listener = paymentListener,
            .thrownClass = "com.acme.payment.SchemaMismatchException",
            .message = "KeyError 'customer_id': missing required field",
            .thrownFrames = "\tat com.acme.payment.OrderMapper.required(OrderMapper.java:41)\n"
                            "\tat com.acme.payment.OrderMapper.toReservation(OrderMapper.java:23)\n"
                            "\tat com.acme.payment.OrderListener.onOrder(OrderListener.java:57)\n",
            .rootClass = {},
            .rootMessage = {},
            .rootFrames = {}};
}

Failure gatewayTimeout(int afterMs)
{
    return {.listener = paymentListener,
            .thrownClass = "com.acme.payment.PaymentGatewayTimeoutException",
            .message = "payment gateway did not answer within " + QByteArray::number(afterMs) + " ms",
            .thrownFrames = "\tat com.acme.payment.GatewayClient.reserve(GatewayClient.java:88)\n"
                            "\tat com.acme.payment.OrderListener.onOrder(OrderListener.java:63)\n",
            .rootClass = "java.net.SocketTimeoutException",
            .rootMessage = "Read timed out",
            .rootFrames = "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)\n"
                          "\tat java.base/java.net.Socket$SocketInputStream.read(Socket.java:1099)\n"
                          "\tat com.acme.payment.GatewayClient.reserve(GatewayClient.java:84)\n"};
}

Failure creditLimitExceeded(double amount)
{
    return {.listener = paymentListener,
            .thrownClass = "com.acme.payment.CreditLimitExceededException",
            .message = "order of " + QByteArray::number(amount, 'f', 2) + " EUR exceeds the limit of 10000.00 EUR",
            .thrownFrames = "\tat com.acme.payment.CreditPolicy.check(CreditPolicy.java:52)\n"
                            "\tat com.acme.payment.OrderListener.onOrder(OrderListener.java:60)\n",
            .rootClass = {},
            .rootMessage = {},
            .rootFrames = {}};
}

Failure mailServerDown()
{
    return {.listener = "public void com.acme.notification.PaymentListener.onPayment(java.lang.String)",
            .thrownClass = "org.springframework.mail.MailSendException",
            .message = "Mail server connection failed: Connection refused",
            .thrownFrames =
                "\tat org.springframework.mail.javamail.JavaMailSenderImpl.doSend(JavaMailSenderImpl.java:407)\n"
                "\tat com.acme.notification.Mailer.send(Mailer.java:34)\n"
                "\tat com.acme.notification.PaymentListener.onPayment(PaymentListener.java:29)\n",
            .rootClass = "java.net.ConnectException",
            .rootMessage = "Connection refused",
            .rootFrames = "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n"
                          "\tat java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:592)\n"};
}

Failure featureStoreDown()
{
    return {.listener = {},
            .thrownClass = "FeatureStoreError",
            .message = "features could not be stored: connect ECONNREFUSED 10.20.4.7:6379",
            .thrownFrames =
                "    at FeatureStore.put (/srv/recommendation/dist/features/store.js:58:13)\n"
                "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n"
                "    at async ProfileListener.onProfile (/srv/recommendation/dist/profiles/listener.js:31:7)\n"
                "    at async Runner.processEachMessage "
                "(/srv/recommendation/node_modules/kafkajs/src/consumer/runner.js:231:9)",
            .rootClass = "Error",
            .rootMessage = "connect ECONNREFUSED 10.20.4.7:6379",
            .rootFrames = "      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)\n"
                          "      at FeatureStore.connect (/srv/recommendation/dist/features/store.js:22:9)\n"};
}

RawRecord springLetter(const RawRecord& original, const Failure& failure, const QByteArray& group,
                       UtcTime deadLetteredAt)
{
    RawRecord letter;
    letter.at = {original.at.topic + u".DLT"_s, original.at.partition};
    letter.timestamp = deadLetteredAt;
    letter.timestampType = TimestampType::CreateTime;
    letter.key = original.key;
    letter.value = original.value;
    for (const Header& header : original.headers) {
        if (!header.name.startsWith("kafka_dlt-exception-")) // Spring replaces an older failure's
            letter.headers.push_back(header);
    }
    const QByteArray message = "Listener method '" + failure.listener + "' threw exception; " + failure.message;
    const auto add = [&](const char* name, QByteArray value) { letter.headers.push_back({name, std::move(value)}); };
    add("kafka_dlt-exception-fqcn", wrapper);
    add("kafka_dlt-exception-cause-fqcn", failure.thrownClass);
    add("kafka_dlt-exception-message", message);
    add("kafka_dlt-exception-stacktrace", springStack(failure, message));
    add("kafka_dlt-original-topic", original.at.topic.toUtf8());
    add("kafka_dlt-original-partition", bigEndian(std::int32_t{original.at.partition}));
    add("kafka_dlt-original-offset", bigEndian(original.offset.value));
    add("kafka_dlt-original-timestamp", bigEndian(original.timestamp ? toMs(*original.timestamp) : std::int64_t{-1}));
    add("kafka_dlt-original-timestamp-type", "CreateTime");
    add("kafka_dlt-original-consumer-group", group);
    return letter;
}

RawRecord eventferryLetter(const RawRecord& original, const Failure& failure, UtcTime deadLetteredAt)
{
    RawRecord letter = original;
    letter.at = {original.at.topic + u".dlq"_s, 0};
    letter.offset = {};
    letter.timestamp = deadLetteredAt;
    letter.timestampType = TimestampType::CreateTime;
    const auto add = [&](const char* name, QByteArray value) { letter.headers.push_back({name, std::move(value)}); };
    add("dlq-reason", failure.message);
    add("dlq-error-class", failure.thrownClass);
    add("dlq-original-topic", original.at.topic.toUtf8());
    add("dlq-failed-at", formatUtc(deadLetteredAt).toLatin1());
    add("dlq-attempts", "3");
    add("dlq-stack", failure.thrownClass + ": " + failure.message + '\n' + failure.thrownFrames + " {\n  [cause]: " +
                         failure.rootClass + ": " + failure.rootMessage + '\n' + failure.rootFrames + "  }\n}\n");
    return letter;
}

RawRecord connectLetter(const RawRecord& original)
{
    const QByteArray thrown = "org.apache.kafka.connect.errors.DataException";
    const QByteArray message =
        "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain additional "
        "fields. If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter "
        "configuration.";
    RawRecord letter = original;
    letter.at = {u"connect-orders-warehouse.dlq"_s, 0};
    letter.offset = {};
    const auto add = [&](const char* name, QByteArray value) {
        letter.headers.push_back({QByteArray("__connect.errors.") + name, std::move(value)});
    };
    add("topic", original.at.topic.toUtf8());
    add("partition", QByteArray::number(original.at.partition));
    add("offset", QByteArray::number(static_cast<qlonglong>(original.offset.value)));
    add("connector.name", "orders-warehouse");
    add("task.id", "0");
    add("stage", "VALUE_CONVERTER");
    add("class.name", "org.apache.kafka.connect.json.JsonConverter");
    add("exception.class.name", thrown);
    add("exception.message", message);
    add("exception.stacktrace",
        thrown + ": " + message + '\n' +
            "\tat org.apache.kafka.connect.json.JsonConverter.toConnectData(JsonConverter.java:341)\n"
            "\tat "
            "org.apache.kafka.connect.runtime.WorkerSinkTask.lambda$convertAndTransformRecord$5(WorkerSinkTask.java:"
            "545)\n"
            "\tat "
            "org.apache.kafka.connect.runtime.errors.RetryWithToleranceOperator.execAndRetry("
            "RetryWithToleranceOperator.java:180)\n"
            "\tat org.apache.kafka.connect.runtime.WorkerSinkTask.convertMessages(WorkerSinkTask.java:501)\n");
    return letter;
}

} // namespace spillway::demo
