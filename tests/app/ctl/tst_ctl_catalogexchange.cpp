// SPDX-License-Identifier: GPL-3.0-or-later
// The catalog given to other programs and taken from them: what stands in the files, what is left alone, and what
// AsyncAPI's own parser, EventCatalog's linter and Backstage's model say of ours.
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"
#include "tests/support/peers.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

/// The demo company's files as a workspace.
void writeDemo(const Scene& scene)
{
    const QString demo = spillway::test::sourceFile(u"resources/demo"_s);
    QDirIterator files(demo, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        EXPECT(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        scene.write(QDir(demo).relativeFilePath(file.fileName()), file.readAll());
    }
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: schemas/_meta/ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
}

/// Names, texts and schemas of somebody who means harm, or knows no better.
void writeHostile(const Scene& scene)
{
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
    scene.write(u"ownership.yaml"_s, R"(events:
  '../../etc/passwd':
    producer: { team: "yes", service: "a: b\n---\n# c", slack_channel: '#x', oncall_rotation: "{{on}}" }
    consumers:
      - { team: 'T "q"', service: '{evil}', purpose: "<script>alert(1)</script>\u2028import x from 'y'", slo_processing_time_ms: 1.5 }
  a.b:
    producer: { team: "null", service: "A.B" }
    consumers: [{ team: t, service: a.b }]
)");
    scene.write(u"event-catalog.yaml"_s, R"(catalog:
  - event_type: '../../etc/passwd'
    description: "import x from 'y' {process.exit()} <b> \u0085 --- # \U0001F600"
    schema_path: s/first.v1.json
    topic: 'no topic {x}?#'
    tags: ['A b', 'a-b', '"', 'A b']
  - event_type: a.b
    schema_path: s/draft4.json
    topic: t.1
  - event_type: A.B
    schema_path: ../outside.json
    topic: t.1
)");
    scene.write(u"s/first.v1.json"_s,
                R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:x:y","type":"object",
      "properties":{"$ref":{"type":"string"},"n":{"$ref":"#/$defs/n~1m","description":"beside"},"o":{"$ref":"other.json#/definitions/o"},
      "gone":{"$ref":"https://example.org/s.json"},"odd":{"enum":[{"$ref":"file:///etc/passwd"}]}},
      "$defs":{"n/m":{"type":"object","properties":{"again":{"$ref":"#"},"n":{"$ref":"#/$defs/n~1m"}}}}})");
    scene.write(u"s/other.json"_s, R"({"definitions":{"o":{"type":["string","null"]}}})");
    scene.write(u"s/draft4.json"_s, R"({"$schema":"http://json-schema.org/draft-04/schema#","id":"x","type":"object",
      "properties":{"p":{"type":"number","minimum":0,"exclusiveMinimum":true}}})");
    scene.write(u"../outside.json"_s, R"({"type":"string"})");
}

QStringList exportCall(const QString& format, const QString& out)
{
    return {u"catalog"_s, u"export"_s, u"--format"_s, format, u"--out"_s, out};
}

