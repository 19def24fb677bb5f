// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costtrends.h"

#include "app/console/costevidence.h"
#include "model/catalog/catalogfiles.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

FileIssue issueOf(const Context& context, const QString& message, const QString& remedy)
{
    return {.place = {.file = context.workspace.file}, .message = message, .remedy = remedy};
}

/// What is wrong is in the call, in no file.
FileIssue callIssue(const QString& message, const QString& remedy)
{
    return {.place = {}, .message = message, .remedy = remedy};
}

std::vector<double> asNumbers(const std::vector<Money>& amounts)
{
    std::vector<double> numbers;
    for (const Money amount : amounts)
        numbers.push_back(static_cast<double>(amount.micros) / 1e6);
    return numbers;
}

DayRange before(const DayRange& range, qint64 days)
{
    return {range.first.addDays(-days), range.first.addDays(-1), range.timeZone};
}

qint64 dayCount(const DayRange& range)
{
    return range.first.daysTo(range.last) + 1;
}

const CostChange* changeOf(const std::vector<CostChange>& changes, const QString& eventType)
{
    const auto at = std::find_if(changes.begin(), changes.end(),
                                 [&](const CostChange& change) { return change.eventType == eventType; });
    return at != changes.end() ? &*at : nullptr;
}

/// The profiles' budgets together; nullopt where one has none.
std::optional<Money> budgetOf(const std::vector<PricedPart>& parts)
{
    Money sum;
    for (const PricedPart& part : parts) {
        if (!part.profile.monthlyBudget)
            return std::nullopt;
        sum += *part.profile.monthlyBudget;
    }
    return sum;
}

std::map<QString, Money> teamBudgetsOf(const std::vector<PricedPart>& parts)
{
    std::map<QString, Money> budgets;
    for (const PricedPart& part : parts) {
        for (const auto& [team, amount] : part.profile.teamBudgets)
            budgets[team] += amount;
    }
    return budgets;
}

/// Days of the range that samples cover, by any topic; 0 where a profile's quantities are the catalog's alone.
int measuredDaysOf(const std::vector<PricedPart>& parts, const DayRange& range)
{
    std::set<QDate> days;
    for (const PricedPart& part : parts) {
        if (!part.profile.isMeasured)
            continue;
        for (const auto& [name, topic] : part.usage->topics) {
            for (const auto& [day, records] : topic.records) {
                if (day >= range.first && day <= range.last)
                    days.insert(day);
            }
        }
    }
    return static_cast<int>(days.size());
}

/// Whether anybody names the team: a budget of another one would hide what its team spends.
bool isKnownTeam(const Catalog& catalog, const std::vector<PricedPart>& parts, const QString& team)
{
    const auto hasTeam = [&team](const auto& event) {
        return event.producer.team == team ||
               std::any_of(event.consumers.begin(), event.consumers.end(),
                           [&team](const ConsumerEntry& consumer) { return consumer.team == team; });
    };
    return std::any_of(catalog.owned().begin(), catalog.owned().end(), hasTeam) ||
           std::any_of(catalog.events().begin(), catalog.events().end(), hasTeam) ||
           std::any_of(parts.begin(), parts.end(),
                       [&team](const PricedPart& part) { return part.profile.platformTeam == team; });
}

} // namespace

Checked<CostComparison> workspaceChanges(const Context& context, const CostQuestion& question,
                                         const QString& catalogFile)
{
    if (!question.range && catalogFile.isEmpty())
        return {std::nullopt,
                {callIssue(u"changes need two bills"_s,
                           u"write --from and --to, or --against with an earlier event-catalog.yaml"_s)}};
    Checked<CostBill> after = workspaceBill(context, question);
    if (!after.value)
        return {std::nullopt, std::move(after.issues)};
    CostQuestion earlier = question;
    Context other = context;
    if (catalogFile.isEmpty()) {
        earlier.range = before(*question.range, dayCount(*question.range));
    } else {
        CatalogFile file = readCatalogFile(catalogFile);
        if (hasErrors(file.issues))
            return {std::nullopt, std::move(file.issues)};
        other.catalog = Catalog(context.catalog.owned(), std::move(file.events), context.catalog.rules());
    }
    Checked<CostBill> was = workspaceBill(other, earlier);
    if (!was.value)
        return {std::nullopt, std::move(was.issues)};
    CostComparison comparison{std::move(*was.value), std::move(*after.value), {}};
    comparison.changes = costChanges(comparison.before, comparison.after, context.catalog);
    return {std::move(comparison), {}};
}

