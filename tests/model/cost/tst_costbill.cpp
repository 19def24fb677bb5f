// SPDX-License-Identifier: GPL-3.0-or-later
// The bill adds up whatever the policy, each component is what a reckoning by hand says, and days are its parts.
#include "tests/model/cost/costcases.h"

#include <QTest>

#include <cmath>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// One GiB a day as 2^20 events of 1 KiB, kept ten days, one producer, two consumers.
Catalog oneGib()
{
    return Catalog({}, {costEvent(u"e"_s, 1 << 20, 1 << 10, 10, u"p"_s, {u"c"_s, u"d"_s})}, {});
}

Money sumOf(const CostBill& bill, CostComponent component, CostRole role)
{
    Money sum;
    for (const CostLine& line : bill.lines) {
        if (line.component == component && line.role == role)
            sum += line.amount;
    }
    return sum;
}

/// Numbers of some topics on some of these days.
MeasuredUsage someUsage(QRandomGenerator& random, const Catalog& catalog, QDate first, QDate last)
{
    MeasuredUsage measured;
    for (const CatalogEvent& event : catalog.events()) {
        if (random.bounded(2) == 0)
            continue;
        TopicUsage usage;
        usage.topic = event.topic;
        if (random.bounded(2) == 0)
            usage.usualRecords = random.bounded(50'000'000);
        for (QDate day = first; day <= last; day = day.addDays(1)) {
            if (random.bounded(3) > 0)
                usage.records[day] = random.bounded(100'000'000);
            if (random.bounded(3) > 0)
                usage.keptBytes[day] = random.generate();
            if (random.bounded(3) == 0)
                usage.keptRecords[day] = random.bounded(1, 1'000'000);
        }
        measured.topics[event.topic] = usage;
    }
    return measured;
}

using LineKey = std::tuple<QString, QString, QString, QString, int, int>;
std::map<LineKey, std::int64_t> amountsOf(const std::vector<CostDayLine>& lines)
{
    std::map<LineKey, std::int64_t> amounts;
    for (const CostDayLine& day : lines) {
        const CostLine& line = *day.line;
        amounts[{line.eventType, line.topic, line.team, line.service, static_cast<int>(line.role),
                 static_cast<int>(line.component)}] += day.amount.micros;
    }
    return amounts;
}

DayRange days(const QString& first, const QString& last, const QString& zone = u"UTC"_s)
{
    return *parseDayRange(first, last, zone).value();
}

} // namespace

class CostBillTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatCostsIsSomebodys_data();
    void whatCostsIsSomebodys();
    void componentsByHand_data();
    void componentsByHand();
    void aTopicsPartitionsAreCountedOnce_data();
    void aTopicsPartitionsAreCountedOnce();
    void policies_data();
    void policies();
    void everyPolicyAddsUpToTheSameBill();
    void daysAreTheBillsParts_data();
    void daysAreTheBillsParts();
    void aDayCostsTheSameInWhateverRange_data();
    void aDayCostsTheSameInWhateverRange();
    void localDaysHaveTheirRealHours_data();
    void localDaysHaveTheirRealHours();
    void slicesOfDays_data();
    void slicesOfDays();
    void measuredBeforeDeclaredBeforeAssumed();
    void groupsThatNobodyDeclaredAreUnattributed();
    void notesSayWhyItIsNobodys();
    void aChangeOfRatesHoldsFromItsDay();
    void daysBeforeTheFirstRatesAreSaid_data();
    void daysBeforeTheFirstRatesAreSaid();
    void quantityTimesRateIsTheAmount();
    void wordsAreReadAndFaultsNameTheRightOnes();
};

