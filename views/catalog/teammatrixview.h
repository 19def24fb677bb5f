// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/scorecard/teammatrix.h"

#include <QAbstractTableModel>
#include <QTableView>
#include <QWidget>

namespace spillway::views {

class PlainTextLabel;

/// Events down, teams across; the first column counts the teams of an event.
class TeamMatrixModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    /// Another set of teams resets the model; else the rows do, in the order that was chosen.
    void apply(TeamMatrix matrix);
    [[nodiscard]] const TeamMatrix& matrix() const { return m_matrix; }
    [[nodiscard]] const MatrixRow& row(int shown) const; ///< as shown
    /// nullptr: the count, or a team that has nothing to do with the event.
    [[nodiscard]] const TeamPart* part(const QModelIndex& index) const;
    /// The cell in a sentence.
    [[nodiscard]] QString sentence(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    /// By a team: broken promises first, then what it publishes, then what it reads, then the rest; each in the files'
    /// order. By the count: by number. Column -1: the files' order.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    void arrange();
    [[nodiscard]] int weight(int event, int column) const;

    TeamMatrix m_matrix;
    std::vector<int> m_order; // shown row -> event
    int m_column = -1;
    Qt::SortOrder m_direction = Qt::AscendingOrder;
};

/// The matrix with a sentence about the current cell below. Arrow keys go through the cells, Return opens the event,
/// a click on a team sorts by it.
class TeamMatrixView final : public QWidget
{
    Q_OBJECT
public:
    explicit TeamMatrixView(QWidget* parent = nullptr);
    void show(TeamMatrix matrix);
    [[nodiscard]] QTableView* table() const { return m_table; }

Q_SIGNALS:
    void eventActivated(const QString& eventType);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showSentence();
    void openCurrent();

    TeamMatrixModel m_model;
    QTableView* m_table = nullptr;
    PlainTextLabel* m_sentence = nullptr;
};

} // namespace spillway::views
