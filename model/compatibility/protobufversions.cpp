// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/binarydifferences.h"
#include "model/compatibility/protobufexamples.h"
#include "model/schema/protoschema.h"

#include <QUrl>

#include <algorithm>
#include <array>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = ProtoField::Kind;
using Label = ProtoField::Label;
constexpr std::size_t mostDifferences = 10'000;

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// Kinds that are written alike, by the Protobuf guide's chapter on updating a message.
enum class Wire { Number, SignedNumber, Fixed32, Fixed64, Float, Double, Text, Message, Group };
Wire wireOf(const ProtoField& field)
{
    switch (field.kind) {
    case Kind::Int32:
    case Kind::Int64:
    case Kind::Uint32:
    case Kind::Uint64:
    case Kind::Bool:
    case Kind::Enum:
        return Wire::Number;
    case Kind::Sint32:
    case Kind::Sint64:
        return Wire::SignedNumber;
    case Kind::Fixed32:
    case Kind::Sfixed32:
        return Wire::Fixed32;
    case Kind::Fixed64:
    case Kind::Sfixed64:
        return Wire::Fixed64;
    case Kind::Float:
        return Wire::Float;
    case Kind::Double:
        return Wire::Double;
    case Kind::String:
    case Kind::Bytes:
        return Wire::Text;
    case Kind::Message:
        return Wire::Message;
    case Kind::Group:
        return Wire::Group;
    }
    return Wire::Message;
}

QString typeText(const ProtoField& field)
{
    static constexpr std::array<std::string_view, 18> words{
        "double",  "float",    "int32",    "int64", "uint32", "uint64", "sint32", "sint64",  "fixed32",
        "fixed64", "sfixed32", "sfixed64", "bool",  "string", "bytes",  "enum",   "message", "group"};
    const QString type =
        field.typeName.empty() ? text(words[static_cast<std::size_t>(field.kind)]) : text(field.typeName);
    return field.isMap ? u"map"_s : field.isRepeated ? u"repeated "_s + type : type;
}

