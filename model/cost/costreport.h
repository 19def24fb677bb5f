// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/cost/pricing.h"

#include <QDate>

namespace spillway {

/// Days, both included.
struct DayRange
{
    QDate first;
    QDate last;
    QString timeZone = QStringLiteral("UTC"); ///< IANA name of the zone whose days these are
    friend bool operator==(const DayRange&, const DayRange&) = default;
};

/// Reads what `--from`, `--to` and `--time-zone` say; both days empty is nullopt: one day. InvalidConfig names the
/// fault.
[[nodiscard]] Result<std::optional<DayRange>> parseDayRange(const QString& from, const QString& to,
                                                            const QString& timeZone);

/// Amounts by CostComponent, and their sum.
struct CostRow
{
    QString team; ///< empty for what belongs to no team
    std::array<Money, 4> components;
    Money total;
    [[nodiscard]] Money of(CostComponent component) const { return components[static_cast<std::size_t>(component)]; }
    friend bool operator==(const CostRow&, const CostRow&) = default;
};

/// What the numbers rest on.
struct CostBasis
{
    PricingProfile profile;
    QString volumes = QStringLiteral("declared"); ///< from the catalog; not measured
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
    CostRow total;                 ///< teams + unattributed + idle, to the micro-unit, in every column
    CostBasis basis;
    friend bool operator==(const CostReport&, const CostReport&) = default;
};

struct CostOptions
{
    std::optional<DayRange> range;
};

/// What each team's events cost. Volumes are the catalog's daily averages; an event without volume or size is named in
/// `basis.unknownEvents`, never counted as zero. Producer and consumers are the catalog's; where it names none,
/// ownership.yaml's. Amounts are exact until one rounding per component, by largest remainder, so that every row and
/// column adds up. Error InvalidConfig when amounts do not fit 64 bits. Pure; any thread.
[[nodiscard]] Result<CostReport> costReport(const Catalog& catalog, const PricingProfile& profile,
                                            const CostOptions& options = {});

} // namespace spillway
