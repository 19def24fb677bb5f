// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <optional>
#include <vector>

/// A person's decision on letters: first an event `deadletter.triaged` in the ledger, then true. Other decisions on
/// letters and groups (triagedecisions.h) are applied by the same projection, in the ledger's order.
namespace spillway {

struct TriageRequest
{
    TriageState to = TriageState::New;
    QString reason;                  ///< required; kept in the ledger for ever
    std::optional<QString> assignee; ///< who has it from now on; empty takes it from whoever has it; nullopt leaves it
    friend bool operator==(const TriageRequest&, const TriageRequest&) = default;
};

/// A letter that the request does not fit, and why.
struct TriageRefusal
{
    QString letterId;
    QString why;
    friend bool operator==(const TriageRefusal&, const TriageRefusal&) = default;
};

/// What a request would do to a frozen list of letters.
struct TriagePlan
{
    TriageRequest request;
    std::vector<QString> letterIds;     ///< that change, in the order given
    std::int64_t unchanged = 0;         ///< already so
    std::vector<TriageRefusal> refused; ///< to be said; the others can go on
    QStringList groups;                 ///< of the letters that change, each once, as they are called now
    friend bool operator==(const TriagePlan&, const TriagePlan&) = default;
};

/// Whether a person may move a letter so. planned, sent, failedAgain and unknown are a replay's words; a letter that a
/// job holds (planned) is the job's until it is over.
[[nodiscard]] bool isTriageAllowed(TriageState from, TriageState to);

/// The request behind the words of a command. InvalidConfig with what to write instead: an unknown state, a replay's
/// state, no reason, an assignment to nobody.
[[nodiscard]] Result<TriageRequest> readTriageRequest(const QString& toWord, const QString& reason,
                                                      const std::optional<QString>& assignee);

/// Pure. `assigned` needs somebody: the request's assignee, or the one the letter has.
[[nodiscard]] TriagePlan planTriage(const TriageRequest& request, const std::vector<DeadLetter>& letters);

/// A name for a new decision: what belongs together in the ledger is taken back together.
[[nodiscard]] QString newDecisionName();

/// The ledger's events for a plan: at most 5 000 letters each. Empty when nothing changes.
/// @param decision  empty: a new one.
[[nodiscard]] std::vector<Ledger::Draft> triageDrafts(const TriagePlan& plan, const QString& actor,
                                                      const QString& decision = {});

/// Type of the event in which a rescue says that what letters point to is gone. Their state is a decision like a
/// person's: this projection applies it where it stands among those, whoever else applied it already.
inline const QString lostLettersType = QStringLiteral("deadletter.lost");

/// Type of the event in which a review decides on a group. It stands in the book of decisions beside what it did to
/// letters, under the same name, so that both are taken back together.
inline const QString reviewWordType = QStringLiteral("review.decided");

/// Name in the table `projection`.
[[nodiscard]] QString triageProjectionName();

/// Applies a `deadletter.*` event of people's decisions, or a review's word; other events change nothing. Applying
/// again is harmless. Corrupt when the body is not what its type says. Inside a transaction that also saves the applied
/// seq.
[[nodiscard]] Status applyTriageEvent(Database& database, const LedgerEvent& event);

/// Applies what the projection lacks of the ledger, oldest first, and saves how far it came. Blocking; any thread but
/// the UI's.
[[nodiscard]] Status catchUpTriage(const Ledger& ledger, StoreWriter& store);

/// Decides: appends the plan's events, then applies them. An error after the append leaves them true: `catchUpTriage`
/// applies them.
/// @return how many letters changed.
[[nodiscard]] Result<std::int64_t> decideTriage(Ledger& ledger, StoreWriter& store, const TriagePlan& plan,
                                                const QString& actor);

} // namespace spillway
