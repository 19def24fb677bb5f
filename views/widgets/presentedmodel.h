// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/widgets/columns.h"

#include <QSortFilterProxyModel>

#include <map>
#include <vector>

namespace spillway::views {

/// Puts words on a subject's values and sorts them. For tables that hold at most some thousands of rows; longer ones
/// are sorted and cut where they are read. Columns of the source that no spec names are hidden by the view.
class PresentedModel final : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit PresentedModel(QObject* parent = nullptr);
    void setColumns(std::vector<ColumnSpec> columns);
    [[nodiscard]] const std::vector<ColumnSpec>& columns() const { return m_columns; }
    [[nodiscard]] const ColumnSpec* spec(int column) const;

    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    [[nodiscard]] QString textOf(const ColumnSpec& spec, const QModelIndex& source) const;
    std::vector<ColumnSpec> m_columns;
    std::map<int, std::size_t> m_byColumn;
};

} // namespace spillway::views
