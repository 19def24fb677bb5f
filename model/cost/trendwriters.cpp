// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/trendwriters.h"

#include "model/base/text.h"
#include "model/cost/costjson.h"
#include "model/cost/texttable.h"

#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int shownDecimals = 2;

Money moneyOf(double amount)
{
    return Money{std::llround(amount * 1e6)};
}

void writeRange(JsonWriter& json, QStringView name, const CostBill& bill)
{
    json.key(name).beginObject();
    json.key(u"from").value(dayOrNull(bill.range ? std::optional(bill.range->first) : std::nullopt));
    json.key(u"to").value(dayOrNull(bill.range ? std::optional(bill.range->last) : std::nullopt));
    writeAmount(json, u"total", bill.totals.total);
    json.endObject();
}

void writeDrivers(JsonWriter& json, QStringView name, const std::optional<EventDrivers>& drivers)
{
    if (!drivers) {
        json.key(name).value(std::optional<QString>());
        return;
    }
    json.key(name).beginObject();
    const double days = drivers->days > 0 ? drivers->days : 1;
    json.field(u"recordsPerDay", std::int64_t{std::llround(static_cast<double>(drivers->records) / days)});
    json.field(u"recordBytes", drivers->recordBytes);
    json.key(u"retentionDays").value(std::optional(drivers->retentionDays));
    json.field(u"consumers", drivers->consumers).field(u"basis", quantityBasisWord(drivers->basis)).endObject();
}

void writeEffects(JsonWriter& json, const CostChange& change)
{
    json.key(u"effects").beginObject();
    for (const CostFactor factor : costFactors)
        writeAmount(json, costFactorKey(factor), change.effect(factor));
    json.endObject();
}

QString signedMoney(Money amount)
{
    return (amount.micros > 0 ? u"+"_s : QString()) + formatMoney(amount, shownDecimals);
}

/// The factors that matter, largest first: `volume +12.40, size -0.10`.
QString effectsText(const CostChange& change)
{
    std::vector<CostFactor> factors(costFactors.begin(), costFactors.end());
    std::stable_sort(factors.begin(), factors.end(), [&change](CostFactor a, CostFactor b) {
        return std::abs(change.effect(a).micros) > std::abs(change.effect(b).micros);
    });
    QStringList parts;
    for (const CostFactor factor : factors) {
        if (std::abs(change.effect(factor).micros) >= 5000) // shown as a cent or more
            parts += costFactorKey(factor) + u' ' + signedMoney(change.effect(factor));
    }
    return parts.join(u", "_s);
}

QString nameOf(const QString& eventType, const QString& topic)
{
    return !eventType.isEmpty() ? visibleText(eventType) : !topic.isEmpty() ? visibleText(topic) : u"(no event)"_s;
}

} // namespace

