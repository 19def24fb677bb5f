// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costreport.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString volumesWord(const CostBill& bill)
{
    const auto of = [&bill](QuantityBasis basis) {
        return std::any_of(bill.lines.begin(), bill.lines.end(), [basis](const CostLine& line) {
            return line.basis == basis && line.role != CostRole::Adjustment; // an invoice's word
        });
    };
    const bool isMeasured = of(QuantityBasis::Measured);
    const bool isDeclared = of(QuantityBasis::Declared);
    const bool isAssumed = of(QuantityBasis::Assumed);
    if (int{isMeasured} + int{isDeclared} + int{isAssumed} > 1)
        return u"mixed"_s;
    return isMeasured ? u"measured"_s : isAssumed ? u"assumed"_s : u"declared"_s;
}

std::vector<CostTerms> termsOf(const CostBill& bill)
{
    std::vector<CostTerms> terms;
    for (const CostSegment& segment : bill.segments) {
        const QDate last = segment.firstDay.isValid() ? segment.firstDay.addDays(segment.days - 1) : QDate();
        // an invoice cuts segments too, and changes no rate
        if (!terms.empty() && terms.back().profile == segment.profile)
            terms.back().last = last;
        else
            terms.push_back({segment.profile, segment.firstDay, last});
    }
    return terms;
}

/// What holds throughout.
PricingProfile commonOf(const std::vector<CostTerms>& terms, const QString& names)
{
    PricingProfile common = terms.empty() ? PricingProfile() : terms.back().profile;
    common.name = names;
    for (const CostTerms& one : terms) {
        if (one.profile.source != common.source)
            common.source.clear();
        if (one.profile.effectiveFrom != common.effectiveFrom)
            common.effectiveFrom.reset();
        if (one.profile.retentionDays != common.retentionDays)
            common.retentionDays.reset();
    }
    return common;
}

void addTo(CostRow& row, const CostLine& line)
{
    row.components[componentIndex(line.component)] += line.amount;
    row.total += line.amount;
}

} // namespace

CostReport reportOf(const CostBill& bill)
{
    CostReport report;
    report.currency = bill.currency;
    report.range = bill.range;
    std::map<QString, CostRow> teams;
    for (const CostLine& line : bill.lines) {
        if (line.role == CostRole::Idle)
            addTo(report.idle, line);
        else if (line.role == CostRole::Adjustment)
            addTo(report.adjustment, line);
        else if (line.role == CostRole::Unattributed)
            addTo(report.unattributed, line);
        else
            addTo(teams[line.team], line);
        addTo(report.total, line);
    }
    for (auto& [team, row] : teams) {
        row.team = team;
        report.teams.push_back(std::move(row));
    }
    std::stable_sort(report.teams.begin(), report.teams.end(),
                     [](const CostRow& a, const CostRow& b) { return a.total > b.total; });
    CostBasis& basis = report.basis;
    basis.terms = termsOf(bill);
    basis.profile = commonOf(basis.terms, bill.profileName);
    basis.volumes = volumesWord(bill);
    basis.byBasis = bill.totals.byBasis;
    basis.policy = bill.policy;
    basis.idlePolicy = bill.idlePolicy;
    basis.days = bill.range ? static_cast<int>(bill.range->first.daysTo(bill.range->last)) + 1 : 1;
    basis.pricedEvents = bill.pricedEvents;
    basis.unknownEvents = bill.unknownEvents;
    basis.notes = bill.notes;
    for (const CostSegment& segment : bill.segments)
        basis.calibrations.insert(basis.calibrations.end(), segment.calibrations.begin(), segment.calibrations.end());
    return report;
}

Result<CostReport> costReport(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
{
    return costBill(catalog, profile, options).map(&reportOf);
}

} // namespace spillway
