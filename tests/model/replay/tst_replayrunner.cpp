// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayplanfile.h"
#include "tests/model/replay/replayfakes.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

ReplayOptions options(const QString& rate, const QString& canary = {}, const QString& settle = {},
                      const QString& stopIf = {})
{
    return *parseReplayOptions(rate, canary, settle, stopIf);
}

/// Everything that landed has been consumed, but for letters whose number is in `failing`.
OutcomeObservation consumed(const FakeTarget& target, const QString& jobId,
                            const std::function<bool(const QByteArray&)>& fails)
{
    OutcomeObservation seen;
    for (const auto& [at, log] : target.logs)
        seen.committed[{u"billing"_s, at}] = Offset{static_cast<std::int64_t>(log.size())};
    for (const auto& [replayOf, copies] : target.committed(jobId)) {
        if (fails(replayOf))
            seen.deadLetters[replayOf] = static_cast<std::int64_t>(copies.size());
    }
    return seen;
}

ReplayItem item(ItemStatus status, int partition, std::int64_t offset, const QByteArray& replayOf)
{
    ReplayItem made;
    made.status = status;
    made.letter.at = {u"dlt"_s, partition};
    made.letter.offset = Offset{offset};
    made.letter.replayOf = replayOf;
    made.letter.consumerGroup = u"billing"_s;
    return made;
}

LandedAt place(std::int64_t offset)
{
    return {{u"orders"_s, 0}, Offset{offset}};
}

constexpr auto Pending = ItemStatus::Pending;
constexpr auto Intended = ItemStatus::Intended;
constexpr auto Sent = ItemStatus::Sent;
constexpr auto Skipped = ItemStatus::Skipped;

} // namespace

Q_DECLARE_METATYPE(Fault)
Q_DECLARE_METATYPE(std::vector<spillway::ReplayItem>)
Q_DECLARE_METATYPE(spillway::ReplayProgress)
Q_DECLARE_METATYPE(spillway::ProgressVerdict)

class ReplayRunnerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void progressIsJudged_data();
    void progressIsJudged();
    void aLookUpGivesEachPlaceOnce();
    void verificationCounts_data();
    void verificationCounts();
    void outcomesAreJudged();

    void allIsSentOnceAndWrittenDown();
    void aJobIsListedBeforeAnythingIsSent();
    void aFreshJobIsWhatWillBeRead();
    void aFreshJobSendsNothingThatIsNotListed();
    void aPlanHasOneJob();
    void aPlanResealedAfterItWasRecordedIsRefused();
    void batchesAreBounded_data();
    void batchesAreBounded();
    void theRateHolds();
    void lettersNoLongerOpenAreSkipped();
    void theNextBatchIsReadWhileOneIsSent();
    void whatWasReadAheadGivesWayToADecision();
    void whatWasReadBeforeAPauseIsReadAnew();
    void underARateNothingIsReadAhead();
    void twoJobsDoNotSendOneLetter();
    void aLetterThatARunningJobHasIsLeftToIt();
    void aLetterTakenBackIsSentAgain();
    void aChangedLetterStopsTheJob();
    void canaryStepsSettle();
    void theStopRuleStops();
    void withoutSettlingNobodyLooks();
    void unknownIsNeitherConfirmedNorFailed();
    void pauseAndGoOn();
    void cancelLosesNothing();
    void leavingIsNoEnd();
    void faultsAreSurvivedOrTold_data();
    void faultsAreSurvivedOrTold();
    void aLongOutageInterrupts();
    void aTargetDeletedMeanwhileEndsIt();
    void lostProgressIsLookedUp();
    void aPlaceNotToldIsFoundByVerifying();
    void aMissingMessageFailsTheJob();
    void aDoubledMessageFailsOnlyWherePromised_data();
    void aDoubledMessageFailsOnlyWherePromised();
    void aDeadProcessIsInterrupted();
    void aJobNobodyRunsIsCancelled();
    void whatIsOverIsNotResumed();
    void theProjectionIsMadeAnewEqual();
    void historyGoesIntoTheNextPlan();
    void jsonIsTheContracts();
};

void ReplayRunnerTest::progressIsJudged_data()
{
    QTest::addColumn<std::vector<ReplayItem>>("items");
    QTest::addColumn<ReplayProgress>("progress");
    QTest::addColumn<ProgressVerdict>("verdict");
    const TopicPartition p0{u"dlt"_s, 0};
    const TopicPartition p1{u"dlt"_s, 1};
    const auto atomic = [](std::map<TopicPartition, Offset> below) { return ReplayProgress{std::move(below), true}; };
    using Items = std::vector<ReplayItem>;
    using Verdict = ProgressVerdict;

    QTest::newRow("a fresh job, nothing known")
        << Items{item(Pending, 0, 1, "a")} << atomic({}) << Verdict{{}, {}, false};
    QTest::newRow("the broker has it: sent")
        << Items{item(Intended, 0, 1, "a")} << atomic({{p0, Offset{2}}}) << Verdict{{0}, {}, false};
    QTest::newRow("the broker stands before it: not sent") << Items{item(Sent, 0, 1, "a"), item(Intended, 0, 5, "b")}
                                                           << atomic({{p0, Offset{2}}}) << Verdict{{}, {1}, false};
    QTest::newRow("progress is the next offset: equal is not sent")
        << Items{item(Intended, 0, 2, "a")} << atomic({{p0, Offset{2}}}) << Verdict{{}, {0}, false};
    QTest::newRow("each partition for itself")
        << Items{item(Intended, 0, 1, "a"), item(Intended, 1, 9, "b")} << atomic({{p0, Offset{2}}, {p1, Offset{9}}})
        << Verdict{{0}, {1}, false};
    QTest::newRow("in doubt and no progress: it may have expired, look")
        << Items{item(Intended, 0, 1, "a")} << atomic({}) << Verdict{{}, {}, true};
    QTest::newRow("known as sent and no progress: it expired, look")
        << Items{item(Sent, 0, 1, "a"), item(Pending, 0, 2, "b")} << atomic({}) << Verdict{{}, {}, true};
    QTest::newRow("progress behind what is known as sent: look")
        << Items{item(Sent, 0, 5, "a")} << atomic({{p0, Offset{2}}}) << Verdict{{}, {}, true};
    QTest::newRow("skipped ones say nothing")
        << Items{item(Skipped, 0, 1, "a")} << atomic({{p0, Offset{9}}}) << Verdict{{}, {}, false};
    QTest::newRow("the broker knows more than the ledger: believe it")
        << Items{item(Pending, 0, 1, "a")} << atomic({{p0, Offset{2}}}) << Verdict{{0}, {}, false};
    QTest::newRow("not atomic, nothing in doubt")
        << Items{item(Sent, 0, 1, "a"), item(Pending, 0, 2, "b")} << ReplayProgress{} << Verdict{{}, {}, false};
    QTest::newRow("not atomic, in doubt: look")
        << Items{item(Intended, 0, 1, "a")} << ReplayProgress{} << Verdict{{}, {}, true};
    QTest::newRow("not atomic: progress it happens to tell counts for nothing")
        << Items{item(Intended, 0, 1, "a")} << ReplayProgress{{{p0, Offset{9}}}, false} << Verdict{{}, {}, true};
}

