// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/dayrange.h"

#include "model/base/text.h"

#include <QTimeZone>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<std::optional<DayRange>> parseDayRange(const QString& from, const QString& to, const QString& timeZone)
{
    const QString zone = timeZone.isEmpty() ? u"UTC"_s : timeZone;
    if (!QTimeZone(zone.toUtf8()).isValid())
        return fail(ErrorCode::InvalidConfig,
                    u"'%1' is no time zone; write an IANA name like UTC or Europe/Berlin"_s.arg(visibleText(zone)));
    if (from.isEmpty() && to.isEmpty())
        return std::optional<DayRange>();
    if (from.isEmpty() || to.isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"--from and --to belong together; write both days, like --from 2026-11-01 --to 2026-11-30"_s);
    DayRange range{QDate::fromString(from, u"yyyy-MM-dd"_s), QDate::fromString(to, u"yyyy-MM-dd"_s), zone};
    for (const auto& [day, text] : {std::pair(range.first, from), std::pair(range.last, to)}) {
        if (!day.isValid())
            return fail(ErrorCode::InvalidConfig,
                        u"'%1' is no day; write year, month and day, like 2026-11-30"_s.arg(visibleText(text)));
    }
    constexpr qint64 mostDays = 36'600;
    const qint64 days = range.first.daysTo(range.last) + 1;
    if (days < 1 || days > mostDays)
        return fail(ErrorCode::InvalidConfig,
                    u"--to %1 is %2 --from %3; write the first and the last day, both are counted"_s.arg(
                        to, days < 1 ? u"before"_s : u"more than a century after"_s, from));
    return std::optional(range);
}

} // namespace spillway
