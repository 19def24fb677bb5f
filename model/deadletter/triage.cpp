// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/triage.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/triagemarks.h"
#include "model/ledger/catchup.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString triagedType = u"deadletter.triaged"_s;
constexpr std::size_t lettersPerEvent = 5'000;

bool isPersonsWord(TriageState state)
{
    switch (state) {
    case TriageState::New:
    case TriageState::Assigned:
    case TriageState::Parked:
    case TriageState::Archived:
    case TriageState::Resolved:
    case TriageState::Lost:
        return true;
    case TriageState::Planned:
    case TriageState::Sent:
    case TriageState::FailedAgain:
    case TriageState::Unknown:
        return false;
    }
    return false;
}

std::optional<QString> assigneeAfter(const TriageRequest& request, const DeadLetter& letter)
{
    if (!request.assignee)
        return letter.assignee;
    return request.assignee->isEmpty() ? std::nullopt : request.assignee;
}

} // namespace

// Who may move a letter where:
//   planned             nowhere: a job holds it
//   sent                to resolved, archived, lost: a person may know the outcome; not back to work that was already
//   sent anything else       anywhere a person's word leads
bool isTriageAllowed(TriageState from, TriageState to)
{
    if (!isPersonsWord(to) || from == TriageState::Planned)
        return false;
    if (from == TriageState::Sent)
        return to == TriageState::Resolved || to == TriageState::Archived || to == TriageState::Lost;
    return true;
}

Result<TriageRequest> readTriageRequest(const QString& toWord, const QString& reason,
                                        const std::optional<QString>& assignee)
{
    const auto to = triageStateFromWord(toWord);
    if (!to)
        return fail(ErrorCode::InvalidConfig,
                    u"there is no state \"%1\"; write --to new, assigned, parked, archived, resolved or lost"_s.arg(
                        visibleText(toWord.left(60))));
    if (!isPersonsWord(*to))
        return fail(
            ErrorCode::InvalidConfig,
            u"\"%1\" is set by a replay, not by hand; write --to new, assigned, parked, archived, resolved or lost"_s
                .arg(toWord));
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    if (reason.size() > 4000)
        return fail(ErrorCode::InvalidConfig, u"the reason is longer than 4000 characters; link to the rest"_s);
    if (assignee && assignee->size() > 200)
        return fail(ErrorCode::InvalidConfig, u"the name after --assign is longer than 200 characters"_s);
    if (assignee && visibleText(assignee->trimmed()) != assignee->trimmed())
        return fail(ErrorCode::InvalidConfig,
                    u"the name \"%1\" has characters that nobody sees; write it plainly"_s.arg(
                        visibleText(assignee->trimmed())));
    if (*to == TriageState::Assigned && assignee && assignee->trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"assigned to nobody; write --assign WHO, or --to new"_s);
    return TriageRequest{*to, reason.trimmed(), assignee ? std::optional(assignee->trimmed()) : std::nullopt};
}

TriagePlan planTriage(const TriageRequest& request, const std::vector<DeadLetter>& letters)
{
    TriagePlan plan;
    plan.request = request;
    for (const DeadLetter& letter : letters) {
        const std::optional<QString> assignee = assigneeAfter(request, letter);
        if (!isTriageAllowed(letter.state, request.to)) {
            plan.refused.push_back({letter.id, letter.state == TriageState::Planned
                                                   ? u"a replay holds it; cancel the replay or wait for its end"_s
                                                   : u"from %1 it cannot become %2"_s.arg(
                                                         triageStateWord(letter.state), triageStateWord(request.to))});
        } else if (request.to == TriageState::Assigned && !assignee) {
            plan.refused.push_back({letter.id, u"nobody has it; write --assign WHO"_s});
        } else if (letter.state == request.to && letter.assignee == assignee) {
            ++plan.unchanged;
        } else {
            plan.letterIds.push_back(letter.id);
            if (!letter.group.isEmpty() && (plan.groups.isEmpty() || plan.groups.last() != letter.group))
                plan.groups += letter.group;
        }
    }
    plan.groups.removeDuplicates();
    return plan;
}

QString newDecisionName()
{
    return u'd' + QUuid::createUuid().toString(QUuid::Id128).first(16);
}

std::vector<Ledger::Draft> triageDrafts(const TriagePlan& plan, const QString& actor, const QString& decision)
{
    const QString name = decision.isEmpty() ? newDecisionName() : decision;
    std::vector<Ledger::Draft> drafts;
    for (std::size_t first = 0; first < plan.letterIds.size(); first += lettersPerEvent) {
        JsonWriter body;
        body.beginObject().field(u"to", triageStateWord(plan.request.to)).field(u"reason", plan.request.reason);
        if (plan.request.assignee)
            body.field(u"assignee", *plan.request.assignee);
        body.field(u"decision", name).key(u"groups").beginArray();
        for (const QString& group : plan.groups)
            body.value(group);
        body.endArray().key(u"letters").beginArray();
        const std::size_t last = std::min(plan.letterIds.size(), first + lettersPerEvent);
        for (std::size_t i = first; i < last; ++i)
            body.value(plan.letterIds[i]);
        body.endArray().endObject();
        drafts.push_back({actor, triagedType, body.json()});
    }
    return drafts;
}

QString triageProjectionName()
{
    return u"deadletter.triage"_s;
}

Status applyTriageEvent(Database& database, const LedgerEvent& event)
{
    const bool isLoss = event.type == lostLettersType;
    if (event.type != triagedType && !isLoss)
        return applyMarks(database, event);
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    const auto to = isLoss ? TriageState::Lost : triageStateFromWord(body.value("to"_L1).toString());
    const QJsonValue letters = body.value("letters"_L1);
    const QJsonValue assignee = body.value("assignee"_L1);
    if (!to || !letters.isArray() || !(assignee.isUndefined() || assignee.isString()))
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(event.type));
    std::vector<QString> ids;
    for (const QJsonValue& id : letters.toArray())
        ids.push_back(id.toString());
    const Status applied = applyTriageState(
        database, ids, *to, assignee.isString() ? std::optional(assignee.toString()) : std::nullopt, event.seq);
    return applied ? applyMarks(database, event) : applied;
}

Status catchUpTriage(const Ledger& ledger, StoreWriter& store)
{
    // All types are read: what a review says and what comes of it are to be applied in the order they were written.
    return catchUpEvents(
        ledger, store, triageProjectionName(), QString(), [](Database& database, const LedgerEvent& event) -> Status {
            const bool isOurs = event.type.startsWith(u"deadletter."_s) || event.type == reviewWordType;
            return isOurs ? applyTriageEvent(database, event) : Status();
        });
}

Result<std::int64_t> decideTriage(Ledger& ledger, StoreWriter& store, const TriagePlan& plan, const QString& actor)
{
    std::vector<Ledger::Draft> drafts = triageDrafts(plan, actor);
    if (drafts.empty())
        return 0;
    const auto events = ledger.append(std::move(drafts));
    if (!events)
        return tl::unexpected<Error>(events.error());
    if (const Status status = catchUpTriage(ledger, store); !status)
        return failWithin(u"the decision is in the ledger and will be applied at the next start"_s, status.error());
    return static_cast<std::int64_t>(plan.letterIds.size());
}

} // namespace spillway
