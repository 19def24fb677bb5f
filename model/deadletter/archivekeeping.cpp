// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/groupface.h"
#include "model/deadletter/letteridsql.h"
#include "model/deadletter/messagecodes.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"

#include <algorithm>
#include <optional>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Letters that this decision archived in this group and nobody decided on since.
std::vector<QString> stillArchived(SQLite::Database& db, const ArchiveRule& rule)
{
    std::vector<QString> ids;
    SQLite::Statement select(db, "SELECT DISTINCT p.letter_id FROM triage_event e"
                                 " JOIN triage_subject s ON s.seq = e.seq AND s.subject = ?2"
                                 " JOIN letter_past p ON p.seq = e.seq"
                                 " JOIN letter_decision d ON d.letter_id = p.letter_id AND d.triage_seq = e.seq"
                                 " WHERE e.decision = ?1 AND d.triage_state = 'archived'"
                                 " AND (d.replay_state IS NULL OR d.replay_seq < d.triage_seq)"
                                 " ORDER BY p.letter_id");
    sql::bind(select, 1, rule.decision);
    sql::bind(select, 2, rule.group);
    while (select.executeStep())
        ids.push_back(sql::text(select.getColumn(0)));
    return ids;
}

/// Why the rule ends now; nullopt: it does not.
std::optional<QString> endOf(SQLite::Database& db, const ArchiveRule& rule, UtcTime now)
{
    if (rule.until == ArchiveUntil::Date && rule.at && *rule.at <= now)
        return u"archived until %1: the day came"_s.arg(formatUtc(*rule.at));
    if (rule.until != ArchiveUntil::Escalates)
        return std::nullopt;
    std::int64_t busiest = 0;
    for (const QString& name : subjectNames(db, rule.group))
        busiest = std::max(busiest, busiestHourSince(db, name, rule.since));
    const std::int64_t threshold = archiveThreshold(rule.busiestHour);
    if (busiest <= threshold)
        return std::nullopt;
    return u"archived until it escalates: %1 letters came in one hour, more than %2"_s.arg(formatCount(busiest),
                                                                                           formatCount(threshold));
}

/// The codes in the messages of the newest letters that this decision archived.
std::set<QString> archivedCodes(SQLite::Database& db, const ArchiveRule& rule)
{
    std::set<QString> codes;
    SQLite::Statement select(db,
                             std::string("SELECT l.error_message"
                                         " FROM letter_group g JOIN letter l ON l.group_ref = g.id"
                                         " JOIN letter_channel c ON c.id = l.channel_ref"
                                         " WHERE g.fingerprint_id = ?1 AND l.state = 'archived'"
                                         " AND EXISTS (SELECT 1 FROM letter_past p JOIN triage_event e ON e.seq = p.seq"
                                         "  WHERE p.letter_id = ")
                                 .append(letterIdInSql)
                                 .append(" AND e.decision = ?2) ORDER BY l.id DESC LIMIT 10000"));
    sql::bind(select, 2, rule.decision);
    for (const QString& fingerprint : rule.fingerprints) {
        select.reset();
        sql::bind(select, 1, fingerprint);
        while (select.executeStep())
            codes.insert(messageCodes(sql::maybeText(select.getColumn(0)).value_or(QString())));
    }
    return codes;
}

/// Letters of the rule's fingerprints that arrived since, on which nobody decided, and whose message has no other code
/// than those it is about: a fingerprint knows no numbers, and 401 is another failure than 503.
std::vector<QString> arrivedSince(SQLite::Database& db, const ArchiveRule& rule)
{
    std::vector<QString> ids;
    std::optional<std::set<QString>> known; // read when a letter has a code
    SQLite::Statement select(
        db, "SELECT c.cluster_id, c.name, l.partition, l.offset, l.digest, l.error_message"
            " FROM letter_group g JOIN letter l ON l.group_ref = g.id JOIN letter_channel c ON c.id = l.channel_ref"
            " WHERE g.fingerprint_id = ? AND l.state = 'new' AND l.first_seen_at_ms >= ? ORDER BY l.id LIMIT 50000");
    SQLite::Statement decided(db, "SELECT 1 FROM letter_decision WHERE letter_id = ? AND triage_seq > 0");
    for (const QString& fingerprint : rule.fingerprints) {
        select.reset();
        sql::bind(select, 1, fingerprint);
        select.bind(2, toMs(rule.since));
        while (select.executeStep()) {
            const QString id = letterId(
                sql::text(select.getColumn(0)), {sql::text(select.getColumn(1)), select.getColumn(2).getInt()},
                Offset{select.getColumn(3).getInt64()}, static_cast<std::uint64_t>(select.getColumn(4).getInt64()));
            decided.reset();
            sql::bind(decided, 1, id);
            if (decided.executeStep())
                continue;
            const QString codes = messageCodes(sql::maybeText(select.getColumn(5)).value_or(QString()));
            if (!codes.isEmpty() && !known)
                known = archivedCodes(db, rule);
            if (codes.isEmpty() || known->contains(codes))
                ids.push_back(id);
        }
    }
    return ids;
}

