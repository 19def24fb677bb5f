// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/signals.h"

#include <signal.h>
#include <unistd.h>

namespace spillway::ctl {

namespace {

sigset_t stoppingSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

StopSignals::StopSignals()
{
    const sigset_t set = stoppingSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, nullptr);
    m_thread = std::jthread([source = m_source](std::stop_token done) mutable {
        const sigset_t watched = stoppingSignals();
        int signal = 0;
        while (sigwait(&watched, &signal) == 0 && !done.stop_requested()) {
            if (source.stop_requested())
                _exit(128 + signal);
            source.request_stop();
        }
    });
}

StopSignals::~StopSignals()
{
    m_thread.request_stop();
    pthread_kill(m_thread.native_handle(), SIGTERM); // blocked everywhere, so only that thread's sigwait sees it
}

} // namespace spillway::ctl
