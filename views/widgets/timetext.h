// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>
#include <QTimeZone>

#include <optional>

namespace spillway::views {

/// How instants are written: in the one zone the reader chose, relative and absolute. A value; any thread.
class TimeText
{
public:
    explicit TimeText(QTimeZone zone = QTimeZone::utc())
        : m_zone(std::move(zone))
    {
    }

    /// "2026-11-21 07:31:08 UTC"
    [[nodiscard]] QString absolute(UtcTime time) const;
    /// "07:31:08" on the day of `now`, else "2026-11-19 07:31".
    [[nodiscard]] QString brief(UtcTime time, UtcTime now) const;
    /// "3 min ago", "in 2 h", "just now" below a second.
    [[nodiscard]] QString relative(UtcTime time, UtcTime now) const;
    /// "3 min ago · 07:28:08 UTC": where a decision hangs on it.
    [[nodiscard]] QString both(UtcTime time, UtcTime now) const;
    [[nodiscard]] QString zoneName(UtcTime time) const; ///< "UTC", "CET", "UTC+02:00"
    [[nodiscard]] const QTimeZone& zone() const { return m_zone; }

    friend bool operator==(const TimeText& a, const TimeText& b) { return a.m_zone == b.m_zone; }

private:
    QTimeZone m_zone;
};

/// What stands where a value is not known.
[[nodiscard]] QString unknownText();
/// "1.2 s", "450 ms", "3 min 20 s"; unknown is a dash.
[[nodiscard]] QString durationText(std::optional<Millis> duration);
/// A duration in its largest unit alone ("13 d", "5 h", "42 s"), for narrow places.
[[nodiscard]] QString coarseDuration(Millis duration);
/// "1 234"; unknown is a dash.
[[nodiscard]] QString countText(std::optional<std::int64_t> count);
/// A share in [0, 1] as per cent, with as many places as keep 0.999 and 1 apart: "99.93 %". Never rounds up to 100 % or
/// down to 0 %.
[[nodiscard]] QString shareText(std::optional<double> share);

} // namespace spillway::views
