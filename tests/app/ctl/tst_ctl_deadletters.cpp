// SPDX-License-Identifier: GPL-3.0-or-later
// Dead letters of Spring, Kafka Connect and a mapped topic: what the letters tell, and never more than that; their
// bytes; their groups; decisions about them.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr qint64 hour = 3'600'000;

const QByteArray ownership = R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, consumer_group: payments-v2, slo_processing_time_ms: 500 }
      - { team: inventory-team, service: inventory-service }
  order.cancelled:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: refund-team, service: payment-service, consumer_group: payments-v2 }
)";
const QByteArray catalog = R"(catalog:
  - { event_type: order.created, topic: orders }
  - { event_type: order.cancelled, topic: orders }
  - { event_type: user.updated, topic: users }
)";

struct Topics
{
    QString spring = uniqueName(u"orders"_s) + u".DLT"_s;
    QString retry = uniqueName(u"orders-retry"_s) + u"-dlt"_s;
    QString connect = uniqueName(u"sink"_s) + u".dlq"_s;
    QString mapped = uniqueName(u"legacy"_s) + u".errors"_s;
    QString plain = uniqueName(u"plain"_s) + u".dlq"_s;
};

QByteArray workspace(const Peer& kafka, const Topics& topics)
{
    const QString pattern = u"(%1|%2)"_s.arg(topics.connect, topics.plain).replace(u"."_s, u"\\\\."_s);
    return workspaceText(
        {{.name = u"orders"_s,
          .bootstrap = kafka.bootstrap(),
          .more = {u"groups: { include: [ nobody ] }"_s, u"dead_letters:"_s, u"  - topic: "_s + topics.spring,
                   u"  - topic: "_s + topics.retry, u"  - topic_pattern: \"%1\""_s.arg(pattern),
                   u"  - topic: "_s + topics.mapped, u"    mapping:"_s,
                   u"      origin_topic: { header: x-origin-topic }"_s,
                   u"      origin_partition: { header: x-origin-partition }"_s,
                   u"      origin_offset: { header: x-origin-offset }"_s,
                   u"      error_class: { header: x-error-class }"_s,
                   u"      error_message: { payload: /error/message }"_s,
                   u"      consumer: { value: payment-service }"_s, u"      event_type: { header: x-event-type }"_s}}},
        u"development"_s, {u"ownership: ownership.yaml"_s, u"catalog: event-catalog.yaml"_s});
}

/// A letter, by the name that tests call it. Its key is that name, unless the key is the question.
struct Letter
{
    QString topic;
    ForeignRecord record;
};

std::map<QString, Letter> letters(const Topics& topics, qint64 now)
{
    const Failure timeout{.topic = "orders",
                          .partition = 2,
                          .offset = 5'000'000'000,
                          .timestampMs = now - 3 * hour,
                          .group = "payments-v2",
                          .cause = "java.net.SocketTimeoutException"};
    Failure stranger = timeout;
    stranger.topic = "users";
    stranger.group = "ghost-group";
    stranger.cause = {};
    Failure silent = timeout;
    silent.message = {};
    Failure later = timeout;
    later.topic = "orders-retry";
    later.group = "payments-retry";
    later.thrown = "com.acme.SecondFailure";
    later.message = "and again";
    later.cause = {};
    const ConnectFailure badJson{.topic = "orders", .partition = 1, .offset = 77};
    const ConnectFailure put{.topic = "sink.dlq",
                             .partition = 0,
                             .offset = 3,
                             .stage = "TASK_PUT",
                             .thrown = "java.lang.IllegalStateException",
                             .message = std::nullopt,
                             .cause = {}};
    const QByteArray order = R"({"order_id":"4711","event_type":"order.created","amount":10.50})";
    std::map<QString, Letter> out;
    const auto add = [&](const QString& name, const QString& topic, ForeignRecord record) {
        if (!record.key)
            record.key = name.toUtf8();
        out[name] = {.topic = topic, .record = std::move(record)};
    };
    add(u"spring"_s, topics.spring, {.value = order, .headers = springHeaders(timeout), .timestampMs = now - 2 * hour});
    add(u"bytes"_s, topics.spring,
        {.partition = 1,
         .key = QByteArray("\xff\x00k", 3),
         .value = QByteArray("\x00\x01\xfe\xff", 4),
         .headers = joined({{"event_type", "order.cancelled"},
                            {"trace", "one"},
                            {"trace", "two"},
                            {"nothing", std::nullopt},
                            {"empty", QByteArray("")},
                            {"raw", QByteArray("\x80\x00", 2)}},
                           springHeaders(timeout)),
         .timestampMs = now - 110 * 60'000});
    add(u"stranger"_s, topics.spring,
        {.value = "not json", .headers = springHeaders(stranger), .timestampMs = now - 100 * 60'000});
    add(u"tombstone"_s, topics.spring, {.headers = springHeaders(silent), .timestampMs = now - 90 * 60'000});
    add(u"second hop"_s, topics.spring,
        {.value = order, .headers = springSecondHopHeaders(timeout, later), .timestampMs = now - 80 * 60'000});
    add(u"retry"_s, topics.retry,
        {.value = order, .headers = retryTopicHeaders(timeout, 3), .timestampMs = now - 70 * 60'000});
    add(u"connect"_s, topics.connect,
        {.value = "{broken", .headers = connectHeaders(badJson), .timestampMs = now - 60 * 60'000});
    add(u"connect twice"_s, topics.connect,
        {.value = "{}",
         .headers = joined(connectHeaders(badJson), connectHeaders(put)),
         .timestampMs = now - 50 * 60'000});
    add(u"mapped"_s, topics.mapped,
        {.value = R"({"error":{"message":"card refused"},"amount":1})",
         .headers = {{"x-origin-topic", "orders"},
                     {"x-origin-partition", "1"},
                     {"x-origin-offset", "12"},
                     {"x-error-class", "CardRefused"},
                     {"x-event-type", "order.created"}},
         .timestampMs = now - 40 * 60'000});
    add(u"mapped, telling little"_s, topics.mapped,
        {.value = "no json", .headers = {{"x-origin-partition", "one"}}, .timestampMs = now - 30 * 60'000});
    add(u"plain"_s, topics.plain, {.value = R"({"type":"order.created"})", .timestampMs = now - 20 * 60'000});
    add(u"evil"_s, topics.mapped,
        {.key = "evil\x1b[31m\xe2\x80\xae\xe2\x80\x8bkey",
         .value = "{\"error\":{\"message\":\"red \x1b[31m \xc2\x9b \xe2\x80\xaetxt\"}}",
         .headers = {{"x-error-class", "Evil\x07\xe2\x80\x8b"}},
         .timestampMs = now - 10 * 60'000});
    return out;
}

} // namespace

class DeadLettersTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_scene.reset(); }
    void aLetterTellsThisAndNoMore_data();
    void aLetterTellsThisAndNoMore();
    void everyLetterHasItsFields();
    void newestFirstAndNoMoreThanAsked();
    void showGivesHeadersInTheirOrderAndBytes();
    void showGivesTheStack();
    void rawIsThePayloadAndNothingElse_data();
    void rawIsThePayloadAndNothingElse();
    void anUnknownIdIsRefused();
    void lettersOfOneFailureAreOneGroup();
    void textShowsControlCharactersAsSuch_data();
    void textShowsControlCharactersAsSuch();
    void decisionsAreTaken_data();
    void decisionsAreTaken();
    void decisionsThatNobodyMayTakeAreRefused_data();
    void decisionsThatNobodyMayTakeAreRefused();
    void idsAreTheSameForEverybody();

private:
    QJsonObject named(const QString& name) const
    {
        const ForeignRecord& record = m_letters.at(name).record;
        for (const QJsonObject& letter : m_list) {
            const QJsonValue key = letter[u"key"_s];
            const QByteArray bytes = key.isNull() ? QByteArray::fromBase64(letter[u"keyBase64"_s].toString().toLatin1())
                                                  : key.toString().toUtf8();
            if (bytes == record.key)
                return letter;
        }
        return {};
    }
    QString idOf(const QString& name) const { return named(name)[u"id"_s].toString(); }

    Topics m_topics;
    std::map<QString, Letter> m_letters;
    std::unique_ptr<Scene> m_scene;
    std::vector<QJsonObject> m_list;
    qint64 m_now = QDateTime::currentMSecsSinceEpoch();
};

void DeadLettersTest::initTestCase()
{
    const Peer& kafka = Peers::kafka411();
    m_letters = letters(m_topics, m_now);
    for (const QString& topic : {m_topics.spring, m_topics.retry, m_topics.connect, m_topics.mapped, m_topics.plain})
        kafka.createTopic(topic, 2);
    ForeignProducer producer(kafka.bootstrap());
    for (const auto& [name, letter] : m_letters)
        producer.send(letter.topic, letter.record);
    producer.flush();
    m_scene = std::make_unique<Scene>();
    m_scene->write(u"spillway.yaml"_s, workspace(kafka, m_topics));
    m_scene->write(u"ownership.yaml"_s, ownership);
    m_scene->write(u"event-catalog.yaml"_s, catalog);
    const CtlOutput output = m_scene->ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"deadLetters"_s]).value_or(-1), static_cast<qint64>(m_letters.size()));
    const CtlOutput list = m_scene->ctl({u"dlq"_s, u"list"_s, u"--json"_s});
    EXPECT_EXIT(list, 0);
    m_list = list.lines();
    QCOMPARE(m_list.size(), m_letters.size());
}

void DeadLettersTest::aLetterTellsThisAndNoMore_data()
{
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("spring") << QByteArray(
        R"({"dialect":"spring-dlpr","originTopic":"orders","originPartition":2,"originOffset":5000000000,
            "consumerGroup":"payments-v2","consumer":"payment-service","eventType":"order.created","team":"payment-team",
            "errorClass":"com.acme.PaymentTimeoutException","errorMessage":"gateway did not answer",
            "rootCauseClass":"java.net.SocketTimeoutException","attempts":null,"state":"new","partition":0,
            "connection":"orders","key":"spring"})");
    QTest::newRow("bytes") << QByteArray(
        R"({"key":null,"keyBase64":"/wBr","eventType":"order.cancelled","team":"refund-team","partition":1})");
    QTest::newRow("stranger") << QByteArray(
        R"({"consumerGroup":"ghost-group","consumer":"ghost-group","eventType":"user.updated","team":null,
            "rootCauseClass":"com.acme.PaymentTimeoutException","originTopic":"users"})");
    QTest::newRow("tombstone") << QByteArray(
        R"({"eventType":null,"consumer":"payment-service","errorClass":"com.acme.PaymentTimeoutException"})");
    QTest::newRow("second hop") << QByteArray(
        R"({"originTopic":"orders","originOffset":5000000000,"errorClass":"com.acme.SecondFailure",
            "errorMessage":"and again","rootCauseClass":"com.acme.SecondFailure"})");
    QTest::newRow("retry") << QByteArray(
        R"({"dialect":"spring-retrytopic","attempts":3,"originTopic":"orders","originPartition":2,
            "originOffset":5000000000,"consumerGroup":"payments-v2","consumer":"payment-service","team":"payment-team",
            "errorClass":"com.acme.PaymentTimeoutException","errorMessage":"gateway did not answer",
            "rootCauseClass":"java.net.SocketTimeoutException"})");
    QTest::newRow("connect") << QByteArray(
        R"({"dialect":"kafka-connect","originTopic":"orders","originPartition":1,"originOffset":77,"deadLetteredAt":null,
            "consumerGroup":null,"attempts":null,"errorClass":"org.apache.kafka.connect.errors.DataException",
            "rootCauseClass":"org.apache.kafka.common.errors.SerializationException","eventType":null})");
    QTest::newRow("connect twice") << QByteArray(
        R"({"originTopic":"orders","originPartition":1,"originOffset":77,"deadLetteredAt":null,"originTimestamp":null,
            "errorClass":"java.lang.IllegalStateException","errorMessage":null,
            "rootCauseClass":"java.lang.IllegalStateException"})");
    QTest::newRow("mapped") << QByteArray(
        R"({"dialect":"mapping","originTopic":"orders","originPartition":1,"originOffset":12,"errorClass":"CardRefused",
            "errorMessage":"card refused","consumer":"payment-service","eventType":"order.created","team":"payment-team",
            "rootCauseClass":null,"attempts":null,"consumerGroup":null,"originTimestamp":null})");
    QTest::newRow("mapped, telling little") << QByteArray(
        R"({"originTopic":null,"originPartition":null,"originOffset":null,"errorClass":null,"errorMessage":null,
            "consumer":"payment-service","eventType":null})");
    QTest::newRow("plain") << QByteArray(
        R"({"eventType":"order.created","errorClass":null,"errorMessage":null,"rootCauseClass":null,"originTopic":null,
            "originPartition":null,"originOffset":null,"originTimestamp":null,"consumerGroup":null,"consumer":null,
            "team":null,"attempts":null})");
}

void DeadLettersTest::aLetterTellsThisAndNoMore()
{
    QFETCH(QByteArray, expected);
    const QString name = QString::fromUtf8(QTest::currentDataTag());
    const QJsonObject letter = named(name);
    QVERIFY(!letter.isEmpty());
    QJsonParseError error;
    const QJsonObject facts = QJsonDocument::fromJson(expected, &error).object();
    EXPECT(!facts.isEmpty(), qPrintable(error.errorString()));
    for (auto fact = facts.begin(); fact != facts.end(); ++fact)
        EXPECT(letter[fact.key()] == *fact,
               (fact.key() + u" is "_s + letter[fact.key()].toVariant().toString() + u" in "_s).toUtf8() +
                   QJsonDocument(letter).toJson());
    // Times: the letter's own where its dialect keeps it, the origin's where it is told.
    const auto at = [](qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs); };
    const qint64 recordMs = m_letters.at(name).record.timestampMs;
    if (name == u"connect"_s)
        QCOMPARE(letter[u"originTimestamp"_s].toString(), at(recordMs));
    else if (letter[u"dialect"_s] != u"kafka-connect"_s)
        QCOMPARE(letter[u"deadLetteredAt"_s].toString(), at(recordMs));
    if (letter[u"dialect"_s].toString().startsWith(u"spring"_s))
        QCOMPARE(letter[u"originTimestamp"_s].toString(), at(m_now - 3 * hour));
}

void DeadLettersTest::everyLetterHasItsFields()
{
    const QStringList fields{u"attempts"_s,
                             u"channel"_s,
                             u"connection"_s,
                             u"consumer"_s,
                             u"consumerGroup"_s,
                             u"deadLetteredAt"_s,
                             u"dialect"_s,
                             u"errorClass"_s,
                             u"errorMessage"_s,
                             u"eventType"_s,
                             u"firstSeenAt"_s,
                             u"group"_s,
                             u"id"_s,
                             u"key"_s,
                             u"kind"_s,
                             u"offset"_s,
                             u"originOffset"_s,
                             u"originPartition"_s,
                             u"originTimestamp"_s,
                             u"originTopic"_s,
                             u"partition"_s,
                             u"rootCauseClass"_s,
                             u"sizeBytes"_s,
                             u"state"_s,
                             u"team"_s};
    QSet<QString> ids;
    for (const QJsonObject& letter : m_list) {
        QStringList names = fieldNames(letter);
        names.removeAll(u"keyBase64"_s);
        for (const QString& field : fields)
            QVERIFY2(names.contains(field), qPrintable(field + u" is missing"_s));
        QCOMPARE(letter.contains(u"keyBase64"_s) && !letter[u"keyBase64"_s].isNull(), letter[u"key"_s].isNull());
        QVERIFY((QStringList{u"transient"_s, u"schema"_s, u"business"_s, u"unknown"_s}.contains(
            letter[u"kind"_s].toString())));
        QVERIFY(isUtcTime(letter[u"firstSeenAt"_s]));
        QVERIFY(letter[u"deadLetteredAt"_s].isNull() || isUtcTime(letter[u"deadLetteredAt"_s]));
        QVERIFY(integer(letter[u"sizeBytes"_s]).value_or(-1) >= 0);
        QCOMPARE(letter[u"channel"_s].toString().isEmpty(), false);
        ids.insert(letter[u"id"_s].toString());
    }
    QCOMPARE(ids.size(), qsizetype(m_list.size()));
}

void DeadLettersTest::newestFirstAndNoMoreThanAsked()
{
    QStringList times;
    for (const QJsonObject& letter : m_list) {
        if (!letter[u"deadLetteredAt"_s].isNull())
            times += letter[u"deadLetteredAt"_s].toString();
    }
    QStringList sorted = times;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    QCOMPARE(times, sorted);
    const std::vector<QJsonObject> two = m_scene->ctl({u"dlq"_s, u"list"_s, u"--limit"_s, u"2"_s, u"--json"_s}).lines();
    QCOMPARE(two.size(), std::size_t{2});
    QCOMPARE(two[0][u"id"_s], m_list[0][u"id"_s]);
    QCOMPARE(two[1][u"id"_s], m_list[1][u"id"_s]);
}

void DeadLettersTest::showGivesHeadersInTheirOrderAndBytes()
{
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(u"bytes"_s), u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject letter = output.object();
    const std::vector<ForeignHeader>& sent = m_letters.at(u"bytes"_s).record.headers;
    const QJsonArray headers = letter[u"headers"_s].toArray();
    QCOMPARE(headers.size(), static_cast<qsizetype>(sent.size()));
    for (qsizetype i = 0; i < headers.size(); ++i) {
        const QJsonObject header = headers[i].toObject();
        const ForeignHeader& expected = sent[static_cast<std::size_t>(i)];
        QCOMPARE(header[u"name"_s].toString().toUtf8(), expected.name);
        std::optional<QByteArray> told;
        if (header[u"valueBase64"_s].isString())
            told = QByteArray::fromBase64(header[u"valueBase64"_s].toString().toLatin1());
        else if (header[u"value"_s].isString())
            told = header[u"value"_s].toString().toUtf8();
        EXPECT(told == expected.value, QJsonDocument(header).toJson());
    }
    QVERIFY(letter[u"value"_s].isNull());
    QCOMPARE(letter[u"valueBase64"_s].toString(), u"AAH+/w=="_s);
    QCOMPARE(letter[u"keyBase64"_s].toString(), u"/wBr"_s);
    // All of the list's fields stand here with the same values.
    const QJsonObject listed = named(u"bytes"_s);
    for (auto field = listed.begin(); field != listed.end(); ++field)
        EXPECT(letter[field.key()] == *field, qPrintable(field.key()));
    const QJsonObject text = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(u"spring"_s), u"--json"_s}).object();
    QCOMPARE(text[u"value"_s].toString().toUtf8(), *m_letters.at(u"spring"_s).record.value);
    const QJsonObject none = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(u"tombstone"_s), u"--json"_s}).object();
    QVERIFY(none[u"value"_s].isNull() && (none[u"valueBase64"_s].isNull() || none[u"valueBase64"_s].isUndefined()));
}

void DeadLettersTest::showGivesTheStack()
{
    const QJsonObject spring = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(u"spring"_s), u"--json"_s}).object();
    QVERIFY(spring[u"stack"_s].toString().contains(u"Caused by: java.net.SocketTimeoutException"_s));
    const QJsonObject mapped = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(u"mapped"_s), u"--json"_s}).object();
    QVERIFY(mapped.contains(u"stack"_s) && mapped[u"stack"_s].isNull());
}

