// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/reviewoperations.h"

#include "app/console/letterselection.h"
#include "app/console/reviews.h"
#include "model/base/text.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"

#include <QDateTime>

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The meeting's day, where its people are.
QDate dayOf(UtcTime now)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(now)).date();
}

/// Whether a review's word moves letters that are so: open ones that no replay holds or has sent.
bool isMoved(TriageState state)
{
    return isOpen(state) && state != TriageState::Planned && state != TriageState::Sent;
}

/// The letters of a group as they are once the word before is taken back.
struct Letters
{
    std::map<QString, LetterStanding> restored; ///< those that change by that alone
    std::set<QString> away;                     ///< of these, those that are not open now
    std::vector<DeadLetter> open;               ///< for the new word to move
};

Result<Letters> lettersFor(Database& reader, const QString& group, const QString& formerDecision, UtcTime now,
                           std::stop_token stop)
{
    Letters letters;
    if (!formerDecision.isEmpty()) {
        auto before = reader.query<std::map<QString, LetterStanding>>(
            [&](SQLite::Database& db) { return standingsBefore(db, formerDecision); });
        if (!before)
            return tl::unexpected(before.error());
        letters.restored = std::move(*before);
    }
    // Archived ones, which may be many, are only read where a word may have archived them.
    const QString query = formerDecision.isEmpty()
                              ? u"group:%1 -state:archived -state:resolved -state:lost -state:planned -state:sent"_s
                              : u"group:%1"_s;
    auto members = selectedLetters(reader, {.ids = {}, .query = query.arg(group)}, now, stop);
    if (!members)
        return tl::unexpected(members.error());
    for (DeadLetter& letter : *members) {
        if (const auto restored = letters.restored.find(letter.id); restored != letters.restored.end()) {
            if (!isOpen(letter.state) && isOpen(restored->second.state))
                letters.away.insert(letter.id);
            letter.state = restored->second.state;
            letter.assignee = restored->second.assignee;
        }
        if (isMoved(letter.state))
            letters.open.push_back(std::move(letter));
    }
    return letters;
}

QString conflictText(const ReviewDecision& other)
{
    return u"%1 decided at %2: %3; look at it, then decide again"_s.arg(other.decidedBy, formatUtc(other.decidedAt),
                                                                        reviewDecisionText(other));
}

} // namespace

