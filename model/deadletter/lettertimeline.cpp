// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettertimeline.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = TimelineEntry::Kind;
constexpr qsizetype longestQuote = 500;

QString placeText(const std::optional<QString>& topic, const std::optional<int>& partition,
                  const std::optional<Offset>& offset)
{
    QString text = topic.value_or(u"a topic that is not told"_s);
    if (partition)
        text += u" [%1]"_s.arg(*partition);
    if (offset)
        text += u" @ %1"_s.arg(offset->value);
    return text;
}

QString quoted(const QString& text)
{
    return u"“%1”"_s.arg(text.size() > longestQuote ? text.first(longestQuote) + u'…' : text);
}

/// `deadletter.triaged` in a sentence; of other decisions what their bodies say in the usual names.
QString decisionText(const LedgerEvent& event)
{
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    QStringList words;
    const QString to = body["to"_L1].toString();
    if (event.type == u"deadletter.triaged"_s) {
        words << u"marked as %1"_s.arg(to);
    } else if (event.type == u"deadletter.purged"_s) {
        words << u"erased payload, key, headers and message"_s;
    } else {
        QString what;
        for (const QChar c : event.type.sliced(event.type.lastIndexOf(u'.') + 1))
            what += c.isUpper() ? u' ' + c.toLower() : QString(c);
        words << what;
        if (!to.isEmpty())
            words << u"to "_s + to;
    }
    if (const QString assignee = body["assignee"_L1].toString(); !assignee.isEmpty())
        words << u"for "_s + assignee;
    for (const QLatin1StringView key :
         {"tag"_L1, "url"_L1, "kind"_L1, "title"_L1, "text"_L1, "comment"_L1, "reason"_L1}) {
        if (const QString text = body[key].toString(); !text.isEmpty())
            words << (key == "tag"_L1 || key == "url"_L1 || key == "kind"_L1 ? text : quoted(text));
    }
    return words.join(u' ');
}

QString replayText(const LetterReplay& replay)
{
    const QString way =
        u"replay %1, generation %2, to %3: "_s.arg(replay.jobId).arg(replay.generation).arg(replay.target);
    switch (replay.status) {
    case LetterReplay::Status::Pending:
        return way + u"planned, not sent yet"_s;
    case LetterReplay::Status::InDoubt:
        return way + u"it is not known whether it was sent"_s;
    case LetterReplay::Status::Skipped:
        return way + u"left out"_s + (replay.skippedBecause ? u", "_s + *replay.skippedBecause : QString());
    case LetterReplay::Status::Sent:
        break;
    }
    if (!replay.outcome)
        return way + u"sent; nobody has looked what became of it"_s;
    if (*replay.outcome == u"confirmed"_s)
        return way + u"sent and handled"_s;
    if (*replay.outcome == u"failedAgain"_s)
        return way + u"sent, and it failed again"_s;
    return way + u"sent; its outcome is unknown"_s;
}

} // namespace

QString timelineKindWord(TimelineEntry::Kind kind)
{
    switch (kind) {
    case Kind::Published:
        return u"published"_s;
    case Kind::Failed:
        return u"failed"_s;
    case Kind::DeadLettered:
        return u"deadLettered"_s;
    case Kind::FirstSeen:
        return u"firstSeen"_s;
    case Kind::Decided:
        return u"decision"_s;
    case Kind::Replayed:
        return u"replay"_s;
    case Kind::CameBack:
        return u"cameBack"_s;
    }
    return {};
}

