// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/savings.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double safety = 3;
constexpr double leastRetentionDays = 1;
constexpr std::int64_t leastPerMonth = 10'000; // a cent

QString configLine(const QString& topic, const QString& setting)
{
    return u"kafka-configs --bootstrap-server \"$BOOTSTRAP\" --alter --entity-type topics --entity-name %1 --add-config %2"_s
        .arg(shellQuoted(topic), setting);
}

QString catalogLine(const CatalogEvent& event, const QString& edit)
{
    return u"# %1:%2: %3: %4"_s.arg(visibleText(event.place.file.section(u'/', -1)), QString::number(event.place.line),
                                    visibleText(event.eventType), edit);
}

QString days(double value)
{
    return QString::number(value, 'g', 4) + (value == 1 ? u" day"_s : u" days"_s);
}

std::vector<ConsumerEntry> consumersOf(const CatalogEvent& event, const Catalog& catalog)
{
    const OwnedEvent* owned = catalog.ownedEvent(event.eventType);
    return event.consumers.empty() && owned != nullptr ? owned->consumers : event.consumers;
}

class Advisor
{
public:
    explicit Advisor(const SavingsInput& input)
        : m_input(input)
    {
    }

    Result<std::vector<Saving>> run()
    {
        const auto before = simulateSavings(m_input, {});
        if (!before)
            return tl::unexpected<Error>(before.error());
        for (const CatalogEvent& event : m_input.catalog.events())
            lookAt(event);
        addBatching(*before);
        std::vector<Saving> worthwhile;
        const double months = monthsOf(*before);
        for (Saving& saving : m_found) {
            const auto after = simulateSavings(m_input, {saving});
            if (!after)
                return tl::unexpected<Error>(after.error());
            price(saving, before->totals, after->totals, months);
            if (saving.perMonth.micros >= leastPerMonth)
                worthwhile.push_back(std::move(saving));
        }
        std::stable_sort(worthwhile.begin(), worthwhile.end(),
                         [](const Saving& a, const Saving& b) { return a.perMonth > b.perMonth; });
        return worthwhile;
    }

private:
    /// Component by component, each with its invoice's factor where it has one.
    void price(Saving& saving, const CostTotals& before, const CostTotals& after, double months) const
    {
        double saved = 0;
        QStringList invoiced;
        bool isPartModelled = false;
        for (const CostComponent component : costComponents) {
            const std::size_t c = componentIndex(component);
            const auto own = static_cast<double>(before.components[c].micros - after.components[c].micros);
            if (own == 0)
                continue;
            const auto factor = m_input.factors.find(component);
            if (factor == m_input.factors.end()) {
                isPartModelled = true;
                saved += own;
                continue;
            }
            saved += own * factor->second.factor.value_or(1);
            invoiced += u"%1 × %2 (%3)"_s.arg(costComponentWord(component),
                                              QString::number(factor->second.factor.value_or(1), 'f', 3),
                                              visibleText(factor->second.invoice));
        }
        saving.perMonth = Money{std::llround(saved / months)};
        saving.basis = invoiced.isEmpty() ? u"Money at the rates of profile %1."_s.arg(m_input.profile.name)
                       : isPartModelled   ? u"Money as invoiced: %1; the rest at the rates of profile %2."_s.arg(
                                                invoiced.join(u", "_s), m_input.profile.name)
                                        : u"Money as invoiced: %1."_s.arg(invoiced.join(u", "_s));
    }

    static double monthsOf(const CostBill& bill)
    {
        int count = 1;
        if (bill.range)
            count = static_cast<int>(bill.range->first.daysTo(bill.range->last)) + 1;
        return count * 12 / 365.0;
    }

    Saving& add(SavingKind kind, SavingRisk risk, const CatalogEvent& event)
    {
        Saving& saving = m_found.emplace_back();
        saving.kind = kind;
        saving.risk = risk;
        saving.eventType = event.eventType;
        saving.topic = event.topic;
        saving.id = savingKindKey(kind) + u':' + (event.topic.isEmpty() ? event.eventType : event.topic);
        const OwnedEvent* owned = m_input.catalog.ownedEvent(event.eventType);
        saving.team = event.producer.team.isEmpty() && owned != nullptr ? owned->producer.team : event.producer.team;
        return saving;
    }

