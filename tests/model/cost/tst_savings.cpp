// SPDX-License-Identifier: GPL-3.0-or-later
// Each rule of the advisor on a case whose answer is known; what a change saves is the difference of two bills.
#include "model/cost/savings.h"
#include "tests/model/cost/costcases.h"
#include "tests/support/folders.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Storage at 0.10 per GiB-day of one copy, network 0.05 each, compute 0.50, partitions 1 a day; one event of 1 GiB a
/// day.
PricingProfile prices()
{
    PricingProfile profile = seedProfile();
    profile.retentionDays.reset();
    profile.prices[0].chargedTo = ChargedTo::Producer;
    profile.isMeasured = true;
    setPrice(profile, CostComponent::Partitions, {Rate{1, 0}, PriceUnit::Day, ChargedTo::Producer});
    return profile;
}

CatalogEvent oneGib(const QStringList& consumers)
{
    return costEvent(u"e"_s, 1 << 20, 1 << 10, 10, u"p"_s, consumers);
}

struct Case
{
    Catalog catalog;
    PricingProfile profile = prices();
    MeasuredUsage usage;
    std::map<QString, TopicEvidence> evidence;

    explicit Case(const CatalogEvent& event, const std::vector<OwnedEvent>& owned = {})
        : catalog(owned, {event}, {})
    {
        usage.topics[u"e"_s].topic = u"e"_s;
        usage.topics[u"e"_s].groups = {u"c-service"_s};
        evidence[u"e"_s].isSampled = true;
    }
    [[nodiscard]] SavingsInput input() const
    {
        return {.catalog = catalog,
                .profile = profile,
                .options = {.range = DayRange{QDate(2026, 11, 1), QDate(2026, 11, 1)}, .measured = &usage},
                .evidence = evidence};
    }
    [[nodiscard]] std::vector<Saving> found() const { return findSavings(input()).value(); }
};

constexpr double month = 365.0 / 12;

bool isAbout(Money amount, double expected)
{
    return std::abs(static_cast<double>(amount.micros) / 1e6 - expected) < 1e-4 * std::max(1.0, std::abs(expected));
}

} // namespace

class SavingsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingIsAdvisedWithoutEvidence();
    void retentionIsCutToThreeTimesTheWorstLag();
    void anInvoiceSaysWhatASavingIsWorth();
    void aDeadGroup();
    void anUnreadTopic();
    void fieldsThatNobodyDeclares();
    void compressionIsMeasured();
    void theBestCodecIsNamed();
    void whatIsPackedAlreadyIsNotAdvised_data();
    void whatIsPackedAlreadyIsNotAdvised();
    void tieredStorageForWhatNobodyReads();
    void aClaimCheckForLargePayloads();
    void recordsThatGoOneByOne();
    void batching();
    void tooManyPartitions();
    void simulatedTogether();
    void namesAreQuotedForTheShell();
    void shippedExamplesAreRead();
};

void SavingsTest::nothingIsAdvisedWithoutEvidence()
{
    Case one(oneGib({u"c"_s}));
    QVERIFY(one.found().empty());
    one.evidence.clear();
    one.usage = {};
    QVERIFY(one.found().empty());
}

void SavingsTest::retentionIsCutToThreeTimesTheWorstLag()
{
    Case one(oneGib({u"c"_s}));
    one.evidence[u"e"_s].worstLagDays = 1.5;
    one.evidence[u"e"_s].observedDays = 30;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"retention:e"_s);
    QCOMPARE(found[0].retentionDays, 4.5);
    QCOMPARE(found[0].team, u"p"_s);
    QVERIFY(isAbout(found[0].perMonth, 5.5 * 0.10 * month)); // 10 - 4.5 GiB at 0.10 a day
    QVERIFY(found[0].exported.front().endsWith(u"--entity-name e --add-config retention.ms=388800000"_s));
    QVERIFY(found[0].evidence.contains(u"1.5 days"_s));
    one.evidence[u"e"_s].worstLagDays = 0.001; // never below a day
    QCOMPARE(one.found()[0].retentionDays, 1.0);
    one.evidence[u"e"_s].worstLagDays = 4; // twelve are needed, ten are there
    QVERIFY(one.found().empty());
    one.evidence[u"e"_s].worstLagDays = 1.5;
    one.evidence[u"e"_s].observedDays = 0.5; // too short a time to tell
    QVERIFY(one.found().empty());
}

