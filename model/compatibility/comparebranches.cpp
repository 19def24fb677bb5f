// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaplaces.h"

#include <algorithm>
#include <set>

/// The keywords that choose: anyOf, oneOf, not, if.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = SchemaCheck::Kind;
constexpr std::size_t mostBranches = 64;
constexpr std::size_t mostForAlike = 8; // differences of two branches that are still one that was changed

/// Whether no value satisfies both, as far as types and constants of required fields tell.
bool areDisjoint(const CompiledVersion& version, const Conjunction& one, const Conjunction& other,
                 std::uint8_t types = typebits::all, int depth = 0)
{
    SchemaView a = viewOf(version, one);
    SchemaView b = viewOf(version, other);
    a.types &= types;
    b.types &= types;
    const std::uint8_t shared = a.types & b.types;
    if (shared == 0)
        return true;
    const auto constants = constantsOf(version, a);
    const auto others = constantsOf(version, b);
    if (constants || others) {
        const auto& values = constants ? *constants : *others;
        return std::all_of(values.begin(), values.end(), [&](const QByteArray& value) {
            return version.refuses(one, value) || version.refuses(other, value);
        });
    }
    if ((shared & ~typebits::object) != 0 || depth > 3)
        return false;
    const auto required = requiredNames(a);
    const auto otherRequired = requiredNames(b);
    return std::any_of(required.begin(), required.end(),
                       [&](const std::string& name) {
                           const Conjunction mine = propertyOf(version, a, name).schemas;
                           const Conjunction theirs = propertyOf(version, b, name).schemas;
                           const bool isRefused = std::any_of(theirs.begin(), theirs.end(), [&](SchemaRef ref) {
                               return version.node(ref).kind == SchemaNode::Kind::Refuse;
                           });
                           return isRefused || (std::binary_search(otherRequired.begin(), otherRequired.end(), name) &&
                                                areDisjoint(version, mine, theirs, typebits::all, depth + 1));
                       }) ||
           std::any_of(otherRequired.begin(), otherRequired.end(), [&](const std::string& name) {
               const Conjunction mine = propertyOf(version, a, name).schemas;
               return std::any_of(mine.begin(), mine.end(),
                                  [&](SchemaRef ref) { return version.node(ref).kind == SchemaNode::Kind::Refuse; });
           });
}

bool areAllDisjoint(const CompiledVersion& version, const std::vector<SchemaRef>& branches)
{
    for (std::size_t i = 0; i < branches.size(); ++i) {
        for (std::size_t j = i + 1; j < branches.size(); ++j) {
            if (!areDisjoint(version, {branches[i]}, {branches[j]}))
                return false;
        }
    }
    return true;
}

QString wordOf(const SchemaAtom& atom)
{
    return atom.check->kind == Kind::AnyOf ? u"/anyOf"_s : u"/oneOf"_s;
}

QByteArray textOf(const CompiledVersion& version, const SchemaAtom& atom)
{
    return version.tape(version.node(atom.schema).document).token(atom.check->source).toByteArray();
}

/// Whether two that hold both ways let the same documents through, and are not just held to by the policy.
bool areSame(const PairResult& both, const DocumentHabits& habits)
{
    return both.findings.empty() ||
           (habits.undeclaredAreSent &&
            std::none_of(both.findings.begin(), both.findings.end(), [](const SchemaFinding& finding) {
                return finding.kind == u"requiredWithDefaultAdded" || finding.kind == u"requiredRemoved";
            }));
}

} // namespace

