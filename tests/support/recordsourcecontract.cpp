// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/recordsourcecontract.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

TestMessage message(const QString& topic, int partition, const QByteArray& value)
{
    return {.topic = topic, .partition = partition, .key = {}, .value = value, .headers = {}, .timestamp = {}};
}

std::vector<TestMessage> numbered(const QString& topic, int partition, int first, int last)
{
    std::vector<TestMessage> out;
    for (int i = first; i < last; ++i)
        out.push_back(message(topic, partition, QByteArray::number(i)));
    return out;
}

QByteArrayList values(const std::vector<RawRecord>& records)
{
    QByteArrayList out;
    for (const RawRecord& record : records)
        out.append(record.value.value_or("<null>"));
    return out;
}

TopicSelector named(const QString& topic)
{
    return {.topic = topic, .pattern = {}};
}

/// Polls until `isDone`, or throws after 30 s.
void pollUntil(RecordSource& source, const std::function<bool(const RecordBatch&)>& isDone,
               qsizetype maxBytes = 1 << 20)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 30'000) {
        const Result<RecordBatch> batch = source.poll(maxBytes, Millis{200}, {});
        if (!batch)
            throw std::runtime_error(batch.error().detail.toStdString());
        if (isDone(*batch))
            return;
    }
    throw std::runtime_error("what was waited for did not come in 30 s");
}

} // namespace

RecordBatch readToEnd(RecordSource& source, const std::vector<TopicSelector>& topics, const std::vector<Position>& from)
{
    const Result<BoundsReport> bounds = source.bounds(topics, {});
    if (!bounds)
        throw std::runtime_error(bounds.error().detail.toStdString());
    std::map<TopicPartition, Offset> missing;
    std::vector<Position> start;
    for (const PartitionBounds& each : bounds->partitions) {
        const auto asked = std::find_if(from.begin(), from.end(), [&](const Position& p) { return p.at == each.at; });
        start.push_back({each.at, asked == from.end() ? each.logStart : asked->next});
        missing[each.at] = each.lastStable;
    }
    if (const Status status = source.assign(start); !status)
        throw std::runtime_error(status.error().detail.toStdString());
    RecordBatch all;
    std::map<TopicPartition, Offset> positions;
    pollUntil(source, [&](const RecordBatch& batch) {
        all.records.insert(all.records.end(), batch.records.begin(), batch.records.end());
        all.failures.insert(all.failures.end(), batch.failures.begin(), batch.failures.end());
        for (const Position& each : batch.positions) {
            positions[each.at] = each.next;
            if (missing.contains(each.at) && each.next >= missing.at(each.at))
                missing.erase(each.at);
        }
        return missing.empty();
    });
    for (const auto& [at, next] : positions)
        all.positions.push_back({at, next});
    return all;
}

void RecordSourceContract::addRows()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < m_factories.size(); ++i)
        QTest::newRow(m_factories[i].first.constData()) << static_cast<int>(i);
}

std::unique_ptr<RecordSourceBench> RecordSourceContract::bench()
{
    QFETCH(int, index);
    return m_factories[static_cast<size_t>(index)].second();
}

