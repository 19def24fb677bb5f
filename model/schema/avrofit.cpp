// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrofit.h"

#include <algorithm>

namespace spillway {

namespace {

using Kind = AvroType::Kind;

std::string_view unqualified(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

} // namespace

bool avroNamesFit(const AvroType& reader, const AvroType& writer)
{
    if (unqualified(reader.name) == unqualified(writer.name))
        return true;
    return std::find(reader.aliases.begin(), reader.aliases.end(), writer.name) != reader.aliases.end();
}

std::optional<std::size_t> avroFieldFor(const AvroType& writer, const AvroType::Field& field)
{
    const auto named = [&](std::string_view name) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < writer.fields.size(); ++i) {
            if (writer.fields[i].name == name)
                return i;
        }
        return std::nullopt;
    };
    if (const auto same = named(field.name))
        return same;
    for (const std::string& alias : field.aliases) {
        if (const auto other = named(alias))
            return other;
    }
    return std::nullopt;
}

bool avroPromotes(AvroType::Kind writer, AvroType::Kind reader)
{
    if (writer == reader)
        return true;
    switch (writer) {
    case Kind::Int:
        return reader == Kind::Long || reader == Kind::Float || reader == Kind::Double;
    case Kind::Long:
        return reader == Kind::Float || reader == Kind::Double;
    case Kind::Float:
        return reader == Kind::Double;
    case Kind::String:
        return reader == Kind::Bytes;
    case Kind::Bytes:
        return reader == Kind::String;
    default:
        return false;
    }
}

std::vector<std::size_t> avroMissingSymbols(const AvroType& reader, const AvroType& writer)
{
    const auto has = [&](const std::string& symbol) {
        return std::find(reader.symbols.begin(), reader.symbols.end(), symbol) != reader.symbols.end();
    };
    std::vector<std::size_t> missing;
    if (reader.defaultSymbol && has(*reader.defaultSymbol))
        return missing;
    for (std::size_t i = 0; i < writer.symbols.size(); ++i) {
        if (!has(writer.symbols[i]))
            missing.push_back(i);
    }
    return missing;
}

bool AvroFit::look(std::uint32_t reader, std::uint32_t writer)
{
    const auto [known, isNew] = m_index.emplace(std::pair{reader, writer}, m_pairs.size());
    if (isNew)
        m_pairs.push_back({reader, writer, m_pairs.size() < mostPairs});
    return m_pairs[known->second].isFit;
}

bool AvroFit::fits(std::uint32_t reader, std::uint32_t writer)
{
    const std::size_t known = m_pairs.size();
    (void)look(reader, writer);
    // Everything is taken to fit until a rule says otherwise; what that decides is looked at again.
    for (bool isChanged = m_pairs.size() > known; isChanged;) {
        isChanged = false;
        for (std::size_t i = known; i < m_pairs.size(); ++i) {
            if (m_pairs[i].isFit && !judge(m_pairs[i].reader, m_pairs[i].writer)) {
                m_pairs[i].isFit = false;
                isChanged = true;
            }
        }
    }
    return look(reader, writer);
}

bool AvroFit::judge(std::uint32_t r, std::uint32_t w)
{
    const AvroType& reader = m_reader.types[r];
    const AvroType& writer = m_writer.types[w];
    if (writer.kind == Kind::Union)
        return std::all_of(writer.choices.begin(), writer.choices.end(),
                           [&](std::uint32_t choice) { return look(r, choice); });
    if (reader.kind == Kind::Union)
        return std::any_of(reader.choices.begin(), reader.choices.end(),
                           [&](std::uint32_t choice) { return look(choice, w); });
    if (reader.kind != writer.kind)
        return avroPromotes(writer.kind, reader.kind);
    switch (reader.kind) {
    case Kind::Array:
    case Kind::Map:
        return look(reader.choices.front(), writer.choices.front());
    case Kind::Fixed:
        return avroNamesFit(reader, writer) && reader.size == writer.size;
    case Kind::Enum:
        return avroNamesFit(reader, writer) && avroMissingSymbols(reader, writer).empty();
    case Kind::Record:
        return avroNamesFit(reader, writer) &&
               std::all_of(reader.fields.begin(), reader.fields.end(), [&](const AvroType::Field& field) {
                   const auto source = avroFieldFor(writer, field);
                   return source ? look(field.type, writer.fields[*source].type) : field.defaultJson.has_value();
               });
    default:
        return true;
    }
}

} // namespace spillway
