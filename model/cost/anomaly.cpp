// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/anomaly.h"

#include <algorithm>
#include <cmath>

namespace spillway {

namespace {

struct Judged
{
    double expected = 0;
    double deviation = 0;
};

struct Residual
{
    double value = 0;    ///< log(cost) against the median of the same weekday
    double expected = 0; ///< that median, as a cost
};

/// nullopt with too few days that are alike, or without a cost.
std::optional<Residual> residualOf(const std::vector<double>& daily, std::size_t day, const AnomalyRule& rule)
{
    std::vector<double> like;
    for (int week = 1; week <= rule.weeks; ++week) {
        const auto back = static_cast<std::size_t>(week) * 7;
        if (back <= day && daily[day - back] > 0)
            like.push_back(std::log(daily[day - back]));
    }
    if (static_cast<int>(like.size()) < rule.fewestWeeks || daily[day] <= 0)
        return std::nullopt;
    const double center = medianOf(like);
    return Residual{std::log(daily[day]) - center, std::exp(center)};
}

std::optional<Judged> judge(const std::vector<std::optional<Residual>>& residuals, std::size_t day,
                            const AnomalyRule& rule)
{
    if (!residuals[day])
        return std::nullopt;
    std::vector<double> past;
    const auto window = static_cast<std::size_t>(rule.weeks) * 7;
    for (std::size_t back = 1; back <= std::min(window, day); ++back) {
        if (residuals[day - back])
            past.push_back(residuals[day - back]->value);
    }
    if (past.size() < 28) // four weeks to tell how much a day varies
        return std::nullopt;
    // growth moves every day by the same: it is no deviation
    const double drift = medianOf(past);
    for (double& one : past)
        one = std::abs(one - drift);
    const double spread = std::max(1.4826 * medianOf(past), rule.leastSpread);
    return Judged{.expected = residuals[day]->expected * std::exp(drift),
                  .deviation = (residuals[day]->value - drift) / spread};
}

} // namespace

double medianOf(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<Anomaly> findAnomalies(const std::vector<double>& daily, const AnomalyRule& rule)
{
    std::vector<Anomaly> found;
    std::vector<std::pair<std::size_t, Judged>> run;
    const auto close = [&] {
        if (static_cast<int>(run.size()) >= rule.days) {
            Anomaly anomaly{.first = run.front().first, .last = run.back().first};
            for (const auto& [day, judged] : run) {
                anomaly.expected += judged.expected / static_cast<double>(run.size());
                anomaly.actual += daily[day] / static_cast<double>(run.size());
                if (std::abs(judged.deviation) > std::abs(anomaly.deviation))
                    anomaly.deviation = judged.deviation;
            }
            found.push_back(anomaly);
        }
        run.clear();
    };
    std::vector<std::optional<Residual>> residuals;
    for (std::size_t day = 0; day < daily.size(); ++day)
        residuals.push_back(residualOf(daily, day, rule));
    for (std::size_t day = 0; day < daily.size(); ++day) {
        const auto judged = judge(residuals, day, rule);
        const bool isOdd = judged && std::abs(judged->deviation) > rule.threshold &&
                           std::abs(daily[day] - judged->expected) >= rule.smallest;
        if (!run.empty() && (!isOdd || (judged->deviation > 0) != (run.back().second.deviation > 0)))
            close();
        if (isOdd)
            run.emplace_back(day, *judged);
    }
    close();
    return found;
}

} // namespace spillway