    void lookAt(const CatalogEvent& event)
    {
        if (m_input.options.isIncluded && !m_input.options.isIncluded(event))
            return;
        const auto at = m_input.evidence.find(event.topic);
        if (at == m_input.evidence.end() || event.topic.isEmpty())
            return;
        const bool isShared = m_input.catalog.eventTypesOfTopic(event.topic).size() > 1;
        const TopicUsage* usage = usageOf(event.topic);
        lookAtRetention(event, at->second);
        lookAtTiering(event, at->second);
        if (usage != nullptr && at->second.isSampled && !isShared)
            lookAtReaders(event, *usage);
        if (!isShared) { // whose payloads they are cannot be told
            lookAtFields(event, at->second);
            lookAtCompression(event, at->second);
            lookAtBatches(event, at->second);
            lookAtLargePayloads(event, at->second);
        }
        if (usage != nullptr && usage->partitions && !isShared)
            lookAtPartitions(event, *usage);
    }

    [[nodiscard]] const TopicUsage* usageOf(const QString& topic) const
    {
        if (m_input.options.measured == nullptr)
            return nullptr;
        const auto at = m_input.options.measured->topics.find(topic);
        return at != m_input.options.measured->topics.end() ? &at->second : nullptr;
    }

    void lookAtRetention(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        if (!evidence.worstLagDays || evidence.observedDays < 1)
            return;
        const TopicUsage* usage = usageOf(event.topic);
        const auto now = usage != nullptr && usage->retentionDays ? usage->retentionDays : event.retentionDays;
        const double needed =
            std::max(leastRetentionDays, std::ceil(*evidence.worstLagDays * safety * 24) / 24); // whole hours
        if (!now || needed >= *now)
            return;
        Saving& saving = add(SavingKind::Retention, SavingRisk::Medium, event);
        saving.id = savingKindKey(saving.kind) + u':' + event.eventType;
        saving.retentionDays = needed;
        saving.evidence = u"Kept for %1; the oldest unread record in %2 of samples was %3 old."_s.arg(
            days(*now), days(std::floor(evidence.observedDays)), days(*evidence.worstLagDays));
        saving.change = u"Keep it for %1, three times the worst lag."_s.arg(days(needed));
        saving.riskReason = u"A consumer that stands still for longer loses records; replays reach back less far."_s;
        saving.exported = {configLine(event.topic, u"retention.ms=%1"_s.arg(std::llround(needed * 86'400'000))),
                           catalogLine(event, u"retention_days: %1 becomes %2"_s.arg(*now).arg(needed))};
    }

    void lookAtReaders(const CatalogEvent& event, const TopicUsage& usage)
    {
        const auto consumers = consumersOf(event, m_input.catalog);
        if (usage.groups.isEmpty()) {
            Saving& saving = add(SavingKind::UnreadTopic, SavingRisk::High, event);
            saving.isRemoved = true;
            saving.evidence = u"No consumer group has ever committed an offset on this topic."_s;
            saving.change = u"Stop publishing it, then delete the topic."_s;
            saving.riskReason = u"Somebody may read it without a group; ask before anything is deleted."_s;
            saving.exported = {
                u"# when nobody objects: kafka-topics --bootstrap-server \"$BOOTSTRAP\" --delete --topic %1"_s.arg(
                    shellQuoted(event.topic)),
                catalogLine(event, u"remove the entry"_s)};
            return;
        }
        for (const ConsumerEntry& consumer : consumers) {
            const Subscription* promised = m_input.catalog.subscription(consumer.service, event.eventType);
            const QString group = promised != nullptr ? promised->consumer.consumerGroup : consumer.consumerGroup;
            if (group.isEmpty() || usage.groups.contains(group))
                continue;
            Saving& saving = add(SavingKind::DeadGroup, SavingRisk::Medium, event);
            saving.id += u':' + group;
            saving.team = consumer.team;
            saving.withoutService = consumer.service;
            saving.evidence = u"%1 is declared as a consumer, but its group %2 has committed nothing here."_s.arg(
                visibleText(consumer.service), visibleText(group));
            saving.change = u"Take the consumer off the catalog and stop what still runs of it."_s;
            saving.riskReason = u"It may read under another group's name."_s;
            saving.exported = {catalogLine(event, u"remove the consumer %1"_s.arg(visibleText(consumer.service))),
                               u"kafka-consumer-groups --bootstrap-server \"$BOOTSTRAP\" --delete --group %1"_s.arg(
                                   shellQuoted(group))};
        }
    }

