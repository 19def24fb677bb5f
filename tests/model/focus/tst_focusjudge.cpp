// SPDX-License-Identifier: GPL-3.0-or-later
// Anyone's FOCUS file: what is right passes, what is wrong is named by its requirement and its place.
#include "model/focus/focusjudge.h"
#include "model/focus/focusvalue.h"
#include "tests/model/focus/focusfile.h"

#include <QBuffer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

FocusReport judged(QByteArray bytes, std::optional<FocusVersion> version = std::nullopt)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    const auto report = judgeFocus(buffer, version);
    return report.value_or(FocusReport{});
}

QString listed(const FocusReport& report)
{
    QStringList all;
    for (const FocusFinding& finding : report.findings)
        all += finding.rule;
    return all.join(u' ');
}

} // namespace

class FocusJudgeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theTableIsWhole();
    void aGoodFileHasNoFinding_data();
    void aGoodFileHasNoFinding();
    void aWrongCellIsNamedByItsRequirement_data();
    void aWrongCellIsNamedByItsRequirement();
    void aMissingColumnIsNamed_data();
    void aMissingColumnIsNamed();
    void aWrongHeaderIsNamed_data();
    void aWrongHeaderIsNamed();
    void theVersionIsToldFromTheColumns_data();
    void theVersionIsToldFromTheColumns();
    void allocatedRatiosAddUpToOne();
    void eachValueGoesWithOnePartner();
    void manyBrokenRowsAreCountedAndFewListed();
    void whatIsNoCsvIsAFinding_data();
    void whatIsNoCsvIsAFinding();
    void textAndJsonSayTheSame();
    void numbersAsTheStandardWritesThem_data();
    void numbersAsTheStandardWritesThem();
    void unitsAsTheStandardWritesThem_data();
    void unitsAsTheStandardWritesThem();
};

void FocusJudgeTest::theTableIsWhole()
{
    QSet<QByteArray> columns;
    for (const FocusRule& rule : focusRules()) {
        if (rule.demand == FocusDemand::Present)
            columns += rule.column;
    }
    QCOMPARE(columns.size(), 67);
    for (const FocusRule& rule : focusRules()) {
        QVERIFY2(columns.contains(rule.column), qPrintable(rule.id));
        for (const FocusCondition& condition : rule.conditions) {
            QVERIFY2(columns.contains(condition.column), qPrintable(rule.id));
            QVERIFY(!condition.values.isEmpty() || columns.contains(condition.otherColumn));
        }
        if (rule.demand == FocusDemand::Product || rule.demand == FocusDemand::After ||
            rule.demand == FocusDemand::OneEach) {
            for (const QByteArray& word : rule.words)
                QVERIFY2(columns.contains(word), qPrintable(rule.id));
        }
    }
    // As the standard counts its mandatory columns.
    const auto mandatory = [](FocusVersion version) {
        return std::count_if(focusRules().begin(), focusRules().end(), [&](const FocusRule& rule) {
            return rule.demand == FocusDemand::Present && rule.level == u"mandatory" && rule.isIn(version);
        });
    };
    QCOMPARE(mandatory(FocusVersion::V1_0), 21);
    QCOMPARE(mandatory(FocusVersion::V1_2), 21);
    QCOMPARE(mandatory(FocusVersion::V1_3), 23);
    QCOMPARE(mandatory(FocusVersion::V1_4), 21);
}

void FocusJudgeTest::aGoodFileHasNoFinding_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const FocusFile good = goodFocusFile();
    QTest::newRow("as it is") << good.bytes();
    QTest::newRow("with a byte-order mark") << "\xEF\xBB\xBF" + good.bytes();
    QTest::newRow("with line feeds alone") << good.bytes().replace("\r\n", "\n");
    QTest::newRow("without a last line end") << good.bytes().chopped(2);
    FocusFile nulls = good;
    nulls.rows[0]["InvoiceId"] = "NULL";
    QTest::newRow("NULL is null") << nulls.bytes();
    FocusFile tax = good;
    for (const char* column :
         {"ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit"})
        tax.rows[0][column] = "";
    tax.rows[0]["ChargeCategory"] = "Tax";
    QTest::newRow("a tax has no price") << tax.bytes();
    FocusFile rounded = good;
    rounded.rows[0]["ListUnitPrice"] = "0.333333333";
    rounded.rows[0]["ListCost"] = "4.17";
    QTest::newRow("a cost is its product, rounded as it is written") << rounded.bytes();
    FocusFile scientific = good;
    scientific.rows[0]["BilledCost"] = "-1.25E-3";
    QTest::newRow("a number with an exponent") << scientific.bytes();
    FocusFile newer = good;
    newer.add("ServiceProviderName", "Platform team");
    newer.add("HostProviderName", "Not Applicable");
    newer.columns.removeAll("x_EventType");
    QTest::newRow("1.3 has two providers more") << newer.bytes();
    newer.drop("ProviderName");
    newer.drop("PublisherName");
    QTest::newRow("1.4 has the old two no more") << newer.bytes();
}

void FocusJudgeTest::aGoodFileHasNoFinding()
{
    QFETCH(QByteArray, bytes);
    const FocusReport report = judged(bytes);
    QCOMPARE(focusReportText(report, u"f"_s).count(u'\n'), 1);
    QCOMPARE(report.rows, 1);
    QCOMPARE(report.errors, 0);
}

void FocusJudgeTest::aWrongCellIsNamedByItsRequirement_data()
{
    QTest::addColumn<QByteArray>("column");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("rule");
    const auto row = [](const char* name, const char* column, const char* value, const char* rule) {
        QTest::newRow(name) << QByteArray(column) << QByteArray(value) << QString::fromLatin1(rule);
    };
    row("a cost that is no number", "BilledCost", "abc", "BilledCost-C-001-M");
    row("a cost with a thousands separator", "BilledCost", "1,200.50", "BilledCost-C-002-M");
    row("a cost with a currency sign", "BilledCost", "$1.25", "BilledCost-C-002-M");
    row("a cost with a plus", "EffectiveCost", "+1.25", "EffectiveCost-C-002-M");
    row("a cost as infinity", "ListCost", "inf", "ListCost-C-001-M");
    row("no cost", "ContractedCost", "", "ContractedCost-C-003-M");
    row("no account", "BillingAccountId", "", "BillingAccountId-C-001-M");
    row("a word for a currency", "BillingCurrency", "Euro", "BillingCurrency-C-003-M");
    row("a currency in small letters", "BillingCurrency", "eur", "BillingCurrency-C-003-M");
    row("a day for an instant", "ChargePeriodStart", "2026-11-01", "ChargePeriodStart-C-002-M");
    row("an instant with an offset", "ChargePeriodStart", "2026-11-01T00:00:00+01:00", "ChargePeriodStart-C-002-M");
    row("an instant with a blank", "BillingPeriodStart", "2026-11-01 00:00:00Z", "BillingPeriodStart-C-002-M");
    row("a day that does not exist", "ChargePeriodStart", "2026-02-30T00:00:00Z", "ChargePeriodStart-C-002-M");
    row("an end before its start", "ChargePeriodEnd", "2026-11-01T00:00:00Z", "ChargePeriodEnd-order");
    row("a month that ends as it begins", "BillingPeriodEnd", "2026-11-01T00:00:00Z", "BillingPeriodEnd-order");
    row("a category of one's own", "ChargeCategory", "Storage", "ChargeCategory-C-003-M");
    row("a class other than Correction", "ChargeClass", "Refund", "ChargeClass-C-005-C");
    row("no quantity for a use", "PricingQuantity", "", "PricingQuantity-C-005-C");
    row("no unit for a quantity", "PricingUnit", "", "PricingUnit-C-006-C");
    row("a unit in small letters", "PricingUnit", "gigabytes", "PricingUnit-C-003-O");
    row("a service category of one's own", "ServiceCategory", "Messaging", "ServiceCategory-C-003-M");
    row("a subcategory of one's own", "ServiceSubcategory", "Kafka", "ServiceSubcategory-C-003-M");
    row("a subcategory of another category", "ServiceSubcategory", "Block Storage", "ServiceSubcategory-C-004-M");
    row("a frequency of one's own", "ChargeFrequency", "Daily", "ChargeFrequency-C-003-M");
    row("a cost that is not its product", "ListCost", "1.3", "ListCost-C-009-C");
    row("a price below zero", "ListUnitPrice", "-0.1", "ListUnitPrice-C-008-M");
    row("a sub account without a name", "SubAccountName", "", "SubAccountName-C-005-C");
    row("a region's name without the region", "RegionId", "", "RegionName-C-004-C");
    row("tags that are no JSON", "Tags", "team=payment", "Tags-C-001-M");
    row("tags as an array", "Tags", "[1]", "Tags-C-001-M");
    row("tags within tags", "Tags", R"({"a":{"b":1}})", "Tags-C-001-M");
    row("a tag twice", "Tags", R"({"a":1,"a":2})", "Tags-C-001-M");
    row("bytes that are no UTF-8", "ResourceName", "M\xFCller", "ResourceName-C-002-M");
    row("a word for null", "ResourceName", "N/A", "NullHandling-A-002-M");
    row("a minute of 61 seconds at midnight", "ChargePeriodStart", "2026-11-01T00:00:60Z", "ChargePeriodStart-C-002-M");
    row("only spaces", "ResourceName", "  ", "StringHandling-A-007-M");
    row("no provider", "ProviderName", "", "ProviderName-C-003-M");
}

