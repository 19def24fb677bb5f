// SPDX-License-Identifier: GPL-3.0-or-later
// Why a cost changed: factors that add up to the change, with owner and day; the article's story of page.viewed.
#include "model/cost/change.h"
#include "tests/model/cost/costcases.h"

#include <QTest>

#include <cmath>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

DayRange days(const QString& first, const QString& last)
{
    return *parseDayRange(first, last, u"UTC"_s).value();
}

Money sumOf(const CostChange& change)
{
    Money sum;
    for (const Money effect : change.effects)
        sum += effect;
    return sum;
}

} // namespace

class ChangeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theArticlesPageViewed();
    void oneFactorAlone_data();
    void oneFactorAlone();
    void twoFactorsByHand();
    void factorsThatCancelAreDivided_data();
    void factorsThatCancelAreDivided();
    void effectsAddUpWhatever();
    void aJumpOfVolumeHasItsDay();
    void aNewRateIsThePrices();
    void breaksOfSeries_data();
    void breaksOfSeries();
};

/// A team begins to publish 50 million page views a day: the bill jumps from about nothing to thousands a month, and
/// the event, its owner and its first day are named.
void ChangeTest::theArticlesPageViewed()
{
    const std::vector<CatalogEvent> before{
        costEvent(u"order.created"_s, 150'000, 1'200, 7, u"order-team"_s, {u"payment-team"_s})};
    std::vector<CatalogEvent> after = before;
    after.push_back(
        costEvent(u"page.viewed"_s, 50'000'000, 5 * 1024, 7, u"analytics-team"_s, {u"recommendation-team"_s}));
    after.back().createdAt = u"2026-11-17"_s;
    const Catalog catalog({}, after, {});
    const CostBill was = costBill(Catalog({}, before, {}), seedProfile()).value();
    const CostBill is = costBill(catalog, seedProfile()).value();
    const auto changes = costChanges(was, is, catalog);
    for (std::size_t i = 1; i < changes.size(); ++i) // order.created costs what it did, but for rounding
        QVERIFY(std::abs(changes[i].delta().micros) <= 10);
    const CostChange& change = changes.front();
    QCOMPARE(change.eventType, u"page.viewed"_s);
    QCOMPARE(change.team, u"analytics-team"_s);
    QCOMPARE(change.since, QDate(2026, 11, 17));
    QCOMPARE(change.before, Money{});
    QCOMPARE(change.effect(CostFactor::New), change.delta());
    // producer 178.8239 and consumer 203.8239 a day, by hand; 11 479.44 a month of 30 days
    QVERIFY(std::abs(change.delta().micros - 382'647'858) < 100);
    QCOMPARE(formatMoney(Money{change.delta().micros * 30}, 2), u"11479.44"_s);
    const EventDrivers& drivers = *change.driversAfter;
    const double gibADay = static_cast<double>(drivers.records) * static_cast<double>(drivers.recordBytes) / (1 << 30);
    QVERIFY(std::abs(gibADay - 238.4186) < 0.0001);
}

void ChangeTest::oneFactorAlone_data()
{
    QTest::addColumn<int>("factor");
    QTest::newRow("three times the volume") << static_cast<int>(CostFactor::Volume);
    QTest::newRow("three times the size") << static_cast<int>(CostFactor::Size);
    QTest::newRow("three times the retention") << static_cast<int>(CostFactor::Retention);
    QTest::newRow("two more consumers") << static_cast<int>(CostFactor::FanOut);
}

