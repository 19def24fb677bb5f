// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/triagedecisions.h"

#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/groupface.h"
#include "model/deadletter/groupmarks.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triage.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

auto refused(const QString& what)
{
    return fail(ErrorCode::InvalidConfig, what);
}

QString lettersWord(std::int64_t count)
{
    return u"%1 %2"_s.arg(formatCount(count), count == 1 ? u"letter"_s : u"letters"_s);
}

/// Groups and letters that a decision names must be there: a slip in an id is not to stand in the ledger.
Status checkSubjects(Database& reader, const QStringList& subjects)
{
    for (const QString& subject : subjects) {
        const auto isThere = reader.query<bool>([&](SQLite::Database& db) { return isSubjectStored(db, subject); });
        if (!isThere)
            return tl::unexpected<Error>(isThere.error());
        if (!*isThere)
            return fail(ErrorCode::NotFound,
                        u"no %1 %2 is stored"_s.arg(isGroupId(subject) ? u"group"_s : u"dead letter"_s, subject));
    }
    return {};
}

Ledger::Draft ruleDraft(const QString& actor, const QString& decision, const ArchiveAction& action,
                        const QString& group, const GroupFace& face)
{
    JsonWriter body;
    body.beginObject()
        .field(u"decision", decision)
        .field(u"group", group)
        .field(u"until", archiveUntilWord(action.until))
        .field(u"at", action.at)
        .field(u"future", action.future)
        .field(u"busiestHour", face.busiestHour);
    writeTexts(body, u"fingerprints", face.fingerprints);
    body.field(u"reason", action.reason).endObject();
    return {actor, u"deadletter.archiveRule"_s, body.json()};
}

/// Ids as people type them become those that the ledger keeps.
struct SubjectResolver
{
    Database& reader;

    Result<TriageAction> operator()(CommentAction action) const { return named(std::move(action)); }
    Result<TriageAction> operator()(LinkAction action) const { return named(std::move(action)); }
    Result<TriageAction> operator()(TagAction action) const
    {
        auto whole = wholeSubjects(reader, action.subjects);
        if (!whole)
            return tl::unexpected<Error>(whole.error());
        whole->removeDuplicates();
        action.subjects = std::move(*whole);
        return action;
    }
    Result<TriageAction> operator()(KnownErrorAction action) const
    {
        const auto whole = wholeGroup(reader, action.group);
        if (!whole)
            return tl::unexpected<Error>(whole.error());
        action.group = *whole;
        return action;
    }
    // Its letters are chosen already.
    Result<TriageAction> operator()(ArchiveAction action) const { return action; }
    Result<TriageAction> operator()(UndoAction action) const { return action; }

private:
    template<typename Action>
    Result<TriageAction> named(Action action) const
    {
        const auto whole = wholeSubject(reader, action.subject);
        if (!whole)
            return tl::unexpected<Error>(whole.error());
        action.subject = *whole;
        return action;
    }
};

struct Decider
{
    const DecisionWorld& world;
    const std::vector<DeadLetter>& letters;

    Result<ActionReport> operator()(const CommentAction& action) const
    {
        if (const Status status = checkSubjects(world.reader, {action.subject}); !status)
            return tl::unexpected<Error>(status.error());
        JsonWriter body;
        body.beginObject()
            .field(u"decision", newDecisionName())
            .field(u"subject", action.subject)
            .field(u"text", action.text)
            .endObject();
        return append({{world.actor, u"deadletter.commented"_s, body.json()}}, 1, u"commented"_s);
    }

    Result<ActionReport> operator()(const TagAction& action) const
    {
        if (const Status status = checkSubjects(world.reader, action.subjects); !status)
            return tl::unexpected<Error>(status.error());
        const auto changes = world.reader.query<std::int64_t>([&](SQLite::Database& db) {
            std::int64_t count = 0;
            for (const QString& subject : action.subjects) {
                const QStringList has = tagsOf(db, subject);
                count += std::count_if(action.add.begin(), action.add.end(),
                                       [&](const QString& tag) { return !has.contains(tag); });
                count += std::count_if(action.remove.begin(), action.remove.end(),
                                       [&](const QString& tag) { return has.contains(tag); });
            }
            return count;
        });
        if (!changes)
            return tl::unexpected<Error>(changes.error());
        if (*changes == 0)
            return nothing(action.remove.isEmpty() ? u"the tags are there already: nothing was changed"_s
                           : action.add.isEmpty()  ? u"no such tag is there: nothing was changed"_s
                                                   : u"the tags are so already: nothing was changed"_s);
        JsonWriter body;
        body.beginObject().field(u"decision", newDecisionName());
        writeTexts(body, u"subjects", action.subjects);
        writeTexts(body, u"add", action.add);
        writeTexts(body, u"remove", action.remove);
        body.endObject();
        return append({{world.actor, u"deadletter.tagged"_s, body.json()}}, *changes, u"tagged"_s);
    }

