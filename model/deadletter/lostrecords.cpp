// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lostrecords.h"

#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

std::optional<std::pair<Offset, Offset>> lostBetween(Offset from, Offset to, Offset logStart)
{
    const Offset end = std::min(to, logStart);
    return end > from ? std::optional(std::pair(from, end)) : std::nullopt;
}

QString lostOffsets(const PassedOver& lost)
{
    return lost.atMost() == 1 ? u"offset %1"_s.arg(formatCount(lost.from.value))
                              : u"offsets %1 to %2"_s.arg(formatCount(lost.from.value), formatCount(lost.to.value - 1));
}

QString lostText(const QString& connection, const PassedOver& lost)
{
    const bool isOne = lost.atMost() == 1;
    const QString what = isOne ? u"a record"_s : u"up to %1 records"_s.arg(formatCount(lost.atMost()));
    return u"%1: the broker deleted %2 of %3 [%4] before Spillway read %5 (%6); let the topic keep its records longer, "
           "and let Spillway collect all the time: `spillwayctl dlq doctor` says how"_s
               .arg(visibleText(connection), what, visibleText(lost.at.topic))
               .arg(lost.at.partition)
               .arg(isOne ? u"it"_s : u"them"_s, lostOffsets(lost));
}

} // namespace spillway