void CostBillTest::whatCostsIsSomebodys_data()
{
    QTest::addColumn<int>("component");
    QTest::addColumn<bool>("costs");
    const auto row = [](const char* name, CostComponent component, bool costs) {
        QTest::newRow(name) << static_cast<int>(component) << costs;
    };
    row("what is stored is stored, whoever reads it", CostComponent::Storage, true);
    row("so it is in a tier", CostComponent::TieredStorage, true);
    row("a schema is registered", CostComponent::Registry, true);
    row("a partition is there", CostComponent::Partitions, true);
    row("bytes are written", CostComponent::Network, true);
    row("nobody handles anything", CostComponent::Compute, false);
    row("nobody reads", CostComponent::Egress, false);
}

/// Charged to consumers, and there are none: the producer pays, where it costs anything.
void CostBillTest::whatCostsIsSomebodys()
{
    QFETCH(int, component);
    QFETCH(bool, costs);
    PricingProfile profile = cloudProfile();
    for (std::size_t at = 0; at < profile.prices.size(); ++at) {
        if (static_cast<int>(at) != component)
            profile.prices[at].rate = {};
    }
    ComponentPrice& price = profile.prices[static_cast<std::size_t>(component)];
    price.rate = Rate{1, 0};
    price.chargedTo = ChargedTo::Consumers;
    price.count.reset();
    const Catalog catalog({}, {costEvent(u"e"_s, 1'000'000, 5000, 7, u"p"_s, {})}, {});
    const CostBill bill = costBill(catalog, profile).value();
    QCOMPARE(bill.totals.total.micros > 0, costs);
    QCOMPARE(bill.totals.attributed, bill.totals.total);
    for (const CostLine& line : bill.lines)
        QCOMPARE(line.team, u"p"_s);
    // As the policy of that name has it.
    if (costs)
        QCOMPARE(costBill(catalog, profile, {.policy = AllocationPolicy::Consumer}).value().totals, bill.totals);
}

void CostBillTest::componentsByHand_data()
{
    QTest::addColumn<int>("component");
    QTest::addColumn<int>("role");
    QTest::addColumn<QString>("amount");
    const auto row = [](const char* name, CostComponent component, CostRole role, const char* amount) {
        QTest::newRow(name) << static_cast<int>(component) << static_cast<int>(role) << QString::fromLatin1(amount);
    };
    row("storage: two hot days, three copies, 6 GiB at 0.10", CostComponent::Storage, CostRole::Producer, "0.600000");
    row("tiered: eight days, one copy, 8 GiB at 0.01", CostComponent::TieredStorage, CostRole::Producer, "0.080000");
    row("ingress: 1 GiB at 0.03", CostComponent::Ingress, CostRole::Producer, "0.030000");
    row("egress: 1 GiB for each of two at 0.05", CostComponent::Egress, CostRole::Consumer, "0.100000");
    row("cross-zone: two copies elsewhere and two thirds of produce at 0.02", CostComponent::CrossZone,
        CostRole::Producer, "0.053333");
    row("cross-zone: two thirds for each of two consumers", CostComponent::CrossZone, CostRole::Consumer, "0.026667");
    row("compute: 1.048576 million for each of two at 0.50", CostComponent::Compute, CostRole::Consumer, "1.048576");
    row("registry: a schema for 24 hours at 0.01", CostComponent::Registry, CostRole::Producer, "0.240000");
    // 3 GiB moved and 2 GiB of copies of 3 x 86 400 MiB: 5120 / 259200; a third of it is the producer's
    row("broker: used part of 72 hours at 0.25, a third", CostComponent::Broker, CostRole::Producer, "0.118519");
    row("broker: what is idle", CostComponent::Broker, CostRole::Idle, "17.644444");
    row("partitions: six of ten for 24 hours at 0.0015", CostComponent::Partitions, CostRole::Producer, "0.216000");
    row("partitions: four are idle", CostComponent::Partitions, CostRole::Idle, "0.144000");
    row("requests: 1.048576 million at 0.7", CostComponent::Requests, CostRole::Producer, "0.734003");
    row("connectors: two for 24 hours at 0.11, two thirds", CostComponent::Connectors, CostRole::Consumer, "3.520000");
    row("fixed: a day of 365 a month of 365/12 days, a third", CostComponent::Fixed, CostRole::Producer, "4.000000");
}

