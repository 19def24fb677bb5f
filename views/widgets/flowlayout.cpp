// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/flowlayout.h"

#include <QWidget>

#include <algorithm>

namespace spillway::views {

FlowLayout::FlowLayout(int spacing)
{
    setSpacing(spacing);
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::insertWidget(int place, QWidget* widget)
{
    addChildWidget(widget);
    const auto at = m_items.begin() + std::clamp(place, 0, count());
    m_items.insert(at, std::make_unique<QWidgetItem>(widget));
    invalidate();
}

void FlowLayout::addItem(QLayoutItem* item)
{
    m_items.emplace_back(item);
    invalidate();
}

QLayoutItem* FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[static_cast<std::size_t>(index)].get() : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    const auto at = m_items.begin() + index;
    QLayoutItem* item = at->release();
    m_items.erase(at);
    invalidate();
    return item;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange({0, 0, width, 0}, false);
}

QSize FlowLayout::sizeHint() const
{
    return minimumSize();
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto& item : m_items)
        size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool isPlacing) const
{
    int x = rect.left();
    int y = rect.top();
    int lineHeight = 0;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        QLayoutItem& item = *m_items[i];
        if (item.isEmpty())
            continue;
        const bool takesRest = m_leastOfLast > 0 && i + 1 == m_items.size();
        const QSize hint = item.sizeHint();
        const int wanted = std::min(takesRest ? m_leastOfLast : hint.width(), rect.width());
        if (x > rect.left() && x + wanted > rect.right() + 1) {
            x = rect.left();
            y += lineHeight + spacing();
            lineHeight = 0;
        }
        const int width = takesRest ? rect.right() + 1 - x : wanted;
        if (isPlacing)
            item.setGeometry({x, y, width, hint.height()});
        x += width + spacing();
        lineHeight = std::max(lineHeight, hint.height());
    }
    return y + lineHeight - rect.top();
}

} // namespace spillway::views
