// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletteroutput.h"

#include "model/base/alignedlines.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/headerrows.h"
#include "model/deadletter/letterhops.h"
#include "model/deadletter/schemaoutput.h"

#include <QStringList>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

std::optional<std::int64_t> numberOf(const std::optional<Offset>& offset)
{
    return offset ? std::optional(offset->value) : std::nullopt;
}

/// A clock that stepped back gives no negative age.
std::optional<std::int64_t> oldestAgeMs(const DeadLetterGroup& group, UtcTime now)
{
    const auto age = oldestAge(group, now);
    return age ? std::optional(std::int64_t{age->count()}) : std::nullopt;
}

QString oldestAgeText(const DeadLetterGroup& group, UtcTime now)
{
    const auto age = oldestAge(group, now);
    return age ? formatDuration(*age) : u"–"_s;
}

void writeLetter(JsonWriter& json, const DeadLetter& letter, const LetterLoss& loss)
{
    const LetterFacts& facts = letter.facts;
    json.field(u"id", letter.id)
        .field(u"connection", letter.connection)
        .field(u"channel", letter.record.at.topic)
        .field(u"partition", letter.record.at.partition)
        .field(u"offset", letter.record.offset.value)
        .bytesField(u"key", letter.record.key)
        .field(u"eventType", letter.eventType)
        .field(u"consumer", letter.consumer)
        .field(u"team", letter.team)
        .field(u"errorClass", facts.errorClass)
        .field(u"rootCauseClass", facts.rootCauseClass)
        .field(u"errorMessage", facts.errorMessage)
        .field(u"kind", failureKindWord(letter.kind))
        .field(u"dialect", facts.dialect)
        .field(u"confidence", facts.confidence)
        .field(u"originTopic", facts.originTopic)
        .field(u"originPartition", facts.originPartition)
        .field(u"originOffset", numberOf(facts.originOffset))
        .field(u"originTimestamp", facts.originTimestamp)
        .field(u"deliveredTopic", facts.deliveredTopic)
        .field(u"deliveredPartition", facts.deliveredPartition)
        .field(u"deliveredOffset", numberOf(facts.deliveredOffset))
        .field(u"deliveredTimestamp", facts.deliveredTimestamp)
        .field(u"consumerGroup", facts.consumerGroup)
        .field(u"attempts", facts.attempts)
        .field(u"isPointer", facts.isPointer)
        .field(u"deadLetteredAt", facts.deadLetteredAt)
        .field(u"firstSeenAt", letter.firstSeenAt)
        .field(u"state", triageStateWord(letter.state))
        .field(u"assignee", letter.assignee)
        .field(u"group", letter.group)
        .field(u"sizeBytes", letter.sizeBytes)
        .field(u"brokerLossAt", loss.broker.at)
        .field(u"brokerLoss", lossCauseWord(loss.broker.cause))
        .field(u"originLossAt", loss.origin.at)
        .field(u"originLoss", lossCauseWord(loss.origin.cause))
        .field(u"schemaVerdict", verdictWord(letter.schema.verdict))
        .field(u"schemaVersion", letter.schema.version);
    if (!letter.erased) {
        json.nullField(u"erased");
        return;
    }
    json.key(u"erased")
        .beginObject()
        .field(u"at", letter.erased->at)
        .field(u"by", letter.erased->by)
        .field(u"reason", letter.erased->reason)
        .endObject();
}

/// What stands where a letter has nothing: it was erased, or it never had any.
QString nothingText(const DeadLetter& letter, const QString& otherwise)
{
    return letter.erased ? u"erased"_s : otherwise;
}

/// What is known of where a record lay, and since when.
QString placeText(const QString& topic, std::optional<int> partition, std::optional<Offset> offset,
                  std::optional<UtcTime> timestamp)
{
    QString text = visibleText(topic);
    if (partition)
        text += u" [%1]"_s.arg(*partition);
    if (offset)
        text += u" @ %1"_s.arg(offset->value);
    if (timestamp)
        text += u", "_s + formatUtc(*timestamp);
    return text;
}

