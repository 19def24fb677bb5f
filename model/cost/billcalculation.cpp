// SPDX-License-Identifier: GPL-3.0-or-later
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
    std::size_t event = 0; ///< its place among the events; idle and such come last
};

constexpr std::size_t ofNoEvent = std::numeric_limits<std::size_t>::max();

Error tooLarge()
{
    return {
        ErrorCode::InvalidConfig,
        u"the cost is too large to be computed; check the volumes and sizes of the catalog and the rates of the pricing profile"_s};
}

/// One segment of the bill: some days at the rates of one profile.
class Segment
{
public:
    Segment(CostBill& bill, const Catalog& catalog, const CostOptions& options, int segment, std::vector<QDate> days)
        : m_bill(bill)
        , m_catalog(catalog)
        , m_options(options)
        , m_profile(bill.segments[static_cast<std::size_t>(segment)].profile)
        , m_segment(segment)
        , m_days(std::move(days))
    {
    }

    /// Adds its lines to the bill, sorted.
    Status run()
    {
        if (const Status status = loadEvents(); !status)
            return status;
        for (const CostComponent component : costComponents) {
            if (!m_profile.isPriced(component))
                continue;
            m_raw.clear();
            if (!collect(component))
                return tl::unexpected<Error>(tooLarge());
            if (const Status status = price(component); !status)
                return status;
        }
        std::stable_sort(m_done.begin(), m_done.end(), [](const RawLine& a, const RawLine& b) {
            return std::tie(a.event, a.line.role, a.line.team, a.line.service) <
                   std::tie(b.event, b.line.role, b.line.team, b.line.service);
        });
        for (RawLine& done : m_done)
            m_bill.lines.push_back(std::move(done.line));
        return {};
    }

    QStringList unknown; ///< events
    QStringList missing; ///< the same with what is missing, in words
    QStringList noPartitions;
    QStringList strangers; ///< topics that the catalog does not know
    QStringList observed;  ///< groups that nobody declared
    QStringList teamless;  ///< declared ones whose team no file names
    QStringList nobodys;   ///< events that name no producer, in words
    qsizetype priced = 0;
    bool isOverCapacity = false;

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
    void findStrangers()
    {
        if (m_options.measured == nullptr || !m_profile.isMeasured || !m_options.range)
            return;
        for (const auto& [name, usage] : m_options.measured->topics) {
            const bool isInternal = name.startsWith(u"__");
            if (isInternal || !m_catalog.eventTypesOfTopic(name).isEmpty() || usage.records.empty())
                continue;
            CatalogEvent stranger;
            stranger.topic = name;
            if (m_options.isIncluded && !m_options.isIncluded(stranger))
                continue;
            if (missingOf(stranger, m_profile, &usage).isEmpty())
                m_strangers.push_back(std::move(stranger));
            strangers += visibleText(name);
        }
    }

    Status loadEvents()
    {
        findStrangers();
        for (const CatalogEvent& event : m_strangers) {
            if (const Status status = load(event, usageOf(event)); !status)
                return status;
        }
        for (const CatalogEvent& event : m_catalog.events()) {
            if (m_options.isIncluded && !m_options.isIncluded(event))
                continue;
            const TopicUsage* usage = usageOf(event);
            const QString lacks = missingOf(event, m_profile, usage);
            if (!lacks.isEmpty()) {
                unknown += event.eventType;
                missing += u"%1 (no %2)"_s.arg(visibleText(event.eventType), lacks);
                continue;
            }
            if (const Status status = load(event, usage); !status)
                return status;
        }
        priced = static_cast<qsizetype>(m_loads.size() - m_strangers.size());
        return {};
    }