/// Component by component: storage is billed at twice the rate; of what else changes no invoice tells.
void SavingsTest::anInvoiceSaysWhatASavingIsWorth()
{
    Case one(oneGib({u"c"_s}));
    one.evidence[u"e"_s].worstLagDays = 1.5;
    one.evidence[u"e"_s].observedDays = 30;
    const Saving plain = one.found().at(0);
    QCOMPARE(plain.basis, u"Money at the rates of profile seed."_s);
    SavingsInput input = one.input();
    input.factors[CostComponent::Storage] = {
        .component = CostComponent::Storage, .factor = 2.0, .invoice = u"october.csv"_s};
    const Saving invoiced = findSavings(input).value().at(0);
    QVERIFY(isAbout(invoiced.perMonth, 2.0 * static_cast<double>(plain.perMonth.micros) / 1e6));
    QCOMPARE(invoiced.basis, u"Money as invoiced: storage × 2.000 (october.csv)."_s);
    // another component's factor changes nothing, and the words say so
    input.factors = {{CostComponent::Network, input.factors.begin()->second}};
    QCOMPARE(findSavings(input).value().at(0).perMonth, plain.perMonth);
    QCOMPARE(findSavings(input).value().at(0).basis, plain.basis);
    // a bill as it would be invoiced
    const CostBill bill = simulateSavings(one.input(), {}).value();
    const std::map<QString, SavingsFactors> factors{{u"seed"_s, {{CostComponent::Storage, {.factor = 2.0}}}}};
    QCOMPARE(totalAsInvoiced(bill, factors).micros,
             bill.totals.total.micros + bill.totals.components[componentIndex(CostComponent::Storage)].micros);
    QCOMPARE(totalAsInvoiced(bill, {}), bill.totals.total);
}

void SavingsTest::aDeadGroup()
{
    const Case one(oneGib({u"c"_s, u"d"_s}));
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"deadGroup:e:d-service"_s);
    QCOMPARE(found[0].team, u"d"_s);
    // network 0.05, compute 0.5 x 1.048576 and one registry entry of 0.01 a day
    QVERIFY(isAbout(found[0].perMonth, (0.05 + 0.524288 + 0.01) * month));
}

void SavingsTest::anUnreadTopic()
{
    Case one(oneGib({}));
    one.usage.topics[u"e"_s].groups.clear();
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(savingKindKey(found[0].kind), u"unreadTopic"_s);
    QCOMPARE(found[0].risk, SavingRisk::High);
    QVERIFY(isAbout(found[0].perMonth, (1.0 + 0.05 + 0.01) * month)); // all of it
}

void SavingsTest::fieldsThatNobodyDeclares()
{
    OwnedEvent owned;
    owned.eventType = u"e"_s;
    ConsumerEntry consumer;
    consumer.team = u"c"_s;
    consumer.service = u"c-service"_s;
    consumer.consumerGroup = u"c-service"_s;
    consumer.fields = {u"order_id"_s, u"/buyer/id"_s};
    owned.consumers = {consumer};
    Case one(oneGib({u"c"_s}), {owned});
    one.evidence[u"e"_s].fieldBytes = {{u"order_id"_s, 100}, {u"buyer"_s, 156}, {u"html"_s, 768}};
    one.evidence[u"e"_s].samples = 40;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].payloadBytes, 256);
    QVERIFY(isAbout(found[0].perMonth, 0.75 * (1.0 + 2 * 0.05) * month)); // three quarters of storage and network
    QVERIFY(found[0].evidence.contains(u"768 of 1024"_s) && found[0].evidence.endsWith(u": html."_s));
    owned.consumers.front().fields.clear(); // it may read everything
    Case all(oneGib({u"c"_s}), {owned});
    all.evidence = one.evidence;
    QVERIFY(all.found().empty());
}

