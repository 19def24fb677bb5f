// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/catalog/lintscene.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

#include <functional>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString own = u"ownership.yaml"_s;
const QString cat = u"event-catalog.yaml"_s;

/// `rule@file:line` of each finding.
QStringList placesOf(const LintResult& result)
{
    QStringList places;
    for (const CatalogFinding& finding : result.findings)
        places += u"%1@%2:%3"_s.arg(finding.rule, finding.place.file.section(u'/', -1)).arg(finding.place.line);
    return places;
}

using FaultRow = std::function<void(const char*, const QString&, const char*, const char*, const QStringList&)>;

/// One fault each: the file, what stands there, what takes its place, and what lint then finds.
void forEachFault(const FaultRow& row)
{
    const char* second = "  - event_type: order.cancelled\n";
    row("a number that is none", cat, "avg_daily_volume: 100\n", "avg_daily_volume: many\n",
        {u"volume-unset@event-catalog.yaml:29"_s, u"invalid-entry@event-catalog.yaml:29"_s});
    row("a key nobody reads", cat, "topic: order-events\n    partition_key: order_id\n    avg_daily_volume: 1000",
        "topic: order-events\n    partition_key: order_id\n    colour: red\n    avg_daily_volume: 1000",
        {u"unknown-key@event-catalog.yaml:10"_s});
    row("an event twice", cat, second, "  - event_type: order.created\n  - event_type: order.cancelled\n",
        {u"duplicate-event@event-catalog.yaml:22"_s});
    row("an event written two ways", cat, "event_type: order.cancelled", "event_type: order_created",
        {u"lookalike-event@event-catalog.yaml:22"_s, u"not-in-ownership@event-catalog.yaml:22"_s,
         u"schema-of-other-event@event-catalog.yaml:25"_s, u"not-in-catalog@ownership.yaml:15"_s});
    row("an event only the catalog has", own, "  order.cancelled:", "  order.closed:",
        {u"not-in-ownership@event-catalog.yaml:22"_s, u"not-in-catalog@ownership.yaml:15"_s});
    row("two producers", cat, "      service: order-service\n", "      service: shop-service\n",
        {u"two-producers@event-catalog.yaml:14"_s});
    row("no team", own, "      team: order-team # the shop\n", "", {u"missing-owner@ownership.yaml:5"_s});
    row("no rotation", own, "      oncall_rotation: order-oncall\n", "", {u"missing-oncall@ownership.yaml:5"_s});
    row("no channel", own, "      slack_channel: '#order'\n", "", {u"missing-slack@ownership.yaml:5"_s});
    row("a team nobody knows", cat, "        team: payment-team\n", "        team: paymnt-team\n",
        {u"consumer-team-differs@event-catalog.yaml:17"_s, u"unknown-team@event-catalog.yaml:17"_s});
    row("a team nobody can reach", own, "        slack_channel: '#payment'\n", "",
        {u"team-without-contact@ownership.yaml:10"_s});
    row("a consumer only the catalog has", cat, "    tags: ['critical']",
        "      - { service: payment-audit, team: payment-team }\n    tags: ['critical']",
        {u"consumer-not-in-ownership@event-catalog.yaml:19"_s});
    row("a consumer only ownership has", own, "  order.cancelled:",
        "      - { team: order-team, service: order-mailer, slo_processing_time_ms: 5 }\n  order.cancelled:",
        {u"consumer-not-in-catalog@ownership.yaml:15"_s});
    row("no promise", own, "        slo_processing_time_ms: 500\n", "", {u"consumer-without-slo@ownership.yaml:10"_s});
    row("nobody consumes it", cat, second,
        "  - { event_type: order.seen, domain: order, description: Seen, schema_path: "
        "schemas/order/order.created.v2.json, "
        "topic: order-events, partition_key: order_id, avg_daily_volume: 1, avg_payload_bytes: 1, retention_days: 7, "
        "producer: { team: order-team, service: order-service, slack_channel: '#o', oncall_rotation: o } }\n  - "
        "event_type: order.cancelled\n",
        {u"not-in-ownership@event-catalog.yaml:22"_s, u"orphan-event@event-catalog.yaml:22"_s,
         u"schema-of-other-event@event-catalog.yaml:22"_s});
    row("deprecated and read", cat, "tags: [transactional]", "tags: [transactional, Deprecated]",
        {u"deprecated-in-use@event-catalog.yaml:22"_s});
    row("a topic in capitals", cat, "topic: order-events", "topic: OrderEvents",
        {u"topic-naming@event-catalog.yaml:8"_s, u"critical-without-dlq@event-catalog.yaml:19"_s});
    row("no domain", cat, "    domain: order\n", "", {u"no-domain@event-catalog.yaml:3"_s});
    row("another domain", cat, "    domain: order\n", "    domain: shop\n",
        {u"domain-mismatch@event-catalog.yaml:4"_s});
    row("no description", cat, "    description: 'Published when an order is made.' # keep\n", "",
        {u"no-description@event-catalog.yaml:3"_s});
    row("no topic", cat, "    topic: order-events\n", "", {u"no-topic@event-catalog.yaml:3"_s});
    row("no partition key", cat, "    partition_key: order_id\n", "", {u"no-partition-key@event-catalog.yaml:3"_s});
    row("a partition key of nothing", cat, "    partition_key: order_id\n", "    partition_key: order\n",
        {u"partition-key-unknown@event-catalog.yaml:9"_s});
    row("no volume", cat, "    avg_daily_volume: 1000\n", "", {u"volume-unset@event-catalog.yaml:3"_s});
    row("no size", cat, "    avg_payload_bytes: 800\n", "", {u"payload-unset@event-catalog.yaml:3"_s});
    row("payloads too large", cat, "avg_payload_bytes: 800", "avg_payload_bytes: 2000000",
        {u"payload-over-limit@event-catalog.yaml:11"_s});
    row("no retention", cat, "    retention_days: 7\n", "", {u"retention-unset@event-catalog.yaml:3"_s});
    row("two retentions of one topic", cat, "    retention_days: 7\n    producer: {",
        "    retention_days: 8\n    producer: {", {u"topic-retention-differs@event-catalog.yaml:31"_s});
    row("no schema", cat, "    schema_path: schemas/order/order.cancelled.v1.json\n", "",
        {u"schema-unset@event-catalog.yaml:22"_s, u"schema-unreferenced@order.cancelled.v1.json:1"_s});
    row("a schema that is not there", cat, "order.cancelled.v1.json", "order.cancelled.json",
        {u"schema-missing@event-catalog.yaml:25"_s});
    row("a schema that is no JSON", u"schemas/order/order.cancelled.v1.json"_s, "{\"prop", "{prop",
        {u"schema-unreadable@event-catalog.yaml:25"_s});
    row("an older schema that is no JSON", u"schemas/order/order.created.v1.json"_s, "{}", "{",
        {u"schema-unreadable@order.created.v1.json:1"_s});
    row("an older schema that is empty", u"schemas/order/order.created.v1.json"_s, "{}", "\n",
        {u"schema-unreadable@order.created.v1.json:1"_s});
    row("a consumer's team that only ownership.yaml names", cat,
        "      - service: payment-service\n        team: payment-team\n", "      - service: payment-service\n",
        {u"team-unset@event-catalog.yaml:17"_s});
    row("a producer's team that only ownership.yaml names", cat, "      team: order-team\n", "",
        {u"team-unset@event-catalog.yaml:14"_s});
    row("a consumer whose team nobody names", cat, "    tags: ['critical']",
        "      - service: payment-audit\n    tags: ['critical']",
        {u"consumer-not-in-ownership@event-catalog.yaml:19"_s, u"team-unknown@event-catalog.yaml:19"_s});
    row("another version", cat, "current_version: 2", "current_version: 3",
        {u"schema-version-drift@event-catalog.yaml:7"_s});
    row("an older version", cat, "order.created.v2.json\n    current_version: 2",
        "order.created.v1.json\n    current_version: 1", {u"schema-newer-version@event-catalog.yaml:6"_s});
    row("a field that is not there", own, "fields: [order_id, lines.sku]", "fields: [order_id, lines.sku, total]",
        {u"field-unknown@ownership.yaml:10"_s});
    row("pinned to a version that is not there", own, "fields: [order_id, lines.sku]",
        "fields: [order_id, lines.sku]\n        schema_version: 7", {u"schema-pin-unknown@ownership.yaml:10"_s});
    row("pinned to an older version", own, "fields: [order_id, lines.sku]",
        "fields: [order_id, lines.sku]\n        schema_version: 1", {u"schema-pin-behind@ownership.yaml:10"_s});
    row("personal data", u"schemas/order/order.cancelled.v1.json"_s, "\"order_id\":{",
        "\"e_mail\":{},\"Email\":{\"type\":\"string\"},\"order_id\":{",
        {u"personal-data-untagged@event-catalog.yaml:35"_s});
    row("a key of one's own", cat, "tags: ['critical']\n    created_at",
        "tags: ['critical']\n    x-a: 1\n    created_at", {});
    row("a schema before its event", cat, "last_schema_change: '2025-11-20'", "last_schema_change: '2023-11-20'",
        {u"bad-date@event-catalog.yaml:21"_s});
    row("a name in capitals", own, "  order.cancelled:", "  Order_Closed:",
        {u"not-in-ownership@event-catalog.yaml:22"_s, u"event-naming@ownership.yaml:15"_s,
         u"not-in-catalog@ownership.yaml:15"_s});
}

} // namespace

class CatalogLintTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFaultlessWorkspaceHasNoFinding();
    void everyRuleFindsItsFault_data();
    void everyRuleFindsItsFault();
    void everyLintRuleIsTested();
    void fixesMendWhatTheyFind_data();
    void fixesMendWhatTheyFind();
    void schemaFilesThemselves_data();
    void schemaFilesThemselves();
    void severitiesAndRulesAreTheWorkspaces();
    void waiversExpire();
    void faultsOfTheLintFile();
    void reports();
};

void CatalogLintTest::aFaultlessWorkspaceHasNoFinding()
{
    QCOMPARE(placesOf(test::LintScene().lint()), QStringList());
}

void CatalogLintTest::everyRuleFindsItsFault_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("places");
    forEachFault(
        [](const char* name, const QString& file, const char* before, const char* after, const QStringList& places) {
            QTest::newRow(name) << file << QByteArray(before) << QByteArray(after) << places;
        });
}

void CatalogLintTest::everyRuleFindsItsFault()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QStringList, places);
    const test::LintScene scene;
    scene.change(file, before, after);
    const LintResult result = scene.lint();
    QStringList found = placesOf(result);
    found.sort();
    places.sort();
    QCOMPARE(found, places);
    for (const CatalogFinding& finding : result.findings) {
        QVERIFY2(finding.message.contains(u"; "), qPrintable(finding.message)); // what to write instead
        QVERIFY(finding.place.line > 0 && finding.place.column > 0);
        QCOMPARE(finding.severity, lintRule(finding.rule)->severity);
    }
}

