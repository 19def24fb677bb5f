// SPDX-License-Identifier: GPL-3.0-or-later
// Our own FOCUS files: they add up to the bill, and keep the standard by our judgement and by the Foundation's.
#include "model/base/csvreader.h"
#include "model/focus/focusjudge.h"
#include "model/focus/focuswriter.h"
#include "tests/model/cost/costcases.h"
#include "tests/model/focus/foundation.h"

#include <QBuffer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <set>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

CostBill billOf(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
{
    const auto bill = costBill(catalog, profile, options);
    return bill ? *bill : CostBill();
}

/// Three events; one consumer without a team, storage that is not used.
CostBill someBill(const QString& zone = u"UTC"_s, AllocationPolicy policy = AllocationPolicy::Profile)
{
    PricingProfile profile = cloudProfile();
    profile.prices[componentIndex(CostComponent::Storage)].capacityBytes = std::int64_t{1} << 40;
    const Catalog catalog(
        {},
        {costEvent(u"order.created"_s, 150'000, 1200, 7, u"order"_s, {u"payment"_s, u"재고\u202E 팀"_s, QString()}),
         costEvent(u"order, \"cancelled\""_s, 8'000, 800, 7, u"order"_s, {u"payment"_s}),
         costEvent(u"page.viewed"_s, 50'000'000, 5120, 3, u"=cmd|' /C calc'!A0"_s, {u"=cmd|' /C calc'!A0"_s})},
        {});
    return billOf(catalog, profile,
                  {.range = DayRange{QDate(2026, 10, 24), QDate(2026, 10, 26), zone}, .policy = policy});
}

QByteArray written(const CostBill& bill, FocusVersion version)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const Status status =
        writeFocus(buffer, bill, {.version = version, .workspace = u"shop"_s, .today = QDate(2026, 11, 26)});
    return status ? buffer.data() : QByteArray();
}

using Cells = std::map<QByteArray, QByteArray>;
std::vector<Cells> read(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    CsvReader reader(buffer);
    std::vector<QByteArray> names;
    std::vector<Cells> rows;
    while (reader.readRecord()) {
        if (names.empty()) {
            for (const CsvField& field : reader.fields())
                names.push_back(field.bytes.toByteArray());
            continue;
        }
        Cells row;
        for (std::size_t i = 0; i < names.size(); ++i)
            row[names[i]] = reader.fields()[i].bytes.toByteArray();
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Six decimals, exactly.
std::int64_t micros(QByteArray text)
{
    return text.replace(".", "").toLongLong();
}

} // namespace

class FocusWriterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theRowsOfADayAddUpToIt_data();
    void theRowsOfADayAddUpToIt();
    void aRowPerDayEventTeamRoleAndComponent();
    void noEstimateIsOnAnInvoice();
    void itKeepsTheStandard_data();
    void itKeepsTheStandard();
    void randomBillsKeepTheStandard();
    void descriptionsHoldNoNames();
    void aRowNamesItsOwnProfile();
    void aBillWithoutDaysIsToday();
    void fromOneThreeOnRowsAreSplitsOfOneOrigin();
    void theMetadataNameEveryColumn_data();
    void theMetadataNameEveryColumn();
    void theFoundationsValidatorPassesIt();
    void anotherJudgeKnowsTheVersion_data();
    void anotherJudgeKnowsTheVersion();
    void anotherJudgePassesOneFour();
    void fromOneThreeToOneFourTwoColumnsGo();
};

void FocusWriterTest::theRowsOfADayAddUpToIt_data()
{
    QTest::addColumn<FocusVersion>("version");
    QTest::addColumn<QString>("zone");
    for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_3, FocusVersion::V1_4}) {
        for (const QString& zone : {u"UTC"_s, u"Europe/Berlin"_s, u"Asia/Kathmandu"_s})
            QTest::addRow("%s, days of %s", qPrintable(focusVersionWord(version)), qPrintable(zone)) << version << zone;
    }
}

