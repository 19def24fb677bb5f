// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/payloaddiff.h"

namespace spillway {

/// Compares two JSON documents by structure. nullopt when one of them is no JSON, or larger or deeper than is worth it
/// (8 MiB, 200 000 values, 200 levels).
[[nodiscard]] std::optional<PayloadDiff> diffJson(const QByteArray& before, const QByteArray& after,
                                                  const std::stop_token& stop);

} // namespace spillway
