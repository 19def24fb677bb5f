// SPDX-License-Identifier: GPL-3.0-or-later
// Which headers a replay leaves behind, as people write it: patterns, policies over one another, spillway.yaml.
#include "model/workspace/workspace.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class HeaderPolicyTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void patternsFit_data();
    void patternsFit();
    void faultsAreToldAllAtOnce();
    void theFirstWordDecides_data();
    void theFirstWordDecides();
    void setsNameWhatTheySay_data();
    void setsNameWhatTheySay();
    void aWorkspaceSaysItForAllAndForOne();
    void faultsHaveTheirPlaces_data();
    void faultsHaveTheirPlaces();
};

void HeaderPolicyTest::patternsFit_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("fits");
    QTest::newRow("the name itself") << QByteArray("b3") << QByteArray("b3") << true;
    QTest::newRow("a longer name") << QByteArray("b3") << QByteArray("b3x") << false;
    QTest::newRow("case counts") << QByteArray("x-b3-*") << QByteArray("X-B3-TraceId") << false;
    QTest::newRow("what begins so") << QByteArray("x-b3-*") << QByteArray("x-b3-traceid") << true;
    QTest::newRow("the beginning alone") << QByteArray("x-b3-*") << QByteArray("x-b3-") << true;
    QTest::newRow("a star alone is every name") << QByteArray("*") << QByteArray("order") << true;
    QTest::newRow("and that of no name") << QByteArray("*") << QByteArray("") << true;
    QTest::newRow("bytes that are no text") << QByteArray("a*") << QByteArray("a\xff") << true;
}

void HeaderPolicyTest::patternsFit()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, name);
    QTEST(HeaderChoice({pattern, true}).fits(name), "fits");
}

void HeaderPolicyTest::faultsAreToldAllAtOnce()
{
    const auto policy =
        parseHeaderPolicy({u"x-*-id"_s, u"  "_s, u"ok"_s}, {u"spillway-replay-id"_s}, {u"traces"_s, u"replicator"_s});
    QVERIFY(!policy);
    QCOMPARE(policy.error().code, ErrorCode::InvalidConfig);
    const QStringList lines = policy.error().detail.split(u'\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY2(lines[0].startsWith(u"--drop-header 'x-*-id' has a * that is not at its end; write "_s),
             qPrintable(lines[0]));
    QVERIFY2(lines[1].contains(u"names no header"_s), qPrintable(lines[1]));
    QVERIFY2(lines[2].startsWith(u"--keep-header 'spillway-replay-id' is Spillway's own"_s), qPrintable(lines[2]));
    QVERIFY2(lines[3].contains(u"trace or replicator"_s), qPrintable(lines[3]));

    const auto sound = parseHeaderPolicy({u" x-debug-* "_s}, {u"x-own"_s}, {u"trace"_s});
    QVERIFY(sound);
    QCOMPARE(*sound, (HeaderPolicy{.drop = {"x-debug-*"}, .keep = {"x-own"}, .sets = {u"trace"_s}}));
    QVERIFY(parseHeaderPolicy({}, {}, {})->isEmpty());
}

void HeaderPolicyTest::theFirstWordDecides_data()
{
    QTest::addColumn<std::vector<HeaderPolicy>>("policies");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<std::optional<bool>>("isSent"); // nullopt: nobody says a word
    using Policies = std::vector<HeaderPolicy>;
    using Word = std::optional<bool>;
    const HeaderPolicy traces{.drop = {}, .keep = {}, .sets = {u"trace"_s}};
    const HeaderPolicy none;
    QTest::newRow("nobody says a word") << Policies{none, none, none} << QByteArray("b3") << Word();
    QTest::newRow("a set drops") << Policies{traces} << QByteArray("traceparent") << Word(false);
    QTest::newRow("keep wins over drop in one policy")
        << Policies{{.drop = {"x-*"}, .keep = {"x-own"}, .sets = {}}} << QByteArray("x-own") << Word(true);
    QTest::newRow("keep wins over a set in one policy")
        << Policies{{.drop = {}, .keep = {"b3"}, .sets = {u"trace"_s}}} << QByteArray("b3") << Word(true);
    QTest::newRow("what is dropped now wins over what a workspace keeps")
        << Policies{{.drop = {"b3"}, .keep = {}, .sets = {}}, none, {.drop = {}, .keep = {"b3"}, .sets = {}}}
        << QByteArray("b3") << Word(false);
    QTest::newRow("what is kept now wins over what a workspace drops")
        << Policies{{.drop = {}, .keep = {"b3"}, .sets = {}}, none, traces} << QByteArray("b3") << Word(true);
    QTest::newRow("the connection's word comes before the workspace's")
        << Policies{none, {.drop = {}, .keep = {"b3"}, .sets = {}}, traces} << QByteArray("b3") << Word(true);
    QTest::newRow("only these: everything is dropped, one is kept")
        << Policies{{.drop = {"*"}, .keep = {"event_type"}, .sets = {}}} << QByteArray("event_type") << Word(true);
    QTest::newRow("only these: another one")
        << Policies{{.drop = {"*"}, .keep = {"event_type"}, .sets = {}}} << QByteArray("own") << Word(false);
}

