// SPDX-License-Identifier: GPL-3.0-or-later
// Invoices of four kinds are read alike, and a calibrated bill is the invoice to the micro-unit.
#include "model/cost/calibration.h"
#include "model/cost/costreport.h"
#include "model/cost/costwriters.h"
#include "model/cost/nnls.h"
#include "model/ledger/ledger.h"
#include "tests/model/cost/costcases.h"
#include "tests/support/manualclock.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

Invoice invoiceOf(const std::vector<InvoiceLine>& lines)
{
    return {.digest = QString(64, u'0'),
            .name = u"invoice.csv"_s,
            .format = u"plain"_s,
            .currency = u"EUR"_s,
            .profile = u"cloud"_s,
            .lines = lines,
            .importedAt = {},
            .importedBy = {}};
}

InvoiceLine october(std::optional<CostComponent> component, std::int64_t micros, bool isTotal = false)
{
    return {.first = QDate(2026, 10, 1),
            .last = QDate(2026, 10, 31),
            .component = component,
            .isTotal = isTotal,
            .label = u"charge"_s,
            .amount = Money{micros}};
}

CostBill calibrated(const Catalog& catalog, const PricingProfile& profile, const std::vector<Invoice>& invoices,
                    const DayRange& range, AllocationPolicy policy = AllocationPolicy::Profile)
{
    const auto months = invoicedMonths(invoices, profile);
    std::vector<std::vector<ComponentAmounts>> modelled;
    for (const InvoicedMonth& month : months)
        modelled.push_back(modelledByDay(
            costBill(catalog, profile, {.range = DayRange{month.first, month.last}, .cuts = calibrationCuts(months)})
                .value()));
    CostBill bill =
        costBill(catalog, profile, {.range = range, .policy = policy, .cuts = calibrationCuts(months)}).value();
    calibrate(bill, calibrateMonths(months, modelled));
    return bill;
}

} // namespace

class CalibrationTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void filesOfFourKinds_data();
    void filesOfFourKinds();
    void faultsNameTheirPlace_data();
    void faultsNameTheirPlace();
    void chargesAreOfComponents_data();
    void chargesAreOfComponents();
    void aWholeMonthIsTheInvoice();
    void factorsAndResidualAreShown();
    void theAdjustmentIsOfNoComponentOfTheProfile();
    void aPartOfAMonthIsItsPart();
    void aDayIsCalibratedAlikeInWhateverRange();
    void laterMonthsKeepTheFactors();
    void aNewRateChangesHistoryAndNotWhatWasInvoiced();
    void leastSquaresFindFactors();
    void columnsThatCannotBeToldApart();
    void totalsAreDividedByLeastSquares();
    void oneTotalIsDividedByOneFactor();
    void onlyUsageIsAComponents_data();
    void onlyUsageIsAComponents();
    void whatIsNotOfOursIsPassedOverAloud();
    void aCreditIsNoFactor_data();
    void aCreditIsNoFactor();
    void theLedgerKeepsAnInvoiceOnce();
    void whatIsRemovedDoesNotCount();
    void anIdMeansOneInvoice_data();
    void anIdMeansOneInvoice();
    void chargesThatStandThereAlreadyAreNamed_data();
    void chargesThatStandThereAlreadyAreNamed();

