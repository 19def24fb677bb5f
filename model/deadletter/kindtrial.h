// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/kindreport.h"

/// Rules for kinds as a person tries them: what each decides for what is stored, and what would become of it. The same
/// shares as `dlq kinds --test`, ordered and summed for a screen.
namespace spillway {

struct LetterSum
{
    std::int64_t letters = 0;
    std::int64_t groups = 0; ///< a group of which only some letters count is one
    friend bool operator==(const LetterSum&, const LetterSum&) = default;
};

/// A rule at its place, and what it decides. The last of all stands for no rule: its name is empty.
struct KindRuleUse
{
    QString name;
    FailureKind kind = FailureKind::Unknown;
    QString reason;
    QString suggestion;
    bool isUsers = false; ///< from the workspace's file
    int line = 0;         ///< of its file; 0: no rule
    LetterSum decides;    ///< also where something stands above the rules
    friend bool operator==(const KindRuleUse&, const KindRuleUse&) = default;
};

struct KindTrial
{
    bool isTrial = false;           ///< false: no other rules were tried than those in use
    std::vector<KindRuleUse> rules; ///< that were tried, in the order in which they are asked
    /// What would change first, then what only a person or replays keep from it, then what stays; most letters first.
    std::vector<KindShare> shares;
    std::int64_t sharesLeftOut = 0; ///< beyond the first mostShares
    LetterSum all;
    LetterSum changed;
    LetterSum heldByPerson; ///< the rules say another kind than the person did
    LetterSum heldByReplays;

    static constexpr std::size_t mostShares = 2'000; ///< of more the command line tells
};

/// Orders and sums what `kindShares` found. @param tried  the rules that were tried; those in use where none were.
/// Pure; any thread.
[[nodiscard]] KindTrial kindTrialOf(std::vector<KindShare> shares, const KindRules& tried, bool isTrial);

/// Over everything that is stored. @param tried  null: the rules in use alone. Otherwise as `kindShares`.
[[nodiscard]] Result<KindTrial> tryKinds(Database& reader, UtcTime now, const KindRules& inUse, const KindRules* tried,
                                         std::stop_token stop,
                                         const std::function<void(std::int64_t done, std::int64_t total)>& tell = {});

} // namespace spillway
