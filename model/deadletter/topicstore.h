// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/topicfacts.h"
#include "model/store/database.h"

#include <map>
#include <vector>

/// What brokers said about topics, in the store: now, and how it changed.
namespace spillway {

/// Why a topic is asked about.
enum class TopicRole {
    DeadLetters, ///< the workspace names it as a dead-letter topic, or a pattern does
    Origin,      ///< letters came from it
    Event,       ///< the catalog places an event there
};
[[nodiscard]] QString topicRoleWord(TopicRole role); ///< deadLetters, origin, event

struct TopicInterest
{
    TopicRole role = TopicRole::Event;
    bool isNamed = false; ///< stands in the workspace by its name, not by a pattern
};

/// A topic as the last sample told it.
struct KnownTopic
{
    QString clusterId;
    QString connection;
    TopicInterest interest;
    TopicFacts facts;
    /// Records a partition gained per day, on average over the samples of the last 24 h; nullopt: too few of them.
    std::vector<std::optional<double>> recordsPerDay;
    UtcTime sampledAt;
    /// Timestamps of single records, where somebody asked for them: by partition and offset. See origintimes.h.
    std::map<std::pair<int, Offset>, UtcTime> askedTimes{};
    [[nodiscard]] std::optional<UtcTime> askedTime(int partition, Offset offset) const
    {
        const auto found = askedTimes.find({partition, offset});
        return found == askedTimes.end() ? std::nullopt : std::optional(found->second);
    }
    /// It was deleted and made anew since this sample: what lay in it by then is gone, whatever lies at its place now.
    /// nullopt: not that we know. Told by a log that ended or began earlier than before, by fewer partitions, or by a
    /// topic that is there again.
    std::optional<UtcTime> remadeAfter = std::nullopt;
};

/// By cluster, then topic. A value: it may go to any thread.
class TopicBook
{
public:
    TopicBook() = default;
    explicit TopicBook(std::vector<KnownTopic> topics);
    /// nullptr: nobody asked about it yet.
    [[nodiscard]] const KnownTopic* topic(const QString& clusterId, const QString& name) const;
    [[nodiscard]] const std::map<std::pair<QString, QString>, KnownTopic>& topics() const { return m_topics; }

private:
    std::map<std::pair<QString, QString>, KnownTopic> m_topics;
};

/// Stores one sample. A topic that is not in it keeps what was known. Inside a transaction.
/// @param interests  by topic; those that are missing are `Event`.
[[nodiscard]] Status storeTopicFacts(Database& database, const QString& connection, const TopicFactsReport& report,
                                     const std::map<QString, TopicInterest>& interests, UtcTime takenAt);

/// `remadeAfter` of one topic.
[[nodiscard]] Result<std::optional<UtcTime>> topicRemadeAfter(Database& reader, const QString& clusterId,
                                                              const QString& name);

/// Everything that is known. Blocking; on a reader's thread.
[[nodiscard]] Result<TopicBook> topicBook(Database& reader);

/// Thins the history of logs: all of two days, one row an hour beyond, nothing older than `oldest`. The newest row of
/// a partition stays. Inside a transaction.
/// @return rows removed.
[[nodiscard]] Result<std::int64_t> thinTopicHistory(Database& database, UtcTime now, UtcTime oldest);

} // namespace spillway
