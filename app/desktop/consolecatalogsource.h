// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/catalogkeeper.h"
#include "app/console/holder.h"
#include "views/catalog/catalogsource.h"

#include <mutex>

namespace spillway {

/// Answers the catalog screen from the workspace's files, read and judged again when they change, and the store.
class ConsoleCatalogSource final : public views::CatalogSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleCatalogSource(const Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<std::shared_ptr<const CatalogPicture>> picture(std::stop_token stop) override;
    [[nodiscard]] Result<EventVersion> version(const QString& eventType, std::optional<int> version,
                                               std::stop_token stop) override;
    [[nodiscard]] Result<EventHistory> history(const JoinedEvent& event, std::stop_token stop) override;
    [[nodiscard]] Status apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token stop) override;
    [[nodiscard]] Result<std::shared_ptr<const PlannedRegistration>> planRegistration(const Registration& registration,
                                                                                      std::stop_token stop) override;
    [[nodiscard]] Result<QStringList> applyRegistration(const PlannedRegistration& planned) override;
    [[nodiscard]] Result<std::shared_ptr<const ExportPlan>> planExport(ExchangeForm form, const QString& path,
                                                                       std::stop_token stop) override;
    [[nodiscard]] Result<QStringList> writeExport(const ExportPlan& plan, bool replaces) override;
    [[nodiscard]] Result<std::shared_ptr<const PlannedImport>> planImport(ExchangeForm form, const QString& path,
                                                                          std::stop_token stop) override;
    [[nodiscard]] Result<QStringList> applyImport(const PlannedImport& planned) override;
    [[nodiscard]] Status write(const QString& file, const QByteArray& bytes) override;

private:
    [[nodiscard]] Result<std::shared_ptr<const CatalogPicture>> read(std::stop_token stop);

    const Holder& m_holder;
    CatalogKeeper m_files;                        // locks for itself
    InvoiceComparisons m_comparisons;             // locks for itself
    std::mutex m_mutex;                           // guards: m_last, m_lastAt
    std::shared_ptr<const CatalogPicture> m_last; // second owner: the screen
    UtcTime m_lastAt{};
};

} // namespace spillway
