// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/cost/daybill.h"

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void appendNew(QStringList& list, const QStringList& more)
{
    for (const QString& one : more) {
        if (!list.contains(one))
            list += one;
    }
}

void addNotes(DayNotes& notes, const DayNotes& more)
{
    appendNew(notes.unknown, more.unknown);
    appendNew(notes.missing, more.missing);
    appendNew(notes.noPartitions, more.noPartitions);
    appendNew(notes.strangers, more.strangers);
    appendNew(notes.observed, more.observed);
    appendNew(notes.teamless, more.teamless);
    appendNew(notes.nobodys, more.nobodys);
    appendNew(notes.estimated, more.estimated);
    notes.priced = std::max(notes.priced, more.priced);
    notes.isOverCapacity = notes.isOverCapacity || more.isOverCapacity;
}

/// UTC days with the same rates.
struct Stretch
{
    PricingProfile profile;
    std::vector<QDate> days; ///< in order; one null day without a range
    int firstSlice = 0;
    int endSlice = 0;
};

/// The range in stretches of days with the same rates.
std::vector<Stretch> stretchesOf(const CostBill& bill, const PricingProfile& profile, const CostOptions& options)
{
    if (!bill.range)
        return {{profile.on(options.today), {QDate()}, 0, 0}};
    std::vector<Stretch> stretches;
    for (const auto& [first, end] : utcDays(bill)) {
        const QDate day = bill.slices[static_cast<std::size_t>(first)].utcDay();
        const bool isChange =
            std::any_of(profile.changes.begin(), profile.changes.end(),
                        [day](const PricingProfile& change) { return change.effectiveFrom == day; }) ||
            std::find(options.cuts.begin(), options.cuts.end(), day) != options.cuts.end();
        if (stretches.empty() || isChange)
            stretches.push_back({profile.on(day), {}, first, first});
        stretches.back().days.push_back(day);
        stretches.back().endSlice = end;
    }
    return stretches;
}

/// Days about which anything was measured; all others of a stretch are alike.
std::set<QDate> measuredDays(const PricingProfile& profile, const CostOptions& options)
{
    std::set<QDate> days;
    if (options.measured == nullptr || !profile.isMeasured)
        return days;
    for (const auto& [name, topic] : options.measured->topics) {
        for (const auto* byDay : {&topic.records, &topic.keptBytes, &topic.keptRecords}) {
            for (const auto& [day, amount] : *byDay)
                days.insert(day);
        }
    }
    return days;
}

/// One segment of the bill: its days' bills as one list of lines.
class SegmentMaker
{
public:
    SegmentMaker(CostBill& bill, const Catalog& catalog, const CostOptions& options, const Stretch& stretch)
        : m_bill(bill)
        , m_catalog(catalog)
        , m_options(options)
        , m_stretch(stretch)
    {
        m_segment.profile = stretch.profile;
        m_segment.connection = stretch.profile.connection;
        m_segment.firstDay = stretch.days.front();
        m_segment.firstSlice = stretch.firstSlice;
        m_segment.endSlice = stretch.endSlice;
        m_segment.days = static_cast<int>(stretch.days.size());
    }

