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

QString impactReason(const ConsumerImpact& consumer)
{
    const QString pinned = consumer.schemaVersion ? tr("pinned to v%1").arg(*consumer.schemaVersion) : QString();
    if (consumer.isNotYet)
        return tr("%1, which reads the new messages too").arg(pinned);
    if (!consumer.isBroken)
        return !pinned.isEmpty()         ? pinned
               : consumer.declaresFields ? tr("reads none of the fields that break")
                                         : tr("nothing breaks");
    const QString fields = !consumer.fields.isEmpty() ? tr("reads %1").arg(consumer.fields.join(u", "))
                           : consumer.declaresFields  ? tr("the whole message changes")
                                                      : tr("may read any field");
    return pinned.isEmpty() ? fields : tr("%1; %2").arg(pinned, fields);
}

CellMark consumerMark(const ConsumerImpact& consumer)
{
    if (consumer.isBroken)
        return consumer.acknowledgedAt ? CellMark{Tone::Warning, tr("breaks, ready")}
                                       : CellMark{Tone::Critical, tr("breaks")};
    if (consumer.isNotYet)
        return {Tone::Warning, tr("not yet")};
    return {Tone::Ok, tr("fine")};
}

CellMark noticeMark(NoticeState state)
{
    switch (state) {
    case NoticeState::NotTold:
        return {Tone::Warning, tr("not told")};
    case NoticeState::Waiting:
        return {Tone::Unknown, tr("waiting")};
    case NoticeState::Ready:
        return {Tone::Ok, tr("all ready")};
    case NoticeState::Overdue:
        return {Tone::Critical, tr("overdue")};
    case NoticeState::Due:
        return {Tone::Ok, tr("may come")};
    }
    return {};
}

QString noticeDayText(const SchemaNotice& notice, QDate today)
{
    const QString day = notice.day.toString(Qt::ISODate);
    if (!notice.toldAt)
        return tr("%1 if told today").arg(day);
    const qint64 days = today.daysTo(notice.day);
    if (days == 0)
        return tr("%1, today").arg(day);
    if (days < 0)
        return days == -1 ? tr("%1, yesterday").arg(day) : tr("%1, %2 days ago").arg(day).arg(-days);
    return days == 1 ? tr("%1, tomorrow").arg(day) : tr("%1, in %2 days").arg(day).arg(days);
}

QString missingText(const SchemaNotice& notice)
{
    QStringList services;
    for (const ConsumerImpact& consumer : notice.impact.consumers) {
        if (consumer.isBroken && !consumer.acknowledgedAt)
            services += consumer.service;
    }
    return services.isEmpty() ? tr("nobody") : services.join(u", ");
}

CellMark outcomeMark(NotifyState state)
{
    switch (state) {
    case NotifyState::Queued:
        return {Tone::Unknown, tr("queued")};
    case NotifyState::Sending:
        return {Tone::Unknown, tr("on its way")};
    case NotifyState::Delivered:
        return {Tone::Ok, tr("delivered")};
    case NotifyState::Failed:
        return {Tone::Critical, tr("failed")};
    case NotifyState::InDoubt:
        return {Tone::Warning, tr("in doubt")};
    }
    return {};
}

QString outcomeText(const Notification& notification, const ViewSettings& settings)
{
    QStringList parts;
    // Why it is not there stands first: that is what one looks for.
    if (!notification.detail.isEmpty() && notification.state != NotifyState::Delivered)
        parts += notification.detail;
    parts += settings.timeText().both(notification.settledAt.value_or(notification.queuedAt), settings.now());
    if (notification.attempts > 1)
        parts += tr("tried %1 times").arg(notification.attempts);
    if (notification.nextAt)
        parts += tr("again %1").arg(settings.timeText().relative(*notification.nextAt, settings.now()));
    return parts.join(u" · ");
}

QString sentText(const std::vector<Notification>& notifications)
{
    const auto delivered = std::count_if(notifications.begin(), notifications.end(),
                                         [](const Notification& one) { return one.state == NotifyState::Delivered; });
    if (delivered == static_cast<qsizetype>(notifications.size()))
        return notifications.size() == 1 ? tr("1 message was delivered")
                                         : tr("%1 messages were delivered").arg(delivered);
    return tr("%1 of %2 messages were delivered; the others are tried again, or say why not")
        .arg(delivered)
        .arg(notifications.size());
}