void SavingsTest::compressionIsMeasured()
{
    Case one(oneGib({u"c"_s}));
    std::vector<QByteArray> payloads;
    for (int i = 0; i < 100; ++i)
        payloads.push_back(R"({"order_id":)" + QByteArray::number(i) + R"(,"text":")" + QByteArray(900, 'x') + R"("})");
    payloads[7] = R"({"order_id":7,"text":")" + QByteArray(880, 'x') + R"(","4711-a":1})"; // a key of a map, one in 100
    lookAtPayloads(one.evidence[u"e"_s], payloads);
    QVERIFY(!one.evidence[u"e"_s].fieldBytes.contains(u"4711-a"_s));
    QCOMPARE(one.evidence[u"e"_s].packedShare.size(), std::size_t{4});
    for (const auto& [codec, share] : one.evidence[u"e"_s].packedShare)
        QVERIFY2(share > 0 && share < 0.2, qPrintable(codec));
    QCOMPARE(one.evidence[u"e"_s].samples, 100);
    QVERIFY(std::abs(one.evidence[u"e"_s].fieldBytes[u"text"_s] - 910) < 2);
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].risk, SavingRisk::Low);
    const double share = 1 - static_cast<double>(*found[0].payloadBytes) / 1024;
    QVERIFY(isAbout(found[0].perMonth, share * (1.0 + 2 * 0.05) * month));

    // Random bytes cannot be compressed: no advice.
    QRandomGenerator random(1);
    payloads.clear();
    for (int i = 0; i < 50; ++i) {
        QByteArray payload(1000, '\0');
        for (char& byte : payload)
            byte = static_cast<char>(random.bounded(256));
        payloads.push_back(payload);
    }
    Case other(oneGib({u"c"_s}));
    lookAtPayloads(other.evidence[u"e"_s], payloads);
    for (const auto& [codec, packed] : other.evidence[u"e"_s].packedShare)
        QVERIFY2(packed > 0.9, qPrintable(codec));
    QVERIFY(other.found().empty());
}

void SavingsTest::theBestCodecIsNamed()
{
    Case one(oneGib({u"c"_s}));
    one.evidence[u"e"_s].packedSamples = 50;
    one.evidence[u"e"_s].packedShare = {{u"gzip"_s, 0.3}, {u"lz4"_s, 0.5}, {u"zstd"_s, 0.25}};
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].payloadBytes, 256);
    QVERIFY(isAbout(found[0].perMonth, 0.75 * (1.0 + 2 * 0.05) * month));
    QVERIFY(found[0].exported.front().endsWith(u"compression.type=zstd"_s));
    QVERIFY2(found[0].evidence.contains(u"gzip 30 %, lz4 50 %, zstd 25 %"_s), qPrintable(found[0].evidence));
    QVERIFY(found[0].riskReason.contains(u"If producers pack already"_s)); // nobody knows
    one.evidence[u"e"_s].packedShare = {{u"gzip"_s, 0.85}};
    QVERIFY(one.found().empty());
}

void SavingsTest::whatIsPackedAlreadyIsNotAdvised_data()
{
    QTest::addColumn<QString>("setting");       ///< empty: unknown
    QTest::addColumn<std::int64_t>("inTheLog"); ///< bytes of a record; 0: unknown
    QTest::addColumn<bool>("isAdvised");
    QTest::newRow("nothing is known") << QString() << std::int64_t{0} << true;
    QTest::newRow("the topic packs") << u"lz4"_s << std::int64_t{0} << false;
    QTest::newRow("the topic takes what comes") << u"producer"_s << std::int64_t{0} << true;
    QTest::newRow("the topic unpacks") << u"uncompressed"_s << std::int64_t{0} << true;
    QTest::newRow("records take as much as they are long") << u"producer"_s << std::int64_t{1090} << true;
    QTest::newRow("records take a third") << u"producer"_s << std::int64_t{350} << false;
}

