// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QStringList>

#include <optional>
#include <vector>

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
    QString domain;            ///< empty: the type's first word
    QString topic;             ///< empty: not decided yet
    bool startsSchema = false; ///< the catalog names version 1 of a schema, which is begun where schemas lie
    friend bool operator==(const Registration&, const Registration&) = default;
};

enum class RegistrationField {
    Event,
    ProducerTeam,
    ProducerService,
    Consumers,
    Volume,
    PayloadBytes,
    RetentionDays,
    Files, ///< the workspace's, not the registration's
};

/// A fact that is missing or wrong.
struct RegistrationFault
{
    RegistrationField field = RegistrationField::Event;
    bool isMissing = false;
    QString message; ///< `the team that sends it is missing`
    QString remedy;  ///< as the command line has it: `give --producer-team TEAM`
    [[nodiscard]] QString toString() const
    {
        return remedy.isEmpty() ? message : message + QStringLiteral("; ") + remedy;
    }
    friend bool operator==(const RegistrationFault&, const RegistrationFault&) = default;
};

/// Every fault at once, in the order of the fields; empty: it can be registered, unless it is already. Pure.
[[nodiscard]] std::vector<RegistrationFault> registrationFaults(const Registration& registration,
                                                                const CatalogSources& sources);

/// The registration as an event to add. InvalidConfig names every fault, one a line; Conflict: the event is in the
/// files already, with its place. Pure.
[[nodiscard]] Result<ImportedCatalog> registrationOf(const Registration& registration, const CatalogSources& sources);

} // namespace spillway
