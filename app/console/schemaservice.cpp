// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/schemaservice.h"

#include "connectors/schemaserver/schemaserver.h"
#include "model/compatibility/registryjudge.h"

#include <QDateTime>
#include <QDeadlineTimer>
#include <QFileInfo>

#include <mutex>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lookAgainMs = 1'000;

/// Notices files that came, went or changed.
std::vector<std::tuple<QString, qint64, qint64>> stampOf(const SchemaFolder& folder)
{
    std::vector<std::tuple<QString, qint64, qint64>> stamp;
    for (const SchemaFile& file : folder.files()) {
        const QFileInfo info(folder.folder() + u'/' + file.path);
        stamp.emplace_back(file.path, info.lastModified().toMSecsSinceEpoch(), info.size());
    }
    return stamp;
}

} // namespace

struct SchemaService::Impl
{
    QString folder;
    Catalog catalog;
    mutable std::mutex mutex;                       // guards: registry, stamp, next
    std::shared_ptr<const FolderRegistry> registry; // second owner: a request that is being answered
    std::vector<std::tuple<QString, qint64, qint64>> stamp;
    QDeadlineTimer next;
    std::unique_ptr<SchemaServer> server; // last: ends before what it asks

    std::shared_ptr<const FolderRegistry> current()
    {
        const std::lock_guard lock(mutex);
        if (registry && !next.hasExpired())
            return registry;
        SchemaFolder files(folder);
        auto seen = stampOf(files);
        if (!registry || seen != stamp) {
            registry = std::make_shared<const FolderRegistry>(std::move(files), catalog, registryLevel(folder),
                                                              compatibilityJudge());
            stamp = std::move(seen);
        }
        next = QDeadlineTimer(lookAgainMs);
        return registry;
    }
};

SchemaService::SchemaService(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

SchemaService::~SchemaService() = default;

Result<std::unique_ptr<SchemaService>> SchemaService::start(const QString& folder, const Catalog& catalog, int port)
{
    if (!QFileInfo(folder).isDir())
        return fail(ErrorCode::InvalidConfig, u"there is no folder %1; name the folder of schemas"_s.arg(folder));
    auto impl = std::make_unique<Impl>();
    impl->folder = folder;
    impl->catalog = catalog;
    (void)impl->current();
    auto server = SchemaServer::start(port, [impl = impl.get()] { return impl->current(); });
    if (!server)
        return tl::unexpected(server.error());
    impl->server = std::move(*server);
    return std::unique_ptr<SchemaService>(new SchemaService(std::move(impl)));
}

int SchemaService::port() const
{
    return m_impl->server->port();
}

std::shared_ptr<const FolderRegistry> SchemaService::registry() const
{
    return m_impl->current();
}

} // namespace spillway