    void lookAtFields(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        const OwnedEvent* owned = m_input.catalog.ownedEvent(event.eventType);
        if (owned == nullptr || owned->consumers.empty() || evidence.fieldBytes.empty() || !sizeOf(event))
            return;
        std::set<QString> used;
        for (const ConsumerEntry& consumer : owned->consumers) {
            if (consumer.fields.isEmpty())
                return;                                  // it may read everything
            for (const QString& field : consumer.fields) // a.b, /a/b and a[] all read `a`
                used.insert(field.split(QRegularExpression(u"[./\\[]"_s), Qt::SkipEmptyParts).value(0));
        }
        double unused = 0;
        double all = 0;
        QStringList names;
        for (const auto& [field, bytes] : evidence.fieldBytes) {
            all += bytes;
            if (used.contains(field))
                continue;
            unused += bytes;
            names += visibleText(field);
        }
        if (names.isEmpty() || all <= 0)
            return;
        const std::int64_t size = *sizeOf(event);
        Saving& saving = add(SavingKind::UnusedFields, SavingRisk::High, event);
        saving.payloadBytes = size - std::llround(static_cast<double>(size) * unused / all);
        saving.evidence = u"%1 of %2 payload bytes are fields that no consumer declares, in %3 samples: %4."_s
                              .arg(size - *saving.payloadBytes)
                              .arg(size)
                              .arg(evidence.fieldSamples)
                              .arg(names.join(u", "_s));
        saving.change = u"Leave these fields out in the next version of the schema."_s;
        saving.riskReason = u"Consumers may read fields that they did not declare; check the schema's compatibility."_s;
        saving.exported = {catalogLine(event, u"a new schema version without %1"_s.arg(names.join(u", "_s)))};
    }

