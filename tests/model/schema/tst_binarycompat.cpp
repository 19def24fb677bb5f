// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/binarydifferences.h"
#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/compatibilityoutput.h"
#include "model/schema/avrocompat.h"
#include "model/schema/avrosample.h"
#include "model/schema/protoreading.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <array>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray contents(const QString& path)
{
    QFile file(test::sourceFile(u"tests/data/"_s + path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray jsonOf(const QJsonValue& value)
{
    const QByteArray array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

AvroSchema avro(const QByteArray& text)
{
    auto schema = readAvroSchema(text);
    if (!schema)
        qWarning("%s", qPrintable(schema.error().detail));
    return schema.value_or(AvroSchema{.types = {{}}, .root = 0});
}

SchemaVersion version(int number, SchemaLanguage language, const QByteArray& text)
{
    const QString file = u"shop/shop.order.v%1"_s.arg(number);
    return {.eventType = u"shop.order"_s,
            .version = number,
            .file = file,
            .language = language,
            .text = text,
            .uri = u"file:///schemas/"_s + file,
            .load = {}};
}

QString word(DirectionVerdict verdict)
{
    return verdict == DirectionVerdict::Breaks ? u"breaks"_s : verdict == DirectionVerdict::Holds ? u"holds"_s : u"?"_s;
}

/// `kind path:line backward/forward`, one a line.
QStringList lines(const std::vector<SchemaDifference>& differences)
{
    QStringList all;
    for (const SchemaDifference& one : differences)
        all.append(u"%1 %2:%3 %4/%5"_s.arg(one.kind, one.path, QString::number(one.place.line), word(one.backward),
                                           word(one.forward)));
    return all;
}

/// A way down into any datum of a schema, a few steps long.
std::vector<AvroStep> randomWay(const AvroSchema& schema, QRandomGenerator& random)
{
    std::vector<AvroStep> way;
    std::uint32_t at = schema.root;
    for (int depth = 0; depth < 6; ++depth) {
        const AvroType& type = schema.types[at];
        const auto one = [&](std::size_t count) { return static_cast<std::size_t>(random.bounded(qint64(count))); };
        switch (type.kind) {
        case AvroType::Kind::Record: {
            if (type.fields.empty())
                return way;
            const std::size_t index = one(type.fields.size());
            way.push_back({AvroStep::Kind::Field, index});
            at = type.fields[index].type;
            break;
        }
        case AvroType::Kind::Union: {
            const std::size_t index = one(type.choices.size());
            way.push_back({AvroStep::Kind::Branch, index});
            at = type.choices[index];
            break;
        }
        case AvroType::Kind::Array:
        case AvroType::Kind::Map:
            way.push_back({AvroStep::Kind::Item, 0});
            at = type.choices.front();
            break;
        case AvroType::Kind::Enum:
            way.push_back({AvroStep::Kind::Symbol, one(type.symbols.size())});
            return way;
        default:
            return way;
        }
    }
    // Where the steps end, the smallest datum must be able to go on.
    return way;
}

} // namespace

class TstBinaryCompat final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedPairs();
    void resolution_data();
    void resolution();
    void avroVersions_data();
    void avroVersions();
    void avroExamplesAreShown();
    void hugeAvroEnds();
    void protobufVersions_data();
    void protobufVersions();
    void protobufExamples_data();
    void protobufExamples();
    void protobufExamplesAreTrue();
    void examplesInTheReport_data();
    void examplesInTheReport();
    void protobufImports();
    void descriptorSets();
    void hostileDescriptorSets();
    void issues();
};

void TstBinaryCompat::recordedPairs()
{
    const QJsonArray pairs = QJsonDocument::fromJson(contents(u"avro-resolution/pairs.json"_s)).array();
    QCOMPARE(pairs.size(), 460);
    int examples = 0;
    int breaks = 0;
    QRandomGenerator random(20261126);
    for (const QJsonValue& pair : pairs) {
        const QByteArray readerText = jsonOf(pair[u"reader"_s]);
        const QByteArray writerText = jsonOf(pair[u"writer"_s]);
        const QByteArray shown = readerText + "\n" + writerText;
        const AvroSchema reader = avro(readerText);
        const AvroSchema writer = avro(writerText);
        const auto found = avroIncompatibilities(reader, writer);
        QVERIFY2(found.empty() == pair[u"compatible"_s].toBool(), shown.constData());
        for (const AvroIncompatibility& one : found) {
            ++breaks;
            examples += one.counterexample ? 1 : 0;
            QVERIFY2(pair[u"reasons"_s].toArray().contains(avroReasonWord(one.reason)),
                     qPrintable(avroReasonWord(one.reason) + u'\n' + QString::fromUtf8(shown)));
            // Within a writer's union that is read without one, Avro's library begins to count anew.
            const QVariantList places = pair[u"locations"_s].toArray().toVariantList();
            QVERIFY2(std::any_of(places.begin(), places.end(),
                                 [&](const QVariant& place) {
                                     return place == one.location || place == u"/"_s ||
                                            one.location.endsWith(place.toString());
                                 }),
                     qPrintable(one.location + u'\n' + QString::fromUtf8(shown)));
        }
        if (!found.empty())
            continue;
        // What is called compatible reads, wherever one looks.
        for (int i = 0; i < 20; ++i) {
            const auto datum = avroSample(writer, randomWay(writer, random));
            if (!datum)
                continue;
            QVERIFY2(!decodeAvro(writer, *datum).fault, shown.constData());
            const BinaryText read = decodeAvroAs(writer, reader, *datum);
            QVERIFY2(!read.fault, qPrintable(read.fault.value_or(QString()) + u'\n' + QString::fromUtf8(shown)));
            QVERIFY2(!QJsonDocument::fromJson('[' + read.json + ']').isNull(), read.json.constData());
        }
    }
    QVERIFY2(examples * 10 > breaks * 9, qPrintable(u"%1 of %2"_s.arg(examples).arg(breaks)));
}

void TstBinaryCompat::resolution_data()
{
    QTest::addColumn<QByteArray>("writer");
    QTest::addColumn<QByteArray>("reader");
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<QByteArray>("json"); // empty: the reader cannot
    const auto record = [](const char* fields) {
        return QByteArray(R"({"type":"record","name":"R","fields":[)") + fields + "]}";
    };
    QTest::newRow("an int is read as a double")
        << QByteArray(R"("int")") << QByteArray(R"("double")") << QByteArray("06") << QByteArray("3");
    QTest::newRow("a string is read as bytes")
        << QByteArray(R"("string")") << QByteArray(R"("bytes")") << QByteArray("046162") << QByteArray(R"("0x6162")");
    QTest::newRow("a field that is not read is passed over, however deep")
        << record(
               R"({"name":"a","type":{"type":"array","items":{"type":"map","values":["null","long"]}}},{"name":"b","type":"int"})")
        << record(R"({"name":"b","type":"long"})")
        << QByteArray("0202026b02040000"
                      "0e")
        << QByteArray(R"({"b":7})");
    QTest::newRow("a default stands in for what was not written")
        << record("") << record(R"({"name":"c","type":"string","default":"EUR"})") << QByteArray()
        << QByteArray(R"({"c":"EUR"})");
    QTest::newRow("without a default it cannot be read")
        << record("") << record(R"({"name":"c","type":"string"})") << QByteArray() << QByteArray();
    QTest::newRow("an alias finds the old name")
        << record(R"({"name":"customer_id","type":"int"})")
        << record(R"({"name":"buyer_id","aliases":["customer_id"],"type":"int"})") << QByteArray("02")
        << QByteArray(R"({"buyer_id":1})");
    QTest::newRow("an unknown symbol is read as the default one")
        << QByteArray(R"({"type":"enum","name":"E","symbols":["A","B"]})")
        << QByteArray(R"({"type":"enum","name":"E","symbols":["A"],"default":"A"})") << QByteArray("02")
        << QByteArray(R"("A")");
    QTest::newRow("a branch that was written is what counts")
        << QByteArray(R"(["null","int"])") << QByteArray(R"("long")") << QByteArray("0204") << QByteArray("2");
    QTest::newRow("the branch that the reader lacks cannot be read")
        << QByteArray(R"(["null","int"])") << QByteArray(R"("long")") << QByteArray("00") << QByteArray();
    QTest::newRow("the same type goes before one that it can become")
        << QByteArray(R"("int")") << QByteArray(R"(["double","int"])") << QByteArray("04") << QByteArray("2");
}

void TstBinaryCompat::resolution()
{
    QFETCH(QByteArray, writer);
    QFETCH(QByteArray, reader);
    QFETCH(QByteArray, hex);
    QFETCH(QByteArray, json);
    const BinaryText read = decodeAvroAs(avro(writer), avro(reader), QByteArray::fromHex(hex));
    QCOMPARE(read.fault.has_value(), json.isEmpty());
    if (!json.isEmpty())
        QCOMPARE(read.json, json);
}

void TstBinaryCompat::avroVersions_data()
{
    QTest::addColumn<QByteArray>("older");
    QTest::addColumn<QByteArray>("newer");
    QTest::addColumn<QStringList>("expected");
    const auto record = [](const char* fields) {
        return QByteArray(
                   "{\"type\":\"record\",\"name\":\"shop.Order\",\"fields\":[\n{\"name\":\"id\",\"type\":\"int\"}") +
               fields + "]}";
    };
    const auto row = [](const char* name, const QByteArray& older, const QByteArray& newer,
                        const QStringList& expected) { QTest::newRow(name) << older << newer << expected; };
    row("nothing changed", record(""), record(""), {});
    row("a field without a default breaks reading old data", record(""),
        record(",\n{\"name\":\"c\",\"type\":\"string\"}"),
        {u"reader_field_missing_default_value /fields/1:3 breaks/holds"_s});
    row("a field with a default breaks nothing", record(""),
        record(",\n{\"name\":\"c\",\"type\":\"string\",\"default\":\"\"}"), {u"fieldAdded /fields/1:3 holds/holds"_s});
    row("a field that goes away breaks old readers", record(",\n{\"name\":\"c\",\"type\":\"string\"}"), record(""),
        {u"reader_field_missing_default_value /:1 holds/breaks"_s});
    row("a field with a default may go away", record(",\n{\"name\":\"c\",\"type\":\"string\",\"default\":\"\"}"),
        record(""), {u"fieldRemoved /:1 holds/holds"_s});
    row("a rename with an alias keeps old data readable", record(",{\"name\":\"a\",\"type\":\"int\"}"),
        record(",\n{\"name\":\"b\",\"aliases\":[\"a\"],\"type\":\"int\"}"),
        {u"reader_field_missing_default_value /fields/1:3 holds/breaks"_s});
    row("a wider number breaks old readers only", record(",{\"name\":\"a\",\"type\":\"int\"}"),
        record(",\n{\"name\":\"a\",\"type\":\"long\"}"), {u"type_mismatch /fields/1/type:3 holds/breaks"_s});
    row("a value that becomes optional breaks old readers only", record(",{\"name\":\"a\",\"type\":\"int\"}"),
        record(",\n{\"name\":\"a\",\"type\":[\"null\",\"int\"]}"), {u"type_mismatch /fields/1/type:3 holds/breaks"_s});
    row("a symbol more breaks old readers",
        record(",{\"name\":\"a\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}}"),
        record(",\n{\"name\":\"a\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}}"),
        {u"missing_enum_symbols /fields/1/type/symbols:3 holds/breaks"_s});
    row("another size breaks both", record(",{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}}"),
        record(",\n{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}}"),
        {u"fixed_size_mismatch /fields/1/type/size:3 breaks/breaks"_s});
    row("a namespace alone is a name's matter and breaks nothing",
        record(",{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"x.F\",\"size\":1}}"),
        record(",\n{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"y.F\",\"size\":1}}"),
        {u"nameChanged /fields/1/type/name:3 holds/holds"_s});
    row("a default is no break but told", record(",{\"name\":\"a\",\"type\":\"int\"}"),
        record(",\n{\"name\":\"a\",\"type\":\"int\",\"default\":1}"), {u"defaultAdded /fields/1:3 holds/holds"_s});
}

void TstBinaryCompat::avroVersions()
{
    QFETCH(QByteArray, older);
    QFETCH(QByteArray, newer);
    QFETCH(QStringList, expected);
    QCOMPARE(
        lines(avroVersionDifferences(version(1, SchemaLanguage::Avro, older), version(2, SchemaLanguage::Avro, newer))),
        expected);
}

void TstBinaryCompat::avroExamplesAreShown()
{
    const QByteArray older(R"({"type":"record","name":"O","fields":[{"name":"lines","type":{"type":"array","items":
        {"type":"record","name":"L","fields":[{"name":"state","type":["null",{"type":"enum","name":"S","symbols":["A","B"]}]}]}}}]})");
    const QByteArray newer = QByteArray(older).replace(R"(["A","B"])", R"(["A"])");
    const auto found =
        avroVersionDifferences(version(1, SchemaLanguage::Avro, older), version(2, SchemaLanguage::Avro, newer));
    QCOMPARE(lines(found),
             QStringList{u"missing_union_branch /fields/0/type/items/fields/0/type/1/symbols:2 breaks/holds"_s});
    QCOMPARE(found.front().backward, DirectionVerdict::Breaks);
    QCOMPARE(found.front().forward, DirectionVerdict::Holds);
    QCOMPARE(found.front().backwardExample, std::optional(QByteArray(R"({"lines":[{"state":"B"}]})")));
    QVERIFY2(found.front().message.contains(u"lines[].state"_s), qPrintable(found.front().message));
    QVERIFY(!found.front().forwardExample);
}

