// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costhistory.h"

#include <QAbstractTableModel>

namespace spillway {

/// A bill by one dimension as a table, dearest first, with the previous period beside it. UI thread.
class CostPartTable final : public QAbstractTableModel
{
public:
    enum Column { Name, Amount, Previous, Change, Share, ColumnCount };
    enum Role {
        ValueRole = Qt::UserRole, ///< for sorting and export: text, or a double in the currency; Share in [0, 1]
        MicrosRole,               ///< qint64 of the row's amount, previous amount or change; invalid where unknown
        KindRole,                 ///< int(CostPart::Kind), in every column
    };
    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces the rows. @param previous  nullptr: there is nothing to compare with
    void show(const CostBill& bill, const CostBill* previous, CostDimension dimension);
    [[nodiscard]] const CostPart& part(int row) const { return m_rows[static_cast<std::size_t>(row)].part; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        CostPart part;
        std::optional<Money> previous; ///< nullopt: not compared
    };
    std::vector<Row> m_rows;
    Money m_total;
};

/// The lines behind one part of a bill: who takes part in it, how much, and what that rests on. UI thread.
class CostLineTable final : public QAbstractTableModel
{
public:
    enum Column { Event, Team, Service, RoleColumn, Component, Quantity, Basis, Amount, ColumnCount };
    enum Role { ValueRole = Qt::UserRole, MicrosRole };
    using QAbstractTableModel::QAbstractTableModel;

    /// The lines of the bill that belong to the part, dearest first; lines that differ in their segment only are one.
    void show(const CostBill& bill, CostDimension dimension, const CostPart& part);
    void clear();
    [[nodiscard]] const CostLine& line(int row) const { return m_lines[static_cast<std::size_t>(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<CostLine> m_lines;
};

} // namespace spillway
