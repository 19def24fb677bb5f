// SPDX-License-Identifier: GPL-3.0-or-later
// `cost --format … --out …` as a timer calls it: every format, one after the other, the same numbers in each.
#include "tests/app/ctl/ctl.h"
#include "tests/model/focus/focusfile.h"
#include "tests/support/folders.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QStringList twoDays{u"--from"_s, u"2026-11-01"_s, u"--to"_s, u"2026-11-02"_s};

void writeArticle(const Scene& scene)
{
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: schemas/_meta/ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
    for (const QString& name : {u"schemas/_meta/ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QFile file(spillway::test::sourceFile(u"tests/data/article/"_s) + name);
        EXPECT(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        scene.write(name, file.readAll());
    }
}

} // namespace

class CostFilesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ourFocusFileIsClean_data();
    void ourFocusFileIsClean();
    void oneFocusDayIsTheDaysTotal();
    void thePdfIsReadBack();
    void theHtmlStandsAlone();
    void theEndingSaysTheFormat_data();
    void theEndingSaysTheFormat();
    void aSecondRunReplacesTheFileWhole();
    void aFileThatCannotBeWrittenIsExitThree_data();
    void aFileThatCannotBeWrittenIsExitThree();
    void noTerminalGetsBytes_data();
    void noTerminalGetsBytes();
    void aPipeGetsThem();
};

void CostFilesTest::ourFocusFileIsClean_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("version");
    QTest::newRow("1.2 by default") << u"focus"_s << u"1.2"_s;
    QTest::newRow("1.3") << u"focus-1.3"_s << u"1.3"_s;
    QTest::newRow("1.4") << u"focus-1.4"_s << u"1.4"_s;
}

void CostFilesTest::ourFocusFileIsClean()
{
    QFETCH(QString, format);
    QFETCH(QString, version);
    const Scene scene;
    writeArticle(scene);
    const CtlOutput made =
        scene.ctl(QStringList{u"cost"_s, u"--format"_s, format, u"--out"_s, scene.path(u"cost.csv"_s)} + twoDays);
    EXPECT_EXIT(made, 0);
    QVERIFY(made.out.isEmpty());
    const CtlOutput judged = scene.bare(
        {u"cost"_s, u"validate"_s, u"cost.csv"_s, u"--focus-version"_s, version, u"--json"_s}, scene.folder());
    EXPECT_EXIT(judged, 0);
    QCOMPARE(judged.array().size(), 0);
    const QJsonObject metadata = QJsonDocument::fromJson(scene.read(u"cost.metadata.json"_s)).object();
    QCOMPARE(metadata[u"FocusVersion"].toString(), version);
    // On stdout it is the same file.
    const CtlOutput printed = scene.ctl(QStringList{u"cost"_s, u"--format"_s, format} + twoDays);
    EXPECT_EXIT(printed, 0);
    QCOMPARE(printed.out, scene.read(u"cost.csv"_s));
}

void CostFilesTest::oneFocusDayIsTheDaysTotal()
{
    const Scene scene;
    writeArticle(scene);
    const QStringList day{u"--from"_s, u"2026-11-01"_s, u"--to"_s, u"2026-11-01"_s};
    const CtlOutput focus = scene.ctl(QStringList{u"cost"_s, u"--format"_s, u"focus"_s} + day);
    EXPECT_EXIT(focus, 0);
    const double total = scene.ctl(QStringList{u"cost"_s, u"--json"_s} + day).object()[u"total"].toDouble();
    qint64 micros = 0;
    int rows = 0;
    for (const QByteArray& line : focus.out.split('\n').mid(1)) {
        if (line.isEmpty())
            continue;
        ++rows;
        micros += line.first(line.indexOf(',')).replace(".", "").toLongLong(); // BilledCost is the first column
    }
    EXPECT(focus.out.startsWith("BilledCost,"), focus.out.left(80));
    QVERIFY(rows > 20);
    QCOMPARE(micros, qRound64(total * 1e6));
    QCOMPARE(QString::number(static_cast<double>(micros) / 1e6, 'f', 4), u"0.9005"_s); // the article's
}

void CostFilesTest::thePdfIsReadBack()
{
    const Scene scene;
    writeArticle(scene);
    const QString file = scene.path(u"cost.pdf"_s);
    const CtlOutput made = scene.ctl(QStringList{u"cost"_s, u"--format"_s, u"pdf"_s, u"--out"_s, file} + twoDays);
    EXPECT_EXIT(made, 0);
    QProcess reader;
    reader.start(u"pdftotext"_s, {u"-layout"_s, file, u"-"_s});
    QVERIFY2(reader.waitForStarted(), "pdftotext is missing (poppler-utils)");
    QVERIFY(reader.waitForFinished());
    const QString text = QString::fromUtf8(reader.readAllStandardOutput());
    // Twice the article's table; names are whole, each row on a line of its own.
    for (const QString& row : {u"payment-team\\s+0\\.2430\\s+0\\.0174\\s+0\\.1580\\s+0\\.0400\\s+0\\.4584"_s,
                               u"Total\\s+1\\.0127\\s+0\\.0723\\s+0\\.5160\\s+0\\.2000\\s+1\\.8010"_s,
                               u"Period\\s+2026-11-01 to 2026-11-02, 2 days"_s, u"Time zone\\s+UTC"_s,
                               u"Pricing profile\\s+seed"_s, u"Calibration\\s+none"_s})
        EXPECT(text.contains(QRegularExpression(row)), text.toUtf8() + row.toUtf8());
}

