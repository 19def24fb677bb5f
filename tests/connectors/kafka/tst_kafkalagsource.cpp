// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors/kafka/bench.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

void publish(const QString& bootstrap, const QString& topic, int partition, int count)
{
    TestProducer producer(bootstrap);
    for (int i = 0; i < count; ++i)
        producer.send({.topic = topic,
                       .partition = partition,
                       .key = {},
                       .value = QByteArray("v"),
                       .headers = {},
                       .timestamp = {}});
    producer.flush();
}

/// `group topic partition committed end lag`, one line per partition with a commit, sorted: what both programs must
/// agree on.
QStringList describedByKafka(const Peer& kafka, const QString& prefix)
{
    QStringList rows;
    const ProcessOutput output = kafka.consumerGroups({u"--describe"_s, u"--all-groups"_s});
    const QStringList lines = QString::fromUtf8(output.out).split(u'\n');
    for (const QString& line : lines) {
        QStringList columns = line.simplified().split(u' ').mid(0, 6);
        if (!columns.value(0).startsWith(prefix) || columns.size() < 6 || columns[3] == u"-"_s)
            continue;
        if (columns[5].startsWith(u'-'))
            columns[5] = u"0"_s; // where the end lies below the commit, Kafka's tool prints a negative lag
        rows.append(columns.join(u' '));
    }
    rows.sort();
    return rows;
}

QStringList describedByUs(const LagObservation& observation)
{
    QStringList rows;
    for (const CommittedOffset& each : observation.committed) {
        const auto ends = std::find_if(observation.ends.begin(), observation.ends.end(),
                                       [&](const PartitionEnds& e) { return e.at == each.at; });
        if (!each.committed)
            continue;
        const std::int64_t end = ends == observation.ends.end() || !ends->end ? -1 : ends->end->value;
        rows.append(u"%1 %2 %3 %4 %5 %6"_s.arg(each.group, each.at.topic)
                        .arg(each.at.partition)
                        .arg(each.committed->value)
                        .arg(end)
                        .arg(std::max<std::int64_t>(0, end - each.committed->value)));
    }
    rows.sort();
    return rows;
}

std::vector<TopicPartition> uncommitted(const LagObservation& observation, const QString& group)
{
    std::vector<TopicPartition> out;
    for (const CommittedOffset& each : observation.committed) {
        if (each.group == group && !each.committed)
            out.push_back(each.at);
    }
    return out;
}

const PartitionEnds* endsOf(const LagObservation& observation, const TopicPartition& at)
{
    const auto found = std::find_if(observation.ends.begin(), observation.ends.end(),
                                    [&](const PartitionEnds& e) { return e.at == at; });
    return found == observation.ends.end() ? nullptr : &*found;
}

std::optional<GroupState> stateOf(const LagObservation& observation, const QString& group)
{
    for (const GroupFacts& each : observation.groups) {
        if (each.group == group)
            return each.state;
    }
    return {};
}

} // namespace

class KafkaLagSourceTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rowsEqualWhatKafkaPrints_data() { Peers::addVersionRows(); }
    void rowsEqualWhatKafkaPrints();
    void transactionsAreSeenInBothEnds_data() { Peers::addVersionRows(); }
    void transactionsAreSeenInBothEnds();
    void whatWasNeverCommittedIsNull_data() { Peers::addVersionRows(); }
    void whatWasNeverCommittedIsNull();
    void whatIsAssignedAndNeverCommittedIsNull_data() { Peers::addVersionRows(); }
    void whatIsAssignedAndNeverCommittedIsNull();
    void groupsAreChosenAndOurOwnHidden();
    void withoutGroupListsTheKnownGroupsAreAsked();
    void aCoordinatorThatIsLoadingIsAskedAgain();
    void oneBadPartitionSpoilsNoOther();
    void aBrokerThatIsDownIsUnreachableAndComesBack();
    void aStopIsHeardAtOnce();
};

