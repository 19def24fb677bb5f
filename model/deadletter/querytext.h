// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/text.h"

#include <QString>

namespace spillway {

/// Between quotes, as a query reads it back: a backslash before quotes and backslashes, and what nobody sees by its
/// number. Pure.
[[nodiscard]] inline QString quotedInQuery(QString text)
{
    text.replace(QStringLiteral("\\"), QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
    return u'"' + visibleText(text) + u'"';
}

} // namespace spillway
