// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"
#include "model/catalog/catalogsearch.h"
#include "model/catalog/contactlinks.h"
#include "model/catalog/flowgraph.h"
#include "model/cost/costreport.h"
#include "model/cost/eventcost.h"
#include "model/deadletter/lettergroups.h"
#include "model/lag/lagqueries.h"
#include "model/scorecard/driftfacts.h"
#include "model/scorecard/scorecard.h"
#include "model/scorecard/teammatrix.h"
#include "model/slo/sloqueries.h"

#include <memory>

/// The catalog as the screen and `catalog show` tell of it: what the files say, and what was observed.
namespace spillway {

/// The workspace's files, read and judged. Depends on nothing but the files and the day. Immutable.
struct JudgedCatalog
{
    CatalogSources sources; ///< its `events` are what everything else counts on
    LintPolicy policy;
    LintResult lint;
    CatalogIndex index;
    FlowGraph flow;
    ContactLinks contacts;
    std::map<QString, EventDayCost> costs; ///< by event type; an event that is not in it has no known cost
    std::optional<CostReport> cost;        ///< of all teams, for the scorecard; nullopt: the pricing does not read
    QString costFault;                     ///< why nothing has a known cost; English; empty: the pricing was read
};

/// Everything of one moment. Immutable.
struct CatalogPicture
{
    std::shared_ptr<const JudgedCatalog> files; ///< second owner: what reads them, and other moments
    LintResult drift;
    std::vector<ScorecardRow> scorecard;
    std::vector<SloRow> slos; ///< of the last 24 hours
    TeamMatrix matrix;
    std::vector<LagGroupRow> groups;
    std::vector<OpenLetterCount> openLetters;
    DriftFacts observed;

    [[nodiscard]] const std::vector<JoinedEvent>& events() const { return files->sources.events; }
};

} // namespace spillway
