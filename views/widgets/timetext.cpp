// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/timetext.h"

#include "model/base/text.h"

#include <QCoreApplication>
#include <QDateTime>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("TimeText", text);
}

QDateTime inZone(UtcTime time, const QTimeZone& zone)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(time), zone);
}

} // namespace

QString TimeText::absolute(UtcTime time) const
{
    return inZone(time, m_zone).toString(u"yyyy-MM-dd HH:mm:ss "_s) + zoneName(time);
}

QString TimeText::brief(UtcTime time, UtcTime now) const
{
    const QDateTime there = inZone(time, m_zone);
    return there.date() == inZone(now, m_zone).date() ? there.toString(u"HH:mm:ss"_s)
                                                      : there.toString(u"yyyy-MM-dd HH:mm"_s);
}

QString TimeText::relative(UtcTime time, UtcTime now) const
{
    const Millis distance = now - time;
    if (distance > Millis{-1000} && distance < Millis{1000})
        return translated("just now");
    return distance.count() > 0 ? translated("%1 ago").arg(coarseDuration(distance))
                                : translated("in %1").arg(coarseDuration(-distance));
}

QString TimeText::both(UtcTime time, UtcTime now) const
{
    return u"%1 · %2 %3"_s.arg(relative(time, now), brief(time, now), zoneName(time));
}

QString TimeText::zoneName(UtcTime time) const
{
    return m_zone == QTimeZone::utc() ? u"UTC"_s : m_zone.abbreviation(inZone(time, m_zone));
}

QString unknownText()
{
    return u"–"_s;
}

QString durationText(std::optional<Millis> duration)
{
    return duration ? formatDuration(*duration) : unknownText();
}

QString coarseDuration(Millis duration)
{
    const std::int64_t ms = std::max<std::int64_t>(0, duration.count());
    constexpr char16_t space = u'\u00A0';
    const auto written = [](std::int64_t number, QStringView unit) {
        return QString::number(number) + QChar(space) + unit.toString();
    };
    if (ms < 1000)
        return written(ms, u"ms");
    if (ms < 120'000)
        return written(ms / 1000, u"s");
    if (ms < 120 * 60'000)
        return written(ms / 60'000, u"min");
    if (ms < 48LL * 3'600'000)
        return written(ms / 3'600'000, u"h");
    return written(ms / 86'400'000, u"d");
}

QString countText(std::optional<std::int64_t> count)
{
    return count ? formatCount(*count) : unknownText();
}

QString shareText(std::optional<double> share)
{
    if (!share || !std::isfinite(*share))
        return unknownText();
    if (*share <= 0)
        return u"0 %"_s;
    if (*share >= 1)
        return u"100 %"_s;
    const double percent = *share * 100;
    const auto cut = [percent](int places) { // towards the worse, so that a broken promise never reads as kept
        const double factor = std::pow(10, places);
        return std::floor(percent * factor + 1e-9) / factor;
    };
    const int places = percent > 99 || percent < 0.1 ? 3 : 2;
    const double shown = cut(places);
    return shown > 0 ? u"%1 %"_s.arg(shown, 0, 'f', places) : u"< 0.001 %"_s;
}

} // namespace spillway::views
