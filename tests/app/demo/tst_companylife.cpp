// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/companylife.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/kindrules.h"
#include "model/replay/replayheaders.h"
#include "tests/support/manualclock.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <set>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::demo;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 4'711;
const QString letterTopic = u"order-events.DLT"_s;
const QString logTopic = u"event-processing-log"_s;

bool bears(const RawRecord& record, const char* header, const QByteArray& value)
{
    return std::ranges::any_of(record.headers,
                               [&](const Header& one) { return one.name == header && one.value == value; });
}

QJsonObject json(const RawRecord& record)
{
    return QJsonDocument::fromJson(record.value.value_or(QByteArray())).object();
}

/// The company with topics that live in memory.
class World
{
public:
    explicit World(std::uint64_t withSeed = seed)
        : life(withSeed, clock.now())
    {
        for (const RawRecord& event : life.past().events)
            ends[event.at] = event.offset.value + 1;
        for (const GroupCommit& commit : life.past().commits)
            committed[{commit.group, commit.at}] = commit.next.value;
    }

    /// One step later: what was produced lies in its topic and is observed at the next step.
    void step(Millis by)
    {
        clock.advance(by);
        std::vector<RawRecord> seen;
        seen.swap(arriving);
        CompanyLife::Step step = life.step(clock.now(), seen);
        for (RawRecord& record : step.produce)
            append(std::move(record));
        for (const GroupCommit& commit : step.commits)
            committed[{commit.group, commit.at}] = commit.next.value;
    }

    void append(RawRecord record)
    {
        record.offset.value = ends[record.at]++;
        const bool isEvent =
            record.at.topic == orderTopic || record.at.topic == paymentTopic || record.at.topic == userTopic;
        all.push_back(record);
        if (isEvent)
            arriving.push_back(std::move(record));
    }

    [[nodiscard]] std::int64_t lag(const QString& group, const QString& topic) const
    {
        std::int64_t sum = 0;
        for (int partition = 0; partition < partitionsOf(topic); ++partition) {
            const auto found = committed.find({group, {topic, partition}});
            if (found != committed.end())
                sum += ends.at({topic, partition}) - found->second;
        }
        return sum;
    }

    test::ManualClock clock;
    CompanyLife life;
    std::map<TopicPartition, std::int64_t> ends;
    std::map<std::pair<QString, TopicPartition>, std::int64_t> committed;
    std::vector<RawRecord> arriving;
    std::vector<RawRecord> all; ///< everything produced since the start
};

/// A letter's message on its way back, as a replay sends it.
RawRecord replayed(const RawRecord& letter)
{
    RawRecord record = letter;
    record.at.topic = orderTopic.toString();
    StripRule rule;
    rule.prefixes = {"kafka_dlt-"};
    record.headers = outgoingHeaders(letter.headers, rule, "job-1", 1, "order-events.DLT/0/0");
    return record;
}

} // namespace

class CompanyLifeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theSameSeedIsTheSameCompany();
    void thePastFitsTogether();
    void thePastAsksForAttention();
    void theProcessingLogCoversTheDay();
    void lettersReadAsWhatTheyAre_data();
    void lettersReadAsWhatTheyAre();
    void inventoryFallsBehindAndRecoversWithinEachMinute();
    void othersKeepTheirPace();
    void newLettersArrive();
    void aReplayHelpsWhereItCan_data();
    void aReplayHelpsWhereItCan();
    void recordsOfStrangersAreReadOver();
    void clockStepsDoNotFlood_data();
    void clockStepsDoNotFlood();
};

void CompanyLifeTest::theSameSeedIsTheSameCompany()
{
    World one;
    World same;
    World other(seed + 1);
    QVERIFY(one.life.past().events == same.life.past().events);
    QVERIFY(one.life.past().letters == same.life.past().letters);
    QVERIFY(one.life.past().log == same.life.past().log);
    QVERIFY(one.life.past().events != other.life.past().events);
    for (int i = 0; i < 200; ++i) {
        one.step(200ms);
        same.step(200ms);
    }
    QVERIFY(!one.all.empty());
    QVERIFY(one.all == same.all);
    QVERIFY(one.committed == same.committed);
}

