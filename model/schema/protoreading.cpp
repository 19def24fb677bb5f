// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/protoreading.h"

#include "model/base/text.h"
#include "model/schema/protowire.h"

#include <algorithm>
#include <bit>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = ProtoField::Kind;
constexpr int deepest = 100;
constexpr std::size_t mostMisreadings = 100;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

/// A value, or a message with those of its fields that the schema knows and that say something.
struct Node
{
    std::string scalar; ///< `n` and a number, `b` and bytes; of a message empty
    const ProtoMessage* type = nullptr;
    std::map<std::uint32_t, std::vector<Node>> fields;
};

/// What a program sees that holds this schema. A refusal is noted with its place.
class Reading
{
public:
    explicit Reading(const ProtoSchema& schema)
        : m_schema(schema)
    {
    }

    std::optional<Node> message(const std::string& name, const QByteArray& bytes, int depth = 0)
    {
        Node node;
        const auto type = m_schema.messages.find(name);
        node.type = type == m_schema.messages.end() ? nullptr : &type->second;
        BinaryReader in(bytes);
        const auto all = protoOccurrences(in, 0, bytes.size());
        if (in.hasFault() || depth > deepest)
            return refuse(name, 0, u"the bytes do not read as a message"_s);
        if (!node.type)
            return node;
        std::map<std::uint32_t, std::vector<ProtoOccurrence>> found;
        for (const ProtoOccurrence& one : all) {
            const auto field = node.type->fields.find(one.number);
            if (field == node.type->fields.end() || !fits(field->second, one.wire))
                continue;
            if (!field->second.oneof.empty())
                clearOthers(found, *node.type, field->second);
            found[one.number].push_back(one);
        }
        for (const auto& [number, occurrences] : found) {
            if (!take(node, node.type->fields.at(number), occurrences, bytes, depth))
                return std::nullopt;
        }
        for (const auto& [number, field] : node.type->fields) {
            if (field.label == ProtoField::Label::Required && !found.contains(number))
                m_missing.push_back({.message = node.type->name,
                                     .number = number,
                                     .isRefusal = true,
                                     .what = u"%1 is required and missing"_s.arg(text(field.name))});
        }
        return node;
    }

    /// Why the bytes do not read at all.
    [[nodiscard]] const ProtoMisreading& refusal() const { return m_refusal; }
    /// What is required and not there: programs refuse the message, and all the same one can look at the rest.
    [[nodiscard]] const std::vector<ProtoMisreading>& missing() const { return m_missing; }

private:
    std::optional<Node> refuse(const std::string& message, std::uint32_t number, const QString& what)
    {
        m_refusal = {.message = message, .number = number, .isRefusal = true, .what = what};
        return std::nullopt;
    }

    static bool isPackable(const ProtoField& field)
    {
        const ProtoWire wire = protoWireOf(field.kind);
        return field.isRepeated && wire != ProtoWire::Delimited && wire != ProtoWire::GroupStart;
    }
    static bool fits(const ProtoField& field, ProtoWire wire)
    {
        return wire == protoWireOf(field.kind) || (wire == ProtoWire::Delimited && isPackable(field));
    }

    static void clearOthers(std::map<std::uint32_t, std::vector<ProtoOccurrence>>& found, const ProtoMessage& type,
                            const ProtoField& set)
    {
        std::erase_if(found, [&](const auto& one) {
            return one.first != set.number && type.fields.at(one.first).oneof == set.oneof;
        });
    }

    bool take(Node& node, const ProtoField& field, const std::vector<ProtoOccurrence>& all, const QByteArray& bytes,
              int depth)
    {
        std::vector<Node> values;
        if (field.kind == Kind::Message || field.kind == Kind::Group) {
            // A single message that comes twice is one, put together.
            QByteArray joined;
            for (const ProtoOccurrence& one : all) {
                const QByteArray part = bytes.mid(one.first, one.last - one.first);
                joined = field.isRepeated ? part : joined + part;
                if (!field.isRepeated && &one != &all.back())
                    continue;
                auto inner = message(field.typeName, joined, depth + 1);
                if (!inner)
                    return false;
                values.push_back(std::move(*inner));
            }
        } else {
            for (const ProtoOccurrence& one : all) {
                if (one.wire == ProtoWire::Delimited && isPackable(field)) {
                    BinaryReader in(bytes, one.first);
                    while (in.at() < one.last && !in.hasFault())
                        values.push_back({.scalar = scalar(field, in, one), .type = nullptr, .fields = {}});
                    if (in.hasFault() || in.at() != one.last)
                        return refuse(node.type->name, field.number, u"a packed list ends within a value"_s)
                            .has_value();
                    continue;
                }
                BinaryReader in(bytes, one.first);
                values.push_back({.scalar = scalar(field, in, one), .type = nullptr, .fields = {}});
                if (field.kind == Kind::String &&
                    !isUtf8(QByteArrayView(bytes).sliced(one.first, one.last - one.first)))
                    return refuse(node.type->name, field.number, u"%1 is no UTF-8"_s.arg(text(field.name))).has_value();
            }
            if (!field.isRepeated && values.size() > 1)
                values.erase(values.begin(), values.end() - 1);
            // What stands in a oneof or is marked optional says something even as a default; to others it is as none.
            if (!field.isRepeated && field.label == ProtoField::Label::Implicit && field.oneof.empty())
                std::erase_if(values, [](const Node& value) { return isDefault(value); });
        }
        if (!values.empty())
            node.fields.emplace(field.number, std::move(values));
        return true;
    }

