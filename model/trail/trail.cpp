// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/trail.h"

#include "model/base/alignedlines.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/replay/replayheaders.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = TrailEntry::Kind;
constexpr qsizetype longestJob = 100; // of one that a header names

/// Which of several at one place is told.
int weight(Kind kind)
{
    switch (kind) {
    case Kind::DeadLetter:
        return 3;
    case Kind::Replay:
        return 2;
    case Kind::Event:
        return 1;
    case Kind::Processing:
        return 0;
    }
    return 0;
}

int rankAtOnce(Kind kind)
{
    switch (kind) {
    case Kind::Event:
        return 0;
    case Kind::Processing:
        return 1;
    case Kind::DeadLetter:
        return 2;
    case Kind::Replay:
        return 3;
    }
    return 0;
}

/// Which of two of one kind and place says more: of a replay the ledger's word, which knows what became of it; else the
/// broker's.
bool saysMore(const TrailEntry& entry, const TrailEntry& other)
{
    if (entry.kind != other.kind)
        return weight(entry.kind) > weight(other.kind);
    return entry.kind == Kind::Replay ? !entry.isRead && other.isRead : entry.isRead && !other.isRead;
}

TrailEntry merged(TrailEntry a, TrailEntry b)
{
    if (saysMore(b, a))
        std::swap(a, b);
    // When the broker has it, its time counts: a decision to send, or a letter's word, is only about it.
    if (a.kind != Kind::DeadLetter && !a.isRead && b.isRead && b.at) {
        a.at = b.at;
        a.time = b.time;
        a.isRead = true;
    }
    const auto keep = [](auto& mine, auto& other) {
        if (!mine)
            mine = std::move(other);
    };
    keep(a.at, b.at);
    keep(a.notAfter, b.notAfter);
    keep(a.eventType, b.eventType);
    keep(a.key, b.key);
    keep(a.letterId, b.letterId);
    keep(a.jobId, b.jobId);
    return a;
}

auto orderOf(const TrailEntry& entry)
{
    const auto at = entry.at ? entry.at : entry.notAfter;
    return std::tuple(!at, at.value_or(UtcTime{}), entry.at.has_value(), rankAtOnce(entry.kind), entry.connection,
                      entry.channel, entry.partition.value_or(-1), entry.offset.value_or(Offset{-1}).value);
}

TrailTime timeOf(TimestampType type)
{
    switch (type) {
    case TimestampType::CreateTime:
        return TrailTime::CreateTime;
    case TimestampType::LogAppendTime:
        return TrailTime::LogAppendTime;
    case TimestampType::Unknown:
        return TrailTime::Unknown;
    }
    return TrailTime::Unknown;
}

std::optional<QByteArray> lastHeader(const RawRecord& record, QByteArrayView name)
{
    for (auto header = record.headers.rbegin(); header != record.headers.rend(); ++header) {
        if (header->name == name)
            return header->value;
    }
    return std::nullopt;
}

QString timeText(const TrailEntry& entry)
{
    if (!entry.at)
        return u"time unknown"_s;
    return (entry.time == TrailTime::FirstSeen ? u"≤ "_s : QString()) + formatUtc(*entry.at);
}

} // namespace

QString trailTimeWord(TrailTime time)
{
    switch (time) {
    case TrailTime::Unknown:
        return {};
    case TrailTime::CreateTime:
        return u"createTime"_s;
    case TrailTime::LogAppendTime:
        return u"logAppendTime"_s;
    case TrailTime::DeadLettered:
        return u"deadLettered"_s;
    case TrailTime::FirstSeen:
        return u"firstSeen"_s;
    case TrailTime::Recorded:
        return u"recorded"_s;
    case TrailTime::Processed:
        return u"processed"_s;
    }
    return {};
}

QString trailKindWord(TrailEntry::Kind kind)
{
    switch (kind) {
    case Kind::Event:
        return u"event"_s;
    case Kind::DeadLetter:
        return u"deadLetter"_s;
    case Kind::Replay:
        return u"replay"_s;
    case Kind::Processing:
        return u"processing"_s;
    }
    return {};
}

