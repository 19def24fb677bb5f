// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemacompiler.h"
#include "model/schema/schemavalidator.h"

#include <QTest>

#include <thread>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

SchemaJudgement judged(const QByteArray& schema, const QByteArray& payload, const ValidationLimits& limits = {})
{
    const auto program = compileSchema(u"file:///s.json"_s, schema);
    JsonTape tape;
    if (!tape.parse(payload))
        return {};
    return judge(*program, tape, limits);
}

QString word(const SchemaJudgement& judgement)
{
    return judgement.verdict ? schemaVerdictWord(*judgement.verdict) : u"none"_s;
}

} // namespace

class TstSchemaValidator final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdicts_data();
    void verdicts();
    void errors();
    void errorsKeepTheirPlace();
    void noBlowUp();
    void branchesThatLeadBack();
    void waysToOnePart_data();
    void waysToOnePart();
    void deep();
    void tape_data();
    void tape();
    void faultsHaveAPlace();
    void sharedByThreads();
};

void TstSchemaValidator::verdicts_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* schema, const char* payload, const char* expected) {
        QTest::newRow(name) << QByteArray(schema) << QByteArray(payload) << QString::fromLatin1(expected);
    };
    row("1.0 is an integer", R"({"type":"integer"})", "1.0", "valid");
    row("1e400 is an integer and no double", R"({"type":"integer","minimum":1e399})", "1e400", "valid");
    row("numbers that a double does not tell apart", R"({"maximum":9007199254740992})", "9007199254740993", "invalid");
    row("19.99 is a multiple of 0.01", R"({"multipleOf":0.01})", "19.99", "valid");
    row("in draft 4 nobody knows about 1.0",
        R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"})", "1.0", "unknown");
    row("length counts code points", R"({"maxLength":2})", "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\"", "valid");
    row("an unheard keyword decides nothing for sure", R"({"type":"object","mustHave":["a"]})", "{}", "unknown");
    row("but what is invalid anyway is invalid", R"({"type":"array","mustHave":["a"]})", "{}", "invalid");
    row("an unheard keyword on a field that is not there", R"({"properties":{"a":{"mustHave":1}}})", "{}", "valid");
    row("words for people decide nothing", R"({"title":"t","x-owner":"order-team","connect.name":"o"})", "{}", "valid");
    row("another draft's word",
        R"({"$schema":"http://json-schema.org/draft-07/schema#","prefixItems":[{"type":"string"}]})", "[1]", "unknown");
    row("a dialect nobody knows", R"({"$schema":"https://example.com/mine","type":"string"})", "\"a\"", "unknown");
    row("a reference to nowhere", R"({"$ref":"gone.json"})", "1", "unknown");
    row("of alternatives one that fits is enough", R"({"anyOf":[{"$ref":"gone.json"},{"type":"integer"}]})", "1",
        "valid");
    row("of alternatives one unknown is unknown", R"({"anyOf":[{"$ref":"gone.json"},{"type":"string"}]})", "1",
        "unknown");
    row("not unknown is unknown", R"({"not":{"$ref":"gone.json"}})", "1", "unknown");
    row("both branches agree, whatever the condition",
        R"({"if":{"$ref":"gone.json"},"then":{"type":"string"},"else":{"type":"boolean"}})", "1", "invalid");
    row("properties that somebody unknown may know", R"({"$ref":"gone.json","unevaluatedProperties":false})",
        R"({"a":1})", "unknown");
    row("a format in 2020-12 is a note", R"({"format":"date-time"})", "\"yesterday\"", "valid");
    row("a format in draft 7 is a matter of the validator",
        R"({"$schema":"http://json-schema.org/draft-07/schema#","format":"date-time"})", "\"yesterday\"", "unknown");
    row("of a field that comes twice the later one counts", R"({"properties":{"a":{"type":"string"}}})",
        R"({"a":1,"a":"x"})", "valid");
    row("an expression that gives up", R"({"pattern":"^(a+)+$"})",
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"", "unknown");
    row("a back reference is none that we are sure about", R"({"pattern":"(a)\\1"})", "\"aa\"", "unknown");
    row("the end of a text is not before its line feed", R"({"pattern":"^a$"})", "\"a\\n\"", "invalid");
    row("a schema that refers to itself for ever", R"({"$ref":"#"})", "1", "unknown");
    row("a keyword of the wrong kind", R"({"minLength":"3"})", "\"a\"", "unknown");
    row("equal elements however they are written", R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2.0,"a":1e0}])",
        "invalid");
}

