// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/deadletter/letterreread.h"
#include "model/deadletter/mappingpreview.h"
#include "model/workspace/mappingedit.h"

namespace spillway {

/// What the mapping editor begins with: the newest letters of the channel, whole, and the mapping that counts now.
/// @param letter  its id; stands first, however old it is. Empty, or gone: the newest does
/// Blocking; on a reader's thread.
[[nodiscard]] Result<MappingSubject> mappingSubject(Database& reader, const Context& context, const QString& connection,
                                                    const QString& channel, const QString& letter,
                                                    std::stop_token stop);

/// The change in spillway.yaml as it is on disk now. Blocking.
[[nodiscard]] Result<MappingEdit> mappingEditOf(const Context& context, const QString& connection,
                                                const QString& channel, const DeadLetterMapping& mapping);

/// The only connection that has letters of this channel; NotFound, or InvalidConfig that names several.
[[nodiscard]] Result<QString> connectionOfChannel(Database& reader, const QString& channel);

/// spillway.yaml as it is now, not as it was when the holder started: a mapping may have been written since. A
/// workspace without a file is as it is. InvalidConfig names the file's first fault.
[[nodiscard]] Result<Workspace> freshWorkspace(const Workspace& workspace);

} // namespace spillway