void DeadLettersTest::rawIsThePayloadAndNothingElse_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"spring", "bytes", "tombstone", "evil", "connect"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void DeadLettersTest::rawIsThePayloadAndNothingElse()
{
    QFETCH(QString, name);
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(name), u"--raw"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.out, m_letters.at(name).record.value.value_or(QByteArray()));
}

void DeadLettersTest::anUnknownIdIsRefused()
{
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"show"_s, u"0badcafe-0-0-deadbeef"_s, u"--json"_s});
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("0badcafe-0-0-deadbeef"), output.told());
    QCOMPARE(output.out, QByteArray());
}

void DeadLettersTest::lettersOfOneFailureAreOneGroup()
{
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"groups"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    std::map<QString, QJsonObject> groups;
    qint64 sum = 0;
    for (const QJsonObject& group : output.rows()) {
        QCOMPARE(fieldNames(group), (QStringList{u"assignee"_s, u"consumer"_s, u"count"_s, u"errorClass"_s,
                                                 u"eventType"_s, u"firstSeen"_s, u"id"_s, u"kind"_s, u"lastSeen"_s,
                                                 u"oldestAgeMs"_s, u"state"_s, u"substate"_s, u"team"_s, u"title"_s}));
        QVERIFY(isUtcTime(group[u"firstSeen"_s]) && isUtcTime(group[u"lastSeen"_s]));
        QVERIFY(!group[u"title"_s].toString().isEmpty());
        sum += integer(group[u"count"_s]).value_or(0);
        groups[group[u"id"_s].toString()] = group;
    }
    QCOMPARE(sum, static_cast<qint64>(m_list.size()));
    // One failure in two shapes of Spring; another event of it is another group.
    QCOMPARE(named(u"spring"_s)[u"group"_s], named(u"retry"_s)[u"group"_s]);
    QVERIFY(named(u"spring"_s)[u"group"_s] != named(u"bytes"_s)[u"group"_s]);
    QVERIFY(named(u"spring"_s)[u"group"_s] != named(u"mapped"_s)[u"group"_s]);
    const QJsonObject group = groups[named(u"spring"_s)[u"group"_s].toString()];
    QCOMPARE(integer(group[u"count"_s]).value_or(-1), 2);
    QCOMPARE(group[u"errorClass"_s], named(u"spring"_s)[u"errorClass"_s]);
    QCOMPARE(group[u"eventType"_s].toString(), u"order.created"_s);
    QCOMPARE(group[u"consumer"_s].toString(), u"payment-service"_s);
    QCOMPARE(group[u"team"_s].toString(), u"payment-team"_s);
    const qint64 age = integer(group[u"oldestAgeMs"_s]).value_or(-1);
    EXPECT(age >= 2 * hour && age < 3 * hour, QByteArray::number(age));
    const CtlOutput members = m_scene->ctl(
        {u"dlq"_s, u"list"_s, u"--query"_s, u"group:"_s + named(u"spring"_s)[u"group"_s].toString(), u"--json"_s});
    QCOMPARE(members.lines().size(), std::size_t{2});
}

