// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/recordlookup.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/topicsampler.h"
#include "model/store/storewriter.h"

#include <stop_token>

namespace spillway {

/// Looks at the newest records of the catalog's topics, to know how large their payloads are; keeps the sizes alone.
/// Reads without a group and without side effect. One thread.
class EventSampler
{
public:
    /// All arguments outlive this.
    EventSampler(RecordLookup& lookup, StoreWriter& writer, const Catalog& catalog, const Clock& clock);

    /// Stores the names of the cluster's topics, then looks at topics that moved since, a bounded number each time. An
    /// error of one topic leaves the others.
    [[nodiscard]] Status sampleOnce(const QString& connection, const TopicSampleReport& topics, std::stop_token stop);

private:
    RecordLookup& m_lookup;
    StoreWriter& m_writer;
    const Catalog& m_catalog;
    const Clock& m_clock;
};

} // namespace spillway
