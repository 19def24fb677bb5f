// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupalias.h"
#include "model/deadletter/grouparrivals.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/groupoutput.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/queryrun.h"
#include "storefixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <numeric>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(letterMs + 3'600'000);

/// A letter that Spring wrote, with its stack.
PreparedLetter spring(int number, const QByteArray& message, const QString& consumer, int hoursAgo = 0)
{
    PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.StockException"_s, consumer, hoursAgo);
    letter.record.headers = springException({"com.acme.StockException", message, ""});
    letter.facts.stackHeader = 3;
    letter.facts.rootCauseClass = u"com.acme.StockException"_s;
    letter.facts.errorMessage = QString::fromUtf8(message);
    letter.digest = recordDigest(letter.record);
    letter.fingerprint = Fingerprinter(plainGrouping()).of(letter.record, letter.facts, letter.owner);
    return letter;
}

} // namespace

class TstGroupReads final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whyAGroupIsOne();
    void whyOfAnUnknownGroup();
    void aRuleSinceThenIsSaid();
    void pivots_data();
    void pivots();
    void bothWaysCountAlike();
    void aRowsQueryFindsItsLetters();
    void fieldsOfAPivot_data();
    void fieldsOfAPivot();
    void arrivalsAreInTheirBuckets();
    void arrivalsAreKeptWhileLettersCome();
};

void TstGroupReads::whyAGroupIsOne()
{
    StoreFixture fixture;
    const PreparedLetter letter = spring(1, "no stock for sku 17 of 'Anna'", u"billing"_s);
    QCOMPARE(fixture.add({letter, spring(2, "no stock for sku 18 of 'Bert'", u"billing"_s)}), 2);
    auto db = fixture.reader();
    const auto why = whyGrouped(db, letter.fingerprint.id, plainGrouping());
    QVERIFY2(why, why ? "" : qPrintable(why.error().detail));
    QCOMPARE(why->version, 6);
    QCOMPARE(why->title, u"StockException: no stock for sku <n> of <text>"_s);
    QCOMPARE(why->members.size(), std::size_t{1});
    QCOMPARE(why->members.front().letters, 2);
    QVERIFY(!why->rule && !why->nowElsewhere && !why->splitBySeq && why->otherNames.isEmpty());

    const QJsonObject json = QJsonDocument::fromJson(groupWhyJson(*why)).object();
    QStringList parts;
    for (const QJsonValue& part : json[u"parts"].toArray())
        parts += part[u"name"].toString() + u'=' + part[u"value"].toString();
    QCOMPARE(parts, (QStringList{u"rootCause=com.acme.StockException"_s, u"frame=com.acme.Billing.on"_s,
                                 u"message=no stock for sku <n> of <text>"_s, u"eventType=order.created"_s,
                                 u"consumer=billing"_s}));
    QCOMPARE(json[u"folded"].toArray().size(), 2);
    QCOMPARE(json[u"folded"][1][u"placeholder"].toString(), u"<text>"_s);
    QVERIFY(json[u"rule"].isNull());
    const QString text = groupWhyText(*why);
    QVERIFY2(text.contains(u"Root cause  com.acme.StockException"_s), qPrintable(text));
    QVERIFY(text.contains(u"fingerprint version %1"_s.arg(fingerprintVersion)));
}

void TstGroupReads::whyOfAnUnknownGroup()
{
    StoreFixture fixture;
    auto db = fixture.reader();
    const auto why = whyGrouped(db, u"g000000000000"_s, plainGrouping());
    QVERIFY(!why);
    QCOMPARE(why.error().code, ErrorCode::NotFound);
}

void TstGroupReads::aRuleSinceThenIsSaid()
{
    StoreFixture fixture;
    const PreparedLetter letter = spring(1, "no stock", u"billing"_s);
    QCOMPARE(fixture.add({letter}), 1);
    GroupingRule rule;
    rule.name = u"one for all"_s;
    rule.fingerprint = u"stock"_s;
    const auto knowledge = GroupingKnowledge::bundled({.rules = {rule}, .inApp = {}, .notInApp = {}, .digest = u"1"_s});
    QVERIFY(knowledge);
    auto db = fixture.reader();
    const auto why = whyGrouped(db, letter.fingerprint.id, *knowledge);
    QVERIFY(why);
    QCOMPARE(why->rule, u"one for all"_s);
    QCOMPARE(why->nowElsewhere, groupId({.fixed = u"stock"_s}));
    QVERIFY(groupWhyText(*why).contains(u"dlq regroup"_s));
}

