// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/report/weekly.h"

#include "model/base/text.h"
#include "model/deadletter/triagedecisions.h"

#include <QDateTime>

#include <algorithm>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostGroups = 50; // a meeting's worth; the rest is counted

QString minuteText(UtcTime time)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC).toString(u"yyyy-MM-dd HH:mm 'UTC'"_s);
}

QString lettersText(std::int64_t count)
{
    return count == 1 ? u"1 letter"_s : u"%1 letters"_s.arg(formatCount(count));
}

QString environmentText(Environment environment)
{
    switch (environment) {
    case Environment::Production:
        return u"production"_s;
    case Environment::Staging:
        return u"staging"_s;
    case Environment::Development:
        return u"development"_s;
    }
    return {};
}

QString verdictText(ReviewVerdict verdict)
{
    switch (verdict) {
    case ReviewVerdict::Replay:
        return u"replay"_s;
    case ReviewVerdict::FixFirst:
        return u"fix first"_s;
    case ReviewVerdict::Archive:
        return u"archive"_s;
    case ReviewVerdict::Assign:
        return u"assign"_s;
    case ReviewVerdict::Watch:
        return u"watch"_s;
    }
    return {};
}

QString reasonText(AgendaReason reason)
{
    switch (reason) {
    case AgendaReason::CarriedOver:
        return u"carried over"_s;
    case AgendaReason::FailedAgain:
        return u"failed again"_s;
    case AgendaReason::PastAge:
        return u"past its age"_s;
    case AgendaReason::New:
        return u"new"_s;
    case AgendaReason::Growing:
        return u"growing"_s;
    case AgendaReason::Unowned:
        return u"no owner"_s;
    case AgendaReason::Open:
        return u"open"_s;
    case AgendaReason::Decided:
        return u"decided"_s;
    }
    return {};
}

QString ageText(const std::optional<UtcTime>& at, UtcTime now)
{
    return at ? formatDuration(now - *at) : u"–"_s;
}

std::int64_t sum(const std::vector<GroupActivity>& activity, std::int64_t GroupActivity::*count)
{
    std::int64_t all = 0;
    for (const GroupActivity& one : activity)
        all += one.*count;
    return all;
}

QString answer(const WeeklyFacts& facts)
{
    if (facts.totals.letters == 0)
        return u"No dead letter is stored."_s;
    const auto fresh = std::count_if(facts.agenda.begin(), facts.agenda.end(), [](const AgendaItem& item) {
        return std::find(item.reasons.begin(), item.reasons.end(), AgendaReason::New) != item.reasons.end();
    });
    const auto groups = facts.totals.openGroups;
    return u"%1 open in %2; %3 arrived, %4 in the span before. %5 new."_s.arg(
        lettersText(facts.totals.open), groups == 1 ? u"1 group"_s : u"%1 groups"_s.arg(formatCount(groups)),
        formatCount(sum(facts.activity, &GroupActivity::arrived)),
        formatCount(sum(facts.activity, &GroupActivity::arrivedBefore)),
        fresh == 1 ? u"1 group is"_s : u"%1 groups are"_s.arg(formatCount(fresh)));
}

