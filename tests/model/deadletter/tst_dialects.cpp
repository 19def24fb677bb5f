// SPDX-License-Identifier: GPL-3.0-or-later
// Every rule of how frameworks write dead letters, a row each.
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/lettermapping.h"
#include "model/workspace/mappingedit.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// What a letter must tell; what is not set must not be told.
struct Told
{
    QString dialect;
    std::optional<QString> originTopic = u"orders"_s;
    std::optional<int> originPartition = 3;
    std::optional<qint64> originOffset = 88120;
    std::optional<qint64> originMs{};
    std::optional<QString> group{};
    std::optional<QString> errorClass{};
    std::optional<QString> rootCause{};
    std::optional<QString> message{};
    std::optional<int> attempts{};
    std::optional<qint64> deadLetteredMs = letterMs;
    std::optional<QString> stage{};
    bool hasStack = true;
    bool isPointer = false;
    bool isInternal = false;
};

struct Case
{
    const char* name;
    RawRecord record;
    Told told;
};

const QString ise = u"java.lang.IllegalStateException"_s;
const QString noStock = u"no stock for sku 17"_s;
const QByteArray deserialization = "org.springframework.kafka.support.serializer.DeserializationException";

Headers deserializationHeaders(const QByteArray& key)
{
    const QByteArray p = "kafka_dlt-" + key + "exception-";
    return {{p + "fqcn", deserialization},
            {"kafka_dlt-exception-cause-fqcn", deserialization},
            {p + "message", QByteArray("failed to deserialize")},
            {p + "stacktrace",
             deserialization +
                 ": failed to deserialize\n\tat x\nCaused by: com.fasterxml.jackson.core.JsonParseException: bad\n"}};
}

std::vector<Case> springCases()
{
    const Origin origin;
    const Origin second{"orders-dlt", 3, 7, letterMs - 5, QByteArray("billing-dlt")};
    const Failure first;
    const Failure later{"com.acme.StockException", "still none", "Caused by: java.io.IOException: gone\n\tat x\n"};
    const Told told{.dialect = u"spring-dlpr"_s,
                    .originMs = originMs,
                    .group = u"billing"_s,
                    .errorClass = ise,
                    .rootCause = ise,
                    .message = noStock};
    std::vector<Case> cases;
    const auto row = [&](const char* name, RawRecord record, Told expected) {
        cases.push_back({name, std::move(record), std::move(expected)});
    };

    row("spring-dlpr: what the listener threw, without its wrapper",
        letter(joined({own(), springOriginals(origin), springException(first)})), told);
    row("spring-dlpr: exception headers first, then origin, as 3.3 and 4.1 also write",
        letter(joined({own(), springException(first), springOriginals(origin)})), told);
    Told expected = told;
    expected.errorClass = u"com.acme.StockException"_s;
    expected.rootCause = u"java.io.IOException"_s;
    expected.message = u"still none"_s;
    row("spring-dlpr: the root cause stands at the end of the stack",
        letter(joined({springOriginals(origin), springException(later)})), expected);
    expected.group = u"billing-dlt"_s;
    row("spring-dlpr: second hop, first origin is the origin, last group is the failing one",
        letter(joined({own(), springOriginals(origin), springException(later), springOriginals(second)}),
               u"orders-dlt-dlt"_s),
        expected);
    expected.group.reset();
    row("spring-dlpr: second hop that kept the first hop's origin only: the group beside the error is an older one",
        letter(joined({own(), springOriginals(origin), springException(later)}), u"orders-dlt-dlt"_s), expected);
    row("spring-dlpr: likewise in a topic of another name, where the failure stands behind the older origin",
        letter(joined({own(), springOriginals(origin), springException(later)}), u"parking"_s), expected);
    expected.group = u"billing"_s;
    row("spring-dlpr: one hop into a topic of another name keeps its group",
        letter(joined({own(), springException(later), springOriginals(origin)}), u"parking"_s), expected);
    row("spring-dlpr: a clone that writes the origin first, into the origin's own dead-letter topic",
        letter(joined({own(), springOriginals(origin), springException(later)}), u"failed-orders"_s), expected);
    expected.group = u"billing-dlt"_s;
    row("spring-dlpr: second hop that kept the older exception too: the last is newest",
        letter(
            joined({springOriginals(origin), springException(first), springException(later), springOriginals(second)})),
        expected);
    expected.group.reset();
    row("spring-dlpr: two exceptions beside one origin: the group is the first hop's",
        letter(joined({springOriginals(origin), springException(first), springException(later)})), expected);

    expected = told;
    expected.group = u"billing"_s;
    row("spring-dlpr: replayed with headers kept, both origins equal but for the offset",
        letter(joined(
            {springOriginals(origin), springException(first), springOriginals({"orders", 3, 99001, letterMs - 9})})),
        expected);

    expected = told;
    expected.message.reset();
    row("spring-dlpr: a thrown one without message is no message",
        letter(joined({springOriginals(origin), springException({"java.lang.IllegalStateException", "", ""})})),
        expected);
    expected.message = u"line one\nline two; with; semicolons"_s;
    row("spring-dlpr: a message over two lines",
        letter(joined({springOriginals(origin), springException({"java.lang.IllegalStateException",
                                                                 "line one\nline two; with; semicolons", ""})})),
        expected);
    expected.message = u"see:\n\tat the\ndoor"_s;
    row("spring-dlpr: a message with a line like a frame is read from its header",
        letter(joined({springOriginals(origin),
                       springException({"java.lang.IllegalStateException", "see:\n\tat the\ndoor", ""})})),
        expected);

    expected = told;
    expected.errorClass = expected.rootCause = QString::fromLatin1(deserialization);
    expected.rootCause = u"com.fasterxml.jackson.core.JsonParseException"_s;
    expected.message = u"failed to deserialize"_s;
    row("spring-dlpr: a value that does not parse",
        letter(joined({springOriginals(origin), deserializationHeaders("")})), expected);
    row("spring-dlpr: a key that does not parse has key- headers, but for the cause",
        letter(joined({springOriginals(origin), deserializationHeaders("key-")})), expected);
    Headers both = deserializationHeaders("key-");
    both.erase(both.begin() + 1);
    row("spring-dlpr: key and value that do not parse are one failure",
        letter(joined({springOriginals(origin), both, deserializationHeaders("")})), expected);

    expected = told;
    expected.rootCause.reset();
    expected.hasStack = false;
    Headers noStack = springException(first);
    noStack.pop_back();
    row("spring-dlpr: without a stack there is no root cause", letter(joined({springOriginals(origin), noStack})),
        expected);
    expected.errorClass.reset();
    expected.message.reset();
    row("spring-dlpr: a wrapper alone tells nothing of the application's error",
        letter(joined({springOriginals(origin), {{"kafka_dlt-exception-fqcn", lefe}}})), expected);
    expected.errorClass = u"com.acme.Unwrapped"_s;
    expected.message = u"plain"_s;
    row("spring-dlpr: a class that is no wrapper is what was thrown, whatever its cause",
        letter(joined({springOriginals(origin),
                       {{"kafka_dlt-exception-fqcn", QByteArray("com.acme.Unwrapped")},
                        {"kafka_dlt-exception-cause-fqcn", QByteArray("java.io.IOException")},
                        {"kafka_dlt-exception-message", QByteArray("plain")}}})),
        expected);

    expected = told;
    expected.originPartition.reset();
    expected.originOffset.reset();
    expected.originMs.reset();
    Headers cut = springOriginals(origin);
    cut[1].value = QByteArray("\0\0\3", 3);
    cut[2].value = QByteArray(9, '\0');
    cut[3].value = QByteArray();
    row("spring-dlpr: numbers of a wrong length are not told", letter(joined({cut, springException(first)})), expected);
    cut = springOriginals({"orders", 3, 88120, -1});
    expected = told;
    expected.originMs.reset();
    row("spring-dlpr: timestamp -1 is no time", letter(joined({cut, springException(first)})), expected);
    cut = springOriginals(origin);
    cut[1].value = QByteArray("3");
    cut[2].value = QByteArray("88120");
    cut[3].value = QByteArray::number(originMs);
    row("spring-dlpr: numbers that a tool rewrote as digits", letter(joined({cut, springException(first)})), told);

    expected = told;
    expected.group.reset();
    Origin oldOrigin = origin;
    oldOrigin.group.reset();
    row("spring-dlpr 2.7.4: no group, no cause; the class stands in the stack",
        letter(joined({springOriginals(oldOrigin), springException27(first)}), u"orders.DLT"_s), expected);
    expected.errorClass = u"com.acme.StockException"_s;
    expected.rootCause = u"java.io.IOException"_s;
    expected.message = u"still none"_s;
    Origin oldSecond = second;
    oldSecond.group.reset();
    row("spring-dlpr 2.7.4: second hop has all twice",
        letter(joined({springOriginals(oldOrigin), springException27(first), springOriginals(oldSecond),
                       springException27(later)})),
        expected);
    expected = told;
    expected.group.reset();
    expected.rootCause.reset();
    expected.hasStack = false;
    noStack = springException27(first);
    noStack.pop_back();
    row("spring-dlpr 2.7.4: without a stack the message's chain tells the class",
        letter(joined({springOriginals(oldOrigin), noStack})), expected);
    expected = told;
    expected.group.reset();
    expected.message.reset();
    Headers twice = springException27({"java.lang.IllegalStateException", "", ""});
    twice[1].value = listenerThrew + "; nested exception is java.lang.IllegalStateException"
                                     "; nested exception is java.lang.IllegalStateException";
    row("spring-dlpr 2.7.4: a chain that each wrapper repeats is no message",
        letter(joined({springOriginals(oldOrigin), twice})), expected);
    return cases;
}

