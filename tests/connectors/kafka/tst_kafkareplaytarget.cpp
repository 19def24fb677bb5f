// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors/kafka/bench.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

struct Job
{
    QString bootstrap;
    QString id;
    TopicPartition letters;
    QString target;
    std::int64_t messages = 0;
    std::int64_t batch = 50;
};

/// Sends what the broker says is still to be sent. Begins again after every error that leaves the outcome open.
/// @param announce  called with the first offset of each batch before it is sent
Status runJob(ReplayTarget& target, const Job& job, const std::function<void(std::int64_t)>& announce)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 120'000) {
        const Result<ReplayProgress> progress = target.begin(job.id, {});
        if (!progress) {
            if (progress.error().code == ErrorCode::Unreachable || progress.error().code == ErrorCode::TimedOut)
                continue;
            return tl::unexpected<Error>(progress.error());
        }
        const auto sent = progress->sentBelow.find(job.letters);
        std::int64_t next = sent == progress->sentBelow.end() ? 0 : sent->second.value;
        std::optional<Error> error;
        while (next < job.messages && !error) {
            announce(next);
            std::vector<OutgoingRecord> batch;
            const std::int64_t end = std::min(job.messages, next + job.batch);
            for (std::int64_t offset = next; offset < end; ++offset)
                batch.push_back(replayed(job.id, job.letters, offset, job.target));
            const Result<std::vector<LandedAt>> landed =
                target.sendBatch(batch, std::vector<Position>{{job.letters, Offset{end}}}, {});
            if (landed)
                next = end;
            else
                error = landed.error();
        }
        if (!error)
            return {};
        if (error->code != ErrorCode::Unreachable && error->code != ErrorCode::TimedOut)
            return tl::unexpected<Error>(*error);
    }
    return fail(ErrorCode::TimedOut, u"the job did not end in two minutes"_s);
}

/// The process that is killed: `--replay BOOTSTRAP JOB LETTERS TARGET MESSAGES`.
int replayProcess(const QStringList& arguments)
{
    Surroundings around;
    const auto target = around.connect(plainSettings(arguments.value(0))).replayTarget();
    const Job job{.bootstrap = arguments.value(0),
                  .id = arguments.value(1),
                  .letters = {arguments.value(2), 0},
                  .target = arguments.value(3),
                  .messages = arguments.value(4).toLongLong()};
    const Status status = runJob(*target, job, [](std::int64_t first) {
        std::printf("%lld\n", static_cast<long long>(first));
        std::fflush(stdout);
    });
    if (!status)
        std::fprintf(stderr, "%s\n", qPrintable(status.error().detail));
    return status ? 0 : 1;
}

std::map<QByteArray, int> countKeys(const std::vector<RawRecord>& records)
{
    std::map<QByteArray, int> counts;
    for (const RawRecord& record : records)
        ++counts[*record.key];
    return counts;
}

} // namespace

class KafkaReplayTargetTest final : public ReplayTargetContract
{
    Q_OBJECT
public:
    KafkaReplayTargetTest()
    {
        addBench("Kafka 3.9.1", [] { return std::make_unique<RealKafkaTargetBench>(Peers::kafka391()); });
        addBench("Kafka 4.1.1", [] { return std::make_unique<RealKafkaTargetBench>(Peers::kafka411()); });
        addBench("the embedded broker", [] { return std::make_unique<EmbeddedKafkaTargetBench>(); });
    }
private Q_SLOTS:
    void aSecondInstanceFencesTheFirst_data() { Peers::addVersionRows(); }
    void aSecondInstanceFencesTheFirst();
    void aProcessKilledTenTimesSendsEachExactlyOnce_data() { Peers::addVersionRows(); }
    void aProcessKilledTenTimesSendsEachExactlyOnce();
    void aBrokerKilledMeanwhileSendsEachExactlyOnce();
    void keysGoWhereJavaSendsThem();
    void aMessageTheTopicRefusesSpoilsNoLaterBatch();
    void aCompactedTopicRefusesWhatHasNoKeyForGood_data() { Peers::addVersionRows(); }
    void aCompactedTopicRefusesWhatHasNoKeyForGood();
    void topicsOfTheBrokerAreNoTargets();
    void verifyHidesWhatWasAborted();
};

void KafkaReplayTargetTest::aSecondInstanceFencesTheFirst()
{
    QFETCH(QString, version);
    RealKafkaTargetBench bench(Peers::byVersion(version));
    const QString letters = bench.newTopic(u"letters"_s, 1);
    const QString topic = bench.newTopic(u"target"_s, 1);
    const QString job = uniqueName(u"job"_s);
    const auto first = bench.open();
    const auto send = [&](ReplayTarget& target, std::int64_t offset) {
        return target.sendBatch(std::vector{replayed(job, {letters, 0}, offset, topic)},
                                std::vector<Position>{{{letters, 0}, Offset{offset + 1}}}, {});
    };
    QVERIFY(first->begin(job, {}));
    QVERIFY(send(*first, 0));
    const auto second = bench.open();
    const Result<ReplayProgress> taken = second->begin(job, {});
    QVERIFY(taken);
    QVERIFY((taken->sentBelow == std::map<TopicPartition, Offset>{{{letters, 0}, Offset{1}}}));
    const Result<std::vector<LandedAt>> zombie = send(*first, 1);
    QVERIFY(!zombie);
    QVERIFY2(zombie.error().code == ErrorCode::Conflict, qPrintable(zombie.error().detail));
    QVERIFY(zombie.error().detail.contains(job));
    QVERIFY(send(*second, 1));
    QCOMPARE(bench.read(topic).size(), size_t{2});
}

