// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "app/demo/embeddedbroker.h"

#include <QTemporaryDir>

#include <memory>

namespace spillway {

/// What to open.
struct OpenRequest
{
    QString workspace;   ///< file or folder
    QString stateFolder; ///< empty: the default
    bool isDemo = false; ///< the embedded broker instead of a workspace
};

/// An open workspace and what keeps it alive; goes in the order that undoes the opening.
struct OpenedWorkspace
{
    std::unique_ptr<QTemporaryDir> folder; ///< of the demo
    std::unique_ptr<EmbeddedBroker> broker;
    std::unique_ptr<Holder> holder;
    bool isDemo = false;
};

/// Reads the workspace and takes hold of its state. All faults of its files in one error; Conflict when another process
/// holds the state. Blocking, about half a second for the demo; any thread.
[[nodiscard]] Result<std::unique_ptr<OpenedWorkspace>> openWorkspace(const OpenRequest& request);

} // namespace spillway