std::vector<Case> retryTopicCases()
{
    const Origin origin;
    const Headers originals = springOriginals(origin, "kafka_original-");
    const Failure first;
    const Failure later{"com.acme.StockException", "still none", "Caused by: java.io.IOException: gone\n\tat x\n"};
    const Told told{.dialect = u"spring-retrytopic"_s,
                    .originMs = originMs,
                    .group = u"billing"_s,
                    .errorClass = ise,
                    .rootCause = ise,
                    .message = noStock,
                    .attempts = 3};
    std::vector<Case> cases;
    cases.push_back(
        {"spring-retrytopic: the next try is 4 after three deliveries",
         letter(joined({own(), originals, retryTriple(2), retryTriple(3), retryException(first), retryTriple(4)})),
         told});
    Told expected = told;
    expected.attempts = 1;
    expected.errorClass = u"com.acme.StockException"_s;
    expected.rootCause = u"java.io.IOException"_s;
    expected.message = u"still none"_s;
    cases.push_back({"spring-retrytopic: straight to the letter, exception first, one delivery",
                     letter(joined({own(), retryException(later), originals, retryTriple(2)})), expected});
    expected = told;
    expected.attempts = 4;
    cases.push_back({"spring-retrytopic: the letter's own handler failed, one attempt more",
                     letter(joined({originals, retryTriple(2), retryTriple(3), retryTriple(4), retryException(first),
                                    retryTriple(5)})),
                     expected});
    Origin old = origin;
    old.group.reset();
    expected = told;
    expected.group.reset();
    cases.push_back({"spring-retrytopic 2.7.4: no group, no cause, attempts in one byte, an exception a hop",
                     letter(joined({springOriginals(old, "kafka_original-"), retryException(later, true),
                                    retryTriple(2, true), retryException(later, true), retryTriple(3, true),
                                    retryException(first, true), retryTriple(4, true)})),
                     expected});
    expected = told;
    expected.attempts.reset();
    Headers hostile = retryTriple(4);
    hostile[0].value = QByteArray(1 << 16, '\x7F');
    hostile[1].value = QByteArray(9, '\1');
    cases.push_back({"spring-retrytopic: lengths out of all bounds tell nothing and harm nothing",
                     letter(joined({originals, retryException(first), hostile})), expected});
    hostile[1].value = int32Be(1);
    cases.push_back({"spring-retrytopic: a next try of 1 would be no delivery at all",
                     letter(joined({originals, retryException(first), hostile})), expected});
    Headers noOriginalTime = originals;
    noOriginalTime.erase(noOriginalTime.begin() + 3);
    cases.push_back({"spring-retrytopic: the origin's time also stands in six bytes",
                     letter(joined({noOriginalTime, retryTriple(3), retryException(first), retryTriple(4)})), told});
    return cases;
}

