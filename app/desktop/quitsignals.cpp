// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/quitsignals.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace spillway {

namespace {

constexpr int quitting[] = {SIGTERM, SIGINT, SIGHUP};
volatile std::sig_atomic_t bell = -1;

/// Only what a signal handler may do. The next signal of this kind finds the system's own handler.
void ring(int signal)
{
    const int before = errno;
    [[maybe_unused]] const auto written = write(bell, "q", 1);
    std::signal(signal, SIG_DFL);
    errno = before;
}

void handle(void (*handler)(int))
{
    for (const int signal : quitting)
        std::signal(signal, handler);
}

} // namespace

QuitSignals::QuitSignals(QObject* parent)
    : QObject(parent)
{
    int ends[2] = {};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // no file is left to open: the signals end the process as they always would
    m_in = FileDescriptor(ends[0]);
    m_out = FileDescriptor(ends[1]);
    auto* heard = new QSocketNotifier(m_in.get(), QSocketNotifier::Read, this);
    connect(heard, &QSocketNotifier::activated, this, [heard] {
        heard->setEnabled(false);
        QCoreApplication::exit(0);
    });
    bell = m_out.get();
    handle(ring);
}

QuitSignals::~QuitSignals()
{
    handle(SIG_DFL);
    bell = -1;
}

} // namespace spillway
