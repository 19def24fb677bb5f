// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/review/review.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

// Bodies, for ever:
//   review.opened   { review, since, participants: [], agenda: [group ids] }
//   review.decided  { review, group, title, open, verdict, note, action, who, due (day or null),
//                     decision (the name that it shares with what it did to letters; the first ones have none) }
//                   A later one on the same group replaces it. What the former did to letters is taken back by a
//                   deadletter.undone that is written together with it.
//   review.undone   { decision, reverts: [seqs of review.decided], reason (or null),
//                     formerCounts (the first ones have none) }: said no longer. Where formerCounts is true, the word
//                   that it replaced counts again, if there was one; else the group waits. Written together with the
//                   deadletter.undone that does the same with what both did to letters.
//   review.closed   { review, undecided: [group ids] }
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString openedType = u"review.opened"_s;
const QString decidedType = u"review.decided"_s;
const QString undoneType = u"review.undone"_s;
const QString closedType = u"review.closed"_s;
constexpr int eventsPerRead = 1'000;
constexpr qsizetype mostParticipants = 100;
constexpr qsizetype longestName = 200;

tl::unexpected<Error> corrupt(const LedgerEvent& event)
{
    return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(event.type));
}

Status applyOpened(ReviewBook& book, const LedgerEvent& event, const QJsonObject& body)
{
    const auto since = parseRfc3339(body["since"_L1].toString().toUtf8());
    if (!since || body["review"_L1].toString().isEmpty())
        return corrupt(event);
    book.reviews.push_back({.id = body["review"_L1].toString(),
                            .openedAt = event.at,
                            .openedBy = event.actor,
                            .since = *since,
                            .participants = textsFrom(body["participants"_L1]),
                            .agenda = textsFrom(body["agenda"_L1])});
    return {};
}

Status applyDecided(Review& review, const LedgerEvent& event, const QJsonObject& body)
{
    const auto verdict = reviewVerdictFromWord(body["verdict"_L1].toString());
    const QString group = body["group"_L1].toString();
    if (!verdict || group.isEmpty())
        return corrupt(event);
    ReviewDecision decision{.seq = event.seq,
                            .decision = body["decision"_L1].toString(),
                            .group = group,
                            .title = body["title"_L1].toString(),
                            .open = body["open"_L1].toInteger(),
                            .verdict = *verdict,
                            .note = body["note"_L1].toString(),
                            .action = {.what = body["action"_L1].toString(), .who = body["who"_L1].toString()},
                            .decidedBy = event.actor,
                            .decidedAt = event.at};
    if (body["due"_L1].isString())
        decision.action.due = QDate::fromString(body["due"_L1].toString(), Qt::ISODate);
    if (const auto former = review.decisions.find(group); former != review.decisions.end()) {
        former->second.endedBy = event.actor;
        decision.replaces = former->second.seq;
        review.former.push_back(std::move(former->second));
    }
    review.decisions[group] = std::move(decision);
    return {};
}

/// The word that `undone` replaced, or where that was taken back the one before it, counts again.
/// @return whether there is one.
bool restoreFormer(Review& review, const ReviewDecision& undone)
{
    std::int64_t seq = undone.replaces;
    while (seq != 0) {
        const auto found = std::find_if(review.former.begin(), review.former.end(),
                                        [seq](const ReviewDecision& each) { return each.seq == seq; });
        if (found == review.former.end())
            return false;
        if (!found->isTakenBack) {
            ReviewDecision again = std::move(*found);
            review.former.erase(found);
            again.endedBy.clear();
            review.decisions[again.group] = std::move(again);
            return true;
        }
        seq = found->replaces;
    }
    return false;
}

/// Of a review that is closed too: a group without a word is carried over then.
void takeBack(Review& review, std::int64_t seq, const QString& actor, bool formerCounts)
{
    const auto found = std::find_if(review.decisions.begin(), review.decisions.end(),
                                    [seq](const auto& each) { return each.second.seq == seq; });
    if (found == review.decisions.end()) {
        for (ReviewDecision& former : review.former) {
            if (former.seq == seq) {
                former.endedBy = actor;
                former.isTakenBack = true;
            }
        }
        return;
    }
    ReviewDecision decision = std::move(found->second);
    review.decisions.erase(found);
    const bool isRestored = formerCounts && restoreFormer(review, decision);
    if (review.closedAt && !isRestored && !review.undecided.contains(decision.group))
        review.undecided += decision.group;
    decision.endedBy = actor;
    decision.isTakenBack = true;
    review.former.push_back(std::move(decision));
}

Status applyUndone(ReviewBook& book, const LedgerEvent& event, const QJsonObject& body)
{
    if (!body["reverts"_L1].isArray())
        return corrupt(event);
    for (const QJsonValue& seq : body["reverts"_L1].toArray()) {
        for (Review& review : book.reviews)
            takeBack(review, seq.toInteger(), event.actor, body["formerCounts"_L1].toBool());
    }
    return {};
}