void FocusWriterTest::theRowsOfADayAddUpToIt()
{
    QFETCH(FocusVersion, version);
    QFETCH(QString, zone);
    const CostBill bill = someBill(zone);
    QVERIFY(bill.totals.total.micros > 0);
    std::map<QByteArray, std::int64_t> days;
    std::int64_t all = 0;
    for (Cells& row : read(written(bill, version))) {
        days[row["ChargePeriodStart"]] += micros(row["BilledCost"]);
        all += micros(row["EffectiveCost"]);
        QCOMPARE(row["BilledCost"], row["ListCost"]);
        QCOMPARE(row["BilledCost"], row["ContractedCost"]);
    }
    QCOMPARE(all, bill.totals.total.micros);
    const auto utc = utcDays(bill);
    QCOMPARE(days.size(), utc.size());
    for (const auto& [first, end] : utc) {
        std::int64_t expected = 0;
        for (const CostDayLine& line : dayLines(bill, first, end))
            expected += line.amount.micros;
        const QByteArray day = bill.slices[static_cast<std::size_t>(first)].utcDay().toString(Qt::ISODate).toLatin1();
        QCOMPARE(days[day + "T00:00:00Z"], expected);
    }
}

void FocusWriterTest::aRowPerDayEventTeamRoleAndComponent()
{
    for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_4}) {
        std::set<std::vector<QByteArray>> keys;
        const std::vector<Cells> rows = read(written(someBill(), version));
        for (Cells row : rows)
            keys.insert(
                {row["ChargePeriodStart"], row["x_EventType"], row["x_Team"], row["x_Role"], row["x_Component"]});
        QVERIFY(rows.size() > 50);
        QCOMPARE(keys.size(), rows.size());
    }
}

void FocusWriterTest::noEstimateIsOnAnInvoice()
{
    for (Cells& row : read(written(someBill(), FocusVersion::V1_2)))
        QVERIFY(row["InvoiceId"].isEmpty());
    for (Cells& row : read(written(someBill(), FocusVersion::V1_4)))
        QVERIFY(row["InvoiceId"].isEmpty() && row["InvoiceDetailId"].isEmpty());
}

void FocusWriterTest::itKeepsTheStandard_data()
{
    theRowsOfADayAddUpToIt_data();
}

void FocusWriterTest::itKeepsTheStandard()
{
    QFETCH(FocusVersion, version);
    QFETCH(QString, zone);
    QByteArray bytes = written(someBill(zone), version);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    const auto report = judgeFocus(buffer, std::nullopt); // the version is told from the columns
    QVERIFY(report);
    QCOMPARE(report->version, version);
    QVERIFY2(report->findings.empty(), qPrintable(focusReportText(*report, u"ours"_s)));
    QVERIFY(report->rows > 50);
}

void FocusWriterTest::randomBillsKeepTheStandard()
{
    QRandomGenerator random(20'261'126);
    for (int run = 0; run < 6; ++run) {
        const Catalog catalog = randomCatalog(random);
        const PricingProfile profile = randomProfile(random);
        for (const AllocationPolicy policy : allocationPolicies) {
            const CostBill bill = billOf(
                catalog, profile,
                {.range = DayRange{QDate(2026, 3, 28), QDate(2026, 3, 29), u"Europe/Berlin"_s}, .policy = policy});
            for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_3}) {
                QByteArray bytes = written(bill, version);
                std::int64_t all = 0;
                for (Cells& row : read(bytes))
                    all += micros(row["BilledCost"]);
                QCOMPARE(all, bill.totals.total.micros);
                QBuffer buffer(&bytes);
                buffer.open(QIODevice::ReadOnly);
                const auto report = judgeFocus(buffer, version);
                QVERIFY2(report && report->errors == 0, qPrintable(focusReportText(*report, QString::number(run))));
            }
        }
    }
}

/// Which are of any script; and nothing of them turns a line round.
void FocusWriterTest::descriptionsHoldNoNames()
{
    for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_4}) {
        const QByteArray bytes = written(someBill(), version);
        QVERIFY(!bytes.contains(u"\u202E"_s.toUtf8()));
        QVERIFY(bytes.contains(u"재고\\u{202E} 팀"_s.toUtf8()));
        for (Cells& row : read(bytes)) {
            const QByteArray& description = row["ChargeDescription"];
            QVERIFY(!description.isEmpty());
            QVERIFY2(!description.contains("order") && !description.contains("payment"), description.constData());
            QVERIFY2(std::all_of(description.begin(), description.end(), [](char c) { return c >= ' ' && c < 127; }),
                     description.constData());
            QVERIFY(!QJsonDocument::fromJson(row["Tags"]).object().isEmpty());
        }
    }
}