void SavingsTest::whatIsPackedAlreadyIsNotAdvised()
{
    QFETCH(QString, setting);
    QFETCH(std::int64_t, inTheLog);
    QFETCH(bool, isAdvised);
    Case one(oneGib({u"c"_s}));
    TopicEvidence& evidence = one.evidence[u"e"_s];
    evidence.packedShare = {{u"zstd"_s, 0.3}};
    evidence.plainRecordBytes = 1060;
    if (!setting.isEmpty())
        evidence.compression = setting;
    if (inTheLog > 0) {
        one.usage.topics[u"e"_s].recordBytes = inTheLog;
        one.usage.topics[u"e"_s].isRecordWhole = true;
    }
    const auto found = one.found();
    QCOMPARE(std::any_of(found.begin(), found.end(),
                         [](const Saving& saving) { return saving.kind == SavingKind::Compression; }),
             isAdvised);
}

void SavingsTest::tieredStorageForWhatNobodyReads()
{
    Case one(oneGib({u"c"_s})); // 10 GiB are kept, at 0.10 a day
    TopicEvidence& evidence = one.evidence[u"e"_s];
    evidence.worstLagDays = 3; // nine days are needed: no shorter retention, but tiering saves one day's disk
    evidence.observedDays = 30;
    const auto tiered = [&one] {
        std::vector<Saving> found = one.found();
        std::erase_if(found, [](const Saving& saving) { return saving.kind != SavingKind::TieredStorage; });
        return found;
    };
    QVERIFY(tiered().empty()); // no price, no advice
    setPrice(one.profile, CostComponent::TieredStorage, {Rate{2, 2}, PriceUnit::GibDay, ChargedTo::Producer});
    one.profile.replication = 3;
    evidence.worstLagDays = 1;
    const auto found = tiered();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"tieredStorage:e"_s);
    QCOMPARE(found[0].hotDays, 3.0);
    // seven of ten GiB go from three copies at 0.10 to one at 0.02
    QVERIFY(isAbout(found[0].perMonth, 7 * (3 * 0.10 - 0.02) * month));
    QVERIFY(found[0].exported.front().contains(u"remote.storage.enable=true,local.retention.ms=259200000"_s));
    one.profile.hotDaysOf[u"e"_s] = 3; // done already
    QVERIFY(tiered().empty());
    one.profile.hotDaysOf.clear();
    evidence.compacts = true; // Kafka does not tier compacted topics
    QVERIFY(tiered().empty());
}

void SavingsTest::aClaimCheckForLargePayloads()
{
    CatalogEvent event = costEvent(u"e"_s, 1 << 13, 1 << 17, 10, u"p"_s, {u"c"_s}); // 1 GiB a day of 128 KiB each
    Case one(event);
    TopicEvidence& evidence = one.evidence[u"e"_s];
    evidence.payloadBytes = 1 << 17;
    evidence.payloads = 50;
    evidence.largestPayload = 200'000;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"claimCheck:e"_s);
    QCOMPARE(found[0].risk, SavingRisk::High);
    const double gone = 1 - 512.0 / (1 << 17);
    QVERIFY(isAbout(found[0].perMonth, gone * (10 * 0.10 + 2 * 0.05) * month));
    QVERIFY(found[0].riskReason.contains(u"not in this amount"_s));
    // With a price of tiered storage the objects are paid for: one copy, ten days.
    setPrice(one.profile, CostComponent::TieredStorage, {Rate{2, 2}, PriceUnit::GibDay, ChargedTo::Producer});
    const auto paid = one.found();
    QCOMPARE(paid.size(), std::size_t{1});
    QVERIFY(isAbout(paid[0].perMonth, gone * (10 * 0.10 + 2 * 0.05 - 10 * 0.02) * month));
    const CostBill bill = simulateSavings(one.input(), paid).value();
    QCOMPARE(totalsOf(bill.lines), bill.totals);
    evidence.payloads = 9; // too few to tell
    QVERIFY(one.found().empty());
    evidence.payloads = 50;
    evidence.payloadBytes = 60'000;
    QVERIFY(one.found().empty());
}