/// Records that hold each other by unions, where a careless search doubles its work at every level.
void TstBinaryCompat::hugeAvroEnds()
{
    // Narrow enough to be read, wide enough that two to the power of its depth would never end.
    const auto ladder = [](const QByteArray& last) {
        QByteArray text = R"({"type":"record","name":"R0","fields":[{"name":"x","type":)" + last + "}]}";
        for (int i = 1; i < 24; ++i) {
            const QByteArray below = 'R' + QByteArray::number(i - 1);
            text = R"({"type":"record","name":"R)" + QByteArray::number(i) +
                   R"(","fields":[{"name":"a","type":["null",)" + text + R"(]},{"name":"b","type":["null",")" + below +
                   R"("]},{"name":"c","type":["null",")" + below + R"("]}]})";
        }
        return text;
    };
    const AvroSchema reader = avro(ladder(R"("int")"));
    QVERIFY(avroIncompatibilities(reader, avro(ladder(R"("int")"))).empty());
    QVERIFY(!avroIncompatibilities(reader, avro(ladder(R"("string")"))).empty());
}

void TstBinaryCompat::protobufVersions_data()
{
    QTest::addColumn<QByteArray>("older");
    QTest::addColumn<QByteArray>("newer");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* older, const char* newer, const QStringList& expected) {
        QTest::newRow(name) << QByteArray("syntax = \"proto3\";\npackage shop;\n") + older
                            << QByteArray("syntax = \"proto3\";\npackage shop;\n") + newer << expected;
    };
    row("nothing changed", "message O { int32 a = 1; }", "message O { int32 a = 1; }", {});
    row("a new field", "message O { int32 a = 1; }", "message O { int32 a = 1;\n string b = 2; }",
        {u"fieldAdded #/O/2:4 holds/holds"_s});
    row("a field goes", "message O { int32 a = 1; string b = 2; }", "message O { int32 a = 1; reserved 2; }",
        {u"fieldRemoved #/O/2:3 holds/holds"_s});
    row("a reserved number comes back", "message O { int32 a = 1; reserved 2 to 4; }",
        "message O { int32 a = 1; string b = 3; }", {u"reservedReused #/O/3:3 breaks/breaks"_s});
    row("another name", "message O { int32 customer_id = 1; }", "message O { int32 buyer_id = 1; }",
        {u"fieldRenamed #/O/1:3 holds/holds"_s});
    row("a wider number is written alike", "message O { int32 a = 1; }", "message O { int64 a = 1; }",
        {u"fieldTypeWidened #/O/1:3 holds/holds"_s});
    row("a zigzag number is not", "message O { int32 a = 1; }", "message O { sint32 a = 1; }",
        {u"fieldScalarKindChanged #/O/1:3 breaks/breaks"_s});
    row("text becomes bytes", "message O { string a = 1; }", "message O { bytes a = 1; }",
        {u"fieldTypeWidened #/O/1:3 holds/holds"_s});
    row("a number becomes a message", "message O { int32 a = 1; } message P {}", "message O { P a = 1; } message P {}",
        {u"fieldKindChanged #/O/1:3 breaks/breaks"_s});
    row("another message", "message O { P a = 1; } message P {} message Q {}",
        "message O { Q a = 1; } message P {} message Q {}", {u"fieldNamedTypeChanged #/O/1:3 breaks/breaks"_s});
    row("an enum becomes a number", "message O { E a = 1; } enum E { X = 0; }",
        "message O { int32 a = 1; } enum E { X = 0; }", {u"fieldTypeWidened #/O/1:3 holds/holds"_s});
    row("a list of numbers", "message O { int32 a = 1; }", "message O { repeated int32 a = 1; }",
        {u"fieldNumericLabelChanged #/O/1:3 breaks/breaks"_s});
    row("a list of texts", "message O { string a = 1; }", "message O { repeated string a = 1; }",
        {u"fieldLabelChanged #/O/1:3 holds/holds"_s});
    row("presence alone", "message O { int32 a = 1; }", "message O { optional int32 a = 1; }", {});
    row("a message goes", "message O { int32 a = 1; } message P {}", "message O { int32 a = 1; }",
        {u"messageRemoved #/P:1 breaks/holds"_s});
    row("a message moves", "message P {} message O {}", "message O {} message P {}",
        {u"messageMoved #/O:3 holds/holds"_s, u"messageMoved #/P:3 holds/holds"_s});
    row("one field into a new oneof", "message O { int32 a = 1; int32 b = 2; }",
        "message O { oneof c { int32 a = 1; } int32 b = 2; }", {u"oneofAdded #/O/c:3 holds/holds"_s});
    row("two fields into a new oneof", "message O { int32 a = 1; int32 b = 2; }",
        "message O { oneof c { int32 a = 1; int32 b = 2; } }",
        {u"oneofAdded #/O/c:3 holds/holds"_s, u"multipleFieldsMovedToOneof #/O/c:3 breaks/holds"_s});
    row("a field into a oneof that was there", "message O { oneof c { int32 a = 1; } int32 b = 2; }",
        "message O { oneof c { int32 a = 1; int32 b = 2; } }", {u"fieldMovedToExistingOneof #/O/c:3 breaks/holds"_s});
    row("a field out of a oneof", "message O { oneof c { int32 a = 1; int32 b = 2; } }",
        "message O { oneof c { int32 a = 1; } int32 b = 2; }", {u"fieldsMovedOutOfOneof #/O/c:3 holds/breaks"_s});
    row("a branch of a oneof goes", "message O { oneof c { int32 a = 1; int32 b = 2; } }",
        "message O { oneof c { int32 a = 1; } }", {u"oneofFieldRemoved #/O/2:3 breaks/holds"_s});
    row("a constant goes", "message O {} enum E { X = 0; Y = 1; }", "message O {} enum E { X = 0; }",
        {u"enumConstantRemoved #/E/1:3 holds/holds"_s});
    row("a map's values", "message O { map<string, int32> m = 1; }", "message O { map<string, string> m = 1; }",
        {u"fieldScalarKindChanged #/O/1:3 breaks/breaks"_s});
    QTest::newRow("a required field more") << QByteArray("syntax = \"proto2\"; message O { }")
                                           << QByteArray("syntax = \"proto2\"; message O { required int32 a = 1; }")
                                           << QStringList{u"requiredFieldAdded #/O/1:1 breaks/breaks"_s};
    QTest::newRow("no longer required") << QByteArray("syntax = \"proto2\"; message O { required int32 a = 1; }")
                                        << QByteArray("syntax = \"proto2\"; message O { optional int32 a = 1; }")
                                        << QStringList{u"requiredDropped #/O/1:1 holds/breaks"_s};
    QTest::newRow("a package of another name, its types by their own")
        << QByteArray("package a; message O { P p = 1; } message P { }")
        << QByteArray("package b; message O { P p = 1; } message P { }")
        << QStringList{u"packageChanged #:1 breaks/breaks"_s};
}

