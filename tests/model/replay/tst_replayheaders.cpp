// SPDX-License-Identifier: GPL-3.0-or-later
// What of a letter's headers a replay sends: frameworks', people's word over them, and how a plan seals it.
#include "model/deadletter/dialectregistry.h"
#include "model/replay/headercensus.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replaystore.h"
#include "model/replay/replaywarnings.h"
#include "tests/model/deadletter/letters.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

std::uint64_t counting()
{
    static std::uint64_t number = 0;
    return ++number;
}

PlanCandidate candidate(int number, const QString& dialect = u"spring-dlpr"_s)
{
    PlanCandidate letter;
    letter.letterId = u"letter-%1"_s.arg(number);
    letter.connection = u"orders"_s;
    letter.at = {u"orders.DLT"_s, 0};
    letter.offset = Offset{number};
    letter.sizeBytes = 10;
    letter.dialect = dialect;
    letter.originTopic = u"orders"_s;
    return letter;
}

StripRule ruleOf(const QString& dialect)
{
    static const DialectRegistry dialects = *DialectRegistry::bundled();
    return stripRuleOf(dialects, dialect, nullptr);
}

Result<ReplayPlan> planOf(const std::vector<PlanCandidate>& letters, const std::vector<HeaderChoice>& choices = {},
                          bool allowsUnknown = false)
{
    const PlanWorld world{
        .capabilities = {true, true, true, true, true},
        .partitionCount = [](const QString&) -> Result<int> { return 1; },
        .stripRule = [](const QString& dialect, const QString&) { return ruleOf(dialect); },
        .isDialectKnown = [](const QString& dialect, const QString&) { return dialect != u"karafka-own"; }};
    PlanRequest request{.connection = u"orders"_s, .query = {}, .to = {}, .ledgerSeq = 1};
    request.headerChoices = choices;
    request.allowsUnknownDialects = allowsUnknown;
    return makePlan(request, letters, world, ManualClock(), counting);
}

QStringList namesOf(const Headers& headers)
{
    QStringList names;
    for (const Header& header : headers)
        names << QString::fromUtf8(header.name);
    return names;
}

} // namespace

class ReplayHeadersTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void peoplesWordComesFirst_data();
    void peoplesWordComesFirst();
    void whatIsSentIsAsItWas();
    void lettersOfTwoFrameworksLoseBoth_data();
    void lettersOfTwoFrameworksLoseBoth();
    void onlyWhatWasRecognisedIsLost();
    void aMappingAloneSaysWhatItsLettersAre();
    void aPlanSealsWhatWasChosen();
    void aPlanWithoutChoicesIsAsPlansWere();
    void whoseDialectIsGoneStaysOut();
    void namesAreListedForPeople();
};

void ReplayHeadersTest::peoplesWordComesFirst_data()
{
    QTest::addColumn<HeaderPolicy>("policy");
    QTest::addColumn<QStringList>("sent");
    const QStringList all{u"traceparent"_s, u"x-debug-a"_s, u"x-debug-b"_s, u"own"_s};
    const auto without = [&](const QStringList& names) {
        QStringList left = all;
        for (const QString& name : names)
            left.removeAll(name);
        return left;
    };
    QTest::newRow("nothing chosen: the framework's stay behind") << HeaderPolicy{} << all;
    QTest::newRow("one dropped by its name")
        << HeaderPolicy{.drop = {"own"}, .keep = {}, .sets = {}} << without({u"own"_s});
    QTest::newRow("several by what they begin with")
        << HeaderPolicy{.drop = {"x-debug-*"}, .keep = {}, .sets = {}} << without({u"x-debug-a"_s, u"x-debug-b"_s});
    QTest::newRow("a set") << HeaderPolicy{.drop = {}, .keep = {}, .sets = {u"trace"_s}} << without({u"traceparent"_s});
    QTest::newRow("a framework's header that is to be sent")
        << HeaderPolicy{.drop = {}, .keep = {"kafka_dlt-exception-fqcn"}, .sets = {}}
        << QStringList{u"traceparent"_s, u"x-debug-a"_s, u"x-debug-b"_s, u"kafka_dlt-exception-fqcn"_s, u"own"_s};
    QTest::newRow("only these") << HeaderPolicy{.drop = {"*"}, .keep = {"own"}, .sets = {}} << QStringList{u"own"_s};
    QTest::newRow("nothing at all") << HeaderPolicy{.drop = {"*"}, .keep = {}, .sets = {}} << QStringList{};
    QTest::newRow("an earlier replay's headers never go along")
        << HeaderPolicy{.drop = {}, .keep = {"spill*", "*"}, .sets = {}} << QStringList{u"traceparent"_s,
                                                                                        u"x-debug-a"_s,
                                                                                        u"x-debug-b"_s,
                                                                                        u"kafka_dlt-original-topic"_s,
                                                                                        u"kafka_dlt-exception-fqcn"_s,
                                                                                        u"own"_s};
}

