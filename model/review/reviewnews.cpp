// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/reviewnews.h"

#include "model/base/jsonwriter.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString lineOf(const ReviewDecision& decision, const QString& title)
{
    QString line = u"%1 (%2, %3 open): %4"_s.arg(title, decision.group, QString::number(decision.open),
                                                 reviewVerdictWord(decision.verdict));
    if (!decision.note.isEmpty())
        line += u" – %1"_s.arg(decision.note);
    if (!decision.action.what.isEmpty())
        line += u". To do: %1"_s.arg(decision.action.what);
    if (!decision.action.who.isEmpty())
        line += u", %1"_s.arg(decision.action.who);
    if (decision.action.due)
        line += u", until %1"_s.arg(decision.action.due->toString(Qt::ISODate));
    return line;
}

} // namespace

Result<std::vector<News>> reviewNews(const Review& review, const std::vector<DeadLetterGroup>& groups,
                                     const Catalog& catalog)
{
    if (!review.closedAt)
        return fail(
            ErrorCode::InvalidConfig,
            u"review %1 is still open, and its teams are told once; close it first: spillwayctl review close"_s.arg(
                review.id));
    std::map<QString, std::vector<std::pair<const ReviewDecision*, QString>>> byTeam; // with the group's title
    for (const auto& [id, decision] : review.decisions) {
        const auto group =
            std::find_if(groups.begin(), groups.end(), [&](const DeadLetterGroup& each) { return each.id == id; });
        if (group != groups.end() && group->team)
            byTeam[*group->team].emplace_back(&decision, group->title);
    }
    std::vector<News> news;
    for (const auto& [team, decisions] : byTeam) {
        News each{.occasion = u"review %1"_s.arg(review.id),
                  .identity = {},
                  .type = u"review"_s,
                  .team = team,
                  .channels = {},
                  .title = u"Dead-letter review %1: %2 of your groups"_s.arg(review.id).arg(decisions.size()),
                  .lines = {},
                  .facts = {}};
        if (const QString channel = catalog.contactOf(team).slackChannel; !channel.isEmpty())
            each.channels += channel;
        JsonWriter json;
        json.beginObject().field(u"review", review.id).field(u"closedAt", review.closedAt);
        json.key(u"decisions").beginArray();
        for (const auto& [decision, title] : decisions) {
            each.lines += lineOf(*decision, title);
            json.beginObject()
                .field(u"group", decision->group)
                .field(u"title", title)
                .field(u"open", decision->open)
                .field(u"verdict", reviewVerdictWord(decision->verdict))
                .field(u"note", decision->note)
                .field(u"action", decision->action.what)
                .field(u"who", decision->action.who)
                .field(u"due",
                       decision->action.due ? std::optional(decision->action.due->toString(Qt::ISODate)) : std::nullopt)
                .endObject();
        }
        json.endArray().endObject();
        each.facts = json.json();
        news.push_back(std::move(each));
    }
    return news;
}

} // namespace spillway
