// SPDX-License-Identifier: GPL-3.0-or-later
// Registries that refuse, redirect, babble and hang: what is said of them, and what is never said.
#include "connectors/registry/registrysource.h"
#include "model/schema/schemalookup.h"
#include "model/schema/schematext.h"
#include "tests/support/httpsink.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using test::HttpSink;
using test::SinkAnswer;
using test::SinkRequest;

namespace {
constexpr auto canary = "canary-secret-4711";
}

class TestRegistrySource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("SPILLWAY_REGISTRY_TEST", canary);
        for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"})
            qunsetenv(name);
    }

    void answers_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("wrong password") << 401 << QByteArray("{}") << ErrorCode::Unauthorised;
        QTest::newRow("no right") << 403 << QByteArray() << ErrorCode::Unauthorised;
        QTest::newRow("no such subject") << 404 << QByteArray(R"({"error_code":40401,"message":"canary-secret-4711"})")
                                         << ErrorCode::NotFound;
        QTest::newRow("another kind of server") << 404 << QByteArray("<html>") << ErrorCode::InvalidConfig;
        QTest::newRow("a redirection") << 301 << QByteArray() << ErrorCode::InvalidConfig;
        QTest::newRow("a faulty registry")
            << 500 << QByteArray(R"({"error_code":50001,"message":"canary-secret-4711"})") << ErrorCode::Unreachable;
        QTest::newRow("no JSON") << 200 << QByteArray("canary-secret-4711") << ErrorCode::Corrupt;
        QTest::newRow("no schema in it") << 200 << QByteArray(R"({"id":1,"version":1})") << ErrorCode::Corrupt;
        QTest::newRow("a schema that is no text")
            << 200 << QByteArray(R"({"id":1,"version":1,"schema":{}})") << ErrorCode::Corrupt;
        QTest::newRow("a version that is none")
            << 200 << QByteArray(R"({"id":1,"version":-7,"schema":"\u0022int\u0022"})") << ErrorCode::Corrupt;
        QTest::newRow("an unheard language")
            << 200 << QByteArray(R"({"id":1,"version":1,"schema":"x","schemaType":"THRIFT"})")
            << ErrorCode::Unsupported;
        QTest::newRow("a reference that is none")
            << 200 << QByteArray(R"({"id":1,"version":1,"schema":"x","references":[{"name":1}]})")
            << ErrorCode::Corrupt;
    }
    void answers()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(ErrorCode, code);
        HttpSink sink([=](const SinkRequest&, int) { return SinkAnswer{.status = status, .body = body}; });
        LocalSecretStore secrets;
        RegistrySettings settings{.name = u"main"_s, .url = sink.url()};
        settings.security.username = u"me"_s;
        settings.security.password = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_REGISTRY_TEST"_s};
        RegistrySource source(settings, secrets);
        const auto schema = source.schema(u"a/b c?d"_s, std::nullopt, {});
        QVERIFY(!schema.has_value());
        QCOMPARE(schema.error().code, code);
        QVERIFY2(schema.error().detail.startsWith(u"registry main"_s), qPrintable(schema.error().detail));
        QVERIFY2(!schema.error().detail.contains(QLatin1StringView(canary)), qPrintable(schema.error().detail));
        QCOMPARE(sink.requests()[0].target, QByteArray("/subjects/a%2Fb%20c%3Fd/versions/latest"));
        QCOMPARE(sink.requests()[0].headers.at("authorization"), "Basic " + (QByteArray("me:") + canary).toBase64());
    }

    void aMissingSecretIsSaidBeforeAnythingIsSent()
    {
        HttpSink sink([](const SinkRequest&, int) { return SinkAnswer{}; });
        LocalSecretStore secrets;
        RegistrySettings settings{.name = u"main"_s, .url = sink.url()};
        settings.security.token = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_NOT_SET"_s};
        RegistrySource source(settings, secrets);
        QCOMPARE(source.subjects({}).error().code, ErrorCode::NotFound);
        QVERIFY(sink.requests().empty());
    }

    void aSchemaThatRefersToItselfEnds()
    {
        HttpSink sink([](const SinkRequest&, int) {
            return SinkAnswer{
                .body =
                    R"({"id":1,"version":1,"subject":"a","schema":"{}","schemaType":"JSON","references":[{"name":"b","subject":"a","version":1}]})"};
        });
        LocalSecretStore secrets;
        RegistrySource source({.name = u"main"_s, .url = sink.url()}, secrets);
        const auto schema = source.schema(u"a"_s, 1, {});
        QVERIFY(schema.has_value());
        const auto whole = withImports(source, *schema, u"x"_s, {});
        QVERIFY(whole.has_value());
        QCOMPARE(whole->imports.size(), std::size_t{1});
    }

    void aChainOfReferencesEnds()
    {
        HttpSink sink([](const SinkRequest&, int number) {
            QByteArray body =
                R"({"id":1,"version":1,"subject":"a","schema":"{}","schemaType":"JSON","references":[{"name":"n0","subject":"s0","version":1}]})";
            return SinkAnswer{.body = body.replace("0\"", QByteArray::number(number) + '"')};
        });
        LocalSecretStore secrets;
        RegistrySource source({.name = u"main"_s, .url = sink.url()}, secrets);
        const auto schema = source.schema(u"a"_s, 1, {});
        QVERIFY(schema.has_value());
        QCOMPARE(withImports(source, *schema, u"x"_s, {}).error().code, ErrorCode::Unsupported);
    }

    void whatIsNotThereIsNotAskedForTwice()
    {
        HttpSink sink([](const SinkRequest&, int) {
            return SinkAnswer{.status = 404, .body = R"({"error_code":40403,"message":"none"})"};
        });
        LocalSecretStore secrets;
        RegistrySource source({.name = u"main"_s, .url = sink.url()}, secrets);
        const RegistryShelf shelf(source, {});
        for (int i = 0; i < 5; ++i)
            QCOMPARE(shelf.find({.kind = WireFormat::Kind::ConfluentId, .id = u"7"_s}).error().code,
                     ErrorCode::NotFound);
        QCOMPARE(sink.requests().size(), std::size_t{1});
    }

    void wireFormats_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<Headers>("headers");
        QTest::addColumn<QString>("text");
        QTest::newRow("four bytes") << QByteArray("\0\0\0\0\x2ax", 6) << Headers() << u"Confluent schema id 42"_s;
        QTest::newRow("eight bytes") << QByteArray("\0\0\0\0\0\0\0\0\x2ax", 10) << Headers()
                                     << u"Apicurio schema id 42 of eight bytes"_s;
        QTest::newRow("four zeros and too little")
            << QByteArray("\0\0\0\0\0\0", 6) << Headers() << u"Confluent schema id 0"_s;
        QTest::newRow("content id") << QByteArray("x")
                                    << Headers{{"apicurio.value.contentId", QByteArray("\0\0\0\0\0\0\0\7", 8)}}
                                    << u"Apicurio content id 7"_s;
        QTest::newRow("global id") << QByteArray("x")
                                   << Headers{{"apicurio.value.globalId", QByteArray("\0\0\0\0\0\0\0\7", 8)}}
                                   << u"Apicurio global id 7"_s;
        QTest::newRow("a header of the wrong size")
            << QByteArray("x") << Headers{{"apicurio.value.globalId", "7"}} << QString();
    }
    void wireFormats()
    {
        QFETCH(QByteArray, value);
        QFETCH(Headers, headers);
        QFETCH(QString, text);
        QCOMPARE(wireFormatText(wireFormatOf(value, headers)), text);
    }

    void sameMeaning_data()
    {
        QTest::addColumn<SchemaLanguage>("language");
        QTest::addColumn<QByteArray>("a");
        QTest::addColumn<QByteArray>("b");
        QTest::addColumn<bool>("isSame");
        const auto avro = SchemaLanguage::Avro;
        const auto json = SchemaLanguage::JsonSchema;
        const auto proto = SchemaLanguage::Protobuf;
        const auto row = [](const char* name, SchemaLanguage language, const char* a, const char* b, bool isSame) {
            QTest::newRow(name) << language << QByteArray(a) << QByteArray(b) << isSame;
        };
        row("order and white space", json, R"({"a":1,"b":[1,2]})", "{ \"b\" : [1, 2],\n\"a\":1 }", true);
        row("order of a list", json, R"({"b":[1,2]})", R"({"b":[2,1]})", false);
        row("escapes", json, R"({"a":"\u00e9"})", "{\"a\":\"é\"}", true);
        row("a string of an int type is no type in JSON Schema", json, R"({"x":{"type":"string"}})",
            R"({"x":"string"})", false);
        row("the long form of a type", avro, R"({"type":"string"})", "\"string\"", true);
        row("a bare type", avro, "string", "\"string\"", true);
        row("name with its space", avro, R"({"type":"fixed","name":"a.B","size":4})",
            R"({"type":"fixed","size":4,"namespace":"a","name":"B"})", true);
        row("a type named from within its space", avro,
            R"({"type":"record","name":"a.B","fields":[{"name":"next","type":["null","B"]}]})",
            R"({"type":"record","name":"a.B","fields":[{"name":"next","type":["null","a.B"]}]})", true);
        row("a default that looks like a type", avro,
            R"({"type":"record","name":"a.B","fields":[{"name":"n","type":"string","default":"B"}]})",
            R"({"type":"record","name":"a.B","fields":[{"name":"n","type":"string","default":"a.B"}]})", false);
        row("a changed default", avro,
            R"({"type":"record","name":"B","fields":[{"name":"n","type":"int","default":1}]})",
            R"({"type":"record","name":"B","fields":[{"name":"n","type":"int","default":2}]})", false);
        row("comments", proto, "message A { // one\n  int32 a = 1; /* two */ }", "message A{int32 a=1;}", true);
        row("a slash in a string", proto, "option x = \"//a\";", "option x = \"\";", false);
        row("words that must not run together", proto, "optional int32 a = 1;", "optionalint32 a = 1;", false);
        row("another number", proto, "message A{int32 a=1;}", "message A{int32 a=2;}", false);
    }
    void sameMeaning()
    {
        QFETCH(SchemaLanguage, language);
        QFETCH(QByteArray, a);
        QFETCH(QByteArray, b);
        QFETCH(bool, isSame);
        const auto left = canonicalSchemaText(language, a);
        const auto right = canonicalSchemaText(language, b);
        QVERIFY(left && right);
        QCOMPARE(*left == *right, isSame);
    }
};

QTEST_GUILESS_MAIN(TestRegistrySource)
#include "tst_registrysource.moc"