void ReplayHeadersTest::peoplesWordComesFirst()
{
    QFETCH(HeaderPolicy, policy);
    QFETCH(QStringList, sent);
    StripRule rule = ruleOf(u"spring-dlpr"_s);
    rule.choices = headerChoices({policy});
    const Headers letter{{"traceparent", "t"},
                         {"spillway-replay-id", "OLD"},
                         {"x-debug-a", "1"},
                         {"x-debug-b", std::nullopt},
                         {"kafka_dlt-original-topic", "orders"},
                         {"kafka_dlt-exception-fqcn", "a.B"},
                         {"own", "2"}};
    const Headers outgoing = outgoingHeaders(letter, rule, "JOB", 1, "orders/1/7@9");
    // Our own three are there whatever people choose, and last.
    QCOMPARE(namesOf(outgoing),
             sent + QStringList({u"spillway-replay-id"_s, u"spillway-replay-generation"_s, u"spillway-replay-of"_s}));
    QCOMPARE(outgoing[outgoing.size() - 3], (Header{replayIdHeader, "JOB"}));
    const PartedHeaders parted = partHeaders(letter, rule);
    QCOMPARE(namesOf(parted.sent), sent);
    QCOMPARE(parted.sent.size() + parted.left.size(), letter.size());
}

void ReplayHeadersTest::whatIsSentIsAsItWas()
{
    StripRule rule;
    rule.choices = headerChoices({{.drop = {"gone"}, .keep = {"a*"}, .sets = {u"trace"_s}}});
    const Headers kept{{"b", "1"}, {"a", std::nullopt}, {"b", "2"}, {"c", ""}, {"a\xff", QByteArray("\0\xfe", 2)}};
    Headers letter = kept;
    letter.insert(letter.begin() + 1, {"gone", "x"});
    letter.insert(letter.begin() + 3, {"traceparent", "x"});
    QCOMPARE(partHeaders(letter, rule).sent, kept);
    QCOMPARE(partHeaders(letter, rule).left, (Headers{{"gone", "x"}, {"traceparent", "x"}}));
}

void ReplayHeadersTest::lettersOfTwoFrameworksLoseBoth_data()
{
    QTest::addColumn<Headers>("written");
    const Origin deadLetter{.topic = "orders.dlt", .partition = 0, .offset = 9};
    const Headers spring = joined({springOriginals({}), springException({})});
    QTest::newRow("Spring's recoverer, then Connect")
        << joined({spring, test::connect(deadLetter, "com.acme.C", "bad", std::nullopt)});
    QTest::newRow("Connect, then Spring's recoverer")
        << joined({test::connect({}, "com.acme.C", "bad", std::nullopt), spring});
    QTest::newRow("Spring's recoverer, then Streams")
        << joined({spring, streams("orders.dlt", "0", "2", "com.acme.S", "m", std::nullopt)});
    QTest::newRow("SmallRye, then Spring's recoverer")
        << joined({smallrye({}, "com.acme.R", "late", std::nullopt, std::nullopt), spring});
    QTest::newRow("retry topics, then Streams")
        << joined({springOriginals({}, "kafka_original-"), retryTriple(2), retryException({}),
                   streams("orders.dlt", "0", "2", "com.acme.S", "m", std::nullopt)});
    QTest::newRow("three of them") << joined({spring, test::connect(deadLetter, "com.acme.C", "bad", std::nullopt),
                                              streams("x.dlt", "0", "2", "com.acme.S", "m", std::nullopt)});
}

