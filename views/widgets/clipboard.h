// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace spillway::views {

/// The one way of text into the clipboard. UI thread.
void copyText(const QString& text);

} // namespace spillway::views
