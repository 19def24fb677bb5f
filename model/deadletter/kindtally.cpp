// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindtally.h"

#include "model/deadletter/sqltext.h"

#include <algorithm>
#include <string_view>

namespace spillway {

namespace {

constexpr const char* select =
    "SELECT id, group_ref, facet_ref, kind, schema_verdict,"
    " CASE WHEN replay_id IS NULL THEN 0 ELSE ifnull(same_error_replays, 0) END, error_message"
    " FROM letter WHERE id ";
enum Column { IdColumn, GroupColumn, FacetColumn, KindColumn, SchemaColumn, ReplaysColumn, MessageColumn };

std::string_view wordIn(SQLite::Statement& row, int column)
{
    const SQLite::Column value = row.getColumn(column);
    const char* text = value.isNull() ? nullptr : value.getText();
    return text ? std::string_view(text, static_cast<std::size_t>(value.getBytes())) : std::string_view();
}

QString textOf(std::string_view word)
{
    return QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

} // namespace

std::size_t KindTally::CommonHash::operator()(const Common& common) const
{
    return qHashMulti(0, common.group, common.facet, common.replays, common.schema);
}

KindTally::KindTally(SQLite::Database& db, const KindRules& used, const KindRules& tried)
    : m_usedRules(used)
    , m_triedRules(tried)
    , m_usedChecks(checksOf(used))
    , m_triedChecks(checksOf(tried))
    , m_range(db, std::string(select).append("BETWEEN ? AND ? ORDER BY id"))
    , m_one(db, std::string(select).append("= ?"))
    , m_common(db, "SELECT g.group_id, g.error_class, g.event_type, g.consumer, f.dialect, f.root_cause_class, f.stage"
                   " FROM letter_group g JOIN letter_facet f ON f.id = ?2"
                   " WHERE g.id = ?1")
{
}

std::vector<int> KindTally::checksOf(const KindRules& rules)
{
    std::vector<int> checks;
    for (const KindRule& rule : rules.rules()) {
        if (!rule.message) {
            checks.push_back(-1);
            continue;
        }
        const auto known = std::find_if(m_checks.begin(), m_checks.end(),
                                        [&](const Check& check) { return check.rule->message == rule.message; });
        checks.push_back(static_cast<int>(known - m_checks.begin()));
        if (known == m_checks.end())
            m_checks.push_back({&rule});
    }
    return checks;
}

void KindTally::begin()
{
    m_next = 0;
    m_isRange = false;
    if (m_places.empty())
        return;
    const std::int64_t span = m_places.back() - m_places.front();
    m_isRange = span < 2 * static_cast<std::int64_t>(m_places.size());
    m_row = m_isRange ? &m_range : &m_one;
    if (m_isRange) {
        m_range.reset();
        m_range.bind(1, m_places.front());
        m_range.bind(2, m_places.back());
    }
}

bool KindTally::next()
{
    while (m_next < m_places.size()) {
        if (!m_isRange) {
            m_one.reset();
            m_one.bind(1, m_places[m_next++]);
            if (m_one.executeStep())
                return true;
            continue;
        }
        if (!m_range.executeStep())
            return false;
        const std::int64_t place = m_range.getColumn(IdColumn).getInt64();
        while (m_next < m_places.size() && m_places[m_next] < place)
            ++m_next;
        if (m_next < m_places.size() && m_places[m_next] == place) {
            ++m_next;
            return true;
        }
    }
    return false;
}

void KindTally::count()
{
    ++m_letter;
    m_isMessageRead = false;
    Common common{.group = m_row->getColumn(GroupColumn).getInt64(),
                  .facet = m_row->getColumn(FacetColumn).getInt64(),
                  .replays = m_row->getColumn(ReplaysColumn).getInt(),
                  .schema = 0};
    if (const std::string_view word = wordIn(*m_row, SchemaColumn); !word.empty()) {
        const LetterVerdict stored{.verdict = schemaVerdictFromWord(textOf(word)), .version = {}};
        const std::optional<bool> fits = stored.fits();
        common.schema = !fits ? 0 : *fits ? 1 : 2;
    }
    Failure& failure = failureOf(common);
    if (!failure.isKnown)
        return;
    const FailureKind kind = failureKindFromWord(textOf(wordIn(*m_row, KindColumn))).value_or(FailureKind::Unknown);
    const KindRule* used = nullptr;
    const KindRule* tried = nullptr;
    if (failure.asksMessage || failure.decided.empty()) {
        used = decidedBy(failure.used, m_usedRules, m_usedChecks);
        tried = decidedBy(failure.tried, m_triedRules, m_triedChecks);
    } else {
        used = failure.decided.front().used;
        tried = failure.decided.front().tried;
    }
    for (Decided& each : failure.decided) {
        if (each.used == used && each.tried == tried && each.kind == kind) {
            ++each.letters;
            return;
        }
    }
    failure.decided.push_back({used, tried, kind, 1});
}

KindTally::Failure& KindTally::failureOf(const Common& common)
{
    const auto known = m_failures.find(common);
    return known != m_failures.end() ? known->second : m_failures.emplace(common, readFailure(common)).first->second;
}

KindTally::Failure KindTally::readFailure(const Common& common)
{
    Failure failure;
    m_common.reset();
    m_common.bind(1, common.group);
    m_common.bind(2, common.facet);
    failure.isKnown = m_common.executeStep();
    if (!failure.isKnown)
        return failure;
    failure.group = sql::text(m_common.getColumn(0));
    LetterFacts facts;
    facts.errorClass = sql::maybeText(m_common.getColumn(1));
    facts.dialect = sql::text(m_common.getColumn(4));
    facts.rootCauseClass = sql::maybeText(m_common.getColumn(5));
    facts.stage = sql::maybeText(m_common.getColumn(6));
    const KindInput input{.facts = facts,
                          .consumer = sql::maybeText(m_common.getColumn(3)),
                          .eventType = sql::maybeText(m_common.getColumn(2)),
                          .fitsSchema = common.schema == 0 ? std::nullopt : std::optional(common.schema == 1),
                          .sameErrorReplays = common.replays};
    failure.used = m_usedRules.candidatesFor(input);
    failure.tried = m_triedRules.candidatesFor(input);
    for (const KindCandidates* candidates : {&failure.used, &failure.tried})
        failure.asksMessage = failure.asksMessage || std::any_of(candidates->begin(), candidates->end(),
                                                                 [](const KindRule* rule) { return rule->message; });
    return failure;
}

const KindRule* KindTally::decidedBy(const KindCandidates& candidates, const KindRules& rules,
                                     const std::vector<int>& checks)
{
    return firstKindRule(candidates, [&](const KindRule& rule) {
        const int check = checks[static_cast<std::size_t>(&rule - rules.rules().data())];
        return check < 0 || fits(check);
    });
}

bool KindTally::fits(int check)
{
    Check& asked = m_checks[static_cast<std::size_t>(check)];
    if (asked.letter == m_letter)
        return asked.fits;
    if (!m_isMessageRead) {
        m_message = sql::maybeText(m_row->getColumn(MessageColumn));
        m_isMessageRead = true;
    }
    asked.letter = m_letter;
    asked.fits = KindRules::fitsMessage(*asked.rule, m_message);
    return asked.fits;
}

std::map<KindTally::Share, std::int64_t> KindTally::shares() const
{
    std::map<Share, std::int64_t> shares;
    for (const auto& [common, failure] : m_failures) {
        for (const Decided& decided : failure.decided)
            shares[{failure.group, decided.used, decided.tried, decided.kind}] += decided.letters;
    }
    return shares;
}

} // namespace spillway
