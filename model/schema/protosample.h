// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/protoschema.h"

#include <span>

namespace spillway {

/// The bytes of a small message that this schema writes: what is required, the way down, and in the message at its end
/// these fields with values other than their defaults (lists of numbers and texts get two, one by one). Of a oneof only
/// the first asked for is set. nullopt: the schema has no such message or way, or allows none within 40 levels. Pure.
/// @param way  numbers of fields that hold messages, from `message` down; of a map first its own, then 2
[[nodiscard]] std::optional<QByteArray> protoSample(const ProtoSchema& schema, const std::string& message,
                                                    std::span<const std::uint32_t> way,
                                                    std::span<const std::uint32_t> fields);

/// The shortest way from one message down to another; empty for itself; nullopt: there is none. Pure.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> protoWay(const ProtoSchema& schema, const std::string& from,
                                                                 const std::string& to);

} // namespace spillway
