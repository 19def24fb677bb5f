// SPDX-License-Identifier: GPL-3.0-or-later
// Who may come in, what is said to those who may not, and that the line we print is the line that helps.
#include "tests/connectors/kafka/bench.h"

#include <QLoggingCategory>
#include <QTest>

#include <mutex>
#include <set>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

SecretReference secret(const QString& value)
{
    return {.kind = SecretReference::Kind::Environment, .name = value}; // OpenSecrets: the name is the secret
}

ConnectionSettings saslSettings(const Peer& peer, const QString& user, const QString& mechanism = u"SCRAM-SHA-256"_s)
{
    ConnectionSettings settings = plainSettings(peer.address(u"sasl"_s));
    settings.security.protocol = SecurityProtocol::SaslPlaintext;
    settings.security.mechanism = mechanism;
    settings.security.username = user;
    settings.security.password = secret(user + u"-secret"_s);
    return settings;
}

ConnectionSettings tlsSettings(const Peer& peer)
{
    ConnectionSettings settings = plainSettings(peer.address(u"tls"_s));
    settings.security.protocol = SecurityProtocol::Ssl;
    settings.security.caFile = peer.caFile();
    return settings;
}

TopicSelector named(const QString& topic)
{
    return {.topic = topic, .pattern = {}};
}

DeadLetterTopic deadLetters(const QString& topic)
{
    return {.selector = named(topic), .mapping = {}, .place = {}};
}

QStringList captured;     // what was logged
std::mutex capturedMutex; // guards: captured

void capture(QtMsgType, const QMessageLogContext&, const QString& text)
{
    const std::scoped_lock lock(capturedMutex);
    captured.append(text);
}

} // namespace

class KafkaSecurityTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoMayComesIn_data();
    void whoMayComesIn();
    void eachRefusalSaysWhatItIs();
    void aMissingTopicRightComesWithTheLineThatGrantsIt();
    void aReplayAsksForEachRightItLacks();
    void theCheckNamesEveryStepAndItsLinesMakeItPass();
    void theCheckStopsWhereTheWayEnds_data();
    void theCheckStopsWhereTheWayEnds();
    void noSecretIsLoggedOrTold();
    void propertiesThatRunCodeAreRefused();

private:
    const Peer& m_peer = Peers::secured();
    Surroundings m_around;
    [[nodiscard]] Result<BoundsReport> look(const ConnectionSettings& settings, const QString& topic)
    {
        return m_around.connect(settings).recordSource()->bounds({named(topic)}, {});
    }
};

void KafkaSecurityTest::whoMayComesIn_data()
{
    QTest::addColumn<QString>("listener");
    QTest::addColumn<QString>("mechanism");
    QTest::newRow("without security") << u"plain"_s << QString();
    QTest::newRow("with SASL PLAIN") << u"sasl"_s << u"PLAIN"_s;
    QTest::newRow("with SCRAM-SHA-256") << u"sasl"_s << u"SCRAM-SHA-256"_s;
    QTest::newRow("with TLS") << u"tls"_s << QString();
    QTest::newRow("with SCRAM-SHA-256 over TLS") << u"sasltls"_s << u"SCRAM-SHA-256"_s;
    QTest::newRow("with PLAIN over TLS") << u"sasltls"_s << u"PLAIN"_s;
}