/// A rule that no row shows is a rule nobody has seen work.
void CatalogLintTest::everyLintRuleIsTested()
{
    QSet<QString> seen{u"expired-waiver"_s, u"unused-waiver"_s}; // waiversExpire
    const auto spoil = [&seen](const std::vector<std::tuple<QString, QByteArray, QByteArray>>& changes,
                               const std::function<void(test::LintScene&)>& more = {}) {
        test::LintScene scene;
        for (const auto& [file, before, after] : changes)
            scene.change(file, before, after);
        if (more)
            more(scene);
        for (const CatalogFinding& finding : scene.lint().findings)
            seen.insert(finding.rule);
    };
    // What no single change shows.
    spoil({}, [](test::LintScene& scene) {
        scene.write(u"schemas/order/order.created.v02.json"_s, "{}");
        scene.write(u"schemas/order/order.created.v5.json"_s, "{}");
    });
    spoil({}, [](test::LintScene& scene) { scene.workspace.connections.clear(); });
    QVERIFY(seen.contains(u"critical-without-dlq"_s));
    spoil({{cat, "    retention_days: 7\n    producer:\n", "    retention_days: 90\n    producer:\n"}});
    QVERIFY(seen.contains(u"retention-over-policy"_s));
    const QByteArray answer =
        "  payment.done:\n    producer: { team: payment-team, service: payment-service }\n"
        "    consumers:\n      - { team: order-team, service: order-service }\n"
        "  payment.noted:\n    producer: { team: payment-team, service: payment-service }\n"
        "    consumers: []\n  payment.lost:\n    producer: { team: order-team, service: order-service }\n";
    spoil({{own, "events:\n", "events:\n" + answer}});
    QVERIFY(seen.contains(u"cyclic-flow"_s));
    QVERIFY(seen.contains(u"domain-producer"_s));
    forEachFault([&seen](const char*, const QString&, const char*, const char*, const QStringList& places) {
        for (const QString& place : places)
            seen.insert(place.section(u'@', 0, 0));
    });
    for (const LintRule& rule : lintRules())
        QVERIFY2(rule.check == LintRule::Check::Drift || seen.contains(rule.id.toString()),
                 qPrintable(rule.id.toString()));
}

