// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to a server that answers, hangs, hangs up, floods and redirects; certificates that prove something, and
// those that do not.
#include "connectors/http/httpclient.h"
#include "tests/support/httpsink.h"
#include "tests/support/peers.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using test::HttpSink;
using test::SinkAnswer;
using test::SinkRequest;

namespace {

constexpr auto canary = "canary-secret-4711";

/// `openssl s_server` with a certificate of its own; not one line of it is ours.
class TlsServer
{
public:
    explicit TlsServer(const QString& name)
    {
        const auto run = [this](const QStringList& arguments) {
            m_process.setWorkingDirectory(m_dir.path());
            QProcess openssl;
            openssl.setWorkingDirectory(m_dir.path());
            openssl.start(u"openssl"_s, arguments);
            return openssl.waitForFinished() && openssl.exitCode() == 0;
        };
        m_isUp = run({u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-keyout"_s, u"key.pem"_s,
                      u"-out"_s, u"cert.pem"_s, u"-days"_s, u"2"_s, u"-subj"_s, u"/CN=spillway test"_s, u"-addext"_s,
                      u"subjectAltName="_s + name});
        m_process.start(u"openssl"_s, {u"s_server"_s, u"-accept"_s, u"127.0.0.1:0"_s, u"-cert"_s, u"cert.pem"_s,
                                       u"-key"_s, u"key.pem"_s, u"-www"_s});
        while (m_isUp && m_port.isEmpty() && m_process.waitForReadyRead(20'000)) {
            while (m_process.canReadLine()) {
                const QByteArray line = m_process.readLine().trimmed();
                if (line.startsWith("ACCEPT"))
                    m_port = QString::fromUtf8(line.sliced(line.lastIndexOf(':') + 1));
            }
        }
    }
    ~TlsServer()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    [[nodiscard]] bool isUp() const { return m_isUp && !m_port.isEmpty(); }
    [[nodiscard]] QByteArray url() const { return u"https://127.0.0.1:%1/"_s.arg(m_port).toUtf8(); }
    [[nodiscard]] QString certificate() const { return m_dir.filePath(u"cert.pem"_s); }

private:
    QTemporaryDir m_dir;
    QProcess m_process;
    QString m_port;
    bool m_isUp = false;
};

HttpRequest get(const QString& url)
{
    HttpRequest request;
    request.url = url.toUtf8();
    return request;
}

} // namespace

class TestHttpClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"})
            qunsetenv(name);
    }

    void aRequestAndItsAnswer()
    {
        HttpSink sink([](const SinkRequest&, int) {
            return SinkAnswer{.status = 404, .body = "{}", .headers = {"X-One: a", "x-one: b"}};
        });
        HttpClient client(u"registry main"_s, {.username = u"me"_s, .password = Secret("pw:1")});
        HttpRequest request = get(sink.url(u"/a%2Fb?c=d"_s));
        request.method = "POST";
        request.headers = {{"Content-Type", "application/json"}};
        request.body = R"({"a":1})";
        const auto answer = client.send(request, {});
        QVERIFY(answer.has_value());
        QCOMPARE(answer->status, 404);
        QCOMPARE(answer->body, QByteArray("{}"));
        QCOMPARE(answer->header("x-one"), std::optional(QByteArray("b")));
        QCOMPARE(answer->header("x-two"), std::nullopt);
        const auto requests = sink.requests();
        QCOMPARE(requests.size(), std::size_t{1});
        QCOMPARE(requests[0].method, QByteArray("POST"));
        QCOMPARE(requests[0].target, QByteArray("/a%2Fb?c=d"));
        QCOMPARE(requests[0].body, request.body);
        QCOMPARE(requests[0].headers.at("content-type"), QByteArray("application/json"));
        QCOMPARE(requests[0].headers.at("authorization"), "Basic " + QByteArray("me:pw:1").toBase64());
    }

    void aTokenGoesAsBearer()
    {
        HttpSink sink([](const SinkRequest&, int) { return SinkAnswer{}; });
        HttpClient client(u"registry main"_s, {.token = Secret(canary)});
        QVERIFY(client.send(get(sink.url()), {}).has_value());
        QCOMPARE(sink.requests()[0].headers.at("authorization"), QByteArray("Bearer ") + canary);
    }

    void redirectionsAreAnswers()
    {
        HttpSink other([](const SinkRequest&, int) { return SinkAnswer{}; });
        HttpSink sink([&](const SinkRequest&, int) {
            return SinkAnswer{.status = 302, .headers = {"Location: " + other.url().toUtf8()}};
        });
        HttpClient client(u"registry main"_s, {.token = Secret(canary)});
        const auto answer = client.send(get(sink.url()), {});
        QVERIFY(answer.has_value());
        QCOMPARE(answer->status, 302);
        QCOMPARE(other.requests().size(), std::size_t{0});
    }

    void failures_data()
    {
        QTest::addColumn<int>("way");
        QTest::addColumn<qsizetype>("answerSize");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<bool>("mayHaveArrived");
        QTest::newRow("a server that says nothing") << 1 << qsizetype{0} << ErrorCode::TimedOut << true;
        QTest::newRow("a server that hangs up") << 2 << qsizetype{0} << ErrorCode::Unreachable << true;
        QTest::newRow("an answer over the cap") << 0 << qsizetype{2'000'000} << ErrorCode::Unsupported << true;
        QTest::newRow("nobody there") << -1 << qsizetype{0} << ErrorCode::Unreachable << false;
        QTest::newRow("a cloud's metadata") << -2 << qsizetype{0} << ErrorCode::InvalidConfig << false;
        QTest::newRow("another scheme") << -3 << qsizetype{0} << ErrorCode::InvalidConfig << false;
    }
    void failures()
    {
        QFETCH(int, way);
        QFETCH(qsizetype, answerSize);
        QFETCH(ErrorCode, code);
        QFETCH(bool, mayHaveArrived);
        QString url;
        std::unique_ptr<HttpSink> sink = std::make_unique<HttpSink>([=](const SinkRequest&, int) {
            return SinkAnswer{.body = QByteArray(answerSize, 'x'),
                              .way = static_cast<SinkAnswer::Way>(std::max(way, 0))};
        });
        const QString path = u"/%1?key=%1"_s.arg(QLatin1StringView(canary));
        url = sink->url(path);
        if (way == -1)
            sink.reset(); // its port is free again
        if (way == -2)
            url = u"http://169.254.169.254"_s + path;
        if (way == -3)
            url = u"file:///etc/passwd"_s;
        HttpClient client(u"target hub"_s, {.token = Secret(canary)});
        HttpRequest request = get(url);
        request.timeout = Millis{400};
        request.largestAnswer = 1'000'000;
        const auto answer = client.send(request, {});
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().error.code, code);
        QCOMPARE(answer.error().mayHaveArrived, mayHaveArrived);
        const QString& said = answer.error().error.detail;
        QVERIFY2(said.contains(u"target hub"_s), qPrintable(said));
        QVERIFY2(!said.contains(QLatin1StringView(canary)), qPrintable(said));
    }

    void aStopIsHeardWhileTheServerHangs()
    {
        HttpSink sink([](const SinkRequest&, int) { return SinkAnswer{.way = SinkAnswer::Way::Hang}; });
        HttpClient client(u"registry main"_s, {});
        HttpRequest request = get(sink.url());
        request.timeout = Millis{3'600'000}; // an hour: only the stop ends this
        std::stop_source stop;
        const std::jthread stopper([&] {
            while (sink.requests().empty())
                std::this_thread::yield();
            stop.request_stop();
        });
        const auto answer = client.send(request, stop.get_token());
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().error.code, ErrorCode::Cancelled);
        QVERIFY(answer.error().mayHaveArrived);
    }

    void aConnectionIsUsedAgain()
    {
        HttpSink sink([](const SinkRequest&, int number) { return SinkAnswer{.body = QByteArray::number(number)}; });
        HttpClient client(u"registry main"_s, {});
        for (int i = 1; i <= 20; ++i) {
            const auto answer = client.send(get(sink.url()), {});
            QVERIFY(answer.has_value());
            QCOMPARE(answer->body, QByteArray::number(i));
        }
    }

    void theProxyOfTheEnvironmentIsUsed()
    {
        HttpSink proxy([](const SinkRequest&, int) { return SinkAnswer{.body = "by proxy"}; });
        qputenv("http_proxy", proxy.url().toUtf8());
        HttpClient client(u"registry main"_s, {});
        const auto answer = client.send(get(u"http://registry.example.invalid/subjects"_s), {});
        qputenv("no_proxy", "127.0.0.1");
        HttpSink direct([](const SinkRequest&, int) { return SinkAnswer{.body = "direct"}; });
        const auto other = client.send(get(direct.url()), {});
        qunsetenv("http_proxy");
        qunsetenv("no_proxy");
        QVERIFY(answer.has_value());
        QCOMPARE(answer->body, QByteArray("by proxy"));
        QCOMPARE(proxy.requests()[0].target, QByteArray("http://registry.example.invalid/subjects"));
        QVERIFY(other.has_value());
        QCOMPARE(other->body, QByteArray("direct"));
    }

    void certificates_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isCaNamed");
        QTest::addColumn<bool>("isTrusted");
        QTest::newRow("an authority that we name") << u"IP:127.0.0.1"_s << true << true;
        QTest::newRow("an authority nobody knows") << u"IP:127.0.0.1"_s << false << false;
        QTest::newRow("a certificate of another host") << u"DNS:elsewhere.example"_s << true << false;
    }
    void certificates()
    {
        QFETCH(QString, name);
        QFETCH(bool, isCaNamed);
        QFETCH(bool, isTrusted);
        const TlsServer server(name);
        QVERIFY(server.isUp());
        HttpClient client(u"registry main"_s, {.caFile = isCaNamed ? server.certificate() : QString()});
        HttpRequest request;
        request.url = server.url();
        const auto answer = client.send(request, {});
        QCOMPARE(answer.has_value(), isTrusted);
        if (isTrusted) {
            QCOMPARE(answer->status, 200);
        } else {
            QCOMPARE(answer.error().error.code, ErrorCode::Unreachable);
            QVERIFY(!answer.error().mayHaveArrived);
            QVERIFY(answer.error().error.detail.contains(u"certificate"_s));
        }
    }

    void secretsAreLookedUp()
    {
        qputenv("SPILLWAY_HTTP_TEST", canary);
        LocalSecretStore secrets;
        HttpSecurity security{.username = u"me"_s,
                              .password = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_HTTP_TEST"_s}};
        const auto credentials = resolveCredentials(security, secrets);
        QVERIFY(credentials.has_value());
        QCOMPARE(credentials->password.reveal(), QByteArray(canary));
        security.password->name = u"SPILLWAY_HTTP_TEST_MISSING"_s;
        const auto missing = resolveCredentials(security, secrets);
        QVERIFY(!missing.has_value());
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
