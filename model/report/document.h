// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <variant>
#include <vector>

/// A report as values, before it is Markdown, HTML or paper. Texts are plain: writers escape them.
namespace spillway::report {

struct Heading
{
    int level = 2; ///< 1 is the document's title; 2 and 3 below it
    QString text;
};
struct Paragraph
{
    QString text;
    bool isMuted = false; ///< what the numbers rest on, set smaller
};
struct List
{
    QStringList items;
};
struct Table
{
    struct Column
    {
        QString title;
        bool isNumber = false; ///< set right
        int percent = 0;       ///< of the table's width; 0: as the text wants
    };
    std::vector<Column> columns;
    std::vector<QStringList> rows; ///< each as long as `columns`
};
/// Counts per part of a span, as bars from zero.
struct BarChart
{
    QString title;
    QStringList labels;                ///< one per bar
    std::vector<std::int64_t> amounts; ///< each at least 0
};

/// Amounts per label, stacked from zero: parts of a whole, over days or by name.
struct StackedChart
{
    QString title;
    QString unit;                             ///< of the amounts: EUR
    QStringList labels;                       ///< one per bar
    QStringList parts;                        ///< from the bottom up; a sixth and later share one colour
    std::vector<std::vector<double>> amounts; ///< by part, each as long as `labels`; below zero is not drawn
};

using Block = std::variant<Heading, Paragraph, List, Table, BarChart, StackedChart>;
struct Document
{
    QString title;
    std::vector<Block> blocks;
};

/// CommonMark with pipe tables; a chart becomes a table. Text of others cannot start a heading, a link, a tag or a
/// cell.
[[nodiscard]] QByteArray writeMarkdown(const Document& document);

enum class ChartForm {
    Inline, ///< `<svg>` in the text: for browsers
    Image,  ///< `<img src="chart-N.svg">`, N counted from 0: whoever prints puts `chartSvgs` there
};
/// One file with its style in it; no script, nothing fetched. All text is escaped.
[[nodiscard]] QByteArray writeHtml(const Document& document, ChartForm charts = ChartForm::Inline);

/// The chart as an SVG document, 640 × 160. Colours are the light theme's.
[[nodiscard]] QByteArray chartSvg(const BarChart& chart);
/// The same, 640 × 220, with the names of its parts and a scale.
[[nodiscard]] QByteArray stackedSvg(const StackedChart& chart);
/// The document's charts as SVG, in order.
[[nodiscard]] std::vector<QByteArray> chartSvgs(const Document& document);

} // namespace spillway::report
