// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/report/costdocument.h"

#include "model/base/text.h"
#include "model/cost/costhistory.h"
#include "model/cost/costreport.h"

#include <algorithm>
#include <cmath>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostEvents = 50; // a page or two; the rest is a row
constexpr int decimals = 4;

double units(Money amount)
{
    return static_cast<double>(amount.micros) / 1e6;
}

QString cell(Money amount)
{
    return groupedMoney(amount, decimals);
}

QString partName(const CostPart& part)
{
    switch (part.kind) {
    case CostPart::Kind::Named:
        return part.name;
    case CostPart::Kind::Others:
        return u"others"_s;
    case CostPart::Kind::Unattributed:
        return u"unattributed"_s;
    case CostPart::Kind::Idle:
        return u"idle"_s;
    case CostPart::Kind::Adjustment:
        return u"adjustment"_s;
    }
    return {};
}

QString answer(const CostBill& bill, const CostReport& report)
{
    if (report.isUnknown())
        return u"Nothing can be priced: no event has volume and size."_s;
    const QString total = amountText(bill.totals.total, bill.currency);
    const QString period = bill.range ? u"in the period"_s : u"a day"_s;
    if (report.teams.empty() || bill.totals.total.micros <= 0)
        return u"Events cost %1 %2."_s.arg(total, period);
    const CostRow& dearest = report.teams.front();
    const auto share = [&bill](Money amount) {
        return QString::number(std::lround(100.0 * units(amount) / units(bill.totals.total)));
    };
    const QString most = u"%1 pays most, %2 %"_s.arg(dearest.team, share(dearest.total));
    return report.idle.total > dearest.total
               ? u"Events cost %1 %2; %3 % of that is idle capacity; of the teams %4."_s.arg(
                     total, period, share(report.idle.total), most)
               : u"Events cost %1 %2; %3."_s.arg(total, period, most);
}

StackedChart byDay(const CostBill& bill, CostDimension dimension, const QString& title)
{
    const CostHistory history = costHistory(bill, dimension);
    StackedChart chart{.title = title, .unit = bill.currency, .labels = {}, .parts = {}, .amounts = {}};
    for (const QDate& day : history.days)
        chart.labels += day.toString(u"MM-dd"_s);
    for (const CostPart& part : history.parts) {
        chart.parts += partName(part);
        std::vector<double> amounts;
        for (const Money amount : part.byDay)
            amounts.push_back(units(amount));
        chart.amounts.push_back(std::move(amounts));
    }
    return chart;
}

/// Paper has room, and a chart colours, for so many; of more the five dearest are shown, and the others as one.
constexpr std::size_t mostComponents = 6;

/// Dearest first where there are more than can be shown.
std::vector<CostComponent> pricedComponents(const CostReport& report)
{
    std::vector<CostComponent> priced;
    for (const CostComponent component : billedComponents) {
        if (report.total.of(component).micros != 0 || componentIndex(component) < coreComponents.size())
            priced.push_back(component);
    }
    if (priced.size() > mostComponents)
        std::stable_sort(priced.begin(), priced.end(), [&report](CostComponent a, CostComponent b) {
            return std::abs(report.total.of(a).micros) > std::abs(report.total.of(b).micros);
        });
    return priced;
}

/// Teams by component; what belongs to no team below, the total last.
struct TeamRows
{
    std::vector<std::pair<QString, const CostRow*>> rows;
    explicit TeamRows(const CostReport& report)
    {
        for (const CostRow& team : report.teams)
            rows.emplace_back(team.team, &team);
        for (const auto& [name, row] :
             {std::pair(u"unattributed"_s, &report.unattributed), std::pair(u"idle"_s, &report.idle),
              std::pair(u"adjustment"_s, &report.adjustment)}) {
            if (row->total.micros != 0)
                rows.emplace_back(name, row);
        }
        rows.emplace_back(u"Total"_s, &report.total);
    }
};

Table teamTable(const CostReport& report)
{
    const std::vector<CostComponent> components = pricedComponents(report);
    const std::size_t shown = components.size() <= mostComponents ? components.size() : mostComponents - 1;
    Table table{.columns = {{u"Team"_s, false, 28}}, .rows = {}};
    // Every column has its share: a printer gives those without one all the room.
    const int each = 72 / static_cast<int>(shown + (shown < components.size() ? 2 : 1));
    for (std::size_t i = 0; i < shown; ++i)
        table.columns.push_back({costComponentWord(components[i]).replace(u'_', u' '), true, each});
    if (shown < components.size())
        table.columns.push_back({u"other"_s, true, each});
    table.columns.push_back({u"Total"_s, true, each});
    for (const auto& [name, row] : TeamRows(report).rows) {
        QStringList cells{name};
        Money rest = row->total;
        for (std::size_t i = 0; i < shown; ++i) {
            cells += cell(row->of(components[i]));
            rest.micros -= row->of(components[i]).micros;
        }
        if (shown < components.size())
            cells += cell(rest);
        cells += cell(row->total);
        table.rows.push_back(cells);
    }
    return table;
}

