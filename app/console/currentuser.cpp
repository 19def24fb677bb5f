// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/currentuser.h"

#include <pwd.h>
#include <unistd.h>

namespace spillway {

QString currentUser()
{
    const passwd* entry = getpwuid(getuid());
    return entry ? QString::fromLocal8Bit(entry->pw_name) : QString::number(getuid());
}

} // namespace spillway
