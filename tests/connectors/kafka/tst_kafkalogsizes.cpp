// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes on a broker's disks: as its own tool tells them, over every kind of login, and unknown where they are not told.
#include "connectors/kafka/brokersocket.h"
#include "connectors/kafka/logsizes.h"
#include "connectors/kafka/wireformat.h"
#include "tests/connectors/kafka/bench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;
using namespace spillway::kafka;

namespace {

/// What the broker's own tool prints: bytes by partition.
std::map<TopicPartition, std::int64_t> toldByTool(const Peer& peer, const QString& topic)
{
    const ProcessOutput output =
        peer.tool(u"org.apache.kafka.tools.LogDirsCommand"_s, {u"--describe"_s, u"--topic-list"_s, topic});
    std::map<TopicPartition, std::int64_t> sizes;
    for (const QByteArray& line : output.out.split('\n')) {
        const QJsonArray brokers = QJsonDocument::fromJson(line).object()[u"brokers"].toArray();
        for (const QJsonValue& broker : brokers) {
            for (const QJsonValue& folder : broker[u"logDirs"].toArray()) {
                for (const QJsonValue& partition : folder[u"partitions"].toArray()) {
                    const QString name = partition[u"partition"].toString(); // topic-number
                    sizes[{name.section(u'-', 0, -2), name.section(u'-', -1).toInt()}] = partition[u"size"].toInteger();
                }
            }
        }
    }
    return sizes;
}

void publish(const Peer& peer, const QString& topic, int partitions, int count, const QByteArray& value)
{
    TestProducer producer(peer.bootstrap());
    for (int i = 0; i < count; ++i)
        producer.send({.topic = topic,
                       .partition = i % partitions,
                       .key = QByteArray("key"),
                       .value = value,
                       .headers = {},
                       .timestamp = {}});
    producer.flush();
}

std::map<TopicPartition, std::int64_t> toldByFacts(KafkaConnection connection, const QString& topic)
{
    const auto report = connection.topicFactsSource()->describe({{.topic = topic, .pattern = {}}}, {});
    if (!report)
        throw std::runtime_error(report.error().detail.toStdString());
    std::map<TopicPartition, std::int64_t> sizes;
    const auto& partitions = report->topics.at(0).partitions;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        if (partitions[i].sizeBytes)
            sizes[{topic, static_cast<int>(i)}] = *partitions[i].sizeBytes;
    }
    return sizes;
}

QByteArray answer(std::int8_t isMoving = 0, std::int16_t error = 0)
{
    WireWriter told;
    told.number(std::int32_t{0}).number(std::int32_t{1}).number(error).text("/var/kafka").number(std::int32_t{1});
    told.text("orders").number(std::int32_t{2});
    told.number(std::int32_t{0}).number(std::int64_t{4711}).number(std::int64_t{0}).number(isMoving);
    told.number(std::int32_t{3}).number(std::int64_t{0}).number(std::int64_t{0}).number(std::int8_t{0});
    return told.bytes();
}

} // namespace

class KafkaLogSizesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anAnswerIsReadPartitionByPartition();
    void anAnswerThatBreaksOffIsNone();
    void anyBytesAreRead();
    void whatWeCannotDoIsSaid_data();
    void whatWeCannotDoIsSaid();
    void asTheBrokersOwnToolTells_data() { Peers::addVersionRows(); }
    void asTheBrokersOwnToolTells();
    void packedAsItIsStored();
    void overEveryLogin_data();
    void overEveryLogin();
    void whoMayNotAskKnowsTheRest();
    void aWrongAuthorityIsNotTalkedTo();
    void nobodyThere();
};

void KafkaLogSizesTest::anAnswerIsReadPartitionByPartition()
{
    const auto sizes = logSizesAnswer(answer());
    QVERIFY(sizes);
    const std::map<TopicPartition, std::int64_t> expected{{{u"orders"_s, 0}, 4711}, {{u"orders"_s, 3}, 0}};
    QCOMPARE(*sizes, expected);
    QCOMPARE(logSizesAnswer(answer(1))->size(), std::size_t{1}); // a copy that is being moved
    QVERIFY(logSizesAnswer(answer(0, 56))->empty());             // a disk that is offline
}

