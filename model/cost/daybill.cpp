// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/daybill.h"

#include "model/base/text.h"
#include "model/cost/allocation.h"
#include "model/cost/eventload.h"
#include "model/cost/unitprice.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A line before it is priced.
struct RawLine
{
    CostLine line;
    Wide quantity = 0;
    std::size_t event = 0; ///< in m_loads
};

constexpr std::size_t ofNoEvent = std::numeric_limits<std::size_t>::max();

Error tooLarge()
{
    return {
        ErrorCode::InvalidConfig,
        u"the cost is too large to be computed; check the volumes and sizes of the catalog and the rates of the pricing profile"_s};
}

class DayBillMaker
{
public:
    DayBillMaker(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options, QDate day)
        : m_catalog(catalog)
        , m_options(options)
        , m_profile(profile)
        , m_day(day)
    {
    }

    Result<DayBill> make()
    {
        if (const Status status = loadEvents(); !status)
            return tl::unexpected<Error>(status.error());
        for (const CostComponent component : costComponents) {
            if (!m_profile.isPriced(component))
                continue;
            m_raw.clear();
            if (!collect(component))
                return tl::unexpected<Error>(tooLarge());
            if (const Status status = price(component); !status)
                return tl::unexpected<Error>(status.error());
        }
        std::stable_sort(m_bill.lines.begin(), m_bill.lines.end(), &isBefore);
        return std::move(m_bill);
    }

private:
    [[nodiscard]] const TopicUsage* usageOf(const CatalogEvent& event) const
    {
        if (m_options.measured == nullptr || !m_profile.isMeasured || !m_options.range || event.topic.isEmpty())
            return nullptr;
        const auto at = m_options.measured->topics.find(event.topic);
        return at != m_options.measured->topics.end() ? &at->second : nullptr;
    }

    /// An event's part of what its topic carries: by the declared volumes of the events there.
    [[nodiscard]] double shareOf(const CatalogEvent& event) const
    {
        const QStringList types = m_catalog.eventTypesOfTopic(event.topic);
        if (types.size() < 2)
            return 1;
        double sum = 0;
        for (const QString& type : types) {
            const CatalogEvent* other = m_catalog.catalogEvent(type);
            if (other == nullptr || !other->avgDailyVolume)
                return 1.0 / static_cast<double>(types.size());
            sum += static_cast<double>(*other->avgDailyVolume);
        }
        return sum > 0 ? static_cast<double>(event.avgDailyVolume.value_or(0)) / sum
                       : 1.0 / static_cast<double>(types.size());
    }

    /// Topics that were measured and that no event of the catalog is placed on, as events without a name and a team.
    Status loadStrangers()
    {
        if (m_options.measured == nullptr || !m_profile.isMeasured || !m_options.range)
            return {};
        std::size_t place = 0;
        for (const auto& [name, usage] : m_options.measured->topics) {
            const std::size_t own = place++;
            const bool isInternal = name.startsWith(u"__");
            const bool isMeasured = usage.usualRecords || usage.records.contains(m_day);
            if (isInternal || !isMeasured || !m_catalog.eventTypesOfTopic(name).isEmpty())
                continue;
            CatalogEvent stranger;
            stranger.topic = name;
            if (m_options.isIncluded && !m_options.isIncluded(stranger))
                continue;
            m_bill.notes.strangers += visibleText(name);
            if (!missingOf(stranger, m_profile, &usage, m_day).isEmpty())
                continue;
            m_strangers.push_back(std::move(stranger));
            if (const Status status = load(m_strangers.back(), &usage, own); !status)
                return status;
        }
        return {};
    }

    Status loadEvents()
    {
        if (const Status status = loadStrangers(); !status)
            return status;
        std::size_t place = m_options.measured != nullptr ? m_options.measured->topics.size() : 0;
        for (const CatalogEvent& event : m_catalog.events()) {
            const std::size_t own = place++;
            if (m_options.isIncluded && !m_options.isIncluded(event))
                continue;
            const TopicUsage* usage = usageOf(event);
            const QString lacks = missingOf(event, m_profile, usage, m_day);
            if (!lacks.isEmpty()) {
                m_bill.notes.unknown += event.eventType;
                m_bill.notes.missing += u"%1 (no %2)"_s.arg(visibleText(event.eventType), lacks);
                continue;
            }
            if (const Status status = load(event, usage, own); !status)
                return status;
        }
        m_bill.notes.priced = static_cast<qsizetype>(m_loads.size() - m_strangers.size());
        return {};
    }

