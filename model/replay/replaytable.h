// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/keyedtable.h"
#include "model/replay/replayjobs.h"

namespace spillway {

/// Replay jobs, one row each, in the order they are given (newest first). Values and states only. UI thread.
class ReplayTable final : public KeyedTable<ReplayJobRow, QString>
{
public:
    enum Column {
        JobColumn,
        StateColumn,
        TargetsColumn,
        MessagesColumn,
        SentColumn,
        ConfirmedColumn,
        FailedAgainColumn,
        SkippedColumn,
        GuaranteeColumn,
        StartedColumn,
        FinishedColumn,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export: text, qint64 (ms, messages) or invalid
                                  ///< for unknown
        KeyRole,                  ///< the job's id
        PlanRole,
        ConnectionRole,
        QueryRole,     ///< as the user wrote it
        StateRole,     ///< JobState as int
        StateWordRole, ///< contract.md's word
        DetailRole,    ///< why it is in this state; empty: nothing to say
        TargetsRole,   ///< QStringList
        MessagesRole,
        SentRole,
        ConfirmedRole,
        FailedAgainRole,
        SkippedRole,
        UnknownRole,  ///< sent, and neither confirmed nor failed again
        FractionRole, ///< double in [0, 1]: sent or skipped of all; 1 without messages
        GuaranteeRole,
        VerifiedOnceRole, ///< qint64; invalid: not verified yet (MissingRole, DoubledRole likewise)
        MissingRole,
        DoubledRole,
        CreatedByRole,
        ReasonRole,    ///< invalid: none was given
        CreatedAtRole, ///< qint64 ms since 1970; so the next two, invalid where it did not happen
        StartedAtRole,
        FinishedAtRole,
    };

    explicit ReplayTable(QObject* parent = nullptr);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

protected:
    [[nodiscard]] QString keyOf(const ReplayJobRow& row) const override { return row.jobId; }
};

} // namespace spillway
