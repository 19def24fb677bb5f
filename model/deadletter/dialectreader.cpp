// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/dialectreader.h"

#include "model/deadletter/hopreader.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The value of `name=` in the text of a Java map, where every mention agrees; a header's text may hold a second one.
std::optional<QString> agreedValue(QByteArrayView text, QByteArrayView name)
{
    std::optional<QByteArrayView> agreed;
    for (qsizetype at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        const bool isKey = at > 0 && (text[at - 1] == '{' || (at > 1 && text[at - 1] == ' ' && text[at - 2] == ','));
        if (!isKey)
            continue;
        const QByteArrayView rest = text.sliced(at + name.size());
        qsizetype end = 0;
        while (end < rest.size() && end <= 256 && rest[end] != '}' && !rest.sliced(end).startsWith(", "))
            ++end;
        if (end == rest.size() || end > 256)
            return std::nullopt;
        const QByteArrayView value = rest.first(end);
        if (agreed && *agreed != value)
            return std::nullopt;
        agreed = value;
    }
    return agreed ? decodeName(*agreed) : std::nullopt;
}

/// Spring Integration prints the message it could not handle, headers and all, on the stack's first line; the consumer
/// group and the delivery stand there and nowhere else.
void readFailedMessage(QByteArrayView stack, LetterFacts& facts)
{
    QByteArrayView line = stack.first(std::min<qsizetype>(stack.size(), 64 * 1024));
    if (const qsizetype end = line.indexOf("\n\tat "); end >= 0)
        line = line.first(end);
    const qsizetype message = line.indexOf("failedMessage=");
    if (message < 0)
        return;
    line = line.sliced(message);
    if (!facts.consumerGroup)
        facts.consumerGroup = agreedValue(line, "kafka_groupId=");
    if (!facts.attempts) {
        if (const auto attempt = agreedValue(line, "deliveryAttempt="))
            facts.attempts = asAttempts(decodeInteger(attempt->toLatin1(), HeaderType::Decimal));
    }
}

void readTimes(const Dialect& dialect, const RawRecord& record, std::size_t hops, LetterFacts& facts)
{
    if (facts.deadLetteredAt)
        return;
    const bool isAppendTime = record.timestampType == TimestampType::LogAppendTime;
    switch (dialect.letterTime) {
    case Dialect::LetterTime::Record:
        facts.deadLetteredAt = record.timestamp;
        break;
    case Dialect::LetterTime::Source:
        if (isAppendTime)
            facts.deadLetteredAt = record.timestamp; // the broker's own clock, at the moment it stored the letter
        else if (hops == 1 && facts.originTopic && !facts.originTimestamp)
            facts.originTimestamp = record.timestamp; // a second hop's source may be a replay with a time of its own
        break;
    case Dialect::LetterTime::Unknown:
        if (isAppendTime)
            facts.deadLetteredAt = record.timestamp;
        break;
    }
}

/// Where and when; the times belong together, since one that is not told may stand for another.
void readOrigin(const Dialect& dialect, const RawRecord& record, const HopReader& reader, LetterFacts& facts)
{
    const HopBlock origin = reader.firstOrigin();
    OriginPlace place = reader.place(origin);
    facts.originTopic = std::move(place.topic);
    facts.originPartition = place.partition;
    facts.originOffset = place.offset;
    facts.originTimestamp = asTime(reader.number(DialectField::OriginTimestamp, origin));
    facts.originIsInternal = facts.originTopic && dialect.isInternalTopic(*facts.originTopic);
    facts.deadLetteredAt = asTime(reader.number(DialectField::DeadLetteredAt, reader.newestError()));
    readTimes(dialect, record, reader.originCount(), facts);
}

} // namespace

Position newestHop(const Dialect& dialect, const Headers& headers)
{
    const HopReader reader(dialect, headers);
    const OriginPlace hop = reader.place(reader.newestOrigin());
    if (!hop.topic || !hop.partition || !hop.offset)
        return {{QString(), -1}, Offset{}};
    return {{*hop.topic, *hop.partition}, *hop.offset};
}

LetterFacts originByDialect(const Dialect& dialect, const RawRecord& record)
{
    LetterFacts facts;
    readOrigin(dialect, record, HopReader(dialect, record.headers), facts);
    return facts;
}

LetterFacts readByDialect(const Dialect& dialect, const RawRecord& record)
{
    const HopReader reader(dialect, record.headers);
    LetterFacts facts;
    facts.dialect = dialect.id;
    readOrigin(dialect, record, reader, facts);
    facts.isPointer = facts.originTopic && dialect.pointerWhenEmpty && !record.key && !record.value;
    facts.consumerGroup = reader.name(DialectField::ConsumerGroup, reader.newestOrigin());

    const HopBlock error = reader.newestError();
    ToldError told = reader.toldError(error);
    if (const auto stack = reader.stackPlace(error))
        facts.stackHeader = static_cast<int>(*stack);
    facts.stage = reader.name(DialectField::Stage, error);
    facts.attempts = asAttempts(reader.number(DialectField::Attempts, reader.all()));

    for (const Dialect::Code code : dialect.code) {
        switch (code) {
        case Dialect::Code::SpringFailedMessage:
            readFailedMessage(told.stack, facts);
            break;
        case Dialect::Code::SpringHopsByChannel:
            if (reader.originIsOlder(record.at.topic))
                facts.consumerGroup.reset();
            break;
        case Dialect::Code::SpringThrownAt: // letterhops.h's
        case Dialect::Code::PulsarTopic:    // HopReader::place's
        case Dialect::Code::KafkaTopicAddress:
        case Dialect::Code::MassTransitAddress:
            break;
        }
    }
    resolveError(dialect, std::move(told), facts);
    return facts;
}

void readReplayHeaders(const Headers& headers, LetterFacts& facts)
{
    for (const Header& header : headers) {
        if (!header.value || !header.name.startsWith("spillway-replay-") || header.value->size() > 4096)
            continue;
        if (header.name == "spillway-replay-id") {
            facts.replayId = *header.value;
        } else if (header.name == "spillway-replay-of") {
            facts.replayOf = *header.value;
        } else if (header.name == "spillway-replay-generation") {
            facts.replayGeneration = asAttempts(decodeInteger(*header.value, HeaderType::Decimal));
        }
    }
}

} // namespace spillway
