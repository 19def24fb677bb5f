// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <optional>
#include <vector>

namespace spillway {

/// What a registry's serialiser put before a payload, or into a header beside it.
struct WireFormat
{
    enum class Kind {
        None,
        ConfluentId,   ///< 00, a schema id of 4 bytes big-endian
        ConfluentGuid, ///< a schema GUID in the header `__value_schema_id` (01 and 16 bytes), or so before the payload
        ApicurioContentId, ///< the header `apicurio.value.contentId`, 8 bytes big-endian
        ApicurioGlobalId,  ///< the header `apicurio.value.globalId`
        ApicurioId,        ///< 00, 8 bytes big-endian: one of the two, by the serialiser's settings
        GlueVersion,       ///< 03, a byte for compression, the 16 bytes of a schema version
    };
    Kind kind = Kind::None;
    QString id;                ///< `42`, or a GUID
    qsizetype bodyAt = 0;      ///< the payload behind it
    bool isCompressed = false; ///< Glue with zlib: the body is not read
    bool isTold = false;       ///< by a header, so for sure; else the bytes only look like it
    friend bool operator==(const WireFormat&, const WireFormat&) = default;
};

/// What these bytes and headers look like. A first byte 00 is only a hint (`isTold` is false): whoever reads the body
/// finds out. Pure.
[[nodiscard]] WireFormat wireFormatOf(QByteArrayView value, const Headers& headers);
/// `Confluent schema id 42`; empty for None.
[[nodiscard]] QString wireFormatText(const WireFormat& wire);

/// Protobuf messages are named by their places in the file: the prefix between schema id and payload.
struct MessageIndexes
{
    std::vector<int> path; ///< [0] is the file's first message, [1, 0] the first within the second
    qsizetype bodyAt = 0;  ///< behind them
};
/// A count and the places as zigzag varints; the usual [0] is one byte 00. nullopt: none stand there.
[[nodiscard]] std::optional<MessageIndexes> messageIndexesAt(QByteArrayView value, qsizetype at);

} // namespace spillway
