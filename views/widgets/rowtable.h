// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/keyedtable.h"

#include <functional>

namespace spillway::views {

/// Rows of a subject whose room has no table for them: values by `row()`, words by the columns that a screen gives
/// them.
template<typename Row, typename Key>
class RowTable final : public KeyedTable<Row, Key>
{
public:
    /// @param columns  how many the screen shows.
    RowTable(int columns, std::function<Key(const Row&)> key, QObject* parent = nullptr)
        : KeyedTable<Row, Key>(parent)
        , m_columns(columns)
        , m_key(std::move(key))
    {
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : m_columns;
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override
    {
        const bool isText = role == Qt::DisplayRole || role == Qt::AccessibleTextRole;
        return isText && m_spoken && index.isValid() ? QVariant(m_spoken(at(index))) : QVariant();
    }
    /// For lists that paint rows themselves: what a screen reader says of one.
    void setSpokenText(std::function<QString(const Row&)> spoken) { m_spoken = std::move(spoken); }
    /// The row behind an index of this table.
    [[nodiscard]] const Row& at(const QModelIndex& index) const { return this->row(index.row()); }

protected:
    [[nodiscard]] Key keyOf(const Row& row) const override { return m_key(row); }

private:
    int m_columns;
    std::function<Key(const Row&)> m_key;
    std::function<QString(const Row&)> m_spoken;
};

} // namespace spillway::views
