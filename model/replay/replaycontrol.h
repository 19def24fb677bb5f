// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <stop_token>

namespace spillway {

/// How others steer a running job. Any thread.
class ReplayControl
{
public:
    void pause() { m_isPaused = true; }
    void goOn() { m_isPaused = false; }
    /// Ends the job for good: what is in flight is finished or aborted, then no more is sent.
    void cancel()
    {
        m_isCancelled = true;
        m_stop.request_stop();
    }
    /// The process ends: the job is left so that a resume goes on.
    void leave() { m_stop.request_stop(); }

    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    [[nodiscard]] bool isCancelled() const { return m_isCancelled; }
    [[nodiscard]] bool isStopping() const { return m_stop.stop_requested(); }
    /// Fires on `cancel` and on `leave`.
    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }

private:
    std::atomic<bool> m_isPaused = false;
    std::atomic<bool> m_isCancelled = false;
    std::stop_source m_stop;
};

} // namespace spillway
