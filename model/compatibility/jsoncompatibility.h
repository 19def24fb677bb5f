// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compiledversion.h"
#include "model/compatibility/schemafinding.h"

namespace spillway {

/// What a policy takes for granted; of Seed and House, whose rules are others, the strict habits.
[[nodiscard]] DocumentHabits habitsOf(CompatibilityPolicy policy);

/// Differences of two JSON Schemas by one policy, in the order of the newer file, with documents that show the breaks.
/// Both must be readable. One thread.
[[nodiscard]] std::vector<SchemaDifference>
compareJsonSchemas(const CompiledVersion& older, const CompiledVersion& newer, CompatibilityPolicy policy);

/// The article's own four rules, at their word: a field that goes, a type that changes, a field that is new and
/// required, and (no break) one that is new and optional; in objects within objects, nowhere else. FORWARD is the same
/// with the versions exchanged. Without documents.
[[nodiscard]] std::vector<SchemaDifference> compareBySeedRules(const CompiledVersion& older,
                                                               const CompiledVersion& newer);

/// Why this version cannot be compared; empty: it can.
[[nodiscard]] std::vector<FileIssue> issuesOf(const CompiledVersion& compiled);

} // namespace spillway
