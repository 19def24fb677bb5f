// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/jsoncompatibility.h"

#include "model/base/text.h"
#include "model/compatibility/schemaplaces.h"
#include "model/schema/jsonequal.h"

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int deepest = 200;

struct Side
{
    const CompiledVersion& version;
    const JsonTape& tape;
    std::uint32_t node = 0;

    explicit Side(const CompiledVersion& of, std::uint32_t at = 0)
        : version(of)
        , tape(of.tape(0))
        , node(at)
    {
    }

    [[nodiscard]] std::map<std::string, std::uint32_t> properties() const
    {
        std::map<std::string, std::uint32_t> properties;
        const auto object = tape.member(node, "properties");
        if (object && tape[*object].kind == JsonKind::Object) {
            for (std::uint32_t i = *object + 1; i < tape[*object].end; i = tape[i + 1].end)
                properties.insert_or_assign(std::string(tape.text(i)), i + 1);
        }
        return properties;
    }
    [[nodiscard]] std::map<std::string, std::uint32_t> required() const
    {
        std::map<std::string, std::uint32_t> names;
        const auto list = tape.member(node, "required");
        if (list && tape[*list].kind == JsonKind::Array) {
            for (std::uint32_t i = *list + 1; i < tape[*list].end; i = tape[i].end) {
                if (tape[i].kind == JsonKind::String)
                    names.emplace(std::string(tape.text(i)), i);
            }
        }
        return names;
    }
    [[nodiscard]] std::optional<std::uint32_t> type(std::uint32_t schema) const { return tape.member(schema, "type"); }
    [[nodiscard]] bool isObject(std::uint32_t schema) const
    {
        const auto found = type(schema);
        return found && tape[*found].kind == JsonKind::String && tape.text(*found) == "object";
    }
    [[nodiscard]] SchemaPosition position(std::uint32_t at) const { return version.positionOf({0, at}); }
    [[nodiscard]] std::uint32_t holder(std::string_view word) const { return tape.member(node, word).value_or(node); }
};

void compare(const Side& older, const Side& newer, const QString& path, int depth, std::vector<SchemaDifference>& out)
{
    if (depth > deepest)
        return;
    const auto before = older.properties();
    const auto after = newer.properties();
    const auto required = older.required();
    const auto requiredNow = newer.required();
    for (const auto& [name, schema] : before) {
        const QString place = path + u"/properties"_s + pathStep(name);
        const auto kept = after.find(name);
        if (kept == after.end()) {
            const bool wasRequired = required.contains(name) && !requiredNow.contains(name);
            out.push_back({.path = place,
                           .kind = u"propertyRemoved"_s,
                           .place = newer.position(newer.holder("properties")),
                           .oldPlace = older.position(schema),
                           .message = u"%1 is gone"_s.arg(shownName(name)),
                           .backward = DirectionVerdict::Breaks,
                           .forward = wasRequired ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
            continue;
        }
        const auto type = older.type(schema);
        const auto typeNow = newer.type(kept->second);
        std::int64_t work = 10'000;
        if (type && typeNow && jsonEqual(older.tape, *type, newer.tape, *typeNow, work) != Tri::Yes)
            out.push_back(
                {.path = place + u"/type"_s,
                 .kind = u"typeChanged"_s,
                 .place = newer.position(*typeNow),
                 .oldPlace = older.position(*type),
                 .message = u"the type was %1 and is %2"_s.arg(visibleBytes(older.tape.token(*type)).left(60),
                                                               visibleBytes(newer.tape.token(*typeNow)).left(60)),
                 .backward = DirectionVerdict::Breaks,
                 .forward = DirectionVerdict::Breaks});
        if (older.isObject(schema) && newer.isObject(kept->second))
            compare(Side(older.version, schema), Side(newer.version, kept->second), place, depth + 1, out);
    }
    for (const auto& [name, schema] : after) {
        if (before.contains(name))
            continue;
        out.push_back({.path = path + u"/properties"_s + pathStep(name),
                       .kind = u"propertyAdded"_s,
                       .place = newer.position(schema),
                       .oldPlace = older.position(older.holder("properties")),
                       .message = u"%1 is new"_s.arg(shownName(name)),
                       .forward = DirectionVerdict::Breaks});
    }
    for (const auto& [name, place] : requiredNow) {
        if (!required.contains(name) && !before.contains(name))
            out.push_back({.path = path + u"/required"_s + pathStep(name),
                           .kind = u"requiredAdded"_s,
                           .place = newer.position(place),
                           .oldPlace = older.position(older.holder("required")),
                           .message = u"%1 is required now"_s.arg(shownName(name)),
                           .backward = DirectionVerdict::Breaks});
    }
}

} // namespace

std::vector<SchemaDifference> compareBySeedRules(const CompiledVersion& older, const CompiledVersion& newer)
{
    std::vector<SchemaDifference> differences;
    compare(Side(older), Side(newer), u"#"_s, 0, differences);
    return differences;
}

} // namespace spillway
