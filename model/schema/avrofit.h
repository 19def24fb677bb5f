// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/avroschema.h"

#include <map>

namespace spillway {

/// Which of a reader's types can read which of a writer's, whatever the datum: the greatest relation that the
/// specification's rules allow, so that recursive types end and nested unions cost no more than their pairs. One
/// thread.
class AvroFit
{
public:
    AvroFit(const AvroSchema& reader, const AvroSchema& writer)
        : m_reader(reader)
        , m_writer(writer)
    {
    }
    [[nodiscard]] bool fits(std::uint32_t reader, std::uint32_t writer);

private:
    struct Pair
    {
        std::uint32_t reader = 0;
        std::uint32_t writer = 0;
        bool isFit = true;
    };
    static constexpr std::size_t mostPairs = 1'000'000; ///< beyond, nothing fits: nothing is called compatible unseen
    [[nodiscard]] bool look(std::uint32_t reader, std::uint32_t writer);
    [[nodiscard]] bool judge(std::uint32_t reader, std::uint32_t writer);

    const AvroSchema& m_reader;
    const AvroSchema& m_writer;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> m_index;
    std::vector<Pair> m_pairs;
};

/// Whether a reader's named type takes this writer's: same unqualified name, or an alias. Types of one kind.
[[nodiscard]] bool avroNamesFit(const AvroType& reader, const AvroType& writer);
/// The writer's field that a reader's field is read from: by name, else by alias; nullopt: none.
[[nodiscard]] std::optional<std::size_t> avroFieldFor(const AvroType& writer, const AvroType::Field& field);
/// Whether a primitive is read as another by promotion or because it is the same kind.
[[nodiscard]] bool avroPromotes(AvroType::Kind writer, AvroType::Kind reader);
/// The writer's symbols that the reader has no reading for, by their place; none where it has a default symbol.
[[nodiscard]] std::vector<std::size_t> avroMissingSymbols(const AvroType& reader, const AvroType& writer);

} // namespace spillway
