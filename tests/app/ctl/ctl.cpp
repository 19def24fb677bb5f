// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

[[noreturn]] void giveUp(const QString& what)
{
    throw std::runtime_error(what.toStdString());
}

/// The running test has failed; it goes on with what there is.
void failTest(const QString& what)
{
    QTest::qFail(what.toUtf8().constData(), __FILE__, __LINE__);
}

QString program()
{
    return test::buildFile(u"bin/spillwayctl"_s);
}

QJsonDocument parse(const QByteArray& text, const CtlOutput& output)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (document.isNull())
        failTest(u"no JSON document (%1):\n%2"_s.arg(error.errorString(), QString::fromUtf8(output.told())));
    return document;
}

CtlOutput finished(QProcess& process, const QStringList& arguments, int timeoutMs)
{
    const bool ended = process.state() == QProcess::NotRunning || process.waitForFinished(timeoutMs);
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    const int ownExit = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    CtlOutput output{.arguments = arguments,
                     .exitCode = ended ? ownExit : -2,
                     .out = process.readAllStandardOutput(),
                     .err = process.readAllStandardError()};
    if (!ended)
        failTest(u"no end within %1 ms: %2"_s.arg(timeoutMs).arg(QString::fromUtf8(output.told())));
    return output;
}

} // namespace

QJsonObject CtlOutput::object() const
{
    const QJsonDocument document = parse(out, *this);
    if (!document.isObject())
        failTest(u"not an object: "_s + QString::fromUtf8(told()));
    return document.object();
}

QJsonArray CtlOutput::array() const
{
    const QJsonDocument document = parse(out, *this);
    if (!document.isArray())
        failTest(u"not an array: "_s + QString::fromUtf8(told()));
    return document.array();
}

std::vector<QJsonObject> CtlOutput::rows() const
{
    std::vector<QJsonObject> objects;
    const QJsonArray values = array();
    for (const QJsonValue& value : values) {
        if (!value.isObject())
            failTest(u"a row is not an object: "_s + QString::fromUtf8(told()));
        objects.push_back(value.toObject());
    }
    return objects;
}

std::vector<QJsonObject> CtlOutput::lines() const
{
    std::vector<QJsonObject> objects;
    const QList<QByteArray> texts = out.split('\n');
    for (const QByteArray& text : texts) {
        if (text.isEmpty())
            continue;
        const QJsonDocument document = parse(text, *this);
        if (!document.isObject())
            failTest(u"a line is not an object: "_s + QString::fromUtf8(text));
        objects.push_back(document.object());
    }
    return objects;
}

QJsonObject CtlOutput::lastLine() const
{
    const std::vector<QJsonObject> all = lines();
    if (!all.empty())
        return all.back();
    failTest(u"no line at all: "_s + QString::fromUtf8(told()));
    return {};
}

QByteArray CtlOutput::told() const
{
    return "spillwayctl " + arguments.join(u' ').toUtf8() + "\nexit " + QByteArray::number(exitCode) +
           "\nstdout: " + out.left(4'000) + "\nstderr: " + err.left(4'000);
}

RunningCtl::RunningCtl(const QString& folder, const QProcessEnvironment& environment, const QStringList& arguments)
    : m_arguments(arguments)
{
    m_process.setWorkingDirectory(folder);
    m_process.setProcessEnvironment(environment);
    m_process.start(program(), arguments);
    if (!m_process.waitForStarted())
        giveUp(program() + u" cannot be started: "_s + m_process.errorString());
}

RunningCtl::~RunningCtl()
{
    m_process.kill();
    m_process.waitForFinished();
}

void RunningCtl::signal(int number)
{
    if (::kill(static_cast<pid_t>(m_process.processId()), number) != 0)
        giveUp(u"it has gone before the signal"_s);
}

bool RunningCtl::kill()
{
    m_process.kill();
    m_process.waitForFinished();
    return m_process.exitStatus() == QProcess::CrashExit;
}

CtlOutput RunningCtl::wait(int timeoutMs)
{
    return finished(m_process, m_arguments, timeoutMs);
}

