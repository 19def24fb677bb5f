// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace spillway {

/// Lets the window live until the condition holds; false when it did not within 90 s. UI thread.
[[nodiscard]] bool waitUntil(const std::function<bool()>& condition);

/// New texts ask for new sizes, and those for another painting; both are queued, and are done when this returns.
void settleLayout();

} // namespace spillway