void KafkaReplayTargetTest::aProcessKilledTenTimesSendsEachExactlyOnce()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString letters = kafka.newTopic(u"letters"_s, 1);
    const QString topic = kafka.newTopic(u"target"_s, 3);
    const QString job = uniqueName(u"job"_s);
    constexpr int messages = 2'000;
    const QStringList arguments{u"--replay"_s, kafka.bootstrap(), job, letters, topic, QString::number(messages)};
    QRandomGenerator random(4711);
    int kills = 0;
    int exitCode = -1;
    while (exitCode < 0) {
        QProcess child;
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), arguments);
        QVERIFY(child.waitForStarted());
        if (kills < 10) {
            // Some batches, then a moment within the next one: producing, noting progress, or committing.
            for (int batches = random.bounded(1, 4); batches > 0;) {
                QVERIFY2(child.canReadLine() || child.waitForReadyRead(60'000), "the child is silent");
                while (batches > 0 && child.canReadLine()) {
                    child.readLine();
                    --batches;
                }
            }
            child.waitForFinished(random.bounded(1, 60));
            child.kill();
            ++kills;
            QVERIFY(child.waitForFinished(30'000));
        } else {
            QVERIFY(child.waitForFinished(120'000));
            exitCode = child.exitCode();
        }
    }
    QCOMPARE(exitCode, 0);
    QCOMPARE(kills, 10);
    const std::map<QByteArray, int> counts = countKeys(readTopic(kafka.bootstrap(), topic));
    QCOMPARE(counts.size(), static_cast<size_t>(messages));
    for (const auto& [key, count] : counts)
        QVERIFY2(count == 1, key.constData());
}

void KafkaReplayTargetTest::aBrokerKilledMeanwhileSendsEachExactlyOnce()
{
    OwnPeer own(u"3.9.1"_s);
    const Peer& kafka = own.peer();
    const QString letters = kafka.newTopic(u"letters"_s, 1);
    const QString topic = kafka.newTopic(u"target"_s, 2);
    const QString job = uniqueName(u"job"_s);
    QProcess child;
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(),
                {u"--replay"_s, kafka.bootstrap(), job, letters, topic, u"1500"_s});
    QVERIFY(child.waitForStarted());
    int batch = 0;
    const auto follow = [&] {
        child.waitForReadyRead(20);
        while (child.canReadLine())
            batch = child.readLine().trimmed().toInt();
        return batch;
    };
    QTRY_VERIFY_WITH_TIMEOUT(follow() >= 500, 60'000);
    own.kill();
    own.start();
    QVERIFY(child.waitForFinished(120'000));
    QCOMPARE(child.exitCode(), 0);
    const std::map<QByteArray, int> counts = countKeys(readTopic(kafka.bootstrap(), topic));
    QCOMPARE(counts.size(), size_t{1'500});
    for (const auto& [key, count] : counts)
        QVERIFY2(count == 1, key.constData());
}

void KafkaReplayTargetTest::keysGoWhereJavaSendsThem()
{
    const Peer& kafka = Peers::kafka411();
    RealKafkaTargetBench bench(kafka);
    const QString letters = kafka.newTopic(u"letters"_s, 1);
    const QString ours = kafka.newTopic(u"ours"_s, 7);
    const QString theirs = kafka.newTopic(u"theirs"_s, 7);
    QByteArray input;
    std::vector<OutgoingRecord> batch;
    for (int i = 0; i < 50; ++i) {
        const QByteArray key = "order-" + QByteArray::number(i * 7919);
        input += key + "\tv\n";
        batch.push_back({.topic = ours, .partition = {}, .key = key, .value = QByteArray("v"), .headers = {}});
    }
    kafka.tool(u"org.apache.kafka.tools.ConsoleProducer"_s,
               {u"--topic"_s, theirs, u"--property"_s, u"parse.key=true"_s}, input);
    const auto target = bench.open();
    QVERIFY(target->begin(uniqueName(u"job"_s), {}));
    QVERIFY(target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{1}}}, {}));
    const auto partitions = [&](const QString& topic) {
        std::map<QByteArray, int> out;
        for (const RawRecord& record : bench.read(topic))
            out[*record.key] = record.at.partition;
        return out;
    };
    QCOMPARE(partitions(ours).size(), size_t{50});
    QVERIFY(partitions(ours) == partitions(theirs));
}

void KafkaReplayTargetTest::aMessageTheTopicRefusesSpoilsNoLaterBatch()
{
    const Peer& kafka = Peers::kafka391();
    RealKafkaTargetBench bench(kafka);
    const QString letters = kafka.newTopic(u"letters"_s, 1);
    const QString topic = kafka.newTopic(u"narrow"_s, 1, {{u"max.message.bytes"_s, u"2000"_s}});
    const QString job = uniqueName(u"job"_s);
    const auto target = bench.open();
    QVERIFY(target->begin(job, {}));
    std::vector<OutgoingRecord> batch{replayed(job, {letters, 0}, 0, topic), replayed(job, {letters, 0}, 1, topic)};
    batch[1].value = QByteArray(1'500'000, 'x'); // also above the library's own default limit
    const Result<std::vector<LandedAt>> refused =
        target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{2}}}, {});
    QVERIFY(!refused);
    QVERIFY2(refused.error().code == ErrorCode::Unsupported, qPrintable(refused.error().detail));
    QVERIFY2(refused.error().detail.contains(topic) && refused.error().detail.contains(u"max.message.bytes"_s),
             qPrintable(refused.error().detail));
    QVERIFY(bench.read(topic).empty());
    batch.pop_back();
    QVERIFY(target->begin(job, {}));
    const Result<std::vector<LandedAt>> taken =
        target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{1}}}, {});
    QVERIFY2(taken, qPrintable(taken ? QString() : taken.error().detail));
    QCOMPARE(bench.read(topic).size(), size_t{1});
}

