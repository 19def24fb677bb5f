// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartdata.h"

#include "model/base/text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// Instants at which anything is known, ordered; and those at which something was asked for and not had.
std::map<UtcTime, bool> knownInstants(const ChartData& data)
{
    std::map<UtcTime, bool> known;
    for (const ChartSeries& series : data.series) {
        for (const TimePoint& point : series.points)
            known[point.at] = known[point.at] || point.value.has_value();
    }
    if (data.band) {
        for (const BandPoint& point : data.band->points)
            known[point.at] = known[point.at] || point.low.has_value() || point.high.has_value();
    }
    return known;
}

double smallestOf(std::initializer_list<double> steps, double wanted)
{
    for (const double step : steps) {
        if (step >= wanted)
            return step;
    }
    return 0;
}

double niceDecimal(double wanted)
{
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        if (factor * power >= wanted * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

} // namespace

std::vector<TimeSpan> spansWithoutSamples(const ChartData& data)
{
    std::vector<TimeSpan> spans;
    UtcTime covered = data.from; // the last known instant; everything before is known or in `spans`
    bool lastIsKnown = false;
    const auto add = [&](UtcTime from, UtcTime to) {
        from = std::max(from, data.from);
        to = std::min(to, data.to);
        if (to <= from)
            return;
        if (!spans.empty() && spans.back().to >= from)
            spans.back().to = to;
        else
            spans.push_back({from, to});
    };
    const Millis reach = data.gapAfter.count() > 0 ? data.gapAfter : data.to - data.from;
    const std::map<UtcTime, bool> known = knownInstants(data);
    for (const auto& [at, isKnown] : known) {
        if (isKnown && (!lastIsKnown || at - covered > reach))
            add(covered, at);
        if (isKnown)
            covered = std::max(covered, at);
        lastIsKnown = isKnown;
    }
    if (!lastIsKnown || data.to - covered > reach)
        add(covered, data.to);
    // A start or an end within one step of the span's is not worth a shade.
    if (data.gapAfter.count() > 0 && known.size() > 1)
        std::erase_if(spans, [&](const TimeSpan& span) { return span.to - span.from <= data.gapAfter; });
    return spans;
}

std::pair<double, double> valueRange(const ChartData& data)
{
    double low = 0;
    double high = 0;
    bool any = false;
    const auto include = [&](double value) {
        low = any ? std::min(low, value) : value;
        high = any ? std::max(high, value) : value;
        any = true;
    };
    for (const ChartSeries& series : data.series) {
        for (const TimePoint& point : series.points) {
            if (point.value)
                include(*point.value);
        }
    }
    if (data.band) {
        for (const BandPoint& point : data.band->points) {
            if (point.low)
                include(*point.low);
            if (point.high)
                include(*point.high);
        }
    }
    if (data.promise)
        include(data.promise->value);
    if (data.unit == ChartUnit::Share) {
        const double bottom = any ? std::max(0.0, low - (1 - low) * 0.15) : 0;
        return {std::min(bottom, 0.99), 1.0};
    }
    const double top = std::max(high, 0.0);
    return {std::min(low, 0.0), top > 0 ? top * 1.12 : (data.unit == ChartUnit::Milliseconds ? 1000.0 : 4.0)};
}

double niceStep(double range, ChartUnit unit)
{
    if (!(range > 0))
        return 1;
    const double wanted = range / 4;
    if (unit == ChartUnit::Milliseconds && wanted > 500) {
        const double second = 1000;
        const double step = smallestOf(
            {second,           2 * second,       5 * second,      10 * second,     15 * second,     30 * second,
             60 * second,      120 * second,     300 * second,    600 * second,    900 * second,    1800 * second,
             3600 * second,    7200 * second,    10'800 * second, 21'600 * second, 43'200 * second, 86'400 * second,
             172'800 * second, 432'000 * second, 864'000 * second},
            wanted);
        return step > 0 ? step : niceDecimal(wanted / 86'400'000) * 86'400'000;
    }
    const double step = niceDecimal(wanted);
    return unit == ChartUnit::Count ? std::max(1.0, step) : step;
}

QString axisText(double value, ChartUnit unit)
{
    switch (unit) {
    case ChartUnit::Count:
        return formatCount(static_cast<std::int64_t>(std::llround(value)));
    case ChartUnit::Milliseconds:
        return value < 0.5 ? u"0"_s : formatDuration(Millis{std::llround(value)});
    case ChartUnit::Share: {
        QString number = QString::number(value * 100, 'f', 2);
        while (number.endsWith(u'0') && number.contains(u'.'))
            number.chop(1);
        if (number.endsWith(u'.'))
            number.chop(1);
        return number + u" %"_s;
    }
    }
    return {};
}

double niceTimeStep(double rangeSeconds)
{
    const double wanted = rangeSeconds / 4;
    const double step =
        smallestOf({1,    5,    10,     15,     30,     60,     120,     300,     600,       900,      1800,
                    3600, 7200, 10'800, 21'600, 43'200, 86'400, 172'800, 604'800, 1'209'600, 2'592'000},
                   wanted);
    return step > 0 ? step : std::ceil(wanted / 2'592'000) * 2'592'000;
}

std::optional<double> valueAt(const ChartSeries& series, UtcTime at, Millis gapAfter)
{
    const auto after = std::upper_bound(series.points.begin(), series.points.end(), at,
                                        [](UtcTime t, const TimePoint& point) { return t < point.at; });
    if (after == series.points.begin())
        return std::nullopt;
    const TimePoint& point = *std::prev(after);
    if (gapAfter.count() > 0 && at - point.at > gapAfter)
        return std::nullopt;
    return point.value;
}

QByteArray chartCsv(const ChartData& data)
{
    std::map<UtcTime, std::vector<QByteArray>> rows;
    const std::size_t width = data.series.size() + (data.band ? 2 : 0);
    const auto cell = [&](UtcTime at, std::size_t column, std::optional<double> value) {
        std::vector<QByteArray>& row = rows[at];
        row.resize(width);
        if (value)
            row[column] = QByteArray::number(*value, 'g', 12);
    };
    const auto quoted = [](QString name) { return '"' + name.replace(u'"', u"\"\""_s).toUtf8() + '"'; };
    QByteArray csv = "\"time\"";
    for (std::size_t i = 0; i < data.series.size(); ++i) {
        csv += ',' + quoted(data.series[i].name);
        for (const TimePoint& point : data.series[i].points)
            cell(point.at, i, point.value);
    }
    if (data.band) {
        csv += ',' + quoted(data.band->name + u" low"_s) + ',' + quoted(data.band->name + u" high"_s);
        for (const BandPoint& point : data.band->points) {
            cell(point.at, width - 2, point.low);
            cell(point.at, width - 1, point.high);
        }
    }
    csv += "\r\n";
    for (const auto& [at, cells] : rows) {
        csv += formatUtc(at).toUtf8();
        for (const QByteArray& text : cells)
            csv += ',' + text;
        csv += "\r\n";
    }
    return csv;
}

} // namespace spillway::views
