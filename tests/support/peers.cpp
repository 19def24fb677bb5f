// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/peers.h"
#include "tests/support/folders.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

template<auto destroy>
struct Destroyer
{
    template<typename T>
    void operator()(T* handle) const
    {
        destroy(handle);
    }
};
using Client = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;

[[noreturn]] void giveUp(const QString& what)
{
    throw std::runtime_error(what.toStdString());
}

QString script()
{
    return test::sourceFile(u"packaging/peers"_s);
}

QString readLine(const QString& file, const QString& prefix)
{
    QFile f(file);
    if (!f.open(QIODevice::ReadOnly))
        giveUp(u"%1 is not there: start the servers with 'packaging/peers up'"_s.arg(file));
    const QStringList lines = QString::fromUtf8(f.readAll()).split(u'\n');
    for (const QString& line : lines) {
        if (line.startsWith(prefix))
            return line.mid(prefix.size()).trimmed();
    }
    giveUp(u"%1 has no line '%2'"_s.arg(file, prefix));
}

Client connectTo(const QString& bootstrap)
{
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[512];
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.toUtf8().constData(), why, sizeof why);
    rd_kafka_conf_set(conf, "log_level", "0", why, sizeof why);
    Client client(rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why));
    if (!client)
        giveUp(QString::fromUtf8(why));
    return client;
}

