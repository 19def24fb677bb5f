// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costreport.h"

#include "model/base/text.h"
#include "model/cost/exactshare.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A price as a fraction of micro-units: quantity * numerator / denominator. Storage quantities are byte-millidays, all
/// others counts times days.
struct UnitPrice
{
    Wide numerator = 0;
    Wide denominator = 1;
};

struct UnitScale
{
    Wide numerator = 1;
    Wide denominator = 1;
};

constexpr Wide gib = Wide{1} << 30;
constexpr Wide gb = 1'000'000'000;
constexpr Wide millidays = 1000;

UnitScale scaleOf(PriceUnit unit)
{
    switch (unit) { // a month is 365/12 days
    case PriceUnit::GibDay:
        return {1, gib * millidays};
    case PriceUnit::GibMonth:
        return {12, gib * millidays * 365};
    case PriceUnit::GbDay:
        return {1, gb * millidays};
    case PriceUnit::GbMonth:
        return {12, gb * millidays * 365};
    case PriceUnit::Gib:
        return {1, gib};
    case PriceUnit::Gb:
        return {1, gb};
    case PriceUnit::MillionEvents:
        return {1, 1'000'000};
    case PriceUnit::EntryDay:
    case PriceUnit::SchemaDay:
        return {1, 1};
    case PriceUnit::EntryMonth:
    case PriceUnit::SchemaMonth:
        return {12, 365};
    }
    return {};
}

UnitPrice unitPrice(const ComponentPrice& price)
{
    const UnitScale scale = scaleOf(price.unit);
    UnitPrice unit{Wide{price.rate.mantissa} * scale.numerator, scale.denominator};
    for (int digit = price.rate.scale; digit < 6; ++digit)
        unit.numerator *= 10;
    for (int digit = 6; digit < price.rate.scale; ++digit)
        unit.denominator *= 10;
    return unit;
}

/// Who takes part in an event. A team may appear several times: each service pays on its own.
struct Participants
{
    QString producer; ///< team; empty when unknown
    std::vector<QString> consumers;
};

Participants participantsOf(const CatalogEvent& event, const Catalog& catalog)
{
    const OwnedEvent* owned = catalog.ownedEvent(event.eventType);
    Participants participants;
    participants.producer =
        event.producer.team.isEmpty() && owned != nullptr ? owned->producer.team : event.producer.team;
    const auto& consumers = event.consumers.empty() && owned != nullptr ? owned->consumers : event.consumers;
    for (const ConsumerEntry& consumer : consumers)
        participants.consumers.push_back(consumer.team);
    return participants;
}

/// Exact sums of one component: numerators over the component's denominator, by team ("" is nobody's).
class Shares
{
public:
    [[nodiscard]] bool add(const QString& team, Wide amount)
    {
        Wide& sum = m_byTeam[team];
        return !__builtin_add_overflow(sum, amount, &sum);
    }
    /// An even split, to the last part: the first participants take what does not divide.
    [[nodiscard]] bool split(const std::vector<QString>& teams, Wide amount)
    {
        const auto count = static_cast<Wide>(teams.size());
        Wide left = amount % count;
        bool fits = true;
        for (const QString& team : teams) {
            fits = add(team, amount / count + (left > 0 ? 1 : 0)) && fits;
            left -= left > 0 ? 1 : 0;
        }
        return fits;
    }
    [[nodiscard]] const std::map<QString, Wide>& byTeam() const { return m_byTeam; }

private:
    std::map<QString, Wide> m_byTeam;
};

bool charge(Shares& shares, ChargedTo chargedTo, const Participants& participants, Wide amount)
{
    bool fits = true;
    switch (chargedTo) {
    case ChargedTo::Each:
        fits = shares.add(participants.producer, amount);
        for (const QString& team : participants.consumers)
            fits = shares.add(team, amount) && fits;
        return fits;
    case ChargedTo::Producer:
        return shares.add(participants.producer, amount);
    case ChargedTo::Consumers:
        for (const QString& team : participants.consumers)
            fits = shares.add(team, amount) && fits;
        return fits;
    case ChargedTo::Split: {
        std::vector<QString> everyone{participants.producer};
        everyone.insert(everyone.end(), participants.consumers.begin(), participants.consumers.end());
        return shares.split(everyone, amount);
    }
    }
    return false;
}

