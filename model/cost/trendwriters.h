// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/anomaly.h"
#include "model/cost/change.h"
#include "model/cost/dailycosts.h"
#include "model/cost/forecast.h"

#include <QByteArray>

/// What `cost changes`, `cost anomalies`, `cost forecast` and `cost unit` print.
namespace spillway {

/// An odd stretch of one event's days, with why it cost otherwise than as long a stretch before.
struct EventAnomaly
{
    QString eventType; ///< empty: of no event
    QString team;
    QDate first;
    QDate last;
    Anomaly anomaly; ///< amounts in the currency
    std::optional<CostChange> change;
};

/// Odd days, and what they were told from.
struct AnomalyReport
{
    std::vector<EventAnomaly> anomalies;
    QDate first; ///< of the days that were looked at, those before to compare with among them
    QDate last;
    int measuredDays = 0; ///< of them; what the catalog's volumes cost is the same every day
};
/// Days that samples have to cover before odd ones can be told.
inline constexpr int fewestDaysForAnomalies = 56;

/// A team that has a budget.
struct TeamForecast
{
    QString team;
    Money budget;
    Money spent;                          ///< as MonthForecast::spent
    std::optional<CostForecast> forecast; ///< nullopt: the team cost nothing yet
    bool isKnown = true;                  ///< false: neither files nor bill have such a team; a name misspelt
    /// What the month will cost.
    [[nodiscard]] Money month() const;
};

struct MonthForecast
{
    QString currency;
    QDate knownFrom;
    QDate knownTo;
    QDate first; ///< of what is forecast
    QDate last;
    Money spent;                     ///< in the month of `last`, until `knownTo`
    CostForecast forecast;           ///< in the currency
    std::optional<Money> budget;     ///< for that month
    std::vector<TeamForecast> teams; ///< by name
    int measuredDays = 0;            ///< of those known; with fewer than `fewestDaysForBand` the rest is the catalog's
    /// Whether the band says anything: days at the catalog's volumes do not vary.
    [[nodiscard]] bool hasBand() const { return measuredDays >= fewestDaysForBand; }
    static constexpr int fewestDaysForBand = 7;
    QDate today = {}; ///< UTC; days from it on have not been, whatever the range says
    /// What the month will cost.
    [[nodiscard]] Money month() const;
};

[[nodiscard]] QByteArray changesJson(const std::vector<CostChange>& changes, const CostBill& before,
                                     const CostBill& after);
[[nodiscard]] QString changesText(const std::vector<CostChange>& changes, const CostBill& before,
                                  const CostBill& after);
[[nodiscard]] QByteArray anomaliesJson(const AnomalyReport& report, const QString& currency);
[[nodiscard]] QString anomaliesText(const AnomalyReport& report, const QString& currency);
[[nodiscard]] QByteArray forecastJson(const MonthForecast& forecast);
[[nodiscard]] QString forecastText(const MonthForecast& forecast);
[[nodiscard]] QByteArray unitCostsJson(const std::vector<UnitCost>& costs, const QString& currency);
[[nodiscard]] QString unitCostsText(const std::vector<UnitCost>& costs, const QString& currency);

} // namespace spillway
