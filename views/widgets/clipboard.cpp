// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/clipboard.h"

#include <QClipboard>
#include <QGuiApplication>

namespace spillway::views {

void copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(text);
}

} // namespace spillway::views