Checked<AnomalyReport> workspaceAnomalies(const Context& context, const CostQuestion& question, QDate today)
{
    constexpr qint64 historyDays = 113; // eight weeks to expect from, and eight to tell how much a day varies
    const DayRange range = question.range.value_or(DayRange{today.addDays(-30), today.addDays(-1)});
    CostQuestion whole = question;
    whole.isCalibrated = false; // where an invoice begins or ends is no odd day
    whole.range = DayRange{range.first.addDays(-historyDays), range.last, range.timeZone};
    const Checked<std::vector<PricedPart>> parts = pricedParts(context, whole);
    const Checked<CostBill> bill = workspaceBill(context, whole);
    if (!bill.value || !parts.value)
        return {std::nullopt, bill.issues};
    const DailyCosts daily = dailyCosts(*bill.value);
    const auto dayAt = [&](std::size_t index) { return daily.days[index]; };
    std::vector<EventAnomaly> found;
    for (const auto& [event, amounts] : daily.byEvent) {
        for (const Anomaly& anomaly : findAnomalies(asNumbers(amounts), {.smallest = 0.01})) {
            if (dayAt(anomaly.last) < range.first)
                continue;
            EventAnomaly one{event, {}, dayAt(anomaly.first), dayAt(anomaly.last), anomaly, {}};
            CostQuestion odd = whole;
            odd.range = DayRange{one.first, one.last, range.timeZone};
            const Checked<CostComparison> compared = workspaceChanges(context, odd, {});
            if (!compared.value)
                return {std::nullopt, compared.issues};
            if (const CostChange* change = changeOf(compared.value->changes, event)) {
                one.change = *change;
                one.team = change->team;
            }
            found.push_back(std::move(one));
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const EventAnomaly& a, const EventAnomaly& b) { return a.first > b.first; });
    return {AnomalyReport{.anomalies = std::move(found),
                          .first = whole.range->first,
                          .last = whole.range->last,
                          .measuredDays = measuredDaysOf(*parts.value, *whole.range)},
            {}};
}

Checked<MonthForecast> workspaceForecast(const Context& context, const CostQuestion& question,
                                         std::optional<Money> budget, QDate today)
{
    constexpr qint64 knownDays = 56;
    CostQuestion known = question;
    known.range = question.range.value_or(DayRange{today.addDays(-knownDays), today.addDays(-1)});
    const Checked<std::vector<PricedPart>> parts = pricedParts(context, known);
    const Checked<CostBill> bill = workspaceBill(context, known);
    if (!bill.value || !parts.value)
        return {std::nullopt, bill.issues};
    if (reportOf(*bill.value).isUnknown())
        return {std::nullopt,
                {issueOf(context, u"no event can be priced, so that nothing can be told of a month"_s,
                         u"add avg_daily_volume and avg_payload_bytes to event-catalog.yaml"_s)}};
    const DailyCosts daily = dailyCosts(*bill.value);
    MonthForecast month{.currency = bill.value->currency,
                        .knownFrom = known.range->first,
                        .knownTo = known.range->last,
                        .first = known.range->last.addDays(1),
                        .last = {},
                        .spent = {},
                        .forecast = {},
                        .budget = budget ? budget : budgetOf(*parts.value),
                        .teams = {},
                        .measuredDays = measuredDaysOf(*parts.value, *known.range),
                        .today = today};
    month.last = QDate(month.first.year(), month.first.month(), month.first.daysInMonth());
    const int ahead = static_cast<int>(month.first.daysTo(month.last)) + 1;
    const auto spentOf = [&](const std::vector<Money>& amounts) {
        Money spent;
        for (std::size_t d = 0; d < daily.days.size(); ++d) {
            if (daily.days[d].year() == month.last.year() && daily.days[d].month() == month.last.month())
                spent += amounts[d];
        }
        return spent;
    };
    month.spent = spentOf(daily.totals);
    const auto forecast = forecastCost(asNumbers(daily.totals), ahead);
    if (!forecast)
        return {std::nullopt,
                {callIssue(u"a forecast needs at least seven days"_s, u"write an earlier day after --from"_s)}};
    month.forecast = *forecast;
    for (const auto& [team, amount] : teamBudgetsOf(*parts.value)) {
        TeamForecast& one = month.teams.emplace_back(TeamForecast{team, amount, {}, {}});
        one.isKnown = daily.byTeam.contains(team) || isKnownTeam(context.catalog, *parts.value, team);
        if (const auto series = daily.byTeam.find(team); series != daily.byTeam.end()) {
            one.spent = spentOf(series->second);
            one.forecast = forecastCost(asNumbers(series->second), ahead);
        }
    }
    return {std::move(month), {}};
}

namespace {

/// What a part's advice is found and reckoned by.
SavingsInput savingsInput(const Context& context, const PricedPart& part, const MeasuredUsage& usage,
                          const std::map<QString, TopicEvidence>& evidence,
                          const std::map<QString, SavingsFactors>& factors)
{
    SavingsInput input{.catalog = context.catalog,
                       .profile = part.profile,
                       .options = part.options,
                       .evidence = evidence,
                       .factors = {}};
    input.options.measured = &usage;
    if (const auto own = factors.find(part.profile.name); own != factors.end())
        input.factors = own->second;
    return input;
}

/// The common bill of all parts, each with those of the savings that are its own.
Result<CostBill> billWith(const std::vector<SavingsInput>& inputs, const std::vector<Saving>& savings,
                          const std::map<QString, QString>& profiles)
{
    std::optional<CostBill> all;
    for (const SavingsInput& input : inputs) {
        std::vector<Saving> own;
        for (const Saving& saving : savings) {
            if (profiles.at(saving.id) == input.profile.name)
                own.push_back(saving);
        }
        auto bill = simulateSavings(input, own);
        if (!bill)
            return bill;
        if (all)
            mergeBill(*all, std::move(*bill));
        else
            all = std::move(*bill);
    }
    return std::move(*all);
}

} // namespace

