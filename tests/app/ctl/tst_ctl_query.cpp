// SPDX-License-Identifier: GPL-3.0-or-later
// The query language as `dlq list --query` answers it: which letters, and where a faulty query is faulty.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray ownership = R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service }
      - { team: inventory-team, service: inventory-service }
)";

constexpr qint64 hour = 3'600'000;

std::vector<ForeignRecord> letters(qint64 now)
{
    const auto letter = [&](const QByteArray& key, const QByteArray& value, qint64 ageMs,
                            std::vector<ForeignHeader> headers) {
        return ForeignRecord{.key = key, .value = value, .headers = std::move(headers), .timestampMs = now - ageMs};
    };
    return {
        letter("a", R"({"order":{"amount":900,"items":[{"sku":"A1"},{"sku":"B2"}]},"note":"gift wrap","vip":true})",
               48 * hour,
               {{"region", "eu"},
                {"c", "payment-service"},
                {"e", "TimeoutException"},
                {"m", "timeout waiting"},
                {"n", "3"},
                {"t", "order.created"},
                {"at", "2026-01-01T00:00:00Z"}}),
        letter("b", R"({"order":{"amount":899.5,"items":[]},"note":"wrap the gift","vip":false})", hour,
               {{"region", "us"},
                {"c", "payment-service"},
                {"e", "TimeoutException"},
                {"m", "timed out"},
                {"n", "5"},
                {"t", "order.created"},
                {"at", "2026-06-01T00:00:00+02:00"}}),
        letter("c", "plain gift wrap text", 2 * hour,
               {{"c", "inventory-service"},
                {"e", "SchemaMismatch"},
                {"m", "customer_id missing"},
                {"t", "order.created"}}),
        letter("d", QByteArray(R"({"order":{"amount":1000},"filler":")") + QByteArray(20'000, 'x') + "\"}", 25 * hour,
               {{"region", ""}, {"c", "ghost"}, {"e", "com.acme.CardRefused"}, {"m", "say \"no\""}}),
        letter("e", R"({"order":{"amount":"n/a"},"note":null,"dotted.name":1,"AND":"x"})", 3 * 60'000,
               {{"region", "eu"}, {"region", "us"}}),
    };
}

} // namespace

class QueryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_scene.reset(); }
    void aQueryFindsTheseLetters_data();
    void aQueryFindsTheseLetters();
    void everyFieldFindsWhatTheListShows_data();
    void everyFieldFindsWhatTheListShows();
    void aFaultyQueryNamesItsColumn_data();
    void aFaultyQueryNamesItsColumn();
    void groupsTakeAQueryToo();

private:
    std::unique_ptr<Scene> m_scene;
};

void QueryTest::initTestCase()
{
    const Peer& kafka = Peers::kafka391();
    const QString topic = kafka.newTopic(u"query"_s);
    ForeignProducer producer(kafka.bootstrap());
    for (const ForeignRecord& letter : letters(QDateTime::currentMSecsSinceEpoch()))
        producer.send(topic, letter);
    producer.flush();
    m_scene = std::make_unique<Scene>();
    m_scene->write(
        u"spillway.yaml"_s,
        workspaceText({{.name = u"main"_s,
                        .bootstrap = kafka.bootstrap(),
                        .more = {u"groups: { include: [ nobody ] }"_s, u"dead_letters:"_s, u"  - topic: "_s + topic,
                                 u"    mapping:"_s, u"      consumer: { header: c }"_s,
                                 u"      error_class: { header: e }"_s, u"      error_message: { header: m }"_s,
                                 u"      event_type: { header: t }"_s, u"      attempts: { header: n }"_s}}},
                      u"development"_s, {u"ownership: ownership.yaml"_s}));
    m_scene->write(u"ownership.yaml"_s, ownership);
    EXPECT_EXIT(m_scene->ctl({u"collect"_s, u"--once"_s}), 0);
}