void FocusWriterTest::aRowNamesItsOwnProfile()
{
    CostBill bill = someBill();
    PricingProfile other = cloudProfile();
    other.name = u"other"_s;
    const Catalog catalog({}, {costEvent(u"elsewhere"_s, 1'000'000, 100, 1, u"order"_s, {})}, {});
    mergeBill(bill, billOf(catalog, other, {.range = bill.range}));
    std::set<QByteArray> names;
    for (Cells& row : read(written(bill, FocusVersion::V1_2))) {
        names.insert(row["x_PricingProfile"]);
        QVERIFY(row["SkuId"].startsWith(row["x_PricingProfile"] + ':'));
        if (row["x_EventType"] == "elsewhere")
            QCOMPARE(row["x_PricingProfile"], QByteArray("other"));
    }
    QCOMPARE(names, (std::set<QByteArray>{"cloud", "other"}));
}

void FocusWriterTest::aBillWithoutDaysIsToday()
{
    CostBill bill = someBill();
    bill = billOf(Catalog({}, {costEvent(u"a"_s, 1000, 1000, 7, u"team"_s, {})}, {}), seedProfile(), {});
    std::int64_t all = 0;
    for (Cells& row : read(written(bill, FocusVersion::V1_2))) {
        QCOMPARE(row["ChargePeriodStart"], QByteArray("2026-11-26T00:00:00Z"));
        QCOMPARE(row["ChargePeriodEnd"], QByteArray("2026-11-27T00:00:00Z"));
        QCOMPARE(row["BillingPeriodStart"], QByteArray("2026-11-01T00:00:00Z"));
        QCOMPARE(row["BillingPeriodEnd"], QByteArray("2026-12-01T00:00:00Z"));
        all += micros(row["BilledCost"]);
    }
    QCOMPARE(all, bill.totals.total.micros);
}

void FocusWriterTest::fromOneThreeOnRowsAreSplitsOfOneOrigin()
{
    std::map<std::vector<QByteArray>, std::pair<std::int64_t, std::set<QByteArray>>> origins;
    for (Cells row : read(written(someBill(), FocusVersion::V1_3))) {
        if (row["AllocatedMethodId"].isEmpty()) {
            QVERIFY(row["x_Role"] == "idle" || row["x_EventType"].isEmpty());
            continue;
        }
        QCOMPARE(row["AllocatedMethodId"], QByteArray("spillway:profile"));
        const QJsonObject details = QJsonDocument::fromJson(row["AllocatedMethodDetails"]).object();
        const QJsonObject element = details[u"Elements"].toArray()[0].toObject();
        const auto at = row["AllocatedMethodDetails"].indexOf("AllocatedRatio\":") + 16;
        const QByteArray ratio = row["AllocatedMethodDetails"].mid(at, 11);
        QCOMPARE(element[u"UsageUnit"].toString().toUtf8(), row["PricingUnit"]);
        auto& [sum, tags] = origins[{row["ChargePeriodStart"], row["x_EventType"], row["x_Component"]}];
        sum += QByteArray(ratio).replace(".", "").toLongLong();
        tags.insert(row["Tags"]);
        if (row["x_Team"].isEmpty())
            QVERIFY(row["AllocatedResourceId"].isEmpty());
        else
            QVERIFY(row["AllocatedResourceId"].startsWith(row["x_Team"]));
    }
    QVERIFY(!origins.empty());
    for (const auto& [key, origin] : origins) {
        QCOMPARE(origin.first, 1'000'000'000);
        QCOMPARE(origin.second.size(), std::size_t{1}); // the origin's, not the team's
    }
}

void FocusWriterTest::theMetadataNameEveryColumn_data()
{
    QTest::addColumn<FocusVersion>("version");
    for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_3, FocusVersion::V1_4})
        QTest::addRow("%s", qPrintable(focusVersionWord(version))) << version;
}

