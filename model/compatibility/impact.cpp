// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/impact.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// `lines[0].sku` and `lines[].sku` are the same place for a schema.
QString plain(QString field)
{
    static const QRegularExpression brackets(u"\\[[0-9]*\\]"_s);
    return field.remove(brackets);
}

bool isWithin(const QString& inner, const QString& outer)
{
    return inner == outer || (inner.startsWith(outer) && inner[outer.size()] == u'.');
}

QString unescaped(QString token)
{
    return token.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
}

} // namespace

QString payloadFieldOf(const SchemaDifference& difference)
{
    if (!difference.field.isEmpty())
        return difference.field;
    if (!difference.path.startsWith(u"#/"))
        return {};
    QString field;
    const QStringList steps = difference.path.sliced(2).split(u'/');
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const QString& step = steps[i];
        const bool hasNext = i + 1 < steps.size();
        if ((step == u"properties" || step == u"required") && hasNext)
            field += (field.isEmpty() ? QString() : u"."_s) + unescaped(steps[++i]);
        else if (step == u"items" || step == u"prefixItems" || step == u"additionalItems" || step == u"contains")
            field += u"[]"_s;
        else if (step != u"allOf" && step != u"anyOf" && step != u"oneOf")
            break; // a keyword of the field; deeper lies nothing that has a name in payloads
        else if (hasNext)
            ++i;
    }
    return field;
}

bool touches(const QStringList& declared, const QString& field)
{
    if (declared.isEmpty() || field.isEmpty())
        return true;
    const QString changed = plain(field);
    return std::any_of(declared.begin(), declared.end(), [&](const QString& one) {
        const QString read = plain(one);
        return isWithin(read, changed) || isWithin(changed, read);
    });
}

Reach reachOf(const SchemaChange& change, const ConsumerEntry& consumer)
{
    if (!touches(consumer.fields, payloadFieldOf(change.difference)))
        return Reach::No;
    if (!consumer.schemaVersion)
        return Reach::Now;
    if (*consumer.schemaVersion >= change.to)
        return Reach::No;
    return change.difference.forward == DirectionVerdict::Holds ? Reach::NotYet : Reach::Now;
}

std::vector<EventImpact> impactOf(const CompatibilityReport& report, const Catalog& catalog, QDate today)
{
    std::map<std::tuple<QString, int, int>, std::vector<const SchemaChange*>> steps;
    for (const SchemaChange& change : report.changes)
        steps[{change.eventType, change.to, change.from}].push_back(&change);
    std::vector<EventImpact> all;
    for (const auto& [step, changes] : steps) {
        EventImpact impact{.eventType = std::get<0>(step), .from = std::get<2>(step), .to = std::get<1>(step)};
        std::vector<const SchemaChange*> broken;
        for (const SchemaChange* change : changes) {
            if (change->verdict == ChangeVerdict::Breaking || change->verdict == ChangeVerdict::Undecided)
                broken.push_back(change);
        }
        impact.breaking = static_cast<int>(broken.size());
        impact.noticeDays = catalog.rules().schemaChangeNoticeDays;
        if (const OwnedEvent* owned = catalog.ownedEvent(impact.eventType)) {
            for (const ConsumerEntry& entry : owned->consumers) {
                ConsumerImpact consumer{.service = entry.service,
                                        .team = entry.team,
                                        .slackChannel = entry.slackChannel.isEmpty()
                                                            ? catalog.contactOf(entry.team).slackChannel
                                                            : entry.slackChannel,
                                        .declaresFields = !entry.fields.isEmpty()};
                consumer.schemaVersion = entry.schemaVersion;
                for (const SchemaChange* change : broken) {
                    const Reach reach = reachOf(*change, entry);
                    if (reach == Reach::No)
                        continue;
                    (reach == Reach::Now ? consumer.isBroken : consumer.isNotYet) = true;
                    const QString field = payloadFieldOf(change->difference);
                    for (const QString& declared : entry.fields) {
                        if (!field.isEmpty() && touches({declared}, field) && !consumer.fields.contains(declared))
                            consumer.fields.append(declared);
                    }
                }
                consumer.isNotYet = consumer.isNotYet && !consumer.isBroken;
                impact.consumers.push_back(std::move(consumer));
            }
        }
        const bool breaksSomebody = std::any_of(impact.consumers.begin(), impact.consumers.end(),
                                                [](const ConsumerImpact& consumer) { return consumer.isBroken; });
        if (breaksSomebody && impact.noticeDays)
            impact.notBefore = today.addDays(*impact.noticeDays);
        all.push_back(std::move(impact));
    }
    return all;
}

} // namespace spillway
