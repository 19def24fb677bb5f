// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaplaces.h"

#include "model/compatibility/patternsample.h"

#include <algorithm>
#include <map>

/// The keywords about objects.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = SchemaCheck::Kind;

/// Where `required` names it, for each name.
std::map<std::string, SchemaSpot> requiredSpots(const CompiledVersion& version, const SchemaView& view)
{
    std::map<std::string, SchemaSpot> spots;
    for (const SchemaAtom& atom : view.of(Kind::Required)) {
        const std::uint32_t document = version.node(atom.schema).document;
        const JsonTape& tape = version.tape(document);
        for (std::uint32_t i = atom.check->source + 1; i < tape[atom.check->source].end; i = tape[i].end)
            spots.emplace(std::string(tape.text(i)), SchemaSpot{document, i});
    }
    return spots;
}

SchemaSpot spotOfKeyword(const CompiledVersion& version, const SchemaView& view, Kind kind, SchemaSpot otherwise)
{
    const auto atoms = view.of(kind);
    return atoms.empty() ? otherwise
                         : SchemaSpot{version.node(atoms.front().schema).document, atoms.front().check->source};
}

/// `patternProperties` by their expressions.
std::map<std::string, SchemaRef> patternsOf(const CompiledVersion& version, const SchemaView& view)
{
    std::map<std::string, SchemaRef> patterns;
    for (const SchemaAtom& atom : view.of(Kind::Properties)) {
        for (const PatternSchema& pattern : atom.check->patterns) {
            const SchemaNode& schema = version.node(pattern.schema);
            patterns.emplace(std::string(version.tape(schema.document).text(schema.source - 1)), pattern.schema);
        }
    }
    return patterns;
}

/// Only `false` or nothing: the content is closed, or open to anything.
enum class Content { Open, Closed, Typed };
Content contentOf(const CompiledVersion& version, const Conjunction& undeclared)
{
    bool isOpen = true;
    for (const SchemaRef ref : undeclared) {
        if (version.node(ref).kind == SchemaNode::Kind::Refuse)
            return Content::Closed;
        isOpen = isOpen && viewOf(version, {ref}).isOpen();
    }
    return isOpen ? Content::Open : Content::Typed;
}

} // namespace

