// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/jsoncompatibility.h"

#include "model/compatibility/counterexamples.h"
#include "model/compatibility/schemacomparison.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostShown = 200; // differences that a document is looked for

SchemaSpot spotOf(const CompiledVersion& version, const Conjunction& schemas)
{
    const SchemaNode& schema = version.node(schemas.front());
    return {schema.document, schema.source};
}

/// Words for people: they never break anybody.
void compareNotes(const CompiledVersion& older, const CompiledVersion& newer, const SchemaPair& pair,
                  const QString& path, std::vector<SchemaDifference>& out)
{
    if (pair.older.empty() || pair.newer.empty())
        return;
    for (const auto& [word, kind] :
         {std::pair("title", u"titleChanged"_s), std::pair("description", u"descriptionChanged"_s),
          std::pair("default", u"defaultChanged"_s), std::pair("$id", u"idChanged"_s)}) {
        const auto before = older.keyword(pair.older.front(), word);
        const auto after = newer.keyword(pair.newer.front(), word);
        const auto text = [](const CompiledVersion& version, const std::optional<SchemaSpot>& spot) {
            return spot ? version.tape(spot->document).token(spot->node).toByteArray() : QByteArray();
        };
        if (text(older, before) == text(newer, after))
            continue;
        const QString name = QString::fromLatin1(word);
        out.push_back({.path = path + u'/' + name,
                       .kind = kind,
                       .place = newer.positionOf(after.value_or(spotOf(newer, pair.newer))),
                       .oldPlace = older.positionOf(before.value_or(spotOf(older, pair.older))),
                       .message = u"\"%1\" has changed"_s.arg(name)});
    }
}

/// Documents of one direction: such as the policy expects first; where none of those shows a break, one with undeclared
/// fields does, which the older schema lets through all the same.
class Documents
{
public:
    Documents(const CompiledVersion& older, const CompiledVersion& newer, Counterexamples::Direction direction,
              DocumentHabits habits)
        : m_expected(older, newer, direction, habits)
    {
        if (!habits.undeclaredAreSent) {
            habits.undeclaredAreSent = true;
            m_any.emplace(older, newer, direction, habits);
        }
    }
    [[nodiscard]] std::optional<QByteArray> of(const SchemaFinding& finding)
    {
        auto document = m_expected.of(finding);
        return document || !m_any ? document : m_any->of(finding);
    }
    [[nodiscard]] std::optional<QByteArray> any() { return m_expected.any(); }

private:
    Counterexamples m_expected;
    std::optional<Counterexamples> m_any;
};

/// Fills in a document for one direction; one that was only suspected is then certain.
void show(const SchemaFinding& finding, Documents& documents, DirectionVerdict& verdict,
          std::optional<QByteArray>& example)
{
    if (verdict == DirectionVerdict::Holds)
        return;
    example = documents.of(finding);
    if (example)
        verdict = DirectionVerdict::Breaks;
}

/// The same bytes, and the same in every file that they refer to: nothing can have changed.
bool areSame(const CompiledVersion& older, const CompiledVersion& newer)
{
    const auto& before = older.program().documents;
    const auto& after = newer.program().documents;
    return older.program().draft == newer.program().draft && before.size() == after.size() &&
           std::equal(before.begin(), before.end(), after.begin(),
                      [](const auto& a, const auto& b) { return a->json == b->json; });
}

void order(std::vector<SchemaDifference>& differences)
{
    std::stable_sort(differences.begin(), differences.end(), [](const SchemaDifference& a, const SchemaDifference& b) {
        return std::tie(a.place.file, a.place.line, a.place.column, a.path) <
               std::tie(b.place.file, b.place.line, b.place.column, b.path);
    });
}

} // namespace

DocumentHabits habitsOf(CompatibilityPolicy policy)
{
    switch (policy) {
    case CompatibilityPolicy::ConfluentLenient:
        return {.undeclaredAreSent = false, .defaultsFillIn = true};
    case CompatibilityPolicy::OptionalFriendly:
        return {.undeclaredAreSent = false, .defaultsFillIn = false};
    case CompatibilityPolicy::ConfluentStrict:
    case CompatibilityPolicy::Seed:
    case CompatibilityPolicy::House:
        return {.undeclaredAreSent = true, .defaultsFillIn = true};
    }
    Q_UNREACHABLE();
}

