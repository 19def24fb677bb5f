// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/avroschema.h"

#include <span>

namespace spillway {

/// One choice on the way down into a datum.
struct AvroStep
{
    enum class Kind : std::uint8_t { Field, Item, Branch, Symbol };
    Kind kind = Kind::Item;
    std::size_t index = 0; ///< of the field, the branch or the symbol
};

/// The smallest datum that this schema writes and that goes this way: lists are empty, unions null, but where the way
/// leads through them. nullopt: the schema allows none within 100 levels or 64 KiB. Pure.
[[nodiscard]] std::optional<QByteArray> avroSample(const AvroSchema& schema, std::span<const AvroStep> way);

} // namespace spillway