void TstSchemaValidator::verdicts()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, payload);
    const SchemaJudgement judgement = judged(schema, payload);
    QTEST(word(judgement), "expected");
    QCOMPARE(judgement.errors.empty(), judgement.verdict != SchemaVerdict::Invalid);
    if (judgement.verdict == SchemaVerdict::Unknown && !schema.contains("\"not\""))
        QVERIFY(!judgement.reasons.isEmpty());
}

void TstSchemaValidator::errors()
{
    const QByteArray schema = R"({"type":"object","required":["order_id","buyer_id"],"additionalProperties":false,
        "properties":{"order_id":{"type":"string"},"lines":{"items":{"properties":{"n":{"minimum":1}}}}}})";
    const QByteArray payload = R"({"order_id":4711,"lines":[{"n":1},{"n":0}],"a/b":true})";
    const SchemaJudgement judgement = judged(schema, payload);
    QCOMPARE(word(judgement), u"invalid"_s);
    QStringList told;
    for (const SchemaError& error : judgement.errors)
        told.append(u"%1 %2 %3 | %4"_s.arg(error.path, error.keyword, error.schemaPath, error.message));
    const QStringList expected{
        u" required #/required | the field \"buyer_id\" is missing"_s,
        u"/order_id type #/properties/order_id/type | the value should be string and is number"_s,
        u"/lines/1/n minimum #/properties/lines/items/properties/n/minimum | the number is below 1"_s,
        u"/a~1b additionalProperties #/additionalProperties | the schema knows no field of this name and allows no others"_s};
    QCOMPARE(told, expected);
}

void TstSchemaValidator::errorsKeepTheirPlace()
{
    const QByteArray payload = "{ \"a\" : [ 1,\n \"x\" ] }";
    const SchemaJudgement judgement = judged(R"({"properties":{"a":{"items":{"type":"integer"}}}})", payload);
    QCOMPARE(judgement.errors.size(), std::size_t{1});
    const SchemaError& error = judgement.errors.front();
    QCOMPARE(payload.mid(error.first, error.last - error.first), QByteArray("\"x\""));
    QCOMPARE(error.path, u"/a/1"_s);
}

