// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/database.h"

#include <QString>

#include <cstdint>

/// A projection of the ledger remembers the last event it contains; start-up applies the rest. Two WAL files do not
/// commit together, so this number stands in the projection's own file and moves in the transaction that changes the
/// projection.
namespace spillway {

/// `seq` of the last ledger event in the projection `name`; 0: none yet.
[[nodiscard]] Result<std::int64_t> appliedSeq(Database& database, const QString& name);

/// Call it in the transaction that applied the events up to `seq`.
[[nodiscard]] Status saveAppliedSeq(Database& database, const QString& name, std::int64_t seq);

} // namespace spillway
