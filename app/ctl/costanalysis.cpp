// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costtrends.h"
#include "app/ctl/commands.h"
#include "app/ctl/costquestion.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/cost/billwriters.h"

#include <QDateTime>
#include <QSaveFile>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

int printLines(const Context& context, const CostQuestion& question, bool isJson)
{
    const Checked<CostBill> bill = workspaceBill(context, question);
    if (!bill.value)
        return reportIssues(bill.issues);
    if (!isJson)
        return print(costLinesText(*bill.value).toUtf8()) ? Done : OutOfReach;
    for (const CostLine& line : bill.value->lines) {
        if (!printLine(costLineJson(*bill.value, line)))
            return OutOfReach;
    }
    return Done;
}

int printComparison(const Context& context, CostQuestion question, bool isJson)
{
    std::vector<CostReport> reports;
    for (const AllocationPolicy policy : allocationPolicies) {
        question.policy = policy;
        const Checked<CostReport> report = workspaceCost(context, question);
        if (!report.value)
            return reportIssues(report.issues);
        reports.push_back(*report.value);
    }
    return (isJson ? printLine(costComparisonJson(reports)) : print(costComparisonText(reports).toUtf8())) ? Done
                                                                                                           : OutOfReach;
}

int deliver(bool isJson, const QByteArray& json, const QString& text)
{
    return (isJson ? printLine(json) : print(text.toUtf8())) ? Done : OutOfReach;
}

int printChanges(const Context& context, const CostQuestion& question, const QString& against, bool isJson)
{
    const Checked<CostComparison> compared = workspaceChanges(context, question, against);
    if (!compared.value)
        return reportIssues(compared.issues);
    const CostComparison& found = *compared.value;
    return deliver(isJson, changesJson(found.changes, found.before, found.after),
                   changesText(found.changes, found.before, found.after));
}

int printAnomalies(const Context& context, const CostQuestion& question, QDate today, bool isJson)
{
    const Checked<std::vector<EventAnomaly>> found = workspaceAnomalies(context, question, today);
    if (!found.value)
        return reportIssues(found.issues);
    Checked<std::vector<PricingProfile>> profiles = workspacePricing(context);
    const auto profile = chooseProfile(profiles.value.value_or(std::vector<PricingProfile>()), question.profile);
    const QString currency = profile ? profile->currency : QString();
    const int code = deliver(isJson, anomaliesJson(*found.value, currency), anomaliesText(*found.value, currency));
    return code == Done && !found.value->empty() ? int{Found} : code;
}

int printForecast(const Context& context, const CostQuestion& question, const QString& budgetText, QDate today,
                  bool isJson)
{
    std::optional<Money> budget;
    if (!budgetText.isEmpty()) {
        const auto rate = parseRate(budgetText);
        constexpr std::int64_t most = 9'000'000'000'000; // in millionths it fits 64 bits
        if (!rate || rate->scale > 6 || rate->mantissa > most)
            return refuse(
                Error{ErrorCode::InvalidConfig,
                      u"--budget %1 is no amount; write a decimal number like 500 or 499.99"_s.arg(budgetText)});
        budget = Money{rate->mantissa};
        for (int digit = rate->scale; digit < 6; ++digit)
            budget->micros *= 10;
    }
    const Checked<MonthForecast> forecast = workspaceForecast(context, question, budget, today);
    if (!forecast.value)
        return reportIssues(forecast.issues);
    return deliver(isJson, forecastJson(*forecast.value), forecastText(*forecast.value));
}

int printUnits(const Context& context, const CostQuestion& question, bool isJson)
{
    const Checked<CostBill> bill = workspaceBill(context, question);
    if (!bill.value)
        return reportIssues(bill.issues);
    const std::vector<UnitCost> costs = unitCosts(*bill.value);
    return deliver(isJson, unitCostsJson(costs, bill.value->currency), unitCostsText(costs, bill.value->currency));
}

int printSimulation(const SavingsAnswer& answer, bool isJson)
{
    const Money before = answer.before.totals.total;
    const Money after = answer.simulated->totals.total;
    JsonWriter json;
    json.beginObject().field(u"currency", answer.currency);
    json.key(u"before").raw(formatMoney(before, 6).toLatin1());
    json.key(u"after").raw(formatMoney(after, 6).toLatin1());
    json.key(u"saved").raw(formatMoney(Money{before.micros - after.micros}, 6).toLatin1()).endObject();
    return deliver(isJson, json.json(),
                   u"Before %1 %2, after %3, saved %4.\n"_s.arg(formatMoney(before, 4), answer.currency,
                                                                formatMoney(after, 4),
                                                                formatMoney(Money{before.micros - after.micros}, 4)));
}

int printSavings(const Context& context, const CostQuestion& question, const CostAnalysis& command, bool isJson)
{
    const Checked<SavingsAnswer> answer = workspaceSavings(context, question, command.simulate);
    if (!answer.value)
        return reportIssues(answer.issues);
    if (!command.out.isEmpty()) {
        QSaveFile file(command.out);
        const QByteArray script = savingsScript(answer.value->savings, answer.value->currency).toUtf8();
        if (!file.open(QIODevice::WriteOnly) || file.write(script) != script.size() || !file.commit())
            return refuse(
                Error{ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(command.out, file.errorString())});
    }
    if (answer.value->simulated)
        return printSimulation(*answer.value, isJson);
    return deliver(isJson, savingsJson(answer.value->savings, answer.value->currency),
                   savingsText(answer.value->savings, answer.value->currency));
}

} // namespace

int run(Session& session, const CostAnalysis& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto question = costQuestion(command.cost);
    if (!question)
        return refuse(question.error());
    const bool isJson = session.options().json || command.cost.format == u"json";
    const QDate today = QDateTime::currentDateTimeUtc().date();
    switch (command.kind) {
    case CostAnalysis::Kind::Lines:
        return printLines(*context, *question, isJson);
    case CostAnalysis::Kind::Compare:
        return printComparison(*context, *question, isJson);
    case CostAnalysis::Kind::Changes:
        return printChanges(*context, *question, command.against, isJson);
    case CostAnalysis::Kind::Anomalies:
        return printAnomalies(*context, *question, today, isJson);
    case CostAnalysis::Kind::Forecast:
        return printForecast(*context, *question, command.budget, today, isJson);
    case CostAnalysis::Kind::Unit:
        return printUnits(*context, *question, isJson);
    case CostAnalysis::Kind::Savings:
        return printSavings(*context, *question, command, isJson);
    }
    return Usage;
}

} // namespace spillway::ctl
