// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costsimulation.h"
#include "app/console/costtrends.h"
#include "app/ctl/commands.h"
#include "app/ctl/costquestion.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/cost/billwriters.h"

#include <QDateTime>

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
        const auto amount = parseMoney(budgetText);
        if (!amount)
            return refuse(Error{ErrorCode::InvalidConfig, u"--budget "_s + amount.error().detail});
        budget = *amount;
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
    const Money before = answer.totalBefore;
    const Money after = answer.totalAfter.value_or(before);
    JsonWriter json;
    json.beginObject().field(u"currency", answer.currency);
    json.key(u"before").raw(formatMoney(before, 6).toLatin1());
    json.key(u"after").raw(formatMoney(after, 6).toLatin1());
    json.key(u"saved").raw(formatMoney(Money{before.micros - after.micros}, 6).toLatin1());
    json.field(u"invoiced", answer.isInvoiced).endObject();
    return deliver(
        isJson, json.json(),
        u"Before %1 %2, after %3, saved %4; %5.\n"_s.arg(
            formatMoney(before, 4), answer.currency, formatMoney(after, 4),
            formatMoney(Money{before.micros - after.micros}, 4),
            answer.isInvoiced ? u"as invoiced, where an invoice tells of a component"_s : u"at the profile's rates"_s));
}

int printWhatIf(const Context& context, const CostQuestion& question, const CostWhatIf& whatIf, bool isJson)
{
    const Checked<CostSimulation> simulation = workspaceSimulation(context, question, whatIf);
    if (!simulation.value)
        return reportIssues(simulation.issues);
    const Checked<std::vector<PricedPart>> parts = pricedParts(context, question);
    const QString currency = parts.value ? parts.value->front().profile.currency : QString();
    return deliver(isJson, simulationJson(*simulation.value, currency), simulationText(*simulation.value, currency));
}

/// The edits as a patch or in the files; what is left for people is said.
int deliverEdits(const Context& context, const SavingsAnswer& answer, const CostAnalysis& command)
{
    const Checked<SavingsPatch> made =
        workspaceSavingsPatch(context, answer, answer.chosen.empty() ? answer.savings : answer.chosen);
    if (!made.value)
        return reportIssues(made.issues);
    if (command.patch == u"-"_s) {
        if (!print(made.value->patch))
            return OutOfReach;
    } else if (!command.patch.isEmpty()) {
        if (const Status written = writeWhole(command.patch, made.value->patch); !written)
            return refuse(written.error());
    }
    if (!command.apply)
        return Done;
    const auto saved = saveEdits(made.value->before, made.value->edits);
    if (!saved)
        return refuse(saved.error());
    for (const QString& file : *saved)
        say(u"changed %1"_s.arg(file));
    for (const QString& line : made.value->byHand)
        say(u"by hand, %1"_s.arg(visibleText(line)));
    return Done;
}

int printSavings(const Context& context, const CostQuestion& question, const CostAnalysis& command, bool isJson)
{
    if (command.apply && command.simulate.isEmpty())
        return refuse(
            Error{ErrorCode::InvalidConfig, u"--apply changes files; name each advice to make with --simulate ID"_s});
    const Checked<SavingsAnswer> answer = workspaceSavings(context, question, command.simulate);
    if (!answer.value)
        return reportIssues(answer.issues);
    if (!command.out.isEmpty()) {
        const QByteArray script = savingsScript(answer.value->savings, answer.value->currency).toUtf8();
        if (const Status written = writeWhole(command.out, script); !written)
            return refuse(written.error());
    }
    if (!command.patch.isEmpty() || command.apply) {
        const int delivered = deliverEdits(context, *answer.value, command);
        if (delivered != Done || command.patch == u"-"_s)
            return delivered;
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
    const auto question = costQuestion(*context, command.cost);
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
    case CostAnalysis::Kind::WhatIf:
        return printWhatIf(*context, *question, command.whatIf, isJson);
    }
    return Usage;
}

} // namespace spillway::ctl