    /// The codec that makes a topic's samples smallest.
    void lookAtCompression(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        constexpr double leastGain = 0.2;
        if (evidence.packedShare.empty() || !sizeOf(event) || isPackedAlready(event, evidence))
            return;
        const auto best = std::min_element(evidence.packedShare.begin(), evidence.packedShare.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        if (best->second > 1 - leastGain)
            return;
        QStringList others;
        for (const auto& [codec, share] : evidence.packedShare)
            others += u"%1 %2 %"_s.arg(codec).arg(std::lround(share * 100));
        Saving& saving = add(SavingKind::Compression, SavingRisk::Low, event);
        saving.payloadBytes = std::llround(static_cast<double>(*sizeOf(event)) * best->second);
        saving.evidence = u"%1 sampled payloads, packed in batches of 16 KiB, take of their bytes: %2."_s.arg(
            QString::number(evidence.packedSamples), others.join(u", "_s));
        saving.change = u"Set compression.type=%1 on the producer, or on the topic."_s.arg(best->first);
        saving.riskReason =
            evidence.compression
                ? u"Producers and consumers spend a little more processor time."_s
                : u"If producers pack already this saves nothing; look at their compression.type. Packing takes a little processor time."_s;
        saving.exported = {configLine(event.topic, u"compression.type=%1"_s.arg(best->first))};
    }

    /// Its topic packs, or its records take less in the log than they are long.
    [[nodiscard]] bool isPackedAlready(const CatalogEvent& event, const TopicEvidence& evidence) const
    {
        constexpr double clearlyLess = 0.9;
        const QString word = evidence.compression.value_or(u"producer"_s);
        if (word != u"producer"_s && word != u"uncompressed"_s)
            return true;
        const TopicUsage* usage = usageOf(event.topic);
        return usage != nullptr && usage->recordBytes && usage->isRecordWhole && evidence.plainRecordBytes &&
               static_cast<double>(*usage->recordBytes) < clearlyLess * *evidence.plainRecordBytes;
    }

    /// Old records are read by nobody, and an object store is cheaper than brokers' disks with their copies.
    void lookAtTiering(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        const bool isPriced = m_input.profile.price(CostComponent::TieredStorage).rate.mantissa > 0;
        if (!isPriced || !evidence.worstLagDays || evidence.observedDays < 1 || evidence.compacts.value_or(false))
            return;
        const TopicUsage* usage = usageOf(event.topic);
        const auto kept = usage != nullptr && usage->retentionDays ? usage->retentionDays : event.retentionDays;
        const double needed = std::max(leastRetentionDays, std::ceil(*evidence.worstLagDays * safety * 24) / 24);
        const auto hot = m_input.profile.hotDaysFor(event.topic);
        if (!kept || needed >= std::min(*kept, hot.value_or(*kept)))
            return;
        Saving& saving = add(SavingKind::TieredStorage, SavingRisk::Medium, event);
        saving.hotDays = needed;
        saving.evidence =
            u"Kept for %1, %2 of them on brokers; the oldest unread record in %3 of samples was %4 old."_s.arg(
                days(*kept), days(std::min(*kept, hot.value_or(*kept))), days(std::floor(evidence.observedDays)),
                days(*evidence.worstLagDays));
        saving.change =
            u"Keep %1 on brokers, three times the worst lag, and the rest in tiered storage."_s.arg(days(needed));
        saving.riskReason =
            u"Whoever reads further back waits longer and may pay for retrieval, which is not in this amount; brokers need remote storage set up."_s;
        saving.exported = {configLine(event.topic, u"remote.storage.enable=true,local.retention.ms=%1"_s.arg(
                                                       std::llround(needed * 86'400'000))),
                           u"# pricing.yaml, profile %1: hot_days_of: { %2: %3 }"_s.arg(
                               visibleText(m_input.profile.name), visibleText(event.topic), QString::number(needed))};
    }

    /// Large payloads in an object store, their address in the record.
    void lookAtLargePayloads(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        constexpr double large = 64 * 1024;
        constexpr std::int64_t reference = 512; // an address, a digest, a size
        constexpr int fewestPayloads = 10;
        if (!evidence.payloadBytes || *evidence.payloadBytes < large || evidence.payloads < fewestPayloads ||
            !sizeOf(event))
            return;
        const std::int64_t size = *sizeOf(event);
        if (size <= reference)
            return;
        const bool isPriced = m_input.profile.price(CostComponent::TieredStorage).rate.mantissa > 0;
        Saving& saving = add(SavingKind::ClaimCheck, SavingRisk::High, event);
        saving.payloadBytes = reference;
        saving.objectBytes = size - reference;
        saving.evidence = u"The newest %1 payloads have %2 bytes on average, the largest %3."_s.arg(
            QString::number(evidence.payloads), QString::number(std::llround(*evidence.payloadBytes)),
            QString::number(evidence.largestPayload));
        saving.change = u"Put payloads into an object store and send their address (claim check)."_s;
        saving.riskReason =
            isPriced
                ? u"Each consumer has to fetch, and its requests are not in this amount; objects have to live as long as their records."_s
                : u"The object store's own price is not in this amount (the profile has no tiered_storage); each consumer has to fetch."_s;
        saving.exported = {
            u"# producer and consumers of %1: claim check; objects expire no earlier than the topic's records"_s.arg(
                visibleText(event.topic)),
            catalogLine(event, u"avg_payload_bytes becomes %1"_s.arg(reference))};
    }

    /// A batch of its own for each record costs more than the record's bytes tell.
    void lookAtBatches(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        constexpr double ofBatch = 61;       // Kafka's frame around a batch
        constexpr double ofRecord = 10;      // and around a record in it, at most places
        constexpr double leastOverhead = 45; // more than a batch of two records costs each of them
        constexpr int together = 100;
        const TopicUsage* usage = usageOf(event.topic);
        if (usage == nullptr || !usage->recordBytes || !usage->isRecordWhole || !evidence.plainRecordBytes)
            return;
        const double overhead = static_cast<double>(*usage->recordBytes) - *evidence.plainRecordBytes;
        if (overhead < leastOverhead)
            return;
        const double inBatch = *evidence.plainRecordBytes + ofRecord + ofBatch / together;
        Saving& saving = add(SavingKind::Batching, SavingRisk::Low, event);
        saving.payloadBytes = std::llround(inBatch);
        saving.evidence =
            u"A record takes %1 bytes in the log and is %2 long with key and headers: about %3 in a batch."_s.arg(
                QString::number(*usage->recordBytes), QString::number(std::llround(*evidence.plainRecordBytes)),
                QString::number(std::max(1.0, ofBatch / std::max(1.0, overhead - ofRecord)), 'f', 1));
        saving.change = u"Let producers wait some milliseconds (linger.ms) and send 100 records together."_s;
        saving.riskReason = u"Records arrive some milliseconds later."_s;
        saving.exported = {u"# producers of %1: linger.ms=20, batch.size=131072"_s.arg(visibleText(event.topic))};
    }

    [[nodiscard]] std::optional<std::int64_t> sizeOf(const CatalogEvent& event) const
    {
        const TopicUsage* usage = usageOf(event.topic);
        const bool isMeasured =
            usage != nullptr && usage->recordBytes && m_input.options.range && m_input.profile.isMeasured;
        return isMeasured ? usage->recordBytes : event.avgPayloadBytes;
    }

    void lookAtPartitions(const CatalogEvent& event, const TopicUsage& usage)
    {
        constexpr double peak = 10;
        constexpr double bytesPerSecond = 1 << 20;
        if (!event.avgDailyVolume || !sizeOf(event))
            return;
        const double traffic =
            static_cast<double>(*event.avgDailyVolume) * static_cast<double>(*sizeOf(event)) / 86'400 * peak;
        const int needed = std::max(3, static_cast<int>(std::ceil(traffic / bytesPerSecond)));
        if (*usage.partitions <= 2 * needed)
            return;
        Saving& saving = add(SavingKind::Partitions, SavingRisk::High, event);
        saving.partitions = needed;
        saving.evidence =
            u"%1 partitions for %2 bytes a second on average; ten times that needs %3."_s.arg(*usage.partitions)
                .arg(std::llround(traffic / peak))
                .arg(needed);
        saving.change = u"Move to a topic with %1 partitions; a topic's own cannot be reduced."_s.arg(needed);
        saving.riskReason =
            u"Keys move to other partitions, so their order is lost once; more than %1 consumers of a group stand idle."_s
                .arg(needed);
        saving.exported = {u"kafka-topics --bootstrap-server \"$BOOTSTRAP\" --create --topic %1 --partitions %2"_s.arg(
            shellQuoted(event.topic + u".next"_s), QString::number(needed))};
    }

    void addBatching(const CostBill& bill)
    {
        constexpr int together = 100;
        constexpr std::int64_t tiny = 1024;
        if (m_input.profile.price(CostComponent::Requests).rate.mantissa == 0 || m_input.profile.requestBytes ||
            m_input.profile.recordsPerRequest > 1)
            return;
        const bool isTiny = std::any_of(bill.drivers.begin(), bill.drivers.end(), [](const EventDrivers& drivers) {
            return drivers.records > 0 && drivers.recordBytes < tiny;
        });
        if (!isTiny)
            return;
        Saving& saving = m_found.emplace_back();
        saving.kind = SavingKind::Batching;
        saving.id = savingKindKey(saving.kind) + u":all"_s;
        saving.risk = SavingRisk::Low;
        saving.recordsPerRequest = together;
        saving.evidence = u"The profile bills a request for each record, and there are records under a kibibyte."_s;
        saving.change = u"Let producers wait some milliseconds (linger.ms) and send 100 records together."_s;
        saving.riskReason = u"Records arrive some milliseconds later."_s;
        saving.exported = {u"# producers: linger.ms=20, batch.size=131072"_s,
                           u"# pricing.yaml: requests: records_per_request: 100"_s};
    }

    const SavingsInput& m_input;
    std::vector<Saving> m_found;
};

} // namespace