void KafkaLogSizesTest::anAnswerThatBreaksOffIsNone()
{
    const QByteArray whole = answer();
    for (qsizetype size = 0; size < whole.size(); ++size)
        QVERIFY2(!logSizesAnswer(whole.first(size)), qPrintable(QString::number(size)));
}

void KafkaLogSizesTest::anyBytesAreRead()
{
    QRandomGenerator random(11);
    for (int round = 0; round < 20'000; ++round) {
        QByteArray bytes = answer();
        for (int change = random.bounded(1, 6); change > 0; --change)
            bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
        bytes.truncate(random.bounded(bytes.size() + 1));
        if (const auto sizes = logSizesAnswer(bytes))
            QVERIFY(sizes->size() <= 2);
    }
}

void KafkaLogSizesTest::whatWeCannotDoIsSaid_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isPossible");
    QTest::newRow("a login by name and password") << QByteArray("sasl.mechanisms") << QByteArray("PLAIN") << true;
    QTest::newRow("SCRAM") << QByteArray("sasl.mechanisms") << QByteArray("SCRAM-SHA-512") << true;
    QTest::newRow("Kerberos") << QByteArray("sasl.mechanisms") << QByteArray("GSSAPI") << false;
    QTest::newRow("a token") << QByteArray("sasl.mechanisms") << QByteArray("OAUTHBEARER") << false;
}

void KafkaLogSizesTest::whatWeCannotDoIsSaid()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(bool, isPossible);
    const auto security = socketSecurity(
        {kafka::property("security.protocol", "sasl_plaintext"), kafka::property(name.constData(), value)});
    QCOMPARE(security.has_value(), isPossible);
    if (!security)
        QCOMPARE(security.error().code, ErrorCode::Unsupported);
    QVERIFY(!socketSecurity({kafka::property("ssl.keystore.location", "/x.p12")}));
}

