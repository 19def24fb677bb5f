// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogs.h"

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

Checked<LintResult> lintWorkspace(const Workspace& workspace)
{
    Checked<LintInput> input = readLintInput(workspace);
    if (!input.value)
        return {std::nullopt, std::move(input.issues)};
    return {lintCatalog(input.value->sources, input.value->policy, QDateTime::currentDateTimeUtc().date()),
            std::move(input.issues)};
}

} // namespace spillway
