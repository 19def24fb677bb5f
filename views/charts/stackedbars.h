// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace spillway::views {

struct StackedBar
{
    QString name;
    std::vector<double> parts; ///< one per part name, each >= 0
    QString totalText;         ///< written at the bar's end
    friend bool operator==(const StackedBar&, const StackedBar&) = default;
};

/// Horizontal bars, one per row, on one scale from zero; what the parts are called stands once above, in their colours.
class StackedBars final : public QWidget
{
    Q_OBJECT
public:
    explicit StackedBars(QWidget* parent = nullptr);
    /// @param partNames  up to five, in the order of the series colours.
    void setBars(QStringList partNames, std::vector<StackedBar> bars);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QStringList m_partNames;
    std::vector<StackedBar> m_bars;
};

} // namespace spillway::views
