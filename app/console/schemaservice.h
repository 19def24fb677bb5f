// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/schema/folderregistry.h"

#include <memory>

namespace spillway {

/// The folder of schemas served as a registry, as its files are now: a commit or checkout shows within a second. Any
/// thread.
class SchemaService
{
public:
    /// @param port  0: one that is free
    [[nodiscard]] static Result<std::unique_ptr<SchemaService>> start(const QString& folder, const Catalog& catalog,
                                                                      int port);
    ~SchemaService();

    [[nodiscard]] int port() const;
    [[nodiscard]] std::shared_ptr<const FolderRegistry> registry() const;

private:
    struct Impl;
    explicit SchemaService(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway
