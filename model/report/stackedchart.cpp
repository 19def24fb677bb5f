// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/report/document.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int width = 640;
constexpr int height = 220;
constexpr int left = 56; // the scale
constexpr int right = 8;
constexpr int top = 60; // title and names above
constexpr int bottom = 24;
constexpr int mostLabels = 8;
constexpr int mostTicks = 4;

// The light theme's series; what follows the fifth is "others".
constexpr std::array<const char*, 6> inks{"#0060AF", "#D96B00", "#12A37F", "#8C3A73", "#2B303B", "#A3ADBA"};
constexpr QStringView inkText = u"#1B2430";
constexpr QStringView inkMuted = u"#566273";
constexpr QStringView inkLine = u"#D9DEE5";

QString ink(std::size_t part)
{
    return QString::fromLatin1(inks[std::min(part, inks.size() - 1)]);
}

QString text(double x, double y, const QString& words, const QString& anchor, const QString& colour, int size)
{
    return uR"(<text x="%1" y="%2" text-anchor="%3" fill="%4" font-size="%5">%6</text>)"_s.arg(x)
        .arg(y)
        .arg(anchor, colour)
        .arg(size)
        .arg(visibleText(words).toHtmlEscaped());
}

QString bar(double x, double y, double wide, double tall, const QString& colour)
{
    return uR"(<rect x="%1" y="%2" width="%3" height="%4" fill="%5"/>)"_s.arg(x).arg(y).arg(wide).arg(tall).arg(colour);
}

/// The smallest round step of which at most four fit.
double stepFor(double most)
{
    for (double power = std::pow(10.0, std::floor(std::log10(most)) - 1);; power *= 10) {
        for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
            if (most / (factor * power) <= mostTicks * (1 + 1e-9))
                return factor * power;
        }
    }
}

/// As many decimals as the step needs to be told exactly.
int decimalsOf(double step)
{
    int decimals = 0;
    for (double scaled = step; decimals < 9 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10)
        ++decimals;
    return decimals;
}

/// A number of the scale, which has room for seven characters or so.
QString tickText(double value, double step, int decimals)
{
    for (const auto& [size, unit] : {std::pair(1e9, u" bn"_s), std::pair(1e6, u" M"_s)}) {
        if (value >= size)
            return QString::number(value / size, 'f', std::min(decimalsOf(step / size), 2)) + unit;
    }
    return value >= 10'000 && decimals == 0 ? formatCount(std::llround(value)) : QString::number(value, 'f', decimals);
}

constexpr double characterWidth = 6.4; // about, at 11 pixels

/// As much of a name as so many pixels hold.
QString shortened(const QString& name, double pixels)
{
    const auto most = std::max<qsizetype>(4, static_cast<qsizetype>(pixels / characterWidth));
    return name.size() <= most ? name : name.first(most - 1) + u'…';
}

constexpr double legendGap = 26; // the square before a name, and the room behind it
constexpr double legendCharacter = 6.2;

/// How many characters of each name fit beside each other: as many as there are, or as many as the longest may have.
qsizetype legendLength(const QStringList& names)
{
    qsizetype most = 0;
    for (const QString& name : names)
        most = std::max(most, name.size());
    const auto wide = [&names](qsizetype length) {
        double sum = 8;
        for (const QString& name : names)
            sum += legendGap + legendCharacter * static_cast<double>(std::min(name.size(), length));
        return sum;
    };
    while (most > 4 && wide(most) > width)
        --most;
    return most;
}

} // namespace

QByteArray stackedSvg(const StackedChart& chart)
{
    QString out = uR"(<svg xmlns="http://www.w3.org/2000/svg" width="%1" height="%2" viewBox="0 0 %1 %2" )"
                  uR"(font-family="Inter, sans-serif" role="img" aria-label="%3">)"_s.arg(width)
                      .arg(height)
                      .arg(visibleText(chart.title).toHtmlEscaped());
    out += text(8, 16, chart.title, u"start"_s, inkText.toString(), 13);
    double legendAt = 8;
    const qsizetype longest = legendLength(chart.parts);
    for (qsizetype part = 0; part < chart.parts.size(); ++part) {
        const QString name = shortened(chart.parts[part], characterWidth * static_cast<double>(longest) + 1);
        out += bar(legendAt, 28, 10, 10, ink(static_cast<std::size_t>(part)));
        out += text(legendAt + 14, 37, name, u"start"_s, inkMuted.toString(), 11);
        legendAt += legendGap + legendCharacter * static_cast<double>(name.size());
    }
    const auto bars = static_cast<std::size_t>(chart.labels.size());
    double most = 0;
    for (std::size_t at = 0; at < bars; ++at) {
        double sum = 0;
        for (const std::vector<double>& part : chart.amounts)
            sum += std::max(part[at], 0.0);
        most = std::max(most, sum);
    }
    const double room = height - top - bottom;
    if (most > 0) {
        const double step = stepFor(most);
        const double scale = room / most;
        const int decimals = decimalsOf(step);
        for (int tick = 1; tick * step <= most * (1 + 1e-9); ++tick) {
            const double y = top + room - tick * step * scale;
            out += uR"(<line x1="%1" y1="%3" x2="%2" y2="%3" stroke="%4" stroke-width="1"/>)"_s.arg(left)
                       .arg(width - right)
                       .arg(y)
                       .arg(inkLine.toString());
            out += text(left - 6, y + 4, tickText(tick * step, step, decimals), u"end"_s, inkMuted.toString(), 11);
        }
        const double each = static_cast<double>(width - left - right) / static_cast<double>(bars);
        const std::size_t labelEvery = (bars + mostLabels - 1) / mostLabels;
        for (std::size_t at = 0; at < bars; ++at) {
            const double x = left + each * static_cast<double>(at);
            double base = top + room;
            for (std::size_t part = 0; part < chart.amounts.size(); ++part) {
                const double tall = std::max(chart.amounts[part][at], 0.0) * scale;
                base -= tall;
                if (tall > 0)
                    out += bar(x + each * 0.12, base, each * 0.76, tall, ink(part));
            }
            if (at % labelEvery == 0)
                out += text(x + each / 2, height - 8,
                            shortened(chart.labels[static_cast<qsizetype>(at)], each * static_cast<double>(labelEvery)),
                            u"middle"_s, inkMuted.toString(), 11);
        }
    }
    out += text(left - 6, top - 6, chart.unit, u"end"_s, inkMuted.toString(), 11);
    out += uR"(<line x1="%1" y1="%3" x2="%2" y2="%3" stroke="%4" stroke-width="1"/>)"_s.arg(left)
               .arg(width - right)
               .arg(height - bottom)
               .arg(inkMuted.toString());
    out += u"</svg>"_s;
    return out.toUtf8();
}

} // namespace spillway::report
