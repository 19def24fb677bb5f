// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/overview.h"

#include "model/alert/concernlist.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

void ConcernList::add(Concern concern, const QString& subject, double badness)
{
    concern.id = concernRuleWord(concern.rule) + u':' + subject;
    if (concern.team) {
        auto at = m_contacts.find(*concern.team);
        if (at == m_contacts.end())
            at = m_contacts.emplace(*concern.team, m_catalog.contactOf(*concern.team)).first;
        concern.oncall = at->second.oncallRotation;
        concern.channel = at->second.slackChannel;
    }
    m_entries.push_back(Entry{std::move(concern), badness});
}

std::vector<Concern> ConcernList::takeRanked()
{
    std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
        if (a.concern.severity != b.concern.severity)
            return a.concern.severity < b.concern.severity;
        if (a.concern.rule != b.concern.rule)
            return a.concern.rule < b.concern.rule;
        if (a.badness != b.badness)
            return a.badness > b.badness;
        return a.concern.id < b.concern.id;
    });
    std::vector<Concern> ranked;
    for (Entry& entry : m_entries)
        ranked.push_back(std::move(entry.concern));
    m_entries.clear();
    return ranked;
}

std::vector<Concern> rankConcerns(const OverviewFacts& facts, const Catalog& catalog, const AlertThresholds& thresholds,
                                  UtcTime now)
{
    ConcernList list(catalog);
    addConnectionConcerns(facts, now, list);
    addGroupConcerns(facts.groups, now, list);
    addPromiseConcerns(facts.promises, now, list);
    addLetterConcerns(facts.letters, thresholds, now, list);
    addReplayConcerns(facts.replays, list);
    addOutlookConcerns(facts.channels, now, list);
    addDoctorConcerns(facts.setup, list);
    addStoreConcern(facts.store, list);
    return list.takeRanked();
}

} // namespace spillway
