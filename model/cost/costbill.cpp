// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costbill.h"

#include "model/cost/exactshare.h"
#include "model/workspace/issuelist.h"

#include <QTimeZone>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t dayMs = 86'400'000;

/// Neighbouring slices of one UTC day.
struct PartOfDay
{
    int day = 0; ///< among the segment's
    std::int64_t fromMs = 0;
    std::int64_t toMs = 0;
};

std::vector<PartOfDay> partsOf(const CostBill& bill, const CostSegment& segment, int first, int end)
{
    std::vector<PartOfDay> parts;
    for (int at = first; at < end; ++at) {
        const CostSlice& slice = bill.slices[static_cast<std::size_t>(at)];
        const auto day = static_cast<int>(segment.firstDay.daysTo(slice.utcDay()));
        const std::int64_t from = ((toMs(slice.start) % dayMs) + dayMs) % dayMs;
        const std::int64_t to = from + toMs(slice.end) - toMs(slice.start);
        if (!parts.empty() && parts.back().day == day)
            parts.back().toMs = to;
        else
            parts.push_back({.day = day, .fromMs = from, .toMs = to});
    }
    return parts;
}

/// Adds what a line comes to in some parts of days.
void addParts(CostDayPart& sum, const CostBill& bill, const CostSegment& segment, const std::vector<PartOfDay>& parts,
              std::size_t line)
{
    bool isFirst = true;
    for (const PartOfDay& part : parts) {
        const auto kind = static_cast<std::size_t>(segment.dayParts[static_cast<std::size_t>(part.day)]);
        const CostDayPart& day = bill.dayParts[kind][line];
        sum.quantity.nanos += partOfDay(day.quantity.nanos, part.fromMs, part.toMs);
        sum.modelled.micros += partOfDay(day.modelled.micros, part.fromMs, part.toMs);
        sum.amount.micros += partOfDay(day.amount.micros, part.fromMs, part.toMs);
        sum.basis = isFirst ? day.basis : std::max(sum.basis, day.basis);
        isFirst = false;
    }
}

template<typename E, std::size_t N>
Result<E> parseWord(const QString& word, const std::array<E, N>& all, QString (*wordOf)(E), const QString& what)
{
    QStringList words;
    for (const E one : all) {
        if (wordOf(one) == word)
            return one;
        words += wordOf(one);
    }
    return fail(ErrorCode::InvalidConfig, u"there is no %1 %2%3; write %4 or %5"_s.arg(
                                              what, quoted(word), didYouMean(word, words),
                                              words.first(words.size() - 1).join(u", "_s), words.last()));
}

} // namespace

QString quantityBasisWord(QuantityBasis basis)
{
    switch (basis) {
    case QuantityBasis::Measured:
        return u"measured"_s;
    case QuantityBasis::Declared:
        return u"declared"_s;
    case QuantityBasis::Assumed:
        return u"assumed"_s;
    case QuantityBasis::Invoiced:
        return u"invoiced"_s;
    }
    return {};
}

QString allocationPolicyWord(AllocationPolicy policy)
{
    switch (policy) {
    case AllocationPolicy::Profile:
        return u"profile"_s;
    case AllocationPolicy::Producer:
        return u"producer"_s;
    case AllocationPolicy::Consumer:
        return u"consumer"_s;
    case AllocationPolicy::Even:
        return u"even"_s;
    case AllocationPolicy::Mix:
        return u"mix"_s;
    case AllocationPolicy::Platform:
        return u"platform"_s;
    }
    return {};
}

Result<AllocationPolicy> parseAllocationPolicy(const QString& word)
{
    return parseWord(word, allocationPolicies, &allocationPolicyWord, u"policy"_s);
}

QString idlePolicyWord(IdlePolicy policy)
{
    switch (policy) {
    case IdlePolicy::Show:
        return u"show"_s;
    case IdlePolicy::Proportional:
        return u"proportional"_s;
    case IdlePolicy::Platform:
        return u"platform"_s;
    }
    return {};
}

