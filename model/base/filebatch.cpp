// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/filebatch.h"
#include "model/base/wholefile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> failed(const QString& path, const QString& reason)
{
    return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, reason));
}

QString lastReason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

QString unfinishedOf(const QString& path)
{
    return path + u".unfinished"_s;
}

/// The bytes beside the place they are for. A leftover of a killed run, or a link somebody put there, is taken away.
Status begin(const BatchFile& file)
{
    if (!QDir().mkpath(QFileInfo(file.path).path()))
        return failed(file.path, u"its folder cannot be made"_s);
    if (isStream(file.path))
        return failed(file.path, u"it is a device or a pipe; name a file"_s);
    const QString path = unfinishedOf(file.path);
    QFile::remove(path);
    QFile out(path);
    if (!out.open(QIODevice::WriteOnly | QIODevice::NewOnly) || out.write(*file.bytes) != file.bytes->size() ||
        !out.flush())
        return failed(file.path, out.errorString());
    struct stat standing
    {
    };
    if (::stat(QFile::encodeName(file.path).constData(), &standing) == 0 &&
        ::fchmod(out.handle(), standing.st_mode & 07777) != 0)
        return failed(file.path, lastReason());
    return {};
}

/// Flushes the file systems these files lie on: once each.
Status flush(const std::vector<BatchFile>& files)
{
    QSet<quint64> done;
    for (const BatchFile& file : files) {
        const int folder =
            ::open(QFile::encodeName(QFileInfo(file.path).path()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0)
            return failed(file.path, lastReason());
        struct stat device
        {
        };
        bool isFlushed = ::fstat(folder, &device) == 0;
        if (isFlushed && !done.contains(device.st_dev)) {
            isFlushed = ::syncfs(folder) == 0;
            done.insert(device.st_dev);
        }
        const QString reason = isFlushed ? QString() : lastReason();
        ::close(folder);
        if (!isFlushed)
            return failed(file.path, reason);
    }
    return {};
}

Status finish(const BatchFile& file)
{
    if (std::rename(QFile::encodeName(unfinishedOf(file.path)).constData(), QFile::encodeName(file.path).constData()) !=
        0)
        return failed(file.path, lastReason());
    return {};
}

Status writeAll(const std::vector<BatchFile>& files)
{
    for (const BatchFile& file : files) {
        if (const Status begun = begin(file); !begun)
            return begun;
    }
    if (const Status flushed = flush(files); !flushed)
        return flushed;
    for (const BatchFile& file : files) {
        if (const Status finished = finish(file); !finished)
            return finished;
    }
    return {};
}

} // namespace

Status writeFiles(const std::vector<BatchFile>& files)
{
    const Status written = writeAll(files);
    if (!written) {
        for (const BatchFile& file : files)
            QFile::remove(unfinishedOf(file.path));
    }
    return written;
}

} // namespace spillway
