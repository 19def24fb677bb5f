// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindedit.h"

#include "model/base/wholefile.h"
#include "model/deadletter/kindrules.h"

#include <QDir>
#include <QFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 largestFile = 1LL << 20;

} // namespace

QString kindsFileOf(const Workspace& workspace)
{
    if (!workspace.kindsFile.isEmpty() || workspace.folder.isEmpty())
        return workspace.kindsFile;
    return QDir(workspace.folder).filePath(u"kinds.yaml"_s);
}

Result<KindRulesFile> readKindRulesFile(const QString& file)
{
    KindRulesFile read{.file = file, .text = std::nullopt};
    QFile source(file);
    if (!source.exists())
        return read;
    if (!source.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable,
                    u"%1 cannot be read: %2; check its rights"_s.arg(file, source.errorString()));
    QByteArray text = source.read(largestFile + 1);
    if (text.size() > largestFile)
        return fail(ErrorCode::InvalidConfig, u"%1 is larger than 1 MiB; open it in an editor of its own"_s.arg(file));
    read.text = std::move(text);
    return read;
}

Status saveKindRulesFile(const KindRulesFile& before, const QByteArray& text)
{
    if (before.file.isEmpty())
        return fail(ErrorCode::Unsupported, u"this workspace has no folder that rules could stand in"_s);
    const Checked<KindRules> rules = KindRules::withUsersText(text, before.file);
    if (!rules.value) {
        QStringList faults;
        for (const FileIssue& issue : rules.issues)
            faults += issue.toString();
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    }
    const auto now = readKindRulesFile(before.file);
    if (!now)
        return tl::unexpected<Error>(now.error());
    if (now->text != before.text)
        return fail(ErrorCode::Conflict, u"%1 was changed meanwhile; open it again"_s.arg(before.file));
    return writeWhole(before.file, text);
}

} // namespace spillway
