// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/companyhistory.h"

#include "app/demo/processinglog.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace spillway::demo {

namespace {

/// What happened to an event, beside what it brought along itself.
enum class Fate { Ordinary, GatewayDown, MailDown, FeatureStoreDown, RefusedByConnect };

struct Moment
{
    UtcTime at;
    const char* eventType = orderCreated;
    OrderFlaw flaw = OrderFlaw::None;
    Fate fate = Fate::Ordinary;
};

const char* ordinaryType(Random& random)
{
    const double share = random.ratio();
    return share < 0.54   ? orderCreated
           : share < 0.59 ? orderCancelled
           : share < 0.97 ? paymentCompleted
                          : profileUpdated;
}

void addBurst(std::vector<Moment>& moments, const Moment& first, int count, Millis apart)
{
    for (int i = 0; i < count; ++i) {
        Moment moment = first;
        moment.at += i * apart;
        moments.push_back(moment);
    }
}

/// The two weeks as instants, by time.
std::vector<Moment> plan(Random& random, UtcTime now)
{
    std::vector<Moment> moments;
    addBurst(moments, {now - 13 * 24h, paymentCompleted, OrderFlaw::None, Fate::MailDown}, 18, 7min);
    addBurst(moments, {now - 31h, orderCreated, OrderFlaw::None, Fate::GatewayDown}, 14, 40s);
    addBurst(moments, {now - 6h, orderCreated, OrderFlaw::None, Fate::GatewayDown}, 22, 9s);
    addBurst(moments, {now - 40min, orderCreated, OrderFlaw::None, Fate::GatewayDown}, 12, 11s);
    addBurst(moments, {now - 9h, profileUpdated, OrderFlaw::None, Fate::FeatureStoreDown}, 11, 45s);
    addBurst(moments, {now - 23h, orderCreated, OrderFlaw::OverLimit, Fate::Ordinary}, 9, 137min);

    constexpr UtcTime::duration day = 24h;
    constexpr UtcTime::duration busy = 30min;
    constexpr UtcTime::duration sinceBreak = 22min;
    constexpr int quietEvents = 1'100;
    constexpr int busyEvents = 1'800;
    const auto addOrdinary = [&](UtcTime at) {
        Moment moment{at, ordinaryType(random), OrderFlaw::None, Fate::Ordinary};
        if (moment.eventType == orderCreated && at >= now - sinceBreak && random.chance(0.18))
            moment.flaw = OrderFlaw::RenamedCustomer;
        else if (moment.eventType == orderCreated && random.chance(0.02))
            moment.fate = Fate::RefusedByConnect;
        moments.push_back(moment);
    };
    for (int i = 0; i < quietEvents; ++i)
        addOrdinary(now - day + Millis{random.below((day - busy).count())});
    for (int i = 0; i < busyEvents; ++i)
        addOrdinary(now - busy + Millis{random.below(busy.count())});
    std::ranges::stable_sort(moments, {}, &Moment::at);
    return moments;
}

RawRecord make(EventFactory& factory, const Moment& moment)
{
    if (moment.eventType == orderCreated)
        return factory.makeOrderCreated(moment.at, moment.flaw);
    if (moment.eventType == orderCancelled)
        return factory.makeOrderCancelled(moment.at);
    return moment.eventType == paymentCompleted ? factory.makePaymentCompleted(moment.at)
                                                : factory.makeProfileUpdated(moment.at);
}

std::optional<Failure> failureIn(const Service& service, const EventView& event, Fate fate)
{
    if (fate == Fate::GatewayDown && service.name == "payment-service")
        return gatewayTimeout(5'000);
    if (fate == Fate::MailDown && service.name == "notification-service")
        return mailServerDown();
    if (fate == Fate::FeatureStoreDown && service.name == "recommendation-service")
        return featureStoreDown();
    return flawOf(service, event);
}

} // namespace

std::optional<Failure> flawOf(const Service& service, const EventView& event)
{
    if (service.name != "payment-service" || event.eventType != orderCreated)
        return std::nullopt;
    if (!event.hasCustomer)
        return missingCustomer();
    if (event.amount > 10'000)
        return creditLimitExceeded(event.amount);
    return std::nullopt;
}

Handling handle(Random& random, const Service& service, const RawRecord& record, const EventView& event,
                const std::optional<Failure>& failure, double latencyMs, UtcTime endedAt)
{
    Handling handling;
    ProcessingOutcome outcome{.service = service.name,
                              .event = event,
                              .status = "success",
                              .latencyMs = latencyMs,
                              .processedAt = endedAt,
                              .attempt = 1,
                              .errorClass = {},
                              .payloadBytes = record.value ? record.value->size() : 0};
    if (failure) {
        outcome.status = "dlq";
        outcome.attempt = 3;
        outcome.errorClass = failure->thrownClass;
        handling.letter = service.name == "recommendation-service" // the one that is written in TypeScript
                              ? eventferryLetter(record, *failure, endedAt)
                              : springLetter(record, *failure, service.name, endedAt);
    } else if (random.chance(0.006)) {
        ProcessingOutcome first = outcome;
        first.status = "failed";
        first.errorClass = "org.springframework.dao.CannotAcquireLockException";
        first.processedAt = endedAt - Millis{static_cast<std::int64_t>(latencyMs)};
        handling.log.push_back(processingRecord(first));
        outcome.attempt = 2;
    }
    handling.log.push_back(processingRecord(outcome));
    return handling;
}

CompanyPast makePast(Random& random, EventFactory& factory, UtcTime now)
{
    CompanyPast past;
    const std::vector<Moment> moments = plan(random, now);
    std::map<TopicPartition, std::int64_t> ends;
    for (const Moment& moment : moments) {
        RawRecord& event = past.events.emplace_back(make(factory, moment));
        event.offset.value = ends[event.at]++;
    }
    for (const Service& service : services()) {
        if (service.pace == Pace::NeverStarted)
            continue;
        std::map<TopicPartition, std::int64_t> next;
        for (int partition = 0; partition < partitionsOf(service.topic); ++partition)
            next[{service.topic, partition}] = 0;
        std::size_t index = 0;
        for (; index < past.events.size(); ++index) {
            const RawRecord& event = past.events[index];
            if (*event.timestamp >= now - service.behindAtStart)
                break;
            if (event.at.topic != service.topic)
                continue;
            next[event.at] = event.offset.value + 1;
            const EventView view = viewOf(event);
            const HandlingTime* time = service.handling(view.eventType);
            if (time == nullptr)
                continue;
            const auto failure = failureIn(service, view, moments[index].fate);
            constexpr double threeAttemptsMs = 3'200;
            const double latencyMs = random.logNormal(time->medianMs, time->sigma) + (failure ? threeAttemptsMs : 0);
            const UtcTime endedAt = std::min(*event.timestamp + Millis{static_cast<std::int64_t>(latencyMs)}, now);
            Handling handling = handle(random, service, event, view, failure, latencyMs, endedAt);
            if (handling.letter)
                past.letters.push_back(std::move(*handling.letter));
            // Older than the log's retention of a day: what it said is gone.
            if (endedAt >= now - 24h)
                std::ranges::move(handling.log, std::back_inserter(past.log));
        }
        past.firstUnhandled[service.name] = index;
        for (const auto& [at, offset] : next)
            past.commits.push_back({QString::fromUtf8(service.name), at, {offset}});
    }
    for (std::size_t index = 0; index < past.events.size(); ++index) {
        if (moments[index].fate == Fate::RefusedByConnect)
            past.letters.push_back(connectLetter(past.events[index]));
    }
    std::ranges::stable_sort(past.letters, {}, &RawRecord::timestamp);
    std::ranges::stable_sort(past.log, {}, &RawRecord::timestamp);
    return past;
}

} // namespace spillway::demo
