// SPDX-License-Identifier: GPL-3.0-or-later
// The catalog's commands as a pipeline has them: exit codes, forms of output, and files that are mended.
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

void writeArticle(const Scene& scene)
{
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: schemas/_meta/ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
    for (const QString& name : {u"schemas/_meta/ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QFile file(spillway::test::sourceFile(u"tests/data/article/"_s) + name);
        EXPECT(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        scene.write(name, file.readAll());
    }
}

bool has(const std::vector<QJsonObject>& rows, const QString& rule, const QString& event)
{
    return std::any_of(rows.begin(), rows.end(), [&](const QJsonObject& row) {
        return row[u"rule"].toString() == rule && row[u"event"].toString() == event;
    });
}

} // namespace

class CatalogCommandsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theArticlesFilesDisagree();
    void faultyEntriesAreFindings();
    void filesThatCannotBeReadAreErrorsOfConfiguration();
    void fixesAreWritten();
    void oneEventWithAllThatIsKnown();
    void searching();
    void aBadQueryNamesItsColumn();
};

void CatalogCommandsTest::theArticlesFilesDisagree()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput lint = scene.ctl({u"catalog"_s, u"lint"_s, u"--json"_s});
    EXPECT_EXIT(lint, 1);
    const auto rows = lint.rows();
    EXPECT(has(rows, u"not-in-catalog"_s, u"payment.completed"_s), lint.told());
    EXPECT(has(rows, u"not-in-ownership"_s, u"user.profile.updated"_s), lint.told());
    EXPECT(has(rows, u"schema-missing"_s, u"order.created"_s), lint.told());
    for (const QJsonObject& row : rows) {
        for (const QString& name :
             {u"file"_s, u"line"_s, u"column"_s, u"rule"_s, u"severity"_s, u"message"_s, u"event"_s})
            EXPECT(row.contains(name), lint.told());
    }
    const CtlOutput text = scene.ctl({u"catalog"_s, u"lint"_s});
    EXPECT_EXIT(text, 1);
    EXPECT(text.out.contains("event-catalog.yaml:"), text.told());
    const CtlOutput sarif =
        scene.ctl({u"catalog"_s, u"lint"_s, u"--format"_s, u"sarif"_s, u"--out"_s, scene.path(u"l.sarif"_s)});
    EXPECT_EXIT(sarif, 1);
    EXPECT(sarif.out.isEmpty() && scene.read(u"l.sarif"_s).contains("\"ruleId\":\"not-in-catalog\""), sarif.told());
}

void CatalogCommandsTest::faultyEntriesAreFindings()
{
    const Scene scene;
    writeArticle(scene);
    scene.write(u"schemas/_meta/ownership.yaml"_s, "events:\n  a.b:\n    producer: { team: t }\n    consumers: []\n");
    const CtlOutput lint = scene.ctl({u"catalog"_s, u"lint"_s, u"--json"_s});
    EXPECT_EXIT(lint, 1);
    EXPECT(has(lint.rows(), u"missing-owner"_s, u"a.b"_s), lint.told());
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"search"_s, u"a"_s}), 2); // everyone else needs files without errors
}

void CatalogCommandsTest::filesThatCannotBeReadAreErrorsOfConfiguration()
{
    const Scene scene;
    writeArticle(scene);
    scene.write(u"event-catalog.yaml"_s, "catalog: [\n");
    const CtlOutput lint = scene.ctl({u"catalog"_s, u"lint"_s, u"--json"_s});
    EXPECT_EXIT(lint, 2);
    EXPECT(lint.out.isEmpty() && lint.err.contains("event-catalog.yaml:"), lint.told());
    scene.write(u"event-catalog.yaml"_s, "catalog: []\n");
    scene.write(u"catalog-lint.yaml"_s, "rules: { nothing: off }\n");
    const CtlOutput policy = scene.ctl({u"catalog"_s, u"lint"_s});
    EXPECT_EXIT(policy, 2);
    EXPECT(policy.err.contains("catalog-lint.yaml:1:10: there is no rule 'nothing'"), policy.told());
}

void CatalogCommandsTest::fixesAreWritten()
{
    const Scene scene;
    writeArticle(scene);
    const QByteArray before = scene.read(u"event-catalog.yaml"_s);
    const CtlOutput fixed = scene.ctl({u"catalog"_s, u"lint"_s, u"--fix"_s, u"--json"_s});
    EXPECT_EXIT(fixed, 1); // the schemas are still not there
    EXPECT(!has(fixed.rows(), u"not-in-catalog"_s, u"payment.completed"_s), fixed.told());
    EXPECT(!has(fixed.rows(), u"not-in-ownership"_s, u"user.profile.updated"_s), fixed.told());
    EXPECT(has(fixed.rows(), u"volume-unset"_s, u"payment.completed"_s), fixed.told());
    QVERIFY(scene.read(u"event-catalog.yaml"_s).startsWith(before.trimmed()));
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"search"_s, u"payment"_s}), 0);
}

