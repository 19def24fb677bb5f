// SPDX-License-Identifier: GPL-3.0-or-later
// Posts to a sink that fails, hangs, hangs up and asks for rest: what they bear, what answers mean, what is never said.
#include "connectors/webhook/webhooknotifier.h"
#include "tests/support/httpsink.h"
#include "tests/support/manualclock.h"
#include "tests/support/peers.h"

#include <QTest>

#include <thread>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using test::HttpSink;
using test::SinkAnswer;
using test::SinkRequest;
using Kind = DeliveryOutcome::Kind;

namespace {

NotifyMessage message()
{
    return {.id = u"00112233445566778899aabbccddeeff"_s, .target = u"hub"_s, .body = R"({"id":"x","ä":1})"};
}

} // namespace

class TestWebhookNotifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"})
            qunsetenv(name);
        qputenv("SPILLWAY_HOOK_SECRET", "canary-signing");
    }

    void aPostBearsItsIdAndSignature()
    {
        HttpSink sink([](const SinkRequest&, int) { return SinkAnswer{.status = 202}; });
        qputenv("SPILLWAY_HOOK_URL", sink.url(u"/services/canary-path"_s).toUtf8());
        NotifyTarget target;
        target.name = u"hub"_s;
        target.secretUrl = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_HOOK_URL"_s};
        target.signingSecret = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_HOOK_SECRET"_s};
        LocalSecretStore secrets;
        test::ManualClock clock(UtcTime(Millis(1'790'000'000'999)));
        WebhookNotifier notifier({target}, secrets, clock);
        const DeliveryOutcome outcome = notifier.deliver(message(), 3, {});
        QCOMPARE(outcome.kind, Kind::Delivered);
        QCOMPARE(outcome.httpStatus, std::optional(202));
        const SinkRequest request = sink.requests().at(0);
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.target, QByteArray("/services/canary-path"));
        QCOMPARE(request.body, message().body);
        QCOMPARE(request.headers.at("content-type"), QByteArray("application/json"));
        QCOMPARE(request.headers.at("idempotency-key"), message().id.toLatin1());
        QCOMPARE(request.headers.at("spillway-message"), message().id.toLatin1());
        QCOMPARE(request.headers.at("spillway-attempt"), QByteArray("3"));
        // Judged by somebody else's HMAC.
        const test::ProcessOutput openssl =
            test::runProcess(u"openssl"_s, {u"dgst"_s, u"-sha256"_s, u"-hmac"_s, u"canary-signing"_s, u"-r"_s},
                             "1790000000." + message().body);
        QCOMPARE(request.headers.at("spillway-signature"), "t=1790000000,v1=" + openssl.out.left(64));
    }

    void answers_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<int>("restSeconds"); // -1: none is asked for
        const auto row = [](const char* name, int status, const char* after, Kind kind, int rest) {
            QTest::newRow(name) << status << QByteArray(after) << kind << rest;
        };
        row("taken", 200, "", Kind::Delivered, -1);
        row("taken, nothing to say", 204, "", Kind::Delivered, -1);
        row("a redirection", 302, "", Kind::Refused, -1);
        row("no such hook", 404, "", Kind::Refused, -1);
        row("a body it does not like", 400, "", Kind::Refused, -1);
        row("too many, with seconds", 429, "Retry-After: 30", Kind::NotSent, 30);
        row("too many, with a date", 429, "Retry-After: Mon, 21 Sep 2026 14:14:20 GMT", Kind::NotSent, 60);
        row("too many, with a date gone by", 429, "Retry-After: Mon, 21 Sep 2015 14:14:20 GMT", Kind::NotSent, 0);
        row("too many, with nonsense", 429, "Retry-After: soon", Kind::NotSent, -1);
        row("too many, with an age", 429, "Retry-After: 999999999999", Kind::NotSent, 86'400);
        row("too many, without a word", 429, "", Kind::NotSent, -1);
        row("too early", 425, "", Kind::NotSent, -1);
        row("it gave up reading", 408, "", Kind::Unknown, -1);
        row("out of order", 500, "", Kind::Unknown, -1);
        row("a proxy that did not understand the answer", 502, "", Kind::Unknown, -1);
        row("a proxy that got no answer, and asks for rest", 504, "Retry-After: 7", Kind::Unknown, 7);
        row("being serviced", 503, "Retry-After: 5", Kind::NotSent, 5);
    }
    void answers()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, retryAfter);
        QFETCH(Kind, kind);
        QFETCH(int, restSeconds);
        HttpSink sink([=](const SinkRequest&, int) {
            SinkAnswer answer{.status = status, .body = "canary-body"};
            if (!retryAfter.isEmpty())
                answer.headers.push_back(retryAfter);
            return answer;
        });
        NotifyTarget target;
        target.name = u"hub"_s;
        target.url = sink.url(u"/canary-path"_s);
        LocalSecretStore secrets;
        test::ManualClock clock(parseTime());
        WebhookNotifier notifier({target}, secrets, clock);
        const DeliveryOutcome outcome = notifier.deliver(message(), 1, {});
        QCOMPARE(outcome.kind, kind);
        QCOMPARE(outcome.httpStatus, std::optional(status));
        QCOMPARE(outcome.retryAfter ? outcome.retryAfter->count() / 1'000 : -1, Millis::rep{restSeconds});
        QVERIFY2(!outcome.detail.contains(u"canary"_s), qPrintable(outcome.detail));
    }

    void noAnswer_data()
    {
        QTest::addColumn<int>("way");
        QTest::addColumn<Kind>("kind");
        QTest::newRow("it hangs until we stop") << 1 << Kind::Unknown;
        QTest::newRow("it hangs up") << 2 << Kind::Unknown;
        QTest::newRow("nobody is there") << 3 << Kind::NotSent;
        QTest::newRow("its secret is not there") << 4 << Kind::NotSent;
        QTest::newRow("it left the workspace") << 5 << Kind::NotSent;
    }
    void noAnswer()
    {
        QFETCH(int, way);
        QFETCH(Kind, kind);
        auto sink = std::make_unique<HttpSink>(
            [=](const SinkRequest&, int) { return SinkAnswer{.way = static_cast<SinkAnswer::Way>(way % 3)}; });
        NotifyTarget target;
        target.name = way == 5 ? u"another"_s : u"hub"_s;
        target.url = sink->url(u"/canary-path"_s);
        if (way == 4)
            target.signingSecret = SecretReference{SecretReference::Kind::Environment, u"SPILLWAY_NOT_SET"_s};
        if (way == 3)
            sink.reset();
        LocalSecretStore secrets;
        test::ManualClock clock;
        WebhookNotifier notifier({target}, secrets, clock);
        std::stop_source stop;
        const std::jthread stopper([&](std::stop_token over) {
            while (way == 1 && sink->requests().empty() && !over.stop_requested())
                std::this_thread::yield();
            if (way == 1)
                stop.request_stop();
        });
        const DeliveryOutcome outcome = notifier.deliver(message(), 1, stop.get_token());
        QCOMPARE(outcome.kind, kind);
        QCOMPARE(outcome.httpStatus, std::nullopt);
        QVERIFY(!outcome.detail.isEmpty());
        QVERIFY2(!outcome.detail.contains(u"canary"_s), qPrintable(outcome.detail));
    }

private:
    static UtcTime parseTime() { return UtcTime(Millis(1'790'000'000'000)); } // 2026-09-21 14:13:20 UTC
};

QTEST_GUILESS_MAIN(TestWebhookNotifier)
#include "tst_webhooknotifier.moc"
