// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogfiles.h"
#include "model/catalog/lintchecks.h"
#include "model/workspace/issuelist.h"

#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString party(const ProducerEntry& producer)
{
    return u"%1 (%2)"_s.arg(producer.service.isEmpty() ? u"no service"_s : producer.service,
                            producer.team.isEmpty() ? u"no team"_s : producer.team);
}

QStringList consumerLines(const QString& team, const QString& service)
{
    return {u"- team: "_s + yamlScalar(team), u"  service: "_s + yamlScalar(service)};
}

/// The catalog's entry for an event that only ownership.yaml has, with what is known there.
std::optional<FixIt> catalogEntry(const CatalogSources& sources, const JoinedEvent& event)
{
    const YamlNode* list = sources.catalog.document.root->find(u"catalog");
    if (list == nullptr)
        return std::nullopt;
    QStringList lines{u"- event_type: "_s + yamlScalar(event.eventType), u"  domain: "_s + yamlScalar(event.domain),
                      u"  producer:"_s, u"    service: "_s + yamlScalar(event.producer.service),
                      u"    team: "_s + yamlScalar(event.producer.team)};
    if (!event.consumers.empty())
        lines += u"  consumers:"_s;
    for (const JoinedConsumer& consumer : event.consumers)
        lines += {u"    - service: "_s + yamlScalar(consumer.service), u"      team: "_s + yamlScalar(consumer.team)};
    return fixOf(u"add %1 to the catalog with what ownership.yaml says"_s.arg(event.eventType),
                 addBlock(sources.catalog.text, *list, lines));
}

std::optional<FixIt> ownershipEntry(const CatalogSources& sources, const JoinedEvent& event)
{
    const YamlNode* events = sources.ownership.document.root->find(u"events");
    if (events == nullptr || event.producer.team.isEmpty() || event.producer.service.isEmpty())
        return std::nullopt;
    QStringList lines{yamlScalar(event.eventType) + u':', u"  producer:"_s,
                      u"    team: "_s + yamlScalar(event.producer.team),
                      u"    service: "_s + yamlScalar(event.producer.service)};
    if (!event.consumers.empty())
        lines += u"  consumers:"_s;
    for (const JoinedConsumer& consumer : event.consumers) {
        for (const QString& line : consumerLines(consumer.team, consumer.service))
            lines += u"    "_s + line;
    }
    return fixOf(u"add %1 to ownership.yaml with what the catalog says"_s.arg(event.eventType),
                 addBlock(sources.ownership.text, *events, lines));
}

std::optional<FixIt> consumerEntry(const SourceFile& source, const YamlNode* map, const JoinedConsumer& consumer)
{
    const YamlNode* list = map != nullptr ? map->find(u"consumers") : nullptr;
    if (list == nullptr || list->kind != YamlNode::Kind::Sequence)
        return std::nullopt;
    return fixOf(u"add %1 there"_s.arg(consumer.service),
                 addBlock(source.text, *list, consumerLines(consumer.team, consumer.service)));
}

void lintConsumers(const CatalogSources& sources, const JoinedEvent& event, FindingList& out)
{
    const OwnedEvent* owned = sources.model.ownedEvent(event.eventType);
    const CatalogEvent* listed = sources.model.catalogEvent(event.eventType);
    if (owned == nullptr || listed == nullptr)
        return;
    for (const JoinedConsumer& consumer : event.consumers) {
        const QString who = quoted(consumer.service);
        if (!consumer.isOwned) {
            out.add(
                u"consumer-not-in-ownership", consumer.place, event.eventType,
                u"%1 consumes event %2 in the catalog, not in ownership.yaml: no promise, no owner of its failures"_s
                    .arg(who, quoted(event.eventType)),
                u"add it to the event's consumers in ownership.yaml, or remove it here"_s,
                consumerEntry(sources.ownership, sources.ownedNode(event.eventType), consumer));
            continue;
        }
        if (!consumer.isListed) {
            out.add(
                u"consumer-not-in-catalog", consumer.place, event.eventType,
                u"%1 consumes event %2 in ownership.yaml, not in the catalog: its share of the cost is missing"_s.arg(
                    who, quoted(event.eventType)),
                u"add it to the event's consumers in the catalog, or remove it here"_s,
                consumerEntry(sources.catalog, sources.listedNode(event.eventType), consumer));
            continue;
        }
        const auto same = std::find_if(listed->consumers.begin(), listed->consumers.end(),
                                       [&](const ConsumerEntry& entry) { return entry.service == consumer.service; });
        if (same != listed->consumers.end() && !same->team.isEmpty() && same->team != consumer.team)
            out.add(u"consumer-team-differs", same->place, event.eventType,
                    u"%1 belongs to %2 in ownership.yaml and to %3 in the catalog"_s.arg(who, quoted(consumer.team),
                                                                                         quoted(same->team)),
                    u"write the same team in both"_s);
    }
}

