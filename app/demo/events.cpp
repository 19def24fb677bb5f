// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/events.h"

#include "model/base/jsonwriter.h"
#include "model/replay/replayheaders.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::demo {

namespace {

constexpr std::array regions{"eu", "eu", "eu", "us", "apac"};
constexpr std::array<QStringView, 4> reasons{u"changed their mind", u"found it cheaper", u"delivery too late",
                                             u"ordered twice"};

QByteArray money(double amount)
{
    return QByteArray::number(amount, 'f', 2);
}

} // namespace

int partitionsOf(const QString& topic)
{
    if (topic == u"user-events" || topic == u"user-events.dlq" || topic == u"connect-orders-warehouse.dlq")
        return 1;
    for (const QStringView known : {orderTopic, paymentTopic, QStringView(u"order-events.DLT"),
                                    QStringView(u"payment-events.DLT"), QStringView(u"event-processing-log")}) {
        if (topic == known)
            return 3;
    }
    return 0;
}

int partitionFor(const QString& topic, const QByteArray& key)
{
    std::uint32_t hash = 2'166'136'261U; // FNV-1a
    for (const char letter : key)
        hash = (hash ^ static_cast<std::uint8_t>(letter)) * 16'777'619U;
    return static_cast<int>(hash % static_cast<std::uint32_t>(partitionsOf(topic)));
}

RawRecord EventFactory::record(QStringView topic, const char* eventType, UtcTime at, const QByteArray& key,
                               QByteArray value)
{
    const QString name = topic.toString();
    RawRecord made;
    made.at = {name, partitionFor(name, key)};
    made.timestamp = at;
    made.timestampType = TimestampType::CreateTime;
    made.key = key;
    made.value = std::move(value);
    made.headers = {{"event_type", QByteArray(eventType)},
                    {"region", QByteArray(regions[static_cast<std::size_t>(m_random.below(regions.size()))])},
                    {"traceparent", "00-" + m_random.hex(16) + m_random.hex(16) + '-' + m_random.hex(16) + "-01"}};
    return made;
}

QString EventFactory::earlierOrder()
{
    return u"order-%1"_s.arg(m_lastOrder - m_random.below(40));
}

RawRecord EventFactory::makeOrderCreated(UtcTime at, OrderFlaw flaw)
{
    const QString order = u"order-%1"_s.arg(++m_lastOrder);
    const double amount = flaw == OrderFlaw::OverLimit ? 10'000 + 25 * static_cast<double>(1 + m_random.below(200))
                                                       : std::min(m_random.logNormal(80, 0.9), 9'900.0);
    JsonWriter json;
    json.beginObject().field(u"event_id", QString::fromLatin1("ev-" + m_random.hex(12)));
    json.field(u"event_type", QString::fromLatin1(orderCreated)).field(u"order_id", order);
    json.field(flaw == OrderFlaw::RenamedCustomer ? u"buyer_id" : u"customer_id",
               u"c-%1"_s.arg(1'000 + m_random.below(9'000)));
    json.key(u"order").beginObject().key(u"amount").raw(money(amount)).field(u"currency", u"EUR"_s);
    json.field(u"items", std::int64_t{1 + m_random.below(6)}).endObject().field(u"created_at", at).endObject();
    return record(orderTopic, orderCreated, at, order.toLatin1(), json.json());
}

RawRecord EventFactory::makeOrderCancelled(UtcTime at)
{
    const QString order = earlierOrder();
    JsonWriter json;
    json.beginObject().field(u"event_id", QString::fromLatin1("ev-" + m_random.hex(12)));
    json.field(u"event_type", QString::fromLatin1(orderCancelled)).field(u"order_id", order);
    json.field(u"reason", reasons[static_cast<std::size_t>(m_random.below(reasons.size()))].toString())
        .field(u"created_at", at)
        .endObject();
    return record(orderTopic, orderCancelled, at, order.toLatin1(), json.json());
}

RawRecord EventFactory::makePaymentCompleted(UtcTime at)
{
    const QString order = earlierOrder();
    JsonWriter json;
    json.beginObject().field(u"event_id", QString::fromLatin1("ev-" + m_random.hex(12)));
    json.field(u"event_type", QString::fromLatin1(paymentCompleted)).field(u"order_id", order);
    json.field(u"payment_id", QString::fromLatin1("pay-" + m_random.hex(8)))
        .key(u"amount")
        .raw(money(m_random.logNormal(80, 0.9)));
    json.field(u"currency", u"EUR"_s).field(u"created_at", at).endObject();
    return record(paymentTopic, paymentCompleted, at, order.toLatin1(), json.json());
}

RawRecord EventFactory::makeProfileUpdated(UtcTime at)
{
    const QString user = u"u-%1"_s.arg(1'000 + m_random.below(9'000));
    JsonWriter json;
    json.beginObject().field(u"event_id", QString::fromLatin1("ev-" + m_random.hex(12)));
    json.field(u"event_type", QString::fromLatin1(profileUpdated)).field(u"user_id", user);
    json.key(u"changed").beginArray().value(u"address").endArray().field(u"created_at", at).endObject();
    return record(userTopic, profileUpdated, at, user.toLatin1(), json.json());
}

EventView viewOf(const RawRecord& record)
{
    EventView view;
    for (const Header& header : record.headers) {
        if (header.name == "event_type" && header.value)
            view.eventType = *header.value;
        else if (header.name == "traceparent" && header.value)
            view.traceId = header.value->mid(3, 32);
        else if (header.name == replayIdHeader)
            view.isReplay = true;
    }
    const QJsonObject payload = QJsonDocument::fromJson(record.value.value_or(QByteArray())).object();
    view.eventId = payload.value(u"event_id"_s).toString().toUtf8();
    view.hasCustomer = payload.value(u"customer_id"_s).isString();
    view.amount = payload.value(u"order"_s).toObject().value(u"amount"_s).toDouble();
    return view;
}

} // namespace spillway::demo