void CompanyLifeTest::thePastFitsTogether()
{
    const World world;
    const CompanyPast& past = world.life.past();
    const UtcTime now = world.clock.now();
    std::map<std::pair<TopicPartition, std::int64_t>, const RawRecord*> events;
    std::map<TopicPartition, std::int64_t> next;
    UtcTime before{};
    for (const RawRecord& event : past.events) {
        QCOMPARE(event.offset.value, next[event.at]++);
        QVERIFY(event.timestamp >= before && event.timestamp <= now);
        before = *event.timestamp;
        events[{event.at, event.offset.value}] = &event;
    }
    const auto registry = DialectRegistry::bundled();
    QVERIFY(registry);
    for (const RawRecord& letter : past.letters) {
        const LetterFacts facts = registry->read(letter);
        if (facts.dialect == u"eventferry"_s) { // tells the topic alone
            QCOMPARE(facts.originTopic, userTopic.toString());
            continue;
        }
        QVERIFY(facts.originTopic && facts.originPartition && facts.originOffset);
        const auto origin = events.find({{*facts.originTopic, *facts.originPartition}, facts.originOffset->value});
        QVERIFY(origin != events.end());
        QCOMPARE(letter.key, origin->second->key);
        QCOMPARE(letter.value, origin->second->value);
        QVERIFY(letter.timestamp <= now);
    }
    for (const GroupCommit& commit : past.commits)
        QVERIFY(commit.next.value >= 0 && commit.next.value <= next[commit.at]);
}

void CompanyLifeTest::thePastAsksForAttention()
{
    const World world;
    const UtcTime now = world.clock.now();
    int schema = 0;
    int olderThanADay = 0;
    std::set<QString> topics;
    for (const RawRecord& letter : world.life.past().letters) {
        topics.insert(letter.at.topic);
        schema += bears(letter, "kafka_dlt-exception-cause-fqcn", "com.acme.payment.SchemaMismatchException") ? 1 : 0;
        olderThanADay += letter.at.topic == letterTopic && letter.timestamp < now - 24h ? 1 : 0;
    }
    QVERIFY2(schema > 100, qPrintable(QString::number(schema)));
    QVERIFY2(olderThanADay >= 5, qPrintable(QString::number(olderThanADay)));
    QCOMPARE(topics, (std::set<QString>{u"connect-orders-warehouse.dlq"_s, letterTopic, u"payment-events.DLT"_s,
                                        u"user-events.dlq"_s}));
    QVERIFY(world.lag(u"analytics-pipeline"_s, orderTopic.toString()) > 100);
    QVERIFY(world.lag(u"notification-service"_s, paymentTopic.toString()) > 100);
    QCOMPARE(world.lag(u"payment-service"_s, orderTopic.toString()), 0);
}

void CompanyLifeTest::theProcessingLogCoversTheDay()
{
    const World world;
    const UtcTime now = world.clock.now();
    std::set<std::int64_t> hours;
    std::set<QString> statuses;
    std::set<QString> consumers;
    for (const RawRecord& record : world.life.past().log) {
        QCOMPARE(record.at.topic, logTopic);
        QVERIFY(record.timestamp >= now - 24h && record.timestamp <= now);
        hours.insert((now - *record.timestamp) / 1h);
        const QJsonObject object = json(record);
        statuses.insert(object.value(u"status"_s).toString());
        consumers.insert(object.value(u"consumer_service"_s).toString());
        QVERIFY(object.value(u"processing_latency_ms"_s).toDouble() > 0);
        QVERIFY(!object.value(u"event_id"_s).toString().isEmpty());
    }
    QVERIFY2(hours.size() >= 22, qPrintable(QString::number(hours.size())));
    QCOMPARE(statuses, (std::set<QString>{u"dlq"_s, u"failed"_s, u"success"_s}));
    QCOMPARE(consumers.size(), std::size_t{6});
}

