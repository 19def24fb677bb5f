// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/changetext.h"

#include "views/catalog/catalogwidgets.h"

#include <QCoreApplication>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChangeText", text);
}

} // namespace

QString changeText(const PlannedImport& planned)
{
    QStringList lines;
    for (const QString& conflict : planned.plan.conflicts)
        lines << tr("conflict: %1").arg(conflict);
    if (!planned.plan.conflicts.isEmpty())
        lines << QString();
    for (const PlannedEdit& change : planned.plan.edits) {
        const YamlText& text = change.edit.from.file == planned.sources.ownership.text.file()
                                   ? planned.sources.ownership.text
                                   : planned.sources.catalog.text;
        lines << placeText(planned.sources.workspace.folder, change.edit.from) + u"  "_s + change.title;
        lines << editDiff(text, change.edit) << QString();
    }
    for (const QString& note : planned.notes)
        lines << tr("note: %1").arg(note);
    return lines.join(u'\n').trimmed();
}

} // namespace spillway::views