void ReplayHeadersTest::lettersOfTwoFrameworksLoseBoth()
{
    QFETCH(Headers, written);
    static const DialectRegistry dialects = *DialectRegistry::bundled();
    const Headers mine{{"kafka_dlt-custom", "mine"}, {"__connect.errors.custom", "mine"}, {"dead-letter", "mine"}};
    DeadLetter letter;
    letter.record = test::letter(joined({own(), written, mine}));
    letter.facts = dialects.read(letter.record);
    const StripRule rule = stripRuleOfLetter(dialects, letter, nullptr, {});
    const PartedHeaders parted = partHeaders(letter.record.headers, rule);
    QCOMPARE(parted.sent, joined({own(), mine}));
    QCOMPARE(parted.left.size(), written.size());

    // A plan seals the same.
    PlanCandidate planned = candidate(1, letter.facts.dialect);
    planned.olderDialects = olderDialects(dialects, letter.record.headers, letter.facts.dialect, nullptr);
    QVERIFY(!planned.olderDialects.isEmpty());
    const auto plan = planOf({planned, candidate(2, letter.facts.dialect)});
    QVERIFY(plan);
    QCOMPARE(plan->stripRules.size(), std::size_t{2}); // the other letter passed one framework only
    QCOMPARE(plan->stripRules[0].rule, rule);
    QCOMPARE(plan->stripRules[0].olderDialects, planned.olderDialects);
    QCOMPARE(plan->stripRules[1].rule, ruleOf(letter.facts.dialect));
    QCOMPARE(*parsePlan(renderPlan(*plan)), *plan);
}

void ReplayHeadersTest::onlyWhatWasRecognisedIsLost()
{
    static const DialectRegistry dialects = *DialectRegistry::bundled();
    // One header of Connect's names does not make Connect's letter: the business may have written it.
    const Headers mine{{"__connect.errors.stage", "mine"}, {"source_topic", "mine"}, {"dead-letter-topic", "mine"}};
    DeadLetter letter;
    letter.record = test::letter(joined({mine, springOriginals({}), springException({})}));
    letter.facts = dialects.read(letter.record);
    QCOMPARE(olderDialects(dialects, letter.record.headers, letter.facts.dialect, nullptr), QStringList());
    QCOMPARE(partHeaders(letter.record.headers, stripRuleOfLetter(dialects, letter, nullptr, {})).sent, mine);
}

void ReplayHeadersTest::aMappingAloneSaysWhatItsLettersAre()
{
    static const DialectRegistry dialects = *DialectRegistry::bundled();
    const DeadLetterMapping mapping{{u"error_class"_s, {FieldSource::From::Header, u"x-error"_s}}};
    const Headers headers = joined({springOriginals({}), springException({})});
    QCOMPARE(olderDialects(dialects, headers, u"mapping"_s, &mapping), QStringList());
    QVERIFY(isDialectKnown(dialects, u"mapping"_s, &mapping));
    QVERIFY2(!isDialectKnown(dialects, u"mapping"_s, nullptr), "the mapping was taken away");
    for (const QString& id : {u"spring-dlpr"_s, u"generic"_s, u"uforwarder"_s, u"unrecognised"_s})
        QVERIFY2(isDialectKnown(dialects, id, nullptr), qPrintable(id));
    QVERIFY(!isDialectKnown(dialects, u"acme"_s, nullptr));
}

void ReplayHeadersTest::aPlanSealsWhatWasChosen()
{
    const std::vector<HeaderChoice> choices{{"traceparent", true}, {"trace*", false}, {u"ä*"_s.toUtf8(), false}};
    const auto plan = planOf({candidate(1), candidate(2, u"kafka-connect"_s)}, choices);
    QVERIFY(plan);
    QCOMPARE(plan->stripRules.size(), std::size_t{2});
    for (const PlanStripRule& rule : plan->stripRules)
        QCOMPARE(rule.rule.choices, choices);
    QByteArray bytes = renderPlan(*plan);
    QCOMPARE(*parsePlan(bytes), *plan);
    const auto other = planOf({candidate(1), candidate(2, u"kafka-connect"_s)});
    ReplayPlan same = *other;
    same.planId = plan->planId;
    QVERIFY2(planDigest(same) != planDigest(*plan), "the digest covers what was chosen");
    QVERIFY(bytes.contains(R"({"keep":"traceparent"})"));
    const auto changed = parsePlan(bytes.replace(R"({"keep":"traceparent"})", R"({"drop":"traceparent"})"));
    QVERIFY(!changed);
    QVERIFY(changed.error().detail.contains(u"changed after Spillway sealed it"_s));
}