void CostBillTest::componentsByHand()
{
    QFETCH(int, component);
    QFETCH(int, role);
    QFETCH(QString, amount);
    const CostBill bill = costBill(oneGib(), cloudProfile()).value();
    const Money got = sumOf(bill, static_cast<CostComponent>(component), static_cast<CostRole>(role));
    const double expected = amount.toDouble() * 1e6;
    QVERIFY2(std::abs(static_cast<double>(got.micros) - expected) < 2, qPrintable(formatMoney(got, 6)));
}

void CostBillTest::aTopicsPartitionsAreCountedOnce_data()
{
    QTest::addColumn<QStringList>("topics"); // of event a, b, c
    QTest::addColumn<QList<qint64>>("volumes");
    QTest::addColumn<QStringList>("hours");
    QTest::addColumn<QString>("idle"); // of ten reserved ones
    QTest::newRow("a topic of each event's own has six each")
        << QStringList{u"a"_s, u"b"_s, u"c"_s} << QList<qint64>{1, 1, 1} << QStringList{u"144"_s, u"144"_s, u"144"_s}
        << u"0"_s;
    QTest::newRow("two events of one topic have a part each, by records")
        << QStringList{u"t"_s, u"t"_s, u"c"_s} << QList<qint64>{3000, 1000, 1}
        << QStringList{u"108"_s, u"36"_s, u"144"_s} << u"0"_s;
    QTest::newRow("three events of one topic leave four idle")
        << QStringList{u"t"_s, u"t"_s, u"t"_s} << QList<qint64>{2000, 1000, 1000}
        << QStringList{u"72"_s, u"36"_s, u"36"_s} << u"96"_s;
    QTest::newRow("where nothing is written the parts are even")
        << QStringList{u"t"_s, u"t"_s, u"c"_s} << QList<qint64>{0, 0, 1} << QStringList{u"72"_s, u"72"_s, u"144"_s}
        << u"0"_s;
    QTest::newRow("events whose topic nobody knows have their own")
        << QStringList{QString(), QString(), u"c"_s} << QList<qint64>{1, 1, 1}
        << QStringList{u"144"_s, u"144"_s, u"144"_s} << u"0"_s;
}

void CostBillTest::aTopicsPartitionsAreCountedOnce()
{
    QFETCH(QStringList, topics);
    QFETCH(QList<qint64>, volumes);
    QFETCH(QStringList, hours);
    QFETCH(QString, idle);
    std::vector<CatalogEvent> events;
    for (qsizetype e = 0; e < topics.size(); ++e) {
        events.push_back(costEvent(QChar(u'a' + static_cast<char16_t>(e)), volumes[e], 100, 1, u"p"_s, {}));
        events.back().topic = topics[e];
    }
    const CostBill bill = costBill(Catalog({}, events, {}), cloudProfile()).value();
    std::map<QString, Quantity> found;
    for (const CostLine& line : bill.lines) {
        if (line.component == CostComponent::Partitions)
            found[line.role == CostRole::Idle ? u"idle"_s : line.eventType].nanos += line.quantity.nanos;
    }
    for (qsizetype e = 0; e < topics.size(); ++e)
        QCOMPARE(formatQuantity(found[events[static_cast<std::size_t>(e)].eventType]), hours[e]);
    QCOMPARE(formatQuantity(found[u"idle"_s]), idle);
}

