// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/catalog/catalogfiles.h"
#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/compatibilityoutput.h"

#include <QDateTime>
#include <QFile>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Who reads the events of a folder that was named: by the workspace that was named too, else by the folder's own
/// ownership file. Its faults are `check`'s business; without it nobody is named.
Catalog consumersOf(Session& session, const QString& folder)
{
    if (!session.options().workspace.isEmpty() || session.options().demo) {
        const Context* context = session.context();
        return context ? context->catalog : Catalog();
    }
    const QString file = folder + u"/_meta/ownership.yaml"_s;
    return QFile::exists(file) ? Catalog(readOwnershipFile(file).events, {}, {}) : Catalog();
}

} // namespace

int run(Session& session, const SchemaCheckCommand& command)
{
    QString folder = command.folder;
    Catalog catalog;
    if (folder.isEmpty()) {
        const Context* context = session.context();
        if (!context)
            return Usage;
        folder = context->workspace.schemasFolder;
        catalog = context->catalog;
        if (folder.isEmpty())
            return refuse(
                Error{ErrorCode::InvalidConfig,
                      u"the workspace names no schemas; write schemas: schemas/ in it, or name the folder"_s});
    } else {
        catalog = consumersOf(session, folder);
    }
    const CompatibilityReport report = checkCompatibilityOfFolder(
        folder, {.policy = command.policy.isEmpty() ? std::nullopt : compatibilityPolicyFromWord(command.policy),
                 .level = command.level.isEmpty() ? std::nullopt : compatibilityLevelFromWord(command.level),
                 .catalog = &catalog,
                 .today = QDateTime::currentDateTimeUtc().date()});
    if (reportIssues(report.issues) == Usage)
        return Usage;
    const bool isPrinted =
        session.options().json ? printLine(compatibilityAsJson(report)) : printText(compatibilityAsText(report));
    if (!isPrinted)
        return OutOfReach;
    return report.compatible ? Done : Found;
}

} // namespace spillway::ctl
