// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/widgets/presentedmodel.h"

#include <QTableView>

#include <optional>
#include <utility>

class QMenu;

namespace spillway::views {

class Prompter;

/// The one table: rows of 28 px, sort visible, columns movable and remembered, copy as TSV, export as CSV, j and k as
/// arrows.
class TableView final : public QTableView
{
    Q_OBJECT
public:
    /// @param name  under which columns are remembered.
    TableView(const QString& name, Prompter& prompter, QWidget* parent = nullptr);

    /// @param source  the subject's model; not owned.
    void show(QAbstractItemModel* source, std::vector<ColumnSpec> columns);
    /// What stands first in the menu of a cell. Gets an index of the subject's model, in the cell's column.
    void setCellMenu(std::function<void(QMenu&, const QModelIndex&)> fill) { m_cellMenu = std::move(fill); }
    /// What names a row, so that selection and place survive a reset of the model. Gets an index of the subject's
    /// model.
    void setRowKey(std::function<QString(const QModelIndex&)> key) { m_rowKey = std::move(key); }
    /// Order at first; afterwards what the reader chose.
    void sortFirstBy(int column, Qt::SortOrder order);

    [[nodiscard]] PresentedModel& presented() { return m_presented; }
    [[nodiscard]] QModelIndex currentSource() const;                ///< invalid without a current row
    [[nodiscard]] std::vector<QModelIndex> selectedSources() const; ///< column 0, in the order shown

    [[nodiscard]] std::vector<int> visibleColumns() const; ///< of the subject's model, in the order shown
    /// Shows just these, in this order; those that the table does not have are left out. None: as it is.
    void arrangeColumns(const std::vector<int>& columns);
    /// For a column that has nothing to show at the moment; not remembered.
    void setColumnShown(int column, bool isShown);
    /// A column that is always as wide as its widest text, at least its first width, and leaving the others theirs; as
    /// it is where the reader arranged the columns.
    void setFittedColumn(int column);
    /// The column that rows are ordered by now; nullopt: as they came.
    [[nodiscard]] std::optional<std::pair<int, Qt::SortOrder>> order() const;

    void copySelection();
    void exportCsv();

Q_SIGNALS:
    /// The row under the keyboard is another one (also to none).
    void currentRowChanged();
    void rowActivated();
    void exportFailed(const QString& sentence);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void restoreColumns();
    void rememberColumns();
    void fillWidth();
    void fitColumn();
    void fitAgain();
    void rememberPlace();
    void returnToPlace();

    QString m_name;
    Prompter& m_prompter;
    PresentedModel m_presented;
    std::function<QString(const QModelIndex&)> m_rowKey;
    std::function<void(QMenu&, const QModelIndex&)> m_cellMenu;
    QStringList m_selectedKeys;
    QString m_currentKey;
    int m_scroll = 0;
    int m_fittedColumn = -1;    // none
    bool m_isPlacing = false;   ///< we move columns, not the reader
    bool m_isReturning = false; ///< the model is being reset
};

} // namespace spillway::views