void SavingsTest::recordsThatGoOneByOne()
{
    Case one(costEvent(u"e"_s, 10 << 20, 100, 10, u"p"_s, {u"c"_s}));
    TopicUsage& usage = one.usage.topics[u"e"_s];
    usage.recordBytes = 180; // 110 with key and headers, the rest is a batch for each
    usage.isRecordWhole = true;
    one.evidence[u"e"_s].plainRecordBytes = 110;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"batching:e"_s);
    QCOMPARE(found[0].payloadBytes, 121);
    QVERIFY2(found[0].evidence.contains(u"about 1.0 in a batch"_s), qPrintable(found[0].evidence));
    QVERIFY(isAbout(found[0].perMonth, 59 * 10 * (10 * 0.10 + 2 * 0.05) / 1024 * month));
    usage.recordBytes = 130; // several in a batch already
    QVERIFY(one.found().empty());
}

void SavingsTest::batching()
{
    Case one(costEvent(u"e"_s, 10'000'000, 200, 1, u"p"_s, {u"c"_s}));
    setPrice(one.profile, CostComponent::Requests, {Rate{1, 1}, PriceUnit::MillionRequests, ChargedTo::Each});
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].id, u"batching:all"_s);
    QVERIFY(isAbout(found[0].perMonth, 2 * 10 * 0.1 * 0.99 * month)); // of two million-fold requests a hundredth stays
    one.profile.recordsPerRequest = 100;
    QVERIFY(one.found().empty());
}

void SavingsTest::tooManyPartitions()
{
    Case one(oneGib({u"c"_s}));
    one.usage.topics[u"e"_s].partitions = 50;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].partitions, 3); // 12 KiB a second, ten times that fits in one
    QVERIFY(isAbout(found[0].perMonth, 47 * month));
    one.usage.topics[u"e"_s].partitions = 6; // not more than twice
    QVERIFY(one.found().empty());
}

void SavingsTest::simulatedTogether()
{
    Case one(oneGib({u"c"_s, u"d"_s}));
    one.evidence[u"e"_s].worstLagDays = 1;
    one.evidence[u"e"_s].observedDays = 30;
    const auto found = one.found();
    QCOMPARE(found.size(), std::size_t{2});
    const Money before = simulateSavings(one.input(), {}).value().totals.total;
    const Money after = simulateSavings(one.input(), found).value().totals.total;
    const auto saved = static_cast<double>(before.micros - after.micros) / 1e6 * month;
    QVERIFY(std::abs(saved - static_cast<double>(found[0].perMonth.micros + found[1].perMonth.micros) / 1e6) < 1e-3);
    const QJsonObject json = QJsonDocument::fromJson(savingsJson(found, u"USD"_s)).object();
    QCOMPARE(json[u"savings"_s].toArray().size(), 2);
    QVERIFY(savingsText(found, u"USD"_s).contains(found[0].id));
}

void SavingsTest::namesAreQuotedForTheShell()
{
    CatalogEvent event = oneGib({u"c"_s});
    event.topic = u"a'; rm -rf /; '\nb"_s;
    Case one(event);
    one.evidence[event.topic] = {.worstLagDays = 0.1, .observedDays = 30};
    const QString script = savingsScript(one.found(), u"USD"_s);
    QVERIFY2(script.contains(uR"sh(--entity-name "$(printf 'a\047; rm -rf /; \047\012b')" --add-config)sh"_s),
             qPrintable(script));
}

void SavingsTest::shippedExamplesAreRead()
{
    const auto checked = loadPricing(sourceFile(u"resources/pricing/examples-2026-01.yaml"_s));
    for (const FileIssue& issue : checked.issues)
        qInfo() << issue.toString();
    QVERIFY(checked.value && checked.issues.empty());
    QCOMPARE(checked.value->size(), std::size_t{4});
    for (const PricingProfile& profile : *checked.value) {
        QVERIFY(profile.effectiveFrom);
        QVERIFY(profile.source.contains(u"not a price list"_s));
        QVERIFY(costBill(Catalog({}, {oneGib({u"c"_s})}, {}), profile).value().totals.total.micros > 0);
    }
}

QTEST_GUILESS_MAIN(SavingsTest)
#include "tst_savings.moc"
