// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace spillway::views {

/// Amounts over days, stacked from zero, and what the days of the period before amounted to.
struct ColumnsData
{
    QStringList labels;                       ///< one per column: days
    QStringList parts;                        ///< from the bottom up; a sixth and later share one colour
    std::vector<std::vector<double>> amounts; ///< by part, each as long as `labels`; below zero is not drawn
    std::vector<double> previous;             ///< totals of the period before, by place; may be shorter or empty
    QString previousName;                     ///< "30 days before"
    QString unit;
    friend bool operator==(const ColumnsData&, const ColumnsData&) = default;
};

/// Columns with few hairlines; the period before is a dashed step line with its name on it. Left and right move a
/// marker whose day is told in words below. UI thread.
class StackedColumns final : public QWidget
{
    Q_OBJECT
public:
    explicit StackedColumns(QWidget* parent = nullptr);
    void setData(ColumnsData data);
    [[nodiscard]] const ColumnsData& data() const { return m_data; }
    /// What the marked column says: its day, total and parts; empty without a marker.
    [[nodiscard]] QString readout() const;
    void mark(std::optional<int> column);
    [[nodiscard]] QSize sizeHint() const override { return {640, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 180}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] QRectF plotArea() const;
    ColumnsData m_data;
    std::optional<int> m_marked;
};

} // namespace spillway::views
