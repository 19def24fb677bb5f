// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/store/database.h"

#include <QHash>

#include <mutex>
#include <unordered_map>
#include <vector>

namespace SQLite {
class Database;
}

namespace spillway {

/// When the letters of the groups came: counts per bucket, oldest first.
struct GroupArrivals
{
    UtcTime from;                                     ///< begin of the first bucket
    UtcTime to;                                       ///< end of the last one
    QHash<QString, std::vector<std::int64_t>> counts; ///< by group id; groups without a letter in the span are left out
};

/// Of all groups, over the span between the oldest letter (but at most `longest` ago) and now, by the letters' moments.
/// What was counted is kept: the first answer walks an index, another one reads the letters that came since, and walks
/// those groups again whose letters moved or went. It is walked anew when the span has grown by an eighth. Asked apart
/// from the groups. Thread-safe; for one store.
class ArrivalBook
{
public:
    /// @param buckets  above 0
    ArrivalBook(Millis longest, int buckets);

    [[nodiscard]] Result<GroupArrivals> read(Database& reader, UtcTime now);
    /// How many letters the last answer looked at.
    [[nodiscard]] std::int64_t lookedAt() const { return m_lookedAt; }

private:
    struct Strain
    {
        std::int64_t letters = 0; ///< all of them, as the store counts them
        std::vector<std::int64_t> cells;
        bool hasLater = false; ///< some lie behind the grid: clocks differ
    };

    void fit(SQLite::Database& db, std::int64_t begin, std::int64_t end);
    void begin(SQLite::Database& db, std::int64_t begin, std::int64_t end);
    void shift(std::int64_t cells);
    void takeNew(SQLite::Database& db);
    void settle(SQLite::Database& db);
    void walk(SQLite::Database& db, std::int64_t ref, Strain& strain);
    void put(Strain& strain, std::int64_t momentMs) const;
    [[nodiscard]] GroupArrivals answer(SQLite::Database& db, std::int64_t end) const;

    const std::int64_t m_longestMs;
    const std::int64_t m_buckets;
    std::mutex m_mutex; // guards: all below
    // The grid: cells finer than buckets, so that the last bucket ends now and they are put together anew each time.
    std::int64_t m_from = 0;
    std::int64_t m_width = 0; // of a cell; 0: there is no grid yet
    std::int64_t m_lastLetter = 0;
    std::int64_t m_lookedAt = 0;
    std::unordered_map<std::int64_t, Strain> m_strains; // by letter_group.id
};

} // namespace spillway