/// Where a judge of packaging/peers lies: its node_modules.
QString judgeFolder(const QString& name)
{
    const auto folder = runProcess(sourceFile(u"packaging/peers"_s), {name}, {}, 300'000);
    if (folder.exitCode != 0)
        throw std::runtime_error(folder.err.toStdString());
    return QString::fromUtf8(folder.out.trimmed());
}

/// What a judge's script of this folder answers to a document.
QByteArray answerOf(const QString& judge, const QString& script, const QByteArray& document)
{
    qputenv("NODE_PATH", judgeFolder(judge).toUtf8());
    const auto judged = runProcess(u"node"_s, {sourceFile(u"tests/app/ctl/"_s + script)}, document, 300'000);
    if (judged.exitCode != 0)
        throw std::runtime_error(judged.err.toStdString());
    return judged.out;
}

/// What AsyncAPI's own parser makes of a document.
QJsonObject judge(const QByteArray& document)
{
    return QJsonDocument::fromJson(answerOf(u"asyncapi"_s, u"asyncapijudge.js"_s, document)).object();
}

/// What EventCatalog's own linter says of a folder: the names of the rules that are broken, each once.
QStringList brokenRulesOf(const QString& folder)
{
    const ProcessOutput linted = runProcess(
        u"node"_s, {judgeFolder(u"eventcatalog"_s) + u"/.bin/eventcatalog-linter"_s, u"--fail-on-warning"_s, folder},
        {}, 300'000);
    QStringList rules;
    auto lines = QRegularExpression(u"(?:✖ error|⚠ warning) .*\\(([a-z-]+/[a-z-]+)\\)"_s)
                     .globalMatch(QString::fromUtf8(linted.out));
    while (lines.hasNext())
        rules += lines.next().captured(1);
    rules.removeDuplicates();
    rules.sort();
    if (rules.isEmpty() != (linted.exitCode == 0)) // said something in words that are not known here
        throw std::runtime_error((linted.out + linted.err).toStdString());
    return rules;
}

/// What Backstage's own model says of descriptors: how many it took, and a line for each that it refuses.
QJsonObject judgeBackstage(const QByteArray& descriptors)
{
    return QJsonDocument::fromJson(answerOf(u"backstage"_s, u"backstagejudge.js"_s, descriptors)).object();
}

QByteArray told(const QJsonObject& object)
{
    return QJsonDocument(object).toJson();
}

QStringList filesBelow(const QString& folder)
{
    QStringList files;
    QDirIterator walk(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext())
        files += QDir(folder).relativeFilePath(walk.next());
    files.sort();
    return files;
}

} // namespace

class CatalogExchangeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asyncApisParserTakesTheDemo();
    void asyncApisParserTakesHostileNames();
    void anEventCatalogFolder();
    void eventCatalogsLinterFindsOnlyWhatTheCatalogLacks_data();
    void eventCatalogsLinterFindsOnlyWhatTheCatalogLacks();
    void backstageDescriptors();
    void backstagesModelTakesAll_data();
    void backstagesModelTakesAll();
    void hostileNamesStayInTheFolder();
    void whatIsThereIsNeverWrittenOver();
    void whatWasExportedChangesNothing_data();
    void whatWasExportedChangesNothing();
    void importsFillGapsAndNameConflicts();
    void importsOfForeignFiles_data();
    void importsOfForeignFiles();
    void registeringDemandsEveryFactAtOnce();
    void registeringShowsCostAndLines();
    void badCalls_data();
    void badCalls();
};

void CatalogExchangeTest::asyncApisParserTakesTheDemo()
{
    const Scene scene;
    writeDemo(scene);
    for (const QString& name : {u"out.json"_s, u"out.yaml"_s}) {
        EXPECT_EXIT(scene.ctl(exportCall(u"asyncapi"_s, scene.path(name))), 0);
        const QJsonObject found = judge(scene.read(name));
        EXPECT(found[u"errors"].toArray().isEmpty(), told(found));
        EXPECT(found[u"channels"].toArray().contains(u"order-events"_s), told(found));
        const QJsonArray operations = found[u"operations"].toArray();
        EXPECT(operations.contains(QJsonObject{{u"action"_s, u"send"_s},
                                               {u"channel"_s, u"order-events"_s},
                                               {u"messages"_s, QJsonArray{u"order.created"_s}}}),
               told(found));
        EXPECT(std::count_if(operations.begin(), operations.end(),
                             [](const QJsonValue& one) {
                                 return one[u"action"].toString() == u"receive" &&
                                        one[u"messages"].toArray() == QJsonArray{u"order.created"_s};
                             }) == 3,
               told(found));
        EXPECT(found[u"messages"].toArray().contains(
                   QJsonObject{{u"name"_s, u"order.created"_s}, {u"hasPayload"_s, true}}),
               told(found));
    }
    const QJsonObject document = QJsonDocument::fromJson(scene.read(u"out.json"_s)).object();
    const QJsonObject message = document[u"components"][u"messages"][u"order.created"].toObject();
    QCOMPARE(message[u"x-owner"].toString(), u"order-team"_s);
    QCOMPARE(message[u"x-avg-daily-volume"].toInt(), 150000);
    QCOMPARE(document[u"channels"][u"order-events"][u"bindings"][u"kafka"][u"topicConfiguration"][u"retention.ms"]
                 .toInteger(),
             qint64{604'800'000});
    EXPECT(scene.read(u"out.json"_s).contains("\"x-slo-processing-time-ms\": 500"), scene.read(u"out.json"_s));
}

void CatalogExchangeTest::asyncApisParserTakesHostileNames()
{
    const Scene scene;
    writeHostile(scene);
    const CtlOutput call = scene.ctl(exportCall(u"asyncapi"_s, scene.path(u"out.json"_s)));
    EXPECT_EXIT(call, 0);
    const QByteArray text = scene.read(u"out.json"_s);
    const QJsonObject found = judge(text);
    EXPECT(found[u"errors"].toArray().isEmpty(), told(found) + text);
    EXPECT(!text.contains("file:///etc"), text);
    QCOMPARE(found[u"messages"].toArray().size(), 3);
    for (const char* word : {"https://example.org/s.json", "outside", "no topic"})
        EXPECT(call.err.contains(word), call.told());
    const QJsonObject schemas = QJsonDocument::fromJson(text).object()[u"components"][u"schemas"].toObject();
    const QJsonObject draft4 = schemas[u"draft4"][u"properties"][u"p"].toObject();
    QCOMPARE(draft4, (QJsonObject{{u"type"_s, u"number"_s}, {u"exclusiveMinimum"_s, 0}}));
    QCOMPARE(schemas[u"first.v1"][u"properties"][u"o"][u"$ref"].toString(),
             u"#/components/schemas/other/definitions/o"_s);
}

void CatalogExchangeTest::anEventCatalogFolder()
{
    const Scene scene;
    writeDemo(scene);
    EXPECT_EXIT(scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s))), 0);
    const QByteArray event = scene.read(u"ec/events/order.created/index.mdx"_s);
    for (const char* line : {"\nname: order.created\n", "\nversion: '2.0.0'\n", "\n  - order-team\n",
                             "\nschemaPath: order.created.v2.json\n", "\n  - id: order-events\n"})
        EXPECT(event.startsWith("---\nid: ") && event.contains(line), event);
    QCOMPARE(scene.read(u"ec/events/order.created/order.created.v2.json"_s),
             scene.read(u"schemas/order/order.created.v2.json"_s));
    const QByteArray service = scene.read(u"ec/services/payment-service/index.mdx"_s);
    EXPECT(service.contains("sends:\n  - id: payment.completed\n") && service.contains("receives:\n") &&
               service.contains("    fields:\n      - order_id\n"),
           service);
    EXPECT(scene.read(u"ec/domains/order/index.mdx"_s).contains("services:\n  - id: order-service\n"), "domains");
    EXPECT(scene.read(u"ec/teams/order-team.mdx"_s).contains("order-alerts"), "teams");
    EXPECT(scene.read(u"ec/channels/order-events/index.mdx"_s).contains("address: order-events\n"), "channels");
}

