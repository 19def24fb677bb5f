// SPDX-License-Identifier: GPL-3.0-or-later
// How the past of lag is packed, thinned and read.
#include "fakelagsource.h"
#include "model/lag/commitring.h"
#include "model/lag/lagqueries.h"
#include "model/lag/lagretention.h"
#include "model/lag/lagsampler.h"
#include "model/lag/lagtrend.h"

#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

class LagHistoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void commitsSurvivePacking();
    void strangeBytesAreRefused_data();
    void strangeBytesAreRefused();
    void aRestCutsTheCadence();
    void trends_data();
    void trends();
    void thinnedBoundsStayTrue();
    void oldHistoryGoesButTheNewestEndStays();
};

void LagHistoryTest::commitsSurvivePacking()
{
    std::mt19937_64 luck(3);
    for (int turn = 0; turn < 100; ++turn) {
        std::vector<CommitPoint> commits;
        for (std::uint64_t i = luck() % (commitRingSize + 1); i > 0; --i) {
            const auto wide = static_cast<std::int64_t>(luck() >> (luck() % 60 + 2));
            commits.push_back(
                {Offset{wide}, utcFromMs(1'790'000'000'000 - static_cast<std::int64_t>(luck() % 1'000'000)),
                 luck() % 4 == 0 ? std::nullopt : std::optional(MessageCount{static_cast<std::int64_t>(luck() >> 8)})});
        }
        QCOMPARE(unpackCommits(packCommits(commits)), std::optional(commits));
    }
}

void LagHistoryTest::strangeBytesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("another form") << QByteArray("\x02\x02\x02\x02", 4);
    QTest::newRow("cut short") << QByteArray("\x01\x02\x02", 3);
    QTest::newRow("a number without end") << QByteArray("\x01").append(QByteArray(40, '\xff'));
}

void LagHistoryTest::strangeBytesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(!unpackCommits(bytes));
}

void LagHistoryTest::aRestCutsTheCadence()
{
    const auto at = [](std::int64_t seconds) { return utcFromMs(seconds * 1000); };
    const std::vector<CommitPoint> commits{
        {Offset{1}, at(0), MessageCount{5}},    {Offset{2}, at(500), MessageCount{0}}, // slow, not resting
        {Offset{3}, at(5000), MessageCount{0}}, {Offset{4}, at(5100), MessageCount{0}},
        {Offset{5}, at(5400), std::nullopt},    {Offset{6}, at(9000), MessageCount{2}}};
    QCOMPARE(commitsSinceRest(commits).size(), std::size_t{2});
    QCOMPARE(commitsSinceRest(commits).front().offset, Offset{5});
    QVERIFY(commitsSinceRest({}).empty());
}

