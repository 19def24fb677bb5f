// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QMenu;

namespace spillway::views {

/// "Add as filter" and "Exclude" for one term, as every cell offers them. @param apply  gets the term, or its negation.
void addFilterActions(QMenu& menu, const QString& term, const std::function<void(const QString&)>& apply);

/// The first alone, for a term whose negation is another one of the menu.
void addFilterAction(QMenu& menu, const QString& term, const std::function<void(const QString&)>& apply);

} // namespace spillway::views
