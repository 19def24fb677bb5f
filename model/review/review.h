// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/ledger/ledger.h"

#include <QDate>
#include <QStringList>

#include <functional>
#include <map>
#include <optional>
#include <vector>

/// The weekly meeting about dead letters, as events in the ledger and what follows from them. There is at most one open
/// review; a group gets one decision in it, the last one counts.
namespace spillway {

enum class ReviewVerdict {
    Replay,   ///< publish again; somebody does it
    FixFirst, ///< consumer, producer or schema first, then edit or replay
    Archive,  ///< not to be replayed; its open letters are archived
    Assign,   ///< somebody looks into it; its open letters are assigned
    Watch,    ///< stays open until the next review, which it is carried over to
};
[[nodiscard]] QString reviewVerdictWord(ReviewVerdict verdict); ///< replay, fixFirst, archive, assign, watch
[[nodiscard]] std::optional<ReviewVerdict> reviewVerdictFromWord(QStringView word);

/// What somebody is to do until when.
struct ReviewAction
{
    QString what; ///< empty: nothing to do
    QString who;
    std::optional<QDate> due;
    friend bool operator==(const ReviewAction&, const ReviewAction&) = default;
};

/// The meeting's word on one group.
struct ReviewDecision
{
    std::int64_t seq = 0; ///< of its event; 0: not in the ledger yet
    QString decision;     ///< the name that it shares with what it did to letters; empty: of a version without names
    QString group;        ///< id
    QString title;        ///< as it was then
    std::int64_t open = 0;
    ReviewVerdict verdict = ReviewVerdict::Watch;
    QString note;
    ReviewAction action;
    QString decidedBy;
    UtcTime decidedAt;
    QString endedBy;           ///< who replaced it or took it back; empty: it counts
    bool isTakenBack = false;  ///< and nothing was said instead
    std::int64_t replaces = 0; ///< seq of the word on the group that it replaced; 0: there was none
    friend bool operator==(const ReviewDecision&, const ReviewDecision&) = default;
};
/// "archive, test data; stop the test (kim, until 2026-12-03)": a word on one line, as it was written.
[[nodiscard]] QString reviewDecisionText(const ReviewDecision& decision);

struct Review
{
    QString id;
    UtcTime openedAt;
    QString openedBy;
    UtcTime since; ///< what came after this is "since last review"
    QStringList participants;
    QStringList agenda;                          ///< ids of groups, as it stood when it was opened
    std::map<QString, ReviewDecision> decisions; ///< by group
    std::vector<ReviewDecision> former;          ///< words that count no longer, oldest first
    std::optional<UtcTime> closedAt;
    QStringList undecided; ///< groups with open letters, when it was closed; and those whose word was taken back since

    [[nodiscard]] bool isOpen() const { return !closedAt; }
    /// Groups that it decided to watch, in order.
    [[nodiscard]] QStringList watched() const;
    /// What it left to the next one, once it is closed: undecided groups, then those to be watched.
    [[nodiscard]] QStringList carriedOver() const { return undecided + watched(); }
};

/// All reviews, oldest first.
struct ReviewBook
{
    std::vector<Review> reviews;

    [[nodiscard]] const Review* open() const;       ///< null: none is under way
    [[nodiscard]] const Review* lastClosed() const; ///< null: there was none
    [[nodiscard]] const Review* find(QStringView id) const;
    /// Groups that the last closed review left undecided or wanted to watch: the next one begins with them.
    [[nodiscard]] QStringList carriedOver() const;
    /// Since when things are new: the last closed review's opening, else `fallback` before now.
    [[nodiscard]] UtcTime since(UtcTime now, Millis fallback) const;
};

inline constexpr Millis reviewInterval{7LL * 24 * 3'600'000}; ///< weekly

/// Folds the ledger's `review.*` events, oldest first; others are passed over. Corrupt names an event that is not what
/// its type says. Pure.
[[nodiscard]] Result<ReviewBook> readReviews(const std::vector<LedgerEvent>& events);
/// The book with every group under the name it bears now: groups that were merged since are one, and the newer decision
/// counts. Pure.
/// @param presentName  what an id means now; `effectiveGroup`.
[[nodiscard]] ReviewBook withPresentGroups(ReviewBook book, const std::function<QString(const QString&)>& presentName);

/// The same from the ledger's file, without its writer. No file: no reviews. Blocking.
[[nodiscard]] Result<ReviewBook> readReviewsFrom(const QString& ledgerFile);

struct ReviewOpening
{
    QStringList participants;
    QStringList agenda;
    UtcTime since;
};
/// @return the event that opens it and the review's id, `r-2026-11-26` (`-2` for a second one that day).
/// Conflict names the review that is still open; InvalidConfig: a name that is none, or more than a hundred.
struct OpeningDraft
{
    Ledger::Draft draft;
    QString id;
};
[[nodiscard]] Result<OpeningDraft> openingDraft(const ReviewBook& book, const ReviewOpening& opening,
                                                const QString& actor, UtcTime now);

/// What a person says about a group: words as they were written.
struct ReviewWords
{
    QString verdict;
    QString note;
    QString action;
    QString who;
    QString due; ///< 2026-12-03, or empty
    /// Seq of the word on the group that the decider knows of; 0: none; nullopt: replaces whatever there is.
    std::optional<std::int64_t> seen;
    friend bool operator==(const ReviewWords&, const ReviewWords&) = default;
};
/// InvalidConfig with what to write instead: an unknown verdict, a verdict without the note or name it needs, a day
/// that is none or is over, a text over 2 000 characters, a name with control characters.
/// @param today  as the people of the meeting have it; an invalid date: no day is over.
[[nodiscard]] Result<ReviewDecision> readReviewWords(const ReviewWords& words, QDate today = {});

/// What became of a decision.
struct ReviewOutcome
{
    std::int64_t seq = 0;     ///< of the word's event
    std::int64_t changed = 0; ///< letters that it moved
    /// Letters that the word before had moved, nobody decided on since, and this one leaves: they are what they were.
    std::int64_t restored = 0;
    std::optional<ReviewDecision> replaced; ///< the word before
    friend bool operator==(const ReviewOutcome&, const ReviewOutcome&) = default;
};
/// "replaces bob's: assign, look (kim); 20 letters are open again; 3 letters changed"; empty: nothing to add.
[[nodiscard]] QString reviewOutcomeText(const ReviewOutcome& outcome);

/// InvalidConfig when no review is open.
[[nodiscard]] Result<Ledger::Draft> decisionDraft(const ReviewBook& book, const ReviewDecision& decision,
                                                  const QString& actor);
/// @param undecided  groups with open letters that have no word
[[nodiscard]] Result<Ledger::Draft> closingDraft(const ReviewBook& book, const QStringList& undecided,
                                                 const QString& actor);

} // namespace spillway
