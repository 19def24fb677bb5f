// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/plot.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

double ZoneTicker::getTickStep(const QCPRange& range)
{
    m_step = niceTimeStep(range.size());
    const auto middle = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(range.center()), QTimeZone::utc());
    setTickOrigin(-static_cast<double>(m_zone.offsetFromUtc(middle)));
    return m_step;
}

QString ZoneTicker::getTickLabel(double tick, const QLocale& /*locale*/, QChar /*format*/, int /*precision*/)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(tick * 1000), m_zone);
    if (m_step < 60)
        return at.toString(u"HH:mm:ss"_s);
    if (m_step >= 86'400)
        return at.toString(u"MM-dd"_s);
    return at.time().hour() == 0 && at.time().minute() == 0 ? at.toString(u"MM-dd"_s) : at.toString(u"HH:mm"_s);
}

} // namespace spillway::views
