// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/http/credentials.h"
#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <stop_token>
#include <vector>

namespace spillway {

struct HttpHeader
{
    QByteArray name; ///< of answers in lower case
    QByteArray value;
    friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

struct HttpRequest
{
    QByteArray method = "GET"; ///< GET or POST
    QByteArray url;            ///< may be a secret; never in an error or a log
    std::vector<HttpHeader> headers;
    QByteArray body; ///< of POST
    Millis connectTimeout{5'000};
    Millis timeout{15'000};            ///< for all of it
    qsizetype largestAnswer = 8 << 20; ///< bytes of headers and of body; more is a failure
};

struct HttpAnswer
{
    int status = 0; ///< whatever it was; a redirection is an answer, never followed
    std::vector<HttpHeader> headers;
    QByteArray body;
    /// The last header of this name, in lower case; nullopt: there is none.
    [[nodiscard]] std::optional<QByteArray> header(QByteArrayView name) const;
};

/// Why there is no answer.
struct HttpFailure
{
    Error error; ///< names the service, never its address' path, a header or a body
    /// Whether the request may have reached the service: it was connected, and a part of the request was on its way.
    bool mayHaveArrived = false;
};

/// Requests to one service by HTTP/1.1 or 2, over libcurl. Certificates and host names are checked always; redirections
/// are not followed; link-local addresses (a cloud's metadata) are not connected to; `https_proxy`, `http_proxy` and
/// `no_proxy` are honoured. One request at a time; stays in one thread.
class HttpClient
{
public:
    /// @param service  how errors call it: `registry main`
    HttpClient(QString service, HttpCredentials credentials);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Blocking. Returns at once when `stop` is asked for (Cancelled). TimedOut, Unreachable (no address, no
    /// connection, a certificate that does not prove itself), Unsupported (an answer larger than wanted), InvalidConfig
    /// (an address or certificate file that cannot be used).
    [[nodiscard]] tl::expected<HttpAnswer, HttpFailure> send(const HttpRequest& request, std::stop_token stop);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway
