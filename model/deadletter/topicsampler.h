// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/topicfacts.h"
#include "model/catalog/catalog.h"
#include "model/store/storewriter.h"
#include "model/workspace/workspace.h"

#include <stop_token>

namespace spillway {

struct TopicSampleReport
{
    UtcTime takenAt;
    std::int64_t topics = 0; ///< asked about
    QString clusterId;
    QStringList names; ///< of every topic of the cluster
};

/// Asks one connection's broker about the topics that matter to dead letters, and stores what it says: the dead-letter
/// topics of the workspace, the topics letters came from, the topics of the catalog. One thread.
class TopicSampler
{
public:
    /// All arguments outlive this.
    TopicSampler(TopicFactsSource& source, StoreWriter& writer, const Catalog& catalog,
                 const ConnectionSettings& settings, const Clock& clock);

    /// Asks, stores, and keeps the channels' outlook. Error: nothing could be had or stored; then nothing was changed.
    [[nodiscard]] Result<TopicSampleReport> sampleOnce(std::stop_token stop);

private:
    TopicFactsSource& m_source;
    StoreWriter& m_writer;
    const Catalog& m_catalog;
    const ConnectionSettings& m_settings;
    const Clock& m_clock;
};

} // namespace spillway
