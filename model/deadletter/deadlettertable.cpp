// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadlettertable.h"

#include <QHash>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostPerSignal = 500;

QVariant orInvalid(const std::optional<QString>& text)
{
    return text ? QVariant(*text) : QVariant();
}

int roleOfColumn(int column)
{
    switch (static_cast<DeadLetterTable::Column>(column)) {
    case DeadLetterTable::TimeColumn:
        return DeadLetterTable::AgesFromRole;
    case DeadLetterTable::KeyColumn:
        return DeadLetterTable::KeyRole;
    case DeadLetterTable::PartitionColumn:
        return DeadLetterTable::PartitionRole;
    case DeadLetterTable::OffsetColumn:
        return DeadLetterTable::OffsetRole;
    case DeadLetterTable::ErrorColumn:
        return DeadLetterTable::ErrorClassRole;
    case DeadLetterTable::EventColumn:
        return DeadLetterTable::EventTypeRole;
    case DeadLetterTable::ConsumerColumn:
        return DeadLetterTable::ConsumerRole;
    case DeadLetterTable::StateColumn:
        return DeadLetterTable::StateWordRole;
    case DeadLetterTable::ColumnCount:
        break;
    }
    return -1;
}

QVariant valueOf(const DeadLetter& letter, int role)
{
    const LetterFacts& facts = letter.facts;
    switch (role) {
    case DeadLetterTable::IdRole:
        return letter.id;
    case DeadLetterTable::AgesFromRole:
        return qint64{toMs(letter.agesFrom())};
    case DeadLetterTable::IsAtLeastRole:
        return !facts.deadLetteredAt.has_value();
    case DeadLetterTable::KeyRole:
        return letter.record.key ? QVariant(*letter.record.key) : QVariant();
    case DeadLetterTable::ChannelRole:
        return letter.record.at.topic;
    case DeadLetterTable::PartitionRole:
        return letter.record.at.partition;
    case DeadLetterTable::OffsetRole:
        return qint64{letter.record.offset.value};
    case DeadLetterTable::ErrorClassRole:
        return orInvalid(facts.errorClass);
    case DeadLetterTable::ErrorMessageRole:
        return orInvalid(facts.errorMessage);
    case DeadLetterTable::EventTypeRole:
        return orInvalid(letter.eventType);
    case DeadLetterTable::ConsumerRole:
        return orInvalid(letter.consumer);
    case DeadLetterTable::TeamRole:
        return orInvalid(letter.team);
    case DeadLetterTable::KindRole:
        return static_cast<int>(letter.kind);
    case DeadLetterTable::StateRole:
        return static_cast<int>(letter.state);
    case DeadLetterTable::StateWordRole:
        return triageStateWord(letter.state);
    case DeadLetterTable::AssigneeRole:
        return orInvalid(letter.assignee);
    case DeadLetterTable::AttemptsRole:
        return facts.attempts ? QVariant(*facts.attempts) : QVariant();
    case DeadLetterTable::SizeBytesRole:
        return qint64{letter.sizeBytes};
    case DeadLetterTable::IsPointerRole:
        return facts.isPointer;
    case DeadLetterTable::GroupRole:
        return letter.group;
    default:
        return {};
    }
}

} // namespace

DeadLetterTable::DeadLetterTable(QObject* parent)
    : QAbstractTableModel(parent)
{
}

int DeadLetterTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_places.size());
}

int DeadLetterTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const DeadLetter* DeadLetterTable::letter(int row) const
{
    return m_letters.object(place(row));
}

QVariant DeadLetterTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == PlaceRole)
        return qint64{place(index.row())};
    const DeadLetter* here = letter(index.row());
    if (role == LoadedRole)
        return here != nullptr;
    if (role == Qt::DisplayRole || role == ValueRole)
        role = roleOfColumn(index.column());
    if (role < ValueRole)
        return {};
    if (!here) {
        need(index.row());
        return {};
    }
    return valueOf(*here, role);
}

/// Asks for the page around a row, once. Const, because it is `data` that notices.
void DeadLetterTable::need(int row) const
{
    const int first = row / pageRows * pageRows;
    const int last = std::min(first + pageRows, static_cast<int>(m_places.size()));
    for (int i = first; i < last; ++i) {
        const std::int64_t wanted = place(i);
        if (m_letters.contains(wanted) || m_asked.contains(wanted))
            continue;
        m_asked.insert(wanted);
        m_toAsk += wanted;
    }
    if (m_toAsk.isEmpty() || m_isAskDue)
        return;
    m_isAskDue = true;
    auto* self = const_cast<DeadLetterTable*>(this); // the signal is sent later, from the event loop
    QMetaObject::invokeMethod(
        self, [self] { self->askNow(); }, Qt::QueuedConnection);
}

