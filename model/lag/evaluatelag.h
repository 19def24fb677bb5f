// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

namespace spillway {

/// `spillwayctl evaluate lag`: the verdict on a series of commits that the caller brings along.
/// @param input  one JSON object, at most 16 MiB: `policy` (`burrow` or `spillway`), `nowMs`, `currentLag` (null or
/// absent: newest end − newest
///               commit), `allowedLag` (absent: 0), `endOffsets` (newest last), `samples` (oldest first; each `offset`,
///               `atMs`, `observedAtMs`, `lag`; `atMs` null: `observedAtMs` counts). Null items stand for empty places
///               of a ring and are passed over.
/// @return  `{ state, rule, evidence }`; InvalidConfig names the field. Pure; any thread.
[[nodiscard]] Result<QByteArray> evaluateLagJson(QByteArrayView input);

} // namespace spillway
