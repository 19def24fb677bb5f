// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogmodel.h"

#include <QDir>
#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

JoinedConsumer fromOwnership(const ConsumerEntry& entry)
{
    return JoinedConsumer{.team = entry.team,
                          .service = entry.service,
                          .group = entry.consumerGroup,
                          .purpose = entry.purpose,
                          .sloProcessingTimeMs = entry.sloProcessingTimeMs,
                          .sloObjective = entry.sloObjective,
                          .slackChannel = entry.slackChannel,
                          .fields = entry.fields,
                          .schemaVersion = entry.schemaVersion,
                          .isOwned = true,
                          .isListed = false,
                          .place = entry.place};
}

void addOwned(JoinedEvent& event, const OwnedEvent& owned)
{
    event.ownedAt = owned.place;
    event.producer = owned.producer;
    for (const ConsumerEntry& entry : owned.consumers)
        event.consumers.push_back(fromOwnership(entry));
}

void addListed(JoinedEvent& event, const CatalogEvent& listed)
{
    event.listedAt = listed.place;
    event.domain = listed.domain;
    event.description = listed.description;
    event.tags = listed.tags;
    event.topic = listed.topic;
    event.partitionKey = listed.partitionKey;
    event.schemaPath = listed.schemaPath;
    event.currentVersion = listed.currentVersion;
    event.avgDailyVolume = listed.avgDailyVolume;
    event.avgPayloadBytes = listed.avgPayloadBytes;
    event.retentionDays = listed.retentionDays;
    event.createdAt = listed.createdAt;
    event.lastSchemaChange = listed.lastSchemaChange;
    const auto fill = [](QString& into, const QString& from) {
        if (into.isEmpty())
            into = from;
    };
    fill(event.producer.team, listed.producer.team);
    fill(event.producer.service, listed.producer.service);
    fill(event.producer.slackChannel, listed.producer.slackChannel);
    fill(event.producer.oncallRotation, listed.producer.oncallRotation);
    for (const ConsumerEntry& entry : listed.consumers) {
        const auto same = std::find_if(event.consumers.begin(), event.consumers.end(),
                                       [&](const JoinedConsumer& known) { return known.service == entry.service; });
        if (same != event.consumers.end()) {
            same->isListed = true;
            continue;
        }
        JoinedConsumer consumer = fromOwnership(entry);
        consumer.isOwned = false;
        consumer.isListed = true;
        event.consumers.push_back(std::move(consumer));
    }
}

} // namespace

bool JoinedEvent::isDeprecated() const
{
    return hasTag(u"deprecated");
}

bool JoinedEvent::hasTag(QStringView tag) const
{
    return std::any_of(tags.begin(), tags.end(),
                       [&](const QString& own) { return own.compare(tag, Qt::CaseInsensitive) == 0; });
}

QString schemaFileOf(const Workspace& workspace, const QString& schemaPath)
{
    return QDir::cleanPath(QDir(workspace.folder).absoluteFilePath(schemaPath));
}

std::vector<JoinedEvent> joinCatalog(const Workspace& workspace, const Catalog& catalog, ReadSchemas schemas)
{
    std::vector<JoinedEvent> joined;
    joined.reserve(std::max(catalog.owned().size(), catalog.events().size()));
    QSet<QString> seen;
    const auto add = [&](const QString& type, const OwnedEvent* owned, const CatalogEvent* listed) {
        if (type.isEmpty() || seen.contains(type))
            return;
        seen.insert(type);
        JoinedEvent& event = joined.emplace_back();
        event.eventType = type;
        if (owned != nullptr)
            addOwned(event, *owned);
        if (listed != nullptr)
            addListed(event, *listed);
        if (event.domain.isEmpty())
            event.domain = type.section(u'.', 0, 0);
    };
    for (const CatalogEvent& listed : catalog.events())
        add(listed.eventType, catalog.ownedEvent(listed.eventType), &listed);
    for (const OwnedEvent& owned : catalog.owned())
        add(owned.eventType, &owned, nullptr);
    if (schemas == ReadSchemas::Yes) {
        SchemaOutlines outlines;
        for (JoinedEvent& event : joined) {
            if (!event.schemaPath.isEmpty())
                event.schema = outlines.read(schemaFileOf(workspace, event.schemaPath));
        }
    }
    return joined;
}

} // namespace spillway
