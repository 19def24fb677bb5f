// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/payloadjudge.h"
#include "tests/support/folders.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

/// Which schema judges which payload, and what is said of it.
class TstPayloadJudge final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void versions();
    void toldVersions_data();
    void toldVersions();
    void nothingToSay();
    void brokenFiles();
    void referencesBetweenFiles();
    void notJson();
    void wires_data();
    void wires();
    void avroById();
    void protobufByMessageIndex();
    void onlyTheNewestVersion();
    void check();
    void checkOfSharedFiles();
    void checkSaysOneFaultOnce_data();
    void checkSaysOneFaultOnce();
    void jsonWhereBytesAreMeant_data();
    void jsonWhereBytesAreMeant();

private:
    void write(const QString& path, const QByteArray& text);
    [[nodiscard]] PayloadJudge judgeOf() const { return PayloadJudge(SchemaFolder(m_folder->path())); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

QByteArray needs(const char* field)
{
    return QByteArray(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":[")") +
           field + "\"]}";
}
const std::optional<QString> order = u"order.created"_s;

QByteArray data(const QString& path)
{
    QFile file(test::sourceFile(u"tests/data/schemas/"_s + path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString said(const LetterVerdict& told)
{
    return (told.verdict ? schemaVerdictWord(*told.verdict) : u"none"_s) +
           (told.version ? u" %1"_s.arg(*told.version) : QString());
}

} // namespace

void TstPayloadJudge::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    write(u"order/order.created.v9.json"_s, needs("nine"));
    write(u"order/order.created.v10.json"_s, needs("ten"));
    write(u"_meta/order.created.v11.json"_s, needs("meta"));
}

void TstPayloadJudge::write(const QString& path, const QByteArray& text)
{
    QVERIFY(QDir(m_folder->path()).mkpath(path.section(u'/', 0, -2)));
    QFile file(m_folder->filePath(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

void TstPayloadJudge::versions()
{
    const SchemaFolder folder(m_folder->path());
    QCOMPARE(folder.files().size(), std::size_t{2});
    QCOMPARE(folder.find(*order)->version, 10);
    QCOMPARE(folder.find(*order, 9)->path, u"order/order.created.v9.json"_s);
    QCOMPARE(folder.find(*order, 8), nullptr);
    QCOMPARE(folder.find(u"order"_s), nullptr);
    QCOMPARE(folder.versionsOf(*order), std::size_t{2});
    QVERIFY(SchemaFolder(u"/nowhere"_s).files().empty());
}

void TstPayloadJudge::toldVersions_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* payload, const char* header, const char* expected) {
        QTest::newRow(name) << QByteArray(payload) << QByteArray(header) << QString::fromLatin1(expected);
    };
    row("the newest is v10, not v9", R"({"ten":1})", "", "valid 10");
    row("what fits no version is invalid", R"({"eleven":1})", "", "invalid 10");
    row("what fits an older one may have been meant so", R"({"nine":1})", "", "unknown 10");
    row("unless a version is told", R"({"nine":1,"schema_version":10})", "", "invalid 10");
    row("a field tells", R"({"nine":1,"schema_version":9})", "", "valid 9");
    row("a field tells in words", R"({"nine":1,"schemaVersion":"v9"})", "", "valid 9");
    row("a header tells, before the field", R"({"nine":1,"schema_version":10})", "9", "valid 9");
    row("a version that is not at hand says nothing", R"({"nine":1})", "12", "none");
    row("no version in the header", R"({"ten":1})", "latest", "valid 10");
}

void TstPayloadJudge::toldVersions()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, header);
    Headers headers;
    if (!header.isEmpty())
        headers.push_back({"schema_version", header});
    const PayloadJudge judge = judgeOf();
    const LetterVerdict told = judge.verdict(order, headers, payload);
    QTEST(said(told), "expected");
    const SchemaJudgement again = judge.explain(order, headers, payload).judgement;
    QCOMPARE(again.verdict, told.verdict);
    QCOMPARE(again.version, told.version);
}

void TstPayloadJudge::nothingToSay()
{
    const PayloadJudge judge = judgeOf();
    QCOMPARE(said(judge.verdict(std::nullopt, {}, QByteArray("{}"))), u"none"_s);
    QCOMPARE(said(judge.verdict(u"user.created"_s, {}, QByteArray("{}"))), u"none"_s);
    QCOMPARE(said(judge.verdict(order, {}, std::nullopt)), u"none"_s);
    QCOMPARE(said(judge.verdict(order, {}, QByteArray())), u"none"_s);
    // A huge payload is judged when somebody asks.
    const QByteArray huge = R"({"ten":")" + QByteArray(PayloadJudge::largestInPassing, 'x') + "\"}";
    QCOMPARE(said(judge.verdict(order, {}, huge)), u"none"_s);
    QCOMPARE(judge.explain(order, {}, huge).judgement.verdict, std::optional(SchemaVerdict::Valid));
}

