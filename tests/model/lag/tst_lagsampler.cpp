// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakelagsource.h"
#include "model/lag/lagqueries.h"
#include "model/lag/lagsampler.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

Catalog shop()
{
    OwnedEvent created;
    created.eventType = u"order.created"_s;
    ConsumerEntry payment;
    payment.team = u"payment-team"_s;
    payment.service = payment.consumerGroup = u"payment"_s;
    created.consumers.push_back(payment);
    CatalogEvent entry;
    entry.eventType = u"order.created"_s;
    entry.topic = u"orders"_s;
    return Catalog({created}, {entry}, {});
}

/// A store, a cluster and a sampler that watches it; a second life of the process is `restart`.
struct Bench
{
    QTemporaryDir folder;
    ManualClock clock;
    FakeLagSource source{clock};
    Catalog catalog = shop();
    ConnectionSettings settings;
    std::unique_ptr<StoreWriter> writer;
    std::unique_ptr<LagSampler> sampler;

    Bench()
    {
        settings.name = u"local"_s;
        restart();
    }
    void restart()
    {
        sampler.reset();
        writer.reset();
        writer = StoreWriter::open(file(), Database::Access::Writer, u":/migrations/samples"_s).value();
        sampler = std::make_unique<LagSampler>(source, *writer, catalog, clock, settings, QStringList{settings.name});
    }
    QString file() const { return folder.filePath(u"samples.sqlite"_s); }
    LagSampleReport sample(int secondsLater = 15)
    {
        clock.advance(Millis{secondsLater * 1000});
        return sampler->sampleOnce({}).value();
    }
    Database reader() const { return std::move(Database::open(file(), Database::Access::Reader).value()); }
    std::vector<LagRow> rows(const LagFilter& filter = {}) const
    {
        Database database = reader();
        return lagRows(database, catalog, filter).value();
    }
    std::vector<LagGroupRow> groups() const
    {
        Database database = reader();
        return lagGroups(database, catalog).value();
    }
    std::int64_t count(const char* sql) const
    {
        Database database = reader();
        return database.raw().execAndGet(sql).getInt64();
    }
};

} // namespace

class LagSamplerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rowsAreWhatTheBrokerSaid();
    void jsonIsTheContracts();
    void neverCommittedIsARowWithoutLag();
    void aPartitionReadAndNeverCommittedIsARow();
    void timeLagIsBoundedBySamples();
    void timeLagBoundsHoldThroughTheStore();
    void historyOutlivesARestart();
    void endsThatWereNotToldAreUnknown();
    void groupsThatWereNotToldStayAsUnknown();
    void deletedGroupsGo();
    void aFailedSampleChangesNothing();
    void aTopicMadeAnewStartsOver();
    void aTopicThatIsGoneIsSaid();
    void aLogStartThatGoesBackIsAnotherTopic();
    void messagesLostToRetentionAreCounted();
    void aHungTransactionIsTold();
    void silenceBecomesStalledOrStopped();
    void whatDoesNotChangeIsNotWritten();
    void aRenamedConnectionKeepsItsHistory();
    void groupsAreSummedOverWhatIsKnown();
    void trendAndDrainTime();
    void seriesHaveGapsWhereNothingWasSampled();
    void seriesKeepPeaksWhenTheyAreDrawnCoarsely();
};

