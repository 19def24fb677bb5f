// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagtrend.h"

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString lagTrendWord(LagTrend trend)
{
    switch (trend) {
    case LagTrend::Shrinking:
        return u"shrinking"_s;
    case LagTrend::Flat:
        return u"flat"_s;
    case LagTrend::Growing:
        return u"growing"_s;
    }
    Q_UNREACHABLE();
}

std::optional<LagTrendReport> lagTrend(std::span<const LagPoint> points)
{
    const LagPoint* first = nullptr;
    const LagPoint* last = nullptr;
    double count = 0, meanSeconds = 0, meanLag = 0;
    const auto secondsOf = [&first](const LagPoint& point) {
        return static_cast<double>((point.at - first->at).count()) / 1000.0;
    };
    for (const LagPoint& point : points) {
        if (!point.lag)
            continue;
        first = first ? first : &point;
        last = &point;
        count += 1;
        meanSeconds += secondsOf(point);
        meanLag += static_cast<double>(point.lag->value);
    }
    if (count < 3 || last->at - first->at < Millis{20'000})
        return std::nullopt;
    meanSeconds /= count;
    meanLag /= count;
    double together = 0, spread = 0;
    for (const LagPoint& point : points) {
        if (!point.lag)
            continue;
        const double dt = secondsOf(point) - meanSeconds;
        together += dt * (static_cast<double>(point.lag->value) - meanLag);
        spread += dt * dt;
    }
    LagTrendReport report;
    report.perSecond = together / spread;
    const double change = report.perSecond * secondsOf(*last);
    if (std::abs(change) <= std::max(1.0, 0.02 * meanLag))
        return report;
    report.trend = change > 0 ? LagTrend::Growing : LagTrend::Shrinking;
    if (report.trend == LagTrend::Shrinking && last->lag->value > 0) {
        const double ms = static_cast<double>(last->lag->value) / -report.perSecond * 1000.0;
        if (ms < 1e15)
            report.drainsIn = Millis{std::llround(ms)};
    }
    return report;
}

} // namespace spillway
