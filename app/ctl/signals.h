// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace spillway::ctl {

/// Turns SIGINT and SIGTERM into a stop token; a second one ends the process at once. Made first in main, so that every
/// thread inherits the blocked signals. SIGPIPE is ignored: a closed stdout is a write error, not a death in the middle
/// of a commit.
class StopSignals
{
public:
    StopSignals();
    ~StopSignals();
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::jthread m_thread;
};

} // namespace spillway::ctl
