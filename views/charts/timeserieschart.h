// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "views/widgets/timetext.h"

#include <QImage>
#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace spillway::views {

struct TimePoint
{
    UtcTime at;
    std::optional<double> value; ///< nullopt: asked for and not had; drawn as a gap
    friend bool operator==(const TimePoint&, const TimePoint&) = default;
};

/// A line. Points oldest first.
struct ChartSeries
{
    QString name;
    std::vector<TimePoint> points;
    friend bool operator==(const ChartSeries&, const ChartSeries&) = default;
};

struct BandPoint
{
    UtcTime at;
    std::optional<double> low;
    std::optional<double> high; ///< nullopt beside a `low`: no upper bound is known; the lower is drawn alone
    friend bool operator==(const BandPoint&, const BandPoint&) = default;
};

/// A value known between bounds. Points oldest first.
struct ChartBand
{
    QString name;
    std::vector<BandPoint> points;
    friend bool operator==(const ChartBand&, const ChartBand&) = default;
};

/// A threshold, drawn dashed with its name on it.
struct PromiseLine
{
    QString name;
    double value = 0;
    friend bool operator==(const PromiseLine&, const PromiseLine&) = default;
};

enum class ChartUnit {
    Count,        ///< messages and the like; zero included
    Milliseconds, ///< written as durations; zero included
    Share,        ///< 0 to 1, written as per cent; the axis ends at 100 % and starts where the data do
};

struct ChartData
{
    ChartUnit unit = ChartUnit::Count;
    std::vector<ChartSeries> series; ///< up to five; the caller sums the rest as "others"
    std::optional<ChartBand> band;
    std::optional<PromiseLine> promise;
    UtcTime from;
    UtcTime to;
    Millis gapAfter{0}; ///< points further apart than this have no line between them; 0: only missing values are gaps
    friend bool operator==(const ChartData&, const ChartData&) = default;
};

/// A chart over time: thin lines, few ticks, names at the lines' ends, gaps shaded and named. Drag zooms, double click
/// returns, the arrows move the crosshair, the context menu copies. Colours follow light and dark. UI thread.
class TimeSeriesChart final : public QWidget
{
    Q_OBJECT
public:
    explicit TimeSeriesChart(const QString& title, QWidget* parent = nullptr);
    ~TimeSeriesChart() override;

    void setData(ChartData data);
    [[nodiscard]] const ChartData& data() const;
    void setTitle(const QString& title);
    void setTimeText(const TimeText& text);
    /// The instant under the crosshair; nullopt takes it away.
    void setCrosshair(std::optional<UtcTime> at);
    /// Shows this span until `resetZoom`.
    void zoomTo(UtcTime from, UtcTime to);
    void resetZoom();

    [[nodiscard]] QString readout() const; ///< what the crosshair says, in words
    [[nodiscard]] int gapCount() const;    ///< shaded spans without samples now shown
    [[nodiscard]] QByteArray csv() const;  ///< time in UTC, a column per line; empty cells where nothing is known
    [[nodiscard]] QByteArray svg();
    [[nodiscard]] QImage image();
    [[nodiscard]] QSize sizeHint() const override { return {480, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 120}; }

Q_SIGNALS:
    void crosshairMoved(std::optional<spillway::UtcTime> at);
    void zoomed(spillway::UtcTime from, spillway::UtcTime to);
    void zoomLeft();

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// Lets all charts of a page read the same instant and show the same span.
class ChartGroup final : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    void add(TimeSeriesChart* chart);

private:
    std::vector<TimeSeriesChart*> m_charts;
};

} // namespace spillway::views
