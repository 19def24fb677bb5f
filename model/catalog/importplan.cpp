// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/catalog/catalogimport.h"
#include "model/workspace/issuelist.h"

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString numberText(double number)
{
    return number == std::floor(number) && std::abs(number) < 9e15 ? QString::number(static_cast<qint64>(number))
                                                                   : QString::number(number, 'g', 15);
}

bool isSame(double a, double b)
{
    return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

QString flowList(const QStringList& texts)
{
    QStringList scalars;
    for (const QString& text : texts)
        scalars += yamlScalar(text);
    return u'[' + scalars.join(u", "_s) + u']';
}

/// `key: value` lines of a map; what is not told is left out.
class Lines
{
public:
    explicit Lines(int indent)
        : m_indent(indent, u' ')
    {
    }
    Lines& text(const QString& key, const QString& value)
    {
        return value.isEmpty() ? *this : raw(key + u": "_s + yamlScalar(value));
    }
    template<typename T>
    Lines& number(const QString& key, const std::optional<T>& value)
    {
        return value ? raw(key + u": "_s + numberText(static_cast<double>(*value))) : *this;
    }
    Lines& list(const QString& key, const QStringList& values)
    {
        return values.isEmpty() ? *this : raw(key + u": "_s + flowList(values));
    }
    Lines& raw(const QString& line)
    {
        m_lines += m_indent + line;
        return *this;
    }
    [[nodiscard]] const QStringList& lines() const { return m_lines; }

private:
    QString m_indent;
    QStringList m_lines;
};

enum class Place { Ownership, Catalog };

QStringList consumerKeys(const ConsumerEntry& consumer, Place place)
{
    Lines lines(0);
    lines.text(u"team"_s, consumer.team).text(u"service"_s, consumer.service);
    if (place == Place::Ownership) {
        lines.text(u"purpose"_s, consumer.purpose);
        if (consumer.consumerGroup != consumer.service)
            lines.text(u"consumer_group"_s, consumer.consumerGroup);
        lines.number(u"slo_processing_time_ms"_s, consumer.sloProcessingTimeMs);
        if (consumer.sloProcessingTimeMs && consumer.sloObjective > 0)
            lines.number(u"slo_objective"_s, std::optional(consumer.sloObjective));
        lines.text(u"slack_channel"_s, consumer.slackChannel).list(u"fields"_s, consumer.fields);
    }
    return lines.lines();
}

/// A list's item: the first line begins with `- `, the others stand below it.
QStringList consumerLines(const ConsumerEntry& consumer, Place place, int indent)
{
    QStringList out;
    for (const QString& line : consumerKeys(consumer, place))
        out += QString(indent, u' ') + (out.isEmpty() ? u"- "_s : u"  "_s) + line;
    return out;
}

bool isWhole(const ConsumerEntry& consumer)
{
    return !consumer.team.isEmpty() && !consumer.service.isEmpty();
}

QStringList ownershipLines(const CatalogEvent& event)
{
    QStringList lines{yamlScalar(event.eventType) + u':', u"  producer:"_s};
    lines += Lines(4)
                 .text(u"team"_s, event.producer.team)
                 .text(u"service"_s, event.producer.service)
                 .text(u"slack_channel"_s, event.producer.slackChannel)
                 .text(u"oncall_rotation"_s, event.producer.oncallRotation)
                 .lines();
    const bool hasConsumers = std::any_of(event.consumers.begin(), event.consumers.end(), &isWhole);
    lines += hasConsumers ? u"  consumers:"_s : u"  consumers: []"_s;
    for (const ConsumerEntry& consumer : event.consumers)
        lines += isWhole(consumer) ? consumerLines(consumer, Place::Ownership, 4) : QStringList();
    return lines;
}

QStringList catalogLines(const CatalogEvent& event)
{
    Lines lines(2);
    lines.text(u"domain"_s, event.domain)
        .text(u"description"_s, event.description)
        .text(u"schema_path"_s, event.schemaPath)
        .number(u"current_version"_s, event.currentVersion)
        .text(u"topic"_s, event.topic)
        .text(u"partition_key"_s, event.partitionKey)
        .number(u"avg_daily_volume"_s, event.avgDailyVolume)
        .number(u"avg_payload_bytes"_s, event.avgPayloadBytes)
        .number(u"retention_days"_s, event.retentionDays);
    QStringList out{u"- event_type: "_s + yamlScalar(event.eventType)};
    out += lines.lines();
    if (!event.producer.team.isEmpty() && !event.producer.service.isEmpty()) {
        out += u"  producer:"_s;
        out += Lines(4).text(u"service"_s, event.producer.service).text(u"team"_s, event.producer.team).lines();
    }
    const bool hasConsumers = std::any_of(event.consumers.begin(), event.consumers.end(), &isWhole);
    if (hasConsumers)
        out += u"  consumers:"_s;
    for (const ConsumerEntry& consumer : event.consumers)
        out += isWhole(consumer) ? consumerLines(consumer, Place::Catalog, 4) : QStringList();
    return out + Lines(2)
                     .list(u"tags"_s, event.tags)
                     .text(u"created_at"_s, event.createdAt)
                     .text(u"last_schema_change"_s, event.lastSchemaChange)
                     .lines();
}

class Planner
{
public:
    Planner(const CatalogSources& sources, const ImportedCatalog& imported)
        : m_sources(sources)
        , m_imported(imported)
    {
        for (const JoinedEvent& event : sources.events)
            m_known.insert(event.eventType, &event);
    }

    ImportPlan plan()
    {
        for (const CatalogEvent& told : m_imported.events) {
            m_event = told.eventType;
            if (const JoinedEvent* known = m_known.value(told.eventType))
                compare(*known, told);
            else
                addEvent(told);
        }
        m_event.clear();
        addAll(m_newOwned, m_sources.ownership, u"events"_s);
        addAll(m_newListed, m_sources.catalog, u"catalog"_s);
        return std::move(m_plan);
    }

private:
    void conflict(const QString& what)
    {
        m_plan.conflicts += m_event.isEmpty() ? what : quoted(m_event) + u": "_s + what;
    }

    void add(const QString& title, const std::optional<TextEdit>& edit)
    {
        if (edit)
            m_plan.edits.push_back({title, *edit});
        else
            conflict(u"%1: the file is written in a way that has to be edited by hand"_s.arg(title));
    }

    void addEvent(const CatalogEvent& told)
    {
        if (m_sources.catalog.isNamed())
            m_newListed.push_back({told.eventType, catalogLines(told)});
        if (!m_sources.ownership.isNamed())
            return;
        if (told.producer.team.isEmpty() || told.producer.service.isEmpty())
            conflict(u"nothing says which service of which team sends it, so it is not added to ownership"_s);
        else
            m_newOwned.push_back({told.eventType, ownershipLines(told)});
        for (const ConsumerEntry& consumer : told.consumers) {
            if (!isWhole(consumer))
                conflict(u"consumer %1 has no team, so it is not added"_s.arg(quoted(consumer.service)));
        }
    }

    /// All new entries of a file are one change of it.
    void addAll(const std::vector<std::pair<QString, QStringList>>& fresh, const SourceFile& file, const QString& key)
    {
        if (fresh.empty())
            return;
        QStringList lines;
        QStringList names;
        for (const auto& [name, own] : fresh) {
            names += name;
            lines += (lines.isEmpty() ? QStringList() : QStringList{QString()}) + own;
        }
        const YamlNode* parent = file.document.root->find(key);
        const bool isContainer =
            parent != nullptr && (parent->kind == YamlNode::Kind::Map || parent->kind == YamlNode::Kind::Sequence);
        add(u"add %1"_s.arg(names.join(u", "_s)), isContainer ? addBlock(file.text, *parent, lines) : std::nullopt);
    }

    /// A text the workspace does not say yet is added; another one is a conflict.
    void compareText(const SourceFile& file, const YamlNode* map, const QString& key, const QString& known,
                     const QString& told, const QStringList& behind = {})
    {
        if (told.isEmpty() || told == known)
            return;
        if (!known.isEmpty())
            conflict(u"%1 is %2 here and %3 there"_s.arg(key, quoted(known), quoted(told)));
        else if (map != nullptr)
            add(u"%1: add %2"_s.arg(m_event, key), addKey(file.text, *map, key, yamlScalar(told), behind));
    }

    template<typename T>
    void compareNumber(const SourceFile& file, const YamlNode* map, const QString& key, const std::optional<T>& known,
                       const std::optional<T>& told, const QStringList& behind = {})
    {
        if (!told || (known && isSame(static_cast<double>(*known), static_cast<double>(*told))))
            return;
        const QString text = numberText(static_cast<double>(*told));
        if (known)
            conflict(u"%1 is %2 here and %3 there"_s.arg(key, numberText(static_cast<double>(*known)), text));
        else if (map != nullptr)
            add(u"%1: add %2"_s.arg(m_event, key), addKey(file.text, *map, key, text, behind));
    }

    void compareList(const SourceFile& file, const YamlNode* map, const QString& key, const QStringList& known,
                     const QStringList& told)
    {
        QStringList a = known;
        QStringList b = told;
        a.removeDuplicates();
        b.removeDuplicates();
        a.sort();
        b.sort();
        if (told.isEmpty() || a == b)
            return;
        if (!known.isEmpty())
            conflict(
                u"%1 are %2 here and %3 there"_s.arg(key, quoted(known.join(u", "_s)), quoted(told.join(u", "_s))));
        else if (map != nullptr && map->find(key) == nullptr)
            add(u"%1: add %2"_s.arg(m_event, key), addKey(file.text, *map, key, flowList(told)));
    }

    void compare(const JoinedEvent& known, const CatalogEvent& told)
    {
        const SourceFile& file = m_sources.catalog;
        const YamlNode* listed = m_sources.listedNode(known.eventType);
        const bool tellsFacts = !told.topic.isEmpty() || told.avgDailyVolume || told.avgPayloadBytes ||
                                told.retentionDays || !told.schemaPath.isEmpty() || !told.description.isEmpty();
        if (listed == nullptr && tellsFacts && file.isNamed()) {
            m_newListed.push_back({told.eventType, catalogLines(told)});
        } else {
            if (m_imported.areDomainsExact)
                compareText(file, listed, u"domain"_s, known.domain, told.domain, {u"event_type"_s});
            compareText(file, listed, u"description"_s, known.description, told.description, {u"domain"_s});
            compareText(file, listed, u"schema_path"_s, known.schemaPath, told.schemaPath, {u"description"_s});
            compareNumber(file, listed, u"current_version"_s, known.currentVersion, told.currentVersion,
                          {u"schema_path"_s});
            compareText(file, listed, u"topic"_s, known.topic, told.topic, {u"current_version"_s});
            compareText(file, listed, u"partition_key"_s, known.partitionKey, told.partitionKey, {u"topic"_s});
            compareNumber(file, listed, u"avg_daily_volume"_s, known.avgDailyVolume, told.avgDailyVolume,
                          {u"partition_key"_s, u"topic"_s});
            compareNumber(file, listed, u"avg_payload_bytes"_s, known.avgPayloadBytes, told.avgPayloadBytes,
                          {u"avg_daily_volume"_s, u"partition_key"_s, u"topic"_s});
            compareNumber(file, listed, u"retention_days"_s, known.retentionDays, told.retentionDays,
                          {u"avg_payload_bytes"_s, u"avg_daily_volume"_s, u"partition_key"_s, u"topic"_s});
            if (m_imported.areTagsExact)
                compareList(file, listed, u"tags"_s, known.tags, told.tags);
            compareText(file, listed, u"created_at"_s, known.createdAt, told.createdAt);
            compareText(file, listed, u"last_schema_change"_s, known.lastSchemaChange, told.lastSchemaChange);
        }
        compareProducer(known, told);
        compareConsumers(known, told);
    }

    void compareProducer(const JoinedEvent& known, const CatalogEvent& told)
    {
        const YamlNode* owned = m_sources.ownedNode(known.eventType);
        const YamlNode* producer = owned != nullptr ? owned->find(u"producer") : nullptr;
        const SourceFile& file = m_sources.ownership;
        // Without a producer there is no place for one of its keys: the check of the files names that already.
        compareText(file, producer, u"team"_s, known.producer.team, told.producer.team);
        compareText(file, producer, u"service"_s, known.producer.service, told.producer.service);
        if (!m_imported.areContactsExact)
            return;
        compareText(file, producer, u"slack_channel"_s, known.producer.slackChannel, told.producer.slackChannel);
        compareText(file, producer, u"oncall_rotation"_s, known.producer.oncallRotation, told.producer.oncallRotation);
    }

    void compareConsumers(const JoinedEvent& known, const CatalogEvent& told)
    {
        std::vector<ConsumerEntry> fresh;
        for (const ConsumerEntry& consumer : told.consumers) {
            const auto same = std::find_if(known.consumers.begin(), known.consumers.end(),
                                           [&](const JoinedConsumer& one) { return one.service == consumer.service; });
            if (same != known.consumers.end())
                compareConsumer(*same, consumer);
            else if (isWhole(consumer))
                fresh.push_back(consumer);
            else
                conflict(u"consumer %1 has no team, so it is not added"_s.arg(quoted(consumer.service)));
        }
        if (fresh.empty())
            return;
        const YamlNode* owned = m_sources.ownedNode(known.eventType);
        const YamlNode* listed = m_sources.listedNode(known.eventType);
        if (owned != nullptr)
            addConsumers(m_sources.ownership, *owned, fresh, Place::Ownership);
        if (listed != nullptr)
            addConsumers(m_sources.catalog, *listed, fresh, Place::Catalog);
    }

    void addConsumers(const SourceFile& file, const YamlNode& event, const std::vector<ConsumerEntry>& fresh,
                      Place place)
    {
        QStringList lines;
        QStringList names;
        for (const ConsumerEntry& consumer : fresh) {
            lines += consumerLines(consumer, place, 0);
            names += consumer.service;
        }
        const QString title = u"%1: add consumer %2"_s.arg(m_event, names.join(u", "_s));
        const YamlNode* list = event.find(u"consumers");
        if (list != nullptr) {
            add(title, list->kind == YamlNode::Kind::Sequence ? addBlock(file.text, *list, lines) : std::nullopt);
            return;
        }
        QStringList flow;
        for (const ConsumerEntry& consumer : fresh)
            flow += u"{ "_s + consumerKeys(consumer, place).join(u", "_s) + u" }"_s;
        add(title, addKey(file.text, event, u"consumers"_s, u'[' + flow.join(u", "_s) + u']'));
    }

    void compareConsumer(const JoinedConsumer& known, const ConsumerEntry& told)
    {
        const SourceFile& file = m_sources.ownership;
        const YamlNode* map = known.isOwned ? consumerNode(known.service) : nullptr;
        compareText(file, nullptr, u"team of consumer %1"_s.arg(quoted(known.service)), known.team, told.team);
        compareText(file, map, u"purpose"_s, known.purpose, told.purpose);
        const QString group = told.consumerGroup.isEmpty() ? known.group : told.consumerGroup;
        compareText(file, map, u"consumer_group"_s, known.group == known.service ? QString() : known.group,
                    group == known.service ? QString() : group);
        compareNumber(file, map, u"slo_processing_time_ms"_s, known.sloProcessingTimeMs, told.sloProcessingTimeMs);
        if (known.sloProcessingTimeMs && told.sloObjective > 0)
            compareNumber(file, map, u"slo_objective"_s, std::optional(known.sloObjective),
                          std::optional(told.sloObjective));
        compareText(file, map, u"slack_channel"_s, known.slackChannel, told.slackChannel);
        compareList(file, map, u"fields"_s, known.fields, told.fields);
    }

    const YamlNode* consumerNode(const QString& service) const
    {
        const YamlNode* owned = m_sources.ownedNode(m_event);
        const YamlNode* list = owned != nullptr ? owned->find(u"consumers") : nullptr;
        for (const YamlNode* item : list != nullptr ? list->items : std::vector<const YamlNode*>()) {
            const YamlNode* name = item->kind == YamlNode::Kind::Map ? item->find(u"service") : nullptr;
            if (name != nullptr && name->text == service)
                return item;
        }
        return nullptr;
    }

    const CatalogSources& m_sources;
    const ImportedCatalog& m_imported;
    QHash<QString, const JoinedEvent*> m_known;
    std::vector<std::pair<QString, QStringList>> m_newOwned;
    std::vector<std::pair<QString, QStringList>> m_newListed;
    QString m_event; // that is looked at
    ImportPlan m_plan;
};

} // namespace

