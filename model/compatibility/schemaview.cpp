// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaview.h"

#include <algorithm>
#include <set>

namespace spillway {

using Kind = SchemaCheck::Kind;

namespace {

constexpr std::size_t mostLaidOut = 256; // schemas in one view
constexpr int deepestBranches = 3;       // looked through for types
constexpr int longestDetour = 20;        // references to references

std::uint8_t widened(std::uint8_t types)
{
    return (types & typebits::fraction) != 0 ? static_cast<std::uint8_t>(types | typebits::integer) : types;
}

std::uint8_t typesOf(const CompiledVersion& version, SchemaRef ref, int depth);

std::uint8_t typeOfConstant(const JsonTape& tape, std::uint32_t node)
{
    switch (tape[node].kind) {
    case JsonKind::Null:
        return typebits::null;
    case JsonKind::False:
    case JsonKind::True:
        return typebits::boolean;
    case JsonKind::Number: {
        const auto number = Decimal::parse(tape.token(node));
        return number && number->isWhole() ? typebits::integer : typebits::fraction;
    }
    case JsonKind::String:
        return typebits::string;
    case JsonKind::Array:
        return typebits::array;
    case JsonKind::Object:
        return typebits::object;
    }
    return typebits::all;
}

/// What one keyword leaves of the types.
std::uint8_t typesOfCheck(const CompiledVersion& version, SchemaRef ref, const SchemaCheck& check, int depth)
{
    std::uint8_t types = 0;
    switch (check.kind) {
    case Kind::Type:
        return widened(check.types);
    case Kind::Enum:
    case Kind::Const:
        for (const std::uint32_t constant : check.constants)
            types |= typeOfConstant(version.tape(version.node(ref).document), constant);
        return types;
    case Kind::AnyOf:
    case Kind::OneOf:
        for (const SchemaRef branch : check.schemas)
            types |= typesOf(version, branch, depth + 1);
        return types;
    default:
        return typebits::all;
    }
}

std::uint8_t typesOf(const CompiledVersion& version, SchemaRef ref, int depth)
{
    const SchemaNode& schema = version.node(ref);
    if (schema.kind == SchemaNode::Kind::Refuse)
        return 0;
    std::uint8_t types = typebits::all;
    if (depth > deepestBranches)
        return types;
    for (const SchemaCheck& check : schema.checks) {
        types &= typesOfCheck(version, ref, check, depth);
        if (check.kind == Kind::Ref)
            types &= typesOf(version, check.schema, depth + 1);
        if (check.kind == Kind::AllOf) {
            for (const SchemaRef part : check.schemas)
                types &= typesOf(version, part, depth + 1);
        }
    }
    return types;
}

/// `not` of a schema that lets everything through.
bool excludesAll(const CompiledVersion& version, const SchemaCheck& check)
{
    return check.kind == Kind::Not && version.node(check.schema).kind != SchemaNode::Kind::Refuse &&
           version.node(check.schema).checks.empty() && !version.keyword(check.schema, "format");
}

void layOut(const CompiledVersion& version, SchemaRef ref, SchemaView& view, std::set<SchemaRef>& seen)
{
    if (!seen.insert(ref).second)
        return;
    if (seen.size() > mostLaidOut) {
        view.isWhole = false;
        return;
    }
    const SchemaNode& schema = version.node(ref);
    view.schemas.push_back(ref);
    if (schema.kind == SchemaNode::Kind::Refuse)
        view.refuses = true;
    for (const SchemaCheck& check : schema.checks) {
        if (check.kind == Kind::Ref || check.kind == Kind::DynamicRef) {
            layOut(version, check.schema, view, seen);
        } else if (check.kind == Kind::AllOf) {
            for (const SchemaRef part : check.schemas)
                layOut(version, part, view, seen);
        } else {
            view.refuses = view.refuses || excludesAll(version, check);
            view.atoms.push_back({ref, &check});
        }
    }
    const bool standsAlone = std::none_of(schema.checks.begin(), schema.checks.end(),
                                          [](const SchemaCheck& check) { return check.kind == Kind::Ref; });
    if (schema.kind != SchemaNode::Kind::Checks || !standsAlone)
        return; // beside $ref older drafts pass over everything else
    if (const auto format = version.keyword(ref, "format");
        format && version.tape(format->document)[format->node].kind == JsonKind::String)
        view.formats.emplace_back(version.textOf(*format), *format);
}

/// Whether nobody can say what an unevaluated… keyword covers from the flat view: it depends on which branch was taken,
/// or the keyword stands beside its neighbours there, and within `allOf` it does not see them.
bool isTangled(const CompiledVersion& version, const Conjunction& schemas, const SchemaView& view)
{
    const auto isUnevaluated = [](const SchemaAtom& atom) {
        return atom.check->kind == Kind::UnevaluatedProperties || atom.check->kind == Kind::UnevaluatedItems;
    };
    if (std::none_of(view.atoms.begin(), view.atoms.end(), isUnevaluated))
        return false;
    if (schemas.size() != 1 || view.has(Kind::AnyOf) || view.has(Kind::OneOf) || view.has(Kind::If) ||
        view.has(Kind::DependentSchemas) || view.has(Kind::Contains))
        return true;
    SchemaRef outermost = schemas.front();
    for (int i = 0; i < deepestBranches; ++i) {
        const auto& checks = version.node(outermost).checks;
        if (checks.size() != 1 || checks.front().kind != Kind::Ref)
            break;
        outermost = checks.front().schema;
    }
    return std::any_of(view.atoms.begin(), view.atoms.end(),
                       [&](const SchemaAtom& atom) { return isUnevaluated(atom) && atom.schema != outermost; });
}

/// Whether nothing stands beside `$ref` that any validator minds.
bool isBareReference(const CompiledVersion& version, const SchemaNode& schema)
{
    const JsonTape& tape = version.tape(schema.document);
    if (tape[schema.source].kind != JsonKind::Object)
        return false;
    for (std::uint32_t i = schema.source + 1; i < tape[schema.source].end; i = tape[i + 1].end) {
        const std::string_view word = tape.text(i);
        if (!word.starts_with('$') && word != "definitions" && word != "id" &&
            keywordUse(word, {.draft = SchemaDraft::Draft7}) != KeywordUse::Annotation)
            return false;
    }
    return true;
}

} // namespace

std::vector<SchemaAtom> SchemaView::of(Kind kind) const
{
    std::vector<SchemaAtom> found;
    std::copy_if(atoms.begin(), atoms.end(), std::back_inserter(found),
                 [kind](const SchemaAtom& atom) { return atom.check->kind == kind; });
    return found;
}

bool SchemaView::has(Kind kind) const
{
    return std::any_of(atoms.begin(), atoms.end(), [kind](const SchemaAtom& atom) { return atom.check->kind == kind; });
}

SchemaView viewOf(const CompiledVersion& version, const Conjunction& schemas)
{
    SchemaView view;
    std::set<SchemaRef> seen;
    for (const SchemaRef ref : schemas)
        layOut(version, ref, view, seen);
    for (const SchemaAtom& atom : view.atoms) {
        view.types &= typesOfCheck(version, atom.schema, *atom.check, 0);
        if (atom.check->kind == Kind::Type)
            view.namedTypes &= widened(atom.check->types);
    }
    if (view.refuses)
        view.types = 0;
    view.isTangled = isTangled(version, schemas, view);
    return view;
}

Conjunction withoutDetours(const CompiledVersion& version, const Conjunction& schemas)
{
    Conjunction places;
    for (SchemaRef ref : schemas) {
        for (int i = 0; i < longestDetour; ++i) {
            const SchemaNode& schema = version.node(ref);
            if (schema.checks.size() != 1)
                break;
            const SchemaCheck& only = schema.checks.front();
            // Within one resource: what a `$dynamicRef` below leads to hangs on the resources on the way.
            if (only.kind == Kind::Ref && version.node(only.schema).resource == schema.resource &&
                isBareReference(version, schema))
                ref = only.schema;
            else if (only.kind == Kind::AllOf && only.schemas.size() == 1 && !version.keyword(ref, "format"))
                ref = only.schemas.front();
            else
                break;
        }
        places.push_back(ref);
    }
    return conjunctionOf(std::move(places));
}

PropertyView propertyOf(const CompiledVersion& version, const SchemaView& view, std::string_view name)
{
    PropertyView property;
    for (const SchemaAtom& atom : view.of(Kind::Properties)) {
        bool isKnown = false;
        for (const NamedSchema& member : atom.check->members) {
            if (member.name == name) {
                const SchemaNode& schema = version.node(member.schema);
                property.declared = SchemaSpot{schema.document, schema.source};
                property.schemas.push_back(member.schema);
                isKnown = true;
            }
        }
        for (const PatternSchema& pattern : atom.check->patterns) {
            if (pattern.pattern.matches(name).value_or(false)) {
                property.schemas.push_back(pattern.schema);
                isKnown = true;
            }
        }
        if (!isKnown && atom.check->schema != noSchema)
            property.schemas.push_back(atom.check->schema);
        property.isCovered = property.isCovered || isKnown || atom.check->schema != noSchema;
    }
    if (!property.isCovered && !view.isTangled) {
        for (const SchemaAtom& atom : view.of(Kind::UnevaluatedProperties))
            property.schemas.push_back(atom.check->schema);
    }
    property.schemas = conjunctionOf(std::move(property.schemas));
    return property;
}

Conjunction undeclaredOf(const SchemaView& view)
{
    std::vector<SchemaRef> schemas;
    for (const SchemaAtom& atom : view.of(Kind::Properties)) {
        if (atom.check->schema != noSchema)
            schemas.push_back(atom.check->schema);
    }
    if (schemas.empty() && !view.isTangled) {
        for (const SchemaAtom& atom : view.of(Kind::UnevaluatedProperties))
            schemas.push_back(atom.check->schema);
    }
    return conjunctionOf(std::move(schemas));
}

std::vector<std::string> declaredNames(const SchemaView& view)
{
    std::set<std::string> names;
    for (const SchemaAtom& atom : view.of(Kind::Properties)) {
        for (const NamedSchema& member : atom.check->members)
            names.insert(member.name);
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> requiredNames(const SchemaView& view)
{
    std::set<std::string> names;
    for (const SchemaAtom& atom : view.of(Kind::Required))
        names.insert(atom.check->names.begin(), atom.check->names.end());
    return {names.begin(), names.end()};
}

Conjunction itemOf(const SchemaView& view, std::size_t place)
{
    std::vector<SchemaRef> schemas;
    bool isCovered = false;
    for (const SchemaAtom& atom : view.of(Kind::Items)) {
        const SchemaRef ref = place < atom.check->schemas.size() ? atom.check->schemas[place] : atom.check->schema;
        if (ref != noSchema) {
            schemas.push_back(ref);
            isCovered = true;
        }
    }
    if (!isCovered && !view.isTangled) {
        for (const SchemaAtom& atom : view.of(Kind::UnevaluatedItems))
            schemas.push_back(atom.check->schema);
    }
    return conjunctionOf(std::move(schemas));
}

std::size_t listedItems(const SchemaView& view)
{
    std::size_t listed = 0;
    for (const SchemaAtom& atom : view.of(Kind::Items))
        listed = std::max(listed, atom.check->schemas.size());
    return listed;
}

std::optional<std::vector<QByteArray>> constantsOf(const CompiledVersion& version, const SchemaView& view)
{
    for (const SchemaAtom& atom : view.atoms) {
        if (atom.check->kind != Kind::Enum && atom.check->kind != Kind::Const)
            continue;
        std::vector<QByteArray> constants;
        const JsonTape& tape = version.tape(version.node(atom.schema).document);
        for (const std::uint32_t constant : atom.check->constants) {
            if ((typeOfConstant(tape, constant) & view.types) != 0)
                constants.push_back(tape.token(constant).toByteArray());
        }
        return constants;
    }
    // `null` and the two of `boolean` are constants too, by another name.
    if ((view.types & ~(typebits::null | typebits::boolean)) != 0)
        return std::nullopt;
    std::vector<QByteArray> constants;
    if ((view.types & typebits::null) != 0)
        constants.emplace_back("null");
    if ((view.types & typebits::boolean) != 0)
        constants.insert(constants.end(), {QByteArray("false"), QByteArray("true")});
    return constants;
}

Conjunction conjunctionOf(std::vector<SchemaRef> schemas)
{
    std::sort(schemas.begin(), schemas.end());
    schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
    return schemas;
}

} // namespace spillway