StackedChart teamChart(const CostReport& report)
{
    StackedChart chart{
        .title = u"Cost by team and component"_s, .unit = report.currency, .labels = {}, .parts = {}, .amounts = {}};
    std::vector<const CostRow*> rows;
    for (const auto& [name, row] : TeamRows(report).rows) {
        if (row == &report.total || rows.size() == 8)
            break;
        chart.labels += name;
        rows.push_back(row);
    }
    const std::vector<CostComponent> components = pricedComponents(report);
    const std::size_t shown = components.size() <= mostComponents ? components.size() : mostComponents - 1;
    std::vector<double> others(rows.size(), 0);
    for (std::size_t c = 0; c < components.size(); ++c) {
        if (report.total.of(components[c]).micros == 0)
            continue;
        std::vector<double> amounts;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            amounts.push_back(units(rows[r]->of(components[c])));
            others[r] += c < shown ? 0 : amounts.back();
        }
        if (c >= shown)
            continue;
        chart.parts += costComponentWord(components[c]).replace(u'_', u' ');
        chart.amounts.push_back(std::move(amounts));
    }
    if (std::any_of(others.begin(), others.end(), [](double amount) { return amount != 0; })) {
        chart.parts += u"other"_s;
        chart.amounts.push_back(std::move(others));
    }
    return chart;
}

Table eventTable(const CostBill& bill)
{
    const CostHistory events = costHistory(bill, CostDimension::Event, mostEvents);
    Table table{.columns = {{u"Event"_s, false, 60}, {u"Cost"_s, true, 20}, {u"Share"_s, true, 20}}, .rows = {}};
    const auto row = [&](const QString& name, Money amount) {
        const QString share = events.total.micros > 0
                                  ? QString::number(100.0 * units(amount) / units(events.total), 'f', 1) + u" %"_s
                                  : u"–"_s;
        table.rows.push_back({name, cell(amount), share});
    };
    for (const CostPart& part : events.parts)
        row(partName(part), part.total);
    row(u"Total"_s, events.total);
    return table;
}

Table componentTable(const CostBill& bill)
{
    std::array<Money, costComponentCount> modelled{};
    for (const CostLine& line : bill.lines)
        modelled[componentIndex(line.component)] += line.modelled;
    Table table{.columns = {{u"Component"_s, false, 24},
                            {u"Rate"_s, false, 40},
                            {u"Modelled"_s, true, 18},
                            {u"Billed"_s, true, 18}},
                .rows = {}};
    for (const CostComponent component : billedComponents) {
        const Money billed = bill.totals.components[componentIndex(component)];
        if (billed.micros == 0 && modelled[componentIndex(component)].micros == 0)
            continue;
        QStringList rates;
        for (const CostSegment& segment : bill.segments) {
            if (component == CostComponent::Adjustment)
                break; // has no rate
            const ComponentPrice& price = segment.profile.price(component);
            const QString rate = u"%1 / %2"_s.arg(formatRate(price.rate), priceUnitWord(price.unit));
            if (!rates.contains(rate))
                rates += rate;
        }
        table.rows.push_back({costComponentWord(component).replace(u'_', u' '), rates.join(u", then "_s),
                              cell(modelled[componentIndex(component)]), cell(billed)});
    }
    table.rows.push_back({u"Total"_s, QString(), cell(bill.totals.modelled), cell(bill.totals.total)});
    return table;
}

} // namespace

Document costDocument(const CostBill& bill, const CostOccasion& occasion)
{
    const CostReport report = reportOf(bill);
    Document document{.title = u"Cost of events: "_s + occasion.workspace, .blocks = {}};
    document.blocks.emplace_back(Paragraph{answer(bill, report)});
    if (bill.range && bill.slices.size() > 1) {
        document.blocks.emplace_back(byDay(bill, CostDimension::Team, u"Cost by day and team"_s));
        document.blocks.emplace_back(byDay(bill, CostDimension::Component, u"Cost by day and component"_s));
    }
    document.blocks.emplace_back(teamChart(report));
    document.blocks.emplace_back(Heading{2, u"Teams, in "_s + bill.currency});
    document.blocks.emplace_back(teamTable(report));
    document.blocks.emplace_back(Heading{2, u"Events, in "_s + bill.currency});
    document.blocks.emplace_back(eventTable(bill));
    document.blocks.emplace_back(Heading{2, u"Components, in "_s + bill.currency});
    document.blocks.emplace_back(componentTable(bill));
    document.blocks.emplace_back(Heading{2, u"What the numbers rest on"_s});
    Table facts{.columns = {{u"What"_s, false, 20}, {u"Value"_s, false, 80}}, .rows = {}};
    for (const auto& [name, value] : costFacts(bill, occasion))
        facts.rows.push_back({name, value});
    document.blocks.emplace_back(std::move(facts));
    return document;
}

} // namespace spillway::report
