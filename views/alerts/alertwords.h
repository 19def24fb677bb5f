// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/alertlist.h"
#include "views/widgets/timetext.h"

#include <QCoreApplication>

/// The words of the Alerts screen. UI thread.
namespace spillway::views {

class AlertWords
{
    Q_DECLARE_TR_FUNCTIONS(spillway::views::AlertWords)
public:
    /// The screen's answer: "2 alerts fire; 1 is looked after, 3 are muted".
    [[nodiscard]] static QString headline(const AlertList& list);
    /// The state, and why it is: "acknowledged by ann until 14:00: network team", "muted by ailing cannot be reached".
    /// @param all  among which is the one that mutes it
    [[nodiscard]] static QString state(const Alert& alert, const std::vector<Alert>& all, const TimeText& time,
                                       UtcTime now);
    /// Whether its team was told, or why it could not be; empty: nobody was, nor is to be.
    [[nodiscard]] static QString told(const Alert& alert, const TimeText& time, UtcTime now);
};

} // namespace spillway::views
