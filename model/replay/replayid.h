// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>

#include <cstdint>
#include <functional>

namespace spillway {

/// Where randomness comes from: 64 uniformly distributed bits per call.
using RandomBits = std::function<std::uint64_t()>;

/// The operating system's randomness. Any thread.
[[nodiscard]] RandomBits systemRandom();

/// A name that sorts by its time: 26 characters of Crockford's base 32, 48 bits of milliseconds and 80 of randomness (a
/// ULID). Used for plans and jobs; it also names the job's transactional id and group on the broker.
[[nodiscard]] QString makeReplayId(UtcTime now, const RandomBits& random);

/// Whether a text has the form of `makeReplayId`.
[[nodiscard]] bool isReplayId(QStringView text);

} // namespace spillway
