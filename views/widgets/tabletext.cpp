// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/tabletext.h"

#include "views/widgets/columns.h"

#include <QSaveFile>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString oneLine(QString text)
{
    for (QChar& c : text) {
        if (c == u'\t' || c == u'\n' || c == u'\r')
            c = u' ';
    }
    return text;
}

QByteArray csvCell(const QVariant& value)
{
    if (value.typeId() != QMetaType::QString && value.canConvert<double>())
        return value.toString().toUtf8();
    QString text = value.toString();
    if (!text.isEmpty() && QStringView(u"=+-@\t\r").contains(text[0]))
        text.prepend(u'\'');
    text.replace(u'"', u"\"\""_s);
    return '"' + text.toUtf8() + '"';
}

} // namespace

QString tableAsTsv(const QAbstractItemModel& model, const std::vector<int>& columns, const std::vector<int>& rows)
{
    QStringList lines;
    QStringList cells;
    for (const int column : columns)
        cells << oneLine(model.headerData(column, Qt::Horizontal).toString());
    lines << cells.join(u'\t');
    for (const int row : rows) {
        cells.clear();
        for (const int column : columns)
            cells << oneLine(model.index(row, column).data(ExportRole).toString());
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n');
}

QByteArray tableAsCsv(const QAbstractItemModel& model, const std::vector<int>& columns)
{
    QByteArray csv;
    const auto line = [&csv](const QByteArrayList& cells) { csv += cells.join(',') + "\r\n"; };
    QByteArrayList cells;
    for (const int column : columns)
        cells << csvCell(model.headerData(column, Qt::Horizontal).toString());
    line(cells);
    for (int row = 0; row < model.rowCount(); ++row) {
        cells.clear();
        for (const int column : columns)
            cells << csvCell(model.index(row, column).data(ExportRole));
        line(cells);
    }
    return csv;
}

Status writeFile(const QString& file, const QByteArray& bytes)
{
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return fail(ErrorCode::Unreachable,
                    u"%1 could not be written: %2. Nothing was written."_s.arg(file, out.errorString()));
    return {};
}

} // namespace spillway::views