void CostBillTest::policies_data()
{
    QTest::addColumn<int>("policy");
    QTest::addColumn<QStringList>("shares"); // storage of p, c, d, platform: of 0.6
    QTest::newRow("as the profile says, the producer") << 0 << QStringList{u"0.6000"_s, {}, {}, {}};
    QTest::newRow("the producer") << 1 << QStringList{u"0.6000"_s, {}, {}, {}};
    QTest::newRow("the consumers, evenly") << 2 << QStringList{{}, u"0.3000"_s, u"0.3000"_s, {}};
    QTest::newRow("all, evenly") << 3 << QStringList{u"0.2000"_s, u"0.2000"_s, u"0.2000"_s, {}};
    QTest::newRow("70 percent where it arises, the rest evenly")
        << 4 << QStringList{u"0.4800"_s, u"0.0600"_s, u"0.0600"_s, {}};
    QTest::newRow("the platform team") << 5 << QStringList{{}, {}, {}, u"0.6000"_s};
}

void CostBillTest::policies()
{
    QFETCH(int, policy);
    QFETCH(QStringList, shares);
    const CostBill bill =
        costBill(oneGib(), cloudProfile(), {.policy = allocationPolicies.at(static_cast<std::size_t>(policy))}).value();
    const QStringList teams{u"p"_s, u"c"_s, u"d"_s, u"platform"_s};
    for (qsizetype t = 0; t < teams.size(); ++t) {
        QString got;
        for (const CostLine& line : bill.lines) {
            if (line.team == teams[t] && line.component == CostComponent::Storage)
                got = formatMoney(line.amount, 4);
        }
        QCOMPARE(got, shares[t]);
    }
}

/// Lines add up to the totals, and no policy changes what there is to pay.
void CostBillTest::everyPolicyAddsUpToTheSameBill()
{
    QRandomGenerator random(20261126);
    for (int round = 0; round < 150; ++round) {
        const Catalog catalog = randomCatalog(random);
        const PricingProfile profile = randomProfile(random);
        const auto plain = costBill(catalog, profile);
        QVERIFY2(plain, plain ? "" : qPrintable(plain.error().detail));
        for (const AllocationPolicy policy : allocationPolicies) {
            for (const IdlePolicy idle : {IdlePolicy::Show, IdlePolicy::Proportional, IdlePolicy::Platform}) {
                const CostBill bill = costBill(catalog, profile, {.policy = policy, .idle = idle}).value();
                std::int64_t sum = 0;
                for (const CostLine& line : bill.lines) {
                    QVERIFY(line.amount.micros >= 0);
                    sum += line.amount.micros;
                }
                const CostTotals& totals = bill.totals;
                QCOMPARE(sum, plain->totals.total.micros);
                QCOMPARE(totals.total, plain->totals.total);
                QCOMPARE(totals.components, plain->totals.components);
                QCOMPARE(totals.attributed + totals.unattributed + totals.idle + totals.adjustment, totals.total);
                QCOMPARE(totals.byBasis[0] + totals.byBasis[1] + totals.byBasis[2], totals.total);
            }
        }
    }
}

void CostBillTest::daysAreTheBillsParts_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("last");
    QTest::addColumn<QString>("zone");
    QTest::newRow("a month of UTC") << u"2026-11-01"_s << u"2026-11-30"_s << u"UTC"_s;
    QTest::newRow("over the hour that comes twice") << u"2026-10-24"_s << u"2026-10-27"_s << u"Europe/Berlin"_s;
    QTest::newRow("over the hour that is missing") << u"2026-03-27"_s << u"2026-03-31"_s << u"America/New_York"_s;
    QTest::newRow("a zone of half hours") << u"2026-01-01"_s << u"2026-01-03"_s << u"Asia/Kolkata"_s;
    QTest::newRow("a day that begins at one") << u"2018-11-02"_s << u"2018-11-06"_s << u"America/Sao_Paulo"_s;
}