void TstBinaryCompat::protobufVersions()
{
    QFETCH(QByteArray, older);
    QFETCH(QByteArray, newer);
    QFETCH(QStringList, expected);
    QCOMPARE(lines(protobufVersionDifferences(version(1, SchemaLanguage::Protobuf, older),
                                              version(2, SchemaLanguage::Protobuf, newer))),
             expected);
}

void TstBinaryCompat::protobufExamples_data()
{
    QTest::addColumn<QByteArray>("older");
    QTest::addColumn<QByteArray>("newer");
    QTest::addColumn<QByteArray>("backward"); // JSON, hex and what becomes of it; `-`: none
    QTest::addColumn<QByteArray>("forward");
    const auto row = [](const char* name, const QByteArray& older, const QByteArray& newer, const QByteArray& backward,
                        const QByteArray& forward) {
        QTest::newRow(name) << QByteArray("syntax = \"proto3\";\npackage shop;\n") + older
                            << QByteArray("syntax = \"proto3\";\npackage shop;\n") + newer << backward << forward;
    };
    row("a zigzag number reads as another", "message O { int32 a = 1; }", "message O { sint32 a = 1; }",
        R"({"a":1} 0801 {"a":-1} a reads as another value)", R"({"a":1} 0802 {"a":2} a reads as another value)");
    row("a number that becomes a text is lost", "message O { int32 a = 1; }", "message O { string a = 1; }",
        R"({"a":1} 0801 {"1":1} a is lost)", R"({"a":"a"} 0a0161 {"1":"a"} a is lost)");
    row("of two in a new oneof one is lost", "message O { int32 a = 1; int32 b = 2; }",
        "message O { oneof c { int32 a = 1; int32 b = 2; } }", R"({"a":1,"b":1} 08011001 {"a":1,"b":1} a is lost)",
        "-");
    row("out of a oneof, for who still has it", "message O { oneof c { int32 a = 1; int32 b = 2; } }",
        "message O { oneof c { int32 a = 1; } int32 b = 2; }", "-",
        R"({"a":1,"b":1} 08011001 {"a":1,"b":1} a is lost)");
    row("a branch that goes leaves the oneof empty", "message O { oneof c { int32 a = 1; int32 b = 2; } }",
        "message O { oneof c { int32 a = 1; } }", R"({"b":1} 1001 {"2":1} b is set in c, and to the reader nothing is)",
        "-");
    row("a message that goes", "message O { int32 a = 1; } message P {}", "message O { int32 a = 1; }",
        "{}   the reader's schema has no such message", "-");
    row("a message within a message, by the outer one", "message O { P p = 1; } message P { fixed32 a = 3; }",
        "message O { P p = 1; } message P { float a = 3; }",
        R"({"p":{"a":1}} 0a051d01000000 {"p":{"a":1e-45}} a reads as another value)",
        R"({"p":{"a":1.5}} 0a051d0000c03f {"p":{"a":1069547520}} a reads as another value)");
    row("a list of numbers loses all but one", "message O { repeated int32 a = 1; }", "message O { int32 a = 1; }",
        R"({"a":[1,2]} 08010802 {"a":[1,2]} a has 2 values and 1 are read)", "-");
    row("values of a map", "message O { map<string, int32> m = 1; }", "message O { map<string, string> m = 1; }",
        R"({"m":{"a":1}} 0a050a01611001 {"m":{"a":null}} )", "?");
    row("another message of the same form: a rule alone speaks", "message O { P a = 1; } message P {} message Q {}",
        "message O { Q a = 1; } message P {} message Q {}", "-", "-");
    QTest::newRow("what becomes required is refused without it")
        << QByteArray("syntax = \"proto2\"; message O { optional int32 a = 1; }")
        << QByteArray("syntax = \"proto2\"; message O { required int32 a = 1; }")
        << QByteArray("{}   a is required and missing") << QByteArray("-");
    QTest::newRow("a package that changes is a registry's rule")
        << QByteArray("package a; message O { int32 a = 1; }") << QByteArray("package b; message O { int32 a = 1; }")
        << QByteArray("-") << QByteArray("-");
}

