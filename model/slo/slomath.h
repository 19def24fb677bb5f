// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

/// What counts mean for a promise. Pure; any thread.
namespace spillway {

/// Worst first: the order rows are listed in.
enum class SloState { Violated, AtRisk, NoData, Met, NoPromise };
[[nodiscard]] QString sloStateWord(SloState state); ///< contract.md: met, atRisk, violated, noPromise, noData
[[nodiscard]] std::optional<SloState> sloStateFromWord(QStringView word);

/// part / whole; nullopt when whole is 0.
[[nodiscard]] std::optional<double> shareOf(std::int64_t part, std::int64_t whole);

/// Burn rate of one window.
/// @param bad, total  event counts in the window; total counts valid events only.
/// @param objective   SLO objective, above 0 (0.999 for 99.9 %).
/// @return  1.0 when the budget would last exactly the SLO window; nullopt when total is 0, and for an objective of 1,
/// which leaves no budget to burn.
/// Source: Google SRE Workbook, "Alerting on SLOs".
[[nodiscard]] std::optional<double> burnRate(std::int64_t bad, std::int64_t total, double objective);

/// Share of the error budget that is left: 1 − bad ÷ (total · (1 − objective)). 1 untouched, 0 used up, negative
/// overspent.
/// @return  nullopt when total is 0, or where there is no budget.
[[nodiscard]] std::optional<double> budgetRemaining(std::int64_t bad, std::int64_t total, double objective);

struct SloCounts
{
    std::int64_t total = 0;
    std::int64_t succeeded = 0;
    std::int64_t withinTarget = 0; ///< latency <= target
    std::int64_t good = 0;         ///< succeeded and within target
    SloCounts& operator+=(const SloCounts& other);
    friend bool operator==(const SloCounts&, const SloCounts&) = default;
};

struct SloPromise
{
    std::optional<double> targetMs; ///< `slo_processing_time_ms`
    double objective = 0.99;        ///< share of records that must be good
    std::optional<double> successRate;
    friend bool operator==(const SloPromise&, const SloPromise&) = default;
};

/// The verdict; the first rule that fits speaks:
///  1 noPromise  neither a target nor a success rate was promised.
///  2 noData     promised, and nothing was logged in the window: not the same as kept.
///  3 violated   attainment below the objective, or successes below the promised rate.
///  4 atRisk     kept so far, but the last hour spends the budget faster than it lasts (burn rate above 1), and not by
///  one record alone:
///               with little traffic a single failure is no trend.
///  5 met
[[nodiscard]] SloState judgeSlo(const SloPromise& promise, const SloCounts& window, const SloCounts& lastHour);

} // namespace spillway
