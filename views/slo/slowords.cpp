// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/slo/slowords.h"

#include "model/base/text.h"
#include "views/widgets/timetext.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Slo", text);
}

QString shortNumber(double value)
{
    return value >= 10 ? formatCount(std::llround(value)) : QString::number(value, 'g', 2);
}

} // namespace

CellMark sloMark(SloState state)
{
    switch (state) {
    case SloState::Violated:
        return {Tone::Critical, translated("broken")};
    case SloState::AtRisk:
        return {Tone::Warning, translated("at risk")};
    case SloState::NoData:
        return {Tone::Unknown, translated("no data")};
    case SloState::Met:
        return {Tone::Ok, translated("met")};
    case SloState::NoPromise:
        return {Tone::Unknown, translated("no promise")};
    }
    return {Tone::Unknown, sloStateWord(state)};
}

QString sloHeadline(const std::vector<SloRow>& rows)
{
    const auto count = [&](SloState state) {
        return std::count_if(rows.begin(), rows.end(), [state](const SloRow& row) { return row.state == state; });
    };
    const auto promises = static_cast<std::int64_t>(rows.size()) - count(SloState::NoPromise);
    const auto broken = count(SloState::Violated);
    const auto atRisk = count(SloState::AtRisk);
    const auto silent = count(SloState::NoData);
    const auto fastest = std::max_element(rows.begin(), rows.end(), [](const SloRow& a, const SloRow& b) {
        return a.burnRate1h.value_or(-1) < b.burnRate1h.value_or(-1);
    });
    const QString burning =
        fastest != rows.end() && fastest->burnRate1h.value_or(0) > 1
            ? translated("; %1 burns fastest, %2").arg(fastest->consumer, burnText(fastest->burnRate1h))
            : QString();
    if (promises == 0)
        return translated("No promise has been made");
    if (broken > 0)
        return translated("%1 of %2 promises broken").arg(formatCount(broken), formatCount(promises)) + burning;
    if (atRisk > 0)
        return translated("All promises are kept so far; %1 of %2 at risk")
                   .arg(formatCount(atRisk), formatCount(promises)) +
               burning;
    if (silent == promises)
        return translated("Of %1 promises nothing is known: no processing record yet").arg(formatCount(promises));
    return silent == 0 ? translated("All %1 promises are kept").arg(formatCount(promises))
                       : translated("%1 of %2 promises are kept; of %3 nothing is known")
                             .arg(formatCount(promises - silent), formatCount(promises), formatCount(silent));
}

QString millisText(const std::optional<double>& ms)
{
    if (!ms)
        return unknownText();
    if (*ms < 10)
        return QString::number(*ms, 'g', 2) + u" ms"_s;
    if (*ms < 1'000)
        return formatCount(std::llround(*ms)) + u" ms"_s;
    if (*ms < 60'000)
        return QString::number(*ms / 1'000, 'f', *ms < 10'000 ? 2 : 1) + u" s"_s;
    return formatDuration(Millis{std::llround(*ms)});
}

QString burnText(const std::optional<double>& burnRate)
{
    return burnRate ? shortNumber(*burnRate) + u" ×"_s : unknownText();
}

QString budgetText(const std::optional<double>& remaining)
{
    if (!remaining)
        return unknownText();
    const auto percent = std::floor(*remaining * 100);
    if (percent >= 0)
        return formatCount(static_cast<std::int64_t>(percent)) + u" %"_s;
    return u'\u2212' + formatCount(static_cast<std::int64_t>(-percent)) + u" %"_s;
}

QString sloMeaning(const SloRow& row)
{
    const QString promise = row.targetMs ? translated("Promised: %1 of records good within %2.")
                                               .arg(shareText(row.objective), millisText(row.targetMs))
                                         : translated("Nothing was promised in ownership.yaml.");
    switch (row.state) {
    case SloState::Violated:
        return promise + u' ' +
               translated("Kept for %1 of %2 records; %3 were late or failed.")
                   .arg(shareText(row.attainment), formatCount(row.total),
                        formatCount(row.total - row.good.value_or(row.total)));
    case SloState::AtRisk:
        return promise + u' ' +
               translated("Kept so far, but the last hour spends the error budget %1 as fast as it lasts.")
                   .arg(burnText(row.burnRate1h));
    case SloState::NoData:
        return promise + u' ' +
               translated("No processing record in this window. That is not the same as kept: does the service write "
                          "its log?");
    case SloState::Met:
        return promise + u' ' +
               translated("Kept; %1 of the error budget is left.").arg(budgetText(row.budgetRemaining));
    case SloState::NoPromise:
        return translated("%1 Counted all the same: %2 records, %3 succeeded.")
            .arg(promise, formatCount(row.total), shareText(row.successRate));
    }
    return promise;
}

} // namespace spillway::views
