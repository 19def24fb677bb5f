// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/cost/costbill.h"
#include "model/cost/exactshare.h"

#include <vector>

/// What one event puts on a cluster in a day of 24 hours, before anything is priced.
namespace spillway {

struct Participant
{
    QString team;            ///< empty: unknown
    QString service;         ///< empty: unknown
    bool isObserved = false; ///< a group that committed and that nobody declared
};

struct EventLoad
{
    const CatalogEvent* event = nullptr;
    Participant producer;
    std::vector<Participant> consumers;

    Wide records = 0;
    Wide keptByteMillidays = 0;    ///< of one copy, hot and tiered together
    Wide tieredByteMillidays = 0;  ///< of it, beyond the hot days
    std::int64_t recordBytes = 0;  ///< payload and the profile's overhead
    std::optional<int> partitions; ///< nullopt: unknown
    QuantityBasis recordsBasis = QuantityBasis::Declared;
    QuantityBasis bytesBasis = QuantityBasis::Declared; ///< of records times size
    QuantityBasis keptBasis = QuantityBasis::Declared;
    QuantityBasis partitionsBasis = QuantityBasis::Assumed;
    bool isKeptEstimated = false; ///< from offsets and sizes of records: no broker tells how large the logs are
};

/// What is missing to price an event on a day, in words; empty when nothing is.
[[nodiscard]] QString missingOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage,
                                QDate day);

/// @param usage  what was measured about its topic; nullptr: nothing
/// @param share  the event's part of what was measured, where several share the topic; in (0, 1]
/// @param day    UTC; null: a day at the catalog's volumes
/// nullopt when it does not fit. What is needed is there: see missingOf.
[[nodiscard]] std::optional<EventLoad> eventLoad(const CatalogEvent& event, const Catalog& catalog,
                                                 const PricingProfile& profile, const TopicUsage* usage, double share,
                                                 QDate day);

} // namespace spillway
