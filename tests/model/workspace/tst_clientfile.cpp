// SPDX-License-Identifier: GPL-3.0-or-later
// Client files of Java programs and of kcat: their syntax, and what becomes of each key.
#include "model/workspace/clientfile.h"
#include "model/workspace/propertiesfile.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class ClientFileTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void syntax_data();
    void syntax();
    void jaasLines_data();
    void jaasLines();
    void aJavaFileIsTranslated();
    void aLibrdkafkaFileIsTranslated();
    void issues_data();
    void issues();
    void secretsInTheOpen_data();
    void secretsInTheOpen();
    void theWorkspaceHasTheLastWord();
    void aMissingFileIsSaidWhereItIsNamed();

private:
    QString write(const QString& name, const QByteArray& text)
    {
        const QString path = m_folder->filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's own file");
        return path;
    }
    QStringList said(const std::vector<FileIssue>& issues) const
    {
        QStringList lines;
        for (const FileIssue& issue : issues)
            lines += (issue.severity == IssueSeverity::Warning ? u"warning "_s : QString()) +
                     issue.toString().replace(m_folder->path() + u'/', QString());
        return lines;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void ClientFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void ClientFileTest::syntax_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("read");
    QTest::newRow("the three separators")
        << QByteArray("a=1\nb:2\nc 3\nd = 4\ne\t:\t5") << u"1 a=1|2 b=2|3 c=3|4 d=4|5 e=5"_s;
    QTest::newRow("comments and empty lines") << QByteArray("# a=1\n! b=2\n\n   \n  c=3") << u"5 c=3"_s;
    QTest::newRow("a key alone") << QByteArray("a\nb=") << u"1 a=|2 b="_s;
    QTest::newRow("continued lines lose their indentation")
        << QByteArray("a=one \\\n   two, \\\n\tthree\nb=2") << u"1 a=one two, three|4 b=2"_s;
    QTest::newRow("an even number of backslashes continues nothing")
        << QByteArray("a=one\\\\\nb=2") << u"1 a=one\\|2 b=2"_s;
    QTest::newRow("a comment is never continued") << QByteArray("# x \\\na=1") << u"2 a=1"_s;
    QTest::newRow("escapes") << QByteArray("a\\=b\\:c\\ d=tab\\there \\u00fc \\z \\\"q\\\"")
                             << u"1 a=b:c d=tab\there ü z \"q\""_s;
    QTest::newRow("a value keeps its separators") << QByteArray("a=b=c:d") << u"1 a=b=c:d"_s;
    QTest::newRow("Windows and old Mac line ends") << QByteArray("a=1\r\nb=2\rc=3") << u"1 a=1|2 b=2|3 c=3"_s;
    QTest::newRow("UTF-8") << QByteArray("a=\xC3\xBC") << u"1 a=ü"_s;
    QTest::newRow("Latin-1") << QByteArray("a=\xFC") << u"1 a=ü"_s;
    QTest::newRow("a file that ends inside a continuation") << QByteArray("a=1\\") << u"1 a=1"_s;
    QTest::newRow("half an escape") << QByteArray("a=\\u12") << u"1 a=u12"_s;
}

void ClientFileTest::syntax()
{
    QFETCH(QByteArray, text);
    QStringList read;
    for (const PropertyLine& line : readProperties(text))
        read += u"%1 %2=%3"_s.arg(line.line).arg(line.key, line.value);
    QTEST(read.join(u'|'), "read");
}

