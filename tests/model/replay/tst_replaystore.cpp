// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/replay/planheaders.h"
#include "model/replay/replayitems.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replaystore.h"
#include "model/replay/storedrecords.h"
#include "tests/model/deadletter/letters.h"
#include "tests/model/replay/replayfakes.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr int lettersStored = 6;

/// A state directory with letters as Spring writes them, read by the real reader, and replays that move them.
class StoredWorld : public ReplayWorld
{
public:
    StoredWorld()
    {
        const QString file = folder.filePath(u"samples.sqlite"_s);
        openReader = [file] { return Database::open(file, Database::Access::Reader); };
        stored = std::make_unique<LedgerReplayJournal>(*ledger, *writer, openReader, storedLetterStates());
        for (int n = 0; n < lettersStored; ++n)
            ids.push_back(add(Offset{n * 3}, joined({own(), springOriginals({.partition = n % 3, .offset = 100 + n}),
                                                     springException({})})));
    }

    std::optional<QByteArray> nextValue; // of letters that are added; nullopt: any

    QString add(Offset offset, Headers headers)
    {
        RawRecord record = letter(std::move(headers));
        record.offset = offset;
        if (nextValue)
            record.value = nextValue;
        records.push_back(record);
        LetterPreparer preparer(dialects, kinds, catalog, topics);
        const PreparedLetter prepared = preparer.prepare(record);
        const QString id = letterId(u"cluster-1"_s, record.at, record.offset, prepared.digest);
        const Status status = writer->write([&](Database& database) -> Status {
            const auto added = storeLetters(database, u"cluster-1"_s, u"orders"_s, {{prepared}}, clock.now());
            return added ? Status() : tl::unexpected<Error>(added.error());
        });
        return status ? id : status.error().detail;
    }

    DeadLetter read(const QString& id)
    {
        Database reader = *openReader();
        return *deadLetter(reader, id);
    }

    ReplayPlan planAll()
    {
        std::vector<PlanCandidate> candidates;
        for (const QString& id : ids)
            candidates.push_back(planCandidate(read(id), catalog));
        Database reader = *openReader();
        if (!addReplayHistory(reader, candidates))
            return {};
        const PlanWorld world{
            target.capabilities(), [this](const QString& topic) { return target.partitionCount(topic, {}); },
            [this](const QString& dialect, const QString&) { return stripRuleOf(dialects, dialect, nullptr); }};
        return *makePlan({u"orders"_s, {}, {}, *ledger->lastSeq()}, candidates, world, clock,
                         [this] { return random(); });
    }

    QString jobOf(const ReplayPlan& plan)
    {
        return *createReplayJob(*stored, plan, {}, u"ada"_s, {}, clock, [this] { return random(); });
    }

    Result<ReplayReport> runStored(const QString& jobId)
    {
        StoredReplayLetters source(openReader);
        ReplayRunner runner({target, *stored, source, nullptr, clock, waiter, u"ada"_s, {}}, jobId);
        return runner.run(ReplayControl());
    }

    /// The group `billing` has read the target up to here.
    void commit(int partition, std::int64_t offset)
    {
        const Status status = writer->write([&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                db.exec("INSERT OR IGNORE INTO lag_source (source_id, cluster_id, connection, sample_interval_ms)"
                        " VALUES (1, 'cluster-1', 'orders', 15000)");
                db.exec("INSERT OR IGNORE INTO lag_topic (topic_id, source_id, name) VALUES (1, 1, 'orders')");
                db.exec("INSERT OR IGNORE INTO lag_group (group_id, source_id, name) VALUES (1, 1, 'billing')");
                const std::string number = std::to_string(partition);
                db.exec("INSERT OR IGNORE INTO lag_partition (partition_id, topic_id, number) VALUES (" + number +
                        " + 1, 1, " + number + ")");
                db.exec(
                    "INSERT OR REPLACE INTO lag_row (group_id, partition_id, committed_offset, life, state, commits)"
                    " VALUES (1, " +
                    number + " + 1, " + std::to_string(offset) + ", 1, 0, x'')");
            });
        });
        QVERIFY2(status, qPrintable(status ? QString() : status.error().detail));
    }

    OpenReader openReader;
    std::unique_ptr<LedgerReplayJournal> stored;
    DialectRegistry dialects = *DialectRegistry::bundled();
    KindRules kinds = *KindRules::bundled();
    Catalog catalog;
    std::vector<DeadLetterTopic> topics;
    std::vector<QString> ids;
    std::vector<RawRecord> records;
};

} // namespace

class ReplayStoreTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void springsHeadersStayBehind();
    void aMappingsHeadersStayBehind();
    void envelopesAreLookedInto();
    void whatIsLeftOutAnywayIsNotLookedInto();
    void lettersThatHoldTheSameAreTold();
    void planningStopsWhenAsked_data();
    void planningStopsWhenAsked();
    void aPlanKnowsTheHeadersOfItsLetters();
    void aJobKeepsWhatItsPlanSealed();
    void lettersFollowTheirReplay();
    void aLetterThatIsGoneIsSkipped();
    void outcomesComeFromTheStore();
    void endedJobsAreSettledLater();
    void whatComesBackAfterItWasConfirmedFailedAgain();
    void whatWasClosedSinceThePlanStaysClosed_data();
    void whatWasClosedSinceThePlanStaysClosed();
    void aSecondGenerationKnowsTheFirst();
};

void ReplayStoreTest::springsHeadersStayBehind()
{
    StoredWorld world;
    const StripRule rule = stripRuleOf(world.dialects, u"spring-dlpr"_s, nullptr);
    QVERIFY(rule.strips("kafka_dlt-exception-fqcn"));
    QVERIFY(rule.strips("kafka_dlt-original-topic"));
    QVERIFY(!rule.strips("traceparent"));
    QVERIFY(!rule.strips("__TypeId__"));
    QVERIFY2(!rule.strips("kafka_dlt-custom"), "named like Spring's, but Spring writes none of that name");
    QVERIFY(stripRuleOf(world.dialects, u"unrecognised"_s, nullptr).names.empty());
}

void ReplayStoreTest::aMappingsHeadersStayBehind()
{
    StoredWorld world;
    const DeadLetterMapping mapping{{u"error_class"_s, {FieldSource::From::Header, u"x-error*"_s}},
                                    {u"error_message"_s, {FieldSource::From::Payload, u"/error"_s}},
                                    {u"consumer"_s, {FieldSource::From::Constant, u"x-const"_s}}};
    const StripRule rule = stripRuleOf(world.dialects, u"mapping"_s, &mapping);
    QVERIFY(rule.strips("x-error*"));
    QVERIFY(!rule.strips("x-error-class"));
    QVERIFY(!rule.strips("x-const") && !rule.strips("/error"));
    QVERIFY(!rule.payload);
    DeadLetterMapping enveloped = mapping;
    enveloped[payloadField] = {FieldSource::From::Payload, u"/data"_s, u"text"_s};
    QCOMPARE(stripRuleOf(world.dialects, u"mapping"_s, &enveloped).payload,
             (PayloadPlace{u"/data"_s, PayloadPlace::As::Text}));
}