std::vector<Case> cloudStreamCases()
{
    const Origin origin;
    const QByteArray inner =
        "deliveryAttempt=2, kafka_timestampType=CREATE_TIME, kafka_receivedTopic=orders, kafka_groupId=billing";
    const Told told{.dialect = u"spring-cloud-stream"_s,
                    .originMs = originMs,
                    .group = u"billing"_s,
                    .errorClass = ise,
                    .rootCause = ise,
                    .message = noStock,
                    .attempts = 2};
    std::vector<Case> cases;
    cases.push_back({"spring-cloud-stream: class, group and attempts stand in the stack only",
                     letter(joined({own(), cloudStream(origin, {}, inner)}), u"error.orders.billing"_s), told});
    Told expected = told;
    expected.errorClass = expected.rootCause = u"com.acme.StockException"_s;
    expected.message = u"still none"_s;
    expected.attempts = 5;
    cases.push_back(
        {"spring-cloud-stream: second hop appends all eight",
         letter(joined({own(), cloudStream(origin, {}, inner),
                        cloudStream({"error.orders.billing", 1, 5}, {"com.acme.StockException", "still none", ""},
                                    "kafka_groupId=billing, deliveryAttempt=5")})),
         expected});
    expected = told;
    expected.group.reset();
    expected.attempts.reset();
    cases.push_back({"spring-cloud-stream: a header's text that claims another group leaves it unknown",
                     letter(cloudStream(origin, {}, "note={kafka_groupId=evil, deliveryAttempt=9}, " + inner)),
                     expected});
    expected = told;
    expected.message.reset();
    cases.push_back({"spring-cloud-stream: the framework's own words are no message",
                     letter(cloudStream(origin, {"java.lang.IllegalStateException", "", ""}, inner)), expected});
    Headers onlyCause = cloudStream(origin, {"java.io.IOException", "", ""}, inner);
    for (Header& header : onlyCause) { // an IllegalStateException is left out, its cause stands in the stack alone
        if (header.name == "x-exception-stacktrace")
            header.value->replace("java.io.IOException", "java.io.IOException: disk is gone");
    }
    expected.errorClass = u"java.io.IOException"_s;
    expected.rootCause = expected.errorClass;
    expected.message = u"disk is gone"_s;
    cases.push_back({"spring-cloud-stream: what the message does not tell of the cause the stack does",
                     letter(onlyCause), expected});
    Headers text = cloudStream(origin, {}, inner);
    text[1].value = QByteArray("3");
    text[2].value = QByteArray("88120");
    text[3].value = QByteArray::number(originMs);
    cases.push_back({"spring-cloud-stream: clones write the numbers as text", letter(text), told});
    expected = told;
    expected.group.reset();
    expected.attempts.reset();
    expected.errorClass.reset();
    expected.rootCause.reset();
    expected.message.reset();
    expected.hasStack = false;
    text.pop_back();
    cases.push_back({"spring-cloud-stream: without a stack the wrapper alone tells nothing", letter(text), expected});
    return cases;
}

std::vector<Case> connectCases()
{
    const Origin origin;
    const QByteArray data = "org.apache.kafka.connect.errors.DataException";
    const QByteArray converting = "Converting byte[] to Kafka Connect data failed due to serialization error: ";
    const QByteArray stack =
        data + ": " + converting +
        "\n\tat x\nCaused by: org.apache.kafka.common.errors.SerializationException: java.io.X\n\tat y\nCaused by: "
        "com.fasterxml.jackson.core.JsonParseException: Unexpected character\n\t... 20 more\n";
    const Headers hop = connect(origin, data, converting, stack);
    const Told told{.dialect = u"kafka-connect"_s,
                    .originMs = letterMs,
                    .errorClass = QString::fromLatin1(data),
                    .rootCause = u"com.fasterxml.jackson.core.JsonParseException"_s,
                    .message = QString::fromLatin1(converting),
                    .deadLetteredMs = std::nullopt,
                    .stage = u"VALUE_CONVERTER"_s};
    std::vector<Case> cases;
    cases.push_back({"kafka-connect: the record keeps its source's time, the failure's is told nowhere",
                     letter(joined({own(), hop})), told});
    const QByteArray npe = "java.lang.NullPointerException";
    Told expected = told;
    expected.errorClass = expected.rootCause = QString::fromLatin1(npe);
    expected.message.reset();
    expected.stage = u"TASK_PUT"_s;
    cases.push_back({"kafka-connect: an error without message has a null value",
                     letter(connect(origin, npe, std::nullopt, npe + "\n\tat x\n", "TASK_PUT")), expected});
    expected.originMs.reset();
    cases.push_back(
        {"kafka-connect: second hop appends all ten; whose time the record has is unknown then",
         letter(joined({hop, connect({"orders", 3, 99001}, npe, std::nullopt, npe + "\n\tat x\n", "TASK_PUT")})),
         expected});
    expected = told;
    expected.rootCause.reset();
    expected.hasStack = false;
    cases.push_back({"kafka-connect: a null stack tells no root cause",
                     letter(connect(origin, data, converting, std::nullopt)), expected});
    expected = told;
    expected.originMs.reset();
    expected.deadLetteredMs = letterMs;
    RawRecord stamped = letter(hop);
    stamped.timestampType = TimestampType::LogAppendTime;
    cases.push_back({"kafka-connect: a broker's own timestamp is the time of dead-lettering", stamped, expected});
    expected = told;
    expected.originPartition.reset();
    expected.originOffset.reset();
    cases.push_back({"kafka-connect: partition and offset -1 are unknown",
                     letter(connect({"orders", -1, -1}, data, converting, stack)), expected});
    return cases;
}

std::vector<Case> streamsCases()
{
    const QByteArray npe = "java.lang.NullPointerException";
    const QByteArray stack = npe + "\n\tat com.acme.Topology.map(Topology.java:9)\n";
    const Told told{.dialect = u"kafka-streams"_s,
                    .originMs = letterMs,
                    .errorClass = QString::fromLatin1(npe),
                    .rootCause = QString::fromLatin1(npe),
                    .deadLetteredMs = std::nullopt};
    std::vector<Case> cases;
    const Headers hop = streams(QByteArray("orders"), "3", "88120", npe, std::nullopt, stack);
    cases.push_back({"kafka-streams: an error without message has a null value", letter(joined({own(), hop})), told});
    RawRecord pointer = letter(hop);
    pointer.key.reset();
    pointer.value.reset();
    Told expected = told;
    expected.isPointer = true;
    cases.push_back({"kafka-streams: no key and no value is a pointer, not a tombstone", pointer, expected});
    RawRecord tombstone = letter(hop);
    tombstone.value.reset();
    cases.push_back({"kafka-streams: a key without value is the record itself", tombstone, told});
    RawRecord timer = letter(streams(std::nullopt, "-1", "-1", npe, QByteArray("late"), stack));
    timer.key.reset();
    timer.value.reset();
    expected = told;
    expected.originTopic.reset();
    expected.originPartition.reset();
    expected.originOffset.reset();
    expected.originMs.reset();
    expected.message = u"late"_s;
    cases.push_back({"kafka-streams: a timer has no origin", timer, expected});
    expected = told;
    expected.originTopic = u"shop-by-customer-repartition"_s;
    expected.isInternal = true;
    cases.push_back(
        {"kafka-streams: a repartition topic is emptied by Streams itself",
         letter(streams(QByteArray("shop-by-customer-repartition"), "3", "88120", npe, std::nullopt, stack)),
         expected});
    expected = told;
    expected.errorClass = expected.rootCause = u"com.acme.StockException"_s;
    expected.message = u"still none"_s;
    expected.originMs.reset();
    cases.push_back({"kafka-streams: second hop is appended, newest last",
                     letter(joined({hop, streams(QByteArray("orders-dlq"), "0", "4", "com.acme.StockException",
                                                 QByteArray("still none"),
                                                 QByteArray("com.acme.StockException: still none\n\tat x\n"))})),
                     expected});
    expected.originMs = letterMs;
    cases.push_back({"kafka-streams: an early build wrote class and message in one",
                     letter(streams(QByteArray("orders"), "3", "88120", "com.acme.StockException: still none",
                                    std::nullopt, QByteArray("com.acme.StockException: still none\n\tat x\n"))),
                     expected});
    return cases;
}