private:
    QString write(const QByteArray& text)
    {
        QFile file(m_folder.filePath(u"invoice"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's own file");
        return file.fileName();
    }
    QTemporaryDir m_folder;
};

void CalibrationTest::filesOfFourKinds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    QTest::newRow("plain, by day, a total and a credit")
        << QByteArray("from,to,component,amount,currency\r\n2026-10-01,2026-10-31,broker,\"500.25\",eur\r\n"
                      "2026-10-01,2026-10-31,,-3.0000005,EUR\r\n2026-10-02,2026-10-02,discount,-1,EUR\n")
        << QStringList{u"plain EUR"_s, u"2026-10-01 2026-10-31 broker broker 500.250000"_s,
                       u"2026-10-02 2026-10-02 - discount -1.000000"_s,
                       u"2026-10-01 2026-10-31 total unnamed -3.000001"_s};
    QTest::newRow("FOCUS, summed by month")
        << QByteArray("BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeDescription,SkuMeter\n"
                      "1.5,USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Kafka,KAFKA_STORAGE\n"
                      "2.5,USD,2026-10-02T00:00:00Z,2026-10-03T00:00:00Z,Kafka,KAFKA_STORAGE\n"
                      "1E-7,USD,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,Tax,\n")
        << QStringList{u"focus USD"_s, u"2026-10-01 2026-10-02 storage KAFKA_STORAGE 4.000000"_s,
                       u"2026-11-01 2026-11-01 - Tax 0.000000"_s};
    QTest::newRow("AWS CUR, only what is ours")
        << QByteArray("identity/LineItemId,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,"
                      "lineItem/UsageType,lineItem/UnblendedCost,lineItem/CurrencyCode\n"
                      "1,2026-10-31T23:00:00Z,2026-11-01T00:00:00Z,AmazonMSK,USE1-Kafka.m5.large,0.21,USD\n"
                      "2,2026-10-31T22:00:00Z,2026-10-31T23:00:00Z,AmazonMSK,USE1-Kafka.m5.large,0.21,USD\n"
                      "3,2026-10-31T22:00:00Z,2026-10-31T23:00:00Z,AmazonEC2,BoxUsage,99,USD\n")
        << QStringList{u"aws-cur USD"_s, u"2026-10-31 2026-10-31 broker USE1-Kafka.m5.large 0.420000"_s};
    QTest::newRow("Confluent's Costs API")
        << QByteArray(R"({"data":[{"line_type":"KAFKA_NETWORK_WRITE","amount":1.25,"start_date":"2026-10-01",
"end_date":"2026-10-02"},{"line_type":"SUPPORT","amount":"400","start_date":"2026-10-01","end_date":"2026-11-01"}]})")
        << QStringList{u"confluent USD"_s, u"2026-10-01 2026-10-01 ingress KAFKA_NETWORK_WRITE 1.250000"_s,
                       u"2026-10-01 2026-10-31 fixed SUPPORT 400.000000"_s};
}

void CalibrationTest::filesOfFourKinds()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const auto checked = readInvoice(write(text));
    for (const FileIssue& issue : checked.issues)
        qInfo() << issue.toString();
    QVERIFY(checked.value);
    QStringList got{checked.value->format + u' ' + checked.value->currency};
    for (const InvoiceLine& line : checked.value->lines)
        got += u"%1 %2 %3 %4 %5"_s.arg(line.first.toString(Qt::ISODate), line.last.toString(Qt::ISODate),
                                       line.isTotal     ? u"total"_s
                                       : line.component ? costComponentWord(*line.component)
                                                        : u"-"_s,
                                       line.label, formatMoney(line.amount, 6));
    QCOMPARE(got, lines);
    QCOMPARE(invoiceFromBody(invoiceBody(*checked.value)).value(), *checked.value);
}

void CalibrationTest::faultsNameTheirPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("faults");
    QTest::newRow("nothing of an invoice")
        << QByteArray("a,b\n1,2\n") << QStringList{u"1:1: the first line names no columns of an invoice"_s};
    QTest::newRow("every fault at once")
        << QByteArray("from,to,component,amount,currency\nyesterday,2026-10-02,broker,1,EUR\n"
                      "2026-10-01,2026-10-02,\"a,\nb\",12,00 EUR,EUR\n2026-10-01,2026-10-01,broker,1,USD\n")
        << QStringList{u"2:1: 'yesterday' is not a day"_s, u"4:7: the currency is '00 EUR', in the lines before"_s,
                       u"5:32: the currency is 'USD', in the lines before it was 'EUR'"_s};
    QTest::newRow("an amount in words") << QByteArray("day,amount,currency\n2026-10-01,much,EUR\n")
                                        << QStringList{u"2:12: 'much' is not an amount"_s};
    QTest::newRow("a quote that is never closed")
        << QByteArray("day,amount,currency\n2026-10-01,\"12,EUR\n2026-10-02,1,EUR\n")
        << QStringList{u"2:12: a quoted field is never closed"_s};
    QTest::newRow("a charge that ends before it begins")
        << QByteArray("from,to,component,amount,currency\n2026-10-31,2026-10-01,broker,10,EUR\n")
        << QStringList{u"2:12: the charge ends on 2026-10-01, before it begins on 2026-10-31"_s};
    QTest::newRow("the same in Confluent's answer")
        << QByteArray(
               R"({"data":[{"line_type":"KAFKA_BASE","amount":1,"start_date":"2026-10-02","end_date":"2026-10-01"}]})")
        << QStringList{u"1:1: entry 1 of 'data' ends before it begins"_s};
    QTest::newRow("an estimate of our own")
        << QByteArray("BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,x_PricingProfile\n"
                      "1,EUR,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,house\n")
        << QStringList{u"1:62: this is an estimate that Spillway wrote"_s};
    QTest::newRow("half a JSON") << QByteArray("{\"data\":\n[{]") << QStringList{u"2:"_s};
    QTest::newRow("no charges") << QByteArray("day,amount,currency\n") << QStringList{u"1:1: there are no charges"_s};
}