void LagSamplerTest::rowsAreWhatTheBrokerSaid()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 90);
    bench.source.commit(u"payment"_s, u"orders"_s, 1, 50);
    bench.source.commit(u"audit"_s, u"orders"_s, 0, 95);
    bench.source.end(u"orders"_s, 0, 90, 3);
    bench.source.end(u"orders"_s, 1, 70, 0, 65);
    const LagSampleReport report = bench.sample();
    QCOMPARE(report.rows, 3);
    QCOMPARE(report.unknownRows, 0);
    QCOMPARE(report.groups, 2);
    QVERIFY(report.failures.empty());

    const auto rows = bench.rows();
    QCOMPARE(rows.size(), std::size_t{3});
    QCOMPARE(rows[0].group, u"audit"_s); // commits beyond the end: never a negative lag
    QCOMPARE(rows[0].lag, std::optional(MessageCount{0}));
    QCOMPARE(rows[0].state, LagState::TopicRecreated);
    QVERIFY(!rows[0].owner);
    QCOMPARE(rows[1].lag, std::optional(MessageCount{0}));
    QCOMPARE(rows[1].state, LagState::Ok);
    QCOMPARE(rows[1].logStartOffset, std::optional(Offset{3}));
    QCOMPARE(rows[1].timeLag, std::optional(TimeLag{Millis{0}, Millis{0}}));
    QCOMPARE(rows[1].owner, std::optional(u"payment-team"_s));
    QCOMPARE(rows[2].lag, std::optional(MessageCount{20})); // up to the high watermark, not the last stable offset
    QCOMPARE(rows[2].lastStableOffset, std::optional(Offset{65}));
    QCOMPARE(rows[2].state, LagState::Behind);
    QCOMPARE(rows[2].sampledAt, report.takenAt);
    QCOMPARE(rows[2].timeLag,
             std::optional(TimeLag{Millis{0}, std::nullopt})); // the first look: older than that, nobody saw how much
    QCOMPARE(bench.rows({u"local"_s, u"payment"_s, u"orders"_s}).size(), std::size_t{2});
    QCOMPARE(bench.rows({{}, u"nobody"_s, {}}).size(), std::size_t{0});
    QCOMPARE(bench.rows({u"other"_s, {}, {}}).size(), std::size_t{0});
}

void LagSamplerTest::jsonIsTheContracts()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 90);
    bench.source.end(u"orders"_s, 0, 100);
    bench.sample();
    const QJsonArray array = QJsonDocument::fromJson(lagJson(bench.rows())).array();
    QCOMPARE(array.size(), 1);
    const QJsonObject row = array[0].toObject();
    QStringList names = row.keys();
    QStringList expected{u"connection"_s,
                         u"group"_s,
                         u"topic"_s,
                         u"partition"_s,
                         u"committedOffset"_s,
                         u"endOffset"_s,
                         u"lastStableOffset"_s,
                         u"logStartOffset"_s,
                         u"lag"_s,
                         u"timeLagLowMs"_s,
                         u"timeLagHighMs"_s,
                         u"state"_s,
                         u"owner"_s,
                         u"sampledAt"_s};
    expected.sort();
    QCOMPARE(names, expected);
    QCOMPARE(row[u"lag"_s].toInteger(), 10);
    QVERIFY(row[u"timeLagHighMs"_s].isNull());
    QVERIFY(row[u"sampledAt"_s].toString().endsWith(u'Z'));
    QVERIFY(lagText(bench.rows()).contains(u"payment-team"_s));
    QVERIFY(lagText({}).contains(u"collect"_s));
}

void LagSamplerTest::neverCommittedIsARowWithoutLag()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, std::nullopt);
    bench.source.end(u"orders"_s, 0, 100);
    bench.sample();
    QCOMPARE(bench.source.lastRequest.knownGroups, QStringList{u"payment"_s});
    QCOMPARE(bench.source.lastRequest.topicsOfGroup.at(u"payment"_s), QStringList{u"orders"_s});
    const auto rows = bench.rows();
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows[0].state, LagState::NeverCommitted);
    QVERIFY(!rows[0].committedOffset && !rows[0].lag && !rows[0].timeLag && !rows[0].lost);
    QCOMPARE(rows[0].endOffset, std::optional(Offset{100}));
    const auto groups = bench.groups();
    QVERIFY(!groups.at(0).totalLag);
    QCOMPARE(groups.at(0).partitionsUnknown, 1);

    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::Ok);
}

