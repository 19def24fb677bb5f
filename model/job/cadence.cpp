// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/cadence.h"

#include <QtGlobal>

#include <algorithm>

namespace spillway {

Cadence::Cadence(Millis interval, Millis longestBackOff)
    : m_interval(interval)
    , m_longestBackOff(std::max(interval, longestBackOff))
{
    Q_ASSERT(interval > Millis{0});
}

Millis Cadence::delay() const
{
    Millis delay = m_interval;
    for (int i = 1; i < m_failures && delay < m_longestBackOff; ++i)
        delay = std::min(delay * 2, m_longestBackOff);
    return delay;
}

Millis Cadence::untilDue(UtcTime now) const
{
    return m_isHurried ? Millis{0} : std::clamp(Millis{m_due - now}, Millis{0}, delay());
}

void Cadence::succeeded(UtcTime now)
{
    // On the grid only where the last run came from it: the first one, a hurried one and one after failures begin a new
    // grid.
    const bool isOnGrid = !m_isHurried && m_failures == 0 && now >= m_due;
    m_due = isOnGrid ? m_due + m_interval * ((now - m_due) / m_interval + 1) : now + m_interval;
    m_failures = 0;
    m_isHurried = false;
}

void Cadence::failed(UtcTime now)
{
    ++m_failures;
    m_isHurried = false;
    m_due = now + delay();
}

} // namespace spillway