std::vector<TextEdit> ImportPlan::textEdits() const
{
    std::vector<TextEdit> all;
    for (const PlannedEdit& planned : edits)
        all.push_back(planned.edit);
    return all;
}

ImportPlan planImport(const CatalogSources& sources, const ImportedCatalog& imported)
{
    return Planner(sources, imported).plan();
}

Checked<CatalogSources> sourcesWith(const CatalogSources& before, const std::vector<TextEdit>& edits)
{
    std::vector<FileIssue> issues;
    const auto edited = [&](const SourceFile& source) {
        if (!source.isNamed())
            return QByteArray();
        const auto text = applyEdits(source.text, edits);
        if (!text)
            issues.push_back({.place = {source.text.file(), 1, 1},
                              .message = text.error().detail,
                              .remedy = u"make the change by hand"_s});
        return text.value_or(QByteArray());
    };
    const QByteArray ownership = edited(before.ownership);
    const QByteArray catalog = edited(before.catalog);
    if (!issues.empty())
        return {std::nullopt, std::move(issues)};
    Checked<CatalogSources> after = catalogSourcesOf(before.workspace, ownership, catalog);
    if (after.value && hasErrors(after.value->issues))
        return {std::nullopt, after.value->issues};
    return after;
}

QString planText(const CatalogSources& sources, const ImportPlan& plan)
{
    QString text;
    for (const SourceFile* source : {&sources.ownership, &sources.catalog}) {
        bool isFirst = true;
        for (const PlannedEdit& planned : plan.edits) {
            if (!source->isNamed() || planned.edit.from.file != source->text.file())
                continue;
            if (isFirst)
                text += source->text.file() + u'\n';
            isFirst = false;
            text += u"# line %1: "_s.arg(planned.edit.from.line) + visibleText(planned.title) + u'\n' +
                    visibleText(editDiff(source->text, planned.edit), true) + u'\n';
        }
    }
    return text;
}

} // namespace spillway
