// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctl/replayscene.h"

#include <QDateTime>

#include <stdexcept>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

void expect(const CtlOutput& output, int exitCode)
{
    if (output.exitCode != exitCode)
        throw std::runtime_error(output.told().toStdString());
}

} // namespace

ReplayScene::ReplayScene(const Peer& peer, int partitions, const QString& environment)
    : m_kafka(peer)
    , m_partitions(partitions)
    , m_origin(peer.newTopic(u"origin"_s, partitions))
    , m_letterTopic(peer.newTopic(u"origin-dlt"_s, partitions))
{
    m_scene.write(u"spillway.yaml"_s,
                  workspaceText({{.name = u"main"_s,
                                  .bootstrap = peer.bootstrap(),
                                  .more = {u"groups: { include: [ \"%1\" ] }"_s.arg(group()),
                                           u"dead_letters: [ { topic: %1 } ]"_s.arg(m_letterTopic)}}},
                                environment));
}

std::vector<ForeignHeader> ReplayScene::ownHeaders(int index) const
{
    return {{"event_type", "order.created"},
            {"trace", QByteArray::number(index)},
            {"trace", QByteArray("\x00\xff", 2)},
            {"nothing", std::nullopt},
            {"empty", QByteArray("")}};
}

ForeignRecord ReplayScene::letter(int index) const
{
    const Failure failure{.topic = m_origin.toUtf8(),
                          .partition = originPartition(index),
                          .offset = 1'000 + index,
                          .timestampMs = QDateTime::currentMSecsSinceEpoch() - 3'600'000,
                          .group = group().toUtf8()};
    ForeignRecord record{.partition = index % m_partitions,
                         .key = "order-" + QByteArray::number(index),
                         .value = R"({ "order": )" + QByteArray::number(index) + R"(,  "amount":1.50 })",
                         .headers = joined(ownHeaders(index), springHeaders(failure))};
    if (index % 5 == 3)
        record.value = QByteArray("\x00\xfe", 2) + QByteArray::number(index);
    if (index % 5 == 4)
        record.value.reset();
    return record;
}

void ReplayScene::fail(int count) const
{
    ForeignProducer producer(m_kafka.bootstrap());
    for (int i = 0; i < count; ++i)
        producer.send(m_letterTopic, letter(i));
    producer.flush();
    const CtlOutput output = m_scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    expect(output, 0);
    if (output.object()[u"deadLetters"_s].toInt() != count)
        throw std::runtime_error(output.told().toStdString());
}

void ReplayScene::collect() const
{
    expect(m_scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}), 0);
}

QString ReplayScene::plan(const QStringList& more, const QString& name) const
{
    const QString file = m_scene.path(name);
    expect(m_scene.ctl(
               QStringList{u"replay"_s, u"plan"_s, u"--query"_s, u"-state:archived"_s, u"--out"_s, file, u"--json"_s} +
               more),
           0);
    return file;
}

CtlOutput ReplayScene::run(const QString& plan, const QStringList& more) const
{
    return m_scene.ctl(QStringList{u"replay"_s, u"run"_s, plan, u"--write"_s, u"--json"_s} + more, {}, 120'000);
}

QJsonObject ReplayScene::status(const QString& job) const
{
    const CtlOutput output = m_scene.ctl({u"replay"_s, u"status"_s, job, u"--json"_s});
    expect(output, 0);
    return output.object();
}

std::vector<QJsonObject> ReplayScene::jobs() const
{
    const CtlOutput output = m_scene.ctl({u"replay"_s, u"status"_s, u"--json"_s});
    expect(output, 0);
    return output.rows();
}

std::map<QString, QString> ReplayScene::letterStates() const
{
    std::map<QString, QString> states;
    for (const QJsonObject& letter : m_scene.ctl({u"dlq"_s, u"list"_s, u"--limit"_s, u"100000"_s, u"--json"_s}).lines())
        states[letter[u"key"_s].toString()] = letter[u"state"_s].toString();
    return states;
}

QByteArray onlyHeader(const ForeignRecord& record, const QByteArray& name)
{
    QByteArray value;
    int found = 0;
    for (const ForeignHeader& header : record.headers) {
        if (header.name == name) {
            value = header.value.value_or(QByteArray());
            ++found;
        }
    }
    return found == 1 ? value : QByteArray();
}

std::vector<ForeignHeader> withoutReplayHeaders(const ForeignRecord& record)
{
    std::vector<ForeignHeader> headers;
    for (const ForeignHeader& header : record.headers) {
        if (!header.name.startsWith("spillway-replay-"))
            headers.push_back(header);
    }
    return headers;
}

} // namespace spillway::test