void addReview(Document& document, const WeeklyFacts& facts)
{
    const Review& review = *facts.review;
    document.blocks.emplace_back(Paragraph{u"Opened %1 by %2; %3. Present: %4."_s.arg(
        minuteText(review.openedAt), review.openedBy,
        review.closedAt ? u"closed "_s + minuteText(*review.closedAt) : u"still open"_s,
        review.participants.isEmpty() ? u"not noted"_s : review.participants.join(u", "_s))});

    document.blocks.emplace_back(Heading{2, u"Decisions"_s});
    std::vector<const ReviewDecision*> decisions;
    for (const auto& [group, decision] : review.decisions)
        decisions.push_back(&decision);
    std::sort(decisions.begin(), decisions.end(),
              [](const ReviewDecision* a, const ReviewDecision* b) { return a->decidedAt < b->decidedAt; });
    Table table{
        .columns = {{u"Group"_s, false, 34}, {u"Open"_s, true, 8}, {u"Decision"_s, false, 12}, {u"Note"_s}, {u"By"_s}},
        .rows = {}};
    Table actions{.columns = {{u"Action"_s, false, 34}, {u"Who"_s}, {u"Until"_s}, {u"Group"_s, false, 34}}, .rows = {}};
    for (const ReviewDecision* decision : decisions) {
        table.rows.push_back({decision->title, formatCount(decision->open), verdictText(decision->verdict),
                              decision->note, decision->decidedBy});
        if (!decision->action.what.isEmpty() || !decision->action.who.isEmpty())
            actions.rows.push_back(
                {decision->action.what.isEmpty() ? verdictText(decision->verdict) : decision->action.what,
                 decision->action.who, decision->action.due ? decision->action.due->toString(Qt::ISODate) : u"–"_s,
                 decision->title});
    }
    if (table.rows.empty())
        document.blocks.emplace_back(Paragraph{u"None yet."_s});
    else
        document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Heading{2, u"Actions"_s});
    if (actions.rows.empty())
        document.blocks.emplace_back(Paragraph{u"None."_s});
    else
        document.blocks.emplace_back(std::move(actions));

    if (!review.former.empty()) {
        List before;
        for (const ReviewDecision& former : review.former)
            before.items += u"%1: before, by %2: %3; %4 by %5"_s.arg(
                former.title, former.decidedBy, reviewDecisionText(former),
                former.isTakenBack ? u"taken back"_s : u"replaced"_s, former.endedBy);
        document.blocks.emplace_back(Heading{3, u"Said before and no longer counting"_s});
        document.blocks.emplace_back(std::move(before));
    }

    List carried;
    for (const QString& id : leftOver(facts.agenda, review)) {
        const auto known = std::find_if(facts.activity.begin(), facts.activity.end(),
                                        [&](const GroupActivity& one) { return one.group.id == id; });
        const auto decided = review.decisions.find(id);
        if (known != facts.activity.end())
            carried.items += u"%1 (%2 open)"_s.arg(known->group.title, formatCount(known->group.openCount));
        else
            carried.items += decided == review.decisions.end() ? id : decided->second.title;
    }
    document.blocks.emplace_back(Heading{2, u"Carried over to the next review"_s});
    if (carried.items.isEmpty())
        document.blocks.emplace_back(Paragraph{u"Nothing."_s});
    else
        document.blocks.emplace_back(std::move(carried));
}

void addAgenda(Document& document, const WeeklyFacts& facts)
{
    document.blocks.emplace_back(Heading{2, u"Groups with open letters"_s});
    if (facts.agenda.empty()) {
        document.blocks.emplace_back(Paragraph{u"None."_s});
        return;
    }
    Table table{.columns = {{u"Group"_s, false, 30},
                            {u"Team"_s, false, 14},
                            {u"Why it is here"_s, false, 14},
                            {u"Kind"_s},
                            {u"Open"_s, true},
                            {u"Arrived"_s, true},
                            {u"Before"_s, true},
                            {u"Oldest"_s, true}},
                .rows = {}};
    for (std::size_t at = 0; at < std::min(facts.agenda.size(), mostGroups); ++at) {
        const AgendaItem& item = facts.agenda[at];
        const GroupActivity& one = item.activity;
        QStringList reasons;
        for (const AgendaReason reason : item.reasons)
            reasons += reasonText(reason);
        table.rows.push_back({one.group.title, one.group.team.value_or(u"no owner"_s), reasons.join(u", "_s),
                              failureKindWord(one.group.kind), formatCount(one.group.openCount),
                              formatCount(one.arrived), formatCount(one.arrivedBefore),
                              ageText(one.group.oldestOpenAt, facts.period.until)});
    }
    document.blocks.emplace_back(std::move(table));
    if (facts.agenda.size() > mostGroups)
        document.blocks.emplace_back(Paragraph{u"and %1 more groups, not listed"_s.arg(formatCount(
                                                   static_cast<std::int64_t>(facts.agenda.size() - mostGroups))),
                                               true});
}

