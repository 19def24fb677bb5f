// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayoptions.h"
#include "model/replay/replayplan.h"
#include "model/replay/replayplanfile.h"
#include "tests/support/manualclock.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

PlanCandidate candidate(int number, const QString& channel = u"order-events.DLT"_s)
{
    PlanCandidate letter;
    letter.letterId = channel + u'-' + QString::number(number);
    letter.connection = u"orders"_s;
    letter.clusterId = u"cluster-1"_s;
    letter.at = {channel, number % 2};
    letter.offset = Offset{number};
    letter.digest = 0xfedcba9876543210U + static_cast<unsigned>(number);
    letter.sizeBytes = 100;
    letter.recordTimestamp = utcFromMs(1'789'900'000'000);
    letter.dialect = u"spring-dlpr"_s;
    letter.originTopic = u"orders"_s;
    letter.originPartition = 1;
    letter.originOffset = Offset{1000 + number};
    letter.originTimestamp = utcFromMs(1'789'000'000'000);
    letter.consumerGroup = u"billing"_s;
    letter.firstSeenAt = utcFromMs(1'789'950'000'000);
    return letter;
}

PlanWorld world(Capabilities capabilities = {true, true, true, true, true})
{
    return {capabilities,
            [](const QString& topic) -> Result<int> {
                if (topic == u"gone" || topic.startsWith(u"persistent:"_s))
                    return fail(ErrorCode::NotFound, u"no such topic"_s);
                if (topic == u"down")
                    return fail(ErrorCode::Unreachable, u"broker is down; start it"_s);
                if (topic == u"__consumer_offsets")
                    return fail(ErrorCode::Unsupported, u"the broker's own"_s);
                return 3;
            },
            [](const QString&, const QString&) {
                return StripRule{{"x-error"}, {"kafka_dlt-"}};
            },
            [](const QString& topic) -> Result<std::optional<bool>> {
                return topic == u"secret" ? std::nullopt : std::optional(topic == u"compacted");
            }};
}

std::uint64_t counting()
{
    static std::uint64_t number = 0;
    return ++number;
}

Result<ReplayPlan> planOf(const std::vector<PlanCandidate>& letters,
                          const PlanRequest& request = {u"orders"_s, u"age>1h"_s, {}, 17})
{
    return makePlan(request, letters, world(), test::ManualClock(), counting);
}

} // namespace

Q_DECLARE_METATYPE(PlanCandidate)

class ReplayPlanTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void identifiersSortByTime();
    void lettersStayOutForAReason_data();
    void lettersStayOutForAReason();
    void lettersGoWhereTheyCameFrom_data();
    void lettersGoWhereTheyCameFrom();
    void theOrderIsChannelPartitionOffset();
    void aFailureThatWasWrittenTwiceIsSentOnce_data();
    void aFailureThatWasWrittenTwiceIsSentOnce();
    void anUnreachableTargetIsNoPlan();
    void aLetterKnowsItsConsumersGroup();
    void theGuaranteeIsTheBrokers_data();
    void theGuaranteeIsTheBrokers();
    void aPlanFileComesBackEqual();
    void aChangedPlanIsRefused_data();
    void aChangedPlanIsRefused();
    void theSummaryIsTheContracts();
    void headersGoBackAsTheyWere_data();
    void headersGoBackAsTheyWere();
    void lettersReadByShapeGoBackWithoutIt();
    void envelopesGoBackWithoutTheirShell();
    void aReplayNamesTheRecordOnlyWhereItIsTheLetters_data();
    void aReplayNamesTheRecordOnlyWhereItIsTheLetters();
    void replayOfIsReadBack_data();
    void replayOfIsReadBack();
    void stopRules_data();
    void stopRules();
    void stopRulesAreExact();
    void canaries_data();
    void canaries();
    void optionsHaveTheirDefaults();
};

void ReplayPlanTest::identifiersSortByTime()
{
    const QString early = makeReplayId(utcFromMs(1'790'000'000'000), counting);
    const QString late = makeReplayId(utcFromMs(1'790'000'000'001), counting);
    QVERIFY(early < late);
    QVERIFY(isReplayId(early) && isReplayId(late));
    QVERIFY(early != makeReplayId(utcFromMs(1'790'000'000'000), counting));
    QVERIFY(!isReplayId(u"01ARZ3NDEKTSV4RRFFQ69G5FAI"_s));
    QVERIFY(!isReplayId(u"short"_s));
}

