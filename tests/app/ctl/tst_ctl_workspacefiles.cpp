// SPDX-License-Identifier: GPL-3.0-or-later
// Faulty workspaces: every fault with its place and its remedy, all of them at once, no secret repeated, exit 2.
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

using Files = QMap<QString, QByteArray>;

const QByteArray plainTop = "version: 1\nname: judged\nenvironment: development\n";
const QByteArray connection = "connections:\n  - name: orders\n    kind: kafka\n    bootstrap_servers: 127.0.0.1:9\n";

QByteArray ownershipOf(const QByteArray& consumer)
{
    return "events:\n  order.created:\n    producer: { team: order-team, service: order-service }\n    consumers:\n" +
           consumer;
}

void run(const Files& files, Scene& scene, CtlOutput& output)
{
    for (auto file = files.begin(); file != files.end(); ++file)
        scene.write(file.key(), file.value());
    output = scene.ctl({u"cost"_s, u"--json"_s});
}

} // namespace

class WorkspaceFilesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFaultIsNamedWithItsPlaceAndRemedy_data();
    void aFaultIsNamedWithItsPlaceAndRemedy();
    void allFaultsOfAllFilesAtOnce();
    void theFileTheyNameIsMissingOrEmpty_data();
    void theFileTheyNameIsMissingOrEmpty();
    void hostileFilesAreRefusedInPlainWords_data();
    void hostileFilesAreRefusedInPlainWords();
    void aSecretInTheFileIsRefusedAndNotRepeated_data();
    void aSecretInTheFileIsRefusedAndNotRepeated();
    void aliasesAndMergeKeysWorkAsUsersExpect();
    void theArticlesFilesLoadUnchanged();
    void savedViewsAreKeptInTheWorkspace();
};

void WorkspaceFilesTest::aFaultIsNamedWithItsPlaceAndRemedy_data()
{
    QTest::addColumn<QByteArray>("spillway");
    QTest::addColumn<QByteArray>("ownership");
    QTest::addColumn<QString>("pattern"); // on one line of stderr, before it says what to write instead
    const QByteArray withOwnership = plainTop + "ownership: ownership.yaml\n" + connection;
    const auto inWorkspace = [](const char* name, const QByteArray& text, const char* pattern) {
        QTest::newRow(name) << text << QByteArray() << u"spillway\\.yaml:"_s + QString::fromUtf8(pattern);
    };
    const auto inOwnership = [&](const char* name, const QByteArray& text, const char* pattern) {
        QTest::newRow(name) << withOwnership << text << u"ownership\\.yaml:"_s + QString::fromUtf8(pattern);
    };
    inWorkspace("a key twice", "version: 1\nname: a\nname: b\n" + connection, "3:1: .*name");
    inWorkspace("an environment that does not exist", "version: 1\nname: a\nenvironment: prod\n" + connection,
                "3:14: .*prod");
    inWorkspace("a version of the future", "version: 99\nname: a\nenvironment: staging\n" + connection,
                "1:10: .*version");
    inWorkspace("an interval that is no duration", plainTop + connection + "    sample_interval: soon\n",
                "8:22: .*soon");
    inWorkspace("a kind of broker that does not exist",
                plainTop +
                    "connections:\n  - name: orders\n    kind: carrier-pigeon\n    bootstrap_servers: 127.0.0.1:9\n",
                "6:11: .*carrier-pigeon");
    inWorkspace("two connections of one name",
                plainTop + connection + "  - name: orders\n    kind: kafka\n    bootstrap_servers: 127.0.0.1:9\n",
                "8:11: .*orders");
    inWorkspace("a topic pattern that is no regular expression",
                plainTop + connection + "    dead_letters:\n      - topic_pattern: \"([a-z\"\n", "9:24: ");
    inWorkspace("a threshold that is no number", plainTop + "alerts:\n  dead_letter_warning_count: many\n" + connection,
                "5:30: .*many");
    inWorkspace("an age without a unit", plainTop + "alerts:\n  dead_letter_p1_age: 24\n" + connection, "5:23: ");
    inWorkspace("YAML that is none", plainTop + "connections: [ { name: orders\n", "[45]:\\d+: ");
    inWorkspace("a tab for indentation", plainTop + "connections:\n\t- name: orders\n", "[45]:\\d+: ");
    inWorkspace("a list where a map belongs", "- version: 1\n", "1:1: ");

    inOwnership("no events", "governance_rules:\n  slo_violation_alert: true\n", "1:1: .*events");
    inOwnership("a promise that is no number",
                ownershipOf("      - team: payment-team\n        service: payment-service\n"
                            "        slo_processing_time_ms: fast\n"),
                "7:33: .*fast");
    inOwnership("a promise of zero",
                ownershipOf("      - team: payment-team\n        service: payment-service\n"
                            "        slo_processing_time_ms: 0\n"),
                "7:33: ");
    inOwnership("a promise below zero",
                ownershipOf("      - team: payment-team\n        service: payment-service\n"
                            "        slo_processing_time_ms: -500\n"),
                "7:33: ");
    inOwnership("a consumer without a service", ownershipOf("      - team: payment-team\n"), "5:\\d+: .*service");
    inOwnership("a consumer without a team", ownershipOf("      - service: payment-service\n"), "5:\\d+: .*team");
    inOwnership("a producer without a service", "events:\n  order.created:\n    producer: { team: order-team }\n",
                "3:\\d+: .*service");
    inOwnership("no producer", "events:\n  order.created:\n    consumers: []\n", "[23]:\\d+: .*producer");
    inOwnership("an event twice",
                "events:\n  a:\n    producer: { team: t, service: s }\n  a:\n    producer: { team: t, "
                "service: s }\n",
                "4:3: .*a");
}

