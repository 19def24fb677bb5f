// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/start/startpage.h"

namespace spillway {

/// Makes and tries workspaces the way `spillwayctl init` and `check` do.
class WorkspaceStartActions final : public views::StartActions
{
public:
    [[nodiscard]] Result<views::ConnectionTest> testConnection(const QString& bootstrapServers,
                                                               std::stop_token stop) override;
    [[nodiscard]] Result<QString> create(const views::NewWorkspace& workspace) override;
};

} // namespace spillway