QString orUnknown(const std::optional<QString>& text)
{
    return text ? visibleText(*text) : u"unknown"_s;
}

/// The last part of a class's name, for a column.
QString shortClass(const std::optional<QString>& className)
{
    return className ? visibleText(className->section(u'.', -1)) : u"error not told"_s;
}

QString cut(const QString& text, qsizetype longest)
{
    return text.size() <= longest ? text : text.first(longest - 1) + u'…';
}

constexpr qsizetype longestTitle = 64; // of a group, in a table
constexpr qsizetype mostHexBytes = 4096;

/// Bytes of unknown origin: text where they are UTF-8, else hex and how many they are.
QString bytesText(const QByteArray& bytes, qsizetype mostHex = mostHexBytes, bool keepLayout = false)
{
    if (isUtf8(bytes))
        return visibleBytes(bytes, keepLayout);
    const QString hex = QString::fromLatin1(bytes.first(std::min(bytes.size(), mostHex)).toHex());
    return u"0x%1%2 (%3 %4)"_s.arg(hex, bytes.size() > mostHex ? u"…"_s : QString(), formatCount(bytes.size()),
                                   bytes.size() == 1 ? u"byte"_s : u"bytes"_s);
}

/// For a column: the record's own, where the letter's holds it.
QString keyText(const DeadLetter& letter)
{
    const auto key = ownKey(letter.record, letter.facts.dialect);
    return key ? cut(bytesText(*key, 8), 40) : nothingText(letter, u"–"_s);
}

const DialectRegistry& bundledDialects()
{
    static const DialectRegistry registry = DialectRegistry::bundled().value_or(DialectRegistry());
    return registry;
}

/// A number or a time beside its bytes where the dialect wrote one, else as `bytesText`.
QString headersText(const DeadLetter& letter, const Dialect* known)
{
    QString text;
    const Dialect* dialect = known ? known : bundledDialects().dialect(letter.facts.dialect); // types of its headers
    for (const Header& header : letter.record.headers) {
        const auto decoded = decodedText(header, dialect);
        text += u"  %1: %2\n"_s.arg(bytesText(header.name), decoded         ? *decoded
                                                            : !header.value ? u"null"_s
                                                                            : bytesText(*header.value));
    }
    return text;
}

FailureCourse courseOf(const DeadLetter& letter, const LetterDetails& details)
{
    return failureCourse(letter, details.dialects ? *details.dialects : bundledDialects());
}

std::optional<QString> timestampTypeWord(TimestampType type)
{
    switch (type) {
    case TimestampType::Unknown:
        return std::nullopt;
    case TimestampType::CreateTime:
        return u"CreateTime"_s;
    case TimestampType::LogAppendTime:
        return u"LogAppendTime"_s;
    }
    return std::nullopt;
}

/// What is told of the failure beyond a line of `dlq list`.
void writeCourse(JsonWriter& json, const DeadLetter& letter, const FailureCourse& course, bool isRescued)
{
    const LetterFacts& facts = letter.facts;
    json.field(u"timestamp", letter.record.timestamp)
        .field(u"timestampType", timestampTypeWord(letter.record.timestampType))
        .field(u"originTimestampType", course.originTimestampType)
        .field(u"reportedClass", facts.reportedClass)
        .field(u"causeClass", course.causeClass)
        .field(u"stage", facts.stage)
        .field(u"firstFailedAt", course.firstFailedAt)
        .field(u"payloadState", payloadStateWord(letter, isRescued))
        .key(u"hops");
    writeHops(json, course.hops);
    const auto own = ownKey(letter.record, facts.dialect);
    if (own == letter.record.key)
        json.nullField(u"wrappedKey");
    else
        json.bytesField(u"wrappedKey", own);
    if (!facts.replayId && !facts.replayGeneration && !facts.replayOf) {
        json.nullField(u"replay");
        return;
    }
    json.key(u"replay")
        .beginObject()
        .bytesField(u"id", facts.replayId)
        .field(u"generation", facts.replayGeneration)
        .bytesField(u"of", facts.replayOf)
        .endObject();
}

