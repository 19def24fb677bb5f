// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QHash>

#include <algorithm>
#include <vector>

namespace spillway {

/// A table whose rows keep their identity from one answer of the store to the next. UI thread.
/// @tparam Row  a value with `operator==`.
/// @tparam Key  what tells rows apart; hashable by QHash, unique within an answer.
template<typename Row, typename Key>
class KeyedTable : public QAbstractTableModel
{
public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] const Row& row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }

    /// New values of the same question. Signals, in this order and only where needed: removed ranges, one layout change
    /// when kept rows changed places, inserted ranges, changed ranges. Selections and the current row follow their
    /// keys.
    void apply(std::vector<Row> next)
    {
        QHash<Key, std::size_t> places;
        places.reserve(static_cast<qsizetype>(next.size()));
        for (std::size_t i = 0; i < next.size(); ++i)
            places.insert(keyOf(next[i]), i);
        removeMissing(places);
        reorder(places);
        insertNew(next);
        signalChanges(std::move(next));
    }

    /// The answer to another question: one reset.
    void replace(std::vector<Row> next)
    {
        beginResetModel();
        m_rows = std::move(next);
        endResetModel();
    }

protected:
    [[nodiscard]] virtual Key keyOf(const Row& row) const = 0;

private:
    void removeMissing(const QHash<Key, std::size_t>& places)
    {
        const auto isKept = [&](int i) { return places.contains(keyOf(row(i))); };
        for (int last = static_cast<int>(m_rows.size()) - 1; last >= 0; --last) {
            if (isKept(last))
                continue;
            int first = last;
            while (first > 0 && !isKept(first - 1))
                --first;
            beginRemoveRows({}, first, last);
            m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
            endRemoveRows();
            last = first;
        }
    }

    void reorder(const QHash<Key, std::size_t>& places)
    {
        const auto placeOf = [&](const Row& r) { return places.value(keyOf(r)); };
        const auto isBefore = [&](const Row& a, const Row& b) { return placeOf(a) < placeOf(b); };
        if (std::is_sorted(m_rows.begin(), m_rows.end(), isBefore))
            return;
        Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        const QModelIndexList before = persistentIndexList();
        std::vector<Key> keys;
        for (const QModelIndex& index : before)
            keys.push_back(keyOf(row(index.row())));
        std::stable_sort(m_rows.begin(), m_rows.end(), isBefore);
        QHash<Key, int> rows;
        for (int i = 0; i < static_cast<int>(m_rows.size()); ++i)
            rows.insert(keyOf(row(i)), i);
        QModelIndexList after;
        for (qsizetype i = 0; i < before.size(); ++i)
            after.append(index(rows.value(keys[static_cast<std::size_t>(i)]), before[i].column()));
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    }

    /// Kept rows stand in their order now; whatever stands between them in `next` is new.
    void insertNew(const std::vector<Row>& next)
    {
        const auto isHere = [&](std::size_t i) { return i < m_rows.size() && keyOf(m_rows[i]) == keyOf(next[i]); };
        for (std::size_t first = 0; first < next.size(); ++first) {
            if (isHere(first))
                continue;
            std::size_t last = first;
            while (last + 1 < next.size() && (first >= m_rows.size() || keyOf(m_rows[first]) != keyOf(next[last + 1])))
                ++last;
            beginInsertRows({}, static_cast<int>(first), static_cast<int>(last));
            m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(first),
                          next.begin() + static_cast<std::ptrdiff_t>(first),
                          next.begin() + static_cast<std::ptrdiff_t>(last) + 1);
            endInsertRows();
            first = last;
        }
    }

    void signalChanges(std::vector<Row> next)
    {
        std::vector<bool> isChanged(next.size());
        for (std::size_t i = 0; i < next.size(); ++i)
            isChanged[i] = !(m_rows[i] == next[i]);
        m_rows = std::move(next);
        for (std::size_t first = 0; first < isChanged.size(); ++first) {
            if (!isChanged[first])
                continue;
            std::size_t last = first;
            while (last + 1 < isChanged.size() && isChanged[last + 1])
                ++last;
            Q_EMIT dataChanged(index(static_cast<int>(first), 0), index(static_cast<int>(last), columnCount() - 1));
            first = last;
        }
    }

    std::vector<Row> m_rows;
};

} // namespace spillway
