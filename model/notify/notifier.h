// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/notify/notification.h"

#include <stop_token>

namespace spillway {

/// What came of one try to deliver a message.
struct DeliveryOutcome
{
    enum class Kind {
        Delivered,
        Refused, ///< the target will not take it, however often it is asked
        NotSent, ///< it did not get there, or was turned away for now: another try is safe
        Unknown, ///< it may have got there
    };
    Kind kind = Kind::NotSent;
    std::optional<int> httpStatus;
    std::optional<Millis> retryAfter; ///< the target asks for this much rest
    QString detail;                   ///< for people; no address, no secret
    friend bool operator==(const DeliveryOutcome&, const DeliveryOutcome&) = default;
};

/// Port to where people are told. Blocking; one call at a time; ends within 250 ms of a stop.
class Notifier
{
public:
    virtual ~Notifier() = default;
    /// @param attempt  1 for the first
    [[nodiscard]] virtual DeliveryOutcome deliver(const NotifyMessage& message, int attempt, std::stop_token stop) = 0;
};

/// Whether a target of this kind can tell a message that comes twice by its id, so that one in doubt may be sent again.
[[nodiscard]] constexpr bool tellsRepeats(NotifyTarget::Kind kind)
{
    return kind == NotifyTarget::Kind::Webhook;
}

} // namespace spillway
