// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/throttle.h"

#include <QtGlobal>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spillway {

namespace {

/// Sums of milliseconds × rate are not exact; a billionth of a message is not worth a wait.
constexpr double roundingError = 1e-6;

} // namespace

Throttle::Throttle(std::optional<double> perSecond, UtcTime start)
    : m_perSecond(perSecond)
    , m_filledAt(start)
{
    Q_ASSERT(!perSecond || *perSecond > 0);
}

std::int64_t Throttle::largestBurst() const
{
    if (!m_perSecond)
        return std::numeric_limits<std::int64_t>::max();
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(*m_perSecond + roundingError, 1e15)));
}

void Throttle::refill(UtcTime now)
{
    if (now > m_filledAt) {
        const double earned = *m_perSecond * static_cast<double>((now - m_filledAt).count()) / 1'000.0;
        m_credit = std::min(m_credit + earned, std::max(*m_perSecond, 1.0));
    }
    m_filledAt = now;
}

std::int64_t Throttle::allowance(UtcTime now)
{
    if (!m_perSecond)
        return std::numeric_limits<std::int64_t>::max();
    refill(now);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(m_credit + roundingError)), 0, largestBurst());
}

void Throttle::spend(std::int64_t messages, UtcTime now)
{
    if (!m_perSecond)
        return;
    refill(now);
    m_credit -= static_cast<double>(messages);
}

Millis Throttle::untilAllowed(std::int64_t messages, UtcTime now)
{
    if (!m_perSecond || messages <= 0)
        return Millis{0};
    refill(now);
    const double missing = static_cast<double>(std::min(messages, largestBurst())) - m_credit - roundingError;
    if (missing <= 0)
        return Millis{0};
    return Millis{static_cast<std::int64_t>(std::ceil(missing * 1'000.0 / *m_perSecond))};
}

} // namespace spillway