void ReplayPlanTest::lettersStayOutForAReason_data()
{
    QTest::addColumn<PlanCandidate>("letter");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, auto change, const QString& reason, const QString& to = {}) {
        PlanCandidate letter = candidate(4);
        change(letter);
        QTest::newRow(name) << letter << to << reason;
    };
    row("an open letter with an origin goes in", [](PlanCandidate&) {}, {});
    row(
        "another connection's", [](PlanCandidate& l) { l.connection = u"stock"_s; },
        u"belongs to connection stock: plan it apart"_s);
    row(
        "archived", [](PlanCandidate& l) { l.state = TriageState::Archived; }, u"not open: archived"_s);
    row(
        "resolved", [](PlanCandidate& l) { l.state = TriageState::Resolved; }, u"not open: resolved"_s);
    row("parked is open", [](PlanCandidate& l) { l.state = TriageState::Parked; }, {});
    row(
        "sent and not settled",
        [](PlanCandidate& l) {
            l.state = TriageState::Sent;
            l.lastJob = u"J1"_s;
        },
        u"already sent by job J1 and not settled"_s);
    row(
        "outcome unknown",
        [](PlanCandidate& l) {
            l.state = TriageState::Unknown;
            l.lastJob = u"J1"_s;
        },
        u"already sent by job J1 and not settled"_s);
    row(
        "failed again: the newer letter goes",
        [](PlanCandidate& l) {
            l.state = TriageState::FailedAgain;
            l.lastJob = u"J1"_s;
        },
        u"failed again after job J1: its newer letter counts"_s);
    row("a person took it back after a replay",
        [](PlanCandidate& l) {
            l.state = TriageState::New;
            l.lastJob = u"J1"_s;
        },
        {});
    row(
        "in a job that is not over", [](PlanCandidate& l) { l.activeJob = u"J2"_s; },
        u"in job J2, which is not over"_s);
    row(
        "a pointer", [](PlanCandidate& l) { l.isPointer = true; },
        u"only a pointer: the payload is not in the letter; rescue it first"_s);
    row(
        "a pointer stays one with --to", [](PlanCandidate& l) { l.isPointer = true; },
        u"only a pointer: the payload is not in the letter; rescue it first"_s, u"elsewhere"_s);
    row(
        "erased", [](PlanCandidate& l) { l.erased = u"erased by anna on MONDAY: asked to"_s; },
        u"erased by anna on MONDAY: asked to"_s);
    row(
        "an erased pointer",
        [](PlanCandidate& l) {
            l.isPointer = true;
            l.erased = u"erased by anna on MONDAY: asked to"_s;
        },
        u"erased by anna on MONDAY: asked to"_s);
    row(
        "no origin", [](PlanCandidate& l) { l.originTopic.reset(); },
        u"no origin topic known: name a target with --to"_s);
    row(
        "no origin, but a target", [](PlanCandidate& l) { l.originTopic.reset(); }, {}, u"elsewhere"_s);
    row(
        "an origin that the framework empties itself", [](PlanCandidate& l) { l.originIsInternal = true; },
        u"origin is a topic that its framework empties itself: name a target with --to"_s);
    row(
        "the target is gone", [](PlanCandidate& l) { l.originTopic = u"gone"_s; },
        u"target topic gone does not exist"_s);
    row(
        "an origin that only Pulsar calls so",
        [](PlanCandidate& l) { l.originTopic = u"persistent://acme/shop/orders"_s; },
        u"origin persistent://acme/shop/orders is Pulsar's name, and no topic here is called so: what the bridge calls "
        "it is told nowhere, so name a target with --to"_s);
    row(
        "the named target is gone", [](PlanCandidate&) {}, u"target topic gone does not exist"_s, u"gone"_s);
    row(
        "an origin that is the broker's own", [](PlanCandidate& l) { l.originTopic = u"__consumer_offsets"_s; },
        u"target topic __consumer_offsets is the broker's own: name another with --to"_s);
    row(
        "a named target that is the broker's own", [](PlanCandidate&) {},
        u"target topic __consumer_offsets is the broker's own: name another with --to"_s, u"__consumer_offsets"_s);
    const auto withoutKey = [](PlanCandidate& l) { l.hasKey = false; };
    row("no key, to a compacted topic", withoutKey,
        u"target topic compacted is compacted and takes no message without a key"_s, u"compacted"_s);
    row("no key, to another topic", withoutKey, {}, u"elsewhere"_s);
    row("no key, where nobody may say whether it is compacted", withoutKey, {}, u"secret"_s);
    row(
        "a key, to a compacted topic", [](PlanCandidate&) {}, {}, u"compacted"_s);
    row("no key, and the target is gone", withoutKey, u"target topic gone does not exist"_s, u"gone"_s);
    row(
        "first seen after the cut-off", [](PlanCandidate& l) { l.firstSeenAt = utcFromMs(1'790'000'000'001); },
        u"seen after the cut-off"_s);
}

void ReplayPlanTest::lettersStayOutForAReason()
{
    QFETCH(PlanCandidate, letter);
    QFETCH(QString, to);
    QFETCH(QString, reason);
    const auto plan = planOf({letter}, {u"orders"_s, {}, to.isEmpty() ? std::nullopt : std::optional(to), 0});
    QVERIFY(plan);
    QCOMPARE(plan->letters.size(), reason.isEmpty() ? 1U : 0U);
    QCOMPARE(plan->blocked.size(), reason.isEmpty() ? 0U : 1U);
    if (!reason.isEmpty())
        QCOMPARE(plan->blocked.front(), (PlanCount{reason, 1}));
}

