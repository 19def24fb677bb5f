// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of schemas through two registry clients from npm, unmodified; and a payload of theirs decoded by its id.
#include "connectors/registry/registrysource.h"
#include "model/schema/payloadjudge.h"
#include "tests/connectors/schemaserver/servedfolder.h"
#include "tests/support/folders.h"
#include "tests/support/peers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TestNpmClients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theyFindEverythingAndChangeNothing()
    {
        const test::ServedFolder folder;
        const auto server = folder.serve();
        const QString url = u"http://127.0.0.1:%1"_s.arg(server->port());
        const test::ProcessOutput npm =
            test::runProcess(test::sourceFile(u"packaging/peers"_s), {u"npm"_s}, {}, 200'000);
        QCOMPARE(npm.exitCode, 0);
        qputenv("NODE_PATH", npm.out.trimmed() + "/node_modules");
        const test::ProcessOutput used =
            test::runProcess(u"node"_s, {test::sourceFile(u"tests/registryclients/use.js"_s), url});
        QVERIFY2(used.exitCode == 0, used.err.constData());
        const QJsonObject said = QJsonDocument::fromJson(used.out).object();

        QCOMPARE(said[u"subjects"].toArray(),
                 QJsonArray::fromStringList({u"address"_s, u"customer.moved"_s, u"order.created"_s, u"payment.made"_s,
                                             u"shipment.sent"_s, u"thing.done"_s}));
        QCOMPARE(said[u"versions"].toArray(), (QJsonArray{1, 2}));
        const int id = said[u"latest"][u"id"].toInt();
        QVERIFY(id > 0);
        QCOMPARE(said[u"latest"][u"version"].toInt(), 2);
        QCOMPARE(said[u"byTopic"].toInt(), id);
        QVERIFY(said[u"bySubjectAndId"].toString().contains(u"gift"_s));
        QCOMPARE(said[u"idOfText"].toInt(), id);
        QCOMPARE(said[u"versionOfText"].toInt(), 2);
        QCOMPARE(said[u"customer"][u"references"][0][u"subject"].toString(), u"address"_s);
        QCOMPARE(said[u"compatibility"][u"status"].toInt(), 501); // nobody judges in this test
        QCOMPARE(said[u"level"][u"value"].toString(), u"BACKWARD"_s);
        for (const auto& write : {u"setLevel"_s, u"remove"_s, u"registerNew"_s}) {
            QCOMPARE(said[write][u"status"].toInt(), 422);
            QCOMPARE(said[write][u"code"].toInt(), 42205);
        }
        QCOMPARE(said[u"registerSame"][u"value"].toInt(), id);

        QCOMPARE(said[u"kafkajsId"].toInt(), id);
        QCOMPARE(said[u"kafkajsVersion"].toInt(), 4711); // the number that the folder says a registry gave it
        QCOMPARE(said[u"decoded"][u"order_id"].toString(), u"o-9"_s);
        QCOMPARE(said[u"kafkajsSame"][u"value"][u"id"].toInt(), id);
        QVERIFY(!said[u"kafkajsNew"].toObject().contains(u"value"));
        QCOMPARE(said[u"json"][u"amount"].toInt(), 3);
        QVERIFY(!said[u"jsonRefused"].toObject().contains(u"value"));

        LocalSecretStore secrets;
        RegistrySource source({.name = u"folder"_s, .url = url}, secrets);
        const PayloadJudge judge(SchemaFolder(), std::make_shared<RegistryShelf>(source, QString()));
        const DecodedPayload payload =
            judge.explain(std::nullopt, {}, QByteArray::fromBase64(said[u"payload"].toString().toLatin1()));
        QCOMPARE(payload.text, std::optional(QByteArray(R"({"order_id":"o-9","amount_cents":5,"gift":true})")));
    }
};

QTEST_GUILESS_MAIN(TestNpmClients)
#include "tst_npmclients.moc"
