// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/http/httpclient.h"

#include "model/base/text.h"

#include <QUrl>

#include <curl/curl.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

template<auto destroy>
struct Destroyer
{
    template<typename T>
    void operator()(T* handle) const
    {
        destroy(handle);
    }
};
using Easy = std::unique_ptr<CURL, Destroyer<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Destroyer<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Destroyer<curl_slist_free_all>>;

/// What the callbacks of one request fill.
struct Transfer
{
    HttpAnswer answer;
    qsizetype taken = 0;
    qsizetype most = 0;
    bool isTooLarge = false;
    bool isForbidden = false; ///< the address is one that is never connected to

    [[nodiscard]] bool take(qsizetype size)
    {
        taken += size;
        isTooLarge = isTooLarge || taken > most;
        return !isTooLarge;
    }
};

std::size_t takeBody(char* bytes, std::size_t size, std::size_t count, void* to)
{
    auto& transfer = *static_cast<Transfer*>(to);
    const auto length = static_cast<qsizetype>(size * count);
    if (!transfer.take(length))
        return 0;
    transfer.answer.body.append(bytes, length);
    return size * count;
}

std::size_t takeHeader(char* bytes, std::size_t size, std::size_t count, void* to)
{
    auto& transfer = *static_cast<Transfer*>(to);
    const QByteArrayView line(bytes, static_cast<qsizetype>(size * count));
    if (!transfer.take(line.size()))
        return 0;
    if (line.startsWith("HTTP/")) // of the answer proper, after `100 Continue` or a proxy's
        transfer.answer.headers.clear();
    if (const qsizetype colon = line.indexOf(':'); colon > 0)
        transfer.answer.headers.push_back({.name = line.first(colon).trimmed().toByteArray().toLower(),
                                           .value = line.sliced(colon + 1).trimmed().toByteArray()});
    return size * count;
}

/// A cloud machine's own address book lies at link-local addresses; no service of ours does.
bool isLinkLocal(const sockaddr* address)
{
    if (address->sa_family == AF_INET) {
        const std::uint32_t host = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
        return (host >> 16) == 0xA9FEU; // 169.254.0.0/16
    }
    if (address->sa_family != AF_INET6)
        return false;
    const in6_addr& host = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    const bool isMapped = IN6_IS_ADDR_V4MAPPED(&host) != 0;
    return IN6_IS_ADDR_LINKLOCAL(&host) != 0 || (isMapped && host.s6_addr[12] == 169 && host.s6_addr[13] == 254);
}

curl_socket_t openSocket(void* to, curlsocktype, curl_sockaddr* address)
{
    if (isLinkLocal(&address->addr)) {
        static_cast<Transfer*>(to)->isForbidden = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

QString hostOf(const QByteArray& url)
{
    const QUrl parsed = QUrl::fromEncoded(url);
    const QString host = visibleText(parsed.host());
    return parsed.port() < 0 ? host : u"%1:%2"_s.arg(host).arg(parsed.port());
}

} // namespace

std::optional<QByteArray> HttpAnswer::header(QByteArrayView name) const
{
    for (auto at = headers.rbegin(); at != headers.rend(); ++at) {
        if (at->name == name)
            return at->value;
    }
    return std::nullopt;
}

struct HttpClient::Impl
{
    QString service;
    HttpCredentials credentials;
    Multi multi;
    Easy easy;

    [[nodiscard]] bool prepare(const HttpRequest& request, Transfer& transfer, HeaderList& headers) const;
    [[nodiscard]] Error errorOf(CURLcode code, const HttpRequest& request, const Transfer& transfer) const;
};

HttpClient::HttpClient(QString service, HttpCredentials credentials)
    : m_impl(std::make_unique<Impl>())
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    m_impl->service = std::move(service);
    m_impl->credentials = std::move(credentials);
    m_impl->multi.reset(curl_multi_init());
    m_impl->easy.reset(curl_easy_init());
}

HttpClient::~HttpClient() = default;

/// False when libcurl refuses an option: a file that cannot be used, no memory.
bool HttpClient::Impl::prepare(const HttpRequest& request, Transfer& transfer, HeaderList& headers) const
{
    CURL* handle = easy.get();
    curl_easy_reset(handle);
    CURLcode worst = CURLE_OK;
    const auto set = [&](CURLoption option, auto value) {
        if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK)
            worst = code;
    };
    set(CURLOPT_URL, request.url.constData());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L); // a name that takes long to resolve holds nobody up who wants to stop
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_USERAGENT, "spillway/" SPILLWAY_VERSION);
    set(CURLOPT_ACCEPT_ENCODING, nullptr); // a compressed answer could unpack to any size
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connectTimeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_WRITEFUNCTION, takeBody);
    set(CURLOPT_WRITEDATA, &transfer);
    set(CURLOPT_HEADERFUNCTION, takeHeader);
    set(CURLOPT_HEADERDATA, &transfer);
    set(CURLOPT_OPENSOCKETFUNCTION, openSocket);
    set(CURLOPT_OPENSOCKETDATA, &transfer);
    for (const HttpHeader& header : request.headers) {
        curl_slist* longer = curl_slist_append(headers.get(), (header.name + ": " + header.value).constData());
        if (!longer)
            return false;
        (void)headers.release();
        headers.reset(longer);
    }
    if (request.method == "POST") {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.constData());
        curl_slist* longer = curl_slist_append(headers.get(), "Expect:"); // no round trip to ask whether one may
        if (!longer)
            return false;
        (void)headers.release();
        headers.reset(longer);
    }
    set(CURLOPT_HTTPHEADER, headers.get());
    if (!credentials.username.isEmpty()) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        set(CURLOPT_USERNAME, credentials.username.toUtf8().constData());
        set(CURLOPT_PASSWORD, credentials.password.reveal().constData());
    } else if (credentials.token) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
        set(CURLOPT_XOAUTH2_BEARER, credentials.token->reveal().constData());
    }
    const auto file = [&](CURLoption option, const QString& path) {
        if (!path.isEmpty())
            set(option, path.toLocal8Bit().constData());
    };
    file(CURLOPT_CAINFO, credentials.caFile);
    file(CURLOPT_SSLCERT, credentials.certificateFile);
    file(CURLOPT_SSLKEY, credentials.keyFile);
    if (credentials.keyPassword)
        set(CURLOPT_KEYPASSWD, credentials.keyPassword->reveal().constData());
    return worst == CURLE_OK;
}