Result<IdlePolicy> parseIdlePolicy(const QString& word)
{
    return parseWord(word, std::array{IdlePolicy::Show, IdlePolicy::Proportional, IdlePolicy::Platform},
                     &idlePolicyWord, u"way to pay for idle capacity"_s);
}

QString costRoleWord(CostRole role)
{
    switch (role) {
    case CostRole::Producer:
        return u"producer"_s;
    case CostRole::Consumer:
        return u"consumer"_s;
    case CostRole::Platform:
        return u"platform"_s;
    case CostRole::Idle:
        return u"idle"_s;
    case CostRole::Unattributed:
        return u"unattributed"_s;
    case CostRole::Adjustment:
        return u"adjustment"_s;
    }
    return {};
}

QString formatQuantity(Quantity quantity)
{
    QString digits = QString::number(quantity.nanos < 0 ? -quantity.nanos : quantity.nanos).rightJustified(10, u'0');
    digits.insert(digits.size() - 9, u'.');
    while (digits.endsWith(u'0'))
        digits.chop(1);
    if (digits.endsWith(u'.'))
        digits.chop(1);
    return quantity.nanos < 0 ? u'-' + digits : digits;
}

QDate CostSlice::utcDay() const
{
    return QDateTime::fromMSecsSinceEpoch(toMs(start), Qt::UTC).date();
}

std::int64_t partOfDay(std::int64_t amount, std::int64_t fromMs, std::int64_t toMs)
{
    if (fromMs == 0 && toMs == dayMs)
        return amount;
    // both ends rounded, not the part, so that neighbours add up
    const Wide magnitude = amount < 0 ? -Wide{amount} : Wide{amount};
    const auto upTo = [magnitude](std::int64_t ms) { return (magnitude * ms + dayMs / 2) / dayMs; };
    const auto part = static_cast<std::int64_t>(upTo(toMs) - upTo(fromMs));
    return amount < 0 ? -part : part;
}

std::vector<CostSlice> costSlices(const DayRange& range)
{
    const QTimeZone zone(range.timeZone.toUtf8());
    std::vector<CostSlice> slices;
    qint64 start = range.first.startOfDay(zone).toMSecsSinceEpoch();
    for (QDate day = range.first; day <= range.last; day = day.addDays(1)) {
        const qint64 end = day.addDays(1).startOfDay(zone).toMSecsSinceEpoch();
        for (qint64 at = start; at < end;) {
            const qint64 sinceMidnight = ((at % dayMs) + dayMs) % dayMs;
            const qint64 until = std::min(end, at - sinceMidnight + dayMs);
            slices.push_back(CostSlice{.localDay = day, .start = utcFromMs(at), .end = utcFromMs(until)});
            at = until;
        }
        start = end;
    }
    return slices;
}

std::vector<CostDayLine> dayLines(const CostBill& bill, int first, int end)
{
    std::vector<CostDayLine> lines;
    for (const CostSegment& segment : bill.segments) {
        const int from = std::max(first, segment.firstSlice);
        const int to = std::min(end, segment.endSlice);
        if (from >= to)
            continue;
        const std::vector<PartOfDay> parts = partsOf(bill, segment, from, to);
        for (int at = segment.firstLine; at < segment.endLine; ++at) {
            CostDayPart sum;
            addParts(sum, bill, segment, parts, static_cast<std::size_t>(at - segment.firstLine));
            if (sum.amount.micros != 0 || sum.modelled.micros != 0)
                lines.push_back({.line = &bill.lines[static_cast<std::size_t>(at)],
                                 .quantity = sum.quantity,
                                 .modelled = sum.modelled,
                                 .amount = sum.amount,
                                 .basis = sum.basis});
        }
    }
    return lines;
}

