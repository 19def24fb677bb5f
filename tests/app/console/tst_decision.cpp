// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/answer.h"
#include "app/console/decision.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class DecisionTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyDecisionCrossesTheSocketWhole();
    void strangersAreRefused_data();
    void strangersAreRefused();
    void anAnswerIsDataThenAVerdict();
};

void DecisionTest::everyDecisionCrossesTheSocketWhole()
{
    const std::vector<Decision> decisions{
        CollectOnceDecision{},
        TriageDecision{
            .ids = {u"a-1"_s, u"b-2"_s}, .to = u"archived"_s, .reason = u"\"why\"\n"_s, .assignee = u"ann"_s},
        TriageDecision{.query = u""_s, .to = u"parked"_s, .reason = u"all of them"_s},
        RescueDecision{.ids = {u"a-1"_s}, .query = std::nullopt},
        RereadDecision{.channel = u"orders.DLT"_s, .connection = u""_s},
        MergeGroupsDecision{.groups = {u"g1"_s, u"g2"_s}, .into = u"g3"_s, .reason = u"a\nb"_s},
        SplitGroupDecision{.ids = {u"a-1"_s}, .query = std::nullopt, .title = u"\"t\""_s, .reason = u"r"_s},
        SplitGroupDecision{.ids = {}, .query = u"error:x"_s, .title = u"t"_s, .reason = u"r"_s},
        UnmergeGroupsDecision{.groups = {u"g1"_s}, .reason = u"r"_s},
        RegroupDecision{.reason = u"new rules"_s},
        PlanDecision{.query = u"kind:transient \"gift wrap\""_s, .to = u"orders"_s, .file = u"/tmp/ä plan"_s},
        PlanDecision{.query = u""_s,
                     .to = {},
                     .file = u"/p"_s,
                     .headers = {.drop = {u"x-*"_s, u"ä"_s},
                                 .keep = {u"x-own"_s},
                                 .sets = {u"trace"_s},
                                 .allowsUnknownDialects = true}},
        RunDecision{.planFile = u"/p"_s,
                    .rate = u"50"_s,
                    .canary = u"1,10,all"_s,
                    .stopIf = u"failed>10%"_s,
                    .settle = u"30s"_s,
                    .permission = {.write = true, .confirm = u"orders"_s, .reason = u"r"_s}},
        ResumeDecision{.job = u"01J"_s, .permission = {.write = true}},
        CancelDecision{.job = u"01J"_s},
        ReviewOpenDecision{.participants = {u"Ana"_s, u"Jürgen \"J\""_s}},
        ReviewDecideDecision{.group = u"g1"_s,
                             .words = {.verdict = u"watch"_s,
                                       .note = u"a\nb"_s,
                                       .action = u"look"_s,
                                       .who = u"kim"_s,
                                       .due = u"2026-12-03"_s,
                                       .seen = 41}},
        ReviewCloseDecision{},
        BackupDecision{.file = u"/b/ü \"x\".tar.zst"_s,
                       .bytes = 5'000'000'000,
                       .takenAt = utcFromMs(1'764'212'400'123),
                       .entries = 7},
        PurgeDecision{.id = u"abc-0-1"_s, .reason = u"\"why\"\n"_s},
        PruneDecision{.compacts = true},
        InvoiceDecision{{.digest = QString(64, u'a'),
                         .name = u"october.csv"_s,
                         .format = u"plain"_s,
                         .currency = u"EUR"_s,
                         .profile = u"house"_s,
                         .lines = {{.first = QDate(2026, 10, 1),
                                    .last = QDate(2026, 10, 31),
                                    .component = CostComponent::TieredStorage,
                                    .isTotal = false,
                                    .label = u"tier"_s,
                                    .amount = Money{-9'007'199'254'740'993}},
                                   {.first = QDate(2026, 10, 1),
                                    .last = QDate(2026, 10, 31),
                                    .component = std::nullopt,
                                    .isTotal = true,
                                    .label = u"total"_s,
                                    .amount = Money{1}}},
                         .importedAt = {},
                         .importedBy = {}}},
        InvoiceRemoveDecision{.id = u"0a1b2c3d4e5f"_s, .profile = u"house"_s, .reason = u"\"corrected\""_s},
        ActionDecision{CommentAction{u"g000000000001"_s, u"two\nlines"_s}},
        RevealDecision{{.letterId = u"0a1b2c3d-0-7-0a1b2c3d"_s, .reason = u"ticket \"12\""_s}},
        ExportDecision{{.query = u"kind:transient"_s,
                        .file = u"/tmp/ä.csv"_s,
                        .format = u"csv"_s,
                        .letters = 7,
                        .masked = 3,
                        .isMasked = false,
                        .reason = u"asked"_s}},
        NotifyDecision{{.kind = NotifySubject::Kind::Schema, .name = u"order.created"_s, .version = 3}, u"0a1b"_s},
        NotifyDecision{{.kind = NotifySubject::Kind::Review, .name = u""_s, .version = std::nullopt}, u"\"x\""_s},
        NotifyRetryDecision{u"0a1b"_s},
        SchemaAckDecision{
            .eventType = u"order.created"_s, .version = 3, .consumer = u"billing"_s, .note = u"\"by Friday\"\n"_s},
        AlertAckDecision{{.alert = u"a0123"_s, .until = std::nullopt, .reason = u"\"mine\"\n"_s}},
        AlertAckDecision{{.alert = u"a0123"_s, .until = utcFromMs(1'790'000'000'123), .reason = u"till then"_s}},
        AlertSilenceDecision{{.alert = std::nullopt,
                              .rule = u"groupBehind"_s,
                              .team = u"päy-team"_s,
                              .connection = std::nullopt,
                              .until = utcFromMs(1'790'000'000'123),
                              .reason = u"deploy"_s}},
        AlertUndoDecision{.seq = 12, .reason = u"too early"_s},
    };
    for (const Decision& decision : decisions) {
        const QByteArray json = decisionToJson(decision);
        QVERIFY2(!json.contains('\n'), json.constData());
        const auto read = decisionFromJson(json);
        QVERIFY2(read.has_value(), json.constData());
        QVERIFY2(*read == decision, json.constData());
    }
    QCOMPARE(decisions.size(), std::variant_size_v<Decision> + 5);
}

void DecisionTest::strangersAreRefused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("an unknown command") << QByteArray("{\"command\":\"drop.everything\"}");
    QTest::newRow("nothing") << QByteArray();
}

void DecisionTest::strangersAreRefused()
{
    QFETCH(QByteArray, request);
    std::vector<QByteArray> lines;
    bool isCarriedOut = false;
    answer(
        request,
        [&](const QByteArray& line) {
            lines.push_back(line);
            return true;
        },
        [&](const Decision&, const AnswerSink&) -> Result<Verdict> {
            isCarriedOut = true;
            return Verdict{};
        });
    QVERIFY(!isCarriedOut);
    QCOMPARE(lines.size(), 1U);
    QVERIFY2(lines[0].startsWith("{\"error\":"), lines[0].constData());
}

void DecisionTest::anAnswerIsDataThenAVerdict()
{
    std::vector<QByteArray> lines;
    answer(
        decisionToJson(CollectOnceDecision{}),
        [&](const QByteArray& line) {
            lines.push_back(line);
            return true;
        },
        [](const Decision&, const AnswerSink& sink) -> Result<Verdict> {
            sink.data("{\"z\":9007199254740993,\"a\":1}");
            sink.note(u"one broker is down"_s);
            return Verdict{3};
        });
    const std::vector<QByteArray> expected{"{\"data\":{\"z\":9007199254740993,\"a\":1}}",
                                           "{\"note\":\"one broker is down\"}", "{\"verdict\":{\"exit\":3}}"};
    QCOMPARE(lines, expected);
}

QTEST_GUILESS_MAIN(DecisionTest)
#include "tst_decision.moc"
