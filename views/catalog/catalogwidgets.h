// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"
#include "model/slo/slomath.h"
#include "views/widgets/textcolumn.h"

class QWidget;

/// Small parts that the catalog's tabs share.
namespace spillway::views {

class PlainTextLabel;

[[nodiscard]] Tone toneOf(LintSeverity severity);
[[nodiscard]] ColumnSpec numberColumn(int column, const QString& title, int width,
                                      std::function<QString(const QModelIndex&)> text,
                                      std::function<QVariant(const QModelIndex&)> key);
/// `inner` in an area that scrolls where it has to.
[[nodiscard]] QWidget* scrolled(QWidget* inner, QWidget* parent);
/// Text over several lines that can be selected.
[[nodiscard]] PlainTextLabel* sheetLabel(const QString& name, QWidget* parent);
/// What stands over a part of a sheet.
[[nodiscard]] PlainTextLabel* sheetHeading(const QString& text, QWidget* parent);
/// `file:line:column`, the file from the workspace's folder on.
[[nodiscard]] QString placeText(const QString& folder, const FilePlace& place);

} // namespace spillway::views
