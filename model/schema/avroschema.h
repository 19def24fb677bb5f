// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spillway {

/// A type of an Avro schema. Types refer to each other by number, so that a record may hold itself.
struct AvroType
{
    enum class Kind : std::uint8_t {
        Null,
        Boolean,
        Int,
        Long,
        Float,
        Double,
        Bytes,
        String,
        Record,
        Enum,
        Array,
        Map,
        Union,
        Fixed,
    };
    enum class Logical : std::uint8_t {
        None,
        Decimal,
        Date,
        TimeMillis,
        TimeMicros,
        TimestampMillis,
        TimestampMicros,
        LocalTimestampMillis,
        LocalTimestampMicros,
        Uuid,
        Duration,
    };
    struct Field
    {
        std::string name;
        std::uint32_t type = 0;
    };
    Kind kind = Kind::Null;
    Logical logical = Logical::None;
    int scale = 0;                      ///< of Decimal
    std::int64_t size = 0;              ///< of Fixed, in bytes
    std::string name;                   ///< full name of Record, Enum, Fixed
    std::vector<Field> fields;          ///< of Record
    std::vector<std::string> symbols;   ///< of Enum
    std::vector<std::uint32_t> choices; ///< of Union; of Array and Map: [0], what they hold
};

struct AvroSchema
{
    std::vector<AvroType> types;
    std::uint32_t root = 0;
};

/// Reads an .avsc by the Avro 1.11 specification. InvalidConfig says what is wrong and where; at most 10 000 types, 100
/// levels. Pure.
[[nodiscard]] Result<AvroSchema> readAvroSchema(const QByteArray& json);

/// A binary payload read for display.
struct BinaryText
{
    QByteArray json;              ///< as far as it could be read; closed in any case
    qsizetype read = 0;           ///< bytes understood
    std::optional<QString> fault; ///< a sentence with the field's path; nullopt: all was read
    qsizetype faultAt = 0;        ///< byte
    bool isLimit = false;         ///< ours, not the payload's
    friend bool operator==(const BinaryText&, const BinaryText&) = default;
};

/// Decodes one datum that was written with this very schema: decimals, dates, times and UUIDs as people write them,
/// bytes as hex, 64-bit numbers exactly. Untrusted bytes: at most 1 000 000 values, 100 levels, 16 MiB of text. Bytes
/// behind the datum are a fault. Pure.
[[nodiscard]] BinaryText decodeAvro(const AvroSchema& schema, QByteArrayView bytes);

} // namespace spillway
