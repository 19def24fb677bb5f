// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/reviewoutput.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QJsonDocument>
#include <QJsonObject>

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

/// The members of a decision's object.
void writeWord(JsonWriter& json, const ReviewDecision& decision)
{
    const std::optional<QDate>& due = decision.action.due;
    json.field(u"verdict", reviewVerdictWord(decision.verdict))
        .field(u"note", decision.note)
        .field(u"action", decision.action.what)
        .field(u"who", decision.action.who)
        .field(u"due", due ? std::optional(due->toString(Qt::ISODate)) : std::nullopt)
        .field(u"by", decision.decidedBy)
        .field(u"at", decision.decidedAt)
        .field(u"seq", decision.seq);
}

void writeDecision(JsonWriter& json, QStringView name, const ReviewDecision* decision)
{
    if (!decision) {
        json.nullField(name);
        return;
    }
    json.key(name).beginObject();
    writeWord(json, *decision);
    json.endObject();
}

std::vector<const ReviewDecision*> formerOn(const QString& group, const Review* review)
{
    std::vector<const ReviewDecision*> former;
    if (!review)
        return former;
    for (const ReviewDecision& decision : review->former) {
        if (decision.group == group)
            former.push_back(&decision);
    }
    return former;
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
        writeDecision(json, u"decision", decisionOn(item, review));
        json.key(u"former").beginArray();
        for (const ReviewDecision* former : formerOn(group.id, review)) {
            json.beginObject();
            writeWord(json, *former);
            json.field(u"endedBy", former->endedBy).field(u"takenBack", former->isTakenBack).endObject();
        }
        json.endArray().endObject();
    }
    json.endArray();
    return json.json();
}

QByteArray reviewOutcomeJson(const QString& group, const ReviewOutcome& outcome)
{
    JsonWriter json;
    json.beginObject()
        .field(u"group", group)
        .field(u"seq", outcome.seq)
        .field(u"changed", outcome.changed)
        .field(u"restored", outcome.restored);
    writeDecision(json, u"replaced", outcome.replaced ? &*outcome.replaced : nullptr);
    json.endObject();
    return json.json();
}

ReviewOutcome reviewOutcomeFromJson(const QByteArray& json)
{
    const QJsonObject from = QJsonDocument::fromJson(json).object();
    ReviewOutcome outcome{.seq = from[u"seq"].toInteger(),
                          .changed = from[u"changed"].toInteger(),
                          .restored = from[u"restored"].toInteger(),
                          .replaced = std::nullopt};
    if (from[u"replaced"].isObject()) {
        const QJsonObject word = from[u"replaced"].toObject();
        ReviewDecision replaced;
        replaced.seq = word[u"seq"].toInteger();
        replaced.verdict = reviewVerdictFromWord(word[u"verdict"].toString()).value_or(ReviewVerdict::Watch);
        replaced.note = word[u"note"].toString();
        replaced.action = {.what = word[u"action"].toString(), .who = word[u"who"].toString(), .due = std::nullopt};
        if (word[u"due"].isString())
            replaced.action.due = QDate::fromString(word[u"due"].toString(), Qt::ISODate);
        replaced.decidedBy = word[u"by"].toString();
        outcome.replaced = replaced;
    }
    return outcome;
}

QString agendaText(const std::vector<AgendaItem>& agenda, const Review* review, const ReviewPeriod& period, bool byTeam)
{
    QString out = review ? u"Review %1, opened %2 by %3, running for %4\n"_s.arg(
                               review->id, formatUtc(review->openedAt), visibleText(review->openedBy),
                               formatDuration(period.until - review->openedAt))
                         : u"No review is open; this is what the next one would look at.\n"_s;
    out += u"Since %1\n\n"_s.arg(formatUtc(period.from));
    if (agenda.empty())
        out += u"No group has open letters: nothing to decide.\n"_s;
    for (std::size_t at = 0; at < agenda.size(); ++at) {
        const AgendaItem& item = agenda[at];
        const DeadLetterGroup& group = item.activity.group;
        if (byTeam && (at == 0 || agenda[at - 1].activity.group.team != group.team))
            out += u"Team %1\n"_s.arg(visibleText(group.team.value_or(u"none: no owner"_s)));
        QStringList reasons;
        for (const AgendaReason reason : item.reasons)
            reasons += agendaReasonWord(reason);
        out += u"%1. %2  %3\n   %4 open, %5 arrived (%6 before), %7, %8, %9\n"_s.arg(at + 1).arg(
            group.id, visibleText(group.title), formatCount(group.openCount), formatCount(item.activity.arrived),
            formatCount(item.activity.arrivedBefore), visibleText(group.team.value_or(u"no owner"_s)),
            failureKindWord(group.kind), reasons.join(u", "_s));
        if (const ReviewDecision* decision = decisionOn(item, review)) {
            out += u"   decided by %1 (event %2): %3\n"_s.arg(visibleText(decision->decidedBy))
                       .arg(decision->seq)
                       .arg(visibleText(reviewDecisionText(*decision)));
        }
        for (const ReviewDecision* former : formerOn(group.id, review))
            out += u"   before, by %1: %2 (%3 by %4)\n"_s.arg(
                visibleText(former->decidedBy), visibleText(reviewDecisionText(*former)),
                former->isTakenBack ? u"taken back"_s : u"replaced"_s, visibleText(former->endedBy));
    }
    return out;
}

} // namespace spillway