void TstBinaryCompat::protobufExamples()
{
    QFETCH(QByteArray, older);
    QFETCH(QByteArray, newer);
    QFETCH(QByteArray, backward);
    QFETCH(QByteArray, forward);
    const auto told = [](const std::optional<QByteArray>& json, const std::optional<WireExample>& wire) {
        return json && wire ? *json + ' ' + wire->bytes.toHex() + ' ' + wire->readAs + ' ' + wire->why.toUtf8()
                            : QByteArray("-");
    };
    QByteArray back = "-";
    QByteArray forth = "-";
    for (const SchemaDifference& one : protobufVersionDifferences(version(1, SchemaLanguage::Protobuf, older),
                                                                  version(2, SchemaLanguage::Protobuf, newer))) {
        QCOMPARE(one.backwardExample.has_value(), one.backwardWire.has_value());
        QVERIFY(!one.backwardExample || one.backward == DirectionVerdict::Breaks);
        QVERIFY(!one.forwardExample || one.forward == DirectionVerdict::Breaks);
        if (one.backwardWire)
            back = told(one.backwardExample, one.backwardWire);
        if (one.forwardWire)
            forth = told(one.forwardExample, one.forwardWire);
    }
    if (backward.endsWith(' ')) // what is said of a map's value
        QVERIFY2(back.startsWith(backward), back.constData());
    else
        QCOMPARE(back, backward);
    if (forward == "?")
        QVERIFY(forth != "-");
    else
        QCOMPARE(forth, forward);
}