void SchemaComparison::compareBranches(Places& at)
{
    const auto groupsOf = [](const SchemaView& view) {
        std::vector<SchemaAtom> groups;
        for (const SchemaAtom& atom : view.atoms) {
            if (atom.check->kind == Kind::AnyOf || atom.check->kind == Kind::OneOf)
                groups.push_back(atom);
        }
        return groups;
    };
    auto before = groupsOf(at.a);
    const auto after = groupsOf(at.b);
    const std::size_t shared = std::min(before.size(), after.size());
    // What is written alike belongs together, in whatever order it stands.
    for (std::size_t i = 0; i < shared; ++i) {
        const auto here = before.begin() + static_cast<std::ptrdiff_t>(i);
        const QByteArray text = textOf(at.newer, after[i]);
        const auto alike =
            std::find_if(here, before.end(), [&](const SchemaAtom& one) { return textOf(at.older, one) == text; });
        if (alike != before.end())
            std::iter_swap(here, alike);
    }
    for (std::size_t i = 0; i < shared; ++i)
        compareBranchLists(at, before[i], after[i]);

    // Branches where there were none: it is enough that one of them takes all there was.
    for (std::size_t i = shared; i < after.size(); ++i) {
        const bool isTaken = areTaken(at, Direction::Backward, at.pair.older, after[i].check->schemas,
                                      after[i].check->kind == Kind::OneOf && m_habits.undeclaredAreSent);
        add(at, {.path = wordOf(after[i]),
                 .kind = u"branchesAdded"_s,
                 .message = u"a value must fit one of several schemas now"_s,
                 .older = at.olderOwner(),
                 .newer = at.newerSpot(after[i]),
                 .backward = isTaken ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
    for (std::size_t i = shared; i < before.size(); ++i) {
        const bool isTaken = areTaken(at, Direction::Forward, at.pair.newer, before[i].check->schemas,
                                      before[i].check->kind == Kind::OneOf && m_habits.undeclaredAreSent);
        add(at, {.path = wordOf(before[i]),
                 .kind = u"branchesRemoved"_s,
                 .message = u"a value need not fit one of several schemas any more"_s,
                 .older = at.olderSpot(before[i]),
                 .newer = at.newerOwner(),
                 .forward = isTaken ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
}

/// Whether one of the reader's branches takes all that is written; or one all texts, another all objects, and so on.
/// `mustBeOne`: what two branches take is refused.
bool SchemaComparison::areTaken(const Places& at, Direction direction, const Conjunction& written,
                                const std::vector<SchemaRef>& branches, bool mustBeOne)
{
    const bool isBackward = direction == Direction::Backward;
    const CompiledVersion& writer = isBackward ? at.older : at.newer;
    const CompiledVersion& reader = isBackward ? at.newer : at.older;
    const auto areTakenOf = [&](std::uint8_t types) {
        return std::any_of(branches.begin(), branches.end(), [&](SchemaRef branch) {
            const PairResult& both =
                isBackward ? compare({written, {branch}, types}) : compare({{branch}, written, types});
            if ((isBackward ? both.backward : both.forward) != DirectionVerdict::Holds)
                return false;
            return !mustBeOne || std::all_of(branches.begin(), branches.end(), [&](SchemaRef other) {
                return other == branch || areDisjoint(reader, {branch}, {other}, types);
            });
        });
    };
    if (areTakenOf(at.pair.types))
        return true;
    const std::uint8_t types = viewOf(writer, written).types & at.pair.types;
    std::vector<std::uint8_t> kinds;
    for (const std::uint8_t kind :
         {typebits::null, typebits::boolean, typebits::number, typebits::string, typebits::array, typebits::object}) {
        if ((types & kind) != 0)
            kinds.push_back(static_cast<std::uint8_t>(types & kind));
    }
    return kinds.size() > 1 && std::all_of(kinds.begin(), kinds.end(), areTakenOf);
}

void SchemaComparison::compareBranchLists(Places& at, const SchemaAtom& older, const SchemaAtom& newer)
{
    const auto& before = older.check->schemas;
    const auto& after = newer.check->schemas;
    if (before.size() > mostBranches || after.size() > mostBranches) {
        add(at, {.path = wordOf(newer),
                 .kind = u"tooLarge"_s,
                 .message = u"there are more branches than are compared"_s,
                 .older = at.olderSpot(older),
                 .newer = at.newerSpot(newer),
                 .backward = DirectionVerdict::Undecided,
                 .forward = DirectionVerdict::Undecided});
        return;
    }
    // Who belongs to whom: equal ones first, then what holds both ways, then one way, then what is still alike.
    struct Edge
    {
        std::size_t cost = 0;
        std::size_t i = 0;
        std::size_t j = 0;
    };
    std::vector<Edge> edges;
    const auto relevant = static_cast<std::uint8_t>(at.a.types | at.b.types); // other values come from nobody
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (std::size_t j = 0; j < after.size(); ++j) {
            const PairResult& both = compare({{before[i]}, {after[j]}, relevant});
            const bool isBackward = both.backward == DirectionVerdict::Holds;
            const bool isForward = both.forward == DirectionVerdict::Holds;
            const std::uint8_t types = viewOf(at.older, {before[i]}).types & viewOf(at.newer, {after[j]}).types;
            if (isBackward && isForward && areSame(both, m_habits))
                edges.push_back({0, i, j});
            else if (isBackward || isForward)
                edges.push_back({(isBackward && isForward ? 1U : isBackward ? 2U : 3U), i, j});
            else if (types != 0 && both.findings.size() < mostForAlike)
                edges.push_back({4 + both.findings.size(), i, j});
        }
    }
    std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.cost < b.cost; });
    std::set<std::size_t> usedBefore;
    std::set<std::size_t> usedAfter;
    std::vector<Edge> matched;
    for (const Edge& edge : edges) {
        if (usedBefore.contains(edge.i) || usedAfter.contains(edge.j))
            continue;
        usedBefore.insert(edge.i);
        usedAfter.insert(edge.j);
        matched.push_back(edge);
    }

    // That "oneOf" refuses what fits two of them is told below.
    // A branch by itself, or with all that is asked beside it; once, or circles would ask for ever more.
    const auto isTaken = [&](Direction direction, const Conjunction& around, const std::vector<SchemaRef>& written,
                             std::size_t which, const std::vector<SchemaRef>& branches) {
        if (areTaken(at, direction, {written[which]}, branches, false))
            return true;
        const bool isChosen = std::any_of(written.begin(), written.end(), [&](SchemaRef branch) {
            return std::binary_search(around.begin(), around.end(), branch);
        });
        Conjunction whole = around;
        whole.push_back(written[which]);
        return !isChosen && areTaken(at, direction, conjunctionOf(std::move(whole)), branches, false);
    };
    const auto isTakenBackward = [&](std::size_t i) {
        return isTaken(Direction::Backward, at.pair.older, before, i, after);
    };
    const auto isTakenForward = [&](std::size_t j) {
        return isTaken(Direction::Forward, at.pair.newer, after, j, before);
    };
    bool differs = false;
    for (const Edge& edge : matched) {
        differs = differs || edge.cost > 0;
        addTree(at, {{before[edge.i]}, {after[edge.j]}, relevant}, wordOf(newer) + u"/%1"_s.arg(edge.j), {},
                isTakenBackward(edge.i) ? std::optional(DirectionVerdict::Holds) : std::nullopt,
                isTakenForward(edge.j) ? std::optional(DirectionVerdict::Holds) : std::nullopt);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (usedBefore.contains(i))
            continue;
        differs = true;
        const SchemaNode& branch = at.older.node(before[i]);
        DocumentStep within{.outer = at.pair};
        SchemaFinding finding{.path = wordOf(older) + u"/%1"_s.arg(i),
                              .kind = u"branchRemoved"_s,
                              .message = u"one of the schemas that a value may fit is gone"_s,
                              .older = {branch.document, branch.source},
                              .newer = at.newerSpot(newer),
                              .backward = isTakenBackward(i) ? DirectionVerdict::Holds : DirectionVerdict::Breaks};
        finding.steps = {within};
        finding.pair = {{before[i]}, at.pair.newer};
        add(at, std::move(finding));
    }
    for (std::size_t j = 0; j < after.size(); ++j) {
        if (usedAfter.contains(j))
            continue;
        differs = true;
        const SchemaNode& branch = at.newer.node(after[j]);
        DocumentStep within{.outer = at.pair};
        SchemaFinding finding{.path = wordOf(newer) + u"/%1"_s.arg(j),
                              .kind = u"branchAdded"_s,
                              .message = u"there is one more schema that a value may fit"_s,
                              .older = at.olderSpot(older),
                              .newer = {branch.document, branch.source},
                              .forward = isTakenForward(j) ? DirectionVerdict::Holds : DirectionVerdict::Breaks};
        finding.steps = {within};
        finding.pair = {at.pair.older, {after[j]}};
        add(at, std::move(finding));
    }

    // oneOf refuses what fits two branches: more branches, or wider ones, may refuse more.
    const bool wasOne = older.check->kind == Kind::OneOf;
    const bool isOne = newer.check->kind == Kind::OneOf;
    const bool mayOverlap = isOne && (differs || !wasOne) && !areAllDisjoint(at.newer, after);
    const bool mightOverlap = wasOne && (differs || !isOne) && !areAllDisjoint(at.older, before);
    if (wasOne == isOne && !mayOverlap && !mightOverlap)
        return;
    const auto verdict = [&](bool overlaps, bool isNewlyOne) {
        // Between two oneOf it is for Confluent no matter; by the sets of documents nobody knows yet.
        return overlaps && (isNewlyOne || m_habits.undeclaredAreSent) ? DirectionVerdict::Undecided
                                                                      : DirectionVerdict::Holds;
    };
    add(at, {.path = wordOf(newer),
             .kind = wasOne == isOne ? u"branchesOverlap"_s : u"combinationChanged"_s,
             .message = wasOne == isOne
                            ? u"branches of \"oneOf\" may overlap, and what fits two of them is refused"_s
                            : u"it was \"%1\" and is \"%2\""_s.arg(wordOf(older).sliced(1), wordOf(newer).sliced(1)),
             .older = at.olderSpot(older),
             .newer = at.newerSpot(newer),
             .backward = verdict(mayOverlap, !wasOne),
             .forward = verdict(mightOverlap, !isOne)});
}

/// A value fits one of the writer's branches: if the reader takes each of them as a whole, it takes the value.
void SchemaComparison::judgeBranches(Places& at)
{
    const auto isBroken = [&](auto direction) {
        return std::any_of(at.out.findings.begin(), at.out.findings.end(),
                           [&](const SchemaFinding& finding) { return finding.*direction != DirectionVerdict::Holds; });
    };
    const auto judge = [&](const SchemaView& view, auto direction, auto isTaken) {
        if (!isBroken(direction))
            return;
        for (const SchemaAtom& atom : view.atoms) {
            const bool chooses = atom.check->kind == Kind::AnyOf || atom.check->kind == Kind::OneOf;
            if (!chooses || atom.check->schemas.size() > mostBranches ||
                !std::all_of(atom.check->schemas.begin(), atom.check->schemas.end(), isTaken))
                continue;
            for (SchemaFinding& finding : at.out.findings)
                finding.*direction = DirectionVerdict::Holds;
            return;
        }
    };
    judge(at.a, &SchemaFinding::backward, [&](SchemaRef branch) {
        return compare({{branch}, at.pair.newer, at.pair.types}).backward == DirectionVerdict::Holds;
    });
    judge(at.b, &SchemaFinding::forward, [&](SchemaRef branch) {
        return compare({at.pair.older, {branch}, at.pair.types}).forward == DirectionVerdict::Holds;
    });
}

void SchemaComparison::compareNegations(Places& at)
{
    const auto before = at.a.of(Kind::Not);
    const auto after = at.b.of(Kind::Not);
    if (before.empty() && after.empty())
        return;
    // The new exclusion lies within an old one, or excludes types that never came.
    const bool narrows = !std::all_of(after.begin(), after.end(), [&](const SchemaAtom& exclusion) {
        return (viewOf(at.newer, {exclusion.check->schema}).types & at.a.types) == 0 ||
               std::any_of(before.begin(), before.end(), [&](const SchemaAtom& old) {
                   return compare({{old.check->schema}, {exclusion.check->schema}}).forward == DirectionVerdict::Holds;
               });
    });
    const bool widens = !std::all_of(before.begin(), before.end(), [&](const SchemaAtom& exclusion) {
        return (viewOf(at.older, {exclusion.check->schema}).types & at.b.types) == 0 ||
               std::any_of(after.begin(), after.end(), [&](const SchemaAtom& other) {
                   return compare({{exclusion.check->schema}, {other.check->schema}}).backward ==
                          DirectionVerdict::Holds;
               });
    });
    if (!narrows && !widens && before.size() == after.size())
        return;
    add(at, {.path = u"/not"_s,
             .kind = before.empty()       ? u"notAdded"_s
                     : after.empty()      ? u"notRemoved"_s
                     : narrows && !widens ? u"notExtended"_s
                     : !narrows && widens ? u"notNarrowed"_s
                                          : u"notChanged"_s,
             .message = u"what is excluded has changed"_s,
             .older = before.empty() ? at.olderOwner() : at.olderSpot(before.front()),
             .newer = after.empty() ? at.newerOwner() : at.newerSpot(after.front()),
             .backward = narrows ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
             .forward = widens ? DirectionVerdict::Breaks : DirectionVerdict::Holds});
}

void SchemaComparison::compareConditions(Places& at)
{
    const auto before = at.a.of(Kind::If);
    const auto after = at.b.of(Kind::If);
    const std::size_t shared = std::min(before.size(), after.size());
    const auto branch = [](const SchemaAtom& atom, std::size_t which) {
        const SchemaRef ref = atom.check->schemas[which];
        return ref == noSchema ? Conjunction{} : Conjunction{ref};
    };
    for (std::size_t i = 0; i < shared; ++i) {
        const PairResult& condition = compare({branch(before[i], 0), branch(after[i], 0)});
        if (condition.backward == DirectionVerdict::Holds && condition.forward == DirectionVerdict::Holds) {
            addTree(at, {branch(before[i], 1), branch(after[i], 1)}, u"/then"_s, {});
            addTree(at, {branch(before[i], 2), branch(after[i], 2)}, u"/else"_s, {});
            continue;
        }
        add(at, {.path = u"/if"_s,
                 .kind = u"conditionChanged"_s,
                 .message = u"the condition has changed, and with it for whom \"then\" and \"else\" count"_s,
                 .older = at.olderSpot(before[i]),
                 .newer = at.newerSpot(after[i]),
                 .backward = DirectionVerdict::Undecided,
                 .forward = DirectionVerdict::Undecided});
    }
    // What both branches ask of everybody may be asked already.
    for (std::size_t i = shared; i < after.size(); ++i) {
        const bool isAsked = compare({at.pair.older, branch(after[i], 1)}).backward == DirectionVerdict::Holds &&
                             compare({at.pair.older, branch(after[i], 2)}).backward == DirectionVerdict::Holds;
        add(at, {.path = u"/if"_s,
                 .kind = u"conditionAdded"_s,
                 .message = u"there is a condition now"_s,
                 .older = at.olderOwner(),
                 .newer = at.newerSpot(after[i]),
                 .backward = isAsked ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
    for (std::size_t i = shared; i < before.size(); ++i) {
        const bool isAsked = compare({branch(before[i], 1), at.pair.newer}).forward == DirectionVerdict::Holds &&
                             compare({branch(before[i], 2), at.pair.newer}).forward == DirectionVerdict::Holds;
        add(at, {.path = u"/if"_s,
                 .kind = u"conditionRemoved"_s,
                 .message = u"a condition is gone"_s,
                 .older = at.olderSpot(before[i]),
                 .newer = at.newerOwner(),
                 .forward = isAsked ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
    }
}

} // namespace spillway
