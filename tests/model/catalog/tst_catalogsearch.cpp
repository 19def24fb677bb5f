// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogsearch.h"
#include "model/catalog/catalogsearchoutput.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

JoinedEvent made(const QString& type, const QString& team, const QString& service, const QStringList& consumers)
{
    JoinedEvent event;
    event.eventType = type;
    event.domain = type.section(u'.', 0, 0);
    event.producer = {.team = team, .service = service, .slackChannel = u'#' + team, .oncallRotation = {}};
    for (const QString& consumer : consumers)
        event.consumers.push_back(
            {.team = consumer + u"-team"_s, .service = consumer, .group = consumer + u"-group"_s});
    event.listedAt = FilePlace{u"/w/event-catalog.yaml"_s, 3, 5};
    return event;
}

std::vector<JoinedEvent> company()
{
    JoinedEvent created =
        made(u"order.created"_s, u"order-team"_s, u"order-service"_s, {u"payment"_s, u"stock"_s, u"mail"_s, u"bi"_s});
    created.description = u"Published when a customer creates a new Order."_s;
    created.topic = u"order-events"_s;
    created.tags = {u"critical"_s, u"transactional"_s};
    created.avgDailyVolume = 2'000'000;
    created.avgPayloadBytes = 12'000;
    created.currentVersion = 2;
    created.schema.fields = {{.path = u"order_id"_s}, {.path = u"buyer.customer_id"_s}};
    JoinedEvent paid = made(u"payment.completed"_s, u"payment-team"_s, u"payment-service"_s, {u"order"_s});
    paid.tags = {u"pii"_s};
    paid.topic = u"payment-events"_s;
    paid.avgDailyVolume = 500;
    paid.schema.fields = {{.path = u"customer_id"_s}, {.path = u"iban"_s}};
    JoinedEvent reordered = made(u"stock.reordered"_s, u"stock-team"_s, u"stock"_s, {});
    reordered.description = u"gift wrap runs out"_s;
    reordered.tags = {u"non-critical"_s};
    return {reordered, created, paid};
}

} // namespace

class CatalogSearchTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void finds_data();
    void finds();
    void refuses_data();
    void refuses();
    void json();
};

void CatalogSearchTest::finds_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QStringList>("events");
    const QString c = u"order.created"_s;
    const QString p = u"payment.completed"_s;
    const QString s = u"stock.reordered"_s;
    const auto row = [](const char* name, const QString& query, const QStringList& events) {
        QTest::newRow(name) << query << events;
    };
    row("nothing asked is everything, in the files' order", u""_s, {s, c, p});
    row("a word is found inside words, and a name that begins so comes first", u"order"_s, {c, s, p});
    row("a star asks for a beginning", u"reord*"_s, {s});
    row("a star does not find the middle", u"eated*"_s, {});
    row("case does not count", u"ORDER.CREATED"_s, {c});
    row("a phrase", u"\"gift wrap\""_s, {s});
    row("a tag is exact", u"tag:critical"_s, {c});
    row("a tag by a regular expression", u"tag~critical"_s, {s, c});
    row("a tag by its beginning", u"tag:trans*"_s, {c});
    row("the beginning of a tag is not that of a word in it", u"tag:crit*"_s, {c});
    row("a name is exact", u"event:order"_s, {});
    row("a whole name", u"event:order.created"_s, {c});
    row("a topic is exact", u"topic:order"_s, {});
    row("an owner by its first words only", u"owner:team"_s, {});
    row("an owner by half a word", u"owner:pay"_s, {});
    row("a field by half a word", u"field:customer"_s, {});
    row("a field by its beginning", u"field:cust*"_s, {c, p});
    row("a description by a word", u"description:wrap"_s, {s});
    row("an owner by its beginning, as producer or consumer", u"owner:payment"_s, {c, p});
    row("an owner as a whole", u"owner=payment-team"_s, {c, p});
    row("a whole is no beginning", u"team=payment"_s, {});
    row("a producer is not a consumer", u"producer:payment"_s, {p});
    row("a consumer by its group", u"consumer=stock-group"_s, {c});
    row("a field by its path's last part", u"field:customer_id"_s, {c, p});
    row("a field as a whole path", u"field=customer_id"_s, {p});
    row("a tag and a number", u"tag:critical consumers>3"_s, {c});
    row("consumers as many", u"consumers=0"_s, {s});
    row("a volume in powers of ten", u"volume>1e6"_s, {c});
    row("a payload in sizes", u"payload>=10KiB"_s, {c});
    row("an unknown number fits nothing", u"volume<1e9"_s, {c, p});
    row("nor its negation's inside", u"-volume<1e9"_s, {s});
    row("not", u"NOT tag:pii -stock*"_s, {});
    row("or and parentheses", u"(tag:pii OR domain:stock) AND -owner:order"_s, {s});
    row("a regular expression", u"event~^(order|stock)\\.c"_s, {c});
    row("a word with a colon in quotes", u"\"new order\""_s, {c});
    row("and", u"order AND payment"_s, {c, p});
}