void TstPayloadJudge::brokenFiles()
{
    write(u"order/order.created.v11.json"_s, "{ this is no schema");
    const PayloadJudge judge = judgeOf();
    QCOMPARE(said(judge.verdict(order, {}, QByteArray(R"({"ten":1})"))), u"unknown 11"_s);
    const SchemaJudgement judgement = judge.explain(order, {}, QByteArray(R"({"ten":1})")).judgement;
    QCOMPARE(judgement.schemaFile, u"order/order.created.v11.json"_s);
    QVERIFY(judgement.reasons.join(u' ').contains(u"no JSON"));
}

void TstPayloadJudge::referencesBetweenFiles()
{
    write(u"common/money.json"_s, R"({"type":"object","required":["amount"]})");
    write(u"common/named.v1.json"_s, R"({"$id":"https://shop.example/named","type":"string"})");
    write(u"order/order.paid.v1.json"_s,
          R"({"properties":{"price":{"$ref":"../common/money.json"},"name":{"$ref":"https://shop.example/named"}}})");
    write(u"_common/currency.json"_s, R"({"$id":"https://shop.example/currency","enum":["EUR"]})");
    write(u"order/order.billed.v1.json"_s, R"({"properties":{"in":{"$ref":"https://shop.example/currency"}}})");
    write(u"order/order.stolen.v1.json"_s, R"({"$ref":"../../../../../../../../etc/passwd"})");
    const PayloadJudge judge = judgeOf();
    QCOMPARE(said(judge.verdict(u"order.paid"_s, {}, QByteArray(R"({"price":{"amount":1},"name":"x"})"))),
             u"valid 1"_s);
    QCOMPARE(said(judge.verdict(u"order.paid"_s, {}, QByteArray(R"({"price":{}})"))), u"invalid 1"_s);
    QCOMPARE(said(judge.verdict(u"order.paid"_s, {}, QByteArray(R"({"name":1})"))), u"invalid 1"_s);
    QCOMPARE(said(judge.verdict(u"order.billed"_s, {}, QByteArray(R"({"in":"EUR"})"))), u"valid 1"_s);
    QCOMPARE(said(judge.verdict(u"order.billed"_s, {}, QByteArray(R"({"in":5})"))), u"invalid 1"_s);
    QCOMPARE(said(judge.verdict(u"order.stolen"_s, {}, QByteArray("{}"))), u"unknown 1"_s);
}

void TstPayloadJudge::notJson()
{
    const PayloadJudge judge = judgeOf();
    const DecodedPayload cut = judge.explain(order, {}, QByteArray(R"({"ten":)"));
    QCOMPARE(cut.judgement.verdict, std::optional(SchemaVerdict::Invalid));
    QCOMPARE(cut.judgement.errors.front().keyword, u"json"_s);
    QCOMPARE(cut.marks.size(), std::size_t{1});
    QCOMPARE(said(judge.verdict(order, {}, QByteArray(R"({"ten":)"))), u"invalid 10"_s);
    QCOMPARE(said(judge.verdict(order, {}, QByteArray("\xff\xfe\x00\x01", 4))), u"unknown 10"_s);
}

void TstPayloadJudge::wires_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QString>("wire");
    QTest::addColumn<int>("bodyAt");
    QTest::addColumn<QString>("verdict");
    const QByteArray guid = QByteArray::fromHex("0112345678123456781234567812345678");
    QTest::newRow("V0 before JSON") << QByteArray::fromHex("000000002a") + R"({"ten":1})" << QByteArray()
                                    << u"Confluent schema id 42"_s << 5 << u"valid"_s;
    QTest::newRow("V0 before JSON that does not fit")
        << QByteArray::fromHex("000000002a") + R"({"none":1})" << QByteArray() << u"Confluent schema id 42"_s << 5
        << u"invalid"_s;
    QTest::newRow("five bytes that only look like it")
        << QByteArray::fromHex("000000002affff") << QByteArray() << QString() << 0 << u"unknown"_s;
    QTest::newRow("a GUID in the header, the payload untouched")
        << QByteArray(R"({"ten":1})") << guid << u"Confluent schema GUID 12345678-1234-5678-1234-567812345678"_s << 0
        << u"valid"_s;
    QTest::newRow("a header of another length is none")
        << QByteArray(R"({"ten":1})") << guid.chopped(1) << QString() << 0 << u"valid"_s;
    QTest::newRow("a GUID before JSON") << guid + R"({"ten":1})" << QByteArray()
                                        << u"Confluent schema GUID 12345678-1234-5678-1234-567812345678"_s << 17
                                        << u"valid"_s;
    QTest::newRow("Glue") << QByteArray::fromHex("0300") + guid.sliced(1) + R"({"ten":1})" << QByteArray()
                          << u"AWS Glue schema version 12345678-1234-5678-1234-567812345678"_s << 18 << u"valid"_s;
}

void TstPayloadJudge::wires()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, header);
    QFETCH(int, bodyAt);
    Headers headers;
    if (!header.isEmpty())
        headers.push_back({"__value_schema_id", header});
    const DecodedPayload payload = judgeOf().explain(order, headers, value);
    QTEST(payload.wire, "wire");
    QCOMPARE(payload.bodyAt, qsizetype{bodyAt});
    QTEST(payload.judgement.verdict ? schemaVerdictWord(*payload.judgement.verdict) : u"none"_s, "verdict");
    // Without a schema the id is said all the same, and nothing is guessed.
    const DecodedPayload without = judgeOf().explain(u"nobody.knows"_s, headers, value);
    QVERIFY(!without.judgement.verdict);
    if (bodyAt > 0)
        QCOMPARE(without.wire, payload.wire);
}

void TstPayloadJudge::avroById()
{
    write(u"_ids/42.avsc"_s, R"({"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]})");
    const PayloadJudge judge = judgeOf();
    const QByteArray bytes = QByteArray::fromHex("000000002a06616263");
    const DecodedPayload payload = judge.explain(u"nobody.knows"_s, {}, bytes);
    QCOMPARE(payload.format, DecodedPayload::Format::Avro);
    QCOMPARE(payload.text.value_or(QByteArray()), QByteArray(R"({"id":"abc"})"));
    QCOMPARE(payload.judgement.verdict, std::optional(SchemaVerdict::Valid));
    QCOMPARE(payload.schema, u"_ids/42.avsc"_s);
    const DecodedPayload broken = judge.explain(u"nobody.knows"_s, {}, bytes + 'x');
    QCOMPARE(broken.judgement.verdict, std::optional(SchemaVerdict::Invalid));
    QCOMPARE(broken.marks.front().first, bytes.size());
}

