// SPDX-License-Identifier: GPL-3.0-or-later
// spillway.yaml: every key as a value, every fault with its place, no secret repeated.
#include "model/workspace/workspace.h"

#include <QCryptographicHash>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto full = R"(version: 1
name: acme-orders
environment: production
ownership: own.yaml
catalog: cat.yaml
schemas: schemas/
pricing: pricing.yaml
connections:
  - name: orders
    kind: kafka
    bootstrap_servers: broker1:9092, [::1]:9093
    client_properties: client.properties
    security: { protocol: SASL_SSL, mechanism: SCRAM-SHA-512, username: spillway, password: { env: ORDERS_PASSWORD }, ca: own.yaml }
    dead_letters:
      - topic: order-events.DLT
      - topic_pattern: ".*\\.dlq"
      - topic: legacy.errors
        mapping:
          origin_topic: { header: x-origin-topic }
          origin_partition: { header: x-origin-partition }
          error_class: { header: x-error-class }
          error_message: { payload: /error/message }
          consumer: { value: payment-service }
          event_type: { header: x-event-type }
          payload: { payload: /data/body, as: base64 }
    processing_log: { topic: event-processing-log }
    sample_interval: 20s
    groups: { include: [payment-*, order-*], exclude: test-* }
  - name: others
    bootstrap_servers: [b:1]
    security: { password: { file: secret } , protocol: sasl_plaintext, mechanism: plain, username: u }
    processing_log:
      - { file: log.jsonl }
      - { postgresql: { dsn: { keychain: warehouse } } }
      - { postgresql: { dsn: { env: DSN }, table: obs.log } }
      - { otlp: 127.0.0.1:4318 }
alerts:
  dead_letter_warning_count: 50
  dead_letter_p1_age: 12h
  notify: { severity: critical, repeat: 2h }
notify: [{ name: hub, kind: webhook, url: https://hub/x }]
retention: { samples: 30d, dead_letters: 14d, max_size: 2GiB }
)";

QStringList said(const std::vector<FileIssue>& issues, const QString& folder)
{
    QStringList lines;
    for (const FileIssue& issue : issues)
        lines += (issue.severity == IssueSeverity::Warning ? u"warning "_s : QString()) +
                 issue.toString().replace(folder + u'/', QString());
    return lines;
}

} // namespace

class WorkspaceTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void everyKeyIsRead();
    void defaultsOfTheSmallestWorkspace();
    void faults_data();
    void faults();
    void secretsAreNeverRepeated_data();
    void secretsAreNeverRepeated();
    void aMissingFileSaysSo();
    void theFileIsFoundFromBelow();
    void stateFolderIsNamedByPath();

private:
    QString write(const QString& name, const QByteArray& text)
    {
        const QString path = m_folder->filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's own file");
        return path;
    }
    Checked<Workspace> load(const QByteArray& text) { return loadWorkspace(write(u"spillway.yaml"_s, text)); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void WorkspaceTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    for (const QString& name : {u"own.yaml"_s, u"cat.yaml"_s, u"pricing.yaml"_s})
        (void)write(name, "x: 1\n");
    (void)write(u"client.properties"_s, "client.id=ops\n");
    (void)write(u"empty.yaml"_s, "");
    QVERIFY(QDir(m_folder->path()).mkdir(u"schemas"_s));
}

