// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStringList>

namespace spillway::test {

/// A Git repository made by Git itself, away from the user's settings.
class Checkout
{
public:
    explicit Checkout(const QString& folder)
        : m_folder(folder)
    {
        QDir().mkpath(folder);
    }

    QByteArray git(const QStringList& arguments) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"})
            environment.insert(QString::fromLatin1(name), QStringLiteral("T"));
        for (const char* name : {"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"})
            environment.insert(QString::fromLatin1(name), QStringLiteral("t@example.com"));
        environment.insert(QStringLiteral("GIT_CONFIG_GLOBAL"), QStringLiteral("/dev/null"));
        environment.insert(QStringLiteral("GIT_CONFIG_NOSYSTEM"), QStringLiteral("1"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_folder);
        process.start(QStringLiteral("git"), arguments);
        if (!process.waitForFinished() || process.exitCode() != 0)
            qFatal("git %s: %s", qPrintable(arguments.join(u' ')), process.readAllStandardError().constData());
        return process.readAllStandardOutput().trimmed();
    }
    void write(const QString& path, const QByteArray& text) const
    {
        QDir(m_folder).mkpath(QFileInfo(path).path());
        QFile file(m_folder + u'/' + path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("%s cannot be written", qPrintable(path));
    }
    void remove(const QString& path) const { QFile::remove(m_folder + u'/' + path); }
    void commit(const QString& message) const
    {
        git({QStringLiteral("add"), QStringLiteral("-A")});
        git({QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-m"),
             message});
    }
    [[nodiscard]] QString schemas() const { return m_folder + QStringLiteral("/schemas"); }
    [[nodiscard]] const QString& folder() const { return m_folder; }

private:
    QString m_folder;
};

} // namespace spillway::test
