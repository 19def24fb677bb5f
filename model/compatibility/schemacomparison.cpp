// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemacomparison.h"

#include "model/base/text.h"
#include "model/compatibility/schemaplaces.h"
#include "model/schema/jsonequal.h"

#include <algorithm>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostPairs = 20'000; // compared in all rounds together
constexpr std::size_t deepest = 480;      // pairs within pairs: twelve types in circles take 432; a stack bears it
constexpr std::size_t mostFindings = 2'000;
constexpr std::size_t mostSameWork = 2'000'000; // schemas looked at for being the same
constexpr std::size_t mostConstants = 200;

QString typeNames(std::uint8_t types)
{
    QStringList names;
    for (const auto& [bits, name] : {std::pair(typebits::null, u"null"_s), std::pair(typebits::boolean, u"boolean"_s),
                                     std::pair(typebits::string, u"string"_s), std::pair(typebits::array, u"array"_s),
                                     std::pair(typebits::object, u"object"_s)}) {
        if ((types & bits) != 0)
            names += name;
    }
    if ((types & typebits::fraction) != 0)
        names += u"number"_s;
    else if ((types & typebits::integer) != 0)
        names += u"integer"_s;
    return types == typebits::all ? u"any type"_s : names.isEmpty() ? u"no type"_s : names.join(u" or "_s);
}

} // namespace

SchemaComparison::SchemaComparison(const CompiledVersion& older, const CompiledVersion& newer, DocumentHabits habits)
    : m_older(older)
    , m_newer(newer)
    , m_habits(habits)
    , m_olderTypes(older)
    , m_newerTypes(newer)
{
    const SchemaPair root{{older.program().root}, {newer.program().root}};
    while (true) {
        m_known.clear();
        m_leantOn.clear();
        m_result = compare(root);
        bool changed = false;
        for (const SchemaPair& pair : m_leantOn) {
            const PairResult& found = m_known[pair];
            PairResult& assumed = m_assumed[pair];
            if (worse(found.backward, assumed.backward) != assumed.backward ||
                worse(found.forward, assumed.forward) != assumed.forward) {
                assumed.backward = worse(found.backward, assumed.backward);
                assumed.forward = worse(found.forward, assumed.forward);
                changed = true;
            }
        }
        if (!changed || m_work > mostPairs)
            break;
    }
    dropEchoes();
}

/// What a circle leads back to tells its differences itself, and the circle need not be told beside them.
void SchemaComparison::dropEchoes()
{
    const auto isEcho = [](const SchemaFinding& finding) { return finding.kind == u"recursionChanged"; };
    DirectionVerdict backward = DirectionVerdict::Holds;
    DirectionVerdict forward = DirectionVerdict::Holds;
    for (const SchemaFinding& finding : m_result.findings) {
        if (isEcho(finding))
            continue;
        backward = worse(backward, finding.backward);
        forward = worse(forward, finding.forward);
    }
    std::erase_if(m_result.findings, [&](const SchemaFinding& finding) {
        return isEcho(finding) && worse(backward, finding.backward) == backward &&
               worse(forward, finding.forward) == forward;
    });
}

const PairResult& SchemaComparison::compare(const SchemaPair& places)
{
    const SchemaPair pair{withoutDetours(m_older, places.older), withoutDetours(m_newer, places.newer), places.types};
    if (const auto known = m_known.find(pair); known != m_known.end())
        return known->second;
    if (m_open.contains(pair)) {
        m_leantOn.insert(pair);
        return m_assumed[pair];
    }
    if (areWrittenAlike(pair))
        return m_known.emplace(pair, PairResult()).first->second;
    m_open.insert(pair);
    PairResult result;
    if (++m_work > mostPairs || m_open.size() > deepest) {
        Places at{m_older, m_newer, pair, {}, {}, result};
        add(at, {.path = {},
                 .kind = u"tooLarge"_s,
                 .message = u"the schemas branch further than is gone into"_s,
                 .older = at.olderOwner(),
                 .newer = at.newerOwner(),
                 .backward = DirectionVerdict::Undecided,
                 .forward = DirectionVerdict::Undecided});
    } else {
        Places at{m_older, m_newer, pair, viewOf(m_older, pair.older), viewOf(m_newer, pair.newer), result};
        at.a.types &= pair.types;
        at.b.types &= pair.types;
        compareViews(at);
        judgePossible(at);
    }
    for (const SchemaFinding& finding : result.findings) {
        result.backward = worse(result.backward, finding.backward);
        result.forward = worse(result.forward, finding.forward);
    }
    m_open.erase(pair);
    return m_known.insert_or_assign(pair, std::move(result)).first->second;
}