/// Teams that may be named.
QSet<QString> knownTeams(const CatalogSources& sources, const LintPolicy& policy)
{
    if (!policy.teams.isEmpty())
        return {policy.teams.begin(), policy.teams.end()};
    QSet<QString> teams;
    for (const OwnedEvent& event : sources.model.owned()) {
        teams.insert(event.producer.team);
        for (const ConsumerEntry& consumer : event.consumers)
            teams.insert(consumer.team);
    }
    return teams;
}

void lintTeams(const CatalogSources& sources, FindingList& out)
{
    const bool isListed = !out.policy().teams.isEmpty();
    if (!isListed && !sources.ownership.isNamed())
        return;
    const QSet<QString> known = knownTeams(sources, out.policy());
    QStringList names(known.begin(), known.end());
    names.sort();
    const auto check = [&](const QString& team, const FilePlace& place, const QString& event) {
        if (team.isEmpty() || known.contains(team))
            return;
        out.add(u"unknown-team", place, event, u"there is no team %1%2"_s.arg(quoted(team), didYouMean(team, names)),
                isListed ? u"write a team that catalog-lint.yaml lists, or add it there"_s
                         : u"write a team that ownership.yaml knows, or give it a part there"_s);
    };
    const QString& owners = sources.ownership.text.file();
    const QString& catalog = sources.catalog.text.file();
    for (const OwnedEvent& event : sources.model.owned()) {
        check(event.producer.team, placeOf(owners, sources.ownedNode(event.eventType), u"producer"), event.eventType);
        for (const ConsumerEntry& consumer : event.consumers)
            check(consumer.team, consumer.place, event.eventType);
    }
    for (const CatalogEvent& event : sources.model.events()) {
        check(event.producer.team, placeOf(catalog, sources.listedNode(event.eventType), u"producer"), event.eventType);
        for (const ConsumerEntry& consumer : event.consumers)
            check(consumer.team, consumer.place, event.eventType);
    }
}

void lintContactsOfConsumers(const CatalogSources& sources, FindingList& out)
{
    QSet<QString> said;
    const QHash<QString, ProducerEntry> contacts = contactsOf(sources.model);
    for (const Subscription& subscription : sources.model.subscriptions()) {
        const QString& team = subscription.consumer.team;
        if (team.isEmpty() || said.contains(team))
            continue;
        said.insert(team);
        const ProducerEntry contact = contacts.value(team);
        if (contact.slackChannel.isEmpty() && contact.oncallRotation.isEmpty())
            out.add(u"team-without-contact", subscription.consumer.place, subscription.eventType,
                    u"%1 cannot be reached: no channel and no rotation stands anywhere"_s.arg(quoted(team)),
                    u"add slack_channel: '#CHANNEL' to one of its consumers"_s);
    }
}

const YamlNode* consumerNode(const YamlNode* map, const QString& service)
{
    const YamlNode* list = map != nullptr ? map->find(u"consumers") : nullptr;
    for (const YamlNode* item : list != nullptr ? list->items : std::vector<const YamlNode*>()) {
        const YamlNode* name = item->kind == YamlNode::Kind::Map ? item->find(u"service") : nullptr;
        if (name != nullptr && name->text == service)
            return item;
    }
    return nullptr;
}

