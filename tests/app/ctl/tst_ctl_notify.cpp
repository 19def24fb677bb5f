// SPDX-License-Identifier: GPL-3.0-or-later
// Telling teams from outside: seen first, sent once, tried again; and spillwayctl killed at any instant of it.
#include "tests/app/ctl/ctl.h"
#include "tests/support/httpsink.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

#include <csignal>
#include <map>
#include <mutex>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

/// What came to a target, by the message's id.
class Posts
{
public:
    void note(const SinkRequest& request)
    {
        const std::lock_guard lock(m_mutex);
        ++m_counts[request.headers.at("idempotency-key")];
    }
    [[nodiscard]] std::map<QByteArray, int> counts() const
    {
        const std::lock_guard lock(m_mutex);
        return m_counts;
    }
    [[nodiscard]] int most() const
    {
        int most = 0;
        for (const auto& [id, count] : counts())
            most = std::max(most, count);
        return most;
    }

private:
    mutable std::mutex m_mutex; // guards: m_counts
    std::map<QByteArray, int> m_counts;
};

void writeWorkspace(Scene& scene, const QString& hub, const QString& slack)
{
    for (const auto& name : {u"http_proxy"_s, u"https_proxy"_s, u"all_proxy"_s, u"no_proxy"_s})
        scene.setEnvironment(name, QString());
    scene.setEnvironment(u"SLACK_HOOK"_s, slack);
    scene.setEnvironment(u"HUB_SECRET"_s, u"finch-signing"_s);
    scene.write(u"spillway.yaml"_s, "version: 1\nname: told\nenvironment: development\nownership: ownership.yaml\n"
                                    "schemas: schemas/\nnotify:\n"
                                    "  - name: hub\n    kind: webhook\n    url: " +
                                        hub.toUtf8() +
                                        "\n    secret: { env: HUB_SECRET }\n"
                                        "  - name: payments\n    kind: slack\n    url: { env: SLACK_HOOK }\n"
                                        "    channels: [\"#pay\"]\n");
    scene.write(u"ownership.yaml"_s, "events:\n  order.created:\n    producer: { team: order-team, service: orders }\n"
                                     "    consumers:\n"
                                     "      - { team: pay-team, service: billing, slack_channel: \"#pay\" }\n"
                                     "      - { team: ship-team, service: shipping }\n");
    scene.write(u"schemas/order.created.v1.json"_s, R"({"properties":{"a":{}}})");
    scene.write(u"schemas/order.created.v2.json"_s, R"({"properties":{"b":{}}})");
}

QStringList send(const QString& digest)
{
    return {u"notify"_s, u"send"_s, u"schema"_s, u"order.created"_s, u"--digest"_s, digest, u"--json"_s};
}

} // namespace

class CtlNotifyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasSeenIsSentOnce()
    {
        HttpSink hub([](const SinkRequest&, int) { return SinkAnswer{}; });
        HttpSink slack([](const SinkRequest&, int) { return SinkAnswer{.body = "ok"}; });
        Scene scene;
        writeWorkspace(scene, hub.url(u"/hook"_s), slack.url(u"/services/finch-path"_s));
        const CtlOutput seen = scene.ctl({u"notify"_s, u"preview"_s, u"schema"_s, u"order.created"_s, u"--json"_s});
        EXPECT_EXIT(seen, 0);
        const QJsonArray messages = seen.object()[u"messages"].toArray();
        QCOMPARE(messages.size(), 3);
        QVERIFY(hub.requests().empty() && slack.requests().empty());

        const CtlOutput unseen = scene.ctl({u"notify"_s, u"send"_s, u"schema"_s, u"order.created"_s});
        EXPECT_EXIT(unseen, 2);
        QVERIFY(unseen.errorText().contains(u"--digest "_s + seen.object()[u"digest"].toString()));
        EXPECT_EXIT(scene.ctl(send(u"0000000000000000"_s)), 2);
        QVERIFY(hub.requests().empty() && slack.requests().empty());

        const CtlOutput sent = scene.ctl(send(seen.object()[u"digest"].toString()));
        EXPECT_EXIT(sent, 0);
        for (const QJsonObject& row : sent.rows())
            QCOMPARE(row[u"state"].toString(), u"delivered"_s);
        QCOMPARE(hub.requests().size(), std::size_t{2});
        QCOMPARE(slack.requests().size(), std::size_t{1});
        for (const QJsonValue& message : messages) {
            const auto requests = message[u"kind"].toString() == u"slack" ? slack.requests() : hub.requests();
            const bool isThere = std::any_of(requests.begin(), requests.end(), [&](const SinkRequest& request) {
                return QJsonDocument::fromJson(request.body).object() == message[u"body"].toObject() &&
                       request.headers.at("idempotency-key") == message[u"id"].toString().toUtf8();
            });
            QVERIFY(isThere);
        }

        const CtlOutput again = scene.ctl({u"notify"_s, u"preview"_s, u"schema"_s, u"order.created"_s, u"--json"_s});
        QCOMPARE(again.object()[u"messages"][0][u"state"].toString(), u"delivered"_s);
        EXPECT_EXIT(scene.ctl(send(seen.object()[u"digest"].toString())), 0);
        QCOMPARE(hub.requests().size() + slack.requests().size(), std::size_t{3});
        const CtlOutput status = scene.ctl({u"notify"_s, u"status"_s, u"--json"_s});
        QCOMPARE(status.array().size(), 3);
        EXPECT_EXIT(scene.ctl({u"notify"_s, u"retry"_s, messages[0][u"id"].toString()}), 2);
        const CtlOutput verified = scene.ctl({u"audit"_s, u"verify"_s, u"--json"_s});
        EXPECT_EXIT(verified, 0);

        // Neither secret stands in any file or text.
        const QByteArray said = seen.told() + sent.told() + status.told() + unseen.told();
        QVERIFY(!said.contains("finch"));
        for (const auto& name :
             {u"/samples.sqlite"_s, u"/samples.sqlite-wal"_s, u"/ledger.sqlite"_s, u"/ledger.sqlite-wal"_s}) {
            QFile file(scene.state() + name);
            if (file.open(QIODevice::ReadOnly))
                QVERIFY(!file.readAll().contains("finch"));
        }
    }

    void whatDoesNotArriveWaitsAndIsSaid()
    {
        HttpSink hub([](const SinkRequest&, int number) {
            return number == 1 ? SinkAnswer{.status = 429, .headers = {"Retry-After: 3600"}} : SinkAnswer{};
        });
        HttpSink slack([](const SinkRequest&, int) { return SinkAnswer{.status = 404, .body = "no_service"}; });
        Scene scene;
        writeWorkspace(scene, hub.url(), slack.url());
        const QString digest = scene.ctl({u"notify"_s, u"preview"_s, u"schema"_s, u"order.created"_s, u"--json"_s})
                                   .object()[u"digest"]
                                   .toString();
        const CtlOutput sent = scene.ctl(send(digest));
        EXPECT_EXIT(sent, 3);
        QStringList states;
        for (const QJsonObject& row : sent.rows())
            states += row[u"target"].toString() + u' ' + row[u"state"].toString();
        QCOMPARE(states, (QStringList{u"hub queued"_s, u"payments failed"_s, u"hub queued"_s}));
        QCOMPARE(hub.requests().size(), std::size_t{1}); // the second one waits too: the hub asked for rest
        EXPECT_EXIT(scene.ctl(send(digest)), 3);
        QCOMPARE(hub.requests().size(), std::size_t{1});
        QCOMPARE(slack.requests().size(), std::size_t{1});
    }

    void killedWhileTheTargetAnswers()
    {
        Posts hubPosts, slackPosts;
        std::atomic<qint64> hubVictim = 0, slackVictim = 0;
        const auto killThen = [](std::atomic<qint64>& victim, Posts& posts) {
            return [&victim, &posts](const SinkRequest& request, int) {
                posts.note(request);
                // Between the post and its record: the plug is pulled before anybody is answered.
                if (const qint64 pid = victim.exchange(0); pid > 0)
                    ::kill(static_cast<pid_t>(pid), SIGKILL);
                return SinkAnswer{};
            };
        };
        HttpSink hub(killThen(hubVictim, hubPosts));
        HttpSink slack(killThen(slackVictim, slackPosts));
        Scene scene;
        writeWorkspace(scene, hub.url(), slack.url());
        const QString digest = scene.ctl({u"notify"_s, u"preview"_s, u"schema"_s, u"order.created"_s, u"--json"_s})
                                   .object()[u"digest"]
                                   .toString();
        for (std::atomic<qint64>* victim : {&hubVictim, &hubVictim, &slackVictim}) {
            const auto running = scene.start(send(digest));
            *victim = running->pid();
            QCOMPARE(running->wait().exitCode, -1);
        }
        const CtlOutput last = scene.ctl(send(digest));
        EXPECT_EXIT(last, 3);
        QCOMPARE(last.rows().size(), std::size_t{3});
        for (const QJsonObject& row : last.rows())
            QCOMPARE(row[u"state"].toString(), row[u"kind"].toString() == u"slack" ? u"inDoubt"_s : u"delivered"_s);
        QCOMPARE(slackPosts.most(), 1);
        QCOMPARE(slackPosts.counts().size(), std::size_t{1});
        QCOMPARE(hubPosts.counts().size(), std::size_t{2}); // two messages, however often they came
        QCOMPARE(hubPosts.most(), 3);                       // killed twice, then delivered: each time under one id
    }

    void killedAtAnyInstant()
    {
        const auto seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        qInfo("seed %u", seed);
        constexpr int rounds = 12;
        for (int round = 0; round < rounds; ++round) {
            Posts hubPosts, slackPosts;
            HttpSink hub([&](const SinkRequest& request, int) {
                hubPosts.note(request);
                return SinkAnswer{};
            });
            HttpSink slack([&](const SinkRequest& request, int) {
                slackPosts.note(request);
                return SinkAnswer{};
            });
            Scene scene;
            writeWorkspace(scene, hub.url(), slack.url());
            const QString digest = scene.ctl({u"notify"_s, u"preview"_s, u"schema"_s, u"order.created"_s, u"--json"_s})
                                       .object()[u"digest"]
                                       .toString();
            for (int attempt = 0; attempt < 3; ++attempt) {
                const auto running = scene.start(send(digest));
                QDeadlineTimer moment;
                moment.setPreciseRemainingTime(0, qint64{random.bounded(400)} * 1'000'000, Qt::PreciseTimer);
                while (!moment.hasExpired() && running->isRunning())
                    QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
                (void)running->kill();
            }
            const CtlOutput last = scene.ctl(send(digest)); // 3: Slack's is in doubt
            EXPECT(last.exitCode == 0 || last.exitCode == 3, last.told());
            for (const QJsonObject& row : last.rows()) {
                const bool isSlack = row[u"kind"].toString() == u"slack";
                const QString state = row[u"state"].toString();
                EXPECT(state == u"delivered" || (isSlack && state == u"inDoubt"), last.told());
                const auto& counts = isSlack ? slackPosts : hubPosts;
                const auto found = counts.counts();
                const auto count = found.find(row[u"id"].toString().toUtf8());
                if (state == u"delivered")
                    QVERIFY(count != found.end());
            }
            QVERIFY2(slackPosts.most() <= 1, "Slack was told twice");
            QVERIFY(hubPosts.counts().size() == 2);
            EXPECT_EXIT(scene.ctl({u"audit"_s, u"verify"_s}), 0);
        }
    }
};

CTL_TEST_MAIN(CtlNotifyTest)
#include "tst_ctl_notify.moc"