void KafkaLogSizesTest::asTheBrokersOwnToolTells()
{
    QFETCH(QString, version);
    const Peer& peer = Peers::byVersion(version);
    const QString topic = peer.newTopic(u"log-sizes"_s, 3);
    publish(peer, topic, 2, 200, QByteArray(1000, 'x'));
    Surroundings around;
    const auto expected = toldByTool(peer, topic);
    QCOMPARE(expected.size(), std::size_t{3});
    QVERIFY(expected.at({topic, 0}) > 100'000);
    QCOMPARE(expected.at({topic, 2}), std::int64_t{0});
    QCOMPARE(toldByFacts(around.connect(plainSettings(peer.bootstrap())), topic), expected);
}

void KafkaLogSizesTest::packedAsItIsStored()
{
    const Peer& peer = Peers::kafka391();
    const QString topic = peer.newTopic(u"log-packed"_s, 1, {{u"compression.type"_s, u"gzip"_s}});
    publish(peer, topic, 1, 200, QByteArray(1000, 'x'));
    Surroundings around;
    const auto told = toldByFacts(around.connect(plainSettings(peer.bootstrap())), topic);
    QCOMPARE(told, toldByTool(peer, topic));
    QVERIFY(told.at({topic, 0}) < 40'000); // of 200 000
}

void KafkaLogSizesTest::overEveryLogin_data()
{
    QTest::addColumn<QString>("listener");
    QTest::addColumn<QString>("mechanism");
    QTest::newRow("with SASL PLAIN") << u"sasl"_s << u"PLAIN"_s;
    QTest::newRow("with SCRAM-SHA-256") << u"sasl"_s << u"SCRAM-SHA-256"_s;
    QTest::newRow("with TLS") << u"tls"_s << QString();
    QTest::newRow("with SCRAM-SHA-256 over TLS") << u"sasltls"_s << u"SCRAM-SHA-256"_s;
    QTest::newRow("with PLAIN over TLS") << u"sasltls"_s << u"PLAIN"_s;
}

void KafkaLogSizesTest::overEveryLogin()
{
    QFETCH(QString, listener);
    QFETCH(QString, mechanism);
    const Peer& peer = Peers::secured();
    const QString topic = peer.newTopic(u"log-secured"_s, 1);
    publish(peer, topic, 1, 50, QByteArray(1000, 'x'));
    ConnectionSettings settings = plainSettings(peer.address(listener));
    const bool usesTls = listener.endsWith(u"tls"_s);
    const bool usesSasl = !mechanism.isEmpty();
    settings.security.protocol = usesTls && usesSasl ? SecurityProtocol::SaslSsl
                                 : usesTls           ? SecurityProtocol::Ssl
                                                     : SecurityProtocol::SaslPlaintext;
    if (usesTls)
        settings.security.caFile = peer.caFile();
    if (usesSasl) {
        settings.security.mechanism = mechanism;
        settings.security.username = u"admin"_s;
        settings.security.password =
            SecretReference{.kind = SecretReference::Kind::Environment, // OpenSecrets: the name
                            .name = u"admin-secret"_s};
    } else {
        // Who comes with TLS alone is nobody, and nobody has a right until it is given.
        (void)peer.acls(
            {u"--add"_s, u"--allow-principal"_s, u"User:ANONYMOUS"_s, u"--operation"_s, u"Describe"_s, u"--cluster"_s});
    }
    Surroundings around;
    QCOMPARE(toldByFacts(around.connect(settings), topic), toldByTool(peer, topic));
}

void KafkaLogSizesTest::whoMayNotAskKnowsTheRest()
{
    const Peer& peer = Peers::secured();
    const QString topic = peer.newTopic(u"log-hidden"_s, 1);
    publish(peer, topic, 1, 5, "v");
    const QString user = peer.newUser(u"narrow"_s);
    (void)peer.acls({u"--add"_s, u"--allow-principal"_s, u"User:"_s + user, u"--operation"_s, u"Describe"_s,
                     u"--operation"_s, u"DescribeConfigs"_s, u"--topic"_s, topic});
    ConnectionSettings settings = plainSettings(peer.address(u"sasl"_s));
    settings.security.protocol = SecurityProtocol::SaslPlaintext;
    settings.security.mechanism = u"SCRAM-SHA-256"_s;
    settings.security.username = user;
    settings.security.password =
        SecretReference{.kind = SecretReference::Kind::Environment, .name = user + u"-secret"_s};
    Surroundings around;
    const KafkaConnection connection = around.connect(settings);
    const auto report = connection.topicFactsSource()->describe({{.topic = topic, .pattern = {}}}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QVERIFY(!report->topics.at(0).partitions.at(0).sizeBytes);
    QCOMPARE(report->topics.at(0).partitions.at(0).end, std::optional(Offset{5}));
    QCOMPARE(connection.health().connectivity, Connectivity::Connected);
}

void KafkaLogSizesTest::aWrongAuthorityIsNotTalkedTo()
{
    const Peer& peer = Peers::secured();
    const QString address = peer.address(u"tls"_s);
    const BrokerAddress broker{
        .id = 1, .host = address.section(u':', 0, -2).toUtf8(), .port = address.section(u':', -1).toInt()};
    SocketSecurity security{.usesTls = true};
    security.caFile = peer.caFile().toUtf8();
    QVERIFY(BrokerSocket::open(broker, security, Millis{10'000}, {}));
    security.caFile = peer.strangerCaFile().toUtf8();
    const auto refused = BrokerSocket::open(broker, security, Millis{10'000}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
}

void KafkaLogSizesTest::nobodyThere()
{
    const auto refused = BrokerSocket::open({.id = 1, .host = "127.0.0.1", .port = 9}, {}, Millis{5'000}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(!BrokerSocket::open({.id = 1, .host = "127.0.0.1", .port = 9}, {}, Millis{5'000}, stop.get_token()));
}

QTEST_GUILESS_MAIN(KafkaLogSizesTest)
#include "tst_kafkalogsizes.moc"