void CalibrationTest::faultsNameTheirPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, faults);
    const QString file = write(text);
    const auto checked = readInvoice(file);
    QVERIFY(!checked.value);
    QStringList got;
    for (const FileIssue& issue : checked.issues)
        got += issue.toString().remove(file + u':');
    QCOMPARE(got.size(), faults.size());
    for (qsizetype i = 0; i < faults.size(); ++i)
        QVERIFY2(got[i].startsWith(faults[i]), qPrintable(got[i]));
}

void CalibrationTest::chargesAreOfComponents_data()
{
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("component");
    const auto row = [](const char* label, const char* component) {
        QTest::newRow(label) << QString::fromLatin1(label) << QString::fromLatin1(component);
    };
    row("KAFKA_NUM_CKUS", "broker");
    row("KAFKA_PARTITION", "partitions");
    row("CONNECT_NUM_TASKS", "connectors");
    row("GOVERNANCE_BASE", "registry");
    row("KAFKA_NETWORK_READ", "egress");
    row("USE1-DataTransfer-Regional-Bytes", "cross_zone");
    row("EUC1-Kafka.Storage.GP2", "storage");
    row("USE1-KafkaServerless-PartitionHours", "partitions");
    row("USE1-Kafka.TieredStorage", "tiered_storage");
    row("crossZone", "cross_zone");
    row("Tax", "");
}

void CalibrationTest::chargesAreOfComponents()
{
    QFETCH(QString, label);
    QFETCH(QString, component);
    const auto found = componentOfCharge(label);
    QCOMPARE(found ? costComponentWord(*found) : QString(), component);
}