void CatalogExchangeTest::backstageDescriptors()
{
    const Scene scene;
    writeDemo(scene);
    QVERIFY(QDir().mkpath(scene.path(u"bs"_s)));
    EXPECT_EXIT(scene.ctl(exportCall(u"backstage"_s, scene.path(u"bs"_s))), 0);
    const QByteArray text = scene.read(u"bs/catalog-info.yaml"_s);
    for (const char* kind : {"Group", "Domain", "System", "Component", "API", "Resource"})
        EXPECT(text.contains(QByteArray("\nkind: ") + kind + '\n'), text);
    EXPECT(text.contains("\n  providesApis:\n    - order.created\n") &&
               text.contains("\n    spillway/slack-channel: '#order-alerts'\n"),
           text);
}

namespace {

/// The demo, and names and texts that mean harm.
void scenes()
{
    QTest::addColumn<bool>("isHostile");
    QTest::newRow("the demo") << false;
    QTest::newRow("hostile names and texts") << true;
}

} // namespace

void CatalogExchangeTest::eventCatalogsLinterFindsOnlyWhatTheCatalogLacks_data()
{
    scenes();
}

void CatalogExchangeTest::eventCatalogsLinterFindsOnlyWhatTheCatalogLacks()
{
    QFETCH(bool, isHostile);
    const Scene scene;
    isHostile ? writeHostile(scene) : writeDemo(scene);
    EXPECT_EXIT(scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s))), 0);
    // Two of the hostile events have no description, one has neither owner nor services.
    const QStringList lacks{u"best-practices/owner-required"_s, u"best-practices/schema-required"_s,
                            u"best-practices/summary-required"_s, u"refs/orphan-messages"_s};
    QCOMPARE(brokenRulesOf(scene.path(u"ec"_s)), isHostile ? lacks : QStringList());
    scene.write(u"ec/teams/broken.mdx"_s, "---\nname: broken\n---\n");
    QVERIFY(brokenRulesOf(scene.path(u"ec"_s)) != (isHostile ? lacks : QStringList()));
}

