// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/folderregistry.h"

namespace spillway {

/// Judges what somebody would register by the same rules as `schema check`: the folder's
/// `_meta/compatibility-rules.yaml` where it is, else confluent-lenient and BACKWARD. Against one version that is
/// named, else against all that the level asks for. Any thread.
[[nodiscard]] RegistryJudge compatibilityJudge();

/// The level that holds for the whole folder, as a registry's configuration says it.
[[nodiscard]] QString registryLevel(const QString& schemasFolder);

} // namespace spillway
