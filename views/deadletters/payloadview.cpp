// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/payloadview.h"

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace spillway::views {

PayloadView::PayloadView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    setAccessibleName(tr("Payload"));
}

void PayloadView::show(const QByteArray& bytes, PayloadLines::Form form)
{
    if (m_lines && m_lines->form() == form && m_lines->bytes() == bytes)
        return; // the reader's place stays
    m_lines = std::make_unique<PayloadLines>(bytes, form);
    fitScrollBars();
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    viewport()->update();
}

void PayloadView::clear()
{
    m_lines.reset();
    fitScrollBars();
    viewport()->update();
}

int PayloadView::lineHeight() const
{
    return QFontMetrics(font()).height() + 2;
}

void PayloadView::fitScrollBars()
{
    const int count = m_lines ? m_lines->count() : 0;
    const int inSight = std::max(1, viewport()->height() / lineHeight());
    verticalScrollBar()->setRange(0, std::max(0, count - inSight));
    verticalScrollBar()->setPageStep(inSight);
    const int width = m_lines ? (m_lines->longestLineBytes() + 4) * QFontMetrics(font()).horizontalAdvance(u'0') : 0;
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(24);
}

void PayloadView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(viewport());
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(viewport()->rect(), tokens.surface);
    if (hasFocus())
        painter.fillRect(QRect(0, 0, 2, viewport()->height()), tokens.accent);
    if (!m_lines)
        return;
    painter.setFont(font());
    painter.setPen(tokens.text);
    const int first = verticalScrollBar()->value();
    const int last = std::min(m_lines->count(), first + viewport()->height() / lineHeight() + 2);
    for (int i = first; i < last; ++i) {
        const QRect box(8 - horizontalScrollBar()->value(), (i - first) * lineHeight(), 1 << 20, lineHeight());
        painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextExpandTabs | Qt::TextSingleLine,
                         m_lines->line(i));
    }
}

void PayloadView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitScrollBars();
}

void PayloadView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Home:
        bar->setValue(0);
        return;
    case Qt::Key_End:
        bar->setValue(bar->maximum());
        return;
    case Qt::Key_PageDown:
    case Qt::Key_Space:
        bar->triggerAction(QAbstractSlider::SliderPageStepAdd);
        return;
    case Qt::Key_PageUp:
        bar->triggerAction(QAbstractSlider::SliderPageStepSub);
        return;
    case Qt::Key_Down:
        bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
        return;
    case Qt::Key_Up:
        bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
        return;
    default:
        event->ignore();
    }
}

void PayloadView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy the payload"), this, [this] { copy(); });
    menu->popup(event->globalPos());
}

void PayloadView::copy() const
{
    if (m_lines)
        QGuiApplication::clipboard()->setText(QString::fromUtf8(m_lines->bytes()));
}

} // namespace spillway::views
