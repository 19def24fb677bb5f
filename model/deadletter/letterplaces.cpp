// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterplaces.h"

#include "model/deadletter/deadletter.h"
#include "model/deadletter/sqltext.h"

namespace spillway {

LetterPlaces::LetterPlaces(SQLite::Database& db)
    : m_select(db, "SELECT l.id, l.digest FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                   " WHERE c.tag = ? AND l.partition = ? AND l.offset = ? ORDER BY l.id")
{
}

std::vector<std::int64_t> LetterPlaces::of(const QString& letterId)
{
    std::vector<std::int64_t> places;
    const auto address = parseLetterId(letterId);
    if (!address)
        return places;
    m_select.reset();
    sql::bind(m_select, 1, address->channelTag);
    m_select.bind(2, address->partition);
    m_select.bind(3, address->offset.value);
    while (m_select.executeStep()) {
        if (static_cast<std::uint64_t>(m_select.getColumn(1).getInt64()) >> 32U == address->digestHead)
            places.push_back(m_select.getColumn(0).getInt64());
    }
    return places;
}

} // namespace spillway
