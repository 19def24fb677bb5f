// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/savings.h"

#include "model/base/text.h"

#include <QJsonDocument>
#include <QJsonObject>
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

QString shellWord(const QString& text)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9._-]+\\z"_s);
    return plain.match(text).hasMatch() ? text : u'\'' + visibleText(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

QString configLine(const QString& topic, const QString& setting)
{
    return u"kafka-configs --bootstrap-server \"$BOOTSTRAP\" --alter --entity-type topics --entity-name %1 --add-config %2"_s
        .arg(shellWord(topic), setting);
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
            const auto saved = static_cast<double>(before->totals.total.micros - after->totals.total.micros);
            saving.perMonth = Money{std::llround(saved / months)};
            if (saving.perMonth.micros >= leastPerMonth)
                worthwhile.push_back(std::move(saving));
        }
        std::stable_sort(worthwhile.begin(), worthwhile.end(),
                         [](const Saving& a, const Saving& b) { return a.perMonth > b.perMonth; });
        return worthwhile;
    }

private:
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
        if (usage != nullptr && at->second.isSampled && !isShared)
            lookAtReaders(event, *usage);
        if (!isShared) { // whose payloads they are cannot be told
            lookAtFields(event, at->second);
            lookAtCompression(event, at->second);
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
                    shellWord(event.topic)),
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
            saving.exported = {
                catalogLine(event, u"remove the consumer %1"_s.arg(visibleText(consumer.service))),
                u"kafka-consumer-groups --bootstrap-server \"$BOOTSTRAP\" --delete --group %1"_s.arg(shellWord(group))};
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
                              .arg(evidence.samples)
                              .arg(names.join(u", "_s));
        saving.change = u"Leave these fields out in the next version of the schema."_s;
        saving.riskReason = u"Consumers may read fields that they did not declare; check the schema's compatibility."_s;
        saving.exported = {catalogLine(event, u"a new schema version without %1"_s.arg(names.join(u", "_s)))};
    }

    void lookAtCompression(const CatalogEvent& event, const TopicEvidence& evidence)
    {
        constexpr double leastGain = 0.2;
        if (!evidence.compressedShare || *evidence.compressedShare > 1 - leastGain || !sizeOf(event))
            return;
        const std::int64_t size = *sizeOf(event);
        Saving& saving = add(SavingKind::Compression, SavingRisk::Low, event);
        saving.payloadBytes = std::llround(static_cast<double>(size) * *evidence.compressedShare);
        saving.evidence =
            u"%1 sampled payloads, compressed in batches, take %2 % of their bytes."_s.arg(evidence.samples)
                .arg(std::lround(*evidence.compressedShare * 100));
        saving.change = u"Set compression.type on the producer, or on the topic."_s;
        saving.riskReason = u"Producers and consumers spend a little more processor time."_s;
        saving.exported = {configLine(event.topic, u"compression.type=gzip"_s)};
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
            shellWord(event.topic + u".next"_s), QString::number(needed))};
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

/// The catalog with the changes made.
Catalog changedCatalog(const Catalog& catalog, const std::vector<Saving>& savings)
{
    std::vector<CatalogEvent> events = catalog.events();
    std::vector<OwnedEvent> owned = catalog.owned();
    const auto drop = [](std::vector<ConsumerEntry>& consumers, const QString& service) {
        std::erase_if(consumers, [&](const ConsumerEntry& consumer) { return consumer.service == service; });
    };
    for (const Saving& saving : savings) {
        if (saving.isRemoved) {
            std::erase_if(events, [&](const CatalogEvent& event) { return event.eventType == saving.eventType; });
            std::erase_if(owned, [&](const OwnedEvent& event) { return event.eventType == saving.eventType; });
        }
        for (CatalogEvent& event : events) {
            if (event.eventType != saving.eventType)
                continue;
            if (saving.retentionDays)
                event.retentionDays = saving.retentionDays;
            if (saving.payloadBytes)
                event.avgPayloadBytes =
                    std::min(event.avgPayloadBytes.value_or(*saving.payloadBytes), *saving.payloadBytes);
            if (!saving.withoutService.isEmpty())
                drop(event.consumers, saving.withoutService);
        }
        for (OwnedEvent& event : owned) {
            if (event.eventType == saving.eventType && !saving.withoutService.isEmpty())
                drop(event.consumers, saving.withoutService);
        }
    }
    return Catalog(std::move(owned), std::move(events), catalog.rules());
}

