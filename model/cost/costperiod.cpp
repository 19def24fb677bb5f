// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costperiod.h"

#include <QDateTime>
#include <QTimeZone>

namespace spillway {

std::optional<DayRange> periodDays(CostPeriod period, const QString& timeZone, UtcTime now)
{
    const QTimeZone asked(timeZone.toUtf8());
    const QTimeZone zone = asked.isValid() ? asked : QTimeZone::utc();
    const QString name = asked.isValid() ? timeZone : QStringLiteral("UTC");
    const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(now), zone).date();
    const QDate month(today.year(), today.month(), 1);
    switch (period) {
    case CostPeriod::CatalogDay:
        return std::nullopt;
    case CostPeriod::Last7Days:
        return DayRange{today.addDays(-7), today.addDays(-1), name};
    case CostPeriod::Last30Days:
        return DayRange{today.addDays(-30), today.addDays(-1), name};
    case CostPeriod::ThisMonth:
        return DayRange{month, today, name};
    case CostPeriod::LastMonth:
        return DayRange{month.addMonths(-1), month.addDays(-1), name};
    }
    return std::nullopt;
}

DayRange previousDays(const DayRange& range)
{
    const bool isMonth = range.first.day() == 1 && range.last == range.first.addMonths(1).addDays(-1);
    if (isMonth)
        return {range.first.addMonths(-1), range.first.addDays(-1), range.timeZone};
    const auto days = range.first.daysTo(range.last) + 1;
    return {range.first.addDays(-days), range.first.addDays(-1), range.timeZone};
}

} // namespace spillway
