// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"

namespace spillway {

/// The contract's document, on one line without a line feed.
[[nodiscard]] QByteArray compatibilityAsJson(const CompatibilityReport& report);

/// For people, by event: what changed, whom it breaks, a document that shows it, what to do.
[[nodiscard]] QString compatibilityAsText(const CompatibilityReport& report);

} // namespace spillway
