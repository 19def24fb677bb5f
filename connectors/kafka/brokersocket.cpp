// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/brokersocket.h"

#include "connectors/kafka/scram.h"
#include "connectors/kafka/wireformat.h"

#include <curl/curl.h>

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

constexpr std::int32_t largestAnswer = 64 << 20;
constexpr int turnMs = 100; ///< how long a wait lasts before a stop is looked for
constexpr std::int16_t saslHandshake = 17;
constexpr std::int16_t saslAuthenticate = 36;

struct EasyEnd
{
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiEnd
{
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};

tl::unexpected<Error> cancelled()
{
    return fail(ErrorCode::Cancelled, u"stopped"_s);
}

tl::unexpected<Error> lost(const QString& why)
{
    return fail(ErrorCode::Unreachable, u"a broker's answer did not come: %1"_s.arg(why));
}

} // namespace

Result<SocketSecurity> socketSecurity(const std::vector<Property>& properties)
{
    SocketSecurity security;
    for (const Property& each : properties) {
        const QByteArray& name = each.name;
        const QByteArray value = each.value.reveal();
        if (name == "security.protocol") {
            const QByteArray word = value.toLower();
            security.usesTls = word.endsWith("ssl");
            security.usesSasl = word.startsWith("sasl");
        } else if (name == "sasl.mechanisms" || name == "sasl.mechanism") {
            security.mechanism = value;
        } else if (name == "sasl.username") {
            security.username = value;
        } else if (name == "sasl.password") {
            security.password = each.value;
        } else if (name == "ssl.ca.location") {
            security.caFile = value;
        } else if (name == "ssl.certificate.location") {
            security.certificateFile = value;
        } else if (name == "ssl.key.location") {
            security.keyFile = value;
        } else if (name == "ssl.key.password") {
            security.keyPassword = each.value;
        } else if (name == "enable.ssl.certificate.verification") {
            security.checksCertificate = value != "false";
        } else if (name == "ssl.endpoint.identification.algorithm") {
            security.checksHost = value != "none";
        } else if (name.startsWith("ssl.")) {
            return fail(ErrorCode::Unsupported, u"property %1"_s.arg(QString::fromUtf8(name)));
        }
    }
    const bool isKnown =
        security.mechanism == "PLAIN" || security.mechanism == "SCRAM-SHA-256" || security.mechanism == "SCRAM-SHA-512";
    if (security.usesSasl && !isKnown)
        return fail(ErrorCode::Unsupported, u"login by %1"_s.arg(QString::fromUtf8(security.mechanism)));
    return security;
}

/// The bytes' way: connected by libcurl, then read and written as a stream.
struct BrokerSocket::Wire
{
    // the order matters: the easy handle leaves the multi handle before either ends
    std::unique_ptr<CURLM, MultiEnd> multi;
    std::unique_ptr<CURL, EasyEnd> easy;
    std::stop_token stop;
    std::chrono::steady_clock::time_point until;

    ~Wire()
    {
        if (multi && easy)
            curl_multi_remove_handle(multi.get(), easy.get());
    }

    [[nodiscard]] Status mayGoOn() const
    {
        if (stop.stop_requested())
            return cancelled();
        if (std::chrono::steady_clock::now() >= until)
            return lost(u"timed out"_s);
        return {};
    }

    Status connectTo(const BrokerAddress& broker, const SocketSecurity& security)
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        multi.reset(curl_multi_init());
        easy.reset(curl_easy_init());
        if (!multi || !easy)
            return fail(ErrorCode::Internal, u"no memory for a connection"_s);
        const bool isIpv6 = broker.host.contains(':');
        const QByteArray host = isIpv6 ? '[' + broker.host + ']' : broker.host;
        QByteArray url = security.usesTls ? "https://" : "http://";
        url.append(host).append(':').append(QByteArray::number(broker.port)).append('/');
        CURL* handle = easy.get();
        curl_easy_setopt(handle, CURLOPT_URL, url.constData());
        curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_PROXY, ""); // brokers are not asked through web proxies
        curl_easy_setopt(handle, CURLOPT_SSL_ENABLE_ALPN, 0L);
        curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 3'000L);
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, security.checksCertificate ? 1L : 0L);
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, security.checksCertificate && security.checksHost ? 2L : 0L);
        if (!security.caFile.isEmpty())
            curl_easy_setopt(handle, CURLOPT_CAINFO, security.caFile.constData());
        if (!security.certificateFile.isEmpty())
            curl_easy_setopt(handle, CURLOPT_SSLCERT, security.certificateFile.constData());
        if (!security.keyFile.isEmpty())
            curl_easy_setopt(handle, CURLOPT_SSLKEY, security.keyFile.constData());
        if (!security.keyPassword.reveal().isEmpty())
            curl_easy_setopt(handle, CURLOPT_KEYPASSWD, security.keyPassword.reveal().constData());
        curl_multi_add_handle(multi.get(), handle);
        for (int running = 1;;) {
            if (curl_multi_perform(multi.get(), &running) != CURLM_OK)
                return lost(u"no connection"_s);
            if (running == 0)
                break;
            if (const Status goes = mayGoOn(); !goes)
                return goes;
            curl_multi_poll(multi.get(), nullptr, 0, turnMs, nullptr);
        }
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg == CURLMSG_DONE && message->data.result != CURLE_OK)
                return lost(QString::fromUtf8(curl_easy_strerror(message->data.result)));
        }
        return {};
    }

    void waitFor(short events) const
    {
        curl_socket_t socket = CURL_SOCKET_BAD;
        curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket);
        pollfd one{.fd = socket, .events = events, .revents = 0};
        ::poll(&one, 1, turnMs);
    }

    Status send(const QByteArray& bytes) const
    {
        std::size_t done = 0;
        while (done < static_cast<std::size_t>(bytes.size())) {
            std::size_t sent = 0;
            const CURLcode code = curl_easy_send(easy.get(), bytes.constData() + done,
                                                 static_cast<std::size_t>(bytes.size()) - done, &sent);
            done += sent;
            if (code != CURLE_OK && code != CURLE_AGAIN)
                return lost(QString::fromUtf8(curl_easy_strerror(code)));
            if (const Status goes = mayGoOn(); !goes)
                return goes;
            if (code == CURLE_AGAIN)
                waitFor(POLLOUT);
        }
        return {};
    }

    Result<QByteArray> receive(std::int32_t size) const
    {
        QByteArray bytes;
        std::array<char, 16'384> part{};
        while (bytes.size() < size) {
            std::size_t got = 0;
            const std::size_t wanted = std::min(part.size(), static_cast<std::size_t>(size - bytes.size()));
            const CURLcode code = curl_easy_recv(easy.get(), part.data(), wanted, &got);
            if (code != CURLE_OK && code != CURLE_AGAIN)
                return lost(QString::fromUtf8(curl_easy_strerror(code)));
            if (code == CURLE_OK && got == 0)
                return lost(u"the broker closed the connection"_s);
            bytes.append(part.data(), static_cast<qsizetype>(got));
            if (const Status goes = mayGoOn(); !goes)
                return tl::unexpected<Error>(goes.error());
            if (code == CURLE_AGAIN)
                waitFor(POLLIN);
        }
        return bytes;
    }
};

