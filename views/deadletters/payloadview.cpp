// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/payloadview.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "views/theme/fonts.h"
#include "views/theme/tokens.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/scrollkeys.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr qsizetype firstPart = 256 * 1024; // what a screen waits for; smaller payloads are done at once
constexpr qsizetype laterPart = 4 * 1024 * 1024;
constexpr qsizetype copiedAtOnce = 1024 * 1024;
constexpr int spokenRows = 20;    // to a screen reader; the rest is a long way to listen
constexpr double narrowest = 2.5; // glyphs of other fonts in the room of one of ours, at most
constexpr int margin = 20;        // for the sign of a marked row

/// Hex is masked before it is hex; text by whoever copies it.
QString clipboardText(const QByteArray& bytes, const Masker& masker)
{
    if (isUtf8(bytes))
        return exactText(bytes);
    const MaskedBytes masked = masker.payload(bytes, MaskPurpose::Clipboard);
    return masked.coverage == MaskCoverage::Whole ? maskMarkText.toString()
                                                  : QString::fromLatin1(masked.bytes.toHex(' '));
}

bool isAscii(const QString& text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80; });
}

} // namespace

PayloadView::PayloadView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_load([this](Result<PayloadIndexer::Part> part) {
        if (part)
            take(std::move(*part));
    })
    , m_copyLoad([](Result<QString> text) {
        if (text)
            copyText(*text);
    })
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    setAccessibleName(tr("Payload"));
}

void PayloadView::show(const QByteArray& bytes, PayloadForm form)
{
    m_load.cancel();
    m_rows = PayloadRows(bytes, form);
    m_indexer = std::make_shared<PayloadIndexer>(bytes, form);
    m_isShown = true;
    m_foundFrom = m_foundTo = 0;
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    if (bytes.size() > firstPart && form != PayloadForm::Hex) {
        fitScrollBars();
        goOn(firstPart);
        return;
    }
    while (!m_rows.index().isDone)
        m_rows.apply(m_indexer->advance(firstPart));
    m_indexer.reset();
    fitScrollBars();
    viewport()->update();
    describe();
    Q_EMIT indexed();
}

void PayloadView::describe()
{
    QString text;
    for (const PayloadRow& row : m_rows.rows(0, spokenRows))
        text += m_rows.text(row).left(PayloadRow::longest) + u'\n';
    setAccessibleDescription(text);
}

void PayloadView::clear()
{
    m_load.cancel();
    m_indexer.reset();
    m_rows = {};
    m_isShown = false;
    m_marks.clear();
    m_foundFrom = m_foundTo = 0;
    fitScrollBars();
    viewport()->update();
}

void PayloadView::goOn(qsizetype byteCount)
{
    m_load.ask([indexer = m_indexer, byteCount](std::stop_token) -> Result<PayloadIndexer::Part> {
        return indexer->advance(byteCount);
    });
}

void PayloadView::take(PayloadIndexer::Part part)
{
    const bool restarts = part.restarts;
    const bool isFirst = restarts || m_rows.count() == 0;
    m_rows.apply(std::move(part));
    if (isFirst)
        describe();
    if (restarts) {
        verticalScrollBar()->setValue(0);
        horizontalScrollBar()->setValue(0);
    }
    fitScrollBars();
    viewport()->update();
    if (!m_rows.index().isDone)
        goOn(laterPart);
    else
        m_indexer.reset();
    if (m_scrollsToStretch)
        scrollToStretch();
    Q_EMIT indexed();
}

