// SPDX-License-Identifier: GPL-3.0-or-later
// Teams told of alerts by themselves, from outside: once, whoever looks how often, and whenever spillwayctl is killed.
#include "tests/app/ctl/ctl.h"
#include "tests/support/httpsink.h"

#include <QDateTime>
#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

#include <atomic>
#include <csignal>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

/// A broker that nobody answers for, and a processing log in which pay-team's service breaks its promise. Its name is
/// an address that masking hides.
void writeWorkspace(Scene& scene, const QByteArray& alerts, const QString& hub, const QString& slack)
{
    for (const auto& name : {u"http_proxy"_s, u"https_proxy"_s, u"all_proxy"_s, u"no_proxy"_s})
        scene.setEnvironment(name, QString());
    scene.setEnvironment(u"SLACK_HOOK"_s, slack);
    QByteArray text = workspaceText(
        {{.name = u"ailing"_s, .bootstrap = deadAddress(), .more = {u"processing_log: { file: log.jsonl }"_s}}},
        u"production"_s, {u"ownership: ownership.yaml"_s});
    text += alerts;
    text += "notify:\n  - { name: hub, kind: webhook, url: '" + hub.toUtf8() + "', teams: [pay-team, order-team] }\n" +
            "  - { name: payments, kind: slack, url: { env: SLACK_HOOK }, channels: ['#pay'] }\n";
    scene.write(u"spillway.yaml"_s, text);
    scene.write(u"ownership.yaml"_s,
                "events:\n  order.created:\n    producer: { team: order-team, service: orders }\n    consumers:\n"
                "      - { team: pay-team, service: ann@example.com, slack_channel: '#pay', slo_processing_time_ms: "
                "500 }\n"
                "      - { team: ship-team, service: shipping, slo_processing_time_ms: 500 }\n");
    const QByteArray now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toUtf8();
    QByteArray log;
    for (int i = 0; i < 40; ++i)
        log += R"({"consumer_service":"ann@example.com","event_type":"order.created","status":"failed",)"
               R"("processing_latency_ms":20,"processed_at":")" +
               now + "\"}\n";
    scene.write(u"log.jsonl"_s, log);
}

const QByteArray asked = "alerts: { notify: { severity: warning, pace: 5m } }\n";
const QStringList collect{u"collect"_s, u"--once"_s};

QJsonObject alertOf(const Scene& scene, const QString& rule)
{
    for (const QJsonObject& alert : scene.ctl({u"alerts"_s, u"--json"_s}).rows()) {
        if (alert[u"rule"_s] == rule)
            return alert;
    }
    return {};
}

/// How often each message came, by its id.
std::map<QByteArray, int> counts(const HttpSink& sink)
{
    std::map<QByteArray, int> all;
    for (const SinkRequest& request : sink.requests())
        ++all[request.headers.at("idempotency-key")];
    return all;
}

SinkAnswer yes(const SinkRequest& /*request*/, int /*number*/)
{
    return {};
}

} // namespace

class CtlTellingTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nobodyIsToldUnasked();
    void toldOnce();
    void notWhatSomebodyLooksAfter();
    void whatCouldNotBeToldIsSaid();
    void killedWhileTheTargetAnswers();
    void killedAtAnyInstant();
};

void CtlTellingTest::nobodyIsToldUnasked()
{
    HttpSink hub(yes), slack(yes);
    Scene scene;
    writeWorkspace(scene, {}, hub.url(), slack.url());
    EXPECT_EXIT(scene.ctl(collect), 3);
    QVERIFY(hub.requests().empty() && slack.requests().empty());
    const QJsonObject alert = alertOf(scene, u"promiseBroken"_s);
    QVERIFY(alert[u"notified"_s].isNull() && alert[u"told"_s].isNull());
    // What would be sent can be seen.
    const CtlOutput preview = scene.ctl({u"notify"_s, u"preview"_s, u"alerts"_s, u"--json"_s});
    EXPECT_EXIT(preview, 0);
    QCOMPARE(preview.object()[u"messages"_s].toArray().size(), 2);
    QCOMPARE(preview.object()[u"messages"_s][0][u"team"_s].toString(), u"pay-team"_s);
    EXPECT(!preview.out.contains("ann@example.com"), preview.told());
    EXPECT_EXIT(scene.ctl({u"notify"_s, u"send"_s, u"alerts"_s}), 2);
    QVERIFY(hub.requests().empty() && slack.requests().empty());
}

