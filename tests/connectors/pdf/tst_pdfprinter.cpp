// SPDX-License-Identifier: GPL-3.0-or-later
// What is printed is read back by somebody else's program (pdftotext of poppler).
#include "connectors/pdf/pdfprinter.h"

#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::report;

class PdfPrinterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void textComesBackWhole();
    void aFolderThatIsNotThereIsNamed();
};

void PdfPrinterTest::textComesBackWhole()
{
    Document document{.title = u"Weekly dead-letter report"_s, .blocks = {}};
    document.blocks.emplace_back(BarChart{.title = u"Arrived"_s, .labels = {u"11-26"_s}, .amounts = {42}});
    document.blocks.emplace_back(Paragraph{u"2026-11-01 to 2026-11-30, GiB-Day"_s});
    Table table{.columns = {{u"Group"_s}, {u"Open"_s, true}}, .rows = {}};
    for (int row = 1; row <= 120; ++row)
        table.rows.push_back({u"Müller & <b>Söhne</b> %1"_s.arg(row), QString::number(row * 1000)});
    document.blocks.emplace_back(std::move(table));
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"report.pdf"_s);
    const Status printed = printPdf(document, file);
    QVERIFY2(printed, qPrintable(printed ? QString() : printed.error().detail));

    QProcess reader;
    reader.start(u"pdftotext"_s, {u"-layout"_s, file, u"-"_s});
    QVERIFY2(reader.waitForStarted(), "pdftotext is missing (poppler-utils)");
    QVERIFY(reader.waitForFinished());
    QCOMPARE(reader.exitCode(), 0);
    const QString text = QString::fromUtf8(reader.readAllStandardOutput());
    QVERIFY(text.contains(u"Weekly dead-letter report"_s));
    QVERIFY(text.contains(u"2026-11-01 to 2026-11-30, GiB-Day"_s)); // hyphens between digits and capitals too
    for (int row = 1; row <= 120; ++row)
        QVERIFY2(text.contains(QString::number(row * 1000)), qPrintable(QString::number(row)));
    QVERIFY(text.contains(u"<b>Söhne</b>"_s)); // shown, not obeyed
    QVERIFY(text.count(u'\f') >= 3);           // pages
}

void PdfPrinterTest::aFolderThatIsNotThereIsNamed()
{
    const Status printed = printPdf({.title = u"x"_s, .blocks = {}}, u"/nowhere/report.pdf"_s);
    QVERIFY(!printed);
    QCOMPARE(printed.error().code, ErrorCode::Unreachable);
    QVERIFY(printed.error().detail.contains(u"/nowhere/report.pdf"_s));
}

QTEST_MAIN(PdfPrinterTest)
#include "tst_pdfprinter.moc"