/// How much of a component's unit one event uses in the period; nullopt when it does not fit.
std::optional<Wide> quantityOf(CostComponent component, const CatalogEvent& event, const PricingProfile& profile,
                               int days)
{
    const Wide volume = *event.avgDailyVolume;
    const Wide bytes = *event.avgPayloadBytes;
    switch (component) {
    case CostComponent::Storage: {
        const Wide retention = std::llround(profile.retentionDays.value_or(event.retentionDays.value_or(0)) * 1000);
        return product(std::array{volume, bytes, retention, Wide{profile.replication}, Wide{days}});
    }
    case CostComponent::Network:
        return product(std::array{volume, bytes, Wide{days}});
    case CostComponent::Compute:
        return product(std::array{volume, Wide{days}});
    case CostComponent::Registry:
        return Wide{days};
    }
    return std::nullopt;
}

/// What is missing to price an event, in words; empty when nothing is.
QString missingOf(const CatalogEvent& event, const PricingProfile& profile)
{
    QStringList missing;
    if (!event.avgDailyVolume)
        missing += u"avg_daily_volume"_s;
    if (!event.avgPayloadBytes)
        missing += u"avg_payload_bytes"_s;
    if (!event.retentionDays && !profile.retentionDays)
        missing += u"retention_days"_s;
    return missing.join(u", "_s);
}

class Calculation
{
public:
    Calculation(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
        : m_catalog(catalog)
        , m_profile(profile)
    {
        m_report.currency = profile.currency;
        m_report.range = options.range;
        m_report.basis.profile = profile;
        if (options.range)
            m_report.basis.days = static_cast<int>(options.range->first.daysTo(options.range->last)) + 1;
    }

    Result<CostReport> run()
    {
        sortEvents();
        for (const CostComponent component : costComponents) {
            if (const Status status = price(component); !status)
                return tl::unexpected<Error>(status.error());
        }
        for (auto& [team, row] : m_rows)
            m_report.teams.push_back(std::move(row));
        std::stable_sort(m_report.teams.begin(), m_report.teams.end(),
                         [](const CostRow& a, const CostRow& b) { return a.total > b.total; });
        addNotes();
        return std::move(m_report);
    }

private:
    void sortEvents()
    {
        for (const CatalogEvent& event : m_catalog.events()) {
            const QString missing = missingOf(event, m_profile);
            if (missing.isEmpty()) {
                m_priced.push_back(&event);
                continue;
            }
            m_report.basis.unknownEvents += event.eventType;
            m_missing += u"%1 (no %2)"_s.arg(visibleText(event.eventType), missing);
        }
        for (const OwnedEvent& event : m_catalog.owned()) {
            if (m_catalog.catalogEvent(event.eventType) == nullptr) {
                m_report.basis.unknownEvents += event.eventType;
                m_missing += u"%1 (not in the catalog)"_s.arg(visibleText(event.eventType));
            }
        }
        m_report.basis.pricedEvents = static_cast<qsizetype>(m_priced.size());
    }

    Status price(CostComponent component)
    {
        const ComponentPrice& price = m_profile.price(component);
        const UnitPrice unit = unitPrice(price);
        Shares shares;
        bool fits = true;
        Wide used = 0;
        for (const CatalogEvent* event : m_priced) {
            const auto quantity = quantityOf(component, *event, m_profile, m_report.basis.days);
            const auto amount = quantity ? product(std::array{*quantity, unit.numerator}) : std::nullopt;
            fits = fits && amount && !__builtin_add_overflow(used, *amount, &used) &&
                   charge(shares, price.chargedTo, participantsOf(*event, m_catalog), *amount);
        }
        Wide idle = 0;
        if (price.capacityBytes) {
            const auto paid =
                product(std::array{Wide{*price.capacityBytes}, millidays, Wide{m_report.basis.days}, unit.numerator});
            fits = fits && paid;
            idle = paid && *paid > used ? *paid - used : 0;
            m_isOverCapacity = paid && used > *paid;
        }
        if (!fits)
            return fail(
                ErrorCode::InvalidConfig,
                u"the cost is too large to be computed; check the volumes and sizes of the catalog and the rates of the pricing profile"_s);
        return round(component, shares, idle, unit.denominator);
    }

    Status round(CostComponent component, const Shares& shares, Wide idle, Wide denominator)
    {
        std::vector<Wide> numerators{idle};
        std::vector<CostRow*> rows{&m_report.idle};
        for (const auto& [team, numerator] : shares.byTeam()) {
            numerators.push_back(numerator);
            CostRow& row = team.isEmpty() ? m_report.unattributed : m_rows[team];
            row.team = team;
            rows.push_back(&row);
        }
        const auto rounded = roundShares(numerators, denominator);
        if (!rounded)
            return tl::unexpected<Error>(rounded.error());
        const auto at = static_cast<std::size_t>(component);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (CostRow* row : {rows[i], &m_report.total}) {
                row->components[at] += (*rounded)[i];
                row->total += (*rounded)[i];
            }
        }
        return {};
    }

