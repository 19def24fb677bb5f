// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/eventsheet.h"

#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("EventSheet", text);
}

QString orUnknown(const QString& text)
{
    return text.isEmpty() ? tr("not known") : text;
}

QString sloLine(const CatalogPicture& picture, const JoinedEvent& event, const JoinedConsumer& consumer)
{
    if (!consumer.sloProcessingTimeMs)
        return tr("no promise");
    const auto row = std::find_if(picture.slos.begin(), picture.slos.end(), [&](const SloRow& slo) {
        return slo.consumer == consumer.service && slo.eventType == event.eventType;
    });
    const QString promise = tr("%1 ms for %2 %").arg(*consumer.sloProcessingTimeMs).arg(consumer.sloObjective * 100);
    if (row == picture.slos.end() || !row->attainment)
        return promise + u", "_s + tr("not measured");
    return promise + u", "_s +
           tr("kept for %1 % (%2)").arg(*row->attainment * 100, 0, 'f', 2).arg(sloStateWord(row->state));
}

QString lagLine(const CatalogPicture& picture, const JoinedConsumer& consumer)
{
    for (const LagGroupRow& group : picture.groups) {
        if (group.group == consumer.group)
            return tr("lag %1, %2")
                .arg(group.totalLag ? formatCount(group.totalLag->value) : tr("not known"),
                     lagStateWord(group.worstState));
    }
    return tr("group not seen");
}

void addConsumers(const CatalogPicture& picture, const JoinedEvent& event, QStringList& lines)
{
    lines << QString() << tr("CONSUMERS");
    if (event.consumers.empty())
        lines << tr("nobody");
    for (const JoinedConsumer& consumer : event.consumers) {
        lines << u"%1 (%2)"_s.arg(consumer.service, orUnknown(consumer.team));
        lines << u"    "_s + sloLine(picture, event, consumer) + u"; "_s + lagLine(picture, consumer);
        if (!consumer.purpose.isEmpty())
            lines << u"    "_s + consumer.purpose;
        if (!consumer.isOwned || !consumer.isListed)
            lines << u"    "_s + (consumer.isOwned ? tr("not in the catalog") : tr("not in ownership.yaml"));
    }
}

void addTopic(const CatalogPicture& picture, const JoinedEvent& event, QStringList& lines)
{
    lines << QString() << tr("TOPIC");
    lines << tr("%1, key %2").arg(orUnknown(event.topic), orUnknown(event.partitionKey));
    lines << tr("declared: %1 a day, %2, kept %3 days")
                 .arg(event.avgDailyVolume ? formatCount(*event.avgDailyVolume) : tr("not known"),
                      event.avgPayloadBytes ? formatSizeBytes(*event.avgPayloadBytes) : tr("size not known"),
                      event.retentionDays ? QString::number(*event.retentionDays) : tr("not known"));
    for (const KnownTopic& topic : picture.topics) {
        if (topic.facts.topic != event.topic || event.topic.isEmpty())
            continue;
        const auto& time = topic.facts.settings.retentionTime;
        lines << tr("on %1: %2, %3 partitions, kept %4")
                     .arg(topic.connection, topic.facts.exists == true    ? tr("there")
                                            : topic.facts.exists == false ? tr("not there")
                                                                          : tr("not to be seen"))
                     .arg(topic.facts.partitions.size())
                     .arg(!time        ? tr("not known")
                          : time->most ? formatDuration(*time->most)
                                       : tr("for ever"));
    }
}

} // namespace

QString eventSheet(const CatalogPicture& picture, const JoinedEvent& event)
{
    QStringList lines{event.eventType, event.description.isEmpty() ? tr("no description") : event.description};
    lines << tr("domain %1").arg(orUnknown(event.domain)) +
                 (event.tags.isEmpty() ? QString() : u"; "_s + event.tags.join(u", "_s));
    lines << QString() << tr("OWNER");
    lines << u"%1 (%2)"_s.arg(orUnknown(event.producer.service), orUnknown(event.producer.team));
    lines << tr("on call %1, channel %2")
                 .arg(orUnknown(event.producer.oncallRotation), orUnknown(event.producer.slackChannel));
    addConsumers(picture, event, lines);
    addTopic(picture, event, lines);

    std::int64_t open = 0;
    for (const OpenLetterCount& letters : picture.openLetters)
        open += letters.eventType == event.eventType ? letters.open : 0;
    lines << QString() << tr("DEAD LETTERS") << (open == 0 ? tr("none is open") : tr("%1 open").arg(formatCount(open)));
    const int node = picture.flow.find(FlowNode::Kind::Event, event.eventType);
    const QStringList reached = picture.flow.blastRadius(node);
    lines << QString() << tr("BLAST RADIUS")
          << (reached.isEmpty() ? tr("no service depends on it")
                                : tr("%1 services: %2").arg(reached.size()).arg(reached.join(u", "_s)));

    lines << QString() << tr("SCHEMA");
    if (event.schemaPath.isEmpty())
        lines << tr("none is named");
    else
        lines << event.schemaPath + (event.currentVersion ? tr(", version %1").arg(*event.currentVersion) : QString()) +
                     (event.schema.isThere ? QString() : tr(", not there"));
    for (const OutlineField& field : event.schema.fields)
        lines << u"    %1  %2%3%4"_s.arg(field.path, field.type, field.isRequired ? tr(", required") : QString(),
                                         field.description.isEmpty() ? QString() : u"  "_s + field.description);

    lines << QString() << tr("FINDINGS");
    bool hasAny = false;
    for (const LintResult* result : {&picture.lint, &picture.drift}) {
        for (const CatalogFinding& finding : result->findings) {
            if (finding.event != event.eventType)
                continue;
            hasAny = true;
            lines << u"%1 %2: %3"_s.arg(lintSeverityWord(finding.severity), finding.rule, finding.message);
        }
    }
    if (!hasAny)
        lines << tr("none");
    return lines.join(u'\n');
}

} // namespace spillway::views