/// What was measured, as if the changes had been made.
MeasuredUsage changedUsage(const MeasuredUsage* measured, const std::vector<Saving>& savings)
{
    MeasuredUsage usage = measured != nullptr ? *measured : MeasuredUsage();
    for (const Saving& saving : savings) {
        const auto at = usage.topics.find(saving.topic);
        if (at == usage.topics.end())
            continue;
        TopicUsage& topic = at->second;
        if (saving.isRemoved) {
            usage.topics.erase(at);
            continue;
        }
        if (saving.retentionDays && topic.retentionDays && *topic.retentionDays > 0) {
            const double share = *saving.retentionDays / *topic.retentionDays;
            for (auto* kept : {&topic.keptBytes, &topic.keptRecords}) {
                for (auto& [day, amount] : *kept)
                    amount = std::llround(static_cast<double>(amount) * std::min(1.0, share));
            }
            topic.retentionDays = saving.retentionDays;
        }
        if (saving.payloadBytes && topic.recordBytes && *topic.recordBytes > 0) {
            const double share = static_cast<double>(*saving.payloadBytes) / static_cast<double>(*topic.recordBytes);
            for (auto& [day, amount] : topic.keptBytes)
                amount = std::llround(static_cast<double>(amount) * std::min(1.0, share));
            topic.recordBytes = std::min(*topic.recordBytes, *saving.payloadBytes);
        }
        if (saving.partitions)
            topic.partitions = saving.partitions;
    }
    return usage;
}

} // namespace

QString savingKindKey(SavingKind kind)
{
    switch (kind) {
    case SavingKind::Retention:
        return u"retention"_s;
    case SavingKind::DeadGroup:
        return u"deadGroup"_s;
    case SavingKind::UnreadTopic:
        return u"unreadTopic"_s;
    case SavingKind::UnusedFields:
        return u"unusedFields"_s;
    case SavingKind::Compression:
        return u"compression"_s;
    case SavingKind::Batching:
        return u"batching"_s;
    case SavingKind::Partitions:
        return u"partitions"_s;
    }
    return {};
}

QString savingRiskWord(SavingRisk risk)
{
    switch (risk) {
    case SavingRisk::Low:
        return u"low"_s;
    case SavingRisk::Medium:
        return u"medium"_s;
    case SavingRisk::High:
        return u"high"_s;
    }
    return {};
}

Result<CostBill> simulateSavings(const SavingsInput& input, const std::vector<Saving>& savings)
{
    PricingProfile profile = input.profile;
    for (const Saving& saving : savings) {
        if (!saving.recordsPerRequest)
            continue;
        profile.recordsPerRequest = *saving.recordsPerRequest;
        for (PricingProfile& change : profile.changes)
            change.recordsPerRequest = *saving.recordsPerRequest;
    }
    const MeasuredUsage usage = changedUsage(input.options.measured, savings);
    CostOptions options = input.options;
    if (input.options.measured != nullptr)
        options.measured = &usage;
    return costBill(changedCatalog(input.catalog, savings), profile, options);
}

Result<std::vector<Saving>> findSavings(const SavingsInput& input)
{
    return Advisor(input).run();
}

void lookAtPayloads(TopicEvidence& evidence, const std::vector<QByteArray>& payloads)
{
    constexpr qsizetype batchBytes = 16'384; // as a producer's default batch
    if (payloads.empty())
        return;
    evidence.samples = static_cast<int>(payloads.size());
    double plain = 0;
    double packed = 0;
    QByteArray batch;
    const auto pack = [&] {
        plain += static_cast<double>(batch.size());
        packed += static_cast<double>(qCompress(batch).size());
        batch.clear();
    };
    for (const QByteArray& payload : payloads) {
        batch += payload;
        if (batch.size() >= batchBytes)
            pack();
        const QJsonDocument document = QJsonDocument::fromJson(payload);
        const QJsonObject object = document.object();
        for (auto field = object.begin(); field != object.end(); ++field) {
            const QByteArray alone =
                QJsonDocument(QJsonObject{{field.key(), field.value()}}).toJson(QJsonDocument::Compact);
            evidence.fieldBytes[field.key()] += static_cast<double>(alone.size() - 1) /
                                                static_cast<double>(payloads.size()); // its comma, not its braces
        }
    }
    if (!batch.isEmpty())
        pack();
    if (plain > 0)
        evidence.compressedShare = packed / plain;
}

} // namespace spillway
