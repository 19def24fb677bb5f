// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/workspace/workspace.h"

namespace spillway {

/// A letter of a topic with `mapping:`; each field from a header (of a repeated one the last), the payload by JSON
/// pointer, or a constant. The dialect is `mapping`. A field that is not there, or does not read as what it should be,
/// is nullopt. `dead_lettered_at` is the record's timestamp when it is not mapped. Pure; any thread.
[[nodiscard]] LetterFacts readMapped(const RawRecord& record, const DeadLetterMapping& mapping);

/// Whether a mapped field is about the failure, so that a replay leaves its header out. The event type is the record's
/// own.
[[nodiscard]] bool isErrorField(QStringView field);

} // namespace spillway
