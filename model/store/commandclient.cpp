// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commandsocket.h"

#include "model/store/localsocket.h"

#include <QDeadlineTimer>

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr int sliceMs = 100; // how soon a stop is seen
constexpr qsizetype maxLineBytes = qsizetype{256} << 20;
constexpr Millis lastWordsWithin{5'000};

enum class Read { Line, Closed, TimedOut, Stopped, TooLong };

/// The client's end of one connection.
class Connection
{
public:
    explicit Connection(FileDescriptor socket)
        : m_socket(std::move(socket))
    {
    }

    /// The next line, without its line feed.
    Read readLine(QByteArray& line, QDeadlineTimer deadline, const std::stop_token& stop)
    {
        while (true) {
            if (const qsizetype end = m_received.indexOf('\n', m_searched); end >= 0) {
                line = m_received.first(end);
                m_received.remove(0, end + 1);
                m_searched = 0;
                return Read::Line;
            }
            m_searched = m_received.size();
            if (m_received.size() > maxLineBytes)
                return Read::TooLong;
            if (stop.stop_requested())
                return Read::Stopped;
            if (deadline.hasExpired())
                return Read::TimedOut;
            if (!localsocket::waitUntil(m_socket.get(), POLLIN, sliceMs))
                continue;
            const ssize_t count =
                ::recv(m_socket.get(), m_chunk.data(), static_cast<std::size_t>(m_chunk.size()), MSG_DONTWAIT);
            if (count > 0)
                m_received += QByteArrayView(m_chunk).first(count);
            else if (count == 0 || (errno != EAGAIN && errno != EINTR))
                return Read::Closed;
        }
    }

    /// False when the other end is gone, does not read, or a stop is requested.
    bool send(const QByteArray& bytes, QDeadlineTimer deadline, const std::stop_token& stop)
    {
        qsizetype sent = 0;
        while (sent < bytes.size()) {
            const ssize_t count = ::send(m_socket.get(), bytes.constData() + sent,
                                         static_cast<std::size_t>(bytes.size() - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count >= 0)
                sent += count;
            else if (errno == EAGAIN && !stop.stop_requested() && !deadline.hasExpired())
                (void)localsocket::waitUntil(m_socket.get(), POLLOUT, sliceMs);
            else if (errno != EINTR)
                return false;
        }
        return true;
    }

    /// The other end sees that we ask nothing more, and may still speak.
    void leave() { ::shutdown(m_socket.get(), SHUT_WR); }

private:
    FileDescriptor m_socket;
    QByteArray m_chunk{64 * 1024, Qt::Uninitialized};
    QByteArray m_received;
    qsizetype m_searched = 0; // so many bytes of it hold no line feed
};

tl::unexpected<Error> unreachable(const QString& folder, const QString& what, ErrorCode code = ErrorCode::Unreachable)
{
    const auto holder = namedHolder(folder);
    return fail(code, holder ? u"%1, which holds %2, %3"_s.arg(holder->toString(), folder, what)
                             : u"the process that held %1 %2"_s.arg(folder, what));
}

tl::unexpected<Error> cancelled(const QString& folder)
{
    return fail(ErrorCode::Cancelled, u"stopped while asking the holder of %1"_s.arg(folder));
}

Result<FileDescriptor> connectTo(const QString& folder, QDeadlineTimer deadline, const std::stop_token& stop)
{
    const localsocket::Address address = localsocket::addressOf(folder);
    if (!address.folder.isOpen())
        return fail(ErrorCode::NotFound, u"%1: there is no such folder"_s.arg(folder));
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // A local connect waits while the server's queue is full: in slices, so that a stop is seen.
    const timeval slice = {0, sliceMs * 1'000};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice);
    while (::connect(socket.get(), address.get(), localsocket::Address::size()) != 0) {
        if (stop.stop_requested())
            return cancelled(folder);
        if (errno == ENOENT || errno == ECONNREFUSED)
            return unreachable(folder, u"does not listen there; end it, or wait until it has ended"_s);
        if ((errno != EAGAIN && errno != EINTR) || deadline.hasExpired())
            return unreachable(folder, u"does not answer (%1); end it, or wait until it has time"_s.arg(
                                           QString::fromLocal8Bit(std::strerror(errno))));
    }
    return socket;
}

} // namespace

Status CommandClient::call(const QString& stateFolder, const QByteArray& request,
                           const std::function<void(const QByteArray& line)>& onLine, std::stop_token stop,
                           Millis answerWithin)
{
    if (request.isEmpty() || request.contains('\n') || request.size() > maxRequestBytes)
        return fail(ErrorCode::InvalidConfig, u"a request is one line of at most 16 MiB"_s);
    const QDeadlineTimer deadline(answerWithin);
    auto socket = connectTo(stateFolder, deadline, stop);
    if (!socket)
        return tl::unexpected<Error>(socket.error());
    Connection connection(std::move(*socket));
    QByteArray line;
    switch (connection.readLine(line, deadline, stop)) {
    case Read::Line:
        break;
    case Read::Stopped:
        return cancelled(stateFolder);
    case Read::TimedOut:
    case Read::Closed:
    case Read::TooLong:
        return unreachable(stateFolder, u"does not answer; end it, or wait until it has time"_s);
    }
    if (!line.startsWith("{\"protocol\":1,"))
        return fail(ErrorCode::Unsupported,
                    u"the process that holds %1 is another version of Spillway; end it first"_s.arg(stateFolder));
    if (!connection.send(request + '\n', QDeadlineTimer(answerWithin), stop))
        return stop.stop_requested() ? Status(cancelled(stateFolder))
                                     : Status(unreachable(stateFolder, u"did not take the request"_s));

    QDeadlineTimer lastWords(QDeadlineTimer::Forever);
    std::stop_token heeded = stop;
    while (true) {
        switch (connection.readLine(line, lastWords, heeded)) {
        case Read::Line:
            if (line.isEmpty())
                return stop.stop_requested() ? Status(cancelled(stateFolder)) : Status();
            onLine(line);
            break;
        case Read::Stopped:
            connection.leave();
            lastWords = QDeadlineTimer(lastWordsWithin);
            heeded = {};
            break;
        case Read::TimedOut:
            return cancelled(stateFolder);
        case Read::Closed:
            if (stop.stop_requested())
                return cancelled(stateFolder);
            return unreachable(stateFolder,
                               u"went away before it had finished; what was asked may or may not have been done"_s,
                               ErrorCode::TimedOut);
        case Read::TooLong:
            return fail(ErrorCode::Corrupt, u"the process that holds %1 sent a line without end"_s.arg(stateFolder));
        }
    }
}

} // namespace spillway
