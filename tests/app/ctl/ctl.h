// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>

#include <optional>
#include <vector>

/// spillwayctl as its users have it: a program with arguments, two streams and an exit code. Nothing here knows how it
/// is made. Output of another form than asked for is a failure of the running test, as is a call that hangs; what goes
/// wrong around it (it cannot be started, no folder can be made) throws std::runtime_error.
namespace spillway::test {

/// What one call has said.
struct CtlOutput
{
    QStringList arguments;
    int exitCode = -1; ///< -1: ended by a signal; -2: it did not end
    QByteArray out;
    QByteArray err;

    /// stdout as the one JSON document that it has to be; empty, and the test fails, when it is anything else.
    [[nodiscard]] QJsonObject object() const;
    [[nodiscard]] QJsonArray array() const;
    /// The rows of an array of objects.
    [[nodiscard]] std::vector<QJsonObject> rows() const;
    /// stdout as JSON lines, each an object.
    [[nodiscard]] std::vector<QJsonObject> lines() const;
    [[nodiscard]] QJsonObject lastLine() const;
    [[nodiscard]] QString errorText() const { return QString::fromUtf8(err); }
    /// Everything, for a failure's message.
    [[nodiscard]] QByteArray told() const;
};

/// main() of a test program. Unlike QTEST_GUILESS_MAIN it unwinds when a test throws: brokers of a test's own are
/// stopped.
#define CTL_TEST_MAIN(Test)                                                                                            \
    int main(int argc, char** argv)                                                                                    \
    {                                                                                                                  \
        const QCoreApplication app(argc, argv);                                                                        \
        QTEST_SET_MAIN_SOURCE_PATH                                                                                     \
        try {                                                                                                          \
            Test test;                                                                                                 \
            return QTest::qExec(&test, argc, argv);                                                                    \
        } catch (const std::exception& error) {                                                                        \
            qCritical("%s", error.what());                                                                             \
            return 1;                                                                                                  \
        }                                                                                                              \
    }

/// QVERIFY2 with a QByteArray or a text for what to say.
#define EXPECT(condition, told) QVERIFY2((condition), QByteArray(told).constData())
/// The command behind `output` runs once: QVERIFY2 reads its arguments more than once.
#define EXPECT_EXIT(output, code)                                                                                      \
    do {                                                                                                               \
        const CtlOutput& endedCommand = (output);                                                                      \
        EXPECT(endedCommand.exitCode == (code), endedCommand.told());                                                  \
    } while (false)

/// A call that goes on while the test does something else. Killed when it goes.
class RunningCtl
{
public:
    RunningCtl(const QString& folder, const QProcessEnvironment& environment, const QStringList& arguments);
    ~RunningCtl();
    RunningCtl(const RunningCtl&) = delete;
    RunningCtl& operator=(const RunningCtl&) = delete;

    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    void signal(int number);
    /// SIGKILL. False when it had ended by itself before.
    bool kill();
    /// Waits for its own end; killed after `timeoutMs`, and the test fails.
    [[nodiscard]] CtlOutput wait(int timeoutMs = 60'000);
    /// The next whole line of stdout; null when it ended or `timeoutMs` have passed.
    [[nodiscard]] QByteArray readLine(int timeoutMs = 60'000);

private:
    QProcess m_process;
    QStringList m_arguments;
};

/// A folder with a workspace, a home and a state directory of its own.
class Scene
{
public:
    Scene();

    [[nodiscard]] QString folder() const { return m_dir.path() + QStringLiteral("/workspace"); }
    [[nodiscard]] QString state() const { return m_dir.path() + QStringLiteral("/state"); }
    [[nodiscard]] QString home() const { return m_dir.path() + QStringLiteral("/home"); }
    [[nodiscard]] QString path(const QString& relative) const { return folder() + u'/' + relative; }

    /// Writes a file below the workspace's folder, and the folders to it.
    void write(const QString& relative, const QByteArray& text) const;
    [[nodiscard]] QByteArray read(const QString& relative) const;
    void setEnvironment(const QString& name, const QString& value) { m_environment.insert(name, value); }

    /// Runs with this workspace and state directory, given before the command.
    [[nodiscard]] CtlOutput ctl(const QStringList& arguments, const QByteArray& input = {},
                                int timeoutMs = 60'000) const;
    /// Runs with exactly these arguments, in `folder`.
    [[nodiscard]] CtlOutput bare(const QStringList& arguments, const QString& inFolder, const QByteArray& input = {},
                                 int timeoutMs = 60'000) const;
    [[nodiscard]] std::unique_ptr<RunningCtl> start(const QStringList& arguments) const;

    /// The arguments that `ctl` puts first.
    [[nodiscard]] QStringList globals() const;

private:
    QTemporaryDir m_dir;
    QProcessEnvironment m_environment;
};

/// One connection of a workspace to be written.
struct ConnectionText
{
    QString name;
    QString bootstrap;
    QStringList more; ///< further lines of the connection, without their indentation
};

/// A spillway.yaml with these connections; `more` are further lines at the top level.
[[nodiscard]] QByteArray workspaceText(const std::vector<ConnectionText>& connections,
                                       const QString& environment = QStringLiteral("development"),
                                       const QStringList& more = {});

/// The names of an object's fields, sorted.
[[nodiscard]] QStringList fieldNames(const QJsonObject& object);
/// A whole number; null as nullopt. The test fails on anything else.
[[nodiscard]] std::optional<qint64> integer(const QJsonValue& value);
/// RFC 3339 in UTC with milliseconds, and nothing else.
[[nodiscard]] bool isUtcTime(const QJsonValue& value);
/// An address on loopback where nobody listens.
[[nodiscard]] QString deadAddress();

} // namespace spillway::test
