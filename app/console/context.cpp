// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/context.h"

#include "model/catalog/catalogfiles.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/groupingrules.h"
#include "model/deadletter/kindrules.h"
#include "model/workspace/issuelist.h"

#include <QDir>
#include <QFileInfo>

namespace spillway {

namespace {

/// What the files may say and this version cannot do yet is told, not passed over.
void warnOfUnread(const Workspace& workspace, std::vector<FileIssue>& issues)
{
    for (const ConnectionSettings& connection : workspace.connections) {
        for (const ProcessingLogSettings& log : connection.processingLogs) {
            if (log.kind == ProcessingLogSettings::Kind::KafkaTopic || log.kind == ProcessingLogSettings::Kind::File)
                continue;
            issues.push_back(
                {.severity = IssueSeverity::Warning,
                 .place = log.place,
                 .message = QStringLiteral("this version does not read processing logs from PostgreSQL or OTLP"),
                 .remedy = QStringLiteral("write them to a Kafka topic or to a file of JSON lines")});
        }
    }
}

/// Files of the workspace that are read anew where they are used: their faults are told with the others.
void checkRuleFiles(const Workspace& workspace, std::vector<FileIssue>& issues)
{
    const Checked<DialectRegistry> dialects = DialectRegistry::withUsers(workspace.dialectsFolder);
    issues.insert(issues.end(), dialects.issues.begin(), dialects.issues.end());
    Checked<KindRules> kinds = KindRules::withUsers(workspace.kindsFile);
    issues.insert(issues.end(), kinds.issues.begin(), kinds.issues.end());
    Checked<GroupingRules> grouping = readGroupingRules(workspace.groupingFile);
    issues.insert(issues.end(), grouping.issues.begin(), grouping.issues.end());
}

} // namespace

Checked<Context> openContext(const QString& workspacePath, const QString& stateFolder)
{
    Checked<Context> opened;
    QString path = workspacePath;
    if (path.isEmpty()) {
        const auto found = findWorkspaceFile(QDir::currentPath());
        if (!found) {
            opened.issues.push_back(FileIssue{.place = {.file = QDir::currentPath() + QStringLiteral("/spillway.yaml")},
                                              .message = found.error().detail.section(QStringLiteral("; "), 0, 0),
                                              .remedy = found.error().detail.section(QStringLiteral("; "), 1)});
            return opened;
        }
        path = *found;
    }
    LoadedWorkspace loaded = loadWorkspaceAndCatalog(path);
    opened.issues = std::move(loaded.issues);
    if (!loaded.workspace)
        return opened;
    Checked<MaskRules> rules = loadMaskRules(*loaded.workspace);
    opened.issues.insert(opened.issues.end(), rules.issues.begin(), rules.issues.end());
    if (!loaded.catalog || !rules.value)
        return opened;
    warnOfUnread(*loaded.workspace, opened.issues);
    checkRuleFiles(*loaded.workspace, opened.issues);
    if (hasErrors(opened.issues))
        return opened;
    const QString state =
        stateFolder.isEmpty() ? defaultStateFolder(*loaded.workspace) : QFileInfo(stateFolder).absoluteFilePath();
    opened.value = Context{.workspace = std::move(*loaded.workspace),
                           .catalog = std::move(*loaded.catalog),
                           .stateFolder = state,
                           .masker = Masker(std::move(*rules.value))};
    return opened;
}

} // namespace spillway
