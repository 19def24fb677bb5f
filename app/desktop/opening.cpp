// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/opening.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr std::uint64_t companySeed = 1; // everybody sees the same company

Result<Context> readContext(const QString& workspace, const QString& stateFolder)
{
    Checked<Context> context = openContext(workspace, stateFolder);
    if (context.value)
        return std::move(*context.value);
    QStringList faults;
    for (const FileIssue& issue : context.issues)
        faults << issue.toString();
    return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
}

} // namespace

Result<std::unique_ptr<OpenedWorkspace>> openWorkspace(const OpenRequest& request)
{
    auto opened = std::make_unique<OpenedWorkspace>();
    opened->isDemo = request.isDemo;
    QString workspace = request.workspace;
    QString stateFolder = request.stateFolder;
    if (request.isDemo) {
        opened->folder = std::make_unique<QTemporaryDir>();
        if (!opened->folder->isValid())
            return fail(ErrorCode::Unreachable,
                        u"no temporary folder can be made: %1"_s.arg(opened->folder->errorString()));
        auto broker = EmbeddedBroker::start(opened->folder->filePath(u"workspace"_s), companySeed);
        if (!broker)
            return tl::unexpected<Error>(broker.error());
        opened->broker = std::move(*broker);
        workspace = opened->broker->workspaceFile();
        if (stateFolder.isEmpty())
            stateFolder = opened->folder->filePath(u"state"_s);
    }
    Result<Context> context = readContext(workspace, stateFolder);
    if (!context)
        return tl::unexpected<Error>(context.error());
    auto holder = Holder::acquire(std::move(*context), u"spillway"_s, 0);
    if (!holder)
        return tl::unexpected<Error>(holder.error());
    opened->holder = std::move(*holder);
    return opened;
}

} // namespace spillway
