// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/clientfile.h"

#include "model/workspace/issuelist.h"
#include "model/workspace/propertiesfile.h"
#include "model/workspace/settings.h"
#include "model/workspace/yamltree.h"

#include <QFileInfo>
#include <QHash>
#include <QSet>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

enum class ValueKind { Integer, Boolean, Text };

struct Translation
{
    QString name; ///< librdkafka's
    ValueKind kind = ValueKind::Text;
};

/// What tunes a client without changing what Spillway reads, writes or promises; everything else stays out.
const QHash<QString, Translation>& translations()
{
    using enum ValueKind;
    static const QHash<QString, Translation> table{
        {u"client.id"_s, {u"client.id"_s, Text}},
        {u"client.rack"_s, {u"client.rack"_s, Text}},
        {u"request.timeout.ms"_s, {u"socket.timeout.ms"_s, Integer}},
        {u"socket.timeout.ms"_s, {u"socket.timeout.ms"_s, Integer}},
        {u"socket.connection.setup.timeout.ms"_s, {u"socket.connection.setup.timeout.ms"_s, Integer}},
        {u"socket.keepalive.enable"_s, {u"socket.keepalive.enable"_s, Boolean}},
        {u"socket.nagle.disable"_s, {u"socket.nagle.disable"_s, Boolean}},
        {u"receive.buffer.bytes"_s, {u"socket.receive.buffer.bytes"_s, Integer}},
        {u"socket.receive.buffer.bytes"_s, {u"socket.receive.buffer.bytes"_s, Integer}},
        {u"send.buffer.bytes"_s, {u"socket.send.buffer.bytes"_s, Integer}},
        {u"socket.send.buffer.bytes"_s, {u"socket.send.buffer.bytes"_s, Integer}},
        {u"broker.address.family"_s, {u"broker.address.family"_s, Text}},
        {u"broker.address.ttl"_s, {u"broker.address.ttl"_s, Integer}},
        {u"connections.max.idle.ms"_s, {u"connections.max.idle.ms"_s, Integer}},
        {u"reconnect.backoff.ms"_s, {u"reconnect.backoff.ms"_s, Integer}},
        {u"reconnect.backoff.max.ms"_s, {u"reconnect.backoff.max.ms"_s, Integer}},
        {u"metadata.max.age.ms"_s, {u"metadata.max.age.ms"_s, Integer}},
        {u"topic.metadata.refresh.interval.ms"_s, {u"topic.metadata.refresh.interval.ms"_s, Integer}},
        {u"message.max.bytes"_s, {u"message.max.bytes"_s, Integer}},
        {u"max.request.size"_s, {u"message.max.bytes"_s, Integer}},
        {u"receive.message.max.bytes"_s, {u"receive.message.max.bytes"_s, Integer}},
        {u"max.partition.fetch.bytes"_s, {u"max.partition.fetch.bytes"_s, Integer}},
        {u"fetch.message.max.bytes"_s, {u"max.partition.fetch.bytes"_s, Integer}},
        {u"fetch.max.bytes"_s, {u"fetch.max.bytes"_s, Integer}},
        {u"fetch.max.wait.ms"_s, {u"fetch.wait.max.ms"_s, Integer}},
        {u"fetch.wait.max.ms"_s, {u"fetch.wait.max.ms"_s, Integer}},
        {u"compression.type"_s, {u"compression.type"_s, Text}},
        {u"compression.codec"_s, {u"compression.type"_s, Text}},
        {u"ssl.cipher.suites"_s, {u"ssl.cipher.suites"_s, Text}},
        {u"ssl.crl.location"_s, {u"ssl.crl.location"_s, Text}},
        {u"enable.ssl.certificate.verification"_s, {u"enable.ssl.certificate.verification"_s, Boolean}},
        {u"sasl.kerberos.service.name"_s, {u"sasl.kerberos.service.name"_s, Text}},
        {u"api.version.request.timeout.ms"_s, {u"api.version.request.timeout.ms"_s, Integer}},
    };
    return table;
}

