// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replaytarget.h"

#include <QObject>

#include <functional>
#include <memory>

namespace spillway::test {

/// What a broker brings to the contract test of ReplayTarget.
class ReplayTargetBench
{
public:
    virtual ~ReplayTargetBench() = default;
    virtual QString newTopic(const QString& prefix, int partitions) = 0;
    virtual std::unique_ptr<ReplayTarget> open() = 0;
    /// Committed records, by partition and offset; read by other code than the connector's.
    virtual std::vector<RawRecord> read(const QString& topic) = 0;
    /// False where the broker invents a topic by being asked for it.
    virtual bool tellsMissingTopics() const { return true; }
};

/// A message of `job` that came from `source` at `offset`: key and value are its number, header 0 its job, header 1 its
/// origin.
OutgoingRecord replayed(const QString& job, const TopicPartition& source, std::int64_t offset, const QString& target,
                        std::optional<int> partition = {});

/// The contract of ReplayTarget; a connector's test derives from it and names its brokers.
class ReplayTargetContract : public QObject
{
    Q_OBJECT
public:
    using Factory = std::function<std::unique_ptr<ReplayTargetBench>()>;
    void addBench(const char* name, Factory factory) { m_factories.emplace_back(name, std::move(factory)); }

private Q_SLOTS:
    void bytesLandAsTheyAreWhereItSays_data() { addRows(); }
    void bytesLandAsTheyAreWhereItSays();
    void progressIsCommittedWithTheMessages_data() { addRows(); }
    void progressIsCommittedWithTheMessages();
    void verifyCountsOneJobAndSaysWhere_data() { addRows(); }
    void verifyCountsOneJobAndSaysWhere();
    void aMissingTargetIsNotFound_data() { addRows(); }
    void aMissingTargetIsNotFound();
    void aClosedJobLeavesNoProgress_data() { addRows(); }
    void aClosedJobLeavesNoProgress();
    void aStoppedBatchLeavesNothing_data() { addRows(); }
    void aStoppedBatchLeavesNothing();

private:
    void addRows();
    std::unique_ptr<ReplayTargetBench> bench();
    std::vector<std::pair<QByteArray, Factory>> m_factories;
};

} // namespace spillway::test
