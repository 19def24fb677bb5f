// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterowner.h"

#include "model/deadletter/headervalue.h"
#include "model/deadletter/jsonlookup.h"

#include <array>
#include <set>

namespace spillway {

namespace {

constexpr std::array<QByteArrayView, 4> typeNames{"event_type", "eventType", "ce_type", "type"};

/// Hostile letters may name a new type each: what is remembered is bounded.
constexpr qsizetype mostRemembered = 10'000;

template<typename Hash>
void bound(Hash& hash)
{
    if (hash.size() > mostRemembered)
        hash.clear();
}

} // namespace

LetterOwner OwnerResolver::ownerOf(const RawRecord& record, const LetterFacts& facts)
{
    LetterOwner owner;
    owner.eventType = eventTypeOf(record, facts);
    m_texts.share(owner.eventType);
    const Memo::Key key{{Memo::maybe(facts.consumerGroup), Memo::maybe(owner.eventType)}};
    if (const Owned* recent = facts.mappedConsumer ? nullptr : m_recent.find(key)) {
        owner.consumer = recent->consumer;
        owner.team = recent->team;
        return owner;
    }
    if (facts.mappedConsumer)
        owner.consumer = facts.mappedConsumer;
    else if (facts.consumerGroup)
        owner.consumer = consumerOfGroup(*facts.consumerGroup, owner.eventType);
    owner.team = teamOf(owner.consumer, owner.eventType);
    if (!facts.mappedConsumer)
        m_recent.keep(key, {owner.consumer, owner.team});
    return owner;
}

std::optional<QString> OwnerResolver::eventTypeOf(const RawRecord& record, const LetterFacts& facts)
{
    if (facts.mappedEventType)
        return facts.mappedEventType;
    for (const QByteArrayView name : typeNames) {
        for (auto header = record.headers.rbegin(); header != record.headers.rend(); ++header) {
            if (header->name != name || !header->value)
                continue;
            if (auto type = decodeName(*header->value))
                return type;
        }
    }
    if (record.value && record.value->startsWith('{')) {
        if (auto type = firstTextField(*record.value, typeNames))
            return type;
    }
    if (!facts.originTopic)
        return std::nullopt;
    bound(m_eventOfTopic);
    auto known = m_eventOfTopic.find(*facts.originTopic);
    if (known == m_eventOfTopic.end()) {
        const QStringList types = m_catalog.eventTypesOfTopic(*facts.originTopic);
        known =
            m_eventOfTopic.insert(*facts.originTopic, types.size() == 1 ? std::optional(types.front()) : std::nullopt);
    }
    return *known;
}

QString OwnerResolver::consumerOfGroup(const QString& group, const std::optional<QString>& eventType)
{
    bound(m_consumers);
    const std::pair key{group, eventType.value_or(QString())};
    if (const auto known = m_consumers.constFind(key); known != m_consumers.constEnd())
        return *known;
    std::set<QString> services;
    std::set<QString> subscribed;
    for (const Subscription& subscription : m_catalog.subscriptionsOfGroup(group)) {
        services.insert(subscription.consumer.service);
        if (subscription.eventType == eventType)
            subscribed.insert(subscription.consumer.service);
    }
    const std::set<QString>& candidates = subscribed.empty() ? services : subscribed;
    return *m_consumers.insert(key, candidates.size() == 1 ? *candidates.begin() : group);
}

std::optional<QString> OwnerResolver::teamOf(const std::optional<QString>& consumer,
                                             const std::optional<QString>& eventType)
{
    if (!consumer || !eventType) // half a pair has no owner, though all entries of the consumer name one team
        return std::nullopt;
    bound(m_teams);
    const std::pair key{*consumer, *eventType};
    auto known = m_teams.find(key);
    if (known == m_teams.end())
        known = m_teams.insert(key, m_catalog.teamOf(*consumer, eventType));
    return *known;
}

} // namespace spillway
