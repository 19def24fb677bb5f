// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costhistory.h"
#include "tests/model/cost/costcases.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

CostBill billOf(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options)
{
    const auto bill = costBill(catalog, profile, options);
    return bill ? *bill : CostBill();
}

QStringList namesOf(const CostHistory& history)
{
    QStringList names;
    for (const CostPart& part : history.parts)
        names += part.kind == CostPart::Kind::Named          ? part.name
                 : part.kind == CostPart::Kind::Others       ? u"<others>"_s
                 : part.kind == CostPart::Kind::Unattributed ? u"<unattributed>"_s
                 : part.kind == CostPart::Kind::Idle         ? u"<idle>"_s
                                                             : u"<adjustment>"_s;
    return names;
}

} // namespace

class CostHistoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void partsAndDaysAddUp();
    void theDearestHaveNames();
    void whatBelongsToNobodyStandsBeside();
    void withoutARangeThereAreNoDays();
};

void CostHistoryTest::partsAndDaysAddUp()
{
    QRandomGenerator random(7);
    for (int run = 0; run < 60; ++run) {
        const Catalog catalog = randomCatalog(random);
        const PricingProfile profile = randomProfile(random);
        const CostBill bill =
            billOf(catalog, profile, {.range = DayRange{QDate(2026, 10, 24), QDate(2026, 10, 27), u"Europe/Berlin"_s}});
        for (const CostDimension dimension : {CostDimension::Team, CostDimension::Event, CostDimension::Component}) {
            const CostHistory history = costHistory(bill, dimension, static_cast<std::size_t>(random.bounded(0, 6)));
            QCOMPARE(history.total, bill.totals.total);
            QCOMPARE(history.days.size(), std::size_t{4});
            Money all;
            for (const CostPart& part : history.parts) {
                Money days;
                for (const Money day : part.byDay)
                    days += day;
                QCOMPARE(days, part.total);
                all += part.total;
            }
            QCOMPARE(all, history.total);
        }
    }
}

void CostHistoryTest::theDearestHaveNames()
{
    std::vector<CatalogEvent> events;
    for (int i = 1; i <= 8; ++i)
        events.push_back(costEvent(u"e%1"_s.arg(i), i * 1'000'000, 1000, 7, u"team%1"_s.arg(i), {}));
    const CostBill bill = billOf(Catalog({}, events, {}), seedProfile(), {});
    QCOMPARE(namesOf(costHistory(bill, CostDimension::Event, 3)),
             (QStringList{u"e8"_s, u"e7"_s, u"e6"_s, u"<others>"_s}));
    // One too many keeps its name: "others" would take the same room.
    QCOMPARE(namesOf(costHistory(bill, CostDimension::Event, 7)).size(), 8);
    QVERIFY(!namesOf(costHistory(bill, CostDimension::Event, 7)).contains(u"<others>"_s));
    QCOMPARE(namesOf(costHistory(bill, CostDimension::Team, 1)), (QStringList{u"team8"_s, u"<others>"_s}));
    QCOMPARE(namesOf(costHistory(bill, CostDimension::Component))[0], u"storage"_s);
}

void CostHistoryTest::whatBelongsToNobodyStandsBeside()
{
    PricingProfile profile = cloudProfile();
    profile.prices[componentIndex(CostComponent::Storage)].capacityBytes = std::int64_t{1} << 40;
    const Catalog catalog({}, {costEvent(u"a"_s, 1'000'000, 1000, 7, QString(), {u"b"_s})}, {});
    const CostBill bill = billOf(catalog, profile, {});
    QCOMPARE(namesOf(costHistory(bill, CostDimension::Team)).mid(1), (QStringList{u"<unattributed>"_s, u"<idle>"_s}));
    QVERIFY(namesOf(costHistory(bill, CostDimension::Event)).contains(u"<idle>"_s));
    QVERIFY(!namesOf(costHistory(bill, CostDimension::Component)).contains(u"<idle>"_s));
}

void CostHistoryTest::withoutARangeThereAreNoDays()
{
    const CostBill bill =
        billOf(Catalog({}, {costEvent(u"a"_s, 1'000'000, 1000, 7, u"t"_s, {})}, {}), seedProfile(), {});
    const CostHistory history = costHistory(bill, CostDimension::Team);
    QVERIFY(history.days.empty());
    QCOMPARE(history.parts.size(), std::size_t{1});
    QVERIFY(history.parts[0].byDay.empty());
}

QTEST_GUILESS_MAIN(CostHistoryTest)
#include "tst_costhistory.moc"
