// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/calibration.h"

#include "model/cost/exactshare.h"
#include "model/cost/nnls.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

CostComponent countedAs(CostComponent component, const PricingProfile& profile)
{
    const bool isPath = component == CostComponent::Ingress || component == CostComponent::Egress;
    return isPath && !profile.isPriced(component) ? CostComponent::Network : component;
}

void addNew(QStringList& list, const QString& one)
{
    if (!list.contains(one))
        list += one;
}

/// A part of a signed amount; neighbouring parts add up.
std::int64_t partOf(std::int64_t amount, std::int64_t from, std::int64_t to, std::int64_t whole)
{
    const Wide magnitude = amount < 0 ? -Wide{amount} : Wide{amount};
    const auto part = static_cast<std::int64_t>(magnitude * to / whole - magnitude * from / whole);
    return amount < 0 ? -part : part;
}

Money ofAll(const std::array<Money, costComponentCount>& components, const std::vector<std::size_t>& some)
{
    Money sum;
    for (const std::size_t component : some)
        sum += components[component];
    return sum;
}

/// Components of a month that a total has to pay for: modelled, and without charges of their own.
std::vector<std::size_t> paidByTotal(const CalibratedMonth& month)
{
    std::vector<std::size_t> some;
    for (std::size_t c = 0; c < costComponentCount; ++c) {
        if (month.modelled[c].micros > 0 && !month.invoiced.components[c])
            some.push_back(c);
    }
    return some;
}

/// Factors that divide totals; empty: they cannot be told.
std::map<std::size_t, double> factorsOfTotals(const std::vector<CalibratedMonth>& months)
{
    std::vector<std::size_t> components;
    std::size_t count = 0;
    for (const CalibratedMonth& month : months) {
        if (!month.invoiced.total)
            continue;
        ++count;
        for (const std::size_t component : paidByTotal(month)) {
            if (std::find(components.begin(), components.end(), component) == components.end())
                components.push_back(component);
        }
    }
    if (count < fewestMonthsForTotals)
        return {};
    std::vector<std::vector<double>> rows;
    std::vector<double> totals;
    for (const CalibratedMonth& month : months) {
        if (!month.invoiced.total)
            continue;
        std::vector<double>& row = rows.emplace_back();
        for (const std::size_t component : components)
            row.push_back(static_cast<double>(month.modelled[component].micros));
        totals.push_back(static_cast<double>(month.invoiced.total->micros));
    }
    const auto solved = nonNegativeLeastSquares(rows, totals);
    std::map<std::size_t, double> factors;
    for (std::size_t c = 0; solved && c < components.size(); ++c)
        factors[components[c]] = (*solved)[c];
    return factors;
}

void divideTotal(CalibratedMonth& month, const std::map<std::size_t, double>& factors)
{
    if (!month.invoiced.total)
        return;
    const Money total = *month.invoiced.total;
    const std::vector<std::size_t> some = paidByTotal(month);
    const Money modelled = ofAll(month.modelled, some);
    if (modelled.micros <= 0 || total.micros < 0) {
        month.residual += total;
        return;
    }
    std::int64_t given = 0;
    if (factors.empty()) {
        std::vector<Wide> weights;
        for (const std::size_t component : some)
            weights.push_back(month.modelled[component].micros);
        const auto parts = splitExactly(total.micros, weights).value_or(std::vector<Wide>(some.size(), 0));
        for (std::size_t i = 0; i < some.size(); ++i) {
            month.billed[some[i]] = Money{static_cast<std::int64_t>(parts[i])};
            given += static_cast<std::int64_t>(parts[i]);
        }
    } else {
        for (const std::size_t component : some) {
            const auto factor = factors.find(component);
            const double amount =
                static_cast<double>(month.modelled[component].micros) * (factor != factors.end() ? factor->second : 0);
            month.billed[component] = Money{std::llround(amount)};
            given += month.billed[component]->micros;
        }
    }
    month.residual.micros += total.micros - given;
}

/// One segment's part of a month.
class SegmentCalibration
{
public:
    SegmentCalibration(CostBill& bill, std::size_t segment)
        : m_bill(bill)
        , m_segment(segment)
    {
        for (std::size_t i = 0; i < bill.lines.size(); ++i) {
            if (bill.lines[i].segment == static_cast<int>(segment))
                m_byComponent[componentIndex(bill.lines[i].component)].push_back(i);
        }
    }

    [[nodiscard]] std::int64_t modelled(std::size_t component) const
    {
        std::int64_t sum = 0;
        for (const std::size_t line : m_byComponent[component])
            sum += m_bill.lines[line].modelled.micros;
        return sum;
    }

    /// False: there is nobody to carry it.
    bool bill(std::size_t component, std::int64_t amount)
    {
        std::vector<Wide> weights;
        for (const std::size_t line : m_byComponent[component])
            weights.push_back(m_bill.lines[line].modelled.micros);
        const std::int64_t magnitude = amount < 0 ? -amount : amount;
        const auto parts = splitExactly(magnitude, weights);
        if (weights.empty() || !parts)
            return false;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const auto part = static_cast<std::int64_t>((*parts)[i]);
            m_bill.lines[m_byComponent[component][i]].amount = Money{amount < 0 ? -part : part};
        }
        return true;
    }

    void adjust(std::int64_t amount)
    {
        if (amount == 0)
            return;
        CostLine line;
        line.role = CostRole::Adjustment;
        line.component = CostComponent::Fixed;
        line.unit = PriceUnit::Month;
        line.basis = QuantityBasis::Measured; // an invoice
        line.amount = Money{amount};
        line.segment = static_cast<int>(m_segment);
        m_bill.lines.push_back(std::move(line));
    }