void QueryTest::aQueryFindsTheseLetters_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("keys");
    const auto row = [](const QString& query, const QString& keys) {
        QTest::newRow(qPrintable(query.isEmpty() ? u"(an empty query)"_s : query)) << query << keys;
    };
    row({}, u"abcde"_s);
    row(u"team:payment-team"_s, u"ab"_s);
    row(u"team=payment-team"_s, u"ab"_s);
    row(u"team:payment"_s, {}); // exact
    row(u"team~payment"_s, u"ab"_s);
    row(u"-team:payment-team"_s, u"cde"_s); // no team: the negation matches
    row(u"NOT team:payment-team"_s, u"cde"_s);
    row(u"consumer:ghost"_s, u"d"_s);
    row(u"eventType:order.created"_s, u"abc"_s);
    row(u"error:TimeoutException"_s, u"ab"_s);
    row(u"error:\"timed out\""_s, u"b"_s); // class or message
    row(u"error~\"time(d )?out\""_s, u"ab"_s);
    row(u"error~\"^time\""_s, u"ab"_s);
    row(u"error:\"say \\\"no\\\"\""_s, u"d"_s);
    row(u"key:a"_s, u"a"_s);
    row(u"key~\"[ab]\""_s, u"ab"_s);
    row(u"header.region=eu"_s, u"ae"_s); // any of several
    row(u"header.region:us"_s, u"be"_s);
    row(u"header.region~."_s, u"abe"_s);
    row(u"-header.region:eu"_s, u"bcd"_s);
    row(u"header.Region:eu"_s, {}); // names are exact
    row(u"payload.order.amount>=900"_s, u"ad"_s);
    row(u"payload.order.amount>899"_s, u"abd"_s);
    row(u"payload.order.amount<900"_s, u"b"_s);
    row(u"payload.order.amount=899.50"_s, u"b"_s); // by value
    row(u"payload.order.items[0].sku:A1"_s, u"a"_s);
    row(u"payload.order.items[1].sku=B2"_s, u"a"_s);
    row(u"payload.order.items[7].sku=B2"_s, {});
    row(u"payload.vip:true"_s, u"a"_s);
    row(u"-payload.vip:true"_s, u"bcde"_s);
    row(u"payload.note~wrap"_s, u"ab"_s);
    row(u"age>24h"_s, u"ad"_s);
    row(u"age>=1d age<30h"_s, u"d"_s);
    row(u"age<90m"_s, u"be"_s);
    row(u"age<600s"_s, u"e"_s);
    row(u"age>1.5d"_s, u"a"_s);
    row(u"attempts:3"_s, u"a"_s);
    row(u"attempts=5.0"_s, u"b"_s);
    row(u"attempts>3"_s, u"b"_s);
    row(u"-attempts>3"_s, u"acde"_s);
    row(u"size>10KiB"_s, u"d"_s);
    row(u"size<=10KiB"_s, u"abce"_s);
    row(u"header.at<2026-03-01T00:00:00Z"_s, u"a"_s);
    row(u"header.at>=2026-05-31T22:00:00Z"_s, u"b"_s);
    row(u"gift"_s, u"abc"_s);
    row(u"\"gift wrap\""_s, u"ac"_s);
    row(u"\"customer_id\""_s, u"c"_s); // in the error
    row(u"eu"_s, u"ae"_s);             // in a header
    row(u"gift wrap"_s, u"abc"_s);     // a space is AND
    row(u"gift AND wrap"_s, u"abc"_s);
    row(u"key:a OR key:c"_s, u"ac"_s);
    row(u"key:a OR key:c key:b"_s, u"a"_s); // AND binds tighter
    row(u"(key:a OR key:c) error~Schema"_s, u"c"_s);
    row(u"NOT (key:a OR key:c)"_s, u"bde"_s);
    row(u"-(key:a OR key:c)"_s, u"bde"_s);
    row(u"team:payment-team age>24h header.region=eu payload.order.amount>=900 error~\"time(d )?out\" "
        "-state:archived \"gift wrap\""_s,
        u"a"_s);
    row(u"state:new"_s, u"abcde"_s);
    row(u"-state:archived"_s, u"abcde"_s);
    row(u"channel~query"_s, u"abcde"_s);
    row(u"connection:main"_s, u"abcde"_s);
    row(u"dialect:mapping"_s, u"abcde"_s);
    row(u"kind:transient OR kind:schema OR kind:business OR kind:unknown"_s, u"abcde"_s);
    row(u"payload.nowhere:x"_s, {});
    row(u"-payload.nowhere:x"_s, u"abcde"_s);
}

