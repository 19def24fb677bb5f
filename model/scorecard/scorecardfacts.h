// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"
#include "model/cost/costreport.h"
#include "model/deadletter/lettergroups.h"
#include "model/scorecard/driftfacts.h"
#include "model/scorecard/scorecard.h"
#include "model/store/database.h"

#include <QDate>
#include <QHash>

namespace spillway {

/// Whether a phase was reached on a day.
struct ScorecardDay
{
    int phase = 1;
    QDate day;
    bool isReached = false;
};

/// The newest month for which there is an invoice, as the model would have it and as it was invoiced.
struct InvoiceComparison
{
    QDate first; ///< UTC days, both included
    QDate last;
    Money modelled;
    Money invoiced;
    QString currency;
    QString profile = {}; ///< whose bill and invoice it is
};

/// Everything the scorecard looks at.
struct ScorecardFacts
{
    std::vector<JoinedEvent> events;
    GovernanceRules rules;
    double maxRetentionDays = 30;
    LintResult lint;
    LintResult drift;
    DriftFacts observed;
    std::vector<OpenLetterCount> openLetters;
    qsizetype deadLetterChannels = 0;          ///< the workspace names, patterns counted once each
    qsizetype deadLetterChannelsRead = 0;      ///< of them those whose topic was found
    std::optional<CostReport> cost;            ///< nullopt: it cannot be computed
    std::optional<InvoiceComparison> invoiced; ///< nullopt: no invoice was imported
    QHash<QString, UtcTime> announced;         ///< occasion -> when the first team was told of it
    QStringList pipelines;                     ///< files of the repository's pipelines that run spillwayctl
    bool hasRepository = false;
    std::vector<ScorecardDay> history; ///< of scope `all`, newest first
};

/// Reads the store's part and the pipelines; lint, drift, cost and invoice are the caller's. Blocking; on a reader's
/// thread.
[[nodiscard]] Status readScorecardFacts(Database& reader, const Workspace& workspace, ScorecardFacts& facts);

/// Pipeline files at the root of the repository around `folder` that run spillwayctl. Blocking.
void findPipelines(const QString& folder, ScorecardFacts& facts);

/// Notes the day's rows in place of those noted earlier that day. Inside a transaction.
[[nodiscard]] Status storeScorecardDay(Database& database, const std::vector<ScorecardRow>& rows, const QDate& day);
[[nodiscard]] Result<std::vector<ScorecardDay>> scorecardDays(Database& reader);

} // namespace spillway
