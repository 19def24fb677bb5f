// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/report/document.h"

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

QString escaped(const QString& text)
{
    return visibleText(text).toHtmlEscaped();
}

/// The same where people's line breaks stay.
QString escapedLines(const QString& text)
{
    QString plain = text;
    return visibleText(plain.replace(u"\r\n"_s, u"\n"_s), true).toHtmlEscaped().replace(u'\n', u"<br>"_s);
}

/// Few rules, so that a printer's rich text understands most of them too.
const QString style =
    uR"(body { font-family: Inter, "Segoe UI", sans-serif; font-size: 13px; color: #1B2430; background: #FFFFFF; margin: 24px auto; max-width: 960px; line-height: 1.45; }
h1 { font-size: 22px; font-weight: 600; margin: 0 0 4px 0; }
h2 { font-size: 16px; font-weight: 600; margin: 24px 0 8px 0; }
h3 { font-size: 13px; font-weight: 600; margin: 16px 0 4px 0; }
p { margin: 0 0 8px 0; }
p.muted { color: #566273; font-size: 11px; }
table { border-collapse: collapse; width: 100%; margin: 0 0 8px 0; }
th { text-align: left; color: #566273; font-weight: 600; font-size: 11px; padding: 4px 16px 4px 0; border-bottom: 1px solid #566273; }
td { padding: 4px 16px 4px 0; border-bottom: 1px solid #D9DEE5; vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
svg { display: block; margin: 0 0 8px 0; max-width: 100%; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
)"_s;

struct Writer
{
    QString& out;
    ChartForm charts;
    int& nextChart;

    void operator()(const Heading& heading) const
    {
        out += u"<h%1>%2</h%1>\n"_s.arg(QString::number(heading.level), escaped(heading.text));
    }
    void operator()(const Paragraph& paragraph) const
    {
        out += (paragraph.isMuted ? u"<p class=\"muted\">"_s : u"<p>"_s) + escaped(paragraph.text) + u"</p>\n"_s;
    }
    void operator()(const List& list) const
    {
        out += u"<ul>\n"_s;
        for (const QString& item : list.items)
            out += u"<li>"_s + escaped(item) + u"</li>\n"_s;
        out += u"</ul>\n"_s;
    }
    void operator()(const Table& table) const
    {
        const auto cell = [&](const QString& tag, std::size_t column, const QString& text) {
            QString form =
                table.columns[column].isNumber ? u" class=\"number\" align=\"right\""_s : u" align=\"left\""_s;
            if (table.columns[column].percent > 0 && tag == u"th")
                form += u" width=\"%1%\""_s.arg(table.columns[column].percent);
            return u'<' + tag + form + u'>' + escapedLines(text) + u"</"_s + tag + u'>';
        };
        out += u"<table width=\"100%\" cellspacing=\"0\" cellpadding=\"4\">\n<thead><tr>"_s;
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            out += cell(u"th"_s, column, table.columns[column].title);
        out += u"</tr></thead>\n<tbody>\n"_s;
        for (const QStringList& row : table.rows) {
            out += u"<tr>"_s;
            for (std::size_t column = 0; column < table.columns.size(); ++column)
                out += cell(u"td"_s, column, row.value(static_cast<qsizetype>(column)));
            out += u"</tr>\n"_s;
        }
        out += u"</tbody></table>\n"_s;
    }
    void operator()(const BarChart& chart) const { add(chartSvg(chart)); }
    void operator()(const StackedChart& chart) const { add(stackedSvg(chart)); }

    void add(const QByteArray& svg) const
    {
        if (charts == ChartForm::Inline)
            out += QString::fromUtf8(svg) + u'\n';
        else
            out += u"<p style=\"line-height: 100%\"><img width=\"620\" src=\"chart-%1.svg\"></p>\n"_s.arg(nextChart++);
    }
};

} // namespace

QByteArray writeHtml(const Document& document, ChartForm charts)
{
    QString out =
        u"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%1</title>\n<style>\n%2"
        u"</style>\n</head>\n<body>\n<h1>%1</h1>\n"_s.arg(escaped(document.title), style);
    int nextChart = 0;
    for (const Block& block : document.blocks)
        std::visit(Writer{out, charts, nextChart}, block);
    out += u"</body>\n</html>\n"_s;
    return out.toUtf8();
}

std::vector<QByteArray> chartSvgs(const Document& document)
{
    std::vector<QByteArray> charts;
    for (const Block& block : document.blocks) {
        if (const auto* bars = std::get_if<BarChart>(&block))
            charts.push_back(chartSvg(*bars));
        if (const auto* stacks = std::get_if<StackedChart>(&block))
            charts.push_back(stackedSvg(*stacks));
    }
    return charts;
}

} // namespace spillway::report