void QueryTest::aQueryFindsTheseLetters()
{
    QFETCH(QString, query);
    QFETCH(QString, keys);
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"list"_s, u"--query"_s, query, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QStringList found;
    for (const QJsonObject& letter : output.lines())
        found += letter[u"key"_s].toString();
    found.sort();
    QCOMPARE(found.join(QString()), keys);
}

void QueryTest::everyFieldFindsWhatTheListShows_data()
{
    QTest::addColumn<QString>("field");
    for (const char* field : {"team", "consumer", "group", "eventType", "key", "kind", "state", "dialect", "channel",
                              "connection", "attempts"})
        QTest::newRow(field) << QString::fromLatin1(field);
}

void QueryTest::everyFieldFindsWhatTheListShows()
{
    QFETCH(QString, field);
    const std::vector<QJsonObject> all = m_scene->ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines();
    QCOMPARE(all.size(), std::size_t{5});
    for (const QJsonObject& asked : all) {
        const QJsonValue value = asked[field];
        if (value.isNull())
            continue;
        QStringList expected;
        for (const QJsonObject& letter : all) {
            if (letter[field] == value)
                expected += letter[u"id"_s].toString();
        }
        const QString text = value.isString() ? u"\"%1\""_s.arg(value.toString()) : value.toVariant().toString();
        QStringList found;
        for (const QJsonObject& letter :
             m_scene->ctl({u"dlq"_s, u"list"_s, u"--query"_s, field + u':' + text, u"--json"_s}).lines())
            found += letter[u"id"_s].toString();
        QCOMPARE(found, expected); // the order stays, too
    }
}

void QueryTest::aFaultyQueryNamesItsColumn_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("from"); // the column lies in [from, to]
    QTest::addColumn<int>("to");
    const auto row = [](const char* what, const QString& query, int from, int to) {
        QTest::newRow(what) << query << from << to;
    };
    row("a field that does not exist", u"colour:red"_s, 1, 1);
    row("a field that does not exist, further on", u"team:a colour:red"_s, 8, 8);
    row("header without a name", u"header:eu"_s, 1, 7);
    row("no value", u"team:"_s, 1, 6);
    row("no value before the next", u"age> team:a"_s, 1, 6);
    row("a bad expression", u"key:a error~\"(\""_s, 7, 14);
    row("a bad duration", u"key:a age>soon"_s, 7, 11);
    row("a number where a duration belongs", u"age>24"_s, 1, 5);
    row("a bad size", u"size>large"_s, 1, 6);
    row("a parenthesis that stays open", u"(team:a"_s, 1, 8);
    row("a parenthesis that closes nothing", u"team:a)"_s, 7, 7);
    row("a quote that stays open", u"team:a \"gift"_s, 8, 13);
    row("AND of nothing", u"team:a AND"_s, 8, 11);
    row("OR before anything", u"OR team:a"_s, 1, 3);
    row("NOT of nothing", u"team:a NOT"_s, 8, 11);
}

void QueryTest::aFaultyQueryNamesItsColumn()
{
    QFETCH(QString, query);
    QFETCH(int, from);
    QFETCH(int, to);
    for (const QStringList& command : {QStringList{u"dlq"_s, u"list"_s}, QStringList{u"dlq"_s, u"groups"_s}}) {
        const CtlOutput output = m_scene->ctl(command + QStringList{u"--query"_s, query, u"--json"_s});
        EXPECT_EXIT(output, 2);
        QCOMPARE(output.out, QByteArray());
        static const QRegularExpression form(uR"(column (\d+)|:(\d+): )"_s);
        const QRegularExpressionMatch match = form.match(output.errorText());
        EXPECT(match.hasMatch(), output.told());
        const int column = match.captured(match.lastCapturedIndex()).toInt();
        EXPECT(column >= from && column <= to, output.told());
    }
}

void QueryTest::groupsTakeAQueryToo()
{
    const CtlOutput output = m_scene->ctl({u"dlq"_s, u"groups"_s, u"--query"_s, u"key:a OR key:c"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.rows().size(), std::size_t{2});
    for (const QJsonObject& group : output.rows())
        QCOMPARE(integer(group[u"count"_s]).value_or(-1), 1);
}

CTL_TEST_MAIN(QueryTest)
#include "tst_ctl_query.moc"