    Status load(const CatalogEvent& event, const TopicUsage* usage)
    {
        const auto load =
            eventLoad(event, m_catalog, m_profile, usage, usage != nullptr ? shareOf(event) : 1.0, m_days);
        if (!load || load->records > std::numeric_limits<std::int64_t>::max() ||
            !product(std::array{load->records, Wide{load->recordBytes}}))
            return tl::unexpected<Error>(tooLarge());
        for (const Participant& consumer : load->consumers) {
            if (consumer.isObserved && !observed.contains(consumer.service))
                observed += consumer.service;
        }
        const Wide bytes = load->records * Wide{load->recordBytes};
        m_bill.drivers.push_back(EventDrivers{
            .eventType = event.eventType,
            .topic = event.topic,
            .team = load->producer.team,
            .segment = m_segment,
            .days = static_cast<int>(m_days.size()),
            .records = static_cast<std::int64_t>(load->records),
            .recordBytes = load->recordBytes,
            .retentionDays =
                bytes > 0 ? static_cast<double>(load->keptByteMillidays) / 1000.0 / static_cast<double>(bytes) : 0.0,
            .consumers = static_cast<int>(load->consumers.size()),
            .basis = load->bytesBasis,
            .recordsByDay = load->recordsByDay});
        m_loads.push_back(*load);
        m_recordSeries.push_back(addSeries(load->recordsByDay));
        m_keptSeries.push_back(load->keptByDay == load->recordsByDay ? m_recordSeries.back()
                                                                     : addSeries(load->keptByDay));
        return {};
    }

    /// Values by day as marks over the segment's slices; -1 when the days are alike.
    int addSeries(const std::vector<std::int64_t>& byDay)
    {
        const CostSegment& segment = m_bill.segments[static_cast<std::size_t>(m_segment)];
        if (byDay.empty() || segment.endSlice == segment.firstSlice ||
            std::all_of(byDay.begin(), byDay.end(), [&](std::int64_t value) { return value == byDay.front(); }))
            return -1;
        // marks must fit whatever the values: they are ratios, so 2^40 steps are more than enough
        const std::int64_t most = *std::max_element(byDay.begin(), byDay.end());
        constexpr double steps = 1LL << 40;
        CostSeries marks{0};
        std::size_t day = 0;
        double within = 0;
        double before = 0; // sum of the whole days before, in steps
        for (int slice = segment.firstSlice; slice < segment.endSlice; ++slice) {
            const CostSlice& at = m_bill.slices[static_cast<std::size_t>(slice)];
            if (slice > segment.firstSlice &&
                at.localDay != m_bill.slices[static_cast<std::size_t>(slice - 1)].localDay) {
                before += std::floor(static_cast<double>(byDay[day]) / static_cast<double>(most) * steps);
                ++day;
                within = 0;
            }
            within += static_cast<double>(at.weight) / static_cast<double>(dayWeight);
            const double height = std::floor(static_cast<double>(byDay[day]) / static_cast<double>(most) * steps);
            marks.push_back(static_cast<std::int64_t>(before + std::floor(height * within + 0.5)));
        }
        m_bill.series.push_back(std::move(marks));
        return static_cast<int>(m_bill.series.size()) - 1;
    }

    [[nodiscard]] CostLine lineOf(CostComponent component, QuantityBasis basis) const
    {
        CostLine line;
        line.component = component;
        line.unit = m_profile.price(component).unit;
        line.rate = m_profile.price(component).rate;
        line.basis = basis;
        line.segment = m_segment;
        return line;
    }

