// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/keyedtable.h"
#include "model/lag/lagqueries.h"

namespace spillway {

/// Groups and their lag, one row each, in the order they are given. Values and states only; words, colours and units
/// belong to the view. UI thread.
class LagTable final : public KeyedTable<LagGroupRow, std::int64_t>
{
public:
    enum Column {
        GroupColumn,
        OwnerColumn,
        StateColumn,
        LagColumn,
        TimeLagColumn,
        TrendColumn,
        DrainColumn,
        PartitionsColumn,
        SampledColumn,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export: text, qint64 (ms, messages) or invalid
                                  ///< for unknown
        KeyRole,                  ///< qint64, the group's id in the store
        StateRole,                ///< LagState as int
        StateWordRole,            ///< contract.md's word
        ConnectionRole,
        GroupRole,
        OwnerRole,       ///< invalid: nobody is named
        LagRole,         ///< qint64 messages; invalid: unknown
        LostRole,        ///< qint64 messages that expired unread
        TimeLagLowRole,  ///< qint64 ms; invalid: unknown
        TimeLagHighRole, ///< qint64 ms; invalid while TimeLagLowRole is valid: at least that
        TrendRole,       ///< LagTrend as int; invalid: too few samples
        PerSecondRole,   ///< double, messages per second that lag grows; negative shrinks
        DrainsInRole,    ///< qint64 ms; invalid: it does not shrink
        PartitionsRole,
        PartitionsUnknownRole,
        SampledAtRole, ///< qint64 ms since 1970
    };

    explicit LagTable(QObject* parent = nullptr);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

protected:
    [[nodiscard]] std::int64_t keyOf(const LagGroupRow& row) const override { return row.id; }
};

} // namespace spillway