void CostBillTest::daysAreTheBillsParts()
{
    QFETCH(QString, first);
    QFETCH(QString, last);
    QFETCH(QString, zone);
    QRandomGenerator random(7);
    const DayRange range = days(first, last, zone);
    for (int round = 0; round < 20; ++round) {
        const Catalog catalog = randomCatalog(random);
        MeasuredUsage measured;
        for (const CatalogEvent& event : catalog.events()) {
            TopicUsage usage;
            usage.topic = event.topic;
            for (QDate day = range.first; day <= range.last; day = day.addDays(1)) {
                if (random.bounded(3) > 0)
                    usage.records[day] = random.bounded(100'000'000);
                usage.keptBytes[day] = random.generate();
            }
            if (random.bounded(2) == 0)
                measured.topics[event.topic] = usage;
        }
        const CostBill bill = costBill(catalog, randomProfile(random), {.range = range, .measured = &measured}).value();
        std::map<const CostLine*, std::int64_t> sums;
        std::map<const CostLine*, std::int64_t> quantities;
        for (const auto& [from, to] : utcDays(bill)) {
            for (const CostDayLine& day : dayLines(bill, from, to)) {
                QVERIFY(day.amount.micros >= 0);
                sums[day.line] += day.amount.micros;
                quantities[day.line] += day.quantity.nanos;
            }
        }
        for (const CostLine& line : bill.lines) {
            QCOMPARE(sums[&line], line.amount.micros);
            if (line.amount.micros > 0)
                QVERIFY(quantities[&line] <= line.quantity.nanos);
            QVERIFY(line.amount.micros >= 0);
        }
    }
}

void CostBillTest::aDayCostsTheSameInWhateverRange_data()
{
    QTest::addColumn<QString>("zone");
    QTest::newRow("UTC") << u"UTC"_s;
    QTest::newRow("over both changes of clocks") << u"Europe/Berlin"_s;
    QTest::newRow("clocks that change by half an hour") << u"Australia/Lord_Howe"_s;
    QTest::newRow("fourteen hours ahead") << u"Pacific/Kiritimati"_s;
}

/// Each line of each UTC day that lies whole in a range is what the bill of that day alone says, and local days add up
/// to their range.
void CostBillTest::aDayCostsTheSameInWhateverRange()
{
    QFETCH(QString, zone);
    QRandomGenerator random(20261127);
    for (int round = 0; round < 24; ++round) {
        const Catalog catalog = randomCatalog(random);
        PricingProfile profile = randomProfile(random);
        const QDate first = QDate(2026, random.bounded(2) == 0 ? 3 : 10, 20).addDays(random.bounded(8));
        const QDate last = first.addDays(random.bounded(1, 12));
        if (random.bounded(2) == 0) {
            PricingProfile changed = profile;
            changed.effectiveFrom = first.addDays(random.bounded(1, 6));
            changed.replication = random.bounded(1, 5);
            profile.changes = {changed};
        }
        const MeasuredUsage measured = someUsage(random, catalog, first.addDays(-1), last.addDays(1));
        CostOptions options{.range = DayRange{first, last, zone},
                            .policy = allocationPolicies.at(static_cast<std::size_t>(round) % 6),
                            .idle = std::array{IdlePolicy::Show, IdlePolicy::Proportional,
                                               IdlePolicy::Platform}[static_cast<std::size_t>(round) / 6 % 3],
                            .measured = &measured};
        const CostBill bill = costBill(catalog, profile, options).value();
        for (const auto& [from, to] : utcDays(bill)) {
            const UtcTime begin = bill.slices[static_cast<std::size_t>(from)].start;
            if (bill.slices[static_cast<std::size_t>(to) - 1].end - begin != Millis{86'400'000})
                continue;
            const QDate day = bill.slices[static_cast<std::size_t>(from)].utcDay();
            options.range = DayRange{day, day};
            const CostBill alone = costBill(catalog, profile, options).value();
            QCOMPARE(amountsOf(dayLines(bill, from, to)), amountsOf(dayLines(alone, 0, 1)));
        }
        Money sum;
        for (QDate day = first; day <= last; day = day.addDays(1)) {
            options.range = DayRange{day, day, zone};
            const CostBill alone = costBill(catalog, profile, options).value();
            QCOMPARE(totalsOf(alone.lines), alone.totals);
            sum += alone.totals.total;
        }
        QCOMPARE(sum, bill.totals.total);
    }
}