std::vector<TimelineEntry> letterTimeline(const DeadLetter& letter, const LetterHistory& history)
{
    const LetterFacts& facts = letter.facts;
    std::vector<TimelineEntry> timeline;
    const auto add = [&timeline](Kind kind, const std::optional<UtcTime>& at, const QString& what) -> TimelineEntry& {
        timeline.push_back(
            {.kind = kind, .at = at, .what = what, .actor = {}, .ledgerSeq = {}, .jobId = {}, .letterId = {}});
        return timeline.back();
    };
    // 1. Before we saw it, in the order in which it must have been; what the letter tells has few times.
    add(Kind::Published, facts.originTimestamp,
        u"published to %1"_s.arg(placeText(facts.originTopic, facts.originPartition, facts.originOffset)));
    if (facts.replayId) {
        TimelineEntry& entry =
            add(Kind::CameBack, std::nullopt,
                u"sent again by replay %1%2"_s.arg(
                    QString::fromUtf8(*facts.replayId).left(100),
                    facts.replayGeneration ? u", generation %1"_s.arg(*facts.replayGeneration) : QString()));
        if (facts.deliveredTopic)
            entry.what +=
                u", to %1"_s.arg(placeText(facts.deliveredTopic, facts.deliveredPartition, facts.deliveredOffset));
        entry.jobId = QString::fromUtf8(*facts.replayId).left(100);
        entry.letterId = history.cameFrom;
        if (history.cameFrom)
            entry.what += u", as which letter %1 came back"_s.arg(*history.cameFrom);
    }
    for (const LetterHop& hop : history.hops) {
        if (history.hops.size() == 1)
            break;
        QString what =
            hop.topic ? u"failed, read from %1"_s.arg(placeText(hop.topic, hop.partition, hop.offset)) : u"failed"_s;
        if (hop.delivery)
            what += u", delivery %1"_s.arg(*hop.delivery);
        add(Kind::Failed, hop.at, hop.errorClass ? what + u", "_s + *hop.errorClass : what);
    }
    if (history.hops.size() < 2) {
        QString what = u"failed"_s;
        if (facts.attempts)
            what = *facts.attempts == 1 ? u"failed at its only delivery"_s
                                        : u"failed at %1 deliveries"_s.arg(*facts.attempts);
        add(Kind::Failed, history.hops.empty() ? std::nullopt : history.hops.front().at,
            facts.errorClass ? what + u", "_s + *facts.errorClass : what);
    }
    add(Kind::DeadLettered, facts.deadLetteredAt,
        u"dead-lettered to %1"_s.arg(
            placeText(letter.record.at.topic, letter.record.at.partition, letter.record.offset)));
    // 2. What we know ourselves, with times.
    const auto known = static_cast<std::ptrdiff_t>(timeline.size());
    add(Kind::FirstSeen, letter.firstSeenAt, u"first seen by Spillway"_s);
    for (const LedgerEvent& event : history.decisions) {
        TimelineEntry& entry = add(Kind::Decided, event.at, decisionText(event));
        entry.actor = event.actor;
        entry.ledgerSeq = event.seq;
    }
    for (const LetterReplay& replay : history.replays) {
        add(Kind::Replayed, replay.startedAt, replayText(replay)).jobId = replay.jobId;
        for (std::size_t i = 0; i < replay.cameBackAs.size(); ++i) {
            TimelineEntry& entry =
                add(Kind::CameBack, i < replay.cameBackAt.size() ? std::optional(replay.cameBackAt[i]) : std::nullopt,
                    u"came back as letter %1"_s.arg(replay.cameBackAs[i]));
            entry.jobId = replay.jobId;
            entry.letterId = replay.cameBackAs[i];
        }
    }
    // A job that has not begun stands last; what came back without a time behind its replay.
    std::stable_sort(timeline.begin() + known, timeline.end(),
                     [](const TimelineEntry& a, const TimelineEntry& b) { return a.at && (!b.at || *a.at < *b.at); });
    return timeline;
}

bool isAboutLetter(const LedgerEvent& event, const DeadLetter& letter)
{
    return event.type.startsWith(u"deadletter."_s) &&
           (event.body.contains('"' + letter.id.toUtf8() + '"') ||
            (!letter.group.isEmpty() && event.body.contains('"' + letter.group.toUtf8() + '"')));
}

QByteArray timelineJson(const std::vector<TimelineEntry>& timeline)
{
    JsonWriter json;
    json.beginArray();
    for (const TimelineEntry& entry : timeline)
        json.beginObject()
            .field(u"kind", timelineKindWord(entry.kind))
            .field(u"at", entry.at)
            .field(u"what", entry.what)
            .field(u"actor", entry.actor)
            .field(u"ledgerSeq", entry.ledgerSeq)
            .field(u"jobId", entry.jobId)
            .field(u"letter", entry.letterId)
            .endObject();
    json.endArray();
    return json.json();
}

QString timelineText(const std::vector<TimelineEntry>& timeline)
{
    QString text;
    for (const TimelineEntry& entry : timeline)
        text += u"  %1  %2%3\n"_s.arg((entry.at ? formatUtc(*entry.at) : u"time unknown"_s).leftJustified(24),
                                      visibleText(entry.what),
                                      entry.actor ? u" ("_s + visibleText(*entry.actor) + u')' : QString());
    return text;
}

} // namespace spillway
