// SPDX-License-Identifier: GPL-3.0-or-later
// The bill for people and for spreadsheets. The workbook is opened and reckoned again by LibreOffice.
#include "model/base/csvreader.h"
#include "model/cost/costreport.h"
#include "model/report/costdocument.h"
#include "model/report/costworkbook.h"
#include "tests/model/cost/costcases.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::report;
using namespace spillway::test;

namespace {

const QString hostile = u"=cmd|' /C calc'!A0"_s;

CostBill someBill(const std::optional<DayRange>& range)
{
    PricingProfile profile = cloudProfile();
    profile.effectiveFrom = QDate(2026, 1, 1);
    profile.source = u"invoice of <October>"_s;
    profile.prices[componentIndex(CostComponent::Storage)].capacityBytes = std::int64_t{1} << 40;
    const Catalog catalog(
        {},
        {costEvent(u"order.created"_s, 150'000, 1200, 7, u"order-team"_s, {u"payment-team"_s, QString()}),
         costEvent(u"page.viewed"_s, 50'000'000, 5120, 3, hostile, {u"analytics-team"_s})},
        {});
    const auto bill = costBill(catalog, profile, {.range = range});
    return bill ? *bill : CostBill();
}

const DayRange twoDays{QDate(2026, 11, 1), QDate(2026, 11, 2), u"Europe/Berlin"_s};
const CostOccasion occasion{.workspace = u"shop & co"_s, .madeAt = utcFromMs(1'795'000'000'000)};

using Sheet = std::vector<QStringList>;
Sheet readSheet(const QString& name)
{
    QFile file(name);
    Sheet sheet;
    if (!file.open(QIODevice::ReadOnly))
        return sheet;
    CsvReader reader(file);
    while (reader.readRecord()) {
        QStringList row;
        for (const CsvField& field : reader.fields())
            row += QString::fromUtf8(field.bytes);
        sheet.push_back(row);
    }
    return sheet;
}

/// Has LibreOffice open the workbook, reckon everything again and write each sheet as CSV.
QString convert(const QString& workbook, const QString& folder)
{
    const QString profile = folder + u"/profile"_s;
    if (!QDir().mkpath(profile + u"/user"_s))
        return u"no folder"_s;
    QFile settings(profile + u"/user/registrymodifications.xcu"_s);
    const QByteArray always =
        R"(<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" )"
        R"(xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
        R"(<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">)"
        R"(<value>0</value></prop></item></oor:items>)";
    if (!settings.open(QIODevice::WriteOnly) || settings.write(always) != always.size())
        return u"no settings"_s;
    settings.close();
    QProcess office;
    office.start(u"soffice"_s, {u"-env:UserInstallation=file://"_s + profile, u"--headless"_s, u"--convert-to"_s,
                                u"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"_s,
                                u"--outdir"_s, folder, workbook});
    if (!office.waitForStarted())
        return u"soffice is missing (libreoffice-calc-nogui)"_s;
    return office.waitForFinished(100'000) && office.exitCode() == 0 ? QString()
                                                                     : QString::fromUtf8(office.readAllStandardError());
}

std::int64_t micros(const QString& number)
{
    return qRound64(number.toDouble() * 1e6);
}

} // namespace

class CostDocumentTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itPrintsWhatItRestsOn();
    void itsTablesAddUp();
    void whatCostsMostHasColumnAndColour();
    void mostlyIdleIsSaidFirst();
    void theHtmlIsWellFormedAndShowsWhatStrangersWrote();
    void chartsAreWellFormed_data();
    void chartsAreWellFormed();
    void libreOfficeReckonsTheSameNumbers_data();
    void libreOfficeReckonsTheSameNumbers();
    void aFolderThatIsNotThereIsNamed();
    void amountsForPeople_data();
    void amountsForPeople();
};

void CostDocumentTest::itPrintsWhatItRestsOn()
{
    const QString html = QString::fromUtf8(writeHtml(costDocument(someBill(twoDays), occasion)));
    for (const QString& fact :
         {u"2026-11-01 to 2026-11-02, 2 days"_s, u"Europe/Berlin"_s, u"cloud, rates from 2026-01-01"_s,
          u"invoice of &lt;October&gt;"_s, u"none: an estimate, no invoice was imported"_s, u"policy profile"_s,
          u"declared"_s, u"EUR"_s, u"Cost by day and team"_s, u"2026-11-18 "_s, u"shop &amp; co"_s})
        QVERIFY2(html.contains(fact), qPrintable(fact));
}

void CostDocumentTest::itsTablesAddUp()
{
    const CostBill bill = someBill(twoDays);
    int tables = 0;
    for (const Block& block : costDocument(bill, occasion).blocks) {
        const auto* table = std::get_if<Table>(&block);
        if (!table || table->rows.back()[0] != u"Total"_s)
            continue;
        ++tables;
        for (const QStringList& row : table->rows)
            QCOMPARE(row.size(), static_cast<qsizetype>(table->columns.size()));
        // Each cell is rounded for itself to four decimals.
        for (std::size_t column = 1; column < table->columns.size(); ++column) {
            bool isNumber = false;
            const double total = table->rows.back()[static_cast<qsizetype>(column)].toDouble(&isNumber);
            if (!isNumber)
                continue;
            double sum = 0;
            for (std::size_t row = 0; row + 1 < table->rows.size(); ++row)
                sum += table->rows[row][static_cast<qsizetype>(column)].toDouble();
            QVERIFY(std::abs(sum - total) <= 0.0001 * static_cast<double>(table->rows.size()));
        }
    }
    QCOMPARE(tables, 3);
}

