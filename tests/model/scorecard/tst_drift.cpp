// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/drift.h"
#include "tests/model/catalog/lintscene.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(1'795'000'000'000);
constexpr Millis day{86'400'000};

KnownTopic topic(const QString& name, std::optional<bool> exists, std::optional<Limit<Millis>> retention)
{
    KnownTopic known;
    known.clusterId = u"c"_s;
    known.connection = u"orders"_s;
    known.facts.topic = name;
    known.facts.exists = exists;
    known.facts.settings.retentionTime = retention;
    known.facts.settings.deletes = true;
    known.sampledAt = now;
    return known;
}

/// Observed as the scene's files declare it.
DriftFacts asDeclared()
{
    DriftFacts facts;
    facts.now = now;
    facts.topics = {topic(u"order-events"_s, true, Limit<Millis>{7 * day})};
    facts.clusterTopics = {{u"c"_s, u"order-events"_s, u"orders"_s, now},
                           {u"c"_s, u"order-events.DLT"_s, u"orders"_s, now},
                           {u"c"_s, u"order-events-retry-0"_s, u"orders"_s, now},
                           {u"c"_s, u"_schemas"_s, u"orders"_s, now}};
    facts.readings = {{u"orders"_s, u"payment-service"_s, u"order-events"_s, true, now}};
    facts.samples = {{u"c"_s, u"order-events"_s, u"order.created"_s, u"orders"_s, now, 10, 9'000, 1'000},
                     {u"c"_s, u"order-events"_s, u"order.cancelled"_s, u"orders"_s, now, 10, 3'000, 400}};
    facts.logged = {{u"payment-service"_s, u"order.created"_s, 1'100, now - day, now},
                    {u"payment-service"_s, u"order.cancelled"_s, 80, now - day, now}};
    facts.growth = {{u"c"_s, u"order-events"_s, 1'200, now - day, now}};
    return facts;
}

QStringList said(const LintResult& result)
{
    QStringList rules;
    for (const CatalogFinding& finding : result.findings)
        rules += finding.rule + u' ' + finding.event;
    return rules;
}

} // namespace

class DriftTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyDriftIsFound_data();
    void everyDriftIsFound();
    void evidenceSaysWhoCommitted();
    void aDeadLetterTopicIsToBeNamed();
    void manyAlikeAreFoldedInText();
    void measuredNumbersAreWritten();
    void aViolationNeedsApprovalAndBringsTheEntry();
    void waiversServeDriftToo();
};

using Change = std::function<void(DriftFacts&)>;
Q_DECLARE_METATYPE(Change)

void DriftTest::everyDriftIsFound_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QStringList>("found");
    const auto row = [](const char* name, const Change& change, const QStringList& found) {
        QTest::newRow(name) << change << found;
    };
    row("as declared: retries, dead letters and the registry's own topic are accounted for", [](DriftFacts&) {}, {});
    row("nothing collected yet", [](DriftFacts& f) { f = DriftFacts{.now = now}; }, {u"not-observed "_s});
    row("no such topic", [](DriftFacts& f) { f.topics[0].facts.exists = false; },
        {u"topic-absent order.created"_s, u"topic-absent order.cancelled"_s});
    row("another cluster has it",
        [](DriftFacts& f) {
            f.topics.push_back(f.topics[0]);
            f.topics[0].facts.exists = false;
        },
        {});
    row("a topic we may not see", [](DriftFacts& f) { f.topics[0].facts.exists = std::nullopt; },
        {u"not-observed order.created"_s, u"not-observed order.cancelled"_s});
    row("a topic nobody declares",
        [](DriftFacts& f) {
            f.clusterTopics.push_back({u"c"_s, u"page-views"_s, u"orders"_s, now});
        },
        {u"topic-undeclared "_s});
    row(
        "dead-letter topics by their names are not events",
        [](DriftFacts& f) {
            for (const QString& name : {u"k.DLT"_s, u"error.cs.cause.cs.billing"_s, u"dead-letter-topic-orders"_s,
                                        u"cartsDLQ"_s, u"order-events-dlq"_s})
                f.clusterTopics.push_back({u"c"_s, name, u"orders"_s, now});
        },
        QStringList(5, u"dead-letters-unread "_s));
    row("a word within another is no such name",
        [](DriftFacts& f) {
            f.clusterTopics.push_back({u"c"_s, u"handled.terrors"_s, u"orders"_s, now});
        },
        {u"topic-undeclared "_s});
    row("kept for three days", [](DriftFacts& f) { f.topics[0].facts.settings.retentionTime = Limit<Millis>{3 * day}; },
        {u"retention-drift order.created"_s, u"retention-drift order.cancelled"_s});
    row("kept for ever", [](DriftFacts& f) { f.topics[0].facts.settings.retentionTime = Limit<Millis>{}; },
        {u"retention-drift order.created"_s, u"retention-drift order.cancelled"_s});
    row("compacted only: retention does not count",
        [](DriftFacts& f) {
            f.topics[0].facts.settings.retentionTime = Limit<Millis>{3 * day};
            f.topics[0].facts.settings.deletes = false;
        },
        {});
    row("an unknown retention is none", [](DriftFacts& f) { f.topics[0].facts.settings.retentionTime = std::nullopt; },
        {});
    row("a stranger reads",
        [](DriftFacts& f) {
            f.readings.push_back({u"orders"_s, u"stranger"_s, u"order-events"_s, true, now});
        },
        {u"boundary-violation order.created"_s});
    row("a stranger is only expected to read",
        [](DriftFacts& f) {
            f.readings.push_back({u"orders"_s, u"stranger"_s, u"order-events"_s, false, now});
        },
        {});
    row("a reader of a topic that nobody declared",
        [](DriftFacts& f) {
            f.readings.push_back({u"orders"_s, u"stranger"_s, u"elsewhere"_s, true, now});
        },
        {});
    row("a listed consumer never read", [](DriftFacts& f) { f.readings.clear(); },
        {u"group-absent order.created"_s, u"group-absent order.cancelled"_s});
    row("ten times as many",
        [](DriftFacts& f) {
            f.logged[0].records = 10'000;
            f.growth.clear();
        },
        {u"volume-drift order.created"_s});
    row("just twice as many is within the tolerance", [](DriftFacts& f) { f.logged[0].records = 2'000; }, {});
    row("an hour says nothing of a day",
        [](DriftFacts& f) {
            f.logged[0].records = 10'000;
            f.logged[0].first = now - Millis{3'600'000};
        },
        {});
    row("the topic's events together", [](DriftFacts& f) { f.growth[0].records = 50'000; },
        {u"volume-drift order.created"_s});
    row("payloads three times as large", [](DriftFacts& f) { f.samples[1].payloadBytes = 9'000; },
        {u"payload-drift order.cancelled"_s});
    row("four records are too few",
        [](DriftFacts& f) {
            f.samples[1].payloadBytes = 90'000;
            f.samples[1].records = 4;
        },
        {});
}

void DriftTest::everyDriftIsFound()
{
    QFETCH(Change, change);
    QFETCH(QStringList, found);
    const test::LintScene scene;
    DriftFacts facts = asDeclared();
    change(facts);
    const LintResult result = findDrift(scene.sources(), LintPolicy(), facts);
    QStringList rules = said(result);
    rules.sort();
    found.sort();
    QCOMPARE(rules, found);
    for (const CatalogFinding& finding : result.findings)
        QVERIFY2(finding.rule == u"not-observed" || !finding.evidence.isEmpty(), qPrintable(finding.message));
}

void DriftTest::evidenceSaysWhoCommitted()
{
    const test::LintScene scene;
    DriftFacts facts = asDeclared();
    for (GroupReading& reading : facts.readings)
        reading.hasCommitted = false;
    LintResult result = findDrift(scene.sources(), LintPolicy(), facts);
    QCOMPARE(result.findings.at(0).rule, u"group-absent"_s);
    QCOMPARE(result.findings.at(0).evidence, u"no group has committed there"_s);
    facts.readings.push_back({u"orders"_s, u"stranger"_s, u"order-events"_s, true, now});
    result = findDrift(scene.sources(), LintPolicy(), facts);
    QStringList evidence;
    for (const CatalogFinding& finding : result.findings) {
        if (finding.rule == u"group-absent")
            evidence += finding.evidence;
    }
    QCOMPARE(evidence, QStringList(2, u"others have committed there, like stranger"_s));
}

void DriftTest::aDeadLetterTopicIsToBeNamed()
{
    const test::LintScene scene;
    DriftFacts facts = asDeclared();
    facts.clusterTopics.push_back({u"c"_s, u"k.DLT"_s, u"orders"_s, now});
    const LintResult result = findDrift(scene.sources(), LintPolicy(), facts);
    QCOMPARE(result.findings.size(), std::size_t{1});
    QCOMPARE(
        result.findings.front().message,
        u"topic 'k.DLT' looks like a dead-letter topic, and no one reads it; name it under dead_letters of connection 'orders': { topic: k.DLT }, or a pattern for several"_s);
    QCOMPARE(result.findings.front().severity, LintSeverity::Warning);
}

void DriftTest::manyAlikeAreFoldedInText()
{
    const test::LintScene scene;
    DriftFacts facts = asDeclared();
    for (int i = 0; i < 130; ++i)
        facts.clusterTopics.push_back({u"c"_s, u"other%1"_s.arg(i, 3, 10, QLatin1Char('0')), u"orders"_s, now});
    const LintResult result = findDrift(scene.sources(), LintPolicy(), facts);
    QCOMPARE(result.findings.size(), std::size_t{130}); // JSON has them all
    const QString text = findingsText(result, scene.workspace.folder);
    QVERIFY2(text.contains(u"'other009'"_s) && !text.contains(u"'other010'"_s), qPrintable(text));
    QVERIFY2(text.contains(u"warning topic-undeclared: 120 more like this; --json lists them all\n"_s),
             qPrintable(text));
    QVERIFY2(text.contains(u"130 warnings"_s), qPrintable(text));
}

void DriftTest::measuredNumbersAreWritten()
{
    const test::LintScene scene;
    DriftFacts facts = asDeclared();
    facts.topics[0].facts.settings.retentionTime = Limit<Millis>{3 * day};
    facts.samples[1].payloadBytes = 12'345;
    facts.logged[0].records = 12'345;
    facts.growth.clear();
    const CatalogSources sources = scene.sources();
    const LintResult result = findDrift(sources, LintPolicy(), facts);
    QCOMPARE(result.findings.size(), std::size_t{4});
    QVERIFY(saveEdits(sources.texts(), safeEdits(result.findings)));
    const QByteArray text = scene.read(u"event-catalog.yaml"_s);
    QVERIFY2(text.contains("    avg_daily_volume: 12000\n    avg_payload_bytes: 800\n    retention_days: 3\n"),
             text.constData());
    QVERIFY2(text.contains("    avg_daily_volume: 100\n    avg_payload_bytes: 1200\n    retention_days: 3\n"),
             text.constData());
    QVERIFY(text.contains("'Published when an order is made.' # keep\n"));
    QCOMPARE(said(findDrift(scene.sources(), LintPolicy(), facts)), QStringList());
}

void DriftTest::aViolationNeedsApprovalAndBringsTheEntry()
{
    const test::LintScene scene;
    scene.write(u"ownership.yaml"_s, scene.read(u"ownership.yaml"_s) +
                                         "governance_rules: { consumer_registration: requires_producer_approval }\n");
    DriftFacts facts = asDeclared();
    facts.readings.push_back({u"orders"_s, u"stranger"_s, u"order-events"_s, true, now});
    const CatalogSources sources = scene.sources();
    const LintResult result = findDrift(sources, LintPolicy(), facts);
    QCOMPARE(result.findings.size(), std::size_t{1});
    const CatalogFinding& finding = result.findings.front();
    QCOMPARE(finding.severity, LintSeverity::Error);
    QVERIFY2(finding.message.contains(u"needs the approval of order-team"_s), qPrintable(finding.message));
    QVERIFY(finding.fix && !finding.fix->isSafe); // who it is, a person says
    QVERIFY(safeEdits(result.findings).empty());
    QVERIFY(saveEdits(sources.texts(), finding.fix->edits));
    QCOMPARE(said(findDrift(scene.sources(), LintPolicy(), facts)), QStringList());
}

void DriftTest::waiversServeDriftToo()
{
    const test::LintScene scene;
    LintPolicy policy;
    policy.waivers = {
        {.rule = u"topic-undeclared"_s, .event = {}, .until = QDate(2099, 1, 1), .reason = u"x"_s, .place = {}},
        {.rule = u"no-topic"_s, .event = {}, .until = QDate(2099, 1, 1), .reason = u"lint's"_s, .place = {}}};
    DriftFacts facts = asDeclared();
    facts.clusterTopics.push_back({u"c"_s, u"page-views"_s, u"orders"_s, now});
    const LintResult result = findDrift(scene.sources(), policy, facts);
    QCOMPARE(said(result), QStringList()); // and lint's unused waiver is lint's matter
    QCOMPARE(result.waived.size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(DriftTest)
#include "tst_drift.moc"
