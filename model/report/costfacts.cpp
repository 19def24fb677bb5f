// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/report/costfacts.h"

#include "model/base/text.h"

#include <QDateTime>

#include <cmath>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

QString periodText(const CostBill& bill)
{
    if (!bill.range)
        return u"one day at the catalog's volumes"_s;
    const auto days = bill.range->first.daysTo(bill.range->last) + 1;
    return u"%1 to %2, %3"_s.arg(bill.range->first.toString(Qt::ISODate), bill.range->last.toString(Qt::ISODate),
                                 days == 1 ? u"1 day"_s : u"%1 days"_s.arg(formatCount(days)));
}

QString profileText(const CostSegment& segment)
{
    QString text = segment.profile.name;
    if (segment.profile.effectiveFrom)
        text += u", rates from "_s + segment.profile.effectiveFrom->toString(Qt::ISODate);
    if (!segment.profile.source.isEmpty())
        text += u" ("_s + segment.profile.source + u')';
    if (!segment.connection.isEmpty())
        text += u", "_s + segment.connection;
    return text;
}

QString calibrationText(const CostCalibration& calibration, const QString& currency)
{
    const QString factor =
        calibration.factor ? u"factor "_s + QString::number(*calibration.factor, 'f', 4) : u"nothing was modelled"_s;
    return u"%1: %2; modelled %3, invoiced %4 (%5, %6 to %7)%8"_s.arg(
        costComponentWord(calibration.component), factor, amountText(calibration.modelled, currency),
        amountText(calibration.invoiced, currency), calibration.invoice, calibration.first.toString(Qt::ISODate),
        calibration.last.toString(Qt::ISODate), calibration.isCarriedForward ? u", carried forward"_s : QString());
}

QString basisText(const CostBill& bill)
{
    QStringList parts;
    for (const QuantityBasis basis : quantityBases) {
        const Money amount = bill.totals.byBasis[static_cast<std::size_t>(basis)];
        if (amount.micros != 0)
            parts += u"%1 %2"_s.arg(amountText(amount, bill.currency), quantityBasisWord(basis));
    }
    return parts.isEmpty() ? u"nothing is priced"_s : parts.join(u", "_s);
}

} // namespace

QString amountText(Money amount, const QString& currency)
{
    const std::int64_t size = std::abs(amount.micros);
    const int decimals = size >= 1'000'000 || size == 0 ? 2 : 4;
    const QString plain = formatMoney(amount, decimals);
    const qsizetype point = plain.indexOf(u'.');
    const bool isNegative = plain.startsWith(u'-');
    const QString whole = plain.mid(isNegative ? 1 : 0, point - (isNegative ? 1 : 0));
    return (isNegative ? u"\u2212"_s : QString()) + formatCount(whole.toLongLong()) + plain.mid(point) +
           QChar(QChar::Nbsp) + currency;
}

std::vector<std::pair<QString, QString>> costFacts(const CostBill& bill, const CostOccasion& occasion)
{
    std::vector<std::pair<QString, QString>> facts;
    facts.emplace_back(u"Workspace"_s, occasion.workspace);
    facts.emplace_back(u"Period"_s, periodText(bill));
    facts.emplace_back(u"Time zone"_s, bill.range ? bill.range->timeZone : u"UTC"_s);
    facts.emplace_back(u"Currency"_s, bill.currency);
    bool isCalibrated = false;
    for (const CostSegment& segment : bill.segments) {
        facts.emplace_back(u"Pricing profile"_s, profileText(segment));
        for (const CostCalibration& calibration : segment.calibrations) {
            isCalibrated = true;
            facts.emplace_back(u"Calibration"_s, calibrationText(calibration, bill.currency));
        }
    }
    if (!isCalibrated)
        facts.emplace_back(u"Calibration"_s, u"none: an estimate, no invoice was imported"_s);
    facts.emplace_back(u"Who pays"_s, u"policy "_s + allocationPolicyWord(bill.policy) + u", idle capacity: "_s +
                                          idlePolicyWord(bill.idlePolicy));
    facts.emplace_back(u"Rests on"_s, basisText(bill));
    facts.emplace_back(u"Events priced"_s, formatCount(bill.pricedEvents));
    if (!bill.unknownEvents.isEmpty())
        facts.emplace_back(u"In no sum"_s, bill.unknownEvents.join(u", "_s));
    for (const QString& note : bill.notes)
        facts.emplace_back(u"Note"_s, note);
    facts.emplace_back(
        u"Made at"_s,
        QDateTime::fromMSecsSinceEpoch(toMs(occasion.madeAt), Qt::UTC).toString(u"yyyy-MM-dd HH:mm 'UTC'"_s) +
            u" by Spillway " SPILLWAY_VERSION ""_s);
    return facts;
}

} // namespace spillway::report
