// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaywarnings.h"

#include "model/base/counted.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagemarks.h"

#include <SQLiteCpp/Transaction.h>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

/// Letters whose last replay was confirmed, and that somebody opened again since.
std::int64_t confirmedBefore(SQLite::Database& db, const ReplayPlan& plan)
{
    SQLite::Statement select(db, "SELECT replay_state = 'resolved' FROM letter_decision WHERE letter_id = ?");
    const SQLite::Transaction snapshot(db); // one lock for all of them
    std::int64_t confirmed = 0;
    for (const PlanLetter& letter : plan.letters) {
        sql::bind(select, 1, letter.letterId);
        confirmed += select.executeStep() && select.getColumn(0).getInt() != 0 ? 1 : 0;
        select.reset();
    }
    return confirmed;
}

} // namespace

Result<QStringList> replayWarnings(Database& reader, const QHash<QString, QString>& groups, const ReplayPlan& plan)
{
    std::map<QString, std::int64_t> planned; // letters by group
    for (const PlanLetter& letter : plan.letters) {
        if (const auto group = groups.constFind(letter.letterId); group != groups.constEnd())
            ++planned[*group];
    }
    return reader.query<QStringList>([&planned, &plan](SQLite::Database& db) {
        QStringList warnings;
        if (const std::int64_t again = confirmedBefore(db, plan); again > 0)
            warnings.push_back(
                u"%1 went out in an earlier replay, and the consumer went past %2: this sends %2 a second time"_s.arg(
                    counted(again, u"letter"_s), again == 1 ? u"it"_s : u"them"_s));
        for (const auto& [group, count] : planned) {
            const std::optional<KnownErrorEntry> known = knownMark(db, group);
            if (!known || known->error.safety != ReplaySafety::No)
                continue;
            QString text = u"%1 of group %2: %3 said that replaying it is not safe"_s.arg(counted(count, u"letter"_s),
                                                                                          group, known->actor);
            if (!known->error.fix.isEmpty())
                text += u"; first: "_s + known->error.fix;
            warnings.push_back(visibleText(text));
        }
        return warnings;
    });
}

QStringList unknownDialectWarnings(const ReplayPlan& plan,
                                   const std::function<bool(const QString&, const QString&)>& isKnown)
{
    std::map<QString, std::int64_t> unknown; // messages by dialect
    for (const PlanLetter& letter : plan.letters) {
        const PlanStripRule& rule = plan.stripRules[static_cast<std::size_t>(letter.stripRule)];
        if (!isKnown(rule.dialect, rule.channel))
            ++unknown[rule.dialect];
    }
    QStringList warnings;
    for (const auto& [dialect, messages] : unknown)
        warnings.push_back(
            u"%1 of dialect %2, which is not known any more: the headers it wrote about the failure go along, but for "
            "those that were dropped by name"_s.arg(counted(messages, u"letter"_s), visibleText(dialect)));
    return warnings;
}

} // namespace spillway
