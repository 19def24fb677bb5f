// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/kindrules.h"
#include "model/deadletter/letterowner.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

Catalog company()
{
    const auto consumer = [](const QString& team, const QString& service, const QString& group) {
        ConsumerEntry entry;
        entry.team = team;
        entry.service = service;
        entry.consumerGroup = group;
        return entry;
    };
    const auto event = [](const QString& type, const QString& topic) {
        CatalogEvent entry;
        entry.eventType = type;
        entry.topic = topic;
        return entry;
    };
    OwnedEvent created;
    created.eventType = u"order.created"_s;
    created.consumers = {consumer(u"payment-team"_s, u"payment-service"_s, u"billing"_s),
                         consumer(u"stock-team"_s, u"stock-service"_s, u"shared"_s),
                         consumer(u"points-team"_s, u"points-service"_s, u"points"_s)};
    OwnedEvent cancelled;
    cancelled.eventType = u"order.cancelled"_s;
    cancelled.consumers = {consumer(u"refund-team"_s, u"payment-service"_s, u"billing"_s),
                           consumer(u"mail-team"_s, u"mail-service"_s, u"shared"_s)};
    return Catalog({created, cancelled},
                   {event(u"order.created"_s, u"orders"_s), event(u"order.cancelled"_s, u"cancellations"_s),
                    event(u"a"_s, u"mixed"_s), event(u"b"_s, u"mixed"_s)},
                   {});
}

} // namespace

class TstGrouping final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void owners_data();
    void owners();
    void kinds_data();
    void kinds();
    void ids();
    void words();
};

void TstGrouping::owners_data()
{
    QTest::addColumn<QByteArray>("headerName");
    QTest::addColumn<QByteArray>("headerValue");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("eventType");
    QTest::addColumn<QString>("consumer");
    QTest::addColumn<QString>("team");
    const auto row = [](const char* name, const QByteArray& header, const QByteArray& value, const QByteArray& payload,
                        const QString& topic, const QString& group, const QString& type, const QString& consumer,
                        const QString& team) {
        QTest::newRow(name) << header << value << payload << topic << group << type << consumer << team;
    };
    row("the topic's only event, the group's service, the pair's team", "", "", "{}", u"orders"_s, u"billing"_s,
        u"order.created"_s, u"payment-service"_s, u"payment-team"_s);
    row("a header beats payload and topic", "event_type", "order.cancelled", R"({"event_type":"x"})", u"orders"_s,
        u"billing"_s, u"order.cancelled"_s, u"payment-service"_s, u"refund-team"_s);
    row("CloudEvents' header", "ce_type", "order.cancelled", "", u"orders"_s, u"billing"_s, u"order.cancelled"_s,
        u"payment-service"_s, u"refund-team"_s);
    row("the payload beats the topic", "", "", R"({"eventType":"order.cancelled"})", u"orders"_s, u"billing"_s,
        u"order.cancelled"_s, u"payment-service"_s, u"refund-team"_s);
    row("a topic of two events tells none; a service of two teams has none then", "", "", "{}", u"mixed"_s,
        u"billing"_s, QString(), u"payment-service"_s, QString());
    row("a topic of two events tells none; half a pair has no owner, though the service has one team", "", "", "{}",
        u"mixed"_s, u"points"_s, QString(), u"points-service"_s, QString());
    row("an event that nobody declared has no owner", "event_type", "ghost.event", "{}", u"mixed"_s, u"points"_s,
        u"ghost.event"_s, u"points-service"_s, QString());
    row("a group of two services is told apart by the event", "", "", R"({"type":"order.cancelled"})", u"mixed"_s,
        u"shared"_s, u"order.cancelled"_s, u"mail-service"_s, u"mail-team"_s);
    row("a group of two services without an event stays a group", "", "", "", u"mixed"_s, u"shared"_s, QString(),
        u"shared"_s, QString());
    row("a group that nobody declared is the consumer, and unowned", "", "", "", u"orders"_s, u"stranger"_s,
        u"order.created"_s, u"stranger"_s, QString());
    row("no group, no consumer, no team", "", "", "", u"orders"_s, QString(), u"order.created"_s, QString(), QString());
    row("a header that is no text is not the type", "type", "\xFF\xFE", "{}", u"mixed"_s, u"billing"_s, QString(),
        u"payment-service"_s, QString());
}

void TstGrouping::owners()
{
    QFETCH(QByteArray, headerName);
    QFETCH(QByteArray, headerValue);
    QFETCH(QByteArray, payload);
    QFETCH(QString, topic);
    QFETCH(QString, group);
    QFETCH(QString, eventType);
    QFETCH(QString, consumer);
    QFETCH(QString, team);
    const Catalog catalog = company();
    OwnerResolver resolver(catalog);
    RawRecord record = letter({});
    if (!headerName.isEmpty())
        record.headers.push_back({headerName, headerValue});
    record.value = payload;
    LetterFacts facts;
    facts.originTopic = topic;
    if (!group.isNull())
        facts.consumerGroup = group;
    for (int again = 0; again < 2; ++again) { // the second time from what was remembered
        const LetterOwner owner = resolver.ownerOf(record, facts);
        QCOMPARE(owner.eventType.value_or(QString()), eventType);
        QCOMPARE(owner.consumer.value_or(QString()), consumer);
        QCOMPARE(owner.team.value_or(QString()), team);
    }
    facts.mappedConsumer = u"stock-service"_s;
    facts.mappedEventType = u"order.created"_s;
    QCOMPARE(resolver.ownerOf(record, facts), (LetterOwner{u"stock-service"_s, u"order.created"_s, u"stock-team"_s}));
}

