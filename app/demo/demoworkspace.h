// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>

namespace spillway::demo {

/// Writes the demo company's workspace into `folder`, over what an earlier demo left there.
/// @param registryUrl, inboxUrl  of DemoWeb
/// @return the path of spillway.yaml
[[nodiscard]] Result<QString> writeDemoWorkspace(const QString& folder, const QString& bootstrap,
                                                 const QString& registryUrl, const QString& inboxUrl);

} // namespace spillway::demo
