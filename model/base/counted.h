// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/text.h"

namespace spillway {

/// `1 entry`, `2 entries`. Pure; any thread.
[[nodiscard]] inline QString counted(std::int64_t count, const QString& one, const QString& many)
{
    return formatCount(count) + u' ' + (count == 1 ? one : many);
}

/// `1 topic`, `2 topics`: for words whose plural is an s. Pure; any thread.
[[nodiscard]] inline QString counted(std::int64_t count, const QString& one)
{
    return counted(count, one, one + u's');
}

} // namespace spillway
