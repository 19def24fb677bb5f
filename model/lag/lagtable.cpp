// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagtable.h"

#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QVariant orInvalid(const std::optional<QString>& text)
{
    return text ? QVariant(*text) : QVariant();
}

template<typename T>
QVariant orInvalid(const std::optional<Count<T>>& count)
{
    return count ? QVariant(qint64{count->value}) : QVariant();
}

QVariant orInvalid(const std::optional<Millis>& duration)
{
    return duration ? QVariant(qint64{duration->count()}) : QVariant();
}

int roleOfColumn(int column)
{
    switch (static_cast<LagTable::Column>(column)) {
    case LagTable::GroupColumn:
        return LagTable::GroupRole;
    case LagTable::OwnerColumn:
        return LagTable::OwnerRole;
    case LagTable::StateColumn:
        return LagTable::StateWordRole;
    case LagTable::LagColumn:
        return LagTable::LagRole;
    case LagTable::TimeLagColumn:
        return LagTable::TimeLagLowRole;
    case LagTable::TrendColumn:
        return LagTable::PerSecondRole;
    case LagTable::DrainColumn:
        return LagTable::DrainsInRole;
    case LagTable::PartitionsColumn:
        return LagTable::PartitionsRole;
    case LagTable::SampledColumn:
        return LagTable::SampledAtRole;
    case LagTable::ColumnCount:
        break;
    }
    return -1;
}

} // namespace

LagTable::LagTable(QObject* parent)
    : KeyedTable(parent)
{
}

int LagTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LagTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    const LagGroupRow& group = row(index.row());
    if (role == Qt::DisplayRole || role == ValueRole)
        role = roleOfColumn(index.column());
    switch (role) {
    case KeyRole:
        return qint64{group.id};
    case StateRole:
        return static_cast<int>(group.worstState);
    case StateWordRole:
        return lagStateWord(group.worstState);
    case ConnectionRole:
        return group.connection;
    case GroupRole:
        return group.group;
    case OwnerRole:
        return orInvalid(group.owner);
    case LagRole:
        return orInvalid(group.totalLag);
    case LostRole:
        return orInvalid(group.lost);
    case TimeLagLowRole:
        return group.timeLag ? orInvalid(std::optional(group.timeLag->low)) : QVariant();
    case TimeLagHighRole:
        return group.timeLag ? orInvalid(group.timeLag->high) : QVariant();
    case TrendRole:
        return group.trend ? QVariant(static_cast<int>(group.trend->trend)) : QVariant();
    case PerSecondRole:
        return group.trend ? QVariant(group.trend->perSecond) : QVariant();
    case DrainsInRole:
        return group.trend ? orInvalid(group.trend->drainsIn) : QVariant();
    case PartitionsRole:
        return qint64{group.partitions};
    case PartitionsUnknownRole:
        return qint64{group.partitionsUnknown};
    case SampledAtRole:
        return qint64{toMs(group.sampledAt)};
    default:
        return {};
    }
}

QVariant LagTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    // Identifiers, for export and for the view to name in the reader's language.
    static const std::array<QString, ColumnCount> names{u"group"_s,    u"owner"_s,      u"state"_s,
                                                        u"lag"_s,      u"timeLag"_s,    u"trend"_s,
                                                        u"drainsIn"_s, u"partitions"_s, u"sampledAt"_s};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return names.at(static_cast<std::size_t>(section));
}

QHash<int, QByteArray> LagTable::roleNames() const
{
    return {{ValueRole, "value"},
            {KeyRole, "key"},
            {StateRole, "state"},
            {StateWordRole, "stateWord"},
            {ConnectionRole, "connection"},
            {GroupRole, "group"},
            {OwnerRole, "owner"},
            {LagRole, "lag"},
            {LostRole, "lost"},
            {TimeLagLowRole, "timeLagLowMs"},
            {TimeLagHighRole, "timeLagHighMs"},
            {TrendRole, "trend"},
            {PerSecondRole, "perSecond"},
            {DrainsInRole, "drainsInMs"},
            {PartitionsRole, "partitions"},
            {PartitionsUnknownRole, "partitionsUnknown"},
            {SampledAtRole, "sampledAtMs"}};
}

} // namespace spillway
