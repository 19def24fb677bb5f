// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/query.h"
#include "model/deadletter/querycompletion.h"
#include "model/deadletter/viewmask.h"
#include "storefixture.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

class TstQueryCompletion final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void terms_data();
    void terms();
    void whatIsOffered_data();
    void whatIsOffered();
    void everyOfferedTermReads();
    void pathsOfPayloads_data();
    void pathsOfPayloads();
    void theStoresWords();
    void maskedWordsAreNotOffered();
};

namespace {

QueryWords someWords()
{
    QueryWords words;
    words.teams = {u"inventory-team"_s, u"payment-team"_s, u"team with \"quotes\""_s};
    words.errorClasses = {u"com.acme.StockException"_s, u"java.lang.Error"_s};
    words.headerNames = {u"region"_s, u"x y"_s};
    words.payloadPaths = {u"order.amount"_s, u"order.items[0].sku"_s, u"order.\"a.b\""_s};
    return words;
}

} // namespace

void TstQueryCompletion::terms_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<qsizetype>("start");
    QTest::newRow("the first") << u"tea"_s << qsizetype{0};
    QTest::newRow("behind a space") << u"kind:schema tea"_s << qsizetype{12};
    QTest::newRow("behind a minus") << u"a -tea"_s << qsizetype{3};
    QTest::newRow("behind parentheses and a minus") << u"-(tea"_s << qsizetype{2};
    QTest::newRow("a space in quotes is part of it") << u"a error:\"time out"_s << qsizetype{2};
    QTest::newRow("a quote within") << u"error:\"a \\\" b\" te"_s << qsizetype{15};
    QTest::newRow("an expression's parenthesis is its own") << u"error~(a"_s << qsizetype{0};
    QTest::newRow("nothing yet") << u"a "_s << qsizetype{2};
}

void TstQueryCompletion::terms()
{
    QFETCH(QString, query);
    QFETCH(qsizetype, start);
    QCOMPARE(termStart(query, query.size()), start);
}

void TstQueryCompletion::whatIsOffered_data()
{
    QTest::addColumn<QString>("term");
    QTest::addColumn<QStringList>("offered");
    QTest::newRow("names of fields") << u"te"_s << QStringList{u"team:"_s};
    QTest::newRow("in any case") << u"EVENT"_s << QStringList{u"eventType:"_s};
    QTest::newRow("several") << u"co"_s << QStringList{u"consumer:"_s, u"connection:"_s};
    QTest::newRow("ages are compared") << u"ag"_s << QStringList{u"age>"_s};
    QTest::newRow("a field that takes a name") << u"hea"_s << QStringList{u"header."_s};
    QTest::newRow("nothing for a word") << u"gift"_s << QStringList{};
    QTest::newRow("nothing for nothing") << QString() << QStringList{};
    QTest::newRow("values that begin so") << u"team:pay"_s << QStringList{u"team:payment-team"_s};
    QTest::newRow("then values that hold it")
        << u"team=TEAM"_s
        << QStringList{u"team=\"team with \\\"quotes\\\"\""_s, u"team=inventory-team"_s, u"team=payment-team"_s};
    QTest::newRow("within quotes") << u"error:\"com"_s << QStringList{u"error:com.acme.StockException"_s};
    QTest::newRow("words of our own") << u"kind:s"_s
                                      << QStringList{u"kind:schema"_s, u"kind:transient"_s, u"kind:business"_s};
    QTest::newRow("a whole value needs no more") << u"kind:schema"_s << QStringList{};
    QTest::newRow("no values for expressions") << u"team~pay"_s << QStringList{};
    QTest::newRow("durations") << u"age>=2"_s << QStringList{u"age>=24h"_s};
    QTest::newRow("headers") << u"header.r"_s << QStringList{u"header.region="_s};
    QTest::newRow("a header with a space") << u"header."_s << QStringList{u"header.region="_s, u"header.\"x y\"="_s};
    QTest::newRow("paths, also by their middle")
        << u"payload.order.i"_s << QStringList{u"payload.order.items[0].sku="_s};
}

void TstQueryCompletion::whatIsOffered()
{
    QFETCH(QString, term);
    QFETCH(QStringList, offered);
    QCOMPARE(queryCompletions(someWords(), term), offered);
}

