// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/changekinds.h"
#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/compatibilityoutput.h"
#include "tests/support/folders.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

using Verdict = DirectionVerdict;
constexpr auto strict = CompatibilityPolicy::ConfluentStrict;
constexpr auto lenient = CompatibilityPolicy::ConfluentLenient;
constexpr auto friendly = CompatibilityPolicy::OptionalFriendly;
constexpr auto seed = CompatibilityPolicy::Seed;

/// JSON with its quotes: here they are written ', which reads better and keeps moc from losing its way.
QByteArray quoted(QByteArray json)
{
    return json.replace("'", "\x22");
}

SchemaVersion versionOf(const QByteArray& json, int number)
{
    return {.eventType = u"a.b"_s,
            .version = number,
            .file = u"a.b.v%1.json"_s.arg(number),
            .text = quoted(json),
            .uri = u"file:///a.b.v%1.json"_s.arg(number)};
}

Verdict worst(const std::vector<SchemaDifference>& differences, Verdict SchemaDifference::*direction)
{
    Verdict verdict = Verdict::Holds;
    for (const SchemaDifference& difference : differences) {
        if (difference.*direction != Verdict::Holds && verdict != Verdict::Breaks)
            verdict = difference.*direction;
    }
    return verdict;
}

void write(const QDir& folder, const QString& path, const QByteArray& text)
{
    QVERIFY(folder.mkpath(QFileInfo(folder.filePath(path)).path()));
    QFile file(folder.filePath(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(quoted(text));
}

QByteArray objectWith(const QByteArray& properties, const QByteArray& required, bool isClosed)
{
    return "{'type':'object','properties':{" + properties + "},'required':[" + required + "]" +
           (isClosed ? ",'additionalProperties':false" : "") + "}";
}

} // namespace

class CompatibilityTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contentModels_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        QTest::addColumn<int>("policy");
        QTest::addColumn<bool>("holds");
        const QByteArray a = "'a':{'type':'string'}";
        const QByteArray ab = a + ",'b':{'type':'string'}";
        const QByteArray withDefault = a + ",'b':{'type':'string','default':''}";
        const auto row = [](const char* name, const QByteArray& older, const QByteArray& newer, auto policy,
                            bool holds) { QTest::newRow(name) << older << newer << int(policy) << holds; };
        // Confluent's matrix for BACKWARD: five changes, closed and open content, two policies.
        row("closed, strict: an optional field may come", objectWith(a, "", true), objectWith(ab, "", true), strict,
            true);
        row("closed, lenient: an optional field may come", objectWith(a, "", true), objectWith(ab, "", true), lenient,
            true);
        row("open, strict: an optional field may not come", objectWith(a, "", false), objectWith(ab, "", false), strict,
            false);
        row("open, lenient: an optional field may come", objectWith(a, "", false), objectWith(ab, "", false), lenient,
            true);
        row("closed, strict: an optional field may not go", objectWith(ab, "", true), objectWith(a, "", true), strict,
            false);
        row("closed, lenient: an optional field may go", objectWith(ab, "", true), objectWith(a, "", true), lenient,
            true);
        row("open, strict: an optional field may go", objectWith(ab, "", false), objectWith(a, "", false), strict,
            true);
        row("open, lenient: an optional field may go", objectWith(ab, "", false), objectWith(a, "", false), lenient,
            true);
        row("closed, strict: a required field may not come", objectWith(a, "", true), objectWith(ab, "'b'", true),
            strict, false);
        row("closed, lenient: a required field may not come", objectWith(a, "", true), objectWith(ab, "'b'", true),
            lenient, false);
        row("open, strict: a required field may not come", objectWith(a, "", false), objectWith(ab, "'b'", false),
            strict, false);
        row("open, lenient: a required field may not come", objectWith(a, "", false), objectWith(ab, "'b'", false),
            lenient, false);
        row("closed, strict: a required field with a default may come", objectWith(a, "", true),
            objectWith(withDefault, "'b'", true), strict, true);
        row("closed, lenient: a required field with a default may come", objectWith(a, "", true),
            objectWith(withDefault, "'b'", true), lenient, true);
        row("open, strict: a required field with a default may not come", objectWith(a, "", false),
            objectWith(withDefault, "'b'", false), strict, false);
        row("open, lenient: a required field with a default may come", objectWith(a, "", false),
            objectWith(withDefault, "'b'", false), lenient, true);
        row("closed, strict: a required field may not go", objectWith(ab, "'b'", true), objectWith(a, "", true), strict,
            false);
        row("closed, lenient: a required field may go", objectWith(ab, "'b'", true), objectWith(a, "", true), lenient,
            true);
        row("open, strict: a required field may go", objectWith(ab, "'b'", false), objectWith(a, "", false), strict,
            true);
        row("open, lenient: a required field may go", objectWith(ab, "'b'", false), objectWith(a, "", false), lenient,
            true);
        row("lenient: content may be closed", objectWith(a, "", false), objectWith(a, "", true), lenient, true);
        row("strict: content may not be closed", objectWith(a, "", false), objectWith(a, "", true), strict, false);
        row("friendly: a default fills nothing in", objectWith(a, "", false), objectWith(withDefault, "'b'", false),
            friendly, false);
    }
    void contentModels()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        QFETCH(int, policy);
        QFETCH(bool, holds);
        const auto differences =
            compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), CompatibilityPolicy(policy));
        QVERIFY(!differences.empty());
        QCOMPARE(worst(differences, &SchemaDifference::backward), holds ? Verdict::Holds : Verdict::Breaks);
        // FORWARD is BACKWARD with the versions exchanged.
        const auto exchanged =
            compareSchemaVersions(versionOf(newer, 1), versionOf(older, 2), CompatibilityPolicy(policy));
        QCOMPARE(worst(exchanged, &SchemaDifference::forward), holds ? Verdict::Holds : Verdict::Breaks);
    }

    /// What people expect who know Avro: BACKWARD and FORWARD of one change.
    void optionalFriendly_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        QTest::addColumn<bool>("backward");
        QTest::addColumn<bool>("forward");
        const QByteArray a = "'a':{'type':'string'}";
        const QByteArray ab = a + ",'b':{'type':'string'}";
        QTest::newRow("a required field comes")
            << objectWith(a, "", false) << objectWith(ab, "'b'", false) << false << true;
        QTest::newRow("an optional field comes")
            << objectWith(a, "", false) << objectWith(ab, "", false) << true << true;
        QTest::newRow("an optional field goes")
            << objectWith(ab, "", false) << objectWith(a, "", false) << true << true;
        QTest::newRow("a required field goes")
            << objectWith(ab, "'b'", false) << objectWith(a, "", false) << true << false;
        QTest::newRow("an optional field becomes required")
            << objectWith(ab, "", false) << objectWith(ab, "'b'", false) << false << true;
        QTest::newRow("a required field becomes optional")
            << objectWith(ab, "'b'", false) << objectWith(ab, "", false) << true << false;
    }
    void optionalFriendly()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        QFETCH(bool, backward);
        QFETCH(bool, forward);
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), friendly);
        QCOMPARE(worst(differences, &SchemaDifference::backward) == Verdict::Holds, backward);
        QCOMPARE(worst(differences, &SchemaDifference::forward) == Verdict::Holds, forward);
    }

    void kinds_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("backward");
        QTest::addColumn<bool>("forward");
        const auto row = [](const char* name, const char* older, const char* newer, const char16_t* kind,
                            const char16_t* path, bool backward, bool forward) {
            QTest::newRow(name) << QByteArray(older) << QByteArray(newer) << QString::fromUtf16(kind)
                                << QString::fromUtf16(path) << backward << forward;
        };
        row("a whole number becomes any number", "{'type':'integer'}", "{'type':'number'}", u"typeWidened", u"#/type",
            true, false);
        row("a number becomes a whole one", "{'type':'number'}", "{'type':'integer'}", u"typeNarrowed", u"#/type",
            false, true);
        row("the root's type changes", "{'type':'object'}", "{'type':'array'}", u"typeChanged", u"#/type", false,
            false);
        row("a type comes where there was none", "{}", "{'type':'string'}", u"typeNarrowed", u"#/type", false, true);
        row("null is allowed too", "{'type':'string'}", "{'type':['string','null']}", u"typeWidened", u"#/type", true,
            false);
        row("a constant goes from a list", "{'enum':['a','b']}", "{'enum':['a']}", u"enumValueRemoved", u"#/enum/1",
            false, true);
        row("a constant comes into a list", "{'enum':['a']}", "{'enum':['a','b']}", u"enumValueAdded", u"#/enum/1",
            true, false);
        row("texts get shorter", "{'type':'string','maxLength':5}", "{'type':'string','maxLength':4}",
            u"maxLengthDecreased", u"#/maxLength", false, true);
        row("a bound rises", "{'type':'number','minimum':1}", "{'type':'number','minimum':2}", u"minimumIncreased",
            u"#/minimum", false, true);
        row("draft 4 writes an exclusive bound otherwise",
            "{'$schema':'http://json-schema.org/draft-04/schema#','type':'number','minimum':1}",
            "{'$schema':'http://json-schema.org/draft-04/"
            "schema#','type':'number','minimum':1,'exclusiveMinimum':true}",
            u"exclusiveMinimumIncreased", u"#/exclusiveMinimum", false, true);
        row("multiples of ten are multiples of two", "{'type':'integer','multipleOf':10}",
            "{'type':'integer','multipleOf':2}", u"multipleOfReduced", u"#/multipleOf", true, false);
        row("elements change their type", "{'type':'array','items':{'type':'string'}}",
            "{'type':'array','items':{'type':'integer'}}", u"typeChanged", u"#/items/type", false, false);
        row("elements must differ", "{'type':'array'}", "{'type':'array','uniqueItems':true}", u"uniqueItemsAdded",
            u"#/uniqueItems", false, true);
        row("a branch goes", "{'oneOf':[{'type':'string'},{'type':'integer'}]}", "{'oneOf':[{'type':'string'}]}",
            u"branchRemoved", u"#/oneOf/1", false, true);
        row("a branch comes", "{'oneOf':[{'type':'string'}]}", "{'oneOf':[{'type':'integer'},{'type':'string'}]}",
            u"branchAdded", u"#/oneOf/0", true, false);
        row("nothing is allowed any more", "{'properties':{'a':true}}", "{'properties':{'a':false}}", u"schemaClosed",
            u"#/properties/a", false, true);
        row("what a reference points to changes",
            "{'$defs':{'x':{'type':'string'}},'properties':{'a':{'$ref':'#/$defs/x'}}}",
            "{'$defs':{'x':{'type':'integer'}},'properties':{'a':{'$ref':'#/$defs/x'}}}", u"typeChanged",
            u"#/properties/a/type", false, false);
        row("an exclusion grows", "{'not':{'type':'integer'}}", "{'not':{'type':'number'}}", u"notExtended", u"#/not",
            false, true);
        row("a field depends on another", "{'type':'object'}", "{'type':'object','dependentRequired':{'a':['b']}}",
            u"dependencyAdded", u"#/dependentRequired/a/b", false, true);
        row("a list within itself",
            "{'$ref':'#/$defs/n','$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/"
            "$defs/n'},'v':{'type':'integer'}}}}}",
            "{'$ref':'#/$defs/n','$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/"
            "$defs/n'},'v':{'type':'string'}}}}}",
            u"typeChanged", u"#/properties/v/type", false, false);
    }
    void kinds()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        QFETCH(QString, kind);
        QFETCH(QString, path);
        QFETCH(bool, backward);
        QFETCH(bool, forward);
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), strict);
        QCOMPARE(worst(differences, &SchemaDifference::backward) == Verdict::Holds, backward);
        QCOMPARE(worst(differences, &SchemaDifference::forward) == Verdict::Holds, forward);
        const auto found = std::find_if(differences.begin(), differences.end(), [&](const SchemaDifference& one) {
            return one.kind == kind && one.path == path;
        });
        QVERIFY2(found != differences.end(),
                 qPrintable(differences.empty() ? u"none"_s : differences.front().kind + differences.front().path));
        QVERIFY(changeKindFromWord(kind));
        QCOMPARE(found->backward == Verdict::Holds, backward);
        QCOMPARE(found->backwardExample.has_value(), !backward);
        QCOMPARE(found->forwardExample.has_value(), !forward);
    }

    void equalInOtherWords_data()
    {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        const auto row = [](const char* name, const char* one, const char* other) {
            QTest::newRow(name) << QByteArray(one) << QByteArray(other);
        };
        row("parts in another order", "{'allOf':[{'type':'string'},{'maxLength':3}]}",
            "{'allOf':[{'maxLength':3},{'type':'string'}]}");
        row("parts written together", "{'allOf':[{'type':'string'},{'maxLength':3}]}",
            "{'type':'string','maxLength':3}");
        row("parts of parts written together",
            "{'allOf':[{'allOf':[{'properties':{'a':{'type':'string'}}},{'required':['a']}]},{'type':'object'}]}",
            "{'type':'object','properties':{'a':{'type':'string'}},'required':['a']}");
        row("one part alone", "{'allOf':[{'type':'string'}]}", "{'type':'string'}");
        row("a reference written out", "{'$ref':'#/$defs/a','$defs':{'a':{'type':'string'}}}", "{'type':'string'}");
        row("a reference of a field written out",
            "{'properties':{'a':{'$ref':'#/$defs/a'}},'$defs':{'a':{'type':'object','properties':{'b':{'$ref':'#/$defs/"
            "b'}}},'b':{'type':'integer'}}}",
            "{'properties':{'a':{'type':'object','properties':{'b':{'type':'integer'}}}}}");
        row("a reference within a part", "{'allOf':[{'$ref':'#/$defs/a'}],'$defs':{'a':{'type':'string'}}}",
            "{'$ref':'#/$defs/b','$defs':{'b':{'type':'string'}}}");
        row("branches in another order", "{'anyOf':[{'type':'string'},{'type':'null'}]}",
            "{'anyOf':[{'type':'null'},{'type':'string'}]}");
        row("choices in another order",
            "{'allOf':[{'anyOf':[{'required':['a']},{'required':['b']}]},{'anyOf':[{'required':['c']},{'required':['d']"
            "}]}]}",
            "{'allOf':[{'anyOf':[{'required':['c']},{'required':['d']}]},{'anyOf':[{'required':['a']},{'required':['b']"
            "}]}]}");
        row("branches as a list of types", "{'anyOf':[{'type':'string'},{'type':'null'}]}",
            "{'type':['string','null']}");
        row("branches that exclude each other as a list of types", "{'oneOf':[{'type':'string'},{'type':'null'}]}",
            "{'type':['string','null']}");
        row("branches with bounds as a list of types with bounds",
            "{'anyOf':[{'type':'string','maxLength':5},{'type':'integer','minimum':1},{'type':'null'}]}",
            "{'type':['string','integer','null'],'maxLength':5,'minimum':1}");
        row("a list of types in branches split otherwise",
            "{'anyOf':[{'type':['string','null']},{'type':['integer','boolean']}]}",
            "{'anyOf':[{'type':['string','integer']},{'type':['null','boolean']}]}");
        row("a field that may be null, as a list of types and as branches",
            "{'properties':{'a':{'type':['object','null'],'properties':{'b':{'type':'string'}}}}}",
            "{'properties':{'a':{'anyOf':[{'type':'object','properties':{'b':{'type':'string'}}},{'type':'null'}]}}}");
        row("branches within branches", "{'anyOf':[{'type':'string'},{'anyOf':[{'type':'integer'},{'type':'null'}]}]}",
            "{'anyOf':[{'type':'string'},{'type':'integer'},{'type':'null'}]}");
        row("one branch alone", "{'anyOf':[{'type':'string'}]}", "{'type':'string'}");
        row("any of disjoint branches is one of them", "{'anyOf':[{'type':'string','maxLength':3},{'type':'integer'}]}",
            "{'oneOf':[{'type':'string','maxLength':3},{'type':'integer'}]}");
        row("constants as branches", "{'enum':['a','b']}", "{'anyOf':[{'const':'a'},{'const':'b'}]}");
        row("constants in another order", "{'enum':['a','b']}", "{'enum':['b','a']}");
        row("a constant as a list of one", "{'const':'a'}", "{'enum':['a']}");
        row("a constant with its type", "{'const':'a'}", "{'type':'string','enum':['a']}");
        row("null as a constant", "{'type':'null'}", "{'const':null}");
        row("true and false as constants", "{'type':'boolean'}", "{'enum':[true,false]}");
        row("null among constants", "{'type':['string','null']}", "{'anyOf':[{'type':'string'},{'enum':[null]}]}");
        row("a whole number from 1 is above 0", "{'type':'integer','minimum':1}",
            "{'type':'integer','exclusiveMinimum':0}");
        row("a whole number to 9 is below 9.5", "{'type':'integer','maximum':9}", "{'type':'integer','maximum':9.5}");
        row("a negative whole number to -1 is below 0", "{'type':'integer','maximum':-1}",
            "{'type':'integer','exclusiveMaximum':0}");
        row("numbers of one value", "{'type':'number','minimum':1}", "{'type':'number','minimum':1.0}");
        row("whole numbers are multiples of one", "{'type':'integer'}", "{'type':'integer','multipleOf':1}");
        row("all types are any type", "{'type':['null','boolean','number','string','array','object']}", "{}");
        row("whole numbers are numbers already", "{'type':['integer','number']}", "{'type':'number'}");
        row("required fields in another order", "{'required':['a','b']}", "{'required':['b','a']}");
        row("no required field", "{'type':'object','required':[]}", "{'type':'object'}");
        row("elements of any kind", "{'type':'array','items':true}", "{'type':'array'}");
        row("elements without a word", "{'type':'array','items':{}}", "{'type':'array','items':true}");
        row("content open by word", "{'type':'object','additionalProperties':true}", "{'type':'object'}");
        row("content open by an empty schema", "{'type':'object','additionalProperties':{}}",
            "{'type':'object','additionalProperties':true}");
        row("nothing by another word", "{'properties':{'a':false}}", "{'properties':{'a':{'not':{}}}}");
        row("limits that ask nothing", "{'type':'string','minLength':0}", "{'type':'string'}");
        row("elements that need not differ", "{'type':'array','uniqueItems':false}", "{'type':'array'}");
        row("a keyword for another type", "{'type':'string','minimum':3}", "{'type':'string'}");
        row("at least as many fields as are required", "{'type':'object','required':['a','b'],'minProperties':2}",
            "{'type':'object','required':['a','b']}");
        row("notes", "{'type':'string','title':'a','description':'b'}", "{'type':'string'}");
        row("a bound of draft 4 in today's words",
            "{'$schema':'http://json-schema.org/draft-04/"
            "schema#','type':'number','minimum':1,'exclusiveMinimum':true}",
            "{'$schema':'http://json-schema.org/draft-07/schema#','type':'number','exclusiveMinimum':1}");
        row("a bound of draft 4 with its false word",
            "{'$schema':'http://json-schema.org/draft-04/"
            "schema#','type':'number','minimum':1,'exclusiveMinimum':false}",
            "{'$schema':'http://json-schema.org/draft-04/schema#','type':'number','minimum':1}");
        row("another draft's word for places",
            "{'$schema':'http://json-schema.org/draft-07/schema#','type':'array','items':[{'type':'string'}]}",
            "{'$schema':'https://json-schema.org/draft/2020-12/schema','type':'array','prefixItems':[{'type':'string'}]"
            "}");
        row("another draft's word for dependent fields",
            "{'$schema':'http://json-schema.org/draft-07/schema#','type':'object','dependencies':{'a':['b']}}",
            "{'$schema':'https://json-schema.org/draft/2020-12/"
            "schema','type':'object','dependentRequired':{'a':['b']}}");
        row("another draft's word for the places after the listed ones",
            "{'$schema':'http://json-schema.org/draft-07/"
            "schema#','items':[{'type':'string'}],'additionalItems':false}",
            "{'$schema':'https://json-schema.org/draft/2020-12/"
            "schema','prefixItems':[{'type':'string'}],'items':false}");
        row("another draft's word for dependent schemas",
            "{'$schema':'http://json-schema.org/draft-07/schema#','dependencies':{'a':{'required':['b']}}}",
            "{'$schema':'https://json-schema.org/draft/2020-12/schema','dependentSchemas':{'a':{'required':['b']}}}");
        row("closed by either word", "{'type':'object','properties':{'a':{}},'additionalProperties':false}",
            "{'type':'object','properties':{'a':{}},'unevaluatedProperties':false}");
        row("closed over a part, or with all in one",
            "{'type':'object','allOf':[{'properties':{'a':{'type':'string'}}}],'unevaluatedProperties':false}",
            "{'type':'object','properties':{'a':{'type':'string'}},'additionalProperties':false}");
        row("parts that ask nothing", "{'allOf':[true,{},{'type':'string'}]}", "{'type':'string'}");
        row("a branch that takes all", "{'anyOf':[true,{'type':'string'}]}", "{}");
        row("one branch twice", "{'anyOf':[{'type':'string'},{'type':'string'}]}", "{'type':'string'}");
        row("a branch within another", "{'anyOf':[{'type':'string'},{'const':'a'}]}", "{'type':'string'}");
        row("constants and null", "{'type':['string','null'],'enum':['a',null]}",
            "{'anyOf':[{'enum':['a']},{'type':'null'}]}");
        row("a declared field of any kind", "{'type':'object','properties':{'a':{}}}", "{'type':'object'}");
        row("at least one, by word", "{'type':'array','contains':{'const':1},'minContains':1}",
            "{'type':'array','contains':{'const':1}}");
        row("a nullable reference or all in one",
            "{'properties':{'a':{'oneOf':[{'$ref':'#/$defs/x'},{'type':'null'}]}},'$defs':{'x':{'type':'object',"
            "'properties':{'b':{'type':'string'}},'required':['b']}}}",
            "{'properties':{'a':{'type':['object','null'],'properties':{'b':{'type':'string'}},'required':['b']}}}");
        row("bounds in two parts", "{'allOf':[{'minimum':1},{'minimum':3}],'type':'number'}",
            "{'type':'number','minimum':3}");
        row("a choice common to all branches drawn out",
            "{'anyOf':[{'type':'object','required':['a','b']},{'type':'object','required':['a','c']}]}",
            "{'type':'object','required':['a'],'anyOf':[{'required':['b']},{'required':['c']}]}");
        row("a type asked for without and within the branches",
            "{'type':'object','oneOf':[{'type':'object','required':['b']},{'type':'object','required':['c'],"
            "'properties':{'b':false}}]}",
            "{'type':'object','oneOf':[{'required':['b']},{'required':['c'],'properties':{'b':false}}]}");
        row("a condition without a consequence", "{'type':'object','if':{'required':['a']}}", "{'type':'object'}");
        row("an exclusion of nothing", "{'type':'string','not':false}", "{'type':'string'}");
        row("an exclusion of another type", "{'type':'string','not':{'type':'integer'}}", "{'type':'string'}");
        row("any or one of schemas that a field tells apart",
            "{'anyOf':[{'type':'object','required':['k'],'properties':{'k':{'const':'x'}}},{'type':'object','required':"
            "['k'],'properties':{'k':{'const':'y'}}}]}",
            "{'oneOf':[{'type':'object','required':['k'],'properties':{'k':{'const':'x'}}},{'type':'object','required':"
            "['k'],'properties':{'k':{'const':'y'}}}]}");
        row("definitions under another word",
            "{'properties':{'a':{'$ref':'#/definitions/x'}},'definitions':{'x':{'type':'string'}}}",
            "{'properties':{'a':{'$ref':'#/$defs/y'}},'$defs':{'y':{'type':'string'}}}");
        row("a list within itself, one circle unrolled",
            "{'$ref':'#/$defs/n','$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}}}}}",
            "{'type':'object','properties':{'next':{'$ref':'#'}}}");
    }
    void equalInOtherWords()
    {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        for (const auto& [older, newer] : {std::pair(one, other), std::pair(other, one)}) {
            for (const auto policy : {strict, lenient, friendly}) {
                const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), policy);
                QStringList found;
                for (const SchemaDifference& difference : differences)
                    found += difference.kind + difference.path;
                const QByteArray all = found.join(u' ').toUtf8();
                QVERIFY2(worst(differences, &SchemaDifference::backward) == Verdict::Holds, all.constData());
                QVERIFY2(worst(differences, &SchemaDifference::forward) == Verdict::Holds, all.constData());
            }
        }
    }

    /// Nearly the same, and not the same: what sees through other words must not see too much.
    void notEqualAfterAll_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        const auto row = [](const char* name, const char* older, const char* newer) {
            QTest::newRow(name) << QByteArray(older) << QByteArray(newer);
        };
        row("a type of the list has no branch", "{'type':['string','null','integer']}",
            "{'anyOf':[{'type':'string'},{'type':'null'}]}");
        row("a branch asks more of its type", "{'type':['string','null']}",
            "{'anyOf':[{'type':'string','maxLength':3},{'type':'null'}]}");
        row("two branches take one type, and one may", "{'type':['string','null']}",
            "{'oneOf':[{'type':'string'},{'type':['null','string']}]}");
        row("not one branch takes all texts", "{'type':['string','null']}",
            "{'anyOf':[{'type':'string','minLength':2},{'type':'string','maxLength':0},{'type':'null'}]}");
        row("a number from 1 is not all above 0", "{'type':'number','exclusiveMinimum':0}",
            "{'type':'number','minimum':1}");
        row("a whole number above 0.5 may be 1", "{'type':'integer','exclusiveMinimum':0.5}",
            "{'type':'integer','exclusiveMinimum':1}");
        row("null is not all that may be null", "{'type':['null','string']}", "{'const':null}");
        row("true alone is not all of them", "{'type':'boolean'}", "{'enum':[true]}");
        row("multiples of two are not all whole numbers", "{'type':'integer'}", "{'type':'integer','multipleOf':2}");
        row("a circle through another field",
            "{'type':'object','properties':{'next':{'$ref':'#'},'v':{'type':'integer'}}}",
            "{'type':'object','properties':{'next':{'type':'object','properties':{'next':{'$ref':'#'},'v':{'type':'"
            "string'}}},'v':{'type':'integer'}}}");
    }
    void notEqualAfterAll()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), strict);
        QCOMPARE(worst(differences, &SchemaDifference::backward), Verdict::Breaks);
        QVERIFY(std::any_of(differences.begin(), differences.end(),
                            [](const SchemaDifference& one) { return one.backwardExample.has_value(); }));
    }

    void whatNobodyCanWriteBreaksNobody_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        QTest::addColumn<Verdict>("backward");
        const auto row = [](const char* name, const QByteArray& older, const QByteArray& newer, Verdict backward) {
            QTest::newRow(name) << older << newer << backward;
        };
        const QByteArray text = "{'type':'string'}";
        const QByteArray strictObject = "{'type':'object','required':['x','y']}";
        row("bounds that exclude each other", "{'type':'number','minimum':4,'maximum':3}", text, Verdict::Holds);
        row("bounds that meet", "{'type':'number','minimum':3,'maximum':3}", text, Verdict::Breaks);
        row("bounds that meet, and one excludes it", "{'type':'number','minimum':3,'exclusiveMaximum':3}", text,
            Verdict::Holds);
        row("no whole number between", "{'type':'integer','exclusiveMinimum':3,'exclusiveMaximum':4}", text,
            Verdict::Holds);
        row("no whole number between, and fractions are let through",
            "{'type':'number','exclusiveMinimum':3,'exclusiveMaximum':4}", text, Verdict::Breaks);
        row("no multiple between", "{'type':'number','multipleOf':10,'minimum':11,'maximum':19}", text, Verdict::Holds);
        row("a multiple at the bound", "{'type':'number','multipleOf':10,'minimum':11,'maximum':20}", text,
            Verdict::Breaks);
        row("bounds beyond what doubles tell apart",
            "{'type':'integer','minimum':9007199254740993,'maximum':9007199254740992}", text, Verdict::Breaks);
        row("longer than long", "{'type':'string','minLength':4,'maxLength':3}", "{'type':'integer'}", Verdict::Holds);
        row("a constant of another type", "{'type':'string','const':1}", "{'type':'integer'}", Verdict::Holds);
        row("not its own type", "{'type':'string','not':{'type':'string'}}", "{'type':'integer'}", Verdict::Holds);
        row("not some of its values", "{'type':'string','not':{'type':'string','minLength':9}}", "{'type':'integer'}",
            Verdict::Breaks);
        row("a required field that is not allowed", "{'type':'object','required':['a'],'additionalProperties':false}",
            strictObject, Verdict::Holds);
        row("a required field that can have no value",
            "{'type':'object','required':['a'],'properties':{'a':{'type':'string','enum':[1]}}}", strictObject,
            Verdict::Holds);
        row("an optional field that can have no value",
            "{'type':'object','properties':{'a':{'type':'string','enum':[1]}}}", strictObject, Verdict::Breaks);
        row("more fields than are allowed", "{'type':'object','required':['a','b'],'maxProperties':1}", strictObject,
            Verdict::Holds);
        row("a field that another one asks for is not allowed",
            "{'type':'object','required':['a'],'properties':{'a':{}},'additionalProperties':false,"
            "'dependentRequired':{'a':['b']}}",
            strictObject, Verdict::Holds);
        row("more fields than have names",
            "{'type':'object','minProperties':2,'properties':{'a':{}},"
            "'additionalProperties':false}",
            strictObject, Verdict::Holds);
        row("as many names as an expression matches",
            "{'type':'object','minProperties':2,'properties':{'a':{}},"
            "'patternProperties':{'^p':{}},'additionalProperties':false}",
            strictObject, Verdict::Breaks);
        row("a list that must contain what there is not", "{'type':'array','contains':false}", "{'type':'object'}",
            Verdict::Holds);
        row("a list of what there is not may be empty", "{'type':'array','items':false}", "{'type':'object'}",
            Verdict::Breaks);
        row("no branch can be", "{'type':'integer','anyOf':[{'type':'string'},{'minimum':4,'maximum':3}]}", text,
            Verdict::Holds);
        row("then and else both exclude it",
            "{'type':'string','if':{'type':'string'},'then':{'type':'object'},'else':{'minLength':1}}",
            "{'type':'integer'}", Verdict::Holds);
        row("a field depends on itself", "{'type':'object'}", "{'type':'object','dependentRequired':{'a':['a']}}",
            Verdict::Holds);
    }
    void whatNobodyCanWriteBreaksNobody()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        QFETCH(Verdict, backward);
        const QByteArray head = "{'$schema':'https://json-schema.org/draft/2020-12/schema',";
        const auto differences =
            compareSchemaVersions(versionOf(head + older.sliced(1), 1), versionOf(head + newer.sliced(1), 2), strict);
        QCOMPARE(worst(differences, &SchemaDifference::backward), backward);
    }

    void aCircleIsToldOnce()
    {
        // Within itself straight away, by a branch, and by a part: always the nearest place, and only that.
        for (const char* next : {"{'$ref':'#/$defs/n'}", "{'anyOf':[{'$ref':'#/$defs/n'},{'type':'null'}]}",
                                 "{'allOf':[{'$ref':'#/$defs/n'},{'minProperties':1}]}"}) {
            const QByteArray older = QByteArray("{'$ref':'#/$defs/n','$defs':{'n':{'type':'object','properties':{") +
                                     "'next':" + next + ",'v':{'type':'integer'}}}}}";
            QByteArray newer = older;
            newer.replace("'integer'", "'string'");
            const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), strict);
            QStringList found;
            for (const SchemaDifference& difference : differences)
                found += difference.kind + u' ' + difference.path;
            QCOMPARE(found, QStringList{u"typeChanged #/properties/v/type"_s});
            QVERIFY(differences.front().backwardExample && differences.front().forwardExample);
        }
    }

    void seedRules_data()
    {
        QTest::addColumn<QByteArray>("older");
        QTest::addColumn<QByteArray>("newer");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("breaks");
        const QByteArray a = "'a':{'type':'string'}";
        const QByteArray ab = a + ",'b':{'type':'string'}";
        QTest::newRow("a field goes: an error")
            << objectWith(ab, "", false) << objectWith(a, "", false) << u"propertyRemoved"_s << true;
        QTest::newRow("a type changes: an error, even to a wider one")
            << objectWith("'a':{'type':'integer'}", "", false) << objectWith("'a':{'type':'number'}", "", false)
            << u"typeChanged"_s << true;
        QTest::newRow("a new field is required: an error")
            << objectWith(a, "", false) << objectWith(ab, "'b'", false) << u"requiredAdded"_s << true;
        QTest::newRow("a new field is optional: a word")
            << objectWith(a, "", false) << objectWith(ab, "", false) << u"propertyAdded"_s << false;
        QTest::newRow("an optional field becomes required: not seen")
            << objectWith(a, "", false) << objectWith(a, "'a'", false) << QString() << false;
        QTest::newRow("a constant goes: not seen") << objectWith("'a':{'enum':[1,2]}", "", false)
                                                   << objectWith("'a':{'enum':[1]}", "", false) << QString() << false;
        QTest::newRow("a field of a field goes: an error")
            << objectWith("'o':{'type':'object','properties':{'x':{}}}", "", false)
            << objectWith("'o':{'type':'object','properties':{}}", "", false) << u"propertyRemoved"_s << true;
        QTest::newRow("a schema that is true stops nobody")
            << objectWith("'a':true", "", false) << objectWith("'a':{'type':'string'}", "", false) << QString()
            << false;
    }
    void seedRules()
    {
        QFETCH(QByteArray, older);
        QFETCH(QByteArray, newer);
        QFETCH(QString, kind);
        QFETCH(bool, breaks);
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), seed);
        QCOMPARE(worst(differences, &SchemaDifference::backward), breaks ? Verdict::Breaks : Verdict::Holds);
        if (kind.isEmpty())
            QVERIFY(differences.empty());
        else
            QVERIFY(std::any_of(differences.begin(), differences.end(),
                                [&](const SchemaDifference& one) { return one.kind == kind; }));
    }

    void aRenameIsSeen()
    {
        const QByteArray older =
            objectWith("'id':{'type':'string'},'customer_id':{'type':'string'}", "'customer_id'", false);
        const QByteArray newer = objectWith("'id':{'type':'string'},'buyer_id':{'type':'string'}", "'buyer_id'", false);
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), lenient);
        QStringList names;
        for (const SchemaDifference& difference : differences)
            names += difference.otherName.isEmpty() ? QStringList()
                                                    : QStringList{difference.kind + u' ' + difference.otherName};
        names.sort();
        QCOMPARE(names, QStringList({u"propertyAdded customer_id"_s, u"propertyRemoved buyer_id"_s}));
    }

    void aFolder()
    {
        QTemporaryDir scratch;
        const QDir folder(scratch.path());
        write(folder, u"order/order.created.v9.json"_s, objectWith("'a':{'type':'string'}", "", false));
        write(folder, u"order/order.created.v10.json"_s, objectWith("'a':{'type':'integer'}", "", false));
        write(folder, u"order/order.created.v12.json"_s, objectWith("'a':{'type':['integer','string']}", "", false));
        write(folder, u"_meta/compatibility-rules.yaml"_s,
              "default: BACKWARD_TRANSITIVE\nwaivers:\n"
              "  - { event: order.created, from: 9, to: 10, reason: nobody reads it, author: ann, expires: 2026-01-31 "
              "}\n");
        const auto check = [&](QDate today, std::optional<CompatibilityPolicy> policy = {}) {
            return checkCompatibilityOfFolder(folder.path(), {.policy = policy, .today = today});
        };
        const CompatibilityReport waived = check(QDate(2026, 1, 31));
        QVERIFY(waived.issues.empty());
        QVERIFY(waived.compatible);
        QCOMPARE(waived.changes.front().verdict, ChangeVerdict::Waived);
        QCOMPARE(waived.changes.front().from, 9);
        QCOMPARE(waived.changes.front().to, 10);
        QCOMPARE(waived.notes.size(), 1);
        QVERIFY2(waived.notes.front().contains(u"v11"), qPrintable(waived.notes.front()));
        const CompatibilityReport over = check(QDate(2026, 2, 1));
        QVERIFY(!over.compatible);
        QVERIFY(over.changes.front().waiver.contains(u"expired"));
        QVERIFY(!check(QDate(2026, 1, 31), lenient).compatible); // only the house has waivers
        const std::vector<CompatibilityLevel> allButNone(allCompatibilityLevels.begin(),
                                                         allCompatibilityLevels.end() - 1);
        QCOMPARE(over.changes.front().levels, allButNone);
        const QJsonObject json = QJsonDocument::fromJson(compatibilityAsJson(over)).object();
        QCOMPARE(json.value(u"compatible"), QJsonValue(false));
        const QJsonObject change = json.value(u"changes").toArray().first().toObject();
        QCOMPARE(change.value(u"counterexample").toObject().value(u"a").type(), QJsonValue::String);
        QCOMPARE(change.value(u"line"), QJsonValue(1));
        QVERIFY(change.value(u"file").toString().endsWith(u"order/order.created.v10.json"));
    }

    void aBreakOverSeveralVersionsIsOneOfTheTransitiveLevels()
    {
        QTemporaryDir scratch;
        const QDir folder(scratch.path());
        write(folder, u"a/a.b.v1.json"_s, "{'properties':{'x':{'type':'string'}}}");
        write(folder, u"a/a.b.v2.json"_s, "{'properties':{}}");
        write(folder, u"a/a.b.v3.json"_s, "{'properties':{'x':{'type':'integer'}}}");
        const auto neighbours = checkCompatibilityOfFolder(folder.path(), {.level = CompatibilityLevel::Backward});
        QVERIFY(neighbours.compatible);
        const auto all = checkCompatibilityOfFolder(folder.path(), {.level = CompatibilityLevel::BackwardTransitive});
        QVERIFY(!all.compatible);
        QVERIFY(std::any_of(all.changes.begin(), all.changes.end(), [](const SchemaChange& change) {
            return change.from == 1 && change.to == 3 && change.verdict == ChangeVerdict::Breaking &&
                   change.levels == std::vector{CompatibilityLevel::BackwardTransitive,
                                                CompatibilityLevel::ForwardTransitive,
                                                CompatibilityLevel::FullTransitive};
        }));
    }

    void whatDoesNotReadIsToldAtOnce()
    {
        QTemporaryDir scratch;
        const QDir folder(scratch.path());
        write(folder, u"a/a.b.v1.json"_s, "{\n  'type': 'object',,\n}");
        write(folder, u"a/a.b.v2.json"_s, "{'type':'object'}");
        write(folder, u"a/c.d.v1.json"_s, "{'type':'strin'}");
        write(folder, u"a/e.f.v1.json"_s, "{'$ref':'nowhere.json'}");
        const auto report = checkCompatibilityOfFolder(folder.path(), {});
        QVERIFY(!report.compatible);
        QStringList places;
        for (const FileIssue& issue : report.issues)
            places += u"%1:%2"_s.arg(QFileInfo(issue.place.file).fileName()).arg(issue.place.line);
        QVERIFY2(places.contains(u"a.b.v1.json:2"_s) && places.contains(u"c.d.v1.json:1"_s) &&
                     places.contains(u"e.f.v1.json:1"_s),
                 qPrintable(places.join(u' ')));
    }

    void aReferenceToAnotherFileIsFollowed()
    {
        QTemporaryDir scratch;
        const QDir folder(scratch.path());
        write(folder, u"common/money.json"_s, "{'$id':'https://acme.example/money.json','type':'number'}");
        write(folder, u"a/a.b.v1.json"_s, "{'properties':{'x':{'$ref':'../common/money.json'}}}");
        write(folder, u"a/a.b.v2.json"_s, "{'properties':{'x':{'$ref':'https://acme.example/money.json'}}}");
        write(folder, u"a/a.b.v3.json"_s, "{'properties':{'x':{'type':'string'}}}");
        const auto report = checkCompatibilityOfFolder(folder.path(), {});
        QVERIFY(report.issues.empty());
        QVERIFY(!report.compatible);
        for (const SchemaChange& change : report.changes)
            QCOMPARE(change.to, 3);
    }

    void manyBranchesWithinBranchesEnd()
    {
        // Twelve types, each one of all of them: whoever goes down every way never comes back.
        QByteArray definitions;
        QByteArray branches;
        for (int i = 0; i < 12; ++i)
            branches += (i > 0 ? "," : "") + QByteArray("{'$ref':'#/$defs/t") + QByteArray::number(i) + "'}";
        for (int i = 0; i < 12; ++i)
            definitions += (i > 0 ? "," : "") + QByteArray("'t") + QByteArray::number(i) +
                           "':{'type':'object','required':['k'],'properties':{'k':{'const':'" + QByteArray::number(i) +
                           "'},'next':{'oneOf':[" + branches + "]}}}";
        const QByteArray older = "{'oneOf':[" + branches + "],'$defs':{" + definitions + "}}";
        QByteArray newer = older;
        newer.replace("'const':'3'", "'const':'3x'");
        const auto differences = compareSchemaVersions(versionOf(older, 1), versionOf(newer, 2), strict);
        QVERIFY(worst(differences, &SchemaDifference::backward) == Verdict::Breaks);
        QVERIFY(worst(compareSchemaVersions(versionOf(older, 1), versionOf(older, 2), strict),
                      &SchemaDifference::backward) == Verdict::Holds);
    }

    void theSameIsCompatibleHoweverItBranches()
    {
        // Twelve types of which each may hold any of the others.
        QByteArray types;
        for (int i = 0; i < 12; ++i) {
            QByteArray branches;
            for (int j = 0; j < 12; ++j)
                branches += (j > 0 ? "," : "") + QByteArray("{'$ref':'#/$defs/T") + QByteArray::number(j) + "'}";
            types += (i > 0 ? ",'T" : "'T") + QByteArray::number(i) +
                     "':{'type':'object','properties':{'children':{'type':'array','items':{'oneOf':[" + branches +
                     "]}},'p" + QByteArray::number(i) + "':{'type':'string'}}}";
        }
        const QByteArray same = "{'$ref':'#/$defs/T0','$defs':{" + types + "}}";
        QVERIFY(compareSchemaVersions(versionOf(same, 1), versionOf(same, 2), strict).empty());
        // The whole is not the same, what it refers to is.
        const QByteArray noted = "{'description':'new','$ref':'#/$defs/T0','$defs':{" + types + "}}";
        for (const SchemaDifference& one : compareSchemaVersions(versionOf(same, 1), versionOf(noted, 2), strict)) {
            QCOMPARE(one.kind, u"descriptionChanged"_s);
            QCOMPARE(one.backward, Verdict::Holds);
        }
    }
    void oneOfTwelveTypesInCirclesChanges()
    {
        const auto schema = [](const QByteArray& extra) {
            QByteArray types;
            for (int i = 0; i < 12; ++i) {
                const QByteArray number = QByteArray::number(i);
                QByteArray branches;
                for (int j = 0; j < 12; ++j)
                    branches += (j > 0 ? "," : "") + QByteArray("{'$ref':'#/$defs/T") + QByteArray::number(j) + "'}";
                types += (i > 0 ? ",'T" : "'T") + number +
                         "':{'type':'object','required':['k'],'properties':{'k':{'const':" + number + "}," +
                         (i == 3 ? extra : QByteArray()) + "'children':{'type':'array','items':{'oneOf':[" + branches +
                         "]}}}}";
            }
            return QByteArray("{'$ref':'#/$defs/T0','$defs':{" + types + "}}");
        };
        const auto changed = [&](const QByteArray& extra) {
            return compareSchemaVersions(versionOf(schema("'note':{'type':'string'},"), 1), versionOf(schema(extra), 2),
                                         lenient);
        };
        const auto wider = changed("'note':{'type':['string','null']},");
        for (const SchemaDifference& one : wider)
            QVERIFY2(one.kind != u"tooLarge" && one.backward == Verdict::Holds, qPrintable(one.kind + one.path));
        const auto other = changed("'note':{'type':'integer'},");
        QCOMPARE(worst(other, &SchemaDifference::backward), Verdict::Breaks);
        QVERIFY(std::none_of(other.begin(), other.end(),
                             [](const SchemaDifference& one) { return one.kind == u"tooLarge"; }));
    }
    void filesThatOnlyLookLikeVersionsAreNamed()
    {
        const QTemporaryDir dir;
        const QDir folder(dir.path());
        write(folder, u"order/a.b.v1.json"_s, "{}");
        write(folder, u"pay/a.b.v1.json"_s, "{}");
        write(folder, u"order/Up.V2.json"_s, "{}");
        write(folder, u"order/sem.v1.1.json"_s, "{}");
        write(folder, u"order/shared.json"_s, "{}"); // a part of others
        write(folder, u"_meta/old.V1.json"_s, "{}");
        const CompatibilityReport report = checkCompatibilityOfFolder(dir.path(), {});
        QCOMPARE(report.notes,
                 (QStringList{u"order/Up.V2.json is passed over; as a version it is called Up.v2.json"_s,
                              u"order/sem.v1.1.json is passed over; as a version it is called sem.v1.json"_s,
                              u"a.b lies in order, pay: each folder's versions are compared by themselves; "
                              "give one of them another event type"_s}));
        QVERIFY(report.compatible);
    }
    void aBreakThatNeedsAnUndeclaredFieldIsShown_data()
    {
        QTest::addColumn<QByteArray>("newer");
        QTest::newRow("fewer fields") << QByteArray("{'type':'object','maxProperties':2}");
        QTest::newRow("a dependency") << QByteArray("{'type':'object','dependentRequired':{'a':['b']}}");
        QTest::newRow("names") << QByteArray("{'type':'object','propertyNames':{'pattern':'^[a-z]+$'}}");
        QTest::newRow("not") << QByteArray("{'type':'object','not':{'required':['x']}}");
        QTest::newRow("a condition") << QByteArray(
            "{'type':'object','if':{'properties':{'k':{'const':1}},'required':['k']},"
            "'then':{'required':['z']}}");
    }
    void aBreakThatNeedsAnUndeclaredFieldIsShown()
    {
        QFETCH(QByteArray, newer);
        bool isShown = false;
        for (const SchemaDifference& one :
             compareSchemaVersions(versionOf("{'type':'object'}", 1), versionOf(newer, 2), lenient)) {
            if (one.backward == Verdict::Holds)
                continue;
            QVERIFY2(one.backwardExample.has_value(), qPrintable(one.kind));
            isShown = true;
        }
        QVERIFY(isShown);
    }
    void theManualListsEveryKind()
    {
        QFile manual(test::sourceFile(u"resources/manual/schemas.md"_s));
        QVERIFY(manual.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(manual.readAll());
        for (const QString& word : changeKindWords())
            QVERIFY2(text.contains(u'`' + word + u'`'), qPrintable(word));
    }
};

QTEST_GUILESS_MAIN(CompatibilityTest)
#include "tst_compatibility.moc"
