// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/kindrules.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>

namespace spillway {

/// Counts stored letters by their group and the rules that decide for them. Letters have nearly all in common that
/// rules ask for, so that only the message is looked at letter by letter, and only where a rule that may decide asks
/// for it; an expression that both sets of rules have is asked once. One thread; the rules and the database outlive it.
/// Throws what SQLite throws.
class KindTally
{
public:
    /// @param tried  may be `used`.
    KindTally(SQLite::Database& db, const KindRules& used, const KindRules& tried);

    /// @param places  rows of table letter; those that are gone are passed over. Best in blocks that lie together.
    /// @param goesOn  asked before each letter that is counted; false ends it.
    template<typename GoesOn>
    void add(std::span<const std::int64_t> places, const GoesOn& goesOn)
    {
        m_places.assign(places.begin(), places.end());
        std::sort(m_places.begin(), m_places.end());
        begin();
        while (next() && goesOn())
            count();
    }

    /// What decides for letters of a group (nullptr: no rule), and what they count as now.
    using Share = std::tuple<QString, const KindRule*, const KindRule*, FailureKind>;
    /// Letters of each.
    [[nodiscard]] std::map<Share, std::int64_t> shares() const;

private:
    /// What letters have in common that is not their message.
    struct Common
    {
        std::int64_t group = 0; ///< rows of letter_group and letter_facet
        std::int64_t facet = 0;
        int replays = 0;
        int schema = 0; ///< 0: unknown, 1: fits, 2: does not
        friend bool operator==(const Common&, const Common&) = default;
    };
    struct CommonHash
    {
        std::size_t operator()(const Common& common) const;
    };
    struct Decided
    {
        const KindRule* used = nullptr;
        const KindRule* tried = nullptr;
        FailureKind kind = FailureKind::Unknown;
        std::int64_t letters = 0;
    };
    struct Failure
    {
        bool isKnown = false; ///< false: its rows are not there
        QString group;
        KindCandidates used;
        KindCandidates tried;
        bool asksMessage = false;
        std::vector<Decided> decided; ///< few
    };
    /// An expression of one rule or more, and whether it fits the message of the letter with that number.
    struct Check
    {
        const KindRule* rule = nullptr; ///< one of those that have it
        std::int64_t letter = -1;
        bool fits = false;
    };

    void begin();
    bool next();
    void count();
    [[nodiscard]] Failure& failureOf(const Common& common);
    [[nodiscard]] Failure readFailure(const Common& common);
    [[nodiscard]] std::vector<int> checksOf(const KindRules& rules);
    [[nodiscard]] const KindRule* decidedBy(const KindCandidates& candidates, const KindRules& rules,
                                            const std::vector<int>& checks);
    [[nodiscard]] bool fits(int check);

    const KindRules& m_usedRules;
    const KindRules& m_triedRules;
    std::vector<Check> m_checks;
    std::vector<int> m_usedChecks; // by place of the rule: index in m_checks; -1: it asks for no message
    std::vector<int> m_triedChecks;

    SQLite::Statement m_range;
    SQLite::Statement m_one;
    SQLite::Statement m_common;
    std::vector<std::int64_t> m_places; // of this block, in order
    std::size_t m_next = 0;
    bool m_isRange = false;
    SQLite::Statement* m_row = nullptr; // the letter that is counted

    std::int64_t m_letter = 0; // its number
    bool m_isMessageRead = false;
    std::optional<QString> m_message;
    std::unordered_map<Common, Failure, CommonHash> m_failures;
};

} // namespace spillway