void TstBinaryCompat::protobufExamplesAreTrue()
{
    // Random messages: whatever is shown, its writer reads whole, and its reader does not read the same.
    QRandomGenerator random(20261126);
    static constexpr std::array types{"int32", "sint64", "string",  "bytes", "bool",  "double",
                                      "P",     "E",      "fixed64", "float", "uint32"};
    const auto schemaOf = [&] {
        QByteArray text = "syntax = \"proto2\"; package shop; enum E { X = 0; Y = 1; } message O {";
        const auto field = [&](int number, const char* label) {
            text += label + QByteArray(types[static_cast<std::size_t>(random.bounded(int(types.size())))]) + " f" +
                    QByteArray::number(number) + " = " + QByteArray::number(number) + "; ";
        };
        bool inOneof = false;
        for (int number = 1; number <= 6; ++number) {
            if (random.bounded(4) == 0) {
                text += inOneof ? "} " : number < 6 ? "oneof c" + QByteArray::number(number) + " { " : QByteArray();
                inOneof = !inOneof && number < 6;
                field(number, inOneof ? "" : "optional ");
            } else if (inOneof) {
                field(number, "");
            } else if (random.bounded(5) > 0) {
                static constexpr std::array labels{"optional ", "repeated ", "required "};
                field(number, labels[static_cast<std::size_t>(random.bounded(3))]);
            }
        }
        text += inOneof ? "} } " : "} ";
        return text + "message P { optional " + types[static_cast<std::size_t>(random.bounded(6))] + " a = 1; }";
    };
    int breaks = 0;
    int shown = 0;
    // By these a registry refuses what the wire does not mind, always or in one of two cases.
    static const QStringList rulesAlone{u"requiredFieldRemoved"_s, u"fieldNumericLabelChanged"_s};
    for (int i = 0; i < 1'000; ++i) {
        const QByteArray older = schemaOf();
        const QByteArray newer = schemaOf();
        const auto before = readProtoSchema(older, {});
        const auto after = readProtoSchema(newer, {});
        QVERIFY2(before && after, (older + '\n' + newer).constData());
        for (const SchemaDifference& one : protobufVersionDifferences(version(1, SchemaLanguage::Protobuf, older),
                                                                      version(2, SchemaLanguage::Protobuf, newer))) {
            const bool isRuleAlone = rulesAlone.contains(one.kind);
            breaks += one.backward == DirectionVerdict::Breaks && !isRuleAlone ? 1 : 0;
            if (!one.backwardWire)
                continue;
            shown += isRuleAlone ? 0 : 1;
            const QByteArray context = older + '\n' + newer + '\n' + one.kind.toUtf8() + ' ' + *one.backwardExample;
            const std::string top = one.backwardWire->type.toStdString();
            QVERIFY2(!decodeProtobuf(*before, top, one.backwardWire->bytes).fault, context.constData());
            QCOMPARE(decodeProtobuf(*before, top, one.backwardWire->bytes).json, *one.backwardExample);
            QVERIFY2(protoMisreadings(*before, top, *before, top, one.backwardWire->bytes).empty(),
                     context.constData());
            QVERIFY2(!protoMisreadings(*before, top, *after, top, one.backwardWire->bytes).empty(),
                     context.constData());
        }
    }
    qInfo("%d of %d breaks are shown", shown, breaks);
    QVERIFY(shown * 100 >= breaks * 90); // others are rules that only sometimes tell on the wire
}