QByteArray changesJson(const std::vector<CostChange>& changes, const CostBill& before, const CostBill& after)
{
    JsonWriter json;
    json.beginObject().field(u"currency", after.currency);
    writeRange(json, u"before", before);
    writeRange(json, u"after", after);
    writeAmount(json, u"delta", Money{after.totals.total.micros - before.totals.total.micros});
    json.key(u"changes").beginArray();
    for (const CostChange& change : changes) {
        json.beginObject();
        json.key(u"eventType").value(textOrNull(change.eventType));
        json.key(u"topic").value(textOrNull(change.topic));
        json.key(u"team").value(textOrNull(change.team));
        json.key(u"since").value(dayOrNull(change.since));
        writeAmount(json, u"before", change.before);
        writeAmount(json, u"after", change.after);
        writeAmount(json, u"delta", change.delta());
        writeEffects(json, change);
        writeDrivers(json, u"driversBefore", change.driversBefore);
        writeDrivers(json, u"driversAfter", change.driversAfter);
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString changesText(const std::vector<CostChange>& changes, const CostBill& before, const CostBill& after)
{
    QString text = u"%1 %2, before %3 (%4)\n"_s.arg(
        formatMoney(after.totals.total, shownDecimals), after.currency, formatMoney(before.totals.total, shownDecimals),
        signedMoney(Money{after.totals.total.micros - before.totals.total.micros}));
    std::vector<QStringList> rows{{u"Event"_s, u"Team"_s, u"Since"_s, u"Why"_s, u"Before"_s, u"After"_s, u"Change"_s}};
    for (const CostChange& change : changes) {
        if (std::abs(change.delta().micros) < 5000 && effectsText(change).isEmpty())
            continue;
        rows.push_back({nameOf(change.eventType, change.topic), visibleText(change.team),
                        dayOrNull(change.since).value_or(QString()), effectsText(change),
                        formatMoney(change.before, shownDecimals), formatMoney(change.after, shownDecimals),
                        signedMoney(change.delta())});
    }
    if (rows.size() == 1)
        return text + u"No event changed by a cent or more.\n"_s;
    return text + u'\n' + textTable(rows, 4);
}

QByteArray anomaliesJson(const AnomalyReport& report, const QString& currency)
{
    JsonWriter json;
    json.beginObject().field(u"currency", currency);
    json.field(u"lookedAtFrom", report.first.toString(Qt::ISODate));
    json.field(u"lookedAtTo", report.last.toString(Qt::ISODate));
    json.field(u"measuredDays", report.measuredDays).field(u"neededDays", fewestDaysForAnomalies);
    json.key(u"anomalies").beginArray();
    for (const EventAnomaly& one : report.anomalies) {
        json.beginObject();
        json.key(u"eventType").value(textOrNull(one.eventType));
        json.key(u"team").value(textOrNull(one.team));
        json.field(u"from", one.first.toString(Qt::ISODate)).field(u"to", one.last.toString(Qt::ISODate));
        writeAmount(json, u"expectedPerDay", moneyOf(one.anomaly.expected));
        writeAmount(json, u"actualPerDay", moneyOf(one.anomaly.actual));
        json.key(u"deviations").value(std::optional(one.anomaly.deviation));
        if (one.change)
            writeEffects(json, *one.change);
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString anomaliesText(const AnomalyReport& report, const QString& currency)
{
    if (report.anomalies.empty()) {
        const QString found =
            report.measuredDays >= fewestDaysForAnomalies
                ? u"No odd days: every event cost what its weekdays let expect."_s
                : u"Odd days cannot be told yet: that needs samples of %1 days."_s.arg(fewestDaysForAnomalies);
        return u"%1 Samples cover %2 of the %3 days from %4 to %5.\n"_s.arg(found)
            .arg(report.measuredDays)
            .arg(report.first.daysTo(report.last) + 1)
            .arg(report.first.toString(Qt::ISODate), report.last.toString(Qt::ISODate));
    }
    std::vector<QStringList> rows{
        {u"Event"_s, u"Team"_s, u"From"_s, u"To"_s, u"Why"_s, u"Expected a day"_s, u"Actual a day"_s, u"Deviations"_s}};
    for (const EventAnomaly& one : report.anomalies)
        rows.push_back({nameOf(one.eventType, {}), visibleText(one.team), one.first.toString(Qt::ISODate),
                        one.last.toString(Qt::ISODate), one.change ? effectsText(*one.change) : QString(),
                        formatMoney(moneyOf(one.anomaly.expected), shownDecimals),
                        formatMoney(moneyOf(one.anomaly.actual), shownDecimals),
                        QString::number(one.anomaly.deviation, 'f', 1)});
    return textTable(rows, 5) + u"Amounts in %1. At most one false alarm in 20 events and years.\n"_s.arg(currency);
}

Money TeamForecast::month() const
{
    return Money{spent.micros + (forecast ? moneyOf(forecast->expected).micros : 0)};
}

Money MonthForecast::month() const
{
    return Money{spent.micros + moneyOf(forecast.expected).micros};
}

QByteArray forecastJson(const MonthForecast& forecast)
{
    const Money month = forecast.month();
    JsonWriter json;
    json.beginObject().field(u"currency", forecast.currency);
    json.field(u"knownFrom", forecast.knownFrom.toString(Qt::ISODate));
    json.field(u"knownTo", forecast.knownTo.toString(Qt::ISODate));
    json.field(u"from", forecast.first.toString(Qt::ISODate)).field(u"to", forecast.last.toString(Qt::ISODate));
    writeAmount(json, u"expected", moneyOf(forecast.forecast.expected));
    if (forecast.hasBand()) {
        writeAmount(json, u"low", moneyOf(forecast.forecast.low));
        writeAmount(json, u"high", moneyOf(forecast.forecast.high));
    } else {
        json.key(u"low").value(std::optional<QString>()).key(u"high").value(std::optional<QString>());
    }
    json.key(u"coverage").value(forecast.hasBand() ? std::optional(forecastCoverage) : std::nullopt);
    json.field(u"measuredDays", forecast.measuredDays);
    writeAmount(json, u"perDay", moneyOf(forecast.forecast.perDay));
    writeAmount(json, u"growthPerDay", moneyOf(forecast.forecast.slopePerDay));
    writeAmount(json, u"spent", forecast.spent);
    writeAmount(json, u"month", month);
    if (forecast.budget)
        writeAmount(json, u"budget", *forecast.budget);
    else
        json.key(u"budget").value(std::optional<QString>());
    json.key(u"isOverBudget").raw(!forecast.budget ? "null" : month > *forecast.budget ? "true" : "false");
    json.key(u"teams").beginArray();
    for (const TeamForecast& team : forecast.teams) {
        json.beginObject().field(u"team", team.team);
        writeAmount(json, u"budget", team.budget);
        writeAmount(json, u"spent", team.spent);
        if (team.isKnown)
            writeAmount(json, u"month", team.month());
        else
            json.key(u"month").value(std::optional<QString>());
        json.key(u"isOverBudget").raw(!team.isKnown ? "null" : team.month() > team.budget ? "true" : "false");
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString forecastText(const MonthForecast& forecast)
{
    const auto text = [](Money amount) { return formatMoney(amount, shownDecimals); };
    const Money month = forecast.month();
    // Of a month that is over it tells what these days let expect, not what will be.
    const bool isOver = forecast.today.isValid() && forecast.last < forecast.today;
    QString out = u"%1 to %2 %3 cost %4 %5"_s.arg(forecast.first.toString(Qt::ISODate),
                                                  forecast.last.toString(Qt::ISODate), isOver ? u"was to"_s : u"will"_s,
                                                  text(moneyOf(forecast.forecast.expected)), forecast.currency);
    out += forecast.hasBand() ? u", with a chance of 80 percent between %1 and %2.\n"_s.arg(
                                    text(moneyOf(forecast.forecast.low)), text(moneyOf(forecast.forecast.high)))
                              : u" at the catalog's volumes; samples cover too few days to tell a band.\n"_s;
    out +=
        u"With the %1 %2 in that month the month costs %3. It rests on the days from %4 to %5, of which samples cover %6.\n"_s
            .arg(text(forecast.spent), forecast.hasBand() ? u"spent"_s : u"reckoned for the days before"_s, text(month),
                 forecast.knownFrom.toString(Qt::ISODate), forecast.knownTo.toString(Qt::ISODate))
            .arg(forecast.measuredDays);
    if (isOver)
        out += u"That month is over: cost --from and --to say what it did cost.\n"_s;
    else if (forecast.today.isValid() && forecast.knownTo >= forecast.today)
        out += u"Days from %1 on have not been; they are reckoned at the catalog's volumes.\n"_s.arg(
            std::max(forecast.knownFrom, forecast.today).toString(Qt::ISODate));
    if (forecast.budget)
        out += month > *forecast.budget
                   ? u"That is %1 over the budget of %2.\n"_s.arg(text(Money{month.micros - forecast.budget->micros}),
                                                                  text(*forecast.budget))
                   : u"That is within the budget of %1.\n"_s.arg(text(*forecast.budget));
    if (forecast.teams.empty())
        return out;
    std::vector<QStringList> rows{{u"Team"_s, u"Spent"_s, u"Month"_s, u"Budget"_s, u"Over"_s}};
    for (const TeamForecast& team : forecast.teams) {
        const QString over = !team.isKnown                ? u"no such team: check the name"_s
                             : team.month() > team.budget ? text(Money{team.month().micros - team.budget.micros})
                                                          : u"within"_s;
        rows.push_back({visibleText(team.team), team.isKnown ? text(team.spent) : u"–"_s,
                        team.isKnown ? text(team.month()) : u"–"_s, text(team.budget), over});
    }
    return out + textTable(rows, 1);
}

QByteArray unitCostsJson(const std::vector<UnitCost>& costs, const QString& currency)
{
    JsonWriter json;
    json.beginObject().field(u"currency", currency);
    json.key(u"events").beginArray();
    for (const UnitCost& cost : costs) {
        json.beginObject();
        json.key(u"eventType").value(textOrNull(cost.eventType));
        json.key(u"topic").value(textOrNull(cost.topic));
        json.key(u"team").value(textOrNull(cost.team));
        json.field(u"records", cost.records);
        writeAmount(json, u"amount", cost.amount);
        if (cost.perMillion)
            writeAmount(json, u"perMillion", *cost.perMillion);
        else
            json.key(u"perMillion").value(std::optional<QString>());
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString unitCostsText(const std::vector<UnitCost>& costs, const QString& currency)
{
    std::vector<QStringList> rows{{u"Event"_s, u"Team"_s, u"Records"_s, u"Amount"_s, u"Per million"_s}};
    for (const UnitCost& cost : costs)
        rows.push_back({nameOf(cost.eventType, cost.topic), visibleText(cost.team), QString::number(cost.records),
                        groupedMoney(cost.amount, 4),
                        cost.perMillion ? groupedMoney(*cost.perMillion, 4) : u"unknown"_s});
    return textTable(rows, 2) + u"Amounts in %1.\n"_s.arg(currency);
}

} // namespace spillway
