// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/deadletter/triageaction.h"
#include "model/store/database.h"

#include <QHash>

#include <optional>

/// How a group goes, in one word, computed from what is stored. In this order:
/// 1. none of its letters is open: archived for ever, until it escalates, until a date (by the newest rule in force),
/// or
///    resolved where none is archived;
/// 2. escalating: at least ten letters in the last hour, and more than three times the mean hour of the day before;
/// 3. regressed: the letter before its oldest open one was resolved: it was done, and came back;
/// 4. new: its first letter is less than a day old;
/// 5. ongoing.
namespace spillway {

enum class GroupSubstate {
    New,
    Ongoing,
    Escalating,
    Regressed,
    ArchivedForever,
    ArchivedUntilEscalating,
    ArchivedUntilDate,
    Resolved
};
/// new, ongoing, escalating, regressed, archivedForever, archivedUntilEscalating, archivedUntilDate, resolved
[[nodiscard]] QString groupSubstateWord(GroupSubstate substate);

/// What the rules look at.
struct GroupCourse
{
    std::int64_t open = 0;
    std::int64_t archived = 0;
    std::int64_t lastHour = 0;  ///< letters that came in it
    std::int64_t dayBefore = 0; ///< in the 24 hours before that
    UtcTime firstAt;
    bool isBackAfterResolved = false;
    std::optional<ArchiveUntil> rule; ///< the newest in force
    friend bool operator==(const GroupCourse&, const GroupCourse&) = default;
};
/// Pure.
[[nodiscard]] GroupSubstate substateOf(const GroupCourse& course, UtcTime now);

/// By group id, of all groups that have letters. Reads in the calling thread.
[[nodiscard]] Result<QHash<QString, GroupSubstate>> groupSubstates(Database& reader, UtcTime now);

} // namespace spillway