    Status load(const CatalogEvent& event, const TopicUsage* usage, std::size_t place)
    {
        const auto load = eventLoad(event, m_catalog, m_profile, usage, usage != nullptr ? shareOf(event) : 1.0, m_day);
        if (!load || load->records > std::numeric_limits<std::int64_t>::max() ||
            !product(std::array{load->records, Wide{load->recordBytes}}))
            return tl::unexpected<Error>(tooLarge());
        for (const Participant& consumer : load->consumers) {
            if (consumer.isObserved && !m_bill.notes.observed.contains(consumer.service))
                m_bill.notes.observed += consumer.service;
        }
        if (load->isKeptEstimated)
            m_bill.notes.estimated += visibleText(event.topic);
        const Wide bytes = load->records * Wide{load->recordBytes};
        m_bill.drivers.emplace_back(
            place, EventDrivers{.eventType = event.eventType,
                                .topic = event.topic,
                                .team = load->producer.team,
                                .firstDay = {},
                                .records = static_cast<std::int64_t>(load->records),
                                .recordBytes = load->recordBytes,
                                .retentionDays = bytes > 0 ? static_cast<double>(load->keptByteMillidays) / 1000.0 /
                                                                 static_cast<double>(bytes)
                                                           : 0.0,
                                .consumers = static_cast<int>(load->consumers.size()),
                                .basis = load->bytesBasis,
                                .recordsByDay = {}});
        m_loads.push_back(*load);
        m_places.push_back(place);
        return {};
    }

    [[nodiscard]] CostLine lineOf(CostComponent component, QuantityBasis basis) const
    {
        CostLine line;
        line.component = component;
        line.unit = m_profile.price(component).unit;
        line.rate = m_profile.price(component).rate;
        line.basis = basis;
        return line;
    }

    void addParts(std::size_t event, CostComponent component, const std::vector<AllocatedPart>& parts,
                  QuantityBasis basis)
    {
        const EventLoad& load = m_loads[event];
        for (const AllocatedPart& part : parts) {
            RawLine raw{lineOf(component, basis), part.quantity, event};
            raw.line.eventType = load.event->eventType;
            raw.line.topic = load.event->topic;
            if (part.participant < 0) {
                raw.line.team = m_profile.platformTeam;
                raw.line.role = CostRole::Platform;
            } else {
                const Participant& who = part.participant == 0
                                             ? load.producer
                                             : load.consumers[static_cast<std::size_t>(part.participant - 1)];
                raw.line.team = who.team;
                raw.line.service = who.service;
                if (who.team.isEmpty() && m_noted.emplace(event, part.participant).second)
                    noteUnattributed(load, who, part.participant == 0);
                raw.line.role = who.team.isEmpty()      ? CostRole::Unattributed
                                : part.participant == 0 ? CostRole::Producer
                                                        : CostRole::Consumer;
            }
            m_raw.push_back(std::move(raw));
        }
    }

    /// Strangers and observed groups have notes of their own.
    void noteUnattributed(const EventLoad& load, const Participant& who, bool isProducer)
    {
        const QString event = visibleText(load.event->eventType);
        if (event.isEmpty() || who.isObserved)
            return;
        if (isProducer && who.service.isEmpty())
            m_bill.notes.nobodys += load.consumers.empty() ? u"%1 has no producer and no consumer"_s.arg(event)
                                                           : u"%1 has no producer"_s.arg(event);
        else
            m_bill.notes.teamless +=
                u"%1 %2 of %3"_s.arg(isProducer ? u"producer"_s : u"consumer"_s, visibleText(who.service), event);
    }

    void addOfNoEvent(CostComponent component, CostRole role, Wide quantity)
    {
        if (quantity <= 0)
            return;
        RawLine raw{lineOf(component, QuantityBasis::Declared), quantity, ofNoEvent};
        raw.line.role = role;
        if (role == CostRole::Idle && m_options.idle == IdlePolicy::Platform) {
            raw.line.role = CostRole::Platform;
            raw.line.team = m_profile.platformTeam;
        }
        m_raw.push_back(std::move(raw));
    }

    bool addCaused(std::size_t event, CostComponent component, const CausedQuantity& quantity, QuantityBasis basis)
    {
        const int consumers = static_cast<int>(m_loads[event].consumers.size());
        const auto caused = causedParts(quantity, m_profile.price(component).chargedTo, consumers);
        if (!caused)
            return false;
        addParts(event, component, movedParts(*caused, m_options.policy, consumers, m_profile.usagePercent), basis);
        return true;
    }

