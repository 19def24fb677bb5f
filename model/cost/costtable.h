// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costreport.h"

#include <QAbstractTableModel>

namespace spillway {

/// A cost report as a table: teams as the report orders them, then what is unattributed and idle where there is any. UI
/// thread.
class CostTable final : public QAbstractTableModel
{
public:
    enum Column { Team, Storage, Network, Compute, Registry, Other, Total, ColumnCount };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export: text, or a double in the currency
        MicrosRole,               ///< qint64: the amount in micro-units; invalid in the team's column
        KindRole,                 ///< int(Kind), in every column
        ShareRole,                ///< double in [0, 1]: the row's total of the report's; invalid when that is 0
    };
    enum Kind { TeamRow, UnattributedRow, IdleRow, AdjustmentRow };

    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces the rows. The report stays readable through `report`.
    void show(CostReport report);
    [[nodiscard]] const CostReport& report() const { return m_report; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    /// Display text: the team (invisible characters shown), `unattributed`, `idle`; amounts with four decimals.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    /// Identifiers, for export and for the view to name in the reader's language.
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        CostRow cost;
        Kind kind = TeamRow;
    };
    CostReport m_report;
    std::vector<Row> m_rows;
};

} // namespace spillway
