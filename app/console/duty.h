// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collectreport.h"

#include <stop_token>

namespace spillway {

enum class DutyKind { Lag, DeadLetters, ProcessingLog, Topics };

/// One of the things a connection does all the time: sampling lag, following dead letters, following the processing
/// log, asking about topics. `once` and `step` may be called from any thread; they take turns.
class Duty
{
public:
    virtual ~Duty() = default;
    [[nodiscard]] virtual DutyKind kind() const = 0;
    /// For reports: `lag`, `dead letters`, `processing log events`, `topics`.
    [[nodiscard]] virtual QString name() const = 0;
    /// Everything there is now, then returns.
    [[nodiscard]] virtual CollectReport once(std::stop_token stop) = 0;
    /// One turn of continuous work: a sample, or what came in within about 250 ms.
    [[nodiscard]] virtual CollectReport step(std::stop_token stop) = 0;
    /// How long to rest between two successful turns; zero for followers.
    [[nodiscard]] virtual Millis interval() const = 0;
};

} // namespace spillway