std::vector<Case> smallryeCases()
{
    const Origin origin;
    const QByteArray processing = "io.smallrye.reactive.messaging.providers.ProcessingException";
    const QByteArray invocation = "java.lang.reflect.InvocationTargetException";
    const Told told{.dialect = u"smallrye"_s, .errorClass = ise, .message = noStock, .hasStack = false};
    std::vector<Case> cases;
    const Headers withCause = smallrye(origin, "java.lang.IllegalStateException", "no stock for sku 17",
                                       QByteArray("java.io.IOException"), QByteArray("gone"));
    cases.push_back(
        {"smallrye: without a stack the cause told is no root cause", letter(joined({withCause, own()})), told});
    const Headers newest =
        smallrye({"dead-letters", 0, 5}, "com.acme.StockException", "still none", std::nullopt, std::nullopt);
    Told expected = told;
    expected.errorClass = u"com.acme.StockException"_s;
    expected.message = u"still none"_s;
    cases.push_back({"smallrye: newest first, origin last", letter(joined({newest, withCause, own()})), expected});
    const Headers wrapped =
        smallrye({"dead-letters", 0, 5}, processing, "SRMSG00103: Exception thrown when calling the method a.B#c",
                 std::nullopt, std::nullopt);
    expected.errorClass.reset();
    expected.message.reset();
    cases.push_back({"smallrye: the older failure's cause is never put under the newer wrapper",
                     letter(joined({wrapped, withCause})), expected});
    cases.push_back({"smallrye: a method that throws tells nothing of the application's error",
                     letter(smallrye(origin, processing, "SRMSG00103: Exception thrown when calling the method a.B#c",
                                     invocation, invocation)),
                     expected});
    cases.push_back({"smallrye: a wrapper over a real cause tells that",
                     letter(smallrye(origin, processing, "SRMSG00103: …", QByteArray("java.lang.IllegalStateException"),
                                     QByteArray("no stock for sku 17"))),
                     told});
    expected = told;
    expected.message.reset();
    cases.push_back({"smallrye: an error without message says its class instead",
                     letter(smallrye(origin, "java.lang.IllegalStateException", "java.lang.IllegalStateException",
                                     std::nullopt, std::nullopt)),
                     expected});
    expected = told;
    expected.errorClass = u"org.apache.kafka.common.errors.RecordDeserializationException"_s;
    expected.message = u"Error deserializing VALUE"_s;
    Headers parse =
        smallrye(origin, "org.apache.kafka.common.errors.RecordDeserializationException", "Error deserializing VALUE",
                 QByteArray("com.fasterxml.jackson.core.JsonParseException"), QByteArray("bad"));
    append(parse, {{"deserialization-failure-deserializer", QByteArray("a.JsonDeserializer")},
                   {"deserialization-failure-value-data", QByteArray("\xFF\0{", 3)},
                   {"deserialization-failure-data", QByteArray("\xFF\0{", 3)}});
    cases.push_back({"smallrye: a value that does not parse carries its raw bytes", letter(parse), expected});

    const Headers retryNewest = smallrye({"orders-retry", 3, 4}, "com.acme.StockException", "still none", std::nullopt,
                                         std::nullopt, "delayed-retry-");
    const Headers retryOldest = smallrye(origin, "java.lang.IllegalStateException", "no stock for sku 17",
                                         QByteArray("java.io.IOException"), QByteArray("gone"), "delayed-retry-");
    const Headers once{{"delayed-retry-original-timestamp", QByteArray::number(originMs)},
                       {"delayed-retry-first-processing-timestamp", QByteArray::number(originMs + 4)},
                       {"delayed-retry-count", QByteArray("2")}};
    cases.push_back({"smallrye-delayed-retry: count 2 after three deliveries, newest first",
                     letter(joined({retryNewest, retryOldest, own(), once})),
                     {.dialect = u"smallrye-delayed-retry"_s,
                      .originMs = originMs,
                      .errorClass = u"com.acme.StockException"_s,
                      .message = u"still none"_s,
                      .attempts = 3,
                      .hasStack = false}});
    return cases;
}