void KafkaLagSourceTest::rowsEqualWhatKafkaPrints()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString p = uniqueName(u"lag"_s);
    const QString orders = kafka.newTopic(p + u"-orders"_s, 3);
    const QString deleted = kafka.newTopic(p + u"-deleted"_s, 1);
    for (int partition = 0; partition < 3; ++partition)
        publish(kafka.bootstrap(), orders, partition, 10 * (partition + 1));
    publish(kafka.bootstrap(), deleted, 0, 5);
    const auto commit = [&](const QString& group, const std::vector<Position>& positions) {
        commitOffsets(kafka.bootstrap(), p + group, positions);
    };
    commit(u"-even"_s, {{{orders, 0}, Offset{10}}, {{orders, 1}, Offset{20}}, {{orders, 2}, Offset{30}}});
    commit(u"-behind"_s, {{{orders, 0}, Offset{0}}, {{orders, 1}, Offset{7}}, {{orders, 2}, Offset{30}}});
    commit(u"-partly"_s, {{{orders, 1}, Offset{20}}});
    commit(u"-beyond"_s, {{{orders, 0}, Offset{400}}});
    commit(u"-both"_s, {{{orders, 0}, Offset{10}}, {{deleted, 0}, Offset{5}}});
    commit(u"-orphan"_s, {{{deleted, 0}, Offset{2}}});
    kafka.deleteTopic(deleted);
    // One with a live member, made by Kafka's own tool: its rows come from an assignment.
    kafka.tool(
        u"org.apache.kafka.tools.consumer.ConsoleConsumer"_s,
        {u"--topic"_s, orders, u"--group"_s, p + u"-console"_s, u"--from-beginning"_s, u"--max-messages"_s, u"60"_s});
    kafka.consumerGroups({u"--group"_s, p + u"-reset"_s, u"--topic"_s, orders, u"--reset-offsets"_s, u"--to-offset"_s,
                          u"4"_s, u"--execute"_s});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.include = QStringList{p + u"*"_s};
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    const QStringList theirs = describedByKafka(kafka, p);
    QVERIFY2(theirs.size() >= 14, qPrintable(theirs.join(u'\n')));
    QCOMPARE(describedByUs(*observation), theirs);
    QVERIFY2(observation->failures.empty(),
             qPrintable(observation->failures.empty() ? QString() : observation->failures[0].detail));
    QCOMPARE(stateOf(*observation, p + u"-even"_s), GroupState::Empty);
    QVERIFY(source->capabilities().listsGroups);
    QVERIFY(
        std::is_sorted(observation->committed.begin(), observation->committed.end(),
                       [](const auto& a, const auto& b) { return std::tie(a.group, a.at) < std::tie(b.group, b.at); }));
}