/// Producers and consumers of the catalog without a team: known from ownership.yaml, or not at all.
void lintMissingTeams(const CatalogSources& sources, FindingList& out)
{
    if (std::none_of(sources.model.events().begin(), sources.model.events().end(), lacksTeam))
        return;
    std::vector<CatalogEvent> filled = sources.model.events();
    fillTeams(filled, sources.model.owned());
    const auto tell = [&](const QString& role, const QString& service, const QString& team, const YamlNode* node,
                          const FilePlace& place, const QString& event) {
        const QString who = u"%1 %2 of event %3"_s.arg(role, quoted(service), quoted(event));
        if (!team.isEmpty())
            out.add(u"team-unset", place, event,
                    u"%1 has no team here; ownership.yaml says %2"_s.arg(who, quoted(team)),
                    u"add team: %1"_s.arg(yamlScalar(team)),
                    node != nullptr
                        ? fixOf(u"add team: %1, as ownership.yaml says"_s.arg(team),
                                addKey(sources.catalog.text, *node, u"team"_s, yamlScalar(team), {u"service"_s}))
                        : std::nullopt);
        else
            out.add(u"team-unknown", place, event,
                    u"%1 has no team in either file: its share of the cost is unattributed"_s.arg(who),
                    u"add team: NAME"_s);
    };
    for (std::size_t at = 0; at < filled.size(); ++at) {
        const CatalogEvent& raw = sources.model.events()[at];
        const YamlNode* map = at < sources.listed.size() ? sources.listed[at] : nullptr;
        const ProducerEntry& producer = filled[at].producer;
        // Without a team in either file nobody owns the event: missing-owner says it.
        if (raw.producer.team.isEmpty() && !producer.team.isEmpty())
            tell(u"producer"_s, producer.service, producer.team, map != nullptr ? map->find(u"producer") : nullptr,
                 placeOf(sources.catalog.text.file(), map, u"producer"), raw.eventType);
        for (std::size_t c = 0; c < raw.consumers.size(); ++c) {
            const ConsumerEntry& consumer = filled[at].consumers[c];
            if (raw.consumers[c].team.isEmpty() && !consumer.service.isEmpty())
                tell(u"consumer"_s, consumer.service, consumer.team, consumerNode(map, consumer.service),
                     consumer.place, raw.eventType);
        }
    }
}

} // namespace

void lintAgreement(const CatalogSources& sources, FindingList& out)
{
    QSet<QString> seen;
    for (const CatalogEvent& listed : sources.model.events()) {
        if (!listed.eventType.isEmpty() && seen.contains(listed.eventType))
            out.add(u"duplicate-event", listed.place, listed.eventType,
                    u"event %1 is listed twice"_s.arg(quoted(listed.eventType)), u"keep one of the entries"_s);
        seen.insert(listed.eventType);
    }
    const bool hasBoth = sources.ownership.isNamed() && sources.catalog.isNamed();
    for (const JoinedEvent& event : sources.events) {
        if (!hasBoth)
            break;
        if (!event.ownedAt)
            out.add(u"not-in-ownership", event.place(), event.eventType,
                    u"event %1 is in the catalog and not in ownership.yaml: nobody is responsible for it"_s.arg(
                        quoted(event.eventType)),
                    u"add it there with its producer and consumers"_s, ownershipEntry(sources, event));
        if (!event.listedAt)
            out.add(
                u"not-in-catalog", event.place(), event.eventType,
                u"event %1 is in ownership.yaml and not in the catalog: its topic, volume and cost are unknown"_s.arg(
                    quoted(event.eventType)),
                u"add it there with its topic, volume and payload size"_s, catalogEntry(sources, event));
        const OwnedEvent* owned = sources.model.ownedEvent(event.eventType);
        const CatalogEvent* listed = sources.model.catalogEvent(event.eventType);
        const auto differ = [](const QString& a, const QString& b) { return !a.isEmpty() && !b.isEmpty() && a != b; };
        if (owned != nullptr && listed != nullptr &&
            (differ(owned->producer.service, listed->producer.service) ||
             differ(owned->producer.team, listed->producer.team)))
            out.add(u"two-producers",
                    placeOf(sources.catalog.text.file(), sources.listedNode(event.eventType), u"producer"),
                    event.eventType,
                    u"event %1 is published by %2 in ownership.yaml and by %3 in the catalog"_s.arg(
                        quoted(event.eventType), party(owned->producer), party(listed->producer)),
                    u"write the same producer in both; an event has one"_s);
        lintConsumers(sources, event, out);
    }
    lintTeams(sources, out);
    lintMissingTeams(sources, out);
    lintContactsOfConsumers(sources, out);
}

} // namespace spillway