void CatalogLintTest::fixesMendWhatTheyFind_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QString>("fixedFile");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char* name, const QString& file, const char* before, const char* after,
                        const QString& fixedFile, const char* line) {
        QTest::newRow(name) << file << QByteArray(before) << QByteArray(after) << fixedFile << QByteArray(line);
    };
    row("a channel that stands elsewhere", own, "      slack_channel: '#order'\n", "", own,
        "      service: order-service\n      slack_channel: '#order'\n      oncall_rotation");
    row("a rotation in a map on one line", own, ", oncall_rotation: order-oncall }", " }", own,
        "service: order-service, oncall_rotation: order-oncall, slack_channel");
    row("a version", cat, "current_version: 2", "current_version: 7 # soon", cat, "    current_version: 2 # soon\n");
    row("a domain", cat, "    domain: order\n", "", cat, "  - event_type: order.created\n    domain: order\n");
    row("a tag", u"schemas/order/order.cancelled.v1.json"_s, "\"order_id\":{", "\"phone_number\":{},\"order_id\":{",
        cat, "    tags: [transactional, 'pii']\n");
    row("an event for the catalog", own, "events:\n",
        "events:\n  order.paid:\n    producer: { team: order-team, service: order-service, slack_channel: '#o', "
        "oncall_rotation: o }\n"
        "    consumers:\n      - { team: payment-team, service: payment-service, slo_processing_time_ms: 9 }\n",
        cat,
        "    tags: [transactional]\n  - event_type: order.paid\n    domain: order\n    producer:\n      service: "
        "order-service\n"
        "      team: order-team\n    consumers:\n      - service: payment-service\n        team: payment-team\n");
    row("a consumer for ownership", cat, "    tags: ['critical']",
        "      - { service: payment-audit, team: payment-team }\n    tags: ['critical']", own,
        "        fields: [order_id, lines.sku]\n      - team: payment-team\n        service: payment-audit\n  "
        "order.cancelled:");
}

void CatalogLintTest::fixesMendWhatTheyFind()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QString, fixedFile);
    QFETCH(QByteArray, line);
    const test::LintScene scene;
    scene.change(file, before, after);
    const CatalogSources sources = scene.sources();
    const LintResult result = lintCatalog(sources, LintPolicy(), QDate(2026, 11, 26));
    const std::vector<TextEdit> edits = safeEdits(result.findings);
    QVERIFY(!edits.empty());
    const QByteArray untouched = scene.read(fixedFile);
    const auto saved = saveEdits(sources.texts(), edits);
    QVERIFY2(saved, saved ? "" : qPrintable(saved.error().detail));
    QVERIFY2(scene.read(fixedFile).contains(line), scene.read(fixedFile).constData());
    // What was mended is found no more, and all that stood there stands there still.
    for (const CatalogFinding& finding : result.findings) {
        for (const CatalogFinding& left : scene.lint().findings)
            QVERIFY2(!finding.fix || left.rule != finding.rule || left.event != finding.event,
                     qPrintable(left.message));
    }
    for (const QByteArray& comment :
         {QByteArray("# keep"), QByteArray("# what there is"), QByteArray("# the shop"), QByteArray("# soon")})
        QCOMPARE(scene.read(fixedFile).count(comment), untouched.count(comment));
    // A file that somebody changed meanwhile is left alone.
    const auto late = saveEdits(sources.texts(), edits);
    QVERIFY(!late);
    QCOMPARE(late.error().code, ErrorCode::Conflict);
}