void LagSamplerTest::aPartitionReadAndNeverCommittedIsARow()
{
    Bench bench;
    bench.source.commit(u"audit"_s, u"orders"_s, 0, 5);
    bench.source.commit(u"audit"_s, u"orders"_s, 1, std::nullopt);
    bench.source.commit(u"audit"_s, u"invoices"_s, 0, std::nullopt); // a member has it, and no catalog says so
    bench.source.end(u"orders"_s, 0, 5);
    bench.source.end(u"orders"_s, 1, 5);
    bench.source.end(u"invoices"_s, 0, 5);
    QCOMPARE(bench.sample().rows, 3);
    const auto rows = bench.rows();
    QCOMPARE(rows.size(), std::size_t{3});
    QCOMPARE(rows[0].topic, u"invoices"_s);
    QCOMPARE(rows[0].state, LagState::NeverCommitted);
    QVERIFY(!rows[0].lag);
    QCOMPARE(rows[2].state, LagState::NeverCommitted);
}

void LagSamplerTest::timeLagIsBoundedBySamples()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 100);
    bench.sample();
    const UtcTime asked = bench.clock.now() - bench.source.answerTime;
    bench.source.end(u"orders"_s, 0, 150); // appended within the next 15 s
    const UtcTime seen = bench.sample().takenAt;
    QCOMPARE(bench.rows().at(0).timeLag, std::optional(TimeLag{Millis{0}, seen - asked}));
    bench.source.end(u"orders"_s, 0, 400);
    const UtcTime later = bench.sample(60).takenAt;
    QCOMPARE(bench.rows().at(0).timeLag, std::optional(TimeLag{later - seen, later - asked}));
    // The commit moves into the second stretch: its bounds come from history.
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 150);
    const UtcTime last = bench.sample().takenAt;
    QCOMPARE(bench.rows().at(0).timeLag, std::optional(TimeLag{last - later, last - (seen - bench.source.answerTime)}));
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 400);
    bench.sample();
    QCOMPARE(bench.rows().at(0).timeLag, std::optional(TimeLag{Millis{0}, Millis{0}}));
}

void LagSamplerTest::timeLagBoundsHoldThroughTheStore()
{
    Bench bench;
    std::mt19937_64 luck(11);
    std::vector<UtcTime> appended;
    std::int64_t committed = 0;
    int bounded = 0;
    for (int look = 0; look < 150; ++look) {
        for (std::uint64_t i = luck() % 30; i > 0; --i) {
            bench.clock.advance(Millis{static_cast<std::int64_t>(luck() % 900)});
            appended.push_back(bench.clock.now());
        }
        if (luck() % 3 == 0)
            committed = std::min(committed + static_cast<std::int64_t>(luck() % 60),
                                 static_cast<std::int64_t>(appended.size()));
        if (look % 40 == 39)
            bench.restart();
        bench.source.commit(u"payment"_s, u"orders"_s, 0, committed);
        bench.source.end(u"orders"_s, 0, static_cast<std::int64_t>(appended.size()));
        const UtcTime takenAt = bench.sample(static_cast<int>(luck() % 20)).takenAt;
        const auto row = bench.rows().at(0);
        if (committed == static_cast<std::int64_t>(appended.size())) {
            QCOMPARE(row.timeLag, std::optional(TimeLag{Millis{0}, Millis{0}}));
            continue;
        }
        const Millis age = takenAt - appended[static_cast<std::size_t>(committed)];
        QVERIFY(row.timeLag);
        QVERIFY(row.timeLag->low <= age);
        if (row.timeLag->high) {
            QVERIFY(age <= *row.timeLag->high);
            ++bounded;
        }
    }
    QVERIFY(bounded > 50);
}

void LagSamplerTest::historyOutlivesARestart()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 100);
    bench.sample();
    bench.source.end(u"orders"_s, 0, 150);
    bench.sample();
    const auto before = bench.rows();
    bench.restart();
    QCOMPARE(bench.rows(), before);
    bench.source.groups[u"payment"_s] = GroupState::Empty;
    bench.sample(70);
    QCOMPARE(bench.rows().at(0).state, LagState::Stopped);
    QVERIFY(bench.rows().at(0).timeLag->high.has_value());
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_row"), 1);
}