void FocusWriterTest::theMetadataNameEveryColumn()
{
    QFETCH(FocusVersion, version);
    const CostBill bill = someBill();
    const FocusExport what{.version = version, .workspace = u"shop"_s, .today = QDate(2026, 11, 26)};
    const QJsonObject metadata =
        QJsonDocument::fromJson(focusMetadata(bill, what, utcFromMs(1'795'000'000'000))).object();
    QCOMPARE(metadata[u"FocusVersion"].toString(), focusVersionWord(version));
    QVERIFY(!metadata[u"SchemaId"].toString().isEmpty());
    QCOMPARE(metadata[u"DataGenerator"].toString(), u"Spillway"_s);
    QByteArrayList names;
    for (const auto& column : metadata[u"ColumnDefinition"].toArray()) {
        names += column.toObject()[u"ColumnName"].toString().toLatin1();
        QVERIFY(!column.toObject()[u"DataType"].toString().isEmpty());
    }
    QCOMPARE(names.join(','), written(bill, version).split('\r')[0]);
    QCOMPARE(metadata.contains(u"DatasetInstance"), version >= FocusVersion::V1_3);
    QCOMPARE(metadata.contains(u"Recency"), version >= FocusVersion::V1_3);
}

void FocusWriterTest::theFoundationsValidatorPassesIt()
{
    const QTemporaryDir folder;
    const QString name = folder.filePath(u"ours.csv"_s);
    QFile file(name);
    const QByteArray bytes = written(someBill(u"Europe/Berlin"_s), FocusVersion::V1_2);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    const FoundationVerdict verdict = askFoundation(name);
    QVERIFY2(verdict.failure.isEmpty(), qPrintable(verdict.failure));
    QVERIFY(verdict.rules > 500);
    QVERIFY2(verdict.failed.isEmpty(), qPrintable(QStringList(verdict.failed.values()).join(u' ')));
}

namespace {

/// A file of these bytes in the folder.
QString writtenTo(const QTemporaryDir& folder, const QByteArray& bytes)
{
    QFile file(folder.filePath(u"ours.csv"_s));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    return file.fileName();
}

} // namespace

void FocusWriterTest::anotherJudgeKnowsTheVersion_data()
{
    QTest::addColumn<FocusVersion>("version");
    for (const FocusVersion version : {FocusVersion::V1_2, FocusVersion::V1_3, FocusVersion::V1_4})
        QTest::newRow(qPrintable(focusVersionWord(version))) << version;
}

void FocusWriterTest::anotherJudgeKnowsTheVersion()
{
    QFETCH(FocusVersion, version);
    const QTemporaryDir folder;
    const QString told = askToolkit(u"detect"_s, writtenTo(folder, written(someBill(u"Europe/Berlin"_s), version)));
    QVERIFY2(told.contains(u"dataset=Cost and Usage version=%1 "_s.arg(focusVersionWord(version))), qPrintable(told));
    QVERIFY2(!told.contains(u"unknown:"_s), qPrintable(told));
}

void FocusWriterTest::anotherJudgePassesOneFour()
{
    const QTemporaryDir folder;
    const CostBill bill = someBill(u"Europe/Berlin"_s);
    const QByteArray good = written(bill, FocusVersion::V1_4);
    const QString passed = askToolkit(u"validate"_s, writtenTo(folder, good));
    QVERIFY2(passed.contains(u"ours.csv: structural+semantic lint OK"_s), qPrintable(passed));
    // It does not pass everything.
    QByteArray wrong = good;
    wrong.replace(',' + bill.currency.toLatin1() + ',', ",EURO,");
    QVERIFY(wrong != good);
    const QString refused = askToolkit(u"validate"_s, writtenTo(folder, wrong));
    QVERIFY2(refused.contains(u" violation(s)"_s), qPrintable(refused));
}

void FocusWriterTest::fromOneThreeToOneFourTwoColumnsGo()
{
    const QTemporaryDir folder;
    const QString told = askToolkit(u"validate"_s, writtenTo(folder, written(someBill(u"UTC"_s), FocusVersion::V1_3)));
    QVERIFY2(told.contains(u"ours.csv: 2 violation(s)"_s), qPrintable(told));
    QVERIFY(told.contains(u"ProviderName is not a FOCUS 1.4"_s) &&
            told.contains(u"PublisherName is not a FOCUS 1.4"_s));
}

QTEST_GUILESS_MAIN(FocusWriterTest)
#include "tst_focuswriter.moc"
