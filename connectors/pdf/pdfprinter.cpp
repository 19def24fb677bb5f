// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/pdf/pdfprinter.h"

#include "model/base/wholefile.h"

#include <QAbstractTextDocumentLayout>
#include <QFontMetrics>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgRenderer>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextTable>
#include <QUrl>

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int chartScale = 3;        // a chart's pixels on paper
constexpr double pixelsPerInch = 96; // the style sheet's
constexpr int footerPixels = 28;

/// A character that no font of this machine draws would leave nothing on the paper: its number stands there instead.
/// Strangers choose such characters, in names of teams and topics.
class DrawnText
{
public:
    explicit DrawnText(const QFont& font)
        : m_metrics(font)
    {
    }

    /// The same text, marked up or plain.
    QString of(const QString& text)
    {
        QString drawn;
        for (const char32_t character : text.toUcs4()) {
            if (isDrawn(character))
                drawn += QString::fromUcs4(&character, 1);
            else
                drawn += u"\\u{%1}"_s.arg(QString::number(character, 16).toUpper());
        }
        return drawn;
    }

private:
    bool isDrawn(char32_t character)
    {
        if (character < 0x80)
            return true;
        const auto [known, isNew] = m_known.try_emplace(character, false);
        if (isNew)
            known->second = QChar::isSpace(character) || QChar::isMark(character) || m_metrics.inFontUcs4(character);
        return known->second;
    }

    QFontMetrics m_metrics; // of the font and all that stand in for it
    std::map<char32_t, bool> m_known;
};

/// Charts as the pictures that `ChartForm::Image` names.
void addCharts(QTextDocument& text, const report::Document& document, DrawnText& drawn)
{
    int number = 0;
    for (const QByteArray& chart : report::chartSvgs(document)) {
        QSvgRenderer renderer(drawn.of(QString::fromUtf8(chart)).toUtf8());
        QImage image(renderer.defaultSize() * chartScale, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::white);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        image.setDevicePixelRatio(chartScale);
        text.addResource(QTextDocument::ImageResource, QUrl(u"chart-%1.svg"_s.arg(number++)), image);
    }
}

/// A cell's words stay on one line where they are short, so that no name is broken in its middle, and no row over the
/// edge of a page. What is longer may take several lines.
void keepRowsWhole(QTextDocument& text)
{
    constexpr int longest = 28;
    for (QTextBlock block = text.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        if (cursor.currentTable() == nullptr || block.length() > longest + 1)
            continue;
        QTextBlockFormat format;
        format.setNonBreakableLines(true);
        cursor.mergeBlockFormat(format);
    }
}

} // namespace

Status printPdf(const report::Document& document, const QString& file)
{
    WholeFile out(file);
    if (const Status opened = out.open(); !opened)
        return opened;
    QPdfWriter printer(&out.device());
    printer.setPageSize(QPageSize(QPageSize::A4));
    printer.setPageMargins(QMarginsF(18, 18, 18, 14), QPageLayout::Millimeter);
    printer.setTitle(document.title);
    printer.setCreator(u"Spillway " SPILLWAY_VERSION ""_s);
    printer.setResolution(static_cast<int>(pixelsPerInch * 4));

    QTextDocument text;
    // Shaping would put other glyphs for some characters (Inter's hyphen between digits), and who copies from the paper
    // would not get the characters back.
    QFont plain = text.defaultFont();
    plain.setStyleStrategy(QFont::PreferNoShaping);
    text.setDefaultFont(plain);
    QFont body(QStringList{u"Inter"_s, u"Segoe UI"_s, u"sans-serif"_s}); // the style sheet's
    body.setStyleStrategy(QFont::PreferNoShaping);
    DrawnText drawn(body);
    addCharts(text, document, drawn);
    text.setHtml(drawn.of(QString::fromUtf8(report::writeHtml(document, report::ChartForm::Image))));
    keepRowsWhole(text);
    const QString title = drawn.of(document.title);
    const double scale = printer.resolution() / pixelsPerInch;
    const QSizeF page(printer.width() / scale, printer.height() / scale);
    const QSizeF paper(page.width(), page.height() - footerPixels);
    text.setDocumentMargin(0);
    text.setPageSize(paper);

    QPainter painter(&printer);
    painter.scale(scale, scale);
    QFont footer = text.defaultFont();
    footer.setPixelSize(11);
    const int pages = text.pageCount();
    for (int number = 0; number < pages; ++number) {
        if (number > 0)
            printer.newPage();
        painter.save();
        painter.translate(0, -number * paper.height());
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = QRectF(0, number * paper.height(), paper.width(), paper.height());
        painter.setClipRect(context.clip);
        text.documentLayout()->draw(&painter, context);
        painter.restore();
        painter.setFont(footer);
        painter.setPen(QColor(0x56, 0x62, 0x73));
        painter.drawText(QRectF(0, paper.height() + 8, page.width(), footerPixels - 8), Qt::AlignRight | Qt::AlignTop,
                         u"%1 / %2"_s.arg(number + 1).arg(pages));
        painter.drawText(QRectF(0, paper.height() + 8, page.width(), footerPixels - 8), Qt::AlignLeft | Qt::AlignTop,
                         title);
    }
    painter.end();
    return out.commit();
}

} // namespace spillway
