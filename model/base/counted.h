// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/text.h"

namespace spillway {

/// `1 topic`, `2 topics`: for words whose plural is an s. Pure; any thread.
[[nodiscard]] inline QString counted(std::int64_t count, const QString& one)
{
    return formatCount(count) + u' ' + (count == 1 ? one : one + u's');
}

} // namespace spillway
