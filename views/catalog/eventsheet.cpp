// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/eventsheet.h"

#include "model/base/text.h"
#include "views/slo/slowords.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

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

QString promiseLine(const ConsumerFacts& facts)
{
    const JoinedConsumer& consumer = facts.consumer;
    if (!consumer.sloProcessingTimeMs)
        return tr("no promise");
    const QString promise = tr("%1 for %2 %")
                                .arg(durationText(Millis(std::llround(*consumer.sloProcessingTimeMs))))
                                .arg(consumer.sloObjective * 100);
    if (!facts.slo || !facts.slo->attainment)
        return promise + u", "_s + tr("not measured");
    return tr("%1: %2, promised %3").arg(sloMark(facts.slo->state).word, shareText(facts.slo->attainment), promise);
}

QString lagLine(const ConsumerFacts& facts)
{
    if (!facts.lag)
        return tr("group not seen");
    return tr("lag %1, %2")
        .arg(facts.lag->totalLag ? formatCount(facts.lag->totalLag->value) : tr("not known"),
             lagStateWord(facts.lag->worstState));
}

SheetPart consumersPart(const EventFacts& facts)
{
    QStringList lines;
    if (facts.consumers.empty())
        lines << tr("nobody");
    for (const ConsumerFacts& known : facts.consumers) {
        const JoinedConsumer& consumer = known.consumer;
        lines << u"%1 (%2)"_s.arg(consumer.service, orUnknown(consumer.team));
        lines << u"    "_s + promiseLine(known) + u"; "_s + lagLine(known);
        if (!consumer.purpose.isEmpty())
            lines << u"    "_s + consumer.purpose;
        if (!consumer.isOwned || !consumer.isListed)
            lines << u"    "_s + (consumer.isOwned ? tr("not in the catalog") : tr("not in ownership.yaml"));
    }
    return {tr("Consumers"), lines.join(u'\n')};
}

