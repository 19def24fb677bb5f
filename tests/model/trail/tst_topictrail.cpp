// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/javapartition.h"
#include "model/trail/topictrail.h"
#include "tests/model/deadletter/memorysource.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr qint64 startMs = 1'790'000'000'000;
using End = TopicsRead::End;

/// Knows where each partition's record number 3 is.
class KnowingTimes final : public TimeLookup
{
public:
    std::optional<Error> down;
    std::optional<UtcTime> asked;
    Result<std::vector<std::optional<Offset>>> offsetsAt(const std::vector<PartitionBounds>& partitions, UtcTime time,
                                                         std::stop_token) override
    {
        asked = time;
        if (down)
            return tl::unexpected<Error>(*down);
        return std::vector<std::optional<Offset>>(partitions.size(), Offset{3});
    }
};

} // namespace

/// Topics read from an instant on, with every reason to end early.
class TopicTrailTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void allThatIsThereIsRead();
    void theKeysOwnPartitionComesFirst();
    void onlyTheOwnPartitionWhereAsked();
    void itBeginsAtTheTime();
    void withoutPositionsOldRecordsDoNotCount();
    void itEndsEarly_data();
    void itEndsEarly();
    void aStopKeepsWhatWasFound();
    void aTopicThatIsRefusedLeavesTheOthers();
    void aBrokerThatGoesAwayIsSaid();
    void aBrokerThatIsAwayIsAnError();
    void anOpenTransactionEndsIt();
    void holesAreNoReasonToWait();

private:
    Result<TopicsRead> read(const TrailLimits& limits = {}, TimeLookup* times = nullptr, std::stop_token stop = {})
    {
        return readTopics(
            *m_source, times, {u"orders"_s, u"payments"_s, u"nowhere"_s}, {"order-4711"}, limits,
            [this](const RawRecord& record) {
                m_seen.push_back(record);
                if (onRecord)
                    onRecord();
                return record.key == QByteArray("order-4711");
            },
            &m_progress, std::move(stop));
    }
    void add(const QString& topic, int partition, const QByteArray& key, qint64 atMs)
    {
        m_source->append({topic, partition}, {.timestamp = utcFromMs(atMs),
                                              .timestampType = TimestampType::CreateTime,
                                              .key = key,
                                              .value = QByteArray(100, 'v')});
    }

    std::unique_ptr<MemorySource> m_source;
    std::vector<RawRecord> m_seen;
    TrailProgress m_progress;
    std::function<void()> onRecord;
    int m_own = 0; // partition of the key
};

