// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avroschema.h"
#include "model/schema/protoschema.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray contents(const QString& path)
{
    QFile file(test::sourceFile(u"tests/data/schemas/"_s + path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Written by fastavro 1.13 and by Google's protobuf 7.36 for Python, from the schemas in tests/data/schemas.
const QByteArray avroOrder =
    QByteArray::fromHex("083437313106fe1dc0faf8d582c368dec4024831323334353637382d313233342d353637382d313233342d35363738"
                        "3132333435363738020004"
                        "0261020262030002027806020279020000000102ff82808080808080209a9999999999b93f01");
const QByteArray protoOrder = QByteArray::fromHex("0a0434373131100118fbffffffffffffffff0120ffffffffffffffffff012801319a"
                                                  "9999999999b93f3a0200ff420b0898f8a0d80610c0b2cd3b"
                                                  "4a0d01ac02ffffffffffffffffff0152050a01611001520e0a016210feffffffffff"
                                                  "ffffff015a080a017812030a01795a030a017a6204766973"
                                                  "61709901");

ProtoSchema protoSchema()
{
    return readProtoSchema(contents(u"shop/shop.parcel.v1.proto"_s), {}).value_or(ProtoSchema{});
}

bool isSoundJson(const QByteArray& json)
{
    return !QJsonDocument::fromJson('[' + json + ']').isNull();
}

} // namespace

class TstBinaryPayloads final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void avro();
    void avroCutAnywhere();
    void avroSchemas_data();
    void avroSchemas();
    void hostileAvro();
    void protobuf();
    void protobufWithoutSchema();
    void protobufUnknownFields();
    void protobufCutAnywhere();
    void protoFiles_data();
    void protoFiles();
    void noise();
};

void TstBinaryPayloads::avro()
{
    const auto schema = readAvroSchema(contents(u"shop/shop.order.v1.avsc"_s));
    QVERIFY2(schema.has_value(), schema ? "" : qPrintable(schema.error().detail));
    const BinaryText read = decodeAvro(*schema, avroOrder);
    QVERIFY(!read.fault);
    QCOMPARE(read.read, avroOrder.size());
    QCOMPARE(
        read.json,
        QByteArray(R"({"id":"4711","amount":"-1234.56","at":"2026-11-26T14:03:04.125Z","day":"2026-11-26",)"
                   R"("trace":"12345678-1234-5678-1234-567812345678","state":"PAID","note":null,"tags":{"a":1,"b":-2},)"
                   R"("lines":[{"sku":"x","n":3,"parent":{"sku":"y","n":1,"parent":null}}],"hash":"0x000102ff",)"
                   R"("big":9007199254740993,"ratio":0.1,"flag":true})"));
}

void TstBinaryPayloads::avroCutAnywhere()
{
    const auto schema = readAvroSchema(contents(u"shop/shop.order.v1.avsc"_s));
    QVERIFY(schema.has_value());
    for (qsizetype size = 0; size < avroOrder.size(); ++size) {
        const BinaryText read = decodeAvro(*schema, avroOrder.first(size));
        QVERIFY(read.fault.has_value());
        QVERIFY(read.faultAt <= size);
        QVERIFY2(isSoundJson(read.json), read.json.constData());
    }
    const BinaryText longer = decodeAvro(*schema, avroOrder + "xx");
    QCOMPARE(longer.fault.value_or(QString()), u"2 more bytes follow the message"_s);
    QCOMPARE(longer.faultAt, avroOrder.size());
    // A fault says in which field it is.
    const BinaryText cut = decodeAvro(*schema, avroOrder.first(70));
    QVERIFY2(cut.fault->startsWith(u"in tags") || cut.fault->startsWith(u"in lines"), qPrintable(*cut.fault));
}

void TstBinaryPayloads::avroSchemas_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected"); // empty: the schema is refused
    const auto row = [](const char* name, const char* schema, const char* hex, const char* expected) {
        QTest::newRow(name) << QByteArray(schema) << QByteArray::fromHex(hex) << QByteArray(expected);
    };
    row("a primitive alone", R"("long")", "7f", "-64");
    row("a name without a type", R"("Line")", "", "");
    row("a decimal of a whole", R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":0})", "0280",
        "\"-128\"");
    row("a small decimal", R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":3})", "0205", "\"0.005\"");
    row("a logical type on the wrong type is passed over", R"({"type":"string","logicalType":"date"})", "0261",
        "\"a\"");
    row("a timestamp before 1970", R"({"type":"long","logicalType":"timestamp-micros"})", "01",
        "\"1969-12-31T23:59:59.999999Z\"");
    row("a timestamp beyond the calendar is a number", R"({"type":"long","logicalType":"timestamp-millis"})",
        "feffffffffffffffff01", "9223372036854775807");
    row("a block with its size", R"({"type":"array","items":"int"})", "03040204 00", "[1,2]");
    row("float", R"("float")", "cdcccc3d", "0.1");
    row("not a number", R"("double")", "000000000000f87f", "\"NaN\"");
    row("names within a namespace",
        R"({"type":"record","name":"a.B","fields":[{"name":"x","type":{"type":"enum","name":"E","symbols":["S"]}},{"name":"y","type":"a.E"}]})",
        "0000", R"({"x":"S","y":"S"})");
    row("a record without fields", R"({"type":"record","name":"R"})", "", "");
    row("a name given twice", R"([{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}])", "", "");
    row("no JSON", "{", "", "");
}