Error HttpClient::Impl::errorOf(CURLcode code, const HttpRequest& request, const Transfer& transfer) const
{
    const QString where = u"%1 (%2)"_s.arg(service, hostOf(request.url));
    if (transfer.isForbidden)
        return {ErrorCode::InvalidConfig,
                u"%1 lies at a link-local address, which is never connected to; write its real address"_s.arg(where)};
    if (transfer.isTooLarge)
        return {ErrorCode::Unsupported, u"%1 answers with more than %2"_s.arg(where, formatSizeBytes(transfer.most))};
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return {ErrorCode::InvalidConfig,
                u"the address of %1 cannot be used; write http:// or https://"_s.arg(service)};
    case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorCode::Unreachable, u"%1: there is no such host; correct its url"_s.arg(where)};
    case CURLE_COULDNT_RESOLVE_PROXY:
        return {ErrorCode::Unreachable, u"%1: the proxy is not found; correct https_proxy or http_proxy"_s.arg(where)};
    case CURLE_COULDNT_CONNECT:
        return {ErrorCode::Unreachable, u"%1 cannot be connected to; is it running, and the port right?"_s.arg(where)};
    case CURLE_OPERATION_TIMEDOUT:
        return {ErrorCode::TimedOut, u"%1 gave no answer in time"_s.arg(where)};
    case CURLE_PEER_FAILED_VERIFICATION:
        return {
            ErrorCode::Unreachable,
            u"the certificate of %1 does not prove who it is; name its authority as 'ca', or correct the host"_s.arg(
                where)};
    case CURLE_SSL_CONNECT_ERROR:
        return {ErrorCode::Unreachable, u"%1: no TLS connection comes about; is it https there?"_s.arg(where)};
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return {
            ErrorCode::InvalidConfig,
            u"%1: a certificate or key file cannot be used; check ca, certificate, key and key_password"_s.arg(where)};
    default:
        return {ErrorCode::Unreachable, u"%1: %2"_s.arg(where, QString::fromUtf8(curl_easy_strerror(code)).toLower())};
    }
}

tl::expected<HttpAnswer, HttpFailure> HttpClient::send(const HttpRequest& request, std::stop_token stop)
{
    Transfer transfer;
    transfer.most = request.largestAnswer;
    HeaderList headers;
    if (!m_impl->multi || !m_impl->easy || !m_impl->prepare(request, transfer, headers))
        return tl::unexpected(HttpFailure{
            {ErrorCode::InvalidConfig, u"%1 cannot be asked with these settings"_s.arg(m_impl->service)}, false});
    CURLM* multi = m_impl->multi.get();
    CURL* easy = m_impl->easy.get();
    if (curl_multi_add_handle(multi, easy) != CURLM_OK)
        return tl::unexpected(
            HttpFailure{{ErrorCode::Internal, u"%1: no request can be made"_s.arg(m_impl->service)}, false});
    std::optional<CURLcode> ended;
    {
        const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
        int running = 1;
        while (!ended && !stop.stop_requested()) {
            if (curl_multi_perform(multi, &running) != CURLM_OK)
                ended = CURLE_OUT_OF_MEMORY;
            int left = 0;
            while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
                if (message->msg == CURLMSG_DONE)
                    ended = message->data.result;
            }
            if (!ended && running == 0)
                ended = CURLE_GOT_NOTHING;
            if (!ended)
                curl_multi_poll(multi, nullptr, 0, 200, nullptr); // a stop wakes it; the rest is for lost wake-ups
        }
    }
    curl_off_t sentAt = 0; // µs until the request was about to go out; 0: it never came to that
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sentAt);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi, easy);
    if (!ended)
        return tl::unexpected(
            HttpFailure{{ErrorCode::Cancelled, u"asking %1 was stopped"_s.arg(m_impl->service)}, sentAt > 0});
    if (*ended != CURLE_OK)
        return tl::unexpected(HttpFailure{m_impl->errorOf(*ended, request, transfer), sentAt > 0});
    transfer.answer.status = static_cast<int>(status);
    return std::move(transfer.answer);
}

} // namespace spillway