QString stateAndAssignee(TriageState state, const std::optional<QString>& assignee)
{
    return assignee ? u"%1 (%2)"_s.arg(triageStateWord(state), visibleText(*assignee)) : triageStateWord(state);
}

void writeRescue(JsonWriter& json, const std::optional<Rescue>& rescue)
{
    if (!rescue) {
        json.nullField(u"rescue");
        return;
    }
    json.key(u"rescue")
        .beginObject()
        .field(u"topic", rescue->at.topic)
        .field(u"partition", rescue->at.partition)
        .field(u"offset", rescue->offset.value)
        .field(u"timestamp", rescue->timestamp)
        .field(u"rescuedAt", rescue->rescuedAt)
        .bytesField(u"key", rescue->key)
        .bytesField(u"value", rescue->value)
        .endObject();
}

/// `letter`: its payload as it is; `inside`: cut out of the envelope that it is; `none`: nothing to its origin.
void writeToSend(JsonWriter& json, const std::optional<PayloadToSend>& told)
{
    if (!told) {
        json.nullField(u"replayPayload");
        return;
    }
    const PayloadToSend& sent = *told;
    json.key(u"replayPayload")
        .beginObject()
        .field(u"form", sent.inner               ? u"inside"_s
                        : sent.refusal.isEmpty() ? u"letter"_s
                                                 : u"none"_s)
        .field(u"pointer", sent.place ? std::optional(sent.place->pointer) : std::nullopt)
        .field(u"as", sent.place ? std::optional(payloadAsWord(sent.place->as)) : std::nullopt)
        .field(u"from", sent.inner ? std::optional(std::int64_t{sent.inner->from}) : std::nullopt)
        .field(u"to", sent.inner ? std::optional(std::int64_t{sent.inner->to}) : std::nullopt)
        .field(u"sizeBytes", sent.inner ? std::optional(std::int64_t{sent.inner->bytes.size()}) : std::nullopt)
        .field(u"why", sent.refusal.isEmpty() ? std::nullopt : std::optional(sent.refusal))
        .endObject();
}

QString toSendText(const PayloadToSend& sent)
{
    if (sent.inner)
        return u"  An envelope: a replay sends what stands at %1, bytes %2 to %3 of it (%4), and nothing else.\n"_s.arg(
            visibleText(sent.place->pointer), formatCount(sent.inner->from), formatCount(sent.inner->to),
            formatSizeBytes(sent.inner->bytes.size()));
    return sent.refusal.isEmpty() ? QString() : u"  No replay to its origin: %1.\n"_s.arg(visibleText(sent.refusal));
}

} // namespace

QByteArray groupsJson(const std::vector<DeadLetterGroup>& groups, UtcTime now,
                      const QHash<QString, GroupSubstate>& substates)
{
    JsonWriter json;
    json.beginArray();
    for (const DeadLetterGroup& group : groups) {
        json.beginObject()
            .field(u"id", group.id)
            .field(u"title", group.title)
            .field(u"errorClass", group.errorClass)
            .field(u"eventType", group.eventType)
            .field(u"consumer", group.consumer)
            .field(u"team", group.team)
            .field(u"kind", failureKindWord(group.kind))
            .field(u"count", group.count)
            .field(u"firstSeen", group.firstSeen)
            .field(u"lastSeen", group.lastSeen)
            .field(u"oldestAgeMs", oldestAgeMs(group, now))
            .field(u"state", triageStateWord(group.state))
            .field(u"assignee", group.assignee)
            .field(u"substate", substates.contains(group.id)
                                    ? std::optional(groupSubstateWord(substates.value(group.id)))
                                    : std::nullopt)
            .endObject();
    }
    json.endArray();
    return json.json();
}

QString groupsText(const std::vector<DeadLetterGroup>& groups, UtcTime now)
{
    if (groups.empty())
        return u"No dead letters.\n"_s;
    std::vector<QStringList> rows{
        {u"GROUP"_s, u"LETTERS"_s, u"TITLE"_s, u"TEAM"_s, u"KIND"_s, u"OLDEST"_s, u"STATE"_s}};
    for (const DeadLetterGroup& group : groups)
        rows.push_back({group.id, formatCount(group.count), cut(visibleText(group.title), longestTitle),
                        orUnknown(group.team), failureKindWord(group.kind), oldestAgeText(group, now),
                        stateAndAssignee(group.state, group.assignee)});
    return alignedLines(rows);
}