    [[nodiscard]] Wide bytesOf(const EventLoad& load) const { return load.records * Wide{load.recordBytes}; }

    /// What each event needs of a component; false when it does not fit.
    bool collect(CostComponent component)
    {
        switch (component) {
        case CostComponent::Broker:
        case CostComponent::Connectors:
        case CostComponent::Fixed:
            return collectShared(component);
        case CostComponent::Partitions:
            return collectPartitions();
        default:
            break;
        }
        Wide used = 0;
        for (std::size_t e = 0; e < m_loads.size(); ++e) {
            const EventLoad& load = m_loads[e];
            if (!product(std::array{load.records, Wide{load.recordBytes}}))
                return false;
            const auto quantity = quantityOf(component, load);
            if (!quantity)
                return false;
            if (!addCaused(e, component, *quantity, basisOf(component, load)) ||
                __builtin_add_overflow(used, quantity->producer, &used))
                return false;
        }
        return component != CostComponent::Storage || addIdleStorage(used);
    }

    [[nodiscard]] static QuantityBasis basisOf(CostComponent component, const EventLoad& load)
    {
        switch (component) {
        case CostComponent::Storage:
        case CostComponent::TieredStorage:
            return load.keptBasis;
        case CostComponent::Compute:
        case CostComponent::Requests:
            return load.recordsBasis;
        case CostComponent::Registry:
            return QuantityBasis::Declared;
        default:
            return load.bytesBasis;
        }
    }

    [[nodiscard]] std::optional<CausedQuantity> quantityOf(CostComponent component, const EventLoad& load) const
    {
        const auto needed = [](std::optional<Wide> quantity) {
            return quantity ? std::optional(CausedQuantity{*quantity, 0, false}) : std::nullopt;
        };
        switch (component) {
        case CostComponent::Storage:
            return needed(
                product(std::array{load.keptByteMillidays - load.tieredByteMillidays, Wide{m_profile.replication}}));
        case CostComponent::TieredStorage:
            return needed(load.tieredByteMillidays);
        case CostComponent::Network:
            return needed(bytesOf(load));
        case CostComponent::Compute:
            return CausedQuantity{.producer = load.records, .isOfConsumers = true};
        case CostComponent::Registry:
            return needed(nanodays);
        case CostComponent::Ingress:
            return CausedQuantity{bytesOf(load), 0, true};
        case CostComponent::Egress:
            return CausedQuantity{0, bytesOf(load), true};
        case CostComponent::CrossZone:
            return crossZoneOf(load);
        case CostComponent::Requests: {
            Wide each = load.records;
            if (m_profile.requestBytes)
                each *= std::max<Wide>(1, (load.recordBytes + *m_profile.requestBytes - 1) / *m_profile.requestBytes);
            return CausedQuantity{each, each, true};
        }
        case CostComponent::Broker:
        case CostComponent::Connectors:
        case CostComponent::Fixed:
        case CostComponent::Partitions:
        case CostComponent::Adjustment:
            break;
        }
        return std::nullopt;
    }

    /// Bytes between zones, in parts of zones × copies. Leaders stand anywhere with the same chance, copies as evenly
    /// over the zones as they can: replication crosses for each copy elsewhere, produce and fetch with (zones-1)/zones.
    [[nodiscard]] std::optional<CausedQuantity> crossZoneOf(const EventLoad& load) const
    {
        const Wide zones = m_profile.zones;
        const Wide copies = m_profile.replication;
        Wide elsewhere = 0; // sum over leaders' places of copies in other zones
        for (Wide zone = 0; zone < zones; ++zone) {
            const Wide here = copies / zones + (zone < copies % zones ? 1 : 0);
            elsewhere += here * (copies - here);
        }
        const Wide path = (zones - 1) * copies;
        const auto producer = product(std::array{bytesOf(load), zones * elsewhere + path});
        const auto consumer = product(std::array{bytesOf(load), m_profile.isFetchLocal ? Wide{0} : path});
        return producer && consumer ? std::optional(CausedQuantity{*producer, *consumer, true}) : std::nullopt;
    }

    [[nodiscard]] Wide partsOf(CostComponent component) const
    {
        if (component == CostComponent::CrossZone)
            return Wide{m_profile.zones} * m_profile.replication;
        if (component == CostComponent::Requests && !m_profile.requestBytes)
            return m_profile.recordsPerRequest;
        return 1;
    }