void KafkaSecurityTest::whoMayComesIn()
{
    QFETCH(QString, listener);
    QFETCH(QString, mechanism);
    const QString topic = m_peer.newTopic(u"secured"_s, 1);
    ConnectionSettings settings = plainSettings(m_peer.address(listener));
    const bool usesTls = listener.endsWith(u"tls"_s);
    const bool usesSasl = listener.startsWith(u"sasl"_s);
    settings.security.protocol = usesTls && usesSasl ? SecurityProtocol::SaslSsl
                                 : usesTls           ? SecurityProtocol::Ssl
                                 : usesSasl          ? SecurityProtocol::SaslPlaintext
                                                     : SecurityProtocol::Plaintext;
    if (usesTls)
        settings.security.caFile = m_peer.caFile();
    if (usesSasl) {
        settings.security.mechanism = mechanism;
        settings.security.username = u"admin"_s;
        settings.security.password = secret(u"admin-secret"_s);
    }
    const KafkaConnection connection = m_around.connect(settings);
    const Result<BoundsReport> report = connection.recordSource()->bounds({named(topic)}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QCOMPARE(report->partitions.size(), size_t{1});
    QCOMPARE(connection.health().connectivity, Connectivity::Connected);
}

void KafkaSecurityTest::eachRefusalSaysWhatItIs()
{
    const QString topic = m_peer.newTopic(u"refused"_s, 1);
    const QString nobody = m_peer.newUser(u"nobody"_s);
    struct Refusal
    {
        const char* name;
        ConnectionSettings settings;
        ErrorCode code;
        Connectivity dot;
        QStringList says;
    };
    ConnectionSettings wrongPassword = saslSettings(m_peer, nobody);
    wrongPassword.security.password = secret(u"wrong-password-1234"_s);
    ConnectionSettings wrongPlain = saslSettings(m_peer, u"alice"_s, u"PLAIN"_s);
    wrongPlain.security.password = secret(u"wrong-password-1234"_s);
    ConnectionSettings stranger = tlsSettings(m_peer);
    stranger.security.caFile = m_peer.strangerCaFile();
    const ConnectionSettings down = plainSettings(u"127.0.0.1:1"_s);
    const std::vector<Refusal> refusals{
        {"broker down",
         down,
         ErrorCode::Unreachable,
         Connectivity::Unreachable,
         {u"no broker answers at 127.0.0.1:1"_s, u"Connection refused"_s, u"bootstrap_servers"_s}},
        {"wrong password",
         wrongPassword,
         ErrorCode::Unauthorised,
         Connectivity::Unauthorised,
         {u"refused the login of user '%1'"_s.arg(nobody), u"SCRAM-SHA-256"_s, u"security.password"_s}},
        {"wrong password, PLAIN",
         wrongPlain,
         ErrorCode::Unauthorised,
         Connectivity::Unauthorised,
         {u"refused the login of user 'alice'"_s, u"PLAIN"_s, u"Invalid username or password"_s}},
        {"unknown authority",
         stranger,
         ErrorCode::Unauthorised,
         Connectivity::Unauthorised,
         {u"not trusted"_s, u"certificate verify failed"_s, u"ca_file"_s}},
        {"no right",
         saslSettings(m_peer, nobody),
         ErrorCode::Unauthorised,
         Connectivity::Degraded,
         {u"User:%1 lacks the right Describe and Read on topic '%2'"_s.arg(nobody, topic),
          u"kafka-acls --bootstrap-server"_s}},
        {"unknown topic",
         saslSettings(m_peer, u"admin"_s),
         ErrorCode::NotFound,
         Connectivity::Degraded,
         {u"topic '%1-not'"_s.arg(topic), u"does not exist"_s, u"create it"_s}},
    };
    std::set<QString> messages;
    for (const Refusal& each : refusals) {
        const KafkaConnection connection = m_around.connect(each.settings);
        const QString asked = each.code == ErrorCode::NotFound ? topic + u"-not"_s : topic;
        const Result<BoundsReport> report = connection.recordSource()->bounds({named(asked)}, {});
        const Error error = report ? (report->failures.empty() ? Error{} : report->failures[0].error) : report.error();
        QVERIFY2(error.code == each.code, qPrintable(QLatin1StringView(each.name) + u": "_s + error.detail));
        for (const QString& part : each.says)
            QVERIFY2(error.detail.contains(part), qPrintable(part + u" is missing in: "_s + error.detail));
        QVERIFY2(!error.detail.contains(u"wrong-password-1234"_s), "a password is told");
        QCOMPARE(connection.health().connectivity, each.dot);
        QVERIFY(connection.health().lastError);
        messages.insert(error.detail);
    }
    QCOMPARE(messages.size(), refusals.size());
}

void KafkaSecurityTest::aMissingTopicRightComesWithTheLineThatGrantsIt()
{
    const QString topic = m_peer.newTopic(u"granted"_s, 1);
    const QString other = m_peer.newTopic(u"not-granted"_s, 1);
    const QString user = m_peer.newUser(u"reader"_s);
    const auto source = m_around.connect(saslSettings(m_peer, user)).recordSource();
    Result<BoundsReport> report = source->bounds({named(topic)}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QCOMPARE(report->failures.size(), size_t{1});
    const QString detail = report->failures[0].error.detail;
    m_peer.runAclLine(detail.mid(detail.indexOf(u"kafka-acls"_s)));
    QTRY_VERIFY_WITH_TIMEOUT((report = source->bounds({named(topic)}, {})).has_value() && report->failures.empty(),
                             30'000);
    QCOMPARE(report->partitions.size(), size_t{1});
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}}));
    Result<RecordBatch> batch = source->poll(1 << 20, Millis{5'000}, {});
    QVERIFY2(batch && batch->failures.empty() && batch->positions.size() == 1, "the right to read was granted too");
    // Describe alone shows the topic and its ends; reading it is refused, beside another that goes on.
    m_peer.runAclLine(
        u"kafka-acls --bootstrap-server x --add --allow-principal 'User:%1' --operation Describe --topic '%2'"_s.arg(
            user, other));
    QTRY_VERIFY_WITH_TIMEOUT((report = source->bounds({named(other)}, {})).has_value() && report->failures.empty(),
                             30'000);
    m_peer.kcat({u"-P"_s, u"-t"_s, topic}, "one\n");
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}, {{other, 0}, Offset{0}}}));
    std::set<QString> refused;
    size_t records = 0;
    const auto pollOnce = [&] {
        batch = source->poll(1 << 20, Millis{200}, {});
        for (const TopicFailure& each : batch ? batch->failures : std::vector<TopicFailure>())
            refused.insert(each.topic);
        records += batch ? batch->records.size() : 0;
        return records == 1 && refused == std::set<QString>{other};
    };
    QVERIFY(QTest::qWaitFor(pollOnce, 30'000));
}

void KafkaSecurityTest::aReplayAsksForEachRightItLacks()
{
    const QString letters = m_peer.newTopic(u"letters"_s, 1);
    const QString topic = m_peer.newTopic(u"target"_s, 1);
    const QString user = m_peer.newUser(u"replayer"_s);
    const QString job = uniqueName(u"job"_s);
    const auto target = m_around.connect(saslSettings(m_peer, user)).replayTarget();
    const auto attempt = [&]() -> Status {
        if (const Result<int> count = target->partitionCount(topic, {}); !count)
            return tl::unexpected<Error>(count.error());
        if (const Result<ReplayProgress> progress = target->begin(job, {}); !progress)
            return tl::unexpected<Error>(progress.error());
        const Result<std::vector<LandedAt>> landed = target->sendBatch(
            std::vector{replayed(job, {letters, 0}, 0, topic)}, std::vector<Position>{{{letters, 0}, Offset{1}}}, {});
        if (!landed)
            return tl::unexpected<Error>(landed.error());
        return target->close(job, {});
    };
    std::vector<QString> lines;
    const auto grantUntilItWorks = [&] {
        const Status status = attempt();
        if (status)
            return true;
        if (status.error().code != ErrorCode::Unauthorised)
            return false; // asked again
        const QString line = status.error().detail.mid(status.error().detail.indexOf(u"kafka-acls"_s));
        if (std::find(lines.begin(), lines.end(), line) == lines.end()) {
            lines.push_back(line);
            m_peer.runAclLine(line);
        }
        return false;
    };
    QVERIFY2(QTest::qWaitFor(grantUntilItWorks, 90'000),
             qPrintable(QStringList(lines.begin(), lines.end()).join(u'\n')));
    const QString all = QStringList(lines.begin(), lines.end()).join(u'\n');
    for (
        const QString& part :
        {u"--operation Describe --operation Write --topic '%1'"_s.arg(topic),
         u"--operation Describe --operation Write --transactional-id 'spillway.replay.' --resource-pattern-type prefixed"_s,
         u"--operation Describe --operation Read --operation Delete --group 'spillway.replay.'"_s,
         u"--operation Describe --operation Read --topic '%1'"_s.arg(letters)})
        QVERIFY2(all.contains(part), qPrintable(part + u" is missing in\n"_s + all));
    QCOMPARE(lines.size(), size_t{4});
    // What was refused on the way was aborted.
    QCOMPARE(readTopic(m_peer.bootstrap(), topic).size(), size_t{1});
}

void KafkaSecurityTest::theCheckNamesEveryStepAndItsLinesMakeItPass()
{
    const QString letters = m_peer.newTopic(u"checked.DLT"_s, 1);
    const QString log = m_peer.newTopic(u"checked-log"_s, 2);
    commitOffsets(m_peer.bootstrap(), letters + u"-group"_s, {{{letters, 0}, Offset{0}}});
    const QString user = m_peer.newUser(u"checked"_s);
    ConnectionSettings settings = saslSettings(m_peer, user);
    settings.deadLetters = {deadLetters(letters)};
    settings.processingLogs.emplace_back();
    settings.processingLogs.back().topic = log;
    const KafkaConnection connection = m_around.connect(settings);
    KafkaCheckReport report = connection.check({});
    QVERIFY(!report.isOk());
    QCOMPARE(report.connection, settings.name);
    QVERIFY(!report.clusterId.isEmpty());
    for (const QString& name : {u"configuration"_s, u"address"_s, u"tls"_s, u"login"_s}) {
        QVERIFY2(report.step(name), qPrintable(name));
        QCOMPARE(report.step(name)->outcome, KafkaCheckStep::Outcome::Ok);
    }
    QVERIFY(report.step(u"topics")->text.contains(u"no topics visible to user User:%1"_s.arg(user)));
    for (const QString& name : {u"topics"_s, u"topic "_s + letters, u"topic "_s + log, u"groups"_s, u"replay"_s}) {
        const KafkaCheckStep* step = report.step(name);
        QVERIFY2(step, qPrintable(name));
        QCOMPARE(step->outcome, KafkaCheckStep::Outcome::Failed);
        QCOMPARE(step->code, std::optional(ErrorCode::Unauthorised));
        QVERIFY2(step->grants.size() == 1 && step->grants[0].startsWith(u"kafka-acls "_s), qPrintable(step->text));
    }
    std::set<QString> granted;
    const auto grantUntilItPasses = [&] {
        report = connection.check({});
        for (const KafkaCheckStep& step : report.steps) {
            for (const QString& line : step.grants) {
                if (granted.insert(line).second)
                    m_peer.runAclLine(line);
            }
        }
        return report.isOk();
    };
    QVERIFY(QTest::qWaitFor(grantUntilItPasses, 120'000));
    QVERIFY(report.step(u"topic "_s + log)->text.contains(u"partitions: 2"_s));
    // Sizes of logs are an extra: without the right the check passes, and its line is there all the same.
    QVERIFY(std::any_of(granted.begin(), granted.end(),
                        [](const QString& line) { return line.endsWith(u"--operation Describe --cluster"_s); }));
    QVERIFY(QTest::qWaitFor([&] { return connection.check({}).step(u"sizes of logs")->text.contains(u"told for "_s); },
                            60'000));
    // Nothing is left of it.
    QVERIFY(!m_peer.consumerGroups({u"--list"_s}).out.contains("spillway.replay.check"));
}

void KafkaSecurityTest::theCheckStopsWhereTheWayEnds_data()
{
    QTest::addColumn<QString>("obstacle");
    QTest::addColumn<QString>("failed");
    QTest::addColumn<QStringList>("passed");
    QTest::addColumn<QStringList>("skipped");
    QTest::newRow("nobody listens") << u"down"_s << u"address"_s << QStringList{u"configuration"_s}
                                    << QStringList{u"tls"_s, u"login"_s, u"topics"_s};
    QTest::newRow("a certificate nobody we know signed")
        << u"authority"_s << u"tls"_s << QStringList{u"configuration"_s, u"address"_s}
        << QStringList{u"login"_s, u"topics"_s};
    QTest::newRow("a wrong password over TLS")
        << u"password"_s << u"login"_s << QStringList{u"configuration"_s, u"address"_s, u"tls"_s}
        << QStringList{u"topics"_s};
    QTest::newRow("a property that does not exist") << u"property"_s << u"configuration"_s << QStringList()
                                                    << QStringList{u"address"_s, u"tls"_s, u"login"_s, u"topics"_s};
}

void KafkaSecurityTest::theCheckStopsWhereTheWayEnds()
{
    QFETCH(QString, obstacle);
    QFETCH(QString, failed);
    QFETCH(QStringList, passed);
    QFETCH(QStringList, skipped);
    ConnectionSettings settings = plainSettings(u"127.0.0.1:1"_s);
    if (obstacle == u"authority"_s) {
        settings = tlsSettings(m_peer);
        settings.security.caFile = m_peer.strangerCaFile();
    } else if (obstacle == u"password"_s) {
        settings = saslSettings(m_peer, u"bob"_s, u"PLAIN"_s);
        settings.bootstrapServers = QStringList{m_peer.address(u"sasltls"_s)};
        settings.security.protocol = SecurityProtocol::SaslSsl;
        settings.security.caFile = m_peer.caFile();
        settings.security.password = secret(u"not-bobs"_s);
    } else if (obstacle == u"property"_s) {
        settings.clientProperties = {{u"no.such.property"_s, u"1"_s}};
    }
    const KafkaCheckReport report = m_around.connect(settings).check({});
    QVERIFY(!report.isOk());
    QVERIFY(report.step(failed));
    QCOMPARE(report.step(failed)->outcome, KafkaCheckStep::Outcome::Failed);
    QVERIFY(!report.step(failed)->text.isEmpty());
    for (const QString& name : passed)
        QCOMPARE(report.step(name)->outcome, KafkaCheckStep::Outcome::Ok);
    for (const QString& name : skipped)
        QCOMPARE(report.step(name)->outcome, KafkaCheckStep::Outcome::Skipped);
    QCOMPARE(static_cast<qsizetype>(report.steps.size()), 1 + passed.size() + skipped.size());
}

void KafkaSecurityTest::noSecretIsLoggedOrTold()
{
    ConnectionSettings settings = saslSettings(m_peer, u"carol"_s, u"PLAIN"_s);
    settings.security.password = secret(u"unmistakable-4711"_s);
    settings.clientProperties = {{u"debug"_s, u"all"_s}};
    captured.clear();
    QLoggingCategory::setFilterRules(u"spillway.kafka.debug=true"_s);
    const QtMessageHandler before = qInstallMessageHandler(capture);
    const Result<BoundsReport> report = look(settings, u"x"_s);
    qInstallMessageHandler(before);
    QLoggingCategory::setFilterRules({});
    QVERIFY(!report);
    const std::scoped_lock lock(capturedMutex);
    QVERIFY2(captured.size() > 10, "the library said nothing: this test would not notice anything");
    QVERIFY(!captured.join(u'\n').contains(u"unmistakable-4711"_s));
    QVERIFY(!report.error().detail.contains(u"unmistakable-4711"_s));
    // A secret that the library does not accept is not repeated either.
    ConnectionSettings bad = plainSettings(m_peer.bootstrap());
    bad.clientProperties = {{u"acks"_s, u"unmistakable-4711"_s}};
    const Result<BoundsReport> refused = look(bad, u"x"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidConfig);
    QVERIFY(refused.error().detail.contains(u"acks"_s));
    QVERIFY(!refused.error().detail.contains(u"unmistakable-4711"_s));
}

void KafkaSecurityTest::propertiesThatRunCodeAreRefused()
{
    for (const QString& name : {u"plugin.library.paths"_s, u"sasl.kerberos.kinit.cmd"_s, u"ssl.engine.location"_s}) {
        ConnectionSettings settings = plainSettings(m_peer.bootstrap());
        settings.clientProperties = {{name, u"/tmp/evil"_s}};
        const Result<BoundsReport> report = look(settings, u"x"_s);
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(report.error().detail.contains(name), qPrintable(report.error().detail));
    }
}

QTEST_GUILESS_MAIN(KafkaSecurityTest)
#include "tst_kafkasecurity.moc"
