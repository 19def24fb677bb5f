// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/services.h"

#include "app/demo/events.h"

#include <algorithm>

namespace spillway::demo {

const HandlingTime* Service::handling(const QByteArray& eventType) const
{
    const auto found = std::ranges::find(handles, eventType, &HandlingTime::eventType);
    return found == handles.end() ? nullptr : &*found;
}

const std::vector<Service>& services()
{
    using std::chrono::minutes;
    static const std::vector<Service> all{
        {"payment-service",
         orderTopic.toString(),
         Pace::Steady,
         Millis{0},
         {{orderCreated, 140, 0.55}, {orderCancelled, 120, 0.4}}},
        {"inventory-service",
         orderTopic.toString(),
         Pace::FallsBehindAndRecovers,
         Millis{0},
         {{orderCreated, 260, 0.5}, {orderCancelled, 180, 0.4}}},
        {"analytics-pipeline", orderTopic.toString(), Pace::Slow, minutes(8), {{orderCreated, 9'000, 0.5}}},
        {"order-service", paymentTopic.toString(), Pace::Steady, Millis{0}, {{paymentCompleted, 90, 0.4}}},
        {"notification-service", paymentTopic.toString(), Pace::Stalled, minutes(12), {{paymentCompleted, 900, 0.7}}},
        {"fraud-scoring", paymentTopic.toString(), Pace::NeverStarted, Millis{0}, {}},
        {"recommendation-service", userTopic.toString(), Pace::Steady, Millis{0}, {{profileUpdated, 60, 0.5}}},
    };
    return all;
}

} // namespace spillway::demo
