// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace spillway {

/// Finds positions by time: the capability `findsByTime`. Changes nothing. One thread at a time; returns within about
/// 250 ms of a stop.
class TimeLookup
{
public:
    virtual ~TimeLookup() = default;

    /// For each partition, in the order asked, the first position whose record is of `time` or later: all before it are
    /// older. `end` where every record is older; nullopt where it cannot be told. Error: nobody answers.
    [[nodiscard]] virtual Result<std::vector<std::optional<Offset>>>
    offsetsAt(const std::vector<PartitionBounds>& partitions, UtcTime time, std::stop_token stop) = 0;
};

} // namespace spillway