    bool addIdleStorage(Wide used)
    {
        const ComponentPrice& price = m_profile.price(CostComponent::Storage);
        if (!price.capacityBytes)
            return true;
        const auto paid = product(std::array{Wide{*price.capacityBytes}, Wide{1000}});
        if (!paid)
            return false;
        m_bill.notes.isOverCapacity = used > *paid;
        addOfNoEvent(CostComponent::Storage, CostRole::Idle, *paid - used);
        return true;
    }

    /// A topic has its partitions once, however many events are placed on it: each event has a part of them, by
    /// records.
    bool collectPartitions()
    {
        std::map<QString, std::vector<std::size_t>> topics;
        std::vector<Wide> quantities(m_loads.size());
        for (std::size_t e = 0; e < m_loads.size(); ++e) {
            const EventLoad& load = m_loads[e];
            if (!load.partitions)
                m_bill.notes.noPartitions += visibleText(load.event->eventType);
            else if (load.event->topic.isEmpty())
                quantities[e] = Wide{*load.partitions} * nanodays;
            else
                topics[load.event->topic].push_back(e);
        }
        for (const auto& [topic, events] : topics) {
            std::vector<Wide> weights;
            for (const std::size_t event : events)
                weights.push_back(m_loads[event].records);
            const auto parts = splitExactly(Wide{*m_loads[events.front()].partitions} * nanodays, weights);
            if (!parts)
                return false;
            for (std::size_t i = 0; i < events.size(); ++i)
                quantities[events[i]] = (*parts)[i];
        }
        Wide used = 0;
        for (std::size_t e = 0; e < m_loads.size(); ++e) {
            const EventLoad& load = m_loads[e];
            used += quantities[e];
            const auto sharing = topics.find(load.event->topic);
            const bool isShared = sharing != topics.end() && sharing->second.size() > 1;
            if (load.partitions && !addCaused(e, CostComponent::Partitions, {quantities[e], 0, false},
                                              isShared ? QuantityBasis::Assumed : load.partitionsBasis))
                return false;
        }
        if (const auto count = m_profile.price(CostComponent::Partitions).count)
            addOfNoEvent(CostComponent::Partitions, CostRole::Idle, Wide{*count} * nanodays - used);
        return true;
    }

    /// What is paid once for everybody: in parts by the bytes that each event moves.
    bool collectShared(CostComponent component)
    {
        const ComponentPrice& price = m_profile.price(component);
        const Wide reserved = Wide{price.count.value_or(1)} * nanodays;
        std::vector<Wide> weights;
        Wide moved = 0;
        Wide carried = 0;
        for (const EventLoad& load : m_loads) {
            const auto bytes = product(std::array{load.records, Wide{load.recordBytes}});
            const auto out =
                bytes ? product(std::array{*bytes, static_cast<Wide>(load.consumers.size() + 1)}) : std::nullopt;
            const auto copies = bytes ? product(std::array{*bytes, Wide{m_profile.replication - 1}}) : std::nullopt;
            if (!out || !copies || __builtin_add_overflow(moved, *out, &moved) ||
                __builtin_add_overflow(carried, *out, &carried) || __builtin_add_overflow(carried, *copies, &carried))
                return false;
            weights.push_back(*out);
        }
        while (moved > (Wide{1} << 60)) { // as exact as it can be shown, and the products fit
            moved = 0;
            for (Wide& weight : weights) {
                weight >>= 1;
                moved += weight;
            }
        }
        const Wide busy = component == CostComponent::Broker && price.capacityBytes
                              ? busyPart(reserved, carried, *price.capacityBytes * price.count.value_or(1))
                              : reserved;
        addOfNoEvent(component, CostRole::Idle, reserved - busy);
        if (m_loads.empty()) {
            addOfNoEvent(component, CostRole::Unattributed, busy);
            return true;
        }
        const auto parts = splitExactly(busy, weights);
        if (!parts)
            return false;
        for (std::size_t e = 0; e < m_loads.size(); ++e) {
            if (!addCaused(e, component, {(*parts)[e], 0, false}, m_loads[e].bytesBasis))
                return false;
        }
        return true;
    }