void WorkspaceTest::everyKeyIsRead()
{
    const auto checked = load(full);
    QVERIFY2(checked.value, qPrintable(said(checked.issues, m_folder->path()).join(u'\n')));
    QCOMPARE(said(checked.issues, m_folder->path()), QStringList());
    const Workspace& w = *checked.value;
    const QString at = m_folder->path() + u'/';
    QCOMPARE(w.name, u"acme-orders"_s);
    QCOMPARE(w.environment, Environment::Production);
    QCOMPARE(w.file, at + u"spillway.yaml"_s);
    QCOMPARE(w.folder, m_folder->path());
    QCOMPARE(w.ownershipFile, at + u"own.yaml"_s);
    QCOMPARE(w.catalogFile, at + u"cat.yaml"_s);
    QCOMPARE(w.schemasFolder, at + u"schemas"_s);
    QCOMPARE(w.pricingFile, at + u"pricing.yaml"_s);
    const AlertTelling telling{
        .from = AlertTelling::From::Critical, .pace = std::chrono::minutes(5), .repeat = std::chrono::hours(2)};
    QVERIFY((w.alerts == AlertThresholds{50, std::chrono::hours(12), telling}));
    QVERIFY((w.retention == RetentionSettings{std::chrono::hours(720), std::chrono::hours(336), 2LL << 30}));
    QCOMPARE(w.connections.size(), std::size_t{2});

    const ConnectionSettings& orders = *w.connection(u"orders"_s);
    QCOMPARE(orders.bootstrapServers, (QStringList{u"broker1:9092"_s, u"[::1]:9093"_s}));
    QCOMPARE(orders.security.protocol, SecurityProtocol::SaslSsl);
    QCOMPARE(orders.security.mechanism, u"SCRAM-SHA-512"_s);
    QCOMPARE(orders.security.username, u"spillway"_s);
    QVERIFY((orders.security.password == SecretReference{SecretReference::Kind::Environment, u"ORDERS_PASSWORD"_s}));
    QCOMPARE(orders.security.caFile, at + u"own.yaml"_s);
    QVERIFY((orders.clientProperties == std::vector<ClientProperty>{{u"client.id"_s, u"ops"_s}}));
    QCOMPARE(orders.sampleInterval, Millis(20'000));
    QCOMPARE(orders.includeGroups, (QStringList{u"payment-*"_s, u"order-*"_s}));
    QCOMPARE(orders.excludeGroups, QStringList{u"test-*"_s});
    QCOMPARE(orders.place.line, 9);
    QCOMPARE(orders.place.column, 5);
    QCOMPARE(orders.deadLetters.size(), std::size_t{3});
    QCOMPARE(orders.deadLetters[0].selector.topic, u"order-events.DLT"_s);
    QCOMPARE(orders.deadLetters[1].selector.pattern, u".*\\.dlq"_s);
    const DeadLetterMapping& mapping = *orders.deadLetters[2].mapping;
    QCOMPARE(mapping.size(), std::size_t{7});
    QVERIFY((mapping.at(payloadField) == FieldSource{FieldSource::From::Payload, u"/data/body"_s, u"base64"_s}));
    QVERIFY((mapping.at(u"error_message"_s) == FieldSource{FieldSource::From::Payload, u"/error/message"_s}));
    QVERIFY((mapping.at(u"consumer"_s) == FieldSource{FieldSource::From::Constant, u"payment-service"_s}));
    QVERIFY((mapping.at(u"origin_topic"_s) == FieldSource{FieldSource::From::Header, u"x-origin-topic"_s}));
    QCOMPARE(orders.processingLogs.at(0).topic, u"event-processing-log"_s);

    const ConnectionSettings& others = w.connections.at(1);
    QCOMPARE(others.security.protocol, SecurityProtocol::SaslPlaintext);
    QCOMPARE(others.security.mechanism, u"PLAIN"_s);
    QVERIFY((others.security.password == SecretReference{SecretReference::Kind::File, at + u"secret"_s}));
    QCOMPARE(others.sampleInterval, Millis(15'000));
    using Kind = ProcessingLogSettings::Kind;
    QCOMPARE(others.processingLogs.size(), std::size_t{4});
    QCOMPARE(others.processingLogs[0].kind, Kind::File);
    QCOMPARE(others.processingLogs[0].path, at + u"log.jsonl"_s);
    QCOMPARE(others.processingLogs[1].kind, Kind::PostgreSql);
    QVERIFY((others.processingLogs[1].dsn == SecretReference{SecretReference::Kind::Keychain, u"warehouse"_s}));
    QCOMPARE(others.processingLogs[1].table, u"event_processing_log"_s);
    QCOMPARE(others.processingLogs[2].table, u"obs.log"_s);
    QCOMPARE(others.processingLogs[3].kind, Kind::Otlp);
    QCOMPARE(others.processingLogs[3].listenAddress, u"127.0.0.1:4318"_s);
    QVERIFY(w.connection(u"nobody"_s) == nullptr);
}

void WorkspaceTest::defaultsOfTheSmallestWorkspace()
{
    const auto checked = load("environment: staging\n");
    QVERIFY(checked.value);
    QCOMPARE(checked.value->name, QDir(m_folder->path()).dirName());
    QVERIFY(checked.value->connections.empty());
    QCOMPARE(checked.value->alerts.deadLetterWarningCount, 100);
    QVERIFY(checked.value->alerts.deadLetterP1Age == Millis{24 * 3'600'000});
    QVERIFY(!checked.value->alerts.telling);
    QCOMPARE(checked.value->alerts.deadLetterWarningCount, 100);
    QCOMPARE(checked.value->alerts.deadLetterP1Age, Millis(86'400'000));
    QVERIFY(checked.value->ownershipFile.isEmpty());
    QVERIFY(loadWorkspace(m_folder->path()).value == checked.value);
}

void WorkspaceTest::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const QByteArray head = "environment: staging\n";
    const auto row = [&](const char* name, const QByteArray& text, const QStringList& lines) {
        QTest::newRow(name) << head + text << lines;
    };
    const auto connection = [](const QByteArray& lines) {
        return "connections:\n  - name: c\n    bootstrap_servers: b:1\n" + lines;
    };
    row("a version from the future", "version: 2\n",
        {u"spillway.yaml:2:10: 'version' of the workspace is not 1, the only one this Spillway reads; write version: 1"_s});
    row("a name that leaves its folder", "name: ../x\n",
        {u"spillway.yaml:2:7: 'name' of the workspace is '../x', which cannot name a folder; write up to 64 letters, digits, hyphens and underscores"_s});
    row("files that are not there are told together", "ownership: gone.yaml\ncatalog: empty.yaml\nschemas: nowhere\n",
        {u"spillway.yaml:2:12: 'ownership' of the workspace names the file 'gone.yaml', which does not exist; create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s,
         u"spillway.yaml:3:10: 'catalog' of the workspace names 'empty.yaml', which is empty; name a file with content, or remove the key"_s,
         u"spillway.yaml:4:10: 'schemas' of the workspace names the folder 'nowhere', which does not exist; create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s});
    row("a connection without name and address", "connections:\n  - kind: kafka\n",
        {u"spillway.yaml:3:5: this connection has no 'name'; add name: a short word that names it on every screen"_s,
         u"spillway.yaml:3:5: this connection has no 'bootstrap_servers'; add bootstrap_servers: host:port"_s});
    row("two connections of one name", connection("  - name: c\n    bootstrap_servers: b:2\n"),
        {u"spillway.yaml:5:11: the name 'c' belongs to two connections; give each connection its own name"_s});
    row("a port beyond the last", "connections:\n  - name: c\n    bootstrap_servers: b:70000\n",
        {u"spillway.yaml:4:24: an address in 'bootstrap_servers' of connection 'c' has a port that is not between 1 and 65535; write host:port, several with commas between, like broker1:9092,broker2:9092"_s});
    row("an address without a port", "connections:\n  - name: c\n    bootstrap_servers: broker\n",
        {u"spillway.yaml:4:24: an address in 'bootstrap_servers' of connection 'c' is not of the form host:port; write host:port, several with commas between, like broker1:9092,broker2:9092"_s});
    row("an expression that does not compile", connection("    dead_letters: [{ topic_pattern: '*.dlq' }]\n"),
        {u"spillway.yaml:5:37: 'topic_pattern' of a dead_letters entry of connection 'c' is not a regular expression (quantifier does not follow a repeatable item at character 1); write an expression that matches the whole name, like \".*\\\\.dlq\""_s});
    row("a topic and a pattern",
        connection("    dead_letters:\n      - { topic: a, topic_pattern: b }\n      - { mapping: {} }\n"),
        {u"spillway.yaml:6:9: a dead_letters entry of connection 'c' has both a topic and a topic_pattern; write topic: NAME or topic_pattern: EXPRESSION"_s,
         u"spillway.yaml:7:9: a dead_letters entry of connection 'c' has no topic; write topic: NAME or topic_pattern: EXPRESSION"_s,
         u"spillway.yaml:7:20: the mapping of a dead-letter topic of connection 'c' is empty; add a field, like error_class: { header: x-error-class }, or remove it"_s});
    row("a topic twice", connection("    dead_letters: [{ topic: a }, { topic: a }]\n"),
        {u"spillway.yaml:5:34: connection 'c' names the dead-letter topic 'a' a second time; keep one of the entries"_s});
    row("a name no topic can have", connection("    dead_letters: [{ topic: 'a b' }]\n"),
        {u"spillway.yaml:5:29: 'topic' of a dead_letters entry of connection 'c' is 'a b', which cannot be a topic's name; write up to 249 letters, digits, dots, hyphens and underscores, or use topic_pattern for an expression"_s});
    row("mapping sources that do not fit",
        connection(
            "    dead_letters:\n      topic: a\n      mapping:\n        consumer: payment\n        error_message: { "
            "payload: error }\n        origin_offset: { value: many }\n        event_type: { header: a, value: b }\n"),
        {u"spillway.yaml:8:19: 'consumer' of the mapping does not say where it comes from; write one of { header: NAME }, { payload: /json/pointer } or { value: TEXT }"_s,
         u"spillway.yaml:9:35: 'payload' of 'error_message' of the mapping is 'error', which is not a JSON pointer; write a path with slashes, like /error/message"_s,
         u"spillway.yaml:10:33: 'origin_offset' of the mapping is 'many', which is not a whole number; write digits"_s,
         u"spillway.yaml:11:21: 'event_type' of the mapping names several sources; write one of { header: NAME }, { payload: /json/pointer } or { value: TEXT }"_s});
    row("a payload that could not be cut out",
        connection("    dead_letters:\n      - { topic: a, mapping: { payload: { header: h } } }\n"
                   "      - { topic: b, mapping: { payload: { payload: body } } }\n"
                   "      - { topic: c, mapping: { payload: { payload: /body, as: hex } } }\n"
                   "      - { topic: d, mapping: { payload: /body } }\n"),
        {u"spillway.yaml:6:41: 'payload' of the mapping names no place in the letter's payload; write { payload: /json/pointer }, and as: text or as: base64 if a text holds it"_s,
         u"spillway.yaml:7:52: 'payload' of 'payload' of the mapping is 'body', which is not a JSON pointer; write a path with slashes, like /payload"_s,
         u"spillway.yaml:8:63: 'as' of 'payload' of the mapping is 'hex'; write json, text or base64"_s,
         u"spillway.yaml:9:41: 'payload' of the mapping does not say where in the letter it stands; write { payload: /json/pointer }, and as: text or as: base64 if a text holds it"_s});
    row("letters that a mapping cannot be for",
        connection("    dead_letters: { topic: a, mapping: { letters: some, event_type: { header: h } } }\n"),
        {u"spillway.yaml:5:51: 'letters' of the mapping of a dead-letter topic of connection 'c' is 'some'; write unrecognised, or all for those too that a dialect reads"_s});
    row("a mapped field that does not exist",
        connection("    dead_letters: { topic: a, mapping: { event_typ: { header: h } } }\n"),
        {u"warning spillway.yaml:5:42: the mapping of a dead-letter topic of connection 'c' has an unknown key 'event_typ', which is ignored (did you mean 'event_type'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("a processing log without or with several sources",
        connection("    processing_log: [{}, { topic: a, file: b }]\n"),
        {u"spillway.yaml:5:22: a processing_log entry of connection 'c' names no source; write one of topic, file, postgresql or otlp per entry, and a list for several"_s,
         u"spillway.yaml:5:26: a processing_log entry of connection 'c' names several sources; write one of topic, file, postgresql or otlp per entry, and a list for several"_s});
    row("a table that is not an identifier",
        connection("    processing_log: { postgresql: { dsn: { env: D }, table: 'a; DROP' } }\n"),
        {u"spillway.yaml:5:61: 'table' of postgresql of a processing_log entry is 'a; DROP', which is not a table's name; write table or schema.table"_s});
    row("a login without its parts", connection("    security: { protocol: SASL_SSL }\n"),
        {u"spillway.yaml:5:15: security of connection 'c' has no 'mechanism'; add mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"_s,
         u"spillway.yaml:5:15: security of connection 'c' has no 'username'; add username: NAME"_s,
         u"spillway.yaml:5:15: security of connection 'c' has no 'password'; add password: { env: NAME }"_s});
    row("a login on a protocol that has none", connection("    security: { username: u }\n"),
        {u"spillway.yaml:5:15: security of connection 'c' gives a login, but its protocol does not log in; write protocol: SASL_SSL (or SASL_PLAINTEXT), or remove mechanism, username and password"_s});
    row("a protocol that does not exist", connection("    security: { protocol: TLS, username: u }\n"),
        {u"spillway.yaml:5:27: 'protocol' of security of connection 'c' is 'TLS'; write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"_s});
    row("a mechanism nobody knows",
        connection("    security: { protocol: SASL_SSL, mechanism: GSSAPI, username: u, password: { env: P } }\n"),
        {u"spillway.yaml:5:48: 'mechanism' of security of connection 'c' is 'GSSAPI', which Spillway does not know; write PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"_s});
    row("half a client certificate", connection("    security: { protocol: SSL, key: own.yaml }\n"),
        {u"spillway.yaml:5:15: security of connection 'c' names only one of 'certificate' and 'key'; write both, or neither"_s});
    row("certificates without TLS", connection("    security: { ca: own.yaml }\n"),
        {u"spillway.yaml:5:15: security of connection 'c' names certificate files, but its protocol does not use TLS; write protocol: SSL or SASL_SSL, or remove the files"_s});
    row("numbers and durations out of range",
        connection("    sample_interval: 15\n") + "alerts: { dead_letter_warning_count: -1, dead_letter_p1_age: 0s "
                                                  "}\nretention: { samples: 5m, max_size: 0 }\n",
        {u"spillway.yaml:5:22: 'sample_interval' of connection 'c' is '15', which is not a duration; write a number with ms, s, m, h, d or w, like 90s or 24h"_s,
         u"spillway.yaml:6:38: 'dead_letter_warning_count' of alerts is '-1'; write a whole number of at least 0"_s,
         u"spillway.yaml:6:62: 'dead_letter_p1_age' of alerts is '0s', which is too short; write at least 1 ms"_s,
         u"spillway.yaml:7:23: 'samples' of retention is '5m', which is too short; write at least 1 h"_s,
         u"spillway.yaml:7:37: 'max_size' of retention is '0', which is not a size above 0; write a number with B, KiB, MiB or GiB, like 20GiB"_s});
    row("alerts that are told to nobody", "alerts: { notify: { severity: warning } }\n",
        {u"spillway.yaml:2:19: alerts.notify has nobody to tell; write where under notify: [{ name: hub, kind: webhook, url: https://… }], or remove the key"_s});
    row("words of alerts that are none",
        "notify: [{ name: hub, kind: webhook, url: 'https://hub/x' }]\n"
        "alerts: { notify: { severity: p1, pace: soon, repeat: 1s } }\n",
        {u"spillway.yaml:3:31: 'severity' of alerts.notify is 'p1'; write critical, warning or info"_s,
         u"spillway.yaml:3:41: 'pace' of alerts.notify is 'soon', which is not a duration; write a number with ms, s, m, h, d or w, like 90s or 24h"_s,
         u"spillway.yaml:3:55: 'repeat' of alerts.notify is '1s', which is too short; write at least 1 min"_s});
    row("a broker of another kind is left out, and said", "connections: [{ name: r, kind: rabbitmq, url: x }]\n",
        {u"warning spillway.yaml:2:32: connection 'r' is not a Kafka connection and is left out; this version opens kind: kafka only, so nothing needs to be done"_s});
    row("a kind that does not exist", "connections: [{ name: r, kind: kafak, bootstrap_servers: b:1 }]\n",
        {u"spillway.yaml:2:32: 'kind' of connection 'r' is 'kafak' (did you mean 'kafka'?); write kafka"_s});
    row("connections that are no list", "connections: { name: c }\n",
        {u"spillway.yaml:2:14: 'connections' of the workspace is not a list; begin each connection with '- name: …'"_s});
    QTest::newRow("no environment")
        << QByteArray("name: x\n")
        << QStringList{
               u"warning spillway.yaml:1:1: the workspace does not say its environment, so it counts as development; add environment: production, staging or development"_s};
    QTest::newRow("an environment nobody knows")
        << QByteArray("environment: prod\n")
        << QStringList{
               u"spillway.yaml:1:14: 'environment' of the workspace is 'prod'; write production, staging or development"_s};
    QTest::newRow("a list instead of a workspace")
        << QByteArray("- a\n")
        << QStringList{u"spillway.yaml:1:1: the workspace is a list; write a map of keys, one 'key: value' per line"_s};
}

void WorkspaceTest::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const auto checked = load(text);
    QCOMPARE(said(checked.issues, m_folder->path()), lines);
    const bool onlyWarnings =
        std::all_of(lines.begin(), lines.end(), [](const QString& line) { return line.startsWith(u"warning "_s); });
    QCOMPARE(checked.value.has_value(), onlyWarnings);
}

void WorkspaceTest::secretsAreNeverRepeated_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QString>("where");
    const QByteArray login = "    security: { protocol: SASL_SSL, mechanism: PLAIN, username: u, ";
    QTest::newRow("a password as text") << login + "password: hunter2 }\n" << u":5:"_s;
    QTest::newRow("a password as a number") << login + "password: 4711hunter2 }\n" << u":5:"_s;
    QTest::newRow("a password where the variable's name belongs") << login + "password: { env: 'hunter2!' } }\n"
                                                                  << u":5:"_s;
    QTest::newRow("two references") << login + "password: { env: hunter2, keychain: hunter2 } }\n" << u":5:"_s;
    QTest::newRow("a password under a name of its own") << login + "password: { value: hunter2 } }\n" << u":5:"_s;
    QTest::newRow("a password in a list") << login + "password: [hunter2] }\n" << u":5:"_s;
    QTest::newRow("a password as a key of the connection") << QByteArray("    sasl_password: hunter2\n") << u":5:"_s;
    QTest::newRow("a password in the address")
        << QByteArray("    processing_log: { otlp: 'u:hunter2@h:1' }\n") << u":5:"_s;
    QTest::newRow("a data source name with its password")
        << QByteArray("    processing_log: { postgresql: { dsn: 'postgresql://u:hunter2@h/d' } }\n") << u":5:"_s;
    QTest::newRow("a private key itself")
        << QByteArray("    security: { protocol: SSL, key: '-----BEGIN PRIVATE KEY-----hunter2' }\n") << u":5:"_s;
    QTest::newRow("a key's passphrase") << QByteArray("    security: { protocol: SSL, key_password: hunter2 }\n")
                                        << u":5:"_s;
}

void WorkspaceTest::secretsAreNeverRepeated()
{
    QFETCH(QByteArray, lines);
    QFETCH(QString, where);
    const auto checked = load("environment: staging\nconnections:\n  - name: c\n    bootstrap_servers: b:1\n" + lines);
    QVERIFY(!checked.value);
    const QString text = said(checked.issues, m_folder->path()).join(u'\n');
    QVERIFY2(!text.contains(u"hunter2"_s), qPrintable(text));
    QVERIFY2(text.contains(u"spillway.yaml"_s + where), qPrintable(text));
}

void WorkspaceTest::aMissingFileSaysSo()
{
    const auto checked = loadWorkspace(m_folder->filePath(u"nothing.yaml"_s));
    QVERIFY(!checked.value);
    QCOMPARE(
        said(checked.issues, m_folder->path()),
        QStringList{u"nothing.yaml:1:1: the file does not exist; create it, or correct the path where it is named"_s});
}

void WorkspaceTest::theFileIsFoundFromBelow()
{
    const QString file = write(u"spillway.yaml"_s, "environment: staging\n");
    QVERIFY(QDir(m_folder->path()).mkpath(u"a/b"_s));
    QCOMPARE(findWorkspaceFile(m_folder->filePath(u"a/b"_s)).value(), file);
    QVERIFY(QFile::remove(file));
    const auto missing = findWorkspaceFile(m_folder->filePath(u"a/b"_s));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
    QVERIFY(missing.error().detail.contains(u"spillwayctl init"_s));
}

void WorkspaceTest::stateFolderIsNamedByPath()
{
    Workspace workspace;
    workspace.name = u"acme"_s;
    workspace.file = u"/srv/acme/spillway.yaml"_s;
    const QString hash = QString::fromLatin1(
        QCryptographicHash::hash("/srv/acme/spillway.yaml", QCryptographicHash::Sha256).toHex().first(8));
    qputenv("XDG_STATE_HOME", "/var/state");
    QCOMPARE(defaultStateFolder(workspace), u"/var/state/spillway/acme-"_s + hash);
    qputenv("XDG_STATE_HOME", "relative");
    QCOMPARE(defaultStateFolder(workspace), QDir::homePath() + u"/.local/state/spillway/acme-"_s + hash);
    qunsetenv("XDG_STATE_HOME");
    QCOMPARE(defaultStateFolder(workspace), QDir::homePath() + u"/.local/state/spillway/acme-"_s + hash);
}

QTEST_GUILESS_MAIN(WorkspaceTest)
#include "tst_workspace.moc"
