// SPDX-License-Identifier: GPL-3.0-or-later
// What cannot be reached is named, with what to do; the rest goes on; secrets stay secret.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

QByteArray record()
{
    return R"({"consumer_service":"payment-service","event_type":"order.created","status":"success",)"
           R"("processing_latency_ms":12.5,"processed_at":)" +
           QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + "}\n";
}

QString sasl(const QString& user, const QString& password)
{
    return u"security: { protocol: SASL_PLAINTEXT, mechanism: SCRAM-SHA-256, username: %1, password: %2 }"_s.arg(
        user, password);
}

/// A connection that works, to stand beside one that does not.
ConnectionText sound(const QString& log)
{
    return {.name = u"sound"_s,
            .bootstrap = Peers::kafka391().bootstrap(),
            .more = {u"groups: { include: [ sound-group ] }"_s, u"processing_log: { topic: %1 }"_s.arg(log)}};
}

} // namespace

class FailuresTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theRestIsStoredThenThree_data();
    void theRestIsStoredThenThree();
    void theMessagesDiffer();
    void theRightPasswordWorks_data();
    void theRightPasswordWorks();
    void aClientFileIsUnderstood_data();
    void aClientFileIsUnderstood();
    void aSecretThatIsNotThereIsNamed_data();
    void aSecretThatIsNotThereIsNamed();
    void checkSaysWhatIsWell();
    void checkNamesEachMissingRight();
    void checkOfADeadBrokerIsThree();

private:
    CtlOutput collectBeside(const ConnectionText& broken, Scene& scene) const
    {
        scene.write(u"spillway.yaml"_s, workspaceText({broken, sound(m_log)}));
        return scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}, {}, 60'000);
    }
    static ConnectionText broken(const QString& how)
    {
        if (how == u"down"_s)
            return {.name = u"ailing"_s, .bootstrap = deadAddress()};
        if (how == u"password"_s)
            return {.name = u"ailing"_s,
                    .bootstrap = Peers::secured().address(u"sasl"_s),
                    .more = {sasl(u"alice"_s, u"{ env: WRONG_PASSWORD }"_s)}};
        if (how == u"topic"_s)
            return {.name = u"ailing"_s,
                    .bootstrap = Peers::kafka411().bootstrap(),
                    .more = {u"groups: { include: [ nobody ] }"_s, u"processing_log: { topic: not-there-at-all }"_s}};
        if (how == u"certificate"_s)
            return {.name = u"ailing"_s,
                    .bootstrap = Peers::secured().address(u"tls"_s),
                    .more = {u"security: { protocol: SSL, ca: %1 }"_s.arg(Peers::secured().strangerCaFile())}};
        return {.name = u"ailing"_s,
                .bootstrap = Peers::secured().address(u"sasl"_s),
                .more = {sasl(u"dave"_s, u"{ env: DAVES_PASSWORD }"_s), u"processing_log: { topic: forbidden-log }"_s}};
    }
    QString m_log;
};

void FailuresTest::initTestCase()
{
    m_log = Peers::kafka391().newTopic(u"sound-log"_s);
    (void)Peers::kafka391().kcat({u"-P"_s, u"-t"_s, m_log}, record().repeated(3));
    commitOffset(Peers::kafka391().bootstrap(), u"sound-group"_s, m_log, 0, 1);
    if (watermarks(Peers::kafka391().bootstrap(), m_log, 0).second != 3)
        QFAIL("the sound log is not sound");
    const QByteArray topics = Peers::secured().kcat({u"-L"_s}).out;
    if (!topics.contains("\"forbidden-log\""))
        Peers::secured().createTopic(u"forbidden-log"_s);
}

void FailuresTest::theRestIsStoredThenThree_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("pattern");
    QTest::newRow("one of two brokers is down") << u"down"_s << u"127\\.0\\.0\\.1:\\d+"_s;
    QTest::newRow("a wrong password") << u"password"_s << u"password|credential|authenticat|login"_s;
    QTest::newRow("a topic that is not there") << u"topic"_s << u"not-there-at-all"_s;
    QTest::newRow("no permission") << u"permission"_s << u"forbidden-log|dave|kafka-acls"_s;
    QTest::newRow("a certificate of somebody else") << u"certificate"_s << u"certificate|TLS|SSL"_s;
}

