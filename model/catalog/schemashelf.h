// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

#include <QSet>

namespace spillway {

/// A schema file whose name bears an event and a version (order.created.v2.json), wherever it lies.
struct ShelvedSchema
{
    QString file; ///< absolute
    QString event;
    QString suffix; ///< json, avsc or proto: a version may lie there once in each
    int version = 0;
    QString fault;          ///< why it cannot be read; empty: it can, or `isCurrent`, or it is not JSON
    bool isCurrent = false; ///< an event of the catalog names this file; its outline says whether it can be read
    bool isReferred =
        false; ///< another schema refers to a file of this name; asked only where no event names its event
};

/// All of the workspace's schemas folder and of the folders in which events' schemas lie; folders that begin with `_`
/// or a dot are not looked into, links are not followed, and there are at most 20,000. By event, suffix, version, file.
/// Reads those that are no event's current one. Blocking; any thread.
[[nodiscard]] std::vector<ShelvedSchema> shelvedSchemas(const Workspace& workspace,
                                                        const std::vector<JoinedEvent>& events);

/// Events (as named in files) of which the catalog names a schema, whichever version.
[[nodiscard]] QSet<QString> eventsWithSchema(const std::vector<JoinedEvent>& events);

} // namespace spillway
