// SPDX-License-Identifier: GPL-3.0-or-later
// What a broker says about its topics, against what it was told to make them.
#include "connectors/kafka/connection.h"
#include "tests/connectors/kafka/bench.h"

#include <QTemporaryFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

const TopicFacts* factsOf(const TopicFactsReport& report, const QString& topic)
{
    for (const TopicFacts& facts : report.topics) {
        if (facts.topic == topic)
            return &facts;
    }
    return nullptr;
}

void publish(const QString& bootstrap, const QString& topic, int count)
{
    TestProducer producer(bootstrap);
    for (int i = 0; i < count; ++i)
        producer.send(
            {.topic = topic, .partition = 0, .key = {}, .value = QByteArray("v"), .headers = {}, .timestamp = {}});
    producer.flush();
}

} // namespace

class KafkaTopicFactsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatTheTopicWasMadeWithIsTold_data() { Peers::addVersionRows(); }
    void whatTheTopicWasMadeWithIsTold();
    void whereTheLogBeginsAfterDeletion_data() { Peers::addVersionRows(); }
    void whereTheLogBeginsAfterDeletion();
    void withoutTheRightTheRestIsToldAndTheLineThatGrantsIt();
    void theEmbeddedBrokerIsNotAskedForWhatItCannotTell();
    void nobodyThere();

private:
    Surroundings m_around;
};