void FocusJudgeTest::aWrongCellIsNamedByItsRequirement()
{
    QFETCH(QByteArray, column);
    QFETCH(QByteArray, value);
    QFETCH(QString, rule);
    FocusFile file = goodFocusFile();
    file.rows += file.rows[0];
    file.rows[1].insert(column, value);
    const FocusReport report = judged(file.bytes(), FocusVersion::V1_2);
    const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                    [&](const FocusFinding& finding) { return finding.rule == rule; });
    QVERIFY2(found != report.findings.end(), qPrintable(listed(report)));
    QCOMPARE(found->line, 3);
    QVERIFY(found->column.has_value());
    QVERIFY(!found->message.isEmpty());
    for (const FocusFinding& finding : report.findings)
        QCOMPARE(finding.line, 3);                // the good row above has none
    const bool isAdvice = rule.endsWith(u"-O"_s); // all others: the standard says must
    QCOMPARE(found->severity, isAdvice ? FindingSeverity::Warning : FindingSeverity::Error);
}

void FocusJudgeTest::aMissingColumnIsNamed_data()
{
    QTest::addColumn<QByteArray>("column");
    QTest::addColumn<QString>("rule");
    QTest::addColumn<FindingSeverity>("severity");
    QTest::newRow("mandatory") << QByteArray("BilledCost") << u"CostAndUsage-D-006-M"_s << FindingSeverity::Error;
    QTest::newRow("mandatory until 1.3") << QByteArray("ProviderName") << u"CostAndUsage-D-038-M"_s
                                         << FindingSeverity::Error;
    QTest::newRow("recommended") << QByteArray("ServiceSubcategory") << u"CostAndUsage-D-042-O"_s
                                 << FindingSeverity::Note;
}

void FocusJudgeTest::aMissingColumnIsNamed()
{
    QFETCH(QByteArray, column);
    QFETCH(QString, rule);
    QFETCH(FindingSeverity, severity);
    FocusFile file = goodFocusFile();
    file.drop(column);
    const FocusReport report = judged(file.bytes(), FocusVersion::V1_2);
    QCOMPARE(listed(report), rule);
    QCOMPARE(report.findings[0].severity, severity);
    QCOMPARE(report.findings[0].field, QString::fromLatin1(column));
}

void FocusJudgeTest::aWrongHeaderIsNamed_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("says");
    QTest::newRow("a column of one's own without x_")
        << QByteArray("x_EventType") << QByteArray("EventType") << u"ColumnHandling-A-010-M"_s << u"x_"_s;
    QTest::newRow("a typing error") << QByteArray("RegionName") << QByteArray("RegionNane")
                                    << u"ColumnHandling-A-010-M"_s << u"RegionName"_s;
    QTest::newRow("a column in other letters")
        << QByteArray("RegionName") << QByteArray("regionname") << u"ColumnHandling-A-001-M"_s << u"write RegionName"_s;
    QTest::newRow("a column of a later version") << QByteArray("x_EventType") << QByteArray("HostProviderName")
                                                 << u"ColumnHandling-A-010-M"_s << u"1.3 to 1.4"_s;
    QTest::newRow("a column twice") << QByteArray("x_EventType") << QByteArray("Tags") << u"Csv-header"_s << u"twice"_s;
    QTest::newRow("one's own before the standard's")
        << QByteArray("AvailabilityZone,x_EventType") << QByteArray("x_EventType,AvailabilityZone")
        << u"ColumnHandling-A-013-O"_s << u"behind"_s;
}

void FocusJudgeTest::aWrongHeaderIsNamed()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, rule);
    QFETCH(QString, says);
    const QByteArray header = goodFocusFile().bytes().split('\r')[0];
    const FocusReport report = judged(QByteArray(header).replace(from, to) + "\r\n", FocusVersion::V1_2);
    QVERIFY2(listed(report).contains(rule), qPrintable(listed(report)));
    QVERIFY2(report.findings[0].message.contains(says), qPrintable(report.findings[0].message));
    QCOMPARE(report.findings[0].line, 1);
}