std::vector<Case> otherCases()
{
    const Origin origin;
    std::vector<Case> cases;
    cases.push_back({"nothing known: unrecognised, and nothing is guessed",
                     letter(own()),
                     {.dialect = u"unrecognised"_s,
                      .originTopic = std::nullopt,
                      .originPartition = std::nullopt,
                      .originOffset = std::nullopt,
                      .hasStack = false}});
    const QByteArray q = "__dlq.errors.";
    RawRecord share = letter({{q + "topic", QByteArray("orders")},
                              {q + "partition", QByteArray("3")},
                              {q + "offset", QByteArray("88120")},
                              {q + "group", QByteArray("billing")},
                              {q + "delivery.count", QByteArray("5")},
                              {q + "message", QByteArray("Offset delivery count exceeded the threshold.")}});
    share.key.reset();
    share.value.reset();
    cases.push_back({"share-group: the broker tells group and deliveries, no class",
                     share,
                     {.dialect = u"share-group"_s,
                      .group = u"billing"_s,
                      .message = u"Offset delivery count exceeded the threshold."_s,
                      .attempts = 5,
                      .hasStack = false,
                      .isPointer = true}});
    cases.push_back(
        {"generic: the binder's names for the place, another's for the error",
         letter({{"x-original-topic", QByteArray("orders")},
                 {"x-original-partition", QByteArray("3")},
                 {"x-original-offset", QByteArray("88120")},
                 {"x-error-class", QByteArray("com.acme.Refused")},
                 {"x-error-message", QByteArray("no stock for sku 17")}}),
         {.dialect = u"generic"_s, .errorClass = u"com.acme.Refused"_s, .message = noStock, .hasStack = false}});
    cases.push_back({"karafka: place, group and deliveries, no error",
                     letter({{"source_topic", QByteArray("orders")},
                             {"source_partition", QByteArray("3")},
                             {"source_offset", QByteArray("88120")},
                             {"source_consumer_group", QByteArray("billing")},
                             {"source_attempts", QByteArray("4")},
                             {"source_trace_id", QByteArray("c1f3")}}),
                     {.dialect = u"karafka"_s, .group = u"billing"_s, .attempts = 4, .hasStack = false}});
    cases.push_back({"watermill: a reason and a topic",
                     letter({{"reason_poisoned", QByteArray("no stock for sku 17")},
                             {"topic_poisoned", QByteArray("orders")},
                             {"handler_poisoned", QByteArray("billing")}}),
                     {.dialect = u"watermill"_s,
                      .originPartition = std::nullopt,
                      .originOffset = std::nullopt,
                      .message = noStock,
                      .stage = u"billing"_s,
                      .hasStack = false}});
    cases.push_back({"eventferry: its time of failure beats the record's",
                     letter({{"dlq-reason", QByteArray("no stock for sku 17")},
                             {"dlq-error-class", QByteArray("TypeError")},
                             {"dlq-original-topic", QByteArray("orders")},
                             {"dlq-failed-at", QByteArray("2025-11-21T05:45:00.000Z")},
                             {"dlq-attempts", QByteArray("3")},
                             {"dlq-stack", QByteArray("TypeError: no\n    at x.js:1")}}),
                     {.dialect = u"eventferry"_s,
                      .originPartition = std::nullopt,
                      .originOffset = std::nullopt,
                      .errorClass = u"TypeError"_s,
                      .message = noStock,
                      .attempts = 3,
                      .deadLetteredMs = 1'763'703'900'000}});

    // A letter that passed two frameworks shows the newer failure.
    const QByteArray npe = "java.lang.NullPointerException";
    cases.push_back({"spring, then connect: the appended one is newer",
                     letter(joined({springOriginals(origin), springException({}),
                                    connect({"orders-dlt", 0, 5}, npe, QByteArray("x"), npe)})),
                     {.dialect = u"kafka-connect"_s,
                      .originMs = originMs, // as first published: what Spring tells
                      .errorClass = QString::fromLatin1(npe),
                      .rootCause = QString::fromLatin1(npe),
                      .message = u"x"_s,
                      .deadLetteredMs = std::nullopt,
                      .stage = u"VALUE_CONVERTER"_s}});
    const Headers smallryeHop = smallrye({"orders", 3, 99001}, "java.lang.IllegalStateException", "no stock for sku 17",
                                         std::nullopt, std::nullopt);
    cases.push_back({"spring, replayed, then smallrye in front: the higher offset of one partition is newer",
                     letter(joined({smallryeHop, springOriginals(origin), springException({"a.Older", "old", ""})})),
                     {.dialect = u"smallrye"_s,
                      .originMs = originMs, // the copy at 99001 was sent later
                      .errorClass = ise,
                      .message = noStock,
                      .hasStack = false}});
    cases.push_back({"spring, then smallrye in front, which read spring's dead-letter topic and so is newer",
                     letter(joined({smallrye({"orders-dlt", 0, 7}, "java.lang.IllegalStateException",
                                             "no stock for sku 17", std::nullopt, std::nullopt),
                                    springOriginals(origin), springException({"a.Older", "old", ""})}),
                            u"parking"_s),
                     {.dialect = u"smallrye"_s,
                      .originMs = originMs, // as first published: what Spring tells
                      .errorClass = ise,
                      .message = noStock,
                      .hasStack = false}});
    return cases;
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> list;
        for (auto part : {springCases(), retryTopicCases(), cloudStreamCases(), connectCases(), streamsCases(),
                          smallryeCases(), otherCases()})
            list.insert(list.end(), part.begin(), part.end());
        return list;
    }();
    return all;
}

template<typename T>
QString shown(const std::optional<T>& value)
{
    if constexpr (std::is_same_v<T, QString>)
        return value ? u"\""_s + *value + u'"' : u"null"_s;
    else
        return value ? QString::number(*value) : u"null"_s;
}

} // namespace

class TstDialects final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void letters_data();
    void letters();
    void theBundledDialectsAreAllThere();
    void replayLeavesErrorHeadersOut_data();
    void replayLeavesErrorHeadersOut();
    void replayHeadersAreRead();
    void oneHopIsReadInAnyOrder_data();
    void oneHopIsReadInAnyOrder();
    void theOlderFrameworkTellsTheOrigin_data();
    void theOlderFrameworkTellsTheOrigin();
    void anOwnDialectThatIsSurerReads();
    void twoOwnDialectsHaveTwoIds();
    void whatAMessageSaysIsNoCause_data();
    void whatAMessageSaysIsNoCause();
    void mappedLetters();
    void whatADialectReadsStaysUnderAMapping();
    void hostileHeadersHarmNothing();
    void aWrongFileIsNamed_data();
    void aWrongFileIsNamed();

private:
    DialectRegistry m_registry;
};

void TstDialects::initTestCase()
{
    auto registry = DialectRegistry::bundled();
    QVERIFY2(registry, registry ? "" : qPrintable(registry.error().detail));
    m_registry = *registry;
}

void TstDialects::letters_data()
{
    QTest::addColumn<int>("place");
    for (std::size_t i = 0; i < cases().size(); ++i)
        QTest::newRow(cases()[i].name) << static_cast<int>(i);
}

void TstDialects::letters()
{
    QFETCH(int, place);
    const Case& row = cases()[static_cast<std::size_t>(place)];
    const LetterFacts facts = m_registry.read(row.record);
    const Told& told = row.told;
    QCOMPARE(facts.dialect, told.dialect);
    QCOMPARE(shown(facts.originTopic), shown(told.originTopic));
    QCOMPARE(shown(facts.originPartition), shown(told.originPartition));
    QCOMPARE(shown(facts.originOffset ? std::optional(facts.originOffset->value) : std::nullopt),
             shown(told.originOffset));
    QCOMPARE(shown(facts.originTimestamp ? std::optional(toMs(*facts.originTimestamp)) : std::nullopt),
             shown(told.originMs));
    QCOMPARE(shown(facts.consumerGroup), shown(told.group));
    QCOMPARE(shown(facts.errorClass), shown(told.errorClass));
    QCOMPARE(shown(facts.rootCauseClass), shown(told.rootCause));
    QCOMPARE(shown(facts.errorMessage), shown(told.message));
    QCOMPARE(shown(facts.attempts), shown(told.attempts));
    QCOMPARE(shown(facts.deadLetteredAt ? std::optional(toMs(*facts.deadLetteredAt)) : std::nullopt),
             shown(told.deadLetteredMs));
    QCOMPARE(shown(facts.stage), shown(told.stage));
    QCOMPARE(stackText(row.record, facts).has_value(), told.hasStack);
    QCOMPARE(facts.isPointer, told.isPointer);
    QCOMPARE(facts.originIsInternal, told.isInternal);
    QCOMPARE(facts.confidence > 0, told.dialect != u"unrecognised");
}

void TstDialects::theBundledDialectsAreAllThere()
{
    QStringList ids;
    for (const Dialect& dialect : m_registry.dialects())
        ids += dialect.id;
    for (const QString& id : {u"spring-dlpr"_s, u"spring-retrytopic"_s, u"spring-cloud-stream"_s, u"kafka-connect"_s,
                              u"kafka-streams"_s, u"smallrye"_s, u"smallrye-delayed-retry"_s, u"share-group"_s,
                              u"watermill"_s, u"eventferry"_s, u"pulsar"_s, u"masstransit"_s, u"wolverine"_s})
        QVERIFY2(ids.contains(id), qPrintable(id));
}

