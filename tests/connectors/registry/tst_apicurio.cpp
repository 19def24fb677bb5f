// SPDX-License-Identifier: GPL-3.0-or-later
// A real registry (Apicurio), filled by clients that are not ours: browsed, compared with a folder, and payloads of
// those clients decoded by their ids.
#include "connectors/registry/registrysource.h"
#include "model/schema/payloadjudge.h"
#include "model/schema/registrycompare.h"
#include "tests/support/folders.h"
#include "tests/support/peers.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

#include <QtEndian>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QString script()
{
    return test::sourceFile(u"packaging/peers"_s);
}

QString outputOf(const QString& program, const QStringList& arguments, int timeoutMs = 200'000)
{
    const test::ProcessOutput output = test::runProcess(program, arguments, {}, timeoutMs);
    if (output.exitCode != 0)
        throw std::runtime_error((program + u": "_s + QString::fromUtf8(output.err)).toStdString());
    return QString::fromUtf8(output.out).trimmed();
}

void write(const QString& path, const QByteArray& text)
{
    QDir().mkpath(path.section(u'/', 0, -2));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

QByteArray longBytes(quint64 number)
{
    QByteArray bytes(8, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

} // namespace

class TestApicurio : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_url;
    QJsonObject m_made; ///< what fill.js printed
    LocalSecretStore m_secrets;
    std::unique_ptr<RegistrySource> m_source;

    [[nodiscard]] QByteArray payload(const QString& name) const
    {
        return QByteArray::fromBase64(m_made[name][u"payload"].toString().toLatin1());
    }
    [[nodiscard]] int id(const QString& name) const { return m_made[name][u"id"].toInt(); }
    [[nodiscard]] PayloadJudge judge(const QString& cache = {})
    {
        return PayloadJudge(SchemaFolder(), std::make_shared<RegistryShelf>(*m_source, cache));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_url = outputOf(script(), {u"start"_s, u"apicurio"_s, m_dir.path()}) + u"/apis/ccompat/v7"_s;
        const QString modules = outputOf(script(), {u"npm"_s}) + u"/node_modules"_s;
        qputenv("NODE_PATH", modules.toLocal8Bit());
        m_made = QJsonDocument::fromJson(
                     outputOf(u"node"_s, {test::sourceFile(u"tests/registryclients/fill.js"_s), m_url}).toUtf8())
                     .object();
        QCOMPARE(m_made.size(), 5);
        m_source = std::make_unique<RegistrySource>(RegistrySettings{.name = u"main"_s, .url = m_url}, m_secrets);
    }
    void cleanupTestCase() { QProcess::execute(script(), {u"stop"_s, m_dir.path(), u"KILL"_s}); }

    void itIsBrowsed()
    {
        const auto subjects = m_source->subjects({});
        QVERIFY(subjects.has_value());
        QCOMPARE(*subjects, (QStringList{u"address"_s, u"customer"_s, u"orders-value"_s, u"payment.made"_s,
                                         u"shipments-shipment.sent"_s}));
        QCOMPARE(m_source->versions(u"orders-value"_s, {}).value(), (std::vector<int>{1, 2}));
        const auto newest = m_source->schema(u"orders-value"_s, std::nullopt, {});
        QVERIFY(newest.has_value());
        QCOMPARE(newest->version, 2);
        QCOMPARE(newest->id, std::optional<std::int64_t>(id(u"avro2"_s)));
        QCOMPARE(newest->language, SchemaLanguage::Avro);
        QVERIFY(newest->text.contains("gift"));
        const auto first = m_source->schema(u"orders-value"_s, 1, {});
        QVERIFY(first.has_value());
        QVERIFY(!first->text.contains("gift"));
        const auto referring = m_source->schema(u"customer"_s, std::nullopt, {});
        QVERIFY(referring.has_value());
        QCOMPARE(referring->references, (std::vector<SchemaReference>{{u"address.json"_s, u"address"_s, 1}}));
    }

    void whatIsNotThereIsSaid()
    {
        QCOMPARE(m_source->versions(u"no/such subject"_s, {}).error().code, ErrorCode::NotFound);
        QCOMPARE(m_source->schema(u"orders-value"_s, 77, {}).error().code, ErrorCode::NotFound);
        QCOMPARE(m_source->schemaOf({.kind = WireFormat::Kind::ConfluentId, .id = u"999999"_s}, {}).error().code,
                 ErrorCode::NotFound);
        RegistrySource astray(
            RegistrySettings{.name = u"main"_s, .url = m_url.section(u"/apis"_s, 0, 0) + u"/nowhere"_s}, m_secrets);
        const auto none = astray.subjects({});
        QCOMPARE(none.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(none.error().detail.contains(u"/apis/ccompat/v7"_s), qPrintable(none.error().detail));
    }

    void payloadsAreDecodedById_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<SchemaVerdict>("verdict");
        QTest::newRow("Avro, first version")
            << u"avro"_s << QByteArray(R"({"order_id":"o-1","amount_cents":1250})") << SchemaVerdict::Valid;
        QTest::newRow("Avro, second version")
            << u"avro2"_s << QByteArray(R"({"order_id":"o-2","amount_cents":99,"gift":true})") << SchemaVerdict::Valid;
        QTest::newRow("Protobuf, from a client that leaves the message's place out")
            << u"proto"_s << QByteArray(R"({"parcel":"p-7","grams":1500})") << SchemaVerdict::Valid;
        QTest::newRow("JSON") << u"json"_s << QByteArray() << SchemaVerdict::Valid;
        QTest::newRow("JSON by a schema that refers to another")
            << u"referring"_s << QByteArray() << SchemaVerdict::Invalid;
    }
    void payloadsAreDecodedById()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        QFETCH(SchemaVerdict, verdict);
        const DecodedPayload decoded = judge().explain(std::nullopt, {}, payload(name));
        QCOMPARE(decoded.text.value_or(QByteArray()), text);
        QCOMPARE(decoded.judgement.verdict, std::optional(verdict));
        QCOMPARE(decoded.wire, u"Confluent schema id %1"_s.arg(id(name)));
        QCOMPARE(decoded.judgement.schemaFile, u"registry main, schema id %1"_s.arg(id(name)));
    }

    void apicuriosOwnIds_data()
    {
        QTest::addColumn<int>("form");
        QTest::newRow("content id in a header") << 0;
        QTest::newRow("global id in a header") << 1;
        QTest::newRow("eight bytes before the payload") << 2;
        QTest::newRow("Confluent's id in a header") << 3;
    }
    void apicuriosOwnIds()
    {
        QFETCH(int, form);
        // The registry is new, so its global ids count versions as its content ids do.
        const auto number = static_cast<quint64>(id(u"avro"_s));
        QByteArray value = payload(u"avro"_s).sliced(5);
        Headers headers;
        if (form == 0)
            headers = {{"apicurio.value.contentId", longBytes(number)}};
        else if (form == 1)
            headers = {{"apicurio.value.globalId", longBytes(number)}};
        else if (form == 2)
            value = QByteArray(1, '\0') + longBytes(number) + value;
        else
            headers = {{"__value_schema_id", payload(u"avro"_s).first(5)}};
        const DecodedPayload decoded = judge().explain(std::nullopt, headers, value);
        QCOMPARE(decoded.text, std::optional(QByteArray(R"({"order_id":"o-1","amount_cents":1250})")));
    }

    void whatWasFetchedServesOnWithoutTheRegistry()
    {
        QTemporaryDir cache;
        const QString folder = cache.filePath(u"registry"_s);
        QVERIFY(judge(folder).explain(std::nullopt, {}, payload(u"avro"_s)).text.has_value());
        RegistrySource gone(RegistrySettings{.name = u"main"_s, .url = u"http://127.0.0.1:1"_s}, m_secrets);
        const PayloadJudge offline(SchemaFolder(), std::make_shared<RegistryShelf>(gone, folder));
        QVERIFY(offline.explain(std::nullopt, {}, payload(u"avro"_s)).text.has_value());
        const DecodedPayload other = offline.explain(std::nullopt, {}, payload(u"avro2"_s));
        QVERIFY(!other.text.has_value());
        QVERIFY2(other.note.contains(u"cannot be connected to"_s), qPrintable(other.note));
    }

    void itIsComparedWithAFolder()
    {
        QTemporaryDir dir;
        write(dir.filePath(u"order/order.created.v1.avsc"_s), R"({
  "name": "OrderCreated", "type": "record", "namespace": "acme.orders",
  "fields": [ { "type": { "type": "string" }, "name": "order_id" }, { "name": "amount_cents", "type": "long" } ] })");
        write(dir.filePath(u"order/order.created.v2.avsc"_s),
              R"({"type":"record","name":"acme.orders.OrderCreated","fields":[{"name":"order_id","type":"string"}]})");
        write(dir.filePath(u"payment/payment.made.v1.json"_s), m_source->schema(u"payment.made"_s, 1, {}).value().text);
        write(dir.filePath(u"payment/payment.made.v2.json"_s), R"({"type":"object"})");
        write(dir.filePath(u"ship/shipment.sent.v1.proto"_s),
              "// as registered\nsyntax = 'proto3';\npackage acme;\n\nmessage ShipmentSent {\n  string parcel = 1;\n  "
              "int64 "
              "grams = 2; /* net */\n}\n");
        write(dir.filePath(u"user/user.left.v1.json"_s), R"({"type":"object"})");
        std::vector<RegistrySchema> registered;
        const QStringList subjects = m_source->subjects({}).value();
        for (const QString& subject : subjects) {
            const std::vector<int> versions = m_source->versions(subject, {}).value();
            for (const int version : versions)
                registered.push_back(m_source->schema(subject, version, {}).value());
        }
        CatalogEvent event;
        event.eventType = u"order.created"_s;
        event.topic = u"orders"_s;
        const Catalog catalog({}, {event}, {});
        QStringList said;
        for (const RegistryDifference& each : compareRegistry(SchemaFolder(dir.path()), catalog, registered))
            said += u"%1 %2 %3"_s.arg(each.event.isEmpty() ? each.subject : each.event, registryStateWord(each.state))
                        .arg(each.fileVersion.value_or(0) * 10 + each.registryVersion.value_or(0));
        QCOMPARE(said,
                 (QStringList{u"order.created same 11"_s, u"order.created differs 22"_s, u"payment.made same 11"_s,
                              u"payment.made onlyInFolder 20"_s, u"shipment.sent same 11"_s,
                              u"user.left notRegistered 10"_s, u"address noEvent 1"_s, u"customer noEvent 1"_s}));
    }
};

QTEST_GUILESS_MAIN(TestApicurio)
#include "tst_apicurio.moc"