void CostFilesTest::theHtmlStandsAlone()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput made = scene.ctl(QStringList{u"cost"_s, u"--format"_s, u"html"_s} + twoDays);
    EXPECT_EXIT(made, 0);
    EXPECT(made.out.startsWith("<!DOCTYPE html>"), made.told());
    QVERIFY(made.out.contains("<svg") && made.out.contains("payment-team") && made.out.contains("0.4584"));
    QVERIFY(!made.out.contains("<script") && !made.out.contains("<link") && !made.out.contains("<img"));
}

void CostFilesTest::theEndingSaysTheFormat_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("a workbook") << u"cost.xlsx"_s << QByteArray("PK");
    QTest::newRow("paper") << u"cost.pdf"_s << QByteArray("%PDF");
    QTest::newRow("a page") << u"cost.html"_s << QByteArray("<!DOCTYPE");
    QTest::newRow("a table") << u"cost.csv"_s << QByteArray("kind,team,");
    QTest::newRow("a document") << u"cost.json"_s << QByteArray("{\"currency\"");
}

void CostFilesTest::theEndingSaysTheFormat()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, begins);
    const Scene scene;
    writeArticle(scene);
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"--out"_s, scene.path(name)}), 0);
    EXPECT(scene.read(name).startsWith(begins), scene.read(name).left(80));
    // Nothing is left beside it.
    QCOMPARE(QDir(scene.folder()).entryList({u"*spillway-*"_s, u"cost.*"_s}, QDir::AllEntries | QDir::Hidden),
             QStringList{name});
}

void CostFilesTest::aSecondRunReplacesTheFileWhole()
{
    const Scene scene;
    writeArticle(scene);
    const QStringList arguments =
        QStringList{u"cost"_s, u"--format"_s, u"focus-1.4"_s, u"--out"_s, scene.path(u"f.csv"_s)} + twoDays;
    scene.write(u"f.csv"_s, QByteArray(10'000'000, 'x'));
    EXPECT_EXIT(scene.ctl(arguments), 0);
    const QByteArray first = scene.read(u"f.csv"_s);
    QVERIFY(!first.contains('x') || first.size() < 1'000'000);
    EXPECT_EXIT(scene.ctl(arguments), 0);
    QCOMPARE(scene.read(u"f.csv"_s), first);
}

void CostFilesTest::aFileThatCannotBeWrittenIsExitThree_data()
{
    QTest::addColumn<QString>("format");
    for (const char* format : {"text", "json", "csv", "xlsx", "focus", "focus-1.4", "pdf", "html"})
        QTest::newRow(format) << QString::fromLatin1(format);
}

void CostFilesTest::aFileThatCannotBeWrittenIsExitThree()
{
    QFETCH(QString, format);
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl({u"cost"_s, u"--format"_s, format, u"--out"_s, u"/nowhere/at/all.x"_s});
    EXPECT_EXIT(output, 3);
    EXPECT(output.err.contains("/nowhere/at/all"), output.told());
}

void CostFilesTest::noTerminalGetsBytes_data()
{
    QTest::addColumn<QString>("format");
    QTest::newRow("a workbook") << u"xlsx"_s;
    QTest::newRow("paper") << u"pdf"_s;
}

void CostFilesTest::noTerminalGetsBytes()
{
    QFETCH(QString, format);
    const Scene scene;
    writeArticle(scene);
    // util-linux' script gives the program a terminal of its own.
    QProcess terminal;
    terminal.setWorkingDirectory(scene.folder());
    terminal.start(u"script"_s, {u"-qec"_s, u"'%1' cost --format %2"_s.arg(buildFile(u"bin/spillwayctl"_s), format),
                                 u"/dev/null"_s});
    QVERIFY2(terminal.waitForStarted(), "script is missing (bsdutils)");
    QVERIFY(terminal.waitForFinished());
    QCOMPARE(terminal.exitCode(), 2);
    QVERIFY(terminal.readAllStandardOutput().contains("--out"));
}

void CostFilesTest::aPipeGetsThem()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput paper = scene.ctl({u"cost"_s, u"--format"_s, u"pdf"_s});
    EXPECT_EXIT(paper, 0);
    QVERIFY(paper.out.startsWith("%PDF") && paper.out.trimmed().endsWith("%%EOF"));
    const CtlOutput book = scene.ctl({u"cost"_s, u"--format"_s, u"xlsx"_s});
    EXPECT_EXIT(book, 0);
    QVERIFY(book.out.startsWith("PK"));
}

CTL_TEST_MAIN(CostFilesTest)
#include "tst_ctl_costfiles.moc"