void TstBinaryPayloads::avroSchemas()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const auto read = readAvroSchema(schema);
    QCOMPARE(read.has_value(), !expected.isEmpty());
    if (!read)
        return;
    const BinaryText text = decodeAvro(*read, bytes);
    QVERIFY2(!text.fault, text.fault ? qPrintable(*text.fault) : "");
    QCOMPARE(text.json, expected);
}

void TstBinaryPayloads::hostileAvro()
{
    // 2^62 nulls in two bytes' worth of block, and a record that holds itself for ever.
    const auto nulls = readAvroSchema(R"({"type":"array","items":"null"})");
    const BinaryText many = decodeAvro(*nulls, QByteArray::fromHex("feffffffffffffff7f"));
    QVERIFY(many.fault && many.isLimit);
    QVERIFY(isSoundJson(many.json));
    const auto endless = readAvroSchema(R"({"type":"record","name":"R","fields":[{"name":"r","type":"R"}]})");
    const BinaryText deep = decodeAvro(*endless, "");
    QVERIFY(deep.fault && deep.isLimit);
    const auto text = readAvroSchema(R"("string")");
    QVERIFY(decodeAvro(*text, QByteArray::fromHex("ffffffffffffffffff01")).fault.has_value());
    QVERIFY(decodeAvro(*text, QByteArray::fromHex("02ff")).fault.has_value());
}

void TstBinaryPayloads::protobuf()
{
    const BinaryText read = decodeProtobuf(protoSchema(), "shop.Order", protoOrder);
    QVERIFY2(!read.fault, read.fault ? qPrintable(*read.fault) : "");
    QCOMPARE(
        read.json,
        QByteArray(R"({"id":"4711","state":"PAID","amount":-5,"total":18446744073709551615,"flag":true,"ratio":0.1,)"
                   R"("raw":"0x00ff","at":"2026-11-26T14:03:04.125000000Z","nums":[1,300,-1],"tags":{"a":1,"b":-2},)"
                   R"("lines":[{"sku":"x","parent":{"sku":"y"}},{"sku":"z"}],"card":"visa","zig":-77})"));
    QCOMPARE(protoMessageAt(protoSchema(), {1}), std::string("shop.Order"));
    QCOMPARE(protoMessageAt(protoSchema(), {1, 0}), std::string("shop.Order.Line"));
    QCOMPARE(protoMessageAt(protoSchema(), {2}), std::string());
}

