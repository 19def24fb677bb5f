// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/dayrange.h"

#include "model/base/text.h"

#include <QRegularExpression>
#include <QTimeZone>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The zone by its IANA name, in whatever case, or an offset like +02:00, east of UTC; nullopt: none. Forms like UTC+2,
/// whose sign means one thing here and another there, are none.
std::optional<QString> zoneOf(const QString& word)
{
    static const QRegularExpression offset(u"^[+-](0\\d|1[0-4]):[0-5]\\d\\z"_s);
    if (offset.match(word).hasMatch())
        return u"UTC"_s + word;
    if (word.compare(u"UTC"_s, Qt::CaseInsensitive) == 0)
        return u"UTC"_s;
    static const QRegularExpression own(u"^UTC[+-]\\d\\d:\\d\\d\\z"_s); // as we write an offset ourselves
    if (own.match(word).hasMatch())
        return QTimeZone(word.toUtf8()).isValid() ? std::optional(word) : std::nullopt;
    static const QRegularExpression posix(u"^(UTC|GMT)[+-]?\\d"_s, QRegularExpression::CaseInsensitiveOption);
    if (posix.match(word).hasMatch())
        return std::nullopt;
    if (QTimeZone(word.toUtf8()).isValid())
        return word;
    for (const QByteArray& id : QTimeZone::availableTimeZoneIds()) {
        if (word.compare(QString::fromLatin1(id), Qt::CaseInsensitive) == 0)
            return QString::fromLatin1(id);
    }
    return std::nullopt;
}

} // namespace

Result<std::optional<DayRange>> parseDayRange(const QString& from, const QString& to, const QString& timeZone)
{
    QStringList faults; // all of them at once
    const auto zone = zoneOf(timeZone.isEmpty() ? u"UTC"_s : timeZone);
    if (!zone)
        faults += u"'%1' is no time zone; write an IANA name like Europe/Berlin, or an offset like +02:00"_s.arg(
            visibleText(timeZone));
    if (from.isEmpty() != to.isEmpty())
        faults += u"--from and --to belong together; write both days, like --from 2026-11-01 --to 2026-11-30"_s;
    DayRange range{QDate::fromString(from, u"yyyy-MM-dd"_s), QDate::fromString(to, u"yyyy-MM-dd"_s),
                   zone.value_or(QString())};
    for (const auto& [day, text] : {std::pair(range.first, from), std::pair(range.last, to)}) {
        if (!text.isEmpty() && !day.isValid())
            faults += u"'%1' is no day; write year, month and day, like 2026-11-30"_s.arg(visibleText(text));
    }
    constexpr qint64 mostDays = 36'600;
    const bool isWhole = range.first.isValid() && range.last.isValid();
    const qint64 days = isWhole ? range.first.daysTo(range.last) + 1 : 1;
    if (days < 1 || days > mostDays)
        faults += u"--to %1 is %2 --from %3; write the first and the last day, both are counted"_s.arg(
            to, days < 1 ? u"before"_s : u"more than a century after"_s, from);
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    return isWhole ? std::optional(range) : std::nullopt;
}

} // namespace spillway
