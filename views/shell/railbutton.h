// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace spillway::views {

/// One line of the left rail: icon, word, and a bar at its left when it is the one shown.
class RailButton final : public QAbstractButton
{
    Q_OBJECT
public:
    RailButton(const QString& text, const QString& iconName, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {168, 36}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
};

} // namespace spillway::views