std::vector<TrailEntry> arrangedTrail(std::vector<TrailEntry> entries)
{
    using Place = std::tuple<QString, QString, int, std::int64_t>;
    std::map<Place, std::size_t> known;
    std::vector<TrailEntry> arranged;
    for (TrailEntry& entry : entries) {
        if (entry.kind != Kind::Processing && entry.partition && entry.offset && !entry.channel.isEmpty()) {
            const auto [at, isNew] = known.try_emplace(
                {entry.connection, entry.channel, *entry.partition, entry.offset->value}, arranged.size());
            if (!isNew) {
                TrailEntry& other = arranged[at->second];
                other = merged(std::move(other), std::move(entry));
                continue;
            }
        }
        arranged.push_back(std::move(entry));
    }
    std::stable_sort(arranged.begin(), arranged.end(),
                     [](const TrailEntry& a, const TrailEntry& b) { return orderOf(a) < orderOf(b); });
    return arranged;
}

void maskTrail(std::vector<TrailEntry>& entries, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    for (TrailEntry& entry : entries) {
        if (entry.key)
            entry.key = masker.key(*entry.key, purpose).bytes;
        entry.summary = masker.text(entry.summary, purpose);
    }
}

QByteArray trailEntryJson(const TrailEntry& entry)
{
    const QString time = trailTimeWord(entry.time);
    JsonWriter json;
    json.beginObject().field(u"at", entry.at).field(u"connection", entry.connection);
    entry.channel.isEmpty() ? json.nullField(u"channel") : json.field(u"channel", entry.channel);
    json.field(u"partition", entry.partition)
        .field(u"offset", entry.offset ? std::optional(entry.offset->value) : std::nullopt)
        .field(u"eventType", entry.eventType)
        .bytesField(u"key", entry.key)
        .field(u"kind", trailKindWord(entry.kind))
        .field(u"summary", entry.summary);
    time.isEmpty() ? json.nullField(u"timeKind") : json.field(u"timeKind", time);
    json.field(u"matched", trailMatchWord(entry.match))
        .field(u"letter", entry.letterId)
        .field(u"job", entry.jobId)
        .endObject();
    return json.json();
}

QString trailPlace(const TrailEntry& entry)
{
    QString text = entry.channel;
    if (entry.partition && !text.isEmpty())
        text += u" [%1]"_s.arg(*entry.partition);
    if (entry.offset && !text.isEmpty())
        text += u" @ %1"_s.arg(entry.offset->value);
    return text;
}

QString trailText(const std::vector<TrailEntry>& entries)
{
    QString text;
    for (const TrailEntry& entry : entries) {
        QStringList words{visibleText(entry.summary)};
        if (entry.key && entry.match.by != TrailMatch::By::Key)
            words += u"key "_s + visibleBytes(*entry.key);
        if (entry.letterId && entry.kind == Kind::DeadLetter)
            words += *entry.letterId;
        text +=
            u"%1  %2  %3  %4\n"_s.arg(timeText(entry).leftJustified(26), trailKindWord(entry.kind).leftJustified(10),
                                      visibleText(trailPlace(entry)).leftJustified(32), words.join(u" · "_s));
    }
    return text;
}

TrailEntry eventEntry(const RawRecord& record, const QString& connection, const std::optional<QString>& eventType,
                      const TrailMatch& match)
{
    TrailEntry entry{.kind = Kind::Event,
                     .at = record.timestamp,
                     .time = record.timestamp ? timeOf(record.timestampType) : TrailTime::Unknown,
                     .connection = connection,
                     .channel = record.at.topic,
                     .partition = record.at.partition,
                     .offset = record.offset,
                     .eventType = eventType,
                     .key = record.key,
                     .match = match,
                     .isRead = true};
    const QString what = eventType.value_or(u"record"_s);
    const QString size = formatSizeBytes(record.sizeBytes());
    entry.summary = record.value ? u"%1 published, %2"_s.arg(what, size) : u"%1 published: a tombstone"_s.arg(what);
    if (const auto job = lastHeader(record, replayIdHeader)) {
        entry.kind = Kind::Replay;
        entry.jobId = QString::fromUtf8(job->left(longestJob));
        entry.summary = u"replayed by job %1, %2"_s.arg(*entry.jobId, size);
    }
    return entry;
}

} // namespace spillway