void TstBinaryCompat::examplesInTheReport_data()
{
    QTest::addColumn<SchemaLanguage>("language");
    QTest::addColumn<QByteArray>("older");
    QTest::addColumn<QByteArray>("newer");
    QTest::addColumn<QByteArray>("example");
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("line"); // of the text for people
    QTest::newRow("Protobuf, misread")
        << SchemaLanguage::Protobuf << QByteArray("message O { int32 a = 1; }")
        << QByteArray("message O { sint32 a = 1; }") << QByteArray(R"({"a":1})")
        << QByteArray(R"({"base64":"CAE=","hex":"0801","readAs":{"a":-1},"type":"O","why":"a reads as another value"})")
        << QByteArray("v1 writes this, v2 misreads it: {\"a\":1}");
    QTest::newRow("Avro, refused") << SchemaLanguage::Avro
                                   << QByteArray(R"({"type":"enum","name":"S","symbols":["A","B"]})")
                                   << QByteArray(R"({"type":"enum","name":"S","symbols":["A"]})")
                                   << QByteArray(R"("B")") << QByteArray(R"("hex":"02","readAs":null,"type":"enum S")")
                                   << QByteArray("v1 writes this, v2 refuses it: \"B\"");
    QTest::newRow("JSON Schema has no bytes")
        << SchemaLanguage::JsonSchema << QByteArray(R"({"type":["string","integer"]})")
        << QByteArray(R"({"type":"integer"})") << QByteArray(R"("a")") << QByteArray("null")
        << QByteArray("v1 accepts this, v2 refuses it: \"a\"");
}