/// Keys that Spillway sets itself, so that it reads without side effect and replays exactly once.
const QSet<QString>& ownKeys()
{
    static const QSet<QString> keys{u"group.id"_s,
                                    u"group.instance.id"_s,
                                    u"auto.offset.reset"_s,
                                    u"enable.auto.commit"_s,
                                    u"auto.commit.interval.ms"_s,
                                    u"enable.auto.offset.store"_s,
                                    u"isolation.level"_s,
                                    u"session.timeout.ms"_s,
                                    u"heartbeat.interval.ms"_s,
                                    u"max.poll.interval.ms"_s,
                                    u"max.poll.records"_s,
                                    u"partition.assignment.strategy"_s,
                                    u"key.deserializer"_s,
                                    u"value.deserializer"_s,
                                    u"key.serializer"_s,
                                    u"value.serializer"_s,
                                    u"acks"_s,
                                    u"retries"_s,
                                    u"linger.ms"_s,
                                    u"batch.size"_s,
                                    u"buffer.memory"_s,
                                    u"enable.idempotence"_s,
                                    u"transactional.id"_s,
                                    u"transaction.timeout.ms"_s,
                                    u"delivery.timeout.ms"_s,
                                    u"max.in.flight.requests.per.connection"_s,
                                    u"retry.backoff.ms"_s,
                                    u"partitioner"_s,
                                    u"partitioner.class"_s,
                                    u"interceptor.classes"_s,
                                    u"metric.reporters"_s,
                                    u"client.dns.lookup"_s,
                                    u"default.api.timeout.ms"_s,
                                    u"allow.auto.create.topics"_s,
                                    u"check.crcs"_s,
                                    u"ssl.protocol"_s,
                                    u"ssl.enabled.protocols"_s};
    return keys;
}

class Translator
{
public:
    explicit Translator(const QString& file)
        : m_issues(file)
        , m_folder(QFileInfo(file).absolutePath())
    {
    }

    ClientFile translate(const std::vector<PropertyLine>& lines)
    {
        for (const PropertyLine& line : lines)
            m_values.insert(line.key, line.value.trimmed());
        for (const PropertyLine& line : lines)
            take(line, line.value.trimmed());
        m_out.issues = m_issues.take();
        return std::move(m_out);
    }

private:
    void take(const PropertyLine& line, const QString& value)
    {
        const QString& key = line.key;
        if (key == u"bootstrap.servers" || key == u"metadata.broker.list")
            m_out.bootstrapServers = value.split(u',', Qt::SkipEmptyParts);
        else if (key == u"security.protocol")
            takeProtocol(line, value);
        else if (key == u"sasl.mechanism" || key == u"sasl.mechanisms")
            m_out.mechanism = value.toUpper();
        else if (key == u"sasl.username")
            m_out.username = value;
        else if (key == u"sasl.jaas.config")
            takeJaas(line, value);
        else if (key == u"sasl.password")
            noteSecret(line, u"password"_s, value);
        else if (key == u"ssl.key.password" || key == u"ssl.keystore.password" || key == u"ssl.truststore.password")
            noteSecret(line, key == u"ssl.truststore.password" ? QString() : u"key_password"_s, value);
        else if (key == u"ssl.key.pem" || key == u"ssl.keystore.key")
            noteSecret(line, u"key"_s, value);
        else if (key == u"ssl.ca.location")
            m_out.caFile = absolute(value);
        else if (key == u"ssl.certificate.location")
            m_out.certificateFile = absolute(value);
        else if (key == u"ssl.key.location")
            m_out.keyFile = absolute(value);
        else if (key.startsWith(u"ssl.truststore."_s) || key.startsWith(u"ssl.keystore."_s))
            takeJavaStore(line, value);
        else if (key == u"ssl.endpoint.identification.algorithm")
            m_out.properties.push_back({key, value.isEmpty() ? u"none"_s : value});
        else
            takeTuning(line, value);
    }

    void takeProtocol(const PropertyLine& line, const QString& value)
    {
        m_out.protocol = securityProtocolFromWord(value);
        if (!m_out.protocol)
            m_issues.errorAt(line.line, line.column, u"security.protocol is %1"_s.arg(quoted(value)),
                             u"write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"_s);
    }

