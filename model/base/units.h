// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal> // before std: moc 6.4 cannot read <compare> as the first header of a file

#include <chrono>
#include <compare>
#include <cstdint>

namespace spillway {

using Millis = std::chrono::milliseconds;
/// An instant in UTC. Kafka timestamps and our tables are in milliseconds since 1970.
using UtcTime = std::chrono::sys_time<Millis>;

[[nodiscard]] constexpr UtcTime utcFromMs(std::int64_t ms)
{
    return UtcTime{Millis{ms}};
}
[[nodiscard]] constexpr std::int64_t toMs(UtcTime time)
{
    return time.time_since_epoch().count();
}

/// A number that counts one kind of thing, so that positions and differences are not mixed up.
template<class Tag>
struct Count
{
    std::int64_t value = 0;
    friend constexpr auto operator<=>(const Count&, const Count&) = default;
};
using Offset = Count<struct OffsetTag>;             ///< a position in a partition; the first is 0
using MessageCount = Count<struct MessageCountTag>; ///< a difference of positions

} // namespace spillway
