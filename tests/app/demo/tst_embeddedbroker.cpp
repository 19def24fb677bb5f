// SPDX-License-Identifier: GPL-3.0-or-later
// The demo's broker as the program meets it: through its workspace and the Kafka connector.
#include "app/demo/companyhistory.h"
#include "app/demo/embeddedbroker.h"
#include "connectors/kafka/connection.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/dialectregistry.h"
#include "model/replay/replayheaders.h"
#include "model/workspace/secret.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <librdkafka/rdkafka.h>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 7;
constexpr qsizetype plenty = qsizetype{64} << 20;
const QString letterTopic = u"order-events.DLT"_s;
const QString logTopic = u"event-processing-log"_s;

QString textOf(const std::vector<FileIssue>& issues)
{
    QString text;
    for (const FileIssue& issue : issues)
        text += issue.toString() + u'\n';
    return text;
}

bool bears(const RawRecord& record, const char* header, const QByteArray& value)
{
    return std::ranges::any_of(record.headers,
                               [&](const Header& one) { return one.name == header && one.value == value; });
}

/// What somebody else's producer would do.
bool send(const QString& bootstrap, const RawRecord& record)
{
    std::array<char, 200> why{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.toUtf8().constData(), why.data(), why.size());
    std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> producer(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf, why.data(), why.size()), rd_kafka_destroy);
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const Header& header : record.headers)
        rd_kafka_header_add(headers, header.name.constData(), -1, header.value->constData(), header.value->size());
    const QByteArray topic = record.at.topic.toUtf8();
    std::array<rd_kafka_vu_t, 4> message{};
    message[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    message[0].u.cstr = topic.constData();
    message[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    message[1].u.i32 = record.at.partition;
    message[2].vtype = RD_KAFKA_VTYPE_VALUE;
    message[2].u.mem = {const_cast<char*>(record.value->constData()), static_cast<std::size_t>(record.value->size())};
    message[3].vtype = RD_KAFKA_VTYPE_HEADERS;
    message[3].u.headers = headers;
    rd_kafka_error_t* error = rd_kafka_produceva(producer.get(), message.data(), message.size());
    const bool isQueued = error == nullptr;
    rd_kafka_error_destroy(error);
    return isQueued && rd_kafka_flush(producer.get(), 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

} // namespace

class EmbeddedBrokerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void theWorkspaceLoadsWithoutAFault();
    void thePastIsThere();
    void itsNameIsTheSameEachTime();
    void groupsStandWhereTheyShould();
    void lifeGoesOn();
    void aReplayedTimeoutSucceeds();
    void aFolderThatCannotBeWrittenIsSaid();
    void itStartsAgain();

private:
    [[nodiscard]] std::vector<RawRecord> readAll(const QString& topic);
    [[nodiscard]] Result<LagObservation> sample();
    [[nodiscard]] static std::optional<Offset> committed(const LagObservation& observation, const QString& group,
                                                         const TopicPartition& at);
    [[nodiscard]] static std::int64_t sumOfEnds(const LagObservation& observation, const QString& topic);

    QTemporaryDir m_folder;
    std::unique_ptr<EmbeddedBroker> m_broker;
    Workspace m_workspace;
    Catalog m_catalog;
    SystemClock m_clock;
    LocalSecretStore m_secrets;
    std::unique_ptr<KafkaConnection> m_connection;
    std::unique_ptr<LagSource> m_lag;
};

void EmbeddedBrokerTest::initTestCase()
{
    auto broker = EmbeddedBroker::start(m_folder.path(), seed);
    QVERIFY2(broker, qPrintable(broker ? QString() : broker.error().detail));
    m_broker = std::move(*broker);
    const auto workspace = loadWorkspace(m_broker->workspaceFile());
    QVERIFY2(workspace.value, qPrintable(textOf(workspace.issues)));
    m_workspace = *workspace.value;
    const auto catalog = loadCatalog(m_workspace);
    QVERIFY2(catalog.value, qPrintable(textOf(catalog.issues)));
    m_catalog = *catalog.value;
    m_connection = std::make_unique<KafkaConnection>(m_workspace.connections.front(), &m_secrets, &m_clock);
    m_lag = m_connection->lagSource();
}

void EmbeddedBrokerTest::cleanupTestCase()
{
    m_lag.reset();
    m_connection.reset();
    m_broker.reset();
}

/// Ids of letters begin with a digest of it.
void EmbeddedBrokerTest::itsNameIsTheSameEachTime()
{
    const auto source = m_connection->recordSource();
    const auto bounds = source->bounds({{letterTopic, {}}}, {});
    QVERIFY2(bounds, qPrintable(bounds ? QString() : bounds.error().detail));
    QCOMPARE(bounds->clusterId, u"mockCluster"_s);
}

std::vector<RawRecord> EmbeddedBrokerTest::readAll(const QString& topic)
{
    const auto source = m_connection->recordSource();
    const auto bounds = source->bounds({{topic, {}}}, {});
    if (!bounds)
        return {};
    std::vector<Position> start;
    std::map<TopicPartition, std::int64_t> missing;
    for (const PartitionBounds& partition : bounds->partitions) {
        start.push_back({partition.at, partition.logStart});
        if (partition.lastStable.value > partition.logStart.value)
            missing[partition.at] = partition.lastStable.value;
    }
    std::vector<RawRecord> records;
    if (!source->assign(start))
        return {};
    while (!missing.empty()) {
        auto batch = source->poll(plenty, 1s, {});
        if (!batch)
            return {};
        std::ranges::move(batch->records, std::back_inserter(records));
        for (const Position& position : batch->positions) {
            const auto wanted = missing.find(position.at);
            if (wanted != missing.end() && position.next.value >= wanted->second)
                missing.erase(wanted);
        }
    }
    return records;
}

Result<LagObservation> EmbeddedBrokerTest::sample()
{
    LagRequest request;
    request.knownGroups = m_catalog.groups();
    for (const QString& group : request.knownGroups)
        request.topicsOfGroup[group] = m_catalog.topicsOfGroup(group);
    return m_lag->sample(request, {});
}

std::optional<Offset> EmbeddedBrokerTest::committed(const LagObservation& observation, const QString& group,
                                                    const TopicPartition& at)
{
    for (const CommittedOffset& one : observation.committed) {
        if (one.group == group && one.at == at)
            return one.committed;
    }
    return std::nullopt;
}

std::int64_t EmbeddedBrokerTest::sumOfEnds(const LagObservation& observation, const QString& topic)
{
    std::int64_t sum = 0;
    for (const PartitionEnds& ends : observation.ends)
        sum += ends.at.topic == topic && ends.end ? ends.end->value : 0;
    return sum;
}

void EmbeddedBrokerTest::theWorkspaceLoadsWithoutAFault()
{
    const auto workspace = loadWorkspace(m_folder.path());
    QCOMPARE(textOf(workspace.issues), QString());
    const auto catalog = loadCatalog(*workspace.value);
    QCOMPARE(textOf(catalog.issues), QString());
    QCOMPARE(m_workspace.environment, Environment::Development);
    QCOMPARE(m_workspace.connections.front().bootstrapServers, QStringList{m_broker->bootstrap()});
    QVERIFY(m_broker->bootstrap().startsWith(u"127.0.0.1:"_s));
    QStringList groups;
    for (const demo::Service& service : demo::services())
        groups += QString::fromUtf8(service.name);
    groups.sort();
    QCOMPARE(m_catalog.groups(), groups);
    for (const CatalogEvent& event : m_catalog.events()) {
        QVERIFY2(QFile::exists(m_folder.filePath(event.schemaPath)), qPrintable(event.schemaPath));
        QVERIFY(demo::partitionsOf(event.topic) > 0);
    }
}

void EmbeddedBrokerTest::thePastIsThere()
{
    demo::Random random(seed);
    demo::EventFactory factory(random);
    const demo::CompanyPast past = demo::makePast(random, factory, m_clock.now());
    std::map<QString, std::size_t> expected;
    for (const auto* records : {&past.events, &past.letters, &past.log}) {
        for (const RawRecord& record : *records)
            ++expected[record.at.topic];
    }
    QCOMPARE(expected.size(), std::size_t{8});
    for (const auto& [topic, count] : expected) {
        const std::vector<RawRecord> found = readAll(topic);
        QVERIFY2(found.size() >= count, qPrintable(u"%1: %2 of %3"_s.arg(topic).arg(found.size()).arg(count)));
    }
    const std::vector<RawRecord> letters = readAll(letterTopic);
    QVERIFY(
        std::ranges::any_of(letters, [&](const RawRecord& letter) { return letter.timestamp < m_clock.now() - 24h; }));
    const auto registry = DialectRegistry::bundled();
    for (const RawRecord& letter : letters)
        QCOMPARE(registry->read(letter).dialect, u"spring-dlpr"_s);
}

void EmbeddedBrokerTest::groupsStandWhereTheyShould()
{
    const auto observation = sample();
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    QVERIFY2(observation->failures.empty(),
             qPrintable(observation->failures.empty() ? QString() : observation->failures.front().detail));
    QVERIFY(!m_lag->capabilities().listsGroups);
    for (int partition = 0; partition < 3; ++partition) {
        QVERIFY(committed(*observation, u"payment-service"_s, {u"order-events"_s, partition}));
        QVERIFY(committed(*observation, u"notification-service"_s, {u"payment-events"_s, partition}));
        QVERIFY(!committed(*observation, u"fraud-scoring"_s, {u"payment-events"_s, partition}));
    }
    QVERIFY(committed(*observation, u"recommendation-service"_s, {u"user-events"_s, 0}));
}

void EmbeddedBrokerTest::lifeGoesOn()
{
    const auto before = sample();
    QVERIFY(before);
    const auto grown = [&] {
        const auto now = sample();
        return now && sumOfEnds(*now, u"order-events"_s) > sumOfEnds(*before, u"order-events"_s) &&
               sumOfEnds(*now, u"payment-events"_s) > sumOfEnds(*before, u"payment-events"_s);
    };
    QTRY_VERIFY_WITH_TIMEOUT(grown(), 60'000);
}

void EmbeddedBrokerTest::aReplayedTimeoutSucceeds()
{
    const std::vector<RawRecord> letters = readAll(letterTopic);
    const auto letter = std::ranges::find_if(letters, [](const RawRecord& one) {
        return bears(one, "kafka_dlt-exception-cause-fqcn", "com.acme.payment.PaymentGatewayTimeoutException");
    });
    QVERIFY(letter != letters.end());
    RawRecord back = *letter;
    back.at.topic = u"order-events"_s;
    StripRule rule;
    rule.prefixes = {"kafka_dlt-"};
    back.headers = outgoingHeaders(letter->headers, rule, "job-7", 1, "order-events.DLT/0/0");
    QVERIFY(send(m_broker->bootstrap(), back));

    const QString eventId = QJsonDocument::fromJson(*back.value).object().value(u"event_id"_s).toString();
    const auto succeeded = [&] {
        const std::vector<RawRecord> log = readAll(logTopic);
        return std::ranges::any_of(log, [&](const RawRecord& record) {
            const QJsonObject object = QJsonDocument::fromJson(*record.value).object();
            return object.value(u"event_id"_s) == eventId &&
                   object.value(u"consumer_service"_s) == u"payment-service"_s &&
                   object.value(u"status"_s) == u"success"_s;
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(succeeded(), 60'000);

    std::int64_t landed = -1;
    const std::vector<RawRecord> events = readAll(u"order-events"_s);
    for (const RawRecord& event : events) {
        if (bears(event, replayIdHeader, "job-7"))
            landed = event.offset.value;
    }
    QVERIFY(landed >= 0);
    const auto isPassed = [&] {
        const auto observation = sample();
        const auto next = observation ? committed(*observation, u"payment-service"_s, back.at) : std::nullopt;
        return next && next->value > landed;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isPassed(), 60'000);
}

void EmbeddedBrokerTest::aFolderThatCannotBeWrittenIsSaid()
{
    const QString path = m_folder.filePath(u"in-the-way"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto refused = EmbeddedBroker::start(path, seed);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    QVERIFY(refused.error().detail.startsWith(path));
}

void EmbeddedBrokerTest::itStartsAgain()
{
    const QTemporaryDir folder;
    const auto second = EmbeddedBroker::start(folder.path(), seed);
    QVERIFY(second);
    QVERIFY((*second)->bootstrap() != m_broker->bootstrap());
    const auto third = EmbeddedBroker::start(folder.path(), seed);
    QVERIFY(third);
    QCOMPARE((*third)->workspaceFile(), folder.filePath(u"spillway.yaml"_s));
}

QTEST_GUILESS_MAIN(EmbeddedBrokerTest)
#include "tst_embeddedbroker.moc"