void addTeams(Document& document, const WeeklyFacts& facts)
{
    if (facts.teams.empty())
        return;
    document.blocks.emplace_back(Heading{2, u"Teams"_s});
    Table table{
        .columns = {{u"Team"_s}, {u"Open"_s, true}, {u"Arrived"_s, true}, {u"Before"_s, true}, {u"Oldest"_s, true}},
        .rows = {}};
    for (const TeamActivity& team : facts.teams)
        table.rows.push_back({team.team.value_or(u"no owner"_s), formatCount(team.open), formatCount(team.arrived),
                              formatCount(team.arrivedBefore), ageText(team.oldestOpenAt, facts.period.until)});
    document.blocks.emplace_back(std::move(table));
}

void addReplays(Document& document, const WeeklyFacts& facts)
{
    document.blocks.emplace_back(Heading{2, u"Replays"_s});
    if (facts.replays.empty()) {
        document.blocks.emplace_back(Paragraph{u"None."_s});
        return;
    }
    Table table{.columns = {{u"Job"_s},
                            {u"Target"_s},
                            {u"State"_s},
                            {u"Sent"_s, true},
                            {u"Confirmed"_s, true},
                            {u"Failed again"_s, true},
                            {u"Unknown"_s, true}},
                .rows = {}};
    for (const ReplayJobRow& job : facts.replays)
        table.rows.push_back({job.jobId, QStringList(job.targets.begin(), job.targets.end()).join(u", "_s),
                              jobStateWord(job.state), formatCount(job.sent), formatCount(job.confirmed),
                              formatCount(job.failedAgain),
                              formatCount(std::max<std::int64_t>(job.sent - job.confirmed - job.failedAgain, 0))});
    document.blocks.emplace_back(std::move(table));
}

void addTriage(Document& document, const WeeklyFacts& facts)
{
    document.blocks.emplace_back(Heading{2, u"What people decided on letters"_s});
    Table table{.columns = {{u"To"_s}, {u"By"_s}, {u"Letters"_s, true}}, .rows = {}};
    QStringList byRules;
    for (const DecisionCount& decision : facts.decisions) {
        if (decision.actor == ruleActor())
            byRules += u"%1 to %2"_s.arg(lettersText(decision.letters), decision.state);
        else
            table.rows.push_back({decision.state, decision.actor, formatCount(decision.letters)});
    }
    if (table.rows.empty())
        document.blocks.emplace_back(Paragraph{u"Nothing in this span."_s});
    else
        document.blocks.emplace_back(std::move(table));
    if (!byRules.isEmpty())
        document.blocks.emplace_back(
            Paragraph{u"By rules that people set before: %1."_s.arg(byRules.join(u", "_s)), true});
}

} // namespace

Document weeklyDocument(const WeeklyFacts& facts)
{
    Document document;
    document.title = facts.review ? u"Dead-letter review %1"_s.arg(facts.review->id) : u"Weekly dead-letter report"_s;
    document.blocks.emplace_back(
        Paragraph{u"%1 (%2), %3 to %4"_s.arg(facts.workspace, environmentText(facts.environment),
                                             minuteText(facts.period.from), minuteText(facts.period.until)),
                  true});
    document.blocks.emplace_back(Paragraph{answer(facts)});
    if (facts.review)
        addReview(document, facts);
    for (const BarChart& chart : facts.charts)
        document.blocks.emplace_back(chart);
    addTeams(document, facts);
    addAgenda(document, facts);
    addTriage(document, facts);
    addReplays(document, facts);
    document.blocks.emplace_back(Paragraph{u"A letter counts at the time it was dead-lettered, or when that is not "
                                           u"told, when it was first seen. \"Before\" is "
                                           u"the span of the same length before this one. All times are UTC."_s,
                                           true});
    return document;
}

} // namespace spillway::report
