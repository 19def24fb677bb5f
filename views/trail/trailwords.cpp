// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/trail/trailwords.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

using Kind = TrailEntry::Kind;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(spillway::views::TrailPage)
};

} // namespace

CellMark trailMark(const TrailEntry& entry)
{
    switch (entry.kind) {
    case Kind::Event:
        return {Tone::Neutral, Words::tr("event")};
    case Kind::DeadLetter:
        return {Tone::Critical, Words::tr("dead letter")};
    case Kind::Replay:
        return {entry.summary.endsWith(u", confirmed"_s)      ? Tone::Ok
                : entry.summary.endsWith(u", failed again"_s) ? Tone::Critical
                                                              : Tone::Unknown,
                Words::tr("replay")};
    case Kind::Processing:
        return {entry.summary.contains(u" handled it in "_s) ? Tone::Ok : Tone::Warning, Words::tr("processing")};
    }
    return {};
}

QString trailHeadline(const std::vector<TrailEntry>& entries)
{
    std::array<int, 4> counts{};
    std::optional<UtcTime> first;
    std::optional<UtcTime> last;
    for (const TrailEntry& entry : entries) {
        ++counts[static_cast<std::size_t>(entry.kind)];
        if (!entry.at)
            continue;
        first = first ? std::min(*first, *entry.at) : *entry.at;
        last = last ? std::max(*last, *entry.at) : *entry.at;
    }
    const auto of = [&counts](Kind kind) { return counts[static_cast<std::size_t>(kind)]; };
    QStringList parts;
    const auto add = [&parts](int count, const QString& one, const QString& many) {
        if (count > 0)
            parts += count == 1 ? one : many.arg(formatCount(count));
    };
    add(of(Kind::Event), Words::tr("1 event"), Words::tr("%1 events"));
    add(of(Kind::Processing), Words::tr("processed once"), Words::tr("processed %1 times"));
    add(of(Kind::DeadLetter), Words::tr("1 dead letter"), Words::tr("%1 dead letters"));
    add(of(Kind::Replay), Words::tr("1 replay"), Words::tr("%1 replays"));
    const QString what = parts.join(u", "_s);
    return first && *last > *first ? Words::tr("%1, within %2").arg(what, formatDuration(*last - *first)) : what;
}

QString trailTimeMeaning(TrailTime time)
{
    switch (time) {
    case TrailTime::Unknown:
        return {};
    case TrailTime::CreateTime:
        return Words::tr("as its producer says");
    case TrailTime::LogAppendTime:
        return Words::tr("as the broker says");
    case TrailTime::DeadLettered:
        return Words::tr("when it was set aside");
    case TrailTime::FirstSeen:
        return Words::tr("first seen by Spillway; it happened before");
    case TrailTime::Recorded:
        return Words::tr("as the ledger says");
    case TrailTime::Processed:
        return Words::tr("as the processing log says");
    }
    return {};
}

QString trailMatchMeaning(const TrailMatch& match)
{
    switch (match.by) {
    case TrailMatch::By::Key:
        return Words::tr("its key");
    case TrailMatch::By::Header:
        return Words::tr("header %1").arg(match.name);
    case TrailMatch::By::Payload:
        return Words::tr("field %1").arg(match.name);
    case TrailMatch::By::Link:
        return Words::tr("the id of a record found");
    }
    return {};
}

QString trailFacts(const TrailEntry& entry, const TimeText& time, UtcTime now)
{
    QStringList lines;
    lines << (entry.at ? Words::tr("Time: %1, %2").arg(time.both(*entry.at, now), trailTimeMeaning(entry.time))
                       : Words::tr("Time: not known"));
    if (const QString place = trailPlace(entry); !place.isEmpty())
        lines << Words::tr("Place: %1").arg(visibleText(place));
    lines << Words::tr("Connection: %1").arg(visibleText(entry.connection));
    if (entry.eventType)
        lines << Words::tr("Event type: %1").arg(visibleText(*entry.eventType));
    if (entry.key)
        lines << Words::tr("Key: %1").arg(visibleBytes(*entry.key));
    lines << Words::tr("Found by: %1").arg(visibleText(trailMatchMeaning(entry.match)));
    lines << (entry.isRead ? Words::tr("Read from where it stands") : Words::tr("Known from what is stored"));
    if (entry.letterId)
        lines << Words::tr("Dead letter: %1").arg(*entry.letterId);
    if (entry.jobId)
        lines << Words::tr("Replay: %1").arg(visibleText(*entry.jobId));
    return lines.join(u'\n');
}

QString trailCommand(const TrailRequest& request, const QString& typed)
{
    QString line = u"spillwayctl trail %1"_s.arg(shellQuoted(typed));
    const Millis day{24 * 3'600'000};
    if (!request.since)
        line += u" --since all"_s;
    else if (*request.since != day)
        line += u" --since %1h"_s.arg(request.since->count() / 3'600'000);
    for (const TrailField& field : request.key.fields)
        line += u" --field %1"_s.arg(shellQuoted(field.written));
    return line;
}

} // namespace spillway::views