void TstQueryCompletion::everyOfferedTermReads()
{
    const QueryWords words = someWords();
    for (const QString& begun :
         {u"team:"_s, u"error:"_s, u"kind:"_s, u"state:"_s, u"age>"_s, u"size<="_s, u"header."_s, u"payload."_s}) {
        const QStringList offered = queryCompletions(words, begun);
        QVERIFY2(!offered.isEmpty(), qPrintable(begun));
        for (const QString& term : offered) {
            const QString whole = term.endsWith(u'=') ? term + u"1"_s : term;
            const auto query = parseQuery(whole);
            QVERIFY2(query, query ? "" : qPrintable(whole + u": "_s + query.error().detail));
        }
    }
}

void TstQueryCompletion::pathsOfPayloads_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QStringList>("paths");
    QTest::newRow("nested") << QByteArray(R"({"a":1,"b":{"c d":true,"e":[{"f":null}]},"g":[]})")
                            << QStringList{u"a"_s, u"b.\"c d\""_s, u"b.e[0].f"_s};
    QTest::newRow("a list at the top") << QByteArray(R"([[1]])") << QStringList{u"[0][0]"_s};
    QTest::newRow("a number at the top") << QByteArray("17") << QStringList{};
    QTest::newRow("no JSON") << QByteArray("{\"a\":") << QStringList{};
    QTest::newRow("deeper than anybody reads") << QByteArray("[").repeated(100'000) << QStringList{};
}

void TstQueryCompletion::pathsOfPayloads()
{
    QFETCH(QByteArray, json);
    QFETCH(QStringList, paths);
    QCOMPARE(payloadPathsOf(json), paths);
    for (const QString& path : paths) {
        if (path.startsWith(u'['))
            continue; // a list at the top has no name to stand behind `payload.`
        QVERIFY2(parseQuery(u"payload."_s + path + u"=1"_s), qPrintable(path));
    }
}

void TstQueryCompletion::theStoresWords()
{
    StoreFixture fixture;
    std::vector<PreparedLetter> letters{StoreFixture::prepared(1, u"E1"_s, u"payments"_s),
                                        StoreFixture::prepared(2, u"E2"_s, u"stock"_s)};
    letters[0].record.headers.push_back({"region", QByteArray("eu")});
    letters[1].record.value = R"({"order":{"amount":1}})";
    for (PreparedLetter& letter : letters)
        letter.digest = recordDigest(letter.record);
    QCOMPARE(fixture.add(letters), 2);
    Database reader = fixture.reader();
    const auto words = queryWords(reader);
    QVERIFY(words);
    QCOMPARE(words->teams, (QStringList{u"team-of-payments"_s, u"team-of-stock"_s}));
    QCOMPARE(words->consumers, (QStringList{u"payments"_s, u"stock"_s}));
    QCOMPARE(words->errorClasses, (QStringList{u"E1"_s, u"E2"_s}));
    QCOMPARE(words->channels, QStringList{u"orders-dlt"_s});
    QCOMPARE(words->connections, QStringList{u"orders"_s});
    QVERIFY(words->headerNames.contains(u"region"_s));
    QVERIFY(words->payloadPaths.contains(u"order.amount"_s));
}

void TstQueryCompletion::maskedWordsAreNotOffered()
{
    QueryWords words = someWords();
    words.consumers = {u"anna@example.com"_s, u"payments"_s};
    words.payloadPaths = {u"by.\"anna@example.com\""_s, u"order.amount"_s};
    words.tags = {u"psp"_s};
    QueryWords masked = words;
    maskWords(masked, Masker(), MaskPurpose::SearchResult);
    QCOMPARE(masked, words);
    maskWords(masked, Masker(defaultMaskRules(Environment::Production)), MaskPurpose::SearchResult);
    QCOMPARE(masked.consumers, QStringList{u"payments"_s});
    QCOMPARE(masked.payloadPaths, QStringList{u"order.amount"_s});
    QCOMPARE(masked.teams, words.teams);
    QCOMPARE(queryCompletions(masked, u"consumer:an"), QStringList());
    QCOMPARE(queryCompletions(masked, u"tag:p"), QStringList{u"tag:psp"_s});

    std::vector<PivotRow> rows{{.field = PivotField::Assignee,
                                .value = u"anna@example.com"_s,
                                .label = u"anna@example.com"_s,
                                .count = 1,
                                .openCount = 1,
                                .query = u"consumer:\"anna@example.com\""_s,
                                .parts = {}}};
    maskPivot(rows, Masker(defaultMaskRules(Environment::Production)), MaskPurpose::SearchResult);
    QVERIFY(!rows.front().label.contains(u"anna"_s) && rows.front().query.isEmpty());
}

QTEST_GUILESS_MAIN(TstQueryCompletion)
#include "tst_querycompletion.moc"