QByteArray letterJson(const DeadLetter& letter, const LetterLoss& loss)
{
    JsonWriter json;
    json.beginObject();
    writeLetter(json, letter, loss);
    json.endObject();
    return json.json();
}

QString lettersText(const std::vector<DeadLetter>& letters, UtcTime now)
{
    if (letters.empty())
        return u"No dead letters.\n"_s;
    std::vector<QStringList> rows{{u"ID"_s, u"AGE"_s, u"KEY"_s, u"ERROR"_s, u"EVENT"_s, u"CONSUMER"_s, u"STATE"_s}};
    for (const DeadLetter& letter : letters)
        rows.push_back({letter.id, letterAgeText(letter, now), keyText(letter),
                        cut(shortClass(letter.facts.errorClass), longestTitle), cut(orUnknown(letter.eventType), 40),
                        cut(orUnknown(letter.consumer), 40), stateAndAssignee(letter.state, letter.assignee)});
    return alignedLines(rows);
}

QByteArray letterDetailJson(const DeadLetter& letter, const LetterDetails& details)
{
    JsonWriter json;
    json.beginObject();
    writeLetter(json, letter, details.loss);
    writeCourse(json, letter, courseOf(letter, details), details.rescue.has_value());
    json.key(u"headers").beginArray();
    for (const Header& header : letter.record.headers) {
        json.beginObject().bytesField(u"name", header.name).bytesField(u"value", header.value).endObject();
    }
    json.endArray()
        .bytesField(u"value", details.rescue ? details.rescue->value : letter.record.value)
        .field(u"stack", stackText(letter.record, letter.facts));
    writeSchema(json, details.payload);
    writeRescue(json, details.rescue);
    writeToSend(json, details.toSend);
    json.key(u"timeline");
    details.timeline.isEmpty() ? json.null() : json.raw(details.timeline);
    if (details.masking)
        json.field(u"masking", maskCoverageWord(details.masking->coverage));
    json.endObject();
    return json.json();
}

