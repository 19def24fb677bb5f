// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/celldelegate.h"

#include "views/theme/fonts.h"
#include "views/widgets/columns.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/sparkline.h"
#include "views/widgets/statebadge.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <vector>

namespace spillway::views {

namespace {

constexpr qsizetype longestToolTip = 2'000;
constexpr int sidePixels = 8;
constexpr int markPixels = 16;  // a shape before the text
constexpr int sparkPixels = 72; // a sparkline before it, and the room between

} // namespace

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Tokens& tokens = tokensFor(option.palette);
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool isCurrentRow = view && view->hasFocus() && view->currentIndex().row() == index.row();
    painter->save();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    if (isSelected)
        painter->fillRect(option.rect, tokens.selection);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      mixed(tokens.line, tokens.surface, 0.5));
    if (isCurrentRow && option.rect.left() <= 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 2, option.rect.height()), tokens.accent);

    QRect box = option.rect.adjusted(sidePixels, 0, -sidePixels, 0);
    const QVariant mark = index.data(MarkRole);
    const bool isMono = index.data(MonoRole).toBool();
    painter->setFont(isMono ? monoFont() : uiFont());
    const QFontMetrics metrics(painter->font());
    const QString text = index.data(Qt::DisplayRole).toString();
    QColor ink = index.data(MutedRole).toBool() ? tokens.muted : tokens.text;

    if (mark.isValid()) {
        const auto state = mark.value<CellMark>();
        paintToneShape(*painter, QPointF(box.left() + 5, box.center().y() + 0.5), state.tone, tokens);
        box.setLeft(box.left() + markPixels);
        ink = state.tone == Tone::Neutral ? tokens.muted : tokens.tone(state.tone);
    }
    const QVariant spark = index.data(SparklineRole);
    if (spark.isValid()) {
        const auto counts = spark.value<QList<qint64>>();
        const QRectF place(box.left(), box.top() + (box.height() - 16) / 2.0, 64, 16);
        paintSparkBars(*painter, place, std::vector<std::int64_t>(counts.begin(), counts.end()), tokens.muted);
        box.setLeft(box.left() + sparkPixels);
    }
    painter->setPen(ink);
    if (index.data(AlignRole).toInt() == static_cast<int>(CellAlign::Number)) {
        drawTabular(*painter, box, text);
    } else {
        const QString secondary = index.data(SecondaryRole).toString();
        // Names differ at both ends; a sentence is read from its beginning.
        const bool isCutAtEnd = text.count(u' ') >= 3 || index.data(CutAtEndRole).toBool();
        const QString shown = metrics.elidedText(text, isCutAtEnd ? Qt::ElideRight : Qt::ElideMiddle, box.width());
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, shown);
        const int left = metrics.horizontalAdvance(shown) + 8;
        if (!secondary.isEmpty() && left + 24 < box.width()) {
            painter->setFont(uiFont());
            painter->setPen(tokens.muted);
            const QRect rest = box.adjusted(left, 0, 0, 0);
            painter->drawText(rest, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                              QFontMetrics(painter->font()).elidedText(secondary, Qt::ElideRight, rest.width()));
        }
    }
    painter->restore();
}

bool CellDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                             const QModelIndex& index)
{
    const QString text = index.data(Qt::DisplayRole).toString();
    int room = option.rect.width() - 2 * sidePixels;
    if (index.data(MarkRole).isValid())
        room -= markPixels;
    if (index.data(SparklineRole).isValid())
        room -= sparkPixels;
    const QFontMetrics metrics(index.data(MonoRole).toBool() ? monoFont() : uiFont());
    if (event->type() != QEvent::ToolTip || metrics.horizontalAdvance(text) <= room)
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QToolTip::showText(event->globalPos(), plainToolTip(text.left(longestToolTip)), view);
    return true;
}

} // namespace spillway::views
