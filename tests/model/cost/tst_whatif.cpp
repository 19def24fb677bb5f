// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costperiod.h"
#include "model/cost/whatif.h"
#include "tests/model/cost/costcases.h"

#include <QDateTime>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

/// The catalog's bill as it is, and with something otherwise.
CostSimulation simulated(const Catalog& catalog, const PricingProfile& profile, const CostWhatIf& whatIf)
{
    return compareBills(costBill(catalog, profile).value(),
                        costBill(changedBy(whatIf, catalog), changedBy(whatIf, profile)).value());
}

} // namespace

class WhatIfTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void componentsFollowWhatTheyDependOn_data();
    void componentsFollowWhatTheyDependOn();
    void whatIsMeasuredChangesToo();
    void factorsOfInvoicesHold();
    void whatNobodyCountedIsAtTheRates();
    void nothingChangedIsTheSameBill();
    void periodsAreWholeDays_data();
    void periodsAreWholeDays();
    void theDaysBefore_data();
    void theDaysBefore();
};

void WhatIfTest::componentsFollowWhatTheyDependOn_data()
{
    QTest::addColumn<int>("volume");
    QTest::addColumn<int>("retention");
    QTest::addColumn<int>("replication");
    QTest::addColumn<double>("storage"); ///< factors
    QTest::addColumn<double>("network");
    QTest::addColumn<double>("registry");
    QTest::newRow("twice the volume") << 200 << 100 << 1 << 2.0 << 2.0 << 1.0;
    QTest::newRow("half the retention") << 100 << 50 << 1 << 0.5 << 1.0 << 1.0;
    QTest::newRow("three copies") << 100 << 100 << 3 << 3.0 << 1.0 << 1.0;
    QTest::newRow("all of it") << 200 << 50 << 3 << 3.0 << 2.0 << 1.0;
}

void WhatIfTest::componentsFollowWhatTheyDependOn()
{
    QFETCH(int, volume);
    QFETCH(int, retention);
    QFETCH(int, replication);
    QFETCH(double, storage);
    QFETCH(double, network);
    QFETCH(double, registry);
    PricingProfile profile = seedProfile();
    profile.retentionDays.reset();
    const Catalog catalog({}, {costEvent(u"a"_s, 10'000'000, 1000, 8, u"t"_s, {u"c"_s})}, {});
    const CostSimulation simulation = simulated(
        catalog, profile, {.volumePercent = volume, .retentionPercent = retention, .replication = replication});
    const auto factor = [&](CostComponent component) {
        const std::size_t at = componentIndex(component);
        return static_cast<double>(simulation.then[at].micros) / static_cast<double>(simulation.now[at].micros);
    };
    QVERIFY(std::abs(factor(CostComponent::Storage) - storage) < 1e-5);
    QVERIFY(std::abs(factor(CostComponent::Network) - network) < 1e-5);
    QVERIFY(std::abs(factor(CostComponent::Registry) - registry) < 1e-5);
    Money now;
    Money then;
    for (std::size_t at = 0; at < costComponentCount; ++at) {
        now += simulation.now[at];
        then += simulation.then[at];
    }
    QCOMPARE(now, simulation.nowTotal);
    QCOMPARE(then, simulation.thenTotal);
}

