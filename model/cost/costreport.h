// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

namespace spillway {

/// Amounts by CostComponent, and their sum.
struct CostRow
{
    QString team; ///< empty for what belongs to no team
    std::array<Money, costComponentCount> components;
    Money total;
    [[nodiscard]] Money of(CostComponent component) const { return components[componentIndex(component)]; }
    friend bool operator==(const CostRow&, const CostRow&) = default;
};

/// Rates, and when they hold: of one cluster, between two changes.
struct CostTerms
{
    PricingProfile profile;
    QDate first; ///< UTC, both included; null without a range
    QDate last;
    friend bool operator==(const CostTerms&, const CostTerms&) = default;
};

/// What the numbers rest on.
struct CostBasis
{
    /// The last terms' rates; the name is all profiles', and what the terms say differently is empty.
    PricingProfile profile;
    std::vector<CostTerms> terms;                 ///< by cluster, then day; one, but where clusters or changes differ
    QString volumes = QStringLiteral("declared"); ///< from the catalog; `measured` or `mixed` where samples cover days
    std::array<Money, quantityBases.size()> byBasis; ///< what rests on each kind of quantity
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idlePolicy = IdlePolicy::Show;
    std::vector<CostCalibration> calibrations;
    int days = 1;
    qsizetype pricedEvents = 0;
    QStringList
        unknownEvents; ///< without volume or size, or not in the catalog at all: in no sum; ordered as in the files
    QStringList notes; ///< one sentence each, English
    friend bool operator==(const CostBasis&, const CostBasis&) = default;
};

struct CostReport
{
    QString currency;
    std::optional<DayRange> range; ///< nullopt: one day, at the catalog's volumes
    std::vector<CostRow> teams;    ///< dearest first, then by name
    CostRow unattributed;          ///< producers and consumers without a team
    CostRow idle;                  ///< capacity that is paid for and not used
    CostRow adjustment;            ///< what an invoice holds beyond the model; may be negative
    CostRow total;                 ///< teams + unattributed + idle + adjustment, to the micro-unit, in every column
    CostBasis basis;
    /// There are events, and nothing of them could be priced: the total is not known, and not 0.
    [[nodiscard]] bool isUnknown() const
    {
        return basis.pricedEvents == 0 && total.total.micros == 0 && !basis.unknownEvents.isEmpty();
    }
    friend bool operator==(const CostReport&, const CostReport&) = default;
};

/// A bill by team.
[[nodiscard]] CostReport reportOf(const CostBill& bill);

/// What each team's events cost. Volumes are the catalog's daily averages; an event without volume or size is named in
/// `basis.unknownEvents`, never counted as zero. Producer and consumers are the catalog's; where it names none,
/// ownership.yaml's. Amounts are exact until one rounding per component, by largest remainder, so that every row and
/// column adds up. Error InvalidConfig when amounts do not fit 64 bits. Pure; any thread.
[[nodiscard]] Result<CostReport> costReport(const Catalog& catalog, const PricingProfile& profile,
                                            const CostOptions& options = {});

} // namespace spillway
