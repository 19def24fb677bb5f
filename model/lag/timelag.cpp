// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/timelag.h"

#include <algorithm>

namespace spillway {

std::optional<AppendWindow> appendWindow(std::span<const EndPoint> history, Offset next)
{
    const auto point = std::upper_bound(history.begin(), history.end(), next,
                                        [](Offset offset, const EndPoint& p) { return offset < p.end; });
    if (point == history.end())
        return std::nullopt;
    return AppendWindow{point->previousAskedAt, point->at};
}

TimeLag timeLagAt(const AppendWindow& window, UtcTime now)
{
    TimeLag lag{std::max(Millis{0}, now - window.before), std::nullopt};
    if (window.after)
        lag.high = std::max(lag.low, now - *window.after);
    return lag;
}

} // namespace spillway