void CatalogCommandsTest::oneEventWithAllThatIsKnown()
{
    const Scene scene;
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: own.yaml"_s, u"catalog: cat.yaml"_s, u"schemas: schemas"_s}));
    scene.write(u"own.yaml"_s, "events:\n  a.b:\n    producer: { team: t, service: s, oncall_rotation: rota }\n"
                               "    consumers:\n      - { team: u, service: r, slo_processing_time_ms: 500 }\n");
    scene.write(u"cat.yaml"_s, "catalog:\n  - event_type: a.b\n    domain: a\n    topic: a-events\n"
                               "    avg_daily_volume: 1000\n    avg_payload_bytes: 100\n    retention_days: 7\n"
                               "    producer: { team: t, service: s }\n    consumers: [{ team: u, service: r }]\n");
    scene.write(u"contacts.yaml"_s, "oncall_rotation: https://on.example/{name}\n");
    scene.write(u"schemas/a/a.b.v1.json"_s, R"({"type":"object","properties":{"x":{"type":"string"}}})");
    scene.write(u"schemas/a/a.b.v2.json"_s,
                R"({"type":"object","properties":{"x":{"type":"string"}},"required":["x"]})");
    const CtlOutput shown = scene.ctl({u"catalog"_s, u"show"_s, u"a.b"_s, u"--json"_s});
    EXPECT_EXIT(shown, 0);
    const QJsonObject event = shown.object();
    EXPECT(event[u"event"].toString() == u"a.b"_s, shown.told());
    EXPECT(event[u"producer"][u"contacts"][0][u"address"].toString() == u"https://on.example/rota"_s, shown.told());
    EXPECT(event[u"consumers"][0][u"sloState"].toString() == u"noData"_s, shown.told());
    EXPECT(event[u"consumers"][0][u"lag"].isNull(), shown.told()); // nothing was collected: unknown, not 0
    EXPECT(event[u"topic"][u"declaredPerDay"].toInt() == 1000, shown.told());
    EXPECT(event[u"topic"][u"observedPerDay"].isNull(), shown.told());
    EXPECT(event[u"deadLetters"][u"open"].toInt(-1) == 0, shown.told());
    EXPECT(event[u"schema"][u"version"].toInt() == 2 && event[u"schema"][u"previous"].toInt() == 1, shown.told());
    EXPECT(event[u"schema"][u"changes"][0][u"kind"].toString() == u"requiredAdded"_s, shown.told());
    EXPECT(event[u"schema"][u"fields"][0][u"required"].toBool(), shown.told());
    EXPECT(event[u"history"].isNull() && event[u"historyFault"].toString().contains(u"lies in no Git repository"_s),
           shown.told());
    // The same amount as `cost` has it: nothing else is priced here.
    const CtlOutput cost = scene.ctl({u"cost"_s, u"--json"_s});
    EXPECT_EXIT(cost, 0);
    const QJsonValue total = cost.object()[u"total"];
    const double all = total.isObject() ? total[u"total"].toDouble() : total.toDouble();
    EXPECT(event[u"cost"][u"perDay"].toDouble() == all && all > 0, shown.told() + cost.told());
    EXPECT(event[u"cost"][u"basis"].toString() == u"declared"_s, shown.told());
    const CtlOutput first = scene.ctl({u"catalog"_s, u"show"_s, u"a.b"_s, u"--schema-version"_s, u"1"_s});
    EXPECT_EXIT(first, 0);
    EXPECT(first.out.contains("the first version") && first.out.contains("COST"), first.told());
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"show"_s, u"a.b"_s, u"--schema-version"_s, u"9"_s}), 2);
    EXPECT_EXIT(scene.ctl({u"catalog"_s, u"show"_s, u"x.y"_s}), 2);
    scene.write(u"contacts.yaml"_s, "oncall_rotation: nowhere\n");
    const CtlOutput faulty = scene.ctl({u"catalog"_s, u"show"_s, u"a.b"_s});
    EXPECT_EXIT(faulty, 2);
    EXPECT(faulty.err.contains("contacts.yaml:1:"), faulty.told());
}

void CatalogCommandsTest::searching()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput found = scene.ctl({u"catalog"_s, u"search"_s, u"owner:payment consumers>2"_s, u"--json"_s});
    EXPECT_EXIT(found, 0);
    QCOMPARE(found.rows().size(), std::size_t{1});
    const QJsonObject row = found.rows().front();
    QCOMPARE(row[u"event"].toString(), u"order.created"_s);
    QCOMPARE(row[u"team"].toString(), u"order-team"_s);
    QCOMPARE(row[u"topic"].toString(), u"order-events"_s);
    QCOMPARE(row[u"consumers"].toArray().size(), 3);
    QCOMPARE(row[u"line"].toInt(), 5);
    const CtlOutput none = scene.ctl({u"--json"_s, u"catalog"_s, u"search"_s, u"nowhere"_s});
    EXPECT_EXIT(none, 0);
    QCOMPARE(none.array().size(), 0);
}

void CatalogCommandsTest::aBadQueryNamesItsColumn()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput bad = scene.ctl({u"catalog"_s, u"search"_s, u"tag:a ownr:b"_s});
    EXPECT_EXIT(bad, 2);
    EXPECT(bad.out.isEmpty() && bad.err.contains("column 7"), bad.told());
}

CTL_TEST_MAIN(CatalogCommandsTest)
#include "tst_ctl_catalog.moc"
