// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"

#include <QTest>

using namespace spillway;
using namespace spillway::ctl;
using namespace Qt::Literals::StringLiterals;

class CommandLineTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void globalOptionsAreTakenBeforeAndAfter_data();
    void globalOptionsAreTakenBeforeAndAfter();
    void refusals_data();
    void refusals();
    void aRunKeepsItsWords();
    void aQueryMayStartWithAMinus();
    void decisionsOnDeadLetters_data();
    void decisionsOnDeadLetters();
};

void CommandLineTest::globalOptionsAreTakenBeforeAndAfter_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("before") << u"--workspace w --state s --json --write dlq groups"_s;
    QTest::newRow("after") << u"dlq groups --workspace w --state s --json --write"_s;
    QTest::newRow("in between") << u"--json dlq --workspace w --state s groups --write"_s;
    QTest::newRow("with an equals sign") << u"--workspace=w dlq groups --state=s --json --write"_s;
}

void CommandLineTest::globalOptionsAreTakenBeforeAndAfter()
{
    QFETCH(QString, line);
    const auto parsed = parseCommandLine(line.split(u' '));
    const auto* command = std::get_if<CommandLine>(&parsed);
    QVERIFY(command);
    QCOMPARE(command->global.workspace, u"w"_s);
    QCOMPARE(command->global.state, u"s"_s);
    QVERIFY(command->global.json);
    QVERIFY(command->global.write);
    QVERIFY(std::holds_alternative<DlqGroups>(command->command));
}