void TstPayloadJudge::protobufByMessageIndex()
{
    write(u"shop/shop.parcel.v1.proto"_s, data(u"shop/shop.parcel.v1.proto"_s));
    const PayloadJudge judge = judgeOf();
    const auto shown = [&](const QByteArray& hex) {
        const DecodedPayload payload = judge.explain(u"shop.parcel"_s, {}, QByteArray::fromHex(hex));
        return QString::fromUtf8(payload.text.value_or(QByteArray())) + u' ' + payload.note;
    };
    QCOMPARE(shown("0000000007 00 0a0161"), uR"({"x":"a"} Decoded by shop/shop.parcel.v1.proto, message shop.Head.)"_s);
    QCOMPARE(shown("0000000007 0202 0a0161"),
             uR"({"id":"a"} Decoded by shop/shop.parcel.v1.proto, message shop.Order.)"_s);
    QCOMPARE(shown("0000000007 040200 0a0161"),
             uR"({"sku":"a"} Decoded by shop/shop.parcel.v1.proto, message shop.Order.Line.)"_s);
    QVERIFY(shown("0000000007 0210 0a0161").contains(u"no message of the schema file is named here"));
}

/// Avro says nothing of itself: with several versions and none told, a fit may be chance.
void TstPayloadJudge::onlyTheNewestVersion()
{
    write(u"a/a.b.v1.avsc"_s, R"("string")");
    const QByteArray bytes = QByteArray::fromHex("0661626363").chopped(1);
    QCOMPARE(said(judgeOf().verdict(u"a.b"_s, {}, bytes)), u"valid 1"_s);
    write(u"a/a.b.v2.avsc"_s, R"("bytes")");
    QCOMPARE(said(judgeOf().verdict(u"a.b"_s, {}, bytes)), u"unknown 2"_s);
    QCOMPARE(said(judgeOf().verdict(u"a.b"_s, {{"schema_version", QByteArray("1")}}, bytes)), u"valid 1"_s);
}