private:
    CostBill& m_bill;
    std::size_t m_segment;
    std::array<std::vector<std::size_t>, costComponentCount> m_byComponent;
};

CostCalibration factorOf(std::size_t component, const CalibratedMonth& month, bool isCarried)
{
    const Money modelled = month.modelled[component];
    const Money billed = *month.billed[component];
    return {.component = costComponents[component],
            .first = month.invoiced.first,
            .last = month.invoiced.last,
            .modelled = modelled,
            .invoiced = billed,
            .factor = modelled.micros > 0
                          ? std::optional(static_cast<double>(billed.micros) / static_cast<double>(modelled.micros))
                          : std::nullopt,
            .invoice = month.invoiced.invoices.join(u", "_s),
            .isCarriedForward = isCarried};
}

} // namespace

std::vector<InvoicedMonth> invoicedMonths(const std::vector<Invoice>& invoices, const PricingProfile& profile)
{
    std::map<std::pair<int, int>, InvoicedMonth> months;
    for (const Invoice& invoice : invoices) {
        if (invoice.profile != profile.name || invoice.currency != profile.currency)
            continue;
        for (const InvoiceLine& line : invoice.lines) {
            const auto [at, isNew] = months.try_emplace({line.first.year(), line.first.month()});
            InvoicedMonth& month = at->second;
            month.first = isNew ? line.first : std::min(month.first, line.first);
            month.last = isNew ? line.last : std::max(month.last, line.last);
            addNew(month.invoices, invoice.name);
            if (line.isTotal) {
                month.total = month.total.value_or(Money{}) + line.amount;
            } else if (line.component) {
                auto& sum = month.components[componentIndex(countedAs(*line.component, profile))];
                sum = sum.value_or(Money{}) + line.amount;
            } else {
                month.others += line.amount;
                addNew(month.otherLabels, line.label);
            }
        }
    }
    std::vector<InvoicedMonth> all;
    for (auto& [key, month] : months)
        all.push_back(std::move(month));
    return all;
}

std::vector<QDate> calibrationCuts(const std::vector<InvoicedMonth>& months)
{
    std::vector<QDate> cuts;
    for (const InvoicedMonth& month : months) {
        cuts.push_back(month.first);
        cuts.push_back(month.last.addDays(1));
    }
    return cuts;
}

std::vector<CalibratedMonth> calibrateMonths(const std::vector<InvoicedMonth>& months,
                                             const std::vector<std::array<Money, costComponentCount>>& modelled)
{
    std::vector<CalibratedMonth> calibrated;
    for (std::size_t m = 0; m < months.size(); ++m)
        calibrated.push_back({.invoiced = months[m], .modelled = modelled[m], .billed = {}, .residual = {}});
    const auto factors = factorsOfTotals(calibrated);
    for (CalibratedMonth& month : calibrated) {
        month.residual = month.invoiced.others;
        for (std::size_t c = 0; c < costComponentCount; ++c) {
            if (!month.invoiced.components[c])
                continue;
            if (month.modelled[c].micros > 0)
                month.billed[c] = month.invoiced.components[c];
            else
                month.residual += *month.invoiced.components[c];
        }
        divideTotal(month, factors);
        // What the model has and the invoice has not is no part of the bill: the adjustment takes it off again.
        for (std::size_t c = 0; c < costComponentCount; ++c)
            month.residual.micros -= month.billed[c] ? 0 : month.modelled[c].micros;
    }
    return calibrated;
}

void calibrate(CostBill& bill, const std::vector<CalibratedMonth>& months)
{
    if (months.empty() || bill.slices.empty())
        return;
    std::map<const CalibratedMonth*, std::array<std::int64_t, costComponentCount>> billedBefore;
    for (std::size_t s = 0; s < bill.segments.size(); ++s) {
        CostSegment& segment = bill.segments[s];
        const QDate day = bill.slices[static_cast<std::size_t>(segment.firstSlice)].localDay;
        const auto at = std::find_if(months.begin(), months.end(), [day](const CalibratedMonth& month) {
            return day >= month.invoiced.first && day <= month.invoiced.last;
        });
        const bool isCarried = at == months.end() && day > months.back().invoiced.last;
        if (at == months.end() && !isCarried)
            continue;
        const CalibratedMonth& month = isCarried ? months.back() : *at;
        SegmentCalibration part(bill, s);
        auto& before = billedBefore[&month];
        for (std::size_t c = 0; c < costComponentCount; ++c) {
            const std::int64_t own = part.modelled(c);
            if (!month.billed[c] || own == 0 || month.modelled[c].micros == 0)
                continue;
            // parts of the invoice as the parts of what was modelled; together they are the whole of it
            const std::int64_t from = isCarried ? 0 : before[c];
            part.bill(c, partOf(month.billed[c]->micros, from, from + own, month.modelled[c].micros));
            if (!isCarried)
                before[c] += own;
            bill.segments[s].calibrations.push_back(factorOf(c, month, isCarried));
        }
        if (!isCarried) {
            const auto days = month.invoiced.first.daysTo(month.invoiced.last) + 1;
            const auto from = month.invoiced.first.daysTo(day);
            part.adjust(partOf(month.residual.micros, from, from + bill.segments[s].days, days));
        }
    }
    bill.totals = totalsOf(bill.lines);
}

} // namespace spillway