    void takeJaas(const PropertyLine& line, const QString& value)
    {
        const auto jaas = readJaasLine(value);
        if (!jaas) {
            m_issues.errorAt(line.line, line.column, u"sasl.jaas.config is not a JAAS line"_s,
                             u"write security: { username: …, password: { env: NAME } } in spillway.yaml instead"_s);
            return;
        }
        if (jaas->module != u"PlainLoginModule" && jaas->module != u"ScramLoginModule") {
            m_issues.errorAt(
                line.line, line.column,
                u"sasl.jaas.config names the login module %1, which Spillway cannot use"_s.arg(quoted(jaas->module)),
                u"use PlainLoginModule or ScramLoginModule"_s);
            return;
        }
        m_out.username = jaas->username;
        if (m_out.mechanism.isEmpty() && jaas->module == u"PlainLoginModule")
            m_out.mechanism = u"PLAIN"_s;
        if (jaas->holdsPassword)
            noteSecret(line, u"password"_s, u"…"_s);
    }

    /// A trust store's password protects public certificates only: said, but no secret to be named.
    void noteSecret(const PropertyLine& line, const QString& setting, const QString& value)
    {
        if (setting.isEmpty())
            m_issues.warningAt(line.line, line.column, u"%1 is not used"_s.arg(line.key),
                               u"remove it: PEM files need none"_s);
        else if (!value.isEmpty())
            m_out.openSecrets.push_back({FilePlace{m_issues.file(), line.line, line.column}, line.key, setting});
    }

    /// Java key stores cannot be read here, except when they are PEM files.
    void takeJavaStore(const PropertyLine& line, const QString& value)
    {
        const bool isTrust = line.key.startsWith(u"ssl.truststore."_s);
        const QString type = m_values.value(isTrust ? u"ssl.truststore.type"_s : u"ssl.keystore.type"_s).toUpper();
        if (line.key.endsWith(u".type"_s))
            return;
        if (line.key.endsWith(u".location"_s) && type == u"PEM") {
            if (isTrust) {
                m_out.caFile = absolute(value);
            } else {
                m_out.certificateFile = absolute(value);
                m_out.keyFile = m_out.certificateFile;
            }
            return;
        }
        m_issues.warningAt(
            line.line, line.column, u"%1 names a Java key store, which cannot be read"_s.arg(line.key),
            isTrust
                ? u"export it with 'keytool -exportcert -rfc' and write ssl.ca.location, or ca in spillway.yaml"_s
                : u"convert it with 'openssl pkcs12' to PEM and write certificate and key in spillway.yaml"_s);
    }

    void takeTuning(const PropertyLine& line, const QString& value)
    {
        const auto known = translations().constFind(line.key);
        if (known == translations().constEnd()) {
            if (ownKeys().contains(line.key))
                m_issues.warningAt(line.line, line.column, u"%1 is not used: Spillway sets it itself"_s.arg(line.key),
                                   u"nothing needs to be done"_s);
            else
                m_issues.warningAt(line.line, line.column,
                                   u"unknown key %1, which is ignored%2"_s.arg(
                                       quoted(line.key), didYouMean(line.key, translations().keys())),
                                   u"correct or remove it"_s);
            return;
        }
        bool isInteger = false;
        (void)value.toLongLong(&isInteger);
        if (known->kind == ValueKind::Integer && !isInteger) {
            m_issues.errorAt(line.line, line.column,
                             u"%1 is %2, which is not a whole number"_s.arg(line.key, quoted(value)),
                             u"write a whole number"_s);
            return;
        }
        if (known->kind == ValueKind::Boolean && value != u"true" && value != u"false") {
            m_issues.errorAt(line.line, line.column, u"%1 is %2, which is not a boolean"_s.arg(line.key, quoted(value)),
                             u"write true or false"_s);
            return;
        }
        if (line.key == u"enable.ssl.certificate.verification" && value == u"false")
            m_issues.warningAt(line.line, line.column, u"the broker's certificate will not be verified"_s,
                               u"set ssl.ca.location instead"_s);
        m_out.properties.push_back({known->name, value});
    }

    QString absolute(const QString& path) const { return absolutePath(m_folder, path); }

    IssueList m_issues;
    QString m_folder;
    QHash<QString, QString> m_values;
    ClientFile m_out;
};

} // namespace

ClientFile readClientFile(const QString& file)
{
    constexpr qint64 mostBytes = 1 << 20;
    const Checked<QByteArray> bytes = readUserFile(file, mostBytes);
    if (!bytes.value) {
        ClientFile missing;
        missing.issues = bytes.issues;
        return missing;
    }
    return Translator(file).translate(readProperties(*bytes.value));
}

} // namespace spillway
