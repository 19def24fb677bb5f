// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commandsocket.h"

#include "model/store/localsocket.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QLoggingCategory>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <list>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

Q_LOGGING_CATEGORY(log, "spillway.store")

constexpr std::size_t maxClients = 16;
constexpr int backlog = 64;
constexpr int sliceMs = 100;            // how soon a waiting thread sees its stop
constexpr int requestWithinMs = 10'000; // a client that never asks does not keep a thread

/// One client: its thread uses the socket, only the serving thread closes it.
struct Client
{
    FileDescriptor socket;
    std::stop_source stop;
    bool isGone = false;
    std::atomic<bool> isDone = false;
    std::thread thread;
};

/// False when the client is gone, or does not read while a stop is requested.
bool sendLine(Client& client, QByteArray line)
{
    line += '\n';
    qsizetype sent = 0;
    while (sent < line.size()) {
        const ssize_t written = ::send(client.socket.get(), line.constData() + sent,
                                       static_cast<std::size_t>(line.size() - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (written >= 0) {
            sent += written;
        } else if (errno == EAGAIN && !client.stop.stop_requested()) {
            (void)localsocket::waitUntil(client.socket.get(), POLLOUT, sliceMs);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/// The request without its line feed; null when there is none within the limits of size and time.
QByteArray readRequest(Client& client)
{
    QByteArray request;
    QByteArray chunk(64 * 1024, Qt::Uninitialized);
    const QDeadlineTimer deadline(requestWithinMs);
    while (!deadline.hasExpired() && !client.stop.stop_requested()) {
        if (!localsocket::waitUntil(client.socket.get(), POLLIN, sliceMs))
            continue;
        const ssize_t received =
            ::recv(client.socket.get(), chunk.data(), static_cast<std::size_t>(chunk.size()), MSG_DONTWAIT);
        if (received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR))
            return {};
        if (received < 0)
            continue;
        const qsizetype end = QByteArrayView(chunk).first(received).indexOf('\n');
        request += QByteArrayView(chunk).first(end < 0 ? received : end);
        if (request.size() > maxRequestBytes)
            return {};
        if (end >= 0)
            return request;
    }
    return {};
}

/// Mode 0600 guards the socket already; a folder made readable by hand must not open it to others.
bool isOurs(int socket)
{
    ucred peer = {};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace

struct CommandServer::Impl
{
    QString folder;
    QByteArray greeting;
    Handler handler;
    FileDescriptor listener;
    FileDescriptor wake; // written by whoever wants the serving thread to look around
    std::atomic<bool> isEnding = false;
    std::atomic<bool> isFinishing = false;
    std::mutex finishedMutex; // guards: isFinished
    std::condition_variable_any finished;
    bool isFinished = false;   // the last client has gone, and no other comes
    std::list<Client> clients; // the serving thread's; after it has ended, the destructor's
    std::thread thread;

    void rouse() const
    {
        const std::uint64_t one = 1;
        (void)!::write(wake.get(), &one, sizeof one);
    }

    void serve(Client& client) const
    {
        if (sendLine(client, greeting)) {
            const QByteArray request = readRequest(client);
            if (!request.isEmpty()) {
                try {
                    handler(
                        request, [&client](QByteArray line) { return sendLine(client, std::move(line)); },
                        client.stop.get_token());
                    (void)sendLine(client, {});
                } catch (const std::exception& exception) {
                    qCWarning(log, "a command failed: %s", exception.what());
                } catch (...) {
                    qCWarning(log, "a command failed");
                }
            }
        }
        // The client sees the end now, the descriptor is closed by its owner.
        ::shutdown(client.socket.get(), SHUT_WR);
        client.isDone = true;
        rouse();
    }

    void accept()
    {
        FileDescriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.isOpen() || !isOurs(socket.get()))
            return;
        Client& client = clients.emplace_back();
        client.socket = std::move(socket);
        client.thread = std::thread([this, &client] { serve(client); });
    }

    void reap()
    {
        clients.remove_if([](Client& client) {
            if (!client.isDone)
                return false;
            client.thread.join();
            return true;
        });
    }

    void tellFinished()
    {
        const std::lock_guard lock(finishedMutex);
        isFinished = true;
        finished.notify_all();
    }

    void run()
    {
        while (!isEnding) {
            std::vector<pollfd> wanted{{wake.get(), POLLIN, 0}};
            std::vector<Client*> watched;
            for (Client& client : clients) {
                if (client.isGone)
                    continue;
                wanted.push_back({client.socket.get(), POLLRDHUP, 0});
                watched.push_back(&client);
            }
            if (isFinishing) {
                listener = {}; // whoever waits in its queue is cut before it has asked
                if (clients.empty())
                    tellFinished();
            }
            const bool hasRoom = !isFinishing && clients.size() < maxClients;
            if (hasRoom)
                wanted.push_back({listener.get(), POLLIN, 0});
            if (::poll(wanted.data(), wanted.size(), -1) < 0)
                continue;
            if (wanted.front().revents != 0) {
                std::uint64_t roused = 0;
                (void)!::read(wake.get(), &roused, sizeof roused);
            }
            for (std::size_t i = 0; i < watched.size(); ++i) {
                if (wanted[i + 1].revents != 0) {
                    watched[i]->isGone = true;
                    watched[i]->stop.request_stop();
                }
            }
            if (hasRoom && wanted.back().revents != 0)
                accept();
            reap();
        }
    }
};

CommandServer::CommandServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
    m_impl->thread = std::thread([self = m_impl.get()] { self->run(); });
}

void CommandServer::finish(const std::stop_token& stop)
{
    QFile::remove(localsocket::socketFileOf(m_impl->folder)); // nobody new finds it
    m_impl->isFinishing = true;
    m_impl->rouse();
    std::unique_lock lock(m_impl->finishedMutex);
    m_impl->finished.wait(lock, stop, [this] { return m_impl->isFinished; });
}

CommandServer::~CommandServer()
{
    m_impl->isEnding = true;
    m_impl->rouse();
    m_impl->thread.join();
    QFile::remove(localsocket::socketFileOf(m_impl->folder));
    for (Client& client : m_impl->clients)
        client.stop.request_stop();
    for (Client& client : m_impl->clients)
        client.thread.join();
}

Result<std::unique_ptr<CommandServer>> CommandServer::listen(const StateDirectory& directory, Handler handler)
{
    const QString path = localsocket::socketFileOf(directory.folder());
    const auto failed = [&path](const QString& what) {
        return fail(ErrorCode::Unreachable,
                    u"%1: %2: %3"_s.arg(path, what, QString::fromLocal8Bit(std::strerror(errno))));
    };
    auto impl = std::make_unique<Impl>();
    impl->folder = directory.folder();
    impl->greeting = QByteArrayLiteral("{\"protocol\":1,\"pid\":") + QByteArray::number(directory.holder().pid) + '}';
    impl->handler = std::move(handler);
    impl->wake = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    impl->listener = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!impl->wake.isOpen() || !impl->listener.isOpen())
        return failed(u"no socket"_s);
    const localsocket::Address address = localsocket::addressOf(impl->folder);
    // We hold the folder: a socket that is there belongs to a process that was killed.
    QFile::remove(path);
    // The socket file is made with the socket's own mode: it is private from its first moment, whatever the umask.
    if (!address.folder.isOpen() || ::fchmod(impl->listener.get(), 0600) != 0 ||
        ::bind(impl->listener.get(), address.get(), localsocket::Address::size()) != 0 ||
        ::chmod(QFile::encodeName(path).constData(), 0600) != 0 || ::listen(impl->listener.get(), backlog) != 0)
        return failed(u"cannot be made"_s);
    return std::unique_ptr<CommandServer>(new CommandServer(std::move(impl)));
}

} // namespace spillway