void CtlTellingTest::toldOnce()
{
    HttpSink hub(yes), slack(yes);
    Scene scene;
    writeWorkspace(scene, asked, hub.url(), slack.url());
    const CtlOutput first = scene.ctl(collect);
    EXPECT_EXIT(first, 3);
    QCOMPARE(hub.requests().size(), 1U);
    QCOMPARE(slack.requests().size(), 1U);
    const QJsonObject body = QJsonDocument::fromJson(hub.requests()[0].body).object();
    QCOMPARE(body[u"type"_s].toString(), u"alerts"_s);
    QCOMPARE(body[u"team"_s].toString(), u"pay-team"_s);
    QCOMPARE(body[u"channels"_s][0].toString(), u"#pay"_s);
    const QJsonObject told = body[u"facts"_s][u"alerts"_s][0].toObject();
    const QJsonObject alert = alertOf(scene, u"promiseBroken"_s);
    QCOMPARE(told[u"id"_s], alert[u"id"_s]);
    QCOMPARE(told[u"stage"_s].toString(), u"opened"_s);
    QCOMPARE(told[u"severity"_s], alert[u"severity"_s]);
    EXPECT(isUtcTime(alert[u"notified"_s]), QJsonDocument(alert).toJson());
    QCOMPARE(alert[u"told"_s][u"state"_s].toString(), u"delivered"_s);
    // What masking hides on the screen never leaves.
    for (const HttpSink* sink : {&hub, &slack})
        QVERIFY(!sink->requests()[0].body.contains("ann@example.com"));
    QVERIFY(alertOf(scene, u"promiseUnknown"_s)[u"told"_s].isNull()); // less severe than asked for

    for (int again = 0; again < 2; ++again)
        EXPECT_EXIT(scene.ctl(collect), 3);
    QCOMPARE(hub.requests().size() + slack.requests().size(), 2U);
    QCOMPARE(alertOf(scene, u"promiseBroken"_s)[u"notified"_s], alert[u"notified"_s]);
    QCOMPARE(scene.ctl({u"notify"_s, u"status"_s, u"--json"_s}).array().size(), 2);
    EXPECT_EXIT(scene.ctl({u"audit"_s, u"verify"_s}), 0);
    EXPECT_EXIT(scene.ctl({u"store"_s, u"check"_s}), 0);
}

void CtlTellingTest::notWhatSomebodyLooksAfter()
{
    HttpSink hub(yes), slack(yes);
    Scene scene;
    writeWorkspace(scene, {}, hub.url(), slack.url());
    EXPECT_EXIT(scene.ctl(collect), 3);
    const QString id = alertOf(scene, u"promiseBroken"_s)[u"id"_s].toString();
    const CtlOutput acked = scene.ctl({u"alerts"_s, u"ack"_s, id, u"--reason"_s, u"mine"_s, u"--json"_s});
    EXPECT_EXIT(acked, 0);
    writeWorkspace(scene, asked, hub.url(), slack.url());
    EXPECT_EXIT(scene.ctl(collect), 3);
    QVERIFY(hub.requests().empty() && slack.requests().empty());
    const QString seq = QString::number(*integer(acked.object()[u"seq"_s]));
    EXPECT_EXIT(scene.ctl({u"alerts"_s, u"undo"_s, seq, u"--reason"_s, u"not mine"_s}), 0);
    EXPECT_EXIT(scene.ctl(collect), 3);
    QCOMPARE(hub.requests().size(), 1U);
}

