// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/catalogwidgets.h"

#include "views/widgets/plaintextlabel.h"

#include <QScrollArea>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

Tone toneOf(LintSeverity severity)
{
    switch (severity) {
    case LintSeverity::Error:
        return Tone::Critical;
    case LintSeverity::Warning:
        return Tone::Warning;
    case LintSeverity::Info:
        return Tone::Unknown;
    }
    return Tone::Unknown;
}

ColumnSpec numberColumn(int column, const QString& title, int width, std::function<QString(const QModelIndex&)> text,
                        std::function<QVariant(const QModelIndex&)> key)
{
    ColumnSpec spec = textColumn(column, title, width, std::move(text));
    spec.align = CellAlign::Number;
    spec.sortKey = std::move(key);
    return spec;
}

QWidget* scrolled(QWidget* inner, QWidget* parent)
{
    auto* area = new QScrollArea(parent);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(inner);
    return area;
}

PlainTextLabel* sheetLabel(const QString& name, QWidget* parent)
{
    auto* label = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, parent);
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setSelectable(true);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

PlainTextLabel* sheetHeading(const QString& text, QWidget* parent)
{
    auto* label = new PlainTextLabel(text, TextSize::Body, PlainTextLabel::Ink::Text, parent);
    label->setFont(uiFont(TextSize::Body, true));
    label->setContentsMargins(0, 8, 0, 0);
    return label;
}

QString placeText(const QString& folder, const FilePlace& place)
{
    QString file = place.file;
    if (file.startsWith(folder + u'/'))
        file.remove(0, folder.size() + 1);
    return place.line > 0 ? u"%1:%2:%3"_s.arg(file).arg(place.line).arg(place.column) : file;
}

} // namespace spillway::views
