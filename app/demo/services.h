// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace spillway::demo {

/// How a service keeps up with its topic.
enum class Pace {
    Steady,
    FallsBehindAndRecovers, ///< within each minute
    Slow,                   ///< always some hundreds behind
    Stalled,                ///< runs no more
    NeverStarted,           ///< registered, has never committed
};

/// How long a service takes for one type of event.
struct HandlingTime
{
    QByteArray eventType;
    double medianMs = 0;
    double sigma = 0; ///< deviation of the logarithm
};

/// A consuming service; its consumer group has its name.
struct Service
{
    QByteArray name;
    QString topic;
    Pace pace = Pace::Steady;
    Millis behindAtStart{0}; ///< it has handled what is older
    std::vector<HandlingTime> handles;

    [[nodiscard]] const HandlingTime* handling(const QByteArray& eventType) const;
};

[[nodiscard]] const std::vector<Service>& services();

} // namespace spillway::demo