void ReplayStoreTest::envelopesAreLookedInto()
{
    StoredWorld world;
    const auto add = [&](qint64 offset, const QByteArray& value) {
        world.nextValue = value;
        const QString id = world.add(Offset{offset}, {});
        world.nextValue.reset();
        return planCandidate(world.read(id), world.catalog);
    };
    std::vector<PlanCandidate> candidates{add(1'000, R"({"originalTopic":"orders","error":"e","payload":{"n":1}})"),
                                          add(1'001, R"({"originalTopic":"orders","error":"e","data":{"n":1}})"),
                                          planCandidate(world.read(world.ids[0]), world.catalog)};
    QCOMPARE(candidates[0].dialect, u"generic"_s);
    Database reader = *world.openReader();
    QVERIFY(addEnvelopes(reader, candidates, [](const QString&, const QString&) { return std::nullopt; }));
    QVERIFY(!candidates[0].payloadRefusal.isEmpty() && candidates[0].isSentWhole);
    QVERIFY(candidates[2].payloadRefusal.isEmpty()); // Spring's is no envelope
    QVERIFY(addEnvelopes(reader, candidates, [](const QString& dialect, const QString&) {
        return dialect == u"generic"_s ? std::optional(PayloadPlace{u"/payload"_s, PayloadPlace::As::Json})
                                       : std::nullopt;
    }));
    QVERIFY(candidates[0].payloadRefusal.isEmpty());
    QVERIFY(candidates[1].payloadRefusal.contains(u"/payload"_s) && !candidates[1].isSentWhole);
}

/// A closed letter and an erased one stay out for what they are, and an id that is no id would fail if it were read.
void ReplayStoreTest::whatIsLeftOutAnywayIsNotLookedInto()
{
    StoredWorld world;
    const auto noPlace = [](const QString&, const QString&) { return std::nullopt; };
    PlanCandidate closed = planCandidate(world.read(world.ids[0]), world.catalog);
    closed.dialect = u"generic"_s;
    closed.letterId = u"no id"_s;
    PlanCandidate erased = closed;
    closed.state = TriageState::Archived;
    erased.erased = u"erased by anna"_s;
    Database reader = *world.openReader();
    std::vector<PlanCandidate> candidates{closed, erased};
    QVERIFY(addEnvelopes(reader, candidates, noPlace));
    candidates.front().state = TriageState::New;
    const Status read = addEnvelopes(reader, candidates, noPlace);
    QCOMPARE(read.error().code, ErrorCode::Corrupt);
}

void ReplayStoreTest::lettersThatHoldTheSameAreTold()
{
    StoredWorld world;
    const auto add = [&](qint64 offset, const QByteArray& value) {
        world.nextValue = value;
        const QString id = world.add(Offset{offset}, {});
        world.nextValue.reset();
        return id;
    };
    const QString one = add(2'000, "a");
    const QString same = add(2'001, "a");
    const QString other = add(2'002, "b");
    Database reader = *world.openReader();
    StoredRecords stored(reader);
    for (int again = 0; again < 3; ++again) { // the statement is used again
        QCOMPARE(*stored.areSame(one, same), true);
        QCOMPARE(*stored.areSame(one, other), false);
    }
    QCOMPARE(*stored.areSame(one, one.left(one.size() - 8) + u"00000000"_s), false); // not stored
    QCOMPARE(stored.areSame(one, u"no id"_s).error().code, ErrorCode::Corrupt);

    // Nothing is held between two questions: what was written since is seen.
    const QString later = add(2'003, "a");
    QCOMPARE(*stored.areSame(one, later), true);
}

void ReplayStoreTest::planningStopsWhenAsked_data()
{
    using Step = std::function<Status(Database&, std::vector<PlanCandidate>&, const std::stop_token&)>;
    QTest::addColumn<Step>("step");
    QTest::newRow("among rescued payloads")
        << Step([](Database& reader, std::vector<PlanCandidate>& letters, const std::stop_token& stop) {
               letters.front().isPointer = true;
               return addRescues(reader, letters, stop);
           });
    QTest::newRow("among envelopes") << Step(
        [](Database& reader, std::vector<PlanCandidate>& letters, const std::stop_token& stop) {
            letters.front().dialect = u"generic"_s;
            return addEnvelopes(
                reader, letters, [](const QString&, const QString&) { return std::nullopt; }, stop);
        });
    QTest::newRow("in what was replayed before")
        << Step([](Database& reader, std::vector<PlanCandidate>& letters, const std::stop_token& stop) {
               return addReplayHistory(reader, letters, stop);
           });
}

void ReplayStoreTest::planningStopsWhenAsked()
{
    using Step = std::function<Status(Database&, std::vector<PlanCandidate>&, const std::stop_token&)>;
    QFETCH(Step, step);
    StoredWorld world;
    std::vector<PlanCandidate> candidates;
    for (const QString& id : world.ids)
        candidates.push_back(planCandidate(world.read(id), world.catalog));
    Database reader = *world.openReader();
    std::stop_source source;
    QVERIFY(step(reader, candidates, source.get_token()));
    source.request_stop();
    const Status stopped = step(reader, candidates, source.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void ReplayStoreTest::aPlanKnowsTheHeadersOfItsLetters()
{
    StoredWorld world;
    const Headers spring = joined({springOriginals({}), springException({})});
    const QString two =
        world.add(Offset{500},
                  joined({own(), spring, test::connect({.topic = "orders-dlt"}, "com.acme.C", "bad", std::nullopt)}));
    const QString guessed = world.add(
        Offset{501}, {{"x-original-topic", "orders"}, {"x-error-class", "com.acme.E"}, {"own", "1"}, {"own", "2"}});
    QCOMPARE(world.read(guessed).facts.dialect, u"generic"_s);
    world.ids.push_back(two);
    world.ids.push_back(guessed);
    std::vector<PlanCandidate> candidates;
    for (const QString& id : world.ids)
        candidates.push_back(planCandidate(world.read(id), world.catalog));
    candidates[0].state = TriageState::Archived;
    Database reader = *world.openReader();
    PlanHeaders headers;
    const PlanHeaders::MappingOf noMapping = [](const QString&) -> const DeadLetterMapping* { return nullptr; };
    QVERIFY(headers.read(reader, candidates, world.dialects, noMapping, {}));
    QCOMPARE(candidates[1].olderDialects, QStringList());
    QCOMPARE(candidates[lettersStored].olderDialects, QStringList{u"spring-dlpr"_s});
    QCOMPARE(candidates[lettersStored + 1].olderDialects, QStringList());

    const PlanWorld planWorld{
        world.target.capabilities(), [&](const QString& topic) { return world.target.partitionCount(topic, {}); },
        [&](const QString& dialect, const QString&) { return stripRuleOf(world.dialects, dialect, nullptr); }};
    PlanRequest request{u"orders"_s, {}, {}, *world.ledger->lastSeq()};
    request.headerChoices = {{"empty", false}, {"kafka_dlt-exception-fqcn", true}};
    const ReplayPlan plan = *makePlan(request, candidates, planWorld, world.clock, [&] { return world.random(); });
    QCOMPARE(plan.letters.size(), std::size_t{lettersStored + 1}); // one is archived
    const HeaderCensus census = headers.census(plan);
    QCOMPARE(census.uncounted, 0);
    const auto messages = [&](const QByteArray& name, bool isSent) {
        for (const HeaderUse& use : census.names) {
            if (use.name == name && use.isSent == isSent)
                return use.messages;
        }
        return std::int64_t{0};
    };
    QCOMPARE(messages("traceparent", true), lettersStored); // twice in each letter: counted once
    QCOMPARE(messages("empty", false), lettersStored);
    QCOMPARE(messages("empty", true), 0);
    QCOMPARE(messages("kafka_dlt-exception-fqcn", true), lettersStored);
    QCOMPARE(messages("kafka_dlt-exception-message", false), lettersStored);
    QCOMPARE(messages("__connect.errors.topic", false), 1);
    QCOMPARE(messages("x-error-class", false), 1);
    QCOMPARE(messages("own", true), 1);
    QCOMPARE(census.names.front().isSent, false);

    std::stop_source stopped;
    stopped.request_stop();
    const Status cancelled = PlanHeaders().read(reader, candidates, world.dialects, noMapping, stopped.get_token());
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
}

/// Choices and older dialects live in the ledger, so that a resume after a kill strips the same.
void ReplayStoreTest::aJobKeepsWhatItsPlanSealed()
{
    StoredWorld world;
    ReplayPlan plan = world.planAll();
    QCOMPARE(plan.stripRules.size(), std::size_t{1});
    plan.stripRules[0].rule.addNamesOf(stripRuleOf(world.dialects, u"kafka-connect"_s, nullptr));
    plan.stripRules[0].rule.choices = {{"empty", true}, {"*", false}};
    const QString jobId = world.jobOf(plan);
    {
        Database reader = *world.openReader();
        const auto job = loadReplayJob(reader, jobId);
        QVERIFY(job);
        QCOMPARE(job->stripRules, std::vector<StripRule>{plan.stripRules[0].rule});
    }
    const auto report = world.runStored(jobId);
    QCOMPARE(report->sent, lettersStored);
    const auto sent = world.target.committed(jobId);
    for (const PlanLetter& letter : plan.letters) {
        const OutgoingRecord& copy = sent.at(letter.replayOf).front();
        QCOMPARE(copy.headers.size(), std::size_t{4});
        QCOMPARE(copy.headers[0], (Header{"empty", std::nullopt}));
        QCOMPARE(copy.headers[1], (Header{replayIdHeader, jobId.toUtf8()}));
    }
}

void ReplayStoreTest::lettersFollowTheirReplay()
{
    StoredWorld world;
    const ReplayPlan plan = world.planAll();
    QCOMPARE(plan.letters.size(), std::size_t(lettersStored));
    QCOMPARE(plan.letters[0].consumerGroup, u"billing"_s);
    QCOMPARE(plan.letters[0].replayOf, QByteArray("orders/0/100@1763703925118"));
    const QString jobId = world.jobOf(plan);
    QCOMPARE(world.read(world.ids[0]).state, TriageState::Planned);
    QCOMPARE(world.planAll().letters.size(), 0U); // held by the job
    const auto report = world.runStored(jobId);
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, lettersStored);
    QCOMPARE(world.read(world.ids[0]).state, TriageState::Sent);
    QCOMPARE(world.planAll().blocked,
             (std::vector<PlanCount>{{u"already sent by job %1 and not settled"_s.arg(jobId), lettersStored}}));
    const auto sent = world.target.committed(jobId);
    for (std::size_t i = 0; i < plan.letters.size(); ++i) {
        const OutgoingRecord& copy = sent.at(plan.letters[i].replayOf).front();
        QCOMPARE(copy.key, world.records[i].key);
        QCOMPARE(copy.value, world.records[i].value);
        Headers expected = own();
        expected.push_back({replayIdHeader, jobId.toUtf8()});
        expected.push_back({replayGenerationHeader, "1"});
        expected.push_back({replayOfHeader, plan.letters[i].replayOf});
        QCOMPARE(copy.headers, expected);
    }
}

void ReplayStoreTest::aLetterThatIsGoneIsSkipped()
{
    StoredWorld world;
    ReplayPlan plan = world.planAll();
    plan.letters[0].letterId = letterId(u"cluster-1"_s, plan.letters[0].at, plan.letters[0].offset, 1);
    const auto report = world.runStored(world.jobOf(plan));
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->skipped, 1);
    QCOMPARE(report->sent, lettersStored - 1);
}

void ReplayStoreTest::outcomesComeFromTheStore()
{
    StoredWorld world;
    const QString jobId = world.jobOf(world.planAll());
    QVERIFY(world.runStored(jobId));
    bool hasCollected = false;
    StoredOutcomeProbe probe(world.openReader, u"orders"_s, [&](std::stop_token) -> Status {
        hasCollected = true;
        world.commit(1, 7);
        return {};
    });
    const auto seen = probe.observe(jobId, {u"billing"_s, u"other"_s}, {u"orders"_s}, {});
    QVERIFY(seen && hasCollected);
    QCOMPARE(seen->committed,
             (std::map<std::pair<QString, TopicPartition>, Offset>{{{u"billing"_s, {u"orders"_s, 1}}, Offset{7}}}));
    QVERIFY(seen->deadLetters.empty());
    StoredOutcomeProbe elsewhere(world.openReader, u"stock"_s, [](std::stop_token) { return Status(); });
    QVERIFY(elsewhere.observe(jobId, {u"billing"_s}, {u"orders"_s}, {})->committed.empty());
    StoredOutcomeProbe broken(world.openReader, u"orders"_s,
                              [](std::stop_token) -> Status { return fail(ErrorCode::Unreachable, u"down"_s); });
    QCOMPARE(broken.observe(jobId, {}, {}, {}).error().code, ErrorCode::Unreachable);
}

void ReplayStoreTest::endedJobsAreSettledLater()
{
    StoredWorld world;
    const ReplayPlan plan = world.planAll();
    const QString jobId = world.jobOf(plan);
    const UtcTime before = world.clock.now();
    QVERIFY(world.runStored(jobId));
    const auto settle = [&](UtcTime since) { return *settleEndedJobs(*world.stored, u"orders"_s, u"ada"_s, since); };
    QCOMPARE(settle(before), 0); // nobody knows yet: nothing is written down
    world.commit(0, 100);
    const auto failed = world.target.committed(jobId).at(plan.letters[1].replayOf).front();
    (void)world.add(Offset{99}, joined({failed.headers, springOriginals({}), springException({})}));
    QCOMPARE(settle(before + Millis{1}), 0); // jobs that ended earlier are left alone
    QCOMPARE(settle(before), 3);             // two in partition 0 were read on, one came back
    QCOMPARE(settle(before), 0);
    const ReplayJobRow row = [&] {
        Database reader = *world.openReader();
        return *replayJob(reader, StateHolder::Alive, jobId);
    }();
    QCOMPARE(row.confirmed, 2);
    QCOMPARE(row.failedAgain, 1);
    QCOMPARE(world.read(world.ids[0]).state, TriageState::Resolved);
    QCOMPARE(world.read(world.ids[1]).state, TriageState::FailedAgain);
    QCOMPARE(world.read(world.ids[2]).state, TriageState::Sent);
}

/// A retry topic: the consumer commits, and sets the message aside minutes later.
void ReplayStoreTest::whatComesBackAfterItWasConfirmedFailedAgain()
{
    StoredWorld world;
    const ReplayPlan plan = world.planAll();
    const QString jobId = world.jobOf(plan);
    const UtcTime before = world.clock.now();
    QVERIFY(world.runStored(jobId));
    const auto settle = [&] { return *settleEndedJobs(*world.stored, u"orders"_s, u"ada"_s, before); };
    const auto row = [&] {
        Database reader = *world.openReader();
        return *replayJob(reader, StateHolder::Alive, jobId);
    };
    world.commit(0, 100);
    world.commit(1, 100);
    world.commit(2, 100);
    QCOMPARE(settle(), lettersStored);
    QCOMPARE(row().confirmed, lettersStored);
    QCOMPARE(world.read(world.ids[1]).state, TriageState::Resolved);

    const auto failed = world.target.committed(jobId).at(plan.letters[1].replayOf).front();
    (void)world.add(Offset{99}, joined({failed.headers, springOriginals({}), springException({})}));
    QCOMPARE(settle(), 1);
    QCOMPARE(row().confirmed, lettersStored - 1);
    QCOMPARE(row().failedAgain, 1);
    QCOMPARE(world.read(world.ids[1]).state, TriageState::FailedAgain);
    QCOMPARE(world.read(world.ids[0]).state, TriageState::Resolved);

    // Written twice, or forged: nothing is new, and nobody looks for ever.
    (void)world.add(Offset{100}, joined({failed.headers, springOriginals({}), springException({})}));
    (void)world.add(Offset{101}, joined({{{replayIdHeader, jobId.toUtf8()}, {replayOfHeader, "orders/9/9"}},
                                         springOriginals({}),
                                         springException({})}));
    QCOMPARE(settle(), 0);
    QCOMPARE(row().failedAgain, 1);
}

void ReplayStoreTest::whatWasClosedSinceThePlanStaysClosed_data()
{
    QTest::addColumn<bool>("isFresh");
    QTest::newRow("a job that is listed before it is run") << false;
    QTest::newRow("a job that runs while it is being listed") << true;
}

void ReplayStoreTest::whatWasClosedSinceThePlanStaysClosed()
{
    QFETCH(bool, isFresh);
    StoredWorld world;
    const ReplayPlan plan = world.planAll();
    const auto decide = [&](const QString& id, TriageState state) {
        const auto event = world.ledger->append(u"bob"_s, u"deadletter.triaged"_s, "{}");
        const Status applied = world.writer->write(
            [&](Database& database) { return applyTriageState(database, {id}, state, std::nullopt, event->seq); });
        QVERIFY2(applied, qPrintable(applied ? QString() : applied.error().detail));
    };
    decide(world.ids[0], TriageState::Archived);
    decide(world.ids[1], TriageState::Parked); // still open
    QString jobId;
    Result<ReplayReport> report;
    if (isFresh) {
        auto job = beginReplayJob(*world.stored, plan, planDigest(plan), {}, u"ada"_s, {}, world.clock,
                                  [&] { return world.random(); });
        QVERIFY(job);
        jobId = job->spec.jobId;
        StoredReplayLetters source(world.openReader);
        ReplayRunner runner({world.target, *world.stored, source, nullptr, world.clock, world.waiter, u"ada"_s, {}},
                            std::move(*job));
        report = runner.run(ReplayControl());
    } else {
        jobId = world.jobOf(plan);
        report = world.runStored(jobId);
    }
    QCOMPARE(report->state, JobState::Done);
    QCOMPARE(report->sent, lettersStored - 1);
    QCOMPARE(report->skipped, 1);
    QCOMPARE(world.target.committed(jobId).size(), std::size_t(lettersStored - 1));
    QCOMPARE(world.target.committed(jobId).count(plan.letters[0].replayOf), 0U);
    QCOMPARE(world.read(world.ids[0]).state, TriageState::Archived); // what a person made of it
    QCOMPARE(world.read(world.ids[1]).state, TriageState::Sent);
}

void ReplayStoreTest::aSecondGenerationKnowsTheFirst()
{
    StoredWorld world;
    const ReplayPlan plan = world.planAll();
    const QString jobId = world.jobOf(plan);
    QVERIFY(world.runStored(jobId));
    const auto failed = world.target.committed(jobId).at(plan.letters[0].replayOf).front();
    world.ids = {
        world.add(Offset{99}, joined({failed.headers, springOriginals({.offset = 500}), springException({})}))};
    const ReplayPlan again = world.planAll();
    QCOMPARE(again.letters.size(), 1U);
    QCOMPARE(again.letters[0].generation, 2);
    QCOMPARE(again.letters[0].replayOf, plan.letters[0].replayOf); // as first published, not as replayed
    const QString second = world.jobOf(again);
    QVERIFY(world.runStored(second));
    const Headers headers = world.target.committed(second).at(again.letters[0].replayOf).front().headers;
    QCOMPARE(std::count_if(headers.begin(), headers.end(),
                           [](const Header& h) { return h.name.startsWith("spillway-replay-"); }),
             3);
    QVERIFY(std::find(headers.begin(), headers.end(), Header{replayIdHeader, second.toUtf8()}) != headers.end());
}

QTEST_GUILESS_MAIN(ReplayStoreTest)
#include "tst_replaystore.moc"