QByteArray RunningCtl::readLine(int timeoutMs)
{
    QDeadlineTimer deadline(timeoutMs);
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(static_cast<int>(deadline.remainingTime())))
            break;
    }
    return m_process.canReadLine() ? m_process.readLine().chopped(1) : QByteArray();
}

Scene::Scene()
    : m_environment(QProcessEnvironment::systemEnvironment())
{
    if (!m_dir.isValid() || !QDir().mkpath(folder()) || !QDir().mkpath(home()))
        giveUp(u"no temporary folder: "_s + m_dir.errorString());
    m_environment.insert(u"HOME"_s, home());
    m_environment.insert(u"XDG_STATE_HOME"_s, home() + u"/state"_s);
    m_environment.insert(u"XDG_CONFIG_HOME"_s, home() + u"/config"_s);
    m_environment.insert(u"USER"_s, u"judge"_s);
    m_environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
}

void Scene::write(const QString& relative, const QByteArray& text) const
{
    QFile file(path(relative));
    if (!QDir().mkpath(QFileInfo(file).path()) || !file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        giveUp(u"%1 cannot be written: %2"_s.arg(file.fileName(), file.errorString()));
}

QByteArray Scene::read(const QString& relative) const
{
    QFile file(path(relative));
    if (!file.open(QIODevice::ReadOnly))
        giveUp(u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
    return file.readAll();
}

QStringList Scene::globals() const
{
    return {u"--workspace"_s, folder(), u"--state"_s, state()};
}

CtlOutput Scene::ctl(const QStringList& arguments, const QByteArray& input, int timeoutMs) const
{
    return bare(globals() + arguments, home(), input, timeoutMs);
}

CtlOutput Scene::bare(const QStringList& arguments, const QString& inFolder, const QByteArray& input,
                      int timeoutMs) const
{
    QProcess process;
    process.setWorkingDirectory(inFolder);
    process.setProcessEnvironment(m_environment);
    process.start(program(), arguments);
    if (!process.waitForStarted())
        giveUp(program() + u" cannot be started: "_s + process.errorString());
    process.write(input);
    process.closeWriteChannel();
    return finished(process, arguments, timeoutMs);
}

std::unique_ptr<RunningCtl> Scene::start(const QStringList& arguments) const
{
    return std::make_unique<RunningCtl>(home(), m_environment, globals() + arguments);
}

QByteArray workspaceText(const std::vector<ConnectionText>& connections, const QString& environment,
                         const QStringList& more)
{
    QString text = u"version: 1\nname: judged\nenvironment: %1\n"_s.arg(environment);
    for (const QString& line : more)
        text += line + u'\n';
    text += u"connections:\n"_s;
    for (const ConnectionText& connection : connections) {
        text +=
            u"  - name: %1\n    kind: kafka\n    bootstrap_servers: %2\n"_s.arg(connection.name, connection.bootstrap);
        for (const QString& line : connection.more)
            text += u"    "_s + line + u'\n';
    }
    return text.toUtf8();
}

QStringList fieldNames(const QJsonObject& object)
{
    QStringList names = object.keys();
    names.sort();
    return names;
}

std::optional<qint64> integer(const QJsonValue& value)
{
    if (value.isNull())
        return std::nullopt;
    const qint64 number = value.toInteger(-1);
    if (value.isDouble() && number == value.toInteger(-2))
        return number;
    failTest(u"not a whole number: '%1'"_s.arg(value.toVariant().toString()));
    return std::nullopt;
}

bool isUtcTime(const QJsonValue& value)
{
    static const QRegularExpression form(uR"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$)"_s);
    return value.isString() && form.match(value.toString()).hasMatch();
}

QString deadAddress()
{
    // The kernel hands out a free port; nobody listens on it once it is closed again.
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(handle, generic, size) != 0 || ::getsockname(handle, generic, &size) != 0)
        giveUp(u"no free port"_s);
    ::close(handle);
    return u"127.0.0.1:%1"_s.arg(ntohs(address.sin_port));
}

} // namespace spillway::test
