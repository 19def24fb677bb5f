// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avroschema.h"

#include "model/schema/jsontape.h"

#include <array>
#include <map>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;
using Logical = AvroType::Logical;
constexpr std::size_t mostTypes = 10'000;
constexpr int deepest = 100;

constexpr std::array<std::pair<std::string_view, Kind>, 8> primitives{{{"null", Kind::Null},
                                                                       {"boolean", Kind::Boolean},
                                                                       {"int", Kind::Int},
                                                                       {"long", Kind::Long},
                                                                       {"float", Kind::Float},
                                                                       {"double", Kind::Double},
                                                                       {"bytes", Kind::Bytes},
                                                                       {"string", Kind::String}}};
constexpr std::array<std::pair<std::string_view, Logical>, 10> logicals{
    {{"decimal", Logical::Decimal},
     {"date", Logical::Date},
     {"time-millis", Logical::TimeMillis},
     {"time-micros", Logical::TimeMicros},
     {"timestamp-millis", Logical::TimestampMillis},
     {"timestamp-micros", Logical::TimestampMicros},
     {"local-timestamp-millis", Logical::LocalTimestampMillis},
     {"local-timestamp-micros", Logical::LocalTimestampMicros},
     {"uuid", Logical::Uuid},
     {"duration", Logical::Duration}}};

/// What a logical type may stand on; on anything else it is ignored, as the specification wants.
bool fits(Logical logical, const AvroType& type)
{
    switch (logical) {
    case Logical::Decimal:
        return type.kind == Kind::Bytes || type.kind == Kind::Fixed;
    case Logical::Date:
    case Logical::TimeMillis:
        return type.kind == Kind::Int;
    case Logical::Uuid:
        return type.kind == Kind::String || (type.kind == Kind::Fixed && type.size == 16);
    case Logical::Duration:
        return type.kind == Kind::Fixed && type.size == 12;
    case Logical::None:
        return true;
    default:
        return type.kind == Kind::Long;
    }
}

class Reader
{
public:
    explicit Reader(const JsonTape& json)
        : m_json(json)
    {
    }

    Result<AvroSchema> run()
    {
        m_schema.root = type(0, {}, 0);
        if (m_fault)
            return fail(ErrorCode::InvalidConfig, *m_fault);
        return std::move(m_schema);
    }

private:
    std::uint32_t wrong(std::uint32_t node, const QString& message)
    {
        if (!m_fault)
            m_fault =
                u"at %1: %2"_s.arg(m_json.pointerOf(node).isEmpty() ? u"the top"_s : m_json.pointerOf(node), message);
        return 0;
    }

    std::uint32_t add(AvroType type)
    {
        m_schema.types.push_back(std::move(type));
        return static_cast<std::uint32_t>(m_schema.types.size() - 1);
    }

    std::string textOf(std::uint32_t node, std::string_view name) const
    {
        const auto value = m_json.member(node, name);
        return value && m_json[*value].kind == JsonKind::String ? std::string(m_json.text(*value)) : std::string();
    }
    std::vector<std::string> textsOf(std::uint32_t node, std::string_view name) const
    {
        std::vector<std::string> texts;
        const auto list = m_json.member(node, name);
        if (!list || m_json[*list].kind != JsonKind::Array)
            return texts;
        for (std::uint32_t i = *list + 1; i < m_json[*list].end; i = m_json[i].end) {
            if (m_json[i].kind == JsonKind::String)
                texts.emplace_back(m_json.text(i));
        }
        return texts;
    }
    std::int64_t numberOf(std::uint32_t node, std::string_view name, std::int64_t otherwise) const
    {
        const auto value = m_json.member(node, name);
        return value ? m_json.token(*value).toByteArray().toLongLong() : otherwise;
    }

    std::uint32_t named(std::uint32_t node, std::string_view name, const std::string& space)
    {
        for (const auto& [word, kind] : primitives) {
            if (word == name)
                return add({.kind = kind, .at = m_json[node].first});
        }
        const bool isFull = name.find('.') != std::string_view::npos || space.empty();
        for (const std::string& candidate :
             {isFull ? std::string(name) : space + '.' + std::string(name), std::string(name)}) {
            if (const auto known = m_named.find(candidate); known != m_named.end())
                return known->second;
        }
        return wrong(node, u"a type's name that is not known here"_s);
    }

    std::uint32_t type(std::uint32_t node, const std::string& space, int depth)
    {
        if (m_fault)
            return 0;
        if (depth > deepest || m_schema.types.size() > mostTypes)
            return wrong(node, u"the schema is larger than is read"_s);
        switch (m_json[node].kind) {
        case JsonKind::String:
            return named(node, m_json.text(node), space);
        case JsonKind::Array: {
            const std::uint32_t made = add({.kind = Kind::Union, .at = m_json[node].first});
            for (std::uint32_t i = node + 1; i < m_json[node].end; i = m_json[i].end) {
                const std::uint32_t choice = type(i, space, depth + 1);
                m_schema.types[made].choices.push_back(choice);
            }
            return m_json[node].count == 0 ? wrong(node, u"a union of nothing"_s) : made;
        }
        case JsonKind::Object:
            return object(node, space, depth);
        default:
            return wrong(node, u"here should stand a type"_s);
        }
    }

