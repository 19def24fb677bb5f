// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/railbutton.h"

#include "views/theme/fonts.h"
#include "views/theme/icons.h"
#include "views/theme/tokens.h"

#include <QPainter>

namespace spillway::views {

RailButton::RailButton(const QString& text, const QString& iconName, QWidget* parent)
    : QAbstractButton(parent)
{
    setText(text);
    setIcon(views::icon(iconName));
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(text);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void RailButton::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    const QRect box = rect().adjusted(8, 2, -8, -2);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (isChecked() || underMouse()) {
        painter.setBrush(isChecked() ? tokens.selection : mixed(tokens.selection, tokens.window, 0.45));
        painter.drawRoundedRect(box, 6, 6);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tokens.accent, 1));
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    icon().paint(&painter, QRect(box.left() + 10, box.center().y() - 7, 16, 16));
    painter.setFont(uiFont(TextSize::Body, isChecked()));
    painter.setPen(tokens.text);
    painter.drawText(box.adjusted(36, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

void RailButton::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void RailButton::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace spillway::views
