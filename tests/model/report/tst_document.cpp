// SPDX-License-Identifier: GPL-3.0-or-later
// Documents leave as Markdown, HTML and SVG; text of strangers stays text in each of them.
#include "model/report/document.h"

#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::report;

namespace {

const QString hostile = u"<script>alert(1)</script> | [x](http://y) `*_#\u202E\u0007 & \"q\""_s;

Document everything(const QString& text)
{
    Document document{.title = text, .blocks = {}};
    document.blocks.emplace_back(Heading{2, text});
    document.blocks.emplace_back(Paragraph{text});
    document.blocks.emplace_back(List{{text, u"- second"_s}});
    document.blocks.emplace_back(Table{.columns = {{text}, {u"Open"_s, true}}, .rows = {{text, u"12"_s}}});
    document.blocks.emplace_back(BarChart{.title = text, .labels = {text, u"11-26"_s}, .amounts = {3, 0}});
    return document;
}

/// Whether it is well-formed, and the names of all elements.
QStringList elementsOf(const QByteArray& xml, bool* isWellFormed)
{
    QXmlStreamReader reader(xml);
    QStringList names;
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement)
            names += reader.name().toString();
    }
    *isWellFormed = !reader.hasError();
    return names;
}

} // namespace

class DocumentTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void markdownIsPlain();
    void strangersTextStaysTextInMarkdown();
    void strangersTextStaysTextInHtml();
    void theChartIsWellFormedAndTrueToItsNumbers();
    void anEmptyChartIsAChart();
};

void DocumentTest::markdownIsPlain()
{
    Document document{.title = u"Weekly report"_s, .blocks = {}};
    document.blocks.emplace_back(Paragraph{u"3 open."_s});
    document.blocks.emplace_back(
        Table{.columns = {{u"Group"_s}, {u"Open"_s, true}}, .rows = {{u"Timeout"_s, u"3"_s}, {u"a|b"_s, u"4"_s}}});
    document.blocks.emplace_back(List{{u"one"_s, u"two"_s}});
    QCOMPARE(writeMarkdown(document), QByteArray("# Weekly report\n\n3 open.\n\n| Group | Open |\n| --- | ---: |\n"
                                                 "| Timeout | 3 |\n| a\\|b | 4 |\n\n- one\n- two\n"));
}

void DocumentTest::strangersTextStaysTextInMarkdown()
{
    const QByteArray markdown = writeMarkdown(everything(hostile + u"\n# not a heading"_s));
    QVERIFY(!QByteArray(markdown).replace("\\<", "").replace("<br>", "").contains('<'));
    QVERIFY(!QByteArray(markdown).replace("\\[", "").contains("[x"));
    QVERIFY(!markdown.contains("\n# not"));
    QVERIFY(!markdown.contains("\xE2\x80\xAE")); // the bidirectional mark
    QVERIFY(markdown.contains("\\<script\\>"));
    QVERIFY(markdown.contains("<br>\\# not a heading |")); // a line break in a cell stays one
    // A cell cannot end before its end: as many unescaped bars as columns and one.
    for (const QByteArray& line : markdown.split('\n')) {
        if (line.startsWith("| "))
            QCOMPARE(QByteArray(line).replace("\\|", "").count('|'), 3);
    }
}

void DocumentTest::strangersTextStaysTextInHtml()
{
    const QByteArray html = writeHtml(everything(hostile));
    QVERIFY(!html.contains("<script"));
    QVERIFY(html.contains("&lt;script&gt;"));
    QVERIFY(!html.contains("\xE2\x80\xAE"));
    QVERIFY(!html.contains("http-equiv") && !html.contains("src=\"http"));
    QCOMPARE(html.count("<svg"), 1);
    QCOMPARE(writeHtml(everything(hostile), ChartForm::Image).count("chart-0.svg"), 1);
}

void DocumentTest::theChartIsWellFormedAndTrueToItsNumbers()
{
    const QByteArray svg = chartSvg({.title = hostile, .labels = {u"a"_s, u"b"_s, u"c"_s}, .amounts = {50, 100, 0}});
    bool isWellFormed = false;
    const QStringList elements = elementsOf(svg, &isWellFormed);
    QVERIFY2(isWellFormed, svg.constData());
    QCOMPARE(elements.count(u"rect"_s), 3);
    QVERIFY(svg.contains("height=\"100\"")); // the tallest takes the room there is: 160 - 36 - 24
    QVERIFY(svg.contains("height=\"50\""));
    QVERIFY(svg.contains("height=\"0\""));
}

void DocumentTest::anEmptyChartIsAChart()
{
    bool isWellFormed = false;
    elementsOf(chartSvg({.title = u"none"_s, .labels = {}, .amounts = {}}), &isWellFormed);
    QVERIFY(isWellFormed);
    elementsOf(chartSvg({.title = u"zero"_s, .labels = {u"a"_s}, .amounts = {0}}), &isWellFormed);
    QVERIFY(isWellFormed);
}

QTEST_GUILESS_MAIN(DocumentTest)
#include "tst_document.moc"
