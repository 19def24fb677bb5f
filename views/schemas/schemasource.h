// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemaacks.h"
#include "model/compatibility/schemasheet.h"
#include "model/notify/notifypreview.h"
#include "model/schema/registrycompare.h"

#include <stop_token>

namespace spillway::views {

/// A registry held against the schemas folder.
struct RegistryPicture
{
    QString registry;
    std::vector<RegistryDifference> rows;
    friend bool operator==(const RegistryPicture&, const RegistryPicture&) = default;
};

/// What a file says and what is registered, side by side.
struct RegistryTexts
{
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    std::optional<QByteArray> file; ///< nullopt: there is none
    std::optional<QByteArray> registered;
};

/// What the Schemas screen asks. Beside DataSource, so that what only one screen needs is known to that screen alone.
/// Questions block and are only ever called through AsyncLoad.
class SchemaSource
{
public:
    virtual ~SchemaSource() = default;
    /// All events of the workspace's schemas, worst first, and the notices.
    [[nodiscard]] virtual Result<SchemaSheet> schemas(std::stop_token stop) = 0;
    /// Two versions beside each other; with what real messages say where there are some.
    [[nodiscard]] virtual Result<SchemaStep> schemaStep(const QString& eventType, int from, int to,
                                                        std::stop_token stop) = 0;

    /// The decision of `schema ack`. Who and when of `ack` are filled in there.
    [[nodiscard]] virtual Result<bool> acknowledge(const SchemaAck& ack, std::stop_token stop) = 0;

    /// What `notify preview schema` shows.
    [[nodiscard]] virtual Result<NotifyPreview> previewNews(const QString& eventType, int version,
                                                            std::stop_token stop) = 0;
    /// What `notify send schema … --digest` does: exactly that, or Conflict.
    [[nodiscard]] virtual Result<std::vector<Notification>> sendNews(const QString& eventType, int version,
                                                                     const QString& digest, std::stop_token stop) = 0;
    /// The outbox, newest first.
    [[nodiscard]] virtual Result<std::vector<Notification>> news(std::stop_token stop) = 0;
    /// What `notify retry` does.
    [[nodiscard]] virtual Result<std::vector<Notification>> retryNews(const QString& id, std::stop_token stop) = 0;

    /// Names of the workspace's registries, in its order. At once, in any thread.
    [[nodiscard]] virtual QStringList registries() const = 0;
    /// What `schema registry compare` finds.
    [[nodiscard]] virtual Result<RegistryPicture> compareRegistry(const QString& registry, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<RegistryTexts> registryTexts(const QString& registry, const RegistryDifference& row,
                                                              std::stop_token stop) = 0;
};

} // namespace spillway::views