void CompanyLifeTest::lettersReadAsWhatTheyAre_data()
{
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QString>("errorClass");
    QTest::addColumn<QString>("rootCauseClass");
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<FailureKind>("kind");
    QTest::addColumn<std::optional<QString>>("group");
    using Name = std::optional<QString>;
    const QString spring = u"spring-dlpr"_s;
    QTest::newRow("the renamed field is a schema failure")
        << letterTopic << u"com.acme.payment.SchemaMismatchException"_s << u"com.acme.payment.SchemaMismatchException"_s
        << spring << FailureKind::Schema << Name(u"payment-service"_s);
    QTest::newRow("the gateway's silence is transient")
        << letterTopic << u"com.acme.payment.PaymentGatewayTimeoutException"_s << u"java.net.SocketTimeoutException"_s
        << spring << FailureKind::Transient << Name(u"payment-service"_s);
    QTest::newRow("the credit limit is business") << letterTopic << u"com.acme.payment.CreditLimitExceededException"_s
                                                  << u"com.acme.payment.CreditLimitExceededException"_s << spring
                                                  << FailureKind::Business << Name(u"payment-service"_s);
    QTest::newRow("the mail server's silence is transient")
        << u"payment-events.DLT"_s << u"org.springframework.mail.MailSendException"_s << u"java.net.ConnectException"_s
        << spring << FailureKind::Transient << Name(u"notification-service"_s);
    QTest::newRow("the feature store's silence is transient, told by a service in TypeScript")
        << u"user-events.dlq"_s << u"FeatureStoreError"_s << u"Error"_s << u"eventferry"_s << FailureKind::Transient
        << Name();
    QTest::newRow("what Connect cannot convert is a schema failure, of no group it tells")
        << u"connect-orders-warehouse.dlq"_s << u"org.apache.kafka.connect.errors.DataException"_s
        << u"org.apache.kafka.connect.errors.DataException"_s << u"kafka-connect"_s << FailureKind::Schema << Name();
}

void CompanyLifeTest::lettersReadAsWhatTheyAre()
{
    QFETCH(QString, topic);
    QFETCH(QString, errorClass);
    QFETCH(QString, rootCauseClass);
    QFETCH(QString, dialect);
    QFETCH(FailureKind, kind);
    QFETCH(std::optional<QString>, group);
    const World world;
    const auto registry = DialectRegistry::bundled();
    const auto kinds = KindRules::bundled();
    QVERIFY(registry && kinds);
    int seen = 0;
    for (const RawRecord& letter : world.life.past().letters) {
        LetterFacts facts = registry->read(letter);
        if (letter.at.topic != topic || facts.errorClass != errorClass)
            continue;
        ++seen;
        QCOMPARE(facts.dialect, dialect);
        QCOMPARE(facts.rootCauseClass, std::optional(rootCauseClass));
        QCOMPARE(facts.consumerGroup, group);
        QCOMPARE(kinds->verdict(facts).kind, kind);
        QVERIFY(!facts.errorMessage->startsWith(u"Listener"_s));
    }
    QVERIFY(seen > 0);
}

void CompanyLifeTest::inventoryFallsBehindAndRecoversWithinEachMinute()
{
    World world;
    for (int minute = 0; minute < 3; ++minute) {
        std::int64_t worst = 0;
        std::int64_t best = std::numeric_limits<std::int64_t>::max();
        for (int i = 0; i < 300; ++i) {
            world.step(200ms);
            const std::int64_t lag = world.lag(u"inventory-service"_s, orderTopic.toString());
            worst = std::max(worst, lag);
            if (i > 150)
                best = std::min(best, lag);
        }
        QVERIFY2(worst >= 50, qPrintable(QString::number(worst)));
        QVERIFY2(best <= 4, qPrintable(QString::number(best)));
    }
}

