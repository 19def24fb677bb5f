// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QPixmap>
#include <QString>

#include <functional>

namespace spillway {

namespace views {
class MainWindow;
}

/// Receives a picture and its name, `dead-letters-why`.
using PictureSink = std::function<Status(const QString& name, const QPixmap& picture)>;

/// What stands behind a key on Overview and the screens of dead letters and reviews: panels, dialogs and menus, each
/// opened as a person opens it, pictured over the window, and closed again. Nothing is decided. UI thread; for the
/// demo, whose letters are known.
/// @param groupingFile  the demo's own; rules stand in it while the preview of grouping anew is pictured.
[[nodiscard]] Status takePanelPictures(views::MainWindow& window, const QString& groupingFile, const PictureSink& sink);

} // namespace spillway
