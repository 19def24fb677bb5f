// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"
#include "tests/support/kafkaclient.h"

#include <QObject>

#include <functional>
#include <memory>

namespace spillway::test {

/// What a broker brings to the contract test of RecordSource.
class RecordSourceBench
{
public:
    virtual ~RecordSourceBench() = default;
    /// A new, empty channel.
    virtual QString newTopic(const QString& prefix, int partitions) = 0;
    /// Returns when the broker has them.
    virtual void publish(const std::vector<TestMessage>& messages) = 0;
    virtual std::unique_ptr<RecordSource> open() = 0;
    /// False where the broker invents a topic by being asked for it.
    virtual bool tellsMissingTopics() const { return true; }
};

/// Reads until every partition has reached what `bounds` says is stable, or throws after 30 s.
RecordBatch readToEnd(RecordSource& source, const std::vector<TopicSelector>& topics,
                      const std::vector<Position>& from = {});

/// The contract of RecordSource; a connector's test derives from it and names its brokers.
class RecordSourceContract : public QObject
{
    Q_OBJECT
public:
    using Factory = std::function<std::unique_ptr<RecordSourceBench>()>;
    /// Called before anything else.
    void addBench(const char* name, Factory factory) { m_factories.emplace_back(name, std::move(factory)); }

private Q_SLOTS:
    void bytesComeBackAsTheyWere_data() { addRows(); }
    void bytesComeBackAsTheyWere();
    void anEmptyPartitionTellsItsPosition_data() { addRows(); }
    void anEmptyPartitionTellsItsPosition();
    void readingStartsAtThePositionAsked_data() { addRows(); }
    void readingStartsAtThePositionAsked();
    void aSmallBudgetLosesNothing_data() { addRows(); }
    void aSmallBudgetLosesNothing();
    void assigningAgainGoesOnOrStartsAnew_data() { addRows(); }
    void assigningAgainGoesOnOrStartsAnew();
    void aPositionBeyondTheEndMovesToTheStart_data() { addRows(); }
    void aPositionBeyondTheEndMovesToTheStart();
    void patternsMatchWholeNamesAndSeeNewTopics_data() { addRows(); }
    void patternsMatchWholeNamesAndSeeNewTopics();
    void aMissingTopicSpoilsNoOther_data() { addRows(); }
    void aMissingTopicSpoilsNoOther();
    void anIdlePollEndsInTimeAndAtAStop_data() { addRows(); }
    void anIdlePollEndsInTimeAndAtAStop();

private:
    void addRows();
    std::unique_ptr<RecordSourceBench> bench();
    std::vector<std::pair<QByteArray, Factory>> m_factories;
};

} // namespace spillway::test