void WorkspaceFilesTest::aFaultIsNamedWithItsPlaceAndRemedy()
{
    QFETCH(QByteArray, spillway);
    QFETCH(QByteArray, ownership);
    QFETCH(QString, pattern);
    Scene scene;
    CtlOutput output;
    run({{u"spillway.yaml"_s, spillway}, {u"ownership.yaml"_s, ownership}}, scene, output);
    EXPECT_EXIT(output, 2);
    QCOMPARE(output.out, QByteArray());
    const QRegularExpression form(pattern + u"[^\\n]*; [^\\n]+"_s);
    EXPECT(form.match(output.errorText()).hasMatch(), output.told() + "\nexpected: " + form.pattern().toUtf8());
}

void WorkspaceFilesTest::allFaultsOfAllFilesAtOnce()
{
    Scene scene;
    CtlOutput output;
    run({{u"spillway.yaml"_s, "version: 1\nname: a\nenvironment: prod\nownership: ownership.yaml\ncatalog: "
                              "event-catalog.yaml\nalerts:\n  dead_letter_p1_age: old\n" +
                                  connection + "    sample_interval: soon\n"},
         {u"ownership.yaml"_s, ownershipOf("      - team: payment-team\n        service: payment-service\n"
                                           "        slo_processing_time_ms: fast\n      - service: stray\n")},
         {u"event-catalog.yaml"_s, "catalog:\n  - event_type: a\n    avg_daily_volume: plenty\n"}},
        scene, output);
    EXPECT_EXIT(output, 2);
    for (const char* place : {"spillway.yaml:3:14: ", "spillway.yaml:7:23: ", "spillway.yaml:12:22: ",
                              "ownership.yaml:7:33: ", "ownership.yaml:8:", "event-catalog.yaml:3:23: "})
        EXPECT(output.err.contains(place), output.told() + "\nmissing: " + place);
}

void WorkspaceFilesTest::theFileTheyNameIsMissingOrEmpty_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isEmpty");
    for (const bool isEmpty : {false, true}) {
        const char* how = isEmpty ? "empty" : "missing";
        QTest::addRow("ownership is %s", how)
            << QByteArray("ownership: meta/ownership.yaml") << u"meta/ownership.yaml"_s << isEmpty;
        QTest::addRow("the catalog is %s", how)
            << QByteArray("catalog: event-catalog.yaml") << u"event-catalog.yaml"_s << isEmpty;
        QTest::addRow("pricing is %s", how) << QByteArray("pricing: pricing.yaml") << u"pricing.yaml"_s << isEmpty;
    }
}

void WorkspaceFilesTest::theFileTheyNameIsMissingOrEmpty()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, file);
    QFETCH(bool, isEmpty);
    Scene scene;
    CtlOutput output;
    Files files{{u"spillway.yaml"_s, plainTop + line + '\n' + connection}};
    if (isEmpty)
        files[file] = "";
    run(files, scene, output);
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains(file.toUtf8()), output.told());
    EXPECT(QRegularExpression(uR"(\.yaml:\d+:\d+: [^\n]+; [^\n]+)"_s).match(output.errorText()).hasMatch(),
           output.told());
}

