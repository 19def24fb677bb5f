// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/ledgerhead.h"

#include "model/ledger/eventrows.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway::ledger {

namespace {

constexpr qint64 longestHeadBytes = 20 + 1 + 64 + 1;

tl::unexpected<Error> failed(const QString& file, const QString& what)
{
    return fail(ErrorCode::Unreachable, u"%1: %2: %3"_s.arg(file, what, QString::fromLocal8Bit(std::strerror(errno))));
}

bool writeAndSync(int descriptor, const QByteArray& bytes)
{
    return ::write(descriptor, bytes.constData(), static_cast<std::size_t>(bytes.size())) == bytes.size() &&
           ::fsync(descriptor) == 0;
}

} // namespace

Head endOf(SQLite::Database& db)
{
    SQLite::Statement select(db, R"(
        SELECT seq, hash
        FROM event
        ORDER BY seq DESC
        LIMIT 1)");
    if (!select.executeStep())
        return {0, noHash()};
    const SQLite::Column hash = select.getColumn(1);
    return {select.getColumn(0).getInt64(), QByteArray(static_cast<const char*>(hash.getBlob()), hash.getBytes())};
}

QByteArray headLine(const Head& head)
{
    return QByteArray::number(static_cast<qlonglong>(head.seq)) + ' ' + head.hash.toHex() + '\n';
}

QString headFileOf(const QString& ledgerFile)
{
    const QFileInfo info(ledgerFile);
    return info.absolutePath() + u'/' + info.completeBaseName() + u".head"_s;
}

Result<std::optional<Head>> readHead(const QString& ledgerFile)
{
    const QString path = headFileOf(ledgerFile);
    QFile file(path);
    if (!file.exists())
        return std::optional<Head>();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1: cannot be read: %2"_s.arg(path, file.errorString()));
    const QByteArray line = file.read(longestHeadBytes + 1);
    const QList<QByteArray> words = line.endsWith('\n') ? line.chopped(1).split(' ') : QList<QByteArray>();
    bool isNumber = false;
    const std::int64_t seq = words.value(0).toLongLong(&isNumber);
    const QByteArray hash = QByteArray::fromHex(words.value(1));
    if (words.size() != 2 || !isNumber || seq < 0 || hash.size() != 32 || hash.toHex() != words[1])
        return fail(ErrorCode::Corrupt,
                    u"%1: this is not the end of a ledger; put the file from a backup in its place"_s.arg(path));
    return std::optional(Head{seq, hash});
}

Status writeHead(const QString& ledgerFile, const Head& head)
{
    const QString path = headFileOf(ledgerFile);
    const QByteArray unfinished = QFile::encodeName(path + u".tmp"_s);
    const int descriptor = ::open(unfinished.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return failed(path, u"cannot be created"_s);
    const bool isWritten = writeAndSync(descriptor, headLine(head));
    const int failure = errno;
    ::close(descriptor);
    if (!isWritten) {
        ::unlink(unfinished.constData());
        errno = failure;
        return failed(path, u"cannot be written"_s);
    }
    if (std::rename(unfinished.constData(), QFile::encodeName(path).constData()) != 0)
        return failed(path, u"cannot be replaced"_s);
    const int folder =
        ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder); // the rename itself; where a file system refuses, the older head is accepted too
        ::close(folder);
    }
    return {};
}

} // namespace spillway::ledger
