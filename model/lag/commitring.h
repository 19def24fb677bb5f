// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagstate.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

namespace spillway {

/// How many commits a verdict looks at.
inline constexpr std::size_t commitRingSize = 10;

/// Commits as the store keeps them: differences as variable-length numbers, about ten bytes each. The form never
/// changes.
[[nodiscard]] QByteArray packCommits(const std::vector<CommitPoint>& commits);
/// Nullopt when the bytes are not ours.
[[nodiscard]] std::optional<std::vector<CommitPoint>> unpackCommits(QByteArrayView bytes);

/// The newest commits that belong together: what came before a rest with nothing to read says nothing about the cadence
/// since. A rest is a gap of more than two minutes that began with nothing unread.
[[nodiscard]] std::span<const CommitPoint> commitsSinceRest(const std::vector<CommitPoint>& commits);

} // namespace spillway
