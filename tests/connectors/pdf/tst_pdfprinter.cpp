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

namespace {

/// What a reader of the printed document gets; empty when anything fails.
QString readBack(const Document& document)
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"report.pdf"_s);
    if (const Status printed = printPdf(document, file); !printed) {
        qWarning("%s", qPrintable(printed.error().detail));
        return {};
    }
    QProcess reader;
    reader.start(u"pdftotext"_s, {u"-layout"_s, file, u"-"_s});
    if (!reader.waitForStarted() || !reader.waitForFinished() || reader.exitCode() != 0) {
        qWarning("pdftotext (poppler-utils) does not run");
        return {};
    }
    return QString::fromUtf8(reader.readAllStandardOutput());
}

} // namespace

class PdfPrinterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void textComesBackWhole();
    void nothingIsLostSilently_data();
    void nothingIsLostSilently();
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
    const QString text = readBack(document);
    QVERIFY(text.contains(u"Weekly dead-letter report"_s));
    QVERIFY(text.contains(u"2026-11-01 to 2026-11-30, GiB-Day"_s)); // hyphens between digits and capitals too
    for (int row = 1; row <= 120; ++row)
        QVERIFY2(text.contains(QString::number(row * 1000)), qPrintable(QString::number(row)));
    QVERIFY(text.contains(u"<b>Söhne</b>"_s)); // shown, not obeyed
    QVERIFY(text.count(u'\f') >= 3);           // pages
}

void PdfPrinterTest::nothingIsLostSilently_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("printed");
    const auto row = [](const char* what, const QString& name) { QTest::newRow(what) << name << name; };
    row("Latin with marks", u"übung-Größe"_s);
    row("Chinese", u"支付团队"_s);
    row("Japanese", u"übung 日本"_s);
    row("Korean", u"결제팀"_s);
    row("Russian", u"Платежи"_s);
    row("Greek", u"πληρωμές"_s);
    QTest::newRow("what no font has") << u"team \U0010FFFD x"_s << u"team \\u{10FFFD} x"_s;
    QTest::newRow("for private use") << u"\uE7F9-team"_s << u"\\u{E7F9}-team"_s;
}

void PdfPrinterTest::nothingIsLostSilently()
{
    QFETCH(QString, name);
    QFETCH(QString, printed);
    Document document{.title = u"Report of "_s + name, .blocks = {}};
    document.blocks.emplace_back(Table{.columns = {{u"Team"_s}, {u"Cost"_s, true}}, .rows = {{name, u"12.50"_s}}});
    const QString text = readBack(document);
    QVERIFY2(text.count(printed) >= 3, qPrintable(text)); // title, row and footer
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