    void addNotes()
    {
        QStringList& notes = m_report.basis.notes;
        if (!m_missing.isEmpty())
            notes += u"In no sum, because it is unknown: %1."_s.arg(m_missing.join(u", "_s));
        if (m_profile.price(CostComponent::Storage).chargedTo == ChargedTo::Each)
            notes +=
                u"Storage is charged in full to the producer and to every consumer, so the total grows with the number of consumers and is no bill."_s;
        if (m_report.unattributed.total.micros > 0)
            notes += u"Unattributed: the catalog names a producer or consumer without a team."_s;
        if (m_isOverCapacity)
            notes +=
                u"The catalog's volumes need more storage than the profile's capacity, so nothing of it is idle."_s;
    }

    const Catalog& m_catalog;
    const PricingProfile& m_profile;
    std::vector<const CatalogEvent*> m_priced;
    QStringList m_missing;
    std::map<QString, CostRow> m_rows;
    bool m_isOverCapacity = false;
    CostReport m_report;
};

} // namespace

Result<std::optional<DayRange>> parseDayRange(const QString& from, const QString& to, const QString& timeZone)
{
    const QString zone = timeZone.isEmpty() ? u"UTC"_s : timeZone;
    if (!QTimeZone(zone.toUtf8()).isValid())
        return fail(ErrorCode::InvalidConfig,
                    u"'%1' is no time zone; write an IANA name like UTC or Europe/Berlin"_s.arg(visibleText(zone)));
    if (from.isEmpty() && to.isEmpty())
        return std::optional<DayRange>();
    if (from.isEmpty() || to.isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"--from and --to belong together; write both days, like --from 2026-11-01 --to 2026-11-30"_s);
    DayRange range{QDate::fromString(from, u"yyyy-MM-dd"_s), QDate::fromString(to, u"yyyy-MM-dd"_s), zone};
    for (const auto& [day, text] : {std::pair(range.first, from), std::pair(range.last, to)}) {
        if (!day.isValid())
            return fail(ErrorCode::InvalidConfig,
                        u"'%1' is no day; write year, month and day, like 2026-11-30"_s.arg(visibleText(text)));
    }
    constexpr qint64 mostDays = 36'600;
    const qint64 days = range.first.daysTo(range.last) + 1;
    if (days < 1 || days > mostDays)
        return fail(ErrorCode::InvalidConfig,
                    u"--to %1 is %2 --from %3; write the first and the last day, both are counted"_s.arg(
                        to, days < 1 ? u"before"_s : u"more than a century after"_s, from));
    return std::optional(range);
}

Result<CostReport> costReport(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
{
    return Calculation(catalog, profile, options).run();
}

} // namespace spillway
