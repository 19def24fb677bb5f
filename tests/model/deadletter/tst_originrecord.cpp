// SPDX-License-Identifier: GPL-3.0-or-later
#include "memorysource.h"
#include "model/deadletter/originrecord.h"
#include "storefixture.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

const TopicPartition orders{u"orders"_s, 0};

RawRecord record(const QByteArray& key, const QByteArray& value, qint64 ms)
{
    RawRecord made;
    made.key = key;
    made.value = value;
    made.timestamp = utcFromMs(ms);
    made.timestampType = TimestampType::CreateTime;
    return made;
}

/// A letter made from the record at this offset of `orders`.
DeadLetter letterOf(qint64 offset, const QByteArray& key, const QByteArray& value, std::optional<qint64> ms)
{
    DeadLetter letter;
    letter.clusterId = u"cluster-1"_s;
    letter.record.key = key;
    letter.record.value = value;
    letter.facts.originTopic = orders.topic;
    letter.facts.originPartition = orders.partition;
    letter.facts.originOffset = Offset{offset};
    if (ms)
        letter.facts.originTimestamp = utcFromMs(*ms);
    return letter;
}

} // namespace

class TstOriginRecord final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theOriginIsItselfOrNothing_data();
    void theOriginIsItselfOrNothing();
    void aTopicMadeAnewHoldsOtherRecords_data();
    void aTopicMadeAnewHoldsOtherRecords();
    void aFailedBrokerIsNoAnswer();
    void theLastGoodOneIsFoundBackwards();
    void theSearchIsBoundedAndSaysHowFar();
    void withoutKeyThereIsNothingToLookFor();
    void copiesThatFailedAgainAreNoGoodOnes();
    void aStopEndsTheSearch();
};