void PayloadView::setMarks(std::vector<PayloadMark> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void PayloadView::showStretch(qsizetype first, qsizetype last)
{
    m_foundFrom = first;
    m_foundTo = last;
    m_scrollsToStretch = first < last;
    if (m_scrollsToStretch)
        scrollToStretch();
    viewport()->update();
}

void PayloadView::scrollToStretch()
{
    const auto row = m_rows.rowOf(m_foundFrom);
    if (!row)
        return;
    m_scrollsToStretch = false;
    QScrollBar* bar = verticalScrollBar();
    if (*row < bar->value() || *row >= bar->value() + bar->pageStep())
        bar->setValue(static_cast<int>(std::min<qint64>(*row - bar->pageStep() / 3, bar->maximum())));
    const auto shown = m_rows.rows(*row, 1);
    if (shown.empty())
        return;
    const int x = static_cast<int>(static_cast<double>(m_rows.columnOf(shown.front(), m_foundFrom)) *
                                   QFontMetricsF(font()).horizontalAdvance(u'0'));
    QScrollBar* across = horizontalScrollBar();
    if (x < across->value() || x > across->value() + viewport()->width() - 3 * margin)
        across->setValue(x - viewport()->width() / 3);
}

int PayloadView::lineHeight() const
{
    return QFontMetrics(font()).height() + 2;
}

void PayloadView::fitScrollBars()
{
    const int count = static_cast<int>(std::min<qint64>(m_rows.count(), std::numeric_limits<int>::max()));
    const int inSight = std::max(1, viewport()->height() / lineHeight());
    verticalScrollBar()->setRange(0, std::max(0, count - inSight));
    verticalScrollBar()->setPageStep(inSight);
    const int width = (m_rows.index().widestBytes + 4) * QFontMetrics(font()).horizontalAdvance(u'0') + margin;
    horizontalScrollBar()->setRange(0, m_isShown ? std::max(0, width - viewport()->width()) : 0);
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(24);
}

void PayloadView::paintRow(QPainter& painter, const PayloadRow& row, int top) const
{
    const Tokens& tokens = tokensFor(palette());
    const QFontMetricsF metrics(painter.font());
    const double advance = metrics.horizontalAdvance(u'0');
    const double left = margin - horizontalScrollBar()->value();
    const QString text = m_rows.text(row);
    const auto xOf = [&](qsizetype byte) {
        return left + metrics.horizontalAdvance(text, static_cast<int>(m_rows.columnOf(row, byte)));
    };
    if (m_foundFrom < m_foundTo && m_foundFrom < row.to && m_foundTo > row.from) {
        const double from = xOf(std::max<qsizetype>(m_foundFrom, row.from));
        const double to = xOf(std::min<qsizetype>(m_foundTo, row.to));
        painter.fillRect(QRectF(from, top, std::max(to - from, advance), lineHeight()), tokens.selection);
    }
    painter.setPen(tokens.text);
    QFont font = painter.font();
    const bool isStrong = m_isStrong && m_isStrong(text);
    if (isStrong) {
        font.setWeight(QFont::DemiBold);
        painter.setFont(font);
    }
    if (isAscii(text)) { // all of a width: only what is in sight is shaped
        const auto skipped = static_cast<qsizetype>(std::max(0.0, -left / advance));
        const auto most = static_cast<qsizetype>(viewport()->width() / advance) + 2;
        painter.drawText(QRectF(left + static_cast<double>(skipped) * advance, top, 1 << 20, lineHeight()),
                         Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text.mid(skipped, most));
    } else {
        // Of unknown widths: shaped from the left, up to where even narrow glyphs have left the window.
        const auto most = static_cast<qsizetype>((viewport()->width() - left) / advance * narrowest) + 8;
        painter.drawText(QRectF(left, top, 1 << 20, lineHeight()),
                         Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text.left(most));
    }
    if (isStrong) {
        font.setWeight(QFont::Normal);
        painter.setFont(font);
    }
    for (const PayloadMark& mark : m_marks) {
        const qsizetype last = std::max<qsizetype>(mark.last, mark.first + 1);
        if (mark.first >= row.to || last <= row.from)
            continue;
        painter.setPen(QPen(tokens.critical, 1, Qt::DashLine));
        const double y = top + lineHeight() - 1.5;
        painter.drawLine(QPointF(xOf(std::max<qsizetype>(mark.first, row.from)), y),
                         QPointF(xOf(std::min<qsizetype>(last, row.to)), y));
        painter.fillRect(QRectF(2, top, margin - 4, lineHeight()), tokens.surface);
        painter.setPen(tokens.critical);
        painter.drawText(QRectF(2, top, margin - 4, lineHeight()), Qt::AlignCenter, u"◆"_s);
    }
}

void PayloadView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(viewport());
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(viewport()->rect(), tokens.surface);
    painter.setLayoutDirection(Qt::LeftToRight); // of the whole row, whatever its letters
    painter.setFont(font());
    const auto rows = m_rows.rows(verticalScrollBar()->value(), viewport()->height() / lineHeight() + 2);
    m_rowsLaidOut = static_cast<int>(rows.size());
    int top = 0;
    for (const PayloadRow& row : rows) {
        paintRow(painter, row, top);
        if (row.isContinued) {
            painter.fillRect(QRect(2, top, margin - 4, lineHeight()), tokens.surface);
            painter.setPen(tokens.muted);
            painter.drawText(QRect(2, top, margin - 4, lineHeight()), Qt::AlignCenter, u"↪"_s);
        }
        top += lineHeight();
    }
    if (hasFocus())
        painter.fillRect(QRect(0, 0, 2, viewport()->height()), tokens.accent);
}

void PayloadView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitScrollBars();
}

void PayloadView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyAll();
        return;
    }
    if (scrollByKey(*verticalScrollBar(), event->key()))
        return;
    switch (event->key()) {
    case Qt::Key_Space:
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd);
        return;
    case Qt::Key_Right:
        horizontalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepAdd);
        return;
    case Qt::Key_Left:
        horizontalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
        return;
    default:
        event->ignore();
    }
}

void PayloadView::contextMenuEvent(QContextMenuEvent* event)
{
    if (!m_isShown)
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_rows.index().isUtf8 ? tr("Copy all") : tr("Copy all, as hex"), this, &PayloadView::copyAll);
    menu->popup(event->globalPos());
}

void PayloadView::copyAll()
{
    if (!m_isShown)
        return;
    if (m_rows.bytes().size() <= copiedAtOnce)
        copyText(clipboardText(m_rows.bytes(), clipboardMasker()));
    else
        m_copyLoad.ask([bytes = m_rows.bytes(), masker = clipboardMasker()](std::stop_token) -> Result<QString> {
            return clipboardText(bytes, masker);
        });
}

} // namespace spillway::views
