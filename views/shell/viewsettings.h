// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "views/widgets/timetext.h"

#include <QObject>

namespace spillway::views {

/// What the reader chose for every screen at once: span of time, zone, live or paused. Remembered. UI thread.
class ViewSettings final : public QObject
{
    Q_OBJECT
public:
    explicit ViewSettings(const Clock& clock, QObject* parent = nullptr);

    [[nodiscard]] UtcTime now() const { return m_clock.now(); }
    [[nodiscard]] const TimeText& timeText() const { return m_timeText; }
    [[nodiscard]] Millis span() const { return m_span; } ///< how far charts and windows look back
    [[nodiscard]] bool isLive() const { return m_isLive; }

    void setZone(const QTimeZone& zone);
    void setSpan(Millis span);
    void setLive(bool isLive);

Q_SIGNALS:
    void timeTextChanged();
    void spanChanged();
    void liveChanged(bool isLive);

private:
    const Clock& m_clock;
    TimeText m_timeText;
    Millis m_span;
    bool m_isLive = true;
};

} // namespace spillway::views
