// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/schemaserver/schemaserver.h"

#include <microhttpd.h>

#include <netinet/in.h>

#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype largestBody = 2 << 20;

/// What was read of a request so far.
struct Reading
{
    QByteArray body;
    bool isTooLarge = false;
};

struct DaemonStopper
{
    void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

/// A page that lets its own name point here sends that name along.
bool namesThisMachine(const char* host)
{
    QByteArray name = host ? QByteArray(host).toLower() : QByteArray();
    if (name.startsWith('['))
        name = name.first(name.indexOf(']') + 1);
    else if (const qsizetype colon = name.indexOf(':'); colon >= 0)
        name.truncate(colon);
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

MHD_Result queue(MHD_Connection* connection, const RegistryAnswer& answer)
{
    MHD_Response* response = MHD_create_response_from_buffer(
        static_cast<size_t>(answer.json.size()), const_cast<char*>(answer.json.constData()), MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/vnd.schemaregistry.v1+json");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    const MHD_Result queued = MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
}

MHD_Result takeArgument(void* to, MHD_ValueKind, const char* name, const char* value)
{
    auto& query = *static_cast<std::map<QByteArray, QByteArray>*>(to);
    query[QByteArray::fromPercentEncoding(name)] =
        QByteArray::fromPercentEncoding(QByteArray(value ? value : "").replace('+', ' '));
    return MHD_YES;
}

RegistryAnswer refusal(int status, const char* message)
{
    const QByteArray code = QByteArray::number(status);
    return {status, R"({"error_code":)" + code + R"(,"message":")" + message + "\"}"};
}

} // namespace

struct SchemaServer::Impl
{
    Registry registry;
    std::unique_ptr<MHD_Daemon, DaemonStopper> daemon;

    static MHD_Result handle(void* self, MHD_Connection* connection, const char* url, const char* method, const char*,
                             const char* upload, size_t* uploadSize, void** state)
    {
        if (*state == nullptr) { // the head is there; the body comes
            *state = new Reading;
            return MHD_YES;
        }
        auto& reading = *static_cast<Reading*>(*state);
        if (*uploadSize > 0) {
            reading.isTooLarge =
                reading.isTooLarge || reading.body.size() + static_cast<qsizetype>(*uploadSize) > largestBody;
            if (!reading.isTooLarge)
                reading.body.append(upload, static_cast<qsizetype>(*uploadSize));
            *uploadSize = 0;
            return MHD_YES;
        }
        if (!namesThisMachine(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)))
            return queue(connection, refusal(403, "only this machine is served"));
        if (reading.isTooLarge)
            return queue(connection, refusal(413, "the body is larger than 2 MiB"));
        RegistryRequest request{.method = method, .path = url, .query = {}, .body = reading.body};
        MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, takeArgument, &request.query);
        return queue(connection, static_cast<Impl*>(self)->registry()->answer(request));
    }

    static void forget(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode)
    {
        delete static_cast<Reading*>(*state);
        *state = nullptr;
    }

    /// Left as it is: a subject may hold an encoded slash. The room that answers decodes, part by part.
    static size_t keepEncoded(void*, MHD_Connection*, char* text) { return strlen(text); }
};

SchemaServer::SchemaServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

SchemaServer::~SchemaServer() = default;

Result<std::unique_ptr<SchemaServer>> SchemaServer::start(int port, Registry registry)
{
    auto impl = std::make_unique<Impl>();
    impl->registry = std::move(registry);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    impl->daemon.reset(
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, nullptr, nullptr, &Impl::handle, impl.get(),
                         MHD_OPTION_SOCK_ADDR, reinterpret_cast<sockaddr*>(&address), MHD_OPTION_CONNECTION_LIMIT, 64U,
                         MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         static_cast<size_t>(64 << 10), MHD_OPTION_NOTIFY_COMPLETED, &Impl::forget, nullptr,
                         MHD_OPTION_UNESCAPE_CALLBACK, &Impl::keepEncoded, nullptr, MHD_OPTION_END));
    if (!impl->daemon)
        return fail(
            ErrorCode::Conflict,
            u"port %1 of this machine cannot be listened on; choose another one with --port, or none"_s.arg(port));
    return std::unique_ptr<SchemaServer>(new SchemaServer(std::move(impl)));
}

int SchemaServer::port() const
{
    const MHD_DaemonInfo* info = MHD_get_daemon_info(m_impl->daemon.get(), MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

} // namespace spillway
