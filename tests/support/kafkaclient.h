// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <QString>

#include <map>
#include <memory>
#include <vector>

/// A plain client of a Kafka broker that shares no code with connectors/kafka: what it writes and reads is the tests'
/// other side. Failures throw std::runtime_error.
namespace spillway::test {

using ClientConfig = std::map<QString, QString>; // librdkafka's names

struct TestMessage
{
    QString topic;
    std::optional<int> partition; ///< nullopt: by key
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
    Headers headers;
    std::optional<UtcTime> timestamp;
};

class TestProducer
{
public:
    /// With `transactional.id` in `config` it is ready for `begin`.
    explicit TestProducer(const QString& bootstrap, const ClientConfig& config = {});
    ~TestProducer();
    void send(const TestMessage& message);
    void flush(); ///< returns when every message sent is with the broker
    void begin();
    void commit();
    void abort();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Reads every partition of a topic from its start to the high watermark that it had when asked; transactions that
/// end meanwhile are waited for (60 s), those aborted are not shown unless `isolation` is read_uncommitted. Ordered by
/// partition, then offset.
std::vector<RawRecord> readTopic(const QString& bootstrap, const QString& topic,
                                 const QString& isolation = QStringLiteral("read_committed"));

/// Commits positions for a group without joining it.
void commitOffsets(const QString& bootstrap, const QString& group, const std::vector<Position>& positions);

/// librdkafka's mock cluster in this process.
class EmbeddedKafka
{
public:
    explicit EmbeddedKafka(int brokers = 1);
    ~EmbeddedKafka();
    [[nodiscard]] QString bootstrap() const;
    void createTopic(const QString& name, int partitions);
    /// All brokers refuse connections, or take them again.
    void setDown(bool isDown);
    /// The next requests of this kind (Kafka's api key) end with these codes.
    void failRequests(int apiKey, const std::vector<int>& errors);
    void setRoundTripMs(int ms);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway::test
