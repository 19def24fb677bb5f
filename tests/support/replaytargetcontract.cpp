// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/replaytargetcontract.h"

#include "model/replay/replayheaders.h"
#include "tests/support/peers.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

OutgoingRecord replayed(const QString& job, const TopicPartition& source, std::int64_t offset, const QString& target,
                        std::optional<int> partition)
{
    const QByteArray number = QByteArray::number(static_cast<qlonglong>(offset));
    return {.topic = target,
            .partition = partition,
            .key = number,
            .value = number,
            .headers = {{replayIdHeader, job.toUtf8()},
                        {replayOfHeader, replayOfValue({.at = source, .offset = Offset{offset}, .timestamp = {}})}}};
}

void ReplayTargetContract::addRows()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < m_factories.size(); ++i)
        QTest::newRow(m_factories[i].first.constData()) << static_cast<int>(i);
}

std::unique_ptr<ReplayTargetBench> ReplayTargetContract::bench()
{
    QFETCH(int, index);
    return m_factories[static_cast<size_t>(index)].second();
}

#define VERIFY_DONE(expression)                                                                                        \
    do {                                                                                                               \
        const auto& done = (expression);                                                                               \
        QVERIFY2(done.has_value(), qPrintable(done ? QString() : done.error().detail));                                \
    } while (false)

void ReplayTargetContract::bytesLandAsTheyAreWhereItSays()
{
    const auto broker = bench();
    const QString letters = broker->newTopic(u"letters"_s, 1);
    const QString topic = broker->newTopic(u"target"_s, 3);
    const auto target = broker->open();
    const Result<int> partitions = target->partitionCount(topic, {});
    VERIFY_DONE(partitions);
    QCOMPARE(*partitions, 3);
    VERIFY_DONE(target->begin(uniqueName(u"job"_s), {}));
    const std::vector<OutgoingRecord> sent{
        {topic,
         2,
         QByteArray("k"),
         QByteArray("first"),
         {{"same", QByteArray("1")}, {"null", std::nullopt}, {"same", QByteArray("")}}},
        {topic, 2, std::nullopt, std::nullopt, {}},
        {topic, 0, QByteArray(""), QByteArray("\x00\xff", 2), {{"binary", QByteArray("\x00\x01", 2)}}},
        {topic, 2, QByteArray("k"), QByteArray("third in 2"), {}},
        {topic, std::nullopt, QByteArray("by key"), QByteArray("v"), {}},
    };
    const Result<std::vector<LandedAt>> landed =
        target->sendBatch(sent, std::vector<Position>{{{letters, 0}, Offset{5}}}, {});
    VERIFY_DONE(landed);
    QCOMPARE(landed->size(), sent.size());
    QVERIFY((landed->at(0) == LandedAt{{topic, 2}, Offset{0}}));
    QVERIFY((landed->at(1) == LandedAt{{topic, 2}, Offset{1}}));
    QVERIFY((landed->at(2) == LandedAt{{topic, 0}, Offset{0}}));
    QVERIFY((landed->at(3) == LandedAt{{topic, 2}, Offset{2}}));
    const std::vector<RawRecord> records = broker->read(topic);
    QCOMPARE(records.size(), sent.size());
    for (size_t i = 0; i < sent.size(); ++i) {
        const auto record = std::find_if(records.begin(), records.end(), [&](const RawRecord& each) {
            return each.at == landed->at(i).at && each.offset == landed->at(i).offset;
        });
        QVERIFY2(record != records.end(), "a record does not lie where it was said to");
        QVERIFY(record->key == sent[i].key);
        QVERIFY(record->value == sent[i].value);
        QVERIFY(record->headers == sent[i].headers);
    }
}

void ReplayTargetContract::progressIsCommittedWithTheMessages()
{
    const auto broker = bench();
    const QString letters = broker->newTopic(u"letters"_s, 2);
    const QString topic = broker->newTopic(u"target"_s, 1);
    const QString job = uniqueName(u"job"_s);
    const auto target = broker->open();
    const bool isAtomic = target->capabilities().transactionalReplay;
    const Result<ReplayProgress> fresh = target->begin(job, {});
    VERIFY_DONE(fresh);
    QVERIFY(fresh->sentBelow.empty());
    QCOMPARE(fresh->isAtomic, isAtomic);
    const std::vector<OutgoingRecord> batch{replayed(job, {letters, 0}, 3, topic),
                                            replayed(job, {letters, 1}, 40, topic)};
    VERIFY_DONE(
        target->sendBatch(batch, std::vector<Position>{{{letters, 0}, Offset{4}}, {{letters, 1}, Offset{41}}}, {}));
    VERIFY_DONE(target->sendBatch({}, std::vector<Position>{{{letters, 0}, Offset{9}}}, {}));
    // Whoever begins again, here another object as after a crash, is told.
    const Result<ReplayProgress> again = broker->open()->begin(job, {});
    VERIFY_DONE(again);
    QCOMPARE(again->isAtomic, isAtomic);
    if (isAtomic)
        QVERIFY((again->sentBelow ==
                 std::map<TopicPartition, Offset>{{{letters, 0}, Offset{9}}, {{letters, 1}, Offset{41}}}));
    else
        QVERIFY(again->sentBelow.empty());
}