void CompanyLifeTest::othersKeepTheirPace()
{
    World world;
    const auto committedBefore = world.committed;
    for (int i = 0; i < 3'600; ++i) {
        world.step(500ms);
        QVERIFY(world.lag(u"payment-service"_s, orderTopic.toString()) <= 10);
        const std::int64_t slow = world.lag(u"analytics-pipeline"_s, orderTopic.toString());
        QVERIFY2(slow > 100 && slow < 1'700, qPrintable(QString::number(slow)));
    }
    for (const auto& [at, next] : world.committed) {
        QVERIFY(at.first != u"fraud-scoring"_s);
        if (at.first == u"notification-service"_s)
            QCOMPARE(next, committedBefore.at(at));
    }
}

void CompanyLifeTest::newLettersArrive()
{
    World world;
    for (int i = 0; i < 300; ++i)
        world.step(200ms);
    int schema = 0;
    int transient = 0;
    int success = 0;
    for (const RawRecord& record : world.all) {
        schema += bears(record, "kafka_dlt-exception-cause-fqcn", "com.acme.payment.SchemaMismatchException") ? 1 : 0;
        transient +=
            bears(record, "kafka_dlt-exception-cause-fqcn", "com.acme.payment.PaymentGatewayTimeoutException") ? 1 : 0;
        success += record.at.topic == logTopic && json(record).value(u"status"_s) == u"success"_s ? 1 : 0;
    }
    QVERIFY(schema >= 5);
    QVERIFY(transient >= 1);
    QVERIFY(success >= 200);
}

void CompanyLifeTest::aReplayHelpsWhereItCan_data()
{
    QTest::addColumn<QByteArray>("thrown");
    QTest::addColumn<bool>("helps");
    QTest::newRow("a time-out is over") << QByteArray("com.acme.payment.PaymentGatewayTimeoutException") << true;
    QTest::newRow("a missing field is still missing")
        << QByteArray("com.acme.payment.SchemaMismatchException") << false;
    QTest::newRow("the limit still holds") << QByteArray("com.acme.payment.CreditLimitExceededException") << false;
}

void CompanyLifeTest::aReplayHelpsWhereItCan()
{
    QFETCH(QByteArray, thrown);
    QFETCH(bool, helps);
    World world;
    std::vector<RawRecord> sent;
    for (const RawRecord& letter : world.life.past().letters) {
        if (bears(letter, "kafka_dlt-exception-cause-fqcn", thrown))
            sent.push_back(replayed(letter));
    }
    QVERIFY(sent.size() >= 5);
    for (const RawRecord& record : sent)
        world.append(record);
    const auto endsWhenSent = world.ends;
    for (int i = 0; i < 10; ++i)
        world.step(200ms);

    int succeeded = 0;
    int failedAgain = 0;
    std::set<QString> ids;
    for (const RawRecord& record : sent)
        ids.insert(json(record).value(u"event_id"_s).toString());
    for (const RawRecord& record : world.all) {
        const QJsonObject object = json(record);
        if (record.at.topic == logTopic && object.value(u"consumer_service"_s) == u"payment-service"_s &&
            object.value(u"status"_s) == u"success"_s)
            succeeded += ids.contains(object.value(u"event_id"_s).toString()) ? 1 : 0;
        failedAgain += record.at.topic == letterTopic && bears(record, replayIdHeader, "job-1") ? 1 : 0;
    }
    const int all = static_cast<int>(sent.size());
    QCOMPARE(succeeded, helps ? all : 0);
    QCOMPARE(failedAgain, helps ? 0 : all);
    for (int partition = 0; partition < 3; ++partition) {
        const TopicPartition at{orderTopic.toString(), partition};
        QVERIFY((world.committed.at({u"payment-service"_s, at}) >= endsWhenSent.at(at)));
    }
}

void CompanyLifeTest::recordsOfStrangersAreReadOver()
{
    World world;
    RawRecord stranger;
    stranger.at = {orderTopic.toString(), 1};
    stranger.value = std::nullopt;
    world.append(stranger);
    stranger.value = "\xff\xfe not JSON";
    world.append(stranger);
    const auto end = world.ends.at(stranger.at);
    for (int i = 0; i < 10; ++i)
        world.step(200ms);
    QVERIFY((world.committed.at({u"payment-service"_s, stranger.at}) >= end));
}

void CompanyLifeTest::clockStepsDoNotFlood_data()
{
    QTest::addColumn<std::int64_t>("stepMs");
    QTest::newRow("the clock steps back an hour") << std::int64_t{-3'600'000};
    QTest::newRow("the machine slept for a week") << std::int64_t{604'800'000};
}

void CompanyLifeTest::clockStepsDoNotFlood()
{
    QFETCH(std::int64_t, stepMs);
    World world;
    world.step(200ms);
    const auto before = world.all.size();
    world.step(Millis{stepMs});
    QVERIFY(world.all.size() - before < 60);
    const auto after = world.all.size();
    for (int i = 0; i < 50; ++i)
        world.step(200ms);
    QVERIFY(world.all.size() > after);
}

QTEST_GUILESS_MAIN(CompanyLifeTest)
#include "tst_companylife.moc"
