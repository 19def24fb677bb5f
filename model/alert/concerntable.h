// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "model/base/keyedtable.h"

namespace spillway {

/// Overview's list, one row per concern, in the order they are given. Values only; words, shapes and colours belong to
/// the view. UI thread.
class ConcernTable final : public KeyedTable<Concern, QString>
{
public:
    enum Column { SummaryColumn, TeamColumn, OncallColumn, SinceColumn, UntilColumn, SeverityColumn, ColumnCount };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export: text, qint64 (ms since 1970) or invalid
                                  ///< for unknown
        IdRole,                   ///< the key
        SeverityRole,             ///< Severity as int
        SeverityWordRole,
        RuleRole, ///< ConcernRule as int
        SummaryRole,
        EvidenceRole,
        TeamRole,   ///< invalid: nobody owns it
        OncallRole, ///< invalid: unknown
        ChannelRole,
        SinceRole, ///< qint64 ms since 1970; invalid: unknown
        UntilRole,
        ActionLabelRole,
        ActionScreenRole, ///< ConcernScreen as int
        ActionFilterRole,
        ActionCommandRole,
    };

    explicit ConcernTable(QObject* parent = nullptr);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

protected:
    [[nodiscard]] QString keyOf(const Concern& concern) const override { return concern.id; }
};

} // namespace spillway