void CtlTellingTest::whatCouldNotBeToldIsSaid()
{
    HttpSink hub(yes);
    HttpSink slack([](const SinkRequest&, int) { return SinkAnswer{.status = 404, .body = "no_service"}; });
    Scene scene;
    writeWorkspace(scene, "alerts: { notify: { severity: info } }\n", hub.url(), slack.url());
    EXPECT_EXIT(scene.ctl(collect), 3);
    const QJsonObject alert = alertOf(scene, u"promiseBroken"_s);
    QCOMPARE(alert[u"told"_s][u"state"_s].toString(), u"failed"_s);
    EXPECT(!alert[u"told"_s][u"detail"_s].toString().isEmpty(), QJsonDocument(alert).toJson());
    EXPECT(isUtcTime(alert[u"notified"_s]), "the hub took it");
    const CtlOutput text = scene.ctl({u"alerts"_s});
    EXPECT(text.out.contains("could not be told") && text.out.contains("notify status"), text.told());
    // No target is for ship-team: told nobody, and that is said.
    const QJsonObject unreached = alertOf(scene, u"promiseUnknown"_s);
    QCOMPARE(unreached[u"told"_s][u"state"_s].toString(), u"unreached"_s);
    QVERIFY(unreached[u"notified"_s].isNull());
}

void CtlTellingTest::killedWhileTheTargetAnswers()
{
    std::atomic<qint64> hubVictim = 0, slackVictim = 0;
    const auto killThen = [](std::atomic<qint64>& victim) {
        return [&victim](const SinkRequest&, int) {
            // Between the post and its record: the plug is pulled before anybody is answered.
            if (const qint64 pid = victim.exchange(0); pid > 0)
                ::kill(static_cast<pid_t>(pid), SIGKILL);
            return SinkAnswer{};
        };
    };
    HttpSink hub(killThen(hubVictim)), slack(killThen(slackVictim));
    Scene scene;
    writeWorkspace(scene, asked, hub.url(), slack.url());
    for (std::atomic<qint64>* victim : {&hubVictim, &hubVictim, &slackVictim}) {
        const auto running = scene.start(collect);
        *victim = running->pid();
        QCOMPARE(running->wait().exitCode, -1);
    }
    EXPECT_EXIT(scene.ctl(collect), 3);
    QCOMPARE(counts(slack).size(), 1U);
    QCOMPARE(counts(slack).begin()->second, 1);
    QCOMPARE(counts(hub).size(), 1U); // one message, however often it came
    const QJsonObject alert = alertOf(scene, u"promiseBroken"_s);
    QCOMPARE(alert[u"told"_s][u"state"_s].toString(), u"inDoubt"_s); // of Slack
    EXPECT(isUtcTime(alert[u"notified"_s]), "the hub took it");
}

void CtlTellingTest::killedAtAnyInstant()
{
    const auto seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    qInfo("seed %u", seed);
    constexpr int rounds = 4; // the dead broker takes its time
    for (int round = 0; round < rounds; ++round) {
        HttpSink hub(yes), slack(yes);
        Scene scene;
        writeWorkspace(scene, asked, hub.url(), slack.url());
        for (int attempt = 0; attempt < 2; ++attempt) {
            const auto running = scene.start(collect);
            // Around when it looks and tells: the brokers were asked by then.
            QDeadlineTimer moment;
            moment.setPreciseRemainingTime(0, qint64{2'500 + random.bounded(1'200)} * 1'000'000, Qt::PreciseTimer);
            while (!moment.hasExpired() && running->isRunning())
                QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
            (void)running->kill();
        }
        EXPECT_EXIT(scene.ctl(collect), 3);
        QCOMPARE(counts(hub).size(), 1U);
        QCOMPARE(counts(slack).size() <= 1U, true);
        for (const auto& [id, count] : counts(slack))
            QCOMPARE(count, 1);
        const QString state = alertOf(scene, u"promiseBroken"_s)[u"told"_s][u"state"_s].toString();
        EXPECT(state == u"delivered"_s || state == u"inDoubt"_s, state.toUtf8());
        EXPECT_EXIT(scene.ctl({u"audit"_s, u"verify"_s}), 0);
    }
}

CTL_TEST_MAIN(CtlTellingTest)
#include "tst_ctl_telling.moc"