SheetPart topicPart(const EventFacts& facts)
{
    const JoinedEvent& event = facts.event;
    QStringList lines{tr("%1, key %2").arg(orUnknown(event.topic), orUnknown(event.partitionKey))};
    lines << tr("declared: %1 a day, %2, kept %3")
                 .arg(event.avgDailyVolume ? formatCount(*event.avgDailyVolume) : tr("not known"),
                      event.avgPayloadBytes ? formatSizeBytes(*event.avgPayloadBytes) : tr("size not known"),
                      event.retentionDays ? tr("%1 days").arg(*event.retentionDays) : tr("for an unknown time"));
    if (const auto observed = observedPerDay(facts))
        lines << tr("observed: %1 a day, as consumers logged it").arg(formatCount(*observed));
    for (const KnownTopic& topic : facts.topics) {
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
    return {tr("Topic"), lines.join(u'\n')};
}

QString basisText(QuantityBasis basis)
{
    switch (basis) {
    case QuantityBasis::Measured:
        return tr("by what was measured");
    case QuantityBasis::Declared:
        return tr("by what the catalog declares");
    case QuantityBasis::Assumed:
        return tr("partly by what the pricing profile assumes");
    case QuantityBasis::Invoiced:
        return tr("by an invoice");
    }
    return {};
}

SheetPart costPart(const EventFacts& facts)
{
    if (!facts.cost)
        return {tr("Cost"), tr("not known: %1").arg(facts.costFault)};
    const EventDayCost& cost = *facts.cost;
    QStringList lines{
        tr("%1 %3 a day, %2 %3 a month, %4")
            .arg(formatMoney(cost.day, 2), formatMoney(cost.month, 2), cost.currency, basisText(cost.basis()))};
    std::vector<std::pair<QString, Money>> teams(cost.teams.begin(), cost.teams.end());
    std::stable_sort(teams.begin(), teams.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    constexpr std::size_t shown = 4;
    QStringList parts;
    for (std::size_t i = 0; i < std::min(shown, teams.size()); ++i)
        parts << u"%1 %2"_s.arg(teams[i].first.isEmpty() ? tr("nobody's") : teams[i].first,
                                formatMoney(teams[i].second, 2));
    if (teams.size() > shown)
        parts << tr("%1 more").arg(teams.size() - shown);
    if (!parts.isEmpty())
        lines << tr("a day of it: %1").arg(parts.join(u", "_s));
    return {tr("Cost"), lines.join(u'\n')};
}

SheetPart findingsPart(const EventFacts& facts)
{
    QStringList lines;
    for (const CatalogFinding& finding : facts.findings)
        lines << u"%1 %2: %3"_s.arg(lintSeverityWord(finding.severity), finding.rule, finding.message);
    return {tr("Findings"), lines.isEmpty() ? tr("none") : lines.join(u'\n')};
}

bool isBreak(const SchemaChange& change)
{
    return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
}

QString verdictWord(ChangeVerdict verdict)
{
    switch (verdict) {
    case ChangeVerdict::Compatible:
        return tr("compatible");
    case ChangeVerdict::Breaking:
        return tr("breaks");
    case ChangeVerdict::Undecided:
        return tr("undecided");
    case ChangeVerdict::Waived:
        return tr("waived");
    }
    return {};
}

} // namespace

QString ownerText(const EventFacts& facts)
{
    const ProducerEntry& producer = facts.event.producer;
    return u"%1 (%2)\n"_s.arg(orUnknown(producer.service), orUnknown(producer.team)) +
           tr("on call %1, channel %2").arg(orUnknown(producer.oncallRotation), orUnknown(producer.slackChannel));
}

std::vector<SheetPart> eventSheet(const EventFacts& facts, const TimeText& times, UtcTime now)
{
    std::vector<SheetPart> parts{consumersPart(facts), topicPart(facts), costPart(facts)};
    parts.push_back({tr("Dead letters"), facts.openLetters == 0
                                             ? tr("none is open")
                                             : tr("%1 open, the oldest since %2")
                                                   .arg(formatCount(facts.openLetters),
                                                        times.both(facts.oldestLetterAt.value_or(now), now))});
    const QStringList& reached = facts.blastRadius;
    parts.push_back({tr("Blast radius"), reached.isEmpty()
                                             ? tr("no service depends on it")
                                             : tr("%1 services: %2").arg(reached.size()).arg(reached.join(u", "_s))});
    parts.push_back(findingsPart(facts));
    return parts;
}

QString fieldsText(const EventVersion& version)
{
    QStringList lines;
    for (const OutlineField& field : version.fields)
        lines << u"%1  %2%3%4"_s.arg(field.path, field.type, field.isRequired ? tr(", required") : QString(),
                                     field.description.isEmpty() ? QString() : u"  – "_s + field.description);
    if (!version.fieldsFault.isEmpty())
        lines << version.fieldsFault;
    return lines.isEmpty() ? tr("it names no field") : lines.join(u'\n');
}

QString changesText(const EventVersion& version)
{
    if (!version.previous)
        return tr("The first version; nothing to compare it with.");
    if (!version.changesFault.isEmpty())
        return tr("The change since v%1 cannot be told: %2").arg(*version.previous).arg(version.changesFault);
    if (version.changes.empty())
        return tr("Nothing that a reader could notice changed since v%1.").arg(*version.previous);
    std::vector<SchemaChange> changes = version.changes;
    std::stable_sort(changes.begin(), changes.end(),
                     [](const SchemaChange& a, const SchemaChange& b) { return isBreak(a) && !isBreak(b); });
    const auto breaks = std::count_if(changes.begin(), changes.end(), isBreak);
    QStringList lines{
        breaks == 0
            ? tr("%1 changes since v%2, none breaks:").arg(changes.size()).arg(*version.previous)
            : tr("%1 changes since v%2, %3 may break readers:").arg(changes.size()).arg(*version.previous).arg(breaks)};
    for (const SchemaChange& change : changes)
        lines << u"%1: %2 (%3)"_s.arg(verdictWord(change.verdict), change.difference.message, change.difference.path);
    return lines.join(u'\n');
}

QString historyText(const EventHistory& history, const TimeText& times, UtcTime now)
{
    QStringList lines;
    if (!history.uncommitted.isEmpty())
        lines << tr("not committed yet: %1").arg(history.uncommitted.join(u"; "_s));
    for (const EventCommit& commit : history.commits) {
        lines << u"%1 · %2 · %3 · %4"_s.arg(times.brief(commit.at, now), commit.author, commit.commit.left(9),
                                            commit.subject);
        lines << u"    "_s + commit.changes.join(u"; "_s);
    }
    if (lines.isEmpty())
        lines << tr("No commit touches it.");
    if (!history.note.isEmpty())
        lines << history.note;
    return lines.join(u'\n');
}

} // namespace spillway::views