void FailuresTest::theRestIsStoredThenThree()
{
    QFETCH(QString, how);
    QFETCH(QString, pattern);
    Scene scene;
    scene.setEnvironment(u"WRONG_PASSWORD"_s, u"not-alices-word"_s);
    scene.setEnvironment(u"DAVES_PASSWORD"_s, u"dave-secret"_s);
    const CtlOutput output = collectBeside(broken(how), scene);
    EXPECT_EXIT(output, 3);
    EXPECT(output.errorText().contains(u"ailing"_s), output.told());
    // Several duties meet the same fault; it is told once.
    const QStringList told = output.errorText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString& line : told) {
        QCOMPARE(std::count_if(told.begin(), told.end(),
                               [&](const QString& other) { return other == line || other.endsWith(u": "_s + line); }),
                 1);
    }
    EXPECT(QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption).match(output.errorText()).hasMatch(),
           output.told());
    // What could be read is told and stored.
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), 3);
    const CtlOutput lag = scene.ctl({u"lag"_s, u"--json"_s});
    EXPECT_EXIT(lag, 0);
    const std::vector<QJsonObject> rows = lag.rows();
    const auto sampled = std::find_if(rows.begin(), rows.end(), [](const QJsonObject& row) {
        return row[u"connection"_s] == u"sound"_s && row[u"group"_s] == u"sound-group"_s;
    });
    EXPECT(sampled != rows.end(), lag.told());
    QCOMPARE(integer((*sampled)[u"lag"_s]).value_or(-1), 2);
    const CtlOutput slo = scene.ctl({u"slo"_s, u"--json"_s});
    QCOMPARE(slo.rows().size(), std::size_t{1});
    QCOMPARE(integer(slo.rows()[0][u"total"_s]).value_or(-1), 3);
    for (const QByteArray& secret : {QByteArray("not-alices-word"), QByteArray("dave-secret")})
        EXPECT(!output.err.contains(secret) && !output.out.contains(secret), "a secret is repeated");
}

void FailuresTest::theMessagesDiffer()
{
    std::map<QByteArray, QString> told;
    for (const QString& how : {u"down"_s, u"password"_s, u"topic"_s, u"permission"_s}) {
        Scene scene;
        scene.setEnvironment(u"WRONG_PASSWORD"_s, u"not-alices-word"_s);
        scene.setEnvironment(u"DAVES_PASSWORD"_s, u"dave-secret"_s);
        const CtlOutput output = collectBeside(broken(how), scene);
        QString text = output.errorText();
        text.replace(QRegularExpression(u"127\\.0\\.0\\.1:\\d+"_s), u"ADDRESS"_s);
        EXPECT(!told.contains(text.toUtf8()), output.told());
        told[text.toUtf8()] = how;
    }
}

void FailuresTest::theRightPasswordWorks_data()
{
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("listener");
    QTest::newRow("from the environment") << u"{ env: ADMINS_PASSWORD }"_s << u"sasl"_s;
    QTest::newRow("from a file") << u"{ file: password.txt }"_s << u"sasl"_s;
    QTest::newRow("from a file, over TLS") << u"{ file: password.txt }"_s << u"sasltls"_s;
}

void FailuresTest::theRightPasswordWorks()
{
    QFETCH(QString, reference);
    QFETCH(QString, listener);
    const Peer& kafka = Peers::secured();
    const QString log = kafka.newTopic(u"secured-log"_s);
    (void)kafka.kcat({u"-P"_s, u"-t"_s, log}, record().repeated(2));
    Scene scene;
    scene.setEnvironment(u"ADMINS_PASSWORD"_s, u"admin-secret"_s);
    scene.write(u"password.txt"_s, "admin-secret\n");
    QVERIFY(QFile::setPermissions(scene.path(u"password.txt"_s), QFile::ReadOwner | QFile::WriteOwner));
    QString security = sasl(u"admin"_s, reference);
    if (listener == u"sasltls"_s)
        security.replace(u"SASL_PLAINTEXT"_s, u"SASL_SSL, ca: "_s + kafka.caFile());
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.address(listener),
                                                    .more = {security, u"processing_log: { topic: %1 }"_s.arg(log)}}}));
    const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s, u"--verbose"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), 2);
    EXPECT(!output.err.contains("admin-secret"), "the secret is repeated");
}