/// Runs one admin request on topics and checks each topic's outcome.
void administer(const QString& bootstrap, const QString& what,
                const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& request,
                const std::function<const rd_kafka_topic_result_t**(const rd_kafka_event_t*, size_t*)>& results)
{
    const Client client = connectTo(bootstrap);
    const Queue queue(rd_kafka_queue_new(client.get()));
    request(client.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), 40'000));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        giveUp(what + u": "_s +
               QString::fromUtf8(event ? rd_kafka_event_error_string(event.get()) : "no answer in 40 s"));
    size_t count = 0;
    const rd_kafka_topic_result_t** each = results(event.get(), &count);
    for (size_t i = 0; i < count; ++i) {
        if (rd_kafka_topic_result_error(each[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
            giveUp(what + u": "_s + QString::fromUtf8(rd_kafka_topic_result_error_string(each[i])));
    }
}

/// How many partitions with a leader the cluster says the topic has; 0 when there is no such topic.
int partitionsWithLeader(rd_kafka_t* client, const QByteArray& topic)
{
    const rd_kafka_metadata_t* metadata = nullptr;
    // The list of all topics: asking for one by name would keep it alive in the client's own list.
    if (rd_kafka_metadata(client, 1, nullptr, &metadata, 5'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    int ready = 0;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const rd_kafka_metadata_topic& t = metadata->topics[i];
        if (topic != t.topic)
            continue;
        for (int p = 0; p < t.partition_cnt; ++p)
            ready += t.partitions[p].leader >= 0 ? 1 : 0;
    }
    rd_kafka_metadata_destroy(metadata);
    return ready;
}

void awaitPartitions(const QString& bootstrap, const QString& topic, int partitions)
{
    const Client client = connectTo(bootstrap);
    const QByteArray name = topic.toUtf8();
    if (!QTest::qWaitFor([&] { return partitionsWithLeader(client.get(), name) == partitions; }, 30'000))
        giveUp(u"topic %1 has not come to %2 partitions"_s.arg(topic).arg(partitions));
}

} // namespace

ProcessOutput runProcess(const QString& program, const QStringList& arguments, const QByteArray& input, int timeoutMs)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForStarted())
        giveUp(u"%1 cannot be started: %2"_s.arg(program, process.errorString()));
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        giveUp(u"%1 %2 took too long: %3"_s.arg(program, arguments.join(u' '),
                                                QString::fromUtf8(process.readAllStandardError())));
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

namespace {

ProcessOutput runOrGiveUp(const QString& program, const QStringList& arguments, const QByteArray& input)
{
    ProcessOutput output = runProcess(program, arguments, input);
    if (output.exitCode != 0)
        giveUp(u"%1 %2 failed (%3): %4"_s.arg(program, arguments.join(u' '), QString::number(output.exitCode),
                                              QString::fromUtf8(output.err + output.out)));
    return output;
}

} // namespace

QString uniqueName(const QString& prefix)
{
    static std::atomic<int> counter{0};
    return u"%1-%2-%3-%4"_s.arg(prefix)
        .arg(QDateTime::currentMSecsSinceEpoch() % 100'000'000'000)
        .arg(QCoreApplication::applicationPid())
        .arg(++counter);
}

QString Peer::version() const
{
    return readLine(m_folder + u"/version"_s, {});
}

QString Peer::address(const QString& listener) const
{
    return readLine(m_folder + u"/addresses"_s, listener + u' ');
}

void Peer::createTopic(const QString& name, int partitions, const TopicConfig& config) const
{
    administer(
        bootstrap(), u"creating topic "_s + name,
        [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
            char why[512];
            rd_kafka_NewTopic_t* topic =
                rd_kafka_NewTopic_new(name.toUtf8().constData(), partitions, 1, why, sizeof why);
            if (!topic)
                giveUp(QString::fromUtf8(why));
            for (const auto& [key, value] : config)
                rd_kafka_NewTopic_set_config(topic, key.toUtf8().constData(), value.toUtf8().constData());
            rd_kafka_CreateTopics(client, &topic, 1, nullptr, queue);
            rd_kafka_NewTopic_destroy(topic);
        },
        [](const rd_kafka_event_t* event, size_t* count) {
            return rd_kafka_CreateTopics_result_topics(
                rd_kafka_event_CreateTopics_result(const_cast<rd_kafka_event_t*>(event)), count);
        });
    awaitPartitions(bootstrap(), name, partitions);
}

QString Peer::newTopic(const QString& prefix, int partitions, const TopicConfig& config) const
{
    const QString name = uniqueName(prefix);
    createTopic(name, partitions, config);
    return name;
}

void Peer::deleteTopic(const QString& name) const
{
    administer(
        bootstrap(), u"deleting topic "_s + name,
        [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
            rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name.toUtf8().constData());
            rd_kafka_DeleteTopics(client, &topic, 1, nullptr, queue);
            rd_kafka_DeleteTopic_destroy(topic);
        },
        [](const rd_kafka_event_t* event, size_t* count) {
            return rd_kafka_DeleteTopics_result_topics(
                rd_kafka_event_DeleteTopics_result(const_cast<rd_kafka_event_t*>(event)), count);
        });
    awaitPartitions(bootstrap(), name, 0);
}

void Peer::addPartitions(const QString& name, int total) const
{
    administer(
        bootstrap(), u"adding partitions to "_s + name,
        [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
            char why[512];
            rd_kafka_NewPartitions_t* more =
                rd_kafka_NewPartitions_new(name.toUtf8().constData(), static_cast<size_t>(total), why, sizeof why);
            if (!more)
                giveUp(QString::fromUtf8(why));
            rd_kafka_CreatePartitions(client, &more, 1, nullptr, queue);
            rd_kafka_NewPartitions_destroy(more);
        },
        [](const rd_kafka_event_t* event, size_t* count) {
            return rd_kafka_CreatePartitions_result_topics(
                rd_kafka_event_CreatePartitions_result(const_cast<rd_kafka_event_t*>(event)), count);
        });
    awaitPartitions(bootstrap(), name, total);
}

ProcessOutput Peer::tool(const QString& className, const QStringList& arguments, const QByteArray& input) const
{
    return runOrGiveUp(
        script(), QStringList{u"tool"_s, m_folder, className, u"--bootstrap-server"_s, bootstrap()} + arguments, input);
}

ProcessOutput Peer::consumerGroups(const QStringList& arguments) const
{
    return tool(u"org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"_s, arguments);
}

ProcessOutput Peer::acls(const QStringList& arguments) const
{
    return tool(version().startsWith(u'3') ? u"kafka.admin.AclCommand"_s : u"org.apache.kafka.tools.AclCommand"_s,
                arguments);
}

QString Peer::newUser(const QString& prefix) const
{
    const QString user = uniqueName(prefix);
    const QString password = user + u"-secret"_s;
    tool(u"kafka.admin.ConfigCommand"_s,
         {u"--alter"_s, u"--add-config"_s, u"SCRAM-SHA-256=[iterations=4096,password=%1]"_s.arg(password),
          u"--entity-type"_s, u"users"_s, u"--entity-name"_s, user});
    const QStringList login{u"-b"_s,
                            address(u"sasl"_s),
                            u"-L"_s,
                            u"-m"_s,
                            u"5"_s,
                            u"-X"_s,
                            u"security.protocol=SASL_PLAINTEXT"_s,
                            u"-X"_s,
                            u"sasl.mechanism=SCRAM-SHA-256"_s,
                            u"-X"_s,
                            u"sasl.username="_s + user,
                            u"-X"_s,
                            u"sasl.password="_s + password};
    if (!QTest::qWaitFor([&] { return runProcess(u"kcat"_s, login).exitCode == 0; }, 30'000))
        giveUp(u"user %1 cannot log in"_s.arg(user));
    return user;
}

void Peer::runAclLine(const QString& line) const
{
    const QString command = u"kafka-acls "_s;
    if (!line.startsWith(command))
        giveUp(u"not a kafka-acls line: "_s + line);
    const ProcessOutput words = runOrGiveUp(u"sh"_s, {u"-c"_s, u"printf '%s\\0' "_s + line.mid(command.size())}, {});
    QStringList arguments;
    for (const QByteArray& word : words.out.chopped(1).split('\0'))
        arguments.append(QString::fromUtf8(word));
    const qsizetype server = arguments.indexOf(u"--bootstrap-server"_s);
    if (server < 0)
        giveUp(u"names no server: "_s + line);
    arguments.remove(server, 2);
    acls(arguments);
}

ProcessOutput Peer::kcat(const QStringList& arguments, const QByteArray& input) const
{
    return runOrGiveUp(u"kcat"_s, QStringList{u"-b"_s, bootstrap()} + arguments, input);
}

const Peer& Peers::kafka391()
{
    static const Peer peer(test::buildFile(u"peers/kafka391"_s));
    return peer;
}

const Peer& Peers::kafka411()
{
    static const Peer peer(test::buildFile(u"peers/kafka411"_s));
    return peer;
}

const Peer& Peers::secured()
{
    static const Peer peer(test::buildFile(u"peers/secured"_s));
    return peer;
}

const Peer& Peers::byVersion(const QString& version)
{
    return version == u"3.9.1"_s ? kafka391() : kafka411();
}

void Peers::addVersionRows()
{
    QTest::addColumn<QString>("version");
    QTest::newRow("Kafka 3.9.1") << u"3.9.1"_s;
    QTest::newRow("Kafka 4.1.1") << u"4.1.1"_s;
}

OwnPeer::OwnPeer(const QString& version, const QStringList& options)
    : m_options(QStringList{u"--version"_s, version} + options)
    , m_peer(m_dir.path())
{
    start();
}

OwnPeer::~OwnPeer()
{
    QProcess::execute(script(), {u"stop"_s, m_peer.folder(), u"KILL"_s});
}

void OwnPeer::kill()
{
    runOrGiveUp(script(), {u"stop"_s, m_peer.folder(), u"KILL"_s}, {});
}

void OwnPeer::stop()
{
    runOrGiveUp(script(), {u"stop"_s, m_peer.folder()}, {});
}

void OwnPeer::start()
{
    runOrGiveUp(script(), QStringList{u"start"_s, u"kafka"_s, m_peer.folder()} + m_options, {});
}

} // namespace spillway::test