/// Whatever is invoiced, under whichever policy: rows, idle, unattributed and the adjustment are the invoice.
void CalibrationTest::aWholeMonthIsTheInvoice()
{
    QRandomGenerator random(1031);
    for (int round = 0; round < 40; ++round) {
        const Catalog catalog = randomCatalog(random);
        PricingProfile profile = randomProfile(random);
        if (random.bounded(2) == 0) { // rates that change within the month
            PricingProfile changed = profile;
            changed.effectiveFrom = QDate(2026, 10, random.bounded(2, 31));
            changed.prices[0].rate = Rate{random.bounded(1, 1000), 3};
            profile.changes = {changed};
        }
        std::vector<InvoiceLine> lines;
        std::int64_t sum = 0;
        for (const CostComponent component : costComponents) {
            if (random.bounded(3) == 0)
                continue;
            lines.push_back(october(component, random.bounded(2'000'000'000)));
            sum += lines.back().amount.micros;
        }
        lines.push_back(october(std::nullopt, random.bounded(1'000'000)));
        sum += lines.back().amount.micros;
        for (const AllocationPolicy policy : allocationPolicies) {
            const CostBill bill = calibrated(catalog, profile, {invoiceOf(lines)},
                                             DayRange{QDate(2026, 10, 1), QDate(2026, 10, 31)}, policy);
            QCOMPARE(bill.totals.total.micros, sum);
            QCOMPARE(totalsOf(bill.lines), bill.totals);
            std::int64_t days = 0;
            for (const auto& [first, end] : utcDays(bill)) {
                for (const CostDayLine& line : dayLines(bill, first, end))
                    days += line.amount.micros;
            }
            QCOMPARE(days, sum);
        }
    }
}

void CalibrationTest::factorsAndResidualAreShown()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    PricingProfile profile = seedProfile();
    profile.name = u"cloud"_s;
    profile.currency = u"EUR"_s;
    // modelled: compute 0.50 a day for one consumer, 15.50 in October
    const CostBill bill = calibrated(
        catalog, profile,
        {invoiceOf({october(CostComponent::Compute, 31'000'000), october(CostComponent::Storage, 100'000'000),
                    october(CostComponent::Broker, 7'000'000)})},
        DayRange{QDate(2026, 10, 1), QDate(2026, 10, 31)});
    QCOMPARE(bill.totals.components[componentIndex(CostComponent::Compute)], Money{31'000'000});
    QCOMPARE(bill.totals.total, Money{138'000'000});
    const auto& calibrations = bill.segments.front().calibrations;
    const auto compute = std::find_if(calibrations.begin(), calibrations.end(), [](const CostCalibration& one) {
        return one.component == CostComponent::Compute;
    });
    QVERIFY(compute != calibrations.end());
    QCOMPARE(compute->factor, 2.0);
    QCOMPARE(compute->modelled, Money{15'500'000});
    // brokers are invoiced and not modelled; network and registry are modelled and not invoiced
    const Money modelledOnly = Money{bill.totals.components[componentIndex(CostComponent::Network)].micros +
                                     bill.totals.components[componentIndex(CostComponent::Registry)].micros};
    QCOMPARE(bill.totals.adjustment, Money{7'000'000 - modelledOnly.micros});
}

/// Not in the column of a component that was invoiced at another amount, and not measured.
void CalibrationTest::theAdjustmentIsOfNoComponentOfTheProfile()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    const CostBill bill = calibrated(
        catalog, cloudProfile(),
        {invoiceOf({october(CostComponent::Fixed, 80'000'000), october(CostComponent::Broker, 500'000'000)})},
        DayRange{QDate(2026, 10, 1), QDate(2026, 10, 31)});
    QVERIFY(bill.totals.adjustment.micros < 0); // less than modelled
    const CostReport report = reportOf(bill);
    QCOMPARE(report.total.of(CostComponent::Fixed), Money{80'000'000});
    QCOMPARE(report.total.of(CostComponent::Broker), Money{500'000'000});
    QCOMPARE(report.total.of(CostComponent::Adjustment), bill.totals.adjustment);
    QCOMPARE(report.adjustment.of(CostComponent::Adjustment), report.adjustment.total);
    const DayRange range{QDate(2026, 10, 1), QDate(2026, 10, 31)};
    QCOMPARE(report.basis.volumes, costReport(catalog, cloudProfile(), {.range = range}).value().basis.volumes);
    QCOMPARE(report.basis.byBasis[static_cast<std::size_t>(QuantityBasis::Measured)], Money{});
    QCOMPARE(report.basis.byBasis[static_cast<std::size_t>(QuantityBasis::Invoiced)], bill.totals.adjustment);
    const QString csv = QString::fromUtf8(costAsCsv(report));
    QVERIFY2(csv.section(u"\r\n"_s, 0, 0).contains(u",fixed,adjustment,total,"_s), qPrintable(csv));
    const QJsonObject json = QJsonDocument::fromJson(costAsJson(report)).object();
    QVERIFY(!json[u"teams"_s][0].toObject().contains(u"adjustment"_s));
    QVERIFY(json[u"basis"_s][u"amounts"_s][u"invoiced"_s].toDouble() < 0);
}

void CalibrationTest::aPartOfAMonthIsItsPart()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    const std::vector<Invoice> invoices{
        invoiceOf({october(CostComponent::Compute, 31'000'000), october(std::nullopt, 3'100'000)})};
    PricingProfile profile = cloudProfile();
    for (const CostComponent component : costComponents) {
        if (component != CostComponent::Compute)
            profile.prices[componentIndex(component)].rate = {};
    }
    const CostBill first = calibrated(catalog, profile, invoices, DayRange{QDate(2026, 10, 1), QDate(2026, 10, 10)});
    QVERIFY(std::abs(first.totals.total.micros - 11'000'000) < 5);
    const CostBill around = calibrated(catalog, profile, invoices, DayRange{QDate(2026, 9, 30), QDate(2026, 10, 31)});
    QCOMPARE(around.totals.total, Money{34'100'000 + 500'000}); // the last of September as modelled
}

/// Of the month, of the month after it, and over its end; whatever changes in it.
void CalibrationTest::aDayIsCalibratedAlikeInWhateverRange()
{
    QRandomGenerator random(45);
    for (int round = 0; round < 15; ++round) {
        const Catalog catalog = randomCatalog(random);
        PricingProfile profile = randomProfile(random);
        PricingProfile changed = profile;
        changed.effectiveFrom = QDate(2026, 10, random.bounded(2, 31));
        changed.prices[0].rate = Rate{random.bounded(1, 1000), 3};
        profile.changes = {changed};
        std::vector<InvoiceLine> lines{october(std::nullopt, random.bounded(2) == 0 ? 1'234'567 : -7'654'321)};
        for (const CostComponent component : costComponents) {
            if (random.bounded(3) > 0)
                lines.push_back(october(component, random.bounded(2'000'000'000)));
        }
        const QDate first = QDate(2026, 9, 28).addDays(random.bounded(10));
        const DayRange range{first, QDate(2026, 11, 3)};
        const auto policy = allocationPolicies.at(static_cast<std::size_t>(round) % allocationPolicies.size());
        const CostBill bill = calibrated(catalog, profile, {invoiceOf(lines)}, range, policy);
        std::int64_t sum = 0;
        for (const auto& [from, to] : utcDays(bill)) {
            const QDate day = bill.slices[static_cast<std::size_t>(from)].utcDay();
            const CostBill alone = calibrated(catalog, profile, {invoiceOf(lines)}, DayRange{day, day}, policy);
            std::int64_t inRange = 0;
            for (const CostDayLine& line : dayLines(bill, from, to))
                inRange += line.amount.micros;
            QCOMPARE(inRange, alone.totals.total.micros);
            sum += inRange;
        }
        QCOMPARE(sum, bill.totals.total.micros);
    }
}

void CalibrationTest::laterMonthsKeepTheFactors()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    const CostBill november =
        calibrated(catalog, cloudProfile(), {invoiceOf({october(CostComponent::Compute, 31'000'000)})},
                   DayRange{QDate(2026, 11, 1), QDate(2026, 11, 2)});
    QCOMPARE(november.totals.components[componentIndex(CostComponent::Compute)], Money{2'000'000});
    QVERIFY(november.segments.front().calibrations.front().isCarriedForward);
    QCOMPARE(november.totals.adjustment, Money{});
}

void CalibrationTest::aNewRateChangesHistoryAndNotWhatWasInvoiced()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    PricingProfile profile = cloudProfile();
    const DayRange range{QDate(2026, 10, 1), QDate(2026, 10, 31)};
    const auto plain = costBill(catalog, profile, {.range = range}).value();
    profile.prices[componentIndex(CostComponent::Compute)].rate = Rate{100, 2};
    const auto dearer = costBill(catalog, profile, {.range = range}).value();
    const std::size_t compute = componentIndex(CostComponent::Compute);
    QCOMPARE(dearer.totals.components[compute].micros, 2 * plain.totals.components[compute].micros);
    const CostBill bill =
        calibrated(catalog, profile, {invoiceOf({october(CostComponent::Compute, 31'000'000)})}, range);
    QCOMPARE(bill.totals.components[compute], Money{31'000'000});
    QCOMPARE(bill.segments.front().calibrations.front().factor, 1.0);
}

void CalibrationTest::leastSquaresFindFactors()
{
    QRandomGenerator random(5);
    for (int round = 0; round < 50; ++round) {
        const std::vector<double> truth{random.bounded(3.0), 0, 0.5 + random.bounded(1.0)};
        std::vector<std::vector<double>> rows;
        std::vector<double> y;
        for (int month = 0; month < 8; ++month) {
            rows.push_back({random.bounded(1e9), random.bounded(1e9), random.bounded(1e9)});
            y.push_back(rows.back()[0] * truth[0] + rows.back()[2] * truth[2]);
        }
        const auto found = nonNegativeLeastSquares(rows, y);
        QVERIFY(found);
        for (std::size_t c = 0; c < truth.size(); ++c) {
            QVERIFY((*found)[c] >= 0);
            QVERIFY2(std::abs((*found)[c] - truth[c]) < 1e-6, qPrintable(QString::number((*found)[c])));
        }
    }
    // A negative answer would fit better: it is held at 0, and the other takes what it can.
    const auto held = nonNegativeLeastSquares({{1, 1}, {1, 2}, {1, 3}}, {3, 2, 1});
    QVERIFY(held);
    QCOMPARE((*held)[1], 0.0);
    QVERIFY(std::abs((*held)[0] - 2) < 1e-9);
}

void CalibrationTest::columnsThatCannotBeToldApart()
{
    QVERIFY(!nonNegativeLeastSquares({{1, 2}, {2, 4}, {3, 6}}, {1, 2, 3}));
    QVERIFY(!nonNegativeLeastSquares({{1, 2}}, {1}));
    QVERIFY(!nonNegativeLeastSquares({}, {}));
}

void CalibrationTest::totalsAreDividedByLeastSquares()
{
    QRandomGenerator random(77);
    std::vector<InvoicedMonth> months;
    std::vector<std::vector<ComponentAmounts>> modelled;
    for (int month = 1; month <= 8; ++month) {
        std::array<Money, costComponentCount> model{};
        model[0] = Money{random.bounded(1'000'000, 900'000'000)};
        model[2] = Money{random.bounded(1'000'000, 900'000'000)};
        InvoicedMonth invoiced;
        invoiced.first = QDate(2026, month, 1);
        invoiced.last = invoiced.first.addMonths(1).addDays(-1);
        invoiced.total = Money{2 * model[0].micros + model[2].micros / 2};
        months.push_back(invoiced);
        modelled.push_back({model});
    }
    for (const CalibratedMonth& month : calibrateMonths(months, modelled)) {
        QVERIFY(std::abs(month.billed[0]->micros - 2 * month.modelled[0].micros) <= 1);
        QVERIFY(std::abs(month.billed[2]->micros - month.modelled[2].micros / 2) <= 1);
        QCOMPARE(month.billed[0]->micros + month.billed[2]->micros + month.residual.micros,
                 month.invoiced.total->micros);
    }
}

void CalibrationTest::oneTotalIsDividedByOneFactor()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    const CostBill bill = calibrated(catalog, cloudProfile(), {invoiceOf({october(std::nullopt, 123'456'789, true)})},
                                     DayRange{QDate(2026, 10, 1), QDate(2026, 10, 31)});
    QCOMPARE(bill.totals.total, Money{123'456'789});
    QCOMPARE(bill.totals.adjustment, Money{});
    const double factor = *bill.segments.front().calibrations.front().factor;
    for (const CostCalibration& calibration : bill.segments.front().calibrations)
        QVERIFY(std::abs(*calibration.factor - factor) < 1e-5);
}

void CalibrationTest::onlyUsageIsAComponents_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<bool>("isBroker");
    QTest::newRow("usage") << u"Usage"_s << true;
    QTest::newRow("usage at a discount") << u"DiscountedUsage"_s << true;
    QTest::newRow("a fee") << u"Fee"_s << true;
    QTest::newRow("a tax") << u"Tax"_s << false;
    QTest::newRow("a credit") << u"Credit"_s << false;
    QTest::newRow("a refund") << u"Refund"_s << false;
    QTest::newRow("not said") << QString() << true;
}

void CalibrationTest::onlyUsageIsAComponents()
{
    QFETCH(QString, kind);
    QFETCH(bool, isBroker);
    const auto checked = invoiceFromText(
        "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,"
        "lineItem/UnblendedCost,lineItem/CurrencyCode\n" +
            kind.toUtf8() + ",2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,AmazonMSK,Kafka.m5.large,3.3,EUR\n",
        u"cur.csv"_s);
    QVERIFY(checked.value);
    QCOMPARE(checked.value->lines.size(), std::size_t{1});
    const InvoiceLine& line = checked.value->lines.front();
    QCOMPARE(line.component, isBroker ? std::optional(CostComponent::Broker) : std::nullopt);
    QCOMPARE(line.label, isBroker ? u"Kafka.m5.large"_s : kind);
    QVERIFY(!line.isTotal);
}

void CalibrationTest::whatIsNotOfOursIsPassedOverAloud()
{
    const auto checked = invoiceFromText(
        "lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost,"
        "lineItem/CurrencyCode\n"
        "2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,AmazonEC2,BoxUsage,1000,EUR\n"
        "2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,AmazonMSK,Kafka.m5.large,3.3,EUR\n",
        u"cur.csv"_s);
    QVERIFY(checked.value);
    QCOMPARE(checked.value->lines.size(), std::size_t{1});
    QCOMPARE(checked.issues.size(), std::size_t{1});
    QCOMPARE(checked.issues.front().severity, IssueSeverity::Warning);
    QVERIFY(checked.issues.front().message.contains(u"1 charge of other services, 1000.00 EUR"_s));
}

void CalibrationTest::aCreditIsNoFactor_data()
{
    QTest::addColumn<qint64>("invoiced"); // for compute; more than 0 is modelled
    QTest::addColumn<bool>("isFactor");
    QTest::newRow("a price") << qint64{31'000'000} << true;
    QTest::newRow("a credit") << qint64{-10'000'000} << false;
    QTest::newRow("nothing") << qint64{0} << false;
}

void CalibrationTest::aCreditIsNoFactor()
{
    QFETCH(qint64, invoiced);
    QFETCH(bool, isFactor);
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1000, 1, u"p"_s, {u"c"_s})}, {});
    const CostBill bill = calibrated(catalog, cloudProfile(), {invoiceOf({october(CostComponent::Compute, invoiced)})},
                                     DayRange{QDate(2026, 10, 1), QDate(2026, 10, 31)});
    QCOMPARE(bill.totals.total.micros, invoiced);
    const auto& calibrations = bill.segments.front().calibrations;
    QCOMPARE(calibrations.size(), std::size_t{isFactor ? 1U : 0U});
    for (const CostCalibration& calibration : calibrations)
        QVERIFY(*calibration.factor > 0);
    for (const CostLine& line : bill.lines)
        QVERIFY(line.amount.micros >= 0 || line.role == CostRole::Adjustment);
}