/// `shop.v2.Order` within package `shop.v2` is `Order`.
std::string_view localName(std::string_view name, std::string_view package)
{
    if (!package.empty() && name.size() > package.size() && name.starts_with(package) && name[package.size()] == '.')
        return name.substr(package.size() + 1);
    return name;
}
std::string_view lastName(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

class Comparer
{
public:
    Comparer(const SchemaVersion& older, const SchemaVersion& newer, const ProtoSchema& before,
             const ProtoSchema& after)
        : m_older(older)
        , m_newer(newer)
        , m_old(before)
        , m_new(after)
    {
    }

    std::vector<SchemaDifference> run()
    {
        if (m_old.package != m_new.package)
            add(u"#"_s, u"packageChanged"_s, 0, 0,
                u"the package %1 became %2"_s.arg(named(m_old.package), named(m_new.package)), breaks, breaks);
        messages(m_old.top, m_new.top);
        enums();
        show();
        return std::move(m_found);
    }

private:
    static constexpr DirectionVerdict holds = DirectionVerdict::Holds;
    static constexpr DirectionVerdict breaks = DirectionVerdict::Breaks;

    /// Messages that show the breaks, of so many of them.
    void show()
    {
        constexpr std::size_t mostShown = 200;
        const ProtobufExamples backward(m_old, m_new);
        const ProtobufExamples forward(m_new, m_old);
        std::size_t shown = 0;
        for (std::size_t i = 0; i < m_found.size() && shown < mostShown; ++i) {
            SchemaDifference& difference = m_found[i];
            const ProtoSpot& spot = m_spots[i];
            shown += difference.backward == breaks || difference.forward == breaks ? 1 : 0;
            if (difference.backward == breaks) {
                if (auto example = backward.of(spot.older, spot.newer, spot.numbers)) {
                    difference.backwardExample = std::move(example->json);
                    difference.backwardWire = std::move(example->wire);
                }
            }
            if (difference.forward == breaks) {
                if (auto example = forward.of(spot.newer, spot.older, spot.numbers)) {
                    difference.forwardExample = std::move(example->json);
                    difference.forwardWire = std::move(example->wire);
                }
            }
        }
    }

    static QString named(const std::string& package) { return package.empty() ? u"(none)"_s : text(package); }

    void add(const QString& path, const QString& kind, int oldLine, int line, const QString& message,
             DirectionVerdict backward, DirectionVerdict forward, const QString& otherName = {})
    {
        if (m_found.size() >= mostDifferences)
            return;
        m_spots.push_back(m_spot);
        m_found.push_back({.path = path,
                           .kind = kind,
                           .place = {.file = m_newer.file, .line = std::max(line, 1), .column = 1},
                           .oldPlace = {.file = m_older.file, .line = std::max(oldLine, 1), .column = 1},
                           .message = message,
                           .backward = backward,
                           .forward = forward,
                           .backwardExample = {},
                           .forwardExample = {},
                           .field = {},
                           .otherName = otherName});
    }

    static const ProtoMessage* in(const ProtoSchema& schema, const std::string& name)
    {
        const auto found = schema.messages.find(name);
        return found == schema.messages.end() ? nullptr : &found->second;
    }

    /// Messages of one level, by their own names.
    void messages(const std::vector<std::string>& before, const std::vector<std::string>& after)
    {
        const auto placeOf = [](const std::vector<std::string>& list,
                                std::string_view name) -> std::optional<std::size_t> {
            for (std::size_t i = 0; i < list.size(); ++i) {
                if (lastName(list[i]) == name)
                    return i;
            }
            return std::nullopt;
        };
        for (std::size_t i = 0; i < after.size(); ++i) {
            const ProtoMessage* now = in(m_new, after[i]);
            const auto place = placeOf(before, lastName(after[i]));
            if (!now)
                continue;
            const ProtoMessage* was = place ? in(m_old, before[*place]) : nullptr;
            const QString path = u"#/"_s + text(localName(after[i], m_new.package));
            m_spot = {.older = {}, .newer = after[i], .numbers = {}};
            if (!was) {
                add(path, u"messageAdded"_s, 0, now->line, u"message %1 was added"_s.arg(text(lastName(after[i]))),
                    holds, breaks);
                continue;
            }
            if (*place != i)
                add(path, u"messageMoved"_s, was->line, now->line,
                    u"message %1 is number %2 of its level and was number %3"_s.arg(text(lastName(after[i])))
                        .arg(i + 1)
                        .arg(*place + 1),
                    holds, holds);
            message(*was, *now);
        }
        for (const std::string& name : before) {
            const ProtoMessage* was = in(m_old, name);
            m_spot = {.older = name, .newer = {}, .numbers = {}};
            if (was && !placeOf(after, lastName(name)))
                add(u"#/"_s + text(localName(name, m_old.package)), u"messageRemoved"_s, was->line, 0,
                    u"message %1 was removed"_s.arg(text(lastName(name))), breaks, holds);
        }
    }

    void message(const ProtoMessage& was, const ProtoMessage& now)
    {
        if (!m_seen.emplace(was.name, now.name).second)
            return;
        const QString path = u"#/"_s + text(localName(now.name, m_new.package));
        for (const auto& [number, field] : now.fields) {
            m_spot = {.older = was.name, .newer = now.name, .numbers = {number}};
            const auto old = was.fields.find(number);
            if (old == was.fields.end())
                addedField(path, was, field);
            else
                changedField(path, old->second, field);
        }
        for (const auto& [number, field] : was.fields) {
            m_spot = {.older = was.name, .newer = now.name, .numbers = {number}};
            if (!now.fields.contains(number))
                removedField(path, now, field);
        }
        oneofs(path, was, now);
        messages(was.inner, now.inner);
    }

    static QString at(const QString& path, std::uint32_t number) { return path + u'/' + QString::number(number); }

    void addedField(const QString& path, const ProtoMessage& was, const ProtoField& field)
    {
        const QString name = text(field.name);
        if (was.reserved.holds(std::int64_t{field.number}) || was.reserved.holds(std::string_view(field.name)))
            add(at(path, field.number), u"reservedReused"_s, was.line, field.line,
                u"%1 = %2 takes a number or name that the older version reserved; old data may hold something else there"_s
                    .arg(name)
                    .arg(field.number),
                breaks, breaks);
        else if (field.label == Label::Required)
            add(at(path, field.number), u"requiredFieldAdded"_s, was.line, field.line,
                u"the required field %1 = %2 was added; older data lacks it"_s.arg(name).arg(field.number), breaks,
                breaks);
        else if (!field.oneof.empty() && hasOneof(was, field.oneof))
            add(at(path, field.number), u"oneofFieldAdded"_s, was.line, field.line,
                u"%1 = %2 was added to the oneof %3"_s.arg(name).arg(field.number).arg(text(field.oneof)), holds,
                breaks);
        else
            add(at(path, field.number), u"fieldAdded"_s, was.line, field.line,
                u"%1 = %2 was added"_s.arg(name).arg(field.number), holds, holds);
    }

    void removedField(const QString& path, const ProtoMessage& now, const ProtoField& field)
    {
        const QString name = text(field.name);
        const QString reserved =
            now.reserved.holds(std::int64_t{field.number})
                ? QString()
                : u"; reserve the number %1, so that nobody gives it another meaning"_s.arg(field.number);
        if (field.label == Label::Required)
            add(at(path, field.number), u"requiredFieldRemoved"_s, field.line, now.line,
                u"the required field %1 = %2 was removed; older readers miss it"_s.arg(name).arg(field.number), breaks,
                breaks);
        else if (!field.oneof.empty() && hasOneof(now, field.oneof))
            add(at(path, field.number), u"oneofFieldRemoved"_s, field.line, now.line,
                u"%1 = %2 was removed from the oneof %3"_s.arg(name).arg(field.number).arg(text(field.oneof)), breaks,
                holds);
        else
            add(at(path, field.number), u"fieldRemoved"_s, field.line, now.line,
                u"%1 = %2 was removed"_s.arg(name).arg(field.number) + reserved, holds, holds);
    }

    static bool hasOneof(const ProtoMessage& message, std::string_view name)
    {
        return std::any_of(message.fields.begin(), message.fields.end(),
                           [&](const auto& field) { return field.second.oneof == name; });
    }

    void changedField(const QString& path, const ProtoField& before, const ProtoField& after)
    {
        const QString place = at(path, after.number);
        const QString name = text(after.name);
        if (before.name != after.name)
            add(place, u"fieldRenamed"_s, before.line, after.line,
                u"%1 became %2; nothing changes on the wire, readers of the JSON form miss it"_s.arg(text(before.name),
                                                                                                     name),
                holds, holds, text(before.name));
        if (before.isMap && after.isMap)
            map(place, before, after);
        else if (before.isMap != after.isMap || wireKind(before) != wireKind(after))
            add(place, u"fieldKindChanged"_s, before.line, after.line,
                u"%1 was %2 and is %3"_s.arg(name, typeText(before), typeText(after)), breaks, breaks);
        else if (wireOf(before) != wireOf(after))
            add(place, u"fieldScalarKindChanged"_s, before.line, after.line,
                u"%1 was %2 and is %3, which are written differently"_s.arg(name, typeText(before), typeText(after)),
                breaks, breaks);
        else if (wireOf(before) == Wire::Message || wireOf(before) == Wire::Group)
            namedType(place, before, after);
        else if (before.kind != after.kind)
            add(place, u"fieldTypeWidened"_s, before.line, after.line,
                u"%1 was %2 and is %3, which are written alike; values that do not fit are cut"_s.arg(
                    name, typeText(before), typeText(after)),
                holds, holds);
        label(place, before, after);
    }

    static int wireKind(const ProtoField& field)
    {
        return wireOf(field) == Wire::Message || wireOf(field) == Wire::Group ? 1 : 0;
    }

    void label(const QString& place, const ProtoField& before, const ProtoField& after)
    {
        const QString name = text(after.name);
        if (before.isMap || after.isMap)
            return;
        if (before.isRepeated != after.isRepeated) {
            const Wire wire = wireOf(after);
            const bool isNumeric = wire != Wire::Text && wire != Wire::Message && wire != Wire::Group;
            add(place, isNumeric ? u"fieldNumericLabelChanged"_s : u"fieldLabelChanged"_s, before.line, after.line,
                u"%1 was %2 and is %3"_s.arg(name, before.isRepeated ? u"repeated"_s : u"single"_s,
                                             after.isRepeated ? u"repeated"_s : u"single"_s),
                isNumeric ? breaks : holds, isNumeric ? breaks : holds);
        }
        const bool wasRequired = before.label == Label::Required;
        if (wasRequired != (after.label == Label::Required))
            add(place, wasRequired ? u"requiredDropped"_s : u"requiredAdded"_s, before.line, after.line,
                wasRequired ? u"%1 is no longer required; older readers still insist on it"_s.arg(name)
                            : u"%1 became required; older data may lack it"_s.arg(name),
                wasRequired ? holds : breaks, wasRequired ? breaks : holds);
    }

    void map(const QString& place, const ProtoField& before, const ProtoField& after)
    {
        const ProtoMessage* was = in(m_old, before.typeName);
        const ProtoMessage* now = in(m_new, after.typeName);
        if (!was || !now)
            return;
        for (const std::uint32_t part : {1U, 2U}) {
            const auto old = was->fields.find(part);
            const auto current = now->fields.find(part);
            if (old == was->fields.end() || current == now->fields.end())
                continue;
            if (wireOf(old->second) != wireOf(current->second))
                add(place, u"fieldScalarKindChanged"_s, before.line, after.line,
                    u"the map %1 has %2 as its %3 and had %4"_s.arg(text(after.name), typeText(current->second),
                                                                    part == 1 ? u"keys"_s : u"values"_s,
                                                                    typeText(old->second)),
                    breaks, breaks);
            else if (wireOf(old->second) == Wire::Message)
                namedType(place, old->second, current->second);
        }
    }

    void namedType(const QString& place, const ProtoField& before, const ProtoField& after)
    {
        const ProtoMessage* was = in(m_old, before.typeName);
        const ProtoMessage* now = in(m_new, after.typeName);
        if (localName(before.typeName, m_old.package) != localName(after.typeName, m_new.package)) {
            add(place, u"fieldNamedTypeChanged"_s, before.line, after.line,
                u"%1 was %2 and is %3"_s.arg(text(after.name), typeText(before), typeText(after)), breaks, breaks);
            return;
        }
        if (!was || !now)
            return;
        const ProtoSpot here = m_spot;
        message(*was, *now); // of an imported file; the file's own are compared once
        m_spot = here;
    }

    void oneofs(const QString& path, const ProtoMessage& was, const ProtoMessage& now)
    {
        std::set<std::string> before;
        std::set<std::string> after;
        for (const auto& [number, field] : was.fields)
            before.insert(field.oneof);
        for (const auto& [number, field] : now.fields)
            after.insert(field.oneof);
        before.erase(std::string());
        after.erase(std::string());
        for (const std::string& name : after) {
            const auto [intoNew, oldOnes] = moved(was, now, name);
            m_spot = {.older = was.name, .newer = now.name, .numbers = numbersOf(now, name)};
            const QString place = path + u'/' + text(name);
            if (!before.contains(name))
                add(place, u"oneofAdded"_s, was.line, now.line, u"the oneof %1 was added"_s.arg(text(name)), holds,
                    holds);
            if (intoNew > 1)
                add(place, u"multipleFieldsMovedToOneof"_s, was.line, now.line,
                    u"%1 fields moved into the oneof %2; older data may hold them at once and all but one is lost"_s
                        .arg(intoNew)
                        .arg(text(name)),
                    breaks, holds);
            else if (intoNew == 1 && oldOnes > 0)
                add(place, u"fieldMovedToExistingOneof"_s, was.line, now.line,
                    u"a field moved into the oneof %1 beside others; older data may hold both and one is lost"_s.arg(
                        text(name)),
                    breaks, holds);
        }
        for (const std::string& name : before) {
            const auto [intoOld, newOnes] = moved(now, was, name);
            m_spot = {.older = was.name, .newer = now.name, .numbers = numbersOf(was, name)};
            const QString place = path + u'/' + text(name);
            if (!after.contains(name))
                add(place, u"oneofRemoved"_s, was.line, now.line, u"the oneof %1 was removed"_s.arg(text(name)), holds,
                    holds);
            if (intoOld > 1 || (intoOld == 1 && newOnes > 0))
                add(place, u"fieldsMovedOutOfOneof"_s, was.line, now.line,
                    u"fields moved out of the oneof %1; older readers keep only one of them"_s.arg(text(name)), holds,
                    breaks);
        }
    }

    static std::vector<std::uint32_t> numbersOf(const ProtoMessage& message, std::string_view oneof)
    {
        std::vector<std::uint32_t> numbers;
        for (const auto& [number, field] : message.fields) {
            if (field.oneof == oneof)
                numbers.push_back(number);
        }
        return numbers;
    }

    /// Of a oneof of `to`: fields that stood alone in `from`, and fields that stood in any oneof there.
    static std::pair<int, int> moved(const ProtoMessage& from, const ProtoMessage& to, std::string_view name)
    {
        int alone = 0;
        int within = 0;
        for (const auto& [number, field] : to.fields) {
            const auto old = from.fields.find(number);
            if (field.oneof != name || old == from.fields.end())
                continue;
            ++(old->second.oneof.empty() ? alone : within);
        }
        return {alone, within};
    }

    void enums()
    {
        m_spot = {};
        const auto path = [](std::string_view name, const std::string& package) {
            return u"#/"_s + text(localName(name, package));
        };
        const auto find = [](const ProtoSchema& schema, std::string_view local) -> const ProtoEnum* {
            const std::string full =
                schema.package.empty() ? std::string(local) : std::string(schema.package).append(1, '.').append(local);
            const auto found = schema.enums.find(full);
            return found == schema.enums.end() ? nullptr : &found->second;
        };
        for (const auto& [name, now] : m_new.enums) {
            if (!now.isOwn)
                continue;
            const std::string_view local = localName(name, m_new.package);
            const ProtoEnum* was = find(m_old, local);
            if (was)
                constants(path(name, m_new.package), *was, now);
            else
                add(path(name, m_new.package), u"enumAdded"_s, 0, now.line, u"enum %1 was added"_s.arg(text(local)),
                    holds, holds);
        }
        for (const auto& [name, was] : m_old.enums) {
            const std::string_view local = localName(name, m_old.package);
            if (was.isOwn && !find(m_new, local))
                add(path(name, m_old.package), u"enumRemoved"_s, was.line, 0, u"enum %1 was removed"_s.arg(text(local)),
                    holds, holds);
        }
    }

    void constants(const QString& path, const ProtoEnum& was, const ProtoEnum& now)
    {
        for (const auto& [number, name] : now.names) {
            const QString place = path + u'/' + QString::number(number);
            const auto old = was.names.find(number);
            if (old == was.names.end() && was.reserved.holds(number))
                add(place, u"reservedReused"_s, was.line, now.line,
                    u"%1 = %2 takes a number that the older version reserved; old data may mean something else by it"_s
                        .arg(text(name))
                        .arg(number),
                    breaks, breaks);
            else if (old == was.names.end())
                add(place, u"enumConstantAdded"_s, was.line, now.line,
                    u"%1 = %2 was added"_s.arg(text(name)).arg(number), holds, holds);
            else if (old->second != name)
                add(place, u"enumConstantRenamed"_s, was.line, now.line,
                    u"%1 became %2; the number %3 stays, readers of the JSON form miss it"_s
                        .arg(text(old->second), text(name))
                        .arg(number),
                    holds, holds, text(old->second));
        }
        for (const auto& [number, name] : was.names) {
            if (!now.names.contains(number))
                add(path + u'/' + QString::number(number), u"enumConstantRemoved"_s, was.line, now.line,
                    u"%1 = %2 was removed; old data reads as the bare number"_s.arg(text(name)).arg(number), holds,
                    holds);
        }
    }

    const SchemaVersion& m_older;
    const SchemaVersion& m_newer;
    const ProtoSchema& m_old;
    const ProtoSchema& m_new;
    std::set<std::pair<std::string, std::string>> m_seen;
    ProtoSpot m_spot; ///< what is being compared
    std::vector<SchemaDifference> m_found;
    std::vector<ProtoSpot> m_spots; ///< of each
};

} // namespace

ProtoLoader protoLoaderOf(const SchemaVersion& version)
{
    if (!version.load)
        return {};
    return [&version](const QString& path) -> std::optional<QByteArray> {
        // An import counts from a folder that protoc was told; which one, only the files can say.
        QUrl from(version.uri);
        for (int level = 0; level < 8; ++level) {
            if (auto bytes = version.load(from.resolved(QUrl(path)).toString(QUrl::FullyEncoded)))
                return bytes;
            from = from.resolved(QUrl(u".."_s));
        }
        return std::nullopt;
    };
}

std::vector<SchemaDifference> protobufVersionDifferences(const SchemaVersion& older, const SchemaVersion& newer)
{
    const auto before = readProtoSchema(older.text, protoLoaderOf(older));
    const auto after = readProtoSchema(newer.text, protoLoaderOf(newer));
    if (!before || !after)
        return {};
    return Comparer(older, newer, *before, *after).run();
}

} // namespace spillway