void ReplayRunnerTest::progressIsJudged()
{
    QFETCH(std::vector<ReplayItem>, items);
    QFETCH(ReplayProgress, progress);
    QTEST(judgeProgress(items, progress), "verdict");
}

void ReplayRunnerTest::aLookUpGivesEachPlaceOnce()
{
    // Two letters of one origin: the first is known as sent, so the one place that is left belongs to the second at
    // most.
    ReplayItem known = item(Sent, 0, 1, "same");
    known.landed = place(10);
    const std::vector<ReplayItem> items{known, item(Intended, 0, 2, "same"), item(Intended, 0, 3, "other"),
                                        item(Pending, 0, 4, "never"), item(Pending, 0, 5, "surprise")};
    const ProgressVerdict look{{}, {}, true};
    const LookUpResult nothing = resolveByLookUp(items, look, {{{"same", {place(10)}}}});
    QVERIFY(nothing.sent.empty());
    QCOMPARE(nothing.notSent, (ItemList{1, 2}));
    const LookUpResult both =
        resolveByLookUp(items, look, {{{"same", {place(10), place(11)}}, {"surprise", {place(12)}}}});
    QCOMPARE(both.sent, (std::vector<LandedItem>{{1, place(11)}, {4, place(12)}}));
    QCOMPARE(both.notSent, (ItemList{2}));
    const LookUpResult told = resolveByLookUp(items, {{1}, {2}, false}, {});
    QCOMPARE(told.sent, (std::vector<LandedItem>{{1, std::nullopt}}));
    QCOMPARE(told.notSent, (ItemList{2}));
}

void ReplayRunnerTest::verificationCounts_data()
{
    QTest::addColumn<int>("places");
    QTest::addColumn<qint64>("once");
    QTest::addColumn<qint64>("missing");
    QTest::addColumn<qint64>("doubled");
    QTest::newRow("found once") << 1 << qint64{1} << qint64{0} << qint64{0};
    QTest::newRow("not found") << 0 << qint64{0} << qint64{1} << qint64{0};
    QTest::newRow("found twice") << 2 << qint64{1} << qint64{0} << qint64{1};
}

void ReplayRunnerTest::verificationCounts()
{
    QFETCH(int, places);
    QFETCH(qint64, once);
    QFETCH(qint64, missing);
    QFETCH(qint64, doubled);
    ReplayVerification found;
    for (int n = 0; n < places; ++n)
        found.found["a"].push_back(place(n));
    const VerificationResult result = countVerified({item(Sent, 0, 1, "a"), item(Skipped, 0, 2, "b")}, found);
    QCOMPARE(result.counts, (VerifiedCounts{once, missing, doubled}));
    QCOMPARE(result.places.size(), places > 0 ? 1U : 0U);
    found.found["b"] = {place(99)};
    QCOMPARE(countVerified({item(Sent, 0, 1, "a"), item(Skipped, 0, 2, "b")}, found).counts.doubled, doubled + 1);
}

void ReplayRunnerTest::outcomesAreJudged()
{
    std::vector<ReplayItem> items{item(Sent, 0, 1, "passed"),     item(Sent, 0, 2, "not yet"),
                                  item(Sent, 0, 3, "failed"),     item(Pending, 0, 4, "p"),
                                  item(Sent, 0, 5, "lost place"), item(Sent, 0, 6, "same"),
                                  item(Sent, 0, 7, "same")};
    for (const std::size_t i : {0U, 1U, 2U, 5U, 6U})
        items[i].landed = place(static_cast<std::int64_t>(i));
    OutcomeObservation seen;
    seen.committed[{u"billing"_s, {u"orders"_s, 0}}] = Offset{1}; // passed offset 0; offset 1 is next
    seen.deadLetters = {{"failed", 1}, {"same", 1}};
    using Outcome = std::optional<ReplayOutcome>;
    const std::vector<Outcome> expected{
        ReplayOutcome::Confirmed, ReplayOutcome::Unknown,     ReplayOutcome::FailedAgain, std::nullopt,
        ReplayOutcome::Unknown,   ReplayOutcome::FailedAgain, ReplayOutcome::Unknown};
    QCOMPARE(judgeOutcomes(items, seen), expected);
    seen.committed[{u"billing"_s, {u"orders"_s, 0}}] = Offset{100};
    seen.deadLetters["passed"] = 1;
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i].outcome = expected[i];
    const auto later = judgeOutcomes(items, seen);
    QCOMPARE(later[0], Outcome(ReplayOutcome::FailedAgain)); // its dead letter came after the commit
    QCOMPARE(later[1], Outcome(ReplayOutcome::Confirmed));
    items[0].letter.consumerGroup.reset();
    items[0].outcome.reset();
    QCOMPARE(judgeOutcomes({items[0]}, {seen.committed, {}})[0],
             Outcome(ReplayOutcome::Unknown)); // nobody's commit tells
}