void WorkspaceFilesTest::hostileFilesAreRefusedInPlainWords_data()
{
    QTest::addColumn<QByteArray>("ownership");
    QTest::addColumn<QString>("word");
    QByteArray bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray now = QByteArray::number(i);
        QByteArray items;
        for (int j = 0; j < 10; ++j)
            items += (j ? ", *a" : "*a") + QByteArray::number(i - 1);
        bomb += 'a' + now + ": &a" + now + " [" + items + "]\n";
    }
    QTest::newRow("ten thousand million nodes by aliases") << QByteArray(bomb + "events: {}\n") << u"alias"_s;
    QTest::newRow("an alias of itself") << QByteArray("events: &a\n  order: *a\n") << u"itself|alias"_s;
    QTest::newRow("nested a hundred deep")
        << QByteArray("events: " + QByteArray(100, '[') + QByteArray(100, ']') + '\n') << u"deep|depth|nest"_s;
    QTest::newRow("nested a hundred thousand deep")
        << QByteArray("events: " + QByteArray(100'000, '[') + QByteArray(100'000, ']') + '\n') << u"deep|depth|nest"_s;
    QTest::newRow("larger than 16 MiB") << QByteArray("# " + QByteArray((16 << 20) + 1, 'x') + "\nevents: {}\n")
                                        << u"16 MiB"_s;
    QTest::newRow("not UTF-8") << QByteArray("events:\n  caf\xe9: {}\n") << u"UTF-8"_s;
    QTest::newRow("UTF-16") << QByteArray("\xff\xfe"
                                          "e\0v\0",
                                          6)
                            << u"UTF-8"_s;
    QTest::newRow("a zero byte") << QByteArray("events:\n  a\0b: {}\n", 17) << QString(u"."_s);
}

void WorkspaceFilesTest::hostileFilesAreRefusedInPlainWords()
{
    QFETCH(QByteArray, ownership);
    QFETCH(QString, word);
    Scene scene;
    scene.write(u"spillway.yaml"_s, plainTop + "ownership: ownership.yaml\n" + connection);
    scene.write(u"ownership.yaml"_s, ownership);
    const CtlOutput output = scene.ctl({u"cost"_s, u"--json"_s}, {}, 10'000);
    EXPECT_EXIT(output, 2);
    const QRegularExpression form(u"ownership\\.yaml:\\d+:\\d+: [^\\n]*("_s + word + u")[^\\n]*"_s,
                                  QRegularExpression::CaseInsensitiveOption);
    EXPECT(form.match(output.errorText()).hasMatch(), output.told());
}

void WorkspaceFilesTest::aSecretInTheFileIsRefusedAndNotRepeated_data()
{
    QTest::addColumn<QByteArray>("security");
    QTest::addColumn<QByteArray>("properties");
    const QByteArray head = "    security: { protocol: SASL_PLAINTEXT, mechanism: PLAIN, username: u, ";
    QTest::newRow("the password itself") << QByteArray(head + "password: hunter2secret }\n") << QByteArray();
    QTest::newRow("quoted") << QByteArray(head + "password: \"hunter2secret\" }\n") << QByteArray();
    QTest::newRow("under a key that does not exist")
        << QByteArray(head + "password: { value: hunter2secret } }\n") << QByteArray();
    QTest::newRow("in a list") << QByteArray(head + "password: [ hunter2secret ] }\n") << QByteArray();
}

void WorkspaceFilesTest::aSecretInTheFileIsRefusedAndNotRepeated()
{
    QFETCH(QByteArray, security);
    Scene scene;
    CtlOutput output;
    run({{u"spillway.yaml"_s, plainTop + connection + security}}, scene, output);
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("spillway.yaml:8:") && output.err.contains("env"), output.told());
    EXPECT(!output.err.contains("hunter2") && !output.out.contains("hunter2"), "the secret is repeated");
}

