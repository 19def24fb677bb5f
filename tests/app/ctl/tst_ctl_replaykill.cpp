// SPDX-License-Identifier: GPL-3.0-or-later
// Ten thousand dead letters, the replay killed ten times and resumed: each sealed message once, byte for byte.
#include "tests/app/ctl/replayscene.h"

#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

#include <sqlite3.h>

#include <csignal>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {
constexpr int messages = 10'000;
constexpr int kills = 10;

/// Returns when the run tells of more messages than were sent before it, or has ended.
void awaitSending(RunningCtl& run, qint64 before)
{
    while (true) {
        const QByteArray line = run.readLine();
        if (line.isEmpty() || QJsonDocument::fromJson(line)[u"sent"_s].toInteger() > before)
            return;
    }
}

/// Whether a batch was begun of which nobody knows yet what became of it, as the ledger has it: the store is told of a
/// batch when it is over.
bool isBatchOpen(const QString& state)
{
    sqlite3* ledger = nullptr;
    sqlite3_stmt* last = nullptr;
    const bool isOpen =
        sqlite3_open_v2(qPrintable(state + u"/ledger.sqlite"_s), &ledger, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(ledger,
                           "SELECT type = 'replay.batchIntended' FROM event WHERE type LIKE 'replay.batch%'"
                           " ORDER BY seq DESC LIMIT 1",
                           -1, &last, nullptr) == SQLITE_OK &&
        sqlite3_step(last) == SQLITE_ROW && sqlite3_column_int(last, 0) != 0;
    sqlite3_finalize(last);
    sqlite3_close(ledger);
    return isOpen;
}

} // namespace

class ReplayKillTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachMessageArrivesOnce_data() { Peers::addVersionRows(); }
    void eachMessageArrivesOnce();
    void aRunWhoseBrokerDiedCanBeEnded();
    void aCancelledJobOfADeadProcessLeavesNoGroup();
};

