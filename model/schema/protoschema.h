// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/avroschema.h"

#include <functional>
#include <map>
#include <utility>

namespace spillway {

/// A field of a Protobuf message.
struct ProtoField
{
    enum class Kind : std::uint8_t {
        Double,
        Float,
        Int32,
        Int64,
        Uint32,
        Uint64,
        Sint32,
        Sint64,
        Fixed32,
        Fixed64,
        Sfixed32,
        Sfixed64,
        Bool,
        String,
        Bytes,
        Enum,
        Message,
        Group,
    };
    enum class Label : std::uint8_t { Implicit, Optional, Required, Repeated }; ///< Implicit: proto3 without a word
    std::string name;
    std::uint32_t number = 0;
    Kind kind = Kind::Int32;
    Label label = Label::Implicit;
    bool isRepeated = false;
    bool isMap = false;   ///< repeated entries with a key (1) and a value (2)
    std::string typeName; ///< of Enum, Message and Group, as written until it is resolved to the full name
    std::string oneof;    ///< the oneof it stands in; empty: none
    int line = 0;         ///< of the definition; 0: a descriptor set, which has no lines
};

/// Numbers and names that must not come back. Of numbers [first, last], both included.
struct ProtoReserved
{
    std::vector<std::pair<std::int64_t, std::int64_t>> numbers;
    std::vector<std::string> names;

    [[nodiscard]] bool holds(std::int64_t number) const;
    [[nodiscard]] bool holds(std::string_view name) const;
};

struct ProtoMessage
{
    std::string name; ///< full, without a leading dot
    std::map<std::uint32_t, ProtoField> fields;
    std::vector<std::string> inner; ///< full names of messages within, in the file's order, for message indexes
    ProtoReserved reserved;
    int line = 0; ///< as of a field
};

struct ProtoEnum
{
    std::map<std::int64_t, std::string> names; ///< of aliases the first
    ProtoReserved reserved;
    int line = 0;
    bool isOwn = false; ///< defined in the file itself, not in one that it imports
};

/// Messages and enums of a .proto file with all it imports.
struct ProtoSchema
{
    std::map<std::string, ProtoMessage> messages;
    std::map<std::string, ProtoEnum> enums;
    std::vector<std::string> top; ///< full names of the file's own messages, in its order
    std::string package;          ///< of the file itself
};

/// An imported file's text; nullopt: not at hand.
using ProtoLoader = std::function<std::optional<QByteArray>(const QString& path)>;

/// Reads a .proto of proto2 or proto3. Options, services and extensions are passed over; the well-known types of
/// google/protobuf need no file. A FileDescriptorSet (what `protoc --descriptor_set_out` writes, known by its bytes)
/// reads likewise: its last file counts as the file itself. InvalidConfig says line and what is wrong; at most 64
/// files, 10 000 messages. Pure but for the loader.
[[nodiscard]] Result<ProtoSchema> readProtoSchema(const QByteArray& text, const ProtoLoader& load);

/// Whether the bytes are a descriptor set rather than the text of a .proto.
[[nodiscard]] bool isProtoDescriptorSet(QByteArrayView bytes);
/// Reads one. `type_name`s are full, imports stand in the set. Limits as above. Pure.
[[nodiscard]] Result<ProtoSchema> readProtoDescriptorSet(QByteArrayView bytes);

/// The message that indexes name ([1, 0]: the first within the second); empty: there is none.
[[nodiscard]] std::string protoMessageAt(const ProtoSchema& schema, const std::vector<int>& path);

/// Decodes one message for display: fields in the order of the bytes, 64-bit numbers exactly, enums by name,
/// timestamps as people write them; fields that the schema does not know stand under their numbers. Repeated fields are
/// lists. Limits as for Avro. Pure.
[[nodiscard]] BinaryText decodeProtobuf(const ProtoSchema& schema, const std::string& message, QByteArrayView bytes);
/// The same without a schema: numbers only, and a guess at what a length-delimited field holds.
[[nodiscard]] BinaryText decodeProtobufFields(QByteArrayView bytes);

} // namespace spillway