void ReplayPlanTest::lettersGoWhereTheyCameFrom_data()
{
    QTest::addColumn<PlanCandidate>("letter");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("target");
    QTest::addColumn<int>("partition"); // -1: by key
    QTest::addColumn<int>("generation");
    QTest::addColumn<QByteArray>("replayOf");
    const auto row = [](const char* name, auto change, const QString& to, const QString& target, int partition,
                        int generation, const QByteArray& replayOf) {
        PlanCandidate letter = candidate(4);
        change(letter);
        QTest::newRow(name) << letter << to << target << partition << generation << replayOf;
    };
    const QByteArray origin = "orders/1/1004@1789000000000";
    row(
        "to its origin", [](PlanCandidate&) {}, {}, u"orders"_s, 1, 1, origin);
    row(
        "to another topic, same partition", [](PlanCandidate&) {}, u"retry"_s, u"retry"_s, 1, 1, origin);
    row(
        "the last partition there is", [](PlanCandidate& l) { l.originPartition = 2; }, {}, u"orders"_s, 2, 1,
        "orders/2/1004@1789000000000");
    row(
        "a partition that is not there any more", [](PlanCandidate& l) { l.originPartition = 3; }, {}, u"orders"_s, -1,
        1, "orders/3/1004@1789000000000");
    row(
        "a partition that never was", [](PlanCandidate& l) { l.originPartition = -1; }, {}, u"orders"_s, -1, 1,
        "letter:order-events.DLT/0/4@1789900000000");
    row(
        "partition unknown: named by the letter's own place", [](PlanCandidate& l) { l.originPartition.reset(); }, {},
        u"orders"_s, -1, 1, "letter:order-events.DLT/0/4@1789900000000");
    row(
        "origin's time unknown", [](PlanCandidate& l) { l.originTimestamp.reset(); }, {}, u"orders"_s, 1, 1,
        "orders/1/1004");
    row(
        "replayed twice before", [](PlanCandidate& l) { l.replayGeneration = 2; }, {}, u"orders"_s, 1, 3, origin);
    row(
        "nonsense in the generation's header", [](PlanCandidate& l) { l.replayGeneration = -7; }, {}, u"orders"_s, 1, 1,
        origin);
}

void ReplayPlanTest::lettersGoWhereTheyCameFrom()
{
    QFETCH(PlanCandidate, letter);
    QFETCH(QString, to);
    QFETCH(QString, target);
    QFETCH(int, partition);
    QFETCH(int, generation);
    QFETCH(QByteArray, replayOf);
    const auto plan = planOf({letter}, {u"orders"_s, {}, to.isEmpty() ? std::nullopt : std::optional(to), 0});
    QVERIFY(plan && plan->letters.size() == 1);
    const PlanLetter& planned = plan->letters.front();
    QCOMPARE(planned.target, target);
    QCOMPARE(planned.targetPartition.value_or(-1), partition);
    QCOMPARE(planned.generation, generation);
    QCOMPARE(planned.replayOf, replayOf);
    QCOMPARE(plan->targets, (std::vector<PlanCount>{{target, 1}}));
}

void ReplayPlanTest::theOrderIsChannelPartitionOffset()
{
    const auto plan =
        planOf({candidate(12), candidate(3), candidate(2, u"a.DLT"_s), candidate(2), candidate(12), candidate(5)});
    QVERIFY(plan);
    QStringList ids;
    for (const PlanLetter& letter : plan->letters)
        ids << letter.letterId;
    QCOMPARE(ids, (QStringList{u"a.DLT-2"_s, u"order-events.DLT-2"_s, u"order-events.DLT-12"_s, u"order-events.DLT-3"_s,
                               u"order-events.DLT-5"_s}));
    QCOMPARE(plan->bytes, 500);
    QCOMPARE(plan->stripRules.size(), 2U); // one per dialect and channel
    QCOMPARE(plan->ledgerSeq, 17);
}

void ReplayPlanTest::aFailureThatWasWrittenTwiceIsSentOnce_data()
{
    QTest::addColumn<PlanCandidate>("second");
    QTest::addColumn<bool>("isSame");
    QTest::addColumn<std::size_t>("messages");
    PlanCandidate twin = candidate(3);
    twin.originOffset = candidate(1).originOffset;
    QTest::newRow("origin, key and payload are the same") << twin << true << std::size_t{1};
    QTest::newRow("another payload under one origin is no twin") << twin << false << std::size_t{2};
    QTest::newRow("another origin is another message") << candidate(3) << true << std::size_t{2};
    PlanCandidate others = twin;
    others.consumerGroup = u"stock"_s;
    QTest::newRow("another group failed at it by itself") << others << true << std::size_t{2};
    PlanCandidate placeless = twin;
    placeless.originOffset.reset();
    QTest::newRow("without an origin nobody can tell") << placeless << true << std::size_t{2};
}

