// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/deadletter/lettercopy.h"
#include "model/deadletter/lettertimeline.h"
#include "model/store/database.h"

#include <stop_token>

namespace spillway {

/// A letter's timeline from its headers, the ledger's file and the replays' projection. Blocking, for a worker.
[[nodiscard]] Result<std::vector<TimelineEntry>> readTimeline(const Context& context, Database& reader,
                                                              const DeadLetter& letter, std::stop_token stop);

/// A letter as text. NotFound: no such letter. Blocking, for a worker.
[[nodiscard]] Result<CopiedLine> copiedLetter(const Context& context, Database& reader, const QString& letterId,
                                              LetterCopyForm form, std::stop_token stop);

} // namespace spillway
