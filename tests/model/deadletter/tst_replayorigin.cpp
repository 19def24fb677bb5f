// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterrows.h"
#include "model/deadletter/replayorigin.h"
#include "storefixture.h"

#include <SQLiteCpp/Statement.h>

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A job that sends to these topics.
void addJob(StoreFixture& fixture, const QByteArray& job, const char* targets)
{
    QVERIFY(fixture.store().write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            SQLite::Statement insert(
                db, "INSERT INTO replay_job (job_id, plan_id, digest, connection, cluster_id, query, plan_ledger_seq,"
                    " guarantee, messages, size_bytes, targets, strip_rules, canary, settle_ms, created_by,"
                    " created_at_ms, created_seq, state, detail, cancel_requested, last_batch, sent, confirmed,"
                    " failed_again, skipped)"
                    " VALUES (?1, 'plan-' || ?1, '', '', '', '', 0, '', 1, 0, ?2, '[]', '[]', 0, '', 0, 0, 'done', '',"
                    " 0, 0, 1, 0, 0, 0)");
            insert.bind(1, job.toStdString());
            insert.bind(2, targets);
            insert.exec();
        });
    }));
}

QString placeOf(const std::optional<QString>& topic, const std::optional<int>& partition,
                const std::optional<Offset>& offset, const std::optional<UtcTime>& at)
{
    return topic.value_or(u"-"_s) + u'/' + (partition ? QString::number(*partition) : u"-"_s) + u'/' +
           (offset ? QString::number(offset->value) : u"-"_s) + u'@' + (at ? QString::number(toMs(*at)) : u"-"_s);
}

} // namespace

class ReplayOriginTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void headersAreReadWithBounds_data();
    void headersAreReadWithBounds();
    void theFirstPlaceIsTheOrigin_data();
    void theFirstPlaceIsTheOrigin();
    void anInternalTopicStaysOne();
    void lettersKeepBothPlaces();
};

void ReplayOriginTest::headersAreReadWithBounds_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isOrigin");
    QTest::addColumn<bool>("isEither");
    QTest::newRow("an origin") << QByteArray("orders/3/88120@1790000000000") << true << true;
    QTest::newRow("without a time") << QByteArray("orders/3/88120") << true << true;
    QTest::newRow("a letter's place is no origin") << QByteArray("letter:orders.DLT/0/4@1") << false << true;
    QTest::newRow("a letter's place in no form") << QByteArray("letter:orders.DLT") << false << false;
    QTest::newRow("twice a letter's") << QByteArray("letter:letter:o/0/4") << false << false;
    QTest::newRow("empty") << QByteArray("") << false << false;
    QTest::newRow("no numbers") << QByteArray("orders/x/1") << false << false;
    QTest::newRow("a negative one") << QByteArray("orders/-1/1") << false << false;
    QTest::newRow("a partition that is none") << QByteArray("orders/2147483648/1") << false << false;
    QTest::newRow("an offset beyond all") << QByteArray("orders/0/9999999999999999999") << false << false;
    QTest::newRow("no topic") << QByteArray("/0/1") << false << false;
    QTest::newRow("a topic that can be none") << QByteArray("or ders/0/1") << false << false;
    QTest::newRow("a topic with a slash") << QByteArray("a/b/0/1") << false << false;
    QTest::newRow("a topic of dots") << QByteArray("../0/1") << false << false;
    QTest::newRow("a name that is too long") << QByteArray(250, 'a') + "/0/1" << false << false;
    QTest::newRow("bytes that are no text") << QByteArray("\xFF\x00/0/1", 6) << false << false;
    QTest::newRow("a time that is none") << QByteArray("orders/0/1@now") << false << false;
    QTest::newRow("far too long") << QByteArray("orders/0/") + QByteArray(1 << 20, '1') << false << false;
}

void ReplayOriginTest::headersAreReadWithBounds()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isOrigin);
    QFETCH(bool, isEither);
    const auto origin = parseReplayOf(value);
    QCOMPARE(origin.has_value(), isOrigin);
    QCOMPARE(isReplayOf(value), isEither);
    if (origin)
        QCOMPARE(replayOfValue(*origin), value);
}

