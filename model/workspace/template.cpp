// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/template.h"

#include "model/base/text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

// A static library drops what nobody names; the macro must stand outside any namespace.
static void initResource()
{
    Q_INIT_RESOURCE(workspace_template);
}

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The folder's name as a workspace's: what needs no quotes in YAML and names a folder everywhere.
QString nameFor(const QDir& folder)
{
    QString name;
    for (const QChar c : folder.dirName().first(std::min<qsizetype>(folder.dirName().size(), 64))) {
        const bool isPlain =
            (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-' || c == u'_';
        name += isPlain ? c : u'-';
    }
    const bool startsWithLetter = !name.isEmpty() && name.front().isLetter();
    return startsWithLetter ? name : u"workspace"_s + (name.isEmpty() || name.front() == u'-' ? name : u'-' + name);
}

Status writeNew(const QString& path, const QByteArray& content)
{
    QFile file(path);
    // NewOnly: a file that appeared since we looked is not ours to overwrite
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(content) != content.size() || !file.flush())
        return fail(ErrorCode::Unreachable, u"%1 cannot be written (%2); choose a folder you may write to"_s.arg(
                                                visibleText(path), file.errorString()));
    return {};
}

} // namespace

Result<QStringList> writeTemplate(const QString& folder)
{
    initResource();
    const QDir target(QDir::cleanPath(QDir(folder).absolutePath()));
    const QStringList names{u"spillway.yaml"_s, u"ownership.yaml"_s, u"event-catalog.yaml"_s};
    QStringList existing;
    for (const QString& name : names) {
        if (QFileInfo::exists(target.filePath(name)) || QFileInfo(target.filePath(name)).isSymLink())
            existing += visibleText(target.filePath(name));
    }
    if (!existing.isEmpty())
        return fail(ErrorCode::Conflict, u"%1 %2 already; nothing was written, choose another folder"_s.arg(
                                             existing.join(u", "_s), existing.size() == 1 ? u"exists"_s : u"exist"_s));
    if (const QFileInfo there(target.path()); there.exists() && !there.isDir())
        return fail(ErrorCode::Conflict, u"%1 is a file; name a folder"_s.arg(visibleText(target.path())));
    if (!target.mkpath(u"."_s))
        return fail(ErrorCode::Unreachable,
                    u"the folder %1 cannot be made; choose one you may write to"_s.arg(visibleText(target.path())));
    QStringList written;
    for (const QString& name : names) {
        QFile source(u":/spillway/workspace-template/"_s + name);
        if (!source.open(QIODevice::ReadOnly))
            return fail(ErrorCode::Internal, u"the template of %1 is missing from this program"_s.arg(name));
        const QByteArray content = source.readAll().replace("@NAME@", nameFor(target).toUtf8());
        if (const Status status = writeNew(target.filePath(name), content); !status) {
            for (const QString& done : written)
                QFile::remove(done);
            return tl::unexpected<Error>(status.error());
        }
        written += target.filePath(name);
    }
    return written;
}

} // namespace spillway
