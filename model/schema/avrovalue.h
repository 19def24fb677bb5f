// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/binaryreader.h"

#include <limits>

/// What both Avro decoders, with one schema and with two, do alike.
namespace spillway {

/// An int or long as its logical type writes it for people.
void writeAvroInteger(BinaryReader& in, const AvroType& type, std::int64_t read);
/// Bytes, text or fixed, likewise.
void writeAvroText(BinaryReader& in, const AvroType& type, QByteArrayView bytes);

void writeAvroBoolean(BinaryReader& in);

/// Blocks of elements: a count, negative with a size in bytes behind it; 0 ends.
template<typename Use>
void avroBlocks(BinaryReader& in, Use use)
{
    while (!in.hasFault()) {
        std::int64_t count = in.zigzag();
        if (count < 0) {
            if (count == std::numeric_limits<std::int64_t>::min()) {
                in.fault(QStringLiteral("a block's count is no count"));
                return;
            }
            count = -count;
            (void)in.zigzag();
        }
        if (count == 0 || in.hasFault())
            return;
        for (std::int64_t i = 0; i < count && !in.hasFault(); ++i)
            use();
    }
}

/// A map as an object; `use` writes each value.
template<typename Use>
void writeAvroMap(BinaryReader& in, Use use)
{
    in.out().beginObject();
    avroBlocks(in, [&] {
        const QByteArrayView name = in.take(in.zigzag());
        if (in.hasFault())
            return;
        in.key(std::string_view(name.data(), static_cast<std::size_t>(name.size())));
        use();
        in.leaveKey();
    });
    in.out().endObject();
}

} // namespace spillway