void WorkspaceFilesTest::aliasesAndMergeKeysWorkAsUsersExpect()
{
    Scene scene;
    CtlOutput output;
    run({{u"spillway.yaml"_s, plainTop + "catalog: event-catalog.yaml\n" + connection},
         {u"event-catalog.yaml"_s, R"(catalog:
  - &base
    event_type: order.created
    domain: order
    topic: order-events
    avg_daily_volume: 1000000
    avg_payload_bytes: 1073
    retention_days: 7
    producer: &owner { service: order-service, team: order-team }
    consumers: []
  - <<: *base
    event_type: order.cancelled
    avg_daily_volume: 2000000
  - <<: [ { producer: { service: user-service, team: user-team } }, *base ]
    event_type: user.updated
)"}},
        scene, output);
    EXPECT_EXIT(output, 0);
    QStringList teams;
    const QJsonArray rows = output.object()[u"teams"_s].toArray();
    for (const QJsonValue& row : rows)
        teams += row[u"team"_s].toString() + u' ' + QString::number(row[u"registry"_s].toDouble(), 'f', 2);
    teams.sort();
    QCOMPARE(teams, (QStringList{u"order-team 0.02"_s, u"user-team 0.01"_s}));
}

void WorkspaceFilesTest::theArticlesFilesLoadUnchanged()
{
    Scene scene;
    CtlOutput output;
    Files files{{u"spillway.yaml"_s,
                 plainTop + "ownership: schemas/_meta/ownership.yaml\ncatalog: event-catalog.yaml\n" + connection}};
    for (const QString& name : {u"schemas/_meta/ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QFile file(spillway::test::sourceFile(u"tests/data/article/"_s) + name);
        EXPECT(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        files[name] = file.readAll();
    }
    run(files, scene, output);
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.object()[u"teams"_s].toArray().size(), 7);
}

void WorkspaceFilesTest::savedViewsAreKeptInTheWorkspace()
{
    Scene scene;
    scene.write(u"spillway.yaml"_s, plainTop + "ownership: ownership.yaml\n");
    scene.write(u"ownership.yaml"_s, ownershipOf("      - { team: payment-team, service: payment-service }\n"));
    const QString name = u"../../Slow \"payments\""_s;
    const CtlOutput saved =
        scene.ctl({u"dlq"_s, u"view"_s, u"save"_s, name, u"--query"_s, u"team:payment-team age>24h"_s, u"--json"_s});
    EXPECT_EXIT(saved, 0);
    QVERIFY(saved.object()[u"file"].toString().endsWith(u"/queries/slow-payments.yaml"));
    const CtlOutput again = scene.ctl({u"dlq"_s, u"view"_s, u"save"_s, name, u"--query"_s, u"kind:schema"_s});
    EXPECT_EXIT(again, 2);
    EXPECT(again.err.contains("--replace"), again.told());
    const auto views = scene.ctl({u"dlq"_s, u"views"_s, u"--json"_s}).rows();
    QCOMPARE(views.size(), std::size_t{1});
    QCOMPARE(views[0][u"name"].toString(), name);
    QCOMPARE(views[0][u"query"].toString(), u"team:payment-team age>24h"_s);
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"list"_s, u"--view"_s, name, u"--json"_s}), 0);
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"groups"_s, u"--view"_s, name, u"--query"_s, u"kind:schema"_s}), 0);
    const CtlOutput unknown = scene.ctl({u"dlq"_s, u"list"_s, u"--view"_s, u"Fast"_s});
    EXPECT_EXIT(unknown, 2);
    EXPECT(unknown.err.contains("there is no saved view"), unknown.told());
    // The column is that of the query typed, whatever the view holds.
    const CtlOutput faulty = scene.ctl({u"dlq"_s, u"list"_s, u"--view"_s, name, u"--query"_s, u"foo:bar"_s});
    EXPECT_EXIT(faulty, 2);
    EXPECT(faulty.err.contains("query, column 1:"), faulty.told());
    scene.write(u"queries/broken.yaml"_s, "name: Broken\nquery: 'team:'\n");
    const CtlOutput checked = scene.ctl({u"check"_s});
    EXPECT_EXIT(checked, 2);
    EXPECT(checked.err.contains("broken.yaml:2:8: column 6 of the query"), checked.told());
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"list"_s, u"--view"_s, name}), 0); // the others stay usable
}

CTL_TEST_MAIN(WorkspaceFilesTest)
#include "tst_ctl_workspacefiles.moc"