void ReplayRunnerTest::allIsSentOnceAndWrittenDown()
{
    ReplayWorld world;
    const QString jobId = world.job(100);
    const auto report = world.run(jobId);
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, 100);
    QCOMPARE(report->inDoubt, 0);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
    QCOMPARE(world.eventTypes(),
             (std::vector<QString>{u"replay.planned"_s, u"replay.jobCreated"_s, u"replay.jobLetters"_s,
                                   u"replay.runStarted"_s, u"replay.stateChanged"_s, u"replay.batchIntended"_s,
                                   u"replay.batchCommitted"_s, u"replay.stateChanged"_s, u"replay.verified"_s,
                                   u"replay.stateChanged"_s}));
    const ReplayJobRow row = world.row(jobId);
    QCOMPARE(row.state, JobState::Done);
    QCOMPARE(row.sent, 100);
    QCOMPARE(row.verified, (VerifiedCounts{100, 0, 0}));
    QVERIFY(row.startedAt && row.finishedAt);
    QVERIFY(world.target.closed.contains(jobId));
    QCOMPARE(world.reports.back().state, JobState::Done);
    for (const auto& [id, state] : world.states)
        QCOMPARE(state.second, std::optional(TriageState::Sent));
    QCOMPARE(world.states.size(), 100U);
    QVERIFY(verifyLedger(world.folder.filePath(u"ledger.sqlite"_s))->isIntact);
}

void ReplayRunnerTest::aJobIsListedBeforeAnythingIsSent()
{
    ReplayWorld world;
    const QString jobId = world.job(3);
    bool wasListed = false;
    world.target.onSend = [&] {
        wasListed = world.row(jobId).messages == 3 && world.row(jobId).state == JobState::Running;
        const auto types = world.eventTypes();
        QCOMPARE(types.back(), u"replay.batchIntended"_s);
    };
    QCOMPARE(world.row(jobId).state, JobState::Planned);
    QVERIFY(!world.row(jobId).startedAt);
    QVERIFY(world.run(jobId));
    QVERIFY(wasListed);
}

void ReplayRunnerTest::aFreshJobIsWhatWillBeRead()
{
    ReplayWorld world;
    auto candidates = world.addLetters(static_cast<int>(ledgerChunkLetters) + 7);
    candidates[3].consumerGroup.reset();
    const ReplayPlan plan = world.plan(candidates);
    const auto fresh =
        beginReplayJob(*world.journal, plan, planDigest(plan), options(u"20"_s, u"1,10"_s, u"3s"_s, u"failed>50%"_s),
                       u"ada"_s, {}, world.clock, [&] { return world.random(); });
    QVERIFY(fresh);
    QCOMPARE(fresh->listed.size(), std::size_t{2});
    QCOMPARE(world.row(fresh->spec.jobId).messages, static_cast<std::int64_t>(plan.letters.size()));
    for (const auto& listed : fresh->listed)
        QVERIFY(listed.get());
    Database reader = *world.journal->reader();
    const auto read = loadReplayJob(reader, fresh->spec.jobId);
    QVERIFY(read);
    const ReplayJobSpec& made = fresh->spec;
    QCOMPARE(made.planId, read->planId);
    QCOMPARE(made.connection, read->connection);
    QCOMPARE(made.guarantee, read->guarantee);
    QCOMPARE(made.planLedgerSeq, read->planLedgerSeq);
    QCOMPARE(made.targets, read->targets);
    QCOMPARE(made.stripRules, read->stripRules);
    QCOMPARE(made.options, read->options);
    QCOMPARE(made.state, read->state);
    QCOMPARE(made.lastBatch, read->lastBatch);
    QVERIFY(read->ends.empty());
    QCOMPARE(made.items.size(), read->items.size());
    for (std::size_t i = 0; i < made.items.size(); ++i) {
        QCOMPARE(made.items[i].letter, read->items[i].letter);
        QCOMPARE(made.items[i].status, read->items[i].status);
    }
}

void ReplayRunnerTest::aFreshJobSendsNothingThatIsNotListed()
{
    ReplayWorld world;
    const std::size_t count = 3 * ledgerChunkLetters + 7;
    const ReplayPlan plan = world.plan(world.addLetters(static_cast<int>(count)));
    auto fresh = beginReplayJob(*world.journal, plan, planDigest(plan), {}, u"ada"_s, {}, world.clock,
                                [&] { return world.random(); });
    QVERIFY(fresh);
    const QString jobId = fresh->spec.jobId;
    std::vector<std::int64_t> listedAtSend;
    world.target.onSend = [&] {
        Database reader = *world.journal->reader();
        QVERIFY(reader.guarded([&](SQLite::Database& db) {
            listedAtSend.push_back(db.execAndGet("SELECT count(*) FROM replay_item").getInt64());
        }));
    };
    ReplayRunner runner({world.target,
                         *world.journal,
                         world.letters,
                         &world.probe,
                         world.clock,
                         world.waiter,
                         u"ada"_s,
                         {},
                         world.batch},
                        std::move(*fresh));
    const auto report = runner.run(ReplayControl());
    QVERIFY(report);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, static_cast<std::int64_t>(count));
    QCOMPARE(world.fault(jobId, plan), QString());
    const std::int64_t most = std::min<std::int64_t>(world.batch.messages, static_cast<std::int64_t>(count));
    for (std::size_t n = 0; n < listedAtSend.size(); ++n)
        QVERIFY2(listedAtSend[n] >= std::min(static_cast<std::int64_t>(n + 1) * most, static_cast<std::int64_t>(count)),
                 qPrintable(u"batch %1: %2 letters are listed"_s.arg(n + 1).arg(listedAtSend[n])));
    const QByteArray rows = world.dump();
    const auto states = world.states;
    QVERIFY(world.realJournal->rebuild());
    QCOMPARE(world.dump(), rows);
    QCOMPARE(world.states, states);
}

