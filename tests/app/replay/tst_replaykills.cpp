// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/connection.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/letterrows.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replayrunner.h"
#include "model/replay/replaystore.h"
#include "model/store/statedirectory.h"
#include "tests/model/deadletter/letters.h"
#include "tests/support/kafkaclient.h"
#include "tests/support/peers.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QCoreApplication>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

/// The whole way on a real broker: dead letters in Spring's words are collected, planned and replayed by a process that
/// is killed again and again. Nobody may see a message twice, or miss one.
namespace {

constexpr int letterCount = 10'000;
constexpr int killCount = 10;
constexpr int stepSize = 50; ///< many small transactions, so that a kill meets one under way

class NoSecrets final : public SecretStore
{
public:
    [[nodiscard]] Result<Secret> resolve(const SecretReference&) override
    {
        return fail(ErrorCode::NotFound, u"no secrets here"_s);
    }
};

template<typename T>
T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(result.error().detail.toStdString());
    return std::move(*result);
}

void must(const Status& status)
{
    if (!status)
        throw std::runtime_error(status.error().detail.toStdString());
}

/// A state directory, held, with all that collecting and replaying need.
class Station
{
public:
    Station(const QString& folder, const QString& bootstrap, const QString& channel)
        : m_directory(must(StateDirectory::hold(folder, u"test"_s)))
        , ledger(must(Ledger::open(m_directory->ledgerFile(), clock)))
        , writer(
              must(StoreWriter::open(m_directory->samplesFile(), Database::Access::Writer, u":/migrations/samples"_s)))
        , openReader([file = m_directory->samplesFile()] { return Database::open(file, Database::Access::Reader); })
        , journal(*ledger, *writer, openReader, storedLetterStates())
    {
        settings.name = u"orders"_s;
        settings.bootstrapServers = QStringList{bootstrap};
        settings.deadLetters = {{.selector = {.topic = channel, .pattern = {}}, .mapping = {}, .place = {}}};
        connection = std::make_unique<KafkaConnection>(settings, &m_secrets, &clock);
        target = connection->replayTarget();
    }

    std::int64_t collect()
    {
        const auto source = connection->recordSource();
        DeadLetterIntake intake(*source, *writer, m_catalog, settings, dialects, m_kinds, clock);
        return must(intake.catchUp({})).deadLetters;
    }

    ReplayPlan plan(const QString& channel)
    {
        Database reader = must(openReader());
        std::vector<QString> ids;
        must(reader.guarded([&ids](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT c.cluster_id, c.name, l.partition, l.offset, l.digest"
                                         " FROM letter l JOIN letter_channel c ON c.id = l.channel_ref ORDER BY l.id");
            while (select.executeStep())
                ids.push_back(
                    letterId(QString::fromStdString(select.getColumn(0).getString()),
                             {QString::fromStdString(select.getColumn(1).getString()), select.getColumn(2).getInt()},
                             Offset{select.getColumn(3).getInt64()},
                             static_cast<std::uint64_t>(select.getColumn(4).getInt64())));
        }));
        std::vector<PlanCandidate> candidates;
        for (const QString& id : ids)
            candidates.push_back(planCandidate(must(deadLetter(reader, id)), m_catalog));
        must(addReplayHistory(reader, candidates));
        const PlanWorld world{
            target->capabilities(), [this](const QString& topic) { return target->partitionCount(topic, {}); },
            [this](const QString& dialect, const QString&) { return stripRuleOf(dialects, dialect, nullptr); }};
        return must(makePlan({settings.name, u"channel:"_s + channel, {}, must(ledger->lastSeq())}, candidates, world,
                             clock, systemRandom()));
    }

    ReplayReport run(const QString& jobId, const std::function<void(const ReplayReport&)>& onProgress)
    {
        StoredReplayLetters letters(openReader);
        SystemWaiter waiter;
        ReplayRunner runner({*target, journal, letters, nullptr, clock, waiter, u"test"_s, onProgress}, jobId);
        return must(runner.run(ReplayControl()));
    }

    SystemClock clock;

