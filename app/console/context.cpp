// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/context.h"

#include <QDir>
#include <QFileInfo>

namespace spillway {

Checked<Context> openContext(const QString& workspacePath, const QString& stateFolder)
{
    Checked<Context> opened;
    QString path = workspacePath;
    if (path.isEmpty()) {
        const auto found = findWorkspaceFile(QDir::currentPath());
        if (!found) {
            opened.issues.push_back(
                FileIssue{.place = {.file = QDir::currentPath() + QStringLiteral("/spillway.yaml")},
                          .message = found.error().detail,
                          .remedy = QStringLiteral("name one with --workspace, or write one with 'spillwayctl init'")});
            return opened;
        }
        path = *found;
    }
    Checked<Workspace> workspace = loadWorkspace(path);
    opened.issues = std::move(workspace.issues);
    if (!workspace.value)
        return opened;
    Checked<Catalog> catalog = loadCatalog(*workspace.value);
    opened.issues.insert(opened.issues.end(), catalog.issues.begin(), catalog.issues.end());
    if (!catalog.value)
        return opened;
    const QString state =
        stateFolder.isEmpty() ? defaultStateFolder(*workspace.value) : QFileInfo(stateFolder).absoluteFilePath();
    opened.value =
        Context{.workspace = std::move(*workspace.value), .catalog = std::move(*catalog.value), .stateFolder = state};
    return opened;
}

} // namespace spillway