void LagSamplerTest::endsThatWereNotToldAreUnknown()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 10);
    bench.source.end(u"orders"_s, 0, 15);
    bench.sample();
    const UtcTime asked = bench.clock.now() - bench.source.answerTime;
    bench.source.ends.begin()->second = PartitionEnds{{u"orders"_s, 0}, std::nullopt, std::nullopt, std::nullopt};
    bench.source.failures = {{ErrorCode::TimedOut, u"broker 1: no answer"_s}};
    const LagSampleReport report = bench.sample();
    QCOMPARE(report.failures.size(), std::size_t{1});
    QCOMPARE(report.unknownRows, 1);
    auto row = bench.rows().at(0);
    QCOMPARE(row.state, LagState::Unknown);
    QVERIFY(!row.lag && !row.endOffset && !row.timeLag);
    QCOMPARE(row.committedOffset, std::optional(Offset{10}));

    bench.source.failures.clear();
    bench.source.end(u"orders"_s, 0, 20);
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 15);
    const UtcTime seen = bench.sample().takenAt;
    row = bench.rows().at(0);
    QCOMPARE(row.lag, std::optional(MessageCount{5}));
    QCOMPARE(row.timeLag, std::optional(TimeLag{Millis{0}, seen - asked})); // the missed look widens the bounds
}

void LagSamplerTest::groupsThatWereNotToldStayAsUnknown()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 10);
    bench.source.commit(u"audit"_s, u"orders"_s, 0, 15);
    bench.source.end(u"orders"_s, 0, 15);
    const UtcTime first = bench.sample().takenAt;
    bench.source.committed.erase({u"payment"_s, {u"orders"_s, 0}});
    bench.source.failures = {{ErrorCode::Unauthorised, u"group payment: not authorised"_s}};
    const UtcTime second = bench.sample().takenAt;
    const auto rows = bench.rows();
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows[0].sampledAt, second);
    QCOMPARE(rows[1].state, LagState::Unknown);
    QCOMPARE(rows[1].sampledAt, first); // what it says is from then
    bench.source.failures = {{ErrorCode::Unauthorised, u"group payment: not authorised"_s}};
    bench.sample(25 * 3600);
    bench.sample();
    QCOMPARE(bench.rows().size(), std::size_t{1}); // not for ever
}

void LagSamplerTest::deletedGroupsGo()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 10);
    bench.source.commit(u"audit"_s, u"orders"_s, 0, 15);
    bench.source.end(u"orders"_s, 0, 15);
    bench.sample();
    bench.source.committed.erase({u"audit"_s, {u"orders"_s, 0}});
    bench.source.groups.erase(u"audit"_s);
    bench.source.failures = {{ErrorCode::TimedOut, u"another matter"_s}};
    bench.sample();
    QCOMPARE(bench.rows().size(), std::size_t{1});
    Database reader = bench.reader();
    const auto series =
        lagSeries(reader, {{}, u"audit"_s, {}}, bench.clock.now() - Millis{60'000}, bench.clock.now() + Millis{1}, 100)
            .value();
    QCOMPARE(series.size(), std::size_t{2});
    QVERIFY(series[0].lag && !series[1].lag);
}

void LagSamplerTest::aFailedSampleChangesNothing()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 10);
    bench.source.end(u"orders"_s, 0, 15);
    bench.sample();
    const auto before = bench.rows();
    bench.source.failure = Error{ErrorCode::Unreachable, u"no broker"_s};
    bench.clock.advance(Millis{15'000});
    const auto report = bench.sampler->sampleOnce({});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Unreachable);
    QVERIFY(report.error().detail.startsWith(u"local"_s));
    QCOMPARE(bench.rows(), before);
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_sample"), 1);
}

void LagSamplerTest::aTopicMadeAnewStartsOver()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 120);
    bench.sample();
    bench.source.end(u"orders"_s, 0, 110); // above the commit, and yet another life
    bench.sample();
    auto row = bench.rows().at(0);
    QCOMPARE(row.state, LagState::TopicRecreated);
    QVERIFY(!row.timeLag && !row.lost);
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_end"), 1);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::TopicRecreated);
    bench.restart();
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::TopicRecreated);
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 105);
    bench.sample();
    row = bench.rows().at(0);
    QCOMPARE(row.state, LagState::Behind);
    QCOMPARE(row.lag, std::optional(MessageCount{5}));
}