void TstOriginRecord::theOriginIsItselfOrNothing_data()
{
    using Answer = OriginRecord::Answer;
    QTest::addColumn<int>("offset");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ms"); // 0: the letter does not tell it
    QTest::addColumn<Answer>("answer");
    QTest::newRow("its time is the letter's")
        << 11 << QByteArray("k") << QByteArray("else") << qint64{1'000} << Answer::Confirmed;
    QTest::newRow("another time: the topic was recreated")
        << 11 << QByteArray("k") << QByteArray("v") << qint64{999} << Answer::Different;
    QTest::newRow("no time told, same key and payload")
        << 11 << QByteArray("k") << QByteArray("v") << qint64{0} << Answer::Confirmed;
    QTest::newRow("no time told, another key")
        << 11 << QByteArray("x") << QByteArray("v") << qint64{0} << Answer::Different;
    QTest::newRow("no time told, the payload was written anew")
        << 11 << QByteArray("k") << QByteArray("V") << qint64{0} << Answer::Unconfirmed;
    QTest::newRow("before the log") << 9 << QByteArray("k") << QByteArray("v") << qint64{1'000} << Answer::Expired;
    QTest::newRow("compacted away or aborted")
        << 12 << QByteArray("k") << QByteArray("v") << qint64{1'000} << Answer::Gone;
    QTest::newRow("in an open transaction")
        << 14 << QByteArray("k") << QByteArray("v") << qint64{1'000} << Answer::Open;
    QTest::newRow("behind the end") << 15 << QByteArray("k") << QByteArray("v") << qint64{1'000} << Answer::BeyondEnd;
}

void TstOriginRecord::theOriginIsItselfOrNothing()
{
    QFETCH(int, offset);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    QFETCH(qint64, ms);
    QFETCH(OriginRecord::Answer, answer);
    auto source = std::make_unique<MemorySource>();
    MemorySource::Log& log = source->logs[orders];
    log.start = 10;
    source->append(orders, record("other", "o", 900));
    source->append(orders, record("k", "v", 1'000));
    log.records.emplace_back(std::nullopt);
    source->append(orders, record("other", "o", 1'100));
    source->append(orders, record("k", "v", 1'000));
    log.lastStable = 14;
    RecordSourceLookup lookup(std::move(source));
    const auto origin = readOrigin(lookup, letterOf(offset, key, value, ms ? std::optional(ms) : std::nullopt), {});
    QVERIFY2(origin, origin ? "" : qPrintable(origin.error().detail));
    QCOMPARE(originAnswerWord(origin->answer), originAnswerWord(answer));
    QCOMPARE(origin->isThere(),
             answer == OriginRecord::Answer::Confirmed || answer == OriginRecord::Answer::Unconfirmed);
    if (origin->isThere())
        QCOMPARE(origin->record->offset, Offset{offset});
    QVERIFY(!origin->because.isEmpty());
    DeadLetter elsewhere = letterOf(offset, key, value, ms);
    elsewhere.facts.originTopic = u"gone"_s;
    QCOMPARE(readOrigin(lookup, elsewhere, {})->answer, OriginRecord::Answer::NoTopic);
    elsewhere.facts.originOffset.reset();
    QCOMPARE(readOrigin(lookup, elsewhere, {})->answer, OriginRecord::Answer::NotTold);
}

void TstOriginRecord::aTopicMadeAnewHoldsOtherRecords_data()
{
    using Answer = OriginRecord::Answer;
    QTest::addColumn<QByteArray>("value"); // of the letter
    QTest::addColumn<qint64>("ms");        // 0: the letter does not tell it
    QTest::addColumn<qint64>("seenMs");
    QTest::addColumn<Answer>("answer");
    QTest::newRow("the letter came before: another record")
        << QByteArray("V") << qint64{0} << qint64{5'000} << Answer::Different;
    QTest::newRow("the letter came after: nothing is proved")
        << QByteArray("V") << qint64{0} << qint64{5'001} << Answer::Unconfirmed;
    QTest::newRow("the same payload was published again")
        << QByteArray("v") << qint64{0} << qint64{5'000} << Answer::Confirmed;
    QTest::newRow("its time is the letter's: it was put back")
        << QByteArray("V") << qint64{1'000} << qint64{5'000} << Answer::Confirmed;
}

void TstOriginRecord::aTopicMadeAnewHoldsOtherRecords()
{
    QFETCH(QByteArray, value);
    QFETCH(qint64, ms);
    QFETCH(qint64, seenMs);
    QFETCH(OriginRecord::Answer, answer);
    auto source = std::make_unique<MemorySource>();
    source->append(orders, record("k", "v", 1'000));
    RecordSourceLookup lookup(std::move(source));
    DeadLetter letter = letterOf(0, "k", value, ms ? std::optional(ms) : std::nullopt);
    letter.firstSeenAt = utcFromMs(seenMs);
    const auto origin = readOrigin(lookup, letter, {}, utcFromMs(5'000));
    QVERIFY(origin);
    QCOMPARE(originAnswerWord(origin->answer), originAnswerWord(answer));
    QCOMPARE(origin->isThere(), answer != OriginRecord::Answer::Different);
}

void TstOriginRecord::aFailedBrokerIsNoAnswer()
{
    auto source = std::make_unique<MemorySource>();
    source->refused.insert(orders.topic);
    RecordSourceLookup lookup(std::move(source));
    const auto origin = readOrigin(lookup, letterOf(1, "k", "v", 1), {});
    QVERIFY(!origin);
    QCOMPARE(origin.error().code, ErrorCode::Unauthorised);
}

void TstOriginRecord::theLastGoodOneIsFoundBackwards()
{
    StoreFixture store;
    auto source = std::make_unique<MemorySource>();
    for (int i = 0; i < 3'000; ++i)
        source->append(orders, record(i % 100 == 7 ? "k" : "other", "v" + QByteArray::number(i), i));
    // Letters were made from the two newest of the key, 2907 and 2807.
    for (const int offset : {2'907, 2'807}) {
        PreparedLetter failed = StoreFixture::prepared(offset, u"E"_s, u"c"_s);
        failed.facts.originTopic = orders.topic;
        failed.facts.originPartition = orders.partition;
        failed.facts.originOffset = Offset{offset};
        store.add({failed});
    }
    RecordSourceLookup lookup(std::move(source));
    Database reader = store.reader();
    LookupProgress progress;
    const auto good = findLastGood(lookup, reader, letterOf(2'999, "k", "x", {}), {}, &progress, {});
    QVERIFY2(good, good ? "" : qPrintable(good.error().detail));
    QVERIFY(good->record);
    QCOMPARE(good->record->offset, Offset{2'707});
    QCOMPARE(*good->record->value, QByteArray("v2707"));
    QCOMPARE(good->failedOnes, 2);
    QCOMPARE(good->records, 500);
    QCOMPARE(progress.records.load(), 500);
    QVERIFY2(good->because.contains(u"500 records"_s) && good->because.contains(u"2 of the key had failed"_s),
             qPrintable(good->because));
    // A key of its own: all that is there was looked at.
    const auto none = findLastGood(lookup, reader, letterOf(2'999, "nobody", "x", {}), {}, nullptr, {});
    QVERIFY(none && !none->record);
    QVERIFY(none->reachedStart);
    QCOMPARE(none->records, 2'999);
    QVERIFY2(none->because.startsWith(u"none: looked at all"_s), qPrintable(none->because));
}

void TstOriginRecord::theSearchIsBoundedAndSaysHowFar()
{
    StoreFixture store;
    auto source = std::make_unique<MemorySource>();
    MemorySource::Log& log = source->logs[orders];
    log.start = 100;
    source->append(orders, record("k", "good", 1));
    for (int i = 0; i < 5'000; ++i)
        source->append(orders, record("other", QByteArray(100, 'v'), i));
    RecordSourceLookup lookup(std::move(source));
    Database reader = store.reader();
    const DeadLetter letter = letterOf(5'100, "k", "x", {});
    const auto byCount = findLastGood(lookup, reader, letter, {.records = 1'000}, nullptr, {});
    QVERIFY(byCount && !byCount->record && !byCount->reachedStart);
    QVERIFY(byCount->records >= 1'000 && byCount->records < 5'000);
    QVERIFY(byCount->because.startsWith(u"none so far: looked at the "_s));
    const auto bySize = findLastGood(lookup, reader, letter, {.bytes = 20'000}, nullptr, {});
    QVERIFY(bySize && !bySize->record && bySize->bytes >= 20'000 && bySize->records < 5'000);
    const auto whole = findLastGood(lookup, reader, letter, {}, nullptr, {});
    QVERIFY(whole && whole->record);
    QCOMPARE(*whole->record->value, QByteArray("good"));
}

void TstOriginRecord::withoutKeyThereIsNothingToLookFor()
{
    StoreFixture store;
    RecordSourceLookup lookup(std::make_unique<MemorySource>());
    Database reader = store.reader();
    DeadLetter letter = letterOf(1, "k", "x", {});
    letter.record.key.reset();
    QCOMPARE(findLastGood(lookup, reader, letter, {}, nullptr, {}).error().code, ErrorCode::NotFound);
    letter.record.key = "k";
    letter.facts.originOffset.reset();
    QCOMPARE(findLastGood(lookup, reader, letter, {}, nullptr, {}).error().code, ErrorCode::NotFound);
}

void TstOriginRecord::copiesThatFailedAgainAreNoGoodOnes()
{
    StoreFixture fixture;
    PreparedLetter again = StoreFixture::prepared(1, u"a.A"_s, u"billing"_s);
    again.facts.originTopic = orders.topic;
    again.facts.originPartition = 0;
    again.facts.originOffset = Offset{3};
    again.facts.deliveredTopic = orders.topic;
    again.facts.deliveredPartition = 0;
    again.facts.deliveredOffset = Offset{8};
    fixture.add({again, StoreFixture::prepared(2, u"a.A"_s, u"billing"_s)});
    Database reader = fixture.reader();
    const auto failed = [&](const QString& cluster, const TopicPartition& at) {
        return offsetsOfLetters(reader, cluster, at, {Offset{2}, Offset{3}, Offset{8}, Offset{9}}).value();
    };
    QCOMPARE(failed(u"cluster-1"_s, orders), (std::vector<Offset>{Offset{3}, Offset{8}}));
    QVERIFY(failed(u"cluster-1"_s, {orders.topic, 1}).empty());
    QVERIFY(failed(u"cluster-1"_s, {u"others"_s, 0}).empty());
    QVERIFY(failed(u"cluster-2"_s, orders).empty());
}

void TstOriginRecord::aStopEndsTheSearch()
{
    StoreFixture store;
    std::stop_source stop;
    auto source = std::make_unique<MemorySource>();
    for (int i = 0; i < 2'000; ++i)
        source->append(orders, record("other", "v", i));
    int polls = 0;
    source->beforePoll = [&] {
        if (++polls == 3)
            stop.request_stop();
    };
    RecordSourceLookup lookup(std::move(source));
    Database reader = store.reader();
    const auto good = findLastGood(lookup, reader, letterOf(2'000, "k", "x", {}), {}, nullptr, stop.get_token());
    QVERIFY(!good);
    QCOMPARE(good.error().code, ErrorCode::Cancelled);
    QCOMPARE(polls, 3);
}

QTEST_GUILESS_MAIN(TstOriginRecord)
#include "tst_originrecord.moc"