void ReplayTargetContract::verifyCountsOneJobAndSaysWhere()
{
    const auto broker = bench();
    const QString letters = broker->newTopic(u"letters"_s, 1);
    const QString topic = broker->newTopic(u"target"_s, 2);
    const QString job = uniqueName(u"job"_s);
    const QString other = uniqueName(u"job"_s);
    const auto target = broker->open();
    const TopicPartition source{letters, 0};
    VERIFY_DONE(target->begin(other, {}));
    VERIFY_DONE(
        target->sendBatch(std::vector{replayed(other, source, 1, topic, 0), replayed(other, source, 2, topic, 1)},
                          std::vector<Position>{{source, Offset{3}}}, {}));
    const Result<std::vector<Position>> before = target->ends(topic, {});
    VERIFY_DONE(before);
    QCOMPARE(before->size(), size_t{2});
    VERIFY_DONE(target->begin(job, {}));
    const Result<std::vector<LandedAt>> landed =
        target->sendBatch(std::vector{replayed(job, source, 1, topic, 0), replayed(job, source, 2, topic, 1),
                                      replayed(job, source, 2, topic, 0)},
                          std::vector<Position>{{source, Offset{3}}}, {});
    VERIFY_DONE(landed);
    const Result<ReplayVerification> found = target->verify(job, *before, {});
    VERIFY_DONE(found);
    QCOMPARE(found->found.size(), size_t{2});
    const QByteArray one = replayOfValue({.at = source, .offset = Offset{1}, .timestamp = {}});
    const QByteArray two = replayOfValue({.at = source, .offset = Offset{2}, .timestamp = {}});
    QVERIFY(found->found.at(one) == std::vector<LandedAt>{landed->at(0)});
    QCOMPARE(found->found.at(two).size(), size_t{2}); // sent twice: verify must not hide it
    const Result<std::vector<Position>> after = target->ends(topic, {});
    VERIFY_DONE(after);
    const Result<ReplayVerification> nothing = target->verify(job, *after, {});
    VERIFY_DONE(nothing);
    QVERIFY(nothing->found.empty());
}

void ReplayTargetContract::aMissingTargetIsNotFound()
{
    const auto broker = bench();
    if (!broker->tellsMissingTopics())
        return;
    const auto target = broker->open();
    const QString missing = uniqueName(u"missing"_s);
    const Result<int> count = target->partitionCount(missing, {});
    QVERIFY(!count);
    QCOMPARE(count.error().code, ErrorCode::NotFound);
    QVERIFY(count.error().detail.contains(missing));
    QVERIFY(!target->ends(missing, {}));
}

void ReplayTargetContract::aClosedJobLeavesNoProgress()
{
    const auto broker = bench();
    const QString letters = broker->newTopic(u"letters"_s, 1);
    const QString topic = broker->newTopic(u"target"_s, 1);
    const QString job = uniqueName(u"job"_s);
    const auto target = broker->open();
    VERIFY_DONE(target->begin(job, {}));
    VERIFY_DONE(target->sendBatch(std::vector{replayed(job, {letters, 0}, 1, topic)},
                                  std::vector<Position>{{{letters, 0}, Offset{2}}}, {}));
    VERIFY_DONE(target->close(job, {}));
    VERIFY_DONE(target->close(job, {})); // not found is success
    VERIFY_DONE(target->close(uniqueName(u"never"_s), {}));
    const Result<ReplayProgress> progress = target->begin(job, {});
    VERIFY_DONE(progress);
    QVERIFY(progress->sentBelow.empty());
}

void ReplayTargetContract::aStoppedBatchLeavesNothing()
{
    const auto broker = bench();
    const QString letters = broker->newTopic(u"letters"_s, 1);
    const QString topic = broker->newTopic(u"target"_s, 1);
    const QString job = uniqueName(u"job"_s);
    const auto target = broker->open();
    VERIFY_DONE(target->begin(job, {}));
    std::stop_source stop;
    stop.request_stop();
    const std::vector<OutgoingRecord> batch{replayed(job, {letters, 0}, 1, topic)};
    const std::vector<Position> progress{{{letters, 0}, Offset{2}}};
    const Result<std::vector<LandedAt>> stopped = target->sendBatch(batch, progress, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY(broker->read(topic).empty());
    // The same object goes on.
    VERIFY_DONE(target->sendBatch(batch, progress, {}));
    QCOMPARE(broker->read(topic).size(), size_t{1});
}

} // namespace spillway::test
