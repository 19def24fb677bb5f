// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/forecast.h"

#include "model/cost/anomaly.h"

#include <array>
#include <cmath>

namespace spillway {

namespace {

/// The median of the slopes between days that are whole weeks apart, so that weekdays do not enter.
double slopeOf(const std::vector<double>& daily)
{
    std::vector<double> slopes;
    for (std::size_t i = 0; i < daily.size(); ++i) {
        for (std::size_t j = i + 7; j < daily.size(); j += 7)
            slopes.push_back((daily[j] - daily[i]) / static_cast<double>(j - i));
    }
    return medianOf(slopes);
}

} // namespace

std::optional<CostForecast> forecastCost(const std::vector<double>& daily, int days)
{
    constexpr std::size_t fewestDays = 7;
    constexpr std::size_t fewestForWeekdays = 14;
    constexpr std::size_t fewestForGrowth = 28;
    constexpr double halfBand = 1.2816; // 80 % of a normal distribution
    const std::size_t count = daily.size();
    if (count < fewestDays || days < 1)
        return std::nullopt;
    const double slope = count >= fewestForGrowth ? slopeOf(daily) : 0;
    std::vector<double> levels;
    for (std::size_t i = 0; i < count; ++i)
        levels.push_back(daily[i] - slope * static_cast<double>(i));
    const double level = medianOf(levels);
    std::array<double, 7> weekdays{};
    if (count >= fewestForWeekdays) {
        for (std::size_t weekday = 0; weekday < 7; ++weekday) {
            std::vector<double> like;
            for (std::size_t i = weekday; i < count; i += 7)
                like.push_back(levels[i] - level);
            weekdays[weekday] = medianOf(like);
        }
    }
    std::vector<double> off;
    for (std::size_t i = 0; i < count; ++i)
        off.push_back(std::abs(levels[i] - level - weekdays[i % 7]));
    // a median of few values lies nearer to them than the truth does
    const double freedom =
        std::sqrt(static_cast<double>(count) /
                  std::max(1.0, static_cast<double>(count) - (count >= fewestForWeekdays ? 14.0 : 2.0)));
    const double spread = 1.4826 * medianOf(off) * freedom;

    CostForecast forecast;
    double distances = 0;
    for (int day = 0; day < days; ++day) {
        const std::size_t at = count + static_cast<std::size_t>(day);
        forecast.expected += std::max(0.0, level + slope * static_cast<double>(at) + weekdays[at % 7]);
        distances += static_cast<double>(at) - static_cast<double>(count) / 2;
    }
    const auto n = static_cast<double>(count);
    // independent days, the level's and the slope's own uncertainty (a robust estimate varies by about 1.25 more)
    const double levelError = 1.25 * spread / std::sqrt(n) * days;
    const double slopeError = count >= fewestForGrowth ? 1.25 * spread * std::sqrt(12 / (n * n * n)) * distances : 0;
    const double weekdayError = count >= fewestForWeekdays ? levelError : 0;
    const double error = std::sqrt(spread * spread * days + levelError * levelError + weekdayError * weekdayError +
                                   slopeError * slopeError);
    forecast.low = std::max(0.0, forecast.expected - halfBand * error);
    forecast.high = forecast.expected + halfBand * error;
    forecast.slopePerDay = slope;
    forecast.perDay = std::max(0.0, level + slope * (n - 1));
    return forecast;
}

} // namespace spillway
