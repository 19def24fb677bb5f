// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/filestamps.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDirIterator>
#include <QFileInfo>

namespace spillway {

namespace {

constexpr int mostFiles = 20'000;

void add(QStringList& looks, const QFileInfo& file)
{
    const qint64 changedMs = file.exists() ? file.lastModified().toMSecsSinceEpoch() : -1;
    looks += file.filePath() + QChar(0) + QString::number(changedMs) + QChar(0) + QString::number(file.size());
}

} // namespace

QByteArray stampOf(const QStringList& paths)
{
    QStringList looks;
    for (const QString& path : paths) {
        if (path.isEmpty())
            continue;
        const QFileInfo info(path);
        if (!info.isDir()) {
            add(looks, info);
            continue;
        }
        QDirIterator files(path, QDir::Files, QDirIterator::Subdirectories);
        for (int seen = 0; files.hasNext() && seen < mostFiles; ++seen) {
            files.next();
            add(looks, files.fileInfo());
        }
    }
    looks.sort();
    return QCryptographicHash::hash(looks.join(QChar(1)).toUtf8(), QCryptographicHash::Sha256);
}

} // namespace spillway
