// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/registries.h"

#include "connectors/keychain/keychainsecretstore.h"
#include "connectors/registry/registrysource.h"
#include "model/base/text.h"

#include <QCryptographicHash>
#include <QStandardPaths>

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

struct Registries::Secrets
{
    KeychainSecretStore keychain;
    LocalSecretStore local{&keychain};
};

Registries::Registries(const Workspace& workspace)
    : m_secrets(std::make_unique<Secrets>())
{
    for (const RegistrySettings& settings : workspace.registries)
        m_sources.push_back(std::make_unique<RegistrySource>(settings, m_secrets->local));
}

Registries::~Registries() = default;

Result<SchemaSource*> Registries::find(const QString& name) const
{
    if (m_sources.empty())
        return fail(ErrorCode::InvalidConfig,
                    u"the workspace names no registry; add registries: [{ name: main, url: https://… }]"_s);
    QStringList names;
    for (const auto& source : m_sources) {
        if (source->name() == name || (name.isEmpty() && m_sources.size() == 1))
            return source.get();
        names += visibleText(source->name());
    }
    if (name.isEmpty())
        return fail(
            ErrorCode::InvalidConfig,
            u"the workspace names several registries; add --registry with one of: %1"_s.arg(names.join(u", "_s)));
    return fail(ErrorCode::NotFound,
                u"there is no registry %1; there are: %2"_s.arg(visibleText(name), names.join(u", "_s)));
}

std::vector<RegistryCheck> checkRegistries(const Workspace& workspace, std::stop_token stop)
{
    const Registries registries(workspace);
    std::vector<RegistryCheck> checks;
    for (const auto& source : registries.all()) {
        RegistryCheck check{.registry = source->name()};
        if (const auto subjects = source->subjects(stop))
            check.subjects = subjects->size();
        else
            check.fault = subjects.error();
        checks.push_back(std::move(check));
    }
    return checks;
}

Result<std::vector<RegistrySchema>> readRegistry(SchemaSource& source, std::stop_token stop)
{
    constexpr std::size_t most = 50'000;
    const auto subjects = source.subjects(stop);
    if (!subjects)
        return tl::unexpected(subjects.error());
    std::vector<RegistrySchema> schemas;
    for (const QString& subject : *subjects) {
        const auto versions = source.versions(subject, stop);
        if (!versions && versions.error().code == ErrorCode::NotFound)
            continue; // deleted since
        if (!versions)
            return tl::unexpected(versions.error());
        for (const int version : *versions) {
            auto schema = source.schema(subject, version, stop);
            if (!schema && schema.error().code == ErrorCode::NotFound)
                continue;
            if (!schema)
                return tl::unexpected(schema.error());
            if (schemas.size() >= most)
                return fail(ErrorCode::Unsupported, u"registry %1 holds more than 50 000 schemas"_s.arg(source.name()));
            schemas.push_back(std::move(*schema));
        }
    }
    return schemas;
}

namespace {

/// A connection's registry with all it needs to be asked.
class OwnedShelf final : public SchemaLookup
{
public:
    OwnedShelf(const RegistrySettings& settings, const QString& cacheFolder, std::stop_token stop)
        : m_source(settings, m_secrets)
        , m_shelf(m_source, cacheFolder, std::move(stop))
    {
    }
    [[nodiscard]] Result<LookedUpSchema> find(const WireFormat& wire) const override { return m_shelf.find(wire); }

private:
    KeychainSecretStore m_keychain;
    LocalSecretStore m_secrets{&m_keychain};
    RegistrySource m_source;
    RegistryShelf m_shelf;
};

QString cacheFolderOf(const RegistrySettings& settings)
{
    const QString caches = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    const QByteArray hash =
        QCryptographicHash::hash(settings.url.toUtf8(), QCryptographicHash::Sha256).toHex().first(16);
    return caches.isEmpty() ? QString() : u"%1/spillway/registry-%2"_s.arg(caches, QString::fromLatin1(hash));
}

} // namespace

PayloadJudge letterJudge(const Workspace& workspace, const QString& connection, std::stop_token stop)
{
    SchemaFolder folder(workspace.schemasFolder);
    for (const RegistrySettings& settings : workspace.registries) {
        if (settings.connections.isEmpty() || settings.connections.contains(connection))
            return PayloadJudge(std::move(folder),
                                std::make_shared<OwnedShelf>(settings, cacheFolderOf(settings), std::move(stop)));
    }
    return PayloadJudge(std::move(folder));
}

std::function<DecodedPayload(const DeadLetter&)> letterExplainer(const Workspace& workspace, std::stop_token stop)
{
    // second owners: copies of the function
    const auto judges = std::make_shared<std::map<QString, std::unique_ptr<PayloadJudge>>>();
    return [&workspace, judges, stop](const DeadLetter& letter) {
        std::unique_ptr<PayloadJudge>& judge = (*judges)[letter.connection];
        if (!judge)
            judge.reset(new PayloadJudge(letterJudge(workspace, letter.connection, stop))); // it does not move
        return letter.erased ? DecodedPayload()
                             : judge->explain(letter.eventType, letter.record.headers, letter.record.value);
    };
}

} // namespace spillway