void ReplayRunnerTest::aPlanHasOneJob()
{
    ReplayWorld world;
    const QString jobId = world.job(3);
    const auto create = [&] {
        return createReplayJob(*world.journal, world.lastPlan, {}, u"bob"_s, {}, world.clock,
                               [&] { return world.random(); });
    };
    const auto second = create();
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::InvalidConfig);
    QVERIFY(second.error().detail.contains(jobId));
    QVERIFY(world.run(jobId));
    QVERIFY(create().error().detail.contains(jobId)); // also when it is over

    // Of many that try at once, one wins.
    (void)world.plan(world.addLetters(2));
    std::atomic<int> made = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
        threads.emplace_back([&, n] {
            if (createReplayJob(*world.journal, world.lastPlan, {}, u"x"_s, {}, world.clock,
                                [n] { return static_cast<std::uint64_t>(n); }))
                ++made;
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(made.load(), 1);
}

void ReplayRunnerTest::aPlanResealedAfterItWasRecordedIsRefused()
{
    ReplayWorld world;
    ReplayPlan plan = world.plan(world.addLetters(3));
    QVERIFY(recordPlan(*world.journal, plan, u"ada"_s));
    plan.letters.pop_back();
    const auto job = createReplayJob(*world.journal, plan, {}, u"eve"_s, {}, world.clock, systemRandom());
    QVERIFY(!job);
    QCOMPARE(job.error().code, ErrorCode::InvalidConfig);
    QVERIFY(job.error().detail.contains(u"changed"_s));
}

void ReplayRunnerTest::batchesAreBounded_data()
{
    QTest::addColumn<int>("messages");
    QTest::addColumn<qint64>("sizeBytes");
    QTest::addColumn<QString>("rate");
    QTest::addColumn<QList<int>>("batches");
    QTest::newRow("5 000 messages") << 5'001 << qint64{10} << QString() << QList<int>{5'000, 1};
    QTest::newRow("8 MiB") << 5 << qint64{4LL << 20} << QString() << QList<int>{2, 2, 1};
    QTest::newRow("at least one, however large") << 2 << qint64{20LL << 20} << QString() << QList<int>{1, 1};
    QTest::newRow("one second of the rate") << 25 << qint64{10} << u"10"_s << QList<int>{10, 10, 5};
}

