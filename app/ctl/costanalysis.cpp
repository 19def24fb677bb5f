// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costfiles.h"
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
#include <QFileInfo>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Where an answer goes, and as what.
struct Form
{
    bool isJson = false;
    QString out; ///< empty: stdout
};

int deliver(const Form& form, const QByteArray& json, const QString& text)
{
    if (!form.out.isEmpty()) {
        const Status written = writeWhole(form.out, form.isJson ? json + '\n' : text.toUtf8());
        return written ? int{Done} : refuse(written.error());
    }
    return (form.isJson ? printLine(json) : print(text.toUtf8())) ? Done : OutOfReach;
}

/// These answers are text or JSON: --format says it, else --json, else the ending of --out.
Result<Form> formOf(const CostAnalysis& command, bool isJson)
{
    const bool isScript = command.kind == CostAnalysis::Kind::Savings; // its --out is for the changes
    const QString& format = command.cost.format;
    if (!format.isEmpty() && format != u"text" && format != u"json")
        return fail(ErrorCode::InvalidConfig,
                    u"--format %1 is for the bill itself (cost without a further word); write text or json here"_s.arg(
                        visibleText(format)));
    const auto ending = costFormatOfFile(command.out);
    if (isScript && ending && *ending != CostFormat::Text)
        return fail(
            ErrorCode::InvalidConfig,
            u"--out of cost savings takes commands and edits as text; write a name like changes.sh or changes.txt instead of %1"_s
                .arg(visibleText(command.out)));
    if (isScript)
        return Form{.isJson = isJson || format == u"json", .out = {}};
    const QString suffix = QFileInfo(command.out).suffix();
    const bool isTold = !format.isEmpty() || isJson || suffix.isEmpty();
    if (!isTold && ending != CostFormat::Text && ending != CostFormat::Json)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 ends in .%2; write .txt or .json, or say the format with --format text or --format json"_s.arg(
                        visibleText(command.out), visibleText(suffix)));
    return Form{.isJson = format.isEmpty() ? isJson || (!isTold && ending == CostFormat::Json) : format == u"json",
                .out = command.out};
}

int printLines(const Context& context, const CostQuestion& question, const Form& form)
{
    const Checked<CostBill> bill = workspaceBill(context, question);
    if (!bill.value)
        return reportIssues(bill.issues);
    return deliver(form, costLinesJson(*bill.value), costLinesText(*bill.value));
}

int printComparison(const Context& context, CostQuestion question, const Form& form)
{
    std::vector<CostReport> reports;
    for (const AllocationPolicy policy : allocationPolicies) {
        question.policy = policy;
        const Checked<CostReport> report = workspaceCost(context, question);
        if (!report.value)
            return reportIssues(report.issues);
        reports.push_back(*report.value);
    }
    return deliver(form, costComparisonJson(reports), costComparisonText(reports));
}

int printChanges(const Context& context, const CostQuestion& question, const QString& against, const Form& form)
{
    const Checked<CostComparison> compared = workspaceChanges(context, question, against);
    if (!compared.value)
        return reportIssues(compared.issues);
    const CostComparison& found = *compared.value;
    return deliver(form, changesJson(found.changes, found.before, found.after),
                   changesText(found.changes, found.before, found.after));
}

int printAnomalies(const Context& context, const CostQuestion& question, QDate today, const Form& form)
{
    const Checked<AnomalyReport> found = workspaceAnomalies(context, question, today);
    if (!found.value)
        return reportIssues(found.issues);
    Checked<std::vector<PricingProfile>> profiles = workspacePricing(context);
    const auto profile = chooseProfile(profiles.value.value_or(std::vector<PricingProfile>()), question.profile);
    const QString currency = profile ? profile->currency : QString();
    const int code = deliver(form, anomaliesJson(*found.value, currency), anomaliesText(*found.value, currency));
    return code == Done && !found.value->anomalies.empty() ? int{Found} : code;
}