private:
    NoSecrets m_secrets;
    Catalog m_catalog;
    KindRules m_kinds = must(KindRules::bundled());
    std::unique_ptr<StateDirectory> m_directory;

public:
    DialectRegistry dialects = must(DialectRegistry::bundled());
    ConnectionSettings settings;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<StoreWriter> writer;
    OpenReader openReader;
    LedgerReplayJournal journal;
    std::unique_ptr<KafkaConnection> connection;
    std::unique_ptr<ReplayTarget> target;
};

/// The process that is killed: `--replay FOLDER BOOTSTRAP CHANNEL JOB`. A line for each batch: how many are sent.
int replayProcess(const QStringList& arguments)
{
    try {
        Station station(arguments.value(0), arguments.value(1), arguments.value(2));
        (void)must(markInterruptedJobs(station.journal, u"test"_s));
        const ReplayReport last = station.run(arguments.value(3), [](const ReplayReport& report) {
            std::printf("%lld\n", static_cast<long long>(report.sent));
            std::fflush(stdout);
        });
        std::fprintf(stderr, "%s %s\n", qPrintable(jobStateWord(last.state)), qPrintable(last.detail));
        return last.state == JobState::Done ? 0 : 1;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 3;
    }
}

/// What was published before it failed, letter by letter; its number is its key.
TestMessage original(int number)
{
    TestMessage message;
    message.key = "order-" + QByteArray::number(number);
    message.value =
        "{\"order_id\": \"" + QByteArray::number(number) + "\", \"amount\": 10.50, \"raw\": \"" + '\xff' + '\0' + "\"}";
    message.headers = own();
    message.headers.push_back({"number", int32Be(number)});
    return message;
}

TestMessage deadLetterOf(int number, const QString& channel, const QString& origin)
{
    TestMessage message = original(number);
    message.topic = channel;
    message.partition = number % 3;
    append(message.headers, springException({}));
    append(message.headers,
           springOriginals({.topic = origin.toUtf8(), .partition = number % 4, .offset = 1'000 + number}));
    return message;
}

} // namespace

class ReplayKillsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aKilledReplaySendsEachExactlyOnce_data() { Peers::addVersionRows(); }
    void aKilledReplaySendsEachExactlyOnce();

private:
    /// Starts the process and, when its turn comes, kills it. @return whether it came to its own end.
    bool runUntilKilled(const QStringList& arguments, QRandomGenerator& random, std::int64_t& sent,
                        std::int64_t mayReach);
};

bool ReplayKillsTest::runUntilKilled(const QStringList& arguments, QRandomGenerator& random, std::int64_t& sent,
                                     std::int64_t mayReach)
{
    QProcess child;
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(), arguments);
    if (!child.waitForStarted())
        return false;
    // Some batches, then a moment within the next one: reading letters, noting the intent, producing, committing,
    // noting the end. One in four dies earlier, while the job is being opened.
    int batches = random.bounded(4) == 0 ? 0 : random.bounded(1, 25);
    while (batches > 0 && sent < mayReach) {
        if (!child.canReadLine() && !child.waitForReadyRead(120'000))
            return child.state() == QProcess::NotRunning && child.exitCode() == 0;
        while (child.canReadLine() && batches > 0) {
            sent = std::max<std::int64_t>(sent, child.readLine().trimmed().toLongLong());
            --batches;
        }
    }
    const bool hasEnded = child.waitForFinished(random.bounded(1, batches == 0 && sent == 0 ? 900 : 80));
    child.kill();
    child.waitForFinished(30'000);
    return hasEnded && child.exitStatus() == QProcess::NormalExit && child.exitCode() == 0;
}

void ReplayKillsTest::aKilledReplaySendsEachExactlyOnce()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString channel = kafka.newTopic(u"order-events.DLT"_s, 3);
    const QString origin = kafka.newTopic(u"order-events"_s, 3); // its fourth partition is gone
    {
        TestProducer producer(kafka.bootstrap());
        for (int number = 0; number < letterCount; ++number)
            producer.send(deadLetterOf(number, channel, origin));
        producer.flush();
    }
    QTemporaryDir folder;
    const QString state = folder.filePath(u"state"_s);
    QString jobId;
    ReplayPlan plan;
    {
        Station station(state, kafka.bootstrap(), channel);
        QCOMPARE(station.collect(), letterCount);
        plan = station.plan(channel);
        QCOMPARE(plan.letters.size(), std::size_t(letterCount));
        QCOMPARE(plan.guarantee, u"exactly once, verified"_s);
        ReplayOptions options;
        options.canary.assign(letterCount / stepSize, stepSize);
        jobId = must(
            createReplayJob(station.journal, plan, options, u"test"_s, u"mended"_s, station.clock, systemRandom()));
    }
    const QStringList arguments{u"--replay"_s, state, kafka.bootstrap(), channel, jobId};
    QRandomGenerator random(20'261'121);
    std::int64_t sent = 0;
    for (int kill = 1; kill <= killCount; ++kill)
        QVERIFY2(!runUntilKilled(arguments, random, sent, kill * letterCount / (killCount + 1)),
                 "it ended before it was killed");
    QProcess last;
    last.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    last.start(QCoreApplication::applicationFilePath(), arguments);
    QVERIFY(last.waitForFinished(300'000));
    QCOMPARE(last.exitCode(), 0);
    QVERIFY2(sent > 0, "no kill met a replay under way");

    // By other code than ours, committed records only: each once, and what it was.
    std::map<QByteArray, const PlanLetter*> planned;
    std::map<QByteArray, int> found;
    for (const PlanLetter& letter : plan.letters)
        planned[letter.replayOf] = &letter;
    for (const RawRecord& record : readTopic(kafka.bootstrap(), origin)) {
        const int number = record.key->mid(6).toInt();
        const TestMessage before = original(number);
        QCOMPARE(record.key, before.key);
        QCOMPARE(record.value, before.value);
        const QByteArray of = origin.toUtf8() + '/' + QByteArray::number(number % 4) + '/' +
                              QByteArray::number(1'000 + number) + '@' + QByteArray::number(originMs);
        Headers expected = before.headers;
        expected.push_back({"spillway-replay-id", jobId.toUtf8()});
        expected.push_back({"spillway-replay-generation", "1"});
        expected.push_back({"spillway-replay-of", of});
        QCOMPARE(record.headers, expected);
        QVERIFY(planned.contains(of));
        if (number % 4 < 3)
            QCOMPARE(record.at.partition, number % 4);
        ++found[of];
    }
    QCOMPARE(found.size(), std::size_t(letterCount));
    for (const auto& [of, times] : found)
        QVERIFY2(times == 1, of.constData());

    Station station(state, kafka.bootstrap(), channel);
    Database reader = must(station.openReader());
    const ReplayJobRow row = must(replayJob(reader, StateHolder::Alive, jobId));
    QCOMPARE(row.state, JobState::Done);
    QCOMPARE(row.sent, letterCount);
    QCOMPARE(row.verified, (VerifiedCounts{letterCount, 0, 0}));
    QVERIFY(must(verifyLedger(state + u"/ledger.sqlite"_s)).isIntact);
    const QByteArray groups = kafka.consumerGroups({u"--list"_s}).out;
    QVERIFY(!groups.contains(jobId.toUtf8())); // the job's group went with it
}

int main(int argc, char* argv[])
{
    QCoreApplication app(argc, argv);
    if (app.arguments().value(1) == u"--replay")
        return replayProcess(app.arguments().mid(2));
    ReplayKillsTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_replaykills.moc"
