// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/deadletter/letters.h"
#include "tests/support/kafkaclient.h"
#include "tests/support/peers.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

/// The whole way on a real broker, through the program that people use: dead letters in Spring's words are collected,
/// planned and replayed by a process that is killed again and again. Nobody may see a message twice, or miss one.
namespace {

constexpr int letterCount = 10'000;
constexpr int killCount = 10;
constexpr int stepSize = 50; ///< many small transactions, so that a kill meets one under way

/// What was published before it failed, letter by letter.
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

QByteArray replayOf(int number, const QString& origin)
{
    return origin.toUtf8() + '/' + QByteArray::number(number % 4) + '/' + QByteArray::number(1'000 + number) + '@' +
           QByteArray::number(originMs);
}

/// A workspace in a folder, and spillwayctl in it.
class Desk
{
public:
    Desk(const QString& bootstrap, const QString& channel)
    {
        QFile file(m_folder.filePath(u"spillway.yaml"_s));
        if (!file.open(QIODevice::WriteOnly))
            throw std::runtime_error("cannot write the workspace");
        file.write(
            u"version: 1\nname: kills\nenvironment: development\nconnections:\n  - name: orders\n    kind: kafka\n"
            "    bootstrap_servers: %1\n    dead_letters:\n      - topic: %2\n"_s.arg(bootstrap, channel)
                .toUtf8());
    }

    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QStringList arguments(const QStringList& command) const
    {
        return QStringList{u"--workspace"_s, m_folder.path(), u"--state"_s, path(u"state"_s), u"--json"_s} + command;
    }
    [[nodiscard]] ProcessOutput ctl(const QStringList& command) const
    {
        return runProcess(QStringLiteral(SPILLWAYCTL), arguments(command), {}, 300'000);
    }
    [[nodiscard]] QJsonDocument json(const QStringList& command) const
    {
        return QJsonDocument::fromJson(ctl(command).out);
    }
    /// The one job there is; empty before it is listed.
    [[nodiscard]] QJsonObject job() const { return json({u"replay"_s, u"status"_s}).array().at(0).toObject(); }

private:
    QTemporaryDir m_folder;
};

/// A run that is killed when its turn comes.
class DoomedRun
{
public:
    DoomedRun(const Desk& desk, const QStringList& command)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(SPILLWAYCTL), desk.arguments(command));
    }

    /// Reads this many lines of progress, or until so many are sent.
    void follow(int lines, std::int64_t untilSent)
    {
        while (lines > 0 && m_sent < untilSent) {
            if (!m_process.canReadLine() && !m_process.waitForReadyRead(120'000))
                return;
            while (m_process.canReadLine() && lines > 0) {
                m_sent = QJsonDocument::fromJson(m_process.readLine()).object()["sent"_L1].toInteger();
                --lines;
            }
        }
    }

    /// @return false when it came to its own end before.
    bool killWithin(int ms)
    {
        const bool hasEnded = m_process.waitForFinished(ms);
        m_process.kill();
        m_process.waitForFinished(30'000);
        return !hasEnded;
    }

    [[nodiscard]] std::int64_t sent() const { return m_sent; }

private:
    QProcess m_process;
    std::int64_t m_sent = 0;
};

} // namespace

class ReplayKillsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aKilledReplaySendsEachExactlyOnce_data() { Peers::addVersionRows(); }
    void aKilledReplaySendsEachExactlyOnce();
};

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
    const Desk desk(kafka.bootstrap(), channel);
    QCOMPARE(desk.json({u"collect"_s, u"--once"_s}).object()["deadLetters"_L1].toInteger(), letterCount);
    const QString planFile = desk.path(u"all.plan"_s);
    const QJsonObject plan =
        desk.json({u"replay"_s, u"plan"_s, u"--query"_s, u"dialect:spring-dlpr"_s, u"--out"_s, planFile}).object();
    QCOMPARE(plan["messages"_L1].toInteger(), letterCount);
    QCOMPARE(plan["guarantee"_L1].toString(), u"exactly once, verified"_s);

    const QStringList steps(letterCount / stepSize - 1, QString::number(stepSize));
    const QStringList run{u"replay"_s,      u"run"_s,      planFile, u"--canary"_s,
                          steps.join(u','), u"--settle"_s, u"0s"_s,  u"--write"_s};
    QRandomGenerator random(20'261'121);
    std::int64_t sent = 0;
    for (int kill = 1; kill <= killCount; ++kill) {
        const QString jobId = desk.job()["jobId"_L1].toString();
        DoomedRun doomed(desk, jobId.isEmpty() ? run : QStringList{u"replay"_s, u"resume"_s, jobId, u"--write"_s});
        // Some batches, then a moment within the next one: reading letters, noting the intent, producing, committing,
        // noting the end. One in four dies earlier, while the job is being listed or opened.
        const bool isEarly = random.bounded(4) == 0;
        doomed.follow(isEarly ? 0 : random.bounded(2, 25), kill * letterCount / (killCount + 1));
        QVERIFY2(doomed.killWithin(random.bounded(1, isEarly ? 900 : 80)), "it ended before it was killed");
        sent = std::max(sent, doomed.sent());
    }
    QVERIFY2(sent > 0, "no kill met a replay under way");
    const QJsonObject interrupted = desk.job();
    QCOMPARE(interrupted["state"_L1].toString(), u"interrupted"_s);
    const QString jobId = interrupted["jobId"_L1].toString();
    const ProcessOutput last = desk.ctl({u"replay"_s, u"resume"_s, jobId, u"--write"_s});
    QCOMPARE(last.exitCode, 0);

    // By other code than ours, committed records only: each once, and what it was.
    std::vector<int> found(letterCount, 0);
    for (const RawRecord& record : readTopic(kafka.bootstrap(), origin)) {
        const int number = record.key->mid(6).toInt();
        QVERIFY(number >= 0 && number < letterCount);
        const TestMessage before = original(number);
        QCOMPARE(record.key, before.key);
        QCOMPARE(record.value, before.value);
        Headers expected = before.headers;
        expected.push_back({"spillway-replay-id", jobId.toUtf8()});
        expected.push_back({"spillway-replay-generation", "1"});
        expected.push_back({"spillway-replay-of", replayOf(number, origin)});
        QCOMPARE(record.headers, expected);
        if (number % 4 < 3)
            QCOMPARE(record.at.partition, number % 4);
        ++found[static_cast<std::size_t>(number)];
    }
    QCOMPARE(std::count(found.begin(), found.end(), 1), letterCount);

    const QJsonObject done = desk.job();
    QCOMPARE(done["state"_L1].toString(), u"done"_s);
    QCOMPARE(done["sent"_L1].toInteger(), letterCount);
    QVERIFY(!kafka.consumerGroups({u"--list"_s}).out.contains(jobId.toUtf8())); // the job's group went with it
    const ProcessOutput again = desk.ctl(run);
    QCOMPARE(again.exitCode, 2); // a plan runs once
    QVERIFY(again.err.contains(jobId.toUtf8()));
}

QTEST_GUILESS_MAIN(ReplayKillsTest)
#include "tst_replaykills.moc"