void ReplayRunnerTest::batchesAreBounded()
{
    QFETCH(int, messages);
    QFETCH(qint64, sizeBytes);
    QFETCH(QString, rate);
    QFETCH(QList<int>, batches);
    ReplayWorld world;
    auto candidates = world.addLetters(messages);
    for (PlanCandidate& candidate : candidates)
        candidate.sizeBytes = sizeBytes;
    const auto jobId = createReplayJob(*world.journal, world.plan(candidates), options(rate), u"ada"_s, {}, world.clock,
                                       systemRandom());
    QCOMPARE(world.run(*jobId)->state, JobState::Done);
    QCOMPARE(QList<int>(world.target.batchSizes.begin(), world.target.batchSizes.end()), batches);
    QCOMPARE(world.fault(*jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::theRateHolds()
{
    ReplayWorld world;
    const QString jobId = world.job(100, options(u"10"_s));
    const UtcTime start = world.clock.now();
    std::int64_t sent = 0;
    world.target.onSend = [&] {
        const double seconds = std::chrono::duration<double>(world.clock.now() - start).count();
        QVERIFY2(static_cast<double>(sent) <= 1 + 10 * seconds, "more than the rate allows");
        sent += 10;
    };
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    const Millis took = world.clock.now() - start;
    QVERIFY2(took >= Millis{9'000} && took <= Millis{12'000}, qPrintable(QString::number(took.count())));
}

void ReplayRunnerTest::lettersNoLongerOpenAreSkipped()
{
    ReplayWorld world;
    const QString jobId = world.job(10);
    world.letters.letters[u"letter-4"_s].state = TriageState::Archived;
    world.letters.letters[u"letter-5"_s].record.reset();
    world.letters.letters.erase(u"letter-6"_s);
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, 7);
    QCOMPARE(report->skipped, 3);
    QCOMPARE(world.row(jobId).skipped, 3);
    QCOMPARE(world.target.committed(jobId).size(), 7U);
    QCOMPARE(world.states[u"letter-4"_s].second, std::nullopt); // again what a person made of it
}

void ReplayRunnerTest::theNextBatchIsReadWhileOneIsSent()
{
    ReplayWorld world;
    world.batch.messages = 3;
    const QString jobId = world.job(9);
    std::vector<std::size_t> loaded;
    world.target.onSend = [&] { // returns only when the one behind it has been read
        loaded.push_back(std::min<std::size_t>(loaded.size() + 2, 3));
        world.letters.awaitLoads(loaded.back());
    };
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(loaded, (std::vector<std::size_t>{2, 3, 3}));
    QCOMPARE(world.letters.loads, (std::vector<std::size_t>{3, 3, 3})); // each once
    QCOMPARE(world.target.batchSizes, (std::vector<std::size_t>{3, 3, 3}));
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::whatWasReadAheadGivesWayToADecision()
{
    ReplayWorld world;
    world.batch.messages = 3;
    const QString jobId = world.job(9);
    world.target.onSend = [&] {
        world.target.onSend = nullptr;
        world.letters.awaitLoads(2);
        world.letters.change(u"letter-4"_s, [](ReplayLetter& letter) { letter.state = TriageState::Archived; });
        QVERIFY(world.ledger->append(u"bob"_s, u"deadletter.triaged"_s, "{}"));
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, 8);
    QCOMPARE(report->skipped, 1);
    QCOMPARE(world.letters.loads.size(), 4U); // the second batch twice
    QCOMPARE(world.states[u"letter-4"_s].second, std::nullopt);
}

void ReplayRunnerTest::whatWasReadBeforeAPauseIsReadAnew()
{
    ReplayWorld world;
    world.batch.messages = 3;
    const QString jobId = world.job(6);
    ReplayControl control;
    world.target.onSend = [&] {
        world.target.onSend = nullptr;
        world.letters.awaitLoads(2);
        control.pause();
    };
    world.waiter.onWait = [&] {
        world.letters.change(u"letter-4"_s, [](ReplayLetter& letter) { letter.record.reset(); });
        control.goOn();
    };
    const auto report = world.run(jobId, control);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, 5);
    QCOMPARE(report->skipped, 1);
}

void ReplayRunnerTest::underARateNothingIsReadAhead()
{
    ReplayWorld world;
    const QString jobId = world.job(20, options(u"10"_s));
    std::size_t sends = 0;
    world.target.onSend = [&] { QCOMPARE(world.letters.loads.size(), ++sends); };
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(sends, 2U);
}

void ReplayRunnerTest::twoJobsDoNotSendOneLetter()
{
    ReplayWorld world;
    const auto letters = world.addLetters(10);
    const ReplayPlan one = world.plan({letters.begin(), letters.begin() + 6});
    const ReplayPlan two = world.plan({letters.begin() + 3, letters.end()});
    const QString first =
        *createReplayJob(*world.journal, one, {}, u"ada"_s, {}, world.clock, [&] { return world.random(); });
    const QString second =
        *createReplayJob(*world.journal, two, {}, u"bob"_s, {}, world.clock, [&] { return world.random(); });
    QCOMPARE(world.run(first)->sent, 6);
    const auto report = world.run(second);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, 4);
    QCOMPARE(report->skipped, 3);
    QCOMPARE(world.target.committed(first).size() + world.target.committed(second).size(), 10U);
}

void ReplayRunnerTest::aLetterThatARunningJobHasIsLeftToIt()
{
    ReplayWorld world;
    const auto letters = world.addLetters(10);
    const auto create = [&](const ReplayPlan& plan, const ReplayOptions& how) {
        return *createReplayJob(*world.journal, plan, how, u"ada"_s, {}, world.clock, [&] { return world.random(); });
    };
    const ReplayPlan plan = world.plan(letters);
    const ReplayPlan same = world.plan(letters);
    const QString first = create(plan, {});
    const QString second = create(same, {});
    world.target.onSend = [&] { // the first has claimed all, and nothing of it is in the projection for certain
        world.target.onSend = nullptr;
        FakeTarget other(true);
        ReplayRunner runner({other, *world.journal, world.letters, nullptr, world.clock, world.waiter, u"bob"_s, {}},
                            second);
        const auto report = runner.run(ReplayControl());
        QVERIFY(report);
        QCOMPARE(report->skipped, 10);
        QCOMPARE(other.sends, 0);
    };
    QCOMPARE(world.run(first)->sent, 10);
}

void ReplayRunnerTest::aLetterTakenBackIsSentAgain()
{
    // Planned again after it was sent: a person wants it so, and what another job sent before the plan is no reason to
    // skip.
    ReplayWorld world;
    const auto letters = world.addLetters(3);
    const QString first = *createReplayJob(*world.journal, world.plan(letters), {}, u"ada"_s, {}, world.clock,
                                           [&] { return world.random(); });
    QCOMPARE(world.run(first)->sent, 3);
    const QString again = *createReplayJob(*world.journal, world.plan(letters), {}, u"ada"_s, {}, world.clock,
                                           [&] { return world.random(); });
    QCOMPARE(world.run(again)->sent, 3);
}

void ReplayRunnerTest::aChangedLetterStopsTheJob()
{
    ReplayWorld world;
    const QString jobId = world.job(10);
    world.letters.letters[u"letter-4"_s].record->value = QByteArray("something else");
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Failed);
    QVERIFY(report->detail.contains(u"letter-4"_s));
    QVERIFY(!report->detail.contains(u"something else"_s));
    QCOMPARE(world.target.committed(jobId).size(), 0U);
}

