// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "views/schemas/schemasource.h"

namespace spillway {

/// Answers the Schemas screen from the workspace's files and its stored letters. Any thread.
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

private:
    Holder& m_holder;
};

} // namespace spillway