void CatalogExchangeTest::backstagesModelTakesAll_data()
{
    scenes();
}

void CatalogExchangeTest::backstagesModelTakesAll()
{
    QFETCH(bool, isHostile);
    const Scene scene;
    isHostile ? writeHostile(scene) : writeDemo(scene);
    EXPECT_EXIT(scene.ctl(exportCall(u"backstage"_s, scene.path(u"bs.yaml"_s))), 0);
    const QByteArray text = scene.read(u"bs.yaml"_s);
    const QJsonObject judged = judgeBackstage(text);
    EXPECT(judged[u"refused"].toArray().isEmpty(), told(judged));
    QCOMPARE(judged[u"taken"].toArray().size(), text.count("\nkind: "));
    // That it looks at all: a name it cannot take.
    QVERIFY(!judgeBackstage(QByteArray(text).replace("\n  name: ", "\n  name: -"))[u"refused"].toArray().isEmpty());
}

void CatalogExchangeTest::hostileNamesStayInTheFolder()
{
    const Scene scene;
    writeHostile(scene);
    const QStringList before = filesBelow(scene.folder() + u"/.."_s);
    EXPECT_EXIT(scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s))), 0);
    QStringList after = filesBelow(scene.folder() + u"/.."_s);
    after.erase(std::remove_if(after.begin(), after.end(),
                               [&](const QString& file) {
                                   return file.startsWith(u"workspace/ec/"_s) || file.startsWith(u"state/"_s);
                               }),
                after.end());
    QCOMPARE(after, before);
    const QStringList written = filesBelow(scene.path(u"ec"_s));
    for (const QString& file : written) {
        if (!file.endsWith(u".mdx"_s))
            continue;
        const QByteArray page = scene.read(u"ec/"_s + file);
        const QByteArray body = page.mid(page.indexOf("\n---\n") + 5);
        EXPECT(!body.contains('{') && !body.contains('<') && !body.contains("\nimport"), page);
        EXPECT(page.count("\n---\n") == 1, page);
    }
    // Names that differ only by case lie beside each other.
    EXPECT(written.contains(u"events/a.b/index.mdx"_s) && written.contains(u"events/A.B-2/index.mdx"_s),
           written.join(u'\n').toUtf8());
}

void CatalogExchangeTest::whatIsThereIsNeverWrittenOver()
{
    const Scene scene;
    writeDemo(scene);
    scene.write(u"ec/events/order.created/index.mdx"_s, "mine\n");
    scene.write(u"ec/events/old.event/index.mdx"_s, "old\n");
    const CtlOutput refused = scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s)));
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.err.contains("order.created/index.mdx") && refused.err.contains("--replace"), refused.told());
    QCOMPARE(filesBelow(scene.path(u"ec"_s)).size(), 2);
    EXPECT_EXIT(scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s)) + QStringList{u"--replace"_s}), 0);
    EXPECT(scene.read(u"ec/events/order.created/index.mdx"_s).startsWith("---\n"), "replaced");
    QCOMPARE(scene.read(u"ec/events/old.event/index.mdx"_s), QByteArray("old\n"));
    const CtlOutput again = scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s)) + QStringList{u"--json"_s});
    EXPECT_EXIT(again, 0); // the same once more is in nobody's way
    EXPECT(again.object()[u"written"].toArray().isEmpty(), again.told());
    // A link is not followed out of the folder, not even to replace.
    QVERIFY(QDir(scene.path(u"ec/teams"_s)).removeRecursively());
    QVERIFY(QDir().mkpath(scene.path(u"elsewhere"_s)));
    QVERIFY(QFile::link(scene.path(u"elsewhere"_s), scene.path(u"ec/teams"_s)));
    EXPECT_EXIT(scene.ctl(exportCall(u"eventcatalog"_s, scene.path(u"ec"_s)) + QStringList{u"--replace"_s}), 2);
    EXPECT(filesBelow(scene.path(u"elsewhere"_s)).isEmpty(), "a link was followed");
}

void CatalogExchangeTest::whatWasExportedChangesNothing_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("path");
    QTest::newRow("AsyncAPI") << u"asyncapi"_s << u"out.json"_s;
    QTest::newRow("AsyncAPI called YAML") << u"asyncapi"_s << u"out.yaml"_s;
    QTest::newRow("EventCatalog") << u"eventcatalog"_s << u"ec"_s;
    QTest::newRow("Backstage") << u"backstage"_s << u"bs/catalog-info.yaml"_s;
}

void CatalogExchangeTest::whatWasExportedChangesNothing()
{
    QFETCH(QString, format);
    QFETCH(QString, path);
    const Scene scene;
    writeDemo(scene);
    const QByteArray catalog = scene.read(u"event-catalog.yaml"_s);
    const QByteArray ownership = scene.read(u"schemas/_meta/ownership.yaml"_s);
    EXPECT_EXIT(scene.ctl(exportCall(format, scene.path(path))), 0);
    const CtlOutput import =
        scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, format, scene.path(path), u"--json"_s, u"--apply"_s});
    EXPECT_EXIT(import, 0);
    EXPECT(import.object()[u"changes"].toArray().isEmpty() && import.object()[u"conflicts"].toArray().isEmpty(),
           import.told());
    QCOMPARE(scene.read(u"event-catalog.yaml"_s), catalog);
    QCOMPARE(scene.read(u"schemas/_meta/ownership.yaml"_s), ownership);
    // Into empty files the same makes a catalog that says the same of who sends and receives what.
    scene.write(u"event-catalog.yaml"_s, "catalog: [] # ours\n");
    scene.write(u"schemas/_meta/ownership.yaml"_s, "# theirs\nevents: {}\n");
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, format, scene.path(path), u"--apply"_s}), 0);
    EXPECT(scene.read(u"event-catalog.yaml"_s).contains("# ours"), scene.read(u"event-catalog.yaml"_s));
    EXPECT(scene.read(u"schemas/_meta/ownership.yaml"_s).startsWith("# theirs\n"), "the comment is gone");
    const CtlOutput search =
        scene.ctl({u"catalog"_s, u"search"_s, u"event=order.created consumers=3 owner:order-team"_s, u"--json"_s});
    EXPECT_EXIT(search, 0);
    QCOMPARE(search.array().size(), 1);
    const CtlOutput again =
        scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, format, scene.path(path), u"--json"_s});
    EXPECT_EXIT(again, 0);
    EXPECT(again.object()[u"changes"].toArray().isEmpty(), again.told());
}

