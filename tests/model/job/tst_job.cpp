// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/cadence.h"
#include "model/job/jobstate.h"
#include "model/job/progress.h"
#include "model/job/throttle.h"
#include "tests/support/manualwaiter.h"

#include <QTest>

#include <limits>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr UtcTime start = utcFromMs(1'790'000'000'000);

UtcTime at(std::int64_t ms)
{
    return start + Millis{ms};
}

/// One report: so many are done after so many milliseconds.
struct Report
{
    std::int64_t ms;
    std::int64_t done;
};

/// One run of periodic work: when it ended and how.
struct Run
{
    std::int64_t ms;
    bool isGood;
};

} // namespace
Q_DECLARE_METATYPE(Report)
Q_DECLARE_METATYPE(Run)

class JobTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void statesHaveTheContractsWords_data();
    void statesHaveTheContractsWords();
    void aWordOutsideTheContractIsNoState();
    void statesFollowEachOther_data();
    void statesFollowEachOther();
    void progressTellsRateAndRest_data();
    void progressTellsRateAndRest();
    void aPauseIsNotSlowness();
    void aFastReporterDoesNotDistortTheRate();
    void fractions_data();
    void fractions();
    void cadenceIsDue_data();
    void cadenceIsDue();
    void aClockSetBackDoesNotSilenceTheWork();
    void hurryingIsDueAtOnceAndStartsANewGrid();
    void throttleAllows_data();
    void throttleAllows();
    void throttleKeepsItsRateOverTime_data();
    void throttleKeepsItsRateOverTime();
    void throttleWithoutARateNeverWaits();
    void throttleAfterAClockStepBackGivesNothingAndGoesOn();
    void overspendingIsWaitedFor();
    void aWaitEndsWithTheStop();
    void aWaitEndsByItself();
    void theManualWaiterMovesItsClock();
};

void JobTest::statesHaveTheContractsWords_data()
{
    QTest::addColumn<JobState>("state");
    QTest::addColumn<QString>("word");
    QTest::addColumn<bool>("active");
    QTest::addColumn<bool>("ended");
    QTest::addColumn<bool>("resumable");
    QTest::newRow("planned waits for its run") << JobState::Planned << u"planned"_s << false << false << false;
    QTest::newRow("running is being worked on") << JobState::Running << u"running"_s << true << false << false;
    QTest::newRow("paused goes on when told") << JobState::Paused << u"paused"_s << true << false << true;
    QTest::newRow("stopped by its rule has ended, and may be resumed")
        << JobState::Stopped << u"stopped"_s << false << true << true;
    QTest::newRow("interrupted has not ended") << JobState::Interrupted << u"interrupted"_s << false << false << true;
    QTest::newRow("verifying is being worked on") << JobState::Verifying << u"verifying"_s << true << false << false;
    QTest::newRow("done has ended") << JobState::Done << u"done"_s << false << true << false;
    QTest::newRow("failed has ended, and may be resumed") << JobState::Failed << u"failed"_s << false << true << true;
    QTest::newRow("cancelled has ended for good") << JobState::Cancelled << u"cancelled"_s << false << true << false;
}

void JobTest::statesHaveTheContractsWords()
{
    QFETCH(JobState, state);
    QFETCH(QString, word);
    QFETCH(bool, active);
    QFETCH(bool, ended);
    QFETCH(bool, resumable);
    QCOMPARE(jobStateWord(state), word);
    QCOMPARE(jobStateFromWord(word), std::optional(state));
    QCOMPARE(isActive(state), active);
    QCOMPARE(hasEnded(state), ended);
    QCOMPARE(isResumable(state), resumable);
    QVERIFY(!mayFollow(state, state));
    QVERIFY(!mayFollow(state, JobState::Planned));
    QVERIFY(!resumable || mayFollow(state, JobState::Running));
}

void JobTest::aWordOutsideTheContractIsNoState()
{
    QCOMPARE(jobStateFromWord(u"Running"), std::nullopt);
    QCOMPARE(jobStateFromWord(u""), std::nullopt);
}

