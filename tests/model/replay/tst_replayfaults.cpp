// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/replay/replayfakes.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

/// Runs with failures and deaths at random, seeded, moments: whatever happens, the messages arrive once and the ledger
/// tells it.
class ReplayFaultsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyMessageArrivesOnce_data();
    void everyMessageArrivesOnce();

private:
    static constexpr int runsPerWorld = 100; ///< a state directory serves many jobs: its ledger grows under them
#ifdef __SANITIZE_ADDRESS__
    static constexpr int share = 4; ///< of the runs, one in so many: each takes four times as long there
#else
    static constexpr int share = 1;
#endif
};

namespace {

/// What goes wrong, drawn from a seed.
class Misfortune
{
public:
    explicit Misfortune(std::uint64_t seed)
        : m_random(seed)
    {
    }

    bool is(int perMille) { return static_cast<int>(m_random() % 1'000) < perMille; }
    int between(int low, int high)
    {
        return low + static_cast<int>(m_random() % static_cast<unsigned>(high - low + 1));
    }

    Fault at(Call call)
    {
        if (call == Call::Send && is(80)) {
            constexpr Fault faults[] = {Fault::UnreachableBefore, Fault::TimedOutAfter, Fault::TimedOutHalfWay,
                                        Fault::Aborted,           Fault::Fenced,        Fault::KilledBefore,
                                        Fault::KilledAfter,       Fault::Refused};
            return faults[m_random() % std::size(faults)];
        }
        if (call != Call::Send && is(30)) {
            constexpr Fault faults[] = {Fault::UnreachableBefore, Fault::TimedOutAfter, Fault::KilledBefore,
                                        Fault::KilledAfter};
            return faults[m_random() % std::size(faults)];
        }
        return Fault::None;
    }

    std::mt19937_64& random() { return m_random; }

private:
    std::mt19937_64 m_random;
};

} // namespace

void ReplayFaultsTest::everyMessageArrivesOnce_data()
{
    QTest::addColumn<bool>("isAtomic");
    QTest::addColumn<int>("runs");
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<bool>("isSlow");
    QTest::newRow("exactly once on an atomic target") << true << 600 << quint64{20'261'121} << true;
    QTest::newRow("never lost on any other") << false << 250 << quint64{4711} << true;
    QTest::newRow("exactly once while the next batch is read ahead") << true << 600 << quint64{61'126} << false;
    QTest::newRow("never lost while the next batch is read ahead") << false << 250 << quint64{1'126} << false;
}

void ReplayFaultsTest::everyMessageArrivesOnce()
{
    QFETCH(bool, isAtomic);
    QFETCH(int, runs);
    runs /= share;
    QFETCH(quint64, seed);
    QFETCH(bool, isSlow);
    Misfortune fate(seed);
    std::unique_ptr<ReplayWorld> world;
    int deaths = 0;
    int resumes = 0;
    for (int number = 0; number < runs; ++number) {
        if (number % runsPerWorld == 0)
            world = std::make_unique<ReplayWorld>(isAtomic);
        const QByteArray name = "run " + QByteArray::number(number);
        world->target.logs.clear();
        world->target.fault = nullptr;
        world->journal->death = nullptr;
        world->reports.clear();
        ReplayOptions options;
        if (isSlow)
            options.ratePerSecond = fate.between(4, 30);
        else
            world->batch = {.messages = fate.between(1, 12), .bytes = fate.is(300) ? 400 : 8 << 20};
        if (fate.is(300))
            options.canary = {fate.between(1, 5), fate.between(1, 5)};
        if (fate.is(300))
            options.settle = Millis{fate.between(1, 3'000)};

        const QString jobId = world->job(fate.between(1, 40), options);
        const ReplayPlan plan = world->lastPlan;

        world->target.fault = [&](Call call) { return fate.at(call); };
        world->journal->death = [&] { return fate.is(12) ? fate.between(1, 3) : 0; };
        std::optional<ReplayReport> last;
        for (int attempt = 0; attempt < 200; ++attempt) {
            if (attempt == 150) { // even bad luck ends
                world->target.fault = nullptr;
                world->journal->death = nullptr;
            }
            if (attempt > 0 && fate.is(60))
                world->target.progress.erase(jobId); // the broker forgot
            try {
                ReplayControl control;
                if (fate.is(50))
                    control.pause();
                world->waiter.onWait = [&] {
                    control.goOn();
                    if (fate.is(5))
                        control.leave();
                };
                const auto report = world->run(jobId, control);
                QVERIFY2(report, (name + ": " + (report ? QString() : report.error().detail).toUtf8()).constData());
                last = *report;
            } catch (const Killed&) {
                ++deaths;
                last.reset();
                if (fate.is(300))
                    (void)markInterruptedJobs(*world->realJournal, u"ada"_s);
            }
            if (last && last->state == JobState::Done)
                break;
            // Died after the end was written down: there is nothing left to resume.
            if (!last && world->realJournal->catchUp() && world->row(jobId).state == JobState::Done)
                break;
            ++resumes;
        }
        QVERIFY(world->realJournal->catchUp());
        const ReplayJobRow row = world->row(jobId);
        QVERIFY2(row.state == JobState::Done,
                 (name + " ended " + jobStateWord(row.state).toUtf8() + ": " + row.detail.toUtf8()).constData());
        const QString wrong = world->fault(jobId, plan, !isAtomic);
        QVERIFY2(wrong.isEmpty(), (name + ": " + wrong.toUtf8()).constData());
        QCOMPARE(row.sent, static_cast<std::int64_t>(plan.letters.size()));
        QVERIFY(row.verified);
        QCOMPARE(row.verified->once, row.messages);
        QCOMPARE(row.verified->missing, 0);
        if (number % runsPerWorld == runsPerWorld - 1) {
            const auto verification = verifyLedger(world->folder.filePath(u"ledger.sqlite"_s));
            QVERIFY(verification && verification->isIntact);
            const QByteArray rows = world->dump();
            QVERIFY(world->realJournal->rebuild());
            QCOMPARE(world->dump(), rows);
        }
    }
    // Misfortune there must have been, or this proves nothing.
    QVERIFY2(deaths > runs / 4, qPrintable(QString::number(deaths)));
    QVERIFY2(resumes > runs / 2, qPrintable(QString::number(resumes)));
    qInfo("%d runs: %d deaths, %d resumes", runs, deaths, resumes);
}

QTEST_GUILESS_MAIN(ReplayFaultsTest)
#include "tst_replayfaults.moc"
