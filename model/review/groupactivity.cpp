// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/groupactivity.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Arrivals
{
    std::vector<std::int64_t> inPeriod;
    std::int64_t before = 0;
};

} // namespace

Result<std::vector<GroupActivity>> groupActivity(Database& reader, const ReviewPeriod& period, int parts,
                                                 std::stop_token stop, const QStringList& also)
{
    const std::int64_t lengthMs = std::max<std::int64_t>(period.length().count(), 1);
    const std::int64_t fromMs = toMs(period.from);
    auto groups = deadLetterGroups(reader, Query{}, period.until, stop);
    if (!groups)
        return tl::unexpected<Error>(groups.error());

    const auto arrivals = reader.query<std::map<QString, Arrivals>>([&](SQLite::Database& db) {
        std::map<QString, Arrivals> byGroup;
        SQLite::Statement group(db, "SELECT DISTINCT group_id FROM letter_group");
        while (group.executeStep()) {
            Arrivals& of = byGroup[QString::fromUtf8(group.getColumn(0).getText())];
            of.inPeriod.assign(static_cast<std::size_t>(std::max(parts, 1)), 0);
        }
        // Part -1 is the span before; the index on (group_ref, moment_ms) answers alone.
        SQLite::Statement count(
            db, "SELECT g.group_id,"
                " CASE WHEN l.moment_ms < ?1 THEN -1 ELSE min((l.moment_ms - ?1) * ?3 / ?2, ?3 - 1) END AS part,"
                " count(*)"
                " FROM letter_group g JOIN letter l ON l.group_ref = g.id"
                " WHERE l.moment_ms >= ?1 - ?2 AND l.moment_ms < ?1 + ?2"
                " GROUP BY g.id, part"
                " ORDER BY g.id, part");
        count.bind(1, fromMs);
        count.bind(2, lengthMs);
        count.bind(3, std::int64_t{std::max(parts, 1)});
        while (count.executeStep()) {
            Arrivals& of = byGroup[QString::fromUtf8(count.getColumn(0).getText())];
            const std::int64_t part = count.getColumn(1).getInt64();
            const std::int64_t letters = count.getColumn(2).getInt64();
            if (part < 0)
                of.before += letters;
            else
                of.inPeriod[static_cast<std::size_t>(part)] += letters;
        }
        return byGroup;
    });
    if (!arrivals)
        return tl::unexpected<Error>(arrivals.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"the agenda was not asked for any more"_s);

    std::vector<GroupActivity> activity;
    for (DeadLetterGroup& group : *groups) {
        const auto found = arrivals->find(group.id);
        if (found == arrivals->end())
            continue;
        GroupActivity one{
            .group = std::move(group), .arrivedBefore = found->second.before, .arrivals = found->second.inPeriod};
        for (const std::int64_t letters : one.arrivals)
            one.arrived += letters;
        if (one.group.openCount > 0 || one.arrived > 0 || also.contains(one.group.id))
            activity.push_back(std::move(one));
    }
    return activity;
}

} // namespace spillway
