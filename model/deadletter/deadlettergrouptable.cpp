// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadlettergrouptable.h"

#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QVariant orInvalid(const std::optional<QString>& text)
{
    return text ? QVariant(*text) : QVariant();
}

int roleOfColumn(int column)
{
    switch (static_cast<DeadLetterGroupTable::Column>(column)) {
    case DeadLetterGroupTable::TitleColumn:
        return DeadLetterGroupTable::TitleRole;
    case DeadLetterGroupTable::EventColumn:
        return DeadLetterGroupTable::EventTypeRole;
    case DeadLetterGroupTable::ConsumerColumn:
        return DeadLetterGroupTable::ConsumerRole;
    case DeadLetterGroupTable::TeamColumn:
        return DeadLetterGroupTable::TeamRole;
    case DeadLetterGroupTable::CountColumn:
        return DeadLetterGroupTable::CountRole;
    case DeadLetterGroupTable::OldestColumn:
        return DeadLetterGroupTable::OldestOpenRole;
    case DeadLetterGroupTable::KindColumn:
        return DeadLetterGroupTable::KindWordRole;
    case DeadLetterGroupTable::StateColumn:
        return DeadLetterGroupTable::StateWordRole;
    case DeadLetterGroupTable::ColumnCount:
        break;
    }
    return -1;
}

} // namespace

DeadLetterGroupTable::DeadLetterGroupTable(QObject* parent)
    : KeyedTable(parent)
{
}

int DeadLetterGroupTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DeadLetterGroupTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    const DeadLetterGroup& group = row(index.row());
    if (role == Qt::DisplayRole || role == ValueRole)
        role = roleOfColumn(index.column());
    switch (role) {
    case IdRole:
        return group.id;
    case TitleRole:
        return group.title;
    case ErrorClassRole:
        return orInvalid(group.errorClass);
    case EventTypeRole:
        return orInvalid(group.eventType);
    case ConsumerRole:
        return orInvalid(group.consumer);
    case TeamRole:
        return orInvalid(group.team);
    case CountRole:
        return qint64{group.count};
    case OpenCountRole:
        return qint64{group.openCount};
    case OldestOpenRole:
        return group.oldestOpenAt ? QVariant(qint64{toMs(*group.oldestOpenAt)}) : QVariant();
    case FirstSeenRole:
        return qint64{toMs(group.firstSeen)};
    case LastSeenRole:
        return qint64{toMs(group.lastSeen)};
    case KindRole:
        return static_cast<int>(group.kind);
    case KindWordRole:
        return failureKindWord(group.kind);
    case StateRole:
        return static_cast<int>(group.state);
    case StateWordRole:
        return triageStateWord(group.state);
    case AssigneeRole:
        return orInvalid(group.assignee);
    case SampleMessageRole:
        return orInvalid(group.sampleMessage);
    default:
        return {};
    }
}

QVariant DeadLetterGroupTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    // Identifiers, for export and for the view to name in the reader's language.
    static const std::array<QString, ColumnCount> names{u"title"_s, u"eventType"_s,  u"consumer"_s, u"team"_s,
                                                        u"count"_s, u"oldestOpen"_s, u"kind"_s,     u"state"_s};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return names.at(static_cast<std::size_t>(section));
}

QHash<int, QByteArray> DeadLetterGroupTable::roleNames() const
{
    return {{ValueRole, "value"},
            {IdRole, "id"},
            {TitleRole, "title"},
            {ErrorClassRole, "errorClass"},
            {EventTypeRole, "eventType"},
            {ConsumerRole, "consumer"},
            {TeamRole, "team"},
            {CountRole, "count"},
            {OpenCountRole, "openCount"},
            {OldestOpenRole, "oldestOpenMs"},
            {FirstSeenRole, "firstSeenMs"},
            {LastSeenRole, "lastSeenMs"},
            {KindRole, "kind"},
            {KindWordRole, "kindWord"},
            {StateRole, "state"},
            {StateWordRole, "stateWord"},
            {AssigneeRole, "assignee"},
            {SampleMessageRole, "sampleMessage"}};
}

} // namespace spillway
