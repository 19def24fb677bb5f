// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costevidence.h"

#include "model/deadletter/topicsizes.h"
#include "model/deadletter/topicstore.h"
#include "model/lag/topicgrowth.h"
#include "model/scorecard/eventsamples.h"

#include <QFileInfo>

namespace spillway {

namespace {

using Evidence = std::map<QString, TopicEvidence>;

Status addLags(Evidence& evidence, Database& reader)
{
    constexpr double dayMs = 86'400'000;
    const auto lags = worstTimeLags(reader);
    if (!lags)
        return tl::unexpected<Error>(lags.error());
    for (const TopicLag& lag : *lags) {
        TopicEvidence& topic = evidence[lag.topic];
        topic.isSampled = true;
        topic.observedDays = std::max(topic.observedDays, static_cast<double>(lag.observed.count()) / dayMs);
        if (lag.worst)
            topic.worstLagDays =
                std::max(topic.worstLagDays.value_or(0), static_cast<double>(lag.worst->count()) / dayMs);
    }
    return {};
}

/// Stored letters that came from the topics: their content is at hand.
Status addLetters(Evidence& evidence, Database& reader, const Catalog& catalog)
{
    for (const CatalogEvent& event : catalog.events()) {
        if (event.topic.isEmpty())
            continue;
        const auto payloads = sampledPayloads(reader, event.topic);
        if (!payloads)
            return tl::unexpected<Error>(payloads.error());
        if (static_cast<int>(payloads->size()) >= fewestSamples)
            lookAtPayloads(evidence[event.topic], *payloads);
    }
    return {};
}

/// The newest records: what was found when they were looked at. They are all of the topic, letters are not.
Status addNewest(Evidence& evidence, Database& reader)
{
    const auto packings = topicPackings(reader);
    if (!packings)
        return tl::unexpected<Error>(packings.error());
    for (const TopicPacking& packing : *packings) {
        if (packing.payloads < fewestSamples)
            continue;
        evidence[packing.topic].packedShare = packing.shares;
        evidence[packing.topic].packedSamples = packing.payloads;
        if (!packing.fieldBytes.empty()) {
            evidence[packing.topic].fieldBytes = packing.fieldBytes;
            evidence[packing.topic].fieldSamples = packing.payloads;
        }
    }
    const auto samples = eventSamples(reader);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    struct Sum
    {
        std::int64_t records = 0;
        std::int64_t payloads = 0;
        std::optional<std::int64_t> whole = 0;
        std::int64_t largest = 0;
    };
    std::map<QString, Sum> sums;
    for (const EventSample& sample : *samples) {
        Sum& sum = sums[sample.topic];
        sum.records += sample.records;
        sum.payloads += sample.payloadBytes;
        sum.whole = sum.whole && sample.recordBytes ? std::optional(*sum.whole + *sample.recordBytes) : std::nullopt;
        sum.largest = std::max(sum.largest, sample.largestBytes);
    }
    for (const auto& [topic, sum] : sums) {
        TopicEvidence& one = evidence[topic];
        const auto count = static_cast<double>(sum.records);
        one.payloads = static_cast<int>(sum.records);
        one.payloadBytes = static_cast<double>(sum.payloads) / count;
        one.largestPayload = sum.largest;
        if (sum.whole)
            one.plainRecordBytes = static_cast<double>(*sum.whole) / count;
    }
    return {};
}

Status addSettings(Evidence& evidence, Database& reader)
{
    const auto book = topicBook(reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    for (const auto& [key, topic] : book->topics()) {
        const auto one = evidence.find(topic.facts.topic);
        if (one == evidence.end())
            continue;
        one->second.compression = topic.facts.settings.compression;
        one->second.compacts = topic.facts.settings.compacts;
    }
    return {};
}

} // namespace

Result<Evidence> costEvidence(const Context& context)
{
    Evidence evidence;
    if (!QFileInfo::exists(context.samplesFile()))
        return evidence;
    auto reader = Database::open(context.samplesFile(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    for (const Status& added : {addLags(evidence, *reader), addLetters(evidence, *reader, context.catalog),
                                addNewest(evidence, *reader), addSettings(evidence, *reader)}) {
        if (!added)
            return tl::unexpected<Error>(added.error());
    }
    return evidence;
}

} // namespace spillway