void CostBillTest::localDaysHaveTheirRealHours_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("last");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<double>("hours");
    QTest::newRow("UTC") << u"2026-10-25"_s << u"2026-10-25"_s << u"UTC"_s << 24.0;
    QTest::newRow("the hour that comes twice") << u"2026-10-25"_s << u"2026-10-25"_s << u"Europe/Berlin"_s << 25.0;
    QTest::newRow("the hour that is missing") << u"2026-03-29"_s << u"2026-03-29"_s << u"Europe/Berlin"_s << 23.0;
    QTest::newRow("half an hour twice") << u"2026-04-05"_s << u"2026-04-05"_s << u"Australia/Lord_Howe"_s << 24.5;
    QTest::newRow("half an hour missing") << u"2026-10-04"_s << u"2026-10-04"_s << u"Australia/Lord_Howe"_s << 23.5;
    QTest::newRow("a year with both changes") << u"2026-01-01"_s << u"2026-12-31"_s << u"Europe/Berlin"_s << 24.0 * 365;
    QTest::newRow("from winter into summer") << u"2026-03-01"_s << u"2026-03-31"_s << u"Europe/Berlin"_s << 743.0;
    QTest::newRow("midnight that does not exist")
        << u"2018-11-04"_s << u"2018-11-04"_s << u"America/Sao_Paulo"_s << 23.0;
}

void CostBillTest::localDaysHaveTheirRealHours()
{
    QFETCH(QString, first);
    QFETCH(QString, last);
    QFETCH(QString, zone);
    QFETCH(double, hours);
    PricingProfile profile = seedProfile();
    for (ComponentPrice& price : profile.prices)
        price.rate = {};
    ComponentPrice& broker = profile.prices[componentIndex(CostComponent::Broker)];
    broker = {.rate = Rate{1, 0}, .unit = PriceUnit::Hour, .chargedTo = ChargedTo::Producer, .count = 3};
    ComponentPrice& network = profile.prices[componentIndex(CostComponent::Network)];
    network = {.rate = Rate{24, 0}, .unit = PriceUnit::Gib, .chargedTo = ChargedTo::Producer};
    const CostBill bill = costBill(oneGib(), profile, {.range = days(first, last, zone)}).value();
    const auto micros = static_cast<std::int64_t>(hours * 1'000'000);
    QCOMPARE(bill.totals.components[componentIndex(CostComponent::Broker)], Money{3 * micros});
    QCOMPARE(bill.totals.components[componentIndex(CostComponent::Network)], Money{micros}); // a GiB a day
    QVERIFY(std::abs(static_cast<double>(bill.drivers.front().records) - (1 << 20) * hours / 24) <= 1);
}

void CostBillTest::slicesOfDays_data()
{
    QTest::addColumn<QString>("day");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QStringList>("slices"); // start and hours
    QTest::newRow("UTC") << u"2026-11-26"_s << u"UTC"_s << QStringList{u"2026-11-26T00:00 24"_s};
    QTest::newRow("Berlin in winter") << u"2026-11-26"_s << u"Europe/Berlin"_s
                                      << QStringList{u"2026-11-25T23:00 1"_s, u"2026-11-26T00:00 23"_s};
    QTest::newRow("a day of 25 hours") << u"2026-10-25"_s << u"Europe/Berlin"_s
                                       << QStringList{u"2026-10-24T22:00 2"_s, u"2026-10-25T00:00 23"_s};
    QTest::newRow("a day of 23 hours") << u"2026-03-29"_s << u"Europe/Berlin"_s
                                       << QStringList{u"2026-03-28T23:00 1"_s, u"2026-03-29T00:00 22"_s};
}