void ClientFileTest::jaasLines_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("module");
    QTest::addColumn<QString>("username");
    QTest::addColumn<bool>("holdsPassword");
    const QString plain = u"org.apache.kafka.common.security.plain.PlainLoginModule"_s;
    QTest::newRow("a plain login") << plain + u" required username=\"u\" password=\"p\";"_s << u"PlainLoginModule"_s
                                   << u"u"_s << true;
    QTest::newRow("without blanks, in other order")
        << plain + u" required password=\"p;=\" username=\"u v\";"_s << u"PlainLoginModule"_s << u"u v"_s << true;
    QTest::newRow("escaped quotes") << plain + u" required\n  username=\"a\\\"b\"\n  password='p';"_s
                                    << u"PlainLoginModule"_s << u"a\"b"_s << true;
    QTest::newRow("a name only") << plain + u" required username=u ;"_s << u"PlainLoginModule"_s << u"u"_s << false;
    QTest::newRow("an empty password is none")
        << plain + u" required username=\"u\" password=\"\";"_s << u"PlainLoginModule"_s << u"u"_s << false;
    QTest::newRow("a client secret") << u"x.OAuthBearerLoginModule required clientSecret='s';"_s
                                     << u"OAuthBearerLoginModule"_s << QString() << true;
    QTest::newRow("no JAAS line") << u"username=u"_s << QString() << QString() << false;
    QTest::newRow("cut off in the middle") << plain + u" required username"_s << QString() << QString() << false;
}

void ClientFileTest::jaasLines()
{
    QFETCH(QString, text);
    QFETCH(QString, module);
    const auto jaas = readJaasLine(text);
    QCOMPARE(jaas.has_value(), !module.isEmpty());
    QCOMPARE(jaas.value_or(JaasLine{}).module, module);
    QTEST(jaas.value_or(JaasLine{}).username, "username");
    QTEST(jaas.value_or(JaasLine{}).holdsPassword, "holdsPassword");
}