void RecordSourceContract::bytesComeBackAsTheyWere()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"bytes"_s, 1);
    const std::vector<TestMessage> sent{
        {topic, 0, QByteArray("order-1"), QByteArray("{\"a\": 1}"), {}, utcFromMs(1'700'000'000'123)},
        {topic, 0, std::nullopt, std::nullopt, {{"only", QByteArray("header")}}, utcFromMs(1'700'000'000'124)},
        {topic,
         0,
         QByteArray(""),
         QByteArray(""),
         {{"same", QByteArray("first")},
          {"null", std::nullopt},
          {"same", QByteArray("second")},
          {"empty", QByteArray("")},
          {"binary", QByteArray("\x00\x00\x00\x07\xff\xfe", 6)},
          {"gr\xc3\xb6\xc3\x9f"
           "e",
           QByteArray("name beyond ASCII")}},
         utcFromMs(1'700'000'000'125)},
        {topic, 0, QByteArray("\x00\xff", 2), QByteArray(300'000, '\xc3'), {}, utcFromMs(1'700'000'000'126)},
    };
    broker->publish(sent);
    const auto source = broker->open();
    const RecordBatch batch = readToEnd(*source, {named(topic)});
    QCOMPARE(batch.records.size(), sent.size());
    for (size_t i = 0; i < sent.size(); ++i) {
        const RawRecord& record = batch.records[i];
        QCOMPARE(record.at.topic, topic);
        QCOMPARE(record.offset.value, static_cast<std::int64_t>(i));
        QCOMPARE(record.key.has_value(), sent[i].key.has_value());
        QVERIFY(record.key == sent[i].key);
        QCOMPARE(record.value.has_value(), sent[i].value.has_value());
        QVERIFY(record.value == sent[i].value);
        QVERIFY(record.headers == sent[i].headers);
        QCOMPARE(record.timestampType, TimestampType::CreateTime);
        QVERIFY(record.timestamp == sent[i].timestamp);
    }
}

void RecordSourceContract::anEmptyPartitionTellsItsPosition()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"empty"_s, 3);
    broker->publish({message(topic, 1, "only one")});
    const auto source = broker->open();
    const Result<BoundsReport> bounds = source->bounds({named(topic)}, {});
    QVERIFY2(bounds, qPrintable(bounds ? QString() : bounds.error().detail));
    QVERIFY(!bounds->clusterId.isEmpty());
    QCOMPARE(bounds->partitions.size(), size_t{3});
    for (int p = 0; p < 3; ++p) {
        const PartitionBounds expected{{topic, p}, Offset{0}, Offset{p == 1 ? 1 : 0}, Offset{p == 1 ? 1 : 0}};
        QVERIFY(bounds->partitions[static_cast<size_t>(p)] == expected);
    }
    const RecordBatch batch = readToEnd(*source, {named(topic)});
    QCOMPARE(values(batch.records), QByteArrayList{"only one"});
    const std::vector<Position> expected{{{topic, 0}, Offset{0}}, {{topic, 1}, Offset{1}}, {{topic, 2}, Offset{0}}};
    QVERIFY(batch.positions == expected);
}

void RecordSourceContract::readingStartsAtThePositionAsked()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"start"_s, 2);
    broker->publish(numbered(topic, 0, 0, 10));
    broker->publish(numbered(topic, 1, 10, 20));
    const auto source = broker->open();
    const RecordBatch batch = readToEnd(*source, {named(topic)}, {{{topic, 0}, Offset{7}}, {{topic, 1}, Offset{10}}});
    QCOMPARE(values(batch.records), (QByteArrayList{"7", "8", "9"}));
    const std::vector<Position> expected{{{topic, 0}, Offset{10}}, {{topic, 1}, Offset{10}}};
    QVERIFY(batch.positions == expected);
}

void RecordSourceContract::aSmallBudgetLosesNothing()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"budget"_s, 1);
    const std::vector<TestMessage> sent = numbered(topic, 0, 0, 50);
    broker->publish(sent);
    broker->publish({message(topic, 0, QByteArray(20'000, 'x'))}); // larger than the budget: comes all the same
    const auto source = broker->open();
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}}));
    std::vector<RawRecord> all;
    std::int64_t position = 0;
    pollUntil(
        *source,
        [&](const RecordBatch& batch) {
            qsizetype bytes = 0;
            for (const RawRecord& record : batch.records)
                bytes += record.sizeBytes();
            if (bytes > 10 + 20'000)
                throw std::runtime_error("the budget of a poll was not kept");
            all.insert(all.end(), batch.records.begin(), batch.records.end());
            for (const Position& each : batch.positions)
                position = each.next.value;
            return position >= 51;
        },
        10);
    QCOMPARE(all.size(), size_t{51});
    for (size_t i = 0; i < all.size(); ++i)
        QCOMPARE(all[i].offset.value, static_cast<std::int64_t>(i));
}

