// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalog.h"

#include <algorithm>
#include <set>

namespace spillway {

namespace {

/// The values of a key in a multimap, in the order they were inserted.
template<typename Visit>
void forEachOf(const std::multimap<QString, std::size_t>& index, const QString& key, const Visit& visit)
{
    const auto [first, last] = index.equal_range(key);
    for (auto at = first; at != last; ++at)
        visit(at->second);
}

} // namespace

Catalog::Catalog(std::vector<OwnedEvent> owned, std::vector<CatalogEvent> events, GovernanceRules rules)
    : m_owned(std::move(owned))
    , m_events(std::move(events))
    , m_rules(std::move(rules))
{
    for (std::size_t i = 0; i < m_owned.size(); ++i) {
        m_ownedByType.emplace(m_owned[i].eventType, i);
        for (const ConsumerEntry& consumer : m_owned[i].consumers) {
            const std::size_t at = m_subscriptions.size();
            m_subscriptionsByGroup.emplace(consumer.consumerGroup, at);
            m_subscriptionByPair.emplace(std::pair(consumer.service, m_owned[i].eventType), at);
            m_subscriptionsByService.emplace(consumer.service, at);
            m_subscriptions.push_back(Subscription{m_owned[i].eventType, consumer});
        }
    }
    for (std::size_t i = 0; i < m_events.size(); ++i) {
        m_eventByType.emplace(m_events[i].eventType, i);
        if (!m_events[i].topic.isEmpty())
            m_eventsByTopic.emplace(m_events[i].topic, i);
    }
}

const OwnedEvent* Catalog::ownedEvent(const QString& eventType) const
{
    const auto at = m_ownedByType.find(eventType);
    return at != m_ownedByType.end() ? &m_owned[at->second] : nullptr;
}

const CatalogEvent* Catalog::catalogEvent(const QString& eventType) const
{
    const auto at = m_eventByType.find(eventType);
    return at != m_eventByType.end() ? &m_events[at->second] : nullptr;
}

const Subscription* Catalog::subscription(const QString& service, const QString& eventType) const
{
    const auto at = m_subscriptionByPair.find({service, eventType});
    return at != m_subscriptionByPair.end() ? &m_subscriptions[at->second] : nullptr;
}

std::vector<Subscription> Catalog::subscriptionsOfGroup(const QString& group) const
{
    std::vector<Subscription> found;
    forEachOf(m_subscriptionsByGroup, group, [&](std::size_t at) { found.push_back(m_subscriptions[at]); });
    return found;
}

std::optional<QString> Catalog::serviceOfGroup(const QString& group) const
{
    std::set<QString> services;
    forEachOf(m_subscriptionsByGroup, group,
              [&](std::size_t at) { services.insert(m_subscriptions[at].consumer.service); });
    return services.size() == 1 ? std::optional(*services.begin()) : std::nullopt;
}

std::optional<QString> Catalog::teamOfGroup(const QString& group) const
{
    std::set<QString> teams;
    forEachOf(m_subscriptionsByGroup, group, [&](std::size_t at) { teams.insert(m_subscriptions[at].consumer.team); });
    return teams.size() == 1 ? std::optional(*teams.begin()) : std::nullopt;
}

std::optional<QString> Catalog::teamOf(const QString& service, const std::optional<QString>& eventType) const
{
    if (eventType) {
        const Subscription* found = subscription(service, *eventType);
        return found != nullptr ? std::optional(found->consumer.team) : std::nullopt;
    }
    std::set<QString> teams;
    forEachOf(m_subscriptionsByService, service,
              [&](std::size_t at) { teams.insert(m_subscriptions[at].consumer.team); });
    return teams.size() == 1 ? std::optional(*teams.begin()) : std::nullopt;
}

QStringList Catalog::eventTypesOfTopic(const QString& topic) const
{
    QStringList types;
    forEachOf(m_eventsByTopic, topic, [&](std::size_t at) { types += m_events[at].eventType; });
    return types;
}

QStringList Catalog::topicsOfGroup(const QString& group) const
{
    std::set<QString> topics;
    forEachOf(m_subscriptionsByGroup, group, [&](std::size_t at) {
        const CatalogEvent* event = catalogEvent(m_subscriptions[at].eventType);
        if (event != nullptr && !event->topic.isEmpty())
            topics.insert(event->topic);
    });
    return QStringList(topics.begin(), topics.end());
}

QStringList Catalog::groups() const
{
    QStringList names;
    for (auto at = m_subscriptionsByGroup.begin(); at != m_subscriptionsByGroup.end();
         at = m_subscriptionsByGroup.upper_bound(at->first))
        names += at->first;
    return names;
}

ProducerEntry Catalog::contactOf(const QString& team) const
{
    ProducerEntry contact;
    contact.team = team;
    const auto take = [&contact, &team](const ProducerEntry& entry) {
        if (entry.team != team)
            return;
        if (contact.slackChannel.isEmpty())
            contact.slackChannel = entry.slackChannel;
        if (contact.oncallRotation.isEmpty())
            contact.oncallRotation = entry.oncallRotation;
        if (contact.service.isEmpty())
            contact.service = entry.service;
    };
    for (const OwnedEvent& event : m_owned)
        take(event.producer);
    // A team that only consumes has its channel there.
    for (const Subscription& subscription : m_subscriptions) {
        if (contact.slackChannel.isEmpty() && subscription.consumer.team == team)
            contact.slackChannel = subscription.consumer.slackChannel;
    }
    return contact;
}

} // namespace spillway
