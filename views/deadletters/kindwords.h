// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/kindtrial.h"
#include "views/widgets/columns.h"
#include "views/widgets/rowtable.h"

/// Trials of rules for kinds in words for people. Pure.
namespace spillway::views {

/// "1 204 letters in 3 groups"
[[nodiscard]] QString letterSumText(const LetterSum& sum);
/// What the tried rules would do, in one sentence or two.
[[nodiscard]] QString kindTrialText(const KindTrial& trial);
/// changes, held by a person, held by replays, stays
[[nodiscard]] CellMark kindShareMark(const KindShare& share, bool isTrial);

using KindShareTable = RowTable<KindShare, QString>;
[[nodiscard]] QString kindShareKey(const KindShare& share);
inline constexpr int kindShareColumns = 6;
/// @param isTrial  asked when a cell is shown.
[[nodiscard]] std::vector<ColumnSpec> kindShareColumnSpecs(const KindShareTable& table,
                                                           const std::function<bool()>& isTrial);

/// Keys are places, from 1.
struct KindRuleRow
{
    int place = 0;
    KindRuleUse use;
    friend bool operator==(const KindRuleRow&, const KindRuleRow&) = default;
};
using KindRuleTable = RowTable<KindRuleRow, int>;
inline constexpr int kindRuleColumns = 6;
/// @param file  the own rules' name, as `kinds.yaml`; asked when a cell is shown.
[[nodiscard]] std::vector<ColumnSpec> kindRuleColumnSpecs(const KindRuleTable& table,
                                                          const std::function<QString()>& file);

} // namespace spillway::views
