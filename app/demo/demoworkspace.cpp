// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoworkspace.h"
#include "model/base/wholefile.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

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
        QDir().mkpath(QFileInfo(target).absolutePath()); // what cannot be made is told by the file in it
        if (const Status written = writeWhole(target, content); !written)
            return tl::unexpected<Error>(written.error());
    }
    return QFileInfo(folder + u"/spillway.yaml"_s).absoluteFilePath();
}

} // namespace spillway::demo
