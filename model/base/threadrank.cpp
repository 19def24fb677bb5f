// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/threadrank.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace spillway {

namespace {

#ifdef __linux__
/// Niceness: each unit is about a tenth less time beside others.
int nicenessOf(ThreadRank rank)
{
    switch (rank) {
    case ThreadRank::Answers:
        return 5;
    case ThreadRank::Intake:
        return 10;
    }
    return 0;
}
#endif

} // namespace

void stepBack(ThreadRank rank)
{
#ifdef __linux__
    // Of this thread alone: on Linux they have a niceness each. One that the system refuses is none we need.
    const auto self = static_cast<id_t>(::syscall(SYS_gettid));
    if (::getpriority(PRIO_PROCESS, self) < nicenessOf(rank))
        (void)::setpriority(PRIO_PROCESS, self, nicenessOf(rank));
#else
    (void)rank;
#endif
}

} // namespace spillway