void TstDialects::replayLeavesErrorHeadersOut_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("isLeftOut");
    QTest::newRow("spring's own") << u"spring-dlpr"_s << QByteArray("kafka_dlt-exception-stacktrace") << true;
    QTest::newRow("the record's own") << u"spring-dlpr"_s << QByteArray("traceparent") << false;
    QTest::newRow("retry attempts") << u"spring-retrytopic"_s << QByteArray("retry_topic-attempts") << true;
    QTest::newRow("the retry topic's group bears the other family's name")
        << u"spring-retrytopic"_s << QByteArray("kafka_dlt-original-consumer-group") << true;
    QTest::newRow("a proxy's header is not the binder's")
        << u"spring-cloud-stream"_s << QByteArray("x-original-host") << false;
    QTest::newRow("the binder's") << u"spring-cloud-stream"_s << QByteArray("x-original-topic") << true;
    QTest::newRow("connect's") << u"kafka-connect"_s << QByteArray("__connect.errors.task.id") << true;
    QTest::newRow("raw bytes of a value that did not parse")
        << u"smallrye"_s << QByteArray("deserialization-failure-data") << true;
    QTest::newRow("a flag of SmallRye's")
        << u"smallrye-delayed-retry"_s << QByteArray("deserialization-failure-dlq") << true;
    QTest::newRow("what Spring keeps of a key that did not parse")
        << u"spring-dlpr"_s << QByteArray("springDeserializerExceptionKey") << true;
    QTest::newRow("named like Spring's, and the application's own")
        << u"spring-dlpr"_s << QByteArray("kafka_dlt-custom") << false;
    QTest::newRow("named like the retry topics', and its own")
        << u"spring-retrytopic"_s << QByteArray("retry_topic-owner") << false;
    QTest::newRow("named like Connect's, and its own")
        << u"kafka-connect"_s << QByteArray("__connect.errors.custom") << false;
    QTest::newRow("named like Streams', and its own")
        << u"kafka-streams"_s << QByteArray("__streams.errors.custom") << false;
    QTest::newRow("named like the broker's, and its own")
        << u"share-group"_s << QByteArray("__dlq.errors.custom") << false;
    QTest::newRow("Pulsar's way back to the origin") << u"pulsar"_s << QByteArray("ORIGIN_MESSAGE_ID") << true;
    QTest::newRow("MassTransit's") << u"masstransit"_s << QByteArray("MT-Fault-RedeliveryCount") << true;
    QTest::newRow("the host that MassTransit names for every message")
        << u"masstransit"_s << QByteArray("MT-Host-MachineName") << false;
    QTest::newRow("nothing of an unrecognised letter")
        << u"unrecognised"_s << QByteArray("kafka_dlt-exception-fqcn") << false;
}

void TstDialects::replayLeavesErrorHeadersOut()
{
    QFETCH(QString, dialect);
    QFETCH(QByteArray, header);
    QFETCH(bool, isLeftOut);
    QCOMPARE(m_registry.isErrorHeader(dialect, header), isLeftOut);
}

void TstDialects::replayHeadersAreRead()
{
    const LetterFacts facts =
        m_registry.read(letter({{"spillway-replay-id", QByteArray("job-1")},
                                {"spillway-replay-generation", QByteArray("2")},
                                {"spillway-replay-of", QByteArray("orders/3/88120@1763703925118")},
                                {"spillway-replay-id", QByteArray("job-2")}}));
    QCOMPARE(facts.replayId, QByteArray("job-2"));
    QCOMPARE(facts.replayGeneration, 2);
    QCOMPARE(facts.replayOf, QByteArray("orders/3/88120@1763703925118"));
}

void TstDialects::oneHopIsReadInAnyOrder_data()
{
    QTest::addColumn<Headers>("headers");
    const Failure failure;
    QTest::newRow("Spring") << joined({springException(failure), springOriginals({})});
    QTest::newRow("Spring's retry topics")
        << joined({springOriginals({}, "kafka_original-"), retryTriple(3), retryException(failure)});
    QTest::newRow("Spring Cloud Stream") << cloudStream({}, failure, "id=1");
    QTest::newRow("Connect") << test::connect({}, "x.Y", "m", "x.Y: m\n\tat x\n");
    QTest::newRow("Streams") << streams("orders", "3", "88120", "x.Y", "m", "x.Y: m\n\tat x\n");
    QTest::newRow("SmallRye") << smallrye({}, "x.Y", "m", "x.Z", "n");
    const QByteArray q = "__dlq.errors.";
    QTest::newRow("a share group") << Headers{
        {q + "topic", QByteArray("orders")},     {q + "partition", QByteArray("3")},
        {q + "offset", QByteArray("88120")},     {q + "group", QByteArray("billing")},
        {q + "delivery.count", QByteArray("5")}, {q + "message", QByteArray("Offset rejected by client.")}};
}

void TstDialects::oneHopIsReadInAnyOrder()
{
    QFETCH(Headers, headers);
    LetterFacts written = m_registry.read(letter(headers));
    QVERIFY(written.originTopic && written.originPartition && written.originOffset && written.errorMessage);
    written.stackHeader.reset();
    Headers sorted = headers;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Header& a, const Header& b) { return a.name < b.name; });
    Headers reversed(headers.rbegin(), headers.rend());
    for (const Headers& other : {sorted, reversed}) {
        LetterFacts facts = m_registry.read(letter(other));
        facts.stackHeader.reset();
        QCOMPARE(facts, written);
    }
}

