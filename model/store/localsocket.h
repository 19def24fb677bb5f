// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/filedescriptor.h"

#include <QString>

#include <sys/socket.h>
#include <sys/un.h>

/// What both ends of the command socket share.
namespace spillway::localsocket {

/// The address of `folder`/socket. A socket's path has room for 107 bytes and folders may lie deeper, so it is named
/// through the folder's descriptor, which lives as long as this.
struct Address
{
    FileDescriptor folder;
    sockaddr_un name = {};
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
    [[nodiscard]] static constexpr socklen_t size() { return sizeof(sockaddr_un); }
};

[[nodiscard]] QString socketFileOf(const QString& folder);
/// Its folder is not open when there is no such folder; errno says why.
[[nodiscard]] Address addressOf(const QString& folder);

/// Waits until one of `events` (or an error, or a hang-up) is there; false after `timeoutMs`.
[[nodiscard]] bool waitUntil(int descriptor, short events, int timeoutMs);

} // namespace spillway::localsocket
