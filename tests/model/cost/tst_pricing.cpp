// SPDX-License-Identifier: GPL-3.0-or-later
// pricing.yaml: profiles as values, every fault with its place.
#include "model/cost/pricing.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto house = R"(version: 1
profiles:
  house:
    currency: EUR
    effective_from: 2026-01-01
    source: 'invoice of October'
    replication: 3
    components:
      storage: { rate: 0.10, unit: GiB-Month, charged_to: split, capacity: 500GiB }
      network: { rate: 0.05, unit: gb }
      compute: { rate: 0.5, unit: Million-Events }
      registry: { rate: 1, unit: Schema-Month }
  test:
    currency: EUR
    effective_from: '2026-02-01'
    retention_days: 1
    components:
      storage: { rate: 0, unit: GB-Day }
      network: { rate: 0, unit: GiB }
      compute: { rate: 0, unit: Million-Events }
      registry: { rate: 0.01, unit: Entry-Day }
)";

QStringList said(const std::vector<FileIssue>& issues, const QString& folder)
{
    QStringList lines;
    for (const FileIssue& issue : issues)
        lines += (issue.severity == IssueSeverity::Warning ? u"warning "_s : QString()) +
                 issue.toString().replace(folder + u'/', QString());
    return lines;
}

} // namespace

class PricingTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void profilesAreRead();
    void faults_data();
    void faults();
    void aMissingFileIsAnError();
    void choosingAProfile();
    void aClusterHasToBeThere_data();
    void aClusterHasToBeThere();

private:
    Checked<std::vector<PricingProfile>> load(const QByteArray& text,
                                              const std::optional<QStringList>& connections = std::nullopt)
    {
        QFile file(m_folder.filePath(u"pricing.yaml"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's own file");
        file.close();
        return loadPricing(file.fileName(), connections);
    }
    QTemporaryDir m_folder;
};

void PricingTest::profilesAreRead()
{
    const auto checked = load(house);
    QCOMPARE(said(checked.issues, m_folder.path()), QStringList());
    QCOMPARE(checked.value->size(), std::size_t{2});
    const PricingProfile& profile = checked.value->at(0);
    QCOMPARE(profile.name, u"house"_s);
    QCOMPARE(profile.currency, u"EUR"_s);
    QCOMPARE(profile.effectiveFrom, QDate(2026, 1, 1));
    QCOMPARE(profile.source, u"invoice of October"_s);
    QCOMPARE(profile.replication, 3);
    QVERIFY(!profile.retentionDays);
    QVERIFY((profile.price(CostComponent::Storage) ==
             ComponentPrice{Rate{10, 2}, PriceUnit::GibMonth, ChargedTo::Split, 500LL << 30}));
    QVERIFY((profile.price(CostComponent::Network) == ComponentPrice{Rate{5, 2}, PriceUnit::Gb, ChargedTo::Each}));
    QVERIFY((profile.price(CostComponent::Compute) ==
             ComponentPrice{Rate{5, 1}, PriceUnit::MillionEvents, ChargedTo::Consumers}));
    QVERIFY((profile.price(CostComponent::Registry) ==
             ComponentPrice{Rate{1, 0}, PriceUnit::SchemaMonth, ChargedTo::Producer}));
    QCOMPARE(checked.value->at(1).retentionDays, 1.0);
    QCOMPARE(checked.value->at(1).price(CostComponent::Storage).chargedTo, ChargedTo::Producer);
    QCOMPARE(checked.value->at(1).price(CostComponent::Registry).chargedTo, ChargedTo::Each);
}

void PricingTest::faults_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const char* from, const char* to, const QStringList& lines) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to) << lines;
    };
    row("a price that is none", "rate: 0.05", "rate: cheap",
        {u"pricing.yaml:10:24: 'rate' of network of profile 'house' is 'cheap', which is not a price; write a decimal number of at least 0 with at most 12 decimals, like 0.10"_s});
    row("a negative price", "rate: 0.05", "rate: -0.05",
        {u"pricing.yaml:10:24: 'rate' of network of profile 'house' is '-0.05', which is not a price; write a decimal number of at least 0 with at most 12 decimals, like 0.10"_s});
    row("a unit of another component", "unit: gb", "unit: GiB-Day",
        {u"pricing.yaml:10:36: 'unit' of network of profile 'house' is 'GiB-Day'; write GiB or GB"_s});
    row("a component forgotten, another misspelt", "compute: { rate: 0.5, unit: Million-Events }",
        "compte: { rate: 0.5 }",
        {u"pricing.yaml:9:7: components of profile 'house' has no 'compute'; add compute: { rate: 0, unit: Million-Events } (a rate of 0 if it costs nothing)"_s,
         u"warning pricing.yaml:11:7: components of profile 'house' has an unknown key 'compte', which is ignored (did you mean 'compute'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("a currency in words and a day in words", "currency: EUR\n    effective_from: 2026-01-01",
        "currency: euro\n    effective_from: January",
        {u"pricing.yaml:4:15: 'currency' of profile 'house' is 'euro', which is not a currency; write three capital letters of ISO 4217, like EUR"_s,
         u"pricing.yaml:5:21: 'effective_from' of profile 'house' is 'January', which is not a day; write year, month and day, like 2026-01-01"_s});
    row("capacity of bytes counted twice", "charged_to: split", "charged_to: each",
        {u"pricing.yaml:9:75: 'capacity' of storage of profile 'house' cannot be combined with charged_to: each, which counts bytes more than once; write charged_to: producer or split, or remove capacity"_s});
    row("a payer nobody knows", "charged_to: split", "charged_to: nobody",
        {u"pricing.yaml:9:59: 'charged_to' of storage of profile 'house' is 'nobody'; write each, producer, consumers, split or platform"_s});
    row("the built-in profile's name", "  house:", "  seed:",
        {u"pricing.yaml:3:3: the name 'seed' belongs to the built-in profile; give this profile another name"_s});
    row("no profiles", "profiles:", "profile:",
        {u"pricing.yaml:1:1: the pricing file has no 'profiles'; add profiles: with one key per profile"_s,
         u"warning pricing.yaml:2:1: the pricing file has an unknown key 'profile', which is ignored (did you mean 'profiles'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("half a copy", "replication: 3", "replication: 0.5",
        {u"pricing.yaml:7:18: 'replication' of profile 'house' is '0.5'; write a whole number of at least 1 and at most 100"_s});
}

void PricingTest::faults()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QStringList, lines);
    QByteArray text(house);
    QVERIFY(text.contains(from));
    text.replace(text.indexOf(from), from.size(), to);
    const auto checked = load(text);
    QCOMPARE(said(checked.issues, m_folder.path()), lines);
    QVERIFY(!checked.value);
}

