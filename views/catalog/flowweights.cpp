// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/flowweights.h"

#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FlowWeights", text);
}

using Amounts = QHash<QString, std::int64_t>; // by event; unknown ones are not in it

Amounts lagOf(const CatalogPicture& picture)
{
    QHash<QString, std::int64_t> byGroup;
    for (const LagGroupRow& group : picture.groups) {
        if (group.totalLag)
            byGroup[group.group] += group.totalLag->value;
    }
    Amounts amounts;
    for (const JoinedEvent& event : picture.events()) {
        for (const JoinedConsumer& consumer : event.consumers) {
            const auto lag = byGroup.constFind(consumer.group);
            if (lag != byGroup.constEnd())
                amounts[event.eventType] += *lag;
        }
    }
    return amounts;
}

/// No open letter is none, not an unknown number: letters are counted as they come.
Amounts lettersOf(const CatalogPicture& picture)
{
    Amounts amounts;
    for (const JoinedEvent& event : picture.events())
        amounts.insert(event.eventType, 0);
    for (const OpenLetterCount& letters : picture.openLetters) {
        const auto known = letters.eventType ? amounts.find(*letters.eventType) : amounts.end();
        if (known != amounts.end())
            *known += letters.open;
    }
    return amounts;
}

Amounts amountsOf(const CatalogPicture& picture, FlowWeightKind kind)
{
    Amounts amounts;
    switch (kind) {
    case FlowWeightKind::Equal:
        break;
    case FlowWeightKind::Volume:
        for (const JoinedEvent& event : picture.events()) {
            if (event.avgDailyVolume)
                amounts.insert(event.eventType, *event.avgDailyVolume);
        }
        break;
    case FlowWeightKind::Lag:
        return lagOf(picture);
    case FlowWeightKind::DeadLetters:
        return lettersOf(picture);
    case FlowWeightKind::Cost:
        for (const auto& [event, cost] : picture.files->costs)
            amounts.insert(event, cost.day.micros);
        break;
    }
    return amounts;
}

QString wordOf(const CatalogPicture& picture, FlowWeightKind kind, const QString& event, std::int64_t amount)
{
    switch (kind) {
    case FlowWeightKind::Equal:
        return {};
    case FlowWeightKind::Volume:
        return tr("%1 a day").arg(formatCount(amount));
    case FlowWeightKind::Lag:
        return tr("lag %1").arg(formatCount(amount));
    case FlowWeightKind::DeadLetters:
        return amount == 0 ? QString() : tr("%1 dead letters").arg(formatCount(amount));
    case FlowWeightKind::Cost: {
        const auto cost = picture.files->costs.find(event);
        return cost == picture.files->costs.end()
                   ? QString()
                   : tr("%1 %2 a day").arg(formatMoney(cost->second.day, 2), cost->second.currency);
    }
    }
    return {};
}

} // namespace

FlowWeights flowWeights(const CatalogPicture& picture, FlowWeightKind kind)
{
    FlowWeights weights;
    if (kind == FlowWeightKind::Equal)
        return weights;
    const Amounts amounts = amountsOf(picture, kind);
    std::int64_t most = 0;
    for (const std::int64_t amount : amounts)
        most = std::max(most, amount);
    for (const JoinedEvent& event : picture.events()) {
        const auto amount = amounts.constFind(event.eventType);
        if (amount == amounts.constEnd()) {
            weights.words.insert(event.eventType, tr("not known"));
            ++weights.unknown;
            continue;
        }
        weights.shares.insert(event.eventType, most > 0 ? static_cast<double>(*amount) / static_cast<double>(most) : 0);
        weights.words.insert(event.eventType, wordOf(picture, kind, event.eventType, *amount));
    }
    return weights;
}

} // namespace spillway::views
