// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoworkspace.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it: a static library's resources are dropped unless somebody names them.
static void initDemoResources()
{
    Q_INIT_RESOURCE(demo);
}

namespace spillway::demo {

Result<QString> writeDemoWorkspace(const QString& folder, const QString& bootstrap, const QString& registryUrl,
                                   const QString& inboxUrl)
{
    initDemoResources();
    const QString root = u":/demo/"_s;
    QDirIterator files(root, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile source(files.next());
        const QString target = folder + u'/' + source.fileName().mid(root.size());
        if (!source.open(QIODevice::ReadOnly))
            return fail(ErrorCode::Internal, source.fileName() + u": "_s + source.errorString());
        QByteArray content = source.readAll();
        content.replace("@bootstrap@", bootstrap.toUtf8());
        content.replace("@registry@", registryUrl.toUtf8());
        content.replace("@inbox@", inboxUrl.toUtf8());
        QSaveFile file(target);
        if (!QDir().mkpath(QFileInfo(target).absolutePath()) || !file.open(QIODevice::WriteOnly) ||
            file.write(content) != content.size() || !file.commit())
            return fail(ErrorCode::Unreachable, u"%1: cannot be written: %2"_s.arg(target, file.errorString()));
    }
    return QFileInfo(folder + u"/spillway.yaml"_s).absoluteFilePath();
}

} // namespace spillway::demo
