// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

#include <QStringList>

#include <vector>

namespace spillway {

enum class CostDimension { Team, Event, Component };
[[nodiscard]] QString costDimensionWord(CostDimension dimension); ///< team, event, component

/// A part of the bill over its days.
struct CostPart
{
    enum class Kind { Named, Others, Unattributed, Idle, Adjustment };
    Kind kind = Kind::Named;
    QString name; ///< team, event type or component word; empty unless `Named`
    Money total;
    std::vector<Money> byDay; ///< as long as CostHistory::days
    friend bool operator==(const CostPart&, const CostPart&) = default;
};

/// A bill cut by day and by one dimension.
struct CostHistory
{
    std::vector<QDate> days;     ///< of the bill's zone, in order; empty without a range
    std::vector<CostPart> parts; ///< dearest first; then others, unattributed, idle, adjustment where there are any
    Money total;                 ///< of all parts, which is the bill's
    friend bool operator==(const CostHistory&, const CostHistory&) = default;
};

/// What belongs to no team, to no use or to the invoice alone stands beside the others whatever the dimension, except
/// that components are of everything.
/// @param mostParts  how many get a name of their own; the rest are "others"
/// Pure; any thread.
[[nodiscard]] CostHistory costHistory(const CostBill& bill, CostDimension dimension, std::size_t mostParts = 5);

/// The part a line belongs to: its kind, and its name where that is `Named`.
[[nodiscard]] std::pair<CostPart::Kind, QString> costPartOf(const CostLine& line, CostDimension dimension);

} // namespace spillway
