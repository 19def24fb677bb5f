// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/keyedtable.h"
#include "model/deadletter/lettergroups.h"

namespace spillway {

/// Groups of dead letters, one row each, in the order they are given. Values and states only; words, colours and units
/// belong to the view. Texts are strangers': show them by visibleText. UI thread.
class DeadLetterGroupTable final : public KeyedTable<DeadLetterGroup, QString>
{
public:
    enum Column {
        TitleColumn,
        EventColumn,
        ConsumerColumn,
        TeamColumn,
        CountColumn,
        OldestColumn,
        KindColumn,
        StateColumn,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for sorting and export: text, qint64 (letters, ms) or invalid
                                  ///< for unknown
        IdRole,
        TitleRole,
        ErrorClassRole, ///< invalid: not told; likewise the next three
        EventTypeRole,
        ConsumerRole,
        TeamRole,
        CountRole,      ///< qint64 letters that fit the question
        OpenCountRole,  ///< qint64 of these, open
        OldestOpenRole, ///< qint64 ms since 1970, of its oldest open letter; invalid: none is open
        FirstSeenRole,  ///< qint64 ms since 1970
        LastSeenRole,
        KindRole, ///< FailureKind as int
        KindWordRole,
        StateRole, ///< TriageState as int
        StateWordRole,
        AssigneeRole,      ///< invalid: nobody, or several
        SampleMessageRole, ///< invalid: none was told
    };

    explicit DeadLetterGroupTable(QObject* parent = nullptr);

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

protected:
    [[nodiscard]] QString keyOf(const DeadLetterGroup& row) const override { return row.id; }
};

} // namespace spillway
