// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/scorecard.h"
#include "model/scorecard/scorecardfacts.h"
#include "model/store/storewriter.h"
#include "tests/model/catalog/lintscene.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(1'795'000'000'000);
const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date();

ScorecardFacts factsOf(const test::LintScene& scene)
{
    const CatalogSources sources = scene.sources();
    ScorecardFacts facts;
    facts.events = sources.events;
    facts.rules = sources.model.rules();
    facts.observed.now = now;
    KnownTopic topic;
    topic.facts.topic = u"order-events"_s;
    topic.facts.exists = true;
    facts.observed.topics = {topic};
    facts.observed.logged = {{u"payment-service"_s, u"order.created"_s, 5, now, now},
                             {u"payment-service"_s, u"order.cancelled"_s, 5, now, now}};
    facts.deadLetterChannels = facts.deadLetterChannelsRead = 1;
    return facts;
}

const ScorecardRow& rowOf(const std::vector<ScorecardRow>& rows, const QString& item, const QString& scope = u"all"_s,
                          int phase = 0)
{
    static const ScorecardRow none;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ScorecardRow& r) {
        return r.item == item && r.scope == scope && (phase == 0 || r.phase == phase);
    });
    return row != rows.end() ? *row : none;
}

} // namespace

class ScorecardTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itemsAreMeasuredPerScope();
    void aPhaseIsReachedAfterThirtyDaysAndCanBeLost_data();
    void aPhaseIsReachedAfterThirtyDaysAndCanBeLost();
    void unknownIsNotMet();
    void theSumSaysAsValueWhatItSaysAsMet();
    void changesAreAnnouncedInTime_data();
    void changesAreAnnouncedInTime();
    void theModelIsComparedWithTheInvoice_data();
    void theModelIsComparedWithTheInvoice();
    void idleCapacityIsNoTeams_data();
    void idleCapacityIsNoTeams();
    void pipelinesAreFound();
    void historyIsKeptOncePerDay();
    void json();
};

void ScorecardTest::itemsAreMeasuredPerScope()
{
    const test::LintScene scene;
    scene.change(u"event-catalog.yaml"_s, "    avg_daily_volume: 100\n", "");
    scene.change(u"ownership.yaml"_s, "      oncall_rotation: order-oncall\n", "");
    const auto rows = scorecard(factsOf(scene));
    QCOMPARE(rowOf(rows, u"events-with-volume"_s).value, 50.0);
    QVERIFY(rowOf(rows, u"events-with-volume"_s).nextStep.contains(u"order.cancelled"_s));
    QCOMPARE(rowOf(rows, u"events-with-volume"_s, u"team:order-team"_s).evidence,
             u"1 of 2 events have volume and payload size"_s);
    QCOMPARE(rowOf(rows, u"events-owned"_s, u"domain:order"_s).value, 50.0);
    QCOMPARE(rowOf(rows, u"consumers-promised"_s, u"team:payment-team"_s).value, 100.0);
    QVERIFY(rowOf(rows, u"consumers-promised"_s, u"team:payment-team"_s).isMet);
    QVERIFY(rowOf(rows, u"consumers-promised"_s).nextStep.isEmpty());
    QCOMPARE(rowOf(rows, u"topics-in-catalog"_s).value, 100.0);
    QCOMPARE(rowOf(rows, u"slo-alerts"_s).value, 0.0);
}

void ScorecardTest::aPhaseIsReachedAfterThirtyDaysAndCanBeLost_data()
{
    QTest::addColumn<int>("daysMet");
    QTest::addColumn<int>("brokenDaysAgo"); // 0: never
    QTest::addColumn<bool>("isBrokenNow");
    QTest::addColumn<double>("days");
    QTest::addColumn<bool>("isReached");
    QTest::newRow("29 days before today") << 29 << 0 << false << 30.0 << true;
    QTest::newRow("a day too few") << 28 << 0 << false << 29.0 << false;
    QTest::newRow("broken ten days ago") << 60 << 10 << false << 10.0 << false;
    QTest::newRow("broken today, it falls back at once") << 60 << 0 << true << 0.0 << false;
}

void ScorecardTest::aPhaseIsReachedAfterThirtyDaysAndCanBeLost()
{
    QFETCH(int, daysMet);
    QFETCH(int, brokenDaysAgo);
    QFETCH(bool, isBrokenNow);
    QFETCH(double, days);
    QFETCH(bool, isReached);
    const test::LintScene scene;
    if (isBrokenNow)
        scene.change(u"event-catalog.yaml"_s, "    avg_daily_volume: 100\n", "");
    ScorecardFacts facts = factsOf(scene);
    for (int ago = 1; ago <= daysMet; ++ago)
        facts.history.push_back({.phase = 1, .day = today.addDays(-ago), .isReached = ago != brokenDaysAgo});
    const auto rows = scorecard(facts);
    const ScorecardRow& row = rowOf(rows, u"phase-reached"_s, u"all"_s, 1);
    QCOMPARE(row.value, days);
    QCOMPARE(row.isMet, isReached);
    QCOMPARE(row.nextStep.isEmpty(), isReached);
}