void CommandLineTest::refusals_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("says");
    QTest::newRow("help") << QStringList{u"--help"_s} << 0 << u"Exit codes"_s;
    QTest::newRow("help of a command") << QStringList{u"replay"_s, u"run"_s, u"--help"_s} << 0 << u"--canary"_s;
    QTest::newRow("version") << QStringList{u"--version"_s} << 0 << QStringLiteral(SPILLWAY_VERSION);
    QTest::newRow("nothing") << QStringList{} << 2 << u"command"_s;
    QTest::newRow("an unknown option") << QStringList{u"lag"_s, u"--bogus"_s} << 2 << u"--bogus"_s;
    QTest::newRow("an unknown command") << QStringList{u"frobnicate"_s} << 2 << u"frobnicate"_s;
    QTest::newRow("a group without its command")
        << QStringList{u"dlq"_s} << 2 << u"spillwayctl: dlq needs a command behind it; write one of archive, assign"_s;
    QTest::newRow("help in front") << QStringList{u"help"_s, u"replay"_s, u"run"_s} << 0 << u"--canary"_s;
    QTest::newRow("help alone") << QStringList{u"help"_s} << 0 << u"Exit codes"_s;
    QTest::newRow("help of a group") << QStringList{u"--json"_s, u"dlq"_s, u"help"_s} << 0 << u"triage"_s;
    QTest::newRow("help says what an option takes")
        << QStringList{u"dlq"_s, u"list"_s, u"--help"_s} << 0 << u"(a whole number from 1 to 100000000)"_s;
    QTest::newRow("help of a command names what is taken everywhere")
        << QStringList{u"dlq"_s, u"list"_s, u"--help"_s} << 0 << u"--workspace DIR|FILE, --state DIR, --json"_s;
    const auto refused = [](const char* name, const QStringList& given, const QStringList& lines) {
        QTest::newRow(name) << given << 2 << u"spillwayctl: "_s + lines.join(u"\nspillwayctl: "_s);
    };
    refused("a command mistyped", {u"dlq"_s, u"lst"_s}, {u"there is no command 'dlq lst'; write 'dlq list'"_s});
    refused("the first word mistyped", {u"colect"_s, u"--once"_s},
            {u"there is no command 'colect'; write 'collect'"_s});
    refused("a number with a fraction", {u"dlq"_s, u"list"_s, u"--limit"_s, u"2.5"_s},
            {u"--limit is '2.5'; write a whole number from 1 to 100000000"_s});
    refused("a word that is no number",
            {u"catalog"_s, u"register"_s, u"a.b"_s, u"--volume"_s, u"many"_s, u"--payload-bytes"_s, u"1.5"_s},
            {u"--volume is 'many'; write a number"_s, u"--payload-bytes is '1.5'; write a whole number"_s});
    refused(
        "a word of a few", {u"schema"_s, u"check"_s, u"--policy"_s, u"confluent-stric"_s},
        {u"--policy is 'confluent-stric' (did you mean 'confluent-strict'?); write one of confluent-strict, confluent-lenient, optional-friendly, seed, house"_s});
    refused("an option twice", {u"lag"_s, u"--workspace"_s, u"a"_s, u"--workspace"_s, u"b"_s},
            {u"--workspace is given twice; write it once"_s});
    refused("an option without its value", {u"dlq"_s, u"list"_s, u"--limit"_s},
            {u"--limit lacks its value; write --limit N"_s});
    refused("two that do not go together", {u"collect"_s, u"--once"_s, u"--for"_s, u"3s"_s},
            {u"--once and --for do not go together; leave one of them out"_s});
    refused("an argument too many", {u"check"_s, u"orders"_s}, {u"check takes no argument 'orders'; leave it out"_s});
    refused("everything at once",
            {u"dlq"_s, u"triage"_s, u"x"_s, u"--wy"_s, u"r"_s, u"--json"_s, u"--state"_s, u"a"_s, u"--state"_s, u"b"_s},
            {u"--state is given twice; write it once"_s,
             u"dlq triage has no option '--wy' (did you mean '--to'?); leave it out, or correct it"_s,
             u"dlq triage: --to is missing; add --to STATE"_s,
             u"dlq triage: --reason is missing; add --reason TEXT"_s});
    refused("no letters chosen, and more missing", {u"dlq"_s, u"triage"_s},
            {u"dlq triage: --to is missing; add --to STATE"_s, u"dlq triage: --reason is missing; add --reason TEXT"_s,
             u"dlq triage: an ID, --query or --view is missing; add one"_s});
    refused("no letters chosen, and a word nobody knows", {u"dlq"_s, u"split"_s, u"--titel=x"_s},
            {u"dlq split has no option '--titel' (did you mean '--title'?); leave it out, or correct it"_s,
             u"dlq split: --title is missing; add --title TEXT"_s,
             u"dlq split: --reason is missing; add --reason TEXT"_s,
             u"dlq split: an ID, --query or --view is missing; add one"_s});
    refused("bad values, and one that is missing",
            {u"schema"_s, u"ack"_s, u"order.created"_s, u"two"_s, u"--note"_s, u"n"_s},
            {u"VERSION is 'two'; write a whole number above 0"_s,
             u"schema ack: --consumer is missing; add --consumer SERVICE"_s});
    refused("control characters are shown, not done", {u"x\x1b[31m"_s},
            {u"there is no command 'x\\u{001B}[31m'; write one of alerts, audit"_s});
    QTest::newRow("archive until a day that is none")
        << QStringList{u"dlq"_s, u"archive"_s, u"x"_s, u"--until"_s, u"soon"_s, u"--reason"_s, u"r"_s} << 2
        << u"is no date"_s;
    QTest::newRow("archive of nothing") << QStringList{u"dlq"_s, u"archive"_s, u"--reason"_s, u"r"_s} << 2
                                        << u"an ID, --query or --view"_s;
    QTest::newRow("a bad duration") << QStringList{u"slo"_s, u"--window"_s, u"soon"_s} << 2 << u"soon"_s;
    QTest::newRow("a window of nothing") << QStringList{u"slo"_s, u"--window"_s, u"0s"_s} << 2 << u"longer than zero"_s;
    QTest::newRow("once and for a while")
        << QStringList{u"collect"_s, u"--once"_s, u"--for"_s, u"3s"_s} << 2 << u"--for"_s;
    QTest::newRow("a day without the other") << QStringList{u"cost"_s, u"--from"_s, u"2026-11-01"_s} << 2 << u"--to"_s;
    refused("a target from a variable that is not set",
            {u"replay"_s, u"plan"_s, u"--query"_s, u"x"_s, u"--to"_s, QString(), u"--out"_s, u"p"_s},
            {u"--to is empty; write --to TOPIC, or leave it out"_s});
    refused("a run with words that are not there",
            {u"replay"_s, u"run"_s, u"p"_s, u"--canary"_s, QString(), u"--rate"_s, QString(), u"--settle"_s, QString(),
             u"--stop-if"_s, QString()},
            {u"--rate is empty; write --rate N, or leave it out"_s,
             u"--canary is empty; write --canary STEPS, or leave it out"_s,
             u"--stop-if is empty; write --stop-if RULE, or leave it out"_s,
             u"--settle is empty; write --settle DURATION, or leave it out"_s});
    refused("an empty word that is needed",
            {u"dlq"_s, u"triage"_s, u"x"_s, u"--to"_s, u"parked"_s, u"--reason"_s, QString()},
            {u"--reason is empty; write --reason TEXT"_s});
    QTest::newRow("a plan without a place")
        << QStringList{u"replay"_s, u"plan"_s, u"--query"_s, u"x"_s} << 2 << u"--out"_s;
}

void CommandLineTest::refusals()
{
    QFETCH(QStringList, words);
    QFETCH(int, exitCode);
    QFETCH(QString, says);
    const auto parsed = parseCommandLine(words);
    const auto* refusal = std::get_if<Refusal>(&parsed);
    QVERIFY(refusal);
    QCOMPARE(refusal->exitCode, exitCode);
    QVERIFY2(refusal->text.contains(says), qPrintable(refusal->text));
}

