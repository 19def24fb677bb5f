// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/wholefile.h"

#include <QFile>
#include <QSaveFile>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

bool isStream(const QString& name)
{
    struct stat found = {};
    return ::stat(QFile::encodeName(name).constData(), &found) == 0 && !S_ISREG(found.st_mode) &&
           !S_ISDIR(found.st_mode); // a folder is refused by who opens it, in his own words
}

WholeFile::WholeFile(const QString& name)
    : m_file(isStream(name) ? std::unique_ptr<QFileDevice>(std::make_unique<QFile>(name))
                            : std::make_unique<QSaveFile>(name))
{
}

WholeFile::~WholeFile() = default;

tl::unexpected<Error> WholeFile::failed() const
{
    return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(m_file->fileName(), m_file->errorString()));
}

Status WholeFile::open(QFileDevice::Permissions permissions)
{
    if (!m_file->open(QIODevice::WriteOnly))
        return failed();
    const bool isPlain = qobject_cast<QSaveFile*>(m_file.get());
    return !permissions || !isPlain || m_file->setPermissions(permissions) ? Status() : failed();
}

Status WholeFile::write(const QByteArray& bytes)
{
    return m_file->write(bytes) == bytes.size() ? Status() : failed();
}

Status WholeFile::flush()
{
    return m_file->flush() ? Status() : failed();
}

Status WholeFile::commit()
{
    if (auto* plain = qobject_cast<QSaveFile*>(m_file.get()))
        return plain->commit() ? Status() : failed();
    const bool isOut = m_file->flush() && m_file->error() == QFileDevice::NoError;
    return isOut ? Status() : failed();
}

Status writeWhole(const QString& name, const QByteArray& bytes)
{
    WholeFile file(name);
    if (const Status opened = file.open(); !opened)
        return opened;
    if (const Status written = file.write(bytes); !written)
        return written;
    return file.commit();
}

} // namespace spillway
