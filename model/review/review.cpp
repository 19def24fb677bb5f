// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/review.h"

#include "model/base/counted.h"
#include "model/base/text.h"
#include "model/base/wordtable.h"

#include <QDateTime>
#include <QFile>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<ReviewVerdict, 5> verdictWords{{{ReviewVerdict::Replay, u"replay"},
                                                    {ReviewVerdict::FixFirst, u"fixFirst"},
                                                    {ReviewVerdict::Archive, u"archive"},
                                                    {ReviewVerdict::Assign, u"assign"},
                                                    {ReviewVerdict::Watch, u"watch"}}};
constexpr qsizetype longestText = 2'000;

Status checkLength(const QString& text, const QString& what)
{
    if (text.size() <= longestText)
        return {};
    return fail(ErrorCode::InvalidConfig,
                u"%1 is longer than %2 characters; link to the rest"_s.arg(what).arg(longestText));
}

} // namespace

QString reviewVerdictWord(ReviewVerdict verdict)
{
    return wordOf(verdictWords, verdict);
}

std::optional<ReviewVerdict> reviewVerdictFromWord(QStringView word)
{
    return valueOf(verdictWords, word);
}

QString reviewDecisionText(const ReviewDecision& decision)
{
    QString text = reviewVerdictWord(decision.verdict);
    if (!decision.note.isEmpty())
        text += u", "_s + decision.note.simplified();
    if (!decision.action.what.isEmpty())
        text += u"; "_s + decision.action.what;
    QStringList more;
    if (!decision.action.who.isEmpty())
        more += decision.action.who;
    if (decision.action.due)
        more += u"until "_s + decision.action.due->toString(Qt::ISODate);
    return more.isEmpty() ? text : text + u" ("_s + more.join(u", "_s) + u')';
}

QString reviewOutcomeText(const ReviewOutcome& outcome)
{
    QStringList parts;
    if (outcome.replaced)
        parts += u"replaces %1's: %2"_s.arg(outcome.replaced->decidedBy, reviewDecisionText(*outcome.replaced));
    if (outcome.restored > 0) {
        const bool wasArchived = outcome.replaced && outcome.replaced->verdict == ReviewVerdict::Archive;
        parts += counted(outcome.restored, u"letter"_s) + (outcome.restored == 1 ? u" is "_s : u" are "_s) +
                 (wasArchived             ? u"open again"_s
                  : outcome.restored == 1 ? u"what it was before"_s
                                          : u"what they were before"_s);
    }
    if (outcome.changed > 0)
        parts += counted(outcome.changed, u"letter"_s) + u" changed"_s;
    return parts.join(u"; "_s);
}

QStringList Review::watched() const
{
    QStringList groups;
    for (const auto& [group, decision] : decisions) {
        if (decision.verdict == ReviewVerdict::Watch)
            groups += group;
    }
    return groups;
}

const Review* ReviewBook::open() const
{
    return !reviews.empty() && reviews.back().isOpen() ? &reviews.back() : nullptr;
}

const Review* ReviewBook::lastClosed() const
{
    const auto found =
        std::find_if(reviews.rbegin(), reviews.rend(), [](const Review& review) { return !review.isOpen(); });
    return found == reviews.rend() ? nullptr : &*found;
}

const Review* ReviewBook::find(QStringView id) const
{
    const auto found =
        std::find_if(reviews.begin(), reviews.end(), [id](const Review& review) { return review.id == id; });
    return found == reviews.end() ? nullptr : &*found;
}

QStringList ReviewBook::carriedOver() const
{
    const Review* last = lastClosed();
    return last ? last->carriedOver() : QStringList();
}

UtcTime ReviewBook::since(UtcTime now, Millis fallback) const
{
    const Review* last = lastClosed();
    return last ? last->openedAt : now - fallback;
}

ReviewBook withPresentGroups(ReviewBook book, const std::function<QString(const QString&)>& presentName)
{
    const auto rename = [&](QStringList& groups) {
        for (QString& group : groups)
            group = presentName(group);
        groups.removeDuplicates();
    };
    for (Review& review : book.reviews) {
        rename(review.agenda);
        std::map<QString, ReviewDecision> decisions;
        for (auto& [old, decision] : review.decisions) {
            decision.group = presentName(old);
            const auto [known, isFirst] = decisions.emplace(decision.group, decision);
            if (isFirst)
                continue;
            if (known->second.seq < decision.seq) // groups that were merged: the newer word counts
                std::swap(known->second, decision);
            decision.endedBy = known->second.decidedBy;
            review.former.push_back(decision);
        }
        review.decisions = std::move(decisions);
        for (ReviewDecision& decision : review.former)
            decision.group = presentName(decision.group);
        std::sort(review.former.begin(), review.former.end(),
                  [](const ReviewDecision& a, const ReviewDecision& b) { return a.seq < b.seq; });
        rename(review.undecided);
        review.undecided.removeIf([&](const QString& group) { return review.decisions.contains(group); });
    }
    return book;
}

Result<ReviewDecision> readReviewWords(const ReviewWords& words, QDate today)
{
    const auto verdict = reviewVerdictFromWord(words.verdict);
    if (!verdict)
        return fail(ErrorCode::InvalidConfig,
                    u"there is no decision \"%1\"; write replay, fixFirst, archive, assign or watch"_s.arg(
                        visibleText(words.verdict.left(60))));
    ReviewDecision decision{.verdict = *verdict,
                            .note = words.note.trimmed(),
                            .action = {.what = words.action.trimmed(), .who = words.who.trimmed()}};
    for (const auto& [text, what] :
         {std::pair(decision.note, u"the note"_s), std::pair(decision.action.what, u"the action"_s),
          std::pair(decision.action.who, u"the name"_s)}) {
        if (const Status fits = checkLength(text, what); !fits)
            return tl::unexpected<Error>(fits.error());
    }
    if (!words.due.trimmed().isEmpty()) {
        const QDate due = QDate::fromString(words.due.trimmed(), Qt::ISODate);
        if (!due.isValid())
            return fail(ErrorCode::InvalidConfig,
                        u"\"%1\" is no day; write it like 2026-12-03"_s.arg(visibleText(words.due.left(60))));
        if (today.isValid() && due < today)
            return fail(ErrorCode::InvalidConfig, u"%1 is over; write a day from %2 on"_s.arg(
                                                      due.toString(Qt::ISODate), today.toString(Qt::ISODate)));
        decision.action.due = due;
    }
    if (visibleText(decision.action.who) != decision.action.who)
        return fail(ErrorCode::InvalidConfig, u"the name has characters that nobody sees (%1); write it plainly"_s.arg(
                                                  visibleText(decision.action.who.left(60))));
    if (*verdict == ReviewVerdict::Assign && decision.action.who.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"assigned to nobody; say who looks into it"_s);
    if (*verdict == ReviewVerdict::Archive && decision.note.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"letters are archived with a reason; say why in the note"_s);
    if (decision.action.what.isEmpty() && decision.action.due)
        return fail(ErrorCode::InvalidConfig, u"a day without an action; say what is to be done until then"_s);
    return decision;
}

} // namespace spillway
