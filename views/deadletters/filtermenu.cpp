// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/filtermenu.h"

#include "model/base/text.h"

#include <QCoreApplication>
#include <QMenu>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString shownTerm(const QString& term)
{
    constexpr qsizetype widest = 60;
    QString shown = visibleText(term.size() > widest ? term.left(widest) + u'…' : term);
    return shown.replace(u'&', u"&&"_s); // a menu takes a single one for a key
}

} // namespace

void addFilterAction(QMenu& menu, const QString& term, const std::function<void(const QString&)>& apply)
{
    menu.addAction(QCoreApplication::translate("FilterMenu", "Filter: %1").arg(shownTerm(term)),
                   [apply, term] { apply(term); });
}

void addFilterActions(QMenu& menu, const QString& term, const std::function<void(const QString&)>& apply)
{
    addFilterAction(menu, term, apply);
    menu.addAction(QCoreApplication::translate("FilterMenu", "Exclude: %1").arg(shownTerm(term)),
                   [apply, term] { apply(u'-' + term); });
}

} // namespace spillway::views
