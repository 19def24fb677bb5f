// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <SQLiteCpp/Database.h>

#include <QStringList>

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

/// Following merges alone: where letters with this fingerprint are shown.
[[nodiscard]] QString shownGroup(SQLite::Database& db, const QString& fingerprintId);

/// The query with every old group id in it replaced by the present one, tags looked up, and what the store needs to
/// find it fast.
[[nodiscard]] Query withPresentGroups(SQLite::Database& db, const Query& query);

} // namespace spillway
