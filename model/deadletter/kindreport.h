// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/kindrules.h"
#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <functional>
#include <stop_token>

/// Which rule decides for what is stored, and what other rules would change, before they are used.
namespace spillway {

/// Letters of one group for which the same rule decides.
struct KindShare
{
    QString group;
    QString title;
    std::int64_t letters = 0;
    FailureKind kind = FailureKind::Unknown; ///< as it counts now
    QString above;                           ///< who stands above the rules, as `kindAbove` says; empty: nobody
    KindVerdict verdict;                     ///< of the rules in use
    KindVerdict trial;                       ///< of the rules that are tried; the same where none are
    std::optional<std::size_t> trialPlace;   ///< of that rule among all that are tried; nullopt: none fits
    /// What counts by the rules in use, and what would by those that are tried.
    [[nodiscard]] FailureKind before() const;
    [[nodiscard]] FailureKind after() const;
    /// It would count as something else by the rules that are tried.
    [[nodiscard]] bool isChanged() const { return before() != after(); }
    /// The rules that are tried say another kind than counts, because a person or its replays stand above them.
    [[nodiscard]] bool isHeld() const { return after() != trial.kind; }
    [[nodiscard]] bool isHeldByPerson() const;
    /// The rules in use were not asked yet since they changed: the next collect does it.
    [[nodiscard]] bool isPending() const;
    friend bool operator==(const KindShare&, const KindShare&) = default;
};

/// By group, most letters first within it. Letters that an error no longer tells enough of are sorted as they read now.
/// @param trial  null: none.
/// @param tell   now and then: letters read, and how many are stored; may be empty.
/// Reads in the calling thread; errors as `runQuery`; Cancelled after `stop`.
[[nodiscard]] Result<std::vector<KindShare>>
kindShares(Database& reader, const Query& query, UtcTime now, const KindRules& rules, const KindRules* trial,
           std::stop_token stop = {}, const std::function<void(std::int64_t done, std::int64_t total)>& tell = {});

/// Array of { group, title, letters, kind, kindBy (`rule`, `person`, `replays`), pending, rule, ruleKind, reason,
/// suggestion, trialRule, trialKind, trialCounts, changed, held }: `trialKind` is the rule's word, `trialCounts` what
/// would count.
[[nodiscard]] QByteArray kindSharesJson(const std::vector<KindShare>& shares, bool isTrial);
[[nodiscard]] QString kindSharesText(const std::vector<KindShare>& shares, bool isTrial);
/// Array of { name, kind, reason, suggestion, own, line }, in the order in which they are asked.
[[nodiscard]] QByteArray kindRulesJson(const KindRules& rules);
[[nodiscard]] QString kindRulesText(const KindRules& rules);

} // namespace spillway
