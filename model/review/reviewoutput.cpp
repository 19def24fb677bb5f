// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/reviewoutput.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const ReviewDecision* decisionOn(const AgendaItem& item, const Review* review)
{
    if (!review)
        return nullptr;
    const auto found = review->decisions.find(item.activity.group.id);
    return found == review->decisions.end() ? nullptr : &found->second;
}

void writeDecision(JsonWriter& json, const ReviewDecision* decision)
{
    if (!decision) {
        json.nullField(u"decision");
        return;
    }
    json.key(u"decision")
        .beginObject()
        .field(u"verdict", reviewVerdictWord(decision->verdict))
        .field(u"note", decision->note)
        .field(u"action", decision->action.what)
        .field(u"who", decision->action.who)
        .field(u"due", decision->action.due ? std::optional(decision->action.due->toString(Qt::ISODate)) : std::nullopt)
        .field(u"by", decision->decidedBy)
        .field(u"at", decision->decidedAt)
        .endObject();
}

} // namespace

QByteArray agendaJson(const std::vector<AgendaItem>& agenda, const Review* review)
{
    JsonWriter json;
    json.beginArray();
    for (const AgendaItem& item : agenda) {
        const DeadLetterGroup& group = item.activity.group;
        json.beginObject()
            .field(u"group", group.id)
            .field(u"title", group.title)
            .field(u"team", group.team)
            .field(u"eventType", group.eventType)
            .field(u"consumer", group.consumer)
            .field(u"kind", failureKindWord(group.kind))
            .field(u"state", triageStateWord(group.state))
            .field(u"assignee", group.assignee)
            .field(u"open", group.openCount)
            .field(u"arrived", item.activity.arrived)
            .field(u"arrivedBefore", item.activity.arrivedBefore)
            .field(u"oldestOpenAt", item.activity.group.oldestOpenAt)
            .key(u"reasons")
            .beginArray();
        for (const AgendaReason reason : item.reasons)
            json.value(agendaReasonWord(reason));
        json.endArray();
        writeDecision(json, decisionOn(item, review));
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString agendaText(const std::vector<AgendaItem>& agenda, const Review* review, const ReviewPeriod& period)
{
    QString out = review ? u"Review %1, opened %2 by %3\n"_s.arg(review->id, formatUtc(review->openedAt),
                                                                 visibleText(review->openedBy))
                         : u"No review is open; this is what the next one would look at.\n"_s;
    out += u"Since %1\n\n"_s.arg(formatUtc(period.from));
    if (agenda.empty())
        out += u"No group has open letters: nothing to decide.\n"_s;
    for (std::size_t at = 0; at < agenda.size(); ++at) {
        const AgendaItem& item = agenda[at];
        const DeadLetterGroup& group = item.activity.group;
        QStringList reasons;
        for (const AgendaReason reason : item.reasons)
            reasons += agendaReasonWord(reason);
        out += u"%1. %2  %3\n   %4 open, %5 arrived (%6 before), %7, %8, %9\n"_s.arg(at + 1).arg(
            group.id, visibleText(group.title), formatCount(group.openCount), formatCount(item.activity.arrived),
            formatCount(item.activity.arrivedBefore), visibleText(group.team.value_or(u"no owner"_s)),
            failureKindWord(group.kind), reasons.join(u", "_s));
        if (const ReviewDecision* decision = decisionOn(item, review)) {
            out += u"   decided: "_s + reviewVerdictWord(decision->verdict);
            if (!decision->note.isEmpty())
                out += u" — "_s + visibleText(decision->note);
            out += u'\n';
        }
    }
    return out;
}

} // namespace spillway
