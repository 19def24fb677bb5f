// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/dialectreader.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Headers [first, last) of one hop.
struct Block
{
    std::size_t first = 0;
    std::size_t last = 0;
};

bool isOneOf(const QByteArray& name, const std::vector<FieldRule>& rules)
{
    return std::any_of(rules.begin(), rules.end(), [&](const FieldRule& rule) { return rule.header == name; });
}

/// Letters repeat a framework's headers hop after hop. Reading name by name would put an older hop's cause beside the
/// newest error where the newest has none; so the list is cut where a hop begins, and each field is read inside its
/// block.
class HopReader
{
public:
    HopReader(const Dialect& dialect, const Headers& headers)
        : m_dialect(dialect)
        , m_headers(headers)
    {
        const auto topic = dialect.fields.find(DialectField::OriginTopic);
        for (std::size_t i = 0; i < headers.size(); ++i) {
            if (topic != dialect.fields.end() && isOneOf(headers[i].name, topic->second))
                m_origins.push_back(i);
            if (std::find(dialect.errorStart.begin(), dialect.errorStart.end(), headers[i].name) !=
                dialect.errorStart.end())
                m_errors.push_back(i);
        }
    }

    [[nodiscard]] Block all() const { return {0, m_headers.size()}; }
    [[nodiscard]] Block newestError() const { return block(m_errors, m_dialect.newest == Dialect::End::Last); }
    [[nodiscard]] Block newestOrigin() const { return block(m_origins, m_dialect.newest == Dialect::End::Last); }
    [[nodiscard]] Block firstOrigin() const { return block(m_origins, m_dialect.newest == Dialect::End::First); }
    [[nodiscard]] std::size_t originCount() const { return m_origins.size(); }
    /// Two failures of the same kind are two hops; a key and a value that fail are one.
    [[nodiscard]] bool repeatsError() const
    {
        return std::any_of(m_dialect.errorStart.begin(), m_dialect.errorStart.end(), [this](const QByteArray& start) {
            return std::count_if(m_errors.begin(), m_errors.end(),
                                 [&](std::size_t i) { return m_headers[i].name == start; }) > 1;
        });
    }

    struct Found
    {
        const FieldRule* rule = nullptr;
        std::size_t place = 0;
    };
    /// The newest header inside the block that tells the field; null when none is there.
    [[nodiscard]] Found find(DialectField field, Block block) const
    {
        const auto rules = m_dialect.fields.find(field);
        if (rules == m_dialect.fields.end())
            return {};
        for (const FieldRule& rule : rules->second) {
            if (m_dialect.newest == Dialect::End::Last) {
                for (std::size_t i = block.last; i-- > block.first;) {
                    if (m_headers[i].name == rule.header)
                        return {&rule, i};
                }
            } else {
                for (std::size_t i = block.first; i < block.last; ++i) {
                    if (m_headers[i].name == rule.header)
                        return {&rule, i};
                }
            }
        }
        return {};
    }

    [[nodiscard]] const std::optional<QByteArray>* value(DialectField field, Block block) const
    {
        const Found found = find(field, block);
        return found.rule ? &m_headers[found.place].value : nullptr;
    }
    [[nodiscard]] std::optional<QString> name(DialectField field, Block block) const
    {
        const auto* bytes = value(field, block);
        return bytes && *bytes ? decodeName(**bytes) : std::nullopt;
    }
    [[nodiscard]] std::optional<QString> message(DialectField field, Block block) const
    {
        const auto* bytes = value(field, block);
        return bytes && *bytes ? decodeMessage(**bytes) : std::nullopt;
    }
    /// Of several alternatives the first that decodes, since a time may stand in two encodings.
    [[nodiscard]] std::optional<std::int64_t> number(DialectField field, Block block) const
    {
        const auto rules = m_dialect.fields.find(field);
        if (rules == m_dialect.fields.end())
            return std::nullopt;
        for (const FieldRule& rule : rules->second) {
            const std::optional<QByteArray>* bytes = nullptr;
            for (std::size_t i = block.first; i < block.last; ++i) {
                if (m_headers[i].name != rule.header)
                    continue;
                bytes = &m_headers[i].value;
                if (m_dialect.newest == Dialect::End::First)
                    break;
            }
            if (!bytes || !*bytes)
                continue;
            auto number = decodeInteger(**bytes, rule.type);
            if (number && !__builtin_add_overflow(*number, rule.add, &*number))
                return number;
        }
        return std::nullopt;
    }

private:
    /// Of one hop all headers are its own, in whatever order they come: clones and bridges sort them.
    [[nodiscard]] Block block(const std::vector<std::size_t>& starts, bool isLast) const
    {
        if (starts.size() < 2)
            return all();
        if (isLast)
            return {starts.back(), m_headers.size()};
        return {starts.front(), starts.size() > 1 ? starts[1] : m_headers.size()};
    }

