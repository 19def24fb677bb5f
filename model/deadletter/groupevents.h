// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLatin1StringView>

/// Types of ledger events on groups. Their bodies:
///
///   deadletter.groups.merged    { into, groups: [id], reason }
///   deadletter.groups.split     { group, title, letters: [id], reason }   a large one is several with the same group
///   deadletter.groups.unmerged  { groups: [id that was merged], splits: [id that was split off], reason }
///   deadletter.groups.regroup   { reason, rules }
///   deadletter.groups.regrouped { reason, rules, letters, changed, isLast, moved: [{ from, into }] }
///
/// The first three with `undoes` (number of an event): written by the undo of that one, beside its
/// `deadletter.undone`, which is what people see in the history.
namespace spillway {

inline constexpr QLatin1StringView groupsMergedType{"deadletter.groups.merged"};
inline constexpr QLatin1StringView groupSplitType{"deadletter.groups.split"};
inline constexpr QLatin1StringView groupsUnmergedType{"deadletter.groups.unmerged"};
inline constexpr QLatin1StringView groupsRegroupType{"deadletter.groups.regroup"};
inline constexpr QLatin1StringView groupsRegroupedType{"deadletter.groups.regrouped"};

} // namespace spillway
