// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/reviewoperations.h"

#include "app/console/reviews.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<QString> ReviewOperations::open(const QStringList& participants, std::stop_token stop)
{
    const std::lock_guard lock(m_mutex);
    const auto known = book();
    if (!known)
        return tl::unexpected(known.error());
    auto reader = Database::open(m_world.context.samplesFile(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected(reader.error());
    const UtcTime now = m_world.clock.now();
    const auto sheet = readReviewSheet(*reader, m_world.context, now, stop);
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

Result<std::int64_t> ReviewOperations::decide(const QString& group, const ReviewWords& words, const AnswerSink& sink,
                                              std::stop_token stop)
{
    auto decision = readReviewWords(words);
    if (!decision)
        return tl::unexpected(decision.error());
    QString reviewId;
    {
        const std::lock_guard lock(m_mutex);
        const auto known = book();
        if (!known)
            return tl::unexpected(known.error());
        auto reader = Database::open(m_world.context.samplesFile(), Database::Access::Reader);
        if (!reader)
            return tl::unexpected(reader.error());
        const auto groups = deadLetterGroups(*reader, Query{}, m_world.clock.now(), stop);
        if (!groups)
            return tl::unexpected(groups.error());
        const auto found =
            std::find_if(groups->begin(), groups->end(), [&](const DeadLetterGroup& one) { return one.id == group; });
        if (found == groups->end())
            return fail(ErrorCode::NotFound,
                        u"there is no group \"%1\"; see: spillwayctl review agenda"_s.arg(group.left(60)));
        decision->group = found->id;
        decision->title = m_world.context.masker.text(found->title, MaskPurpose::Report); // it stays for ever
        decision->open = found->openCount;
        auto draft = decisionDraft(*known, *decision, m_world.actor);
        if (!draft)
            return tl::unexpected(draft.error());
        reviewId = known->open()->id;
        if (const auto appended = m_world.ledger.append({std::move(*draft)}); !appended)
            return tl::unexpected(appended.error());
    }
    const bool archives = decision->verdict == ReviewVerdict::Archive;
    if (!archives && decision->verdict != ReviewVerdict::Assign)
        return 0;
    // Open letters that no replay holds; what the group has besides is already decided.
    const LetterSelection openLetters{
        .ids = {},
        .query = u"group:%1 -state:archived -state:resolved -state:lost -state:planned -state:sent"_s.arg(group)};
    const TriageRequest request{.to = archives ? TriageState::Archived : TriageState::Assigned,
                                .reason = decision->note.isEmpty() ? u"review %1"_s.arg(reviewId)
                                                                   : u"review %1: %2"_s.arg(reviewId, decision->note),
                                .assignee = archives ? std::nullopt : std::optional(decision->action.who)};
    const auto moved = m_world.triage(openLetters, request, sink, stop);
    if (!moved)
        return failWithin(u"the decision is noted, but its letters were not moved"_s, moved.error());
    return moved;
}

Result<Review> ReviewOperations::close()
{
    const std::lock_guard lock(m_mutex);
    const auto known = book();
    if (!known)
        return tl::unexpected(known.error());
    auto draft = closingDraft(*known, m_world.actor);
    if (!draft)
        return tl::unexpected(draft.error());
    if (const auto appended = m_world.ledger.append({std::move(*draft)}); !appended)
        return tl::unexpected(appended.error());
    const auto closed = book();
    if (!closed)
        return tl::unexpected(closed.error());
    return *closed->lastClosed();
}

} // namespace spillway