/// Whether both are written alike: then nothing need be compared, however far they branch.
bool SchemaComparison::areWrittenAlike(const SchemaPair& pair)
{
    if (pair.older.size() != pair.newer.size() || pair.older.empty())
        return false;
    for (std::size_t i = 0; i < pair.older.size(); ++i) {
        if (!areWrittenAlike(pair.older[i], pair.newer[i]))
            return false;
    }
    return true;
}

/// By their bytes, and by those of all they lead to. Circles are the same unless something in them is not.
bool SchemaComparison::areWrittenAlike(SchemaRef older, SchemaRef newer)
{
    if (m_same.contains({older, newer}))
        return true;
    if (m_different.contains({older, newer}))
        return false;
    std::set<std::pair<SchemaRef, SchemaRef>> seen;
    std::vector<std::pair<SchemaRef, SchemaRef>> open;
    const auto into = [&](SchemaRef a, SchemaRef b) {
        if ((a == noSchema) != (b == noSchema))
            return false;
        if (a != noSchema && !m_same.contains({a, b}) && seen.emplace(a, b).second)
            open.emplace_back(a, b);
        return true;
    };
    bool isSame = m_older.program().draft == m_newer.program().draft && into(older, newer);
    while (isSame && !open.empty()) {
        const auto [a, b] = open.back();
        open.pop_back();
        const SchemaNode& one = m_older.node(a);
        const SchemaNode& other = m_newer.node(b);
        isSame = ++m_sameWork < mostSameWork && one.kind == other.kind && one.checks.size() == other.checks.size() &&
                 m_older.tape(one.document).token(one.source) == m_newer.tape(other.document).token(other.source);
        for (std::size_t i = 0; isSame && i < one.checks.size(); ++i) {
            const SchemaCheck& mine = one.checks[i];
            const SchemaCheck& theirs = other.checks[i];
            // What a dynamic reference leads to hangs on the way that led there.
            isSame = mine.kind == theirs.kind && mine.kind != Kind::DynamicRef &&
                     mine.schemas.size() == theirs.schemas.size() && mine.members.size() == theirs.members.size() &&
                     mine.patterns.size() == theirs.patterns.size() && into(mine.schema, theirs.schema);
            for (std::size_t k = 0; isSame && k < mine.schemas.size(); ++k)
                isSame = into(mine.schemas[k], theirs.schemas[k]);
            for (std::size_t k = 0; isSame && k < mine.members.size(); ++k)
                isSame = mine.members[k].name == theirs.members[k].name &&
                         into(mine.members[k].schema, theirs.members[k].schema);
            for (std::size_t k = 0; isSame && k < mine.patterns.size(); ++k)
                isSame = into(mine.patterns[k].schema, theirs.patterns[k].schema);
        }
    }
    if (isSame)
        m_same.insert(seen.begin(), seen.end());
    else
        m_different.emplace(older, newer);
    return isSame;
}

