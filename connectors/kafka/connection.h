// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/check.h"
#include "model/base/clock.h"
#include "model/broker/capabilities.h"
#include "model/broker/recordlookup.h"
#include "model/broker/recordsource.h"
#include "model/broker/timelookup.h"
#include "model/broker/topicfacts.h"
#include "model/lag/lagsource.h"
#include "model/replay/replaytarget.h"
#include "model/workspace/secret.h"
#include "model/workspace/workspace.h"

#include <memory>

namespace spillway {

namespace kafka {
class Site;
}

/// One Kafka connection of a workspace: makes the ports that the subjects need, each with client handles of its own,
/// and keeps the connection's health from what they meet. Making a port does not connect; its first call does.
/// Thread-safe; each port belongs to one thread at a time and may outlive the connection, but not the secret store and
/// the clock.
class KafkaConnection
{
public:
    KafkaConnection(ConnectionSettings settings, SecretStore* secrets, const Clock* clock);
    ~KafkaConnection();

    [[nodiscard]] const ConnectionSettings& settings() const;
    [[nodiscard]] std::unique_ptr<LagSource> lagSource() const;
    [[nodiscard]] std::unique_ptr<RecordSource> recordSource() const;
    /// The same for whoever keeps account of what was passed over: a batch that cannot be decoded is told as
    /// `RecordBatch::unreadable`, where another source fails at it for ever.
    [[nodiscard]] std::unique_ptr<RecordSource> recordSourcePastBadBatches() const;
    /// For reading on to an end that is near, with little work for each record.
    [[nodiscard]] std::unique_ptr<RecordSource> swiftRecordSource() const;
    /// Single records at positions, for a look at one letter's origin.
    [[nodiscard]] std::unique_ptr<RecordLookup> recordLookup() const;
    /// Positions by time.
    [[nodiscard]] std::unique_ptr<TimeLookup> timeLookup() const;
    [[nodiscard]] std::unique_ptr<ReplayTarget> replayTarget() const;
    [[nodiscard]] std::unique_ptr<TopicFactsSource> topicFactsSource() const;

    /// For the dot: what the ports met last. Unknown before the first contact. Never blocks.
    [[nodiscard]] ConnectionHealth health() const;

    /// See checkKafka.
    [[nodiscard]] KafkaCheckReport check(std::stop_token stop) const;

private:
    std::shared_ptr<kafka::Site> m_site; // second owners: the ports it made
};

} // namespace spillway
