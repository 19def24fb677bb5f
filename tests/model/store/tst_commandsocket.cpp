// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commandsocket.h"
#include "model/store/localsocket.h"
#include "tests/support/childprocess.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

void waitForStop(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
}

/// Answers with the request, as often as its first digit says.
void echo(const QByteArray& request, const CommandServer::Reply& reply, const std::stop_token&)
{
    for (int i = 0; i < request.front() - '0'; ++i)
        reply(request);
}

/// Says `waiting`, waits for the stop, says `stopped`.
void waitThenTell(const QByteArray&, const CommandServer::Reply& reply, const std::stop_token& stop)
{
    reply("waiting");
    waitForStop(stop);
    reply("stopped");
}

/// The child: holds and serves until it is killed.
int serveUntilKilled(const QString& folder, const QString& how)
{
    const auto held = StateDirectory::hold(folder, u"spillway"_s);
    if (!held)
        return 1;
    const auto server = CommandServer::listen(**held, how == u"echo"_s ? CommandServer::Handler(echo)
                                                                       : CommandServer::Handler(waitThenTell));
    if (!server)
        return 2;
    test::ChildProcess::report("serving");
    while (true)
        ::pause();
}

struct Answer
{
    QList<QByteArray> lines;
    Status status;
};

Answer ask(const QString& folder, const QByteArray& request, std::stop_token stop = {},
           Millis answerWithin = Millis{5'000})
{
    Answer answer;
    answer.status = CommandClient::call(
        folder, request, [&](const QByteArray& line) { answer.lines += line; }, std::move(stop), answerWithin);
    return answer;
}

/// A connection that minds no protocol, with the greeting read.
FileDescriptor rawClient(const QString& folder)
{
    const auto address = localsocket::addressOf(folder);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    char letter = 0;
    if (::connect(socket.get(), address.get(), localsocket::Address::size()) != 0)
        return {};
    while (::recv(socket.get(), &letter, 1, 0) == 1 && letter != '\n') {
    }
    return socket;
}

/// Everything until the other end closes, or a minute has passed.
QByteArray readToEnd(const FileDescriptor& socket)
{
    QByteArray all;
    char chunk[4096];
    while (localsocket::waitUntil(socket.get(), POLLIN, 60'000)) {
        const auto count = ::recv(socket.get(), chunk, sizeof chunk, 0);
        if (count <= 0)
            break;
        all.append(chunk, count);
    }
    return all;
}

} // namespace

class CommandSocketTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void anotherProcessAnswersInLines_data();
    void anotherProcessAnswersInLines();
    void theSocketIsPrivate();
    void theFolderMayLieDeep();
    void aSocketLeftByAKillIsReplaced();
    void largeRequestsAndAnswersPass();
    void anOversizedRequestIsRefused();
    void whatIsNoRequestIsRefused_data();
    void whatIsNoRequestIsRefused();
    void aClientThatVanishesStopsItsCommand();
    void aStopReachesTheCommandAndItsLastWordsComeBack();
    void aStopBeforehandAsksNothing();
    void endingTheServerStopsItsCommands();
    void finishingLeavesItsCommandsTheirTimeAndTakesNoOthers();
    void finishingEndsWhenItIsStopped();
    void theSeventeenthClientWaits();
    void aHolderThatHangsIsNamed();
    void aHolderThatDiesInTheMiddleIsNoSuccess();
    void withoutAServerItIsUnreachable_data();
    void withoutAServerItIsUnreachable();
    void aHandlerThatThrowsIsNoSuccess();

private:
    void serve(CommandServer::Handler handler);

    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<StateDirectory> m_directory;
    std::unique_ptr<CommandServer> m_server;
};

void CommandSocketTest::init()
{
    m_root = std::make_unique<QTemporaryDir>();
}

void CommandSocketTest::cleanup()
{
    m_server.reset();
    m_directory.reset();
}

void CommandSocketTest::serve(CommandServer::Handler handler)
{
    auto directory = StateDirectory::hold(m_root->path(), u"spillway"_s);
    QVERIFY(directory);
    m_directory = std::move(*directory);
    auto server = CommandServer::listen(*m_directory, std::move(handler));
    QVERIFY2(server, qPrintable(server ? QString() : server.error().detail));
    m_server = std::move(*server);
}

void CommandSocketTest::anotherProcessAnswersInLines_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("lines");
    QTest::newRow("no line") << QByteArray("0{}") << 0;
    QTest::newRow("one line") << QByteArray("1{\"command\":\"triage\",\"arguments\":{}}") << 1;
    QTest::newRow("many lines") << QByteArray("9{}") << 9;
}

