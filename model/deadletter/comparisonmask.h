// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/lettercomparison.h"
#include "model/mask/masker.h"

#include <stop_token>

namespace spillway {

/// A comparison as a person may see it: both messages masked, and what differs under the marks still told as differing,
/// without what it is. In JSON by its place, or the place of the mark that covers it; at most `mostMaskedPlaces` of
/// them, the rest is counted. Elsewhere one line for the payload. Names inside a masked object are not told.
/// Pure; any thread. A stop ends it early, and then more may be called different than listed.
void maskComparison(LetterComparison& comparison, const Masker& masker, MaskPurpose purpose,
                    const std::stop_token& stop = {});

inline constexpr int mostMaskedPlaces = 64; ///< each costs a walk through the payload

} // namespace spillway