void DeadLetterTable::askNow()
{
    m_isAskDue = false;
    // Who scrolls fast leaves pages behind: the last ones asked for are those that are seen.
    const QList<qint64> places = m_toAsk.last(std::min(m_toAsk.size(), mostPerSignal));
    for (qsizetype i = 0; i < m_toAsk.size() - places.size(); ++i)
        m_asked.remove(m_toAsk[i]);
    m_toAsk.clear();
    if (!places.isEmpty())
        Q_EMIT lettersNeeded(places);
}

void DeadLetterTable::replace(std::vector<std::int64_t> places)
{
    beginResetModel();
    m_places = std::move(places);
    m_letters.clear();
    m_asked.clear();
    m_toAsk.clear();
    endResetModel();
}

void DeadLetterTable::apply(std::vector<std::int64_t> places)
{
    // Both answers are in the same order, so what they share at both ends stays; usually only the front is new.
    const auto front = std::mismatch(m_places.begin(), m_places.end(), places.begin(), places.end());
    const auto kept = front.first - m_places.begin();
    auto oldEnd = m_places.end();
    auto newEnd = places.end();
    while (oldEnd - m_places.begin() > kept && newEnd - places.begin() > kept && *(oldEnd - 1) == *(newEnd - 1)) {
        --oldEnd;
        --newEnd;
    }
    const std::vector<std::int64_t> middle(places.begin() + kept, newEnd);
    const QSet<std::int64_t> next(middle.begin(), middle.end());
    for (auto last = oldEnd - m_places.begin(); last > kept;) {
        auto first = last;
        while (first > kept && !next.contains(m_places[static_cast<std::size_t>(first - 1)]))
            --first;
        if (first == last) {
            --last;
            continue;
        }
        beginRemoveRows({}, static_cast<int>(first), static_cast<int>(last - 1));
        m_places.erase(m_places.begin() + first, m_places.begin() + last);
        endRemoveRows();
        last = first;
    }
    for (std::size_t i = 0; i < middle.size();) {
        const std::size_t at = static_cast<std::size_t>(kept) + i;
        const bool isHere = at < m_places.size() && m_places[at] == middle[i];
        if (isHere) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < middle.size() && (at >= m_places.size() || m_places[at] != middle[end]))
            ++end;
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(at + (end - i) - 1));
        m_places.insert(m_places.begin() + static_cast<std::ptrdiff_t>(at),
                        middle.begin() + static_cast<std::ptrdiff_t>(i),
                        middle.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        i = end;
    }
}

void DeadLetterTable::applyLetters(const std::vector<DeadLetter>& letters)
{
    if (letters.empty() || m_places.empty())
        return;
    QSet<std::int64_t> arrived;
    for (const DeadLetter& letter : letters) {
        m_asked.remove(letter.place);
        m_letters.insert(letter.place, new DeadLetter(letter));
        arrived.insert(letter.place);
    }
    // The span between the first and the last of them: one signal, and they usually stand together.
    const auto isArrived = [&](std::int64_t place) { return arrived.contains(place); };
    const auto first = std::find_if(m_places.begin(), m_places.end(), isArrived);
    if (first == m_places.end())
        return;
    const auto last = std::find_if(m_places.rbegin(), m_places.rend(), isArrived);
    Q_EMIT dataChanged(index(static_cast<int>(first - m_places.begin()), 0),
                       index(static_cast<int>(m_places.rend() - last) - 1, ColumnCount - 1));
}

void DeadLetterTable::refresh()
{
    const QList<std::int64_t> here = m_letters.keys();
    QList<qint64> places;
    for (const std::int64_t place : here) {
        places += place;
        if (places.size() == mostPerSignal) {
            Q_EMIT lettersNeeded(places);
            places.clear();
        }
    }
    if (!places.isEmpty())
        Q_EMIT lettersNeeded(places);
}

QVariant DeadLetterTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    // Identifiers, for export and for the view to name in the reader's language.
    static const std::array<QString, ColumnCount> names{u"time"_s,       u"key"_s,       u"partition"_s, u"offset"_s,
                                                        u"errorClass"_s, u"eventType"_s, u"consumer"_s,  u"state"_s};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return names.at(static_cast<std::size_t>(section));
}

QHash<int, QByteArray> DeadLetterTable::roleNames() const
{
    return {{ValueRole, "value"},
            {LoadedRole, "loaded"},
            {PlaceRole, "place"},
            {IdRole, "id"},
            {AgesFromRole, "agesFromMs"},
            {IsAtLeastRole, "isAtLeast"},
            {KeyRole, "key"},
            {ChannelRole, "channel"},
            {PartitionRole, "partition"},
            {OffsetRole, "offset"},
            {ErrorClassRole, "errorClass"},
            {ErrorMessageRole, "errorMessage"},
            {EventTypeRole, "eventType"},
            {ConsumerRole, "consumer"},
            {TeamRole, "team"},
            {KindRole, "kind"},
            {StateRole, "state"},
            {StateWordRole, "stateWord"},
            {AssigneeRole, "assignee"},
            {AttemptsRole, "attempts"},
            {SizeBytesRole, "sizeBytes"},
            {IsPointerRole, "isPointer"},
            {GroupRole, "group"}};
}

} // namespace spillway
