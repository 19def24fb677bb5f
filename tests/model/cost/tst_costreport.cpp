// SPDX-License-Identifier: GPL-3.0-or-later
// The governance article's numbers to four decimals, sums to the micro-unit, and what is written about them.
#include "model/cost/costreport.h"
#include "model/cost/costwriters.h"
#include "tests/support/folders.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <cmath>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

CatalogEvent eventOf(const QString& type, std::optional<std::int64_t> volume, std::optional<std::int64_t> bytes,
                     std::optional<double> retention, const QString& producer, const QStringList& consumers)
{
    CatalogEvent made;
    made.eventType = type;
    made.avgDailyVolume = volume;
    made.avgPayloadBytes = bytes;
    made.retentionDays = retention;
    made.producer.team = producer;
    for (const QString& team : consumers) {
        ConsumerEntry consumer;
        consumer.team = team;
        consumer.service = team + u"-service"_s;
        made.consumers.push_back(consumer);
    }
    return made;
}

Catalog article()
{
    const auto workspace = loadWorkspace(test::sourceFile(u"tests/data/article"_s));
    return loadCatalog(workspace.value.value()).value.value();
}

PricingProfile house()
{
    PricingProfile profile;
    profile.name = u"house"_s;
    profile.currency = u"EUR"_s;
    profile.replication = 3;
    profile.prices = {ComponentPrice{Rate{10, 2}, PriceUnit::GibMonth, ChargedTo::Split},
                      ComponentPrice{Rate{5, 2}, PriceUnit::Gb, ChargedTo::Each},
                      ComponentPrice{Rate{333'333'333, 9}, PriceUnit::MillionEvents, ChargedTo::Consumers},
                      ComponentPrice{Rate{1, 2}, PriceUnit::SchemaMonth, ChargedTo::Producer}};
    return profile;
}

const CostRow* rowOf(const CostReport& report, const QString& team)
{
    for (const CostRow& row : report.teams) {
        if (row.team == team)
            return &row;
    }
    return nullptr;
}

/// Every row is the sum of its components and every column the sum of its rows.
bool addsUp(const CostReport& report)
{
    std::array<std::int64_t, costComponentCount> columns{};
    std::int64_t total = 0;
    std::vector<CostRow> rows = report.teams;
    rows.push_back(report.unattributed);
    rows.push_back(report.idle);
    for (const CostRow& row : rows) {
        std::int64_t sum = 0;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            sum += row.components[c].micros;
            columns[c] += row.components[c].micros;
        }
        if (sum != row.total.micros)
            return false;
        total += sum;
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (columns[c] != report.total.components[c].micros)
            return false;
    }
    return total == report.total.total.micros;
}

} // namespace

class CostReportTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theArticlesNumbers_data();
    void theArticlesNumbers();
    void theArticlesTotals();
    void aProfileOfOnesOwn_data();
    void aProfileOfOnesOwn();
    void rangesOfDays_data();
    void rangesOfDays();
    void aRangeCountsBothItsDays();
    void whatIsUnknownIsNamed();
    void whoHasNoTeamIsUnattributed();
    void consumersComeFromOwnershipWhereTheCatalogNamesNone();
    void unusedCapacityIsIdle();
    void randomCatalogsAddUp();
    void amountsThatDoNotFit();
    void jsonIsTheContracts();
    void csvIsSafe();
    void textIsAligned();
    void anEmptyCatalogSaysSo();
    void whereNothingCanBePricedTheTotalIsUnknown();
    void ratesThatDifferAreAllTold();
    void pathsStandInTheStead();
};