void ClientFileTest::aJavaFileIsTranslated()
{
    const ClientFile client = readClientFile(write(u"client.properties"_s, R"(# from the provider
bootstrap.servers=b1:9092,b2:9092
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-256
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
    username="orders";
ssl.truststore.type=PEM
ssl.truststore.location=ca.pem
ssl.keystore.type=PEM
ssl.keystore.location=/etc/kafka/me.pem
ssl.endpoint.identification.algorithm=
request.timeout.ms=20000
fetch.max.wait.ms=100
client.rack=eu-1a
)"));
    QCOMPARE(said(client.issues), QStringList());
    QCOMPARE(client.bootstrapServers, (QStringList{u"b1:9092"_s, u"b2:9092"_s}));
    QCOMPARE(client.protocol, SecurityProtocol::SaslSsl);
    QCOMPARE(client.mechanism, u"SCRAM-SHA-256"_s);
    QCOMPARE(client.username, u"orders"_s);
    QCOMPARE(client.caFile, m_folder->filePath(u"ca.pem"_s));
    QCOMPARE(client.certificateFile, u"/etc/kafka/me.pem"_s);
    QCOMPARE(client.keyFile, u"/etc/kafka/me.pem"_s);
    QVERIFY((client.properties == std::vector<ClientProperty>{{u"ssl.endpoint.identification.algorithm"_s, u"none"_s},
                                                              {u"socket.timeout.ms"_s, u"20000"_s},
                                                              {u"fetch.wait.max.ms"_s, u"100"_s},
                                                              {u"client.rack"_s, u"eu-1a"_s}}));
    QVERIFY(client.openSecrets.empty());
}

void ClientFileTest::aLibrdkafkaFileIsTranslated()
{
    const ClientFile client =
        readClientFile(write(u"kcat.conf"_s, "metadata.broker.list=b:9092\nsecurity.protocol=sasl_plaintext\nsasl."
                                             "mechanisms=PLAIN\nsasl.username=u\nssl.ca.location=ca.pem\n"
                                             "socket.keepalive.enable=true\n"));
    QCOMPARE(said(client.issues), QStringList());
    QCOMPARE(client.bootstrapServers, QStringList{u"b:9092"_s});
    QCOMPARE(client.protocol, SecurityProtocol::SaslPlaintext);
    QCOMPARE(client.mechanism, u"PLAIN"_s);
    QCOMPARE(client.username, u"u"_s);
    QCOMPARE(client.caFile, m_folder->filePath(u"ca.pem"_s));
    QVERIFY((client.properties == std::vector<ClientProperty>{{u"socket.keepalive.enable"_s, u"true"_s}}));
}

void ClientFileTest::issues_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const char* text, const QStringList& lines) {
        QTest::newRow(name) << QByteArray(text) << lines;
    };
    row("unknown keys are listed with their line", "weather=1\nsocket.timeout.m=2\n",
        {u"warning c.properties:1:1: unknown key 'weather', which is ignored; correct or remove it"_s,
         u"warning c.properties:2:1: unknown key 'socket.timeout.m', which is ignored (did you mean 'socket.timeout.ms'?); correct or remove it"_s});
    row("keys that would change what Spillway does stay out", "group.id=payment\nenable.auto.commit=true\n",
        {u"warning c.properties:1:1: group.id is not used: Spillway sets it itself; nothing needs to be done"_s,
         u"warning c.properties:2:1: enable.auto.commit is not used: Spillway sets it itself; nothing needs to be done"_s});
    row("a number that is none", "\nsocket.timeout.ms=soon\n",
        {u"c.properties:2:1: socket.timeout.ms is 'soon', which is not a whole number; write a whole number"_s});
    row("a boolean that is none", "socket.keepalive.enable=yes\n",
        {u"c.properties:1:1: socket.keepalive.enable is 'yes', which is not a boolean; write true or false"_s});
    row("a protocol that does not exist", "security.protocol=TLS\n",
        {u"c.properties:1:1: security.protocol is 'TLS'; write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"_s});
    row("a Java key store", "ssl.truststore.location=a.jks\nssl.keystore.location=b.p12\n",
        {u"warning c.properties:1:1: ssl.truststore.location names a Java key store, which cannot be read; export it with 'keytool -exportcert -rfc' and write ssl.ca.location, or ca in spillway.yaml"_s,
         u"warning c.properties:2:1: ssl.keystore.location names a Java key store, which cannot be read; convert it with 'openssl pkcs12' to PEM and write certificate and key in spillway.yaml"_s});
    row("a login module that loads code",
        "sasl.jaas.config=com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://x\";\n",
        {u"c.properties:1:1: sasl.jaas.config names the login module 'JndiLoginModule', which Spillway cannot use; use PlainLoginModule or ScramLoginModule"_s});
    row("a JAAS line that is none", "sasl.jaas.config=hunter2\n",
        {u"c.properties:1:1: sasl.jaas.config is not a JAAS line; write security: { username: …, password: { env: NAME } } in spillway.yaml instead"_s});
    row("certificates are not verified", "enable.ssl.certificate.verification=false\n",
        {u"warning c.properties:1:1: the broker's certificate will not be verified; set ssl.ca.location instead"_s});
}

void ClientFileTest::issues()
{
    QFETCH(QByteArray, text);
    QTEST(said(readClientFile(write(u"c.properties"_s, text)).issues), "lines");
}

