// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/billwriters.h"

#include "model/base/text.h"
#include "model/cost/costjson.h"
#include "model/cost/texttable.h"

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int shownDecimals = 4;

/// First and last local day of a line's segment.
std::pair<std::optional<QDate>, std::optional<QDate>> daysOf(const CostBill& bill, const CostLine& line)
{
    const CostSegment& segment = bill.segments[static_cast<std::size_t>(line.segment)];
    if (segment.endSlice <= segment.firstSlice)
        return {};
    return {bill.slices[static_cast<std::size_t>(segment.firstSlice)].localDay,
            bill.slices[static_cast<std::size_t>(segment.endSlice - 1)].localDay};
}

void writeLine(JsonWriter& json, const CostBill& bill, const CostLine& line)
{
    const auto [first, last] = daysOf(bill, line);
    json.beginObject();
    json.key(u"from").value(dayOrNull(first));
    json.key(u"to").value(dayOrNull(last));
    json.key(u"eventType").value(textOrNull(line.eventType));
    json.key(u"topic").value(textOrNull(line.topic));
    json.key(u"team").value(textOrNull(line.team));
    json.key(u"service").value(textOrNull(line.service));
    json.field(u"role", costRoleWord(line.role)).field(u"component", costComponentKey(line.component));
    json.key(u"quantity").raw(formatQuantity(line.quantity).toLatin1());
    json.field(u"unit", priceUnitWord(line.unit)).field(u"basis", quantityBasisWord(line.basis));
    json.key(u"rate").raw(formatRate(line.rate).toLatin1());
    writeAmount(json, u"modelled", line.modelled);
    writeAmount(json, u"amount", line.amount);
    json.field(u"currency", bill.currency).endObject();
}

} // namespace

QByteArray costLinesJson(const CostBill& bill)
{
    const auto dayOf = [&bill](QDate DayRange::*day) {
        return dayOrNull(bill.range ? std::optional((*bill.range).*day) : std::nullopt);
    };
    JsonWriter json;
    json.beginObject().field(u"currency", bill.currency);
    json.key(u"from").value(dayOf(&DayRange::first));
    json.key(u"to").value(dayOf(&DayRange::last));
    writeAmount(json, u"total", bill.totals.total);
    json.key(u"lines").beginArray();
    for (const CostLine& line : bill.lines)
        writeLine(json, bill, line);
    json.endArray().endObject();
    return json.json();
}

QString costLinesText(const CostBill& bill)
{
    std::vector<QStringList> rows{{u"Event"_s, u"Team"_s, u"Role"_s, u"Component"_s, u"Basis"_s, u"Quantity"_s,
                                   u"Unit"_s, u"Rate"_s, u"Amount"_s}};
    for (const CostLine& line : bill.lines)
        rows.push_back({visibleText(line.eventType.isEmpty() ? line.topic : line.eventType), visibleText(line.team),
                        costRoleWord(line.role), costComponentWord(line.component), quantityBasisWord(line.basis),
                        formatQuantity(line.quantity), priceUnitWord(line.unit), formatRate(line.rate),
                        formatMoney(line.amount, exactDecimals)});
    return textTable(rows, 5) + u"\nTotal %1 %2\n"_s.arg(formatMoney(bill.totals.total, exactDecimals), bill.currency);
}

QByteArray costComparisonJson(const std::vector<CostReport>& reports)
{
    JsonWriter json;
    const CostReport& first = reports.front();
    json.beginObject().field(u"currency", first.currency);
    json.key(u"from").value(dayOrNull(first.range ? std::optional(first.range->first) : std::nullopt));
    json.key(u"to").value(dayOrNull(first.range ? std::optional(first.range->last) : std::nullopt));
    writeAmount(json, u"total", first.total.total);
    json.key(u"policies").beginArray();
    for (const CostReport& report : reports) {
        json.beginObject().field(u"policy", allocationPolicyWord(report.basis.policy));
        json.key(u"teams").beginArray();
        for (const CostRow& row : report.teams) {
            json.beginObject().field(u"team", row.team);
            writeAmount(json, u"total", row.total);
            json.endObject();
        }
        json.endArray();
        writeAmount(json, u"unattributed", report.unattributed.total + report.adjustment.total); // as in the report
        writeAmount(json, u"idle", report.idle.total);
        writeAmount(json, u"adjustment", report.adjustment.total);
        writeAmount(json, u"total", report.total.total);
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString costComparisonText(const std::vector<CostReport>& reports)
{
    std::map<QString, QStringList> teams;
    std::vector<QStringList> rows{{u"Team"_s}};
    for (const CostReport& report : reports) {
        rows.front() += allocationPolicyWord(report.basis.policy);
        for (const CostRow& row : report.teams)
            teams.try_emplace(row.team);
    }
    for (const auto& [team, cells] : teams) {
        QStringList row{visibleText(team)};
        for (const CostReport& report : reports) {
            Money amount;
            for (const CostRow& candidate : report.teams) {
                if (candidate.team == team)
                    amount = candidate.total;
            }
            row += groupedMoney(amount, shownDecimals);
        }
        rows.push_back(row);
    }
    const auto add = [&](const QString& name, auto amountOf) {
        QStringList row{name};
        bool isAny = false;
        for (const CostReport& report : reports) {
            row += groupedMoney(amountOf(report), shownDecimals);
            isAny = isAny || amountOf(report).micros != 0;
        }
        if (isAny)
            rows.push_back(row);
    };
    add(u"unattributed"_s, [](const CostReport& report) { return report.unattributed.total; });
    add(u"idle"_s, [](const CostReport& report) { return report.idle.total; });
    add(u"adjustment"_s, [](const CostReport& report) { return report.adjustment.total; });
    add(u"Total"_s, [](const CostReport& report) { return report.total.total; });
    return u"The same bill under each policy, %1\n\n"_s.arg(reports.front().currency) + textTable(rows, 1);
}

} // namespace spillway