void CostBillTest::slicesOfDays()
{
    QFETCH(QString, day);
    QFETCH(QString, zone);
    QFETCH(QStringList, slices);
    QStringList got;
    for (const CostSlice& slice : costSlices(days(day, day, zone))) {
        got +=
            u"%1 %2"_s.arg(QDateTime::fromMSecsSinceEpoch(toMs(slice.start), Qt::UTC).toString(u"yyyy-MM-ddThh:mm"_s))
                .arg((toMs(slice.end) - toMs(slice.start)) / 3'600'000);
    }
    QCOMPARE(got, slices);
}

void CostBillTest::measuredBeforeDeclaredBeforeAssumed()
{
    PricingProfile profile = cloudProfile();
    profile.assumedDailyVolume = 1'000'000;
    const Catalog catalog({},
                          {costEvent(u"measured"_s, 5, 1000, 1, u"p"_s, {u"c"_s}),
                           costEvent(u"declared"_s, 3'000'000, 1000, 1, u"p"_s, {u"c"_s}),
                           costEvent(u"assumed"_s, std::nullopt, 1000, 1, u"p"_s, {u"c"_s})},
                          {});
    MeasuredUsage measured;
    measured.topics[u"measured"_s] = {.topic = u"measured"_s, .records = {{QDate(2026, 11, 1), 2'000'000}}};
    const CostBill bill =
        costBill(catalog, profile, {.range = days(u"2026-11-01"_s, u"2026-11-01"_s), .measured = &measured}).value();
    QStringList got;
    for (const CostLine& line : bill.lines) {
        if (line.component == CostComponent::Compute)
            got +=
                u"%1 %2 %3 Million"_s.arg(line.eventType, quantityBasisWord(line.basis), formatQuantity(line.quantity));
    }
    QCOMPARE(got, (QStringList{u"measured measured 2 Million"_s, u"declared declared 3 Million"_s,
                               u"assumed assumed 1 Million"_s}));
    // Without a range nothing is measured, and the built-in profile never asks.
    const CostBill day = costBill(catalog, profile, {.measured = &measured}).value();
    QCOMPARE(day.totals.byBasis[0], Money{});
    const CostBill seed =
        costBill(catalog, seedProfile(), {.range = days(u"2026-11-01"_s, u"2026-11-01"_s), .measured = &measured})
            .value();
    QCOMPARE(seed.totals.byBasis[0], Money{});
}