void ClientFileTest::secretsInTheOpen_data()
{
    QTest::addColumn<QByteArray>("client");
    QTest::addColumn<QByteArray>("security");
    QTest::addColumn<QStringList>("lines");
    const QByteArray jaas = "sasl.jaas.config=x.PlainLoginModule required username=\"u\" password=\"hunter2\";\n";
    const QString remedy = u"; remove it here and write security: { %1 } for this connection in spillway.yaml"_s;
    QTest::newRow("a JAAS password is an error that does not repeat it")
        << "security.protocol=SASL_SSL\n" + jaas << QByteArray()
        << QStringList{u"c.properties:2:1: sasl.jaas.config holds a secret in the open (not repeated here)"_s +
                       remedy.arg(u"password: { env: NAME }"_s)};
    QTest::newRow("so is librdkafka's")
        << QByteArray("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=hunter2\n")
        << QByteArray()
        << QStringList{u"c.properties:4:1: sasl.password holds a secret in the open (not repeated here)"_s +
                       remedy.arg(u"password: { env: NAME }"_s)};
    QTest::newRow("and a key's passphrase")
        << QByteArray("security.protocol=SSL\nssl.key.password=hunter2\n") << QByteArray()
        << QStringList{u"c.properties:2:1: ssl.key.password holds a secret in the open (not repeated here)"_s +
                       remedy.arg(u"key_password: { env: NAME }"_s)};
    QTest::newRow("and a key itself")
        << QByteArray("security.protocol=SSL\nssl.key.pem=hunter2\n") << QByteArray()
        << QStringList{u"c.properties:2:1: ssl.key.pem holds a secret in the open (not repeated here)"_s +
                       remedy.arg(u"key: PATH"_s)};
    QTest::newRow("where the workspace names the secret, the file's is not used")
        << "security.protocol=SASL_SSL\n" + jaas << QByteArray("    security: { password: { env: P } }\n")
        << QStringList{
               u"warning c.properties:2:1: sasl.jaas.config holds a secret in the open and is not used; remove it: spillway.yaml names the secret already"_s};
}

void ClientFileTest::secretsInTheOpen()
{
    QFETCH(QByteArray, client);
    QFETCH(QByteArray, security);
    QFETCH(QStringList, lines);
    (void)write(u"c.properties"_s, client);
    const auto checked =
        loadWorkspace(write(u"spillway.yaml"_s, "environment: staging\nconnections:\n  - name: c\n    "
                                                "bootstrap_servers: b:1\n    client_properties: c.properties\n" +
                                                    security));
    QCOMPARE(said(checked.issues), lines);
    QCOMPARE(checked.value.has_value(), lines.at(0).startsWith(u"warning"_s));
    if (checked.value)
        QCOMPARE(checked.value->connections.at(0).security.username, u"u"_s); // the rest of the file is translated
}

void ClientFileTest::theWorkspaceHasTheLastWord()
{
    (void)write(u"c.properties"_s,
                "bootstrap.servers=file:1\nsecurity.protocol=SSL\nsasl.mechanism=PLAIN\nclient.id=x\n");
    const QByteArray head = "environment: staging\nconnections:\n  - name: c\n    client_properties: c.properties\n";
    const auto fromFile = loadWorkspace(write(u"spillway.yaml"_s, head));
    QCOMPARE(said(fromFile.issues), QStringList());
    QCOMPARE(fromFile.value->connections.at(0).bootstrapServers, QStringList{u"file:1"_s});
    QCOMPARE(fromFile.value->connections.at(0).security.protocol, SecurityProtocol::Ssl);
    const auto both = loadWorkspace(
        write(u"spillway.yaml"_s, head + "    bootstrap_servers: yaml:2\n    security: { protocol: SASL_SSL, "
                                         "mechanism: SCRAM-SHA-512, username: u, password: { env: P } }\n"));
    QCOMPARE(said(both.issues), QStringList());
    QCOMPARE(both.value->connections.at(0).bootstrapServers, QStringList{u"yaml:2"_s});
    QCOMPARE(both.value->connections.at(0).security.protocol, SecurityProtocol::SaslSsl);
    QCOMPARE(both.value->connections.at(0).security.mechanism, u"SCRAM-SHA-512"_s);
}

void ClientFileTest::aMissingFileIsSaidWhereItIsNamed()
{
    const auto checked =
        loadWorkspace(write(u"spillway.yaml"_s, "environment: staging\nconnections:\n  - { name: c, bootstrap_servers: "
                                                "b:1, client_properties: gone.properties }\n"));
    QCOMPARE(
        said(checked.issues),
        QStringList{
            u"spillway.yaml:3:59: 'client_properties' of connection 'c' names the file 'gone.properties', which does not exist; create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s});
}

QTEST_GUILESS_MAIN(ClientFileTest)
#include "tst_clientfile.moc"