Status apply(ReviewBook& book, const LedgerEvent& event)
{
    if (event.type != openedType && event.type != decidedType && event.type != undoneType && event.type != closedType)
        return {};
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    if (event.type == openedType)
        return applyOpened(book, event, body);
    if (event.type == undoneType)
        return applyUndone(book, event, body);
    if (book.reviews.empty() || book.reviews.back().id != body["review"_L1].toString() || !book.open())
        return corrupt(event);
    Review& review = book.reviews.back();
    if (event.type == decidedType)
        return applyDecided(review, event, body);
    review.closedAt = event.at;
    review.undecided = textsFrom(body["undecided"_L1]);
    return {};
}

/// Names stand in the ledger for ever and in the head of the minutes.
Status checkParticipants(const QStringList& names)
{
    if (names.size() > mostParticipants)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 people are too many to be named; at most %2"_s.arg(names.size()).arg(mostParticipants));
    for (const QString& name : names) {
        const QString shown = visibleText(name.left(60));
        if (name.trimmed().isEmpty())
            return fail(ErrorCode::InvalidConfig, u"somebody who is there has no name; write it, or leave it out"_s);
        if (name.size() > longestName)
            return fail(ErrorCode::InvalidConfig,
                        u"the name \"%1…\" is longer than %2 characters"_s.arg(shown).arg(longestName));
        if (visibleText(name) != name)
            return fail(ErrorCode::InvalidConfig,
                        u"the name \"%1\" has characters that nobody sees; write it plainly"_s.arg(shown));
    }
    return {};
}

Result<const Review*> openReview(const ReviewBook& book)
{
    if (const Review* review = book.open())
        return review;
    return fail(ErrorCode::InvalidConfig, u"no review is open; begin one with: spillwayctl review open"_s);
}

} // namespace

Result<ReviewBook> readReviews(const std::vector<LedgerEvent>& events)
{
    ReviewBook book;
    for (const LedgerEvent& event : events) {
        if (const Status applied = apply(book, event); !applied)
            return tl::unexpected<Error>(applied.error());
    }
    return book;
}

Result<ReviewBook> readReviewsFrom(const QString& ledgerFile)
{
    if (!QFile::exists(ledgerFile))
        return ReviewBook{};
    std::vector<LedgerEvent> all;
    for (std::int64_t after = 0;;) {
        auto events = readLedger(ledgerFile, after, eventsPerRead, u"review."_s);
        if (!events)
            return tl::unexpected<Error>(events.error());
        if (events->empty())
            return readReviews(all);
        after = events->back().seq;
        std::move(events->begin(), events->end(), std::back_inserter(all));
    }
}

Result<OpeningDraft> openingDraft(const ReviewBook& book, const ReviewOpening& opening, const QString& actor,
                                  UtcTime now)
{
    if (const Review* open = book.open())
        return fail(ErrorCode::Conflict,
                    u"the review %1 is still open; close it first with: spillwayctl review close"_s.arg(open->id));
    if (const Status named = checkParticipants(opening.participants); !named)
        return tl::unexpected<Error>(named.error());
    const QString day = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date().toString(Qt::ISODate);
    QString id = u"r-"_s + day;
    for (int number = 2; book.find(id); ++number)
        id = u"r-%1-%2"_s.arg(day).arg(number);
    JsonWriter body;
    body.beginObject().field(u"review", id).field(u"since", opening.since);
    writeTexts(body, u"participants", opening.participants);
    writeTexts(body, u"agenda", opening.agenda);
    body.endObject();
    return OpeningDraft{{actor, openedType, body.json()}, id};
}

Result<Ledger::Draft> decisionDraft(const ReviewBook& book, const ReviewDecision& decision, const QString& actor)
{
    const auto review = openReview(book);
    if (!review)
        return tl::unexpected<Error>(review.error());
    JsonWriter body;
    body.beginObject()
        .field(u"review", (*review)->id)
        .field(u"group", decision.group)
        .field(u"title", decision.title)
        .field(u"open", decision.open)
        .field(u"verdict", reviewVerdictWord(decision.verdict))
        .field(u"note", decision.note)
        .field(u"action", decision.action.what)
        .field(u"who", decision.action.who)
        .field(u"due", decision.action.due ? std::optional(decision.action.due->toString(Qt::ISODate)) : std::nullopt);
    if (!decision.decision.isEmpty())
        body.field(u"decision", decision.decision);
    body.endObject();
    return Ledger::Draft{actor, decidedType, body.json()};
}

Result<Ledger::Draft> closingDraft(const ReviewBook& book, const QStringList& undecided, const QString& actor)
{
    const auto review = openReview(book);
    if (!review)
        return tl::unexpected<Error>(review.error());
    JsonWriter body;
    body.beginObject().field(u"review", (*review)->id);
    writeTexts(body, u"undecided", undecided);
    body.endObject();
    return Ledger::Draft{actor, closedType, body.json()};
}

} // namespace spillway
