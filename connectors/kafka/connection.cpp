// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/connection.h"

#include "connectors/kafka/lagsource.h"
#include "connectors/kafka/recordsource.h"
#include "connectors/kafka/replaytarget.h"
#include "connectors/kafka/site.h"
#include "connectors/kafka/timelookup.h"
#include "connectors/kafka/topicfactssource.h"

namespace spillway {

KafkaConnection::KafkaConnection(ConnectionSettings settings, SecretStore* secrets, const Clock* clock)
    : m_site(std::make_shared<kafka::Site>(std::move(settings), secrets, clock))
{
}

KafkaConnection::~KafkaConnection() = default;

const ConnectionSettings& KafkaConnection::settings() const
{
    return m_site->settings();
}

std::unique_ptr<LagSource> KafkaConnection::lagSource() const
{
    return std::make_unique<KafkaLagSource>(m_site);
}

std::unique_ptr<RecordSource> KafkaConnection::recordSource() const
{
    return std::make_unique<KafkaRecordSource>(m_site);
}

std::unique_ptr<RecordSource> KafkaConnection::swiftRecordSource() const
{
    return std::make_unique<KafkaRecordSource>(m_site, KafkaRecordSource::Appetite::Gulp);
}

std::unique_ptr<RecordSource> KafkaConnection::recordSourcePastBadBatches() const
{
    return std::make_unique<KafkaRecordSource>(m_site, KafkaRecordSource::Appetite::Stream,
                                               KafkaRecordSource::BadBatch::PassOver);
}

std::unique_ptr<RecordLookup> KafkaConnection::recordLookup() const
{
    return std::make_unique<RecordSourceLookup>(
        std::make_unique<KafkaRecordSource>(m_site, KafkaRecordSource::Appetite::Sip));
}

std::unique_ptr<TimeLookup> KafkaConnection::timeLookup() const
{
    return std::make_unique<KafkaTimeLookup>(m_site);
}

std::unique_ptr<ReplayTarget> KafkaConnection::replayTarget() const
{
    return std::make_unique<KafkaReplayTarget>(m_site);
}

std::unique_ptr<TopicFactsSource> KafkaConnection::topicFactsSource() const
{
    return std::make_unique<KafkaTopicFactsSource>(m_site);
}

ConnectionHealth KafkaConnection::health() const
{
    return m_site->health();
}

KafkaCheckReport KafkaConnection::check(std::stop_token stop) const
{
    return checkKafka(m_site, std::move(stop));
}

} // namespace spillway
