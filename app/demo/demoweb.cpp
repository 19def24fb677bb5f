// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoweb.h"

#include "connectors/schemaserver/schemaserver.h"

#include <microhttpd.h>

#include <netinet/in.h>

#include <mutex>

namespace spillway::demo {
using namespace Qt::Literals::StringLiterals;

namespace {

struct DaemonStopper
{
    void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

int began = 0; // its address marks a request whose head was seen

/// 204 for whatever is posted; the body is read and dropped.
MHD_Result accept(void*, MHD_Connection* connection, const char*, const char* method, const char*, const char*,
                  size_t* uploadSize, void** state)
{
    if (*state == nullptr) {
        *state = &began;
        return MHD_YES;
    }
    if (*uploadSize > 0) {
        *uploadSize = 0;
        return MHD_YES;
    }
    MHD_Response* response = MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    const bool isPost = qstrcmp(method, "POST") == 0;
    const MHD_Result queued =
        MHD_queue_response(connection, isPost ? MHD_HTTP_NO_CONTENT : MHD_HTTP_METHOD_NOT_ALLOWED, response);
    MHD_destroy_response(response);
    return queued;
}

} // namespace

struct DemoWeb::Impl
{
    QString folder;
    std::once_flag isRead;
    std::shared_ptr<const FolderRegistry> known; // second owner: a request that is being answered
    std::unique_ptr<SchemaServer> registry;
    std::unique_ptr<MHD_Daemon, DaemonStopper> inbox;

    std::shared_ptr<const FolderRegistry> read()
    {
        std::call_once(isRead, [this] {
            known = std::make_shared<const FolderRegistry>(SchemaFolder(folder), Catalog(), u"BACKWARD"_s);
        });
        return known;
    }
};

DemoWeb::DemoWeb(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

DemoWeb::~DemoWeb() = default;

Result<std::unique_ptr<DemoWeb>> DemoWeb::start(const QString& registryFolder)
{
    auto impl = std::make_unique<Impl>();
    impl->folder = registryFolder;
    auto registry = SchemaServer::start(0, [impl = impl.get()] { return impl->read(); });
    if (!registry)
        return tl::unexpected<Error>(registry.error());
    impl->registry = std::move(*registry);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    impl->inbox.reset(MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, nullptr, nullptr, &accept,
                                       nullptr, MHD_OPTION_SOCK_ADDR, reinterpret_cast<sockaddr*>(&address),
                                       MHD_OPTION_CONNECTION_LIMIT, 16U, MHD_OPTION_CONNECTION_TIMEOUT, 10U,
                                       MHD_OPTION_END));
    if (!impl->inbox)
        return fail(ErrorCode::Unreachable, u"no port of this machine can be listened on for the demo's inbox"_s);
    return std::unique_ptr<DemoWeb>(new DemoWeb(std::move(impl)));
}

QString DemoWeb::registryUrl() const
{
    return u"http://127.0.0.1:%1"_s.arg(m_impl->registry->port());
}

QString DemoWeb::inboxUrl() const
{
    const MHD_DaemonInfo* info = MHD_get_daemon_info(m_impl->inbox.get(), MHD_DAEMON_INFO_BIND_PORT);
    return u"http://127.0.0.1:%1/teams"_s.arg(info ? info->port : 0);
}

} // namespace spillway::demo
