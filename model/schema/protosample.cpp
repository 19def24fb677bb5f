// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/protosample.h"

#include "model/schema/protowire.h"

#include <QtEndian>

#include <algorithm>
#include <deque>
#include <set>

namespace spillway {

namespace {

using Kind = ProtoField::Kind;
constexpr int deepest = 40;
constexpr qsizetype largest = 64 << 10;

void varint(QByteArray& out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7U)
        out.append(static_cast<char>((value & 0x7fU) | 0x80U));
    out.append(static_cast<char>(value));
}

void tag(QByteArray& out, std::uint32_t number, ProtoWire wire)
{
    varint(out, std::uint64_t{number} << 3U | static_cast<std::uint64_t>(wire));
}

template<typename T>
void fixed(QByteArray& out, T value)
{
    char bytes[sizeof(T)];
    qToLittleEndian(value, bytes);
    out.append(bytes, sizeof(T));
}

class Sampler
{
public:
    explicit Sampler(const ProtoSchema& schema)
        : m_schema(schema)
    {
    }

    std::optional<QByteArray> message(const std::string& name, std::span<const std::uint32_t> way,
                                      std::span<const std::uint32_t> fields, int depth)
    {
        const auto type = m_schema.messages.find(name);
        if (type == m_schema.messages.end() || depth > deepest)
            return std::nullopt;
        QByteArray out;
        std::set<std::string> oneofs;
        for (const auto& [number, field] : type->second.fields) {
            const bool isOnWay = !way.empty() && way.front() == number;
            const bool isAsked = way.empty() && std::find(fields.begin(), fields.end(), number) != fields.end();
            if (!isOnWay && !isAsked && field.label != ProtoField::Label::Required)
                continue;
            if (!field.oneof.empty() && !oneofs.insert(field.oneof).second)
                continue;
            const bool isOfMessages = field.kind == Kind::Message || field.kind == Kind::Group;
            if (isOnWay) {
                if (!isOfMessages)
                    return std::nullopt;
                const auto inner = message(field.typeName, way.subspan(1), fields, depth + 1);
                if (!inner)
                    return std::nullopt;
                append(out, field, *inner);
            } else if (isOfMessages) {
                const auto inner =
                    isAsked ? filled(field.typeName, depth + 1) : message(field.typeName, {}, {}, depth + 1);
                if (!inner)
                    return std::nullopt;
                append(out, field, *inner);
            } else {
                scalar(out, field, 1);
                if (field.isRepeated)
                    scalar(out, field, 2);
            }
            if (out.size() > largest)
                return std::nullopt;
        }
        return out;
    }

private:
    /// With everything in it that is no message again.
    std::optional<QByteArray> filled(const std::string& name, int depth)
    {
        const auto type = m_schema.messages.find(name);
        if (type == m_schema.messages.end())
            return QByteArray(); // a type whose file is not at hand
        std::vector<std::uint32_t> plain;
        for (const auto& [number, field] : type->second.fields) {
            if (field.kind != Kind::Message && field.kind != Kind::Group)
                plain.push_back(number);
        }
        return message(name, {}, plain, depth);
    }

    static void append(QByteArray& out, const ProtoField& field, const QByteArray& inner)
    {
        if (field.kind == Kind::Group) {
            tag(out, field.number, ProtoWire::GroupStart);
            out += inner;
            tag(out, field.number, ProtoWire::GroupEnd);
            return;
        }
        tag(out, field.number, ProtoWire::Delimited);
        varint(out, static_cast<std::uint64_t>(inner.size()));
        out += inner;
    }

    void scalar(QByteArray& out, const ProtoField& field, std::uint64_t value)
    {
        tag(out, field.number, protoWireOf(field.kind));
        switch (field.kind) {
        case Kind::Double:
            fixed(out, static_cast<double>(value) + 0.5);
            break;
        case Kind::Float:
            fixed(out, static_cast<float>(value) + 0.5F);
            break;
        case Kind::Fixed64:
        case Kind::Sfixed64:
            fixed(out, value);
            break;
        case Kind::Fixed32:
        case Kind::Sfixed32:
            fixed(out, static_cast<std::uint32_t>(value));
            break;
        case Kind::Sint32:
        case Kind::Sint64:
            varint(out, value * 2); // zigzag
            break;
        case Kind::String:
        case Kind::Bytes:
            varint(out, 1);
            out.append(value == 1 ? 'a' : 'b');
            break;
        case Kind::Enum:
            varint(out, constant(field));
            break;
        case Kind::Bool:
            varint(out, 1);
            break;
        default:
            varint(out, value);
        }
    }

    /// One that says something, if there is one.
    [[nodiscard]] std::uint64_t constant(const ProtoField& field) const
    {
        const auto type = m_schema.enums.find(field.typeName);
        if (type == m_schema.enums.end() || type->second.names.empty())
            return 0;
        for (const auto& [number, name] : type->second.names) {
            if (number > 0)
                return static_cast<std::uint64_t>(number);
        }
        return static_cast<std::uint64_t>(type->second.names.begin()->first);
    }

    const ProtoSchema& m_schema;
};

} // namespace

std::optional<QByteArray> protoSample(const ProtoSchema& schema, const std::string& message,
                                      std::span<const std::uint32_t> way, std::span<const std::uint32_t> fields)
{
    return Sampler(schema).message(message, way, fields, 0);
}

std::optional<std::vector<std::uint32_t>> protoWay(const ProtoSchema& schema, const std::string& from,
                                                   const std::string& to)
{
    std::map<std::string, std::pair<std::string, std::uint32_t>> before; // how each was come to
    std::deque<std::string> open{from};
    std::set<std::string> seen{from};
    while (!open.empty()) {
        const std::string name = std::move(open.front());
        open.pop_front();
        if (name == to) {
            std::vector<std::uint32_t> way;
            for (auto step = before.find(name); step != before.end(); step = before.find(step->second.first))
                way.insert(way.begin(), step->second.second);
            return way;
        }
        const auto type = schema.messages.find(name);
        if (type == schema.messages.end())
            continue;
        for (const auto& [number, field] : type->second.fields) {
            const bool isOfMessages = field.kind == Kind::Message || field.kind == Kind::Group;
            if (!isOfMessages || !seen.insert(field.typeName).second)
                continue;
            before.emplace(field.typeName, std::pair(name, number));
            open.push_back(field.typeName);
        }
    }
    return std::nullopt;
}

} // namespace spillway
