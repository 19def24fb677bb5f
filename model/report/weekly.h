// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replayjobs.h"
#include "model/report/document.h"
#include "model/review/agenda.h"
#include "model/workspace/workspace.h"

#include <map>

/// The weekly dead-letter report, which is also the minutes of a review: values in, a document out.
namespace spillway::report {

/// How many letters people moved to a state in the period.
struct DecisionCount
{
    QString state;
    QString actor;
    std::int64_t letters = 0;
    friend bool operator==(const DecisionCount&, const DecisionCount&) = default;
};

struct WeeklyFacts
{
    QString workspace;
    Environment environment = Environment::Development;
    ReviewPeriod period;
    UtcTime madeAt;
    DeadLetterTotals totals; ///< now
    std::vector<GroupActivity> activity;
    std::vector<AgendaItem> agenda; ///< groups with open letters
    std::vector<TeamActivity> teams;
    std::vector<DecisionCount> decisions; ///< by people and rules, in the period; taken back ones are not counted
    std::vector<ReplayJobRow> replays;    ///< made in the period, newest first
    std::optional<Review> review;         ///< whose minutes these are
    std::vector<BarChart> charts;         ///< arrivals
};

/// What is asked.
struct WeeklyQuestion
{
    QString workspace;
    Environment environment = Environment::Development;
    ReviewPeriod period;
    Millis pastAge{24 * 3'600'000};
    std::optional<Review> review;
    QStringList carriedOver;
};

/// Blocking, in the calling thread. @param ledgerFile  read alone; may not exist.
[[nodiscard]] Result<WeeklyFacts> readWeeklyFacts(Database& reader, const QString& ledgerFile,
                                                  const WeeklyQuestion& question, std::stop_token stop = {});

/// Pure. With a review: its minutes, decisions and actions first.
[[nodiscard]] Document weeklyDocument(const WeeklyFacts& facts);

} // namespace spillway::report