    /// The part of reserved time that is used: bytes carried of those that could be.
    [[nodiscard]] Wide busyPart(Wide reserved, Wide carried, std::int64_t bytesPerSecond)
    {
        const auto could = product(std::array{Wide{bytesPerSecond}, Wide{86'400}});
        if (!could || *could == 0 || carried >= *could) {
            m_bill.notes.isOverCapacity = m_bill.notes.isOverCapacity || (could && carried > *could);
            return reserved;
        }
        const double ratio = static_cast<double>(carried) / static_cast<double>(*could);
        return std::min(reserved, static_cast<Wide>(std::ceil(static_cast<double>(reserved) * ratio)));
    }

    /// Rounds a component: teams first, so that each is within a micro-unit of its exact share, then lines within them.
    Status price(CostComponent component)
    {
        const UnitPrice unit = unitPrice(m_profile.price(component), partsOf(component));
        std::map<std::pair<QString, CostRole>, std::vector<std::size_t>> groups; // role: only what is nobody's differs
        std::vector<Wide> numerators;
        for (std::size_t i = 0; i < m_raw.size(); ++i) {
            const auto numerator = product(std::array{m_raw[i].quantity, unit.numerator});
            const auto nanos = quantityNanos(m_raw[i].quantity, unit);
            if (!numerator || !nanos)
                return tl::unexpected<Error>(tooLarge());
            numerators.push_back(*numerator);
            m_raw[i].line.quantity = Quantity{*nanos};
            const CostLine& line = m_raw[i].line;
            groups[{line.team, line.team.isEmpty() ? line.role : CostRole::Producer}].push_back(i);
        }
        std::vector<Wide> sums;
        for (const auto& [key, members] : groups) {
            Wide sum = 0;
            for (const std::size_t member : members) {
                if (__builtin_add_overflow(sum, numerators[member], &sum))
                    return tl::unexpected<Error>(tooLarge());
            }
            sums.push_back(sum);
        }
        const auto rounded = roundShares(sums, unit.denominator);
        if (!rounded)
            return tl::unexpected<Error>(rounded.error());
        std::size_t group = 0;
        for (const auto& [key, members] : groups) {
            std::vector<Wide> own;
            for (const std::size_t member : members)
                own.push_back(numerators[member]);
            const auto amounts = roundShares((*rounded)[group++].micros, own, unit.denominator);
            for (std::size_t m = 0; m < members.size(); ++m)
                m_raw[members[m]].line.modelled = m_raw[members[m]].line.amount = Money{amounts[m]};
        }
        if (m_options.idle == IdlePolicy::Proportional)
            spreadIdle();
        for (RawLine& raw : m_raw) {
            const std::size_t place = raw.event == ofNoEvent ? ofNoEvent : m_places[raw.event];
            m_bill.lines.push_back({std::move(raw.line), place});
        }
        return {};
    }

    /// Puts idle lines on top of the others of the component, in parts as these are. With nobody to pay they stay.
    void spreadIdle()
    {
        const auto firstIdle = std::stable_partition(
            m_raw.begin(), m_raw.end(), [](const RawLine& raw) { return raw.line.role != CostRole::Idle; });
        std::vector<Wide> weights;
        Wide sum = 0;
        for (auto raw = m_raw.begin(); raw != firstIdle; ++raw) {
            weights.push_back(raw->line.amount.micros);
            sum += raw->line.amount.micros;
        }
        if (sum == 0)
            return;
        for (auto idle = firstIdle; idle != m_raw.end(); ++idle) {
            const auto amounts = splitExactly(idle->line.amount.micros, weights);
            const auto quantities = splitExactly(idle->line.quantity.nanos, weights);
            if (!amounts || !quantities)
                return;
            for (std::size_t i = 0; i < weights.size(); ++i) {
                CostLine& line = m_raw[i].line;
                line.amount.micros += static_cast<std::int64_t>((*amounts)[i]);
                line.modelled = line.amount;
                line.quantity.nanos += static_cast<std::int64_t>((*quantities)[i]);
            }
        }
        m_raw.erase(firstIdle, m_raw.end());
    }

    DayBill m_bill;
    const Catalog& m_catalog;
    const CostOptions& m_options;
    const PricingProfile& m_profile;
    QDate m_day;
    std::deque<CatalogEvent> m_strangers; // addresses stay
    std::vector<EventLoad> m_loads;
    std::vector<std::size_t> m_places;             ///< of the loads, among the events
    std::vector<RawLine> m_raw;                    ///< of the component at hand
    std::set<std::pair<std::size_t, int>> m_noted; ///< event, participant: said to be unattributed
};

} // namespace

bool isBefore(const DayBillLine& a, const DayBillLine& b)
{
    return std::tie(a.event, a.line.role, a.line.team, a.line.service, a.line.component) <
           std::tie(b.event, b.line.role, b.line.team, b.line.service, b.line.component);
}

Result<DayBill> dayBill(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options, QDate day)
{
    return DayBillMaker(catalog, profile, options, day).make();
}

} // namespace spillway
