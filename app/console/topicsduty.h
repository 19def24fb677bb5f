// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/duty.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/topicsampler.h"
#include "model/scorecard/eventsampler.h"

#include <memory>
#include <mutex>

namespace spillway {

class KafkaConnection;
class KnowledgeInUse;

/// Asks every few minutes how the topics behind dead letters are kept: what is in them disappears by itself. Then
/// copies the payloads of pointers before that happens, soonest to expire first, so many at a time (`rescue: false` in
/// the workspace: it does not).
class TopicsDuty final : public Duty
{
public:
    /// All arguments outlive the duty.
    TopicsDuty(std::shared_ptr<KafkaConnection> connection, const Workspace& workspace, const KnowledgeInUse& knowledge,
               Ledger& ledger, StoreWriter& writer, const Catalog& catalog, const Clock& clock);
    ~TopicsDuty() override;

    [[nodiscard]] DutyKind kind() const override { return DutyKind::Topics; }
    [[nodiscard]] QString name() const override { return QStringLiteral("topics"); }
    [[nodiscard]] Millis interval() const override;
    [[nodiscard]] CollectReport step(std::stop_token stop) override { return once(stop); }
    [[nodiscard]] CollectReport once(std::stop_token stop) override;

private:
    void noteScorecard(std::stop_token stop);

    std::mutex m_turn; // guards: everything below
    std::shared_ptr<KafkaConnection> m_connection;
    const KnowledgeInUse& m_knowledge;
    ConnectionSettings m_settings; // the connection's, with the dead-letter topics as they are now
    bool m_rescues;
    std::unique_ptr<TopicFactsSource> m_source;
    TopicSampler m_sampler;
    std::unique_ptr<RecordLookup> m_origins;
    LetterRescuer m_rescuer;
    EventSampler m_events;
    const Workspace& m_workspace;
    const Catalog& m_catalog;
    StoreWriter& m_writer;
    const Clock& m_clock;
    std::optional<UtcTime> m_scoredAt; // this connection's last note of the scorecard
};

} // namespace spillway
