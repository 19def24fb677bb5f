// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/costwords.h"

#include "model/base/text.h"
#include "model/cost/costreport.h"
#include "views/widgets/commandline.h"

#include <QCoreApplication>

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
            for (const CostComponent component : costComponents) {
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
    if (!report.teams.empty() && bill.totals.total.micros > 0) {
        const CostRow& dearest = report.teams.front();
        sentence += tr("; %1 pays most, %2 %")
                        .arg(visibleText(dearest.team))
                        .arg(std::lround(100.0 * units(dearest.total) / units(bill.totals.total)));
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
    for (const QuantityBasis basis : {QuantityBasis::Measured, QuantityBasis::Declared, QuantityBasis::Assumed}) {
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
    if (!bill.unknownEvents.isEmpty())
        lines << tr("In no sum, since volume or size is not known: %1. Add avg_daily_volume and avg_payload_bytes to "
                    "event-catalog.yaml.")
                     .arg(bill.unknownEvents.join(u", "_s));
    lines += bill.notes;
    return lines.join(u'\n');
}

QString costCommand(const CostRequest& request, const CostBill& bill)
{
    QString line = u"spillwayctl cost"_s;
    if (!request.profile.isEmpty())
        line += u" --profile "_s + shellQuoted(request.profile);
    if (bill.range) {
        line += u" --from %1 --to %2"_s.arg(bill.range->first.toString(Qt::ISODate),
                                            bill.range->last.toString(Qt::ISODate));
        if (bill.range->timeZone != u"UTC")
            line += u" --time-zone "_s + shellQuoted(bill.range->timeZone);
    }
    if (request.policy != AllocationPolicy::Profile)
        line += u" --policy "_s + allocationPolicyWord(request.policy);
    if (request.idle != IdlePolicy::Show)
        line += u" --idle "_s + idlePolicyWord(request.idle);
    return line;
}

} // namespace spillway::views