void SchemaComparison::compareRequired(Places& at)
{
    if (!at.concerns(typebits::object))
        return;
    const auto before = requiredSpots(at.older, at.a);
    const auto after = requiredSpots(at.newer, at.b);
    for (const auto& [name, spot] : after) {
        if (before.contains(name))
            continue;
        const bool isFilledIn =
            m_habits.defaultsFillIn && at.newer.hasDefault(propertyOf(at.newer, at.b, name).schemas);
        add(at, {.path = u"/required"_s + pathStep(name),
                 .kind = isFilledIn ? u"requiredWithDefaultAdded"_s : u"requiredAdded"_s,
                 .message = isFilledIn ? u"%1 is required now, and has a default"_s.arg(shownName(name))
                                       : u"%1 is required now"_s.arg(shownName(name)),
                 .older = spotOfKeyword(at.older, at.a, Kind::Required, at.olderOwner()),
                 .newer = spot,
                 .backward = isFilledIn ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
    for (const auto& [name, spot] : before) {
        if (after.contains(name))
            continue;
        const bool isFilledIn =
            m_habits.defaultsFillIn && at.older.hasDefault(propertyOf(at.older, at.a, name).schemas);
        add(at, {.path = u"/required"_s + pathStep(name),
                 .kind = u"requiredRemoved"_s,
                 .message = u"%1 is not required any more"_s.arg(shownName(name)),
                 .older = spot,
                 .newer = spotOfKeyword(at.newer, at.b, Kind::Required, at.newerOwner()),
                 .forward = isFilledIn ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
}

void SchemaComparison::compareProperties(Places& at)
{
    if (!at.concerns(typebits::object))
        return;
    std::vector<std::string> names = declaredNames(at.a);
    for (std::string& name : declaredNames(at.b))
        names.push_back(std::move(name));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string& name : names)
        compareProperty(at, name);
    comparePatterns(at);
    compareUndeclared(at);

    Conjunction before;
    Conjunction after;
    for (const SchemaAtom& atom : at.a.of(Kind::PropertyNames))
        before.push_back(atom.check->schema);
    for (const SchemaAtom& atom : at.b.of(Kind::PropertyNames))
        after.push_back(atom.check->schema);
    if (!before.empty() || !after.empty())
        addTree(at, {conjunctionOf(before), conjunctionOf(after), typebits::string}, u"/propertyNames"_s,
                {.kind = DocumentStep::Kind::Name});
}

void SchemaComparison::compareProperty(Places& at, const std::string& name)
{
    const PropertyView before = propertyOf(at.older, at.a, name);
    const PropertyView after = propertyOf(at.newer, at.b, name);
    const SchemaPair inner{before.schemas, after.schemas};
    const QString path = u"/properties"_s + pathStep(name);
    const DocumentStep step{.kind = DocumentStep::Kind::Member, .name = name};
    if (before.declared && after.declared) {
        addTree(at, inner, path, step);
        return;
    }
    const PairResult& both = compare(inner);
    DirectionVerdict backward = both.backward;
    DirectionVerdict forward = both.forward;
    // Who sends declared fields only does not send it by the side that does not declare it; and who does not mind
    // undeclared fields does not mind it either, but where they have a schema.
    const auto isIndifferent = [](const CompiledVersion& version, const Conjunction& schemas) {
        return contentOf(version, schemas) != Content::Typed;
    };
    if (!m_habits.undeclaredAreSent) {
        if (before.declared && isIndifferent(at.newer, after.schemas))
            backward = forward = DirectionVerdict::Holds;
        if (after.declared && isIndifferent(at.older, before.schemas))
            backward = forward = DirectionVerdict::Holds;
    }
    const bool isGone = before.declared.has_value();
    const SchemaSpot olderHolder = spotOfKeyword(at.older, at.a, Kind::Properties, at.olderOwner());
    const SchemaSpot newerHolder = spotOfKeyword(at.newer, at.b, Kind::Properties, at.newerOwner());
    SchemaFinding finding{.path = path,
                          .kind = isGone ? u"propertyRemoved"_s : u"propertyAdded"_s,
                          .message =
                              isGone ? u"%1 is gone"_s.arg(shownName(name)) : u"%1 is new"_s.arg(shownName(name)),
                          .older = before.declared.value_or(olderHolder),
                          .newer = after.declared.value_or(newerHolder),
                          .backward = backward,
                          .forward = forward};
    DocumentStep into = step;
    into.outer = at.pair;
    finding.steps = {into};
    finding.pair = inner;
    add(at, std::move(finding));
}

/// Into a field that the expression names and nothing else does, if there is one; of an expression that we can make no
/// text for, nowhere.
DocumentStep SchemaComparison::stepByPattern(const Places& at, const std::string& pattern)
{
    const QStringList names = samplesOfPattern(shownName(pattern));
    if (names.isEmpty())
        return {.outer = at.pair};
    const auto isDeclared = [&](const QString& name) {
        const std::string text = name.toStdString();
        return propertyOf(at.older, at.a, text).declared || propertyOf(at.newer, at.b, text).declared;
    };
    QString name = names.front();
    for (const QString& other : names + QStringList{names.front() + u'x', u'x' + names.front()}) {
        if (isDeclared(name))
            name = other;
    }
    return {.kind = DocumentStep::Kind::Member, .name = name.toStdString(), .outer = at.pair};
}

void SchemaComparison::comparePatterns(Places& at)
{
    const auto before = patternsOf(at.older, at.a);
    const auto after = patternsOf(at.newer, at.b);
    for (const auto& [pattern, schema] : before) {
        const QString path = u"/patternProperties"_s + pathStep(pattern);
        if (const auto kept = after.find(pattern); kept != after.end()) {
            addTree(at, {{schema}, {kept->second}}, path, stepByPattern(at, pattern));
            continue;
        }
        const SchemaPair inner{{schema}, undeclaredOf(at.b)};
        const PairResult& both = compare(inner);
        const bool isMinded = m_habits.undeclaredAreSent || contentOf(at.newer, undeclaredOf(at.b)) == Content::Typed;
        add(at, {.path = path,
                 .kind = u"patternPropertyRemoved"_s,
                 .message = u"fields named by this expression have no schema of their own any more"_s,
                 .older = {at.older.node(schema).document, at.older.node(schema).source},
                 .newer = spotOfKeyword(at.newer, at.b, Kind::Properties, at.newerOwner()),
                 .backward = isMinded ? both.backward : DirectionVerdict::Holds,
                 .forward = isMinded ? both.forward : DirectionVerdict::Holds,
                 .steps = {stepByPattern(at, pattern)},
                 .pair = inner});
    }
    for (const auto& [pattern, schema] : after) {
        if (before.contains(pattern))
            continue;
        const SchemaPair inner{undeclaredOf(at.a), {schema}};
        const PairResult& both = compare(inner);
        const bool isMinded = m_habits.undeclaredAreSent || contentOf(at.older, undeclaredOf(at.a)) == Content::Typed;
        add(at, {.path = u"/patternProperties"_s + pathStep(pattern),
                 .kind = u"patternPropertyAdded"_s,
                 .message = u"fields named by this expression have a schema of their own now"_s,
                 .older = spotOfKeyword(at.older, at.a, Kind::Properties, at.olderOwner()),
                 .newer = {at.newer.node(schema).document, at.newer.node(schema).source},
                 .backward = isMinded ? both.backward : DirectionVerdict::Holds,
                 .forward = isMinded ? both.forward : DirectionVerdict::Holds,
                 .steps = {stepByPattern(at, pattern)},
                 .pair = inner});
    }
}

void SchemaComparison::compareUndeclared(Places& at)
{
    const Conjunction before = undeclaredOf(at.a);
    const Conjunction after = undeclaredOf(at.b);
    const Content was = contentOf(at.older, before);
    const Content is = contentOf(at.newer, after);
    if (was == is && was != Content::Typed)
        return;
    const QString path = u"/additionalProperties"_s;
    if (was == is) {
        addTree(at, {before, after}, path, {});
        return;
    }
    const bool narrows = was == Content::Open || is == Content::Closed;
    QString kind = narrows ? u"additionalPropertiesNarrowed"_s : u"additionalPropertiesWidened"_s;
    QString message = narrows ? u"fields that are not declared must fit a schema now"_s
                              : u"fields that are not declared need not fit a schema any more"_s;
    if (is == Content::Closed) {
        kind = u"additionalPropertiesClosed"_s;
        message = u"fields that are not declared are refused now"_s;
    } else if (was == Content::Closed) {
        kind = u"additionalPropertiesOpened"_s;
        message = u"fields that are not declared are let through now"_s;
    }
    const auto spotOf = [](const CompiledVersion& version, const Conjunction& schemas, SchemaSpot otherwise) {
        return schemas.empty() ? otherwise : Places::ownerOf(version, schemas);
    };
    const auto minded = m_habits.undeclaredAreSent ? DirectionVerdict::Breaks : DirectionVerdict::Holds;
    add(at, {.path = path,
             .kind = kind,
             .message = message,
             .older = spotOf(at.older, before, at.olderOwner()),
             .newer = spotOf(at.newer, after, at.newerOwner()),
             .backward = narrows ? minded : DirectionVerdict::Holds,
             .forward = narrows ? DirectionVerdict::Holds : minded});
}

void SchemaComparison::compareDependencies(Places& at)
{
    if (!at.concerns(typebits::object))
        return;
    const auto needsOf = [](const CompiledVersion& version, const SchemaView& view) {
        std::map<std::pair<std::string, std::string>, SchemaSpot> needs;
        for (const SchemaAtom& atom : view.of(Kind::DependentRequired)) {
            for (const NameDependency& dependency : atom.check->dependencies) {
                for (const std::string& need : dependency.needs)
                    needs.emplace(std::pair(dependency.name, need),
                                  SchemaSpot{version.node(atom.schema).document, atom.check->source});
            }
        }
        return needs;
    };
    const auto before = needsOf(at.older, at.a);
    const auto after = needsOf(at.newer, at.b);
    const auto told = [&](const auto& need, bool isNew) {
        const auto& [names, spot] = need;
        const SchemaView& other = isNew ? at.a : at.b;
        const auto required = requiredNames(other);
        const Conjunction first = propertyOf(isNew ? at.older : at.newer, other, names.first).schemas;
        const bool isThere = names.first == names.second ||
                             std::binary_search(required.begin(), required.end(), names.second) ||
                             (isNew ? m_olderTypes : m_newerTypes).of(first) == 0;
        const auto verdict = isThere ? DirectionVerdict::Holds : DirectionVerdict::Breaks;
        add(at, {.path = u"/dependentRequired"_s + pathStep(names.first) + pathStep(names.second),
                 .kind = isNew ? u"dependencyAdded"_s : u"dependencyRemoved"_s,
                 .message = (isNew ? u"where %1 is there, %2 must be now"_s : u"where %1 is there, %2 need not be"_s)
                                .arg(shownName(names.first), shownName(names.second)),
                 .older = isNew ? at.olderOwner() : spot,
                 .newer = isNew ? spot : at.newerOwner(),
                 .backward = isNew ? verdict : DirectionVerdict::Holds,
                 .forward = isNew ? DirectionVerdict::Holds : verdict,
                 .otherName = shownName(names.first) + u'/' + shownName(names.second)});
    };
    for (const auto& need : before) {
        if (!after.contains(need.first))
            told(need, false);
    }
    for (const auto& need : after) {
        if (!before.contains(need.first))
            told(need, true);
    }

    const auto schemasOf = [](const SchemaView& view) {
        std::map<std::string, std::vector<SchemaRef>> schemas;
        for (const SchemaAtom& atom : view.of(Kind::DependentSchemas)) {
            for (const NamedSchema& member : atom.check->members)
                schemas[member.name].push_back(member.schema);
        }
        return schemas;
    };
    auto olderSchemas = schemasOf(at.a);
    auto newerSchemas = schemasOf(at.b);
    for (const auto& [name, schemas] : olderSchemas)
        (void)newerSchemas[name];
    for (const auto& [name, schemas] : newerSchemas)
        addTree(at, {conjunctionOf(olderSchemas[name]), conjunctionOf(schemas)},
                u"/dependentSchemas"_s + pathStep(name), {});
}

void SchemaComparison::compareItems(Places& at)
{
    if (!at.concerns(typebits::array))
        return;
    const bool asks = at.a.has(Kind::Items) || at.b.has(Kind::Items) || at.a.has(Kind::UnevaluatedItems) ||
                      at.b.has(Kind::UnevaluatedItems);
    if (!asks)
        return;
    const std::size_t listed = std::max(listedItems(at.a), listedItems(at.b));
    for (std::size_t place = 0; place <= listed; ++place) {
        const bool isRest = place == listed;
        const QString path = isRest ? u"/items"_s : u"/prefixItems/%1"_s.arg(place);
        addTree(at, {itemOf(at.a, place), itemOf(at.b, place)}, path,
                {.kind = DocumentStep::Kind::Item, .place = place});
    }
}

void SchemaComparison::compareContains(Places& at)
{
    if (!at.concerns(typebits::array))
        return;
    const auto before = at.a.of(Kind::Contains);
    const auto after = at.b.of(Kind::Contains);
    if (before.empty() && after.empty())
        return;
    // One that asks for as many of what is at least as narrow, and allows as few of what is at least as wide.
    const auto follows = [&](const SchemaAtom& demand, const std::vector<SchemaAtom>& from, bool isBackward) {
        const auto fits = [&](const SchemaAtom& one, const SchemaAtom& other) { // every `one` is an `other`
            const PairResult& both = isBackward ? compare({{one.check->schema}, {other.check->schema}})
                                                : compare({{other.check->schema}, {one.check->schema}});
            return (isBackward ? both.backward : both.forward) == DirectionVerdict::Holds;
        };
        const auto fitsBack = [&](const SchemaAtom& one, const SchemaAtom& other) { // every `other` is a `one`
            const PairResult& both = isBackward ? compare({{one.check->schema}, {other.check->schema}})
                                                : compare({{other.check->schema}, {one.check->schema}});
            return (isBackward ? both.forward : both.backward) == DirectionVerdict::Holds;
        };
        const bool hasLeast =
            demand.check->least == 0 || std::any_of(from.begin(), from.end(), [&](const SchemaAtom& source) {
                return source.check->least >= demand.check->least && fits(source, demand);
            });
        const bool hasMost = demand.check->most == std::numeric_limits<std::uint64_t>::max() ||
                             std::any_of(from.begin(), from.end(), [&](const SchemaAtom& source) {
                                 return source.check->most <= demand.check->most && fitsBack(source, demand);
                             });
        return hasLeast && hasMost;
    };
    const bool narrows = !std::all_of(after.begin(), after.end(),
                                      [&](const SchemaAtom& demand) { return follows(demand, before, true); });
    const bool widens = !std::all_of(before.begin(), before.end(),
                                     [&](const SchemaAtom& demand) { return follows(demand, after, false); });
    if (!narrows && !widens)
        return;
    add(at, {.path = u"/contains"_s,
             .kind = before.empty()  ? u"containsAdded"_s
                     : after.empty() ? u"containsRemoved"_s
                                     : u"containsChanged"_s,
             .message = u"what a list must contain has changed"_s,
             .older = before.empty() ? at.olderOwner() : at.olderSpot(before.front()),
             .newer = after.empty() ? at.newerOwner() : at.newerSpot(after.front()),
             .backward = narrows ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
             .forward = widens ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
}

} // namespace spillway