void CalibrationTest::theLedgerKeepsAnInvoiceOnce()
{
    const QString file = m_folder.filePath(u"ledger.sqlite"_s);
    QVERIFY(readInvoices(file).value().empty());
    const ManualClock clock;
    const auto ledger = Ledger::open(file, clock).value();
    const Invoice invoice = invoiceOf({october(CostComponent::Broker, 5)});
    for (int times = 0; times < 2; ++times)
        QVERIFY(ledger->append(u"me"_s, invoiceEventType, invoiceBody(invoice)));
    const auto read = readInvoices(file).value();
    QCOMPARE(read.size(), std::size_t{1});
    QCOMPARE(read.front().lines, invoice.lines);
    QCOMPARE(read.front().importedBy, u"me"_s);
}

void CalibrationTest::whatIsRemovedDoesNotCount()
{
    const QString file = m_folder.filePath(u"removals.sqlite"_s);
    const ManualClock clock;
    const auto ledger = Ledger::open(file, clock).value();
    Invoice first = invoiceOf({october(CostComponent::Broker, 5)});
    Invoice second = first;
    second.digest = QString(64, u'b');
    for (const Invoice& invoice : {first, second})
        QVERIFY(ledger->append(u"me"_s, invoiceEventType, invoiceBody(invoice)));
    const InvoiceRemoval removal{.digest = first.digest, .profile = first.profile, .reason = u"it was \"corrected\""_s};
    QCOMPARE(invoiceRemovalFromBody(invoiceRemovalBody(removal)).value(), removal);
    QVERIFY(!invoiceRemovalFromBody("{}"));
    QVERIFY(ledger->append(u"me"_s, invoiceRemovedEventType, invoiceRemovalBody(removal)));
    auto read = readInvoices(file).value();
    QCOMPARE(read.size(), std::size_t{1});
    QCOMPARE(read.front().digest, second.digest);
    // another profile's invoice of that file is not meant
    QVERIFY(ledger->append(u"me"_s, invoiceRemovedEventType,
                           invoiceRemovalBody({.digest = second.digest, .profile = u"another"_s, .reason = u"r"_s})));
    QCOMPARE(readInvoices(file).value().size(), std::size_t{1});
    // what was removed can be imported again
    QVERIFY(ledger->append(u"me"_s, invoiceEventType, invoiceBody(first)));
    read = readInvoices(file).value();
    QCOMPARE(read.size(), std::size_t{2});
    QCOMPARE(read.back().digest, first.digest);
}

