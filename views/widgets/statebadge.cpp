// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/statebadge.h"

#include "views/theme/fonts.h"

#include <QFontMetrics>

namespace spillway::views {

QChar toneGlyph(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return u'–';
    case Tone::Ok:
        return u'●';
    case Tone::Warning:
        return u'▲';
    case Tone::Critical:
        return u'◆';
    case Tone::Unknown:
        return u'○';
    }
    return u'○';
}

QString toneWord(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return {};
    case Tone::Ok:
        return StateBadge::tr("ok");
    case Tone::Warning:
        return StateBadge::tr("warning");
    case Tone::Critical:
        return StateBadge::tr("critical");
    case Tone::Unknown:
        return StateBadge::tr("unknown");
    }
    return {};
}

void paintToneShape(QPainter& painter, QPointF centre, Tone tone, const Tokens& tokens)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour = tokens.tone(tone);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const qreal r = 4;
    switch (tone) {
    case Tone::Neutral:
        painter.drawRect(QRectF(centre.x() - r, centre.y() - 0.5, 2 * r, 1));
        break;
    case Tone::Ok:
        painter.drawEllipse(centre, r, r);
        break;
    case Tone::Warning:
        painter.drawPolygon(QPolygonF{QPointF(centre.x(), centre.y() - r),
                                      QPointF(centre.x() + r + 0.6, centre.y() + r),
                                      QPointF(centre.x() - r - 0.6, centre.y() + r)});
        break;
    case Tone::Critical:
        painter.drawPolygon(QPolygonF{QPointF(centre.x(), centre.y() - r - 1), QPointF(centre.x() + r + 1, centre.y()),
                                      QPointF(centre.x(), centre.y() + r + 1),
                                      QPointF(centre.x() - r - 1, centre.y())});
        break;
    case Tone::Unknown:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.5));
        painter.drawEllipse(centre, r - 0.5, r - 0.5);
        break;
    }
    painter.restore();
}

StateBadge::StateBadge(QWidget* parent)
    : QWidget(parent)
{
    setFont(uiFont());
    setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
}

StateBadge::StateBadge(Tone tone, const QString& word, QWidget* parent)
    : StateBadge(parent)
{
    setState(tone, word);
}

void StateBadge::setState(Tone tone, const QString& word)
{
    m_tone = tone;
    m_word = word;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StateBadge::sizeHint() const
{
    return {16 + QFontMetrics(font()).horizontalAdvance(m_word) + 2, 20};
}

void StateBadge::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    paintToneShape(painter, QPointF(5, height() / 2.0), m_tone, tokens);
    painter.setPen(m_tone == Tone::Neutral ? tokens.muted : tokens.tone(m_tone));
    painter.setFont(font());
    painter.drawText(rect().adjusted(16, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, m_word);
}

} // namespace spillway::views
