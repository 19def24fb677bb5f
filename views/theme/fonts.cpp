// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme/fonts.h"

#include <QFontDatabase>
#include <QFontMetricsF>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

bool isFallback(const QString& family)
{
    static const QStringList fallbacks{u""_s,
                                       u"Sans"_s,
                                       u"Sans Serif"_s,
                                       u"DejaVu Sans"_s,
                                       u"Bitstream Vera Sans"_s,
                                       u"Monospace"_s,
                                       u"DejaVu Sans Mono"_s,
                                       u"Bitstream Vera Sans Mono"_s,
                                       u"Courier"_s,
                                       u"Courier New"_s,
                                       u"Helvetica"_s,
                                       u"MS Shell Dlg 2"_s};
    return fallbacks.contains(family, Qt::CaseInsensitive);
}

QString chooseFamily(QFontDatabase::SystemFont systemFont, const QString& ours)
{
    const QString system = QFontDatabase::systemFont(systemFont).family();
    if (!isFallback(system))
        return system;
    return QFontDatabase::hasFamily(ours) ? ours : system;
}

QFont sized(const QString& family, TextSize size)
{
    QFont font(family);
    font.setPixelSize(static_cast<int>(size));
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

qreal digitWidth(const QFontMetricsF& metrics)
{
    qreal widest = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QChar(digit)));
    return widest;
}

} // namespace

QFont uiFont(TextSize size, bool strong)
{
    static const QString family = chooseFamily(QFontDatabase::GeneralFont, u"Inter"_s);
    QFont font = sized(family, size);
    if (strong)
        font.setWeight(QFont::DemiBold);
    return font;
}

QFont monoFont(TextSize size)
{
    static const QString family = chooseFamily(QFontDatabase::FixedFont, u"JetBrains Mono"_s);
    QFont font = sized(family, size);
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    return font;
}

qreal tabularWidth(const QString& text, const QFontMetricsF& metrics)
{
    const qreal digit = digitWidth(metrics);
    qreal width = 0;
    for (const QChar c : text)
        width += isDigit(c) ? digit : metrics.horizontalAdvance(c);
    return width;
}

void drawTabular(QPainter& painter, const QRectF& rect, const QString& text)
{
    const QFontMetricsF metrics(painter.font(), painter.device());
    const qreal digit = digitWidth(metrics);
    const qreal baseline = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
    qreal x = rect.right() - tabularWidth(text, metrics);
    for (const QChar c : text) {
        const qreal own = metrics.horizontalAdvance(c);
        const qreal cell = isDigit(c) ? digit : own;
        painter.drawText(QPointF(x + (cell - own) / 2, baseline), QString(c));
        x += cell;
    }
}

} // namespace spillway::views