    std::uint32_t object(std::uint32_t node, const std::string& space, int depth)
    {
        const auto word = m_json.member(node, "type");
        if (!word)
            return wrong(node, u"\"type\" is missing"_s);
        if (m_json[*word].kind != JsonKind::String)
            return type(*word, space, depth + 1);
        const std::string_view name = m_json.text(*word);
        if (name == "array" || name == "map") {
            const auto inner = m_json.member(node, name == "array" ? "items" : "values");
            if (!inner)
                return wrong(node, u"what it holds is missing"_s);
            const std::uint32_t made =
                add({.kind = name == "array" ? Kind::Array : Kind::Map, .at = m_json[node].first});
            const std::uint32_t held = type(*inner, space, depth + 1);
            m_schema.types[made].choices = {held};
            return made;
        }
        if (name == "record" || name == "error" || name == "enum" || name == "fixed")
            return definition(node, name, space, depth);
        const std::uint32_t made = named(*word, name, space);
        for (const auto& [spelt, kind] : primitives) {
            if (!m_fault && spelt == name)
                setLogical(m_schema.types[made], node);
        }
        return made;
    }

    std::uint32_t definition(std::uint32_t node, std::string_view kind, const std::string& outer, int depth)
    {
        const std::string name = textOf(node, "name");
        if (name.empty())
            return wrong(node, u"\"name\" is missing"_s);
        const auto dot = name.rfind('.');
        const auto told = m_json.member(node, "namespace");
        const std::string space = dot != std::string::npos ? name.substr(0, dot)
                                  : told                   ? textOf(node, "namespace")
                                                           : outer;
        const std::string full = dot != std::string::npos || space.empty() ? name : space + '.' + name;
        AvroType made;
        made.name = full;
        made.kind = kind == "enum" ? Kind::Enum : kind == "fixed" ? Kind::Fixed : Kind::Record;
        made.at = m_json[node].first;
        for (const std::string& alias : textsOf(node, "aliases"))
            made.aliases.push_back(alias.find('.') != std::string::npos || space.empty() ? alias : space + '.' + alias);
        if (made.kind == Kind::Enum) {
            const auto symbols = m_json.member(node, "symbols");
            if (!symbols || m_json[*symbols].kind != JsonKind::Array)
                return wrong(node, u"\"symbols\" is missing"_s);
            for (std::uint32_t i = *symbols + 1; i < m_json[*symbols].end; i = m_json[i].end)
                made.symbols.emplace_back(m_json[i].kind == JsonKind::String ? m_json.text(i) : std::string_view());
            if (const std::string symbol = textOf(node, "default"); !symbol.empty())
                made.defaultSymbol = symbol;
        }
        if (made.kind == Kind::Fixed) {
            made.size = numberOf(node, "size", -1);
            if (made.size < 0 || made.size > 1 << 20)
                return wrong(node, u"\"size\" should be a number of bytes"_s);
            setLogical(made, node);
        }
        const std::uint32_t index = add(std::move(made));
        if (!m_named.emplace(full, index).second)
            return wrong(node, u"this name is given twice"_s);
        if (m_schema.types[index].kind != Kind::Record)
            return index;
        const auto fields = m_json.member(node, "fields");
        if (!fields || m_json[*fields].kind != JsonKind::Array)
            return wrong(node, u"\"fields\" is missing"_s);
        for (std::uint32_t i = *fields + 1; i < m_json[*fields].end; i = m_json[i].end) {
            const auto inner = m_json.member(i, "type");
            if (!inner || textOf(i, "name").empty())
                return wrong(i, u"a field needs \"name\" and \"type\""_s);
            const std::uint32_t held = type(*inner, space, depth + 1);
            AvroType::Field field{.name = textOf(i, "name"),
                                  .type = held,
                                  .aliases = textsOf(i, "aliases"),
                                  .defaultJson = {},
                                  .at = m_json[i].first};
            if (const auto otherwise = m_json.member(i, "default"))
                field.defaultJson = m_json.token(*otherwise).toByteArray().toStdString();
            m_schema.types[index].fields.push_back(std::move(field));
        }
        return index;
    }

    void setLogical(AvroType& type, std::uint32_t node) const
    {
        const std::string word = textOf(node, "logicalType");
        for (const auto& [name, logical] : logicals) {
            if (name == word && fits(logical, type))
                type.logical = logical;
        }
        const std::int64_t scale = numberOf(node, "scale", 0);
        if (type.logical == Logical::Decimal && (scale < 0 || scale > 1'000))
            type.logical = Logical::None;
        type.scale = static_cast<int>(type.logical == Logical::Decimal ? scale : 0);
    }

    const JsonTape& m_json;
    AvroSchema m_schema;
    std::map<std::string, std::uint32_t> m_named;
    std::optional<QString> m_fault;
};

} // namespace

Result<AvroSchema> readAvroSchema(const QByteArray& json)
{
    JsonTape tape;
    if (!tape.parse(json))
        return fail(ErrorCode::InvalidConfig, u"the schema is no JSON: %1"_s.arg(tape.fault().message));
    return Reader(tape).run();
}

} // namespace spillway
