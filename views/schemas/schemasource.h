// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemasheet.h"

#include <stop_token>

namespace spillway::views {

/// What the Schemas screen asks. Beside DataSource, so that what only one screen needs is known to that screen alone.
/// Questions block and are only ever called through AsyncLoad.
class SchemaSource
{
public:
    virtual ~SchemaSource() = default;
    /// All events of the workspace's schemas, worst first.
    [[nodiscard]] virtual Result<SchemaSheet> schemas(std::stop_token stop) = 0;
    /// Two versions beside each other; with what real messages say where there are some.
    [[nodiscard]] virtual Result<SchemaStep> schemaStep(const QString& eventType, int from, int to,
                                                        std::stop_token stop) = 0;
};

} // namespace spillway::views