/// The rates' order is nobody's question: of thirteen components the five dearest are shown, the rest is one.
void CostDocumentTest::whatCostsMostHasColumnAndColour()
{
    const CostBill bill = someBill(twoDays);
    const CostReport report = reportOf(bill);
    std::vector<CostComponent> components(costComponents.begin(), costComponents.end());
    std::stable_sort(components.begin(), components.end(), [&](CostComponent a, CostComponent b) {
        return report.total.of(a).micros > report.total.of(b).micros;
    });
    QStringList dearest;
    for (std::size_t c = 0; c < 5; ++c)
        dearest += costComponentWord(components[c]).replace(u'_', u' ');
    const report::Document document = costDocument(bill, occasion);
    bool isTableSeen = false;
    bool isChartSeen = false;
    for (const Block& block : document.blocks) {
        if (const auto* table = std::get_if<Table>(&block); table && table->columns.front().title == u"Team") {
            isTableSeen = true;
            for (qsizetype c = 0; c < dearest.size(); ++c)
                QCOMPARE(table->columns[static_cast<std::size_t>(c) + 1].title, dearest[c]);
            QCOMPARE(table->columns[6].title, u"other"_s);
        }
        if (const auto* chart = std::get_if<StackedChart>(&block);
            chart && chart->title == u"Cost by team and component") {
            isChartSeen = true;
            QCOMPARE(chart->parts, dearest + QStringList{u"other"_s});
            double sum = 0;
            for (const auto& amounts : chart->amounts) {
                for (const double amount : amounts)
                    sum += amount;
            }
            QVERIFY(std::abs(sum - static_cast<double>(report.total.total.micros) / 1e6) < 1e-3);
        }
    }
    QVERIFY(isTableSeen && isChartSeen);
}

void CostDocumentTest::mostlyIdleIsSaidFirst()
{
    PricingProfile profile = cloudProfile();
    profile.prices[componentIndex(CostComponent::Storage)].capacityBytes = std::int64_t{1} << 50;
    const Catalog catalog({}, {costEvent(u"e"_s, 1000, 100, 1, u"p"_s, {u"c"_s})}, {});
    const CostBill bill = costBill(catalog, profile).value();
    const QString html = QString::fromUtf8(writeHtml(costDocument(bill, occasion)));
    QVERIFY2(html.contains(u" % of that is idle capacity; of the teams "_s), qPrintable(html.left(3000)));
}

void CostDocumentTest::theHtmlIsWellFormedAndShowsWhatStrangersWrote()
{
    const QByteArray html = writeHtml(costDocument(someBill(twoDays), occasion));
    QVERIFY(!html.contains("<script"));
    QVERIFY(!html.contains("http://") || html.contains("http://www.w3.org/2000/svg"));
    QVERIFY(html.contains(hostile.toHtmlEscaped().toUtf8()));
    QVERIFY(html.count("<svg") == 3);
    QVERIFY(QString::fromUtf8(writeMarkdown(costDocument(someBill(twoDays), occasion)))
                .contains(u"Cost by day and team, EUR"_s));
}

void CostDocumentTest::chartsAreWellFormed_data()
{
    QTest::addColumn<QStringList>("labels");
    QTest::addColumn<QStringList>("parts");
    QTest::addColumn<double>("amount");
    const QStringList seven{u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s, u"f"_s, u"<g>&"_s};
    QTest::newRow("no bars") << QStringList{} << QStringList{} << 0.0;
    QTest::newRow("nothing costs anything") << seven << seven << 0.0;
    QTest::newRow("seven parts") << seven << seven << 1234.5;
    QTest::newRow("amounts of eight digits") << seven << seven << 12'345'678.0;
    QTest::newRow("amounts of twelve digits") << seven << seven << 123'456'789'012.0;
    QTest::newRow("tiny amounts") << seven << seven << 0.0000012;
    QTest::newRow("below zero") << seven << seven << -5.0;
}

