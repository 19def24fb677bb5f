// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "model/broker/capabilities.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/doctor.h"
#include "model/job/jobstate.h"
#include "model/lag/lagqueries.h"
#include "model/slo/sloqueries.h"

#include <vector>

namespace spillway {

/// A consumer group as a whole: its worst partition's state and the sums.
struct GroupFinding
{
    QString connection;
    QString group;
    std::optional<QString> team;
    LagState state = LagState::Unknown;
    std::optional<std::int64_t> lag;    ///< messages
    std::optional<std::int64_t> lost;   ///< messages that expired unread
    std::optional<Millis> oldestUnread; ///< at least this old
    std::optional<Millis> drainsIn;     ///< while the lag shrinks
    std::optional<Millis> expiresIn;    ///< until the oldest unread message reaches its retention
    bool isGrowing = false;
    std::optional<UtcTime> since; ///< when it came into this state
};

/// A (consumer, event) with what was promised and what was kept.
struct PromiseFinding
{
    QString consumer;
    QString eventType;
    std::optional<QString> team;
    SloState state = SloState::NoData;
    std::int64_t total = 0;
    std::int64_t good = 0;
    std::optional<double> attainment; ///< good / total
    std::optional<double> objective;
    std::optional<double> targetMs;
    std::optional<double> budgetRemaining; ///< 1 untouched, 0 spent, negative overdrawn
    std::optional<double> burnRate1h;
    Millis window{24 * 3'600'000};
};

/// Open dead letters of one (team, event type).
struct LetterFinding
{
    std::optional<QString> team;
    std::optional<QString> eventType;
    std::int64_t open = 0;
    std::optional<UtcTime> oldestAt; ///< when the oldest open one was dead-lettered, or first seen
    bool isOldestAtLeast = false;    ///< the age is a lower bound
};

struct ReplayFinding
{
    QString job;
    JobState state = JobState::Interrupted;
    QString target; ///< topic, or empty when several
    std::int64_t messages = 0;
    std::int64_t sent = 0;
    std::optional<UtcTime> since;
};

/// The store's file against `retention.max_size`.
struct StoreFinding
{
    std::int64_t usedBytes = 0;
    std::int64_t maxBytes = 0;
    std::int64_t openLetters = 0; ///< that stay, whatever the size
};

struct CollectionFinding
{
    std::optional<UtcTime> lastSampleAt; ///< nullopt: nothing was sampled yet
    Millis sampleInterval{15'000};       ///< the longest of the workspace's
    bool hasConnections = true;
};

/// What the lag screen's row of a group says, for the ranking. What that row does not know (`expiresIn`, `since`) stays
/// unknown.
[[nodiscard]] GroupFinding findingOf(const LagGroupRow& row);
/// What the SLO screen's row says; `window` is the one it was asked for.
[[nodiscard]] PromiseFinding findingOf(const SloRow& row, Millis window);

/// Everything the ranking looks at. What is not known is left out, not set to zero.
struct OverviewFacts
{
    std::vector<ConnectionHealth> connections;
    std::vector<GroupFinding> groups;
    std::vector<PromiseFinding> promises;
    std::vector<LetterFinding> letters;
    std::vector<ReplayFinding> replays;
    std::vector<ChannelOutlook> channels; ///< of the last sample
    std::vector<DoctorFinding> setup;     ///< what is set up wrongly
    std::optional<StoreFinding> store;
    CollectionFinding collection;
};

/// The ranked list: by severity, then by rule in the order of `ConcernRule`, then by how bad it is, then by name.
/// Healthy things give no concern; an empty list says that nothing needs anybody.
///  - Letters (the article's thresholds): one older than `deadLetterP1Age` is critical and hides the count's warning of
///  the same
///    (team, event type); more than `deadLetterWarningCount` is a warning; fewer and younger are information.
///  - A broken promise is critical while its budget burns 14.4 times too fast or more (SRE Workbook, table 5-8: a
///  page), else a warning.
///  - A group is critical when messages were lost, or when what is unread expires before it can be read.
/// Pure; any thread.
[[nodiscard]] std::vector<Concern> rankConcerns(const OverviewFacts& facts, const Catalog& catalog,
                                                const AlertThresholds& thresholds, UtcTime now);

} // namespace spillway