void CommandSocketTest::anotherProcessAnswersInLines()
{
    QFETCH(QByteArray, request);
    QFETCH(int, lines);
    test::ChildProcess child({u"--serve"_s, m_root->path(), u"echo"_s});
    QCOMPARE(child.readLine(), QByteArray("serving"));
    for (int i = 0; i < 3; ++i) {
        const Answer answer = ask(m_root->path(), request);
        QVERIFY2(answer.status, qPrintable(answer.status ? QString() : answer.status.error().detail));
        QCOMPARE(answer.lines, QList<QByteArray>(lines, request));
    }
}

void CommandSocketTest::theSocketIsPrivate()
{
    const mode_t before = ::umask(0);
    serve(echo);
    ::umask(before);
    struct stat facts = {};
    QCOMPARE(::stat(QFile::encodeName(m_root->filePath(u"socket"_s)).constData(), &facts), 0);
    QVERIFY(S_ISSOCK(facts.st_mode));
    QCOMPARE(facts.st_mode & 0777U, 0600U);
    m_server.reset();
    QVERIFY(!QFile::exists(m_root->filePath(u"socket"_s)));
}

void CommandSocketTest::theFolderMayLieDeep()
{
    const QString folder = m_root->filePath(QString(60, u'a') + u'/' + QString(60, u'ü') + u'/' + QString(100, u'c'));
    auto directory = StateDirectory::hold(folder, u"spillway"_s);
    QVERIFY(directory);
    const auto server = CommandServer::listen(**directory, echo);
    QVERIFY2(server, qPrintable(server ? QString() : server.error().detail));
    QCOMPARE(ask(folder, "2x").lines.size(), 2);
}

void CommandSocketTest::aSocketLeftByAKillIsReplaced()
{
    {
        test::ChildProcess child({u"--serve"_s, m_root->path(), u"echo"_s});
        QCOMPARE(child.readLine(), QByteArray("serving"));
        child.kill();
    }
    QVERIFY(QFile::exists(m_root->filePath(u"socket"_s)));
    serve(echo);
    QCOMPARE(ask(m_root->path(), "1x").lines.size(), 1);
}

void CommandSocketTest::largeRequestsAndAnswersPass()
{
    serve(echo);
    QByteArray request(maxRequestBytes, 'x');
    request[0] = '2';
    const Answer answer = ask(m_root->path(), request);
    QVERIFY(answer.status);
    QCOMPARE(answer.lines.size(), 2);
    QVERIFY(answer.lines.back() == request);
}

void CommandSocketTest::anOversizedRequestIsRefused()
{
    std::atomic<int> handled = 0;
    serve([&](const QByteArray&, const CommandServer::Reply&, const std::stop_token&) { ++handled; });
    const Answer refused = ask(m_root->path(), QByteArray(maxRequestBytes + 1, 'x'));
    QVERIFY(!refused.status);
    QCOMPARE(refused.status.error().code, ErrorCode::InvalidConfig);

    const FileDescriptor socket = rawClient(m_root->path());
    QVERIFY(socket.isOpen());
    const QByteArray tooMuch(maxRequestBytes + 1, 'x');
    qsizetype sent = 0;
    while (sent < tooMuch.size()) {
        const auto count = ::send(socket.get(), tooMuch.constData() + sent,
                                  static_cast<std::size_t>(tooMuch.size() - sent), MSG_NOSIGNAL);
        if (count <= 0)
            break;
        sent += count;
    }
    QCOMPARE(readToEnd(socket), QByteArray());
    QCOMPARE(handled.load(), 0);
}

void CommandSocketTest::whatIsNoRequestIsRefused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("two lines") << QByteArray("{\n}");
}

