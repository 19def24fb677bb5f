// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/possibletypes.h"
#include "model/compatibility/schemafinding.h"

#include <map>
#include <set>

namespace spillway {

/// Holds two JSON Schemas against each other, keyword by keyword. A keyword of the reader must follow from what the
/// writer's schema asks; where that cannot be seen it is said to break, and where nobody could see it, Undecided.
///
/// Every pair of places is compared once. Circles are assumed to hold until something in them does not; then everything
/// is compared anew without that assumption, until nothing changes (at most as often as there are pairs). One thread.
class SchemaComparison
{
public:
    SchemaComparison(const CompiledVersion& older, const CompiledVersion& newer, DocumentHabits habits);

    [[nodiscard]] const PairResult& result() const { return m_result; }

private:
    using Kind = SchemaCheck::Kind;
    enum class Direction { Backward, Forward };
    struct Places; // one pair being compared

    const PairResult& compare(const SchemaPair& places);
    bool areWrittenAlike(const SchemaPair& pair);
    bool areWrittenAlike(SchemaRef older, SchemaRef newer);
    void compareViews(Places& at);
    void compareTypes(Places& at);
    void compareConstants(Places& at);
    void compareNumbers(Places& at);
    void compareTexts(Places& at);
    void compareCounts(Places& at);
    void compareRequired(Places& at);
    void compareProperties(Places& at);
    void compareProperty(Places& at, const std::string& name);
    void comparePatterns(Places& at);
    [[nodiscard]] static DocumentStep stepByPattern(const Places& at, const std::string& pattern);
    void compareUndeclared(Places& at);
    void compareDependencies(Places& at);
    void compareItems(Places& at);
    void compareContains(Places& at);
    void compareBranches(Places& at);
    void compareBranchLists(Places& at, const SchemaAtom& older, const SchemaAtom& newer);
    bool areTaken(const Places& at, Direction direction, const Conjunction& written,
                  const std::vector<SchemaRef>& branches, bool mustBeOne);
    void compareNegations(Places& at);
    void compareConditions(Places& at);
    void compareUncertain(Places& at);
    void compareBesideReferences(Places& at);
    void judgeConstants(Places& at);
    void judgeBranches(Places& at);
    void judgePossible(Places& at);
    void findRenames(Places& at);
    void dropEchoes();

    void add(Places& at, SchemaFinding finding) const;
    void addTree(Places& at, const SchemaPair& inner, const QString& path, DocumentStep step,
                 std::optional<DirectionVerdict> backward = {}, std::optional<DirectionVerdict> forward = {});

    const CompiledVersion& m_older;
    const CompiledVersion& m_newer;
    DocumentHabits m_habits;
    PossibleTypes m_olderTypes;
    PossibleTypes m_newerTypes;
    PairResult m_result;
    std::map<SchemaPair, PairResult> m_known;
    std::map<SchemaPair, PairResult> m_assumed; // verdicts only; what was found not to hold, from the rounds before
    std::set<SchemaPair> m_open;                // being compared
    std::set<SchemaPair> m_leantOn;             // taken for granted in this round
    std::set<std::pair<SchemaRef, SchemaRef>> m_same;      ///< say the same, with all they refer to
    std::set<std::pair<SchemaRef, SchemaRef>> m_different; ///< or were too much to look through
    std::size_t m_sameWork = 0;
    std::size_t m_work = 0;
};

} // namespace spillway