    /// Adds the segment to the bill.
    Status run(DayNotes& notes)
    {
        const std::set<QDate> measured = measuredDays(m_stretch.profile, m_options);
        std::optional<int> plain; // the kind of days about which nothing was measured
        int slice = m_stretch.firstSlice;
        for (const QDate day : m_stretch.days) {
            const bool isPlain = !measured.contains(day);
            if (!isPlain || !plain) {
                auto bill = dayBill(m_catalog, m_stretch.profile, m_options, day);
                if (!bill)
                    return tl::unexpected<Error>(bill.error());
                addNotes(notes, bill->notes);
                m_drivers.push_back(std::move(bill->drivers));
                addKind(std::move(bill->lines));
                if (isPlain)
                    plain = static_cast<int>(m_kinds.size()) - 1;
            }
            const int kind = isPlain ? *plain : static_cast<int>(m_kinds.size()) - 1;
            m_segment.dayParts.push_back(kind);
            addDrivers(static_cast<std::size_t>(kind), day, slice);
        }
        finish();
        return {};
    }

private:
    /// A day's lines put among those of the days before; what one of them lacks is nothing there.
    void addKind(std::vector<DayBillLine> lines)
    {
        std::vector<DayBillLine> all;
        std::vector<CostDayPart> own;
        std::vector<std::size_t> places; // of the old lines among all
        const auto take = [&own](const CostLine& line) {
            own.push_back(
                {.quantity = line.quantity, .modelled = line.modelled, .amount = line.amount, .basis = line.basis});
        };
        std::size_t next = 0;
        for (DayBillLine& line : lines) {
            while (next < m_lines.size() && isBefore(m_lines[next], line)) {
                places.push_back(all.size());
                own.push_back({.basis = QuantityBasis::Measured}); // nothing, for sure
                all.push_back(std::move(m_lines[next++]));
            }
            take(line.line);
            if (next < m_lines.size() && !isBefore(line, m_lines[next])) {
                places.push_back(all.size());
                ++next;
            }
            all.push_back(std::move(line));
        }
        for (; next < m_lines.size(); ++next) {
            places.push_back(all.size());
            own.push_back({.basis = QuantityBasis::Measured});
            all.push_back(std::move(m_lines[next]));
        }
        if (all.size() > places.size()) {
            for (std::vector<CostDayPart>& kind : m_kinds) {
                std::vector<CostDayPart> moved(all.size(), CostDayPart{.basis = QuantityBasis::Measured});
                for (std::size_t i = 0; i < places.size(); ++i)
                    moved[places[i]] = kind[i];
                kind = std::move(moved);
            }
        }
        m_lines = std::move(all);
        m_kinds.push_back(std::move(own));
    }

    /// Adds what events were that day; `slice` is the day's first, and then the next day's.
    void addDrivers(std::size_t kind, QDate day, int& slice)
    {
        if (!day.isValid()) {
            for (const auto& [place, drivers] : m_drivers[kind])
                m_events[place] = drivers;
            return;
        }
        for (; slice < m_stretch.endSlice; ++slice) {
            const CostSlice& at = m_bill.slices[static_cast<std::size_t>(slice)];
            if (at.utcDay() != day)
                break;
            const std::int64_t from = toMs(at.start) - QDateTime(day, QTime(0, 0), Qt::UTC).toMSecsSinceEpoch();
            const std::int64_t length = toMs(at.end) - toMs(at.start);
            m_days += static_cast<double>(length) / 86'400'000.0;
            for (const auto& [place, drivers] : m_drivers[kind])
                addDrivers(place, drivers, at.localDay, partOfDay(drivers.records, from, from + length));
        }
    }

    void addDrivers(std::size_t place, const EventDrivers& day, QDate localDay, std::int64_t records)
    {
        const auto [at, isNew] = m_events.try_emplace(place, day);
        EventDrivers& sum = at->second;
        if (isNew) {
            sum.records = 0;
            sum.firstDay = localDay;
        }
        const auto before = static_cast<double>(sum.records);
        const auto more = static_cast<double>(records);
        const auto average = [before, more](double a, double b) {
            return before + more > 0 ? (a * before + b * more) / (before + more) : b;
        };
        m_sizes[place] = average(isNew ? 0.0 : m_sizes[place], static_cast<double>(day.recordBytes));
        sum.retentionDays = average(sum.retentionDays, day.retentionDays);
        sum.records += records;
        sum.consumers = std::max(sum.consumers, day.consumers);
        sum.basis = std::max(sum.basis, day.basis);
        sum.recordsByDay.resize(static_cast<std::size_t>(sum.firstDay.daysTo(localDay)) + 1);
        sum.recordsByDay.back() += records;
    }

