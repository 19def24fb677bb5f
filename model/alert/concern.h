// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>

#include <optional>

/// What needs somebody now, as values: the rows of Overview.
namespace spillway {

enum class Severity {
    Critical, ///< P1: somebody is woken
    Warning,
    Info,
};
[[nodiscard]] QString severityWord(Severity severity); ///< critical, warning, info

/// Why a concern is listed. The order is the order of ranking within a severity: first what destroys data, then what
/// blinds us, then what users feel, then what waits.
enum class ConcernRule {
    LostToRetention,    ///< messages expired before a group read them, or dead letters before we did
    WillExpire,         ///< a group's oldest unread message expires before it is read
    PayloadExpires,     ///< a pointer's payload, which is only at its origin, expires there
    ConnectionDown,     ///< a broker cannot be reached or refuses us
    PromiseBroken,      ///< attainment below the objective
    DeadLetterAge,      ///< a letter older than dead_letter_p1_age
    GroupStopped,       ///< stopped, stalled, blocked by a transaction
    DeadLetterCount,    ///< more open letters than dead_letter_warning_count
    PromiseAtRisk,      ///< the error budget burns too fast
    TopicChanged,       ///< commits on a topic that is gone or was made anew
    ReplayUnfinished,   ///< a replay was interrupted, stopped or failed
    Misconfigured,      ///< a dead-letter topic is set up so that letters get lost or say too little
    StoreFull,          ///< the store is larger than it may be, and nothing more may be dropped
    SamplesStale,       ///< nothing was collected for more than three intervals
    GroupBehind,        ///< behind, rewound
    PromiseUnknown,     ///< a promise without any processing record
    DeadLettersWaiting, ///< open letters below both thresholds
    LettersLeave,       ///< the broker deletes letters soon; their bytes are stored here
};
[[nodiscard]] QString
concernRuleWord(ConcernRule rule); ///< lostToRetention, willExpire, …; stable, part of a concern's id

enum class ConcernScreen { Connections, Lag, Slo, DeadLetters, Replays, Setup };

/// The one thing to do, as a place in the desktop and as a command.
struct ConcernAction
{
    ConcernScreen screen = ConcernScreen::Lag;
    QString filter; ///< Lag: the group; Slo: `consumer eventType`; DeadLetters: a query; Replays: the job; Connections:
                    ///< the name; Setup: the finding
    QString label;  ///< English, a verb first: "Review 2 410 letters"
    QString command;      ///< what does the same in a shell, quoted for it
    bool rescues = false; ///< a deed, not a place: copies the payloads of the pointers that `filter` finds
    friend bool operator==(const ConcernAction&, const ConcernAction&) = default;
};

struct Concern
{
    QString id; ///< rule and subject; the same as long as the concern lasts
    ConcernRule rule = ConcernRule::GroupBehind;
    Severity severity = Severity::Info;
    QString summary;              ///< one English sentence without its full stop; names made visible
    QString evidence;             ///< the numbers it rests on, separated by middle dots
    std::optional<QString> team;  ///< nullopt: nobody owns it
    QString oncall;               ///< rotation of that team; empty when unknown
    QString channel;              ///< its channel; empty when unknown
    std::optional<UtcTime> since; ///< nullopt: not known
    std::optional<UtcTime>
        until; ///< when it gets worse: data expires, P1 begins, the budget is spent; nullopt: not known
    ConcernAction action;
    friend bool operator==(const Concern&, const Concern&) = default;
};

} // namespace spillway
