// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// Who publishes what, who consumes it, what was promised: ownership.yaml and event-catalog.yaml joined.
namespace spillway {

struct ProducerEntry
{
    QString team; ///< empty: unknown; ownership.yaml always names one
    QString service;
    QString slackChannel;
    QString oncallRotation;
    friend bool operator==(const ProducerEntry&, const ProducerEntry&) = default;
};

struct ConsumerEntry
{
    QString team;
    QString service;
    QString purpose;
    QString consumerGroup;                     ///< default: `service`
    std::optional<double> sloProcessingTimeMs; ///< the promise; nullopt: none was made
    double sloObjective = 0.99;                ///< above 0, at most 1: all of them
    std::optional<double> sloSuccessRate;
    std::optional<Millis> sloDeadLetterDwell;
    QString slackChannel;
    QStringList fields;               ///< payload fields this consumer declares to read
    std::optional<int> schemaVersion; ///< of the event's schema that it reads by; nullopt: whatever is newest
    FilePlace place;
    friend bool operator==(const ConsumerEntry&, const ConsumerEntry&) = default;
};

/// One event of ownership.yaml.
struct OwnedEvent
{
    QString eventType;
    ProducerEntry producer;
    std::vector<ConsumerEntry> consumers; ///< in the file's order
    FilePlace place;
    friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
};

/// One event of event-catalog.yaml. Absent numbers are unknown.
struct CatalogEvent
{
    QString eventType;
    QString domain;
    QString description;
    QString schemaPath; ///< as written, relative to the workspace
    std::optional<int> currentVersion;
    QString topic;
    QString partitionKey;
    std::optional<std::int64_t> avgDailyVolume;
    std::optional<std::int64_t> avgPayloadBytes;
    std::optional<double> retentionDays;
    ProducerEntry producer;
    std::vector<ConsumerEntry> consumers; ///< team and service only
    QStringList tags;
    QString createdAt;
    QString lastSchemaChange;
    FilePlace place;
    friend bool operator==(const CatalogEvent&, const CatalogEvent&) = default;
};

struct GovernanceRules
{
    std::optional<int> schemaChangeNoticeDays;
    QString consumerRegistration;
    bool sloViolationAlert = false;
    friend bool operator==(const GovernanceRules&, const GovernanceRules&) = default;
};

/// One promise, or the absence of one: a consumer of an event.
struct Subscription
{
    QString eventType;
    ConsumerEntry consumer;
    friend bool operator==(const Subscription&, const Subscription&) = default;
};

/// Immutable after loading; copies are cheap enough to hand to a thread. Look-ups are by hash or ordered map.
class Catalog
{
public:
    Catalog() = default;
    Catalog(std::vector<OwnedEvent> owned, std::vector<CatalogEvent> events, GovernanceRules rules);

    [[nodiscard]] const std::vector<OwnedEvent>& owned() const { return m_owned; }
    [[nodiscard]] const std::vector<CatalogEvent>& events() const { return m_events; }
    [[nodiscard]] const GovernanceRules& rules() const { return m_rules; }

    [[nodiscard]] const OwnedEvent* ownedEvent(const QString& eventType) const;
    [[nodiscard]] const CatalogEvent* catalogEvent(const QString& eventType) const;

    /// Every (consumer, event) of ownership.yaml, in the file's order.
    [[nodiscard]] const std::vector<Subscription>& subscriptions() const { return m_subscriptions; }
    /// The subscription of this consumer service to this event, if declared.
    [[nodiscard]] const Subscription* subscription(const QString& service, const QString& eventType) const;
    /// Subscriptions whose `consumerGroup` is this group (one group may read several events).
    [[nodiscard]] std::vector<Subscription> subscriptionsOfGroup(const QString& group) const;
    /// The consumer service behind a group; nullopt when no entry or several services claim it.
    [[nodiscard]] std::optional<QString> serviceOfGroup(const QString& group) const;
    /// The one team behind a group; nullopt when unknown or when entries disagree.
    [[nodiscard]] std::optional<QString> teamOfGroup(const QString& group) const;
    /// Owner of a (consumer, event) pair; with no event type, the consumer's team if all its entries agree.
    [[nodiscard]] std::optional<QString> teamOf(const QString& service, const std::optional<QString>& eventType) const;
    /// Event types that the catalog places on this topic, in the file's order.
    [[nodiscard]] QStringList eventTypesOfTopic(const QString& topic) const;
    /// Topics a group is known to read: topics of the catalog's events that it is subscribed to.
    [[nodiscard]] QStringList topicsOfGroup(const QString& group) const;
    /// All group names of ownership.yaml, ordered, without repetition.
    [[nodiscard]] QStringList groups() const;
    /// On-call rotation and channel of a team, from any producer entry of that team; empty strings if none.
    [[nodiscard]] ProducerEntry contactOf(const QString& team) const;

private:
    std::vector<OwnedEvent> m_owned;
    std::vector<CatalogEvent> m_events;
    GovernanceRules m_rules;
    std::vector<Subscription> m_subscriptions;
    std::map<QString, std::size_t> m_ownedByType;
    std::map<QString, std::size_t> m_eventByType;
    std::multimap<QString, std::size_t> m_subscriptionsByGroup;
    std::map<std::pair<QString, QString>, std::size_t> m_subscriptionByPair;
    std::multimap<QString, std::size_t> m_subscriptionsByService;
    std::multimap<QString, std::size_t> m_eventsByTopic;
};

/// Reads the workspace's ownership and catalog files. A file the workspace does not name is simply absent; one that it
/// names and that is missing or empty is an error. Blocking file reads; any thread.
[[nodiscard]] Checked<Catalog> loadCatalog(const Workspace& workspace);

} // namespace spillway
