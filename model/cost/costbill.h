// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/catalog/catalog.h"
#include "model/cost/dayrange.h"
#include "model/cost/pricing.h"
#include "model/cost/usage.h"

#include <functional>
#include <optional>
#include <vector>

/// The bill: what everything cost, line by line, and who pays. Whatever the policy, its lines add up to its total, to
/// the micro-unit.
namespace spillway {

/// Who pays for an event. The total is the profile's; a policy only moves it.
enum class AllocationPolicy {
    Profile,  ///< as the profile's `charged_to` says
    Producer, ///< the producer pays everything
    Consumer, ///< the consumers in even parts; the producer where there are none
    Even,     ///< producer and consumers in even parts
    Mix,      ///< a share by the profile's `charged_to` (usage), the rest in even parts
    Platform, ///< the platform team pays everything
};
inline constexpr std::array allocationPolicies{AllocationPolicy::Profile,  AllocationPolicy::Producer,
                                               AllocationPolicy::Consumer, AllocationPolicy::Even,
                                               AllocationPolicy::Mix,      AllocationPolicy::Platform};
[[nodiscard]] QString
allocationPolicyWord(AllocationPolicy policy); ///< profile, producer, consumer, even, mix, platform
[[nodiscard]] Result<AllocationPolicy> parseAllocationPolicy(const QString& word);

/// What becomes of capacity that is paid for and not used (OpenCost: cost of the asset minus cost of the workload).
enum class IdlePolicy {
    Show,         ///< lines of its own
    Proportional, ///< on top of everybody's share of the same component
    Platform,     ///< the platform team pays it
};
[[nodiscard]] QString idlePolicyWord(IdlePolicy policy); ///< show, proportional, platform
[[nodiscard]] Result<IdlePolicy> parseIdlePolicy(const QString& word);

enum class CostRole { Producer, Consumer, Platform, Idle, Unattributed, Adjustment };
[[nodiscard]] QString costRoleWord(CostRole role); ///< producer, consumer, platform, idle, unattributed, adjustment

/// An amount of what is priced, in billionths of its unit: 3.750 GiB-Month are 3'750'000'000.
struct Quantity
{
    std::int64_t nanos = 0;
    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
};
/// A decimal number without trailing zeros, at most nine decimals: `3.75`.
[[nodiscard]] QString formatQuantity(Quantity quantity);

/// The part of a local day that lies in one UTC day. A local day is one slice in UTC, elsewhere two or three; of 23 or
/// 25 hours where clocks are changed.
struct CostSlice
{
    QDate localDay;
    UtcTime start;
    UtcTime end; ///< exclusive
    [[nodiscard]] QDate utcDay() const;
    friend bool operator==(const CostSlice&, const CostSlice&) = default;
};

/// The slices of a range of local days, in order, without gaps.
[[nodiscard]] std::vector<CostSlice> costSlices(const DayRange& range);

/// One event × team × role × component over one segment of the period.
struct CostLine
{
    QString eventType; ///< empty: of no event (idle, adjustment, fixed costs without events)
    QString topic;     ///< empty: unknown
    QString team;      ///< empty: nobody's
    QString service;   ///< the producer's or consumer's; empty: unknown
    CostRole role = CostRole::Producer;
    CostComponent component = CostComponent::Storage;
    Quantity quantity; ///< this line's part of it; quantity × rate = modelled, up to rounding
    PriceUnit unit = PriceUnit::Gib;
    Rate rate;
    QuantityBasis basis = QuantityBasis::Declared;
    Money modelled; ///< at the profile's rates
    Money amount;   ///< what is billed: modelled, or by calibration what the invoice says; negative only in adjustments
    int segment = 0; ///< in CostBill::segments
    friend bool operator==(const CostLine&, const CostLine&) = default;
};

/// By how much an invoice differs from the model, for one component in one stretch of days.
struct CostCalibration
{
    CostComponent component = CostComponent::Storage;
    QDate first = {}; ///< UTC days, both included, of the invoice that it comes from
    QDate last = {};
    Money modelled = {}; ///< of the days that both cover
    Money invoiced = {};
    std::optional<double> factor = std::nullopt; ///< invoiced / modelled; nullopt: nothing was modelled
    QString invoice = {};                        ///< name of the file that was imported
    bool isCarriedForward = false;               ///< the invoice is of earlier days, its factor was applied to these
    friend bool operator==(const CostCalibration&, const CostCalibration&) = default;
};

/// What a line comes to on one whole UTC day. This is what is rounded, once; all other amounts are sums of it and parts
/// by the hour.
struct CostDayPart
{
    Quantity quantity;
    Money modelled;
    Money amount;
    QuantityBasis basis = QuantityBasis::Declared;
    friend bool operator==(const CostDayPart&, const CostDayPart&) = default;
};

/// A stretch of UTC days with the same rates.
struct CostSegment
{
    PricingProfile profile;                    ///< the rates that hold in it
    QString connection;                        ///< the cluster it is about; empty: all
    QDate firstDay;                            ///< UTC; null without a range
    int firstSlice = 0;                        ///< in CostBill::slices
    int endSlice = 0;                          ///< exclusive; both 0 without a range
    int days = 1;                              ///< UTC days in it, the first and last of a range perhaps in part
    int firstLine = 0;                         ///< in CostBill::lines
    int endLine = 0;                           ///< exclusive
    std::vector<int> dayParts;                 ///< by UTC day: its place in CostBill::dayParts; empty without a range
    std::vector<CostCalibration> calibrations; ///< empty: not calibrated
    friend bool operator==(const CostSegment&, const CostSegment&) = default;
};

/// What the lines of one role or day add up to.
struct CostTotals
{
    Money total;      ///< of everything
    Money attributed; ///< producers, consumers and platform with a team
    Money unattributed;
    Money idle;
    Money adjustment;
    Money modelled;                                   ///< of everything, before calibration
    std::array<Money, costComponentCount> components; ///< billed, by component
    std::array<Money, quantityBases.size()> byBasis;  ///< billed, by QuantityBasis
    friend bool operator==(const CostTotals&, const CostTotals&) = default;
};

/// What an event's cost follows from, in one segment.
struct EventDrivers
{
    QString eventType; ///< empty: a topic that the catalog does not know
    QString topic;
    QString team; ///< the producer's; empty: unknown
    int segment = 0;
    QDate firstDay;           ///< of the bill's zone; null without a range
    double days = 1;          ///< of 24 hours
    std::int64_t records = 0; ///< in all days
    std::int64_t recordBytes = 0;
    double retentionDays = 0; ///< what is kept of one copy, in days of what is written; 0 when nothing is written
    int consumers = 0;
    QuantityBasis basis = QuantityBasis::Declared;
    std::vector<std::int64_t> recordsByDay; ///< by day of the bill's zone from `firstDay` on; empty without a range
    friend bool operator==(const EventDrivers&, const EventDrivers&) = default;
};

struct CostBill
{
    QString currency;
    std::optional<DayRange> range; ///< nullopt: one day at the catalog's volumes; then `slices` is empty
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idlePolicy = IdlePolicy::Show;
    QString profileName;
    std::vector<CostSlice> slices;
    std::vector<CostSegment> segments;
    std::vector<std::vector<CostDayPart>> dayParts; ///< days that are alike share one; each as its segment's lines
    std::vector<EventDrivers> drivers;              ///< by segment, event as in the catalog
    std::vector<CostLine> lines;                    ///< by segment, event as in the catalog, role, service, component
    CostTotals totals;
    qsizetype pricedEvents = 0;
    QStringList unknownEvents; ///< not in any sum, ordered as in the files
    QStringList notes;         ///< one sentence each, English
    friend bool operator==(const CostBill&, const CostBill&) = default;
};

struct CostOptions
{
    std::optional<DayRange> range;
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idle = IdlePolicy::Show;
    const MeasuredUsage* measured = nullptr; ///< not owned; only read with a range. nullptr: nothing was measured
    std::vector<QDate> cuts;                 ///< UTC days on which a segment begins, besides changes of rates
    QDate today;                             ///< without a range the rates of this day hold; null: the newest
    /// Only events for which this holds; empty: all. Given by connection where a workspace has several clusters.
    std::function<bool(const CatalogEvent&)> isIncluded;
};

/// The bill by one profile. Quantities are measured where `measured` covers the day, else declared, else assumed by the
/// profile; an event about which something is still missing is named in `unknownEvents`, never counted as zero.
/// Producer and consumers are the catalog's; where it names none, ownership.yaml's.
/// Amounts are exact until one rounding per UTC day and component, by largest remainder. A range is the sum of its UTC
/// days, so a day costs the same in whatever range it is asked; of a UTC day that a range in another zone touches in
/// part, it holds the part by the hour. Rates, invoices and measured quantities are by UTC day. Error InvalidConfig
/// when amounts do not fit. Pure; any thread.
[[nodiscard]] Result<CostBill> costBill(const Catalog& catalog, const PricingProfile& profile,
                                        const CostOptions& options = {});

/// A line's part in one slice.
struct CostDayLine
{
    const CostLine* line = nullptr;
    Quantity quantity;
    Money modelled;
    Money amount;
    QuantityBasis basis = QuantityBasis::Declared; ///< the weakest of these days
};
/// The lines of the slices [first, end), each once, zero amounts left out. Over all slices of a bill they add up to its
/// lines, exactly. A UTC day is one slice in UTC, elsewhere one to three neighbours.
[[nodiscard]] std::vector<CostDayLine> dayLines(const CostBill& bill, int first, int end);
/// First and end slice of each UTC day that the bill touches, in order.
[[nodiscard]] std::vector<std::pair<int, int>> utcDays(const CostBill& bill);

/// The part of a whole UTC day's amount that lies between two moments of the day, in milliseconds since it began.
/// Neighbouring parts add up, and the parts of a day are the day.
[[nodiscard]] std::int64_t partOfDay(std::int64_t amount, std::int64_t fromMs, std::int64_t toMs);
/// Makes lines and totals the sums of their days, after `dayParts` were set or changed.
void sumDays(CostBill& bill);

using ComponentAmounts = std::array<Money, costComponentCount>;
/// What each component is modelled with on each whole UTC day from the first one that the bill touches.
[[nodiscard]] std::vector<ComponentAmounts> modelledByDay(const CostBill& bill);

/// Puts another cluster's bill of the same days and currency into the first one.
void mergeBill(CostBill& into, CostBill other);

/// The totals of some lines; `bill.totals` is this of all.
[[nodiscard]] CostTotals totalsOf(const std::vector<CostLine>& lines);

} // namespace spillway