void ReplayPlanTest::aFailureThatWasWrittenTwiceIsSentOnce()
{
    QFETCH(PlanCandidate, second);
    QFETCH(bool, isSame);
    QFETCH(std::size_t, messages);
    PlanWorld here = world();
    int asked = 0;
    here.isSameRecord = [&](const QString& one, const QString& other) -> Result<bool> {
        ++asked;
        return isSame && one == candidate(1).letterId && other == candidate(3).letterId;
    };
    const auto plan =
        makePlan({u"orders"_s, u"age>1h"_s, {}, 17}, {second, candidate(1)}, here, test::ManualClock(), counting);
    QVERIFY(plan);
    QCOMPARE(plan->letters.size(), messages);
    QCOMPARE(plan->letters.front().letterId, candidate(1).letterId);
    QCOMPARE(plan->blocked.size(), 2 - messages);
    QVERIFY(asked <= 1);
    here.isSameRecord = [](const QString&, const QString&) -> Result<bool> {
        return fail(ErrorCode::Corrupt, u"the store cannot be read"_s);
    };
    if (asked)
        QCOMPARE(makePlan({u"orders"_s, {}, {}, 17}, {second, candidate(1)}, here, test::ManualClock(), counting)
                     .error()
                     .code,
                 ErrorCode::Corrupt);
}

void ReplayPlanTest::anUnreachableTargetIsNoPlan()
{
    PlanCandidate letter = candidate(1);
    letter.originTopic = u"down"_s;
    const auto plan = planOf({letter});
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::Unreachable);
    QVERIFY(plan.error().detail.contains(u"down"_s));
    QCOMPARE(planOf({candidate(1)}, {u"orders"_s, {}, QString(), 0}).error().code, ErrorCode::InvalidConfig);
}

void ReplayPlanTest::aLetterKnowsItsConsumersGroup()
{
    OwnedEvent event;
    event.eventType = u"order.created"_s;
    ConsumerEntry entry;
    entry.service = u"payment-service"_s;
    entry.consumerGroup = u"payments"_s;
    event.consumers = {entry};
    const Catalog catalog({event}, {}, {});
    DeadLetter letter;
    QCOMPARE(planCandidate(letter, catalog).consumerGroup, std::nullopt);
    letter.consumer = u"payment-service"_s;
    letter.eventType = u"order.created"_s;
    QCOMPARE(planCandidate(letter, catalog).consumerGroup, u"payments"_s);
    letter.facts.consumerGroup = u"told by the letter"_s;
    QCOMPARE(planCandidate(letter, catalog).consumerGroup, u"told by the letter"_s);
    QVERIFY(!planCandidate(letter, catalog).hasKey);
    letter.record.key = QByteArray("");
    QVERIFY(planCandidate(letter, catalog).hasKey);
    // uForwarder's metadata stands in the place of the key: topic, partition, offset, time; without and with a key
    // within.
    letter.record.key = QByteArray::fromHex("12066f7264657273180320b8b0052880d0dfb4ab33");
    letter.facts.dialect = u"uforwarder"_s;
    QVERIFY(!planCandidate(letter, catalog).hasKey);
    letter.record.key = *letter.record.key + QByteArray::fromHex("3201") + "k";
    QVERIFY(planCandidate(letter, catalog).hasKey);
}

void ReplayPlanTest::theGuaranteeIsTheBrokers_data()
{
    QTest::addColumn<bool>("transactions");
    QTest::addColumn<bool>("readsCommitted");
    QTest::addColumn<qint64>("messages");
    QTest::addColumn<QString>("guarantee");
    QTest::newRow("transactions that readers can tell") << true << true << qint64{10} << u"exactly once, verified"_s;
    QTest::newRow("transactions that nobody can verify")
        << true << false << qint64{10} << u"at least once, up to 10 in doubt"_s;
    QTest::newRow("no transactions") << false << true << qint64{10} << u"at least once, up to 10 in doubt"_s;
    QTest::newRow("never more than a batch in doubt")
        << false << false << qint64{20'000} << u"at least once, up to 5000 in doubt"_s;
}

void ReplayPlanTest::theGuaranteeIsTheBrokers()
{
    QFETCH(bool, transactions);
    QFETCH(bool, readsCommitted);
    QFETCH(qint64, messages);
    QTEST(replayGuarantee({.transactionalReplay = transactions, .readsCommittedOnly = readsCommitted}, messages),
          "guarantee");
}

void ReplayPlanTest::aPlanFileComesBackEqual()
{
    PlanCandidate odd = candidate(9, u"straße \"x\"\n.DLT"_s);
    odd.consumerGroup.reset();
    odd.originPartition = 77;
    const auto plan = planOf({candidate(1), candidate(2), odd, PlanCandidate()},
                             {u"orders"_s, u"error~\"time(d )?out\""_s, u"retry"_s, 3});
    QVERIFY(plan);
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"p.plan"_s);
    QVERIFY(writePlan(*plan, file));
    QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
             QFile::Permissions());
    const auto back = readPlan(file);
    QVERIFY2(back, qPrintable(back ? QString() : back.error().detail));
    QCOMPARE(*back, *plan);
    QCOMPARE(planDigest(*back), planDigest(*plan));
    QVERIFY(renderPlan(*plan).contains(planDigest(*plan).toLatin1()));
    QCOMPARE(planDigest(*plan).size(), 64);
    QCOMPARE(readPlan(folder.filePath(u"none"_s)).error().code, ErrorCode::NotFound);
    QCOMPARE(readPlan(folder.path()).error().code, ErrorCode::InvalidConfig);
    QVERIFY(readPlan(folder.path()).error().detail.contains(u"it is a folder"_s));
    const auto empty = planOf({});
    QCOMPARE(*parsePlan(renderPlan(*empty)), *empty);
    QCOMPARE(writePlan(*plan, u"/nowhere/at/all"_s).error().code, ErrorCode::Unreachable);
}

