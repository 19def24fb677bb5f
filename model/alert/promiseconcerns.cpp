// SPDX-License-Identifier: GPL-3.0-or-later
// Promises of ownership.yaml: broken, burning, unknown.
#include "model/alert/concernlist.h"
#include "model/alert/concernwords.h"
#include "model/base/text.h"

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double pageBurnRate = 14.4; // SRE Workbook, table 5-8: 2 % of a 30-day budget in one hour

QString targetText(const PromiseFinding& promise)
{
    return promise.targetMs ? u" within %1"_s.arg(formatDuration(Millis(std::llround(*promise.targetMs)))) : QString();
}

QString evidenceOf(const PromiseFinding& promise)
{
    QStringList parts{u"%1 of %2 good in %3"_s.arg(formatCount(promise.good), formatCount(promise.total),
                                                   formatDuration(promise.window))};
    if (promise.burnRate1h)
        parts += u"burns %1× in the last hour"_s.arg(QString::number(*promise.burnRate1h, 'f', 1));
    if (promise.budgetRemaining)
        parts += *promise.budgetRemaining > 0 ? u"%1 of the budget left"_s.arg(attainmentText(*promise.budgetRemaining))
                                              : u"budget spent"_s;
    return parts.join(u" · "_s);
}

/// When the budget is spent at the present burn rate: what is left of it, in windows, divided by the rate.
std::optional<UtcTime> budgetSpentAt(const PromiseFinding& promise, UtcTime now)
{
    if (!promise.budgetRemaining || *promise.budgetRemaining <= 0 || !promise.burnRate1h || *promise.burnRate1h <= 0)
        return std::nullopt;
    const double left = *promise.budgetRemaining * static_cast<double>(promise.window.count()) / *promise.burnRate1h;
    constexpr double tenYears = 10 * 365 * 86'400'000.0;
    return left < tenYears ? std::optional(now + Millis(std::llround(left))) : std::nullopt;
}

} // namespace

PromiseFinding findingOf(const SloRow& row, Millis window)
{
    return PromiseFinding{.consumer = row.consumer,
                          .eventType = row.eventType,
                          .team = row.team,
                          .state = row.state,
                          .total = row.total,
                          .good = row.good.value_or(0),
                          .attainment = row.attainment,
                          .objective = row.objective,
                          .targetMs = row.targetMs,
                          .budgetRemaining = row.budgetRemaining,
                          .burnRate1h = row.burnRate1h,
                          .window = window};
}

void addPromiseConcerns(const std::vector<PromiseFinding>& promises, UtcTime now, ConcernList& list)
{
    for (const PromiseFinding& promise : promises) {
        const QString who = visibleText(promise.consumer);
        const QString event = visibleText(promise.eventType);
        Concern concern{.evidence = evidenceOf(promise), .team = promise.team};
        double badness = promise.burnRate1h.value_or(0);
        switch (promise.state) {
        case SloState::Met:
        case SloState::NoPromise:
            continue;
        case SloState::Violated:
            concern.rule = ConcernRule::PromiseBroken;
            concern.severity = promise.burnRate1h.value_or(0) >= pageBurnRate ? Severity::Critical : Severity::Warning;
            concern.summary = u"%1 breaks its promise for %2"_s.arg(who, event);
            if (promise.attainment && promise.objective) {
                concern.summary += u": %1%2, promised %3"_s.arg(attainmentText(*promise.attainment),
                                                                targetText(promise), promisedText(*promise.objective));
                badness = std::max(badness,
                                   (*promise.objective - *promise.attainment) / std::max(1e-9, 1 - *promise.objective));
            }
            break;
        case SloState::AtRisk:
            concern.rule = ConcernRule::PromiseAtRisk;
            concern.severity = Severity::Warning;
            concern.summary = u"%1 burns its error budget for %2 too fast"_s.arg(who, event);
            if (promise.burnRate1h)
                concern.summary +=
                    u": %1 times what its promise allows"_s.arg(QString::number(*promise.burnRate1h, 'f', 1));
            concern.until = budgetSpentAt(promise, now);
            break;
        case SloState::NoData:
            concern.rule = ConcernRule::PromiseUnknown;
            concern.severity = Severity::Info;
            concern.summary = u"Whether %1 keeps its promise for %2 is unknown: no processing record in %3"_s.arg(
                who, event, formatDuration(promise.window));
            concern.evidence = u"0 records"_s;
            break;
        }
        concern.action = {.screen = ConcernScreen::Slo,
                          .filter = promise.consumer + u' ' + promise.eventType,
                          .label = u"Show promise"_s,
                          .command = u"spillwayctl slo"_s};
        list.add(std::move(concern), promise.consumer + u'/' + promise.eventType, badness);
    }
}

} // namespace spillway
