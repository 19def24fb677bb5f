// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costtable.h"

#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Money amountIn(const CostRow& row, int column)
{
    if (column == CostTable::Total)
        return row.total;
    if (column != CostTable::Other)
        return row.components.at(static_cast<std::size_t>(column - CostTable::Storage));
    Money others = row.total; // all but the article's
    for (const CostComponent component : coreComponents)
        others.micros -= row.of(component).micros;
    return others;
}

QString nameOf(const CostRow& row, CostTable::Kind kind)
{
    switch (kind) {
    case CostTable::TeamRow:
        return visibleText(row.team);
    case CostTable::UnattributedRow:
        return u"unattributed"_s;
    case CostTable::IdleRow:
        return u"idle"_s;
    case CostTable::AdjustmentRow:
        return u"adjustment"_s;
    }
    return {};
}

} // namespace

void CostTable::show(CostReport report)
{
    beginResetModel();
    m_report = std::move(report);
    m_rows.clear();
    for (const CostRow& row : m_report.teams)
        m_rows.push_back(Row{row, TeamRow});
    if (m_report.unattributed.total.micros > 0)
        m_rows.push_back(Row{m_report.unattributed, UnattributedRow});
    if (m_report.idle.total.micros > 0)
        m_rows.push_back(Row{m_report.idle, IdleRow});
    if (m_report.adjustment.total.micros != 0)
        m_rows.push_back(Row{m_report.adjustment, AdjustmentRow});
    endResetModel();
}

int CostTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CostTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CostTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Team ? nameOf(row.cost, row.kind) : formatMoney(amountIn(row.cost, index.column()), 4);
    case ValueRole:
        return index.column() == Team ? QVariant(nameOf(row.cost, row.kind))
                                      : QVariant(static_cast<double>(amountIn(row.cost, index.column()).micros) / 1e6);
    case MicrosRole:
        return index.column() == Team ? QVariant() : QVariant(qlonglong{amountIn(row.cost, index.column()).micros});
    case KindRole:
        return int{row.kind};
    case ShareRole:
        if (m_report.total.total.micros == 0)
            return {};
        return static_cast<double>(row.cost.total.micros) / static_cast<double>(m_report.total.total.micros);
    default:
        return {};
    }
}

QVariant CostTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    if (section == Team || section == Total)
        return section == Team ? u"team"_s : u"total"_s;
    if (section == Other)
        return u"other"_s;
    return costComponentWord(costComponents.at(static_cast<std::size_t>(section - Storage)));
}

} // namespace spillway