void HeaderPolicyTest::theFirstWordDecides()
{
    QFETCH(std::vector<HeaderPolicy>, policies);
    QFETCH(QByteArray, name);
    QFETCH(std::optional<bool>, isSent);
    std::optional<bool> word;
    for (const HeaderChoice& choice : headerChoices(policies)) {
        if (choice.fits(name)) {
            word = choice.isSent;
            break;
        }
    }
    QVERIFY(word == isSent);
}

void HeaderPolicyTest::setsNameWhatTheySay_data()
{
    QTest::addColumn<QString>("set");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("isIn");
    for (const char* name :
         {"traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId", "x-b3-sampled", "uber-trace-id", "sw8"})
        QTest::addRow("trace: %s", name) << u"trace"_s << QByteArray(name) << true;
    for (const char* name : {"trace", "event_type", "traceparent2", "__TypeId__", "ce_traceparent"})
        QTest::addRow("not of tracing: %s", name) << u"trace"_s << QByteArray(name) << false;
    for (const char* name : {"__mskmr", "__replicator_id", "X-Amz-Meta", "x-amzn-id"})
        QTest::addRow("replicator: %s", name) << u"replicator"_s << QByteArray(name) << true;
    for (const char* name : {"replicator", "amz", "__connect.errors.topic"})
        QTest::addRow("not of replicators: %s", name) << u"replicator"_s << QByteArray(name) << false;
    QTest::newRow("no set") << u"traces"_s << QByteArray("traceparent") << false;
}

void HeaderPolicyTest::setsNameWhatTheySay()
{
    QFETCH(QString, set);
    QFETCH(QByteArray, name);
    const std::vector<HeaderChoice> choices = headerChoices({{.drop = {}, .keep = {}, .sets = {set}}});
    const bool isIn = std::any_of(choices.begin(), choices.end(),
                                  [&](const HeaderChoice& choice) { return !choice.isSent && choice.fits(name); });
    QTEST(isIn, "isIn");
}

namespace {

constexpr auto head = "version: 1\nname: w\nenvironment: development\n";

Checked<Workspace> read(const QTemporaryDir& folder, const QByteArray& text)
{
    QFile file(folder.filePath(u"spillway.yaml"_s));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write(head + text);
    file.close();
    return loadWorkspace(file.fileName());
}

} // namespace

void HeaderPolicyTest::aWorkspaceSaysItForAllAndForOne()
{
    const QTemporaryDir folder;
    const auto workspace = read(folder, "replay_headers: { sets: [trace, replicator], drop: x-debug-* }\n"
                                        "connections:\n"
                                        "  - name: orders\n"
                                        "    bootstrap_servers: b:1\n"
                                        "    replay_headers: { keep: [traceparent, tracestate] }\n"
                                        "  - name: others\n"
                                        "    bootstrap_servers: c:1\n");
    QVERIFY2(workspace.value, qPrintable(workspace.issues.empty() ? QString() : workspace.issues.front().toString()));
    QVERIFY(workspace.issues.empty());
    QCOMPARE(workspace.value->replayHeaders,
             (HeaderPolicy{.drop = {"x-debug-*"}, .keep = {}, .sets = {u"trace"_s, u"replicator"_s}}));
    QCOMPARE(workspace.value->connection(u"orders"_s)->replayHeaders,
             (HeaderPolicy{.drop = {}, .keep = {"traceparent", "tracestate"}, .sets = {}}));
    QVERIFY(workspace.value->connection(u"others"_s)->replayHeaders.isEmpty());
}

void HeaderPolicyTest::faultsHaveTheirPlaces_data()
{
    QTest::addColumn<QByteArray>("policy"); // begins on line 5
    QTest::addColumn<QString>("says");
    QTest::newRow("a key that is not known") << QByteArray("  dropp: [b3]\n") << u":5:3: "_s;
    QTest::newRow("is told with the one that was meant") << QByteArray("  dropp: [b3]\n") << u"did you mean"_s;
    QTest::newRow("a star in the middle") << QByteArray("  drop: [b3, x-*-id]\n") << u":5:14: "_s;
    QTest::newRow("Spillway's own header") << QByteArray("  keep: spillway-replay-id\n") << u"Spillway's own"_s;
    QTest::newRow("a set that is none") << QByteArray("  sets: [tracing]\n") << u":5:10: "_s;
    QTest::newRow("a map instead of a list") << QByteArray("  drop: { b3: yes }\n") << u":5:9: "_s;
    QTest::newRow("an empty entry") << QByteArray("  keep: ['']\n") << u":5:10: "_s;
    QTest::newRow("a second fault") << QByteArray("  dropp: [b3]\n  sets: [tracing]\n") << u":6:10: "_s;
}

void HeaderPolicyTest::faultsHaveTheirPlaces()
{
    QFETCH(QByteArray, policy);
    QFETCH(QString, says);
    const QTemporaryDir folder;
    const auto workspace = read(folder, "replay_headers:\n" + policy);
    QVERIFY2(!workspace.value, "a policy that is not understood must not be half obeyed");
    QStringList lines;
    for (const FileIssue& issue : workspace.issues)
        lines << issue.toString();
    QVERIFY2(lines.join(u'\n').contains(says), qPrintable(lines.join(u'\n')));
}

QTEST_GUILESS_MAIN(HeaderPolicyTest)
#include "tst_headerpolicy.moc"
