// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/slotable.h"

#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct ColumnFacts
{
    SloTable::Role role;
    const char* name; // an identifier, for export and for the view to name in the reader's language
};
constexpr std::array<ColumnFacts, SloTable::ColumnCount> columns{{{SloTable::ConsumerRole, "consumer"},
                                                                  {SloTable::EventRole, "eventType"},
                                                                  {SloTable::TeamRole, "team"},
                                                                  {SloTable::StateWordRole, "state"},
                                                                  {SloTable::AttainmentRole, "attainment"},
                                                                  {SloTable::ObjectiveRole, "objective"},
                                                                  {SloTable::TargetRole, "targetMs"},
                                                                  {SloTable::P50Role, "p50Ms"},
                                                                  {SloTable::P99Role, "p99Ms"},
                                                                  {SloTable::SuccessRole, "successRate"},
                                                                  {SloTable::BudgetRole, "budgetRemaining"},
                                                                  {SloTable::BurnRole, "burnRate1h"},
                                                                  {SloTable::TotalRole, "total"}}};

QVariant orInvalid(const std::optional<double>& value)
{
    return value ? QVariant(*value) : QVariant();
}

QVariant orInvalid(const std::optional<std::int64_t>& value)
{
    return value ? QVariant(qint64{*value}) : QVariant();
}

} // namespace

SloTable::SloTable(QObject* parent)
    : KeyedTable(parent)
{
}

QString SloTable::keyOf(const SloRow& row) const
{
    return row.consumer + QChar(0x1F) + row.eventType;
}

int SloTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SloTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    const SloRow& slo = row(index.row());
    if (role == Qt::DisplayRole || role == ValueRole)
        role = columns.at(static_cast<std::size_t>(index.column())).role;
    switch (role) {
    case KeyRole:
        return keyOf(slo);
    case StateRole:
        return static_cast<int>(slo.state);
    case StateWordRole:
        return sloStateWord(slo.state);
    case ConsumerRole:
        return slo.consumer;
    case EventRole:
        return slo.eventType;
    case TeamRole:
        return slo.team ? QVariant(*slo.team) : QVariant();
    case TotalRole:
        return qint64{slo.total};
    case GoodRole:
        return orInvalid(slo.good);
    case WithinTargetRole:
        return orInvalid(slo.withinTarget);
    case AttainmentRole:
        return orInvalid(slo.attainment);
    case ObjectiveRole:
        return orInvalid(slo.objective);
    case TargetRole:
        return orInvalid(slo.targetMs);
    case P50Role:
        return orInvalid(slo.p50Ms);
    case P99Role:
        return orInvalid(slo.p99Ms);
    case SuccessRole:
        return orInvalid(slo.successRate);
    case BudgetRole:
        return orInvalid(slo.budgetRemaining);
    case BurnRole:
        return orInvalid(slo.burnRate1h);
    default:
        return {};
    }
}

QVariant SloTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return QString::fromLatin1(columns.at(static_cast<std::size_t>(section)).name);
}

QHash<int, QByteArray> SloTable::roleNames() const
{
    QHash<int, QByteArray> names{{ValueRole, "value"},
                                 {KeyRole, "key"},
                                 {StateRole, "stateNumber"},
                                 {GoodRole, "good"},
                                 {WithinTargetRole, "withinTarget"}};
    for (const ColumnFacts& column : columns)
        names.insert(column.role, column.name);
    return names;
}

} // namespace spillway
