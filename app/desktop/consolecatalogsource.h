// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "views/catalog/catalogsource.h"

#include <mutex>

namespace spillway {

/// Answers the catalog screen from the workspace's files, read anew each time, and the store.
class ConsoleCatalogSource final : public views::CatalogSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleCatalogSource(const Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<std::shared_ptr<const views::CatalogPicture>> picture(std::stop_token stop) override;
    [[nodiscard]] Status apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token stop) override;
    [[nodiscard]] Status write(const QString& file, const QByteArray& bytes) override;

private:
    [[nodiscard]] Result<std::shared_ptr<const views::CatalogPicture>> read(std::stop_token stop) const;

    const Holder& m_holder;
    std::mutex m_mutex;                                  // guards: m_last, m_lastAt
    std::shared_ptr<const views::CatalogPicture> m_last; // second owner: the screen
    UtcTime m_lastAt{};
};

} // namespace spillway