void TstGroupReads::pivots_data()
{
    QTest::addColumn<QString>("by");
    QTest::addColumn<QString>("query");
    QTest::addColumn<QStringList>("rows"); // "value=count[value=count]{query}"
    const auto row = [](const char* name, const QString& by, const QString& query, const QStringList& rows) {
        QTest::newRow(name) << by << query << rows;
    };
    row("by consumer, most first", u"consumer"_s, {}, {u"payments=3{consumer:payments}"_s, u"mail=1{consumer:mail}"_s});
    row("two levels", u"consumer,state"_s, {},
        {u"payments=3[new=3{consumer:payments state:new}]{consumer:payments}"_s,
         u"mail=1[new=1{consumer:mail state:new}]{consumer:mail}"_s});
    row("what counters do not have", u"dialect"_s, {}, {u"spring-dlpr=4{dialect:spring-dlpr}"_s});
    row("within a query", u"errorClass"_s, u"consumer:payments"_s,
        {u"E1=2{consumer:payments error:E1}"_s, u"E2=1{consumer:payments error:E2}"_s});
    row("within a query that SQL cannot answer", u"errorClass"_s, u"payments-n OR 2"_s,
        {u"E1=1{(payments-n OR 2) error:E1}"_s, u"E2=1{(payments-n OR 2) error:E2}"_s});
    row("what is not told comes last; the query language has no word for it", u"rootCauseClass"_s, {}, {u"-=4{}"_s});
    row("what nobody has", u"assignee"_s, {}, {u"-=4{-assignee~^}"_s});
    row("an unknown number", u"attempts"_s, u"a OR payments-n"_s, {u"-=4{(a OR payments-n) -attempts>=0}"_s});
    row("by the dialect's confidence", u"confidence,partition"_s, {}, {u"0=4[2=4{}]{}"_s});
    row("nothing fits", u"team"_s, u"consumer:nobody"_s, {});
}

void TstGroupReads::pivots()
{
    QFETCH(QString, by);
    QFETCH(QString, query);
    QFETCH(QStringList, rows);
    StoreFixture fixture;
    QCOMPARE(fixture.add(
                 {StoreFixture::prepared(1, u"E1"_s, u"payments"_s), StoreFixture::prepared(2, u"E1"_s, u"payments"_s),
                  StoreFixture::prepared(3, u"E2"_s, u"payments"_s), StoreFixture::prepared(4, u"E1"_s, u"mail"_s)}),
             4);
    auto db = fixture.reader();
    const auto fields = readPivotFields(by);
    QVERIFY(fields);
    const auto read = pivotLetters(db, *parseQuery(query), *fields, now);
    QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
    QStringList found;
    for (const PivotRow& row : *read) {
        QString text = u"%1=%2"_s.arg(row.value.value_or(u"-"_s)).arg(row.count);
        for (const PivotRow& part : row.parts)
            text += u"[%1=%2{%3}]"_s.arg(part.value.value_or(u"-"_s)).arg(part.count).arg(part.query);
        found += text + u'{' + row.query + u'}';
    }
    QCOMPARE(found, rows);
}

void TstGroupReads::bothWaysCountAlike()
{
    // By counters, by one statement, and letter by letter: one answer.
    StoreFixture fixture;
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 60; ++i)
        letters.push_back(
            StoreFixture::prepared(i, u"E%1"_s.arg(i % 4), i % 3 == 0 ? u"mail"_s : u"payments"_s, i % 7));
    QCOMPARE(fixture.add(letters), 60);
    auto db = fixture.reader();
    for (const QString& name : pivotFieldNames()) {
        for (const QString& second : {QString(), u",kind"_s, u",consumer"_s}) {
            const auto fields = readPivotFields(QString(name + second));
            if (!fields)
                continue; // twice the same
            const auto text = [&](const QString& query) {
                auto rows = *pivotLetters(db, *parseQuery(query), *fields, now);
                for (PivotRow& row : rows) {
                    row.query.clear();
                    for (PivotRow& part : row.parts)
                        part.query.clear();
                }
                return pivotJson(rows);
            };
            QCOMPARE(text(u"age>0s"_s), text(QString()));
            QCOMPARE(text(u"key~order"_s), text(QString()));
        }
    }
}