QString letterDetailText(const DeadLetter& letter, UtcTime now, const LetterDetails& details)
{
    const LetterFacts& facts = letter.facts;
    std::vector<QStringList> rows;
    const auto row = [&rows](const QString& name, const QString& value) { rows.push_back({name, value}); };
    row(u"Id"_s, letter.id);
    row(u"Where"_s, u"%1, %2 [%3] @ %4"_s.arg(letter.connection, visibleText(letter.record.at.topic))
                        .arg(letter.record.at.partition)
                        .arg(letter.record.offset.value));
    row(u"State"_s, stateAndAssignee(letter.state, letter.assignee));
    row(u"Age"_s, letter.agesFrom() <= now ? letterAgeText(letter, now)
                                           : u"0 s: its timestamp lies %1 in the future, so a clock goes wrong"_s.arg(
                                                 formatDuration(letter.agesFrom() - now)));
    row(u"Dead-lettered"_s, facts.deadLetteredAt ? formatUtc(*facts.deadLetteredAt) : u"not told"_s);
    row(u"First seen"_s, formatUtc(letter.firstSeenAt));
    row(u"Event type"_s, orUnknown(letter.eventType));
    row(u"Consumer"_s, orUnknown(letter.consumer));
    row(u"Team"_s, letter.team ? visibleText(*letter.team) : u"unowned"_s);
    row(u"Group"_s, letter.group);
    row(u"Kind"_s, letter.kind != FailureKind::Schema && letter.schema.verdict == SchemaVerdict::Invalid
                       ? failureKindWord(letter.kind) + u"; the payload does not fit its schema, besides"_s
                       : failureKindWord(letter.kind));
    row(u"Error"_s, facts.errorClass ? visibleText(*facts.errorClass) : u"not told"_s);
    row(u"Message"_s, facts.errorMessage ? visibleText(*facts.errorMessage) : nothingText(letter, u"not told"_s));
    row(u"Root cause"_s, facts.rootCauseClass ? visibleText(*facts.rootCauseClass) : u"not told"_s);
    if (facts.reportedClass && facts.reportedClass != facts.errorClass)
        row(u"Reported as"_s, visibleText(*facts.reportedClass));
    const FailureCourse course = courseOf(letter, details);
    if (course.causeClass)
        row(u"Caused by"_s, visibleText(*course.causeClass));
    if (facts.stage)
        row(u"Stage"_s, visibleText(*facts.stage));
    if (course.firstFailedAt)
        row(u"First failed"_s, formatUtc(*course.firstFailedAt));
    row(u"Attempts"_s, facts.attempts ? QString::number(*facts.attempts) : u"not told"_s);
    QString origin = u"not told"_s;
    if (facts.originTopic) {
        origin = placeText(*facts.originTopic, facts.originPartition, facts.originOffset, facts.originTimestamp);
        if (facts.originIsInternal)
            origin += u" (internal to the framework: no replay there)"_s;
    }
    row(u"Origin"_s, origin);
    if (facts.deliveredTopic)
        row(u"Delivered as"_s, placeText(*facts.deliveredTopic, facts.deliveredPartition, facts.deliveredOffset,
                                         facts.deliveredTimestamp) +
                                   u" (sent again by Spillway)"_s);
    row(u"Broker's copy"_s, lossText(details.loss.broker, now));
    if (facts.originTopic)
        row(u"Origin's copy"_s, lossText(details.loss.origin, now));
    row(u"Consumer group"_s, orUnknown(facts.consumerGroup));
    row(u"Dialect"_s, u"%1, confidence %2"_s.arg(visibleText(facts.dialect)).arg(facts.confidence));
    row(u"Schema"_s, schemaLine(letter.schema, details.payload.judgement));
    row(u"Size"_s, formatSizeBytes(letter.sizeBytes));
    row(u"Key"_s, letter.record.key ? bytesText(*letter.record.key) : nothingText(letter, u"null"_s));
    if (const auto own = ownKey(letter.record, facts.dialect); own && own != letter.record.key)
        row(u"Key within"_s, bytesText(*own));
    QString text = alignedLines(rows);
    text += u"\nHeaders\n"_s;
    text += letter.erased ? u"  erased\n"_s : headersText(letter, details.dialect);
    text += u"\nPayload\n"_s;
    if (details.toSend)
        text += toSendText(*details.toSend);
    if (letter.erased)
        text += u"  "_s + visibleText(letter.erased->toString()) + u'\n';
    else if (const auto& rescue = details.rescue)
        text += u"  rescued from %1 [%2] @ %3, %4\n"_s.arg(visibleText(rescue->at.topic))
                    .arg(rescue->at.partition)
                    .arg(rescue->offset.value)
                    .arg(formatUtc(rescue->rescuedAt)) +
                (rescue->value ? bytesText(*rescue->value, mostHexBytes, true) + u'\n' : u"  null\n"_s);
    else if (facts.isPointer)
        text += u"  The payload stayed at its origin; this letter only points there.\n"_s;
    else
        text += letter.record.value ? bytesText(*letter.record.value, mostHexBytes, true) + u'\n' : u"  null\n"_s;
    text += schemaText(details.payload);
    if (const auto stack = stackText(letter.record, facts))
        text += u"\nStack\n"_s + visibleText(*stack, true) + u'\n';
    return text;
}

QString payloadStateWord(const DeadLetter& letter, bool isRescued)
{
    if (letter.erased)
        return u"erased"_s;
    if (letter.facts.isPointer)
        return isRescued ? u"rescued"_s : u"pointer"_s;
    return letter.record.value ? u"inline"_s : u"missing"_s;
}

QString letterAgeText(const DeadLetter& letter, UtcTime now)
{
    const QString age = formatDuration(letter.age(now));
    return letter.facts.deadLetteredAt ? age : u"at least "_s + age;
}

} // namespace spillway
