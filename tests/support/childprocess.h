// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QProcess>
#include <QRandomGenerator>

#include <unistd.h>

namespace spillway::test {

/// The test program run once more in another role: `main` sees the role in argv[1]. It reports with `report`, line by
/// line.
class ChildProcess
{
public:
    explicit ChildProcess(const QStringList& arguments)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(), arguments);
    }
    ~ChildProcess()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    /// The next whole line without its end; null when the child is gone or a minute has passed.
    [[nodiscard]] QByteArray readLine()
    {
        QDeadlineTimer deadline(60'000);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(static_cast<int>(deadline.remainingTime())))
                break;
        }
        return m_process.canReadLine() ? m_process.readLine().chopped(1) : QByteArray();
    }

    /// SIGKILL at a moment `random` draws from the first `withinMs` from now. False when it was over by itself before.
    [[nodiscard]] bool killWithin(QRandomGenerator& random, int withinMs)
    {
        const std::int64_t within = std::int64_t{withinMs} * 1'000'000;
        QDeadlineTimer moment;
        moment.setPreciseRemainingTime(0, random.bounded(static_cast<qint64>(within)), Qt::PreciseTimer);
        while (!moment.hasExpired())
            m_process.waitForReadyRead(1);
        m_process.kill();
        m_process.waitForFinished();
        return m_process.exitStatus() == QProcess::CrashExit;
    }

    /// SIGKILL now; what it had said is still there to read.
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    [[nodiscard]] QList<QByteArray> allLines()
    {
        QList<QByteArray> lines;
        while (m_process.canReadLine())
            lines += m_process.readLine().chopped(1);
        return lines;
    }

    [[nodiscard]] QProcess& process() { return m_process; }

    /// In the child: one line to the parent, out of this process when it returns.
    static void report(QByteArray line)
    {
        line += '\n';
        if (::write(STDOUT_FILENO, line.constData(), static_cast<std::size_t>(line.size())) != line.size())
            ::_exit(71);
    }

private:
    QProcess m_process;
};

} // namespace spillway::test