void CalibrationTest::anIdMeansOneInvoice_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("profile");
    QTest::addColumn<QString>("digest"); // empty: refused
    const QString first = u"abcdef0"_s.leftJustified(64, u'0');
    const QString second = u"abcdef1"_s.leftJustified(64, u'0');
    QTest::newRow("the list's twelve digits") << first.left(12) << QString() << first;
    QTest::newRow("in capitals") << u"ABCDEF1"_s << QString() << second;
    QTest::newRow("of two profiles, one named") << u"abcdef0"_s << u"other"_s << QString();
    QTest::newRow("digits of two") << u"abcdef"_s << QString() << QString();
    QTest::newRow("too few digits") << u"abcde"_s << QString() << QString();
    QTest::newRow("nothing") << QString() << QString() << QString();
    QTest::newRow("of none") << u"123456"_s << QString() << QString();
}

void CalibrationTest::anIdMeansOneInvoice()
{
    QFETCH(QString, id);
    QFETCH(QString, profile);
    QFETCH(QString, digest);
    std::vector<Invoice> invoices(2, invoiceOf({october(CostComponent::Broker, 5)}));
    invoices[0].digest = u"abcdef0"_s.leftJustified(64, u'0');
    invoices[1].digest = u"abcdef1"_s.leftJustified(64, u'0');
    const auto chosen = chooseInvoice(invoices, id, profile);
    QCOMPARE(chosen ? chosen->digest : QString(), digest);
    if (!chosen)
        QCOMPARE(chosen.error().code, ErrorCode::InvalidConfig);
}