void FailuresTest::aClientFileIsUnderstood_data()
{
    QTest::addColumn<QByteArray>("text"); // CA stands for the authority's file
    QTest::newRow("as Java clients write it")
        << QByteArray("# for kafka-consumer-groups --command-config\nsecurity.protocol=SSL\nssl.truststore.type=PEM\n"
                      "ssl.truststore.location=CA\nmax.poll.records = 7\n");
    QTest::newRow("as librdkafka reads it") << QByteArray("security.protocol=ssl\nssl.ca.location=CA\n");
}

void FailuresTest::aClientFileIsUnderstood()
{
    QFETCH(QByteArray, text);
    const Peer& kafka = Peers::secured();
    // On the TLS listener without a login one is anonymous, who may do everything.
    Scene scene;
    scene.write(u"client.properties"_s, text.replace("CA", kafka.caFile().toUtf8()));
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.address(u"tls"_s),
                                                    .more = {u"client_properties: client.properties"_s}}}));
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s, u"--verbose"_s}), 0);
}

void FailuresTest::aSecretThatIsNotThereIsNamed_data()
{
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("no such variable") << u"{ env: NO_SUCH_VARIABLE }"_s << QByteArray("NO_SUCH_VARIABLE");
    QTest::newRow("no such file") << u"{ file: nowhere.txt }"_s << QByteArray("nowhere.txt");
    QTest::newRow("a file that others may read") << u"{ file: open.txt }"_s << QByteArray("open.txt");
}

void FailuresTest::aSecretThatIsNotThereIsNamed()
{
    QFETCH(QString, reference);
    QFETCH(QByteArray, name);
    Scene scene;
    scene.write(u"open.txt"_s, "alice-secret\n");
    QVERIFY(QFile::setPermissions(scene.path(u"open.txt"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = Peers::secured().address(u"sasl"_s),
                                                    .more = {sasl(u"alice"_s, reference)}}}));
    const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains(name), output.told());
    EXPECT(!output.err.contains("alice-secret"), "the secret is repeated");
    if (name == "open.txt")
        EXPECT(output.err.contains("600"), output.told());
}

void FailuresTest::checkSaysWhatIsWell()
{
    Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({sound(m_log)}));
    const CtlOutput json = scene.ctl({u"check"_s, u"--json"_s});
    EXPECT_EXIT(json, 0);
    EXPECT(!QJsonDocument::fromJson(json.out).isNull(), json.told());
    EXPECT(json.out.contains("sound") && json.out.contains(Peers::kafka391().bootstrap().toUtf8()), json.told());
    const CtlOutput text = scene.ctl({u"check"_s});
    EXPECT_EXIT(text, 0);
    EXPECT(text.out.contains("sound"), text.told());
}

void FailuresTest::checkNamesEachMissingRight()
{
    Scene scene;
    scene.setEnvironment(u"DAVES_PASSWORD"_s, u"dave-secret"_s);
    scene.write(u"spillway.yaml"_s, workspaceText({broken(u"permission"_s)}));
    const CtlOutput output = scene.ctl({u"check"_s, u"--json"_s});
    EXPECT_EXIT(output, 1); // it was reached, and something was found
    const QString text = QString::fromUtf8(output.out);
    for (const QString& resource : {u"--topic 'forbidden-log'"_s, u"--group '"_s}) {
        const QRegularExpression line(
            u"kafka-acls --bootstrap-server [^\"\\n]* --add --allow-principal 'User:dave' [^\"\\n]*"_s +
            QRegularExpression::escape(resource));
        EXPECT(line.match(text).hasMatch(), output.told() + line.pattern().toUtf8());
    }
}

void FailuresTest::checkOfADeadBrokerIsThree()
{
    Scene scene;
    const QString address = deadAddress();
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"ailing"_s, .bootstrap = address}, sound(m_log)}));
    const CtlOutput output = scene.ctl({u"check"_s, u"--json"_s});
    EXPECT_EXIT(output, 3);
    EXPECT((output.out + output.err).contains(address.toUtf8()), output.told());
}

CTL_TEST_MAIN(FailuresTest)
#include "tst_ctl_failures.moc"