void FocusJudgeTest::theVersionIsToldFromTheColumns_data()
{
    QTest::addColumn<QByteArrayList>("without");
    QTest::addColumn<QByteArrayList>("with");
    QTest::addColumn<QString>("version");
    QTest::newRow("what 1.0 had") << QByteArrayList{"InvoiceId", "ServiceSubcategory"} << QByteArrayList{} << u"1.0"_s;
    QTest::newRow("what came with 1.1") << QByteArrayList{"InvoiceId"} << QByteArrayList{} << u"1.1"_s;
    QTest::newRow("what came with 1.2") << QByteArrayList{} << QByteArrayList{} << u"1.2"_s;
    QTest::newRow("what came with 1.3") << QByteArrayList{} << QByteArrayList{"ServiceProviderName", "HostProviderName"}
                                        << u"1.3"_s;
    QTest::newRow("without what 1.4 took away")
        << QByteArrayList{"ProviderName", "PublisherName"} << QByteArrayList{"ServiceProviderName", "HostProviderName"}
        << u"1.4"_s;
    QTest::newRow("what came with 1.4") << QByteArrayList{"ProviderName", "PublisherName"}
                                        << QByteArrayList{"ServiceProviderName", "HostProviderName", "InvoiceDetailId"}
                                        << u"1.4"_s;
}

void FocusJudgeTest::theVersionIsToldFromTheColumns()
{
    QFETCH(QByteArrayList, without);
    QFETCH(QByteArrayList, with);
    QFETCH(QString, version);
    FocusFile file = goodFocusFile();
    for (const QByteArray& column : without)
        file.drop(column);
    file.drop("x_EventType");
    for (const QByteArray& column : with)
        file.add(column, column.endsWith("Name") ? "Platform team" : "");
    const FocusReport report = judged(file.bytes());
    QCOMPARE(focusVersionWord(report.version), version);
    QVERIFY(report.isVersionGuessed);
    QCOMPARE(report.errors, 0);
}

void FocusJudgeTest::allocatedRatiosAddUpToOne()
{
    FocusFile file = goodFocusFile();
    file.drop("x_EventType");
    file.add("ServiceProviderName", "Platform team");
    file.add("HostProviderName", "Platform team");
    file.add("AllocatedMethodId", "spillway:producer");
    file.add("AllocatedResourceId", "order-team");
    file.add("AllocatedMethodDetails", R"({"Elements":[{"AllocatedRatio":0.25,"UsageUnit":"GiB","UsageQuantity":1}]})");
    file.rows += file.rows[0];
    file.rows[1]["AllocatedResourceId"] = "payment-team";
    file.rows[1]["AllocatedMethodDetails"] = R"({"Elements":[{"AllocatedRatio":0.75}],"x_Note":"rest"})";
    QCOMPARE(listed(judged(file.bytes())), QString());
    file.rows[1]["AllocatedMethodDetails"] = R"({"Elements":[{"AllocatedRatio":0.74}]})";
    QCOMPARE(listed(judged(file.bytes())), u"AllocatedMethodDetails-sum"_s);
    for (const char* wrong : {"{}", "[]", R"({"Elements":[{"Ratio":1}]})", R"({"Elements":[{"AllocatedRatio":1.5}]})",
                              R"({"Elements":[{"AllocatedRatio":0.75,"UsageQuantity":1}]})",
                              R"({"Elements":[{"AllocatedRatio":0.75}],"Note":1})"}) {
        file.rows[1]["AllocatedMethodDetails"] = wrong;
        QVERIFY2(listed(judged(file.bytes())).contains(u"AllocatedMethodDetails-format"_s), wrong);
    }
    file.rows[1]["AllocatedMethodDetails"] = R"({"Elements":[{"AllocatedRatio":0.75}]})";
    file.rows[1]["AllocatedMethodId"] = "";
    QVERIFY(listed(judged(file.bytes())).contains(u"AllocatedMethodId-not-null"_s));
}

void FocusJudgeTest::eachValueGoesWithOnePartner()
{
    FocusFile file = goodFocusFile();
    file.rows += file.rows[0];
    file.rows[1]["ServiceCategory"] = "Analytics";
    file.rows[1]["ServiceSubcategory"] = "Streaming Analytics";
    const FocusReport report = judged(file.bytes());
    QVERIFY(listed(report).contains(u"ServiceName-C-005-C"_s));
    QVERIFY(report.findings.back().message.contains(u"line 2"_s));
}