void CostReportTest::theArticlesNumbers_data()
{
    QTest::addColumn<QString>("team");
    QTest::addColumn<QStringList>("amounts"); // storage, network, compute, registry, total
    QTest::newRow("payment-team") << u"payment-team"_s
                                  << QStringList{u"0.1215"_s, u"0.0087"_s, u"0.0790"_s, u"0.0200"_s, u"0.2292"_s};
    QTest::newRow("inventory-team") << u"inventory-team"_s
                                    << QStringList{u"0.1215"_s, u"0.0087"_s, u"0.0790"_s, u"0.0200"_s, u"0.2292"_s};
    QTest::newRow("analytics-team") << u"analytics-team"_s
                                    << QStringList{u"0.1173"_s, u"0.0084"_s, u"0.0750"_s, u"0.0100"_s, u"0.2107"_s};
    QTest::newRow("order-team") << u"order-team"_s
                                << QStringList{u"0.1215"_s, u"0.0087"_s, u"0.0000"_s, u"0.0200"_s, u"0.1502"_s};
    QTest::newRow("ml-team") << u"ml-team"_s
                             << QStringList{u"0.0081"_s, u"0.0006"_s, u"0.0125"_s, u"0.0100"_s, u"0.0312"_s};
    QTest::newRow("notification-team") << u"notification-team"_s
                                       << QStringList{u"0.0081"_s, u"0.0006"_s, u"0.0125"_s, u"0.0100"_s, u"0.0312"_s};
    QTest::newRow("user-team") << u"user-team"_s
                               << QStringList{u"0.0081"_s, u"0.0006"_s, u"0.0000"_s, u"0.0100"_s, u"0.0187"_s};
}

void CostReportTest::theArticlesNumbers()
{
    QFETCH(QString, team);
    QFETCH(QStringList, amounts);
    const auto report = costReport(article(), seedProfile());
    QVERIFY(report);
    const CostRow* row = rowOf(*report, team);
    QVERIFY(row != nullptr);
    QStringList got;
    for (const CostComponent component : coreComponents)
        got += formatMoney(row->of(component), 4);
    got += formatMoney(row->total, 4);
    QCOMPARE(got, amounts);
}

