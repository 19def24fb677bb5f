// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/deadletters/payloadtext.h"

#include <QAbstractScrollArea>

#include <memory>

namespace spillway::views {

/// Shows a payload of any size at once: only the lines in sight are decoded and painted. Plain text always. Arrows and
/// pages scroll, Ctrl+A and Ctrl+C copy the whole payload's bytes.
class PayloadView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit PayloadView(QWidget* parent = nullptr);
    void show(const QByteArray& bytes, PayloadLines::Form form);
    void clear();
    [[nodiscard]] const PayloadLines* lines() const { return m_lines.get(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void fitScrollBars();
    void copy() const;
    [[nodiscard]] int lineHeight() const;

    std::unique_ptr<PayloadLines> m_lines;
};

} // namespace spillway::views
