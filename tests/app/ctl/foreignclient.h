// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <map>
#include <memory>
#include <optional>
#include <vector>

struct rd_kafka_s;

/// Somebody else's program at the broker: written against librdkafka alone, so that what it writes and reads does not
/// pass through any code of ours. Every failure throws std::runtime_error.
namespace spillway::test {

struct ForeignHeader
{
    QByteArray name;
    std::optional<QByteArray> value; ///< nullopt: null
    friend bool operator==(const ForeignHeader&, const ForeignHeader&) = default;
};

struct ForeignRecord
{
    int partition = 0;
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
    std::vector<ForeignHeader> headers = {};
    qint64 timestampMs = 0; ///< sending: 0 is now
    qint64 offset = -1;     ///< reading only
};

/// Big-endian two's complement, as Java's ByteBuffer and DataOutput write it.
[[nodiscard]] QByteArray int32Bytes(qint32 number);
[[nodiscard]] QByteArray int64Bytes(qint64 number);
/// As BigInteger.toByteArray writes it: as few bytes as it takes.
[[nodiscard]] QByteArray bigIntegerBytes(qint64 number);

class ForeignProducer
{
public:
    /// @param transactionalId  empty: an ordinary idempotent producer.
    explicit ForeignProducer(const QString& bootstrap, const QString& transactionalId = {});
    ~ForeignProducer();
    ForeignProducer(const ForeignProducer&) = delete;
    ForeignProducer& operator=(const ForeignProducer&) = delete;

    void send(const QString& topic, const ForeignRecord& record);
    /// Returns when everything sent so far was acknowledged.
    void flush();
    void begin();
    void commit();
    void abort();

private:
    struct Free
    {
        void operator()(rd_kafka_s* handle) const;
    };
    std::unique_ptr<rd_kafka_s, Free> m_client;
};

enum class Isolation { ReadCommitted, ReadUncommitted };

/// Everything the topic holds up to its ends at the time of asking, by partition and offset.
[[nodiscard]] std::vector<ForeignRecord> readTopic(const QString& bootstrap, const QString& topic,
                                                   Isolation isolation = Isolation::ReadCommitted);

/// The commit of a group without members.
void commitOffset(const QString& bootstrap, const QString& group, const QString& topic, int partition, qint64 offset);

/// Low and high watermark.
[[nodiscard]] std::pair<qint64, qint64> watermarks(const QString& bootstrap, const QString& topic, int partition);

} // namespace spillway::test