void KafkaReplayTargetTest::aCompactedTopicRefusesWhatHasNoKeyForGood()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    RealKafkaTargetBench bench(kafka);
    const QString letters = kafka.newTopic(u"letters"_s, 1);
    const QString plain = kafka.newTopic(u"plain"_s, 3);
    const QString compacted = kafka.newTopic(u"compacted"_s, 3, {{u"cleanup.policy"_s, u"compact"_s}});
    const QString job = uniqueName(u"job"_s);
    const auto target = bench.open();
    QVERIFY(target->begin(job, {}));
    // One among many: what is swept away with it must not hide why.
    std::vector<OutgoingRecord> batch;
    for (int i = 0; i < 200; ++i)
        batch.push_back(replayed(job, {letters, 0}, i, i % 2 == 0 ? plain : compacted));
    batch[101].key.reset();
    const Result<std::vector<LandedAt>> refused =
        target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{200}}}, {});
    QVERIFY(!refused);
    QVERIFY2(refused.error().code == ErrorCode::Unsupported, qPrintable(refused.error().detail));
    QVERIFY2(refused.error().detail.contains(compacted) && refused.error().detail.contains(u"without a key"_s),
             qPrintable(refused.error().detail));
    QVERIFY(bench.read(plain).empty() && bench.read(compacted).empty());
    batch.erase(batch.begin() + 101);
    QVERIFY(target->begin(job, {}));
    const Result<std::vector<LandedAt>> taken =
        target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{200}}}, {});
    QVERIFY2(taken, qPrintable(taken ? QString() : taken.error().detail));
    QCOMPARE(bench.read(plain).size() + bench.read(compacted).size(), size_t{199});
}

void KafkaReplayTargetTest::topicsOfTheBrokerAreNoTargets()
{
    RealKafkaTargetBench bench(Peers::kafka391());
    const auto target = bench.open();
    for (const QString& topic : {u"__consumer_offsets"_s, u"__transaction_state"_s}) {
        const Result<int> count = target->partitionCount(topic, {});
        QVERIFY(!count);
        QCOMPARE(count.error().code, ErrorCode::Unsupported);
        QVERIFY2(count.error().detail.contains(topic), qPrintable(count.error().detail));
    }
}

void KafkaReplayTargetTest::verifyHidesWhatWasAborted()
{
    const Peer& kafka = Peers::kafka411();
    RealKafkaTargetBench bench(kafka);
    const QString topic = kafka.newTopic(u"target"_s, 1);
    const QString job = uniqueName(u"job"_s);
    const auto target = bench.open();
    const Result<std::vector<Position>> before = target->ends(topic, {});
    QVERIFY(before);
    const OutgoingRecord record = replayed(job, {u"letters"_s, 0}, 7, topic, 0);
    TestProducer producer(kafka.bootstrap(), {{u"transactional.id"_s, topic}});
    producer.begin();
    producer.send({.topic = topic,
                   .partition = 0,
                   .key = {},
                   .value = QByteArray("v"),
                   .headers = record.headers,
                   .timestamp = {}});
    producer.flush();
    producer.abort();
    const Result<ReplayVerification> verification = target->verify(job, *before, {});
    QVERIFY2(verification, qPrintable(verification ? QString() : verification.error().detail));
    QVERIFY(verification->found.empty());
}

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == u"--replay"_s)
        return replayProcess(arguments.mid(2));
    KafkaReplayTargetTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_kafkareplaytarget.moc"