void CatalogSearchTest::finds()
{
    QFETCH(QString, query);
    QFETCH(QStringList, events);
    const auto read = parseCatalogQuery(query);
    QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
    const std::vector<JoinedEvent> all = company();
    QStringList found;
    for (const std::size_t at : CatalogIndex(all).find(*read))
        found += all[at].eventType;
    QCOMPARE(found, events);
}

void CatalogSearchTest::refuses_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const QString& query, const QString& message) {
        QTest::newRow(name) << query << message;
    };
    row("an unknown field", u"tag:a ownr:b"_s, u"query, column 7: there is no field 'ownr' (did you mean 'owner'?)"_s);
    row("no value", u"tag:"_s, u"query, column 5: a value is missing after tag:"_s);
    row("a number that is none", u"consumers>many"_s, u"query, column 11: 'many' is no number"_s);
    row("a text that is compared", u"owner>a"_s, u"query, column 1: owner is a text"_s);
    row("an open parenthesis", u"a (b OR c"_s, u"query, column 3: this ( is not closed"_s);
    row("a closing one", u"a) b"_s, u"query, column 2: a ) closes nothing"_s);
    row("an open quote", u"a \"b"_s, u"query, column 3: this quote is not closed"_s);
    row("a bad expression", u"event~a(b"_s, u"query, column 10: the regular expression"_s);
    row("or of nothing", u"a OR"_s, u"query, column 5: a condition is missing here"_s);
    row("or first", u"OR a"_s, u"query, column 1: a condition is missing here"_s);
    row("and first", u"AND a"_s, u"query, column 1: AND stands between"_s);
    row("and last", u"a AND"_s, u"query, column 6: a condition is missing here"_s);
    row("not of nothing", u"a NOT "_s, u"query, column 7: a condition is missing"_s);
    row("too deep", QString(80, u'(') + u'a' + QString(80, u')'), u"query, column 52: this is nested too deep"_s);
}

void CatalogSearchTest::refuses()
{
    QFETCH(QString, query);
    QFETCH(QString, message);
    const auto read = parseCatalogQuery(query);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::InvalidConfig);
    QCOMPARE(read.error().detail.left(message.size()), message);
}

void CatalogSearchTest::json()
{
    const std::vector<JoinedEvent> all = company();
    const QJsonArray rows = QJsonDocument::fromJson(catalogEventsJson(all, {1, 0})).array();
    QCOMPARE(rows.size(), 2);
    const QJsonObject row = rows[0].toObject();
    QCOMPARE(row[u"event"].toString(), u"order.created"_s);
    QCOMPARE(row[u"consumers"].toArray().size(), 4);
    QCOMPARE(row[u"consumers"][0].toString(), u"payment"_s);
    QCOMPARE(row[u"file"].toString(), u"/w/event-catalog.yaml"_s);
    QCOMPARE(row[u"line"].toInt(), 3);
    QVERIFY(rows[1].toObject()[u"topic"].isNull());
    QVERIFY(catalogEventsText(all, {}).startsWith(u"no event fits"_s));
}

QTEST_GUILESS_MAIN(CatalogSearchTest)
#include "tst_catalogsearch.moc"
