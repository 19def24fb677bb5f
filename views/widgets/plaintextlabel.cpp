// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/plaintextlabel.h"

#include "model/base/text.h"
#include "views/widgets/clipboard.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QTextDocument>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QChar breakHere(0x200b); // of no width; visibleText leaves none in a text, so that all there are, are ours
constexpr qsizetype longWord = 20; // shorter ones fit on a line
constexpr std::size_t mostHeights = 4;

/// Class names, paths and digests may go on in the next line, after a mark between their parts or somewhere.
QString withBreaks(const QString& text)
{
    static const QString marks = u"./\\_-:,;@$&=?#)"_s;
    QString broken;
    qsizetype start = 0; // of the word
    for (qsizetype i = 0; i <= text.size(); ++i) {
        if (i < text.size() && !text[i].isSpace())
            continue;
        const QStringView word = QStringView(text).sliced(start, i - start);
        qsizetype run = 0;
        for (const QChar c : word) {
            broken += c;
            ++run;
            if (word.size() <= longWord || c.isHighSurrogate())
                continue;
            if ((marks.contains(c) && run > 3) || run >= longWord) {
                broken += breakHere;
                run = 0;
            }
        }
        if (i < text.size())
            broken += text[i];
        start = i + 1;
    }
    return broken;
}

} // namespace

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
    QString full = visibleText(text, true);
    if (full == m_full && !full.isEmpty())
        return;
    m_full = std::move(full);
    setAccessibleName(m_full);
    fit();
}

QString PlainTextLabel::text() const
{
    return QLabel::text().remove(breakHere);
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

int PlainTextLabel::heightForWidth(int width) const
{
    for (const Height& known : m_heights) {
        if (known.width == width && known.isWrapped == wordWrap())
            return known.height;
    }
    if (m_heights.size() >= mostHeights)
        m_heights.clear();
    return m_heights.emplace_back(Height{width, wordWrap(), QLabel::heightForWidth(width)}).height;
}

bool PlainTextLabel::event(QEvent* event)
{
    switch (event->type()) {
    case QEvent::FontChange:
    case QEvent::StyleChange:
    case QEvent::ContentsRectChange:
    case QEvent::LayoutDirectionChange:
    case QEvent::Polish:
        m_heights.clear();
        break;
    default:
        break;
    }
    return QLabel::event(event);
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

void PlainTextLabel::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy) && hasSelectedText()) {
        copySelection();
        return;
    }
    QLabel::keyPressEvent(event);
}

void PlainTextLabel::contextMenuEvent(QContextMenuEvent* event)
{
    if (!hasSelectedText()) {
        QLabel::contextMenuEvent(event);
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Copy"), QKeySequence::Copy, this, &PlainTextLabel::copySelection);
    menu->popup(event->globalPos());
}

void PlainTextLabel::copySelection()
{
    copyText(selectedText().remove(breakHere));
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
    m_heights.clear();
    if (!m_isElided)
        QLabel::setText(withBreaks(m_full));
    else
        QLabel::setText(width() > 0 ? fontMetrics().elidedText(m_full, Qt::ElideMiddle, contentsRect().width())
                                    : m_full);
}

QString plainToolTip(const QString& text)
{
    return Qt::convertFromPlainText(visibleText(text, true), Qt::WhiteSpaceNormal);
}

} // namespace spillway::views