void TstGrouping::kinds_data()
{
    QTest::addColumn<QString>("errorClass");
    QTest::addColumn<QString>("rootCause");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("stage");
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* name, const QString& errorClass, const QString& rootCause, const QString& message,
                        const QString& stage, const QString& dialect, const QString& kind) {
        QTest::newRow(name) << errorClass << rootCause << message << stage << dialect << kind;
    };
    const QString none;
    row("a timeout", u"java.util.concurrent.TimeoutException"_s, none, none, none, none, u"transient"_s);
    row("a timeout below the application's class", u"com.acme.GatewayException"_s, u"java.net.SocketTimeoutException"_s,
        none, none, none, u"transient"_s);
    row("a refused connection in the message only", u"com.acme.GatewayException"_s, none,
        u"Connection refused: payments:443"_s, none, none, u"transient"_s);
    row("a value that does not parse", u"org.springframework.kafka.support.serializer.DeserializationException"_s,
        u"com.fasterxml.jackson.core.JsonParseException"_s, u"failed to deserialize"_s, none, none, u"schema"_s);
    row("connect's converter", u"org.apache.kafka.connect.errors.DataException"_s, none, none, u"VALUE_CONVERTER"_s,
        u"kafka-connect"_s, u"schema"_s);
    row("connect's task is not the converter", u"com.acme.X"_s, none, none, u"TASK_PUT"_s, u"kafka-connect"_s,
        u"unknown"_s);
    row("a missing field in the message", u"java.lang.IllegalArgumentException"_s, none,
        u"missing required field customer_id"_s, none, none, u"schema"_s);
    row("the binder's raw bytes", u"java.lang.ClassCastException"_s, none,
        u"class [B cannot be cast to class com.acme.Order"_s, none, u"spring-cloud-stream"_s, u"schema"_s);
    row("a class cast elsewhere is a bug, not a schema", u"java.lang.ClassCastException"_s, none,
        u"class [B cannot be cast to class com.acme.Order"_s, none, u"spring-dlpr"_s, u"unknown"_s);
    row("a business rule", u"com.acme.InsufficientFundsException"_s, none, u"account 17"_s, none, none, u"business"_s);
    row("an illegal state may be anything", u"java.lang.IllegalStateException"_s, u"java.lang.IllegalStateException"_s,
        u"boom"_s, none, none, u"unknown"_s);
    row("nothing told", none, none, none, none, u"unrecognised"_s, u"unknown"_s);
}

void TstGrouping::kinds()
{
    QFETCH(QString, errorClass);
    QFETCH(QString, rootCause);
    QFETCH(QString, message);
    QFETCH(QString, stage);
    QFETCH(QString, dialect);
    QFETCH(QString, kind);
    const auto rules = KindRules::bundled();
    QVERIFY2(rules, rules ? "" : qPrintable(rules.error().detail));
    const auto maybe = [](const QString& text) { return text.isNull() ? std::nullopt : std::optional(text); };
    LetterFacts facts;
    facts.dialect = dialect;
    facts.errorClass = maybe(errorClass);
    facts.rootCauseClass = maybe(rootCause);
    facts.errorMessage = maybe(message);
    facts.stage = maybe(stage);
    const KindVerdict verdict = rules->verdict(facts);
    QCOMPARE(failureKindWord(verdict.kind), kind);
    QVERIFY(!verdict.reason.isEmpty() && !verdict.suggestion.isEmpty());
}

void TstGrouping::ids()
{
    const QString id = letterId(u"cluster"_s, {u"orders-dlt"_s, 2}, Offset{41}, 0x0123456789ABCDEFULL);
    QCOMPARE(id, u"%1-2-41-01234567"_s.arg(channelTag(u"cluster"_s, u"orders-dlt"_s)));
    const auto address = parseLetterId(id);
    QVERIFY(address);
    QCOMPARE(*address, (LetterAddress{channelTag(u"cluster"_s, u"orders-dlt"_s), 2, Offset{41}, 0x01234567U}));
    QVERIFY(channelTag(u"ab"_s, u"c"_s) != channelTag(u"a"_s, u"bc"_s));
    for (const QString& wrong :
         {u""_s, u"x"_s, u"01234567-2-41"_s, u"0123456X-2-41-01234567"_s, u"01234567--2-41-01234567"_s,
          u"01234567-2-99999999999999999999-01234567"_s, u"01234567-2-41-01234567-1"_s})
        QVERIFY2(!parseLetterId(wrong), qPrintable(wrong));
}

void TstGrouping::words()
{
    for (const QString& word : {u"new"_s, u"assigned"_s, u"parked"_s, u"archived"_s, u"planned"_s, u"sent"_s,
                                u"resolved"_s, u"failedAgain"_s, u"unknown"_s, u"lost"_s})
        QCOMPARE(triageStateWord(*triageStateFromWord(word)), word);
    QVERIFY(!triageStateFromWord(u"done"));
    QVERIFY(isOpen(TriageState::Sent) && isOpen(TriageState::FailedAgain) && isOpen(TriageState::Unknown));
    QVERIFY(!isOpen(TriageState::Archived) && !isOpen(TriageState::Resolved) && !isOpen(TriageState::Lost));
}

QTEST_GUILESS_MAIN(TstGrouping)
#include "tst_grouping.moc"
