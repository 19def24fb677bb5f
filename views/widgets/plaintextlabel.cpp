// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/plaintextlabel.h"

#include "model/base/text.h"

#include <QEvent>
#include <QTextDocument>

namespace spillway::views {

PlainTextLabel::PlainTextLabel(const QString& text, QWidget* parent)
    : PlainTextLabel(text, TextSize::Body, Ink::Text, parent)
{
}

PlainTextLabel::PlainTextLabel(const QString& text, TextSize size, Ink ink, QWidget* parent)
    : QLabel(parent)
    , m_ink(ink)
{
    setTextFormat(Qt::PlainText);
    setOpenExternalLinks(false);
    setFont(uiFont(size));
    setText(text);
    colour();
}

void PlainTextLabel::setText(const QString& text)
{
    m_full = visibleText(text, true);
    setAccessibleName(m_full);
    fit();
}

void PlainTextLabel::setTone(Tone tone)
{
    m_tone = tone;
    colour();
}

void PlainTextLabel::setInk(Ink ink)
{
    m_ink = ink;
    colour();
}

void PlainTextLabel::setElided(bool elided)
{
    m_isElided = elided;
    setSizePolicy(elided ? QSizePolicy::Ignored : QSizePolicy::Preferred, sizePolicy().verticalPolicy());
    fit();
}

void PlainTextLabel::setSelectable(bool selectable)
{
    setTextInteractionFlags(selectable ? Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard
                                       : Qt::NoTextInteraction);
}

QSize PlainTextLabel::minimumSizeHint() const
{
    const QSize hint = QLabel::minimumSizeHint();
    // One long word must not push its neighbours off the window.
    return m_isElided || wordWrap() ? QSize(0, hint.height()) : hint;
}

void PlainTextLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    if (m_isElided)
        fit();
}

void PlainTextLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_isColouring)
        colour();
    if (event->type() == QEvent::FontChange && m_isElided)
        fit();
}

void PlainTextLabel::colour()
{
    const Tokens& tokens = tokensFor(palette());
    QColor ink = m_ink == Ink::Muted ? tokens.muted : tokens.text;
    if (m_tone != Tone::Neutral)
        ink = tokens.tone(m_tone);
    QPalette own = palette();
    if (own.color(QPalette::WindowText) == ink)
        return;
    own.setColor(QPalette::WindowText, ink);
    m_isColouring = true;
    setPalette(own);
    m_isColouring = false;
}

void PlainTextLabel::fit()
{
    QLabel::setText(
        m_isElided && width() > 0 ? fontMetrics().elidedText(m_full, Qt::ElideMiddle, contentsRect().width()) : m_full);
}

QString plainToolTip(const QString& text)
{
    return Qt::convertFromPlainText(visibleText(text, true), Qt::WhiteSpaceNormal);
}

} // namespace spillway::views