void CommandLineTest::aRunKeepsItsWords()
{
    const auto parsed =
        parseCommandLine({u"replay"_s, u"run"_s, u"retry.plan"_s, u"--rate"_s, u"50"_s, u"--canary"_s, u"1,10,all"_s,
                          u"--stop-if"_s, u"failed>10%"_s, u"--settle"_s, u"30s"_s, u"--write"_s});
    const auto* line = std::get_if<CommandLine>(&parsed);
    QVERIFY(line);
    const auto* run = std::get_if<ReplayRun>(&line->command);
    QVERIFY(run);
    QCOMPARE(run->plan, u"retry.plan"_s);
    QCOMPARE(run->rate, u"50"_s);
    QCOMPARE(run->canary, u"1,10,all"_s);
    QCOMPARE(run->stopIf, u"failed>10%"_s);
    QCOMPARE(run->settle, u"30s"_s);
    QVERIFY(line->global.write);
}

void CommandLineTest::aQueryMayStartWithAMinus()
{
    const auto parsed =
        parseCommandLine({u"dlq"_s, u"list"_s, u"--query"_s, u"-state:archived kind:schema"_s, u"--limit"_s, u"5"_s});
    const auto* line = std::get_if<CommandLine>(&parsed);
    QVERIFY(line);
    const auto* list = std::get_if<DlqList>(&line->command);
    QVERIFY(list);
    QCOMPARE(list->query, u"-state:archived kind:schema"_s);
    QVERIFY(std::holds_alternative<CommandLine>(parseCommandLine({u"dlq"_s, u"list"_s, u"--query"_s, QString()})));
    QCOMPARE(list->limit, 5);
}

void CommandLineTest::decisionsOnDeadLetters_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("action");
    const auto row = [](const char* name, const QStringList& words, const TriageAction& action) {
        QTest::newRow(name) << (QStringList{u"dlq"_s} + words) << actionToJson(action);
    };
    const QString group = u"g0123456789ab"_s;
    row("a comment", {u"comment"_s, group, u"--text"_s, u"the psp is down"_s},
        CommentAction{group, u"the psp is down"_s});
    row("tags on two, one of them taken off",
        {u"tag"_s, group, u"x-1"_s, u"--add"_s, u"psp"_s, u"--add"_s, u"vip"_s, u"--remove"_s, u"old"_s},
        TagAction{{group, u"x-1"_s}, {u"psp"_s, u"vip"_s}, {u"old"_s}});
    row("archived until it escalates",
        {u"archive"_s, u"--query"_s, u"team:a"_s, u"--until"_s, u"escalates"_s, u"--reason"_s, u"noise"_s},
        ArchiveAction{.ids = {},
                      .query = u"team:a"_s,
                      .until = ArchiveUntil::Escalates,
                      .at = std::nullopt,
                      .future = false,
                      .reason = u"noise"_s});
    row("archived until a day", {u"archive"_s, group, u"--until"_s, u"2026-12-24"_s, u"--reason"_s, u"r"_s},
        ArchiveAction{.ids = {group},
                      .query = std::nullopt,
                      .until = ArchiveUntil::Date,
                      .at = utcFromMs(1'798'070'400'000),
                      .future = false,
                      .reason = u"r"_s});
    row("archived for ever, the future included", {u"archive"_s, group, u"--future"_s, u"--reason"_s, u"r"_s},
        ArchiveAction{.ids = {group},
                      .query = std::nullopt,
                      .until = ArchiveUntil::Forever,
                      .at = std::nullopt,
                      .future = true,
                      .reason = u"r"_s});
    row("a known error",
        {u"known"_s, u"set"_s, group, u"--kind"_s, u"business"_s, u"--cause"_s, u"sold out"_s, u"--safe-to-replay"_s,
         u"no"_s, u"--reason"_s, u"r"_s},
        KnownErrorAction{group,
                         KnownError{.kind = FailureKind::Business,
                                    .cause = u"sold out"_s,
                                    .fix = {},
                                    .link = {},
                                    .safety = ReplaySafety::No},
                         u"r"_s});
    row("no longer known", {u"known"_s, u"forget"_s, group, u"--reason"_s, u"r"_s},
        KnownErrorAction{group, std::nullopt, u"r"_s});
    row("an undo of the last", {u"undo"_s}, UndoAction{std::nullopt, {}});
    row("an undo of an event", {u"undo"_s, u"17"_s, u"--reason"_s, u"slip"_s}, UndoAction{17, u"slip"_s});
}

void CommandLineTest::decisionsOnDeadLetters()
{
    QFETCH(QStringList, words);
    QFETCH(QByteArray, action);
    const auto parsed = parseCommandLine(words);
    const auto* line = std::get_if<CommandLine>(&parsed);
    QVERIFY2(line, line ? "" : qPrintable(std::get<Refusal>(parsed).text));
    const auto* act = std::get_if<DlqAct>(&line->command);
    QVERIFY(act);
    QCOMPARE(actionToJson(act->action), action);
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