void CostDocumentTest::chartsAreWellFormed()
{
    QFETCH(QStringList, labels);
    QFETCH(QStringList, parts);
    QFETCH(double, amount);
    const std::vector<double> amounts(static_cast<std::size_t>(labels.size()), amount);
    const QByteArray svg =
        stackedSvg({.title = u"<title>"_s,
                    .unit = u"EUR"_s,
                    .labels = labels,
                    .parts = parts,
                    .amounts = std::vector<std::vector<double>>(static_cast<std::size_t>(parts.size()), amounts)});
    QXmlStreamReader xml(svg);
    int bars = 0;
    while (!xml.atEnd()) {
        const bool isElement = xml.readNext() == QXmlStreamReader::StartElement;
        if (isElement && xml.name() == u"text" && xml.attributes().value(u"text-anchor"_s) == u"end") {
            const double end = xml.attributes().value(u"x"_s).toDouble();
            const QString words = xml.readElementText();
            QVERIFY2(end - 6.4 * static_cast<double>(words.size()) >= 0 || words.startsWith(u"0.0000"),
                     qPrintable(words));
        } else if (isElement && xml.name() == u"rect") {
            ++bars;
            const double y = xml.attributes().value(u"y"_s).toDouble();
            const double tall = xml.attributes().value(u"height"_s).toDouble();
            QVERIFY(tall > 0 && y >= 0 && y + tall <= 220);
        }
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(bars, static_cast<int>(parts.size() + (amount > 0 ? parts.size() * labels.size() : 0)));
}

void CostDocumentTest::libreOfficeReckonsTheSameNumbers_data()
{
    QTest::addColumn<bool>("hasRange");
    QTest::newRow("two days") << true;
    QTest::newRow("one day at the catalog's volumes") << false;
}

void CostDocumentTest::libreOfficeReckonsTheSameNumbers()
{
    QFETCH(bool, hasRange);
    const CostBill bill = someBill(hasRange ? std::optional(twoDays) : std::nullopt);
    const CostReport report = reportOf(bill);
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"cost.xlsx"_s);
    const Status written = writeCostWorkbook(bill, occasion, file);
    QVERIFY2(written, qPrintable(written ? QString() : written.error().detail));
    const QString fault = convert(file, folder.path());
    QVERIFY2(fault.isEmpty(), qPrintable(fault));

    // Summary: the sums are formulas, reckoned by LibreOffice.
    const Sheet summary = readSheet(folder.filePath(u"cost-Summary.csv"_s));
    QVERIFY(summary.size() > 5);
    const QStringList& total = summary.back();
    QCOMPARE(total.first(), u"total"_s);
    QCOMPARE(micros(total.last()), bill.totals.total.micros);
    int teams = 0;
    for (const QStringList& row : summary) {
        for (const CostRow& team : report.teams) {
            if (row.first() != team.team)
                continue;
            ++teams;
            QCOMPARE(micros(row.last()), team.total.micros);
        }
    }
    QCOMPARE(teams, static_cast<int>(report.teams.size()));

    // Lines: flat, complete, typed.
    const Sheet lines = readSheet(folder.filePath(u"cost-Lines.csv"_s));
    QVERIFY(lines.size() > 20);
    QCOMPARE(lines[0].size(), 15);
    const qsizetype amountAt = lines[0].indexOf(u"amount"_s);
    const qsizetype unitAt = lines[0].indexOf(u"unit"_s);
    const qsizetype basisAt = lines[0].indexOf(u"basis"_s);
    std::int64_t all = 0;
    bool hasHostile = false;
    for (std::size_t row = 1; row < lines.size(); ++row) {
        all += micros(lines[row][amountAt]);
        QVERIFY(!lines[row][unitAt].isEmpty() && !lines[row][basisAt].isEmpty());
        QCOMPARE(lines[row][0].isEmpty(), !hasRange);
        hasHostile = hasHostile || lines[row].contains(hostile); // a text, not a formula
    }
    QCOMPARE(all, bill.totals.total.micros);
    QVERIFY(hasHostile);

    const Sheet basis = readSheet(folder.filePath(u"cost-Basis.csv"_s));
    QStringList facts;
    for (const QStringList& row : basis)
        facts += row.first();
    for (const QString& fact : {u"Period"_s, u"Time zone"_s, u"Pricing profile"_s, u"Calibration"_s, u"Currency"_s})
        QVERIFY2(facts.contains(fact), qPrintable(fact));
}

void CostDocumentTest::aFolderThatIsNotThereIsNamed()
{
    const Status written = writeCostWorkbook(someBill(twoDays), occasion, u"/nowhere/cost.xlsx"_s);
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Unreachable);
    QVERIFY(written.error().detail.contains(u"/nowhere/cost.xlsx"_s));
}

void CostDocumentTest::amountsForPeople_data()
{
    QTest::addColumn<qint64>("micros");
    QTest::addColumn<QString>("text");
    QTest::newRow("small ones keep four decimals") << qint64{12'345} << u"0.0123 EUR"_s;
    QTest::newRow("thousands are told apart") << qint64{1'234'567'000'000} << u"1 234 567.00 EUR"_s;
    QTest::newRow("below zero") << qint64{-5'000'000} << u"−5.00 EUR"_s;
    QTest::newRow("nothing") << qint64{0} << u"0.00 EUR"_s;
}

void CostDocumentTest::amountsForPeople()
{
    QFETCH(qint64, micros);
    QFETCH(QString, text);
    QString shown = amountText(Money{micros}, u"EUR"_s);
    shown.replace(QChar(QChar::Nbsp), u' ').replace(QChar(0x2009), u' ');
    QCOMPARE(shown, text);
}

QTEST_GUILESS_MAIN(CostDocumentTest)
#include "tst_costdocument.moc"
