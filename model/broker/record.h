// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

/// What all brokers share, as values. Bytes from a broker stay bytes.
namespace spillway {

struct TopicPartition
{
    QString topic;
    int partition = 0;
    friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
    friend std::weak_ordering operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

/// The next offset to read (or that was read up to) in a partition.
struct Position
{
    TopicPartition at;
    Offset next;
    friend bool operator==(const Position&, const Position&) = default;
};

/// One header as it stands in the record: order, duplicates, null and empty values are all facts.
struct Header
{
    QByteArray name;
    std::optional<QByteArray> value; ///< nullopt is Kafka's null, not the empty value
    friend bool operator==(const Header&, const Header&) = default;
};
using Headers = std::vector<Header>;

enum class TimestampType { Unknown, CreateTime, LogAppendTime };

/// A record as a broker handed it over. Untrusted throughout.
struct RawRecord
{
    TopicPartition at;
    Offset offset;
    std::optional<UtcTime> timestamp;
    TimestampType timestampType = TimestampType::Unknown;
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
    Headers headers;

    /// Payload, key and headers together; what a budget in bytes counts.
    [[nodiscard]] qsizetype sizeBytes() const;
    friend bool operator==(const RawRecord&, const RawRecord&) = default;
};

/// First 8 bytes, big-endian, of SHA-256 over length-prefixed key, value and headers (a null has length -1).
/// Tells a recreated topic's record from the one it replaced. The same for ever: stored ids contain it.
[[nodiscard]] std::uint64_t recordDigest(const RawRecord& record);

} // namespace spillway
