// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/report/document.h"

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Every ASCII character that means something in Markdown anywhere is escaped; line feeds become `lineFeed`, tabs
/// spaces.
QString escaped(const QString& text, const QString& lineFeed = u" "_s)
{
    static const QString special = u"\\`*_{}[]<>()#+!|~&"_s;
    QString out;
    QString plain = text;
    const QString visible = visibleText(plain.replace(u"\r\n"_s, u"\n"_s), true);
    for (qsizetype at = 0; at < visible.size(); ++at) {
        const QChar c = visible[at];
        if (c == u'\n' || c == u'\t') {
            out += c == u'\n' ? lineFeed : u" "_s;
            continue;
        }
        // A hyphen or a number with a point only starts a list at the beginning.
        const bool startsList = at == 0 && (c == u'-' || c == u'=');
        if (special.contains(c) || startsList)
            out += u'\\';
        out += c;
    }
    return out;
}

struct Writer
{
    QString& out;

    void operator()(const Heading& heading) const
    {
        out += QString(heading.level, u'#') + u' ' + escaped(heading.text) + u"\n\n"_s;
    }
    void operator()(const Paragraph& paragraph) const
    {
        const QString text = escaped(paragraph.text);
        out += (paragraph.isMuted ? u"*%1*"_s.arg(text) : text) + u"\n\n"_s;
    }
    void operator()(const List& list) const
    {
        for (const QString& item : list.items)
            out += u"- "_s + escaped(item) + u'\n';
        out += u'\n';
    }
    void operator()(const Table& table) const
    {
        out += u'|';
        for (const Table::Column& column : table.columns)
            out += u' ' + escaped(column.title) + u" |"_s;
        out += u"\n|"_s;
        for (const Table::Column& column : table.columns)
            out += column.isNumber ? u" ---: |"_s : u" --- |"_s;
        for (const QStringList& row : table.rows) {
            out += u"\n|"_s;
            for (const QString& cell : row)
                out += u' ' + escaped(cell, u"<br>"_s) + u" |"_s;
        }
        out += u"\n\n"_s;
    }
    void operator()(const BarChart& chart) const
    {
        Table table{.columns = {{chart.title}, {u"Letters"_s, true}}, .rows = {}};
        for (qsizetype at = 0; at < chart.labels.size(); ++at)
            table.rows.push_back({chart.labels[at], formatCount(chart.amounts[static_cast<std::size_t>(at)])});
        (*this)(table);
    }
    void operator()(const StackedChart& chart) const
    {
        Table table{.columns = {{chart.title + u", "_s + chart.unit}}, .rows = {}};
        for (const QString& part : chart.parts)
            table.columns.push_back({part, true});
        for (qsizetype at = 0; at < chart.labels.size(); ++at) {
            QStringList row{chart.labels[at]};
            for (const std::vector<double>& part : chart.amounts)
                row += QString::number(part[static_cast<std::size_t>(at)], 'f', 2);
            table.rows.push_back(row);
        }
        (*this)(table);
    }
};

} // namespace

QByteArray writeMarkdown(const Document& document)
{
    QString out = u"# "_s + escaped(document.title) + u"\n\n"_s;
    for (const Block& block : document.blocks)
        std::visit(Writer{out}, block);
    while (out.endsWith(u"\n\n"_s))
        out.chop(1);
    return out.toUtf8();
}

} // namespace spillway::report