void ReplayPlanTest::aChangedPlanIsRefused_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("another target") << QByteArray("\"target\":\"orders\"") << QByteArray("\"target\":\"orderz\"");
    QTest::newRow("another offset") << QByteArray("\"offset\":3,") << QByteArray("\"offset\":4,");
    QTest::newRow("another digest of a letter") << QByteArray("\"digest\":\"fedc") << QByteArray("\"digest\":\"0edc");
    QTest::newRow("another digest of the plan") << QByteArray("\"digest\": \"") << QByteArray("\"digest\": \"0");
    QTest::newRow("a field added") << QByteArray("\"partition\":1,\"offset\":3")
                                   << QByteArray("\"partition\":1,\"x\":1,\"offset\":3");
    QTest::newRow("a space added") << QByteArray("\"offset\":3") << QByteArray("\"offset\": 3");
    QTest::newRow("a line end changed") << QByteArray("[\n{\"id\"") << QByteArray("[\r\n{\"id\"");
    QTest::newRow("another version") << QByteArray("\"version\":1") << QByteArray("\"version\":2");
    QTest::newRow("another format") << QByteArray("spillway replay plan") << QByteArray("some replay plan");
    QTest::newRow("the end cut off") << QByteArray("\"}\n") << QByteArray();
    QTest::newRow("the last newline cut off") << QByteArray("\"}\n") << QByteArray("\"}");
    QTest::newRow("something after it") << QByteArray("\"}\n") << QByteArray("\"}\n\n");
    QTest::newRow("a better guarantee") << QByteArray("exactly once, verified")
                                        << QByteArray("exactly twice, verified");
    QTest::newRow("another query") << QByteArray("age>1h") << QByteArray("age>2h");
}

void ReplayPlanTest::aChangedPlanIsRefused()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QByteArray bytes = renderPlan(*planOf({candidate(1), candidate(3)}));
    QVERIFY(parsePlan(bytes));
    QVERIFY2(bytes.contains(before), bytes.constData());
    const auto changed = parsePlan(bytes.replace(before, after));
    QVERIFY(!changed);
    QCOMPARE(changed.error().code, ErrorCode::InvalidConfig);
    QVERIFY(changed.error().detail.contains(u"make a new plan"_s));

    ReplayPlan reordered = *planOf({candidate(1), candidate(3)});
    std::swap(reordered.letters[0], reordered.letters[1]);
    const auto resealed = parsePlan(renderPlan(reordered));
    QVERIFY2(!resealed, "sealed again after reordering");
    ReplayPlan twice = *planOf({candidate(1)});
    twice.letters.push_back(twice.letters[0]);
    QVERIFY2(!parsePlan(renderPlan(twice)), "one letter twice, sealed again");
}

void ReplayPlanTest::theSummaryIsTheContracts()
{
    PlanCandidate archived = candidate(8);
    archived.state = TriageState::Archived;
    const auto plan = planOf({candidate(1), candidate(3), archived});
    const QByteArray expected = "{\"planId\":\"" + plan->planId.toUtf8() +
                                "\",\"messages\":2,\"bytes\":200,\"targets\":[{\"topic\":\"orders\",\"messages\":2}],"
                                "\"blocked\":[{\"reason\":\"not open: archived\",\"messages\":1}],"
                                "\"guarantee\":\"exactly once, verified\",\"headers\":{"
                                "\"leftBehind\":[{\"name\":\"x-error\",\"messages\":2}],"
                                "\"sent\":[{\"name\":\"own\",\"messages\":1}],\"uncounted\":0,\"choices\":[]},"
                                "\"digest\":\"" +
                                planDigest(*plan).toUtf8() + "\"}";
    QCOMPARE(writePlanSummaryJson(*plan, {.names = {{"x-error", 2, false}, {"own", 1, true}}, .uncounted = 0}),
             expected);
    QCOMPARE(connectionToPlan({candidate(1), archived}), u"orders"_s);
    QCOMPARE(connectionToPlan({}), QString());
}