void ReplayKillTest::eachMessageArrivesOnce()
{
    QFETCH(QString, version);
    const ReplayScene replay(Peers::byVersion(version), 3);
    replay.fail(messages);
    const QString plan = replay.plan();
    QRandomGenerator random(version.at(0).unicode());
    QString job;
    qint64 sentBefore = 0;
    for (int kill = 0; kill < kills; ++kill) {
        const QStringList how = job.isEmpty() ? QStringList{u"replay"_s, u"run"_s, plan, u"--rate"_s, u"800"_s}
                                              : QStringList{u"replay"_s, u"resume"_s, job};
        const std::unique_ptr<RunningCtl> run = replay.scene().start(how + QStringList{u"--write"_s, u"--json"_s});
        // Half of the kills come at any moment, half while messages are on their way, however slow the machine.
        if (kill % 2 == 1)
            awaitSending(*run, sentBefore);
        const QDeadlineTimer moment(random.bounded(20, kill % 2 == 1 ? 500 : 1'200), Qt::PreciseTimer);
        (void)QTest::qWaitFor([&] { return moment.hasExpired() || !run->isRunning(); }, 60'000);
        EXPECT(run->kill(), run->wait().told());
        const std::vector<QJsonObject> jobs = replay.jobs();
        QVERIFY(jobs.size() <= 1);
        if (jobs.empty())
            continue; // too early for a job
        job = jobs[0][u"jobId"_s].toString();
        const QString state = jobs[0][u"state"_s].toString();
        EXPECT(state == u"interrupted"_s || (sentBefore == 0 && state == u"planned"_s), state.toUtf8());
        const qint64 sent = integer(jobs[0][u"sent"_s]).value_or(-1);
        QVERIFY(sent >= sentBefore && sent < messages);
        sentBefore = sent;
    }
    EXPECT(!job.isEmpty() && sentBefore > 0, "no kill came after something was sent");
    EXPECT_EXIT(replay.scene().ctl({u"replay"_s, u"resume"_s, job, u"--json"_s}), 2); // it writes, and has to be let
    const CtlOutput last = replay.scene().ctl({u"replay"_s, u"resume"_s, job, u"--write"_s, u"--json"_s}, {}, 120'000);
    EXPECT_EXIT(last, 0);
    const QJsonObject result = last.lastLine();
    QCOMPARE(result[u"state"_s].toString(), u"done"_s);
    QCOMPARE(integer(result[u"sent"_s]).value_or(-1), messages);

    std::map<QByteArray, int> found;
    for (const ForeignRecord& record : replay.landed()) {
        const int index = record.key.value_or(QByteArray()).mid(6).toInt();
        const ForeignRecord sealed = replay.letter(index);
        QVERIFY(record.key == sealed.key && record.value == sealed.value);
        QVERIFY(withoutReplayHeaders(record) == replay.ownHeaders(index));
        QCOMPARE(onlyHeader(record, "spillway-replay-id"), job.toUtf8());
        QCOMPARE(record.partition, replay.originPartition(index));
        ++found[*record.key];
    }
    QCOMPARE(found.size(), std::size_t{messages});
    for (const auto& [key, times] : found)
        EXPECT(times == 1, key);
    const CtlOutput audit = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(audit, 0);
    QVERIFY(audit.object()[u"intact"_s].toBool());
}

/// The plug is pulled while a batch is on its way: whoever asks the run to end is not kept waiting for the broker.
void ReplayKillTest::aRunWhoseBrokerDiedCanBeEnded()
{
    constexpr int few = 600;
    OwnPeer own(u"3.9.1"_s);
    const ReplayScene replay(own.peer(), 1);
    replay.fail(few);
    const std::unique_ptr<RunningCtl> run =
        replay.scene().start({u"replay"_s, u"run"_s, replay.plan(), u"--rate"_s, u"100"_s, u"--write"_s, u"--json"_s});
    awaitSending(*run, 0);
    own.kill();
    // The next batch is written down as meant, and waits for its broker.
    EXPECT(QTest::qWaitFor([&] { return isBatchOpen(replay.scene().state()); }, 60'000), "no batch was begun");
    run->signal(SIGTERM);
    const CtlOutput ended = run->wait();
    EXPECT(ended.exitCode != 0, ended.told());
    const std::vector<QJsonObject> jobs = replay.jobs();
    QCOMPARE(jobs.size(), std::size_t{1});
    QCOMPARE(jobs[0][u"state"_s].toString(), u"interrupted"_s);

    own.start();
    const QString job = jobs[0][u"jobId"_s].toString();
    const CtlOutput last = replay.scene().ctl({u"replay"_s, u"resume"_s, job, u"--write"_s, u"--json"_s}, {}, 120'000);
    EXPECT_EXIT(last, 0);
    QCOMPARE(last.lastLine()[u"state"_s].toString(), u"done"_s);
    std::map<QByteArray, int> found;
    for (const ForeignRecord& record : replay.landed())
        ++found[*record.key];
    QCOMPARE(found.size(), std::size_t{few});
    for (const auto& [key, times] : found)
        EXPECT(times == 1, key);
}

void ReplayKillTest::aCancelledJobOfADeadProcessLeavesNoGroup()
{
    const Peer& kafka = Peers::kafka391();
    const ReplayScene replay(kafka, 1);
    replay.fail(60);
    const std::unique_ptr<RunningCtl> run =
        replay.scene().start({u"replay"_s, u"run"_s, replay.plan(), u"--rate"_s, u"10"_s, u"--write"_s, u"--json"_s});
    awaitSending(*run, 0);
    EXPECT(run->kill(), run->wait().told());
    const QString job = replay.jobs().at(0)[u"jobId"_s].toString();
    EXPECT(kafka.consumerGroups({u"--list"_s}).out.contains(job.toUtf8()), "its progress is in no group");
    const CtlOutput cancelled = replay.scene().ctl({u"replay"_s, u"cancel"_s, job, u"--json"_s});
    EXPECT_EXIT(cancelled, 0);
    QCOMPARE(cancelled.object()[u"state"_s].toString(), u"cancelled"_s);
    EXPECT(!kafka.consumerGroups({u"--list"_s}).out.contains(job.toUtf8()), "its group is still there");
}

CTL_TEST_MAIN(ReplayKillTest)
#include "tst_ctl_replaykill.moc"