void JobTest::statesFollowEachOther_data()
{
    QTest::addColumn<JobState>("from");
    QTest::addColumn<JobState>("to");
    QTest::addColumn<bool>("may");
    QTest::newRow("a planned job runs") << JobState::Planned << JobState::Running << true;
    QTest::newRow("a planned job is not simply done") << JobState::Planned << JobState::Done << false;
    QTest::newRow("a planned job can be cancelled") << JobState::Planned << JobState::Cancelled << true;
    QTest::newRow("its process may die before the first message") << JobState::Planned << JobState::Interrupted << true;
    QTest::newRow("a running job is verified") << JobState::Running << JobState::Verifying << true;
    QTest::newRow("a verified job may fail") << JobState::Verifying << JobState::Failed << true;
    QTest::newRow("verifying is not paused") << JobState::Verifying << JobState::Paused << false;
    QTest::newRow("a paused job runs on") << JobState::Paused << JobState::Running << true;
    QTest::newRow("a stopped job can be cancelled") << JobState::Stopped << JobState::Cancelled << true;
    QTest::newRow("an interrupted job that had sent all is verified")
        << JobState::Interrupted << JobState::Verifying << true;
    QTest::newRow("what is done stays done") << JobState::Done << JobState::Running << false;
    QTest::newRow("what was cancelled is not resumed") << JobState::Cancelled << JobState::Running << false;
}

void JobTest::statesFollowEachOther()
{
    QFETCH(JobState, from);
    QFETCH(JobState, to);
    QTEST(mayFollow(from, to), "may");
}

void JobTest::progressTellsRateAndRest_data()
{
    QTest::addColumn<QList<Report>>("reports");
    QTest::addColumn<std::int64_t>("nowMs");
    QTest::addColumn<std::optional<std::int64_t>>("total");
    QTest::addColumn<std::optional<double>>("perSecond");
    QTest::addColumn<std::optional<std::int64_t>>("remainingMs");
    using Reports = QList<Report>;
    using Number = std::optional<std::int64_t>;
    using Rate = std::optional<double>;
    QTest::newRow("no report: unknown, not zero")
        << Reports{} << std::int64_t{5000} << Number(100) << Rate() << Number();
    QTest::newRow("one report too soon tells nothing")
        << Reports{{400, 40}} << std::int64_t{400} << Number(100) << Rate() << Number();
    QTest::newRow("one report after a second is enough")
        << Reports{{1000, 40}} << std::int64_t{1000} << Number(100) << Rate(40.0) << Number(1500);
    QTest::newRow("without a total the rest is unknown")
        << Reports{{1000, 40}} << std::int64_t{1000} << Number() << Rate(40.0) << Number();
    QTest::newRow("a standstill lowers the rate")
        << Reports{{1000, 40}} << std::int64_t{4000} << Number(100) << Rate(10.0) << Number(6000);
    QTest::newRow("after a whole window of standstill the rest is unknown")
        << Reports{{1000, 40}, {1500, 50}} << std::int64_t{60000} << Number(100) << Rate(0.0) << Number();
    QTest::newRow("only the window counts, not the slow beginning")
        << Reports{{100000, 10}, {105000, 60}, {110000, 110}} << std::int64_t{110000} << Number(210) << Rate(10.0)
        << Number(10000);
    QTest::newRow("done: nothing remains")
        << Reports{{1000, 100}} << std::int64_t{1000} << Number(100) << Rate(100.0) << Number(0);
    QTest::newRow("more done than thought: nothing remains")
        << Reports{{1000, 120}} << std::int64_t{1000} << Number(100) << Rate(120.0) << Number(0);
    QTest::newRow("a falling count starts again")
        << Reports{{5000, 50}, {6000, 20}} << std::int64_t{6000} << Number(100) << Rate() << Number();
    QTest::newRow("a clock step back starts again") << Reports{{5000, 50}, {2000, 60}, {4000, 80}} << std::int64_t{4000}
                                                    << Number(100) << Rate(10.0) << Number(2000);
    QTest::newRow("asked with a clock before the last report")
        << Reports{{2000, 50}} << std::int64_t{0} << Number(100) << Rate(25.0) << Number(2000);
    QTest::newRow("an estimate of years is none")
        << Reports{{5000, 1}} << std::int64_t{5000} << Number(std::numeric_limits<std::int64_t>::max()) << Rate(0.2)
        << Number();
}

