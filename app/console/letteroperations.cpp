// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letteroperations.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/triagedecisions.h"

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What a query found is said before anything is decided on it.
void sayCount(const LetterSelection& selection, const std::vector<DeadLetter>& letters, const AnswerSink& sink)
{
    if (!selection.ids.isEmpty())
        return;
    std::set<QString> groups;
    for (const DeadLetter& letter : letters)
        groups.insert(letter.group);
    sink.note(u"%1 %2 in %3 %4 fit"_s.arg(
        formatCount(static_cast<std::int64_t>(letters.size())), letters.size() == 1 ? u"letter"_s : u"letters"_s,
        formatCount(static_cast<std::int64_t>(groups.size())), groups.size() == 1 ? u"group"_s : u"groups"_s));
}

} // namespace

Result<std::int64_t> LetterOperations::triage(const LetterSelection& selection, const TriageRequest& request,
                                              const AnswerSink& sink, std::stop_token stop)
{
    const std::lock_guard lock(m_world.deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    LetterSelection meant = selection;
    meant.isOpenOnly = request.to != TriageState::New; // which opens what is closed
    const auto letters = selectedLetters(*database, meant, m_world.clock.now(), stop);
    if (!letters)
        return tl::unexpected(letters.error());
    sayCount(selection, *letters, sink);
    const TriagePlan plan = planTriage(request, *letters);
    const bool isNoneChanged = plan.letterIds.empty() && !plan.refused.empty();
    const bool isOneReason =
        std::all_of(plan.refused.begin(), plan.refused.end(),
                    [&plan](const TriageRefusal& refusal) { return refusal.why == plan.refused.front().why; });
    if (isNoneChanged && isOneReason) // said once, not for each letter
        return fail(ErrorCode::InvalidConfig, u"no letter was changed: "_s.append(plan.refused.front().why));
    for (const TriageRefusal& refusal : plan.refused)
        sink.note(refusal.letterId + u": "_s + refusal.why);
    if (isNoneChanged)
        return fail(ErrorCode::InvalidConfig, u"no letter was changed: none of them may go to this state"_s);
    return decideTriage(m_world.ledger, m_world.samples, plan, m_world.actor);
}

Result<ActionReport> LetterOperations::act(const TriageAction& action, const AnswerSink& sink, std::stop_token stop)
{
    const std::lock_guard lock(m_world.deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const UtcTime now = m_world.clock.now();
    std::vector<DeadLetter> letters;
    if (const auto* archive = std::get_if<ArchiveAction>(&action)) {
        const LetterSelection selection{
            .ids = archive->ids, .query = archive->query.value_or(QString()), .isOpenOnly = true};
        auto selected = selectedLetters(*database, selection, now, stop);
        if (!selected)
            return tl::unexpected(selected.error());
        letters = std::move(*selected);
        sayCount(selection, letters, sink);
    }
    const DecisionWorld world{
        .ledger = m_world.ledger, .store = m_world.samples, .reader = *database, .actor = m_world.actor, .now = now};
    auto report = decideAction(world, action, letters);
    if (report) // it quotes titles, and what people wrote
        report->summary = m_world.context.masker.text(report->summary, MaskPurpose::View);
    return report;
}

Result<QByteArray> LetterOperations::decideOnGroups(const Decision& decision, std::stop_token stop)
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    std::vector<Ledger::Draft> drafts;
    JsonWriter json;
    json.beginObject();
    if (const auto* merge = std::get_if<MergeGroupsDecision>(&decision)) {
        const auto plan = planMerge(*database, merge->groups, merge->into, merge->reason);
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = mergeDrafts(*plan, m_world.actor);
        json.field(u"group", plan->into).field(u"merged", std::int64_t{plan->groups.size()});
    } else if (const auto* split = std::get_if<SplitGroupDecision>(&decision)) {
        const auto letters = selectedLetters(*database, {.ids = split->ids, .query = split->query.value_or(QString())},
                                             m_world.clock.now(), stop);
        if (!letters)
            return tl::unexpected(letters.error());
        const auto plan = planSplit(*letters, split->title, split->reason, m_world.clock.now());
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = splitDrafts(*plan, m_world.actor);
        json.field(u"group", plan->group).field(u"changed", static_cast<std::int64_t>(plan->letterIds.size()));
    } else if (const auto* unmerge = std::get_if<UnmergeGroupsDecision>(&decision)) {
        const auto plan = planUnmerge(*database, unmerge->groups, unmerge->reason);
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = unmergeDrafts(*plan, m_world.actor);
        json.field(u"changed", std::int64_t{plan->groups.size() + plan->splits.size()});
    }
    json.endObject();
    if (const Status decided = decideGroups(m_world.ledger, m_world.samples, std::move(drafts)); !decided)
        return tl::unexpected(decided.error());
    return json.json();
}

Result<PurgeReport> LetterOperations::purge(const QString& id, const QString& reason, std::stop_token stop)
{
    const std::lock_guard lock(m_world.deciding);
    auto report = purgeLetter(m_world.ledger, m_world.samples, id, reason, m_world.actor, stop);
    if (!report)
        return report;
    if (const Status noted = catchUpTriage(m_world.ledger, m_world.samples); !noted) // the history
        return tl::unexpected(noted.error());
    return report;
}

Status LetterOperations::keepRules()
{
    const std::unique_lock lock(m_world.deciding, std::try_to_lock); // a sample never waits for a large decision
    if (!lock.owns_lock())
        return {};
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto changed = keepArchiveRules({.ledger = m_world.ledger,
                                           .store = m_world.samples,
                                           .reader = *database,
                                           .actor = ruleActor(),
                                           .now = m_world.clock.now()});
    return changed ? Status() : tl::unexpected(changed.error());
}

Result<DecisionSheet> LetterOperations::decisionSheet(const QString& subject) const
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto knowledge = m_world.knowledge.now();
    return spillway::decisionSheet(*database, knowledge->kinds, subject, m_world.clock.now());
}

} // namespace spillway
