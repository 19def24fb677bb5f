// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/localsocket.h"

#include <QFile>

#include <cstdio>
#include <fcntl.h>
#include <poll.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway::localsocket {

QString socketFileOf(const QString& folder)
{
    return folder + u"/socket"_s;
}

Address addressOf(const QString& folder)
{
    Address address;
    address.folder = FileDescriptor(::open(QFile::encodeName(folder).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    address.name.sun_family = AF_UNIX;
    std::snprintf(address.name.sun_path, sizeof address.name.sun_path, "/proc/self/fd/%d/socket", address.folder.get());
    return address;
}

bool waitUntil(int descriptor, short events, int timeoutMs)
{
    pollfd wanted = {descriptor, events, 0};
    return ::poll(&wanted, 1, timeoutMs) > 0;
}

} // namespace spillway::localsocket
