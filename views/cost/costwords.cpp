// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/costwords.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "model/cost/costreport.h"
#include "views/widgets/commandline.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("CostPage", text);
}

double units(Money amount)
{
    return static_cast<double>(amount.micros) / 1e6;
}

QString signedText(Money amount)
{
    return (amount.micros > 0 ? u"+"_s : QString()) + moneyText(amount, 2);
}

QString factorText(CostFactor factor)
{
    switch (factor) {
    case CostFactor::Volume:
        return tr("volume");
    case CostFactor::Size:
        return tr("size");
    case CostFactor::FanOut:
        return tr("fan-out");
    case CostFactor::Retention:
        return tr("retention");
    case CostFactor::Price:
        return tr("price");
    case CostFactor::New:
        return tr("new");
    case CostFactor::Gone:
        return tr("gone");
    }
    return {};
}

} // namespace

QString componentText(CostComponent component)
{
    switch (component) {
    case CostComponent::Storage:
        return tr("Storage");
    case CostComponent::Network:
        return tr("Network");
    case CostComponent::Compute:
        return tr("Compute");
    case CostComponent::Registry:
        return tr("Registry");
    case CostComponent::TieredStorage:
        return tr("Tiered storage");
    case CostComponent::Ingress:
        return tr("Ingress");
    case CostComponent::Egress:
        return tr("Egress");
    case CostComponent::CrossZone:
        return tr("Between zones");
    case CostComponent::Broker:
        return tr("Brokers");
    case CostComponent::Partitions:
        return tr("Partitions");
    case CostComponent::Requests:
        return tr("Requests");
    case CostComponent::Connectors:
        return tr("Connectors");
    case CostComponent::Fixed:
        return tr("Fixed");
    case CostComponent::Adjustment:
        return tr("Adjustment");
    }
    return {};
}

QString roleText(CostRole role)
{
    switch (role) {
    case CostRole::Producer:
        return tr("producer");
    case CostRole::Consumer:
        return tr("consumer");
    case CostRole::Platform:
        return tr("platform");
    case CostRole::Idle:
        return tr("idle");
    case CostRole::Unattributed:
        return tr("unattributed");
    case CostRole::Adjustment:
        return tr("adjustment");
    }
    return {};
}

QString basisText(QuantityBasis basis)
{
    switch (basis) {
    case QuantityBasis::Measured:
        return tr("measured");
    case QuantityBasis::Declared:
        return tr("declared");
    case QuantityBasis::Assumed:
        return tr("assumed");
    case QuantityBasis::Invoiced:
        return tr("invoiced");
    }
    return {};
}

QString periodText(CostPeriod period)
{
    switch (period) {
    case CostPeriod::CatalogDay:
        return tr("A day, by the catalog");
    case CostPeriod::Last7Days:
        return tr("Last 7 days");
    case CostPeriod::Last30Days:
        return tr("Last 30 days");
    case CostPeriod::ThisMonth:
        return tr("This month");
    case CostPeriod::LastMonth:
        return tr("Last month");
    }
    return {};
}

QString policyText(AllocationPolicy policy)
{
    switch (policy) {
    case AllocationPolicy::Profile:
        return tr("As the profile says");
    case AllocationPolicy::Producer:
        return tr("Producer pays");
    case AllocationPolicy::Consumer:
        return tr("Consumers pay");
    case AllocationPolicy::Even:
        return tr("Even parts");
    case AllocationPolicy::Mix:
        return tr("Usage and even mixed");
    case AllocationPolicy::Platform:
        return tr("Platform pays");
    }
    return {};
}

QString idleText(IdlePolicy policy)
{
    switch (policy) {
    case IdlePolicy::Show:
        return tr("Idle by itself");
    case IdlePolicy::Proportional:
        return tr("Idle on top of each");
    case IdlePolicy::Platform:
        return tr("Idle to the platform");
    }
    return {};
}

QString dimensionText(CostDimension dimension)
{
    switch (dimension) {
    case CostDimension::Team:
        return tr("Team");
    case CostDimension::Event:
        return tr("Event");
    case CostDimension::Component:
        return tr("Component");
    }
    return {};
}

QString partText(const CostPart& part, CostDimension dimension)
{
    switch (part.kind) {
    case CostPart::Kind::Named:
        if (dimension == CostDimension::Component) {
            for (const CostComponent component : billedComponents) {
                if (costComponentWord(component) == part.name)
                    return componentText(component);
            }
        }
        return visibleText(part.name);
    case CostPart::Kind::Others:
        return tr("others");
    case CostPart::Kind::Unattributed:
        return tr("unattributed");
    case CostPart::Kind::Idle:
        return tr("idle");
    case CostPart::Kind::Adjustment:
        return tr("adjustment");
    }
    return {};
}

QString moneyText(Money amount, int places)
{
    const QString plain = formatMoney(Money{std::abs(amount.micros)}, places);
    const qsizetype point = plain.indexOf(u'.');
    const QString whole = point < 0 ? plain : plain.left(point);
    return (amount.micros < 0 ? u"\u2212"_s : QString()) + formatCount(whole.toLongLong()) +
           (point < 0 ? QString() : plain.mid(point));
}

