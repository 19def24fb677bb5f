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
        std::vector<std::string> aliases;
        std::optional<std::string>
            defaultJson;     ///< as written; nullopt: none, so a datum without the field cannot be read
        std::int64_t at = 0; ///< byte of the definition in the schema's text
    };
    Kind kind = Kind::Null;
    Logical logical = Logical::None;
    int scale = 0;                            ///< of Decimal
    std::int64_t size = 0;                    ///< of Fixed, in bytes
    std::string name;                         ///< full name of Record, Enum, Fixed
    std::vector<Field> fields;                ///< of Record
    std::vector<std::string> symbols;         ///< of Enum
    std::vector<std::uint32_t> choices;       ///< of Union; of Array and Map: [0], what they hold
    std::vector<std::string> aliases;         ///< full other names of Record, Enum, Fixed
    std::optional<std::string> defaultSymbol; ///< of Enum: read in place of a symbol that is not known
    std::int64_t at = 0;                      ///< byte of the definition in the schema's text
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
/// Decodes one datum written with `writer` as a consumer that holds `reader` sees it, by the specification's schema
/// resolution: fields by name and alias, promotions, defaults, an enum's default symbol. What the reader cannot take is
/// the fault. Limits as above. Pure.
[[nodiscard]] BinaryText decodeAvroAs(const AvroSchema& writer, const AvroSchema& reader, QByteArrayView bytes);

} // namespace spillway