void SchemaComparison::compareViews(Places& at)
{
    if (at.a.refuses || at.b.refuses) {
        if (at.a.refuses != at.b.refuses)
            add(at, {.path = {},
                     .kind = at.b.refuses ? u"schemaClosed"_s : u"schemaOpened"_s,
                     .message = at.b.refuses ? u"no value is allowed here any more"_s
                                             : u"values are allowed here, where none was"_s,
                     .older = at.olderOwner(),
                     .newer = at.newerOwner(),
                     .backward = at.b.refuses ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
                     .forward = at.a.refuses ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
        return;
    }
    compareBesideReferences(at);
    if (at.a.isOpen() && at.b.isOpen())
        return;
    compareTypes(at);
    compareConstants(at);
    compareNumbers(at);
    compareTexts(at);
    compareCounts(at);
    compareRequired(at);
    compareProperties(at);
    compareDependencies(at);
    compareItems(at);
    compareContains(at);
    compareBranches(at);
    compareNegations(at);
    compareConditions(at);
    findRenames(at);
    compareUncertain(at);
    judgeConstants(at);
    judgeBranches(at);
}

void SchemaComparison::add(Places& at, SchemaFinding finding) const
{
    if (finding.steps.empty())
        finding.pair = at.pair;
    const auto known = std::find_if(at.out.findings.begin(), at.out.findings.end(), [&](const SchemaFinding& other) {
        return other.kind == finding.kind && other.older == finding.older && other.newer == finding.newer;
    });
    if (known != at.out.findings.end()) {
        const bool isNearer = finding.steps.size() < known->steps.size() &&
                              worse(known->backward, finding.backward) == finding.backward &&
                              worse(known->forward, finding.forward) == finding.forward;
        if (isNearer) {
            *known = std::move(finding);
            return;
        }
        known->backward = worse(known->backward, finding.backward);
        known->forward = worse(known->forward, finding.forward);
        return;
    }
    if (at.out.findings.size() < mostFindings) {
        at.out.findings.push_back(std::move(finding));
        return;
    }
    // Too many to be told, and still none may be forgotten: the last one bears the verdict of the rest.
    at.out.findings.back().backward = worse(at.out.findings.back().backward, finding.backward);
    at.out.findings.back().forward = worse(at.out.findings.back().forward, finding.forward);
}

void SchemaComparison::addTree(Places& at, const SchemaPair& inner, const QString& path, DocumentStep step,
                               std::optional<DirectionVerdict> backward, std::optional<DirectionVerdict> forward)
{
    step.outer = at.pair;
    const PairResult& below = compare(inner);
    for (SchemaFinding finding : below.findings) {
        finding.path = path + finding.path;
        finding.steps.insert(finding.steps.begin(), step);
        finding.backward = backward.value_or(finding.backward);
        finding.forward = forward.value_or(finding.forward);
        add(at, std::move(finding));
    }
    // A circle comes back to a pair that tells its differences itself; here only its verdict counts.
    if (below.findings.empty() &&
        (below.backward != DirectionVerdict::Holds || below.forward != DirectionVerdict::Holds))
        add(at, {.path = path,
                 .kind = u"recursionChanged"_s,
                 .message = u"what this refers back to has changed"_s,
                 .older = at.olderOwner(),
                 .newer = at.newerOwner(),
                 .backward = backward.value_or(below.backward),
                 .forward = forward.value_or(below.forward)});
}

void SchemaComparison::compareTypes(Places& at)
{
    const std::uint8_t before = at.a.namedTypes;
    const std::uint8_t after = at.b.namedTypes;
    if (before == after)
        return;
    const bool narrows = (at.a.types & ~after) != 0;
    const bool widens = (at.b.types & ~before) != 0;
    const auto olderTypes = at.a.of(Kind::Type);
    const auto newerTypes = at.b.of(Kind::Type);
    const bool isLess = (after & ~before) == 0;
    const bool isMore = (before & ~after) == 0;
    add(at, {.path = u"/type"_s,
             .kind = isLess   ? u"typeNarrowed"_s
                     : isMore ? u"typeWidened"_s
                              : u"typeChanged"_s,
             .message = u"the type was %1 and is %2"_s.arg(typeNames(before), typeNames(after)),
             .older = olderTypes.empty() ? at.olderOwner() : at.olderSpot(olderTypes.front()),
             .newer = newerTypes.empty() ? at.newerOwner() : at.newerSpot(newerTypes.front()),
             .backward = narrows ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
             .forward = widens ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
}

void SchemaComparison::compareConstants(Places& at)
{
    const auto atomOf = [](const SchemaView& view) -> std::optional<SchemaAtom> {
        for (const SchemaAtom& atom : view.atoms) {
            if (atom.check->kind == Kind::Enum || atom.check->kind == Kind::Const)
                return atom;
        }
        return std::nullopt;
    };
    const auto before = atomOf(at.a);
    const auto after = atomOf(at.b);
    if (!before && !after)
        return;
    const auto word = [](const SchemaAtom& atom) { return atom.check->kind == Kind::Enum ? u"/enum"_s : u"/const"_s; };
    if (!before || !after) {
        add(at, {.path = word(before ? *before : *after),
                 .kind = before ? u"enumRemoved"_s : u"enumAdded"_s,
                 .message = before ? u"any value is allowed where certain ones were"_s
                                   : u"only certain values are allowed where any was"_s,
                 .older = before ? at.olderSpot(*before) : at.olderOwner(),
                 .newer = after ? at.newerSpot(*after) : at.newerOwner(),
                 .backward = after ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
                 .forward = before ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
        return;
    }
    const auto compareLists = [&](const CompiledVersion& from, const SchemaAtom& list, const CompiledVersion& to,
                                  const SchemaAtom& other, bool isRemoval) {
        const JsonTape& tape = from.tape(from.node(list.schema).document);
        const JsonTape& otherTape = to.tape(to.node(other.schema).document);
        std::size_t place = 0;
        for (const std::uint32_t constant : list.check->constants) {
            std::int64_t work = 100'000;
            const bool isKept =
                std::any_of(other.check->constants.begin(), other.check->constants.end(), [&](std::uint32_t candidate) {
                    return jsonEqual(tape, constant, otherTape, candidate, work) == Tri::Yes;
                });
            const QString value = visibleBytes(tape.token(constant)).left(60);
            const SchemaSpot own{from.node(list.schema).document, constant};
            if (!isKept)
                add(at, {.path = list.check->kind == Kind::Enum ? u"/enum/%1"_s.arg(place) : u"/const"_s,
                         .kind = isRemoval ? u"enumValueRemoved"_s : u"enumValueAdded"_s,
                         .message = isRemoval ? u"the value %1 is not allowed any more"_s.arg(value)
                                              : u"the value %1 is allowed now"_s.arg(value),
                         .older = isRemoval ? own : at.olderSpot(other),
                         .newer = isRemoval ? at.newerSpot(other) : own,
                         .backward = isRemoval ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
                         .forward = isRemoval ? DirectionVerdict::Holds : DirectionVerdict::Breaks,
                         .otherName = value});
            ++place;
        }
    };
    compareLists(at.older, *before, at.newer, *after, true);
    compareLists(at.newer, *after, at.older, *before, false);
}

/// Where only so many values may come, each is tried, and that is the whole truth.
void SchemaComparison::judgeConstants(Places& at)
{
    const auto judge = [](const CompiledVersion& writer, const Conjunction& written, const SchemaView& view,
                          const CompiledVersion& reader, const Conjunction& read) -> std::optional<bool> {
        const auto constants = constantsOf(writer, view);
        if (!constants || constants->size() > mostConstants)
            return std::nullopt;
        bool areAllRead = true;
        for (const QByteArray& constant : *constants) {
            if (writer.refuses(written, constant))
                continue;
            if (!reader.accepts(read, constant))
                areAllRead = false;
        }
        return areAllRead;
    };
    if (judge(at.older, at.pair.older, at.a, at.newer, at.pair.newer).value_or(false)) {
        for (SchemaFinding& finding : at.out.findings)
            finding.backward = DirectionVerdict::Holds;
    }
    if (judge(at.newer, at.pair.newer, at.b, at.older, at.pair.older).value_or(false)) {
        for (SchemaFinding& finding : at.out.findings)
            finding.forward = DirectionVerdict::Holds;
    }
}

/// What nobody can write breaks nobody, however it changes.
void SchemaComparison::judgePossible(Places& at)
{
    if (at.out.findings.empty())
        return;
    if ((m_olderTypes.of(at.pair.older) & at.pair.types) == 0) {
        for (SchemaFinding& finding : at.out.findings)
            finding.backward = DirectionVerdict::Holds;
    }
    if ((m_newerTypes.of(at.pair.newer) & at.pair.types) == 0) {
        for (SchemaFinding& finding : at.out.findings)
            finding.forward = DirectionVerdict::Holds;
    }
}

/// Up to draft 7 nothing counts beside `$ref`, and there are validators that count it all the same.
void SchemaComparison::compareBesideReferences(Places& at)
{
    const auto besideIn = [](const CompiledVersion& version, const SchemaView& view) {
        std::vector<QByteArray> texts;
        const QString& draft = version.program().draft;
        if (!draft.startsWith(u"draft-"))
            return texts;
        for (const SchemaRef ref : view.schemas) {
            const SchemaNode& schema = version.node(ref);
            const JsonTape& tape = version.tape(schema.document);
            if (tape[schema.source].kind != JsonKind::Object || !tape.member(schema.source, "$ref"))
                continue;
            for (std::uint32_t i = schema.source + 1; i < tape[schema.source].end; i = tape[i + 1].end) {
                const std::string_view word = tape.text(i);
                const bool decides = keywordUse(word, {.draft = SchemaDraft::Draft7}) != KeywordUse::Annotation;
                if (decides && !word.starts_with('$') && word != "definitions" && word != "id")
                    texts.push_back(tape.token(i).toByteArray() + tape.token(i + 1).toByteArray());
            }
        }
        std::sort(texts.begin(), texts.end());
        return texts;
    };
    if (besideIn(at.older, at.a) == besideIn(at.newer, at.b))
        return;
    add(at, {.path = {},
             .kind = u"besideReferenceChanged"_s,
             .message = u"what stands beside \"$ref\" has changed; up to draft-07 it counts for some validators only"_s,
             .older = at.olderOwner(),
             .newer = at.newerOwner(),
             .backward = DirectionVerdict::Undecided,
             .forward = DirectionVerdict::Undecided});
}

/// What nobody can see from the outside.
void SchemaComparison::compareUncertain(Places& at)
{
    const auto textsOf = [](const CompiledVersion& version, const SchemaView& view, auto matches) {
        std::vector<QByteArray> texts;
        for (const SchemaAtom& atom : view.atoms) {
            if (matches(atom))
                texts.push_back(
                    version.tape(version.node(atom.schema).document).token(atom.check->source).toByteArray());
        }
        std::sort(texts.begin(), texts.end());
        return texts;
    };
    const auto isUnknowable = [](const SchemaAtom& atom) { return atom.check->kind == Kind::Unknowable; };
    const bool differs = textsOf(at.older, at.a, isUnknowable) != textsOf(at.newer, at.b, isUnknowable);
    if (differs || !at.a.isWhole || !at.b.isWhole)
        add(at, {.path = {},
                 .kind = u"notUnderstood"_s,
                 .message = u"a part of the schema is not understood, or too large to be gone into"_s,
                 .older = at.olderOwner(),
                 .newer = at.newerOwner(),
                 .backward = DirectionVerdict::Undecided,
                 .forward = DirectionVerdict::Undecided});

    const auto isUnevaluated = [this](const CompiledVersion& version) {
        return [this, &version](const SchemaAtom& atom) {
            // Who sends declared fields only does not mind what becomes of the others.
            return atom.check->kind == Kind::UnevaluatedItems ||
                   (atom.check->kind == Kind::UnevaluatedProperties &&
                    (m_habits.undeclaredAreSent || version.node(atom.check->schema).kind != SchemaNode::Kind::Refuse));
        };
    };
    const auto before = textsOf(at.older, at.a, isUnevaluated(at.older));
    const auto after = textsOf(at.newer, at.b, isUnevaluated(at.newer));
    if ((!at.a.isTangled && !at.b.isTangled) || (before.empty() && after.empty()))
        return;
    const bool isSame = before == after && at.a.isTangled == at.b.isTangled;
    if (isSame && at.out.findings.empty())
        return;
    add(at, {.path = {},
             .kind = u"unevaluatedChanged"_s,
             .message = u"what \"unevaluatedProperties\" or \"unevaluatedItems\" covers may have changed"_s,
             .older = at.olderOwner(),
             .newer = at.newerOwner(),
             .backward = after.empty() ? DirectionVerdict::Holds : DirectionVerdict::Undecided,
             .forward = before.empty() ? DirectionVerdict::Holds : DirectionVerdict::Undecided});
}

} // namespace spillway
