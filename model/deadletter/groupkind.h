// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/kindrules.h"
#include "model/store/storewriter.h"

#include <SQLiteCpp/Database.h>

#include <set>
#include <stop_token>

/// The kind that counts, above what the rules said of a letter, in this order:
/// 1. a person's word on the group counts for all of its letters, also those to come;
/// 2. at least three replays were confirmed, and more than came back with the same error: what no rule was sure of is
///    transient;
/// 3. at least three letters came back from replays with the same error, and no fewer than were confirmed: what rules
///    called transient is unknown. One that came back with another error counts for neither;
/// 4. the rules' word.
/// Schema and business stay what rules called them, however replays ended: a fix may have come between.
namespace spillway {

/// Who stands above the rules: `person:KIND`, `confirmed`, `failedAgain`; empty: nobody.
[[nodiscard]] QString kindAbove(SQLite::Database& db, const QString& groupId);

/// The kind that counts where the rules said `ruled`. Pure.
[[nodiscard]] FailureKind kindThatCounts(const QString& above, FailureKind ruled);

/// Gives the letters of these groups the kind that counts, and counts them anew, after something above the rules
/// changed or letters moved between groups. Throws what SQLite throws. In a transaction.
void settleGroupKinds(SQLite::Database& db, const QStringList& groupIds);

/// The same for rows of letter_group that letters moved to or from. Call it before an empty row goes.
void settleMovedLetters(SQLite::Database& db, const std::set<std::int64_t>& refs);

/// The same for letters that were just stored. @param after  the last row of table letter before them.
void settleNewLetters(SQLite::Database& db, std::int64_t after);

/// Letters from this row on are sorted again by the next turn, because what the rules ask about them changed. Throws
/// what SQLite throws. In a transaction.
void sortAgainFrom(SQLite::Database& db, std::int64_t letter);

/// What it means for kinds that replays with the same error are counted otherwise for these letters, and that letters
/// moved: groups get what stands above the rules, and the rules are asked again from the first letter on whose count is
/// another one.
/// @param recounted  rows of table letter
/// @param refs       rows of letter_group besides those of these letters
void settleRecounted(SQLite::Database& db, const std::set<std::int64_t>& recounted, std::set<std::int64_t> refs);

/// Sorts stored letters anew when the rules are others than those that they were sorted by; a few thousand at a time,
/// and where it was left after a kill. Blocking.
/// @return how many letters the rules now call something else.
[[nodiscard]] Result<std::int64_t> sortAnew(StoreWriter& store, const KindRules& rules, std::stop_token stop);

/// How far sorting by the rules that were last begun with is. Letters count by their places, so that it costs nothing.
struct KindSorting
{
    std::int64_t done = 0;
    std::int64_t total = 0;
};
[[nodiscard]] Result<KindSorting> kindSorting(Database& reader);

inline constexpr int lettersPerSortingTurn = 5'000;
/// Who stores letters while they are sorted.
enum class Intake {
    SortsAlike,      ///< by these very rules, or nobody does
    MaySortOtherwise ///< somebody who has not read the rules anew yet: what is stored by now is sorted, and at each
                     ///< later turn what came since
};
/// One turn of that, for those who do something else in between. @return whether letters are left.
[[nodiscard]] Result<bool> sortTurn(StoreWriter& store, const KindRules& rules, Intake intake = Intake::SortsAlike);

} // namespace spillway
