// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/passedover.h"

#include <optional>
#include <utility>

/// Records of dead-letter topics that their broker deleted before they were read: by retention, or because somebody
/// deleted records. Compacted, aborted and control records inside a log are no losses.
namespace spillway {

/// What of [from, to), which reading passed over, the log's start explains. Pure; any thread.
[[nodiscard]] std::optional<std::pair<Offset, Offset>> lostBetween(Offset from, Offset to, Offset logStart);

/// For people: what was lost, and what to do.
[[nodiscard]] QString lostText(const QString& connection, const PassedOver& lost);
/// "offsets 3 to 7", "offset 3": without what to do.
[[nodiscard]] QString lostOffsets(const PassedOver& lost);

} // namespace spillway