void TstDialects::theOlderFrameworkTellsTheOrigin_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<qint64>("offset");
    const Headers spring = joined({springException({}), springOriginals({})});
    const Headers connected =
        test::connect({.topic = "orders-dlt", .partition = 0, .offset = 9}, "x.Y", "m", "x.Y: m\n");
    QTest::newRow("Spring, then Connect") << joined({spring, connected}) << u"kafka-connect"_s << qint64{88'120};
    QTest::newRow("Spring, then Streams")
        << joined({spring, streams("orders-dlt", "0", "9", "x.Y", "m", "x.Y: m\n\tat x\n")}) << u"kafka-streams"_s
        << qint64{88'120};
    QTest::newRow("sent again with its headers, then Connect")
        << joined({spring, test::connect({.offset = 99'001}, "x.Y", "m", "x.Y: m\n")}) << u"kafka-connect"_s
        << qint64{88'120};
    QTest::newRow("the older one does not tell it whole")
        << joined({{{"x-original-topic", QByteArray("old")}, {"x-exception-message", QByteArray("m")}}, spring})
        << u"spring-dlpr"_s << qint64{88'120};
}

void TstDialects::theOlderFrameworkTellsTheOrigin()
{
    QFETCH(Headers, headers);
    QFETCH(QString, dialect);
    QFETCH(qint64, offset);
    const LetterFacts facts = m_registry.read(letter(headers, u"parking"_s));
    QCOMPARE(facts.dialect, dialect);
    QCOMPARE(facts.originTopic, u"orders"_s);
    QCOMPARE(facts.originPartition, 3);
    QCOMPARE(facts.originOffset, Offset{offset});
}

void TstDialects::anOwnDialectThatIsSurerReads()
{
    const auto own = [](double confidence) {
        auto dialect =
            readDialect(R"({"id":"acme","name":"Acme","detect":[{"all":["kafka_dlt-original-topic","acme"],)"
                        R"("confidence":)" +
                            QByteArray::number(confidence) + R"(}],"fields":{"errorMessage":[{"header":"acme"}]}})",
                        u"acme.json"_s);
        dialect->isOwn = true;
        return *dialect;
    };
    const RawRecord record =
        letter(joined({springOriginals({}), springException({}), {{"acme", QByteArray("told by Acme")}}}));
    DialectRegistry surer = m_registry;
    surer.add(own(1));
    QCOMPARE(surer.read(record).dialect, u"acme"_s);
    DialectRegistry guessing = m_registry;
    guessing.add(own(0.5));
    QCOMPARE(guessing.read(record).dialect, u"spring-dlpr"_s);
}

void TstDialects::twoOwnDialectsHaveTwoIds()
{
    QTemporaryDir folder;
    for (const QString& name : {u"a.json"_s, u"b.json"_s}) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"id":"x","name":"X","detect":[{"all":["a"],"confidence":0.5}],)"
                   R"("fields":{"stage":[{"header":"a"}]}})");
    }
    const auto registry = DialectRegistry::withUsers(folder.path());
    QVERIFY(!registry.value);
    QCOMPARE(registry.issues.size(), std::size_t{1});
    QVERIFY(registry.issues.front().toString().contains(u"b.json"_s));
    QVERIFY(registry.issues.front().toString().contains(u"id of its own"_s));
}

void TstDialects::whatAMessageSaysIsNoCause_data()
{
    QTest::addColumn<Headers>("headers");
    Failure failure{.className = "com.acme.Refused",
                    .message = "line1\n\tat x.Y.z(Y.java:1)\nCaused by: evil.Fake: x\n\tat x.Y.z(Y.java:1)\nline3",
                    .deeper = {}};
    for (const bool isPlain : {false, true}) {
        if (isPlain)
            failure.message = "line1\nCaused by: evil.Fake: x\nline3";
        const auto row = [&](const QByteArray& framework, const Headers& headers) {
            const QByteArray name =
                framework + (isPlain ? ", a message with a line like a cause" : ", a message with frames of its own");
            QTest::newRow(name.constData()) << headers;
        };
        const QByteArray stack = printed(failure).sliced(QByteArrayView("Caused by: ").size());
        row("Spring", joined({springException(failure), springOriginals({})}));
        row("Spring before 2.8", joined({springException27(failure), springOriginals({})}));
        row("Spring's retry topics",
            joined({retryException(failure), springOriginals({}, "kafka_original-"), retryTriple(3)}));
        row("Spring Cloud Stream", cloudStream({}, failure, "id=1"));
        row("Connect", test::connect({}, failure.className, failure.message, stack));
        row("Streams", streams("orders", "3", "88120", failure.className, failure.message, stack));
    }
}

void TstDialects::whatAMessageSaysIsNoCause()
{
    QFETCH(Headers, headers);
    const LetterFacts facts = m_registry.read(letter(headers));
    QCOMPARE(facts.errorClass, u"com.acme.Refused"_s);
    QCOMPARE(facts.rootCauseClass, u"com.acme.Refused"_s);
    QVERIFY2(facts.errorMessage && facts.errorMessage->endsWith(u"\nline3"_s), qPrintable(shown(facts.errorMessage)));
}

void TstDialects::mappedLetters()
{
    using From = FieldSource::From;
    const DeadLetterMapping mapping{{u"origin_topic"_s, {From::Header, u"x-origin-topic"_s}},
                                    {u"origin_partition"_s, {From::Header, u"x-origin-partition"_s}},
                                    {u"origin_offset"_s, {From::Header, u"x-origin-offset"_s}},
                                    {u"error_class"_s, {From::Header, u"x-error-class"_s}},
                                    {u"error_message"_s, {From::Payload, u"/error/message"_s}},
                                    {u"stack"_s, {From::Payload, u"/error/stack"_s}},
                                    {u"consumer"_s, {From::Constant, u"payment-service"_s}},
                                    {u"event_type"_s, {From::Header, u"x-event-type"_s}},
                                    {u"attempts"_s, {From::Payload, u"/error/tries"_s}}};
    RawRecord record = letter(joined({{{"x-origin-topic", QByteArray("old")},
                                       {"x-origin-topic", QByteArray("orders")},
                                       {"x-origin-partition", QByteArray("3")},
                                       {"x-origin-offset", QByteArray("88120")},
                                       {"x-error-class", QByteArray("com.acme.Outer")},
                                       {"x-event-type", QByteArray("order.created")},
                                       {"kafka_original-topic", QByteArray("of an older hop")}}}));
    record.value = R"({"error":{"message":"first","message":"no \"stock\"","tries":3,)"
                   R"("stack":"com.acme.Outer: x\n\tat y\nCaused by: com.acme.Inner: z\n"}})";
    LetterFacts facts = m_registry.read(record, &mapping);
    QCOMPARE(facts.dialect, u"mapping"_s);
    QCOMPARE(facts.originTopic, u"orders"_s);
    QCOMPARE(facts.originPartition, 3);
    QCOMPARE(facts.originOffset, Offset{88120});
    QCOMPARE(facts.errorClass, u"com.acme.Outer"_s);
    QCOMPARE(facts.rootCauseClass, u"com.acme.Inner"_s);
    QCOMPARE(facts.errorMessage, u"no \"stock\""_s);
    QCOMPARE(facts.mappedConsumer, u"payment-service"_s);
    QCOMPARE(facts.mappedEventType, u"order.created"_s);
    QCOMPARE(facts.attempts, 3);
    QCOMPARE(facts.deadLetteredAt, utcFromMs(letterMs));
    QVERIFY(stackText(record, facts)->contains(u"Inner"));

    QVERIFY(!m_registry.payloadPlace(u"mapping", &mapping) && !m_registry.payloadPlace(u"spring-dlpr"));
    DeadLetterMapping enveloped = mapping;
    enveloped[u"payload"_s] = {From::Payload, u"/data"_s, u"base64"_s};
    QCOMPARE(m_registry.payloadPlace(u"generic", &enveloped), (PayloadPlace{u"/data"_s, PayloadPlace::As::Base64}));
    auto own = readDialect(R"({"id":"x","name":"X","detect":[{"all":["a"],"confidence":0.5}],)"
                           R"("fields":{"stage":[{"header":"a"}]},"payload":{"pointer":"/body"}})",
                           u"x.json"_s);
    QVERIFY2(own, own ? "" : qPrintable(own.error().detail));
    DialectRegistry registry = m_registry;
    registry.add(*own);
    QCOMPARE(registry.payloadPlace(u"x"), (PayloadPlace{u"/body"_s, PayloadPlace::As::Json}));

    QVERIFY(m_registry.isErrorHeader(u"mapping", "x-error-class", &mapping));
    QVERIFY2(!m_registry.isErrorHeader(u"mapping", "x-event-type", &mapping), "the event type is the record's own");
    QVERIFY(!m_registry.isErrorHeader(u"mapping", "kafka_original-topic", &mapping));

    record.value = QByteArray(100'000, '[');
    facts = m_registry.read(record, &mapping);
    QVERIFY(!facts.errorMessage);
    QVERIFY(!facts.rootCauseClass);
    record.value.reset();
    record.headers.clear();
    facts = m_registry.read(record, &mapping);
    QVERIFY(!facts.originTopic && !facts.errorClass && !facts.attempts && !facts.mappedEventType);
    QCOMPARE(facts.mappedConsumer, u"payment-service"_s);
}

void TstDialects::whatADialectReadsStaysUnderAMapping()
{
    using From = FieldSource::From;
    DeadLetterMapping mapping{{u"error_class"_s, {From::Header, u"x-error-class"_s}},
                              {u"consumer"_s, {From::Constant, u"billing"_s}},
                              {payloadField, {From::Payload, u"/data"_s}}};
    const RawRecord spring = letter(
        joined({{{"x-error-class", QByteArray("com.acme.Ours")}}, springException(Failure{}), springOriginals({})}));
    const LetterFacts plain = m_registry.read(spring);
    LetterFacts mapped = m_registry.read(spring, &mapping);
    QCOMPARE(mapped.dialect, u"spring-dlpr"_s);
    QVERIFY(mapped.errorClass && mapped.errorClass == plain.errorClass);
    QVERIFY(mapped.originTopic && mapped.originTopic == plain.originTopic);
    QCOMPARE(mapped.consumerGroup, plain.consumerGroup);
    QCOMPARE(mapped.mappedConsumer, u"billing"_s); // whose it is, no dialect tells
    DialectStream stream(m_registry);
    QCOMPARE(stream.read(spring, &mapping).dialect, u"spring-dlpr"_s);
    // Its replay leaves behind what Spring wrote, and sends its payload whole.
    QVERIFY(m_registry.isErrorHeader(u"spring-dlpr", "kafka_dlt-original-topic", &mapping));
    QVERIFY(!m_registry.isErrorHeader(u"spring-dlpr", "x-error-class", &mapping));
    QVERIFY(!m_registry.payloadPlace(u"spring-dlpr", &mapping));

    // What is only guessed by a few names, or by shape, the mapping reads.
    const Headers guessed{{"dead-letter-reason", QByteArray("why")}, {"x-error-class", QByteArray("com.acme.Ours")}};
    QCOMPARE(m_registry.read(letter(guessed)).dialect, u"smallrye"_s);
    QCOMPARE(m_registry.read(letter(guessed), &mapping).dialect, u"mapping"_s);
    QCOMPARE(stream.read(letter(guessed), &mapping).errorClass, u"com.acme.Ours"_s);

    // And every letter where it says so.
    setTakesEveryLetter(mapping, true);
    mapped = m_registry.read(spring, &mapping);
    QCOMPARE(mapped.dialect, u"mapping"_s);
    QCOMPARE(mapped.errorClass, u"com.acme.Ours"_s);
    QVERIFY(!mapped.originTopic);
    QCOMPARE(stream.read(spring, &mapping).dialect, u"mapping"_s);
    QVERIFY(m_registry.isErrorHeader(u"spring-dlpr", "x-error-class", &mapping));
    QVERIFY(m_registry.payloadPlace(u"spring-dlpr", &mapping));
}

void TstDialects::hostileHeadersHarmNothing()
{
    Headers all;
    for (const Case& row : cases())
        append(all, row.record.headers);
    // Each value in turn is null, empty, a megabyte, or bytes that are no text; and all dialects are there at once.
    for (std::size_t i = 0; i < all.size(); ++i) {
        Headers broken = all;
        const QByteArray values[] = {
            {}, QByteArray(1 << 20, '\xFF'), QByteArray("\0\xFF\xFE", 3), QByteArray(70'000, '\n')};
        broken[i].value = values[i % 4];
        if (i % 5 == 0)
            broken[i].value.reset();
        const LetterFacts facts = m_registry.read(letter(std::move(broken)));
        QVERIFY(facts.dialect != u"unrecognised");
        QVERIFY(!facts.errorClass || facts.errorClass->size() <= 4096);
        QVERIFY(!facts.errorMessage || facts.errorMessage->size() <= 64 * 1024);
    }
}

void TstDialects::aWrongFileIsNamed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("complaint");
    const QByteArray good =
        R"("id":"x","name":"X","detect":[{"all":["a"],"confidence":0.5}],"fields":{"stage":[{"header":"a"}]})";
    QTest::newRow("no JSON") << QByteArray("{") << u"no JSON: "_s;
    QTest::newRow("an unknown key") << "{" + good + R"(,"detekt":1})" << u"unknown key \"detekt\""_s;
    QTest::newRow("no detection") << QByteArray(R"({"id":"x","name":"X","fields":{"stage":[{"header":"a"}]}})")
                                  << u"\"detect\""_s;
    QTest::newRow("confidence above one")
        << QByteArray(good).replace("0.5", "1.5").prepend('{').append('}') << u"confidence"_s;
    QTest::newRow("an unknown type")
        << QByteArray(good).replace("\"header\":\"a\"", "\"header\":\"a\",\"type\":\"int16\"").prepend('{').append('}')
        << u"int16"_s;
    QTest::newRow("an unknown field") << QByteArray(good).replace("stage", "stages").prepend('{').append('}')
                                      << u"stages"_s;
    QTest::newRow("a prefix that is no expression")
        << "{" + good + R"(,"messagePrefixes":["("]})" << u"messagePrefixes"_s;
    QTest::newRow("an id that a terminal would obey")
        << QByteArray(good).replace(R"("id":"x")", R"("id":"x\u001b[31m")").prepend('{').append('}') << u"\"id\""_s;
    QTest::newRow("every header left behind") << "{" + good + R"(,"strip":["*"]})" << u"strip"_s;
    QTest::newRow("a place that is no pointer") << "{" + good + R"(,"payload":{"pointer":"data"}})" << u"data"_s;
    QTest::newRow("a payload in no known form")
        << "{" + good + R"(,"payload":{"pointer":"/data","as":"hex"}})" << u"hex"_s;
    QTest::newRow("an end that is none") << "{" + good + R"(,"newest":"middle"})" << u"middle"_s;
}

void TstDialects::aWrongFileIsNamed()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, complaint);
    const auto dialect = readDialect(json, u"x.json"_s);
    QVERIFY(!dialect);
    QCOMPARE(dialect.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(dialect.error().detail.startsWith(u"x.json:"_s) && dialect.error().detail.contains(complaint),
             qPrintable(dialect.error().detail));
}

QTEST_GUILESS_MAIN(TstDialects)
#include "tst_dialects.moc"
