// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogimport.h"
#include "model/catalog/cataloglint.h"
#include "model/catalog/registration.h"
#include "model/catalog/schemastub.h"
#include "model/cost/money.h"

/// Changes of the workspace's files that somebody looks at before they are made.
namespace spillway {

/// The workspace's files, what would change in them, and what came of it.
struct PlannedImport
{
    CatalogSources sources; ///< as they stand
    ImportPlan plan;
    QStringList notes;
    QString whyNotWritable; ///< English; empty: the files can be written
};

/// An event before it is written down.
struct PlannedRegistration
{
    std::vector<RegistrationFault> faults; ///< with one, the rest is empty
    PlannedImport change;
    QString currency;
    std::optional<Money> costPerDay;      ///< nullopt: the pricing says nothing of it
    std::optional<Money> costPerMonth;    ///< of 365/12 days
    std::vector<CatalogFinding> findings; ///< of this event, as the files would stand
    std::optional<SchemaStub> schema;     ///< nullopt: not asked for, or there is no folder for it
};

} // namespace spillway