void ReplayPlanTest::headersGoBackAsTheyWere_data()
{
    QTest::addColumn<Headers>("letter");
    QTest::addColumn<Headers>("kept");
    using Value = std::optional<QByteArray>;
    QTest::newRow("none") << Headers{} << Headers{};
    QTest::newRow("order, duplicates, null and empty values stay")
        << Headers{{"b", "1"}, {"a", Value()}, {"b", "2"}, {"c", ""}, {"b", "1"}}
        << Headers{{"b", "1"}, {"a", Value()}, {"b", "2"}, {"c", ""}, {"b", "1"}};
    QTest::newRow("bytes that are no text stay") << Headers{{QByteArray("\xff\x00", 2), QByteArray("\x00\xfe", 2)}}
                                                 << Headers{{QByteArray("\xff\x00", 2), QByteArray("\x00\xfe", 2)}};
    QTest::newRow("the error's headers go, by prefix and by name") << Headers{{"kafka_dlt-exception-fqcn", "x"},
                                                                              {"keep", "1"},
                                                                              {"x-error", "y"},
                                                                              {"kafka_dlt-original-topic", "t"}}
                                                                   << Headers{{"keep", "1"}};
    QTest::newRow("names that only resemble stay")
        << Headers{{"x-error-2", "1"}, {"X-Error", "2"}, {"Kafka_dlt-x", "3"}, {"my-kafka_dlt-x", "4"}}
        << Headers{{"x-error-2", "1"}, {"X-Error", "2"}, {"Kafka_dlt-x", "3"}, {"my-kafka_dlt-x", "4"}};
    QTest::newRow("an earlier replay's headers are replaced") << Headers{{"spillway-replay-id", "OLD"},
                                                                         {"k", "v"},
                                                                         {"spillway-replay-generation", "1"},
                                                                         {"spillway-replay-of", "t/0/1"}}
                                                              << Headers{{"k", "v"}};
}

void ReplayPlanTest::headersGoBackAsTheyWere()
{
    QFETCH(Headers, letter);
    QFETCH(Headers, kept);
    const StripRule rule{{"x-error"}, {"kafka_dlt-"}};
    kept.push_back({"spillway-replay-id", "JOB"});
    kept.push_back({"spillway-replay-generation", "2"});
    kept.push_back({"spillway-replay-of", "orders/1/7@9"});
    QCOMPARE(outgoingHeaders(letter, rule, "JOB", 2, "orders/1/7@9"), kept);
}

void ReplayPlanTest::envelopesGoBackWithoutTheirShell()
{
    PlanCandidate unknown = candidate(1);
    unknown.payloadRefusal = u"an envelope"_s;
    PlanCandidate broken = candidate(2);
    broken.payloadRefusal = u"nothing there"_s;
    broken.isSentWhole = false;
    const auto plan = planOf({unknown, broken, candidate(3)});
    QCOMPARE(plan->letters.size(), std::size_t{1});
    QCOMPARE(plan->blocked, (std::vector<PlanCount>{{u"an envelope"_s, 1}, {u"nothing there"_s, 1}}));
    const auto elsewhere = planOf({unknown, broken, candidate(3)}, {u"orders"_s, {}, u"retry"_s, 0});
    QCOMPARE(elsewhere->letters.size(), std::size_t{2});
    QCOMPARE(elsewhere->blocked, (std::vector<PlanCount>{{u"nothing there"_s, 1}}));

    const StripRule rule{{}, {}, {}, PayloadPlace{u"/payload"_s, PayloadPlace::As::Json}};
    const QByteArray envelope = R"({"error":"e","payload":{ "n":1.50 }})";
    QCOMPARE(outgoingValue(envelope, rule).value(), std::optional(QByteArray(R"({ "n":1.50 })")));
    QCOMPARE(outgoingValue(envelope, {}).value(), std::optional(envelope));
    QCOMPARE(outgoingValue(std::nullopt, {}).value(), std::nullopt);
    QVERIFY(!outgoingValue(QByteArray("{}"), rule));
    QVERIFY(!outgoingValue(std::nullopt, rule));
}

void ReplayPlanTest::aReplayNamesTheRecordOnlyWhereItIsTheLetters_data()
{
    QTest::addColumn<QByteArray>("of");
    QTest::addColumn<bool>("hasPlace"); // whether the letter tells its origin
    QTest::addColumn<bool>("isKept");
    QTest::newRow("the origin, first published") << QByteArray("orders/1/7@9") << true << true;
    QTest::newRow("a letter's place, and nothing better is known") << QByteArray("letter:o.DLT/0/4@9") << false << true;
    QTest::newRow("a letter's place, and the origin is known by now")
        << QByteArray("letter:o.DLT/0/4@9") << true << false;
    QTest::newRow("another topic: a consumer published with what it read")
        << QByteArray("payments/1/7@9") << true << false;
    QTest::newRow("the letter's own topic") << QByteArray("orders.DLT/0/4@9") << true << false;
    QTest::newRow("nothing that can be read") << QByteArray("orders/x/7") << true << false;
}

void ReplayPlanTest::aReplayNamesTheRecordOnlyWhereItIsTheLetters()
{
    QFETCH(QByteArray, of);
    QFETCH(bool, hasPlace);
    QFETCH(bool, isKept);
    DeadLetter letter;
    letter.record.at = {u"orders.DLT"_s, 0};
    letter.facts.originTopic = u"orders"_s;
    if (hasPlace) {
        letter.facts.originPartition = 1;
        letter.facts.originOffset = Offset{7};
    }
    letter.facts.replayId = QByteArray("JOB");
    letter.facts.replayOf = of;
    QCOMPARE(planCandidate(letter, Catalog()).replayOf, isKept ? std::optional(of) : std::nullopt);
}

