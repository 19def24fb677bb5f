// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/notify/notification.h"

#include <QStringList>

#include <map>
#include <vector>

namespace spillway {

/// Everything that would be sent, exactly: what is sent bears this digest.
struct NotifyPreview
{
    std::vector<NotifyMessage> messages;
    std::map<QString, NotifyState> known; ///< by id: those that were queued before, and are not sent again
    QStringList unreached;                ///< teams that no target is for
    QString digest;
    friend bool operator==(const NotifyPreview&, const NotifyPreview&) = default;
};

/// What a message says, for people: its title and text, taken out of what is posted. Pure.
[[nodiscard]] QString notificationText(const NotifyMessage& message);

} // namespace spillway
