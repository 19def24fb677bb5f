// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costbill.h"

#include "model/cost/exactshare.h"
#include "model/workspace/issuelist.h"

#include <QTimeZone>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The part of an amount that lies between two marks of a whole; neighbouring parts add up.
std::int64_t partOf(std::int64_t amount, std::int64_t from, std::int64_t to, std::int64_t whole)
{
    const Wide magnitude = amount < 0 ? -Wide{amount} : Wide{amount};
    const auto part = static_cast<std::int64_t>(magnitude * to / whole - magnitude * from / whole);
    return amount < 0 ? -part : part;
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

std::vector<CostSlice> costSlices(const DayRange& range)
{
    const QTimeZone zone(range.timeZone.toUtf8());
    constexpr qint64 utcDayMs = 86'400'000;
    std::vector<CostSlice> slices;
    qint64 start = range.first.startOfDay(zone).toMSecsSinceEpoch();
    for (QDate day = range.first; day <= range.last; day = day.addDays(1)) {
        const qint64 end = day.addDays(1).startOfDay(zone).toMSecsSinceEpoch();
        for (qint64 at = start; at < end;) {
            const qint64 sinceMidnight = ((at % utcDayMs) + utcDayMs) % utcDayMs;
            const qint64 until = std::min(end, at - sinceMidnight + utcDayMs);
            const std::int64_t weight =
                partOf(dayWeight, at - start, until - start, end - start); // of 23 or 25 hours, too
            slices.push_back(
                CostSlice{.localDay = day, .start = utcFromMs(at), .end = utcFromMs(until), .weight = weight});
            at = until;
        }
        start = end;
    }
    return slices;
}

std::vector<CostDayLine> dayLines(const CostBill& bill, int first, int end)
{
    // where the slices begin and end for lines that are spread evenly: by segment
    std::vector<CostSeries> even;
    for (const CostSegment& segment : bill.segments) {
        CostSeries marks{0};
        for (int slice = segment.firstSlice; slice < segment.endSlice; ++slice)
            marks.push_back(marks.back() + bill.slices[static_cast<std::size_t>(slice)].weight);
        even.push_back(std::move(marks));
    }
    std::vector<CostDayLine> lines;
    for (const CostLine& line : bill.lines) {
        const CostSegment& segment = bill.segments[static_cast<std::size_t>(line.segment)];
        const int from = std::max(first, segment.firstSlice);
        const int to = std::min(end, segment.endSlice);
        if (from >= to)
            continue;
        const CostSeries& marks = line.series < 0 ? even[static_cast<std::size_t>(line.segment)]
                                                  : bill.series[static_cast<std::size_t>(line.series)];
        const std::int64_t low = marks[static_cast<std::size_t>(from - segment.firstSlice)];
        const std::int64_t high = marks[static_cast<std::size_t>(to - segment.firstSlice)];
        const std::int64_t whole = marks.back();
        const CostDayLine day{.line = &line,
                              .quantity = Quantity{partOf(line.quantity.nanos, low, high, whole)},
                              .modelled = Money{partOf(line.modelled.micros, low, high, whole)},
                              .amount = Money{partOf(line.amount.micros, low, high, whole)}};
        if (day.amount.micros != 0 || day.modelled.micros != 0)
            lines.push_back(day);
    }
    return lines;
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
    const auto series = static_cast<int>(into.series.size());
    for (CostLine& line : other.lines) {
        line.segment += segments;
        line.series += line.series < 0 ? 0 : series;
        into.lines.push_back(std::move(line));
    }
    for (EventDrivers& drivers : other.drivers) {
        drivers.segment += segments;
        into.drivers.push_back(std::move(drivers));
    }
    std::move(other.segments.begin(), other.segments.end(), std::back_inserter(into.segments));
    std::move(other.series.begin(), other.series.end(), std::back_inserter(into.series));
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