void ReplayPlanTest::lettersReadByShapeGoBackWithoutIt()
{
    const StripRule generic{{}, {}, u"generic"_s};
    const Headers letter{
        {"X-Original-Topic", "orders"},     {"x_original_offset", "17"}, {"x-exception-class", "com.acme.Broken"},
        {"x-error-message", "no stock"},    {"source", "shop"},          {"traceparent", "00-1"},
        {"x-original-partition", "no one"}, {"error-budget", "3"}};
    const Headers kept{{"source", "shop"},
                       {"traceparent", "00-1"},
                       {"x-original-partition", "no one"}, // it told nothing
                       {"error-budget", "3"},
                       {"spillway-replay-id", "JOB"},
                       {"spillway-replay-generation", "1"},
                       {"spillway-replay-of", "orders/1/7@9"}};
    QCOMPARE(outgoingHeaders(letter, generic, "JOB", 1, "orders/1/7@9"), kept);
    // DLQMetadata { topic: orders, partition: 3, offset: 88120, timestamp, data: order-4711 }
    RawRecord wrapped;
    wrapped.key = QByteArray::fromHex("120666616c73651803");
    const StripRule proxy{{}, {}, u"uforwarder"_s};
    QCOMPARE(outgoingKey(wrapped, proxy), wrapped.key); // no metadata: as it was
    const QByteArray head = QByteArray::fromHex("12066f7264657273180320b8b0052880d0dfb4ab33");
    wrapped.key = head + QByteArray::fromHex("320a") + "order-4711";
    QCOMPARE(outgoingKey(wrapped, proxy), std::optional<QByteArray>("order-4711"));
    QCOMPARE(outgoingKey(wrapped, StripRule{}), wrapped.key);
    wrapped.key = head; // the record had no key
    QCOMPARE(outgoingKey(wrapped, proxy), std::optional<QByteArray>());
    // The same in a header, which does not go back.
    const Headers withHeader{{"meta", head}, {"own", "1"}};
    QCOMPARE(outgoingHeaders(withHeader, proxy, "JOB", 1, "orders/1/7@9").front(), (Header{"own", "1"}));
    QCOMPARE(outgoingHeaders(withHeader, StripRule{}, "JOB", 1, "orders/1/7@9").front(), withHeader.front());
    // In the place of the value: what it holds goes back.
    const StripRule inValue{{}, {}, {}, payloadPlaceFrom(u"/data"_s, u"uforwarder")};
    const QByteArray envelope = head + QByteArray::fromHex("3202") + "{}" + QByteArray::fromHex("3801");
    QCOMPARE(outgoingValue(envelope, inValue).value(), std::optional<QByteArray>("{}"));
    QVERIFY(!outgoingValue(head, inValue)); // whether it was empty or null is not told
    QVERIFY(!outgoingValue(QByteArray("{}"), inValue));
}

void ReplayPlanTest::replayOfIsReadBack_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("with its time") << QByteArray("orders/3/88120@1790000000000") << true;
    QTest::newRow("without") << QByteArray("orders/3/88120") << true;
    QTest::newRow("a name with slashes, which no topic has") << QByteArray("a/b/c/3/88120@1") << false;
    QTest::newRow("a name with an at, which no topic has") << QByteArray("a@b/3/88120@1") << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("no topic") << QByteArray("/3/1") << false;
    QTest::newRow("no partition") << QByteArray("orders//1") << false;
    QTest::newRow("only two parts") << QByteArray("orders/1") << false;
    QTest::newRow("an offset that is none") << QByteArray("orders/1/x") << false;
    QTest::newRow("a time that is none") << QByteArray("orders/1/2@") << false;
    QTest::newRow("a partition beyond what there is") << QByteArray("orders/99999999999/2") << false;
    QTest::newRow("an offset beyond what there is") << QByteArray("orders/9/99999999999999999999") << false;
    QTest::newRow("far too long") << QByteArray(600, 'a') + "/1/2" << false;
}

void ReplayPlanTest::replayOfIsReadBack()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isOne);
    const auto origin = parseReplayOf(value);
    QCOMPARE(origin.has_value(), isOne);
    if (origin)
        QCOMPARE(replayOfValue(*origin), value);
}

void ReplayPlanTest::stopRules_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("written"); // empty: refused
    QTest::newRow("over ten percent") << u"failed>10%"_s << u"failed>10%"_s;
    QTest::newRow("spaces are welcome") << u" failed >= 2.50 % "_s << u"failed>=2.5%"_s;
    QTest::newRow("any failure") << u"failed>0%"_s << u"failed>0%"_s;
    QTest::newRow("all") << u"failed>=100%"_s << u"failed>=100%"_s;
    QTest::newRow("a ten-thousandth of a percent") << u"failed>0.0001%"_s << u"failed>0.0001%"_s;
    QTest::newRow("no percent sign: of what?") << u"failed>10"_s << QString();
    QTest::newRow("more than all") << u"failed>100.1%"_s << QString();
    QTest::newRow("the wrong way round") << u"failed<10%"_s << QString();
    QTest::newRow("something else") << u"confirmed>10%"_s << QString();
    QTest::newRow("negative") << u"failed>-1%"_s << QString();
    QTest::newRow("nothing") << u""_s << QString();
    QTest::newRow("more behind it") << u"failed>10% or so"_s << QString();
}