void TstPayloadJudge::check()
{
    QVERIFY(checkSchemaFolder(SchemaFolder(m_folder->path())).empty());
    write(u"order/order.created.v11.json"_s, "{\n  \"type\": \"objekt\"\n}");
    write(u"other/order.created.v9.json"_s, needs("nine"));
    write(u"a/a.b.v1.avsc"_s, "{}");
    QStringList told;
    for (const FileIssue& issue : checkSchemaFolder(SchemaFolder(m_folder->path()))) {
        QCOMPARE(issue.severity, IssueSeverity::Warning);
        told.append(u"%1:%2 %3"_s.arg(QDir(m_folder->path()).relativeFilePath(issue.place.file))
                        .arg(issue.place.line)
                        .arg(issue.message));
    }
    QVERIFY2(told.size() >= 3, qPrintable(told.join(u'\n')));
    QVERIFY(told.front().startsWith(u"a/a.b.v1.avsc:1 the schema does not read"));
    QVERIFY(told.join(u'\n').contains(u"order/order.created.v11.json:2"));
    QVERIFY(told.join(u'\n').contains(u"other/order.created.v9.json:1 version 9 of order.created is there twice"));
}

/// What is wrong with a file that is no version of an event is said where it stands, once, and not of its referrers.
void TstPayloadJudge::checkOfSharedFiles()
{
    write(u"x/broken.json"_s, "{\n \"a\":");
    write(u"x/odd.json"_s, R"({"$id": "https://shared.example/odd.json", "$defs": {"a": {"frob": 1}}})");
    const QByteArray refers = R"({"properties": {"a": {"$ref": "../x/broken.json"},
        "b": {"$ref": "https://shared.example/odd.json#/$defs/a"}}})";
    write(u"s/s.one.v1.json"_s, refers);
    write(u"s/s.two.v1.json"_s, refers);
    QStringList told;
    for (const FileIssue& issue : checkSchemaFolder(SchemaFolder(m_folder->path())))
        told.append(u"%1:%2 %3"_s.arg(QDir(m_folder->path()).relativeFilePath(issue.place.file))
                        .arg(issue.place.line)
                        .arg(issue.message));
    QCOMPARE(told.filter(u"x/broken.json:2 the schema is no JSON"_s).size(), 1);
    QCOMPARE(told.filter(u"x/odd.json:1 the keyword \"frob\" is not understood"_s).size(), 1);
    QCOMPARE(told.filter(u"s/s.one.v1.json:1 \"$ref\" points to ../x/broken.json, which does not read"_s).size(), 1);
    QCOMPARE(told.size(), 4);
}

void TstPayloadJudge::checkSaysOneFaultOnce_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::newRow("a list is no schema") << QByteArray("[]");
    QTest::newRow("a type that there is not") << QByteArray(R"({"type": "objekt"})");
    QByteArray deep = "{}";
    for (int i = 0; i < 300; ++i)
        deep = R"({"properties": {"a": )" + deep + R"(, "b": )" + "{}" + "}}";
    QTest::newRow("many schemas below the deepest level") << deep;
}

void TstPayloadJudge::checkSaysOneFaultOnce()
{
    QFETCH(QByteArray, schema);
    write(u"s/s.one.v1.json"_s, schema);
    QStringList told;
    for (const FileIssue& issue : checkSchemaFolder(SchemaFolder(m_folder->path())))
        told.append(issue.message);
    QVERIFY2(told.size() == 1, qPrintable(told.join(u'\n')));
}

/// Producers write both as JSON too: shown as what it is, and judged neither way.
void TstPayloadJudge::jsonWhereBytesAreMeant_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("schema");
    QTest::newRow("Protobuf") << u"s/s.one.v1.proto"_s
                              << QByteArray("syntax = \"proto3\";\nmessage A { string id = 1; int32 n = 2; }\n");
    QTest::newRow("Avro") << u"s/s.one.v1.avsc"_s
                          << QByteArray(R"({"type":"record","name":"R","fields":[{"name":"id","type":"string"}]})");
}

void TstPayloadJudge::jsonWhereBytesAreMeant()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, schema);
    write(file, schema);
    const DecodedPayload payload = judgeOf().explain(u"s.one"_s, {}, QByteArray(R"({"id":"x"})"));
    QCOMPARE(payload.format, DecodedPayload::Format::Json);
    QVERIFY(!payload.text);
    QVERIFY(payload.marks.empty());
    QCOMPARE(payload.judgement.verdict, std::optional(SchemaVerdict::Unknown));
    QVERIFY(payload.judgement.reasons.front().startsWith(u"the payload is JSON"));
    QVERIFY(payload.note.contains(file));
}

QTEST_GUILESS_MAIN(TstPayloadJudge)
#include "tst_payloadjudge.moc"
