// SPDX-License-Identifier: GPL-3.0-or-later
// How spillwayctl is called: options before and after the command, where the workspace is looked for, what is refused.
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"
#include "tests/support/peers.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray oneEvent = R"(catalog:
  - event_type: order.created
    domain: order
    topic: order-events
    avg_daily_volume: 1000000
    avg_payload_bytes: 1000
    retention_days: 7
    producer: { service: order-service, team: order-team }
    consumers:
      - { service: payment-service, team: payment-team }
)";

QByteArray quietWorkspace()
{
    return workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                         {u"catalog: event-catalog.yaml"_s});
}

} // namespace

class CommandLineTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void someCallsNeedNoWorkspace_data();
    void someCallsNeedNoWorkspace();
    void helpNamesEveryCommand();
    void helpNamesTheStateFolder();
    void faultyCallsAreRefused_data();
    void faultyCallsAreRefused();
    void whatCannotBeReadIsNoEmptyState_data();
    void whatCannotBeReadIsNoEmptyState();
    void aLimitIsAWholeNumber();
    void optionsStandBeforeAndAfterTheCommand_data();
    void optionsStandBeforeAndAfterTheCommand();
    void theWorkspaceIsFoundFromWhereOneStands_data();
    void theWorkspaceIsFoundFromWhereOneStands();
    void withoutAWorkspaceItSaysHowToMakeOne();
    void initMakesAWorkspaceThatLoads();
    void initNeverOverwrites();
    void withoutAConnectionNothingIsSampled();
    void outputThatCannotBeWrittenIsToldOnce_data();
    void outputThatCannotBeWrittenIsToldOnce();
    void aReaderThatHadEnoughIsNoFault();
};

void CommandLineTest::someCallsNeedNoWorkspace_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("pattern");
    QTest::newRow("--version") << QStringList{u"--version"_s} << uR"(\d+\.\d+\.\d+)"_s;
    QTest::newRow("--help") << QStringList{u"--help"_s} << u"--workspace"_s;
    QTest::newRow("help of a command") << QStringList{u"lag"_s, u"--help"_s} << u"--group"_s;
    QTest::newRow("help of a command of two words") << QStringList{u"dlq"_s, u"list"_s, u"--help"_s} << u"--query"_s;
}

void CommandLineTest::someCallsNeedNoWorkspace()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, pattern);
    const Scene scene;
    const CtlOutput output = scene.bare(arguments, scene.home());
    EXPECT_EXIT(output, 0);
    EXPECT(QRegularExpression(pattern).match(QString::fromUtf8(output.out)).hasMatch(), output.told());
    QCOMPARE(output.err, QByteArray());
}

void CommandLineTest::helpNamesEveryCommand()
{
    const Scene scene;
    const QByteArray help = scene.bare({u"--help"_s}, scene.home()).out;
    for (const char* command : {"init", "check", "collect", "lag", "slo", "dlq", "replay", "cost", "evaluate", "audit",
                                "--workspace", "--state", "--json", "--write", "--verbose"})
        EXPECT(help.contains(command), command);
}

void CommandLineTest::helpNamesTheStateFolder()
{
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    const CtlOutput output = scene.bare({u"--help"_s}, scene.folder());
    EXPECT_EXIT(output, 0);
    const QString text = QString::fromUtf8(output.out);
    EXPECT(text.contains(u"XDG_STATE_HOME"_s), output.told());
    const CtlOutput lag = scene.bare({u"lag"_s, u"--help"_s, u"--state"_s, scene.path(u"kept"_s)}, scene.folder());
    EXPECT(lag.out.endsWith("Here, state lies in " + scene.path(u"kept"_s).toUtf8() + "\n"), lag.told());
    const QRegularExpression here(u"Here, state lies in .*/spillway/.*-[0-9a-f]{8}\n$"_s);
    EXPECT(here.match(text).hasMatch(), output.told());
    const CtlOutput elsewhere = scene.bare({u"--help"_s}, scene.home());
    EXPECT_EXIT(elsewhere, 0);
    EXPECT(!elsewhere.out.contains("Here, state"), elsewhere.told());
}

