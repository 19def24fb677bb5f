// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "views/alerts/alertsource.h"

namespace spillway {

/// Answers the Alerts screen from the store, and puts on record what is decided there.
class ConsoleAlertSource final : public views::AlertSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleAlertSource(Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<AlertList> alerts(std::stop_token stop) override;
    [[nodiscard]] Result<AlertDecision> acknowledge(const AlertAck& ack, std::stop_token stop) override;
    [[nodiscard]] Result<AlertDecision> silence(const AlertSilence& silence, std::stop_token stop) override;
    [[nodiscard]] Result<AlertDecision> undo(std::int64_t seq, const QString& reason, std::stop_token stop) override;

private:
    Holder& m_holder;
};

} // namespace spillway
