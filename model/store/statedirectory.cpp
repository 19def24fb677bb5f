// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/statedirectory.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr qint64 longestLockBytes = 400;

tl::unexpected<Error> failed(const QString& path, const QString& what)
{
    return fail(ErrorCode::Unreachable, u"%1 %2: %3; choose another folder with --state"_s.arg(
                                            path, what, QString::fromLocal8Bit(std::strerror(errno))));
}

QString lockFileOf(const QString& folder)
{
    return folder + u"/lock"_s;
}

Status makePrivateFolder(const QString& folder)
{
    const QByteArray path = QFile::encodeName(folder);
    if (::mkdir(path.constData(), 0700) == 0)
        return {};
    if (errno == ENOENT) {
        if (!QDir().mkpath(QFileInfo(folder).absolutePath()) || ::mkdir(path.constData(), 0700) != 0)
            return failed(folder, u"cannot be created"_s);
        return {};
    }
    struct stat facts = {};
    if (errno != EEXIST || ::stat(path.constData(), &facts) != 0)
        return failed(folder, u"cannot be created"_s);
    if (!S_ISDIR(facts.st_mode)) {
        errno = ENOTDIR;
        return failed(folder, u"is no folder"_s);
    }
    if ((facts.st_mode & 0077) != 0 && ::chmod(path.constData(), 0700) != 0)
        return failed(folder, u"is open to others, and its mode cannot be set to 0700"_s);
    return {};
}

/// The name of a file system that other machines may hold at the same time; empty for any other.
QString networkFileSystem(int descriptor)
{
    struct statfs facts = {};
    if (::fstatfs(descriptor, &facts) != 0)
        return {};
    switch (static_cast<std::uint32_t>(facts.f_type)) {
    case 0x6969:
        return u"NFS"_s;
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42:
        return u"SMB"_s;
    case 0x00C36400:
        return u"Ceph"_s;
    case 0x5346414F:
        return u"AFS"_s;
    case 0x01021997:
        return u"9P"_s;
    default:
        return {};
    }
}

} // namespace

QString HolderProcess::toString() const
{
    return u"%1 (process %2)"_s.arg(program).arg(pid);
}

StateDirectory::StateDirectory(QString folder, HolderProcess holder, FileDescriptor lock, QStringList warnings)
    : m_folder(std::move(folder))
    , m_holder(std::move(holder))
    , m_lock(std::move(lock))
    , m_warnings(std::move(warnings))
{
}

StateDirectory::~StateDirectory()
{
    // The file stays: unlinking it would let two processes lock two files of that name. Emptied, it names nobody.
    (void)!::ftruncate(m_lock.get(), 0);
}

Result<std::unique_ptr<StateDirectory>> StateDirectory::hold(const QString& folder, const QString& program)
{
    const QString absolute = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    if (const Status made = makePrivateFolder(absolute); !made)
        return tl::unexpected<Error>(made.error());
    const QString path = lockFileOf(absolute);
    FileDescriptor lock(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock.isOpen())
        return failed(path, u"cannot be opened for writing"_s);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return failed(path, u"this file system cannot lock"_s);
        const auto other = namedHolder(absolute);
        return fail(ErrorCode::Conflict,
                    u"%1 is held by %2; end it, or choose another folder with --state"_s.arg(
                        absolute, other ? other->toString() : u"another Spillway that is just starting"_s));
    }
    const HolderProcess self{::getpid(), program};
    const QByteArray line = QByteArray::number(self.pid) + ' ' + program.simplified().toUtf8().left(200) + '\n';
    if (::ftruncate(lock.get(), 0) != 0 ||
        ::pwrite(lock.get(), line.constData(), static_cast<std::size_t>(line.size()), 0) != line.size())
        return failed(path, u"cannot be written"_s);
    QStringList warnings;
    if (const QString kind = networkFileSystem(lock.get()); !kind.isEmpty())
        warnings +=
            u"%1 lies on a network file system (%2), where SQLite's locks are not to be relied on; choose a local folder with --state"_s
                .arg(absolute, kind);
    return std::unique_ptr<StateDirectory>(new StateDirectory(absolute, self, std::move(lock), warnings));
}

Status readableState(const QString& folder)
{
    const auto refused = [](const QString& path, const QString& remedy) {
        return fail(ErrorCode::Unreachable,
                    u"%1 cannot be read: %2; %3"_s.arg(path, QString::fromLocal8Bit(std::strerror(errno)), remedy));
    };
    struct stat facts = {};
    if (::stat(QFile::encodeName(folder).constData(), &facts) != 0)
        return errno == ENOENT ? Status() : refused(folder, u"choose another folder with --state"_s);
    if (!S_ISDIR(facts.st_mode)) {
        errno = ENOTDIR;
        return failed(folder, u"is no folder"_s);
    }
    for (const QString& path : {folder, folder + u"/samples.sqlite"_s, folder + u"/ledger.sqlite"_s}) {
        const int wanted = path == folder ? X_OK : R_OK;
        if (::faccessat(AT_FDCWD, QFile::encodeName(path).constData(), wanted, AT_EACCESS) != 0 && errno != ENOENT)
            return refused(path, u"run this as the user it belongs to, or choose another folder with --state"_s);
    }
    return {};
}

std::optional<HolderProcess> namedHolder(const QString& folder)
{
    QFile file(lockFileOf(folder));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray line = file.read(longestLockBytes).trimmed();
    bool isNumber = false;
    const int pid = line.left(line.indexOf(' ')).toInt(&isNumber);
    if (!isNumber || pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH))
        return std::nullopt;
    return HolderProcess{pid, QString::fromUtf8(line.mid(line.indexOf(' ') + 1))};
}

} // namespace spillway
