// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/session.h"

#include <QString>

namespace spillway::ctl {

/// A look behind the marks of a masked workspace.
struct Reveal
{
    QString command; ///< `dlq show`
    QString letterId;
    QString reason;    ///< may be empty for `--raw`, which then stands for it
    bool isRaw = true; ///< only the bytes: nobody said --reveal, so it is told that this is one
};

/// Puts it on record, before anything is shown. Says what went wrong, and of bytes that they were shown.
/// @return the exit code; whatever is not Done shows nothing.
[[nodiscard]] int putOnRecord(Session& session, const Reveal& reveal);

} // namespace spillway::ctl
