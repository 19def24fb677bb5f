// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettershelf.h"

#include <SQLiteCpp/Column.h>

namespace spillway {

namespace {

/// More than a workspace has; letters of a broken dialect may have a facet each.
constexpr std::size_t mostKept = 50'000;

} // namespace

LetterShelf::Moment LetterShelf::momentOf(SQLite::Database& db)
{
    return {.ownChanges = db.getTotalChanges(), .dataVersion = db.execAndGet("PRAGMA data_version").getInt()};
}

void LetterShelf::open(SQLite::Database& db)
{
    const bool stands = m_closedAt && *m_closedAt == momentOf(db);
    m_closedAt.reset();
    m_isSpoilt = false;
    if (!stands || facets.size() > mostKept || numberedFacets.size() > mostKept) {
        numberedFacets.clear();
        facets.clear();
    }
    if (!stands || strains.size() > mostKept || numberedStrains.size() > mostKept) {
        numberedStrains.clear();
        strains.clear();
    }
}

void LetterShelf::close(SQLite::Database& db)
{
    if (!m_isSpoilt)
        m_closedAt = momentOf(db);
}

} // namespace spillway