void TstGroupReads::aRowsQueryFindsItsLetters()
{
    StoreFixture fixture;
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 40; ++i) {
        PreparedLetter letter = StoreFixture::prepared(i, u"E%1"_s.arg(i % 4), u"payments"_s, i % 7);
        if (i % 3 == 0)
            letter.owner = {};
        if (i % 4 == 1)
            letter.facts.errorClass.reset();
        if (i % 5 == 0)
            letter.facts.attempts = i;
        if (i % 2 == 0)
            letter.schema = {.verdict = i % 4 == 0 ? SchemaVerdict::Invalid : SchemaVerdict::Valid, .version = i % 3};
        letters.push_back(letter);
    }
    QCOMPARE(fixture.add(letters), 40);
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyTriageState(database, {StoreFixture::idOf(letters[0]), StoreFixture::idOf(letters[1])},
                                TriageState::Assigned, u"kim (night)"_s, 1);
    }));
    auto db = fixture.reader();
    int asked = 0;
    for (const QString& name : pivotFieldNames()) {
        const auto rows = pivotLetters(db, *parseQuery(u"E1 OR 2 OR message"_s), *readPivotFields(name), now);
        QVERIFY(rows);
        for (const PivotRow& row : *rows) {
            if (row.query.isEmpty())
                continue;
            const auto found = deadLetters(db, *parseQuery(row.query), {.now = now, .limit = std::nullopt});
            QVERIFY2(found, qPrintable(row.query));
            QVERIFY2(std::ssize(*found) == row.count, qPrintable(row.query));
            ++asked;
        }
    }
    QVERIFY(asked > 20);
}

void TstGroupReads::fieldsOfAPivot_data()
{
    QTest::addColumn<QString>("by");
    QTest::newRow("nothing") << QString();
    QTest::newRow("an unknown field") << u"colour"_s;
    QTest::newRow("twice the same") << u"team,team"_s;
    QTest::newRow("three") << u"team,kind,state"_s;
}

void TstGroupReads::fieldsOfAPivot()
{
    QFETCH(QString, by);
    const auto fields = readPivotFields(by);
    QVERIFY(!fields);
    QCOMPARE(fields.error().code, ErrorCode::InvalidConfig);
    QVERIFY(fields.error().detail.contains(u"--by"_s));
}

void TstGroupReads::arrivalsAreInTheirBuckets()
{
    StoreFixture fixture;
    QCOMPARE(fixture.add({StoreFixture::prepared(1, u"E1"_s, u"payments"_s, 0),
                          StoreFixture::prepared(2, u"E1"_s, u"payments"_s, 0),
                          StoreFixture::prepared(3, u"E1"_s, u"payments"_s, 9),
                          StoreFixture::prepared(4, u"E2"_s, u"mail"_s, 500)}),
             4);
    auto db = fixture.reader();
    const auto arrivals = ArrivalBook(Millis{10LL * 3'600'000}, 10).read(db, utcFromMs(letterMs));
    QVERIFY(arrivals);
    QCOMPARE(arrivals->counts.size(), 1); // the old one lies before the span
    const std::vector<std::int64_t> counts = arrivals->counts.begin().value();
    QCOMPARE(counts.size(), std::size_t{10});
    QCOMPARE(counts.back(), 2);
    QCOMPARE(counts.front() + counts[1], 1);
    StoreFixture empty;
    auto none = empty.reader();
    QVERIFY(ArrivalBook(Millis{1000}, 4).read(none, now)->counts.isEmpty());
}

