// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"
#include "model/scorecard/driftfacts.h"

namespace spillway {

/// What the files declare against what was observed. Each finding says what was seen, where and when, and brings the
/// edit that makes the file say it, where one can be given. Safe edits write a measured number; the others decide who
/// belongs where. Pure; any thread.
[[nodiscard]] LintResult findDrift(const CatalogSources& sources, const LintPolicy& policy, const DriftFacts& facts);

} // namespace spillway