    void addParts(std::size_t event, CostComponent component, const std::vector<AllocatedPart>& parts,
                  QuantityBasis basis, int series)
    {
        const EventLoad& load = m_loads[event];
        for (const AllocatedPart& part : parts) {
            RawLine raw{lineOf(component, basis), part.quantity, event};
            raw.line.eventType = load.event->eventType;
            raw.line.topic = load.event->topic;
            raw.line.series = series;
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
            nobodys += load.consumers.empty() ? u"%1 has no producer and no consumer"_s.arg(event)
                                              : u"%1 has no producer"_s.arg(event);
        else
            teamless +=
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

    bool addCaused(std::size_t event, CostComponent component, const CausedQuantity& quantity, QuantityBasis basis,
                   int series)
    {
        const int consumers = static_cast<int>(m_loads[event].consumers.size());
        const auto caused = causedParts(quantity, m_profile.price(component).chargedTo, consumers);
        if (!caused)
            return false;
        addParts(event, component, movedParts(*caused, m_options.policy, consumers, m_profile.usagePercent), basis,
                 series);
        return true;
    }

    [[nodiscard]] Wide bytesOf(const EventLoad& load) const { return load.records * Wide{load.recordBytes}; }
    [[nodiscard]] Wide dayCount() const { return static_cast<Wide>(m_days.size()); }

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
            const bool isStorage = component == CostComponent::Storage || component == CostComponent::TieredStorage;
            const QuantityBasis basis = basisOf(component, load);
            const bool isByTime = component == CostComponent::Registry;
            const int series = isByTime ? -1 : isStorage ? m_keptSeries[e] : m_recordSeries[e];
            if (!addCaused(e, component, *quantity, basis, series) ||
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
            return needed(load.records);
        case CostComponent::Registry:
            return needed(dayCount() * nanodays);
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
        const auto paid = product(std::array{Wide{*price.capacityBytes}, Wide{1000}, dayCount()});
        if (!paid)
            return false;
        isOverCapacity = used > *paid;
        addOfNoEvent(CostComponent::Storage, CostRole::Idle, *paid - used);
        return true;
    }

    bool collectPartitions()
    {
        Wide used = 0;
        for (std::size_t e = 0; e < m_loads.size(); ++e) {
            const EventLoad& load = m_loads[e];
            if (!load.partitions) {
                noPartitions += visibleText(load.event->eventType);
                continue;
            }
            const Wide quantity = Wide{*load.partitions} * dayCount() * nanodays;
            used += quantity;
            if (!addCaused(e, CostComponent::Partitions, {quantity, 0, false}, load.partitionsBasis, -1))
                return false;
        }
        if (const auto count = m_profile.price(CostComponent::Partitions).count)
            addOfNoEvent(CostComponent::Partitions, CostRole::Idle, Wide{*count} * dayCount() * nanodays - used);
        return true;
    }

    /// What is paid once for everybody: in parts by the bytes that each event moves.
    bool collectShared(CostComponent component)
    {
        const ComponentPrice& price = m_profile.price(component);
        const Wide reserved = Wide{price.count.value_or(1)} * dayCount() * nanodays;
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
            if (!addCaused(e, component, {(*parts)[e], 0, false}, m_loads[e].bytesBasis, m_recordSeries[e]))
                return false;
        }
        return true;
    }

    /// The part of reserved time that is used: bytes carried of those that could be.
    [[nodiscard]] Wide busyPart(Wide reserved, Wide carried, std::int64_t bytesPerSecond)
    {
        const auto could = product(std::array{Wide{bytesPerSecond}, Wide{86'400}, dayCount()});
        if (!could || *could == 0 || carried >= *could) {
            isOverCapacity = isOverCapacity || (could && carried > *could);
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
        std::move(m_raw.begin(), m_raw.end(), std::back_inserter(m_done));
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

    CostBill& m_bill;
    const Catalog& m_catalog;
    const CostOptions& m_options;
    const PricingProfile m_profile; // a copy: the bill's vector may grow
    int m_segment;
    std::vector<QDate> m_days;
    std::deque<CatalogEvent> m_strangers; // addresses stay
    std::vector<EventLoad> m_loads;
    std::vector<int> m_recordSeries; ///< by event
    std::vector<int> m_keptSeries;
    std::vector<RawLine> m_raw;                    ///< of the component at hand
    std::vector<RawLine> m_done;                   ///< of all components
    std::set<std::pair<std::size_t, int>> m_noted; ///< event, participant: said to be unattributed
};

struct Stretch
{
    PricingProfile profile;
    std::vector<QDate> days;
    int firstSlice = 0;
    int endSlice = 0;
};

/// The range in stretches of days with the same rates.
std::vector<Stretch> stretchesOf(const CostBill& bill, const PricingProfile& profile, const CostOptions& options)
{
    if (!bill.range)
        return {{profile.on(options.today), {QDate()}, 0, 0}};
    std::vector<Stretch> stretches;
    int slice = 0;
    const auto isOfDay = [&bill](int at, QDate day) {
        return at < static_cast<int>(bill.slices.size()) && bill.slices[static_cast<std::size_t>(at)].localDay == day;
    };
    for (QDate day = bill.range->first; day <= bill.range->last; day = day.addDays(1)) {
        const bool isChange =
            std::any_of(profile.changes.begin(), profile.changes.end(),
                        [day](const PricingProfile& change) { return change.effectiveFrom == day; }) ||
            std::find(options.cuts.begin(), options.cuts.end(), day) != options.cuts.end();
        if (stretches.empty() || isChange)
            stretches.push_back({profile.on(day), {}, slice, slice});
        stretches.back().days.push_back(day);
        while (isOfDay(slice, day))
            ++slice;
        stretches.back().endSlice = slice;
    }
    return stretches;
}

void appendNew(QStringList& list, const QStringList& more)
{
    for (const QString& one : more) {
        if (!list.contains(one))
            list += one;
    }
}

/// The first few of them.
QString someOf(const QStringList& names)
{
    constexpr qsizetype shown = 8;
    const QString first = names.first(std::min(shown, names.size())).join(u", "_s);
    return names.size() > shown ? u"%1 and %2 more"_s.arg(first).arg(names.size() - shown) : first;
}

} // namespace

Result<CostBill> costBill(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
{
    CostBill bill;
    bill.currency = profile.currency;
    bill.range = options.range;
    bill.policy = options.policy;
    bill.idlePolicy = options.idle;
    bill.profileName = profile.name;
    if (options.range)
        bill.slices = costSlices(*options.range);
    QStringList missing;
    QStringList noPartitions;
    QStringList observed;
    QStringList strangers;
    QStringList teamless;
    QStringList nobodys;
    bool isOverCapacity = false;
    for (Stretch& stretch : stretchesOf(bill, profile, options)) {
        bill.segments.push_back(CostSegment{.profile = stretch.profile,
                                            .connection = profile.connection,
                                            .firstSlice = stretch.firstSlice,
                                            .endSlice = stretch.endSlice,
                                            .days = static_cast<int>(stretch.days.size()),
                                            .calibrations = {}});
        Segment segment(bill, catalog, options, static_cast<int>(bill.segments.size()) - 1, std::move(stretch.days));
        if (const Status status = segment.run(); !status)
            return tl::unexpected<Error>(status.error());
        appendNew(bill.unknownEvents, segment.unknown);
        appendNew(missing, segment.missing);
        appendNew(noPartitions, segment.noPartitions);
        appendNew(observed, segment.observed);
        appendNew(teamless, segment.teamless);
        appendNew(nobodys, segment.nobodys);
        appendNew(strangers, segment.strangers);
        isOverCapacity = isOverCapacity || segment.isOverCapacity;
        bill.pricedEvents = std::max(bill.pricedEvents, segment.priced);
    }
    for (const OwnedEvent& event : catalog.owned()) {
        if (catalog.catalogEvent(event.eventType) == nullptr) {
            bill.unknownEvents += event.eventType;
            missing += u"%1 (not in the catalog)"_s.arg(visibleText(event.eventType));
        }
    }
    bill.totals = totalsOf(bill.lines);
    if (!missing.isEmpty())
        bill.notes += u"In no sum, because it is unknown: %1."_s.arg(missing.join(u", "_s));
    if (!noPartitions.isEmpty())
        bill.notes +=
            u"Without a price for partitions, because their number is unknown: %1."_s.arg(noPartitions.join(u", "_s));
    if (profile.price(CostComponent::Storage).chargedTo == ChargedTo::Each)
        bill.notes +=
            u"Storage is charged in full to the producer and to every consumer, so the total grows with the number of consumers and is no bill."_s;
    if (bill.totals.unattributed.micros > 0 && !teamless.isEmpty())
        bill.notes +=
            u"Unattributed, because neither the catalog nor ownership names their team: %1."_s.arg(someOf(teamless));
    if (bill.totals.unattributed.micros > 0 && !nobodys.isEmpty())
        bill.notes += u"Unattributed, because the catalog names nobody: %1."_s.arg(someOf(nobodys));
    if (!observed.isEmpty())
        bill.notes += u"Groups that read and that nobody declared: %1."_s.arg(visibleText(observed.join(u", "_s)));
    if (!strangers.isEmpty())
        bill.notes += u"Topics that the catalog does not know: %1."_s.arg(strangers.join(u", "_s));
    if (isOverCapacity)
        bill.notes +=
            u"The catalog's volumes need more storage than the profile's capacity, so nothing of it is idle."_s;
    return bill;
}

} // namespace spillway
