// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/concerntable.h"

#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QVariant orInvalid(const QString& text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

QVariant orInvalid(const std::optional<UtcTime>& time)
{
    return time ? QVariant(qint64{toMs(*time)}) : QVariant();
}

int roleOfColumn(int column)
{
    switch (static_cast<ConcernTable::Column>(column)) {
    case ConcernTable::SummaryColumn:
        return ConcernTable::SummaryRole;
    case ConcernTable::TeamColumn:
        return ConcernTable::TeamRole;
    case ConcernTable::OncallColumn:
        return ConcernTable::OncallRole;
    case ConcernTable::SinceColumn:
        return ConcernTable::SinceRole;
    case ConcernTable::UntilColumn:
        return ConcernTable::UntilRole;
    case ConcernTable::SeverityColumn:
        return ConcernTable::SeverityWordRole;
    case ConcernTable::ColumnCount:
        break;
    }
    return -1;
}

} // namespace

ConcernTable::ConcernTable(QObject* parent)
    : KeyedTable(parent)
{
}

int ConcernTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ConcernTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    const Concern& concern = row(index.row());
    if (role == Qt::DisplayRole || role == ValueRole)
        role = roleOfColumn(index.column());
    switch (role) {
    case IdRole:
        return concern.id;
    case SeverityRole:
        return static_cast<int>(concern.severity);
    case SeverityWordRole:
        return severityWord(concern.severity);
    case RuleRole:
        return static_cast<int>(concern.rule);
    case SummaryRole:
        return concern.summary;
    case EvidenceRole:
        return orInvalid(concern.evidence);
    case TeamRole:
        return concern.team ? QVariant(*concern.team) : QVariant();
    case OncallRole:
        return orInvalid(concern.oncall);
    case ChannelRole:
        return orInvalid(concern.channel);
    case SinceRole:
        return orInvalid(concern.since);
    case UntilRole:
        return orInvalid(concern.until);
    case ActionLabelRole:
        return concern.action.label;
    case ActionScreenRole:
        return static_cast<int>(concern.action.screen);
    case ActionFilterRole:
        return concern.action.filter;
    case ActionCommandRole:
        return concern.action.command;
    default:
        return {};
    }
}

QVariant ConcernTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    // Identifiers, for export and for the view to name in the reader's language.
    static const std::array<QString, ColumnCount> names{u"summary"_s, u"team"_s,  u"oncall"_s,
                                                        u"since"_s,   u"until"_s, u"severity"_s};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return names.at(static_cast<std::size_t>(section));
}

} // namespace spillway