Checked<SavingsAnswer> workspaceSavings(const Context& context, const CostQuestion& question,
                                        const QStringList& simulated)
{
    Checked<std::vector<PricedPart>> parts = pricedParts(context, question);
    if (!parts.value)
        return {std::nullopt, std::move(parts.issues)};
    const auto failed = [&](const Error& error) {
        return Checked<SavingsAnswer>{std::nullopt,
                                      {issueOf(context, error.detail, u"see: spillwayctl cost --help"_s)}};
    };
    const QDate today = QDateTime::currentDateTimeUtc().date();
    // Groups and partitions are known without days too.
    const auto usage = workspaceUsage(context, question.range.value_or(DayRange{today.addDays(-1), today.addDays(-1)}));
    if (!usage)
        return failed(usage.error());
    const auto evidence = costEvidence(context);
    if (!evidence)
        return failed(evidence.error());
    // Without days the newest invoice tells: its factors hold for yesterday.
    CostQuestion invoiced = question;
    invoiced.range = question.range.value_or(DayRange{today.addDays(-1), today.addDays(-1)});
    Checked<CostBill> calibrated = workspaceBill(context, invoiced);
    if (!calibrated.value)
        return {std::nullopt, std::move(calibrated.issues)};
    const auto factors = savingsFactors(*calibrated.value);
    std::vector<SavingsInput> inputs;
    for (const PricedPart& part : *parts.value)
        inputs.push_back(savingsInput(context, part, *usage, *evidence, factors));
    SavingsAnswer answer;
    answer.isInvoiced = !factors.empty();
    answer.currency = parts.value->front().profile.currency;
    for (const SavingsInput& input : inputs) {
        const auto savings = findSavings(input);
        if (!savings)
            return failed(savings.error());
        for (const Saving& saving : *savings) {
            if (answer.profiles.emplace(saving.id, input.profile.name).second)
                answer.savings.push_back(saving);
        }
    }
    std::stable_sort(answer.savings.begin(), answer.savings.end(),
                     [](const Saving& a, const Saving& b) { return a.perMonth > b.perMonth; });
    auto plain = billWith(inputs, {}, answer.profiles);
    if (!plain)
        return failed(plain.error());
    answer.before = std::move(*plain);
    answer.totalBefore = totalAsInvoiced(answer.before, factors);
    for (const QString& id : simulated) {
        const auto at = std::find_if(answer.savings.begin(), answer.savings.end(),
                                     [&](const Saving& saving) { return saving.id == id; });
        if (at == answer.savings.end())
            return {std::nullopt,
                    {callIssue(u"there is no advice %1"_s.arg(quoted(id)),
                               u"write an id that spillwayctl cost savings lists"_s)}};
        answer.chosen.push_back(*at);
    }
    if (!answer.chosen.empty()) {
        auto after = billWith(inputs, answer.chosen, answer.profiles);
        if (!after)
            return failed(after.error());
        answer.simulated = std::move(*after);
        answer.totalAfter = totalAsInvoiced(*answer.simulated, factors);
    }
    return {std::move(answer), {}};
}

Checked<SavingsPatch> workspaceSavingsPatch(const Context& context, const SavingsAnswer& answer,
                                            const std::vector<Saving>& savings)
{
    Checked<SavingsFiles> files = readSavingsFiles(context.workspace);
    if (!files.value)
        return {std::nullopt, std::move(files.issues)};
    SavingsEdits made;
    std::map<QString, std::vector<Saving>> byProfile;
    for (const Saving& saving : savings)
        byProfile[answer.profiles.at(saving.id)].push_back(saving);
    for (const auto& [profile, own] : byProfile) {
        SavingsEdits some = savingsEdits(*files.value, profile, own);
        made.edits.insert(made.edits.end(), some.edits.begin(), some.edits.end());
        made.byHand += some.byHand;
    }
    auto patch = savingsPatch(*files.value, made, savings, answer.currency);
    if (!patch)
        return {std::nullopt,
                {issueOf(context, patch.error().detail, u"choose fewer of them, each with --simulate"_s)}};
    SavingsPatch result{std::move(*patch), std::move(made.edits), files.value->sources.texts(), std::move(made.byHand)};
    if (files.value->pricing.isNamed())
        result.before.push_back(files.value->pricing.text);
    return {std::move(result), {}};
}

} // namespace spillway
