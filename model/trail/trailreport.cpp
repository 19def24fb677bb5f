// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/trailreport.h"

#include "model/base/counted.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString endText(const TrailReport& report, const TrailRequest& request)
{
    switch (report.end) {
    case TopicsRead::End::Whole:
        return report.failures.empty() ? u"that is all there is"_s : u"the rest could not be read"_s;
    case TopicsRead::End::Bytes:
        return u"stopped because %1 were read; more with --max-bytes"_s.arg(formatSizeBytes(request.maxBytes));
    case TopicsRead::End::Found:
        return u"stopped because %1 were found; more with --limit"_s.arg(formatCount(request.limit));
    case TopicsRead::End::Stopped:
        return u"stopped because it was interrupted"_s;
    case TopicsRead::End::Failed:
        return u"stopped because a broker went silent"_s;
    }
    return {};
}

} // namespace

void TrailReport::add(const QString& connection, const TopicsRead& read)
{
    records += read.records;
    positions += read.positions;
    bytes += read.bytes;
    otherPartitions += read.otherPartitions;
    for (const QString& topic : read.topics) {
        if (!topics.contains(topic))
            topics += topic;
    }
    for (const TopicFailure& failure : read.failures)
        failures.push_back({connection, failure.topic, failure.error});
    if (end == TopicsRead::End::Whole || end == TopicsRead::End::Failed)
        end = read.end == TopicsRead::End::Whole ? end : read.end;
}

bool TrailReport::isPartial() const
{
    return storedOnly || !storedIsWhole || end != TopicsRead::End::Whole || !failures.empty() || !unread.isEmpty() ||
           !missing.isEmpty() || otherPartitions > 0 || cut > 0;
}

QStringList trailReportLines(const TrailReport& report, const TrailRequest& request, std::size_t entries)
{
    QStringList lines;
    if (entries == 0)
        lines += u"Nothing with this key or id was found."_s;
    if (report.storedOnly)
        lines += u"Only what is stored was looked at; without --stored the topics are read too."_s;
    else if (report.topics.isEmpty() && report.end != TopicsRead::End::Stopped)
        lines += report.failures.empty()
                     ? u"No topic was read: the catalog names none that is there; name one with --topic."_s
                     : u"No topic was read."_s;
    else
        lines += u"Scanned %1 of %2 on %3 (%4), %5; %6."_s.arg(
            formatCount(report.records), counted(std::max(report.records, report.positions), u"record"_s),
            counted(report.topics.size(), u"topic"_s), formatSizeBytes(report.bytes),
            report.since ? u"from "_s + formatUtc(*report.since) : u"from the beginning"_s, endText(report, request));
    if (!report.storedIsWhole)
        lines += u"There are more dead letters of it than were looked at; more with --limit."_s;
    if (report.cut > 0)
        lines += u"%1 later than these are left out; more with --limit."_s.arg(
            counted(report.cut, u"entry"_s, u"entries"_s));
    if (report.otherPartitions > 0)
        lines += u"%1 where a Java client would not put the key were left out, as asked by --own-partition."_s.arg(
            counted(report.otherPartitions, u"partition"_s));
    if (!report.missing.isEmpty())
        lines += u"Not there on any connection: %1."_s.arg(visibleText(report.missing.join(u", "_s)));
    for (const QString& sentence : report.unread)
        lines += visibleText(sentence);
    return lines;
}

QString trailFailureText(const TrailFailure& failure)
{
    return failure.topic.isEmpty() ? u"%1: %2"_s.arg(failure.connection, failure.error.detail)
                                   : u"%1, %2: %3"_s.arg(failure.connection, failure.topic, failure.error.detail);
}

} // namespace spillway
