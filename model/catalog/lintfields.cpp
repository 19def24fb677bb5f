// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/catalog/lintchecks.h"
#include "model/workspace/issuelist.h"

#include <QDate>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A key of a catalog entry that has to be there.
struct Needed
{
    QStringView rule;
    QStringView key;
    bool (*isMissing)(const JoinedEvent&);
    QStringView says;
    QStringView remedy;
};

constexpr Needed needed[]{
    {u"no-description", u"description", [](const JoinedEvent& e) { return e.description.trimmed().size() < 3; },
     u"has no description", u"add description: 'when it is published, and what it tells'"},
    {u"no-topic", u"topic", [](const JoinedEvent& e) { return e.topic.isEmpty(); },
     u"has no topic, so that lag, volume and cost cannot be joined to it", u"add topic: NAME"},
    {u"no-partition-key", u"partition_key", [](const JoinedEvent& e) { return e.partitionKey.isEmpty(); },
     u"has no partition key, so that nobody knows in which order it arrives",
     u"add partition_key: FIELD, the field messages are ordered by"},
    {u"volume-unset", u"avg_daily_volume", [](const JoinedEvent& e) { return !e.avgDailyVolume; },
     u"has no daily volume, so that its cost is unknown", u"add avg_daily_volume: NUMBER of messages a day"},
    {u"payload-unset", u"avg_payload_bytes", [](const JoinedEvent& e) { return !e.avgPayloadBytes; },
     u"has no payload size, so that its cost is unknown", u"add avg_payload_bytes: NUMBER of bytes"},
    {u"retention-unset", u"retention_days", [](const JoinedEvent& e) { return !e.retentionDays; }, u"has no retention",
     u"add retention_days: NUMBER"},
    {u"schema-unset", u"schema_path", [](const JoinedEvent& e) { return e.schemaPath.isEmpty(); }, u"has no schema",
     u"add schema_path: schemas/DOMAIN/EVENT.v1.json"},
};

QString named(const JoinedEvent& event)
{
    return u"event "_s + quoted(event.eventType);
}

void lintContacts(const CatalogSources& sources, const QHash<QString, ProducerEntry>& contacts,
                  const JoinedEvent& event, FindingList& out)
{
    const bool isOwned = event.ownedAt.has_value();
    const SourceFile& source = isOwned ? sources.ownership : sources.catalog;
    const YamlNode* map = isOwned ? sources.ownedNode(event.eventType) : sources.listedNode(event.eventType);
    const YamlNode* producer = map != nullptr ? map->find(u"producer") : nullptr;
    const FilePlace place = placeOf(source.text.file(), map, u"producer");
    // What ownership.yaml itself says: that the catalog fills a gap does not make it right.
    const ProducerEntry& owner = isOwned ? sources.model.ownedEvent(event.eventType)->producer : event.producer;
    if (owner.team.isEmpty() || owner.service.isEmpty()) {
        out.add(u"missing-owner", place, event.eventType,
                u"%1 has no producing %2"_s.arg(named(event),
                                                owner.team.isEmpty() ? u"team: nobody owns it"_s : u"service"_s),
                u"add producer: { team: NAME, service: NAME }"_s);
        return;
    }
    if (!isOwned && sources.ownership.isNamed())
        return; // not-in-ownership says it
    const ProducerEntry known = contacts.value(event.producer.team);
    const auto miss = [&](QStringView rule, const QString& key, const QString& value, const QString& known_,
                          const QString& says) {
        if (!value.isEmpty())
            return;
        std::optional<FixIt> fix;
        if (!known_.isEmpty() && producer != nullptr)
            fix = fixOf(u"add %1: %2, as elsewhere for %3"_s.arg(key, known_, event.producer.team),
                        addKey(source.text, *producer, key, yamlScalar(known_), {u"service"_s, u"team"_s}));
        out.add(rule, place, event.eventType, u"the producer of %1 %2"_s.arg(named(event), says),
                u"add %1: %2"_s.arg(key, known_.isEmpty() ? u"NAME"_s : yamlScalar(known_)), std::move(fix));
    };
    miss(u"missing-oncall", u"oncall_rotation"_s, event.producer.oncallRotation, known.oncallRotation,
         u"has no on-call rotation"_s);
    miss(u"missing-slack", u"slack_channel"_s, event.producer.slackChannel, known.slackChannel,
         u"has no Slack channel"_s);
}

void lintDates(const JoinedEvent& event, const FilePlace& created, const FilePlace& changed, FindingList& out)
{
    const auto dateOf = [](const QString& text) { return QDate::fromString(text.left(10), Qt::ISODate); };
    const auto check = [&](const QString& key, const QString& text, const FilePlace& place) {
        if (!text.isEmpty() && !dateOf(text).isValid())
            out.add(u"bad-date", place, event.eventType,
                    u"%1 of %2 is %3, which is no day"_s.arg(key, named(event), quoted(text)),
                    u"write a day like 2026-11-26"_s);
    };
    check(u"created_at"_s, event.createdAt, created);
    check(u"last_schema_change"_s, event.lastSchemaChange, changed);
    const QDate from = dateOf(event.createdAt);
    const QDate to = dateOf(event.lastSchemaChange);
    if (from.isValid() && to.isValid() && to < from)
        out.add(u"bad-date", changed, event.eventType,
                u"the schema of %1 changed on %2, before the event was made on %3"_s.arg(
                    named(event), to.toString(Qt::ISODate), from.toString(Qt::ISODate)),
                u"correct created_at or last_schema_change"_s);
}

