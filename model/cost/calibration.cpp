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
    if (modelled.micros <= 0 || total.micros <= 0) {
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

/// Puts a day's part of an invoice in the place of what was modelled for the component.
/// @param lines  of the component, as places in `parts`
void billDay(std::vector<CostDayPart>& parts, const std::vector<std::size_t>& lines, std::int64_t amount)
{
    std::vector<Wide> weights;
    for (const std::size_t line : lines)
        weights.push_back(parts[line].modelled.micros);
    const auto shares = splitExactly(amount < 0 ? -amount : amount, weights);
    for (std::size_t i = 0; shares && i < lines.size(); ++i) {
        const auto share = static_cast<std::int64_t>((*shares)[i]);
        parts[lines[i]].amount = Money{amount < 0 ? -share : share};
    }
}

CostLine adjustmentLine(int segment)
{
    CostLine line;
    line.role = CostRole::Adjustment;
    line.component = CostComponent::Adjustment;
    line.unit = PriceUnit::Month;
    line.basis = QuantityBasis::Invoiced;
    line.segment = segment;
    return line;
}

/// What is modelled of a component from the month's first day until before another of its days.
std::int64_t modelledBefore(const CalibratedMonth& month, std::size_t day, std::size_t component)
{
    std::int64_t sum = 0;
    for (std::size_t d = 0; d < day && d < month.modelledDays.size(); ++d)
        sum += month.modelledDays[d][component].micros;
    return sum;
}

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
                                             const std::vector<std::vector<ComponentAmounts>>& modelled)
{
    std::vector<CalibratedMonth> calibrated;
    for (std::size_t m = 0; m < months.size(); ++m) {
        calibrated.push_back(
            {.invoiced = months[m], .modelledDays = modelled[m], .modelled = {}, .billed = {}, .residual = {}});
        for (const ComponentAmounts& day : modelled[m]) {
            for (std::size_t c = 0; c < costComponentCount; ++c)
                calibrated.back().modelled[c] += day[c];
        }
    }
    const auto factors = factorsOfTotals(calibrated);
    for (CalibratedMonth& month : calibrated) {
        month.residual = month.invoiced.others;
        for (std::size_t c = 0; c < costComponentCount; ++c) {
            if (!month.invoiced.components[c])
                continue;
            // a credit, or nothing, is no price: a factor is above 0, and nobody is paid for what he used
            if (month.modelled[c].micros > 0 && month.invoiced.components[c]->micros > 0)
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

namespace {

/// One segment of a bill by one month's invoices.
class SegmentCalibration
{
public:
    SegmentCalibration(CostBill& bill, CostSegment& segment, const CalibratedMonth& month, bool isCarried)
        : m_bill(bill)
        , m_segment(segment)
        , m_month(month)
        , m_isCarried(isCarried)
    {
        for (int at = segment.firstLine; at < segment.endLine; ++at)
            m_lines[componentIndex(bill.lines[static_cast<std::size_t>(at)].component)].push_back(
                static_cast<std::size_t>(at - segment.firstLine));
    }

    /// Gives each day parts of its own, with one more line for the adjustment; false: that is nothing on any day.
    bool run()
    {
        bool isAdjusted = false;
        std::map<int, int> carried; // days that are alike stay so where no day of an invoice tells them apart
        for (std::size_t d = 0; d < m_segment.dayParts.size(); ++d) {
            int& kind = m_segment.dayParts[d];
            const auto known = carried.find(kind);
            if (m_isCarried && known != carried.end()) {
                kind = known->second;
                continue;
            }
            std::vector<CostDayPart> parts = m_bill.dayParts[static_cast<std::size_t>(kind)];
            parts.push_back(calibrateDay(parts, d));
            isAdjusted = isAdjusted || parts.back().amount.micros != 0;
            const auto own = static_cast<int>(m_bill.dayParts.size());
            carried[kind] = own;
            kind = own;
            m_bill.dayParts.push_back(std::move(parts));
        }
        for (std::size_t c = 0; c < costComponentCount; ++c) {
            if (m_isBilled[c])
                m_segment.calibrations.push_back(factorOf(c, m_month, m_isCarried));
        }
        return isAdjusted;
    }

private:
    /// The day's adjustment.
    CostDayPart calibrateDay(std::vector<CostDayPart>& parts, std::size_t dayOfSegment)
    {
        const QDate day = m_segment.firstDay.addDays(static_cast<qint64>(dayOfSegment));
        const auto at = m_isCarried ? 0 : m_month.invoiced.first.daysTo(day);
        for (std::size_t c = 0; c < costComponentCount; ++c) {
            std::int64_t own = 0;
            for (const std::size_t line : m_lines[c])
                own += parts[line].modelled.micros;
            if (!m_month.billed[c] || own == 0 || m_month.modelled[c].micros == 0)
                continue;
            // parts of the invoice as the parts of what was modelled; together they are the whole of it
            const std::int64_t from = modelledBefore(m_month, static_cast<std::size_t>(at), c);
            billDay(parts, m_lines[c], partOf(m_month.billed[c]->micros, from, from + own, m_month.modelled[c].micros));
            m_isBilled[c] = true;
        }
        CostDayPart adjustment{.basis = QuantityBasis::Invoiced};
        if (!m_isCarried) {
            const auto days = m_month.invoiced.first.daysTo(m_month.invoiced.last) + 1;
            adjustment.amount = Money{partOf(m_month.residual.micros, at, at + 1, days)};
        }
        return adjustment;
    }

    CostBill& m_bill;
    CostSegment& m_segment;
    const CalibratedMonth& m_month;
    bool m_isCarried;
    std::array<std::vector<std::size_t>, costComponentCount> m_lines; ///< of the segment, by component
    std::array<bool, costComponentCount> m_isBilled{};
};

} // namespace

void calibrate(CostBill& bill, const std::vector<CalibratedMonth>& months)
{
    if (months.empty() || bill.slices.empty())
        return;
    std::vector<CostLine> lines;
    for (std::size_t s = 0; s < bill.segments.size(); ++s) {
        CostSegment& segment = bill.segments[s];
        const QDate day = segment.firstDay;
        const auto at = std::find_if(months.begin(), months.end(), [day](const CalibratedMonth& month) {
            return day >= month.invoiced.first && day <= month.invoiced.last;
        });
        const bool isCarried = at == months.end() && day > months.back().invoiced.last;
        const bool isCalibrated = at != months.end() || isCarried;
        const bool isAdjusted =
            isCalibrated && SegmentCalibration(bill, segment, isCarried ? months.back() : *at, isCarried).run();
        const auto first = static_cast<int>(lines.size());
        for (int line = segment.firstLine; line < segment.endLine; ++line)
            lines.push_back(std::move(bill.lines[static_cast<std::size_t>(line)]));
        if (isAdjusted)
            lines.push_back(adjustmentLine(static_cast<int>(s)));
        segment.firstLine = first;
        segment.endLine = static_cast<int>(lines.size());
    }
    bill.lines = std::move(lines);
    sumDays(bill);
}

} // namespace spillway
