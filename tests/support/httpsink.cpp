// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/httpsink.h"

#include <QList>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace spillway::test {

struct HttpSink::Impl
{
    Answerer answerer;
    int listener = -1;
    int port = 0;
    std::atomic<bool> isOver = false;
    mutable std::mutex mutex; // guards: requests
    std::vector<SinkRequest> requests;
    std::vector<std::thread> serving; // of the accepting thread, and joined after it
    std::thread accepting;

    /// False when the sink goes.
    bool isReadable(int socket) const
    {
        while (!isOver) {
            pollfd look{socket, POLLIN, 0};
            if (::poll(&look, 1, 20) > 0)
                return true;
        }
        return false;
    }

    void serve(int socket)
    {
        QByteArray bytes;
        while (serveOne(socket, bytes))
            ;
        ::close(socket);
    }

    bool more(int socket, QByteArray& bytes) const
    {
        char buffer[65536];
        if (!isReadable(socket))
            return false;
        const ssize_t read = ::recv(socket, buffer, sizeof buffer, 0);
        if (read > 0)
            bytes.append(buffer, read);
        return read > 0;
    }

    bool serveOne(int socket, QByteArray& bytes)
    {
        qsizetype end = -1;
        while ((end = bytes.indexOf("\r\n\r\n")) < 0) {
            if (!more(socket, bytes))
                return false;
        }
        SinkRequest request;
        const QList<QByteArray> lines = bytes.first(end).split('\n');
        const QList<QByteArray> words = lines.first().trimmed().split(' ');
        request.method = words.value(0);
        request.target = words.value(1);
        for (const QByteArray& line : lines.sliced(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers[line.first(colon).trimmed().toLower()] = line.sliced(colon + 1).trimmed();
        }
        bytes.remove(0, end + 4);
        const qsizetype length = request.headers["content-length"].toLongLong();
        while (bytes.size() < length) {
            if (!more(socket, bytes))
                return false;
        }
        request.body = bytes.first(length);
        bytes.remove(0, length);
        int number = 0;
        {
            const std::lock_guard lock(mutex);
            requests.push_back(request);
            number = static_cast<int>(requests.size());
        }
        const SinkAnswer answer = answerer(request, number);
        if (answer.way == SinkAnswer::Way::HangUp)
            return false;
        if (answer.way == SinkAnswer::Way::Hang) {
            char nothing = 0;
            while (isReadable(socket) && ::recv(socket, &nothing, 1, 0) > 0)
                ;
            return false;
        }
        QByteArray out = "HTTP/1.1 " + QByteArray::number(answer.status) +
                         " Word\r\nContent-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
        for (const QByteArray& header : answer.headers)
            out += header + "\r\n";
        out += "\r\n" + answer.body;
        for (qsizetype at = 0; at < out.size();) {
            const ssize_t sent =
                ::send(socket, out.constData() + at, static_cast<size_t>(out.size() - at), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            at += sent;
        }
        return true;
    }
};

HttpSink::HttpSink(Answerer answerer)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->answerer = std::move(answerer);
    m_impl->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(m_impl->listener, generic, size) != 0 || ::listen(m_impl->listener, 64) != 0 ||
        ::getsockname(m_impl->listener, generic, &size) != 0)
        throw std::runtime_error("no port to listen on");
    m_impl->port = ntohs(address.sin_port);
    m_impl->accepting = std::thread([impl = m_impl.get()] {
        while (impl->isReadable(impl->listener)) {
            const int socket = ::accept4(impl->listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket >= 0)
                impl->serving.emplace_back([impl, socket] { impl->serve(socket); });
        }
    });
}

HttpSink::~HttpSink()
{
    m_impl->isOver = true;
    m_impl->accepting.join();
    for (std::thread& thread : m_impl->serving)
        thread.join();
    ::close(m_impl->listener);
}

QString HttpSink::url(const QString& path) const
{
    return QStringLiteral("http://127.0.0.1:%1%2").arg(m_impl->port).arg(path);
}

std::vector<SinkRequest> HttpSink::requests() const
{
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->requests;
}

} // namespace spillway::test
