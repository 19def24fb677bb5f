// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/overview.h"

#include <map>

namespace spillway {

/// Collects concerns of all subjects, fills in whom to call, and puts them in order. For `rankConcerns` only.
class ConcernList
{
public:
    explicit ConcernList(const Catalog& catalog)
        : m_catalog(catalog)
    {
    }

    /// @param subject  what the concern is about; with the rule it makes the id
    /// @param badness  orders concerns of one rule and severity, the greatest first
    void add(Concern concern, const QString& subject, double badness);
    [[nodiscard]] std::vector<Concern> takeRanked();

private:
    struct Entry
    {
        Concern concern;
        double badness = 0;
    };
    const Catalog& m_catalog;
    std::map<QString, ProducerEntry> m_contacts; // by team: looking one up walks the catalog
    std::vector<Entry> m_entries;
};

void addConnectionConcerns(const OverviewFacts& facts, UtcTime now, ConcernList& list);
void addGroupConcerns(const std::vector<GroupFinding>& groups, UtcTime now, ConcernList& list);
void addPromiseConcerns(const std::vector<PromiseFinding>& promises, UtcTime now, ConcernList& list);
void addLetterConcerns(const std::vector<LetterFinding>& letters, const AlertThresholds& thresholds, UtcTime now,
                       ConcernList& list);
void addOutlookConcerns(const std::vector<ChannelOutlook>& channels, UtcTime now, ConcernList& list);
/// How bad a finding of the doctor is among concerns. A wrong set-up wakes nobody: its errors are the first of the
/// warnings. Both front ends say the doctor's own word beside it.
[[nodiscard]] Severity severityOf(DoctorSeverity severity);
void addDoctorConcerns(const std::vector<DoctorFinding>& findings, ConcernList& list);
void addStoreConcern(const std::optional<StoreFinding>& store, ConcernList& list);
void addReplayConcerns(const std::vector<ReplayFinding>& replays, ConcernList& list);

} // namespace spillway