    Result<ActionReport> operator()(const LinkAction& action) const
    {
        if (const Status status = checkSubjects(world.reader, {action.subject}); !status)
            return tl::unexpected<Error>(status.error());
        const auto isSo = world.reader.query<bool>([&](SQLite::Database& db) {
            const std::vector<LinkMark> links = linksOf(db, action.subject);
            const auto known =
                std::find_if(links.begin(), links.end(), [&](const LinkMark& link) { return link.url == action.url; });
            return action.isRemoved ? known == links.end() : known != links.end() && known->title == action.title;
        });
        if (!isSo)
            return tl::unexpected<Error>(isSo.error());
        if (*isSo)
            return nothing(action.isRemoved ? u"no such link is there: nothing was changed"_s
                                            : u"the link is there already: nothing was changed"_s);
        JsonWriter body;
        body.beginObject()
            .field(u"decision", newDecisionName())
            .field(u"subject", action.subject)
            .field(u"url", action.url)
            .field(u"title", action.title)
            .field(u"removed", action.isRemoved)
            .endObject();
        return append({{world.actor, u"deadletter.linked"_s, body.json()}}, 1,
                      action.isRemoved ? u"link taken away"_s : u"linked"_s);
    }

    Result<ActionReport> operator()(const ArchiveAction& action) const
    {
        if (action.at && *action.at <= world.now)
            return refused(u"%1 is not in the future; write a later day"_s.arg(formatUtc(*action.at)));
        const QString decision = newDecisionName();
        std::map<QString, std::vector<DeadLetter>> byGroup;
        for (const DeadLetter& letter : letters)
            byGroup[letter.group].push_back(letter);
        std::vector<Ledger::Draft> drafts;
        ActionReport report;
        for (const auto& [group, itsLetters] : byGroup) {
            TriagePlan plan = planTriage({TriageState::Archived, action.reason, std::nullopt}, itsLetters);
            const auto others = world.reader.query<std::vector<DeadLetter>>(
                [&](SQLite::Database& db) { return archivedOnOtherTerms(db, action, itsLetters); });
            if (!others)
                return tl::unexpected<Error>(others.error());
            for (const DeadLetter& letter : *others)
                plan.letterIds.push_back(letter.id);
            if (!others->empty())
                plan.groups = QStringList{group};
            for (const TriageRefusal& refusal : plan.refused)
                report.refused += refusal.letterId + u": "_s + refusal.why;
            if (plan.letterIds.empty() && !action.future)
                continue;
            report.changed += static_cast<std::int64_t>(plan.letterIds.size());
            for (Ledger::Draft& draft : triageDrafts(plan, world.actor, decision))
                drafts.push_back(std::move(draft));
            if (!action.future) {
                auto ended = world.reader.query<std::vector<Ledger::Draft>>([&, name = group](SQLite::Database& db) {
                    return endedRuleDrafts(db, name, plan.letterIds, action.reason, world.actor, decision);
                });
                if (!ended)
                    return tl::unexpected<Error>(ended.error());
                std::move(ended->begin(), ended->end(), std::back_inserter(drafts));
            }
            const auto face = world.reader.query<GroupFace>(
                [&, name = group](SQLite::Database& db) { return groupFace(db, name, world.now); });
            if (!face)
                return tl::unexpected<Error>(face.error());
            drafts.push_back(ruleDraft(world.actor, decision, action, group, *face));
        }
        if (drafts.empty() && !report.refused.isEmpty())
            return refused(u"no letter was archived: %1"_s.arg(report.refused.first()));
        auto done = append(std::move(drafts), report.changed,
                           u"%1 archived, %2"_s.arg(lettersWord(report.changed), untilText(action)));
        if (done)
            done->refused = report.refused;
        return done;
    }