void ReplayRunnerTest::canaryStepsSettle()
{
    ReplayWorld world;
    const QString jobId = world.job(100, options({}, u"1,10,all"_s, u"10s"_s, u"failed>10%"_s));
    world.probe.answer = [&](const QString& id) {
        return consumed(world.target, id, [](const QByteArray& of) { return of.contains("/50@"); });
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(QList<int>(world.target.batchSizes.begin(), world.target.batchSizes.end()), (QList<int>{1, 10, 89}));
    QCOMPARE(report->confirmed, 99);
    QCOMPARE(report->failedAgain, 1);
    QCOMPARE(world.row(jobId).confirmed, 99);
    QCOMPARE(world.row(jobId).failedAgain, 1);
    QVERIFY(world.waiter.waited < Millis{10'000}); // all outcomes known: no reason to wait to the end
    QCOMPARE(std::ranges::count(world.eventTypes(), u"replay.stepSettled"_s), 3);
    int resolved = 0;
    for (const auto& [id, state] : world.states)
        resolved += state.second == TriageState::Resolved ? 1 : 0;
    QCOMPARE(resolved, 99);
    QCOMPARE(world.states[u"letter-50"_s].second, std::optional(TriageState::FailedAgain));
}

void ReplayRunnerTest::theStopRuleStops()
{
    ReplayWorld world;
    const QString jobId = world.job(100, options({}, u"1,10,all"_s, u"5s"_s, u"failed>10%"_s));
    world.probe.answer = [&](const QString& id) { // the first goes well, of the next ten two fail
        return consumed(world.target, id,
                        [](const QByteArray& of) { return of.contains("/3@") || of.contains("/6@"); });
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Stopped);
    QCOMPARE(report->sent, 11);
    QCOMPARE(report->failedAgain, 2);
    QVERIFY(report->detail.contains(u"failed>10%"_s));
    QCOMPARE(world.row(jobId).verified, (VerifiedCounts{11, 0, 0}));
    QCOMPARE(world.row(jobId).state, JobState::Stopped);
    int released = 0;
    for (const auto& [id, state] : world.states)
        released += state.second ? 0 : 1;
    QCOMPARE(released, 89); // not sent: again what they were

    // Somebody mended the consumer and goes on; the group's progress is gone, the target itself is asked.
    world.probe.answer = [&](const QString& id) {
        return consumed(world.target, id, [](const QByteArray&) { return false; });
    };
    const auto rest = world.run(jobId);
    QCOMPARE(rest->state, JobState::Done);
    QCOMPARE(rest->sent, 100);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::withoutSettlingNobodyLooks()
{
    ReplayWorld world;
    const QString jobId = world.job(5, options({}, {}, {}, u"failed>0%"_s));
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(world.probe.looks, 0);
    QCOMPARE(world.states[u"letter-1"_s].second, std::optional(TriageState::Sent));
}

void ReplayRunnerTest::unknownIsNeitherConfirmedNorFailed()
{
    ReplayWorld world;
    const QString jobId = world.job(5, options({}, {}, u"7s"_s, u"failed>0%"_s));
    world.probe.answer = [](const QString&) -> Result<OutcomeObservation> {
        return fail(ErrorCode::Unreachable, u"broker is down"_s);
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->confirmed, 0);
    QCOMPARE(report->failedAgain, 0);
    QVERIFY(report->detail.contains(u"broker is down"_s));
    QCOMPARE(world.waiter.waited, Millis{7'000});
    QCOMPARE(world.states[u"letter-1"_s].second, std::optional(TriageState::Unknown));
}

void ReplayRunnerTest::pauseAndGoOn()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    ReplayControl control;
    world.target.onSend = [&] {
        if (world.target.sends == 1)
            control.pause();
    };
    int waits = 0;
    world.waiter.onWait = [&] {
        if (control.isPaused() && world.row(jobId).state == JobState::Paused && ++waits == 5) {
            QCOMPARE(world.target.sends, 2); // what was under way is finished, no more is sent
            control.goOn();
        }
    };
    QCOMPARE(world.run(jobId, control)->state, JobState::Done);
    QCOMPARE(waits, 5);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::cancelLosesNothing()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    ReplayControl control;
    world.target.onSend = [&] {
        if (world.target.sends == 1)
            control.cancel(); // while the second batch is under way: it is aborted
    };
    const auto report = world.run(jobId, control);
    QCOMPARE(report->state, JobState::Cancelled);
    QCOMPARE(report->sent, 10);
    QCOMPARE(report->inDoubt, 0);
    QCOMPARE(world.target.committed(jobId).size(), 10U);
    QVERIFY(world.target.closed.contains(jobId));
    QCOMPARE(world.row(jobId).state, JobState::Cancelled);
    int sent = 0;
    int released = 0;
    for (const auto& [id, state] : world.states) {
        sent += state.second == TriageState::Sent ? 1 : 0;
        released += state.second ? 0 : 1;
    }
    QCOMPARE(sent, 10);
    QCOMPARE(released, 20);
}

void ReplayRunnerTest::leavingIsNoEnd()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    ReplayControl control;
    world.waiter.onWait = [&] {
        if (world.target.sends == 2)
            control.leave();
    };
    QCOMPARE(world.run(jobId, control)->state, JobState::Interrupted);
    QCOMPARE(world.row(jobId).state, JobState::Interrupted);
    QVERIFY(!world.target.closed.contains(jobId));
    world.waiter.onWait = nullptr;
    const auto resumed = world.run(jobId);
    QCOMPARE(resumed->state, JobState::Done);
    QCOMPARE(resumed->sent, 30);
    QCOMPARE(world.target.batchSizes.size(), 3U); // the rate was kept
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::faultsAreSurvivedOrTold_data()
{
    QTest::addColumn<bool>("isAtomic");
    QTest::addColumn<Fault>("fault");
    QTest::addColumn<QString>("state");
    for (const bool isAtomic : {true, false}) {
        const auto row = [isAtomic](const char* name, Fault fault, const QString& state) {
            QTest::addRow("%s, %s", isAtomic ? "atomic" : "not atomic", name) << isAtomic << fault << state;
        };
        row("unreachable before anything was done", Fault::UnreachableBefore, u"done"_s);
        row("timed out after all was done", Fault::TimedOutAfter, u"done"_s);
        row("timed out half way", Fault::TimedOutHalfWay, u"done"_s);
        row("aborted", Fault::Aborted, u"done"_s);
        row("fenced by another process", Fault::Fenced, u"failed"_s);
        row("a right is missing", Fault::Refused, u"failed"_s);
    }
}

void ReplayRunnerTest::faultsAreSurvivedOrTold()
{
    QFETCH(bool, isAtomic);
    QFETCH(Fault, fault);
    QFETCH(QString, state);
    ReplayWorld world(isAtomic);
    const QString jobId = world.job(30, options(u"10"_s));
    int sends = 0;
    world.target.fault = [&](Call call) { return call == Call::Send && ++sends == 2 ? fault : Fault::None; };
    const auto report = world.run(jobId);
    QCOMPARE(jobStateWord(report->state), state);
    if (report->state == JobState::Failed) {
        QVERIFY(report->error);
        QVERIFY(!report->detail.isEmpty());
        world.target.fault = nullptr;
        QCOMPARE(world.run(jobId)->state, JobState::Done); // once the cause is gone it goes on
    }
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
    QCOMPARE(world.row(jobId).verified, (VerifiedCounts{30, 0, 0}));
}

void ReplayRunnerTest::aLongOutageInterrupts()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    bool isDown = false;
    world.target.fault = [&](Call call) {
        isDown = isDown || (call == Call::Send && world.target.sends == 2);
        return isDown ? Fault::UnreachableBefore : Fault::None;
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Interrupted);
    QCOMPARE(report->error->code, ErrorCode::Unreachable);
    QCOMPARE(report->inDoubt, 10);
    QVERIFY(report->detail.contains(u"start it"_s) && report->detail.contains(u"resume"_s));
    QVERIFY(world.waiter.waited > Millis{10'000} && world.waiter.waited < Millis{120'000});
    world.target.fault = nullptr;
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

/// Its broker answers sends by silence only: asked for the topic it says what is the matter.
void ReplayRunnerTest::aTargetDeletedMeanwhileEndsIt()
{
    ReplayWorld world;
    const QString jobId =
        world.job(30, options(u"4"_s)); // the first two batches are of one partition: nothing is looked up
    int sends = 0;
    world.target.fault = [&](Call call) {
        if (call != Call::Send || ++sends < 2)
            return Fault::None;
        world.target.partitions.erase(u"orders"_s);
        return Fault::UnreachableBefore;
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Failed);
    QCOMPARE(report->error->code, ErrorCode::NotFound);
    QVERIFY2(report->detail.contains(u"checking target orders"_s), qPrintable(report->detail));
    QCOMPARE(sends, 2); // not eight times
    QCOMPARE(report->sent, 4);
    QCOMPARE(report->inDoubt, 0);
}

void ReplayRunnerTest::lostProgressIsLookedUp()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    ReplayControl control;
    world.waiter.onWait = [&] {
        if (world.target.sends == 2)
            control.leave();
    };
    QCOMPARE(world.run(jobId, control)->state, JobState::Interrupted);
    world.target.progress.clear(); // a week has passed
    const int before = world.target.sends;
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(world.target.sends, before + 1);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::aPlaceNotToldIsFoundByVerifying()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options({}, {}, u"5s"_s));
    world.target.forgetsPlaces = true;
    world.probe.answer = [&](const QString& id) {
        return consumed(world.target, id, [](const QByteArray&) { return false; });
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->confirmed, 30); // which takes places
    QVERIFY(!world.dump().contains("|-1|"));
}

void ReplayRunnerTest::aMissingMessageFailsTheJob()
{
    ReplayWorld world;
    const QString jobId = world.job(30);
    world.target.fault = [&](Call call) {
        if (call == Call::Verify)
            world.target.logs[{u"orders"_s, 0}].clear();
        return Fault::None;
    };
    const auto report = world.run(jobId);
    QCOMPARE(report->state, JobState::Failed);
    QVERIFY(report->detail.contains(u"missing"_s));
    QVERIFY(world.row(jobId).verified->missing > 0);
    QVERIFY(!world.target.closed.contains(jobId)); // its progress is evidence
}

void ReplayRunnerTest::aDoubledMessageFailsOnlyWherePromised_data()
{
    QTest::addColumn<bool>("isAtomic");
    QTest::addColumn<QString>("state");
    QTest::newRow("exactly once was promised") << true << u"failed"_s;
    QTest::newRow("at least once was promised") << false << u"done"_s;
}

void ReplayRunnerTest::aDoubledMessageFailsOnlyWherePromised()
{
    QFETCH(bool, isAtomic);
    QFETCH(QString, state);
    ReplayWorld world(isAtomic);
    const QString jobId = world.job(30);
    world.target.fault = [&](Call call) {
        if (call == Call::Verify) {
            auto& log = world.target.logs[{u"orders"_s, 1}];
            log.push_back(log.front());
        }
        return Fault::None;
    };
    const auto report = world.run(jobId);
    QCOMPARE(jobStateWord(report->state), state);
    QVERIFY(report->detail.contains(u"1 more than once"_s));
    QCOMPARE(world.row(jobId).verified, (VerifiedCounts{30, 0, 1}));
}

void ReplayRunnerTest::aDeadProcessIsInterrupted()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    world.target.fault = [&](Call call) {
        return call == Call::Send && world.target.sends == 2 ? Fault::KilledAfter : Fault::None;
    };
    QVERIFY_EXCEPTION_THROWN((void)world.run(jobId), Killed);
    Database reader = *world.journal->reader();
    QCOMPARE(replayJob(reader, StateHolder::Alive, jobId)->state, JobState::Running);
    QCOMPARE(replayJob(reader, StateHolder::None, jobId)->state, JobState::Interrupted);
    QCOMPARE(*markInterruptedJobs(*world.journal, u"ada"_s), 1);
    QCOMPARE(*markInterruptedJobs(*world.journal, u"ada"_s), 0);
    QCOMPARE(world.row(jobId).state, JobState::Interrupted);
    world.target.fault = nullptr;
    const auto resumed = world.run(jobId);
    QCOMPARE(resumed->state, JobState::Done);
    QCOMPARE(resumed->sent, 30);
    QCOMPARE(world.fault(jobId, world.lastPlan), QString());
}

void ReplayRunnerTest::aJobNobodyRunsIsCancelled()
{
    ReplayWorld world;
    const QString jobId = world.job(30, options(u"10"_s));
    world.target.fault = [&](Call call) {
        return call == Call::Send && world.target.sends == 2 ? Fault::KilledAfter : Fault::None;
    };
    QVERIFY_EXCEPTION_THROWN((void)world.run(jobId), Killed);
    QVERIFY(cancelIdleJob(*world.journal, jobId, u"ada"_s));
    QCOMPARE(world.row(jobId).state, JobState::Cancelled);
    int unknown = 0;
    for (const auto& [id, state] : world.states)
        unknown += state.second == TriageState::Unknown ? 1 : 0;
    QCOMPARE(unknown, 10); // the batch in doubt stays in doubt
    QCOMPARE(cancelIdleJob(*world.journal, jobId, u"ada"_s).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(cancelIdleJob(*world.journal, u"none"_s, u"ada"_s).error().code, ErrorCode::NotFound);
}

void ReplayRunnerTest::whatIsOverIsNotResumed()
{
    ReplayWorld world;
    const QString jobId = world.job(3);
    QCOMPARE(world.run(jobId)->state, JobState::Done);
    QCOMPARE(world.run(jobId).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(world.run(u"none"_s).error().code, ErrorCode::NotFound);
    const QString empty =
        *createReplayJob(*world.journal, world.plan({}), {}, u"ada"_s, {}, world.clock, systemRandom());
    QCOMPARE(world.run(empty)->state, JobState::Done);
}

void ReplayRunnerTest::theProjectionIsMadeAnewEqual()
{
    ReplayWorld world;
    const QString jobId = world.job(40, options(u"20"_s, u"1,10"_s, u"3s"_s, u"failed>50%"_s));
    world.letters.letters[u"letter-4"_s].state = TriageState::Archived;
    world.probe.answer = [&](const QString& id) {
        return consumed(world.target, id, [](const QByteArray& of) { return of.contains("/5@"); });
    };
    int calls = 0;
    world.target.fault = [&](Call) { return ++calls % 5 == 0 ? Fault::TimedOutAfter : Fault::None; };
    QVERIFY(world.run(jobId));
    const auto states = world.states;
    const QByteArray rows = world.dump();
    QVERIFY(rows.size() > 1'000);
    QVERIFY(world.realJournal->rebuild());
    QCOMPARE(world.dump(), rows);
    QCOMPARE(world.states, states);
}

void ReplayRunnerTest::historyGoesIntoTheNextPlan()
{
    ReplayWorld world;
    auto letters = world.addLetters(4);
    const QString jobId = *createReplayJob(*world.journal, world.plan({letters[0], letters[1]}), {}, u"ada"_s, {},
                                           world.clock, systemRandom());
    Database reader = *world.journal->reader();
    QVERIFY(addReplayHistory(reader, letters));
    QCOMPARE(letters[0].activeJob, jobId);
    QCOMPARE(letters[0].lastJob, std::nullopt);
    QCOMPARE(letters[2].activeJob, std::nullopt);
    QVERIFY(world.run(jobId));
    auto after = world.addLetters(0);
    after = {letters[0], letters[2]};
    for (PlanCandidate& letter : after)
        letter.activeJob.reset();
    QVERIFY(addReplayHistory(reader, after));
    QCOMPARE(after[0].activeJob, std::nullopt);
    QCOMPARE(after[0].lastJob, jobId);
    QCOMPARE(after[1].lastJob, std::nullopt);
}

void ReplayRunnerTest::jsonIsTheContracts()
{
    ReplayWorld world;
    const QString jobId = world.job(2);
    Database reader = *world.journal->reader();
    const QByteArray planned =
        "{\"jobId\":\"" + jobId.toUtf8() + "\",\"planId\":\"" + world.lastPlan.planId.toUtf8() +
        "\",\"state\":\"planned\",\"guarantee\":\"exactly once, verified\",\"messages\":2,\"sent\":0,\"confirmed\":0,"
        "\"failedAgain\":0,\"skipped\":0,\"startedAt\":null,\"finishedAt\":null}";
    QCOMPARE(writeReplayJobJson(world.row(jobId)), planned);
    QCOMPARE(writeReplayJobsJson(*replayJobs(reader, StateHolder::None)), "[" + planned + "]");
    const auto report = world.run(jobId);
    QCOMPARE(writeReplayResultJson(*report),
             "{\"jobId\":\"" + jobId.toUtf8() +
                 "\",\"sent\":2,\"confirmed\":0,\"failedAgain\":0,\"skipped\":0,\"state\":\"done\"}");
    QVERIFY(writeReplayProgressJson(*report).startsWith("{\"jobId\":\"" + jobId.toUtf8() + "\",\"planId\":"));
    const QString newer = world.job(1);
    const auto rows = replayJobs(reader, StateHolder::Alive);
    QCOMPARE(rows->size(), 2U);
    QCOMPARE(rows->front().jobId, newer); // newest first
}

QTEST_GUILESS_MAIN(ReplayRunnerTest)
#include "tst_replayrunner.moc"