void lintListed(const CatalogSources& sources, const JoinedEvent& event, FindingList& out)
{
    const QString& file = sources.catalog.text.file();
    const YamlNode* map = sources.listedNode(event.eventType);
    for (const Needed& need : needed) {
        if (need.isMissing(event))
            out.add(need.rule, placeOf(file, map, need.key), event.eventType,
                    named(event) + u' ' + need.says.toString(), need.remedy.toString());
    }
    const CatalogEvent* listed = sources.model.catalogEvent(event.eventType);
    if (listed != nullptr && listed->domain.isEmpty()) {
        std::optional<FixIt> fix;
        if (map != nullptr && event.eventType.contains(u'.'))
            fix = fixOf(u"add domain: %1, the type's first word"_s.arg(event.domain),
                        addKey(sources.catalog.text, *map, u"domain"_s, yamlScalar(event.domain), {u"event_type"_s}));
        out.add(u"no-domain", placeOf(file, map, u"domain"), event.eventType, named(event) + u" has no domain"_s,
                u"add domain: %1"_s.arg(event.domain), std::move(fix));
    } else if (event.eventType.contains(u'.') && !event.eventType.startsWith(event.domain + u'.')) {
        out.add(
            u"domain-mismatch", placeOf(file, map, u"domain"), event.eventType,
            u"%1 is in domain %2, but its name begins with %3"_s.arg(named(event), quoted(event.domain),
                                                                     quoted(event.eventType.section(u'.', 0, 0))),
            u"write domain: %1, or begin the name with %2."_s.arg(event.eventType.section(u'.', 0, 0), event.domain));
    }
    if (!event.topic.isEmpty() && !out.policy().topicNaming.match(event.topic).hasMatch())
        out.add(u"topic-naming", placeOf(file, map, u"topic"), event.eventType,
                u"topic %1 of %2 is against the naming rule"_s.arg(quoted(event.topic), named(event)),
                u"write a name that fits %1"_s.arg(out.policy().topicNaming.pattern()));
    if (event.retentionDays && *event.retentionDays > out.policy().maxRetentionDays) {
        const YamlNode* value = map != nullptr ? map->find(u"retention_days") : nullptr;
        const QString most = QString::number(out.policy().maxRetentionDays);
        out.add(u"retention-over-policy", placeOf(file, map, u"retention_days"), event.eventType,
                u"%1 is kept %2 days; the policy allows %3"_s.arg(named(event), QString::number(*event.retentionDays),
                                                                  most),
                u"write retention_days: %1, or waive it with a reason"_s.arg(most),
                value != nullptr ? fixOf(u"set retention_days to %1"_s.arg(most),
                                         replaceScalar(sources.catalog.text, *value, most), false)
                                 : std::nullopt);
    }
    if (event.avgPayloadBytes && *event.avgPayloadBytes > out.policy().maxPayloadBytes)
        out.add(u"payload-over-limit", placeOf(file, map, u"avg_payload_bytes"), event.eventType,
                u"payloads of %1 are %2; the limit is %3"_s.arg(named(event), formatSizeBytes(*event.avgPayloadBytes),
                                                                formatSizeBytes(out.policy().maxPayloadBytes)),
                u"send a reference instead of the content, or correct avg_payload_bytes"_s);
    lintDates(event, placeOf(file, map, u"created_at"), placeOf(file, map, u"last_schema_change"), out);
}

} // namespace

void lintFields(const CatalogSources& sources, FindingList& out)
{
    const QHash<QString, ProducerEntry> contacts = contactsOf(sources.model);
    for (const JoinedEvent& event : sources.events) {
        if (!out.policy().eventNaming.match(event.eventType).hasMatch())
            out.add(u"event-naming", event.place(), event.eventType, named(event) + u" is against the naming rule"_s,
                    u"write a name that fits %1"_s.arg(out.policy().eventNaming.pattern()));
        lintContacts(sources, contacts, event, out);
        if (event.listedAt)
            lintListed(sources, event, out);
        if (event.consumers.empty())
            out.add(u"orphan-event", event.place(), event.eventType, u"nobody consumes "_s + named(event),
                    u"list its consumers, or stop publishing it"_s);
        else if (event.isDeprecated())
            out.add(u"deprecated-in-use", event.place(), event.eventType,
                    u"%1 is tagged deprecated and has %2 consumer%3, first %4"_s.arg(
                        named(event), QString::number(event.consumers.size()),
                        event.consumers.size() == 1 ? QString() : u"s"_s, event.consumers.front().service),
                    u"move them to its successor, then remove them here"_s);
        for (const JoinedConsumer& consumer : event.consumers) {
            if (consumer.isOwned && !consumer.sloProcessingTimeMs)
                out.add(u"consumer-without-slo", consumer.place, event.eventType,
                        u"%1 consumes %2 without a promise"_s.arg(quoted(consumer.service), named(event)),
                        u"add slo_processing_time_ms: NUMBER"_s);
        }
    }
}

} // namespace spillway
