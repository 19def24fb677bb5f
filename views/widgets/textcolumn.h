// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/widgets/columns.h"

namespace spillway::views {

/// A column of plain text, left-aligned and sorted as it reads. @param text  empty: what the model displays
[[nodiscard]] inline ColumnSpec textColumn(int column, const QString& title, int width,
                                           std::function<QString(const QModelIndex&)> text = {})
{
    ColumnSpec spec;
    spec.column = column;
    spec.title = title;
    spec.width = width;
    spec.text = std::move(text);
    return spec;
}

} // namespace spillway::views