void CatalogExchangeTest::importsFillGapsAndNameConflicts()
{
    const Scene scene;
    writeDemo(scene);
    EXPECT_EXIT(scene.ctl(exportCall(u"asyncapi"_s, scene.path(u"out.json"_s))), 0);
    QByteArray catalog = scene.read(u"event-catalog.yaml"_s);
    const QByteArray whole = catalog;
    catalog.replace("    avg_daily_volume: 150000\n", "")
        .replace("partition_key: order_id\n", "partition_key: other # why\n");
    scene.write(u"event-catalog.yaml"_s, catalog);
    const CtlOutput look =
        scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, u"asyncapi"_s, scene.path(u"out.json"_s)});
    EXPECT_EXIT(look, 1);
    EXPECT(look.out.contains("+     avg_daily_volume: 150000"), look.told());
    EXPECT(look.err.contains("partition_key is 'other' here and 'order_id' there"), look.told());
    QCOMPARE(scene.read(u"event-catalog.yaml"_s), catalog);
    EXPECT_EXIT(
        scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, u"asyncapi"_s, scene.path(u"out.json"_s), u"--apply"_s}),
        1);
    const QByteArray now = scene.read(u"event-catalog.yaml"_s);
    EXPECT(now.contains("avg_daily_volume: 150000") && now.contains("partition_key: other # why\n"), now);
    QCOMPARE(now.size(), catalog.size() + QByteArray("    avg_daily_volume: 150000\n").size());
}

void CatalogExchangeTest::importsOfForeignFiles_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("an application that receives what its channel carries")
        << u"asyncapi"_s
        << QByteArray(
               "asyncapi: 3.0.0\ninfo: { title: shop, version: 1.0.0 }\nchannels:\n  c:\n    address: order-events\n"
               "    messages: { order.created: { $ref: '#/components/messages/m' } }\n"
               "operations:\n  o: { action: receive, channel: { $ref: '#/channels/c' }, x-owner: shop-team }\n"
               "components: { messages: { m: { name: order.created } } }\n")
        << 0 << QByteArray("+       - team: shop-team\n+         service: shop\n");
    QTest::newRow("a consumer nobody owns")
        << u"asyncapi"_s
        << QByteArray("asyncapi: 3.0.0\ninfo: { title: shop }\nchannels:\n  c:\n"
                      "    messages: { order.created: {} }\noperations:\n"
                      "  o: { action: receive, channel: { $ref: '#/channels/c' } }\n")
        << 1 << QByteArray("has no team");
    QTest::newRow("the second version") << u"asyncapi"_s << QByteArray("asyncapi: 2.6.0\n") << 2
                                        << QByteArray("converter");
    QTest::newRow("something else") << u"asyncapi"_s << QByteArray("openapi: 3.0.0\n") << 2
                                    << QByteArray("is no AsyncAPI document");
    QTest::newRow("no YAML") << u"backstage"_s << QByteArray("a: [\n") << 2 << QByteArray("in.yaml:");
    QTest::newRow("a group that owns an API of ours")
        << u"backstage"_s
        << QByteArray("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: order.created }\n"
                      "spec: { type: asyncapi, owner: other-team }\n---\napiVersion: backstage.io/v1alpha1\n"
                      "kind: Group\nmetadata: { name: other-team }\nspec: { type: team }\n")
        << 1 << QByteArray("team is 'order-team' here and 'other-team' there");
    QTest::newRow("a file where a folder has to be")
        << u"eventcatalog"_s << QByteArray("x") << 2 << QByteArray("is no folder");
}

void CatalogExchangeTest::importsOfForeignFiles()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, text);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, says);
    const Scene scene;
    writeDemo(scene);
    scene.write(u"in.yaml"_s, text);
    const CtlOutput call = scene.ctl({u"catalog"_s, u"import"_s, u"--format"_s, format, scene.path(u"in.yaml"_s)});
    EXPECT_EXIT(call, exitCode);
    EXPECT((call.out + call.err).contains(says), call.told());
}

void CatalogExchangeTest::registeringDemandsEveryFactAtOnce()
{
    const Scene scene;
    writeDemo(scene);
    const CtlOutput none = scene.ctl({u"catalog"_s, u"register"_s, u"order.shipped"_s, u"--apply"_s});
    EXPECT_EXIT(none, 2);
    for (const char* option :
         {"--producer-team", "--producer-service", "--consumer", "--volume", "--payload-bytes", "--retention-days"})
        EXPECT(none.err.contains(option), none.told());
    const CtlOutput known = scene.ctl({u"catalog"_s, u"register"_s, u"order.created"_s, u"--producer-team"_s, u"t"_s,
                                       u"--producer-service"_s, u"s"_s, u"--consumer"_s, u"a/b"_s, u"--volume"_s,
                                       u"1"_s, u"--payload-bytes"_s, u"1"_s, u"--retention-days"_s, u"1"_s});
    EXPECT_EXIT(known, 2);
    EXPECT(known.err.contains("registered already, at") && known.err.contains("event-catalog.yaml:2"), known.told());
}

