// SPDX-License-Identifier: GPL-3.0-or-later
// Registries from outside: one that `schema serve` makes of a folder is browsed, checked and compared by another
// workspace, and a dead letter on a real broker whose schema only the registry knows is shown decoded.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class CtlRegistryTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_served.write(u"schemas/order.created.v1.avsc"_s, order);
        m_served.write(u"schemas/_ids/4711.avsc"_s, order);
        m_served.write(u"schemas/user.left.v3.json"_s, R"({"type":"object"})");
        m_server = m_served.start({u"schema"_s, u"serve"_s, m_served.path(u"schemas"_s), u"--json"_s});
        const QJsonObject said = QJsonDocument::fromJson(m_server->readLine()).object();
        QCOMPARE(said[u"subjects"].toInt(), 2);
        m_url = said[u"url"].toString();
        QVERIFY(m_url.startsWith(u"http://127.0.0.1:"_s));
    }

    void itIsBrowsedCheckedAndCompared()
    {
        Scene scene;
        scene.write(u"schemas/order.created.v1.avsc"_s, order);
        scene.write(u"schemas/order.created.v2.avsc"_s, R"("string")");
        scene.write(u"spillway.yaml"_s, workspace(m_url, {}));
        const CtlOutput listed = scene.ctl({u"schema"_s, u"registry"_s, u"list"_s, u"--json"_s});
        EXPECT_EXIT(listed, 0);
        QCOMPARE(listed.rows().size(), std::size_t{2});
        QCOMPARE(listed.rows()[0][u"subject"].toString(), u"order.created"_s);
        QCOMPARE(listed.rows()[0][u"id"].toInt(), 4711);
        QCOMPARE(listed.rows()[1][u"versions"].toArray(), QJsonArray{3});
        const CtlOutput shown = scene.ctl({u"schema"_s, u"registry"_s, u"show"_s, u"--id"_s, u"4711"_s});
        EXPECT_EXIT(shown, 0);
        QCOMPARE(shown.out.trimmed(), QByteArray(order));
        EXPECT_EXIT(scene.ctl({u"schema"_s, u"registry"_s, u"show"_s, u"nope"_s}), 2);
        EXPECT_EXIT(scene.ctl({u"schema"_s, u"registry"_s, u"show"_s}), 2);
        EXPECT_EXIT(scene.ctl({u"schema"_s, u"registry"_s, u"list"_s, u"--registry"_s, u"other"_s}), 2);
        const CtlOutput compared = scene.ctl({u"schema"_s, u"registry"_s, u"compare"_s, u"--json"_s});
        EXPECT_EXIT(compared, 1);
        QStringList states;
        for (const QJsonObject& row : compared.rows())
            states += row[u"state"].toString();
        QCOMPARE(states, (QStringList{u"same"_s, u"onlyInFolder"_s, u"noEvent"_s}));
        const CtlOutput checked = scene.ctl({u"check"_s, u"--json"_s});
        EXPECT_EXIT(checked, 0);
        QCOMPARE(checked.rows().back()[u"registry"].toString(), u"main"_s);
        QCOMPARE(checked.rows().back()[u"ok"].toBool(), true);
    }

    void aRegistryThatIsGoneIsNamed()
    {
        Scene scene;
        scene.write(u"schemas/order.created.v1.avsc"_s, order);
        scene.write(u"spillway.yaml"_s, workspace(u"http://"_s + deadAddress(), {}));
        for (const QStringList& command :
             {QStringList{u"schema"_s, u"registry"_s, u"list"_s, u"--json"_s}, QStringList{u"check"_s},
              QStringList{u"schema"_s, u"registry"_s, u"compare"_s}}) {
            const CtlOutput output = scene.ctl(command);
            EXPECT_EXIT(output, 3);
            EXPECT((output.out + output.err).contains("registry main"), output.told());
        }
    }

    void aLetterIsDecodedByTheRegistry()
    {
        const Peer& kafka = Peers::kafka411();
        const QString topic = uniqueName(u"orders"_s) + u".DLT"_s;
        kafka.createTopic(topic, 1);
        ForeignProducer producer(kafka.bootstrap());
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        // Confluent's prefix with id 4711, then "o-1" and 1250 as Avro writes them.
        const QByteArray payload = QByteArray("\0\0\0\x12\x67", 5) + QByteArray("\x06o-1\xc4\x13");
        producer.send(topic, {.key = "k",
                              .value = payload,
                              .headers = springHeaders({.topic = "orders", .timestampMs = now, .group = "payments"}),
                              .timestampMs = now});
        producer.flush();
        const QByteArray letters =
            "connections:\n  - name: orders\n    bootstrap_servers: " + kafka.bootstrap().toUtf8() +
            "\n    groups: { include: [ nobody ] }\n    dead_letters: [ { topic: " + topic.toUtf8() + " } ]\n";
        Scene scene;
        scene.write(u"spillway.yaml"_s, workspace(m_url, letters, false));
        EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
        const CtlOutput listed = scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s});
        QCOMPARE(listed.lines().size(), std::size_t{1});
        const QString id = listed.lines()[0][u"id"].toString();
        const CtlOutput shown = scene.ctl({u"dlq"_s, u"show"_s, id});
        EXPECT_EXIT(shown, 0);
        EXPECT(shown.out.contains(R"("order_id")") && shown.out.contains("1250"), shown.told());
        EXPECT(shown.out.contains("registry main, schema id 4711"), shown.told());
        // Once asked for, it serves on without the registry.
        m_server->signal(SIGTERM);
        EXPECT_EXIT(m_server->wait(), 0);
        EXPECT(scene.ctl({u"dlq"_s, u"show"_s, id}).out.contains("1250"), "the cache does not serve");
        QCOMPARE(scene.ctl({u"dlq"_s, u"show"_s, id, u"--raw"_s}).out, payload);
    }

private:
    static constexpr auto order =
        R"({"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"},{"name":"amount_cents","type":"long"}]})";

    static QByteArray workspace(const QString& url, const QByteArray& more, bool hasSchemas = true)
    {
        return "version: 1\nname: reg\nenvironment: development\nregistries:\n  - { name: main, url: \"" +
               url.toUtf8() + "\" }\n" + (hasSchemas ? "schemas: schemas/\n" : "") + more;
    }

    Scene m_served;
    std::unique_ptr<RunningCtl> m_server;
    QString m_url;
};

CTL_TEST_MAIN(CtlRegistryTest)
#include "tst_ctl_registry.moc"