void TopicTrailTest::init()
{
    m_source = std::make_unique<MemorySource>();
    m_seen.clear();
    m_progress.records = 0;
    m_progress.positions = 0;
    onRecord = {};
    m_own = javaPartition("order-4711", 3);
    for (const QString& topic : {u"orders"_s, u"payments"_s}) {
        for (int partition = 0; partition < 3; ++partition) {
            for (int i = 0; i < 5; ++i)
                add(topic, partition, partition == m_own && i == 4 ? "order-4711" : "order-1", startMs + i * 1'000);
        }
    }
}

void TopicTrailTest::allThatIsThereIsRead()
{
    const auto whole = read();
    QVERIFY(whole);
    QCOMPARE(whole->end, End::Whole);
    QCOMPARE(whole->records, 30);
    QCOMPARE(whole->positions, 30);
    QCOMPARE(whole->found, 2);
    QCOMPARE(whole->topics, (QStringList{u"orders"_s, u"payments"_s}));
    QCOMPARE(whole->clusterId, u"cluster-1"_s);
    QCOMPARE(m_progress.records.load(), 30);
    QCOMPARE(m_progress.positions.load(), 30);
    QCOMPARE(m_progress.found.load(), 2);
    QCOMPARE(m_progress.bytes.load(), whole->bytes);
}

void TopicTrailTest::theKeysOwnPartitionComesFirst()
{
    QVERIFY(read());
    for (std::size_t i = 0; i < m_seen.size(); ++i)
        QCOMPARE(m_seen[i].at.partition == m_own, i < 10);
}

void TopicTrailTest::onlyTheOwnPartitionWhereAsked()
{
    const auto own = read({.ownPartitionOnly = true});
    QVERIFY(own);
    QCOMPARE(own->records, 10);
    QCOMPARE(own->positions, 10);
    QCOMPARE(own->otherPartitions, 4);
    QCOMPARE(own->end, End::Whole);
}

void TopicTrailTest::itBeginsAtTheTime()
{
    KnowingTimes times;
    const auto late = read({.since = utcFromMs(startMs + 3'000)}, &times);
    QVERIFY(late);
    QCOMPARE(*times.asked, utcFromMs(startMs + 3'000));
    QCOMPARE(late->records, 12); // two of each partition
    QCOMPARE(late->positions, 12);
    QCOMPARE(late->found, 2);
    init();
    times.down = Error{ErrorCode::Unreachable, u"down"_s};
    QVERIFY(!read({.since = utcFromMs(startMs)}, &times));
}

void TopicTrailTest::withoutPositionsOldRecordsDoNotCount()
{
    const auto late = read({.since = utcFromMs(startMs + 4'001)});
    QVERIFY(late);
    QCOMPARE(late->records, 30);
    QCOMPARE(late->found, 0);
    QVERIFY(m_seen.empty());
    m_source->append({u"orders"_s, 0}, {.key = QByteArray("order-4711")}); // of no time
    const auto again = read({.since = utcFromMs(startMs + 4'001)});
    QVERIFY(again);
    QCOMPARE(again->found, 1);
}

void TopicTrailTest::itEndsEarly_data()
{
    QTest::addColumn<qint64>("maxBytes");
    QTest::addColumn<qint64>("maxFound");
    QTest::addColumn<TopicsRead::End>("end");
    QTest::addColumn<qint64>("records");
    QTest::newRow("so many bytes were read") << qint64{500} << qint64{100} << End::Bytes << qint64{5};
    QTest::newRow("so many were found") << qint64{1 << 20} << qint64{1} << End::Found << qint64{5};
}

void TopicTrailTest::itEndsEarly()
{
    QFETCH(qint64, maxBytes);
    QFETCH(qint64, maxFound);
    QFETCH(TopicsRead::End, end);
    QFETCH(qint64, records);
    const auto early = read({.maxBytes = maxBytes, .maxFound = maxFound});
    QVERIFY(early);
    QCOMPARE(early->end, end);
    QCOMPARE(early->records, records);
    QCOMPARE(early->positions, 30);
}

void TopicTrailTest::aStopKeepsWhatWasFound()
{
    std::stop_source stop;
    m_source->recordsPerPoll = 5;
    onRecord = [&] {
        if (m_seen.size() == 5)
            stop.request_stop();
    };
    const auto stopped = read({}, nullptr, stop.get_token());
    QVERIFY(stopped);
    QCOMPARE(stopped->end, End::Stopped);
    QCOMPARE(stopped->found, 1);
    QCOMPARE(stopped->records, 5);
}

void TopicTrailTest::aTopicThatIsRefusedLeavesTheOthers()
{
    m_source->refused = {u"payments"_s};
    const auto rest = read();
    QVERIFY(rest);
    QCOMPARE(rest->records, 15);
    QCOMPARE(rest->failures.size(), std::size_t{1});
    QCOMPARE(rest->failures[0].topic, u"payments"_s);
    QCOMPARE(rest->topics, QStringList{u"orders"_s});
}

void TopicTrailTest::aBrokerThatGoesAwayIsSaid()
{
    m_source->recordsPerPoll = 5;
    onRecord = [&] {
        if (m_seen.size() == 5)
            m_source->down = Error{ErrorCode::Unreachable, u"broker1:9092 does not answer"_s};
    };
    const auto part = read();
    QVERIFY(part);
    QCOMPARE(part->end, End::Failed);
    QCOMPARE(part->found, 1);
    QCOMPARE(part->failures.size(), std::size_t{1});
    QCOMPARE(part->failures[0].error.code, ErrorCode::Unreachable);
}

void TopicTrailTest::aBrokerThatIsAwayIsAnError()
{
    m_source->down = Error{ErrorCode::Unreachable, u"broker1:9092 does not answer"_s};
    const auto none = read();
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::Unreachable);
}

void TopicTrailTest::anOpenTransactionEndsIt()
{
    m_source->logs[{u"orders"_s, m_own}].lastStable = 4; // before the one that is looked for
    const auto stable = read();
    QVERIFY(stable);
    QCOMPARE(stable->end, End::Whole);
    QCOMPARE(stable->records, 29);
    QCOMPARE(stable->found, 1);
}

void TopicTrailTest::holesAreNoReasonToWait()
{
    for (auto& [at, log] : m_source->logs)
        log.records.emplace_back(std::nullopt); // a control record at each end
    const auto whole = read();
    QVERIFY(whole);
    QCOMPARE(whole->end, End::Whole);
    QCOMPARE(whole->records, 30);
    QCOMPARE(whole->positions, 36);
}

QTEST_GUILESS_MAIN(TopicTrailTest)
#include "tst_topictrail.moc"
