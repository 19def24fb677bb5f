// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one header that includes QCustomPlot, which needs Qt's lower-case keywords.
#include <qcustomplot.h>

#include "views/charts/chartdata.h"

#include <QTimeZone>

namespace spillway::views {

/// At most four ticks, written in the chart's unit.
class UnitTicker final : public QCPAxisTicker
{
public:
    void setUnit(ChartUnit unit) { m_unit = unit; }

protected:
    double getTickStep(const QCPRange& range) override { return niceStep(range.size(), m_unit); }
    int getSubTickCount(double /*step*/) override { return 0; }
    QString getTickLabel(double tick, const QLocale& /*locale*/, QChar /*format*/, int /*precision*/) override
    {
        return axisText(tick, m_unit);
    }

private:
    ChartUnit m_unit = ChartUnit::Count;
};

/// Ticks at full minutes, hours and days of the reader's zone.
class ZoneTicker final : public QCPAxisTicker
{
public:
    void setZone(const QTimeZone& zone) { m_zone = zone; }

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double /*step*/) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

private:
    QTimeZone m_zone = QTimeZone::utc();
    double m_step = 60;
};

} // namespace spillway::views