void ReplayHeadersTest::aPlanWithoutChoicesIsAsPlansWere()
{
    const auto plan = planOf({candidate(1, u"watermill"_s)});
    // What a plan's rules looked like before anybody could choose: such files are read for ever.
    const QByteArray rules = R"("headersLeftBehind":[{"dialect":"watermill","channel":"orders.DLT","names":[)"
                             R"("reason_poisoned","topic_poisoned","handler_poisoned","subscriber_poisoned"],)"
                             R"("prefixes":[]}])";
    QVERIFY2(renderPlan(*plan).contains(rules), renderPlan(*plan).constData());
    QVERIFY(parsePlan(renderPlan(*plan)));
}

void ReplayHeadersTest::whoseDialectIsGoneStaysOut()
{
    const std::vector<PlanCandidate> letters{candidate(1, u"karafka-own"_s), candidate(2)};
    const auto plan = planOf(letters);
    QCOMPARE(plan->letters.size(), std::size_t{1});
    QCOMPARE(plan->blocked.size(), std::size_t{1});
    const QString reason = plan->blocked[0].text;
    QVERIFY2(reason.startsWith(u"dialect karafka-own is not known any more"_s), qPrintable(reason));
    QVERIFY2(reason.contains(u"put its file back"_s) && reason.contains(u"--drop-header"_s), qPrintable(reason));
    const auto isKnown = [](const QString& dialect, const QString&) { return dialect != u"karafka-own"; };
    QCOMPARE(unknownDialectWarnings(*plan, isKnown), QStringList());

    const auto allowed = planOf(letters, {{"source_*", false}}, true);
    QCOMPARE(allowed->letters.size(), std::size_t{2});
    QVERIFY(allowed->blocked.empty());
    const QStringList warnings = unknownDialectWarnings(*allowed, isKnown);
    QCOMPARE(warnings.size(), 1);
    QVERIFY2(warnings[0].startsWith(u"1 letter of dialect karafka-own, which is not known any more"_s),
             qPrintable(warnings[0]));
    const StripRule& rule = allowed->stripRules[0].rule;
    QVERIFY(rule.strips("source_topic") && !rule.strips("own"));

    // What is closed, or sent already, is told as that.
    PlanCandidate archived = candidate(1, u"karafka-own"_s);
    archived.state = TriageState::Archived;
    QCOMPARE(planOf({archived})->blocked, (std::vector<PlanCount>{{u"not open: archived"_s, 1}}));
    QVERIFY(planOf({candidate(1, u"mapping"_s)})->blocked.empty()); // known to this world
}

void ReplayHeadersTest::namesAreListedForPeople()
{
    HeaderCensus census;
    QCOMPARE(headerNamesText(census, true, 3), u"none"_s);
    census.names = {{"b3", 3, false}, {"own", 2, true}, {"", 3, true}, {"li\ne", 3, true}};
    QCOMPARE(headerNamesText(census, false, 3), u"b3"_s);
    const QString sent = headerNamesText(census, true, 3);
    QVERIFY2(sent.startsWith(u"own (2), (without a name), "_s), qPrintable(sent));
    QVERIFY2(!sent.contains(u'\n'), "control characters are shown, not obeyed");
    census.names.clear();
    for (int i = 0; i < 30; ++i)
        census.names.push_back({"h" + QByteArray::number(i), 1, true});
    QVERIFY(headerNamesText(census, true, 1).endsWith(u" and 6 more"_s));
}

QTEST_GUILESS_MAIN(ReplayHeadersTest)
#include "tst_replayheaders.moc"
