// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/connection.h"
#include "tests/support/peers.h"
#include "tests/support/recordsourcecontract.h"
#include "tests/support/replaytargetcontract.h"

namespace spillway::test {

/// A connection with nothing in its way.
inline ConnectionSettings plainSettings(const QString& bootstrap)
{
    ConnectionSettings settings;
    settings.name = QStringLiteral("test");
    settings.bootstrapServers = QStringList{bootstrap};
    return settings;
}

/// Secrets that are their own names, and a clock: what a connection needs besides its settings.
class OpenSecrets final : public SecretStore
{
public:
    [[nodiscard]] Result<Secret> resolve(const SecretReference& reference) override
    {
        return Secret(reference.name.toUtf8());
    }
};

struct Surroundings
{
    OpenSecrets secrets;
    SystemClock clock;
    [[nodiscard]] KafkaConnection connect(ConnectionSettings settings)
    {
        return KafkaConnection(std::move(settings), &secrets, &clock);
    }
};

class RealKafkaBench final : public RecordSourceBench
{
public:
    explicit RealKafkaBench(const Peer& peer)
        : m_peer(peer)
    {
    }
    QString newTopic(const QString& prefix, int partitions) override { return m_peer.newTopic(prefix, partitions); }
    void publish(const std::vector<TestMessage>& messages) override
    {
        TestProducer producer(m_peer.bootstrap());
        for (const TestMessage& each : messages)
            producer.send(each);
        producer.flush();
    }
    std::unique_ptr<RecordSource> open() override
    {
        return m_surroundings.connect(plainSettings(m_peer.bootstrap())).recordSource();
    }

private:
    const Peer& m_peer;
    Surroundings m_surroundings;
};

class EmbeddedKafkaBench final : public RecordSourceBench
{
public:
    QString newTopic(const QString& prefix, int partitions) override
    {
        const QString name = uniqueName(prefix);
        m_kafka.createTopic(name, partitions);
        return name;
    }
    void publish(const std::vector<TestMessage>& messages) override
    {
        TestProducer producer(m_kafka.bootstrap());
        for (const TestMessage& each : messages)
            producer.send(each);
        producer.flush();
    }
    std::unique_ptr<RecordSource> open() override
    {
        return m_surroundings.connect(plainSettings(m_kafka.bootstrap())).recordSource();
    }
    bool tellsMissingTopics() const override { return false; }

private:
    EmbeddedKafka m_kafka;
    Surroundings m_surroundings;
};

class RealKafkaTargetBench final : public ReplayTargetBench
{
public:
    explicit RealKafkaTargetBench(const Peer& peer)
        : m_peer(peer)
    {
    }
    QString newTopic(const QString& prefix, int partitions) override { return m_peer.newTopic(prefix, partitions); }
    std::unique_ptr<ReplayTarget> open() override
    {
        return m_surroundings.connect(plainSettings(m_peer.bootstrap())).replayTarget();
    }
    std::vector<RawRecord> read(const QString& topic) override { return readTopic(m_peer.bootstrap(), topic); }

private:
    const Peer& m_peer;
    Surroundings m_surroundings;
};

class EmbeddedKafkaTargetBench final : public ReplayTargetBench
{
public:
    QString newTopic(const QString& prefix, int partitions) override
    {
        const QString name = uniqueName(prefix);
        m_kafka.createTopic(name, partitions);
        return name;
    }
    std::unique_ptr<ReplayTarget> open() override
    {
        return m_surroundings.connect(plainSettings(m_kafka.bootstrap())).replayTarget();
    }
    std::vector<RawRecord> read(const QString& topic) override { return readTopic(m_kafka.bootstrap(), topic); }
    bool tellsMissingTopics() const override { return false; }

private:
    EmbeddedKafka m_kafka;
    Surroundings m_surroundings;
};

} // namespace spillway::test
