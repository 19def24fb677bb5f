// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/recordlookup.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis turn{250};
constexpr int mostIdleTurns = 60; // 15 s without a record or a position
constexpr qsizetype bytesPerTurn = 1 << 20;

} // namespace

Result<std::optional<PartitionBounds>> RecordSourceLookup::boundsOf(const TopicPartition& at, std::stop_token stop)
{
    const auto report = m_source->bounds({{.topic = at.topic, .pattern = {}}}, std::move(stop));
    if (!report)
        return tl::unexpected<Error>(report.error());
    for (const PartitionBounds& bounds : report->partitions) {
        if (bounds.at == at)
            return std::optional(bounds);
    }
    for (const TopicFailure& failure : report->failures) {
        if (failure.error.code != ErrorCode::NotFound)
            return tl::unexpected<Error>(failure.error);
    }
    return std::optional<PartitionBounds>();
}

Result<LookedUpRecord> RecordSourceLookup::recordAt(const TopicPartition& at, Offset offset, std::stop_token stop)
{
    using Answer = LookedUpRecord::Answer;
    const auto bounds = boundsOf(at, stop);
    if (!bounds)
        return tl::unexpected<Error>(bounds.error());
    if (!*bounds)
        return LookedUpRecord{};
    LookedUpRecord found{.answer = Answer::NoRecord, .record = {}, .bounds = *bounds};
    if (offset < (*bounds)->logStart)
        found.answer = Answer::BeforeLog;
    else if (offset >= (*bounds)->end)
        found.answer = Answer::BeyondEnd;
    else if (offset >= (*bounds)->lastStable)
        found.answer = Answer::Open;
    if (found.answer != Answer::NoRecord)
        return found;
    const auto read = readRange(
        at, offset, Offset{offset.value + 1},
        [&](const RawRecord& record) {
            found.record = record;
            return false;
        },
        stop);
    if (!read)
        return tl::unexpected<Error>(read.error());
    if (found.record)
        found.answer = Answer::Found;
    return found;
}

Result<RangeRead> RecordSourceLookup::readRange(const TopicPartition& at, Offset from, Offset to,
                                                const std::function<bool(const RawRecord&)>& take, std::stop_token stop)
{
    const auto bounds = boundsOf(at, stop);
    if (!bounds)
        return tl::unexpected<Error>(bounds.error());
    if (!*bounds)
        return fail(ErrorCode::NotFound, u"there is no partition %1 of topic %2"_s.arg(at.partition).arg(at.topic));
    // A position outside the log would be moved by the source; nothing outside is asked for.
    RangeRead read{.next = std::max(from, (*bounds)->logStart), .logStart = (*bounds)->logStart};
    const Offset end = std::min(to, (*bounds)->lastStable);
    if (read.next >= end) {
        read.isWhole = true;
        return read;
    }
    if (const Status status = m_source->assign({{at, read.next}}); !status)
        return tl::unexpected<Error>(status.error());
    for (int idle = 0; read.next < end;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"cancelled while reading"_s);
        const auto batch = m_source->poll(bytesPerTurn, turn, stop);
        if (!batch)
            return tl::unexpected<Error>(batch.error());
        for (const TopicFailure& failure : batch->failures) {
            if (failure.topic == at.topic)
                return tl::unexpected<Error>(failure.error);
        }
        for (const RawRecord& record : batch->records) {
            if (record.at != at || record.offset < read.next)
                continue;
            if (record.offset >= end) {
                read.next = end;
                break;
            }
            ++read.records;
            read.bytes += record.sizeBytes();
            read.next = Offset{record.offset.value + 1};
            if (!take(record))
                return read;
        }
        bool hasMoved = !batch->records.empty();
        for (const Position& position : batch->positions) {
            if (position.at != at)
                continue;
            hasMoved = true;
            read.next = std::max(read.next, std::min(position.next, end));
        }
        idle = hasMoved ? 0 : idle + 1;
        if (idle >= mostIdleTurns)
            return fail(ErrorCode::TimedOut,
                        u"%1, partition %2: the broker gave nothing in %3 s; try again"_s.arg(at.topic)
                            .arg(at.partition)
                            .arg(mostIdleTurns * turn.count() / 1'000));
    }
    read.isWhole = true;
    return read;
}

} // namespace spillway