void LagSamplerTest::aTopicThatIsGoneIsSaid()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 120);
    bench.sample();
    bench.source.goneTopics = {u"orders"_s};
    bench.sample();
    auto row = bench.rows().at(0);
    QCOMPARE(row.state, LagState::TopicGone);
    QVERIFY(!row.lag && !row.endOffset);
    QCOMPARE(row.committedOffset, std::optional(Offset{100}));
    bench.source.goneTopics.clear(); // a broker that restarted denied it for a while
    bench.source.end(u"orders"_s, 0, 130);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::Behind);
    QCOMPARE(bench.rows().at(0).lag, std::optional(MessageCount{30}));
}

void LagSamplerTest::aLogStartThatGoesBackIsAnotherTopic()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 120, 80);
    bench.sample();
    bench.source.end(u"orders"_s, 0, 900, 0); // further on than before, but from the beginning
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::TopicRecreated);
}

void LagSamplerTest::messagesLostToRetentionAreCounted()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 120);
    bench.sample();
    bench.source.end(u"orders"_s, 0, 150, 130);
    bench.sample();
    const auto row = bench.rows().at(0);
    QCOMPARE(row.state, LagState::LostToRetention);
    QCOMPARE(row.lost, std::optional(MessageCount{30}));
    QCOMPARE(row.lag, std::optional(MessageCount{50}));
    QCOMPARE(bench.groups().at(0).lost, std::optional(MessageCount{30}));
    QVERIFY(row.timeLag); // of the oldest message that is still there
}

void LagSamplerTest::aHungTransactionIsTold()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 120, 0, 100);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::BlockedByTransaction);
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 110);
    bench.source.end(u"orders"_s, 0, 130, 0, 110);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::Behind); // it moves: one short transaction after the other
    bench.source.end(u"orders"_s, 0, 140, 0, 110);
    bench.sample();
    QCOMPARE(bench.rows().at(0).state, LagState::BlockedByTransaction);
}

void LagSamplerTest::silenceBecomesStalledOrStopped()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.commit(u"audit"_s, u"orders"_s, 0, 100);
    bench.source.groups[u"audit"_s] = GroupState::Empty;
    bench.source.end(u"orders"_s, 0, 100);
    for (int i = 0; i < 20; ++i)
        bench.sample();
    bench.source.end(u"orders"_s, 0, 140);
    bench.sample();
    QCOMPARE(bench.rows({{}, u"payment"_s, {}}).at(0).state, LagState::Ok); // idle for minutes is no silence
    QCOMPARE(bench.rows({{}, u"audit"_s, {}}).at(0).state, LagState::Behind);
    for (int i = 0; i < 5; ++i)
        bench.sample();
    QCOMPARE(bench.rows({{}, u"payment"_s, {}}).at(0).state, LagState::Stalled);
    QCOMPARE(bench.rows({{}, u"audit"_s, {}}).at(0).state, LagState::Stopped);
    const auto groups = bench.groups();
    QCOMPARE(groups.at(0).group, u"audit"_s); // the worst first
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 140);
    bench.sample();
    QCOMPARE(bench.rows({{}, u"payment"_s, {}}).at(0).state, LagState::Ok);
}

void LagSamplerTest::whatDoesNotChangeIsNotWritten()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 100);
    for (int i = 0; i < 30; ++i)
        bench.sample();
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_end"), 1);
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_history"), 2); // the topic and the whole group
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_sample"), 30);
}

void LagSamplerTest::aRenamedConnectionKeepsItsHistory()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 100);
    bench.sample();
    bench.settings.name = u"orders"_s;
    bench.restart();
    bench.sample();
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_source"), 1);
    QCOMPARE(bench.rows().at(0).connection, u"orders"_s);
    bench.source.clusterId = u"cluster-2"_s; // another cluster behind the same name is another source
    bench.sample();
    QCOMPARE(bench.count("SELECT COUNT(*) FROM lag_source"), 2);
}