void CalibrationTest::chargesThatStandThereAlreadyAreNamed_data()
{
    QTest::addColumn<int>("component"); // of the other one; -1: none of ours, -2: a total
    QTest::addColumn<QDate>("first");
    QTest::addColumn<QDate>("last");
    QTest::addColumn<QString>("profile");
    QTest::addColumn<bool>("isOverlap");
    const int broker = static_cast<int>(CostComponent::Broker);
    const QDate from(2026, 10, 1);
    const QDate to(2026, 10, 31);
    const QString own = invoiceOf({}).profile;
    QTest::newRow("the same charge of the same month") << broker << from << to << own << true;
    QTest::newRow("one day of it") << broker << to << to << own << true;
    QTest::newRow("another month") << broker << QDate(2026, 9, 1) << QDate(2026, 9, 30) << own << false;
    QTest::newRow("another component") << static_cast<int>(CostComponent::Storage) << from << to << own << false;
    QTest::newRow("another profile") << broker << from << to << u"another"_s << false;
    QTest::newRow("a total beside it") << -2 << from << to << own << false;
    QTest::newRow("a tax beside it") << -1 << from << to << own << false;
}

void CalibrationTest::chargesThatStandThereAlreadyAreNamed()
{
    QFETCH(int, component);
    QFETCH(QDate, first);
    QFETCH(QDate, last);
    QFETCH(QString, profile);
    QFETCH(bool, isOverlap);
    Invoice other = invoiceOf({october(CostComponent::Broker, 5)});
    InvoiceLine& line = other.lines.front();
    line.component = component >= 0 ? std::optional(static_cast<CostComponent>(component)) : std::nullopt;
    line.isTotal = component == -2;
    line.first = first;
    line.last = last;
    other.profile = profile;
    other.digest = QString(64, u'b');
    const Invoice invoice = invoiceOf({october(CostComponent::Broker, 7)});
    const auto overlaps = overlapsOf(invoice, {other, invoice});
    QCOMPARE(overlaps.size(), std::size_t{isOverlap ? 1U : 0U});
    if (isOverlap) {
        QCOMPARE(overlaps.front().digest, other.digest);
        QCOMPARE(overlaps.front().charges, QStringList{u"broker"_s});
        QCOMPARE(overlaps.front().first, std::max(first, QDate(2026, 10, 1)));
        QCOMPARE(overlaps.front().last, std::min(last, QDate(2026, 10, 31)));
    }
}

QTEST_GUILESS_MAIN(CalibrationTest)
#include "tst_calibration.moc"