void ScorecardTest::unknownIsNotMet()
{
    ScorecardFacts facts;
    facts.observed.now = now;
    for (const ScorecardRow& row : scorecard(facts)) {
        QVERIFY2(row.value || !row.isMet, qPrintable(row.item));
        QVERIFY2(row.isMet || !row.nextStep.isEmpty(), qPrintable(row.item));
    }
}

/// Who compares a phase's value with its target comes to what isMet says, however much is not known.
void ScorecardTest::theSumSaysAsValueWhatItSaysAsMet()
{
    const test::LintScene scene;
    ScorecardFacts empty;
    empty.observed.now = now;
    for (const ScorecardFacts& facts : {factsOf(scene), empty}) {
        for (const ScorecardRow& row : scorecard(facts)) {
            if (row.item == u"phase-met" && row.value)
                QVERIFY2((*row.value >= row.target) == row.isMet, qPrintable(row.scope + row.evidence));
        }
    }
}

void ScorecardTest::changesAreAnnouncedInTime_data()
{
    QTest::addColumn<int>("changedDaysAgo");
    QTest::addColumn<int>("version");
    QTest::addColumn<QString>("occasion");
    QTest::addColumn<int>("toldDaysAgo");
    QTest::addColumn<std::optional<double>>("value");
    const std::optional<double> none = 0.0, all = 100.0;
    QTest::newRow("told on the last day that was in time") << 10 << 2 << u"schema order.created v2"_s << 24 << all;
    QTest::newRow("told a day late") << 10 << 2 << u"schema order.created v2"_s << 23 << none;
    QTest::newRow("told of another version") << 10 << 3 << u"schema order.created v2"_s << 80 << none;
    QTest::newRow("told of another event") << 10 << 2 << u"schema order.cancelled v2"_s << 80 << none;
    QTest::newRow("a change of long ago is not looked at") << 91 << 2 << QString() << 0 << all;
    QTest::newRow("a first version changes nothing") << 10 << 1 << QString() << 0 << all;
    QTest::newRow("a change to come is not late yet") << -3 << 2 << QString() << 0 << all;
}

void ScorecardTest::changesAreAnnouncedInTime()
{
    QFETCH(int, changedDaysAgo);
    QFETCH(int, version);
    QFETCH(QString, occasion);
    QFETCH(int, toldDaysAgo);
    QFETCH(std::optional<double>, value);
    const test::LintScene scene;
    ScorecardFacts facts = factsOf(scene);
    for (JoinedEvent& event : facts.events)
        event.lastSchemaChange.clear();
    const auto changed = std::find_if(facts.events.begin(), facts.events.end(),
                                      [](const JoinedEvent& event) { return event.eventType == u"order.created"; });
    QVERIFY(changed != facts.events.end());
    changed->lastSchemaChange = today.addDays(-changedDaysAgo).toString(Qt::ISODate);
    changed->currentVersion = version;
    facts.rules.schemaChangeNoticeDays = 14;
    if (!occasion.isEmpty())
        facts.announced.insert(occasion, utcFromMs(toMs(now) - toldDaysAgo * 86'400'000LL));
    const auto rows = scorecard(facts);
    const ScorecardRow& row = rowOf(rows, u"changes-announced"_s);
    QCOMPARE(row.value, value);
    QCOMPARE(row.nextStep.isEmpty(), value == 100.0);
}

void ScorecardTest::theModelIsComparedWithTheInvoice_data()
{
    QTest::addColumn<qint64>("modelled");
    QTest::addColumn<qint64>("invoiced");
    QTest::addColumn<std::optional<double>>("percent");
    QTest::addColumn<bool>("isMet");
    const auto row = [](const char* name, qint64 modelled, qint64 invoiced, std::optional<double> percent, bool isMet) {
        QTest::newRow(name) << modelled << invoiced << percent << isMet;
    };
    row("the model is short by a tenth", 90'000'000, 100'000'000, 10.0, true);
    row("the model is too dear by half", 150'000'000, 100'000'000, 50.0, false);
    row("they agree", 7, 7, 0.0, true);
    row("an invoice of nothing compares with nothing", 5, 0, std::nullopt, false);
}

void ScorecardTest::theModelIsComparedWithTheInvoice()
{
    QFETCH(qint64, modelled);
    QFETCH(qint64, invoiced);
    QFETCH(std::optional<double>, percent);
    QFETCH(bool, isMet);
    const test::LintScene scene;
    ScorecardFacts facts = factsOf(scene);
    facts.invoiced =
        InvoiceComparison{QDate(2026, 10, 1), QDate(2026, 10, 31), Money{modelled}, Money{invoiced}, u"USD"_s};
    const auto rows = scorecard(facts);
    const ScorecardRow& row = rowOf(rows, u"calibration-error"_s);
    QCOMPARE(row.value, percent);
    QCOMPARE(row.isMet, isMet);
    QVERIFY(percent ? row.evidence.contains(u"2026-10-31"_s) : row.evidence == u"no invoice was compared");
}

