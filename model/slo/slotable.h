// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/keyedtable.h"
#include "model/slo/sloqueries.h"

namespace spillway {

/// Promises and how they are kept, in the order they are given. Values and states only; words, colours and units belong
/// to the view. UI thread.
class SloTable final : public KeyedTable<SloRow, QString>
{
public:
    enum Column {
        ConsumerColumn,
        EventColumn,
        TeamColumn,
        StateColumn,
        AttainmentColumn,
        ObjectiveColumn,
        TargetColumn,
        P50Column,
        P99Column,
        SuccessColumn,
        BudgetColumn,
        BurnColumn,
        TotalColumn,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export; invalid for unknown
        KeyRole,                  ///< QString that names (consumer, event)
        StateRole,                ///< SloState as int
        StateWordRole,            ///< contract.md's word
        ConsumerRole,
        EventRole,
        TeamRole,         ///< invalid: nobody is named
        TotalRole,        ///< qint64
        GoodRole,         ///< qint64; invalid without a promise
        WithinTargetRole, ///< qint64; invalid without a promise
        AttainmentRole,   ///< double in [0, 1]
        ObjectiveRole,    ///< double in (0, 1)
        TargetRole,       ///< double, ms
        P50Role,          ///< double, ms
        P99Role,          ///< double, ms
        SuccessRole,      ///< double in [0, 1]
        BudgetRole,       ///< double; negative when overspent
        BurnRole,         ///< double
    };

    explicit SloTable(QObject* parent = nullptr);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

protected:
    [[nodiscard]] QString keyOf(const SloRow& row) const override;
};

} // namespace spillway
