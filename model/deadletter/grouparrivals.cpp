// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/grouparrivals.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <iterator>

namespace spillway {

namespace {

constexpr std::int64_t cellsOfBucket = 8;

std::int64_t roundedUp(std::int64_t amount, std::int64_t by)
{
    return (amount + by - 1) / by;
}

} // namespace

ArrivalBook::ArrivalBook(Millis longest, int buckets)
    : m_longestMs(longest.count())
    , m_buckets(buckets)
{
}

Result<GroupArrivals> ArrivalBook::read(Database& reader, UtcTime now)
{
    const std::lock_guard lock(m_mutex);
    auto arrivals = reader.query<GroupArrivals>([&](SQLite::Database& db) {
        const SQLite::Transaction oneMoment(db); // letters and their counts of the same instant
        const auto oldest = db.execAndGet("SELECT min(first_at_ms) FROM letter_group");
        const std::int64_t end = toMs(now) + 1;
        const std::int64_t begin =
            std::max(oldest.isNull() ? end - 1 : std::min(oldest.getInt64(), end - 1), end - m_longestMs);
        m_lookedAt = 0;
        fit(db, begin, end);
        takeNew(db);
        settle(db);
        return answer(db, end);
    });
    if (!arrivals)
        m_width = 0; // half a reading is none
    return arrivals;
}

/// The grid reaches from `begin` to `end`, or a little further.
void ArrivalBook::fit(SQLite::Database& db, std::int64_t begin, std::int64_t end)
{
    const std::int64_t cells = m_buckets * cellsOfBucket;
    const std::int64_t room = cells + cells / 8;
    if (m_width == 0 || begin < m_from || end <= m_from) {
        this->begin(db, begin, end);
        return;
    }
    const std::int64_t needed = roundedUp(end - m_from, m_width);
    if (needed <= room)
        return;
    // Of the longest span the oldest cells go; a shorter one grows.
    const bool isLongest = end - begin >= m_longestMs && m_width * cells >= m_longestMs;
    if (isLongest && needed - room < cells)
        shift(needed - room);
    else
        this->begin(db, begin, end);
}

void ArrivalBook::begin(SQLite::Database& db, std::int64_t begin, std::int64_t end)
{
    m_from = begin;
    m_width = std::max<std::int64_t>(1, roundedUp(end - begin, m_buckets * cellsOfBucket));
    m_strains.clear();
    m_lastLetter = db.execAndGet("SELECT ifnull(max(id), 0) FROM letter").getInt64();
    // The index (group_ref, moment_ms) holds all that is asked, and is walked in its order: grouped by SQLite, each
    // letter would be sorted once more.
    SQLite::Statement select(db, "SELECT group_ref, moment_ms FROM letter INDEXED BY letter_of_group"
                                 " WHERE moment_ms >= ? ORDER BY group_ref, moment_ms");
    select.bind(1, begin);
    Strain* strain = nullptr;
    std::int64_t of = 0;
    while (select.executeStep()) {
        ++m_lookedAt;
        if (const std::int64_t ref = select.getColumn(0).getInt64(); !strain || ref != of) {
            of = ref;
            strain = &m_strains[ref];
        }
        put(*strain, select.getColumn(1).getInt64());
    }
    SQLite::Statement counts(db, "SELECT group_ref, sum(letters) FROM letter_count GROUP BY group_ref");
    while (counts.executeStep())
        m_strains[counts.getColumn(0).getInt64()].letters = counts.getColumn(1).getInt64();
}

void ArrivalBook::shift(std::int64_t cells)
{
    m_from += cells * m_width;
    for (auto& [ref, strain] : m_strains) {
        const auto gone = std::min<std::int64_t>(cells, std::ssize(strain.cells));
        strain.cells.erase(strain.cells.begin(), strain.cells.begin() + gone);
        if (strain.hasLater)
            strain.letters = -1; // to be walked again
    }
}

void ArrivalBook::takeNew(SQLite::Database& db)
{
    SQLite::Statement select(db, "SELECT id, group_ref, moment_ms FROM letter WHERE id > ? ORDER BY id");
    select.bind(1, m_lastLetter);
    while (select.executeStep()) {
        ++m_lookedAt;
        m_lastLetter = select.getColumn(0).getInt64();
        Strain& strain = m_strains[select.getColumn(1).getInt64()];
        ++strain.letters;
        put(strain, select.getColumn(2).getInt64());
    }
}

/// Where the store counts others than we do, letters moved between groups or went.
void ArrivalBook::settle(SQLite::Database& db)
{
    std::unordered_map<std::int64_t, std::int64_t> counted;
    SQLite::Statement counts(db, "SELECT group_ref, sum(letters) FROM letter_count GROUP BY group_ref");
    while (counts.executeStep())
        counted[counts.getColumn(0).getInt64()] = counts.getColumn(1).getInt64();
    std::erase_if(m_strains, [&](const auto& strain) { return !counted.contains(strain.first); });
    for (const auto& [ref, letters] : counted) {
        Strain& strain = m_strains[ref];
        if (strain.letters == letters)
            continue;
        walk(db, ref, strain);
        strain.letters = letters;
    }
}

void ArrivalBook::walk(SQLite::Database& db, std::int64_t ref, Strain& strain)
{
    strain = {};
    SQLite::Statement select(db, "SELECT moment_ms FROM letter INDEXED BY letter_of_group"
                                 " WHERE group_ref = ? AND moment_ms >= ?");
    select.bind(1, ref);
    select.bind(2, m_from);
    while (select.executeStep()) {
        ++m_lookedAt;
        put(strain, select.getColumn(0).getInt64());
    }
}

void ArrivalBook::put(Strain& strain, std::int64_t momentMs) const
{
    if (momentMs < m_from)
        return;
    const std::int64_t cells = m_buckets * cellsOfBucket;
    const std::int64_t cell = (momentMs - m_from) / m_width;
    if (cell >= cells + cells / 8) {
        strain.hasLater = true;
        return;
    }
    if (cell >= std::ssize(strain.cells))
        strain.cells.resize(static_cast<std::size_t>(cell) + 1);
    ++strain.cells[static_cast<std::size_t>(cell)];
}

/// Cells put together to buckets, the last of which ends with the cell of now.
GroupArrivals ArrivalBook::answer(SQLite::Database& db, std::int64_t end) const
{
    const std::int64_t cells = roundedUp(end - m_from, m_width);
    const std::int64_t inBucket = std::max<std::int64_t>(1, roundedUp(cells, m_buckets));
    const std::int64_t first = cells - inBucket * m_buckets; // often before the grid, where nothing is
    GroupArrivals arrivals;
    arrivals.from = utcFromMs(m_from + first * m_width);
    arrivals.to = utcFromMs(end - 1);
    SQLite::Statement groups(db, "SELECT id, group_id FROM letter_group");
    while (groups.executeStep()) {
        const auto strain = m_strains.find(groups.getColumn(0).getInt64());
        if (strain == m_strains.end())
            continue;
        const std::int64_t last = std::min(cells, static_cast<std::int64_t>(std::ssize(strain->second.cells)));
        std::vector<std::int64_t>* counts = nullptr;
        for (std::int64_t cell = 0; cell < last; ++cell) {
            const std::int64_t letters = strain->second.cells[static_cast<std::size_t>(cell)];
            if (letters == 0)
                continue;
            if (!counts) {
                counts = &arrivals.counts[sql::text(groups.getColumn(1))];
                counts->resize(static_cast<std::size_t>(m_buckets));
            }
            (*counts)[static_cast<std::size_t>((cell - first) / inBucket)] += letters;
        }
    }
    return arrivals;
}

} // namespace spillway