    void finish()
    {
        const auto segment = static_cast<int>(m_bill.segments.size());
        m_segment.firstLine = static_cast<int>(m_bill.lines.size());
        for (DayBillLine& line : m_lines) {
            line.line.segment = segment;
            m_bill.lines.push_back(std::move(line.line));
        }
        m_segment.endLine = static_cast<int>(m_bill.lines.size());
        if (m_bill.range) {
            for (int& kind : m_segment.dayParts)
                kind += static_cast<int>(m_bill.dayParts.size());
            std::move(m_kinds.begin(), m_kinds.end(), std::back_inserter(m_bill.dayParts));
        } else {
            m_segment.dayParts.clear();
        }
        for (auto& [place, drivers] : m_events) {
            drivers.segment = segment;
            if (m_bill.range) {
                drivers.days = m_days;
                drivers.recordBytes = std::llround(m_sizes[place]);
            }
            m_bill.drivers.push_back(std::move(drivers));
        }
        m_bill.segments.push_back(std::move(m_segment));
    }

    CostBill& m_bill;
    const Catalog& m_catalog;
    const CostOptions& m_options;
    const Stretch& m_stretch;
    CostSegment m_segment;
    std::vector<DayBillLine> m_lines;                                         ///< of all kinds, in order
    std::vector<std::vector<CostDayPart>> m_kinds;                            ///< each as m_lines
    std::vector<std::vector<std::pair<std::size_t, EventDrivers>>> m_drivers; ///< by kind
    std::map<std::size_t, EventDrivers> m_events;                             ///< by place among the events
    std::map<std::size_t, double> m_sizes;                                    ///< average record
    double m_days = 0;                                                        ///< of 24 hours
};

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
    DayNotes notes;
    for (const Stretch& stretch : stretchesOf(bill, profile, options)) {
        if (const Status status = SegmentMaker(bill, catalog, options, stretch).run(notes); !status)
            return tl::unexpected<Error>(status.error());
    }
    bill.unknownEvents = notes.unknown;
    bill.pricedEvents = notes.priced;
    QStringList& missing = notes.missing;
    for (const OwnedEvent& event : catalog.owned()) {
        if (catalog.catalogEvent(event.eventType) == nullptr) {
            bill.unknownEvents += event.eventType;
            missing += u"%1 (not in the catalog)"_s.arg(visibleText(event.eventType));
        }
    }
    sumDays(bill);
    if (!missing.isEmpty())
        bill.notes += u"In no sum, because it is unknown: %1."_s.arg(missing.join(u", "_s));
    if (!notes.noPartitions.isEmpty())
        bill.notes += u"Without a price for partitions, because their number is unknown: %1."_s.arg(
            notes.noPartitions.join(u", "_s));
    if (bill.range && profile.effectiveFrom && bill.slices.front().utcDay() < *profile.effectiveFrom)
        bill.notes +=
            u"Profile %1 is in effect from %2 only; the days before it are reckoned at its rates, as no earlier ones are known."_s
                .arg(visibleText(profile.name), profile.effectiveFrom->toString(Qt::ISODate));
    if (profile.price(CostComponent::Storage).chargedTo == ChargedTo::Each && notes.priced > 0)
        bill.notes +=
            u"Storage is charged in full to the producer and to every consumer, so the total grows with the number of consumers and is no bill."_s;
    if (bill.totals.unattributed.micros > 0 && !notes.teamless.isEmpty())
        bill.notes += u"Unattributed, because neither the catalog nor ownership names their team: %1."_s.arg(
            someOf(notes.teamless));
    if (bill.totals.unattributed.micros > 0 && !notes.nobodys.isEmpty())
        bill.notes += u"Unattributed, because the catalog names nobody: %1."_s.arg(someOf(notes.nobodys));
    if (!notes.observed.isEmpty())
        bill.notes +=
            u"Groups that read and that nobody declared: %1."_s.arg(visibleText(notes.observed.join(u", "_s)));
    if (!notes.strangers.isEmpty())
        bill.notes += u"Topics that the catalog does not know: %1."_s.arg(notes.strangers.join(u", "_s));
    if (!notes.estimated.isEmpty())
        bill.notes +=
            u"What is kept is estimated from offsets and sizes of records, because no broker tells how large the logs are, of: %1."_s
                .arg(someOf(notes.estimated));
    if (notes.isOverCapacity)
        bill.notes +=
            u"The catalog's volumes need more storage than the profile's capacity, so nothing of it is idle."_s;
    return bill;
}

} // namespace spillway