void JobTest::progressTellsRateAndRest()
{
    QFETCH(QList<Report>, reports);
    QFETCH(std::int64_t, nowMs);
    QFETCH(std::optional<std::int64_t>, total);
    QFETCH(std::optional<double>, perSecond);
    QFETCH(std::optional<std::int64_t>, remainingMs);
    ProgressMeter meter(start, total);
    for (const Report& report : reports)
        meter.record(report.done, at(report.ms));
    const JobProgress progress = meter.at(at(nowMs));
    QCOMPARE(progress.done, reports.isEmpty() ? 0 : reports.back().done);
    QCOMPARE(progress.total, total);
    QCOMPARE(progress.startedAt, start);
    QCOMPARE(progress.perSecond.has_value(), perSecond.has_value());
    if (perSecond)
        QVERIFY2(qAbs(*progress.perSecond - *perSecond) < 1e-9, qPrintable(QString::number(*progress.perSecond)));
    QCOMPARE(progress.remaining ? std::optional<std::int64_t>(progress.remaining->count()) : std::nullopt, remainingMs);
}

void JobTest::aPauseIsNotSlowness()
{
    ProgressMeter meter(start, 1000, 500);
    QCOMPARE(meter.at(at(0)).done, 500);
    meter.record(600, at(1000));
    QCOMPARE(meter.at(at(1000)).perSecond, std::optional(100.0));
    meter.restart(at(3'600'000));
    QCOMPARE(meter.at(at(3'600'000)).perSecond, std::nullopt);
    QCOMPARE(meter.at(at(3'600'000)).done, 600);
    meter.record(800, at(3'602'000));
    QCOMPARE(meter.at(at(3'602'000)).perSecond, std::optional(100.0));
}