QString costHeadline(const CostBill& bill, const CostBill* previous)
{
    const CostReport report = reportOf(bill);
    const QString total = moneyText(bill.totals.total, 2) + u'\u00A0' + bill.currency;
    QString sentence =
        bill.range ? tr("Events cost %1 in the period").arg(total) : tr("Events cost %1 a day").arg(total);
    if (report.isUnknown())
        return tr("Nothing can be priced: no event has volume and size");
    const auto share = [&bill](Money part) { return std::lround(100.0 * units(part) / units(bill.totals.total)); };
    const bool hasCost = bill.totals.total.micros > 0;
    // what is nobody's may be most of it
    const bool isMostlyIdle = hasCost && (report.teams.empty() || report.idle.total > report.teams.front().total);
    if (isMostlyIdle && report.idle.total.micros > 0)
        sentence += tr("; %1 % of it is idle").arg(share(report.idle.total));
    if (hasCost && !report.teams.empty()) {
        const CostRow& dearest = report.teams.front();
        sentence += tr("; %1 pays most, %2 %").arg(visibleText(dearest.team)).arg(share(dearest.total));
    }
    if (previous && previous->totals.total.micros > 0) {
        const auto change = std::lround(100.0 * units(bill.totals.total) / units(previous->totals.total) - 100.0);
        sentence += change > 0   ? tr("; %1 % more than before").arg(change)
                    : change < 0 ? tr("; %1 % less than before").arg(-change)
                                 : tr("; as much as before");
    }
    return sentence;
}

QString costBasis(const CostBill& bill)
{
    QStringList shares;
    for (const QuantityBasis basis : quantityBases) {
        const Money amount = bill.totals.byBasis[static_cast<std::size_t>(basis)];
        if (amount.micros != 0)
            shares << tr("%1 %2 %3").arg(moneyText(amount, 2), bill.currency, basisText(basis));
    }
    QStringList lines;
    lines << tr("Rests on profile %1; %2; %3 priced.")
                 .arg(bill.profileName, shares.join(u", "_s),
                      bill.pricedEvents == 1 ? tr("1 event") : tr("%1 events").arg(formatCount(bill.pricedEvents)));
    for (const CostSegment& segment : bill.segments) {
        for (const CostCalibration& calibration : segment.calibrations)
            lines << tr("%1 is calibrated by %2%3.")
                         .arg(componentText(calibration.component), calibration.invoice,
                              calibration.factor ? tr(", factor %1").arg(*calibration.factor, 0, 'f', 4) : QString());
    }
    lines += bill.notes; // among them which events are in no sum, and why
    if (!bill.unknownEvents.isEmpty())
        lines << tr(
            "What is in no sum gets into it with avg_daily_volume and avg_payload_bytes in event-catalog.yaml.");
    return lines.join(u'\n');
}

QString reasonText(const CostChange& change)
{
    std::vector<std::pair<Money, QString>> parts;
    for (const CostFactor factor : costFactors) {
        if (std::abs(change.effect(factor).micros) >= 5'000) // half a cent
            parts.emplace_back(change.effect(factor), factorText(factor));
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const auto& a, const auto& b) { return std::abs(a.first.micros) > std::abs(b.first.micros); });
    QStringList words;
    for (const auto& [amount, name] : parts)
        words += name + u' ' + signedText(amount);
    return words.isEmpty() ? u"–"_s : words.join(u", "_s);
}