void ReplayOriginTest::theFirstPlaceIsTheOrigin_data()
{
    QTest::addColumn<QByteArray>("job"); // null: the letter names none
    QTest::addColumn<QByteArray>("of");
    QTest::addColumn<QString>("topic"); // that its dialect tells; null: none
    QTest::addColumn<QString>("origin");
    QTest::addColumn<QString>("delivered");
    const QString none = u"-/-/-@-"_s;
    const QString told = u"orders/1/6@2000"_s; // by the dialect
    QTest::newRow("it failed again") << QByteArray("j") << QByteArray("orders/1/1019@1000") << u"orders"_s
                                     << u"orders/1/1019@1000"_s << told;
    QTest::newRow("the time of the first is not the copy's")
        << QByteArray("j") << QByteArray("orders/1/1019") << u"orders"_s << u"orders/1/1019@-"_s << told;
    QTest::newRow("sent to another topic by a job that is known")
        << QByteArray("j") << QByteArray("orders/1/1019@1000") << u"orders.retry"_s << u"orders/1/1019@1000"_s
        << u"orders.retry/1/6@2000"_s;
    QTest::newRow("the dialect tells no origin")
        << QByteArray("j") << QByteArray("orders/1/1019@1000") << QString() << u"orders/1/1019@1000"_s << none;
    QTest::newRow("a consumer published with the headers of what it read")
        << QByteArray("j") << QByteArray("orders/1/1019@1000") << u"payments"_s << u"payments/1/6@2000"_s << none;
    QTest::newRow("another topic, by a job that nobody knows")
        << QByteArray("?") << QByteArray("orders/1/1019@1000") << u"orders.retry"_s << u"orders.retry/1/6@2000"_s
        << none;
    QTest::newRow("the same topic, by a job of another Spillway")
        << QByteArray("?") << QByteArray("orders/1/1019@1000") << u"orders"_s << u"orders/1/1019@1000"_s << told;
    QTest::newRow("no copy: the letter tells the first place itself")
        << QByteArray("j") << QByteArray("orders/1/6@1000") << u"orders"_s << told << none;
    QTest::newRow("it names the letter's own topic")
        << QByteArray("j") << QByteArray("orders-dlt/1/6@1000") << u"orders"_s << told << none;
    QTest::newRow("it says that it is a letter's place")
        << QByteArray("j") << QByteArray("letter:orders-dlt/1/4@1000") << u"orders"_s << told << none;
    QTest::newRow("malformed") << QByteArray("j") << QByteArray("orders/one/1019") << u"orders"_s << told << none;
    QTest::newRow("no replay's id beside it")
        << QByteArray() << QByteArray("orders/1/1019@1000") << u"orders"_s << told << none;
}

void ReplayOriginTest::theFirstPlaceIsTheOrigin()
{
    QFETCH(QByteArray, job);
    QFETCH(QByteArray, of);
    QFETCH(QString, topic);
    QFETCH(QString, origin);
    QFETCH(QString, delivered);
    StoreFixture fixture;
    addJob(fixture, "j", R"(["orders","orders.retry"])");
    ReplayTargets targets(fixture.file());
    LetterFacts facts;
    if (!topic.isNull()) {
        facts.originTopic = topic;
        facts.originPartition = 1;
        facts.originOffset = Offset{6};
        facts.originTimestamp = utcFromMs(2'000);
    }
    if (!job.isNull())
        facts.replayId = job;
    facts.replayOf = of;
    nameFirstPlace(facts, u"orders-dlt"_s, &targets);
    QCOMPARE(placeOf(facts.originTopic, facts.originPartition, facts.originOffset, facts.originTimestamp), origin);
    QCOMPARE(placeOf(facts.deliveredTopic, facts.deliveredPartition, facts.deliveredOffset, facts.deliveredTimestamp),
             delivered);
}

void ReplayOriginTest::anInternalTopicStaysOne()
{
    const DialectRegistry dialects = std::move(*DialectRegistry::bundled());
    const KindRules kinds = std::move(*KindRules::bundled());
    const Catalog catalog;
    const std::vector<DeadLetterTopic> topics;
    StoreFixture fixture;
    addJob(fixture, "j", R"(["orders.again"])");
    ReplayTargets targets(fixture.file());
    LetterPreparer preparer(dialects, kinds, catalog, topics);
    preparer.ask(&targets);
    const auto read = [&](const QByteArray& first) {
        return preparer
            .prepare(letter(joined({{{"spillway-replay-id", QByteArray("j")}, {"spillway-replay-of", first}},
                                    streams("orders.again", "0", "1", "x.Y", "m", "x.Y: m\n\tat x\n")})))
            .facts;
    };
    QVERIFY(read("app-orders-repartition/0/3").originIsInternal);
    QVERIFY(!read("orders/0/3").originIsInternal);
    QCOMPARE(read("orders/0/3").originTopic, u"orders"_s);
}

void ReplayOriginTest::lettersKeepBothPlaces()
{
    StoreFixture fixture;
    PreparedLetter again = StoreFixture::prepared(1, u"a.A"_s, u"billing"_s);
    again.facts.originTopic = u"orders"_s;
    again.facts.originPartition = 1;
    again.facts.originOffset = Offset{1019};
    again.facts.deliveredTopic = u"orders.retry"_s;
    again.facts.deliveredPartition = 2;
    again.facts.deliveredOffset = Offset{6};
    again.facts.deliveredTimestamp = utcFromMs(2'000);
    const PreparedLetter other = StoreFixture::prepared(2, u"a.A"_s, u"billing"_s);
    QCOMPARE(fixture.add({again, other}), std::int64_t{2});
    Database reader = fixture.reader();
    const DeadLetter stored = deadLetter(reader, StoreFixture::idOf(again)).value();
    QCOMPARE(placeOf(stored.facts.originTopic, stored.facts.originPartition, stored.facts.originOffset,
                     stored.facts.originTimestamp),
             u"orders/1/1019@-"_s);
    QCOMPARE(placeOf(stored.facts.deliveredTopic, stored.facts.deliveredPartition, stored.facts.deliveredOffset,
                     stored.facts.deliveredTimestamp),
             u"orders.retry/2/6@2000"_s);
    QVERIFY(!deadLetter(reader, StoreFixture::idOf(other))->facts.deliveredTopic);
}

QTEST_GUILESS_MAIN(ReplayOriginTest)
#include "tst_replayorigin.moc"