Result<QString> ReviewOperations::open(const QStringList& participants, std::stop_token stop)
{
    const std::lock_guard lock(m_world.deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto known = presentBook(*database, m_world.context);
    if (!known)
        return tl::unexpected(known.error());
    const UtcTime now = m_world.clock.now();
    const auto sheet = readReviewSheet(*database, m_world.context, now, stop);
    if (!sheet)
        return tl::unexpected(sheet.error());
    ReviewOpening opening{.participants = participants, .agenda = {}, .since = known->since(now, reviewInterval)};
    for (const AgendaItem& item : sheet->agenda)
        opening.agenda += item.activity.group.id;
    auto draft = openingDraft(*known, opening, m_world.actor, now);
    if (!draft)
        return tl::unexpected(draft.error());
    if (const auto appended = m_world.ledger.append({std::move(draft->draft)}); !appended)
        return tl::unexpected(appended.error());
    return draft->id;
}

Result<ReviewOutcome> ReviewOperations::decide(const QString& group, const ReviewWords& words, const AnswerSink& sink,
                                               std::stop_token stop)
{
    const UtcTime now = m_world.clock.now();
    auto decision = readReviewWords(words, dayOf(now));
    if (!decision)
        return tl::unexpected(decision.error());
    const std::lock_guard lock(m_world.deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto known = presentBook(*database, m_world.context);
    if (!known)
        return tl::unexpected(known.error());
    const auto groups = deadLetterGroups(*database, Query{}, now, stop);
    if (!groups)
        return tl::unexpected(groups.error());
    const auto found =
        std::find_if(groups->begin(), groups->end(), [&](const DeadLetterGroup& one) { return one.id == group; });
    if (found == groups->end())
        return fail(ErrorCode::NotFound,
                    u"there is no group \"%1\"; see: spillwayctl review agenda"_s.arg(group.left(60)));
    ReviewOutcome outcome;
    if (const Review* review = known->open()) {
        if (const auto before = review->decisions.find(group); before != review->decisions.end()) {
            outcome.replaced = before->second;
            maskWord(*outcome.replaced, m_world.context.masker); // it is only told
        }
    }
    if (outcome.replaced && words.seen && outcome.replaced->seq != *words.seen)
        return fail(ErrorCode::Conflict, conflictText(*outcome.replaced));

    const QString former = outcome.replaced ? outcome.replaced->decision : QString();
    const auto letters = lettersFor(*database, group, former, now, stop);
    if (!letters)
        return tl::unexpected(letters.error());
    decision->decision = newDecisionName();
    decision->group = found->id;
    decision->title = m_world.context.masker.text(found->title, MaskPurpose::Report); // it stays for ever
    decision->open = std::ssize(letters->open);
    auto word = decisionDraft(*known, *decision, m_world.actor);
    if (!word)
        return tl::unexpected(word.error());

    // One append: whoever dies has said and done all of it, or nothing.
    std::vector<Ledger::Draft> drafts;
    if (!former.isEmpty()) {
        auto takenBack = database->query<std::optional<Ledger::Draft>>([&](SQLite::Database& db) {
            return replacementDraft(db, former, m_world.actor, u"the review decided anew"_s);
        });
        if (!takenBack)
            return tl::unexpected(takenBack.error());
        if (*takenBack)
            drafts.push_back(std::move(**takenBack));
    }
    drafts.push_back(std::move(*word));
    const std::size_t placeOfWord = drafts.size() - 1;
    std::set<QString> moved;
    const bool archives = decision->verdict == ReviewVerdict::Archive;
    if (archives || decision->verdict == ReviewVerdict::Assign) {
        const QString id = known->open()->id;
        const TriagePlan plan = planTriage(
            {.to = archives ? TriageState::Archived : TriageState::Assigned,
             .reason = decision->note.isEmpty() ? u"review %1"_s.arg(id) : u"review %1: %2"_s.arg(id, decision->note),
             .assignee = archives ? std::nullopt : std::optional(decision->action.who)},
            letters->open);
        for (const TriageRefusal& refusal : plan.refused)
            sink.note(refusal.letterId + u": "_s + refusal.why);
        moved.insert(plan.letterIds.begin(), plan.letterIds.end());
        for (Ledger::Draft& draft : triageDrafts(plan, m_world.actor, decision->decision))
            drafts.push_back(std::move(draft));
    }
    const auto events = m_world.ledger.append(std::move(drafts));
    if (!events)
        return tl::unexpected(events.error());
    if (const Status applied = catchUpTriage(m_world.ledger, m_world.samples); !applied)
        return failWithin(u"the decision is in the ledger and will be applied at the next start"_s, applied.error());
    outcome.seq = (*events)[placeOfWord].seq;
    outcome.changed = std::ssize(moved);
    const bool wasArchived = outcome.replaced && outcome.replaced->verdict == ReviewVerdict::Archive;
    for (const auto& [id, standing] : letters->restored)
        outcome.restored += !moved.contains(id) && (!wasArchived || letters->away.contains(id)) ? 1 : 0;
    return outcome;
}

Result<Review> ReviewOperations::close(std::stop_token stop)
{
    const std::lock_guard lock(m_world.deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto known = presentBook(*database, m_world.context);
    if (!known)
        return tl::unexpected(known.error());
    const auto sheet = readReviewSheet(*database, m_world.context, m_world.clock.now(), stop);
    if (!sheet)
        return tl::unexpected(sheet.error());
    const Review* open = known->open();
    auto draft = closingDraft(*known, open ? undecidedGroups(sheet->agenda, *open) : QStringList(), m_world.actor);
    if (!draft)
        return tl::unexpected(draft.error());
    if (const auto appended = m_world.ledger.append({std::move(*draft)}); !appended)
        return tl::unexpected(appended.error());
    const auto closed = presentBook(*database, m_world.context);
    if (!closed)
        return tl::unexpected(closed.error());
    return *closed->lastClosed();
}

} // namespace spillway
