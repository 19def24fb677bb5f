// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"
#include "model/catalog/catalogsearch.h"
#include "model/catalog/flowgraph.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/topicstore.h"
#include "model/lag/lagqueries.h"
#include "model/scorecard/scorecard.h"
#include "model/slo/sloqueries.h"

#include <memory>
#include <stop_token>

namespace spillway::views {

/// Everything the catalog screen shows, of one moment. Immutable.
struct CatalogPicture
{
    std::vector<JoinedEvent> events;
    CatalogIndex index;
    FlowGraph flow;
    LintResult lint;
    LintResult drift;
    std::vector<ScorecardRow> scorecard;
    std::vector<YamlText> texts; ///< as the findings' edits count on them
    QString folder;              ///< of the workspace
    std::vector<SloRow> slos;    ///< of the last 24 hours
    std::vector<LagGroupRow> groups;
    std::vector<OpenLetterCount> openLetters;
    std::vector<KnownTopic> topics;
};

/// What the catalog screen asks and wants done. As DataSource: blocking, only through AsyncLoad.
class CatalogSource
{
public:
    virtual ~CatalogSource() = default;
    [[nodiscard]] virtual Result<std::shared_ptr<const CatalogPicture>> picture(std::stop_token stop) = 0;
    /// Writes a change that was shown. Conflict when a file is no longer what it was.
    [[nodiscard]] virtual Status apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token stop) = 0;
    /// Writes a document the reader asked for.
    [[nodiscard]] virtual Status write(const QString& file, const QByteArray& bytes) = 0;
};

} // namespace spillway::views