std::vector<SchemaDifference> compareJsonSchemas(const CompiledVersion& older, const CompiledVersion& newer,
                                                 CompatibilityPolicy policy)
{
    const bool isSeed = policy == CompatibilityPolicy::Seed;
    if (areSame(older, newer))
        return {};
    const DocumentHabits habits = habitsOf(policy);
    const SchemaComparison comparison(older, newer, habits);
    Documents backward(older, newer, Counterexamples::Direction::Backward, habits);
    Documents forward(older, newer, Counterexamples::Direction::Forward, habits);
    std::vector<SchemaDifference> differences;
    std::size_t shown = 0;
    for (const SchemaFinding& finding : comparison.result().findings) {
        SchemaDifference difference{.path = u'#' + finding.path,
                                    .kind = finding.kind,
                                    .place = newer.positionOf(finding.newer),
                                    .oldPlace = older.positionOf(finding.older),
                                    .message = finding.message,
                                    .backward = finding.backward,
                                    .forward = finding.forward,
                                    .otherName = finding.kind.startsWith(u"property") ? finding.otherName : QString()};
        if (shown < mostShown) {
            show(finding, backward, difference.backward, difference.backwardExample);
            show(finding, forward, difference.forward, difference.forwardExample);
            shown += finding.backward != DirectionVerdict::Holds || finding.forward != DirectionVerdict::Holds ? 1 : 0;
        }
        differences.push_back(std::move(difference));
    }

    if (policy == CompatibilityPolicy::ConfluentStrict) {
        // The rules hold; whether documents agree is tried too, and they have the last word.
        const auto holds = [&](auto direction) {
            return std::all_of(differences.begin(), differences.end(), [&](const SchemaDifference& difference) {
                return difference.*direction == DirectionVerdict::Holds;
            });
        };
        const auto filledIn = std::any_of(differences.begin(), differences.end(), [](const SchemaDifference& one) {
            return one.kind == u"requiredWithDefaultAdded" || one.kind == u"requiredRemoved";
        });
        SchemaDifference refused{.path = u"#"_s,
                                 .kind = u"documentsRefused"_s,
                                 .place = newer.positionOf({0, 0}),
                                 .oldPlace = older.positionOf({0, 0}),
                                 .message =
                                     u"no single rule is broken, and still there is a document that does not pass"_s};
        const bool differ = older.version().text != newer.version().text || !differences.empty();
        if (differ && !filledIn && holds(&SchemaDifference::backward)) {
            refused.backwardExample = backward.any();
            refused.backward = refused.backwardExample ? DirectionVerdict::Breaks : DirectionVerdict::Holds;
        }
        if (differ && !filledIn && holds(&SchemaDifference::forward)) {
            refused.forwardExample = forward.any();
            refused.forward = refused.forwardExample ? DirectionVerdict::Breaks : DirectionVerdict::Holds;
        }
        if (refused.backwardExample || refused.forwardExample)
            differences.push_back(std::move(refused));
    }

    if (isSeed) {
        // The rules are the article's; documents that show what they say come from the comparison.
        std::vector<SchemaDifference> bySeed = compareBySeedRules(older, newer);
        for (SchemaDifference& difference : bySeed) {
            const auto same = std::find_if(differences.begin(), differences.end(), [&](const SchemaDifference& other) {
                return other.path == difference.path;
            });
            if (same == differences.end())
                continue;
            if (difference.backward == DirectionVerdict::Breaks)
                difference.backwardExample = same->backwardExample;
            if (difference.forward == DirectionVerdict::Breaks)
                difference.forwardExample = same->forwardExample;
            difference.otherName = same->otherName;
        }
        order(bySeed);
        return bySeed;
    }

    compareNotes(older, newer, {{older.program().root}, {newer.program().root}}, u"#"_s, differences);
    if (older.program().draft != newer.program().draft)
        differences.push_back(
            {.path = u"#/$schema"_s,
             .kind = u"draftChanged"_s,
             .place = newer.positionOf({0, 0}),
             .oldPlace = older.positionOf({0, 0}),
             .message = u"it was written by %1 and is by %2"_s.arg(older.program().draft, newer.program().draft)});
    order(differences);
    return differences;
}

} // namespace spillway