void CommandSocketTest::whatIsNoRequestIsRefused()
{
    QFETCH(QByteArray, request);
    serve(echo);
    const Answer refused = ask(m_root->path(), request);
    QVERIFY(!refused.status);
    QCOMPARE(refused.status.error().code, ErrorCode::InvalidConfig);
}

void CommandSocketTest::aClientThatVanishesStopsItsCommand()
{
    std::promise<void> stopped;
    serve([&](const QByteArray&, const CommandServer::Reply& reply, const std::stop_token& stop) {
        reply("waiting");
        waitForStop(stop);
        stopped.set_value();
    });
    {
        const FileDescriptor socket = rawClient(m_root->path());
        QVERIFY(socket.isOpen());
        QCOMPARE(::send(socket.get(), "go\n", 3, MSG_NOSIGNAL), 3);
        char answer[8] = {};
        QCOMPARE(::recv(socket.get(), answer, sizeof answer, MSG_WAITALL), 8);
    }
    QCOMPARE(stopped.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

void CommandSocketTest::aStopReachesTheCommandAndItsLastWordsComeBack()
{
    serve(waitThenTell);
    std::stop_source stop;
    QList<QByteArray> lines;
    const Status status = CommandClient::call(
        m_root->path(), "go",
        [&](const QByteArray& line) {
            lines += line;
            stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::Cancelled);
    QCOMPARE(lines, (QList<QByteArray>{"waiting", "stopped"}));
}

void CommandSocketTest::aStopBeforehandAsksNothing()
{
    std::atomic<int> handled = 0;
    serve([&](const QByteArray&, const CommandServer::Reply&, const std::stop_token&) { ++handled; });
    std::stop_source stop;
    stop.request_stop();
    const Answer answer = ask(m_root->path(), "go", stop.get_token());
    QCOMPARE(answer.status.error().code, ErrorCode::Cancelled);
    m_server.reset();
    QCOMPARE(handled.load(), 0);
}

void CommandSocketTest::endingTheServerStopsItsCommands()
{
    serve(waitThenTell);
    std::promise<void> waiting;
    QList<QByteArray> lines;
    auto client = std::async(std::launch::async, [&] {
        return CommandClient::call(m_root->path(), "go", [&](const QByteArray& line) {
            lines += line;
            if (lines.size() == 1)
                waiting.set_value();
        });
    });
    waiting.get_future().wait();
    m_server.reset();
    QVERIFY(client.get());
    QCOMPARE(lines, (QList<QByteArray>{"waiting", "stopped"}));
}

void CommandSocketTest::finishingLeavesItsCommandsTheirTimeAndTakesNoOthers()
{
    std::promise<void> inside, mayGo;
    serve([&](const QByteArray&, const CommandServer::Reply& reply, const std::stop_token& stop) {
        inside.set_value();
        mayGo.get_future().wait();
        reply(stop.stop_requested() ? "stopped" : "done");
    });
    auto asked = std::async(std::launch::async, [&] { return ask(m_root->path(), "go"); });
    inside.get_future().wait();
    auto finished = std::async(std::launch::async, [&] { m_server->finish({}); });
    // As soon as the socket is gone nobody else is taken.
    QTRY_VERIFY(!QFile::exists(m_root->filePath(u"socket"_s)));
    const Answer late = ask(m_root->path(), "late", {}, Millis{2'000});
    QVERIFY(!late.status);
    QCOMPARE(late.status.error().code, ErrorCode::Unreachable);
    QCOMPARE(finished.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    mayGo.set_value();
    finished.get();
    const Answer answer = asked.get();
    QVERIFY(answer.status);
    QCOMPARE(answer.lines, QList<QByteArray>{"done"});
}

void CommandSocketTest::finishingEndsWhenItIsStopped()
{
    std::promise<void> inside;
    serve([&](const QByteArray&, const CommandServer::Reply& reply, const std::stop_token& stop) {
        inside.set_value();
        waitForStop(stop);
        reply("stopped");
    });
    auto asked = std::async(std::launch::async, [&] { return ask(m_root->path(), "go"); });
    inside.get_future().wait();
    std::stop_source impatient;
    auto finished = std::async(std::launch::async, [&] { m_server->finish(impatient.get_token()); });
    impatient.request_stop();
    finished.get();
    m_server.reset();
    QCOMPARE(asked.get().lines, QList<QByteArray>{"stopped"});
}

void CommandSocketTest::theSeventeenthClientWaits()
{
    std::promise<void> gate;
    const auto open = gate.get_future().share();
    serve([open](const QByteArray&, const CommandServer::Reply& reply, const std::stop_token&) {
        reply("in");
        open.wait();
        reply("out");
    });
    std::vector<std::promise<void>> inside(16);
    std::vector<std::future<Status>> clients;
    for (auto& entered : inside) {
        clients.push_back(std::async(std::launch::async, [this, &entered] {
            return CommandClient::call(m_root->path(), "go", [&](const QByteArray& line) {
                if (line == "in")
                    entered.set_value();
            });
        }));
    }
    for (auto& entered : inside)
        entered.get_future().wait();
    const Answer refused = ask(m_root->path(), "go", {}, Millis{300});
    QVERIFY(!refused.status);
    QCOMPARE(refused.status.error().code, ErrorCode::Unreachable);
    gate.set_value();
    for (auto& client : clients)
        QVERIFY(client.get());
    QCOMPARE(ask(m_root->path(), "go").lines, (QList<QByteArray>{"in", "out"}));
}

void CommandSocketTest::aHolderThatHangsIsNamed()
{
    test::ChildProcess child({u"--serve"_s, m_root->path(), u"echo"_s});
    QCOMPARE(child.readLine(), QByteArray("serving"));
    const auto pid = child.process().processId();
    QCOMPARE(::kill(static_cast<pid_t>(pid), SIGSTOP), 0);
    const Answer answer = ask(m_root->path(), "1x", {}, Millis{300});
    QVERIFY(!answer.status);
    QCOMPARE(answer.status.error().code, ErrorCode::Unreachable);
    QVERIFY2(answer.status.error().detail.contains(u"spillway (process %1)"_s.arg(pid)),
             qPrintable(answer.status.error().detail));
}

void CommandSocketTest::aHolderThatDiesInTheMiddleIsNoSuccess()
{
    test::ChildProcess child({u"--serve"_s, m_root->path(), u"wait"_s});
    QCOMPARE(child.readLine(), QByteArray("serving"));
    QList<QByteArray> lines;
    const Status status = CommandClient::call(m_root->path(), "go", [&](const QByteArray& line) {
        lines += line;
        child.kill();
    });
    QCOMPARE(lines, QList<QByteArray>{"waiting"});
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::TimedOut); // it is not to be asked again
    QVERIFY(status.error().detail.contains(u"may or may not have been done"_s));
}

void CommandSocketTest::withoutAServerItIsUnreachable_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("a folder that nobody serves") << u"."_s << ErrorCode::Unreachable;
    QTest::newRow("no folder at all") << u"nowhere"_s << ErrorCode::NotFound;
}

void CommandSocketTest::withoutAServerItIsUnreachable()
{
    QFETCH(QString, folder);
    QFETCH(ErrorCode, code);
    const Answer answer = ask(m_root->filePath(folder), "go");
    QVERIFY(!answer.status);
    QCOMPARE(answer.status.error().code, code);
    QVERIFY(answer.status.error().detail.contains(m_root->path()));
}

void CommandSocketTest::aHandlerThatThrowsIsNoSuccess()
{
    serve([](const QByteArray& request, const CommandServer::Reply& reply, const std::stop_token&) {
        reply(request);
        if (request == "throw")
            throw std::runtime_error("a test's own");
    });
    QTest::ignoreMessage(QtWarningMsg, "a command failed: a test's own");
    const Answer failed = ask(m_root->path(), "throw");
    QVERIFY(!failed.status);
    QCOMPARE(failed.lines.size(), 1);
    QVERIFY(ask(m_root->path(), "go on").status);
}

int main(int argc, char** argv)
{
    if (argc == 4 && qstrcmp(argv[1], "--serve") == 0)
        return serveUntilKilled(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    const QCoreApplication application(argc, argv);
    CommandSocketTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_commandsocket.moc"
