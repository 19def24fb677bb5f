// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/binaryreader.h"
#include "model/schema/protoschema.h"

#include <vector>

/// The wire format of Protobuf, below what a schema says of it.
namespace spillway {

enum class ProtoWire : std::uint8_t {
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5
};

/// How a value of this kind is written; in a packed list its bytes stand within Delimited.
[[nodiscard]] ProtoWire protoWireOf(ProtoField::Kind kind);

/// One field as it stands in the bytes: [first, last) is its content, without a length or a group's ends.
struct ProtoOccurrence
{
    std::uint32_t number = 0;
    ProtoWire wire = ProtoWire::Varint;
    qsizetype first = 0;
    qsizetype last = 0;
};

/// The fields of a message in [first, last), in the order of the bytes. What does not read is the reader's fault, and
/// then only those before it are given. At most 1 000 000.
[[nodiscard]] std::vector<ProtoOccurrence> protoOccurrences(BinaryReader& in, qsizetype first, qsizetype last);

[[nodiscard]] std::int64_t protoUnzigzag(std::uint64_t number);

} // namespace spillway
