// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/report/document.h"

#include <algorithm>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int width = 640;
constexpr int height = 160;
constexpr int left = 8;
constexpr int right = 8;
constexpr int top = 36;    // the title above
constexpr int bottom = 24; // labels below
constexpr int mostLabels = 8;

QString escaped(const QString& text)
{
    return visibleText(text).toHtmlEscaped();
}

QString text(double x, double y, const QString& words, const QString& anchor, const QString& ink, int size)
{
    return uR"(<text x="%1" y="%2" text-anchor="%3" fill="%4" font-size="%5">%6</text>)"_s.arg(x)
        .arg(y)
        .arg(anchor, ink)
        .arg(size)
        .arg(escaped(words));
}

} // namespace

QByteArray chartSvg(const BarChart& chart)
{
    const QString inkText = u"#1B2430"_s;
    const QString inkMuted = u"#566273"_s;
    QString out = uR"(<svg xmlns="http://www.w3.org/2000/svg" width="%1" height="%2" viewBox="0 0 %1 %2" )"
                  uR"(font-family="Inter, sans-serif" role="img" aria-label="%3">)"_s.arg(width)
                      .arg(height)
                      .arg(escaped(chart.title));
    out += text(left, 16, chart.title, u"start"_s, inkText, 13);
    const auto bars = static_cast<int>(chart.amounts.size());
    if (bars > 0) {
        const std::int64_t most =
            std::max<std::int64_t>(*std::max_element(chart.amounts.begin(), chart.amounts.end()), 1);
        const double step = static_cast<double>(width - left - right) / bars;
        const double room = height - top - bottom;
        const int labelEvery = (bars + mostLabels - 1) / mostLabels;
        for (int bar = 0; bar < bars; ++bar) {
            const std::int64_t amount = chart.amounts[static_cast<std::size_t>(bar)];
            const double tall = room * static_cast<double>(amount) / static_cast<double>(most);
            const double x = left + step * bar;
            out += uR"(<rect x="%1" y="%2" width="%3" height="%4" fill="#0060AF"/>)"_s.arg(x + step * 0.15)
                       .arg(top + room - tall)
                       .arg(step * 0.7)
                       .arg(tall);
            // Each bar says its number: there is no axis to read it from.
            if (amount > 0 && bars <= 16)
                out += text(x + step / 2, top + room - tall - 4, formatCount(amount), u"middle"_s, inkText, 11);
            if (bar % labelEvery == 0)
                out += text(x + step / 2, height - 8, chart.labels.value(bar), u"middle"_s, inkMuted, 11);
        }
    }
    out += uR"(<line x1="%1" y1="%3" x2="%2" y2="%3" stroke="#D9DEE5" stroke-width="1"/>)"_s.arg(left)
               .arg(width - right)
               .arg(height - bottom);
    out += u"</svg>"_s;
    return out.toUtf8();
}

} // namespace spillway::report
