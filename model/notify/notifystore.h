// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/notify/notification.h"
#include "model/store/database.h"

#include <vector>

namespace spillway {

/// What was queued, newest first, at most `limit`. Reads only.
[[nodiscard]] Result<std::vector<Notification>> notifications(Database& reader, int limit);
/// What is queued or on its way, oldest first; at most 10 000.
[[nodiscard]] Result<std::vector<Notification>> openNotifications(Database& reader);
/// By id; nullopt: there is none.
[[nodiscard]] Result<std::optional<Notification>> findNotification(Database& reader, const QString& id);

} // namespace spillway