void JobTest::aFastReporterDoesNotDistortTheRate()
{
    ProgressMeter meter(start, 1'000'000);
    for (int ms = 1; ms <= 60'000; ++ms)
        meter.record(ms * 3, at(ms));
    const auto rate = meter.at(at(60'000)).perSecond;
    QVERIFY(rate && qAbs(*rate - 3000.0) < 1.0);
}

void JobTest::fractions_data()
{
    QTest::addColumn<std::int64_t>("done");
    QTest::addColumn<std::optional<std::int64_t>>("total");
    QTest::addColumn<std::optional<double>>("fraction");
    using Number = std::optional<std::int64_t>;
    using Ratio = std::optional<double>;
    QTest::newRow("a quarter") << std::int64_t{25} << Number(100) << Ratio(0.25);
    QTest::newRow("unknown total") << std::int64_t{25} << Number() << Ratio();
    QTest::newRow("nothing to do is done") << std::int64_t{0} << Number(0) << Ratio(1.0);
    QTest::newRow("more than all is all") << std::int64_t{101} << Number(100) << Ratio(1.0);
}

void JobTest::fractions()
{
    QFETCH(std::int64_t, done);
    QFETCH(std::optional<std::int64_t>, total);
    JobProgress progress;
    progress.done = done;
    progress.total = total;
    QTEST(progress.fraction(), "fraction");
}

void JobTest::cadenceIsDue_data()
{
    QTest::addColumn<QList<Run>>("runs");
    QTest::addColumn<std::int64_t>("nowMs");
    QTest::addColumn<std::int64_t>("untilMs");
    using Runs = QList<Run>;
    QTest::newRow("never run: at once") << Runs{} << std::int64_t{0} << std::int64_t{0};
    QTest::newRow("one interval after the first run") << Runs{{0, true}} << std::int64_t{0} << std::int64_t{15'000};
    QTest::newRow("a late run does not move the grid")
        << Runs{{0, true}, {17'000, true}} << std::int64_t{17'000} << std::int64_t{13'000};
    QTest::newRow("missed runs are not made up for")
        << Runs{{0, true}, {100'000, true}} << std::int64_t{100'000} << std::int64_t{5'000};
    QTest::newRow("exactly on the grid") << Runs{{0, true}, {15'000, true}} << std::int64_t{15'000}
                                         << std::int64_t{15'000};
    QTest::newRow("first failure: one interval") << Runs{{0, false}} << std::int64_t{0} << std::int64_t{15'000};
    QTest::newRow("second failure: twice as long")
        << Runs{{0, false}, {15'000, false}} << std::int64_t{15'000} << std::int64_t{30'000};
    QTest::newRow("third: four times") << Runs{{0, false}, {1, false}, {2, false}} << std::int64_t{2}
                                       << std::int64_t{60'000};
    QTest::newRow("never longer than the limit")
        << Runs{{0, false}, {1, false}, {2, false}, {3, false}, {4, false}, {5, false}} << std::int64_t{5}
        << std::int64_t{100'000};
    QTest::newRow("a success ends the back-off")
        << Runs{{0, false}, {1, false}, {40'000, true}} << std::int64_t{40'000} << std::int64_t{15'000};
}

void JobTest::cadenceIsDue()
{
    QFETCH(QList<Run>, runs);
    QFETCH(std::int64_t, nowMs);
    QFETCH(std::int64_t, untilMs);
    Cadence cadence(Millis{15'000}, Millis{100'000});
    for (const Run& run : runs)
        run.isGood ? cadence.succeeded(at(run.ms)) : cadence.failed(at(run.ms));
    QCOMPARE(cadence.untilDue(at(nowMs)).count(), untilMs);
    QCOMPARE(cadence.isDue(at(nowMs)), untilMs == 0);
    QVERIFY(cadence.isDue(at(nowMs + untilMs)));
    QVERIFY(untilMs == 0 || !cadence.isDue(at(nowMs + untilMs - 1)));
}

void JobTest::aClockSetBackDoesNotSilenceTheWork()
{
    Cadence cadence(Millis{15'000});
    cadence.succeeded(at(0));
    QCOMPARE(cadence.untilDue(at(-86'400'000)), Millis{15'000});
    cadence.succeeded(at(-86'400'000));
    QCOMPARE(cadence.untilDue(at(-86'400'000 + 15'000)), Millis{0});
}

void JobTest::hurryingIsDueAtOnceAndStartsANewGrid()
{
    Cadence cadence(Millis{15'000});
    cadence.failed(at(0));
    QCOMPARE(cadence.failures(), 1);
    cadence.hurry();
    QVERIFY(cadence.isDue(at(1)));
    cadence.succeeded(at(5'000));
    QCOMPARE(cadence.failures(), 0);
    QCOMPARE(cadence.untilDue(at(5'000)), Millis{15'000});
}

void JobTest::throttleAllows_data()
{
    QTest::addColumn<double>("perSecond");
    QTest::addColumn<std::int64_t>("nowMs");
    QTest::addColumn<std::int64_t>("allowed");
    QTest::addColumn<std::int64_t>("wanted");
    QTest::addColumn<std::int64_t>("untilMs");
    QTest::newRow("at the start one message may go")
        << 10.0 << std::int64_t{0} << std::int64_t{1} << std::int64_t{10} << std::int64_t{900};
    QTest::newRow("after half a second five more")
        << 10.0 << std::int64_t{500} << std::int64_t{6} << std::int64_t{6} << std::int64_t{0};
    QTest::newRow("a standstill saves up one second's worth")
        << 10.0 << std::int64_t{60'000} << std::int64_t{10} << std::int64_t{10} << std::int64_t{0};
    QTest::newRow("wanting more than a second's worth waits for a second's worth")
        << 10.0 << std::int64_t{0} << std::int64_t{1} << std::int64_t{500} << std::int64_t{900};
    QTest::newRow("less than one per second: one, then a wait")
        << 0.5 << std::int64_t{60'000} << std::int64_t{1} << std::int64_t{1} << std::int64_t{0};
    QTest::newRow("wanting nothing needs no wait")
        << 10.0 << std::int64_t{0} << std::int64_t{1} << std::int64_t{0} << std::int64_t{0};
}

void JobTest::throttleAllows()
{
    QFETCH(double, perSecond);
    QFETCH(std::int64_t, nowMs);
    QFETCH(std::int64_t, wanted);
    QFETCH(std::int64_t, untilMs);
    Throttle throttle(perSecond, start);
    QTEST(throttle.allowance(at(nowMs)), "allowed");
    QCOMPARE(throttle.untilAllowed(wanted, at(nowMs)).count(), untilMs);
    if (untilMs > 0)
        QVERIFY(throttle.allowance(at(nowMs + untilMs)) >= std::min(wanted, throttle.largestBurst()));
}

void JobTest::throttleKeepsItsRateOverTime_data()
{
    QTest::addColumn<double>("perSecond");
    QTest::addColumn<std::int64_t>("batch");
    QTest::addColumn<std::int64_t>("messages");
    QTest::newRow("one by one") << 7.0 << std::int64_t{1} << std::int64_t{700};
    QTest::newRow("in seconds") << 100.0 << std::int64_t{100} << std::int64_t{10'000};
    QTest::newRow("in batches larger than a second's worth") << 3.0 << std::int64_t{1000} << std::int64_t{300};
    QTest::newRow("slower than one per second") << 0.25 << std::int64_t{1} << std::int64_t{10};
}

void JobTest::throttleKeepsItsRateOverTime()
{
    QFETCH(double, perSecond);
    QFETCH(std::int64_t, batch);
    QFETCH(std::int64_t, messages);
    test::ManualClock clock(start);
    Throttle throttle(perSecond, start);
    std::int64_t sent = 0;
    while (sent < messages) {
        const std::int64_t wanted = std::min(batch, messages - sent);
        clock.advance(throttle.untilAllowed(wanted, clock.now()));
        const std::int64_t now = std::min(wanted, throttle.allowance(clock.now()));
        QVERIFY(now > 0);
        throttle.spend(now, clock.now());
        sent += now;
        const double elapsed = static_cast<double>((clock.now() - start).count()) / 1000.0;
        QVERIFY(static_cast<double>(sent) <= 1.0 + perSecond * elapsed + 1e-3);
    }
    // Whole milliseconds cost a little; more than two in a hundred would be a rate of its own.
    const double seconds = static_cast<double>((clock.now() - start).count()) / 1000.0;
    QVERIFY2(seconds <= 1.02 * static_cast<double>(messages) / perSecond, qPrintable(QString::number(seconds)));
}

void JobTest::throttleWithoutARateNeverWaits()
{
    Throttle throttle(std::nullopt, start);
    throttle.spend(1'000'000, at(0));
    QCOMPARE(throttle.allowance(at(0)), std::numeric_limits<std::int64_t>::max());
    QCOMPARE(throttle.untilAllowed(1'000'000, at(0)), Millis{0});
}

void JobTest::throttleAfterAClockStepBackGivesNothingAndGoesOn()
{
    Throttle throttle(10.0, start);
    throttle.spend(1, at(0));
    QCOMPARE(throttle.allowance(at(-3'600'000)), 0);
    QCOMPARE(throttle.untilAllowed(1, at(-3'600'000)), Millis{100});
    QCOMPARE(throttle.allowance(at(-3'600'000 + 100)), 1);
}

void JobTest::overspendingIsWaitedFor()
{
    Throttle throttle(10.0, start);
    throttle.spend(21, at(0));
    QCOMPARE(throttle.allowance(at(2000)), 0);
    QCOMPARE(throttle.untilAllowed(1, at(2000)), Millis{100});
    QCOMPARE(throttle.allowance(at(2100)), 1);
}

void JobTest::aWaitEndsWithTheStop()
{
    SystemWaiter waiter;
    std::stop_source stop;
    std::jthread other([&] { stop.request_stop(); });
    QVERIFY(!waiter.waitFor(Millis{3'600'000}, stop.get_token()));
    QVERIFY(!waiter.waitFor(Millis{0}, stop.get_token()));
}

void JobTest::aWaitEndsByItself()
{
    SystemWaiter waiter;
    QVERIFY(waiter.waitFor(Millis{1}, {}));
    QVERIFY(waiter.waitFor(Millis{-5}, {}));
}

void JobTest::theManualWaiterMovesItsClock()
{
    test::ManualClock clock(start);
    test::ManualWaiter waiter(clock);
    QVERIFY(waiter.waitFor(Millis{250}, {}));
    QCOMPARE(clock.now(), at(250));
    QCOMPARE(waiter.waits, std::vector<Millis>{Millis{250}});
}

QTEST_GUILESS_MAIN(JobTest)
#include "tst_job.moc"
