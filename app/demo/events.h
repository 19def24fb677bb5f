// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/random.h"
#include "model/broker/record.h"

#include <QStringView>

/// The events that the demo company publishes.
namespace spillway::demo {

inline constexpr QStringView orderTopic = u"order-events";
inline constexpr QStringView paymentTopic = u"payment-events";
inline constexpr QStringView userTopic = u"user-events";

inline constexpr char orderCreated[] = "order.created";
inline constexpr char orderCancelled[] = "order.cancelled";
inline constexpr char paymentCompleted[] = "payment.completed";
inline constexpr char profileUpdated[] = "user.profile.updated";

/// Partitions of a topic of the company; 0 for any other name.
[[nodiscard]] int partitionsOf(const QString& topic);
/// The partition of a key: the same key always lies in the same one.
[[nodiscard]] int partitionFor(const QString& topic, const QByteArray& key);

enum class OrderFlaw {
    None,
    RenamedCustomer, ///< `buyer_id` where `customer_id` was promised
    OverLimit,       ///< an amount that payment refuses
};

/// Makes records one after the other; each has an id of its own. The offset is left at 0.
class EventFactory
{
public:
    explicit EventFactory(Random& random)
        : m_random(random)
    {
    }

    [[nodiscard]] RawRecord makeOrderCreated(UtcTime at, OrderFlaw flaw = OrderFlaw::None);
    [[nodiscard]] RawRecord makeOrderCancelled(UtcTime at); ///< of an order made before
    [[nodiscard]] RawRecord makePaymentCompleted(UtcTime at);
    [[nodiscard]] RawRecord makeProfileUpdated(UtcTime at);

private:
    [[nodiscard]] RawRecord record(QStringView topic, const char* eventType, UtcTime at, const QByteArray& key,
                                   QByteArray value);
    [[nodiscard]] QString earlierOrder();

    Random& m_random;
    std::int64_t m_lastOrder = 4'700;
};

/// What a service reads of an event before it does its work.
struct EventView
{
    QByteArray eventType; ///< empty: not one of the company's events
    QByteArray eventId;
    QByteArray traceId;
    bool hasCustomer = false;
    double amount = 0;
    bool isReplay = false; ///< bears `spillway-replay-id`
};
[[nodiscard]] EventView viewOf(const RawRecord& record);

} // namespace spillway::demo