void CatalogLintTest::schemaFilesThemselves_data()
{
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<QStringList>("found");
    const auto row = [](const char* name, const QStringList& files, const QStringList& found) {
        QTest::newRow(name) << files << found;
    };
    row("a new version beside the current one", {u"order/order.cancelled.v2.json"_s}, {u"info schema-newer-version"_s});
    row("no event names them", {u"pay/order.paid.v1.json"_s, u"pay/order.paid.v2.json"_s},
        {u"warning schema-unreferenced order.paid no event of the catalog names the schema 'schemas/pay/order.paid.v2.json' (and 1 older version); add event 'order.paid' to the catalog, or remove the file"_s});
    row("another schema refers to it",
        {u"order/order.created.v3.json:{\"$ref\": \"../common/money.v1.json#/$defs/a\"}"_s, u"common/money.v1.json"_s},
        {u"info schema-newer-version"_s});
    row("a part of schemas has no version", {u"common/address.json"_s}, {});
    row("folders of our own are not looked into", {u"_meta/order.paid.v1.json"_s, u".git/order.paid.v1.json"_s}, {});
    row("one version twice", {u"order/order.created.v02.json"_s},
        {u"error schema-version-twice order.created version 2 of event 'order.created' is there twice: 'schemas/order/order.created.v02.json' and 'schemas/order/order.created.v2.json'; keep one of the files"_s});
    row("one version in two folders", {u"pay/order.cancelled.v1.json"_s},
        {u"error schema-version-twice order.cancelled version 1 of event 'order.cancelled' is there twice: 'schemas/order/order.cancelled.v1.json' and 'schemas/pay/order.cancelled.v1.json'; keep one of the files"_s});
    row("one version in two languages", {u"order/order.created.v2.avsc"_s}, {});
    row("versions missing between others", {u"order/order.created.v5.json"_s},
        {u"info schema-newer-version"_s,
         u"warning schema-version-gap order.created between versions 2 and 5 of event 'order.created' there is no version 3 and no version 4; add what was published, or waive it if nothing was"_s});
}

void CatalogLintTest::schemaFilesThemselves()
{
    QFETCH(QStringList, files);
    QFETCH(QStringList, found);
    test::LintScene scene;
    scene.workspace.schemasFolder = scene.path(u"schemas"_s);
    for (const QString& file : files)
        scene.write(u"schemas/"_s + file.section(u':', 0, 0),
                    file.contains(u':') ? file.section(u':', 1).toUtf8() : QByteArray("{}"));
    QStringList said;
    for (const CatalogFinding& finding : scene.lint().findings) {
        const QString head = lintSeverityWord(finding.severity) + u' ' + finding.rule;
        said += finding.rule == u"schema-newer-version" ? head : head + u' ' + finding.event + u' ' + finding.message;
        QVERIFY(finding.place.line > 0 && finding.place.column > 0);
    }
    said.sort();
    QCOMPARE(said, found);
}

void CatalogLintTest::severitiesAndRulesAreTheWorkspaces()
{
    const test::LintScene scene;
    scene.change(own, "      slack_channel: '#order'\n", "");
    scene.change(cat, "retention_days: 7\n    producer:\n", "retention_days: 20\n    producer:\n");
    scene.write(u"catalog-lint.yaml"_s,
                "policy: { max_retention_days: 10, teams: [order-team] }\n"
                "rules: { missing-slack: off, retention-over-policy: error, unknown-team: info,\n"
                "         topic-retention-differs: off }\n");
    const LintResult result = scene.lint();
    QCOMPARE(result.count(LintSeverity::Error), 1);
    QCOMPARE(result.count(LintSeverity::Info), 4); // payment-team, each place
    QCOMPARE(result.count(LintSeverity::Warning), 0);
    QVERIFY(result.hasErrors());
}

