// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QStringList>

namespace spillway::test {

/// Names of the files in a folder, hidden ones too, in which these bytes stand.
[[nodiscard]] inline QStringList filesWith(const QString& folder, const QByteArray& bytes)
{
    QStringList found;
    for (const QString& name : QDir(folder).entryList(QDir::Files | QDir::Hidden)) {
        QFile file(folder + QLatin1Char('/') + name);
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(bytes))
            found += name;
    }
    return found;
}

} // namespace spillway::test