    static std::string scalar(const ProtoField& field, BinaryReader& in, const ProtoOccurrence& one)
    {
        const auto number = [](auto value) { return "n" + std::to_string(value); };
        const auto real = [](double value) { return "n" + QByteArray::number(value, 'g', 17).toStdString(); };
        switch (field.kind) {
        case Kind::Double:
            return real(std::bit_cast<double>(in.fixed64()));
        case Kind::Float:
            return real(double{std::bit_cast<float>(in.fixed32())});
        case Kind::Fixed64:
            return number(in.fixed64());
        case Kind::Sfixed64:
            return number(static_cast<std::int64_t>(in.fixed64()));
        case Kind::Fixed32:
            return number(in.fixed32());
        case Kind::Sfixed32:
            return number(static_cast<std::int32_t>(in.fixed32()));
        case Kind::Sint32:
        case Kind::Sint64:
            return number(protoUnzigzag(in.varint()));
        case Kind::Uint32:
        case Kind::Uint64:
            return number(in.varint());
        case Kind::Bool:
            return number(in.varint() != 0 ? 1 : 0);
        case Kind::String:
        case Kind::Bytes: {
            const QByteArrayView bytes = in.bytes(one.first, one.last);
            return std::string("b").append(bytes.data(), static_cast<std::size_t>(bytes.size()));
        }
        default:
            return number(static_cast<std::int64_t>(in.varint()));
        }
    }

    static bool isDefault(const Node& value) { return value.scalar == "n0" || value.scalar == "b"; }

    const ProtoSchema& m_schema;
    ProtoMisreading m_refusal;
    std::vector<ProtoMisreading> m_missing;
};

/// Walks what was written beside what is read.
class Comparison
{
public:
    std::vector<ProtoMisreading> found;

    void compare(const Node& written, const Node& read)
    {
        if (!written.type || !read.type)
            return;
        for (const auto& [number, field] : written.type->fields) {
            const auto known = read.type->fields.find(number);
            const auto values = written.fields.find(number);
            if (known == read.type->fields.end()) {
                if (values != written.fields.end())
                    leftEmpty(written, read, field);
                continue;
            }
            const auto others = read.fields.find(number);
            static const std::vector<Node> none;
            compareValues(written, field, values == written.fields.end() ? none : values->second,
                          others == read.fields.end() ? none : others->second);
        }
    }

private:
    void add(const Node& written, const ProtoField& field, const QString& what)
    {
        if (found.size() < mostMisreadings)
            found.push_back({.message = written.type->name, .number = field.number, .isRefusal = false, .what = what});
    }

    void compareValues(const Node& written, const ProtoField& field, const std::vector<Node>& values,
                       const std::vector<Node>& others)
    {
        const QString name = text(field.name);
        if (values.empty()) {
            // A default that one side counts as none is no difference.
            const bool saysMore = std::any_of(others.begin(), others.end(), [](const Node& other) {
                return other.type || (other.scalar != "n0" && other.scalar != "b");
            });
            if (saysMore)
                add(written, field, u"%1 reads as set and was not"_s.arg(name));
            return;
        }
        if (others.empty()) {
            const bool wasDefault = std::all_of(values.begin(), values.end(), [](const Node& value) {
                return !value.type && (value.scalar == "n0" || value.scalar == "b");
            });
            if (!wasDefault)
                add(written, field, u"%1 is lost"_s.arg(name));
            return;
        }
        if (values.size() != others.size()) {
            add(written, field, u"%1 has %2 values and %3 are read"_s.arg(name).arg(values.size()).arg(others.size()));
            return;
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool isMessage = values[i].scalar.empty();
            if (isMessage != others[i].scalar.empty() || values[i].scalar != others[i].scalar) {
                add(written, field, u"%1 reads as another value"_s.arg(name));
                return;
            }
            if (isMessage)
                compare(values[i], others[i]);
        }
    }

    /// The writer set one of several, and to the reader none is.
    void leftEmpty(const Node& written, const Node& read, const ProtoField& field)
    {
        if (field.oneof.empty())
            return;
        const auto isOf = [&](const auto& one) { return one.second.oneof == field.oneof; };
        const bool isKnown = std::any_of(read.type->fields.begin(), read.type->fields.end(), isOf);
        if (isKnown)
            add(written, field,
                u"%1 is set in %2, and to the reader nothing is"_s.arg(text(field.name), text(field.oneof)));
    }
};

} // namespace

std::vector<ProtoMisreading> protoMisreadings(const ProtoSchema& writer, const std::string& written,
                                              const ProtoSchema& reader, const std::string& read, QByteArrayView bytes)
{
    const QByteArray copy = bytes.toByteArray();
    Reading own(writer);
    const auto meant = own.message(written, copy);
    if (!meant || !meant->type || !own.missing().empty())
        return {};
    Reading other(reader);
    const auto seen = other.message(read, copy);
    if (!seen)
        return {other.refusal()};
    if (!seen->type)
        return {{.message = written, .number = 0, .isRefusal = true, .what = u"the reader knows no such message"_s}};
    Comparison comparison;
    comparison.found = other.missing();
    comparison.compare(*meant, *seen);
    return std::move(comparison.found);
}

} // namespace spillway
