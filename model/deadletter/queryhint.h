// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"

namespace spillway {

/// What may have been meant otherwise than it was read, in a sentence, for where nothing was found: `or`, `&&` and the
/// like outside quotes are words to look for, `team:unknown` a team of that name, `*` a character. Empty: nothing.
/// Pure.
[[nodiscard]] QString queryHint(QStringView query);

/// What to say where nothing was found: nothing is stored, or none of what is stored fits.
[[nodiscard]] QString nothingFoundText(const Query& query);

} // namespace spillway