void DeadLettersTest::textShowsControlCharactersAsSuch_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("the list") << QStringList{u"dlq"_s, u"list"_s};
    QTest::newRow("the groups") << QStringList{u"dlq"_s, u"groups"_s};
    QTest::newRow("one letter") << QStringList{u"dlq"_s, u"show"_s, idOf(u"evil"_s)};
}

void DeadLettersTest::textShowsControlCharactersAsSuch()
{
    QFETCH(QStringList, arguments);
    const CtlOutput output = m_scene->ctl(arguments);
    EXPECT_EXIT(output, 0);
    const QString text = QString::fromUtf8(output.out);
    for (const QChar c : text) {
        const ushort code = c.unicode();
        const bool isControl = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f);
        const bool isHidden = (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
                              (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
        EXPECT(!isControl && !isHidden, QByteArray::number(code, 16) + " in " + output.told());
    }
    EXPECT(QRegularExpression(uR"(Evil\\u\{0*7\})"_s, QRegularExpression::CaseInsensitiveOption).match(text).hasMatch(),
           output.told());
    if (arguments.contains(u"show"_s)) {
        for (const char* code : {"1b", "9b", "202e", "200b"})
            EXPECT(QRegularExpression(uR"(\\u\{0*%1\})"_s.arg(QString::fromLatin1(code)),
                                      QRegularExpression::CaseInsensitiveOption)
                       .match(text)
                       .hasMatch(),
                   output.told());
    }
}

void DeadLettersTest::decisionsAreTaken_data()
{
    QTest::addColumn<QStringList>("arguments"); // NAME stands for that letter's id
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("state");
    QTest::addColumn<int>("changed");
    QTest::newRow("one is parked") << QStringList{u"plain"_s, u"--to"_s, u"parked"_s} << u"plain"_s << u"parked"_s << 1;
    QTest::newRow("two at once") << QStringList{u"plain"_s, u"connect"_s, u"--to"_s, u"archived"_s} << u"connect"_s
                                 << u"archived"_s << 2;
    QTest::newRow("named twice, it is one letter")
        << QStringList{u"plain"_s, u"plain"_s, u"--to"_s, u"new"_s} << u"plain"_s << u"new"_s << 1;
    QTest::newRow("given to somebody") << QStringList{u"stranger"_s, u"--to"_s, u"assigned"_s, u"--assign"_s, u"ada"_s}
                                       << u"stranger"_s << u"assigned"_s << 1;
    QTest::newRow("by a query") << QStringList{u"--query"_s, u"error:CardRefused"_s, u"--to"_s, u"resolved"_s}
                                << u"mapped"_s << u"resolved"_s << 1;
    QTest::newRow("and back again") << QStringList{u"mapped"_s, u"--to"_s, u"new"_s} << u"mapped"_s << u"new"_s << 1;
    QTest::newRow("a query that finds nothing")
        << QStringList{u"--query"_s, u"error:Nothing"_s, u"--to"_s, u"parked"_s} << u"mapped"_s << u"new"_s << 0;
}

void DeadLettersTest::decisionsAreTaken()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, name);
    QFETCH(QString, state);
    QFETCH(int, changed);
    for (QString& argument : arguments) {
        if (m_letters.contains(argument))
            argument = idOf(argument);
    }
    const CtlOutput output = m_scene->ctl(QStringList{u"dlq"_s, u"triage"_s} + arguments +
                                          QStringList{u"--reason"_s, u"weekly review"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(fieldNames(output.object()), QStringList{u"changed"_s});
    QCOMPARE(integer(output.object()[u"changed"_s]).value_or(-1), changed);
    const QJsonObject letter = m_scene->ctl({u"dlq"_s, u"show"_s, idOf(name), u"--json"_s}).object();
    QCOMPARE(letter[u"state"_s].toString(), state);
    const CtlOutput audit = m_scene->ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(audit, 0);
    QVERIFY(audit.object()[u"intact"_s].toBool());
    if (changed)
        QVERIFY(integer(audit.object()[u"entries"_s]).value_or(0) > 0);
}

void DeadLettersTest::decisionsThatNobodyMayTakeAreRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("a state that only a replay gives") << QStringList{idOf(u"plain"_s), u"--to"_s, u"sent"_s};
    QTest::newRow("a letter that is not there") << QStringList{u"0badcafe-0-0-deadbeef"_s, u"--to"_s, u"parked"_s};
    QTest::newRow("an empty reason") << QStringList{idOf(u"plain"_s), u"--to"_s, u"parked"_s, u"--reason"_s, QString()};
}

