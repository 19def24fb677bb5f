// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of schemas as a registry: every address, ids that stay, writes that are refused; and the server around it
// against requests that nobody should answer.
#include "connectors/registry/registrysource.h"
#include "model/schema/registrycompare.h"
#include "tests/connectors/schemaserver/servedfolder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

/// JSON with ' for ", as moc loses its way among raw strings.
QByteArray quoted(const char* json)
{
    return QByteArray(json).replace('\'', '"');
}

RegistryRequest request(const QByteArray& line, const QByteArray& body = {})
{
    RegistryRequest made;
    made.method = line.split(' ').value(0);
    const QByteArray target = line.split(' ').value(1);
    made.path = target.split('?').value(0);
    for (const QByteArray& pair : target.split('?').value(1).split('&')) {
        if (!pair.isEmpty())
            made.query[pair.split('=').value(0)] = QByteArray::fromPercentEncoding(pair.split('=').value(1));
    }
    made.body = body;
    return made;
}

QJsonDocument jsonOf(const RegistryAnswer& answer)
{
    return QJsonDocument::fromJson(answer.json);
}

/// What the server says to these bytes, whole.
QByteArray exchange(int port, const QByteArray& bytes)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QByteArray answer;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        for (qsizetype at = 0; at < bytes.size();) {
            const ssize_t sent =
                ::send(socket, bytes.constData() + at, static_cast<size_t>(bytes.size() - at), MSG_NOSIGNAL);
            if (sent <= 0)
                break;
            at += sent;
        }
        char buffer[4096];
        ssize_t read = 0;
        while ((read = ::recv(socket, buffer, sizeof buffer, 0)) > 0)
            answer.append(buffer, read);
    }
    ::close(socket);
    return answer;
}

} // namespace

class TestSchemaServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("json"); // or what it contains, behind ~
        const auto row = [](const char* name, const char* line, int status, const QByteArray& json,
                            const QByteArray& body = {}) {
            QTest::newRow(name) << QByteArray(line) << body << status << json;
        };
        row("the root", "GET /", 200, "{}");
        row("subjects", "GET /subjects", 200,
            quoted("['address','customer.moved','order.created','payment.made','shipment.sent','thing.done']"));
        row("subjects of a prefix", "GET /subjects?subjectPrefix=o", 200, quoted("['order.created']"));
        row("versions are numbers", "GET /subjects/payment.made/versions", 200, "[9,10]");
        row("versions by the topic's name", "GET /subjects/orders-value/versions", 200, "[1,2]");
        row("versions by the event's name with -value", "GET /subjects/order.created-value/versions", 200, "[1,2]");
        row("versions in the default context", "GET /subjects/%3A.%3Aorder.created/versions", 200, "[1,2]");
        row("latest is v10", "GET /subjects/payment.made/versions/latest", 200, "~\"version\":10");
        row("latest is -1 too", "GET /subjects/payment.made/versions/-1", 200, "~\"version\":10");
        row("the subject as it was asked", "GET /subjects/orders-value/versions/1", 200,
            "~\"subject\":\"orders-value\"");
        row("an id that the folder knows", "GET /subjects/order.created/versions/1", 200, "~\"id\":4711,");
        row("Avro bears no type", "GET /schemas/ids/4711", 200, "~{\"schema\":");
        row("where an id stands", "GET /schemas/ids/4711/versions", 200,
            quoted("[{'subject':'order.created','version':1}]"));
        row("subjects of an id", "GET /schemas/ids/4711/subjects", 200, quoted("['order.created']"));
        row("the text alone", "GET /subjects/address/versions/1/schema", 200,
            quoted("{'$schema':'http://json-schema.org/draft-07/schema#','type':'object','required':['city']}"));
        row("the type of a Protobuf schema", "GET /subjects/shipment.sent/versions/1", 200,
            "~\"schemaType\":\"PROTOBUF\"");
        row("what it refers to", "GET /subjects/customer.moved/versions/1", 200,
            quoted("~'references':[{'name':'address.v1.json','subject':'address','version':1}]"));
        row("types", "GET /schemas/types", 200, quoted("['JSON','PROTOBUF','AVRO']"));
        row("the newest of all", "GET /schemas?latestOnly=true&subjectPrefix=payment", 200, "~\"version\":10");
        row("contexts", "GET /contexts", 200, quoted("['.']"));
        row("level", "GET /config", 200, quoted("{'compatibilityLevel':'BACKWARD'}"));
        row("level of a subject", "GET /config/order.created", 200, quoted("{'compatibilityLevel':'BACKWARD'}"));
        row("mode", "GET /mode", 200, quoted("{'mode':'READONLY'}"));
        row("no such subject", "GET /subjects/nope/versions", 404, "~\"error_code\":40401");
        row("a topic of no event", "GET /subjects/nope-value/versions", 404, "~\"error_code\":40401");
        row("no such version", "GET /subjects/order.created/versions/3", 404, "~\"error_code\":40402");
        row("a version that is none", "GET /subjects/order.created/versions/two", 422, "~\"error_code\":42202");
        row("no such id", "GET /schemas/ids/1", 404, "~\"error_code\":40403");
        row("an id that is none", "GET /schemas/ids/..%2F..%2Fetc", 404, "~\"error_code\":40403");
        row("a path out of the folder", "GET /subjects/..%2F..%2Fetc%2Fpasswd/versions/1/schema", 404, "~40401");
        row("no such address", "GET /exporters", 404, "~404");
        row("look-up by meaning", "POST /subjects/order.created", 200, "~\"version\":1,\"id\":4711",
            quoted("{'schema':'{\\u0022name\\u0022:\\u0022acme.orders.OrderCreated\\u0022,\\u0022type\\u0022:"
                   "\\u0022record\\u0022,\\u0022fields\\u0022:[{\\u0022name\\u0022:\\u0022order_id\\u0022,"
                   "\\u0022type\\u0022:{\\u0022type\\u0022:\\u0022string\\u0022}},{\\u0022name\\u0022:\\u0022amount_"
                   "cents\\u0022,\\u0022type\\u0022:\\u0022long\\u0022}]}'}"));
        row("look-up of what is not there", "POST /subjects/order.created", 404, "~40403",
            quoted("{'schema':'\\u0022int\\u0022'}"));
        row("look-up of no schema", "POST /subjects/order.created", 422, "~42201", quoted("{'schema':'{'}"));
        row("registering what is there", "POST /subjects/order.created/versions", 200, quoted("{'id':4711}"),
            quoted("{'schema':'{\\u0022name\\u0022:\\u0022acme.orders.OrderCreated\\u0022,\\u0022type\\u0022:"
                   "\\u0022record\\u0022,\\u0022fields\\u0022:[{\\u0022name\\u0022:\\u0022order_id\\u0022,"
                   "\\u0022type\\u0022:\\u0022string\\u0022},{\\u0022name\\u0022:\\u0022amount_cents\\u0022,"
                   "\\u0022type\\u0022:\\u0022long\\u0022}]}'}"));
        row("registering what is new", "POST /subjects/order.created/versions", 422, "~42205",
            quoted("{'schema':'\\u0022int\\u0022'}"));
        row("registering under a new name", "POST /subjects/new/versions", 422, "~42205",
            quoted("{'schema':'\\u0022int\\u0022'}"));
        row("deleting", "DELETE /subjects/order.created", 422, "~42205");
        row("setting the level", "PUT /config", 422, "~42205", quoted("{'compatibility':'NONE'}"));
        row("setting the mode", "PUT /mode/order.created", 422, "~42205", quoted("{'mode':'READWRITE'}"));
        row("another method", "PATCH /subjects", 405, "~405");
        row("compatibility, when nobody judges", "POST /compatibility/subjects/order.created/versions/latest", 501,
            "~501", quoted("{'schema':'\\u0022int\\u0022'}"));
        row("compatibility of a first version", "POST /compatibility/subjects/new/versions", 200,
            quoted("{'is_compatible':true}"), quoted("{'schema':'\\u0022int\\u0022'}"));
        row("compatibility with a version of nothing", "POST /compatibility/subjects/new/versions/1", 404, "~40401",
            quoted("{'schema':'\\u0022int\\u0022'}"));
    }
    void answers()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, json);
        static const test::ServedFolder folder;
        static const auto registry = folder.registry();
        const RegistryAnswer answer = registry->answer(request(line, body));
        QCOMPARE(answer.status, status);
        if (json.startsWith('~'))
            QVERIFY2(answer.json.contains(json.sliced(1)), answer.json.constData());
        else
            QCOMPARE(answer.json, json);
        QVERIFY2(!jsonOf(answer).isNull(), answer.json.constData());
    }

    void whatDoesNotReadIsNamed()
    {
        const test::ServedFolder folder;
        const auto registry = folder.registry();
        QCOMPARE(registry->issues().size(), std::size_t{1});
        QVERIFY(registry->issues()[0].place.file.endsWith(u"broken/never.read.v1.json"_s));
    }

    void idsStay()
    {
        const test::ServedFolder folder;
        const auto idsOf = [](const FolderRegistry& registry) {
            QMap<QString, qint64> ids;
            for (const QJsonValue& each : jsonOf(registry.answer(request("GET /schemas"))).array())
                ids[each[u"subject"].toString() + u'/' + QString::number(each[u"version"].toInt())] =
                    each[u"id"].toInteger();
            return ids;
        };
        const auto before = idsOf(*folder.registry());
        QCOMPARE(before.size(), 8);
        QCOMPARE(before[u"order.created/1"_s], 4711);
        QCOMPARE(before[u"payment.made/9"_s], before[u"thing.done/1"_s]); // one meaning, one id
        // The same on every machine: a value written down once.
        QCOMPARE(before[u"address/1"_s], qint64{addressId});
        for (int i = 0; i < 200; ++i)
            folder.write(("more/event.number" + QByteArray::number(i) + ".v1.json").constData(),
                         quoted("{'type':'object','maxProperties':") + QByteArray::number(i) + "}");
        const auto after = idsOf(*folder.registry());
        QCOMPARE(after.size(), 208);
        for (auto at = before.begin(); at != before.end(); ++at)
            QCOMPARE(after[at.key()], at.value());
    }

    void whoeverJudgesIsAsked()
    {
        int version = -1;
        const test::ServedFolder folder([&version](const SchemaFolder&, const QString& event, std::optional<int> with,
                                                   SchemaLanguage,
                                                   const QByteArray& text) -> Result<RegistryCompatibility> {
            version = with.value_or(0);
            return RegistryCompatibility{event == u"order.created" && text == "\"int\"", {u"because"_s}};
        });
        const auto registry = folder.registry();
        const QByteArray body = quoted("{'schema':'\\u0022int\\u0022'}");
        QCOMPARE(
            registry->answer(request("POST /compatibility/subjects/orders-value/versions?verbose=true", body)).json,
            (quoted("{'is_compatible':true,'messages':['because']}")));
        QCOMPARE(version, 0);
        QCOMPARE(registry->answer(request("POST /compatibility/subjects/order.created/versions/1", body)).json,
                 (quoted("{'is_compatible':true}")));
        QCOMPARE(version, 1);
    }

    void ourOwnClientAgreesWithTheFolder()
    {
        const test::ServedFolder folder;
        const auto server = folder.serve();
        LocalSecretStore secrets;
        RegistrySource source({.name = u"folder"_s, .url = u"http://127.0.0.1:%1"_s.arg(server->port())}, secrets);
        const auto first = source.schema(u"order.created"_s, 1, {});
        QVERIFY(first.has_value());
        QCOMPARE(first->id, std::optional<std::int64_t>(4711));
        const auto byGuid = source.schemaOf({.kind = WireFormat::Kind::ConfluentGuid, .id = first->guid}, {});
        QVERIFY(byGuid.has_value());
        QCOMPARE(byGuid->text, first->text);
    }

    void strangersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("status");
        const QByteArray end = "\r\nConnection: close\r\n\r\n";
        QTest::newRow("this machine by number")
            << "GET /subjects HTTP/1.1\r\nHost: 127.0.0.1:8081" + end << QByteArray("200");
        QTest::newRow("this machine by name") << "GET /subjects HTTP/1.1\r\nHost: localhost" + end << QByteArray("200");
        QTest::newRow("another name that leads here")
            << "GET /subjects HTTP/1.1\r\nHost: evil.example" + end << QByteArray("403");
        QTest::newRow("a name that begins like this machine")
            << "GET /subjects HTTP/1.1\r\nHost: localhost.evil.example" + end << QByteArray("403");
        QTest::newRow("no name") << QByteArray("GET /subjects HTTP/1.0\r\n\r\n") << QByteArray("403");
        QTest::newRow("a body over the cap")
            << "POST /subjects/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000" + end +
                   QByteArray(3'000'000, ' ')
            << QByteArray("413");
    }
    void strangersAreRefused()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, status);
        static const test::ServedFolder folder;
        static const auto server = folder.serve();
        const QByteArray answer = exchange(server->port(), bytes);
        QCOMPARE(answer.sliced(0, qMin<qsizetype>(answer.size(), 12)).split(' ').value(1), status);
        QVERIFY(!answer.toLower().contains("access-control-allow-origin"));
    }

    void aTakenPortIsSaid()
    {
        const test::ServedFolder folder;
        const auto server = folder.serve();
        const auto other = SchemaServer::start(server->port(), [] { return nullptr; });
        QVERIFY(!other.has_value());
        QCOMPARE(other.error().code, ErrorCode::Conflict);
    }

private:
    static constexpr int addressId = 953270986;
};

QTEST_GUILESS_MAIN(TestSchemaServer)
#include "tst_schemaserver.moc"
