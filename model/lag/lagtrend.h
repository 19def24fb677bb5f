// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>

#include <optional>
#include <span>

namespace spillway {

enum class LagTrend { Shrinking, Flat, Growing };
[[nodiscard]] QString lagTrendWord(LagTrend trend); ///< shrinking, flat, growing

/// Lag at one sample; nullopt: not known then.
struct LagPoint
{
    UtcTime at;
    std::optional<MessageCount> lag;
    friend bool operator==(const LagPoint&, const LagPoint&) = default;
};

struct LagTrendReport
{
    LagTrend trend = LagTrend::Flat;
    double perSecond = 0;           ///< slope of the line of least squares; negative shrinks
    std::optional<Millis> drainsIn; ///< newest lag ÷ −slope; only while it shrinks and something is unread
    friend bool operator==(const LagTrendReport&, const LagTrendReport&) = default;
};

/// The way a lag goes.
/// @param points  samples of the last minutes, oldest first; unknown ones are passed over.
/// @return  nullopt with fewer than three known points or less than 20 s between the first and the last. Within 2 % of
/// the mean lag (and
///          one message) over the whole stretch it is flat. Pure; any thread.
[[nodiscard]] std::optional<LagTrendReport> lagTrend(std::span<const LagPoint> points);

} // namespace spillway