void CostReportTest::theArticlesTotals()
{
    const CostReport report = costReport(article(), seedProfile()).value();
    QCOMPARE(report.teams.size(), std::size_t{7});
    QCOMPARE(report.currency, u"USD"_s);
    // 0.90051868277788 by hand, in exact decimals
    QVERIFY(std::abs(report.total.total.micros - 900'519) <= 2);
    QCOMPARE(formatMoney(report.total.total, 4), u"0.9005"_s);
    QCOMPARE(formatMoney(report.total.of(CostComponent::Storage), 4), u"0.5064"_s);
    QCOMPARE(formatMoney(report.total.of(CostComponent::Network), 4), u"0.0362"_s);
    QCOMPARE(formatMoney(report.total.of(CostComponent::Compute), 4), u"0.2580"_s);
    QCOMPARE(formatMoney(report.total.of(CostComponent::Registry), 4), u"0.1000"_s);
    QVERIFY(addsUp(report));
    QCOMPARE(report.unattributed.total, Money{});
    QCOMPARE(report.idle.total, Money{});
    QStringList order;
    for (const CostRow& row : report.teams)
        order += row.team;
    QCOMPARE(order, (QStringList{u"inventory-team"_s, u"payment-team"_s, u"analytics-team"_s, u"order-team"_s,
                                 u"ml-team"_s, u"notification-team"_s, u"user-team"_s}));
    QCOMPARE(report.basis.pricedEvents, 3);
    QCOMPARE(report.basis.unknownEvents, QStringList{u"payment.completed"_s}); // in ownership.yaml, not in the catalog
}

void CostReportTest::aProfileOfOnesOwn_data()
{
    QTest::addColumn<int>("component");
    QTest::addColumn<QString>("producer");
    QTest::addColumn<QString>("consumer");
    // 1 GiB a day as 2^20 events of 1 KiB, kept 10 days, three copies, one producer and one consumer
    QTest::newRow("storage: 30 GiB at 0.10 per GiB-month of 365/12 days, split in two")
        << 0 << u"0.049315"_s << u"0.049315"_s;
    QTest::newRow("network: 1.073741824 GB at 0.05, each") << 1 << u"0.053687"_s << u"0.053687"_s;
    QTest::newRow("compute: 1.048576 million at 0.333333333, the consumer") << 2 << u"0.000000"_s << u"0.349525"_s;
    QTest::newRow("registry: one schema at 0.01 a month, the producer") << 3 << u"0.000329"_s << u"0.000000"_s;
}

void CostReportTest::aProfileOfOnesOwn()
{
    QFETCH(int, component);
    QFETCH(QString, producer);
    QFETCH(QString, consumer);
    const Catalog catalog({}, {eventOf(u"e"_s, 1 << 20, 1 << 10, 10, u"p"_s, {u"c"_s})}, {});
    const CostReport report = costReport(catalog, house()).value();
    const auto at = static_cast<std::size_t>(component);
    // largest remainder may move one micro-unit between the two
    const auto isNear = [](Money amount, const QString& text) {
        return std::abs(static_cast<double>(amount.micros) / 1e6 - text.toDouble()) < 1.5e-6;
    };
    QVERIFY(isNear(rowOf(report, u"p"_s)->components[at], producer));
    QVERIFY(isNear(rowOf(report, u"c"_s)->components[at], consumer));
    QVERIFY(addsUp(report));
}

void CostReportTest::rangesOfDays_data()
{
    QTest::addColumn<QStringList>("words"); // from, to, zone
    QTest::addColumn<int>("days");
    QTest::addColumn<int>("hours");
    QTest::addColumn<QString>("complaint");
    QTest::newRow("no days: one day at the catalog's volumes")
        << QStringList{QString(), QString(), QString()} << 1 << 24 << QString();
    QTest::newRow("one day") << QStringList{u"2026-11-20"_s, u"2026-11-20"_s, u"UTC"_s} << 1 << 24 << QString();
    QTest::newRow("a month, both ends counted")
        << QStringList{u"2026-11-01"_s, u"2026-11-30"_s, u"Europe/Berlin"_s} << 30 << 720 << QString();
    QTest::newRow("a leap day") << QStringList{u"2028-02-28"_s, u"2028-03-01"_s, QString()} << 3 << 72 << QString();
    QTest::newRow("over a change of the clocks an hour more")
        << QStringList{u"2026-10-24"_s, u"2026-10-26"_s, u"Europe/Berlin"_s} << 3 << 73 << QString();
    QTest::newRow("the wrong way round") << QStringList{u"2026-11-02"_s, u"2026-11-01"_s, QString()} << 0 << 0
                                         << u"before"_s;
    QTest::newRow("one end only") << QStringList{u"2026-11-02"_s, QString(), QString()} << 0 << 0
                                  << u"belong together"_s;
    QTest::newRow("no such day") << QStringList{u"2026-02-30"_s, u"2026-03-01"_s, QString()} << 0 << 0
                                 << u"'2026-02-30' is no day"_s;
    QTest::newRow("a day in words") << QStringList{u"2026-02-01"_s, u"yesterday"_s, QString()} << 0 << 0
                                    << u"'yesterday' is no day"_s;
    QTest::newRow("no such zone") << QStringList{u"2026-02-01"_s, u"2026-02-02"_s, u"Mars/Olympus"_s} << 0 << 0
                                  << u"'Mars/Olympus' is no time zone"_s;
}

void CostReportTest::rangesOfDays()
{
    QFETCH(QStringList, words);
    QFETCH(int, days);
    QFETCH(int, hours);
    QFETCH(QString, complaint);
    const auto range = parseDayRange(words[0], words[1], words[2]);
    QCOMPARE(range.has_value(), complaint.isEmpty());
    if (!range) {
        QCOMPARE(range.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(range.error().detail.contains(complaint), qPrintable(range.error().detail));
        return;
    }
    const CostReport report = costReport(article(), seedProfile(), CostOptions{*range}).value();
    QCOMPARE(report.basis.days, days);
    // 0.90051868277788 a day, rounded for itself; each line of the parts of days at the ends by less than one
    QVERIFY(std::abs(static_cast<double>(report.total.total.micros) - 900'519.0 * hours / 24) < 25);
    QVERIFY(addsUp(report));
}

void CostReportTest::aRangeCountsBothItsDays()
{
    const auto range = parseDayRange(u"2026-11-01"_s, u"2026-11-02"_s, u"UTC"_s).value();
    const CostReport report = costReport(article(), seedProfile(), CostOptions{range}).value();
    QCOMPARE(formatMoney(rowOf(report, u"order-team"_s)->of(CostComponent::Registry), 6), u"0.040000"_s);
    const QJsonObject json = QJsonDocument::fromJson(costAsJson(report)).object();
    QCOMPARE(json[u"period"_s].toString(), u"range"_s);
    QCOMPARE(json[u"from"_s].toString(), u"2026-11-01"_s);
    QCOMPARE(json[u"to"_s].toString(), u"2026-11-02"_s);
}

void CostReportTest::whatIsUnknownIsNamed()
{
    OwnedEvent owned;
    owned.eventType = u"elsewhere"_s;
    PricingProfile profile = house();
    const Catalog catalog(
        {owned},
        {eventOf(u"no.volume"_s, std::nullopt, 1, 1, u"p"_s, {}), eventOf(u"no.size"_s, 1, std::nullopt, 1, u"p"_s, {}),
         eventOf(u"no.retention"_s, 1, 1, std::nullopt, u"p"_s, {}), eventOf(u"silent"_s, 0, 0, 1, u"q"_s, {})},
        {});
    const CostReport report = costReport(catalog, profile).value();
    QCOMPARE(report.basis.unknownEvents,
             (QStringList{u"no.volume"_s, u"no.size"_s, u"no.retention"_s, u"elsewhere"_s}));
    QVERIFY(rowOf(report, u"p"_s) == nullptr); // not zero: nothing is known
    QVERIFY(rowOf(report, u"q"_s) != nullptr); // a volume of 0 is known
    QCOMPARE(report.basis.pricedEvents, 1);
    QVERIFY(report.basis.notes.join(u' ').contains(u"no.volume (no avg_daily_volume)"_s));
    profile.retentionDays = 7;
    QVERIFY(!costReport(catalog, profile).value().basis.unknownEvents.contains(u"no.retention"_s));
}

void CostReportTest::whoHasNoTeamIsUnattributed()
{
    const Catalog catalog({}, {eventOf(u"e"_s, 1'000'000, 1'000, 1, QString(), {u"c"_s})}, {});
    const CostReport report = costReport(catalog, seedProfile()).value();
    QCOMPARE(report.teams.size(), std::size_t{1});
    QVERIFY(report.unattributed.total.micros > 0);
    QCOMPARE(report.unattributed.of(CostComponent::Compute), Money{});
    QCOMPARE(report.unattributed.of(CostComponent::Registry), Money{10'000});
    QVERIFY(addsUp(report));
}

void CostReportTest::consumersComeFromOwnershipWhereTheCatalogNamesNone()
{
    OwnedEvent owned;
    owned.eventType = u"e"_s;
    owned.producer.team = u"p"_s;
    ConsumerEntry consumer;
    consumer.team = u"c"_s;
    owned.consumers = {consumer};
    const Catalog catalog({owned}, {eventOf(u"e"_s, 1'000'000, 1'000, 1, QString(), {})}, {});
    const CostReport report = costReport(catalog, seedProfile()).value();
    QCOMPARE(rowOf(report, u"c"_s)->of(CostComponent::Compute), Money{500'000});
    QVERIFY(rowOf(report, u"p"_s) != nullptr);
    QCOMPARE(report.unattributed.total, Money{});
}

void CostReportTest::unusedCapacityIsIdle()
{
    PricingProfile profile = house();
    ComponentPrice& storage = profile.prices[0];
    storage.capacityBytes = 100LL << 30;
    storage.unit = PriceUnit::GibDay;
    const Catalog catalog({}, {eventOf(u"e"_s, 1 << 20, 1 << 10, 10, u"p"_s, {u"c"_s})}, {}); // 30 GiB of copies
    const CostReport report = costReport(catalog, profile).value();
    QCOMPARE(report.idle.of(CostComponent::Storage), Money{7'000'000}); // 70 GiB at 0.10
    QCOMPARE(report.total.of(CostComponent::Storage), Money{10'000'000});
    QVERIFY(addsUp(report));
    storage.capacityBytes = 1LL << 30;
    const CostReport over = costReport(catalog, profile).value();
    QCOMPARE(over.idle.total, Money{});
    QVERIFY(over.basis.notes.join(u' ').contains(u"more storage than the profile's capacity"_s));
}

/// Whatever the volumes: every row and column adds up, and no team is a whole micro-unit away from its exact share.
void CostReportTest::randomCatalogsAddUp()
{
    QRandomGenerator random(4711);
    for (int round = 0; round < 200; ++round) {
        std::vector<CatalogEvent> events;
        std::map<QString, double> exactCompute;
        PricingProfile profile = house();
        for (const CostComponent component : coreComponents) {
            ComponentPrice& price = profile.prices[componentIndex(component)];
            price.rate =
                Rate{static_cast<std::int64_t>(random.bounded(1, 1'000'000)), static_cast<int>(random.bounded(0, 10))};
            price.chargedTo = static_cast<ChargedTo>(random.bounded(4));
        }
        profile.prices[2].chargedTo = ChargedTo::Consumers;
        const double rate =
            static_cast<double>(profile.prices[2].rate.mantissa) / std::pow(10.0, profile.prices[2].rate.scale);
        const int count = static_cast<int>(random.bounded(1, 30));
        for (int i = 0; i < count; ++i) {
            QStringList consumers;
            for (int c = static_cast<int>(random.bounded(0, 6)); c > 0; --c)
                consumers += u"team%1"_s.arg(random.bounded(8));
            const std::int64_t volume = random.bounded(1'000'000'000);
            const QString producer = random.bounded(10) == 0 ? QString() : u"team%1"_s.arg(random.bounded(8));
            events.push_back(eventOf(u"e%1"_s.arg(i), volume, random.bounded(100'000), random.bounded(1, 400) / 8.0,
                                     producer, consumers));
            for (const QString& team : consumers)
                exactCompute[team] += static_cast<double>(volume) * rate; // in micro-units
        }
        const auto report = costReport(Catalog({}, events, {}), profile);
        QVERIFY(report);
        QVERIFY2(addsUp(*report), qPrintable(u"round %1"_s.arg(round)));
        for (const auto& [team, exact] : exactCompute) {
            const double difference =
                static_cast<double>(rowOf(*report, team)->of(CostComponent::Compute).micros) - exact;
            QVERIFY2(std::abs(difference) < 1.0 + exact * 1e-12,
                     qPrintable(u"round %1: %2"_s.arg(round).arg(difference)));
        }
    }
}

void CostReportTest::amountsThatDoNotFit()
{
    const Catalog catalog({}, {eventOf(u"e"_s, 1'000'000'000'000'000, 1'000'000'000'000, 36'500, u"p"_s, {u"c"_s})},
                          {});
    const auto report = costReport(catalog, seedProfile());
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::InvalidConfig);
}

void CostReportTest::jsonIsTheContracts()
{
    const QByteArray text = costAsJson(costReport(article(), seedProfile()).value());
    const QJsonObject json = QJsonDocument::fromJson(text).object();
    QCOMPARE(json[u"currency"_s].toString(), u"USD"_s);
    QCOMPARE(json[u"period"_s].toString(), u"day"_s);
    QVERIFY(json[u"from"_s].isNull() && json[u"to"_s].isNull());
    QVERIFY(json[u"total"_s].isDouble() && json[u"unattributed"_s].isDouble() && json[u"idle"_s].isDouble());
    const QJsonArray teams = json[u"teams"_s].toArray();
    QCOMPARE(teams.size(), 7);
    const QJsonObject first = teams[0].toObject();
    for (const QString& name : {u"storage"_s, u"network"_s, u"compute"_s, u"registry"_s, u"total"_s})
        QVERIFY2(first[name].isDouble(), qPrintable(name));
    QCOMPARE(first[u"team"_s].toString(), u"inventory-team"_s);
    QVERIFY(std::abs(first[u"total"_s].toDouble() - 0.229199) < 2e-6);
    const QJsonObject basis = json[u"basis"_s].toObject();
    QCOMPARE(basis[u"profile"_s].toString(), u"seed"_s);
    QCOMPARE(basis[u"volumes"_s].toString(), u"declared"_s);
    QCOMPARE(basis[u"unknownEvents"_s].toArray().size(), 1);
    QVERIFY(text.contains("\"compute\":0.079000")); // decimal numbers, never 7.9e-02
    const QJsonObject team = json[u"teams"_s].toArray().first().toObject();
    for (const QJsonValue& rate : basis[u"rates"_s].toArray()) // they join
        QVERIFY(team.contains(rate[u"component"].toString()));
}

void CostReportTest::csvIsSafe()
{
    const Catalog catalog(
        {}, {eventOf(u"a"_s, 1'000'000, 0, 1, u"=cmd|' /C calc'!A0"_s, {u"a, \"b\""_s, u"-1+1"_s, u"x\ty\r\nz"_s})},
        {});
    const QString csv = QString::fromUtf8(costAsCsv(costReport(catalog, seedProfile()).value()));
    const QStringList lines = csv.split(u"\r\n"_s);
    QCOMPARE(
        lines.front(),
        u"kind,team,storage,network,compute,registry,total,currency,from,to,profile,time_zone,policy,idle_policy,volumes,calibration"_s);
    QCOMPARE(lines.size(), 9); // header, four teams, unattributed, idle, total, and what follows the last line end
    QVERIFY(lines.back().isEmpty());
    QVERIFY(lines.contains(
        u"team,'=cmd|' /C calc'!A0,0.000000,0.000000,0.000000,0.010000,0.010000,USD,,,seed,,profile,show,declared,"_s));
    QVERIFY(lines.contains(
        u"team,\"a, \"\"b\"\"\",0.000000,0.000000,0.500000,0.010000,0.510000,USD,,,seed,,profile,show,declared,"_s));
    QVERIFY(lines.contains(
        u"team,'-1+1,0.000000,0.000000,0.500000,0.010000,0.510000,USD,,,seed,,profile,show,declared,"_s));
    QVERIFY(csv.contains(u"x\\u{0009}y\\u{000D}\\u{000A}z"_s));
    QCOMPARE(lines.at(7), u"total,,0.000000,0.000000,1.500000,0.040000,1.540000,USD,,,seed,,profile,show,declared,"_s);
}

void CostReportTest::textIsAligned()
{
    const QString text = costAsText(costReport(article(), seedProfile()).value());
    QVERIFY2(text.startsWith(u"Cost of one day, USD, profile seed\n\n"_s
                             u"Team                Storage   Network   Compute   Registry    Total\n"_s),
             qPrintable(text));
    QVERIFY2(text.contains(u"\ninventory-team       0.1215    0.0087    0.0790     0.0200   0.2292\n"_s),
             qPrintable(text));
    QVERIFY2(text.contains(u"\nTotal                0.5064    0.0362    0.2580     0.1000   0.9005\n"_s),
             qPrintable(text));
    QVERIFY(text.contains(u"In no sum, because it is unknown: payment.completed (not in the catalog)."_s));
    QVERIFY(!text.contains(u"idle"_s));
}

void CostReportTest::anEmptyCatalogSaysSo()
{
    const CostReport report = costReport(Catalog(), seedProfile()).value();
    QCOMPARE(report.total.total, Money{});
    QVERIFY(costAsText(report).contains(u"Nothing can be priced"_s));
    QVERIFY(QJsonDocument::fromJson(costAsJson(report)).object()[u"teams"_s].toArray().isEmpty());
}

void CostReportTest::whereNothingCanBePricedTheTotalIsUnknown()
{
    OwnedEvent owned;
    owned.eventType = u"elsewhere"_s;
    const CostReport report = costReport(Catalog({owned}, {}, {}), seedProfile()).value();
    const QJsonObject json = QJsonDocument::fromJson(costAsJson(report)).object();
    QVERIFY(json.contains(u"total"_s) && json[u"total"_s].isNull());
    const QString text = costAsText(report);
    QVERIFY2(text.contains(u"Nothing can be priced"_s), qPrintable(text));
    QVERIFY2(!text.contains(u"Rounded"_s) && !text.contains(u"charged in full"_s), qPrintable(text));
}

/// Of two clusters' profiles, and over a change of rates: a bill says whose and when, and never one for all.
void CostReportTest::ratesThatDifferAreAllTold()
{
    PricingProfile first = house();
    first.source = u"of October"_s;
    first.replication = 2;
    first.effectiveFrom = QDate(2026, 1, 1);
    PricingProfile changed = first;
    changed.effectiveFrom = QDate(2026, 11, 15);
    changed.replication = 3;
    changed.source = u"of November"_s;
    changed.prices[0].rate = Rate{5, 0};
    first.changes = {changed};
    PricingProfile second = house();
    second.name = u"other"_s;
    second.connection = u"b"_s;
    second.source = u"a guess"_s;
    second.prices[0].rate = Rate{7, 0};
    const CostOptions options{DayRange{QDate(2026, 11, 14), QDate(2026, 11, 15), u"UTC"_s}};
    CostBill bill = costBill(article(), first, options).value();
    mergeBill(bill, costBill(article(), second, options).value());
    const CostReport report = reportOf(bill);
    const QJsonObject basis = QJsonDocument::fromJson(costAsJson(report)).object()[u"basis"_s].toObject();
    QCOMPARE(basis[u"profile"_s].toString(), u"house, other"_s);
    for (const QString& field : {u"source"_s, u"effectiveFrom"_s, u"replication"_s})
        QVERIFY2(basis.contains(field) && basis[field].isNull(), qPrintable(field));
    QStringList storage;
    for (const QJsonValue& rate : basis[u"rates"_s].toArray()) {
        if (rate[u"component"].toString() == u"storage"_s)
            storage += u"%1 %2 %3 %4"_s.arg(rate[u"profile"].toString(), rate[u"from"].toString(),
                                            rate[u"to"].toString(), QString::number(rate[u"rate"].toDouble()));
    }
    QCOMPARE(storage, (QStringList{u"house 2026-11-14 2026-11-14 0.1"_s, u"house 2026-11-15 2026-11-15 5"_s,
                                   u"other 2026-11-14 2026-11-15 7"_s}));
    const QJsonArray terms = basis[u"terms"_s].toArray();
    QCOMPARE(terms.size(), qsizetype{3});
    QCOMPARE(terms[1][u"replication"].toInt(), 3);
    QCOMPARE(terms[2][u"connection"].toString(), u"b"_s);
    const QString text = costAsText(report);
    for (const QString& told : {u"profile house, other\n"_s, u"Rates of house, 2026-11-14 to 2026-11-14: storage 0.1"_s,
                                u"Stored in 2 copies. In effect from 2026-01-01. Source: of October."_s,
                                u"Rates of house, 2026-11-15 to 2026-11-15: storage 5 "_s,
                                u"Rates of other (cluster b), 2026-11-14 to 2026-11-15: storage 7 "_s})
        QVERIFY2(text.contains(told), qPrintable(told + u" in "_s + text));
}

/// A profile with prices for bytes in and out says nothing of a network that it does not name.
void CostReportTest::pathsStandInTheStead()
{
    PricingProfile profile = house();
    profile.prices[componentIndex(CostComponent::Network)].rate = {};
    profile.prices[componentIndex(CostComponent::Ingress)] = {Rate{3, 2}, PriceUnit::Gib, ChargedTo::Producer};
    const QString text = costAsText(costReport(article(), profile).value());
    QVERIFY2(text.contains(u"Ingress"_s) && !text.contains(u"etwork"_s), qPrintable(text));
    QVERIFY(costAsText(costReport(article(), house()).value()).contains(u"Network"_s));
}

QTEST_GUILESS_MAIN(CostReportTest)
#include "tst_costreport.moc"