void CommandLineTest::faultyCallsAreRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char* name, const QString& line) { QTest::newRow(name) << line.split(u' '); };
    QTest::newRow("no command at all") << QStringList{};
    row("a command that does not exist", u"lagg"_s);
    row("an option that does not exist", u"lag --grop x"_s);
    row("an argument too many", u"lag orders"_s);
    row("half a command: dlq", u"dlq"_s);
    row("half a command: replay", u"replay"_s);
    row("dlq show without an id", u"dlq show"_s);
    row("dlq triage without a choice", u"dlq triage --to parked --reason x"_s);
    row("dlq triage without a reason", u"dlq triage --query state:new --to parked"_s);
    row("dlq triage without a state", u"dlq triage --query state:new --reason x"_s);
    row("dlq triage to a word that is no state", u"dlq triage --query state:new --to later --reason x"_s);
    row("replay plan without a query", u"replay plan --out p.json"_s);
    row("replay plan without a file", u"replay plan --query state:new"_s);
    row("replay run without a plan", u"replay run --write"_s);
    row("replay run of a plan that is not there", u"replay run nowhere.plan --write"_s);
    row("replay resume without a job", u"replay resume --write"_s);
    row("a window that is no duration", u"slo --window soon"_s);
    row("--fail-on with a word it does not know", u"slo --fail-on rain"_s);
    row("--limit that is no number", u"dlq list --limit many"_s);
    row("--limit that is a fraction", u"dlq list --limit 2.5"_s);
    row("--limit below zero", u"dlq list --limit -1"_s);
    row("--for that is no duration", u"collect --for ever"_s);
    row("a cost format that does not exist", u"cost --format clay"_s);
    row("a pricing profile that does not exist", u"cost --profile nobody"_s);
    row("a day that is none", u"cost --from yesterday-ish --to 2026-11-21"_s);
    row("a workspace that is not there", u"--workspace /nowhere/at/all lag"_s);
}

void CommandLineTest::faultyCallsAreRefused()
{
    QFETCH(QStringList, arguments);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    const CtlOutput output = scene.bare(arguments, scene.folder());
    EXPECT_EXIT(output, 2);
    EXPECT(!output.err.trimmed().isEmpty(), "it says nothing");
    QCOMPARE(output.out, QByteArray());
}

void CommandLineTest::whatCannotBeReadIsNoEmptyState_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("dead letters") << QStringList{u"dlq"_s, u"list"_s, u"--json"_s};
    QTest::newRow("groups") << QStringList{u"dlq"_s, u"groups"_s};
    QTest::newRow("lag") << QStringList{u"lag"_s, u"--json"_s};
    QTest::newRow("the ledger") << QStringList{u"audit"_s, u"verify"_s};
}

void CommandLineTest::whatCannotBeReadIsNoEmptyState()
{
    QFETCH(QStringList, arguments);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    const QString file = scene.folder() + u"/spillway.yaml"_s;
    const CtlOutput isFile = scene.bare(arguments + QStringList{u"--state"_s, file}, scene.folder());
    EXPECT_EXIT(isFile, 3);
    QCOMPARE(isFile.out, QByteArray());
    EXPECT(isFile.err.contains((file + u" is no folder: Not a directory; "_s).toUtf8()), isFile.told());
    // Links that lead nowhere cannot be followed, whoever asks.
    const QString state = scene.home() + u"/closed"_s;
    QVERIFY(QDir().mkpath(state));
    for (const QString& name : {u"/samples.sqlite"_s, u"/ledger.sqlite"_s})
        QVERIFY(QFile::link(state + name, state + name));
    const CtlOutput isClosed = scene.bare(arguments + QStringList{u"--state"_s, state}, scene.folder());
    EXPECT_EXIT(isClosed, 3);
    QCOMPARE(isClosed.out, QByteArray());
    EXPECT(isClosed.err.contains((state + u"/samples.sqlite cannot be read: "_s).toUtf8()), isClosed.told());
}

