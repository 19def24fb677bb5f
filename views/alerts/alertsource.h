// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/alertlist.h"

#include <stop_token>

namespace spillway::views {

/// What the Alerts screen asks and wants done. The console answers from the store; a test answers from memory. Called
/// from any thread, blocks, only ever called through AsyncLoad.
class AlertSource
{
public:
    virtual ~AlertSource() = default;

    /// What is open and what ended last, masked, with whom to call.
    [[nodiscard]] virtual Result<AlertList> alerts(std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<AlertDecision> acknowledge(const AlertAck& ack, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<AlertDecision> silence(const AlertSilence& silence, std::stop_token stop) = 0;
    /// Takes one of these back.
    [[nodiscard]] virtual Result<AlertDecision> undo(std::int64_t seq, const QString& reason, std::stop_token stop) = 0;
};

} // namespace spillway::views
