// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/payloadrows.h"
#include "model/schema/decodedpayload.h"
#include "views/widgets/asyncload.h"

#include <QAbstractScrollArea>

#include <memory>

namespace spillway::views {

/// Shows bytes of any size at once: indexed in parts on a pool thread, and only the rows in sight are made and painted.
/// Plain text always. Arrows and pages scroll; Ctrl+C copies the whole.
class PayloadView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit PayloadView(QWidget* parent = nullptr);
    void show(const QByteArray& bytes, PayloadForm form);
    void clear();

    [[nodiscard]] const PayloadRows& rows() const { return m_rows; }
    [[nodiscard]] bool isEmpty() const { return !m_isShown; }
    [[nodiscard]] bool isIndexing() const { return m_isShown && !m_rows.index().isDone; }
    /// How many rows the last paint made; never more than fit, and two.
    [[nodiscard]] int rowsLaidOut() const { return m_rowsLaidOut; }

    /// Stretches to be looked at: underlined, with a sign in the margin.
    void setMarks(std::vector<PayloadMark> marks);
    /// Scrolls to a stretch and paints it as found; an empty one takes the finding away.
    void showStretch(qsizetype first, qsizetype last);
    [[nodiscard]] qsizetype foundAt() const { return m_foundFrom < m_foundTo ? m_foundFrom : -1; }
    [[nodiscard]] qsizetype foundEnd() const { return m_foundTo; }
    /// Rows that stand out by weight. Called for rows in sight only.
    void setIsStrong(std::function<bool(const QString& row)> isStrong) { m_isStrong = std::move(isStrong); }
    /// To the clipboard: as text, or as hex where the bytes are no UTF-8. Large ones in the background.
    void copyAll();

Q_SIGNALS:
    /// More rows are there, or the rows began anew.
    void indexed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void goOn(qsizetype byteCount);
    void take(PayloadIndexer::Part part);
    void scrollToStretch();
    void describe();
    void fitScrollBars();
    void paintRow(QPainter& painter, const PayloadRow& row, int top) const;
    [[nodiscard]] int lineHeight() const;

    PayloadRows m_rows;
    std::shared_ptr<PayloadIndexer> m_indexer; // second owner: the part that is being made in the pool
    bool m_isShown = false;
    bool m_scrollsToStretch = false; // it is not indexed yet
    qsizetype m_foundFrom = 0;
    qsizetype m_foundTo = 0;
    std::vector<PayloadMark> m_marks;
    std::function<bool(const QString&)> m_isStrong;
    int m_rowsLaidOut = 0;
    AsyncLoad<PayloadIndexer::Part> m_load;
    AsyncLoad<QString> m_copyLoad;
};

} // namespace spillway::views