BrokerSocket::BrokerSocket(std::unique_ptr<Wire> wire)
    : m_wire(std::move(wire))
{
}

BrokerSocket::~BrokerSocket() = default;

Result<std::unique_ptr<BrokerSocket>> BrokerSocket::open(const BrokerAddress& broker, const SocketSecurity& security,
                                                         Millis deadline, std::stop_token stop)
{
    auto wire = std::make_unique<Wire>();
    wire->stop = std::move(stop);
    wire->until = std::chrono::steady_clock::now() + deadline;
    if (const Status connected = wire->connectTo(broker, security); !connected)
        return tl::unexpected<Error>(connected.error());
    std::unique_ptr<BrokerSocket> socket(new BrokerSocket(std::move(wire)));
    if (security.usesSasl) {
        if (const Status known = socket->logIn(security); !known)
            return tl::unexpected<Error>(known.error());
    }
    return socket;
}

Result<QByteArray> BrokerSocket::ask(std::int16_t key, std::int16_t version, const QByteArray& body)
{
    WireWriter request;
    request.number(key).number(version).number(++m_correlation).text("spillway");
    const QByteArray frame = request.bytes() + body;
    WireWriter size;
    size.number(static_cast<std::int32_t>(frame.size()));
    if (const Status sent = m_wire->send(size.bytes() + frame); !sent)
        return tl::unexpected<Error>(sent.error());
    const auto length = m_wire->receive(4);
    if (!length)
        return length;
    const std::int32_t expected = WireReader(*length).number<std::int32_t>();
    if (expected < 4 || expected > largestAnswer)
        return fail(ErrorCode::Corrupt, u"a broker announced an answer of %1 bytes"_s.arg(expected));
    auto answer = m_wire->receive(expected);
    if (!answer)
        return answer;
    if (WireReader(*answer).number<std::int32_t>() != m_correlation)
        return fail(ErrorCode::Corrupt, u"a broker answered another request"_s);
    return answer->mid(4);
}

Result<QByteArray> BrokerSocket::authenticate(const QByteArray& token)
{
    WireWriter body;
    body.blob(token);
    const auto answer = ask(saslAuthenticate, 0, body.bytes());
    if (!answer)
        return answer;
    WireReader reader(*answer);
    const auto code = reader.number<std::int16_t>();
    (void)reader.text(); // the broker's words may repeat what it was told
    QByteArray reply = reader.blob();
    if (!reader.isWhole() || code != 0)
        return fail(ErrorCode::Unauthorised, u"the broker refused the login"_s);
    return reply;
}

Status BrokerSocket::logIn(const SocketSecurity& security)
{
    WireWriter body;
    body.text(security.mechanism);
    const auto answer = ask(saslHandshake, 1, body.bytes());
    if (!answer)
        return tl::unexpected<Error>(answer.error());
    if (WireReader(*answer).number<std::int16_t>() != 0)
        return fail(ErrorCode::Unauthorised, u"the broker does not take this kind of login"_s);
    if (security.mechanism == "PLAIN") {
        QByteArray token(1, '\0');
        token.append(security.username).append('\0').append(security.password.reveal());
        const auto reply = authenticate(token);
        return reply ? Status() : Status(tl::unexpected<Error>(reply.error()));
    }
    ScramLogin login(security.mechanism == "SCRAM-SHA-512" ? QCryptographicHash::Sha512 : QCryptographicHash::Sha256,
                     security.username, security.password.reveal(), scramNonce());
    const auto challenge = authenticate(login.first());
    if (!challenge)
        return tl::unexpected<Error>(challenge.error());
    const auto proof = login.answer(*challenge);
    if (!proof)
        return tl::unexpected<Error>(proof.error());
    const auto verdict = authenticate(*proof);
    if (!verdict)
        return tl::unexpected<Error>(verdict.error());
    return login.isServerKnown(*verdict)
               ? Status()
               : Status(fail(ErrorCode::Unauthorised, u"the broker does not know this user's password itself"_s));
}

} // namespace spillway::kafka