void TstBinaryCompat::examplesInTheReport()
{
    QFETCH(SchemaLanguage, language);
    QFETCH(QByteArray, older);
    QFETCH(QByteArray, newer);
    QFETCH(QByteArray, example);
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, line);
    const CompatibilityReport report = checkCompatibility(
        {version(1, language, older), version(2, language, newer)}, {{0, 1, true}},
        {.policy = {}, .level = CompatibilityLevel::Backward, .rules = {}, .catalog = {}, .today = {}});
    const QJsonArray changes = QJsonDocument::fromJson(compatibilityAsJson(report))[u"changes"].toArray();
    bool isShown = false;
    for (const QJsonValue& change : changes) {
        if (change[u"verdict"].toString() != u"breaking")
            continue;
        isShown = true;
        QCOMPARE(jsonOf(change[u"counterexample"]), example);
        const QByteArray found = jsonOf(change[u"counterexampleWire"]);
        QVERIFY2(found.contains(wire), found.constData());
    }
    QVERIFY(isShown);
    const QString text = compatibilityAsText(report);
    QVERIFY2(text.contains(QString::fromUtf8(line)), qPrintable(text));
}

void TstBinaryCompat::protobufImports()
{
    SchemaVersion older =
        version(1, SchemaLanguage::Protobuf, "import \"money/money.proto\"; message O { money.Money m = 1; }");
    SchemaVersion newer = version(2, SchemaLanguage::Protobuf, older.text);
    const auto having = [](const QByteArray& text) -> SchemaLoader {
        return [text](const QString& uri) -> std::optional<QByteArray> {
            return uri == u"file:///schemas/money/money.proto" ? std::optional(text) : std::nullopt;
        };
    };
    older.load = having("package money; message Money { int64 units = 1; }");
    newer.load = having("package money; message Money { sint64 units = 1; }");
    QCOMPARE(lines(protobufVersionDifferences(older, newer)),
             QStringList{u"fieldScalarKindChanged #/money.Money/1:1 breaks/breaks"_s});
}

void TstBinaryCompat::descriptorSets()
{
    for (const auto& [set, text] :
         {std::pair(u"protobuf-descriptors/big.desc"_s, u"protobuf-descriptors/big.proto"_s),
          std::pair(u"protobuf-descriptors/parcel.desc"_s, u"schemas/shop/shop.parcel.v1.proto"_s)}) {
        const QByteArray bytes = contents(set);
        QVERIFY(isProtoDescriptorSet(bytes));
        QVERIFY(!isProtoDescriptorSet(contents(text)));
        QCOMPARE(lines(protobufVersionDifferences(version(1, SchemaLanguage::Protobuf, contents(text)),
                                                  version(2, SchemaLanguage::Protobuf, bytes))),
                 QStringList());
        const auto fromSet = readProtoSchema(bytes, {});
        const auto fromText = readProtoSchema(contents(text), {});
        QVERIFY(fromSet && fromText);
        QCOMPARE(fromSet->top, fromText->top);
        for (const auto& [name, message] : fromText->messages) {
            if (name.find('~') != std::string::npos || name.starts_with("google."))
                continue;
            QVERIFY2(fromSet->messages.contains(name), name.c_str());
            const ProtoMessage& other = fromSet->messages.at(name);
            QCOMPARE(other.inner, message.inner);
            QCOMPARE(other.fields.size(), message.fields.size());
            for (const std::int64_t number : {1, 4, 10, 12, 13, 20, 30, 31, 99, 100, 5000})
                QCOMPARE(other.reserved.holds(number), message.reserved.holds(number));
            QCOMPARE(other.reserved.names, message.reserved.names);
            for (const auto& [number, field] : message.fields) {
                const ProtoField& same = other.fields.at(number);
                QCOMPARE(same.name, field.name);
                QCOMPARE(same.kind, field.kind);
                QCOMPARE(same.isMap, field.isMap);
                QCOMPARE(same.isRepeated, field.isRepeated);
                QCOMPARE(same.label, field.label);
                QCOMPARE(same.oneof, field.oneof);
            }
        }
        for (const auto& [name, one] : fromText->enums)
            QCOMPARE(fromSet->enums.at(name).names, one.names);
    }
    // A letter that is decoded by its text is decoded alike by its set.
    const QByteArray order =
        QByteArray::fromHex("0a0434373131100118fbffffffffffffffff01520e0a016210feffffffffffffffff01");
    const auto text = readProtoSchema(contents(u"schemas/shop/shop.parcel.v1.proto"_s), {});
    const auto set = readProtoSchema(contents(u"protobuf-descriptors/parcel.desc"_s), {});
    QVERIFY(text && set);
    QCOMPARE(decodeProtobuf(*set, "shop.Order", order).json, decodeProtobuf(*text, "shop.Order", order).json);
}

void TstBinaryCompat::hostileDescriptorSets()
{
    QRandomGenerator random(7);
    const QByteArray whole = contents(u"protobuf-descriptors/big.desc"_s);
    for (qsizetype cut = 0; cut < whole.size(); ++cut)
        (void)readProtoDescriptorSet(whole.first(cut));
    for (int round = 0; round < 3'000; ++round) {
        QByteArray bytes = whole;
        for (int i = 0; i < 4; ++i)
            bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
        if (const auto schema = readProtoDescriptorSet(bytes))
            (void)protobufVersionDifferences(version(1, SchemaLanguage::Protobuf, whole),
                                             version(2, SchemaLanguage::Protobuf, bytes));
    }
    QByteArray deep;
    for (int i = 0; i < 5'000; ++i) {
        QByteArray length;
        for (auto rest = static_cast<unsigned>(deep.size());; rest >>= 7U) {
            length.append(static_cast<char>((rest & 0x7fU) | (rest > 0x7fU ? 0x80U : 0U)));
            if (rest <= 0x7fU)
                break;
        }
        deep = '\x1a' + length + deep;
    }
    QVERIFY(!readProtoDescriptorSet("\n" + deep.first(100)));
}

void TstBinaryCompat::issues()
{
    QVERIFY(binaryVersionIssues(version(1, SchemaLanguage::Avro, R"("int")")).empty());
    const auto avroFault = binaryVersionIssues(version(1, SchemaLanguage::Avro, R"({"type":"record"})"));
    QCOMPARE(avroFault.size(), 1U);
    QCOMPARE(avroFault.front().place.file, u"shop/shop.order.v1"_s);
    const auto protoFault = binaryVersionIssues(version(1, SchemaLanguage::Protobuf, "message O {\n int32 = 1;\n}"));
    QCOMPARE(protoFault.size(), 1U);
    QCOMPARE(protoFault.front().place.line, 2);
    QVERIFY(!protoFault.front().message.contains(u"line 2"));
}

QTEST_GUILESS_MAIN(TstBinaryCompat)
#include "tst_binarycompat.moc"
