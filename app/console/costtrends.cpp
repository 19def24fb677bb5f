// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costtrends.h"

#include "model/catalog/catalogfiles.h"
#include "model/deadletter/topicsizes.h"
#include "model/lag/topicgrowth.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

FileIssue issueOf(const Context& context, const QString& message, const QString& remedy)
{
    return {.place = {.file = context.workspace.file}, .message = message, .remedy = remedy};
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

Result<std::map<QString, TopicEvidence>> evidenceOf(const Context& context)
{
    std::map<QString, TopicEvidence> evidence;
    if (!QFileInfo::exists(context.samplesFile()))
        return evidence;
    auto reader = Database::open(context.samplesFile(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto lags = worstTimeLags(*reader);
    if (!lags)
        return tl::unexpected<Error>(lags.error());
    constexpr double dayMs = 86'400'000;
    for (const TopicLag& lag : *lags) {
        TopicEvidence& topic = evidence[lag.topic];
        topic.isSampled = true;
        topic.observedDays = std::max(topic.observedDays, static_cast<double>(lag.observed.count()) / dayMs);
        if (lag.worst)
            topic.worstLagDays =
                std::max(topic.worstLagDays.value_or(0), static_cast<double>(lag.worst->count()) / dayMs);
    }
    for (const CatalogEvent& event : context.catalog.events()) {
        if (event.topic.isEmpty())
            continue;
        const auto payloads = sampledPayloads(*reader, event.topic);
        if (!payloads)
            return tl::unexpected<Error>(payloads.error());
        if (static_cast<int>(payloads->size()) >= fewestSamples)
            lookAtPayloads(evidence[event.topic], *payloads);
    }
    return evidence;
}

} // namespace

Checked<CostComparison> workspaceChanges(const Context& context, const CostQuestion& question,
                                         const QString& catalogFile)
{
    if (!question.range && catalogFile.isEmpty())
        return {std::nullopt,
                {issueOf(context, u"changes need two bills"_s,
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

Checked<std::vector<EventAnomaly>> workspaceAnomalies(const Context& context, const CostQuestion& question, QDate today)
{
    constexpr qint64 historyDays = 113; // eight weeks to expect from, and eight to tell how much a day varies
    const DayRange range = question.range.value_or(DayRange{today.addDays(-30), today.addDays(-1)});
    CostQuestion whole = question;
    whole.isCalibrated = false; // where an invoice begins or ends is no odd day
    whole.range = DayRange{range.first.addDays(-historyDays), range.last, range.timeZone};
    const Checked<CostBill> bill = workspaceBill(context, whole);
    if (!bill.value)
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
    return {std::move(found), {}};
}

Checked<MonthForecast> workspaceForecast(const Context& context, const CostQuestion& question,
                                         std::optional<Money> budget, QDate today)
{
    constexpr qint64 knownDays = 56;
    CostQuestion known = question;
    known.range = question.range.value_or(DayRange{today.addDays(-knownDays), today.addDays(-1)});
    const Checked<CostBill> bill = workspaceBill(context, known);
    if (!bill.value)
        return {std::nullopt, bill.issues};
    const DailyCosts daily = dailyCosts(*bill.value);
    MonthForecast month{.currency = bill.value->currency,
                        .knownFrom = known.range->first,
                        .knownTo = known.range->last,
                        .first = known.range->last.addDays(1),
                        .last = {},
                        .spent = {},
                        .forecast = {},
                        .budget = budget};
    month.last = QDate(month.first.year(), month.first.month(), month.first.daysInMonth());
    for (std::size_t d = 0; d < daily.days.size(); ++d) {
        if (daily.days[d].year() == month.last.year() && daily.days[d].month() == month.last.month())
            month.spent += daily.totals[d];
    }
    const auto forecast = forecastCost(asNumbers(daily.totals), static_cast<int>(month.first.daysTo(month.last)) + 1);
    if (!forecast)
        return {std::nullopt,
                {issueOf(context, u"a forecast needs at least seven days"_s, u"write an earlier day after --from"_s)}};
    month.forecast = *forecast;
    return {std::move(month), {}};
}

Checked<SavingsAnswer> workspaceSavings(const Context& context, const CostQuestion& question,
                                        const QStringList& simulated)
{
    Checked<std::vector<PricingProfile>> profiles = workspacePricing(context);
    if (!profiles.value)
        return {std::nullopt, std::move(profiles.issues)};
    const auto failed = [&](const Error& error) {
        return Checked<SavingsAnswer>{std::nullopt,
                                      {issueOf(context, error.detail, u"see: spillwayctl cost --help"_s)}};
    };
    const auto profile = chooseProfile(*profiles.value, question.profile);
    if (!profile)
        return failed(profile.error());
    const QDate today = QDateTime::currentDateTimeUtc().date();
    const auto usage = workspaceUsage(context, question.range.value_or(DayRange{today.addDays(-1), today.addDays(-1)}));
    if (!usage)
        return failed(usage.error());
    auto evidence = evidenceOf(context);
    if (!evidence)
        return failed(evidence.error());
    const SavingsInput input{.catalog = context.catalog,
                             .profile = *profile,
                             .options = {.range = question.range,
                                         .policy = question.policy,
                                         .idle = question.idle,
                                         .measured = &*usage,
                                         .cuts = {},
                                         .today = today,
                                         .isIncluded = {}},
                             .evidence = std::move(*evidence)};
    auto savings = findSavings(input);
    if (!savings)
        return failed(savings.error());
    auto plain = simulateSavings(input, {});
    if (!plain)
        return failed(plain.error());
    SavingsAnswer answer{profile->currency, std::move(*savings), std::move(*plain), {}};
    std::vector<Saving> chosen;
    for (const QString& id : simulated) {
        const auto at = std::find_if(answer.savings.begin(), answer.savings.end(),
                                     [&](const Saving& saving) { return saving.id == id; });
        if (at == answer.savings.end())
            return {std::nullopt,
                    {issueOf(context, u"there is no advice %1"_s.arg(quoted(id)),
                             u"write an id that spillwayctl cost savings lists"_s)}};
        chosen.push_back(*at);
    }
    if (!chosen.empty()) {
        auto after = simulateSavings(input, chosen);
        if (!after)
            return failed(after.error());
        answer.simulated = std::move(*after);
    }
    return {std::move(answer), {}};
}

} // namespace spillway