void ReplayPlanTest::stopRules()
{
    QFETCH(QString, text);
    QFETCH(QString, written);
    const auto rule = parseStopRule(text);
    QCOMPARE(rule.has_value(), !written.isEmpty());
    if (rule) {
        QCOMPARE(rule->toString(), written);
        QCOMPARE(*parseStopRule(rule->toString()), *rule);
    } else {
        QCOMPARE(rule.error().code, ErrorCode::InvalidConfig);
        QVERIFY(rule.error().detail.contains(u"failed>10%"_s));
    }
}

void ReplayPlanTest::stopRulesAreExact()
{
    const StopRule over = *parseStopRule(u"failed>10%"_s);
    QVERIFY(!over.isBroken(1, 10));
    QVERIFY(over.isBroken(2, 10));
    QVERIFY(!over.isBroken(0, 0));
    QVERIFY(parseStopRule(u"failed>=10%"_s)->isBroken(1, 10));
    QVERIFY(!parseStopRule(u"failed>=0%"_s)->isBroken(0, 0));
    QVERIFY(!parseStopRule(u"failed>33.3333%"_s)->isBroken(333'333, 1'000'000));
    QVERIFY(parseStopRule(u"failed>33.3333%"_s)->isBroken(333'334, 1'000'000));
}

void ReplayPlanTest::canaries_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("messages");
    QTest::addColumn<QList<int>>("ends"); // empty: refused
    QTest::newRow("one, ten, the rest") << u"1,10,all"_s << 100 << QList<int>{1, 11, 100};
    QTest::newRow("all is implied") << u"1,10"_s << 100 << QList<int>{1, 11, 100};
    QTest::newRow("only all") << u"all"_s << 100 << QList<int>{100};
    QTest::newRow("fewer messages than the steps ask") << u"1,10,all"_s << 5 << QList<int>{1, 5};
    QTest::newRow("exactly as many") << u"1,4"_s << 5 << QList<int>{1, 5};
    QTest::newRow("spaces") << u" 1 , 10 , all "_s << 12 << QList<int>{1, 11, 12};
    QTest::newRow("all before the end") << u"all,1"_s << 5 << QList<int>{};
    QTest::newRow("a step of nothing") << u"0,all"_s << 5 << QList<int>{};
    QTest::newRow("no number") << u"one,all"_s << 5 << QList<int>{};
    QTest::newRow("a hole") << u"1,,all"_s << 5 << QList<int>{};
}

void ReplayPlanTest::canaries()
{
    QFETCH(QString, text);
    QFETCH(int, messages);
    QFETCH(QList<int>, ends);
    const auto sizes = parseCanary(text);
    QCOMPARE(sizes.has_value(), !ends.isEmpty());
    if (!sizes) {
        QVERIFY(sizes.error().detail.contains(u"1,10,all"_s));
        return;
    }
    QList<int> found;
    for (const std::size_t end : stepEnds(*sizes, static_cast<std::size_t>(messages)))
        found << static_cast<int>(end);
    QCOMPARE(found, ends);
    QVERIFY(stepEnds(*sizes, 0).empty());
}

void ReplayPlanTest::optionsHaveTheirDefaults()
{
    QCOMPARE(*parseReplayOptions({}, {}, {}, {}), ReplayOptions());
    const auto full = parseReplayOptions(u"50"_s, u"1,all"_s, {}, u"failed>10%"_s);
    QCOMPARE(full->ratePerSecond, std::optional<std::int64_t>(50));
    QCOMPARE(full->settle, Millis{30'000});
    QCOMPARE(parseReplayOptions({}, u"1,all"_s, u"5s"_s, {})->settle, Millis{5'000});
    QCOMPARE(parseReplayOptions({}, {}, u"5s"_s, {})->settle, Millis{5'000});
    const auto faulty = parseReplayOptions(u"0"_s, u"x"_s, u"soon"_s, u"x"_s);
    QVERIFY(!faulty);
    QCOMPARE(faulty.error().detail.count(u'\n'), 3); // each of the four on a line
    for (const auto& bad : {parseReplayOptions(u"0"_s, {}, {}, {}), parseReplayOptions(u"fast"_s, {}, {}, {}),
                            parseReplayOptions({}, {}, u"soon"_s, {}), parseReplayOptions({}, u"x"_s, {}, {}),
                            parseReplayOptions({}, {}, {}, u"x"_s)}) {
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, ErrorCode::InvalidConfig);
    }
}

QTEST_GUILESS_MAIN(ReplayPlanTest)
#include "tst_replayplan.moc"
