// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/lintchecks.h"
#include "model/workspace/issuelist.h"

#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString named(const JoinedEvent& event)
{
    return u"event "_s + quoted(event.eventType);
}

void lintVersions(const CatalogSources& sources, const JoinedEvent& event, const YamlNode* map, FindingList& out)
{
    const QString& file = sources.catalog.text.file();
    const SchemaOutline& schema = event.schema;
    if (schema.version && schema.event != event.eventType)
        out.add(u"schema-of-other-event", placeOf(file, map, u"schema_path"), event.eventType,
                u"the schema of %1 is named after %2"_s.arg(named(event), quoted(schema.event)),
                u"write schema_path: …/%1.v%2.json"_s.arg(event.eventType).arg(*schema.version));
    if (schema.version && event.currentVersion && *schema.version != *event.currentVersion) {
        const YamlNode* value = map != nullptr ? map->find(u"current_version") : nullptr;
        out.add(u"schema-version-drift", placeOf(file, map, u"current_version"), event.eventType,
                u"%1 is at version %2 and names the schema of version %3"_s.arg(named(event))
                    .arg(*event.currentVersion)
                    .arg(*schema.version),
                u"write current_version: %1, or name the file of version %2"_s.arg(*schema.version)
                    .arg(*event.currentVersion),
                value != nullptr ? fixOf(u"set current_version to %1, as the schema's name says"_s.arg(*schema.version),
                                         replaceScalar(sources.catalog.text, *value, QString::number(*schema.version)))
                                 : std::nullopt);
    }
    if (schema.version && !schema.versions.empty() && schema.versions.back() > *schema.version)
        out.add(u"schema-newer-version", placeOf(file, map, u"schema_path"), event.eventType,
                u"version %1 of %2 lies beside version %3, which is the current one"_s.arg(schema.versions.back())
                    .arg(named(event))
                    .arg(*schema.version),
                u"raise schema_path and current_version once it is published, or remove the file"_s);
}

void lintPersonalData(const CatalogSources& sources, const JoinedEvent& event, const YamlNode* map, FindingList& out)
{
    if (event.hasTag(u"pii") || event.hasTag(u"personal-data"))
        return;
    QStringList personal;
    for (const OutlineField& field : event.schema.fields) {
        const QString last = QString(field.path.section(u'.', -1)).remove(u"[]"_s).remove(u'_').remove(u'-').toLower();
        if (field.isMarkedPersonal || out.policy().personalFields.contains(last))
            personal += field.path;
    }
    if (personal.isEmpty())
        return;
    std::optional<FixIt> fix;
    const YamlNode* tags = map != nullptr ? map->find(u"tags") : nullptr;
    if (tags != nullptr)
        fix = fixOf(u"add the tag pii"_s, addScalarItem(sources.catalog.text, *tags, u"'pii'"_s));
    else if (map != nullptr)
        fix = fixOf(u"add the tag pii"_s, addKey(sources.catalog.text, *map, u"tags"_s, u"['pii']"_s));
    constexpr qsizetype shown = 4;
    out.add(u"personal-data-untagged", placeOf(sources.catalog.text.file(), map, u"tags"), event.eventType,
            u"%1 has fields that look personal (%2%3) and no tag pii"_s.arg(
                named(event), personal.first(std::min(shown, personal.size())).join(u", "_s),
                personal.size() > shown ? u" …"_s : QString()),
            u"add pii to its tags"_s, std::move(fix));
}

void lintPins(const JoinedEvent& event, FindingList& out)
{
    const auto& versions = event.schema.versions;
    for (const JoinedConsumer& consumer : event.consumers) {
        if (!consumer.schemaVersion || versions.empty())
            continue;
        const int pin = *consumer.schemaVersion;
        QStringList there;
        for (const int version : versions)
            there += QString::number(version);
        if (std::find(versions.begin(), versions.end(), pin) == versions.end())
            out.add(u"schema-pin-unknown", consumer.place, event.eventType,
                    u"%1 reads %2 by version %3, which has no schema file"_s.arg(quoted(consumer.service), named(event))
                        .arg(pin),
                    u"write schema_version: one of %1"_s.arg(there.join(u", "_s)));
        else if (event.currentVersion && pin < *event.currentVersion)
            out.add(u"schema-pin-behind", consumer.place, event.eventType,
                    u"%1 reads %2 by version %3; the current one is %4"_s.arg(quoted(consumer.service), named(event))
                        .arg(pin)
                        .arg(*event.currentVersion),
                    u"raise schema_version once the service is built with version %1"_s.arg(*event.currentVersion));
    }
}

void lintDeclaredFields(const CatalogSources& sources, const JoinedEvent& event, const YamlNode* map, FindingList& out)
{
    if (!event.schema.isJson || !event.schema.isReadable || event.schema.fields.empty())
        return;
    QSet<QString> known;
    QStringList paths;
    for (const OutlineField& field : event.schema.fields) {
        known.insert(QString(field.path).remove(u"[]"_s));
        paths += field.path;
    }
    for (const JoinedConsumer& consumer : event.consumers) {
        for (const QString& field : consumer.fields) {
            if (!known.contains(QString(field).remove(u"[]"_s)))
                out.add(u"field-unknown", consumer.place, event.eventType,
                        u"%1 reads field %2 of %3, which the schema does not have%4"_s.arg(
                            quoted(consumer.service), quoted(field), named(event), didYouMean(field, paths)),
                        u"correct the field, or the schema"_s);
        }
    }
    if (!event.partitionKey.isEmpty() && !known.contains(event.partitionKey) &&
        std::none_of(paths.begin(), paths.end(),
                     [&](const QString& path) { return path.section(u'.', -1) == event.partitionKey; }))
        out.add(u"partition-key-unknown", placeOf(sources.catalog.text.file(), map, u"partition_key"), event.eventType,
                u"the partition key %1 of %2 is no field of its schema%3"_s.arg(
                    quoted(event.partitionKey), named(event), didYouMean(event.partitionKey, paths)),
                u"write a field of the schema"_s);
}

} // namespace

void lintSchemas(const CatalogSources& sources, FindingList& out)
{
    const QString& file = sources.catalog.text.file();
    for (const JoinedEvent& event : sources.events) {
        if (event.schemaPath.isEmpty())
            continue;
        const YamlNode* map = sources.listedNode(event.eventType);
        const FilePlace place = placeOf(file, map, u"schema_path");
        if (!event.schema.isThere) {
            const auto& versions = event.schema.versions;
            out.add(u"schema-missing", place, event.eventType,
                    u"the schema %1 of %2 is not there"_s.arg(quoted(event.schemaPath), named(event)),
                    versions.empty() ? u"add the file, or correct schema_path"_s
                                     : u"add the file, or name version %1, which is there"_s.arg(versions.back()));
        } else if (!event.schema.isReadable) {
            out.add(u"schema-unreadable", place, event.eventType,
                    u"the schema %1 of %2 %3"_s.arg(quoted(event.schemaPath), named(event), event.schema.fault),
                    u"correct the file"_s);
        }
        lintVersions(sources, event, map, out);
        lintPersonalData(sources, event, map, out);
        lintDeclaredFields(sources, event, map, out);
        lintPins(event, out);
    }
}

} // namespace spillway
