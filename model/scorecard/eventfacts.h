// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/scorecard/catalogpicture.h"

namespace spillway {

/// A consumer with what is known of its promise and its group.
struct ConsumerFacts
{
    JoinedConsumer consumer;
    std::optional<SloRow> slo;      ///< nullopt: nothing was promised or logged
    std::optional<LagGroupRow> lag; ///< nullopt: its group was not seen
    [[nodiscard]] SloState sloState() const { return slo ? slo->state : SloState::NoPromise; }
    friend bool operator==(const ConsumerFacts&, const ConsumerFacts&) = default;
};

/// Everything of one event that the files and the store tell.
struct EventFacts
{
    JoinedEvent event;
    std::vector<Contact> contacts; ///< of the producer
    std::vector<ConsumerFacts> consumers;
    std::vector<KnownTopic> topics;     ///< as brokers have them; empty: none was asked about yet
    std::vector<LoggedVolume> logged;   ///< what consumers logged in the last seven days
    std::vector<ObservedGrowth> growth; ///< of its topic, all events in it together
    std::optional<EventDayCost> cost;   ///< nullopt: not known, and `costFault` says why
    QString costFault;
    std::int64_t openLetters = 0;
    std::optional<UtcTime> oldestLetterAt; ///< nullopt: none is open
    QStringList blastRadius;               ///< services that feel it when the event fails, ordered
    std::vector<CatalogFinding> findings;  ///< of lint and drift
    GovernanceRules rules;
};

/// nullopt: the files do not know the event. Pure; any thread.
[[nodiscard]] std::optional<EventFacts> eventFactsOf(const CatalogPicture& picture, const QString& eventType);

/// Messages a day as they were observed: what the busiest consumer logged, scaled to a day; nullopt: nothing was, or
/// for less than six hours.
[[nodiscard]] std::optional<std::int64_t> observedPerDay(const EventFacts& facts);

} // namespace spillway