    const Dialect& m_dialect;
    const Headers& m_headers;
    std::vector<std::size_t> m_origins; // where a hop's origin begins
    std::vector<std::size_t> m_errors;  // where a hop's failure begins
};

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

/// Spring appends a suffix at every hop. Where the channel's name shows more hops than the headers do, the origin
/// headers (and the group among them) are the first hop's, while the error is the last one's.
bool groupIsOlder(const QString& channel, const std::optional<QString>& originTopic)
{
    if (!originTopic || !channel.startsWith(*originTopic))
        return false;
    QStringView rest = QStringView(channel).sliced(originTopic->size());
    int hops = 0;
    while (rest.startsWith(u"-dlt") || rest.startsWith(u".DLT")) {
        rest = rest.sliced(4);
        ++hops;
    }
    return rest.isEmpty() && hops > 1;
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
    const Block origin = reader.firstOrigin();
    facts.originTopic = reader.name(DialectField::OriginTopic, origin);
    facts.originPartition = asPartition(reader.number(DialectField::OriginPartition, origin));
    facts.originOffset = asOffset(reader.number(DialectField::OriginOffset, origin));
    facts.originTimestamp = asTime(reader.number(DialectField::OriginTimestamp, origin));
    facts.originIsInternal = facts.originTopic && dialect.isInternalTopic(*facts.originTopic);
    facts.deadLetteredAt = asTime(reader.number(DialectField::DeadLetteredAt, reader.newestError()));
    readTimes(dialect, record, reader.originCount(), facts);
}

} // namespace

Position newestHop(const Dialect& dialect, const Headers& headers)
{
    const HopReader reader(dialect, headers);
    const Block hop = reader.newestOrigin();
    const auto topic = reader.name(DialectField::OriginTopic, hop);
    const auto partition = asPartition(reader.number(DialectField::OriginPartition, hop));
    const auto offset = asOffset(reader.number(DialectField::OriginOffset, hop));
    if (!topic || !partition || !offset)
        return {{QString(), -1}, Offset{}};
    return {{*topic, *partition}, *offset};
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

    const Block error = reader.newestError();
    ToldError told{.reportedClass = reader.message(DialectField::ErrorClass, error),
                   .causeClass = reader.name(DialectField::CauseClass, error),
                   .message = reader.message(DialectField::ErrorMessage, error),
                   .causeMessage = reader.message(DialectField::CauseMessage, error),
                   .stack = {}};
    const HopReader::Found stack = reader.find(DialectField::Stack, error);
    if (stack.rule && record.headers[stack.place].value && !record.headers[stack.place].value->isEmpty()) {
        facts.stackHeader = static_cast<int>(stack.place);
        told.stack = *record.headers[stack.place].value;
    }
    facts.stage = reader.name(DialectField::Stage, error);
    facts.attempts = asAttempts(reader.number(DialectField::Attempts, reader.all()));

    for (const Dialect::Code code : dialect.code) {
        switch (code) {
        case Dialect::Code::SpringFailedMessage:
            readFailedMessage(told.stack, facts);
            break;
        case Dialect::Code::SpringHopsByChannel:
            if (reader.originCount() == 1 &&
                (reader.repeatsError() || groupIsOlder(record.at.topic, facts.originTopic)))
                facts.consumerGroup.reset();
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
