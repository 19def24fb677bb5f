// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogs.h"

#include "app/console/costs.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QDir>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Checked<Workspace> openWorkspaceOnly(const QString& path)
{
    if (!path.isEmpty())
        return loadWorkspace(path);
    const auto found = findWorkspaceFile(QDir::currentPath());
    if (found)
        return loadWorkspace(*found);
    return {std::nullopt,
            {FileIssue{.place = {.file = QDir::currentPath() + u"/spillway.yaml"_s},
                       .message = found.error().detail,
                       .remedy = u"name one with --workspace"_s}}};
}

Checked<LintInput> readLintInput(const Workspace& workspace)
{
    Checked<CatalogSources> sources = readCatalogSources(workspace);
    Checked<LintPolicy> policy = readLintPolicy(workspace);
    Checked<LintInput> input{std::nullopt, std::move(sources.issues)};
    input.issues.insert(input.issues.end(), policy.issues.begin(), policy.issues.end());
    if (sources.value && policy.value)
        input.value = LintInput{std::move(*sources.value), std::move(*policy.value)};
    return input;
}

namespace {

FileIssue issueOf(const Workspace& workspace, const Error& error)
{
    return {.place = {.file = workspace.file}, .message = error.detail, .remedy = QStringLiteral("see above")};
}

} // namespace

Checked<LintResult> driftWorkspace(Database& reader, const Workspace& workspace, UtcTime now)
{
    Checked<LintInput> input = readLintInput(workspace);
    if (!input.value)
        return {std::nullopt, std::move(input.issues)};
    const auto facts = readDriftFacts(reader, now);
    if (!facts)
        return {std::nullopt, {issueOf(workspace, facts.error())}};
    return {findDrift(input.value->sources, input.value->policy, *facts), std::move(input.issues)};
}

Checked<std::vector<ScorecardRow>> workspaceScorecard(Database& reader, const Context& context, UtcTime now)
{
    Checked<LintInput> input = readLintInput(context.workspace);
    if (!input.value)
        return {std::nullopt, std::move(input.issues)};
    ScorecardFacts facts;
    auto observed = readDriftFacts(reader, now);
    if (!observed)
        return {std::nullopt, {issueOf(context.workspace, observed.error())}};
    facts.observed = std::move(*observed);
    const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date();
    facts.lint = lintCatalog(input.value->sources, input.value->policy, today);
    facts.drift = findDrift(input.value->sources, input.value->policy, facts.observed);
    facts.events = std::move(input.value->sources.events);
    facts.rules = context.catalog.rules();
    facts.maxRetentionDays = input.value->policy.maxRetentionDays;
    facts.cost = workspaceCost(context, CostQuestion{}).value;
    if (const Status read = readScorecardFacts(reader, context.workspace, facts); !read)
        return {std::nullopt, {issueOf(context.workspace, read.error())}};
    return {scorecard(facts), std::move(input.issues)};
}

Checked<LintResult> lintWorkspace(const Workspace& workspace)
{
    Checked<LintInput> input = readLintInput(workspace);
    if (!input.value)
        return {std::nullopt, std::move(input.issues)};
    return {lintCatalog(input.value->sources, input.value->policy, QDateTime::currentDateTimeUtc().date()),
            std::move(input.issues)};
}

} // namespace spillway
