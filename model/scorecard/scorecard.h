// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

/// The article's four phases, measured: what share of the catalog is visible, owned, enforced and paid for.
namespace spillway {

struct ScorecardFacts;

/// One measured item for one scope.
struct ScorecardRow
{
    int phase = 1;               ///< 1 visibility, 2 ownership, 3 enforcement, 4 cost
    QString item;                ///< stable id: `events-with-volume`; `phase-reached` sums a phase up
    QString scope;               ///< `all`, `team:NAME`, `domain:NAME`
    std::optional<double> value; ///< a percentage or a count (`isCount`); nullopt: not known
    double target = 0;           ///< a percentage to reach, or a count not to exceed
    bool isCount = false;
    bool isMet = false; ///< false where nothing is known
    QString evidence;   ///< the numbers behind it
    QString nextStep;   ///< the cheapest thing to do; empty when met
    friend bool operator==(const ScorecardRow&, const ScorecardRow&) = default;
};

[[nodiscard]] QString scorecardPhaseWord(int phase);        ///< visibility, ownership, enforcement, cost
[[nodiscard]] QString scorecardItemTitle(QStringView item); ///< in words

/// Every item of every phase, for all, then per team and per domain where it can be told apart. Ordered by phase, item
/// as listed, scope. A phase is reached when all of its items that are known are met, at least half are known, and (for
/// all) it was so on each of the last 30 days there is a record of. Pure; any thread.
[[nodiscard]] std::vector<ScorecardRow> scorecard(const ScorecardFacts& facts);

/// One JSON array, fields as contract.md names them.
[[nodiscard]] QByteArray scorecardJson(const std::vector<ScorecardRow>& rows);
/// A table per phase for people.
[[nodiscard]] QString scorecardText(const std::vector<ScorecardRow>& rows);

} // namespace spillway