void KafkaLagSourceTest::transactionsAreSeenInBothEnds()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"transactions"_s, 2);
    TestProducer aborting(kafka.bootstrap(), {{u"transactional.id"_s, topic + u"-a"_s}});
    aborting.begin();
    for (int i = 0; i < 4; ++i)
        aborting.send(
            {.topic = topic, .partition = 0, .key = {}, .value = QByteArray("v"), .headers = {}, .timestamp = {}});
    aborting.flush();
    aborting.abort();
    TestProducer open(kafka.bootstrap(), {{u"transactional.id"_s, topic + u"-o"_s}});
    open.begin();
    for (int i = 0; i < 3; ++i)
        open.send(
            {.topic = topic, .partition = 1, .key = {}, .value = QByteArray("v"), .headers = {}, .timestamp = {}});
    open.flush();
    const QString group = topic + u"-group"_s;
    commitOffsets(kafka.bootstrap(), group, {{{topic, 0}, Offset{1}}, {{topic, 1}, Offset{0}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.include = QStringList{group};
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    QCOMPARE(describedByUs(*observation), describedByKafka(kafka, group));
    const PartitionEnds* aborted = endsOf(*observation, {topic, 0});
    QVERIFY(aborted);
    QCOMPARE(*aborted->end, Offset{5});
    QCOMPARE(*aborted->lastStable, Offset{5});
    const PartitionEnds* pending = endsOf(*observation, {topic, 1});
    QVERIFY(pending);
    QCOMPARE(*pending->end, Offset{3});
    QCOMPARE(*pending->lastStable, Offset{0});
    QCOMPARE(*pending->logStart, Offset{0});
    open.abort();
}

void KafkaLagSourceTest::whatWasNeverCommittedIsNull()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString read = kafka.newTopic(u"never-read"_s, 3);
    const QString expected = kafka.newTopic(u"never-expected"_s, 2);
    const QString strange = kafka.newTopic(u"never-strange"_s, 1);
    publish(kafka.bootstrap(), expected, 1, 4);
    const QString group = read + u"-group"_s;
    const QString absent = read + u"-absent"_s;
    commitOffsets(kafka.bootstrap(), group, {{{read, 1}, Offset{0}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.include = QStringList{read + u"*"_s};
    request.knownGroups = QStringList{group, absent};
    request.topicsOfGroup = {{absent, {expected, u"no-such-topic"_s}}};
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    QVERIFY((uncommitted(*observation, group) == std::vector<TopicPartition>{{read, 0}, {read, 2}}));
    QVERIFY((uncommitted(*observation, absent) == std::vector<TopicPartition>{{expected, 0}, {expected, 1}}));
    QCOMPARE(*endsOf(*observation, {expected, 1})->end, Offset{4});
    QVERIFY(!endsOf(*observation, {strange, 0}));
    QCOMPARE(stateOf(*observation, absent), GroupState::Dead);
    QVERIFY(observation->goneTopics.isEmpty());
}

void KafkaLagSourceTest::whatIsAssignedAndNeverCommittedIsNull()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString read = kafka.newTopic(u"assigned"_s, 2);
    const QString group = read + u"-group"_s;
    QProcess member; // reads, and never says how far
    member.start(u"kcat"_s, {u"-b"_s, kafka.bootstrap(), u"-G"_s, group, u"-X"_s, u"enable.auto.commit=false"_s,
                             u"-X"_s, u"allow.auto.create.topics=false"_s, u"-q"_s, read});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.include = QStringList{group};
    std::vector<TopicPartition> rows;
    const auto areThere = [&] {
        const Result<LagObservation> observation = source->sample(request, {});
        rows = observation ? uncommitted(*observation, group) : std::vector<TopicPartition>();
        return !rows.empty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(areThere(), 30'000);
    member.kill();
    member.waitForFinished();
    QVERIFY((rows == std::vector<TopicPartition>{{read, 0}, {read, 1}}));
}

void KafkaLagSourceTest::groupsAreChosenAndOurOwnHidden()
{
    const Peer& kafka = Peers::kafka391();
    const QString topic = kafka.newTopic(u"chosen"_s, 1);
    const QString replay = u"spillway.replay."_s + topic;
    const QString slash = topic + u"/team"_s;
    for (const QString& group : {topic, topic + u"-other"_s, slash, replay})
        commitOffsets(kafka.bootstrap(), group, {{{topic, 0}, Offset{0}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.include = QStringList{u"*"_s + topic + u"*"_s};
    request.exclude = QStringList{u"*-othe?"_s};
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY(observation);
    QVERIFY((observation->groups == std::vector<GroupFacts>{{topic, GroupState::Empty}, {slash, GroupState::Empty}}));
}

void KafkaLagSourceTest::withoutGroupListsTheKnownGroupsAreAsked()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 2);
    kafka.createTopic(u"payments"_s, 1);
    publish(kafka.bootstrap(), u"orders"_s, 0, 8);
    commitOffsets(kafka.bootstrap(), u"payment-service"_s, {{{u"orders"_s, 0}, Offset{3}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.knownGroups = QStringList{u"payment-service"_s, u"new-service"_s, u"lost-service"_s};
    request.topicsOfGroup = {{u"new-service"_s, {u"payments"_s}}, {u"lost-service"_s, {u"no-such-topic"_s}}};
    for (int round = 0; round < 2; ++round) { // asking for the list must not spoil what follows
        const Result<LagObservation> observation = source->sample(request, {});
        QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
        QVERIFY(!source->capabilities().listsGroups);
        QVERIFY(!source->capabilities().transactionalReplay);
        QCOMPARE(describedByUs(*observation), QStringList{u"payment-service orders 0 3 8 5"_s});
        QVERIFY((uncommitted(*observation, u"payment-service"_s) == std::vector<TopicPartition>{{u"orders"_s, 1}}));
        QVERIFY((uncommitted(*observation, u"new-service"_s) == std::vector<TopicPartition>{{u"payments"_s, 0}}));
        QCOMPARE(uncommitted(*observation, u"lost-service"_s).size(), size_t{0});
        QCOMPARE(stateOf(*observation, u"new-service"_s), GroupState::Unknown);
        QVERIFY(observation->failures.empty());
    }
}

void KafkaLagSourceTest::aCoordinatorThatIsLoadingIsAskedAgain()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 1);
    commitOffsets(kafka.bootstrap(), u"g"_s, {{{u"orders"_s, 0}, Offset{1}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.knownGroups = QStringList{u"g"_s};
    QVERIFY(source->sample(request, {}));
    kafka.failRequests(9, {14, 15, 16}); // OffsetFetch: loading, not available, not the coordinator
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    QVERIFY2(observation->failures.empty(),
             qPrintable(observation->failures.empty() ? QString() : observation->failures[0].detail));
    QCOMPARE(describedByUs(*observation), QStringList{u"g orders 0 1 0 0"_s});
    // What the broker refuses for good is told, and is not "never committed".
    kafka.failRequests(9, {30}); // group authorisation failed
    const Result<LagObservation> refused = source->sample(request, {});
    QVERIFY(refused);
    QCOMPARE(refused->failures.size(), size_t{1});
    QCOMPARE(refused->failures[0].code, ErrorCode::Unauthorised);
    QVERIFY2(refused->failures[0].detail.contains(u"kafka-acls"_s) &&
                 refused->failures[0].detail.contains(u"--group 'g'"_s),
             qPrintable(refused->failures[0].detail));
    QVERIFY(refused->committed.empty());
}

void KafkaLagSourceTest::oneBadPartitionSpoilsNoOther()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 4);
    for (int p = 0; p < 4; ++p)
        publish(kafka.bootstrap(), u"orders"_s, p, 2);
    commitOffsets(kafka.bootstrap(), u"g"_s, {{{u"orders"_s, 0}, Offset{1}}});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    LagRequest request;
    request.knownGroups = QStringList{u"g"_s};
    QVERIFY(source->sample(request, {})); // the way is known now: what follows is ListOffsets alone
    // Asked twice each: all four, the first two, the first. Each time the answer is "unknown topic or partition".
    kafka.failRequests(2, {3, 3, 3, 3, 3, 3});
    const Result<LagObservation> observation = source->sample(request, {});
    QVERIFY2(observation, qPrintable(observation ? QString() : observation.error().detail));
    QCOMPARE(observation->ends.size(), size_t{4});
    for (int p = 0; p < 4; ++p) {
        const PartitionEnds& ends = observation->ends[static_cast<size_t>(p)];
        QCOMPARE(ends.logStart.has_value(), p != 0);
        QCOMPARE(ends.end, std::optional(Offset{2}));
        QCOMPARE(ends.lastStable, std::optional(Offset{2}));
    }
    QCOMPARE(observation->failures.size(), size_t{1});
    QCOMPARE(observation->failures[0].code, ErrorCode::NotFound);
}

void KafkaLagSourceTest::aBrokerThatIsDownIsUnreachableAndComesBack()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 1);
    Surroundings around;
    const KafkaConnection connection = around.connect(plainSettings(kafka.bootstrap()));
    QCOMPARE(connection.health().connectivity, Connectivity::Unknown);
    const auto source = connection.lagSource();
    LagRequest request;
    request.knownGroups = QStringList{u"g"_s};
    QVERIFY(source->sample(request, {}));
    QCOMPARE(connection.health().connectivity, Connectivity::Connected);
    kafka.setDown(true);
    QElapsedTimer timer;
    timer.start();
    Result<LagObservation> observation = source->sample(request, {});
    QVERIFY(!observation);
    QCOMPARE(observation.error().code, ErrorCode::Unreachable);
    QVERIFY2(observation.error().detail.contains(kafka.bootstrap()), qPrintable(observation.error().detail));
    QVERIFY2(timer.elapsed() < 8'000, "a broker that refuses connections is known to be down at once");
    QCOMPARE(connection.health().connectivity, Connectivity::Unreachable);
    kafka.setDown(false);
    QTRY_VERIFY_WITH_TIMEOUT((observation = source->sample(request, {})).has_value(), 20'000);
    QCOMPARE(connection.health().connectivity, Connectivity::Connected);
    QVERIFY(!connection.health().lastError);
}

void KafkaLagSourceTest::aStopIsHeardAtOnce()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 1);
    kafka.setRoundTripMs(3'000);
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).lagSource();
    std::stop_source stop;
    std::jthread stopper([&](std::stop_token) { stop.request_stop(); });
    QElapsedTimer timer;
    timer.start();
    const Result<LagObservation> observation = source->sample({}, stop.get_token());
    QVERIFY(!observation);
    QCOMPARE(observation.error().code, ErrorCode::Cancelled);
    QVERIFY2(timer.elapsed() < 2'000, "a stop waited for the broker");
}

QTEST_GUILESS_MAIN(KafkaLagSourceTest)
#include "tst_kafkalagsource.moc"