void WhatIfTest::whatIsMeasuredChangesToo()
{
    MeasuredUsage usage;
    usage.topics[u"a"_s] = {.topic = u"a"_s,
                            .connection = {},
                            .records = {{QDate(2026, 11, 1), 1'000'001}},
                            .keptBytes = {{QDate(2026, 11, 1), 1'000'000}},
                            .keptRecords = {{QDate(2026, 11, 1), 10'000}},
                            .recordBytes = 100,
                            .partitions = 3,
                            .retentionDays = 4.0,
                            .groups = {}};
    const MeasuredUsage changed = changedBy(CostWhatIf{.volumePercent = 150, .retentionPercent = 50}, usage);
    const TopicUsage& topic = changed.topics.at(u"a"_s);
    QCOMPARE(topic.records.at(QDate(2026, 11, 1)), 1'500'001);
    QCOMPARE(topic.keptBytes.at(QDate(2026, 11, 1)), 750'000);
    QCOMPARE(topic.keptRecords.at(QDate(2026, 11, 1)), 7'500);
    QCOMPARE(topic.retentionDays, std::optional(2.0));
    QCOMPARE(topic.recordBytes, std::optional<std::int64_t>(100));
}

void WhatIfTest::factorsOfInvoicesHold()
{
    PricingProfile profile = seedProfile();
    profile.retentionDays.reset();
    const Catalog catalog({}, {costEvent(u"a"_s, 10'000'000, 1000, 8, u"t"_s, {u"c"_s})}, {});
    CostBill now = costBill(catalog, profile).value();
    // Storage was invoiced at three times the model, and there was a charge that nothing explains.
    for (CostLine& line : now.lines) {
        if (line.component == CostComponent::Storage)
            line.amount = Money{line.modelled.micros * 3};
    }
    CostLine unexplained = now.lines.front();
    unexplained.role = CostRole::Adjustment;
    unexplained.modelled = Money{};
    unexplained.amount = Money{7'000'000};
    now.lines.push_back(unexplained);
    now.totals = totalsOf(now.lines);
    const CostWhatIf twice{.volumePercent = 200};
    const CostBill then = costBill(changedBy(twice, catalog), changedBy(twice, profile)).value();
    const CostSimulation simulation = compareBills(now, then);
    QVERIFY(simulation.isCalibrated);
    QCOMPARE(simulation.nowTotal, now.totals.total);
    QCOMPARE(simulation.adjustment, Money{7'000'000});
    const std::size_t storage = componentIndex(CostComponent::Storage);
    QVERIFY(std::abs(simulation.then[storage].micros - 2 * simulation.now[storage].micros) <= 3);
    const std::size_t network = componentIndex(CostComponent::Network);
    QCOMPARE(simulation.then[network], then.totals.components[network]);
    Money sum = simulation.adjustment;
    for (const Money amount : simulation.then)
        sum += amount;
    QCOMPARE(sum, simulation.thenTotal);
    // Nothing changed: the bill itself, to the micro-unit.
    QCOMPARE(compareBills(now, costBill(catalog, profile).value()).thenTotal, now.totals.total);
}

void WhatIfTest::whatNobodyCountedIsAtTheRates()
{
    PricingProfile profile = seedProfile();
    const Catalog none({}, {costEvent(u"a"_s, 0, 1000, 8, u"t"_s, {u"c"_s})}, {});
    const Catalog some({}, {costEvent(u"a"_s, 1'000'000, 1000, 8, u"t"_s, {u"c"_s})}, {});
    const CostBill then = costBill(some, profile).value();
    QCOMPARE(compareBills(costBill(none, profile).value(), then).thenTotal, then.totals.total);
}

void WhatIfTest::nothingChangedIsTheSameBill()
{
    QRandomGenerator random(11);
    for (int run = 0; run < 20; ++run) {
        const Catalog catalog = randomCatalog(random);
        const CostSimulation simulation = simulated(catalog, randomProfile(random), {});
        QCOMPARE(simulation.now, simulation.then);
        QVERIFY(!simulation.isCalibrated);
    }
    QVERIFY(CostWhatIf{}.isNothing());
    QVERIFY(!CostWhatIf{.replication = 2}.isNothing());
}

void WhatIfTest::periodsAreWholeDays_data()
{
    QTest::addColumn<CostPeriod>("period");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QDate>("first");
    QTest::addColumn<QDate>("last");
    QTest::newRow("seven days end yesterday")
        << CostPeriod::Last7Days << u"UTC"_s << QDate(2026, 10, 24) << QDate(2026, 10, 30);
    QTest::newRow("it is the next day further east")
        << CostPeriod::Last7Days << u"Asia/Tokyo"_s << QDate(2026, 10, 25) << QDate(2026, 10, 31);
    QTest::newRow("thirty days") << CostPeriod::Last30Days << u"UTC"_s << QDate(2026, 10, 1) << QDate(2026, 10, 30);
    QTest::newRow("this month until today")
        << CostPeriod::ThisMonth << u"UTC"_s << QDate(2026, 10, 1) << QDate(2026, 10, 31);
    QTest::newRow("it is November further east")
        << CostPeriod::LastMonth << u"Asia/Tokyo"_s << QDate(2026, 10, 1) << QDate(2026, 10, 31);
    QTest::newRow("a zone that is none is UTC")
        << CostPeriod::LastMonth << u"Mars/Base"_s << QDate(2026, 9, 1) << QDate(2026, 9, 30);
}

void WhatIfTest::periodsAreWholeDays()
{
    QFETCH(CostPeriod, period);
    QFETCH(QString, zone);
    QFETCH(QDate, first);
    QFETCH(QDate, last);
    const UtcTime now = utcFromMs(QDateTime(QDate(2026, 10, 31), QTime(20, 0), Qt::UTC).toMSecsSinceEpoch());
    const auto days = periodDays(period, zone, now);
    QVERIFY(days);
    QCOMPARE(days->first, first);
    QCOMPARE(days->last, last);
    QVERIFY(!periodDays(CostPeriod::CatalogDay, zone, now));
}

void WhatIfTest::theDaysBefore_data()
{
    QTest::addColumn<QDate>("first");
    QTest::addColumn<QDate>("last");
    QTest::addColumn<QDate>("firstBefore");
    QTest::addColumn<QDate>("lastBefore");
    QTest::newRow("as many days") << QDate(2026, 11, 5) << QDate(2026, 11, 11) << QDate(2026, 10, 29)
                                  << QDate(2026, 11, 4);
    QTest::newRow("a whole month has the month before")
        << QDate(2026, 3, 1) << QDate(2026, 3, 31) << QDate(2026, 2, 1) << QDate(2026, 2, 28);
}

void WhatIfTest::theDaysBefore()
{
    QFETCH(QDate, first);
    QFETCH(QDate, last);
    QFETCH(QDate, firstBefore);
    QFETCH(QDate, lastBefore);
    const DayRange before = previousDays({first, last, u"Europe/Berlin"_s});
    QCOMPARE(before, (DayRange{firstBefore, lastBefore, u"Europe/Berlin"_s}));
}

QTEST_GUILESS_MAIN(WhatIfTest)
#include "tst_whatif.moc"