    Result<ActionReport> operator()(const KnownErrorAction& action) const
    {
        if (const Status status = checkSubjects(world.reader, {action.group}); !status)
            return tl::unexpected<Error>(status.error());
        JsonWriter body;
        body.beginObject().field(u"decision", newDecisionName()).field(u"group", action.group);
        if (action.error) {
            const auto face = world.reader.query<GroupFace>(
                [&](SQLite::Database& db) { return groupFace(db, action.group, world.now); });
            if (!face)
                return tl::unexpected<Error>(face.error());
            body.key(u"error")
                .beginObject()
                .field(u"kind", failureKindWord(action.error->kind))
                .field(u"cause", action.error->cause)
                .field(u"fix", action.error->fix)
                .field(u"link", action.error->link)
                .field(u"safeToReplay", replaySafetyWord(action.error->safety))
                .endObject()
                .field(u"title", face->title)
                .field(u"errorClass", face->errorClass)
                .field(u"rootCauseClass", face->rootCauseClass)
                .field(u"message", face->message);
        }
        body.field(u"reason", action.reason).endObject();
        return append({{world.actor, u"deadletter.known"_s, body.json()}}, 1,
                      action.error ? u"a known error of kind %1"_s.arg(failureKindWord(action.error->kind))
                                   : u"no longer a known error"_s);
    }

    Result<ActionReport> operator()(const UndoAction& action) const
    {
        const auto plan = planUndo(world.reader, action.seq);
        if (!plan)
            return tl::unexpected<Error>(plan.error());
        if (plan->refusal)
            return refused(*plan->refusal);
        const QString decision = newDecisionName();
        JsonWriter body;
        body.beginObject().field(u"decision", decision).key(u"reverts").beginArray();
        for (const std::int64_t seq : plan->seqs)
            body.value(seq);
        body.endArray();
        writeTexts(body, u"subjects", plan->subjects);
        body.field(u"reason", action.reason.isEmpty() ? std::nullopt : std::optional(action.reason)).endObject();
        auto drafts = world.reader.query<std::vector<Ledger::Draft>>(
            [&](SQLite::Database& db) { return groupUndoDrafts(db, plan->seqs, world.actor, decision); });
        if (!drafts)
            return tl::unexpected<Error>(drafts.error());
        drafts->push_back({world.actor, u"deadletter.undone"_s, body.json()});
        if (!plan->words.empty()) { // the review hears of it in its own words
            JsonWriter word;
            word.beginObject().field(u"decision", decision).key(u"reverts").beginArray();
            for (const std::int64_t seq : plan->words)
                word.value(seq);
            word.endArray()
                .field(u"reason", action.reason.isEmpty() ? std::nullopt : std::optional(action.reason))
                .field(u"formerCounts", true)
                .endObject();
            drafts->push_back({world.actor, u"review.undone"_s, word.json()});
        }
        const QString again = plan->former ? u"; counts again: "_s + *plan->former : QString();
        return append(std::move(*drafts), static_cast<std::int64_t>(plan->seqs.size()),
                      u"undone: "_s + plan->summary + again);
    }

    [[nodiscard]] static ActionReport nothing(const QString& why)
    {
        return {.changed = 0, .seq = 0, .summary = why, .refused = {}};
    }

    [[nodiscard]] static QString untilText(const ArchiveAction& action)
    {
        switch (action.until) {
        case ArchiveUntil::Forever:
            return action.future ? u"for ever, and what arrives of the same fingerprint"_s : u"for ever"_s;
        case ArchiveUntil::Escalates:
            return u"until it escalates"_s;
        case ArchiveUntil::Date:
            return u"until %1"_s.arg(formatUtc(*action.at));
        }
        return {};
    }

    [[nodiscard]] Result<ActionReport> append(std::vector<Ledger::Draft> drafts, std::int64_t changed,
                                              const QString& summary) const
    {
        if (drafts.empty())
            return ActionReport{.changed = 0, .seq = 0, .summary = u"nothing had to change"_s, .refused = {}};
        const auto events = world.ledger.append(std::move(drafts));
        if (!events)
            return tl::unexpected<Error>(events.error());
        Status status = catchUpTriage(world.ledger, world.store);
        if (status)
            status = catchUpGroups(world.ledger, world.store); // an undo of theirs
        if (!status)
            return failWithin(u"the decision is in the ledger and will be applied at the next start"_s, status.error());
        return ActionReport{.changed = changed, .seq = events->back().seq, .summary = summary, .refused = {}};
    }
};

} // namespace

QString ruleActor()
{
    return u"spillway"_s;
}

Result<ActionReport> decideAction(const DecisionWorld& world, const TriageAction& action,
                                  const std::vector<DeadLetter>& letters)
{
    const auto checked = checkedAction(action);
    if (!checked)
        return tl::unexpected<Error>(checked.error());
    const auto whole = std::visit(SubjectResolver{world.reader}, *checked);
    if (!whole)
        return tl::unexpected<Error>(whole.error());
    return std::visit(Decider{world, letters}, *whole);
}

} // namespace spillway
