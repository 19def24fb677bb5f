// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/query.h"

namespace spillway {

/// Whether a letter fits. A field that the letter does not have fits nothing, so its negation does.
/// @param letter  whole, where `query.needsBody()`; a pointer with what was rescued of it (letterWithPayload).
/// Tags are no part of a letter: here none bears one.
/// @return InvalidConfig when an expression is too costly for a letter: that is neither a match nor none.
/// Pure; any thread.
[[nodiscard]] Result<bool> matches(const Query& query, const DeadLetter& letter, UtcTime now);

} // namespace spillway
