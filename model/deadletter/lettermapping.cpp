// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettermapping.h"

#include "model/deadletter/headervalue.h"
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/stacktrace.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

class MappedLetter
{
public:
    MappedLetter(const RawRecord& record, const DeadLetterMapping& mapping)
        : m_record(record)
        , m_mapping(mapping)
    {
    }

    [[nodiscard]] const FieldSource* source(const QString& field) const
    {
        const auto found = m_mapping.find(field);
        return found == m_mapping.end() ? nullptr : &found->second;
    }

    /// The place of the last header of that name with a value.
    [[nodiscard]] std::optional<int> header(const QString& field) const
    {
        const FieldSource* from = source(field);
        if (!from || from->from != FieldSource::From::Header)
            return std::nullopt;
        const QByteArray name = from->text.toUtf8();
        for (std::size_t i = m_record.headers.size(); i-- > 0;) {
            if (m_record.headers[i].name == name)
                return m_record.headers[i].value ? std::optional(static_cast<int>(i)) : std::nullopt;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<QByteArray> bytes(const QString& field) const
    {
        const FieldSource* from = source(field);
        if (!from)
            return std::nullopt;
        switch (from->from) {
        case FieldSource::From::Constant:
            return from->text.toUtf8();
        case FieldSource::From::Header:
            if (const auto place = header(field))
                return m_record.headers[static_cast<std::size_t>(*place)].value;
            return std::nullopt;
        case FieldSource::From::Payload:
            if (!m_record.value)
                return std::nullopt;
            if (const auto value = jsonPointerValue(*m_record.value, from->text);
                value && value->type != JsonScalar::Type::Null)
                return value->text.toUtf8();
            return std::nullopt;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<QString> name(const QString& field) const
    {
        const auto raw = bytes(field);
        return raw ? decodeName(*raw) : std::nullopt;
    }
    [[nodiscard]] std::optional<QString> message(const QString& field) const
    {
        const auto raw = bytes(field);
        return raw ? decodeMessage(*raw) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::int64_t> number(const QString& field, HeaderType type) const
    {
        const auto raw = bytes(field);
        return raw ? decodeInteger(*raw, type) : std::nullopt;
    }

private:
    const RawRecord& m_record;
    const DeadLetterMapping& m_mapping;
};

} // namespace

LetterFacts readMapped(const RawRecord& record, const DeadLetterMapping& mapping)
{
    const MappedLetter letter(record, mapping);
    LetterFacts facts;
    facts.dialect = u"mapping"_s;
    facts.confidence = 1;
    facts.originTopic = letter.name(u"origin_topic"_s);
    facts.originPartition = asPartition(letter.number(u"origin_partition"_s, HeaderType::Int32));
    facts.originOffset = asOffset(letter.number(u"origin_offset"_s, HeaderType::Int64));
    facts.originTimestamp = asTime(letter.number(u"origin_timestamp"_s, HeaderType::Time));
    facts.consumerGroup = letter.name(u"consumer_group"_s);
    facts.errorClass = letter.name(u"error_class"_s);
    facts.reportedClass = facts.errorClass;
    facts.errorMessage = letter.message(u"error_message"_s);
    facts.attempts = asAttempts(letter.number(u"attempts"_s, HeaderType::Decimal));
    facts.deadLetteredAt = asTime(letter.number(u"dead_lettered_at"_s, HeaderType::Time));
    if (!facts.deadLetteredAt)
        facts.deadLetteredAt = record.timestamp;
    facts.mappedConsumer = letter.name(u"consumer"_s);
    facts.mappedEventType = letter.name(u"event_type"_s);

    if (const auto stack = letter.bytes(u"stack"_s); stack && !stack->isEmpty()) {
        facts.stackHeader = letter.header(u"stack"_s);
        if (!facts.stackHeader)
            facts.stack = QString::fromUtf8(*stack);
        KnownMessages known;
        if (const auto message = letter.bytes(u"error_message"_s))
            addKnownMessage(known, *message);
        const CauseChain chain = readCauseChain(*stack, known);
        if (!facts.errorClass)
            facts.errorClass = chain.thrown.front().className;
        if (facts.errorClass && chain.thrown.front().className && chain.reachesEnd)
            facts.rootCauseClass = rootClassOf(chain, facts.errorClass);
    }
    return facts;
}

bool isErrorField(QStringView field)
{
    return field != u"event_type";
}

} // namespace spillway
