// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagsource.h"
#include "tests/support/manualclock.h"

#include <map>

namespace spillway::test {

/// A cluster that answers what the test says. Time passes while it answers.
class FakeLagSource final : public LagSource
{
public:
    explicit FakeLagSource(ManualClock& clock)
        : m_clock(clock)
    {
        abilities.listsGroups = true;
    }

    [[nodiscard]] Capabilities capabilities() const override { return abilities; }
    [[nodiscard]] Result<LagObservation> sample(const LagRequest& request, std::stop_token) override
    {
        lastRequest = request;
        if (failure)
            return tl::unexpected<Error>(*failure);
        m_clock.advance(answerTime);
        LagObservation look;
        look.clusterId = clusterId;
        look.takenAt = m_clock.now();
        for (const auto& [group, state] : groups)
            look.groups.push_back({group, state});
        for (const auto& [at, offset] : committed)
            look.committed.push_back({at.first, at.second, offset});
        for (const auto& [at, e] : ends) {
            if (!goneTopics.contains(at.topic))
                look.ends.push_back(e);
        }
        look.goneTopics = goneTopics;
        look.failures = failures;
        return look;
    }

    void commit(const QString& group, const QString& topic, int partition, std::optional<std::int64_t> offset)
    {
        committed[{group, {topic, partition}}] = offset ? std::optional(Offset{*offset}) : std::nullopt;
        groups.try_emplace(group, GroupState::Stable);
    }
    void end(const QString& topic, int partition, std::int64_t end, std::int64_t logStart = 0,
             std::int64_t lastStable = -1)
    {
        const TopicPartition at{topic, partition};
        ends[at] = {at, Offset{logStart}, Offset{end}, Offset{lastStable < 0 ? end : lastStable}};
    }

    Capabilities abilities;
    QString clusterId = QStringLiteral("cluster-1");
    Millis answerTime{40};
    std::optional<Error> failure;
    std::map<QString, GroupState> groups;
    std::map<std::pair<QString, TopicPartition>, std::optional<Offset>> committed;
    std::map<TopicPartition, PartitionEnds> ends;
    QStringList goneTopics;
    std::vector<Error> failures;
    LagRequest lastRequest;

private:
    ManualClock& m_clock;
};

} // namespace spillway::test
