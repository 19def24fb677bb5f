// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QStringList>

#include <optional>

namespace spillway {

struct CatalogSources;
struct ImportedCatalog;

/// What has to be known before an event is published: who sends it, who reads it, how many a day, how large, and for
/// how long they are kept.
struct Registration
{
    QString eventType;
    QString producerTeam;
    QString producerService;
    QStringList consumers;              ///< each TEAM/SERVICE
    std::optional<std::int64_t> volume; ///< messages a day
    std::optional<std::int64_t> payloadBytes;
    std::optional<double> retentionDays;
    QString domain; ///< empty: the type's first word
    QString topic;  ///< empty: not decided yet
};

/// The registration as an event to add. InvalidConfig names every fact that is missing or wrong, one a line; Conflict:
/// the event is in the files already, with its place. Pure.
[[nodiscard]] Result<ImportedCatalog> registrationOf(const Registration& registration, const CatalogSources& sources);

} // namespace spillway