void LagHistoryTest::trends_data()
{
    QTest::addColumn<QList<int>>("lags"); // every ten seconds; -1 unknown
    QTest::addColumn<QString>("word");
    QTest::addColumn<qint64>("drainsInMs"); // -1: does not
    QTest::newRow("two samples tell nothing") << QList<int>{5, 50} << QString() << qint64{-1};
    QTest::newRow("unknown samples do not count") << QList<int>{5, -1, -1, 50} << QString() << qint64{-1};
    QTest::newRow("growing") << QList<int>{0, 100, 200, 300} << u"growing"_s << qint64{-1};
    QTest::newRow("shrinking, with the time it takes") << QList<int>{300, 200, 100} << u"shrinking"_s << qint64{10'000};
    QTest::newRow("shrunk to nothing needs no time") << QList<int>{300, 150, 0} << u"shrinking"_s << qint64{-1};
    QTest::newRow("within two of a hundred is flat")
        << QList<int>{10000, 10100, 10000, 10100} << u"flat"_s << qint64{-1};
    QTest::newRow("one message more is flat") << QList<int>{0, 0, 0, 1} << u"flat"_s << qint64{-1};
    QTest::newRow("a gap does not bend the line") << QList<int>{400, -1, 200, 100} << u"shrinking"_s << qint64{10'000};
}

void LagHistoryTest::trends()
{
    QFETCH(QList<int>, lags);
    QFETCH(QString, word);
    QFETCH(qint64, drainsInMs);
    std::vector<LagPoint> points;
    for (qsizetype i = 0; i < lags.size(); ++i)
        points.push_back({utcFromMs(i * 10'000), lags[i] < 0 ? std::nullopt : std::optional(MessageCount{lags[i]})});
    const auto report = lagTrend(points);
    QCOMPARE(report ? lagTrendWord(report->trend) : QString(), word);
    QCOMPARE(report && report->drainsIn ? report->drainsIn->count() : -1, drainsInMs);
}

void LagHistoryTest::thinnedBoundsStayTrue()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"samples.sqlite"_s);
    auto writer = StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value();
    ManualClock clock;
    FakeLagSource source(clock);
    ConnectionSettings settings;
    settings.name = u"local"_s;
    LagSampler sampler(source, *writer, {}, clock, settings);
    std::mt19937_64 luck(21);
    std::vector<UtcTime> appended;
    source.commit(u"slow"_s, u"orders"_s, 0, 0);
    for (int look = 0; look < 1500; ++look) { // a bit more than a day
        for (std::uint64_t i = luck() % 3; i > 0; --i) {
            clock.advance(Millis{static_cast<std::int64_t>(luck() % 5000)});
            appended.push_back(clock.now());
        }
        clock.advance(Millis{55'000 + static_cast<std::int64_t>(luck() % 5000)});
        source.end(u"orders"_s, 0, static_cast<std::int64_t>(appended.size()));
        QVERIFY(sampler.sampleOnce({}));
    }
    const auto count = [&file](const char* sql) {
        Database reader = std::move(Database::open(file, Database::Access::Reader).value());
        return reader.raw().execAndGet(sql).getInt64();
    };
    const std::int64_t before = count("SELECT COUNT(*) FROM lag_end");
    const auto report = pruneLag(*writer, clock.now() + Millis{3 * 86'400'000LL}, Millis{90 * 86'400'000LL}, {});
    QVERIFY(report);
    QVERIFY(report->endsRemoved > 0);
    QCOMPARE(count("SELECT COUNT(*) FROM lag_end"), before - report->endsRemoved);
    QVERIFY2(count("SELECT COUNT(*) FROM lag_end") <= 1500 / 4, qPrintable(QString::number(report->endsRemoved)));
    QVERIFY(report->pointsRemoved > 0);
    QCOMPARE(pruneLag(*writer, clock.now() + Millis{3 * 86'400'000LL}, Millis{90 * 86'400'000LL}, {})->endsRemoved, 0);

    // Commits anywhere in the past: the truth still lies within.
    for (int probe = 0; probe < 200; ++probe) {
        const std::size_t next = luck() % (appended.size() - 1);
        source.commit(u"slow"_s, u"orders"_s, 0, static_cast<std::int64_t>(next));
        const auto taken = sampler.sampleOnce({});
        QVERIFY(taken);
        Database reader = std::move(Database::open(file, Database::Access::Reader).value());
        const auto row = lagRows(reader, {}).value().at(0);
        QVERIFY(row.timeLag);
        const Millis age = taken->takenAt - appended[next];
        QVERIFY(row.timeLag->low <= age);
        if (row.timeLag->high) {
            QVERIFY(age <= *row.timeLag->high);
            QVERIFY(*row.timeLag->high - row.timeLag->low < Millis{900'000});
        }
    }
}

void LagHistoryTest::oldHistoryGoesButTheNewestEndStays()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"samples.sqlite"_s);
    auto writer = StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value();
    ManualClock clock;
    FakeLagSource source(clock);
    ConnectionSettings settings;
    settings.name = u"local"_s;
    LagSampler sampler(source, *writer, {}, clock, settings);
    for (int look = 0; look < 5; ++look) {
        source.commit(u"slow"_s, u"orders"_s, 0, 2);
        source.end(u"orders"_s, 0, 10 + look);
        clock.advance(Millis{15'000});
        QVERIFY(sampler.sampleOnce({}));
    }
    const auto report = pruneLag(*writer, clock.now() + Millis{10 * 86'400'000LL}, Millis{86'400'000}, {});
    QVERIFY(report);
    QCOMPARE(report->endsRemoved, 4);
    QCOMPARE(report->samplesRemoved, 5);
    source.end(u"orders"_s, 0, 3); // a recreated topic is still noticed
    QVERIFY(sampler.sampleOnce({}));
    Database reader = std::move(Database::open(file, Database::Access::Reader).value());
    QCOMPARE(lagRows(reader, {}).value().at(0).state, LagState::TopicRecreated);
}

QTEST_GUILESS_MAIN(LagHistoryTest)
#include "tst_laghistory.moc"