void ScorecardTest::idleCapacityIsNoTeams_data()
{
    QTest::addColumn<qint64>("unattributed");
    QTest::addColumn<qint64>("idle");
    QTest::addColumn<std::optional<double>>("value");
    QTest::addColumn<QString>("evidence");
    QTest::newRow("all that is used has a team, most is idle")
        << qint64{0} << qint64{3'000'000} << std::optional(100.0)
        << u"1.00 of 1.00 EUR a day, without 3.00 of idle capacity; events without a price: 0"_s;
    QTest::newRow("a fifth of what is used has none")
        << qint64{250'000} << qint64{3'000'000} << std::optional(80.0)
        << u"1.00 of 1.25 EUR a day, without 3.00 of idle capacity; events without a price: 0"_s;
    QTest::newRow("nothing is idle") << qint64{1'000'000} << qint64{0} << std::optional(50.0)
                                     << u"1.00 of 2.00 EUR a day; events without a price: 0"_s;
}

void ScorecardTest::idleCapacityIsNoTeams()
{
    QFETCH(qint64, unattributed);
    QFETCH(qint64, idle);
    QFETCH(std::optional<double>, value);
    QFETCH(QString, evidence);
    const test::LintScene scene;
    ScorecardFacts facts = factsOf(scene);
    facts.cost.emplace();
    facts.cost->currency = u"EUR"_s;
    facts.cost->unattributed.total = Money{unattributed};
    facts.cost->idle.total = Money{idle};
    facts.cost->total.total = Money{1'000'000 + unattributed + idle};
    const auto rows = scorecard(facts);
    QCOMPARE(rowOf(rows, u"cost-allocated"_s).value, value);
    QCOMPARE(rowOf(rows, u"cost-allocated"_s).evidence, evidence);
}

void ScorecardTest::pipelinesAreFound()
{
    const test::LintScene scene;
    ScorecardFacts facts;
    QDir().mkpath(scene.path(u".git"_s));
    scene.write(u".github/workflows/other.yml"_s, "run: make\n");
    findPipelines(scene.path(u"schemas/order"_s), facts);
    QVERIFY(facts.hasRepository && facts.pipelines.isEmpty());
    scene.write(u".github/workflows/check.yml"_s, "run: spillwayctl catalog lint\n");
    findPipelines(scene.path(u"schemas/order"_s), facts);
    QCOMPARE(facts.pipelines, QStringList{u".github/workflows/check.yml"_s});
}

void ScorecardTest::historyIsKeptOncePerDay()
{
    const test::LintScene scene;
    const auto writer =
        StoreWriter::open(scene.path(u"s.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY2(writer, writer ? "" : qPrintable(writer.error().detail));
    const auto note = [&](bool isMet, const QDate& day) {
        const std::vector<ScorecardRow> rows{{.phase = 2,
                                              .item = u"phase-met"_s,
                                              .scope = u"all"_s,
                                              .value = 1,
                                              .target = 2,
                                              .isCount = false,
                                              .isMet = isMet,
                                              .evidence = {},
                                              .nextStep = {}}};
        QVERIFY((*writer)->write([&](Database& database) { return storeScorecardDay(database, rows, day); }));
    };
    note(true, today.addDays(-1));
    note(true, today);
    note(false, today); // the day's last stands
    auto reader = Database::open(scene.path(u"s.sqlite"_s), Database::Access::Reader);
    QVERIFY(reader);
    const auto days = scorecardDays(*reader);
    QVERIFY(days);
    QCOMPARE(days->size(), std::size_t{2});
    QCOMPARE(days->at(0).day, today);
    QVERIFY(!days->at(0).isReached && days->at(1).isReached);
}

void ScorecardTest::json()
{
    const test::LintScene scene;
    const auto rows = scorecard(factsOf(scene));
    const QJsonArray array = QJsonDocument::fromJson(scorecardJson(rows)).array();
    QCOMPARE(static_cast<std::size_t>(array.size()), rows.size());
    for (const QJsonValue& value : array) {
        for (const QString& name :
             {u"phase"_s, u"item"_s, u"scope"_s, u"value"_s, u"target"_s, u"met"_s, u"evidence"_s, u"nextStep"_s})
            QVERIFY(value.toObject().contains(name));
    }
    QVERIFY(scorecardText(rows).contains(u"Phase 4: cost"_s));
}

QTEST_GUILESS_MAIN(ScorecardTest)
#include "tst_scorecard.moc"