void CostBillTest::groupsThatNobodyDeclaredAreUnattributed()
{
    MeasuredUsage measured;
    measured.topics[u"e"_s] = {.topic = u"e"_s, .groups = {u"c-service"_s, u"stranger"_s}};
    const CostBill bill =
        costBill(oneGib(), cloudProfile(), {.range = days(u"2026-11-01"_s, u"2026-11-01"_s), .measured = &measured})
            .value();
    QCOMPARE(sumOf(bill, CostComponent::Egress, CostRole::Unattributed), Money{50'000});
    QCOMPARE(sumOf(bill, CostComponent::Egress, CostRole::Consumer), Money{100'000});
    QVERIFY(bill.notes.join(u' ').contains(u"stranger"_s));
}

void CostBillTest::notesSayWhyItIsNobodys()
{
    const auto unattributed = [](const CatalogEvent& event) {
        const CostBill bill = costBill(Catalog({}, {event}, {}), cloudProfile()).value();
        QStringList notes;
        for (const QString& note : bill.notes) {
            if (note.startsWith(u"Unattributed"_s))
                notes += note;
        }
        return notes;
    };
    CatalogEvent event = costEvent(u"e"_s, 1 << 20, 1 << 10, 10, u"p"_s, {u"c"_s});
    QCOMPARE(unattributed(event), QStringList());
    event.consumers[0].team.clear();
    QCOMPARE(
        unattributed(event),
        QStringList{
            u"Unattributed, because neither the catalog nor ownership names their team: consumer c-service of e."_s});
    event.producer = {};
    event.consumers.clear();
    QCOMPARE(unattributed(event),
             QStringList{u"Unattributed, because the catalog names nobody: e has no producer and no consumer."_s});
}

void CostBillTest::aChangeOfRatesHoldsFromItsDay()
{
    PricingProfile profile = seedProfile();
    PricingProfile dearer = profile;
    dearer.effectiveFrom = QDate(2026, 11, 4);
    dearer.prices[componentIndex(CostComponent::Compute)].rate = Rate{100, 2};
    profile.changes = {dearer};
    const CostBill bill = costBill(oneGib(), profile, {.range = days(u"2026-11-01"_s, u"2026-11-10"_s)}).value();
    QCOMPARE(bill.segments.size(), std::size_t{2});
    QCOMPARE(bill.segments[0].days, 3);
    QCOMPARE(bill.segments[1].days, 7);
    // 1.048576 million a day for each of two: three days at 0.50, seven at 1.00
    QCOMPARE(sumOf(bill, CostComponent::Compute, CostRole::Consumer), Money{17'825'792});
    QCOMPARE(utcDays(bill).size(), std::size_t{10});
    Money fourth;
    for (const CostDayLine& line : dayLines(bill, 3, 4))
        fourth += line.line->component == CostComponent::Compute ? line.amount : Money{};
    QVERIFY(std::abs(fourth.micros - 2'097'152) <= 2);
}

/// What a reader of the bill checks: what was used times its price.
void CostBillTest::daysBeforeTheFirstRatesAreSaid_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<bool>("isSaid");
    QTest::newRow("the day before") << u"2025-12-31"_s << true;
    QTest::newRow("a century before") << u"1900-01-01"_s << true;
    QTest::newRow("the first day") << u"2026-01-01"_s << false;
}

void CostBillTest::daysBeforeTheFirstRatesAreSaid()
{
    QFETCH(QString, first);
    QFETCH(bool, isSaid);
    PricingProfile profile = cloudProfile();
    profile.effectiveFrom = QDate(2026, 1, 1);
    const CostBill bill = costBill(oneGib(), profile, {.range = days(first, first)}).value();
    QCOMPARE(bill.notes.filter(u"in effect from 2026-01-01 only"_s).size(), isSaid ? 1 : 0);
}

void CostBillTest::quantityTimesRateIsTheAmount()
{
    QRandomGenerator random(99);
    for (int round = 0; round < 50; ++round) {
        const CostBill bill = costBill(randomCatalog(random), randomProfile(random)).value();
        for (const CostLine& line : bill.lines) {
            const double rate = static_cast<double>(line.rate.mantissa) / std::pow(10.0, line.rate.scale);
            const double product = static_cast<double>(line.quantity.nanos) / 1e9 * rate * 1e6;
            const double slack = 2 + rate * 1e-3 + product * 1e-9;
            QVERIFY2(std::abs(product - static_cast<double>(line.modelled.micros)) <= slack,
                     qPrintable(u"round %1: %2 of %3"_s.arg(round).arg(product).arg(line.modelled.micros)));
        }
    }
}

void CostBillTest::wordsAreReadAndFaultsNameTheRightOnes()
{
    for (const AllocationPolicy policy : allocationPolicies)
        QCOMPARE(parseAllocationPolicy(allocationPolicyWord(policy)).value(), policy);
    QCOMPARE(
        parseAllocationPolicy(u"producers"_s).error().detail,
        u"there is no policy 'producers' (did you mean 'producer'?); write profile, producer, consumer, even, mix or platform"_s);
    QCOMPARE(formatQuantity(Quantity{3'750'000'000}), u"3.75"_s);
    QCOMPARE(formatQuantity(Quantity{0}), u"0"_s);
    QCOMPARE(formatQuantity(Quantity{1}), u"0.000000001"_s);
}

QTEST_GUILESS_MAIN(CostBillTest)
#include "tst_costbill.moc"
