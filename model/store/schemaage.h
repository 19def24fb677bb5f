// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/database.h"

namespace spillway {

/// Unsupported, in plain words, where a newer release made the file.
[[nodiscard]] Status refuseNewerSchema(Database& database, const QString& folder);

/// Whether the file was made by a release whose migrations end before those in `folder`: a reader cannot ask it what is
/// new; whoever opens it to write brings it up to date.
[[nodiscard]] Result<bool> isOfOlderSchema(Database& database, const QString& folder);

} // namespace spillway
