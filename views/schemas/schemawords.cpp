// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/schemawords.h"

#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("SchemasPage", text);
}

} // namespace

QString schemasHeadline(const SchemaSheet& sheet)
{
    const auto breaking = std::count_if(sheet.events.begin(), sheet.events.end(),
                                        [](const SchemaEventRow& row) { return row.breaking > 0; });
    const auto faulty = std::count_if(sheet.events.begin(), sheet.events.end(),
                                      [](const SchemaEventRow& row) { return !row.fault.isEmpty(); });
    const QString all = formatCount(static_cast<qint64>(sheet.events.size()));
    if (faulty > 0)
        return tr("%1 of %2 schemas do not read; until they do, no change is judged").arg(faulty).arg(all);
    if (breaking == 0)
        return tr("No newest version breaks its consumers; %1 events have a schema").arg(all);
    const SchemaEventRow& worst =
        *std::max_element(sheet.events.begin(), sheet.events.end(),
                          [](const SchemaEventRow& a, const SchemaEventRow& b) { return a.breaking < b.breaking; });
    if (breaking == 1)
        return tr("1 of %1 events breaks with its newest version: %2").arg(all, worst.eventType);
    return tr("%1 of %2 events break with their newest version; %3 most")
        .arg(QString::number(breaking), all, worst.eventType);
}

QString languageText(SchemaLanguage language)
{
    switch (language) {
    case SchemaLanguage::JsonSchema:
        return tr("JSON Schema");
    case SchemaLanguage::Avro:
        return tr("Avro");
    case SchemaLanguage::Protobuf:
        return tr("Protobuf");
    }
    return {};
}

QString versionsText(const std::vector<int>& versions)
{
    if (versions.empty())
        return {};
    if (versions.size() == 1)
        return u"v%1"_s.arg(versions.front());
    if (versions.back() - versions.front() + 1 == static_cast<int>(versions.size()))
        return u"v%1–v%2"_s.arg(versions.front()).arg(versions.back());
    QStringList words;
    for (const int version : versions)
        words.append(u"v%1"_s.arg(version));
    return words.join(u", ");
}

CellMark eventMark(const SchemaEventRow& row)
{
    if (!row.fault.isEmpty())
        return {Tone::Unknown, tr("does not read")};
    if (!row.verdict)
        return {Tone::Neutral, row.versions.size() > 1 ? tr("not judged") : tr("one version")};
    if (row.breaking > 0)
        return {Tone::Critical, row.breaking == 1 ? tr("1 break") : tr("%1 breaks").arg(row.breaking)};
    return verdictMark(*row.verdict);
}

CellMark verdictMark(ChangeVerdict verdict)
{
    switch (verdict) {
    case ChangeVerdict::Compatible:
        return {Tone::Ok, tr("compatible")};
    case ChangeVerdict::Breaking:
        return {Tone::Critical, tr("breaks")};
    case ChangeVerdict::Undecided:
        return {Tone::Unknown, tr("undecided")};
    case ChangeVerdict::Waived:
        return {Tone::Warning, tr("waived")};
    }
    return {};
}

CellMark directionMark(DirectionVerdict verdict)
{
    switch (verdict) {
    case DirectionVerdict::Holds:
        return {Tone::Ok, tr("reads")};
    case DirectionVerdict::Breaks:
        return {Tone::Critical, tr("fails")};
    case DirectionVerdict::Undecided:
        return {Tone::Unknown, tr("undecided")};
    }
    return {};
}

QString eventMeaning(const SchemaEventRow& row)
{
    QStringList parts{languageText(row.language), versionsText(row.versions),
                      row.consumers == 1 ? tr("1 consumer") : tr("%1 consumers").arg(row.consumers)};
    if (!row.fault.isEmpty())
        parts.append(row.fault);
    else if (row.older > 0)
        parts.append(row.older == 1 ? tr("1 break among earlier versions")
                                    : tr("%1 breaks among earlier versions").arg(row.older));
    return parts.join(u" · ");
}

QString impactText(const EventImpact& impact)
{
    QStringList lines;
    const auto broken = std::count_if(impact.consumers.begin(), impact.consumers.end(),
                                      [](const ConsumerImpact& consumer) { return consumer.isBroken; });
    if (impact.consumers.empty())
        lines.append(tr("Nobody is named as a consumer of this event in ownership.yaml."));
    else if (broken == 0)
        lines.append(tr("Breaks none of %1 consumers.").arg(impact.consumers.size()));
    for (const ConsumerImpact& consumer : impact.consumers) {
        if (!consumer.isBroken)
            continue;
        QString line =
            tr("Breaks %1 (%2%3)%4")
                .arg(consumer.service, consumer.team,
                     consumer.slackChannel.isEmpty() ? QString() : u", "_s + consumer.slackChannel,
                     consumer.fields.isEmpty() ? consumer.declaresFields ? QString() : tr(": declares no fields")
                                               : tr(": reads %1").arg(consumer.fields.join(u", ")));
        line += consumer.acknowledgedAt
                    ? tr("; acknowledged by %1 at %2").arg(consumer.acknowledgedBy, formatUtc(*consumer.acknowledgedAt))
                    : tr("; not acknowledged");
        lines.append(line);
    }
    if (impact.notBefore)
        lines.append(tr("Told today, it may come on %1: %2 days' notice.")
                         .arg(impact.notBefore->toString(Qt::ISODate))
                         .arg(*impact.noticeDays));
    if (impact.samples) {
        const SampleOutcome& samples = *impact.samples;
        lines.append(samples.first.isEmpty()
                         ? tr("Of %1 stored letters that fit the older version, none would fail.")
                               .arg(formatCount(samples.fitting))
                         : tr("Of %1 stored letters that fit the older version, %2 would fail; first %3%4: %5")
                               .arg(formatCount(samples.fitting), formatCount(samples.failing), samples.first,
                                    samples.firstPath.isEmpty() ? QString() : tr(" at %1").arg(samples.firstPath),
                                    samples.firstMessage));
    }
    return lines.join(u'\n');
}

} // namespace spillway::views