std::map<QString, SavingsFactors> savingsFactors(const CostBill& bill)
{
    std::map<QString, SavingsFactors> factors;
    for (const CostSegment& segment : bill.segments) {
        for (const CostCalibration& one : segment.calibrations) {
            if (one.factor)
                factors[segment.profile.name][one.component] = one;
        }
    }
    return factors;
}

Money totalAsInvoiced(const CostBill& bill, const std::map<QString, SavingsFactors>& factors)
{
    std::map<std::pair<QString, CostComponent>, std::int64_t> sums;
    for (const CostLine& line : bill.lines)
        sums[{bill.segments[static_cast<std::size_t>(line.segment)].profile.name, line.component}] +=
            line.modelled.micros;
    Money total;
    for (const auto& [key, micros] : sums) {
        const auto profile = factors.find(key.first);
        const auto one = profile != factors.end() ? profile->second.find(key.second) : SavingsFactors::const_iterator();
        const bool isInvoiced = profile != factors.end() && one != profile->second.end();
        total.micros +=
            isInvoiced ? std::llround(static_cast<double>(micros) * one->second.factor.value_or(1)) : micros;
    }
    return total;
}

Result<std::vector<Saving>> findSavings(const SavingsInput& input)
{
    return Advisor(input).run();
}

} // namespace spillway