void PricingTest::aMissingFileIsAnError()
{
    const auto checked = loadPricing(m_folder.filePath(u"gone.yaml"_s));
    QVERIFY(!checked.value);
    QCOMPARE(checked.issues.size(), std::size_t{1});
}

void PricingTest::choosingAProfile()
{
    const auto profiles = load(house).value.value();
    QCOMPARE(chooseProfile({}, QString()).value().name, u"seed"_s);
    QCOMPARE(chooseProfile(profiles, QString()).value().name, u"house"_s);
    QCOMPARE(chooseProfile(profiles, u"test"_s).value().name, u"test"_s);
    QCOMPARE(chooseProfile(profiles, u"seed"_s).value(), seedProfile());
    const auto unknown = chooseProfile(profiles, u"hose"_s);
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::InvalidConfig);
    QCOMPARE(unknown.error().detail,
             u"there is no pricing profile 'hose' (did you mean 'house'?); write seed, house or test"_s);
}

void PricingTest::aClusterHasToBeThere_data()
{
    QTest::addColumn<QByteArray>("connection");
    QTest::addColumn<QStringList>("issues");
    QTest::newRow("one of the workspace's") << QByteArray("orders") << QStringList();
    QTest::newRow("one that nobody has")
        << QByteArray("order")
        << QStringList{
               u"pricing.yaml:4:17: 'connection' of profile 'house' is 'order', which the workspace has not (did you mean 'orders'?); write orders or payments"_s};
}

void PricingTest::aClusterHasToBeThere()
{
    QFETCH(QByteArray, connection);
    QFETCH(QStringList, issues);
    QByteArray text = house;
    text.replace("  house:\n", "  house:\n    connection: " + connection + '\n');
    const auto checked = load(text, QStringList{u"orders"_s, u"payments"_s});
    QCOMPARE(said(checked.issues, m_folder.path()), issues);
    QCOMPARE(checked.value.has_value(), issues.isEmpty());
}

QTEST_GUILESS_MAIN(PricingTest)
#include "tst_pricing.moc"