void ChangeTest::oneFactorAlone()
{
    QFETCH(int, factor);
    const CatalogEvent event = costEvent(u"e"_s, 1'000'000, 1'000, 2, u"p"_s, {u"c"_s});
    CatalogEvent other = event;
    switch (static_cast<CostFactor>(factor)) {
    case CostFactor::Volume:
        other.avgDailyVolume = 3'000'000;
        break;
    case CostFactor::Size:
        other.avgPayloadBytes = 3'000;
        other.lastSchemaChange = u"2026-11-20"_s;
        break;
    case CostFactor::Retention:
        other.retentionDays = 6;
        break;
    default:
        other = costEvent(u"e"_s, 1'000'000, 1'000, 2, u"p"_s, {u"c"_s, u"d"_s, u"f"_s});
        break;
    }
    PricingProfile profile = cloudProfile();
    // what is paid for everybody, and tiering, which does not grow in proportion, would share in it
    for (const CostComponent component : {CostComponent::Broker, CostComponent::Connectors, CostComponent::Fixed,
                                          CostComponent::TieredStorage, CostComponent::CrossZone})
        profile.prices[componentIndex(component)].rate = {};
    profile.hotDays.reset();
    const Catalog catalog({}, {other}, {});
    const auto changes =
        costChanges(costBill(Catalog({}, {event}, {}), profile).value(), costBill(catalog, profile).value(), catalog);
    const CostChange& change = changes.front();
    QVERIFY(change.delta().micros > 0);
    for (const CostFactor one : costFactors) {
        const bool isTheOne = static_cast<int>(one) == factor;
        const std::int64_t expected = isTheOne ? change.delta().micros : 0;
        QVERIFY2(std::abs(change.effect(one).micros - expected) <= 20, qPrintable(costFactorKey(one)));
    }
    if (static_cast<CostFactor>(factor) == CostFactor::Size)
        QCOMPARE(change.since, QDate(2026, 11, 20));
}

void ChangeTest::twoFactorsByHand()
{
    // storage alone, 1 GiB x 0.10 a day to 2 times the volume and 3 times the size: 0.1 to 0.6
    PricingProfile profile = seedProfile();
    for (const CostComponent component : {CostComponent::Network, CostComponent::Compute, CostComponent::Registry})
        profile.prices[componentIndex(component)].rate = {};
    profile.retentionDays = 1;
    const Catalog before({}, {costEvent(u"e"_s, 1 << 20, 1 << 10, 1, u"p"_s, {})}, {});
    const Catalog after({}, {costEvent(u"e"_s, 2 << 20, 3 << 10, 1, u"p"_s, {})}, {});
    const auto changes = costChanges(costBill(before, profile).value(), costBill(after, profile).value(), after);
    // L(0.6, 0.1) = 0.5 / ln 6 = 0.279055; times ln 2 and ln 3
    QCOMPARE(changes.front().effect(CostFactor::Volume), Money{193'426});
    QCOMPARE(changes.front().effect(CostFactor::Size), Money{306'574});
}

void ChangeTest::factorsThatCancelAreDivided_data()
{
    QTest::addColumn<qint64>("records"); // before: 2^20 of 1 KiB
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("half the records of twice the size cost the same") << (qint64{1} << 19) << qint64{2048};
    QTest::newRow("five records more: a micro-unit's difference moves nothing")
        << (qint64{1} << 19) + 5 << qint64{2048};
    QTest::newRow("five records fewer") << (qint64{1} << 19) - 5 << qint64{2048};
}

void ChangeTest::factorsThatCancelAreDivided()
{
    QFETCH(qint64, records);
    QFETCH(qint64, bytes);
    PricingProfile profile = seedProfile();
    for (const CostComponent component : {CostComponent::Network, CostComponent::Compute, CostComponent::Registry})
        profile.prices[componentIndex(component)].rate = {};
    profile.retentionDays = 1;
    const Catalog before({}, {costEvent(u"e"_s, 1 << 20, 1 << 10, 1, u"p"_s, {})}, {});
    const Catalog after({}, {costEvent(u"e"_s, records, bytes, 1, u"p"_s, {})}, {});
    const auto changes = costChanges(costBill(before, profile).value(), costBill(after, profile).value(), after);
    QCOMPARE(changes.size(), std::size_t{1});
    QVERIFY(std::abs(changes.front().delta().micros) <= 1);
    // L(0.1, 0.1) = 0.1, times ln 2
    QVERIFY(std::abs(changes.front().effect(CostFactor::Volume).micros + 69'315) <= 2);
    QVERIFY(std::abs(changes.front().effect(CostFactor::Size).micros - 69'315) <= 2);
    QCOMPARE(changes.front().effect(CostFactor::Price), Money{}); // no rate changed: what rounding leaves is no price's
    QCOMPARE(sumOf(changes.front()), changes.front().delta());
}

void ChangeTest::effectsAddUpWhatever()
{
    QRandomGenerator random(314);
    for (int round = 0; round < 100; ++round) {
        const Catalog before = randomCatalog(random);
        const Catalog after = randomCatalog(random);
        const PricingProfile profile = randomProfile(random);
        const CostBill was = costBill(before, profile).value();
        const CostBill is = costBill(after, profile).value();
        Money sum;
        for (const CostChange& change : costChanges(was, is, after)) {
            QCOMPARE(sumOf(change), change.delta());
            sum += change.delta();
        }
        QCOMPARE(sum.micros, is.totals.total.micros - was.totals.total.micros);
    }
}

void ChangeTest::aJumpOfVolumeHasItsDay()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1'000, 2, u"p"_s, {u"c"_s})}, {});
    MeasuredUsage measured;
    TopicUsage& usage = measured.topics[u"e"_s];
    usage.topic = u"e"_s;
    QRandomGenerator random(3);
    for (QDate day(2026, 11, 1); day <= QDate(2026, 11, 14); day = day.addDays(1))
        usage.records[day] = (day >= QDate(2026, 11, 11) ? 4'000'000 : 1'000'000) + random.bounded(100'000);
    const auto bill = [&](const QString& first, const QString& last) {
        return costBill(catalog, cloudProfile(), {.range = days(first, last), .measured = &measured}).value();
    };
    const auto changes =
        costChanges(bill(u"2026-11-01"_s, u"2026-11-07"_s), bill(u"2026-11-08"_s, u"2026-11-14"_s), catalog);
    const auto of =
        std::find_if(changes.begin(), changes.end(), [](const CostChange& change) { return change.eventType == u"e"; });
    QVERIFY(of != changes.end());
    QCOMPARE(of->since, QDate(2026, 11, 11));
    QVERIFY(of->effect(CostFactor::Volume).micros > of->delta().micros / 2);
}

void ChangeTest::aNewRateIsThePrices()
{
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 1'000, 2, u"p"_s, {u"c"_s})}, {});
    PricingProfile profile = seedProfile();
    const CostBill was = costBill(catalog, profile).value();
    profile.prices[componentIndex(CostComponent::Compute)].rate = Rate{75, 2};
    const auto changes = costChanges(was, costBill(catalog, profile).value(), catalog);
    QCOMPARE(changes.front().effect(CostFactor::Price), Money{250'000});
    QCOMPARE(changes.front().delta(), Money{250'000});
}

void ChangeTest::breaksOfSeries_data()
{
    QTest::addColumn<QList<double>>("series");
    QTest::addColumn<int>("first"); // of the new level; -1: none
    QTest::newRow("a step") << QList<double>{1, 1, 1, 5, 5, 5} << 3;
    QTest::newRow("a step at the end") << QList<double>{2, 2, 2, 2, 9} << 4;
    QTest::newRow("nothing changes") << QList<double>{2, 2, 2, 2} << -1;
    QTest::newRow("too few to tell") << QList<double>{1, 9, 9} << -1;
}

void ChangeTest::breaksOfSeries()
{
    QFETCH(QList<double>, series);
    QFETCH(int, first);
    const auto at = clearestBreak({series.begin(), series.end()});
    QCOMPARE(at ? static_cast<int>(*at) : -1, first);
}

QTEST_GUILESS_MAIN(ChangeTest)
#include "tst_change.moc"