void KafkaTopicFactsTest::whatTheTopicWasMadeWithIsTold()
{
    QFETCH(QString, version);
    const Peer& peer = Peers::byVersion(version);
    const QString limited = peer.newTopic(u"facts"_s, 3,
                                          {{u"retention.ms"_s, u"604800000"_s},
                                           {u"retention.bytes"_s, u"1073741824"_s},
                                           {u"min.insync.replicas"_s, u"1"_s}});
    const QString unlimited =
        peer.newTopic(u"facts"_s, 1, {{u"retention.ms"_s, u"-1"_s}, {u"cleanup.policy"_s, u"compact,delete"_s}});
    const QString compacted = peer.newTopic(u"facts"_s, 1, {{u"cleanup.policy"_s, u"compact"_s}});
    const QString missing = uniqueName(u"facts-missing"_s);
    publish(peer.bootstrap(), limited, 5);

    const auto source = m_around.connect(plainSettings(peer.bootstrap())).topicFactsSource();
    const auto report = source->describe(
        {{.topic = limited, .pattern = {}}, {.topic = {}, .pattern = u"facts.*"_s}, {.topic = missing, .pattern = {}}},
        {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QVERIFY(!report->clusterId.isEmpty());
    QVERIFY(report->capabilities.describesTopics);
    const TopicFacts* facts = factsOf(*report, limited);
    QVERIFY(facts);
    QCOMPARE(facts->exists, std::optional(true));
    QVERIFY2(!facts->failure, qPrintable(facts->failure ? facts->failure->detail : QString()));
    QCOMPARE(facts->settings.retentionTime, std::optional(Limit<Millis>{Millis{604'800'000}}));
    QCOMPARE(facts->settings.retentionBytes, std::optional(Limit<std::int64_t>{1'073'741'824}));
    QCOMPARE(facts->settings.deletes, std::optional(true));
    QCOMPARE(facts->settings.compacts, std::optional(false));
    QCOMPARE(facts->settings.minInSync, std::optional(1));
    QCOMPARE(facts->partitions.size(), std::size_t{3});
    QCOMPARE(facts->partitions[0].logStart, std::optional(Offset{0}));
    QCOMPARE(facts->partitions[0].end, std::optional(Offset{5}));
    QCOMPARE(facts->partitions[2].end, std::optional(Offset{0}));
    QVERIFY(facts->partitions[0].sizeBytes > 0);
    QCOMPARE(facts->partitions[2].sizeBytes, std::optional(std::int64_t{0}));
    QCOMPARE(facts->settings.compression, std::optional(u"producer"_s));

    QVERIFY(factsOf(*report, unlimited));
    QCOMPARE(factsOf(*report, unlimited)->settings.retentionTime, std::optional(Limit<Millis>{}));
    QCOMPARE(factsOf(*report, unlimited)->settings.deletes, std::optional(true));
    QCOMPARE(factsOf(*report, unlimited)->settings.compacts, std::optional(true));
    QVERIFY(factsOf(*report, compacted));
    QCOMPARE(factsOf(*report, compacted)->settings.deletes, std::optional(false));
    QCOMPARE(factsOf(*report, compacted)->settings.compacts, std::optional(true));

    QVERIFY(factsOf(*report, missing));
    QCOMPARE(factsOf(*report, missing)->exists, std::optional(false));
    QCOMPARE(factsOf(*report, missing)->settings, TopicSettings{});
    // Asking did not make it.
    const auto again = source->describe({{.topic = missing, .pattern = {}}}, {});
    QVERIFY(again);
    QCOMPARE(again->topics.at(0).exists, std::optional(false));
}

void KafkaTopicFactsTest::whereTheLogBeginsAfterDeletion()
{
    QFETCH(QString, version);
    const Peer& peer = Peers::byVersion(version);
    const QString topic = peer.newTopic(u"facts-deleted"_s);
    publish(peer.bootstrap(), topic, 9);
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(QByteArray(R"({"version":1,"partitions":[{"topic":")") + topic.toUtf8() +
               R"(","partition":0,"offset":6}]})");
    file.close();
    (void)peer.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
    const auto source = m_around.connect(plainSettings(peer.bootstrap())).topicFactsSource();
    const auto report = source->describe({{.topic = topic, .pattern = {}}}, {});
    QVERIFY(report);
    QCOMPARE(report->topics.at(0).partitions.at(0).logStart, std::optional(Offset{6}));
    QCOMPARE(report->topics.at(0).partitions.at(0).end, std::optional(Offset{9}));
}

void KafkaTopicFactsTest::withoutTheRightTheRestIsToldAndTheLineThatGrantsIt()
{
    const Peer& peer = Peers::secured();
    const QString topic = peer.newTopic(u"facts-secured"_s, 2, {{u"retention.ms"_s, u"3600000"_s}});
    const QString hidden = peer.newTopic(u"facts-hidden"_s);
    const QString user = peer.newUser(u"describer"_s);
    ConnectionSettings settings = plainSettings(peer.address(u"sasl"_s));
    settings.security.protocol = SecurityProtocol::SaslPlaintext;
    settings.security.mechanism = u"SCRAM-SHA-256"_s;
    settings.security.username = user;
    settings.security.password =
        SecretReference{.kind = SecretReference::Kind::Environment, .name = user + u"-secret"_s};
    peer.runAclLine(
        u"kafka-acls --bootstrap-server x --add --allow-principal 'User:%1' --operation Describe --topic '%2'"_s.arg(
            user, topic));
    const auto source = m_around.connect(settings).topicFactsSource();
    const std::vector<TopicSelector> asked{{.topic = topic, .pattern = {}}, {.topic = hidden, .pattern = {}}};
    Result<TopicFactsReport> report = source->describe(asked, {});
    const auto isSeen = [&] {
        report = source->describe(asked, {});
        return report && factsOf(*report, topic)->exists == true;
    };
    QVERIFY(QTest::qWaitFor(isSeen, 30'000));
    const TopicFacts* facts = factsOf(*report, topic);
    QCOMPARE(facts->partitions.size(), std::size_t{2});
    QCOMPARE(facts->partitions[1].end, std::optional(Offset{0}));
    QCOMPARE(facts->settings, TopicSettings{});
    QVERIFY(facts->failure);
    QCOMPARE(facts->failure->code, ErrorCode::Unauthorised);
    const QString detail = facts->failure->detail;
    QVERIFY2(detail.contains(u"lacks the right DescribeConfigs on topic '%1'"_s.arg(topic)), qPrintable(detail));
    // A topic that must not be seen is neither there nor missing.
    QCOMPARE(factsOf(*report, hidden)->exists, std::optional<bool>());
    QVERIFY(factsOf(*report, hidden)->failure);
    QCOMPARE(factsOf(*report, hidden)->failure->code, ErrorCode::Unauthorised);

    peer.runAclLine(detail.mid(detail.indexOf(u"kafka-acls"_s)));
    const auto isTold = [&] {
        report = source->describe(asked, {});
        return report && factsOf(*report, topic)->settings.retentionTime.has_value();
    };
    QVERIFY(QTest::qWaitFor(isTold, 30'000));
    QCOMPARE(factsOf(*report, topic)->settings.retentionTime, std::optional(Limit<Millis>{Millis{3'600'000}}));
    QVERIFY(!factsOf(*report, topic)->failure);
}

void KafkaTopicFactsTest::theEmbeddedBrokerIsNotAskedForWhatItCannotTell()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders.DLT"_s, 2);
    publish(kafka.bootstrap(), u"orders.DLT"_s, 3);
    const auto source = m_around.connect(plainSettings(kafka.bootstrap())).topicFactsSource();
    const auto report =
        source->describe({{.topic = u"orders.DLT"_s, .pattern = {}}, {.topic = u"never-made"_s, .pattern = {}}}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QVERIFY(!report->capabilities.describesTopics);
    QCOMPARE(factsOf(*report, u"orders.DLT"_s)->exists, std::optional(true));
    QCOMPARE(factsOf(*report, u"orders.DLT"_s)->partitions.at(0).end, std::optional(Offset{3}));
    QCOMPARE(factsOf(*report, u"orders.DLT"_s)->settings, TopicSettings{});
    QVERIFY(!factsOf(*report, u"orders.DLT"_s)->failure);
    QCOMPARE(factsOf(*report, u"never-made"_s)->exists, std::optional<bool>());
}

void KafkaTopicFactsTest::nobodyThere()
{
    const auto source = m_around.connect(plainSettings(u"127.0.0.1:1"_s)).topicFactsSource();
    const auto report = source->describe({{.topic = u"orders"_s, .pattern = {}}}, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Unreachable);
}

QTEST_GUILESS_MAIN(KafkaTopicFactsTest)
#include "tst_kafkatopicfacts.moc"
