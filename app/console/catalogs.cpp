// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogs.h"

#include "app/console/catalogkeeper.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>

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
                       .message = found.error().detail.section(u"; "_s, 0, 0),
                       .remedy = found.error().detail.section(u"; "_s, 1)}}};
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

Result<std::vector<ScorecardRow>> scorecardOf(Database& reader, const Context& context, const CatalogPicture& picture,
                                              InvoiceComparisons& comparisons, UtcTime now)
{
    const JudgedCatalog& files = *picture.files;
    ScorecardFacts facts;
    facts.observed = picture.observed;
    facts.lint = files.lint;
    facts.drift = picture.drift;
    facts.events = files.sources.events;
    facts.rules = files.sources.model.rules();
    facts.maxRetentionDays = files.policy.maxRetentionDays;
    facts.cost = files.cost;
    facts.invoiced = comparisons.newest(context, now);
    if (const Status read = readScorecardFacts(reader, context.workspace, facts); !read)
        return tl::unexpected(read.error());
    return scorecard(facts);
}

Checked<std::vector<ScorecardRow>> workspaceScorecard(Database& reader, const Context& context, UtcTime now)
{
    Checked<std::shared_ptr<const JudgedCatalog>> judged = judgeCatalog(context, now);
    if (!judged.value)
        return {std::nullopt, std::move(judged.issues)};
    CatalogPicture picture{.files = *judged.value};
    auto observed = readDriftFacts(reader, now);
    if (!observed)
        return {std::nullopt, {issueOf(context.workspace, observed.error())}};
    picture.observed = std::move(*observed);
    picture.drift = findDrift(picture.files->sources, picture.files->policy, picture.observed);
    InvoiceComparisons comparisons;
    auto rows = scorecardOf(reader, context, picture, comparisons, now);
    if (!rows)
        return {std::nullopt, {issueOf(context.workspace, rows.error())}};
    return {std::move(*rows), std::move(judged.issues)};
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