void sumDays(CostBill& bill)
{
    for (const CostSegment& segment : bill.segments) {
        const std::vector<PartOfDay> parts = partsOf(bill, segment, segment.firstSlice, segment.endSlice);
        for (int at = segment.firstLine; at < segment.endLine && !parts.empty(); ++at) {
            CostDayPart sum;
            addParts(sum, bill, segment, parts, static_cast<std::size_t>(at - segment.firstLine));
            CostLine& line = bill.lines[static_cast<std::size_t>(at)];
            line.quantity = sum.quantity;
            line.modelled = sum.modelled;
            line.amount = sum.amount;
            line.basis = sum.basis;
        }
    }
    bill.totals = totalsOf(bill.lines);
}

std::vector<ComponentAmounts> modelledByDay(const CostBill& bill)
{
    std::vector<ComponentAmounts> days;
    for (const CostSegment& segment : bill.segments) {
        for (const int kind : segment.dayParts) {
            ComponentAmounts& day = days.emplace_back();
            for (int at = segment.firstLine; at < segment.endLine; ++at)
                day[componentIndex(bill.lines[static_cast<std::size_t>(at)].component)] +=
                    bill.dayParts[static_cast<std::size_t>(kind)][static_cast<std::size_t>(at - segment.firstLine)]
                        .modelled;
        }
    }
    return days;
}

std::vector<std::pair<int, int>> utcDays(const CostBill& bill)
{
    std::vector<std::pair<int, int>> days;
    for (int slice = 0; slice < static_cast<int>(bill.slices.size()); ++slice) {
        const bool isSameDay = !days.empty() && bill.slices[static_cast<std::size_t>(slice)].utcDay() ==
                                                    bill.slices[static_cast<std::size_t>(slice - 1)].utcDay();
        if (isSameDay)
            days.back().second = slice + 1;
        else
            days.emplace_back(slice, slice + 1);
    }
    return days;
}

void mergeBill(CostBill& into, CostBill other)
{
    const auto segments = static_cast<int>(into.segments.size());
    const auto lines = static_cast<int>(into.lines.size());
    const auto dayParts = static_cast<int>(into.dayParts.size());
    for (CostSegment& segment : other.segments) {
        segment.firstLine += lines;
        segment.endLine += lines;
        for (int& kind : segment.dayParts)
            kind += dayParts;
    }
    for (CostLine& line : other.lines) {
        line.segment += segments;
        into.lines.push_back(std::move(line));
    }
    for (EventDrivers& drivers : other.drivers) {
        drivers.segment += segments;
        into.drivers.push_back(std::move(drivers));
    }
    std::move(other.segments.begin(), other.segments.end(), std::back_inserter(into.segments));
    std::move(other.dayParts.begin(), other.dayParts.end(), std::back_inserter(into.dayParts));
    into.profileName += u", "_s + other.profileName;
    into.pricedEvents += other.pricedEvents;
    for (const QString& event : other.unknownEvents) {
        if (!into.unknownEvents.contains(event))
            into.unknownEvents += event;
    }
    for (const QString& note : other.notes) {
        if (!into.notes.contains(note))
            into.notes += note;
    }
    into.totals = totalsOf(into.lines);
}

CostTotals totalsOf(const std::vector<CostLine>& lines)
{
    CostTotals totals;
    for (const CostLine& line : lines) {
        totals.total += line.amount;
        totals.modelled += line.modelled;
        totals.components[componentIndex(line.component)] += line.amount;
        totals.byBasis[static_cast<std::size_t>(line.basis)] += line.amount;
        switch (line.role) {
        case CostRole::Idle:
            totals.idle += line.amount;
            break;
        case CostRole::Unattributed:
            totals.unattributed += line.amount;
            break;
        case CostRole::Adjustment:
            totals.adjustment += line.amount;
            break;
        case CostRole::Producer:
        case CostRole::Consumer:
        case CostRole::Platform:
            totals.attributed += line.amount;
            break;
        }
    }
    return totals;
}

} // namespace spillway