void LagSamplerTest::groupsAreSummedOverWhatIsKnown()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 90);
    bench.source.commit(u"payment"_s, u"orders"_s, 1, 50);
    bench.source.commit(u"payment"_s, u"orders"_s, 2, std::nullopt);
    bench.source.end(u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 1, 80);
    bench.source.end(u"orders"_s, 2, 7);
    bench.sample();
    const auto groups = bench.groups();
    QCOMPARE(groups.size(), std::size_t{1});
    QCOMPARE(groups[0].totalLag, std::optional(MessageCount{40}));
    QCOMPARE(groups[0].partitions, 3);
    QCOMPARE(groups[0].partitionsUnknown, 1);
    QCOMPARE(groups[0].worstState, LagState::NeverCommitted);
    QCOMPARE(groups[0].owner, std::optional(u"payment-team"_s));
    QCOMPARE(groups[0].timeLag, std::optional(TimeLag{Millis{0}, std::nullopt}));
    QVERIFY(!groups[0].trend);
}

void LagSamplerTest::trendAndDrainTime()
{
    Bench bench;
    bench.source.end(u"orders"_s, 0, 10'000);
    for (int i = 0; i <= 8; ++i) {
        bench.source.commit(u"payment"_s, u"orders"_s, 0, 1'000 + 150 * i);
        bench.clock.advance(Millis{-40});
        bench.sample();
    }
    const auto group = bench.groups().at(0);
    QVERIFY(group.trend);
    QCOMPARE(group.trend->trend, LagTrend::Shrinking);
    QVERIFY(std::abs(group.trend->perSecond + 10.0) < 1e-6);
    QCOMPARE(group.trend->drainsIn, std::optional(Millis{780'000}));
}

void LagSamplerTest::seriesHaveGapsWhereNothingWasSampled()
{
    Bench bench;
    bench.source.answerTime = Millis{0};
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 100);
    bench.source.end(u"orders"_s, 0, 130);
    const UtcTime from = bench.clock.now();
    for (int i = 0; i < 4; ++i)
        bench.sample();
    bench.sample(600); // nobody looked for ten minutes
    bench.source.end(u"orders"_s, 0, 150);
    bench.sample();
    Database reader = bench.reader();
    const LagFilter filter{{}, u"payment"_s, u"orders"_s};
    const auto points = lagSeries(reader, filter, from, bench.clock.now() + Millis{1}, 1'000'000).value();
    QCOMPARE(points.size(), std::size_t{7});
    for (const std::size_t i : {0, 1, 2, 3, 5})
        QCOMPARE(points[i].lag, std::optional(MessageCount{30}));
    QVERIFY(!points[4].lag);
    QCOMPARE(points[4].at, points[3].at + Millis{15'000});
    QCOMPARE(points[6].lag, std::optional(MessageCount{50}));
    QVERIFY(lagSeries(reader, {{}, u"nobody"_s, {}}, from, bench.clock.now(), 100).value().empty());
    QVERIFY(lagSeries(reader, {{}, u"payment"_s, u"nothing"_s}, from, bench.clock.now(), 100).value().empty());
}

void LagSamplerTest::seriesKeepPeaksWhenTheyAreDrawnCoarsely()
{
    Bench bench;
    bench.source.commit(u"payment"_s, u"orders"_s, 0, 0);
    const UtcTime from = bench.clock.now();
    for (int i = 0; i < 200; ++i) {
        bench.source.end(u"orders"_s, 0, 1000 + i);
        bench.source.commit(u"payment"_s, u"orders"_s, 0, i == 57 ? 0 : 990 + i);
        bench.sample();
    }
    Database reader = bench.reader();
    const auto points = lagSeries(reader, {{}, u"payment"_s, {}}, from, bench.clock.now() + Millis{1}, 20).value();
    QVERIFY(points.size() <= 20);
    std::int64_t peak = 0;
    for (const auto& point : points)
        peak = std::max(peak, point.lag.value_or(MessageCount{0}).value);
    QCOMPARE(peak, 1057);
}

QTEST_GUILESS_MAIN(LagSamplerTest)
#include "tst_lagsampler.moc"
