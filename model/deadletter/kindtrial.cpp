// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindtrial.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace spillway {

namespace {

/// Groups are told apart by their ids, of which a share names one.
class Summing
{
public:
    void add(const KindShare& share)
    {
        m_sum.letters += share.letters;
        if (m_groups.insert(share.group).second)
            ++m_sum.groups;
    }
    [[nodiscard]] const LetterSum& sum() const { return m_sum; }

private:
    LetterSum m_sum;
    std::set<QString> m_groups;
};

/// What needs a look first.
int rankOf(const KindShare& share)
{
    if (share.isChanged())
        return 0;
    return share.isHeld() ? 1 : 2;
}

} // namespace

KindTrial kindTrialOf(std::vector<KindShare> shares, const KindRules& tried, bool isTrial)
{
    KindTrial trial;
    trial.isTrial = isTrial;
    const std::vector<KindRule>& rules = tried.rules();
    std::vector<Summing> decides(rules.size() + 1);
    Summing all;
    Summing changed;
    Summing heldByPerson;
    Summing heldByReplays;
    for (const KindShare& share : shares) {
        all.add(share);
        if (share.isChanged())
            changed.add(share);
        else if (share.isHeld())
            (share.isHeldByPerson() ? heldByPerson : heldByReplays).add(share);
        decides[share.trialPlace.value_or(rules.size())].add(share);
    }
    trial.all = all.sum();
    trial.changed = changed.sum();
    trial.heldByPerson = heldByPerson.sum();
    trial.heldByReplays = heldByReplays.sum();
    for (std::size_t i = 0; i <= rules.size(); ++i) {
        const KindRule* rule = i < rules.size() ? &rules[i] : nullptr;
        const KindVerdict verdict = KindRules::verdictOf(rule);
        trial.rules.push_back({.name = verdict.rule,
                               .kind = verdict.kind,
                               .reason = verdict.reason,
                               .suggestion = verdict.suggestion,
                               .isUsers = rule && rule->isUsers,
                               .line = rule ? rule->line : 0,
                               .decides = decides[i].sum()});
    }
    std::stable_sort(shares.begin(), shares.end(), [](const KindShare& a, const KindShare& b) {
        return std::tuple(rankOf(a), -a.letters) < std::tuple(rankOf(b), -b.letters);
    });
    if (shares.size() > KindTrial::mostShares) {
        trial.sharesLeftOut = static_cast<std::int64_t>(shares.size() - KindTrial::mostShares);
        shares.resize(KindTrial::mostShares);
    }
    trial.shares = std::move(shares);
    return trial;
}

Result<KindTrial> tryKinds(Database& reader, UtcTime now, const KindRules& inUse, const KindRules* tried,
                           std::stop_token stop, const std::function<void(std::int64_t, std::int64_t)>& tell)
{
    auto shares = kindShares(reader, Query{}, now, inUse, tried, std::move(stop), tell);
    if (!shares)
        return tl::unexpected<Error>(shares.error());
    return kindTrialOf(std::move(*shares), tried ? *tried : inUse, tried != nullptr);
}

} // namespace spillway
