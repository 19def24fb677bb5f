// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <SQLiteCpp/Database.h>

#include <QStringList>

#include <map>
#include <vector>

/// Group ids live for ever, groups do not: people merge them, and grouping anew renames them. Whoever keeps something
/// by a group's id (a comment, a decision, a known error) keeps the id it had then, and asks here what it is called
/// now. The rule, in this order:
/// 1. a group that a person merged is the one it was merged into;
/// 2. a group that has letters is itself;
/// 3. a group whose letters were grouped anew is where most of them went;
/// 4. any other id is itself (nobody knows it, or its letters were not read again yet).
/// In SQL, over a table t with a column group_id: read the rows of `groupNames`, never those of one id alone.
/// All throw what SQLite throws: call them inside `guarded` or `query`.
namespace spillway {

/// The id under which the group is shown now.
[[nodiscard]] QString effectiveGroup(SQLite::Database& db, const QString& id);

/// Every id that means the group `id` means, the present one first, the others in order.
[[nodiscard]] QStringList groupNames(SQLite::Database& db, const QString& id);

/// The id and where its letters went each time they were grouped anew, merges left aside.
[[nodiscard]] QStringList regroupedNames(SQLite::Database& db, const QString& id);

/// Merges as they stand: from, into.
using GroupMerges = std::map<QString, QString>;
[[nodiscard]] GroupMerges groupMerges(SQLite::Database& db);
/// Following these alone; pure.
[[nodiscard]] QString shownGroup(const GroupMerges& merges, const QString& id);

/// An id that letters were grouped away from, and where most of them went.
struct GroupMove
{
    QString from;
    QString into;
    friend bool operator==(const GroupMove&, const GroupMove&) = default;
};
/// What merges become when groups moved: a merge of or into such a group goes on with the group that follows it.
/// @return the merges that are new or other than they were, in their order, as they are in `merges` afterwards. Pure.
std::vector<GroupMove> followMoves(GroupMerges& merges, const std::vector<GroupMove>& moves);

/// Following merges alone: where letters with this fingerprint are shown.
[[nodiscard]] QString shownGroup(SQLite::Database& db, const QString& fingerprintId);

/// The query with every old group id in it replaced by the present one, tags looked up, and what the store needs to
/// find it fast.
[[nodiscard]] Query withPresentGroups(SQLite::Database& db, const Query& query);

} // namespace spillway
