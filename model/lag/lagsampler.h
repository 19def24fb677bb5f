// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/catalog/catalog.h"
#include "model/lag/lagbook.h"
#include "model/lag/lagsource.h"
#include "model/store/storewriter.h"
#include "model/workspace/workspace.h"

#include <memory>
#include <stop_token>

namespace spillway {

/// One sample, as it was stored. What could not be had stands in `failures`; the rest is in the store all the same.
struct LagSampleReport
{
    UtcTime takenAt;
    std::int64_t rows = 0;        ///< (group, partition) rows told by this sample
    std::int64_t unknownRows = 0; ///< rows in state `unknown` after it
    std::int64_t groups = 0;
    Millis elapsed{0}; ///< asking, judging and storing
    std::vector<Error> failures;
};

/// Asks a cluster for its lag, judges it and stores it, one connection each. One thread; the writer's thread does the
/// judging.
class LagSampler
{
public:
    /// @param source, writer, clock  outlive this.
    /// @param connections  names of all connections of the workspace; with them a renamed connection keeps its history.
    LagSampler(LagSource& source, StoreWriter& writer, Catalog catalog, const Clock& clock, ConnectionSettings settings,
               QStringList connections = {});
    ~LagSampler();

    /// Takes one sample and stores it in one transaction. Error: nothing could be had, or nothing be stored; then
    /// nothing was changed.
    [[nodiscard]] Result<LagSampleReport> sampleOnce(std::stop_token stop);

private:
    LagRequest request() const;

    LagSource& m_source;
    StoreWriter& m_writer;
    Catalog m_catalog;
    const Clock& m_clock;
    ConnectionSettings m_settings;
    QStringList m_connections;
    QString m_clusterId;             // that m_book belongs to
    std::shared_ptr<LagBook> m_book; // shared with the task in the writer's queue: a stop may leave that one behind
};

} // namespace spillway