void CommandLineTest::aLimitIsAWholeNumber()
{
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    const CtlOutput output = scene.bare({u"dlq"_s, u"list"_s, u"--limit"_s, u"2.5"_s}, scene.folder());
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("'2.5'") && output.err.contains("write a whole number from 1 to 100000000"),
           output.told());
}

void CommandLineTest::optionsStandBeforeAndAfterTheCommand_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("all before") << u"--workspace {w} --state {s} --json cost"_s;
    QTest::newRow("all after") << u"cost --workspace {w} --state {s} --json"_s;
    QTest::newRow("some of each") << u"--json --state {s} cost --workspace {w}"_s;
    QTest::newRow("the file instead of its folder") << u"--workspace {w}/spillway.yaml --state {s} --json cost"_s;
    QTest::newRow("with =") << u"cost --workspace={w} --state={s} --json"_s;
    QTest::newRow("after the command's own options") << u"cost --profile seed --workspace {w} --state {s} --json"_s;
    QTest::newRow("before the command's own options") << u"cost --json --workspace {w} --state {s} --profile seed"_s;
    QTest::newRow("--verbose and --write change nothing here")
        << u"--verbose cost --write --workspace {w} --state {s} --json"_s;
}

void CommandLineTest::optionsStandBeforeAndAfterTheCommand()
{
    QFETCH(QString, line);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    const QStringList words = line.split(u' ');
    QStringList arguments;
    for (QString word : words) {
        word.replace(u"{w}"_s, scene.folder());
        arguments += word.replace(u"{s}"_s, scene.state());
    }
    const CtlOutput output = scene.bare(arguments, scene.home());
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.object()[u"currency"_s].toString(), u"USD"_s);
    QCOMPARE(output.object()[u"teams"_s].toArray().size(), 2);
}

void CommandLineTest::theWorkspaceIsFoundFromWhereOneStands_data()
{
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("team");
    QTest::newRow("in its folder") << u"."_s << u"order-team"_s;
    QTest::newRow("in a folder below") << u"schemas/order"_s << u"order-team"_s;
    QTest::newRow("the nearest one counts") << u"inner/deep"_s << u"inner-team"_s;
}

void CommandLineTest::theWorkspaceIsFoundFromWhereOneStands()
{
    QFETCH(QString, place);
    QFETCH(QString, team);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    scene.write(u"event-catalog.yaml"_s, oneEvent);
    scene.write(u"inner/spillway.yaml"_s, quietWorkspace());
    scene.write(u"inner/event-catalog.yaml"_s, QByteArray(oneEvent).replace("order-team", "inner-team"));
    QVERIFY(QDir().mkpath(scene.path(u"schemas/order"_s)) && QDir().mkpath(scene.path(u"inner/deep"_s)));
    const CtlOutput output = scene.bare({u"cost"_s, u"--json"_s}, scene.path(place));
    EXPECT_EXIT(output, 0);
    EXPECT(output.out.contains('"' + team.toUtf8() + '"'), output.told());
}

void CommandLineTest::withoutAWorkspaceItSaysHowToMakeOne()
{
    const Scene scene;
    const CtlOutput output = scene.bare({u"lag"_s, u"--json"_s}, scene.home());
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("spillway.yaml") && output.err.contains("init"), output.told());
    EXPECT(output.err.count("--workspace") == 1, output.told());
    QCOMPARE(output.out, QByteArray());
}