/// @param endedBy  the decision that takes its place; empty: nobody's
Ledger::Draft endDraft(const ArchiveRule& rule, const QString& actor, const QString& why, const QString& endedBy = {})
{
    JsonWriter body;
    body.beginObject().field(u"decision", rule.decision).field(u"group", rule.group).field(u"ended", true);
    if (!endedBy.isEmpty())
        body.field(u"endedBy", endedBy);
    body.field(u"reason", why).endObject();
    return {actor, u"deadletter.archiveRule"_s, body.json()};
}

} // namespace

std::vector<DeadLetter> archivedOnOtherTerms(SQLite::Database& db, const ArchiveAction& action,
                                             const std::vector<DeadLetter>& letters)
{
    std::set<QString> same; // decisions with these terms
    for (const ArchiveRule& rule : archiveRules(db)) {
        if (rule.until == action.until && rule.at == action.at && rule.future == action.future)
            same.insert(rule.decision);
    }
    std::vector<DeadLetter> others;
    SQLite::Statement select(db, "SELECT e.decision FROM letter_decision d JOIN triage_event e ON e.seq = d.triage_seq"
                                 " WHERE d.letter_id = ?");
    for (const DeadLetter& letter : letters) {
        if (letter.state != TriageState::Archived)
            continue;
        select.reset();
        sql::bind(select, 1, letter.id);
        if (!select.executeStep() || !same.contains(sql::text(select.getColumn(0))))
            others.push_back(letter);
    }
    return others;
}

std::vector<Ledger::Draft> endedRuleDrafts(SQLite::Database& db, const QString& group,
                                           const std::vector<QString>& letterIds, const QString& reason,
                                           const QString& actor, const QString& decision)
{
    const std::set<QString> taken(letterIds.begin(), letterIds.end());
    const QStringList names = subjectNames(db, group);
    std::vector<Ledger::Draft> drafts;
    for (const ArchiveRule& rule : archiveRules(db)) {
        if (!rule.future || !names.contains(rule.group))
            continue;
        const std::vector<QString> kept = stillArchived(db, rule);
        if (!std::all_of(kept.begin(), kept.end(), [&](const QString& id) { return taken.contains(id); }))
            continue;
        drafts.push_back(endDraft(rule, actor, reason, decision));
    }
    return drafts;
}

Result<std::int64_t> keepArchiveRules(const DecisionWorld& world)
{
    std::vector<Ledger::Draft> drafts;
    std::int64_t changed = 0;
    const Status looked = world.reader.guarded([&](SQLite::Database& db) {
        for (const ArchiveRule& rule : archiveRules(db)) {
            TriagePlan plan;
            plan.groups = {rule.group};
            const auto why = endOf(db, rule, world.now);
            if (why) {
                plan.request = {TriageState::New, *why, std::nullopt};
                plan.letterIds = stillArchived(db, rule);
            } else if (rule.until == ArchiveUntil::Forever && rule.future) {
                plan.request = {TriageState::Archived,
                                u"the group is archived for ever, what arrives included (event %1)"_s.arg(rule.seq),
                                std::nullopt};
                plan.letterIds = arrivedSince(db, rule);
            }
            changed += static_cast<std::int64_t>(plan.letterIds.size());
            for (Ledger::Draft& draft : triageDrafts(plan, ruleActor(), rule.decision))
                drafts.push_back(std::move(draft));
            if (why)
                drafts.push_back(endDraft(rule, ruleActor(), *why));
        }
    });
    if (!looked)
        return tl::unexpected<Error>(looked.error());
    if (drafts.empty())
        return 0;
    const auto events = world.ledger.append(std::move(drafts));
    if (!events)
        return tl::unexpected<Error>(events.error());
    if (const Status status = catchUpTriage(world.ledger, world.store); !status)
        return tl::unexpected<Error>(status.error());
    return changed;
}

} // namespace spillway
