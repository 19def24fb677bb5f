// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace spillway::test {

/// What a client sent.
struct SinkRequest
{
    QByteArray method;
    QByteArray target;                        ///< as it stood on the wire
    std::map<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
};

/// What the sink does with it.
struct SinkAnswer
{
    enum class Way { Answer, Hang, HangUp };
    int status = 200;
    QByteArray body;
    std::vector<QByteArray> headers; ///< whole lines
    Way way = Way::Answer;           ///< Hang: says nothing until the sink goes; HangUp: closes without a word
};

/// An HTTP/1.1 server on loopback for one test, with a thread for each connection. It knows nothing of our code: plain
/// sockets. Every request is kept.
class HttpSink
{
public:
    using Answerer = std::function<SinkAnswer(const SinkRequest&, int number)>; ///< number: 1 for the first request

    explicit HttpSink(Answerer answerer);
    ~HttpSink();
    HttpSink(const HttpSink&) = delete;
    HttpSink& operator=(const HttpSink&) = delete;

    [[nodiscard]] QString url(const QString& path = {}) const; ///< http://127.0.0.1:PORT + path
    [[nodiscard]] std::vector<SinkRequest> requests() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway::test
