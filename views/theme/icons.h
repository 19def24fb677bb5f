// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QStringView>

namespace spillway::views {

enum class IconInk {
    Text,
    OnAccent ///< on the one button that is filled
};

/// One of the set in resources/icons by its file name without ending ("overview", "search", …), drawn in the text
/// colour of the moment, so that it follows light and dark by itself. Unknown names are our own mistake and asserted.
[[nodiscard]] QIcon icon(QStringView name, IconInk ink = IconInk::Text);

} // namespace spillway::views