void RecordSourceContract::assigningAgainGoesOnOrStartsAnew()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"again"_s, 2);
    broker->publish(numbered(topic, 0, 0, 20));
    broker->publish(numbered(topic, 1, 20, 30));
    const auto source = broker->open();
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}}));
    std::int64_t next = 0;
    pollUntil(
        *source,
        [&](const RecordBatch& batch) {
            for (const Position& each : batch.positions)
                next = each.next.value;
            return next >= 3;
        },
        1);
    // Goes on where it stands, although more was read ahead; the other one joins.
    QVERIFY(source->assign({{{topic, 0}, Offset{next}}, {{topic, 1}, Offset{0}}}));
    std::map<int, std::vector<std::int64_t>> seen;
    std::map<int, std::int64_t> ends;
    pollUntil(*source, [&](const RecordBatch& batch) {
        for (const RawRecord& record : batch.records)
            seen[record.at.partition].push_back(record.offset.value);
        for (const Position& each : batch.positions)
            ends[each.at.partition] = each.next.value;
        return ends[0] >= 20 && ends[1] >= 10;
    });
    QCOMPARE(seen[0].size(), static_cast<size_t>(20 - next));
    QCOMPARE(seen[0].front(), next);
    QCOMPARE(seen[1].size(), size_t{10});
    // Back to an earlier position, and the other one no more.
    QVERIFY(source->assign({{{topic, 0}, Offset{18}}}));
    broker->publish(numbered(topic, 1, 30, 31));
    seen.clear();
    pollUntil(*source, [&](const RecordBatch& batch) {
        for (const RawRecord& record : batch.records)
            seen[record.at.partition].push_back(record.offset.value);
        return seen[0].size() >= 2;
    });
    QVERIFY((seen[0] == std::vector<std::int64_t>{18, 19}));
    QVERIFY(!seen.contains(1));
}

void RecordSourceContract::aPositionBeyondTheEndMovesToTheStart()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"beyond"_s, 1);
    broker->publish(numbered(topic, 0, 0, 3));
    const auto source = broker->open();
    // What a checkpoint of a topic looks like that was deleted and made again under the same name.
    QVERIFY(source->assign({{{topic, 0}, Offset{5'000}}}));
    QByteArrayList seen;
    std::int64_t position = -1;
    pollUntil(*source, [&](const RecordBatch& batch) {
        seen += values(batch.records);
        for (const Position& each : batch.positions)
            position = each.next.value;
        return seen.size() >= 3;
    });
    QCOMPARE(seen, (QByteArrayList{"0", "1", "2"}));
    QCOMPARE(position, std::int64_t{3});
}

void RecordSourceContract::patternsMatchWholeNamesAndSeeNewTopics()
{
    const auto broker = bench();
    const QString one = broker->newTopic(u"pattern"_s, 1);
    const auto source = broker->open();
    const auto topicsOf = [&](const QString& pattern) -> QStringList {
        const Result<BoundsReport> report = source->bounds({{.topic = {}, .pattern = pattern}}, {});
        if (!report)
            return {report.error().detail};
        QStringList names;
        for (const PartitionBounds& each : report->partitions)
            names.append(each.at.topic);
        return names;
    };
    QCOMPARE(topicsOf(one), QStringList{one});
    QCOMPARE(topicsOf(one.chopped(1)), QStringList());
    QCOMPARE(topicsOf(one.chopped(1) + u'.'), QStringList{one});
    QCOMPARE(topicsOf(one + u".*"_s), QStringList{one});
    const QString two = broker->newTopic(one, 1);
    QCOMPARE(topicsOf(one + u".*"_s), (QStringList{one, two}));
    const Result<BoundsReport> bad = source->bounds({{.topic = {}, .pattern = u"("_s}}, {});
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, ErrorCode::InvalidConfig);
}

void RecordSourceContract::aMissingTopicSpoilsNoOther()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"there"_s, 1);
    const auto source = broker->open();
    const QString missing = topic + u"-not-there"_s;
    const Result<BoundsReport> report = source->bounds({named(missing), named(topic)}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    if (!broker->tellsMissingTopics())
        return;
    QCOMPARE(report->partitions.size(), size_t{1});
    QCOMPARE(report->failures.size(), size_t{1});
    QCOMPARE(report->failures[0].topic, missing);
    QCOMPARE(report->failures[0].error.code, ErrorCode::NotFound);
    QVERIFY(report->failures[0].error.detail.contains(missing));
}

void RecordSourceContract::anIdlePollEndsInTimeAndAtAStop()
{
    const auto broker = bench();
    const QString topic = broker->newTopic(u"idle"_s, 1);
    const auto source = broker->open();
    const RecordBatch start = readToEnd(*source, {named(topic)});
    QVERIFY(start.records.empty());
    QElapsedTimer timer;
    timer.start();
    const Result<RecordBatch> idle = source->poll(1 << 20, Millis{300}, {});
    QVERIFY(idle);
    QVERIFY(idle->records.empty() && idle->positions.empty() && idle->failures.empty());
    QVERIFY(timer.elapsed() >= 300);
    std::stop_source stop;
    stop.request_stop();
    timer.restart();
    const Result<RecordBatch> stopped = source->poll(1 << 20, Millis{60'000}, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY2(timer.elapsed() < 5'000, "a stop was not heard");
}

} // namespace spillway::test