int printForecast(const Context& context, const CostQuestion& question, const QString& budgetText, QDate today,
                  const Form& form)
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
    return deliver(form, forecastJson(*forecast.value), forecastText(*forecast.value));
}

int printUnits(const Context& context, const CostQuestion& question, const Form& form)
{
    const Checked<CostBill> bill = workspaceBill(context, question);
    if (!bill.value)
        return reportIssues(bill.issues);
    const std::vector<UnitCost> costs = unitCosts(*bill.value);
    return deliver(form, unitCostsJson(costs, bill.value->currency), unitCostsText(costs, bill.value->currency));
}

int printSimulation(const SavingsAnswer& answer, const Form& form)
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
        form, json.json(),
        u"Before %1 %2, after %3, saved %4; %5.\n"_s.arg(
            formatMoney(before, 4), answer.currency, formatMoney(after, 4),
            formatMoney(Money{before.micros - after.micros}, 4),
            answer.isInvoiced ? u"as invoiced, where an invoice tells of a component"_s : u"at the profile's rates"_s));
}

int printWhatIf(const Context& context, const CostQuestion& question, const CostWhatIf& whatIf, const Form& form)
{
    const Checked<CostSimulation> simulation = workspaceSimulation(context, question, whatIf);
    if (!simulation.value)
        return reportIssues(simulation.issues);
    const Checked<std::vector<PricedPart>> parts = pricedParts(context, question);
    const QString currency = parts.value ? parts.value->front().profile.currency : QString();
    return deliver(form, simulationJson(*simulation.value, currency), simulationText(*simulation.value, currency));
}

/// The edits as a patch or in the files; what is left for people is said.
int deliverEdits(const Context& context, const SavingsAnswer& answer, const CostAnalysis& command)
{
    const Checked<SavingsPatch> made =
        workspaceSavingsPatch(context, answer, answer.chosen.empty() ? answer.savings : answer.chosen);
    if (!made.value)
        return reportIssues(made.issues);
    if (made.value->edits.empty() && !command.patch.isEmpty()) {
        // `git apply` takes no patch that changes nothing.
        say(u"no file of the workspace needs an edit, so that there is no patch"_s);
        for (const QString& line : made.value->byHand)
            say(u"by hand, %1"_s.arg(visibleText(line)));
        return Done;
    }
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

int printSavings(const Context& context, const CostQuestion& question, const CostAnalysis& command, const Form& form)
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
        return printSimulation(*answer.value, form);
    return deliver(form, savingsJson(answer.value->savings, answer.value->currency),
                   savingsText(answer.value->savings, answer.value->currency));
}

} // namespace

namespace {

/// Also where no days are asked for.
bool restsOnState(CostAnalysis::Kind kind)
{
    using Kind = CostAnalysis::Kind;
    return kind == Kind::Forecast || kind == Kind::Anomalies || kind == Kind::Savings;
}

} // namespace

int run(Session& session, const CostAnalysis& command)
{
    const auto form = formOf(command, session.options().json);
    if (!form)
        return refuse(form.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto question = costQuestion(*context, command.cost, restsOnState(command.kind));
    if (!question)
        return refuse(question.error());
    const QDate today = QDateTime::currentDateTimeUtc().date();
    switch (command.kind) {
    case CostAnalysis::Kind::Lines:
        return printLines(*context, *question, *form);
    case CostAnalysis::Kind::Compare:
        return printComparison(*context, *question, *form);
    case CostAnalysis::Kind::Changes:
        return printChanges(*context, *question, command.against, *form);
    case CostAnalysis::Kind::Anomalies:
        return printAnomalies(*context, *question, today, *form);
    case CostAnalysis::Kind::Forecast:
        return printForecast(*context, *question, command.budget, today, *form);
    case CostAnalysis::Kind::Unit:
        return printUnits(*context, *question, *form);
    case CostAnalysis::Kind::Savings:
        return printSavings(*context, *question, command, *form);
    case CostAnalysis::Kind::WhatIf:
        return printWhatIf(*context, *question, command.whatIf, *form);
    }
    return Usage;
}

} // namespace spillway::ctl