QString changesHeadline(const CostChangesSheet& sheet)
{
    const Money delta{sheet.totalAfter.micros - sheet.totalBefore.micros};
    if (std::abs(delta.micros) < 5'000 && sheet.changes.empty())
        return tr("As much as in the days before");
    QString sentence =
        tr("%1 %2 instead of %3: %4")
            .arg(moneyText(sheet.totalAfter, 2), sheet.currency, moneyText(sheet.totalBefore, 2), signedText(delta));
    if (!sheet.changes.empty()) {
        const CostChange& largest = sheet.changes.front();
        const QString name = largest.eventType.isEmpty() ? largest.topic : largest.eventType;
        sentence += tr(", most of it %1%2%3")
                        .arg(name.isEmpty() ? tr("of no event") : visibleText(name),
                             largest.team.isEmpty() ? QString() : tr(" of %1").arg(visibleText(largest.team)),
                             largest.since ? tr(" since %1").arg(largest.since->toString(Qt::ISODate)) : QString());
    }
    return sentence;
}

CellMark riskMark(SavingRisk risk)
{
    switch (risk) {
    case SavingRisk::Low:
        return {Tone::Ok, tr("low")};
    case SavingRisk::Medium:
        return {Tone::Warning, tr("medium")};
    case SavingRisk::High:
        return {Tone::Critical, tr("high")};
    }
    return {};
}

QString savingsHeadline(const SavingsSheet& sheet)
{
    if (sheet.savings.empty())
        return tr("Nothing to save was found");
    const Saving& first = sheet.savings.front();
    const QString most =
        tr("most by %1: %2 %3 a month").arg(visibleText(first.id), moneyText(first.perMonth, 2), sheet.currency);
    return sheet.savings.size() == 1
               ? tr("1 way to pay less: %1 %2 a month").arg(moneyText(first.perMonth, 2), sheet.currency)
               : tr("%1 ways to pay less, %2").arg(sheet.savings.size()).arg(most);
}

QString invoiceDays(const Invoice& invoice)
{
    std::optional<QDate> first;
    std::optional<QDate> last;
    for (const InvoiceLine& line : invoice.lines) {
        first = first ? std::min(*first, line.first) : line.first;
        last = last ? std::max(*last, line.last) : line.last;
    }
    return first ? tr("%1 to %2").arg(first->toString(Qt::ISODate), last->toString(Qt::ISODate)) : u"–"_s;
}

QString previewText(const InvoicePreview& preview)
{
    const Invoice& invoice = preview.invoice;
    if (preview.known)
        return tr("%1 was kept before, as %2 on %3 by %4; a charge counts once")
            .arg(visibleText(invoice.name), visibleText(preview.known->name),
                 QDateTime::fromMSecsSinceEpoch(toMs(preview.known->importedAt), Qt::UTC).date().toString(Qt::ISODate),
                 visibleText(preview.known->importedBy));
    return tr("%1, not kept yet: %2 charges, %3 %4, %5, for profile %6")
        .arg(visibleText(invoice.name), QString::number(invoice.lines.size()), moneyText(preview.total, 2),
             visibleText(invoice.currency), invoiceDays(invoice), invoice.profile);
}

QString forecastSentence(const MonthForecast& forecast)
{
    const auto rest = [&](double amount) { return Money{forecast.spent.micros + std::llround(amount * 1e6)}; };
    QString sentence =
        tr("%1 will cost %2 %3")
            .arg(forecast.last.toString(u"yyyy-MM"_s), moneyText(forecast.month(), 2), forecast.currency);
    const QString low = moneyText(rest(forecast.forecast.low), 2);
    const QString high = moneyText(rest(forecast.forecast.high), 2);
    if (!forecast.hasBand())
        sentence += tr(" at the catalog's volumes");
    else if (low != high)
        sentence += tr(", between %1 and %2 four times in five").arg(low, high);
    if (forecast.budget)
        sentence += forecast.month() > *forecast.budget
                        ? tr("; over the budget of %1 by %2")
                              .arg(moneyText(*forecast.budget, 2),
                                   moneyText(Money{forecast.month().micros - forecast.budget->micros}, 2))
                        : tr("; within the budget of %1").arg(moneyText(*forecast.budget, 2));
    QStringList over;
    QStringList strangers;
    for (const TeamForecast& team : forecast.teams) {
        if (!team.isKnown)
            strangers += visibleText(team.team);
        else if (team.month() > team.budget)
            over +=
                tr("%1 %2 of %3").arg(visibleText(team.team), moneyText(team.month(), 2), moneyText(team.budget, 2));
    }
    if (!over.isEmpty())
        sentence += tr("; over theirs: %1").arg(over.join(u", "_s));
    if (!strangers.isEmpty())
        sentence += tr("; budgets of teams that nobody names: %1").arg(strangers.join(u", "_s));
    return sentence;
}

namespace {

/// `spillwayctl` and what is asked, with the options of the bill.
QString commandFor(const QString& words, const CostRequest& request, const std::optional<DayRange>& range)
{
    QString line = words;
    if (!request.profile.isEmpty())
        line += u" --profile "_s + shellQuoted(request.profile);
    if (range) {
        line += u" --from %1 --to %2"_s.arg(range->first.toString(Qt::ISODate), range->last.toString(Qt::ISODate));
        if (range->timeZone != u"UTC")
            line += u" --time-zone "_s + shellQuoted(range->timeZone);
    }
    if (request.policy != AllocationPolicy::Profile)
        line += u" --policy "_s + allocationPolicyWord(request.policy);
    if (request.idle != IdlePolicy::Show)
        line += u" --idle "_s + idlePolicyWord(request.idle);
    return line;
}

} // namespace

QString savingsCommand(const CostRequest& request, const SavingsSheet& sheet, const QStringList& chosen)
{
    QString line = commandFor(u"spillwayctl cost savings"_s, request, sheet.range);
    for (const QString& id : chosen)
        line += u" --simulate "_s + shellQuoted(id);
    return line;
}

QString changesCommand(const CostRequest& request, const std::optional<DayRange>& range)
{
    return commandFor(u"spillwayctl cost changes"_s, request, range);
}

QString unitCommand(const CostRequest& request, const CostBill& bill)
{
    return commandFor(u"spillwayctl cost unit"_s, request, bill.range);
}

QString costCommand(const CostRequest& request, const CostBill& bill)
{
    return commandFor(u"spillwayctl cost"_s, request, bill.range);
}

} // namespace spillway::views