void DeadLettersTest::decisionsThatNobodyMayTakeAreRefused()
{
    QFETCH(QStringList, arguments);
    if (!arguments.contains(u"--reason"_s))
        arguments += {u"--reason"_s, u"why not"_s};
    const CtlOutput output = m_scene->ctl(QStringList{u"dlq"_s, u"triage"_s} + arguments + QStringList{u"--json"_s});
    EXPECT_EXIT(output, 2);
    QCOMPARE(output.out, QByteArray());
}

void DeadLettersTest::idsAreTheSameForEverybody()
{
    Scene other;
    QByteArray text = m_scene->read(u"spillway.yaml"_s);
    other.write(u"spillway.yaml"_s, text.replace("name: orders", "name: renamed"));
    other.write(u"ownership.yaml"_s, ownership);
    other.write(u"event-catalog.yaml"_s, catalog);
    EXPECT_EXIT(other.ctl({u"collect"_s, u"--once"_s}), 0);
    QSet<QString> ids;
    for (const QJsonObject& letter : other.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines()) {
        QCOMPARE(letter[u"connection"_s].toString(), u"renamed"_s);
        ids.insert(letter[u"id"_s].toString());
    }
    for (const QJsonObject& letter : m_list)
        QVERIFY(ids.contains(letter[u"id"_s].toString()));
}

CTL_TEST_MAIN(DeadLettersTest)
#include "tst_ctl_deadletters.moc"
