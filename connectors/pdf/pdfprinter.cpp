// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/pdf/pdfprinter.h"

#include "model/base/wholefile.h"

#include <QAbstractTextDocumentLayout>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgRenderer>
#include <QTextDocument>
#include <QUrl>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int chartScale = 3;        // a chart's pixels on paper
constexpr double pixelsPerInch = 96; // the style sheet's
constexpr int footerPixels = 28;

/// Charts as the pictures that `ChartForm::Image` names.
void addCharts(QTextDocument& text, const report::Document& document)
{
    int number = 0;
    for (const QByteArray& chart : report::chartSvgs(document)) {
        QSvgRenderer renderer(chart);
        QImage image(renderer.defaultSize() * chartScale, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::white);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        image.setDevicePixelRatio(chartScale);
        text.addResource(QTextDocument::ImageResource, QUrl(u"chart-%1.svg"_s.arg(number++)), image);
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
    addCharts(text, document);
    text.setHtml(QString::fromUtf8(report::writeHtml(document, report::ChartForm::Image)));
    const double scale = printer.resolution() / pixelsPerInch;
    const QSizeF page(printer.width() / scale, printer.height() / scale);
    const QSizeF body(page.width(), page.height() - footerPixels);
    text.setDocumentMargin(0);
    text.setPageSize(body);

    QPainter painter(&printer);
    painter.scale(scale, scale);
    QFont footer = text.defaultFont();
    footer.setPixelSize(11);
    const int pages = text.pageCount();
    for (int number = 0; number < pages; ++number) {
        if (number > 0)
            printer.newPage();
        painter.save();
        painter.translate(0, -number * body.height());
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = QRectF(0, number * body.height(), body.width(), body.height());
        painter.setClipRect(context.clip);
        text.documentLayout()->draw(&painter, context);
        painter.restore();
        painter.setFont(footer);
        painter.setPen(QColor(0x56, 0x62, 0x73));
        painter.drawText(QRectF(0, body.height() + 8, page.width(), footerPixels - 8), Qt::AlignRight | Qt::AlignTop,
                         u"%1 / %2"_s.arg(number + 1).arg(pages));
        painter.drawText(QRectF(0, body.height() + 8, page.width(), footerPixels - 8), Qt::AlignLeft | Qt::AlignTop,
                         document.title);
    }
    painter.end();
    return out.commit();
}

} // namespace spillway
