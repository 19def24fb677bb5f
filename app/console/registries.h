// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/deadletter/deadletter.h"
#include "model/schema/decodedpayload.h"
#include "model/schema/payloadjudge.h"
#include "model/schema/registrycompare.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace spillway {

/// A workspace's registries, as `schema registry` and `check` ask them. One thread.
class Registries
{
public:
    explicit Registries(const Workspace& workspace);
    ~Registries();
    Registries(const Registries&) = delete;
    Registries& operator=(const Registries&) = delete;

    [[nodiscard]] const std::vector<std::unique_ptr<SchemaSource>>& all() const { return m_sources; }
    /// By name; empty: the only one. InvalidConfig or NotFound says what there is.
    [[nodiscard]] Result<SchemaSource*> find(const QString& name) const;

private:
    struct Secrets;
    std::unique_ptr<Secrets> m_secrets;
    std::vector<std::unique_ptr<SchemaSource>> m_sources;
};

struct RegistryCheck
{
    QString registry;
    std::optional<std::int64_t> subjects; ///< nullopt: it did not answer
    std::optional<Error> fault;
};
/// Asks every registry for its subjects. Blocking.
[[nodiscard]] std::vector<RegistryCheck> checkRegistries(const Workspace& workspace, std::stop_token stop);

/// Every version of every subject; at most 50 000 of them. Blocking, a request each.
[[nodiscard]] Result<std::vector<RegistrySchema>> readRegistry(SchemaSource& source, std::stop_token stop);

/// Judges letters of this connection as `dlq show` and the desktop do: by the folder, and for ids that it does not have
/// by the connection's registry, whose answers are kept in the user's cache folder.
[[nodiscard]] PayloadJudge letterJudge(const Workspace& workspace, const QString& connection, std::stop_token stop);

/// The same for letters of many connections, one after the other. One thread; `workspace` outlives it.
[[nodiscard]] std::function<DecodedPayload(const DeadLetter&)> letterExplainer(const Workspace& workspace,
                                                                               std::stop_token stop);

} // namespace spillway