void TstBinaryPayloads::protobufWithoutSchema()
{
    const BinaryText read = decodeProtobufFields(QByteArray::fromHex("0a0434373131 1001 5a080a017812030a0179"));
    QVERIFY(!read.fault);
    QCOMPARE(read.json, QByteArray(R"({"1":"4711","2":1,"11":{"1":"x","2":{"1":"y"}}})"));
}

void TstBinaryPayloads::protobufUnknownFields()
{
    // Field 99 is not in the schema; field 3 comes with another wire type than the schema's.
    const BinaryText read =
        decodeProtobuf(protoSchema(), "shop.Order", QByteArray::fromHex("0a0161 9a060178 1d01000000"));
    QVERIFY(!read.fault);
    QCOMPARE(read.json, QByteArray(R"({"id":"a","99":"x","3":1})"));
}

void TstBinaryPayloads::protobufCutAnywhere()
{
    const ProtoSchema schema = protoSchema();
    int faulty = 0;
    for (qsizetype size = 0; size < protoOrder.size(); ++size) {
        const BinaryText read = decodeProtobuf(schema, "shop.Order", protoOrder.first(size));
        QVERIFY2(isSoundJson(read.json), read.json.constData());
        faulty += read.fault ? 1 : 0;
    }
    QVERIFY(faulty > protoOrder.size() / 2); // between two fields a shorter message is a message
}

void TstBinaryPayloads::protoFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("fault"); // empty: it reads
    const auto row = [](const char* name, const char* text, const char* fault) {
        QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(fault);
    };
    row("proto2 with groups, defaults and extensions",
        "syntax = \"proto2\"; message A { required int32 a = 1 [default = 5]; optional group G = 2 { optional string s "
        "= 1; }"
        " extensions 100 to max; } extend A { optional int32 b = 100; } service S { rpc R (A) returns (A) { option x = "
        "{a:1}; } }",
        "");
    row("no number", "message A {\n int32 a;\n}", "line 2: a sign is missing");
    row("no message", "syntax = \"proto3\";", "the file defines no message");
    row("it ends too early", "message A { int32 a = 1;", "line 1: the file ends within a message");
    row("an edition", "edition = \"2023\"; message A {}", "line 1: editions are not read; write proto2 or proto3");
    row("an open comment", "message A {} /* and", "");
}

void TstBinaryPayloads::protoFiles()
{
    QFETCH(QByteArray, text);
    const auto read = readProtoSchema(text, {});
    QTEST(read ? QString() : read.error().detail, "fault");
}

/// Whatever the bytes are: an answer, sound JSON, and no crash.
void TstBinaryPayloads::noise()
{
    QRandomGenerator random(20261126);
    const auto avroOf = readAvroSchema(contents(u"shop/shop.order.v1.avsc"_s));
    const ProtoSchema protoOf = protoSchema();
    const QByteArray protoText = contents(u"shop/shop.parcel.v1.proto"_s);
    for (int i = 0; i < 3'000; ++i) {
        QByteArray avroBytes = avroOrder;
        QByteArray protoBytes = protoOrder;
        QByteArray text = protoText;
        for (int k = 0; k < 3; ++k) {
            for (QByteArray* bytes : {&avroBytes, &protoBytes, &text})
                (*bytes)[random.bounded(bytes->size())] = static_cast<char>(random.bounded(256));
        }
        QVERIFY(isSoundJson(decodeAvro(*avroOf, avroBytes).json));
        QVERIFY(isSoundJson(decodeProtobuf(protoOf, "shop.Order", protoBytes).json));
        QVERIFY(isSoundJson(decodeProtobufFields(protoBytes).json));
        (void)readProtoSchema(text, {});
    }
}

QTEST_GUILESS_MAIN(TstBinaryPayloads)
#include "tst_binarypayloads.moc"
