// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <QAbstractTableModel>
#include <QCache>
#include <QList>
#include <QSet>

#include <vector>

namespace spillway {

/// Letters that a question found, newest first, by their places in the store; a million rows cost eight megabytes.
/// Letters come in as they are looked at: a row without its letter has invalid values and LoadedRole false, and
/// `lettersNeeded` asks for it and its neighbours. Values and states only; texts are strangers': show them by
/// visibleText. UI thread.
class DeadLetterTable final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        TimeColumn,
        KeyColumn,
        PartitionColumn,
        OffsetColumn,
        ErrorColumn,
        EventColumn,
        ConsumerColumn,
        StateColumn,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< the cell's value for export: text, qint64 or invalid for unknown
        LoadedRole,               ///< bool: the letter is here
        PlaceRole,                ///< qint64, the row in the store; always here
        IdRole,
        AgesFromRole,  ///< qint64 ms since 1970: since when its age counts
        IsAtLeastRole, ///< bool: the time of dead-lettering is not told, the age is a lower bound
        KeyRole,       ///< QByteArray; invalid: null
        ChannelRole,
        PartitionRole,
        OffsetRole,
        ErrorClassRole, ///< invalid: not told; likewise the texts below
        ErrorMessageRole,
        EventTypeRole,
        ConsumerRole,
        TeamRole,
        KindRole,  ///< FailureKind as int
        StateRole, ///< TriageState as int
        StateWordRole,
        AssigneeRole,
        AttemptsRole,
        SizeBytesRole,
        IsPointerRole, ///< bool: the payload stayed at its origin
        GroupRole,
    };

    explicit DeadLetterTable(QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// The answer to another question: one reset. @param places  newest first, each once.
    void replace(std::vector<std::int64_t> places);
    /// A newer answer to the same question: rows come and go as ranges, selections stay with their letters.
    void apply(std::vector<std::int64_t> places);
    /// Letters that were asked for (or any others), each with its `place`. Unknown places are dropped.
    void applyLetters(const std::vector<DeadLetter>& letters);
    /// Asks again for every letter that is here, after states changed; what is shown stays until the new ones arrive.
    void refresh();

    /// The letter of a row, if it is here.
    [[nodiscard]] const DeadLetter* letter(int row) const;
    [[nodiscard]] std::int64_t place(int row) const { return m_places[static_cast<std::size_t>(row)]; }

Q_SIGNALS:
    /// Rows are looked at whose letters are not here: at most 500 places, once each until they arrive or `replace`.
    /// Sent from the event loop, not from inside `data`.
    void lettersNeeded(const QList<qint64>& places);

private:
    void need(int row) const;
    void askNow();

    static constexpr int pageRows = 100;
    static constexpr int keptLetters = 5'000;

    std::vector<std::int64_t> m_places;
    mutable QCache<std::int64_t, DeadLetter> m_letters{keptLetters};
    mutable QSet<std::int64_t> m_asked; // not here yet
    mutable QList<qint64> m_toAsk;      // of these, those whose signal is due
    mutable bool m_isAskDue = false;
};

} // namespace spillway