/// Asked again and again while letters come, go and change their groups, a book counts what the store holds; and looks
/// at no more letters than came or moved.
void TstGroupReads::arrivalsAreKeptWhileLettersCome()
{
    constexpr std::int64_t hour = 3'600'000;
    constexpr int buckets = 6;
    StoreFixture fixture;
    ArrivalBook book(Millis{48 * hour}, buckets);
    QRandomGenerator random(20261127);
    int number = 0;
    UtcTime moment = utcFromMs(letterMs);
    const auto total = [](const std::vector<std::int64_t>& counts) {
        return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    };
    for (int turn = 0; turn < 120; ++turn) {
        std::vector<PreparedLetter> letters;
        for (int i = static_cast<int>(random.bounded(5)); i >= 0; --i) {
            PreparedLetter letter = StoreFixture::prepared(++number, u"E%1"_s.arg(random.bounded(4)), u"payments"_s);
            letter.facts.deadLetteredAt = moment - Millis{random.bounded(qint64{3 * hour})};
            letters.push_back(letter);
        }
        QCOMPARE(fixture.add(letters, moment), std::ssize(letters));
        const bool isMoved = turn % 9 == 5;
        if (isMoved) { // as a rule does that groups letters otherwise
            QVERIFY(fixture.store().write([](Database& database) {
                return database.guarded([](SQLite::Database& db) {
                    db.exec("UPDATE letter SET group_ref = (SELECT min(id) FROM letter_group)"
                            " WHERE id = (SELECT min(id) FROM letter"
                            "             WHERE group_ref <> (SELECT min(id) FROM letter_group))");
                    db.exec("DELETE FROM letter_count");
                    db.exec("INSERT INTO letter_count SELECT group_ref, 'transient', 'new', '', count(*) FROM letter"
                            " GROUP BY group_ref");
                });
            }));
        }
        auto reader = fixture.reader();
        const auto kept = book.read(reader, moment);
        QVERIFY2(kept, kept ? "" : qPrintable(kept.error().detail));
        QCOMPARE(kept->to, moment);
        // What lies within its span, counted anew.
        const auto truth = reader.query<std::map<QString, std::vector<std::int64_t>>>([&](SQLite::Database& db) {
            std::map<QString, std::vector<std::int64_t>> counted;
            SQLite::Statement select(db, "SELECT g.group_id, l.moment_ms FROM letter l"
                                         " JOIN letter_group g ON g.id = l.group_ref WHERE l.moment_ms >= ?");
            select.bind(1, toMs(kept->from));
            while (select.executeStep())
                counted[QString::fromUtf8(select.getColumn(0).getText())].push_back(select.getColumn(1).getInt64());
            return counted;
        });
        std::int64_t inAll = 0;
        for (const auto& [group, moments] : *truth) {
            const std::vector<std::int64_t> counts = kept->counts.value(group);
            QCOMPARE(counts.size(), std::size_t{buckets});
            // Of what is older than the longest span some is still there: the oldest cells go one by one.
            QVERIFY2(total(counts) <= std::ssize(moments), qPrintable(group));
            QVERIFY2(total(counts) >= std::count_if(moments.begin(), moments.end(),
                                                    [&](std::int64_t at) { return at > toMs(moment) - 48 * hour; }),
                     qPrintable(group));
            const std::int64_t lastFrom = toMs(moment) - (toMs(kept->to) - toMs(kept->from)) / buckets / 2;
            const auto recent =
                std::count_if(moments.begin(), moments.end(), [lastFrom](std::int64_t at) { return at >= lastFrom; });
            QVERIFY2(counts.back() >= recent, qPrintable(group)); // the last bucket ends now
            inAll += std::ssize(moments);
        }
        QVERIFY(inAll > 0);
        if (turn > 105 && !isMoved) // the span grows no more
            QCOMPARE(book.lookedAt(), std::ssize(letters));
        moment += Millis{hour / 2};
    }
    auto reader = fixture.reader();
    (void)book.read(reader, moment);
    QCOMPARE(book.lookedAt(), 0); // nothing came
}

QTEST_GUILESS_MAIN(TstGroupReads)
#include "tst_groupreads.moc"
