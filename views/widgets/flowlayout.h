// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace spillway::views {

/// Puts its items beside each other as long as they fit, then on the next line. After `setLeastOfLast` the last one
/// takes what is left of its line; where that would be less, it gets a line of its own. Never wider than its widest
/// item demands, so that many items do not push a window apart.
class FlowLayout final : public QLayout
{
public:
    explicit FlowLayout(int spacing);
    ~FlowLayout() override;

    void setLeastOfLast(int pixels) { m_leastOfLast = pixels; }
    void insertWidget(int place, QWidget* widget);

    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override { return static_cast<int>(m_items.size()); }
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    /// @return the height that is taken. @param isPlacing  or only asked for the height.
    int arrange(const QRect& rect, bool isPlacing) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
    int m_leastOfLast = 0;
};

} // namespace spillway::views
