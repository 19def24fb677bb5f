// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/topicsduty.h"

#include "connectors/kafka/connection.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis topicsInterval{300'000};

} // namespace

TopicsDuty::TopicsDuty(std::shared_ptr<KafkaConnection> connection, const Workspace& workspace, Ledger& ledger,
                       StoreWriter& writer, const Catalog& catalog, const Clock& clock)
    : m_connection(std::move(connection))
    , m_rescues(workspace.rescuesPointers)
    , m_source(m_connection->topicFactsSource())
    , m_sampler(*m_source, writer, catalog, m_connection->settings(), clock)
    , m_origins(m_connection->recordLookup())
    , m_rescuer(ledger, writer, clock, u"spillway"_s)
{
}

TopicsDuty::~TopicsDuty() = default;

Millis TopicsDuty::interval() const
{
    return topicsInterval;
}

CollectReport TopicsDuty::once(std::stop_token stop)
{
    const std::lock_guard lock(m_turn);
    CollectReport report;
    if (const auto sample = m_sampler.sampleOnce(stop); !sample) {
        report.failures.push_back(sample.error());
        return report;
    }
    if (!m_rescues)
        return report;
    if (const auto rescued = m_rescuer.rescueWaiting(*m_origins, m_connection->settings().name, {}, stop); !rescued)
        report.failures.push_back(rescued.error());
    return report;
}

} // namespace spillway