CellMark registryMark(RegistryState state)
{
    switch (state) {
    case RegistryState::Same:
        return {Tone::Ok, tr("same")};
    case RegistryState::OnlyInFolder:
        return {Tone::Warning, tr("only in the folder")};
    case RegistryState::OnlyInRegistry:
        return {Tone::Warning, tr("only registered")};
    case RegistryState::Differs:
        return {Tone::Critical, tr("differs")};
    case RegistryState::NoEvent:
        return {Tone::Warning, tr("no such event")};
    case RegistryState::NotRegistered:
        return {Tone::Warning, tr("not registered")};
    case RegistryState::Key:
        return {Tone::Neutral, tr("key")};
    }
    return {};
}

QString registrySummary(const std::vector<RegistryDifference>& rows)
{
    const auto counted = [&](RegistryState state) {
        return std::count_if(rows.begin(), rows.end(),
                             [state](const RegistryDifference& row) { return row.state == state; });
    };
    const auto drifted =
        std::count_if(rows.begin(), rows.end(), [](const RegistryDifference& row) { return isDrift(row.state); });
    if (drifted == 0)
        return tr("Folder and registry agree: %1 versions").arg(formatCount(static_cast<qint64>(rows.size())));
    QStringList parts;
    const auto part = [&](const QString& text, qint64 count) {
        if (count > 0)
            parts += text.arg(formatCount(count));
    };
    part(tr("%1 differ"), counted(RegistryState::Differs));
    part(tr("%1 only in the folder"), counted(RegistryState::OnlyInFolder) + counted(RegistryState::NotRegistered));
    part(tr("%1 only in the registry"), counted(RegistryState::OnlyInRegistry) + counted(RegistryState::NoEvent));
    part(tr("%1 the same"), counted(RegistryState::Same));
    return parts.join(u" · ");
}

QString registryRowText(const RegistryDifference& row)
{
    const QString file = row.file.isEmpty() ? tr("no file") : row.file;
    const QString registered =
        row.registryVersion ? tr("%1 version %2").arg(row.subject).arg(*row.registryVersion) : tr("not registered");
    switch (row.state) {
    case RegistryState::Same:
        return tr("%1 and %2 say the same.").arg(file, registered);
    case RegistryState::Differs:
        return tr("- stands in %1, + in %2.").arg(file, registered);
    case RegistryState::OnlyInFolder:
    case RegistryState::NotRegistered:
        return tr("%1 is registered nowhere. Register it, or take the file away.").arg(file);
    case RegistryState::OnlyInRegistry:
        return tr("%1 is in no file. Add it to the folder, or it is known to the registry alone.").arg(registered);
    case RegistryState::NoEvent:
        return tr("%1 belongs to no event of the folder.").arg(registered);
    case RegistryState::Key:
        return tr("%1 is a key's schema; the folder holds none.").arg(registered);
    }
    return {};
}

QString impactText(const EventImpact& impact, const std::optional<SchemaNotice>& notice)
{
    if (impact.eventType.isEmpty())
        return {}; // nothing changed
    QStringList lines;
    const auto broken = std::count_if(impact.consumers.begin(), impact.consumers.end(),
                                      [](const ConsumerImpact& consumer) { return consumer.isBroken; });
    const auto later = std::count_if(impact.consumers.begin(), impact.consumers.end(),
                                     [](const ConsumerImpact& consumer) { return consumer.isNotYet; });
    QString first;
    if (impact.consumers.empty())
        first = tr("Nobody is named as a consumer of this event in ownership.yaml.");
    else if (broken == 0)
        first = tr("Breaks none of %1 consumers.").arg(impact.consumers.size());
    else
        first = tr("Breaks %1 of %2 consumers.").arg(broken).arg(impact.consumers.size());
    if (later > 0)
        first += u' ' + (later == 1 ? tr("1 more when it moves to the new version.")
                                    : tr("%1 more when they move to the new version.").arg(later));
    if (notice && notice->toldAt)
        first += u' ' + (notice->state == NoticeState::Overdue
                             ? tr("Its notice was over on %1, and not all have acknowledged.")
                             : tr("Its teams are told; it may come on %1."))
                            .arg(notice->day.toString(Qt::ISODate));
    else if (impact.notBefore)
        first += u' ' + tr("Told today, it may come on %1: %2 days' notice.")
                            .arg(impact.notBefore->toString(Qt::ISODate))
                            .arg(*impact.noticeDays);
    lines.append(first);
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
