// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/eventfacts.h"

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis shortestLook{6LL * 3'600'000}; // as drift has it
constexpr double msPerDay = 86'400'000;

ConsumerFacts factsOf(const CatalogPicture& picture, const QString& eventType, const JoinedConsumer& consumer)
{
    ConsumerFacts facts{.consumer = consumer, .slo = {}, .lag = {}};
    for (const SloRow& row : picture.slos) {
        if (row.consumer == consumer.service && row.eventType == eventType)
            facts.slo = row;
    }
    for (const LagGroupRow& row : picture.groups) {
        if (!consumer.group.isEmpty() && row.group == consumer.group && !facts.lag)
            facts.lag = row; // the worst connection comes first
    }
    return facts;
}

void addCost(const JudgedCatalog& files, EventFacts& facts)
{
    const auto cost = files.costs.find(facts.event.eventType);
    if (cost != files.costs.end())
        facts.cost = cost->second;
    else if (!files.costFault.isEmpty())
        facts.costFault = files.costFault;
    else if (!facts.event.listedAt)
        facts.costFault = u"the event is not in the catalog"_s;
    else
        facts.costFault = u"its volume or size is not in the catalog"_s;
}

} // namespace

std::optional<EventFacts> eventFactsOf(const CatalogPicture& picture, const QString& eventType)
{
    const JudgedCatalog& files = *picture.files;
    const auto event = std::find_if(picture.events().begin(), picture.events().end(),
                                    [&](const JoinedEvent& known) { return known.eventType == eventType; });
    if (event == picture.events().end())
        return std::nullopt;
    EventFacts facts;
    facts.event = *event;
    facts.contacts = files.contacts.contactsOf(event->producer);
    facts.rules = files.sources.model.rules();
    for (const JoinedConsumer& consumer : event->consumers)
        facts.consumers.push_back(factsOf(picture, eventType, consumer));
    for (const KnownTopic& topic : picture.observed.topics) {
        if (!event->topic.isEmpty() && topic.facts.topic == event->topic)
            facts.topics.push_back(topic);
    }
    for (const LoggedVolume& logged : picture.observed.logged) {
        if (logged.eventType == eventType)
            facts.logged.push_back(logged);
    }
    for (const ObservedGrowth& growth : picture.observed.growth) {
        if (!event->topic.isEmpty() && growth.topic == event->topic)
            facts.growth.push_back(growth);
    }
    addCost(files, facts);
    for (const OpenLetterCount& letters : picture.openLetters) {
        if (letters.eventType != eventType || letters.open == 0)
            continue;
        facts.openLetters += letters.open;
        if (!facts.oldestLetterAt || letters.oldestAt < *facts.oldestLetterAt)
            facts.oldestLetterAt = letters.oldestAt;
    }
    facts.blastRadius = files.flow.blastRadius(files.flow.find(FlowNode::Kind::Event, eventType));
    for (const LintResult* result : {&files.lint, &picture.drift}) {
        for (const CatalogFinding& finding : result->findings) {
            if (finding.event == eventType)
                facts.findings.push_back(finding);
        }
    }
    return facts;
}

std::optional<std::int64_t> observedPerDay(const EventFacts& facts)
{
    std::optional<std::int64_t> most;
    for (const LoggedVolume& logged : facts.logged) {
        const Millis look = logged.last - logged.first;
        if (look < shortestLook)
            continue;
        const double perDay = static_cast<double>(logged.records) * msPerDay / static_cast<double>(look.count());
        most = std::max(most.value_or(0), static_cast<std::int64_t>(std::llround(perDay)));
    }
    return most;
}

} // namespace spillway