void FocusJudgeTest::manyBrokenRowsAreCountedAndFewListed()
{
    FocusFile file = goodFocusFile();
    for (int i = 0; i < 999; ++i)
        file.rows += file.rows[0];
    file.add("BillingCurrency", "Euro");
    const FocusReport report = judged(file.bytes());
    QCOMPARE(report.rows, 1000);
    QCOMPARE(report.errors, 1000);
    QCOMPARE(static_cast<std::int64_t>(report.findings.size()), FocusReport::mostPlaces);
    QVERIFY(report.findings.back().message.contains(u"and 980 more"_s));
}

void FocusJudgeTest::whatIsNoCsvIsAFinding_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("rule");
    QTest::newRow("an empty file") << QByteArray() << u"Csv-header"_s;
    QTest::newRow("gzip") << QByteArray("\x1F\x8B\x08") << u"Csv-form"_s;
    QTest::newRow("semicolons") << goodFocusFile().bytes().replace(',', ';') << u"Csv-form"_s;
    QTest::newRow("a row with a field too few") << goodFocusFile().bytes() + "1,2,3\r\n" << u"Csv-fields"_s;
    QTest::newRow("a quote that is never closed") << goodFocusFile().bytes() + "\"1,2,3\r\n" << u"Csv-form"_s;
}

void FocusJudgeTest::whatIsNoCsvIsAFinding()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, rule);
    const FocusReport report = judged(bytes);
    QVERIFY2(listed(report).contains(rule), qPrintable(listed(report)));
    QVERIFY(report.errors > 0);
    if (bytes.contains(';')) // that its columns are missing would be no news
        QCOMPARE(report.errors, std::int64_t{1});
}

void FocusJudgeTest::textAndJsonSayTheSame()
{
    FocusFile file = goodFocusFile();
    file.rows[0]["BillingCurrency"] = "E\xE2\x80\xAEuro"; // a mark that turns text round
    file.drop("BilledCost");
    const FocusReport report = judged(file.bytes());
    const QString text = focusReportText(report, u"cost.csv"_s);
    QVERIFY(text.startsWith(u"cost.csv:1: error: the column BilledCost is missing"_s));
    QVERIFY(text.contains(u"[BillingCurrency-C-003-M]"_s));
    QVERIFY(!text.contains(QChar(0x202E)));
    QVERIFY(text.endsWith(u"FOCUS 1.2 by its columns, 1 row: 2 errors, 0 warnings, 0 notes\n"_s));
    const QJsonArray findings = QJsonDocument::fromJson(focusReportJson(report, u"cost.csv"_s)).array();
    QCOMPARE(findings.size(), 2);
    const QJsonObject missing = findings[0].toObject();
    QCOMPARE(missing[u"file"].toString(), u"cost.csv"_s);
    QCOMPARE(missing[u"rule"].toString(), u"CostAndUsage-D-006-M"_s);
    QCOMPARE(missing[u"severity"].toString(), u"error"_s);
    QVERIFY(missing[u"column"].isNull());
    QCOMPARE(findings[1].toObject()[u"line"].toInt(), 2);
    QCOMPARE(findings[1].toObject()[u"field"].toString(), u"BillingCurrency"_s);
}

void FocusJudgeTest::numbersAsTheStandardWritesThem_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isNumber");
    for (const char* good : {"0", "-1", "12.50", ".5", "5.", "1e3", "1.5E-7", "00012"})
        QTest::newRow(good) << QByteArray(good) << true;
    for (const char* bad :
         {"", "-", ".", "+1", "1,5", "1 000", "1e", "1e+3", "0x10", "NaN", "inf", "1/2", "1.2.3", "5%", "--1"})
        QTest::newRow(bad) << QByteArray(bad) << false;
}

void FocusJudgeTest::numbersAsTheStandardWritesThem()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isNumber);
    QCOMPARE(focusNumber(text).has_value(), isNumber);
}

void FocusJudgeTest::unitsAsTheStandardWritesThem_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isUnit");
    for (const char* good : {"GB", "GiB-Days", "Hours", "1000 Requests", "Requests/Day", "1000000 Events", "3 Months"})
        QTest::newRow(good) << QByteArray(good) << true;
    for (const char* bad : {"", "gb", "GB-", "1000", "/Day", "GB*Hours", "10Requests"})
        QTest::newRow(bad) << QByteArray(bad) << false;
}

void FocusJudgeTest::unitsAsTheStandardWritesThem()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isUnit);
    QCOMPARE(isFocusUnit(text), isUnit);
}

QTEST_GUILESS_MAIN(FocusJudgeTest)
#include "tst_focusjudge.moc"
