// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <optional>
#include <span>

/// How old is the oldest unread message? Told with bounds that hold, not with an estimate. Pure; any thread.
namespace spillway {

/// "At `at` the end was `end`, and at `previousAskedAt` it had not yet been answered so." One per change of the end,
/// oldest first; ends strictly grow.
struct EndPoint
{
    Offset end;
    UtcTime at;                             ///< the answer was received
    std::optional<UtcTime> previousAskedAt; ///< when the sample before was asked for; nullopt: there was none
    friend bool operator==(const EndPoint&, const EndPoint&) = default;
};

/// When the record at one offset was appended: after `after`, not after `before`.
struct AppendWindow
{
    std::optional<UtcTime> after; ///< nullopt: history does not reach back so far
    UtcTime before;
    friend bool operator==(const AppendWindow&, const AppendWindow&) = default;
};

/// Ages are not negative. `high` nullopt: at least `low`, and nobody saw how much more.
struct TimeLag
{
    Millis low{0};
    std::optional<Millis> high;
    friend bool operator==(const TimeLag&, const TimeLag&) = default;
};

/// The record at offset `next` stands between two sampled ends, so it was appended between the two samples.
/// Where two samples far apart are the only ones (thinned history, a pause), the window is as wide as they are apart.
/// @param history  see EndPoint.
/// @return  nullopt when no sampled end lies above `next`: the record was not there yet, or history is empty.
[[nodiscard]] std::optional<AppendWindow> appendWindow(std::span<const EndPoint> history, Offset next);

/// Bounds of the age at `now`. A clock that stepped back gives 0, never a negative age.
[[nodiscard]] TimeLag timeLagAt(const AppendWindow& window, UtcTime now);

} // namespace spillway
