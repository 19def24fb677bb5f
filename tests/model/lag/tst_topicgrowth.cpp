// SPDX-License-Identifier: GPL-3.0-or-later
// Records written between moments, from samples of end offsets; what samples do not cover is unknown.
#include "model/lag/topicgrowth.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;

UtcTime at(std::int64_t ms)
{
    return utcFromMs(1'790'000'000'000 + ms);
}

std::string ms(std::int64_t since)
{
    return std::to_string(toMs(at(since)));
}

} // namespace

class TopicGrowthTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void recordsBetweenMarks();
    void aStillTopicGrowsByNothing();
    void endsAreInterpolatedBetweenSamples();
    void whatSamplesDoNotCoverIsUnknown();
    void aTopicMadeAnewIsUnknown();
    void worstLags();

private:
    void run(const std::string& sql)
    {
        const Status status = m_database->guarded([&](SQLite::Database& db) { db.exec(sql); });
        QVERIFY2(status, status ? "" : qPrintable(status.error().detail));
    }
    std::vector<std::optional<std::int64_t>> written(const std::vector<std::int64_t>& marks)
    {
        std::vector<UtcTime> times;
        for (const std::int64_t mark : marks)
            times.push_back(at(mark));
        const auto grown = topicGrowth(*m_database, times, Millis{2 * hour}).value();
        return grown.size() == 1 ? grown.front().written : std::vector<std::optional<std::int64_t>>();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::optional<Database> m_database;
};

void TopicGrowthTest::init()
{
    m_database.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_database.emplace(Database::open(m_folder->filePath(u"samples.sqlite"_s), Database::Access::Writer).value());
    QVERIFY(m_database->migrate(u":/migrations/samples"_s));
    run("INSERT INTO lag_source (source_id, cluster_id, connection, sample_interval_ms) VALUES (1, 'c', 'orders', "
        "10000);"
        "INSERT INTO lag_topic (topic_id, source_id, name) VALUES (1, 1, 't');"
        "INSERT INTO lag_partition (partition_id, topic_id, number) VALUES (1, 1, 0), (2, 1, 1);");
    for (std::int64_t taken = 0; taken <= 3 * day; taken += hour)
        run("INSERT INTO lag_sample (source_id, taken_at_ms) VALUES (1, " + ms(taken) + ")");
    // partition 0: 100 at the start, 1100 at hour 12, 5100 at hour 36; partition 1 stands at 7
    run("INSERT INTO lag_end (partition_id, end_offset, at_ms, unknown_before_ms) VALUES (1, 100, " + ms(0) +
        ", NULL), (1, 1100, " + ms(12 * hour) + ", 3600000), (1, 5100, " + ms(36 * hour) + ", 3600000), (2, 7, " +
        ms(0) + ", NULL)");
}

void TopicGrowthTest::recordsBetweenMarks()
{
    QCOMPARE(written({0, day, 2 * day, 3 * day}), (std::vector<std::optional<std::int64_t>>{1000, 4000, 0}));
}

void TopicGrowthTest::aStillTopicGrowsByNothing()
{
    // the old end still stood an hour before the new one was seen
    QCOMPARE(written({0, 11 * hour}), std::vector<std::optional<std::int64_t>>{0});
}

void TopicGrowthTest::endsAreInterpolatedBetweenSamples()
{
    QCOMPARE(written({0, 11 * hour + hour / 4}), std::vector<std::optional<std::int64_t>>{250});
}

void TopicGrowthTest::whatSamplesDoNotCoverIsUnknown()
{
    QCOMPARE(written({-day, 0, day}), (std::vector<std::optional<std::int64_t>>{std::nullopt, 1000}));
    QCOMPARE(written({2 * day, 4 * day}), std::vector<std::optional<std::int64_t>>{std::nullopt});
    run("DELETE FROM lag_sample WHERE taken_at_ms BETWEEN " + ms(20 * hour) + " AND " + ms(28 * hour));
    QCOMPARE(written({0, day, 2 * day}), (std::vector<std::optional<std::int64_t>>{std::nullopt, std::nullopt}));
}

void TopicGrowthTest::aTopicMadeAnewIsUnknown()
{
    run("INSERT INTO lag_end (partition_id, end_offset, at_ms, unknown_before_ms) VALUES (1, 3, " + ms(40 * hour) +
        ", 3600000)");
    QCOMPARE(written({day, 2 * day}), std::vector<std::optional<std::int64_t>>{std::nullopt});
}

void TopicGrowthTest::worstLags()
{
    run("INSERT INTO lag_group (group_id, source_id, name) VALUES (1, 1, 'g');"
        "INSERT INTO lag_history (group_id, topic_id, at_ms, lag, partitions_unknown, time_lag_low_ms, "
        "time_lag_high_ms) "
        "VALUES (1, 1, 1, 5, 0, 1, 4000), (1, 1, 2, 5, 0, 1, 9000), (1, 1, 3, 5, 0, NULL, NULL), "
        "(1, 0, 4, 5, 0, 1, 99000)");
    const auto lags = worstTimeLags(*m_database).value();
    QCOMPARE(lags, (std::vector<TopicLag>{{u"t"_s, Millis{9000}, Millis{3 * day}}}));
}

QTEST_GUILESS_MAIN(TopicGrowthTest)
#include "tst_topicgrowth.moc"