void CatalogLintTest::waiversExpire()
{
    const test::LintScene scene;
    scene.change(cat, "current_version: 2", "current_version: 3");
    const auto waive = [&scene](const char* until) {
        scene.write(
            u"catalog-lint.yaml"_s,
            QByteArray("waivers:\n  - rule: schema-version-drift\n    event: order.*\n    until: ") + until +
                "\n    reason: published on Monday\n  - rule: no-topic\n    until: 2027-01-01\n    reason: x\n");
    };
    waive("2026-11-26"); // its last day
    LintResult result = scene.lint();
    QCOMPARE(placesOf(result), QStringList{u"unused-waiver@catalog-lint.yaml:6"_s});
    QCOMPARE(result.waived.size(), std::size_t{1});
    waive("2026-11-25");
    result = scene.lint();
    QCOMPARE(placesOf(result),
             (QStringList{u"expired-waiver@catalog-lint.yaml:2"_s, u"unused-waiver@catalog-lint.yaml:6"_s,
                          u"schema-version-drift@event-catalog.yaml:7"_s}));
    QCOMPARE(result.findings.front().severity, LintSeverity::Error);
}

void CatalogLintTest::faultsOfTheLintFile()
{
    const test::LintScene scene;
    scene.write(u"catalog-lint.yaml"_s,
                "policy: { event_naming: '(' }\nrules: { no-topc: off, no-topic: loud }\n"
                "waivers:\n  - { rule: no-topic, until: soon, reason: x }\n  - { rule: no-topic }\n");
    const auto read = readLintPolicy(scene.workspace);
    QVERIFY(!read.value);
    QStringList lines;
    for (const FileIssue& issue : read.issues)
        lines += u"%1: %2"_s.arg(issue.place.line).arg(issue.message);
    QCOMPARE(lines.size(), 6);
    QVERIFY(lines[0].startsWith(u"1: 'event_naming' of policy is no regular expression"_s));
    QCOMPARE(lines[1], u"2: there is no rule 'no-topc' (did you mean 'no-topic'?)"_s);
    QCOMPARE(lines[2], u"2: the severity of 'no-topic' is 'loud'"_s);
    QCOMPARE(lines[3], u"4: 'until' of a waiver is 'soon', which is no day"_s);
    QCOMPARE(lines[4], u"5: a waiver has no 'reason'"_s);
    QCOMPARE(lines[5], u"5: a waiver has no 'until'"_s);
}

void CatalogLintTest::reports()
{
    const test::LintScene scene;
    scene.change(cat, "current_version: 2", "current_version: 3");
    const LintResult result = scene.lint();
    const QJsonArray rows = QJsonDocument::fromJson(findingsJson(result.findings)).array();
    QCOMPARE(rows.size(), 1);
    const QJsonObject row = rows[0].toObject();
    QCOMPARE(row[u"file"].toString(), scene.path(cat));
    QCOMPARE(row[u"line"].toInt(), 7);
    QCOMPARE(row[u"column"].toInt(), 22);
    QCOMPARE(row[u"rule"].toString(), u"schema-version-drift"_s);
    QCOMPARE(row[u"severity"].toString(), u"error"_s);
    QCOMPARE(row[u"event"].toString(), u"order.created"_s);
    QCOMPARE(row[u"fix"][u"edits"][0][u"text"].toString(), u"2"_s);
    QCOMPARE(row[u"fix"][u"edits"][0][u"endColumn"].toInt(), 23);
    const QString text = findingsText(result, scene.workspace.folder);
    QVERIFY2(text.startsWith(u"event-catalog.yaml:7:22: error schema-version-drift: "_s), qPrintable(text));
    QVERIFY(text.endsWith(u"1 error, 0 warnings, 0 info\n"_s));
    const QJsonObject sarif = QJsonDocument::fromJson(findingsSarif(result, scene.workspace.folder)).object();
    QCOMPARE(sarif[u"version"].toString(), u"2.1.0"_s);
    const QJsonValue first = sarif[u"runs"][0][u"results"][0];
    QCOMPARE(first[u"ruleId"].toString(), u"schema-version-drift"_s);
    QCOMPARE(first[u"level"].toString(), u"error"_s);
    QCOMPARE(first[u"locations"][0][u"physicalLocation"][u"artifactLocation"][u"uri"].toString(), cat);
    QCOMPARE(first[u"locations"][0][u"physicalLocation"][u"region"][u"startColumn"].toInt(), 22);
}

QTEST_GUILESS_MAIN(CatalogLintTest)
#include "tst_cataloglint.moc"
