// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "views/schemas/schemasource.h"

#include <map>
#include <mutex>

namespace spillway {

/// Answers the Schemas screen from the workspace's files, its stored letters, the ledger, the outbox and registries.
/// Any thread.
class ConsoleSchemaSource final : public views::SchemaSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleSchemaSource(Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<SchemaSheet> schemas(std::stop_token stop) override;
    [[nodiscard]] Result<SchemaStep> schemaStep(const QString& eventType, int from, int to,
                                                std::stop_token stop) override;
    [[nodiscard]] Result<bool> acknowledge(const SchemaAck& ack, std::stop_token stop) override;
    [[nodiscard]] Result<NotifyPreview> previewNews(const QString& eventType, int version,
                                                    std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Notification>> sendNews(const QString& eventType, int version,
                                                             const QString& digest, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Notification>> news(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Notification>> retryNews(const QString& id, std::stop_token stop) override;
    [[nodiscard]] QStringList registries() const override;
    [[nodiscard]] Result<views::RegistryPicture> compareRegistry(const QString& registry,
                                                                 std::stop_token stop) override;
    [[nodiscard]] Result<views::RegistryTexts> registryTexts(const QString& registry, const RegistryDifference& row,
                                                             std::stop_token stop) override;

private:
    [[nodiscard]] QByteArray stampOfFolder() const;

    Holder& m_holder;
    std::mutex m_mutex; // guards: m_stamp, m_sheet, m_steps
    QByteArray m_stamp; // of the folder that these were made from
    std::optional<SchemaSheet> m_sheet;
    std::map<std::tuple<QString, int, int>, SchemaStep> m_steps; // a few; without samples and acknowledgements
};

} // namespace spillway