/// Alternatives of alternatives of …: 8^30 ways through.
void TstSchemaValidator::noBlowUp()
{
    QByteArray schema = R"({"$defs":{"d0":{"type":"string"})";
    for (int i = 1; i <= 30; ++i) {
        schema += ",\"d" + QByteArray::number(i) + "\":{\"anyOf\":[";
        for (int k = 0; k < 8; ++k)
            schema += QByteArray(k ? "," : "") + "{\"$ref\":\"#/$defs/d" + QByteArray::number(i - 1) + "\"}";
        schema += "]}";
    }
    schema += R"(},"$ref":"#/$defs/d30"})";
    // Judged once each, they are few.
    QCOMPARE(word(judged(schema, "1", {.work = 10'000})), u"invalid"_s);
    QCOMPARE(word(judged(schema, "\"x\"", {.work = 10'000})), u"valid"_s);
    const SchemaJudgement judgement = judged(schema, "1", {.work = 100'000, .remembersAfter = 100'000'000});
    QCOMPARE(word(judgement), u"unknown"_s);
    QVERIFY(judgement.reasons.join(u' ').contains(u"more work"));
}

/// Branches that lead back to where they came from, for the same value and for what is in it.
void TstSchemaValidator::branchesThatLeadBack()
{
    const SchemaJudgement same = judged(R"({"anyOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]})", "1", {.work = 50'000});
    QCOMPARE(word(same), u"unknown"_s);
    QVERIFY2(same.reasons.join(u' ').contains(u"back to itself"), qPrintable(same.reasons.join(u'\n')));
    const QByteArray within = R"({"type":"object","properties":{"a":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}})";
    const auto nested = [](int levels, const QByteArray& innermost) {
        return QByteArray("{\"a\":").repeated(levels) + innermost + QByteArray(levels, '}');
    };
    QCOMPARE(word(judged(within, nested(100, "{}"), {.work = 50'000})), u"valid"_s);
    const SchemaJudgement wrong = judged(within, nested(100, "1"), {.work = 50'000});
    QCOMPARE(word(wrong), u"invalid"_s);
    QCOMPARE(wrong.errors.front().path, u"/a"_s.repeated(100));
    // Likewise references that depend on the way to them.
    const QByteArray dynamic = R"({"$dynamicAnchor":"n","anyOf":[{"$dynamicRef":"#n"},{"$dynamicRef":"#n"}]})";
    const SchemaJudgement endless = judged(dynamic, "1", {.work = 50'000});
    QCOMPARE(word(endless), u"unknown"_s);
    QVERIFY2(!endless.reasons.join(u' ').contains(u"more work"), qPrintable(endless.reasons.join(u'\n')));
    const QByteArray dynamicWithin = R"({"$dynamicAnchor":"n","type":"object",)"
                                     R"("properties":{"a":{"allOf":[{"$dynamicRef":"#n"},{"$dynamicRef":"#n"}]}}})";
    QCOMPARE(word(judged(dynamicWithin, nested(100, "{}"), {.work = 50'000})), u"valid"_s);
    QCOMPARE(word(judged(dynamicWithin, nested(100, "1"), {.work = 50'000})), u"invalid"_s);
}

/// One part of a schema means two things to one value, by the way that led to it; what is remembered keeps them apart.
void TstSchemaValidator::waysToOnePart_data()
{
    QTest::addColumn<QByteArray>("ways");
    QTest::newRow("the wide one first") << QByteArray(R"({"$ref":"tree"},{"$ref":"strict"})");
    QTest::newRow("the narrow one first") << QByteArray(R"({"$ref":"strict"},{"$ref":"tree"})");
    QTest::newRow("the wide one between") << QByteArray(R"({"$ref":"strict"},{"$ref":"tree"},{"$ref":"strict"})");
}

void TstSchemaValidator::waysToOnePart()
{
    QFETCH(QByteArray, ways);
    const auto schema = [](const QByteArray& all) {
        return R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://a.test/root","$defs":{)"
               R"("tree":{"$id":"tree","$dynamicAnchor":"node","type":"object",)"
               R"("properties":{"children":{"type":"array","items":{"$dynamicRef":"#node"}}}},)"
               R"("strict":{"$id":"strict","$dynamicAnchor":"node","$ref":"tree","required":["name"]}},)"
               R"("allOf":[)" +
               all + "]}";
    };
    const QByteArray named = R"({"name":"a","children":[{"name":"b","children":[{"name":"c"}]}]})";
    const QByteArray nameless = R"({"name":"a","children":[{"name":"b","children":[{}]}]})";
    for (const std::int64_t remembersAfter : {std::int64_t{0}, std::int64_t{100'000'000}}) {
        QCOMPARE(word(judged(schema(ways), named, {.remembersAfter = remembersAfter})), u"valid"_s);
        QCOMPARE(word(judged(schema(ways), nameless, {.remembersAfter = remembersAfter})), u"invalid"_s);
        QCOMPARE(word(judged(schema(R"({"$ref":"tree"})"), nameless, {.remembersAfter = remembersAfter})), u"valid"_s);
    }
}

void TstSchemaValidator::deep()
{
    constexpr int levels = 100'000;
    const QByteArray payload = QByteArray(levels, '[') + QByteArray(levels, ']');
    QCOMPARE(word(judged(R"({"items":{"$ref":"#"}})", payload)), u"unknown"_s);
    QCOMPARE(word(judged(R"({"type":"object"})", payload)), u"invalid"_s);
    QCOMPARE(word(judged(R"({"type":"array"})", payload)), u"valid"_s);
    // A schema as deep as that is a fault, not a crash.
    const QByteArray schema = QByteArray("{\"not\":").repeated(levels) + "{}" + QByteArray(levels, '}');
    QCOMPARE(word(judged(schema, "1")), u"unknown"_s);
}

void TstSchemaValidator::tape_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isJson");
    QTest::addColumn<qint64>("at");
    const auto row = [](const char* name, const QByteArray& json, bool isJson, qint64 at = 0) {
        QTest::newRow(name) << json << isJson << at;
    };
    row("a scalar alone", " 12 ", true);
    row("nothing", "", false);
    row("only space", "  ", false, 2);
    row("a needless zero", "[01]", false, 1);
    row("a number that ends in its point", "[1.]", false, 3);
    row("half a number's exponent", "[1e]", false, 3);
    row("a trailing comma", "[1,]", false, 3);
    row("no comma", "[1 2]", false, 3);
    row("no colon", "{\"a\" 1}", false, 5);
    row("a name without quotes", "{a:1}", false, 1);
    row("a control character in a text", "\"a\tb\"", false, 2);
    row("half an escape", "\"\\u12\"", false, 1);
    row("an escape that is none", "\"\\x\"", false, 1);
    row("an open text", "[\"a", false, 1);
    row("open brackets", "[[1]", false, 4);
    row("the wrong bracket", "[1}", false, 2);
    row("two documents", "{} {}", false, 3);
    row("no UTF-8", "\"\xff\"", false, 0);
    row("a lone surrogate is a character", "\"\\ud800\"", true);
    row("a word cut short", "tru", false, 0);
}

void TstSchemaValidator::tape()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, isJson);
    JsonTape tape;
    QCOMPARE(tape.parse(json), isJson);
    if (!isJson)
        QTEST(qint64{tape.fault().at}, "at");
}

void TstSchemaValidator::faultsHaveAPlace()
{
    const auto program = compileSchema(u"file:///s.json"_s, "{\n  \"type\": \"strin\",\n  \"$ref\": \"gone.json\"\n}");
    QCOMPARE(program->faults.size(), std::size_t{2});
    QCOMPARE(program->faults[0].line, 2);
    QCOMPARE(program->faults[0].column, 11);
    QCOMPARE(program->faults[1].line, 3);
    QVERIFY(program->faults[1].message.contains(u"gone.json"));
    const auto broken = compileSchema(u"file:///s.json"_s, "{\n  \"type\": }");
    QCOMPARE(broken->faults.size(), std::size_t{1});
    QCOMPARE(broken->faults[0].line, 2);
    JsonTape tape;
    QVERIFY(tape.parse("1"));
    QCOMPARE(schemaVerdict(*broken, tape), SchemaVerdict::Unknown);
}

void TstSchemaValidator::sharedByThreads()
{
    const auto program = compileSchema(u"file:///s.json"_s, R"({"properties":{"a":{"pattern":"^[a-z]+$"}}})");
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            const QByteArray payload = i % 2 ? R"({"a":"x"})" : R"({"a":"1"})";
            JsonTape tape;
            for (int n = 0; n < 2'000; ++n) {
                const bool isRight = tape.parse(payload) && schemaVerdict(*program, tape) ==
                                                                (i % 2 ? SchemaVerdict::Valid : SchemaVerdict::Invalid);
                wrong += isRight ? 0 : 1;
            }
        });
    threads.clear();
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(TstSchemaValidator)
#include "tst_schemavalidator.moc"