void CatalogExchangeTest::registeringShowsCostAndLines()
{
    const Scene scene;
    writeDemo(scene);
    const QByteArray catalog = scene.read(u"event-catalog.yaml"_s);
    const QStringList call{u"catalog"_s,
                           u"register"_s,
                           u"order.shipped"_s,
                           u"--producer-team"_s,
                           u"order-team"_s,
                           u"--producer-service"_s,
                           u"order-service"_s,
                           u"--consumer"_s,
                           u"payment-team/payment-service"_s,
                           u"--consumer"_s,
                           u"analytics-team/analytics-pipeline"_s,
                           u"--volume"_s,
                           u"100000"_s,
                           u"--payload-bytes"_s,
                           u"1000"_s,
                           u"--retention-days"_s,
                           u"7.5"_s,
                           u"--topic"_s,
                           u"order-events"_s};
    const CtlOutput look = scene.ctl(call + QStringList{u"--json"_s});
    EXPECT_EXIT(look, 0);
    QCOMPARE(scene.read(u"event-catalog.yaml"_s), catalog);
    const QJsonObject planned = look.object();
    QCOMPARE(planned[u"changes"].toArray().size(), 2);
    QCOMPARE(planned[u"currency"].toString(), u"USD"_s);
    EXPECT(planned[u"costPerDay"].toDouble() > 0 &&
               planned[u"costPerMonth"].toDouble() > 30 * planned[u"costPerDay"].toDouble(),
           look.told());
    const QJsonArray findings = planned[u"findings"].toArray();
    EXPECT(std::any_of(findings.begin(), findings.end(),
                       [](const QJsonValue& finding) { return finding[u"event"].toString() == u"order.shipped"; }),
           look.told()); // it has no description, say
    EXPECT_EXIT(scene.ctl(call + QStringList{u"--apply"_s}), 0);
    const QByteArray now = scene.read(u"event-catalog.yaml"_s);
    EXPECT(now.startsWith(catalog.trimmed()) && now.contains("  - event_type: order.shipped\n") &&
               now.contains("    retention_days: 7.5\n"),
           now);
    EXPECT(scene.read(u"schemas/_meta/ownership.yaml"_s)
               .contains("  order.shipped:\n    producer:\n      team: order-team\n      service: order-service\n"
                         "      slack_channel: '#order-alerts'\n"),
           scene.read(u"schemas/_meta/ownership.yaml"_s));
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"search"_s, u"event=order.shipped"_s, u"--json"_s}), 0);
    EXPECT_EXIT(scene.ctl(call), 2); // it is there now
}

void CatalogExchangeTest::badCalls_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no format") << QStringList{u"export"_s, u"--out"_s, u"x.json"_s} << QByteArray("--format");
    QTest::newRow("a format nobody knows")
        << QStringList{u"export"_s, u"--format"_s, u"openapi"_s, u"--out"_s, u"x.json"_s} << QByteArray("asyncapi");
    QTest::newRow("nowhere to write") << QStringList{u"export"_s, u"--format"_s, u"asyncapi"_s} << QByteArray("--out");
    QTest::newRow("a file of another kind")
        << QStringList{u"export"_s, u"--format"_s, u"asyncapi"_s, u"--out"_s, u"x.txt"_s} << QByteArray(".json, .yaml");
}

void CatalogExchangeTest::badCalls()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const Scene scene;
    writeDemo(scene);
    const CtlOutput call = scene.ctl(QStringList{u"catalog"_s} + arguments);
    EXPECT_EXIT(call, 2);
    EXPECT(call.err.contains(says), call.told());
}

CTL_TEST_MAIN(CatalogExchangeTest)
#include "tst_ctl_catalogexchange.moc"