void CommandLineTest::initMakesAWorkspaceThatLoads()
{
    const Scene scene;
    const QString folder = scene.home() + u"/fresh"_s;
    EXPECT_EXIT(scene.bare({u"init"_s, folder}, scene.home()), 0);
    QFile file(folder + u"/spillway.yaml"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    for (const char* key : {"version:", "name:", "environment:", "connections:", "bootstrap_servers:", "#"})
        EXPECT(text.contains(key), key);
    // It loads: what an empty state holds can be asked for.
    EXPECT_EXIT(scene.bare({u"--workspace"_s, folder, u"dlq"_s, u"groups"_s, u"--json"_s}, scene.home()), 0);

    const QString here = scene.home() + u"/here"_s;
    QVERIFY(QDir().mkpath(here));
    EXPECT_EXIT(scene.bare({u"init"_s}, here), 0);
    QVERIFY(QFileInfo::exists(here + u"/spillway.yaml"_s));

    const CtlOutput told = scene.bare({u"init"_s, scene.home() + u"/told"_s, u"--json"_s}, scene.home());
    EXPECT_EXIT(told, 0);
    const QJsonObject made = told.object();
    QCOMPARE(made[u"folder"_s].toString(), scene.home() + u"/told"_s);
    EXPECT(made[u"files"_s].toArray().contains(QJsonValue(scene.home() + u"/told/spillway.yaml"_s)), told.told());
}

/// Which is said, rather than to collect first.
void CommandLineTest::withoutAConnectionNothingIsSampled()
{
    const Scene scene;
    scene.write(u"spillway.yaml"_s, "version: 1\nname: quiet\nenvironment: development\n");
    for (const QStringList& asked : {QStringList{u"lag"_s}, QStringList{u"collect"_s, u"--once"_s}}) {
        const CtlOutput output = scene.ctl(asked);
        EXPECT_EXIT(output, 0);
        EXPECT(output.err.contains("has no connection") && !output.out.contains("collect --once"), output.told());
    }
    QCOMPARE(scene.ctl({u"lag"_s, u"--json"_s}).array().size(), qsizetype{0});
}

void CommandLineTest::initNeverOverwrites()
{
    const Scene scene;
    scene.write(u"spillway.yaml"_s, quietWorkspace());
    const CtlOutput output = scene.bare({u"init"_s, scene.folder()}, scene.home());
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("spillway.yaml"), output.told());
    QCOMPARE(scene.read(u"spillway.yaml"_s), quietWorkspace());
}

namespace {

/// A call by a shell, whose redirections a scene does not know.
ProcessOutput shell(const QString& command, const Scene& scene)
{
    return runProcess(u"/bin/bash"_s,
                      {u"-c"_s, u"set -o pipefail; cd \"$1\"; "_s + command, u"bash"_s, scene.folder(),
                       buildFile(u"bin/spillwayctl"_s)},
                      {}, 60'000);
}

} // namespace

void CommandLineTest::outputThatCannotBeWrittenIsToldOnce_data()
{
    QTest::addColumn<QString>("call");
    QTest::newRow("help") << u"--help"_s;
    QTest::newRow("version") << u"--version"_s;
    QTest::newRow("a table") << u"--workspace . lag"_s;
    QTest::newRow("JSON") << u"--workspace . dlq groups --json"_s;
    QTest::newRow("JSON lines of many") << u"cost --json --workspace ."_s;
}

void CommandLineTest::outputThatCannotBeWrittenIsToldOnce()
{
    QFETCH(QString, call);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"orders"_s, .bootstrap = deadAddress()}}));
    const ProcessOutput full = shell(u"\"$2\" %1 > /dev/full"_s.arg(call), scene);
    EXPECT(full.exitCode == 3, full.err);
    QCOMPARE(full.err.count("spillwayctl: the output cannot be written: "), 1);
}

void CommandLineTest::aReaderThatHadEnoughIsNoFault()
{
    const Scene scene;
    const ProcessOutput closed = shell(u"\"$2\" --help | head -c 1"_s, scene);
    EXPECT(closed.exitCode == 0, closed.err);
    EXPECT(closed.err.isEmpty(), closed.err);
}

CTL_TEST_MAIN(CommandLineTest)
#include "tst_ctl_commandline.moc"
