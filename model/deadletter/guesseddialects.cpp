// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/guesseddialects.h"

#include "model/deadletter/headervalue.h"
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/stackreaders.h"

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double confidenceByShape = 0.6;
constexpr double confidenceByWords = 0.3;
constexpr std::size_t mostHeaders = 256;
constexpr qsizetype longestHeaderName = 128;
constexpr std::int64_t earliestMs = 1'262'304'000'000; // 2010: Kafka is younger
constexpr std::int64_t latestMs = 4'102'444'800'000;   // 2100

/// Kafka's own rule for a topic's name.
bool isTopicName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= 249 && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-';
           });
}

/// Reads a protobuf message front to back; every length is checked before it is used.
class ProtobufReader
{
public:
    explicit ProtobufReader(QByteArrayView bytes)
        : m_rest(bytes)
    {
    }
    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }
    [[nodiscard]] std::optional<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (int i = 0; i < 10 && i < m_rest.size(); ++i) {
            const auto byte = static_cast<unsigned char>(m_rest[i]);
            if (i == 9 && byte > 1)
                return std::nullopt;
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
            if ((byte & 0x80U) == 0) {
                m_rest = m_rest.sliced(i + 1);
                return value;
            }
        }
        return std::nullopt;
    }
    [[nodiscard]] std::optional<QByteArrayView> bytes()
    {
        const auto length = varint();
        if (!length || *length > static_cast<std::uint64_t>(m_rest.size()))
            return std::nullopt;
        const QByteArrayView field = m_rest.first(static_cast<qsizetype>(*length));
        m_rest = m_rest.sliced(field.size());
        return field;
    }

private:
    QByteArrayView m_rest;
};

/// The field says nanoseconds; what the proxy puts there is Kafka's timestamp, milliseconds.
std::optional<UtcTime> proxyTime(std::int64_t number)
{
    for (const std::int64_t ms : {number, number / 1'000'000}) {
        if (ms >= earliestMs && ms < latestMs)
            return utcFromMs(ms);
    }
    return std::nullopt;
}

/// A header's name without what separates its words: `X-Original-Topic` is `xoriginaltopic`.
QByteArray folded(const QByteArray& name)
{
    QByteArray letters;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            letters += c;
        else if (c >= 'A' && c <= 'Z')
            letters += static_cast<char>(c - 'A' + 'a');
    }
    return letters;
}

bool hasAny(const QByteArray& name, std::initializer_list<QByteArrayView> words)
{
    return std::any_of(words.begin(), words.end(), [&](QByteArrayView word) { return name.contains(word); });
}

/// What several headers say of one thing: told only where all say the same.
template<typename T>
struct Agreed
{
    std::optional<T> value;
    bool isTold = true;
    void say(const std::optional<T>& said)
    {
        if (!said)
            return;
        if (value && value != said)
            isTold = false;
        value = said;
    }
    [[nodiscard]] std::optional<T> get() const { return isTold ? value : std::nullopt; }
};

struct Guess
{
    Agreed<QString> topic;
    Agreed<int> partition;
    Agreed<Offset> offset;
    Agreed<QString> className;
    Agreed<QString> message;
    std::optional<int> stackHeader;
    bool isInner = false; ///< of an error's cause
};

std::optional<QString> classOf(QByteArrayView value)
{
    const bool isQualified = value.contains('.') || value.contains("::") || value.contains('\\');
    return isQualified && looksLikeAnyClass(value) ? decodeName(value) : std::nullopt;
}

void guess(const Header& header, int place, Guess& told)
{
    if (!header.value || header.name.size() > longestHeaderName)
        return;
    const QByteArrayView value = *header.value;
    const QByteArray name = folded(header.name);
    if (hasAny(name, {"original", "origin", "source"})) {
        if (name.endsWith("topic"))
            told.topic.say(isTopicName(value) ? decodeName(value) : std::nullopt);
        else if (name.endsWith("partition"))
            told.partition.say(asPartition(decodeInteger(value, HeaderType::Int32)));
        else if (name.endsWith("offset"))
            told.offset.say(asOffset(decodeInteger(value, HeaderType::Int64)));
        return;
    }
    const bool isError = hasAny(name, {"exception", "error", "mtfault"}); // MT-Fault-…: MassTransit
    if (isError && name.contains("inner")) { // NServiceBus tells one error's cause beside it
        told.isInner = true;
        return;
    }
    if (isError && name.contains("stack")) {
        told.stackHeader = value.isEmpty() ? std::nullopt : std::optional(place);
    } else if (isError && hasAny(name, {"class", "type", "fqcn"})) {
        told.className.say(classOf(value));
    } else if (isError &&
               (hasAny(name, {"message", "reason"}) || name.endsWith("error") || name.endsWith("exception"))) {
        if (const auto className = classOf(value); className && !name.contains("message"))
            told.className.say(className);
        else
            told.message.say(decodeMessage(value));
    }
}

/// `{"originalTopic": …, "error": …}` around the payload.
std::optional<LetterFacts> readEnvelope(const RawRecord& record)
{
    constexpr std::array<QByteArrayView, 2> topics{"originalTopic", "original_topic"};
    constexpr std::array<QByteArrayView, 5> errors{"error", "errorMessage", "error_message", "exception", "reason"};
    constexpr qsizetype longest = 1 << 20; // larger ones are payloads rather than envelopes
    if (!record.value || record.value->size() > longest || !record.value->contains("riginal"))
        return std::nullopt;
    const auto topic = firstTextField(*record.value, topics);
    const auto error = firstTextField(*record.value, errors);
    if (!topic || !error || !isTopicName(topic->toUtf8()))
        return std::nullopt;
    LetterFacts facts;
    facts.originTopic = topic;
    if (const auto className = classOf(error->toUtf8()))
        facts.errorClass = className;
    else
        facts.errorMessage = decodeMessage(error->toUtf8());
    return facts;
}

/// DLQMetadata: 1 retry_count, 2 topic, 3 partition, 4 offset, 5 timestamp_ns, 6 data, 7 timeout_count.
struct ProxyMetadata
{
    QByteArrayView topic;
    int partition = 0;
    Offset offset;
    UtcTime time;
    std::int64_t retries = 0;
    QByteArrayView data;
};

constexpr char dataTag = 0x32; // field 6, length-delimited

std::optional<ProxyMetadata> readMetadata(QByteArrayView bytes)
{
    // Every one begins with its retry count or, where that is zero, its topic.
    if (bytes.isEmpty() || (bytes.front() != 0x08 && bytes.front() != 0x12))
        return std::nullopt;
    ProtobufReader reader(bytes);
    QByteArrayView topic;
    QByteArrayView data;
    std::int64_t numbers[8] = {}; // by field; what is zero is not written
    for (std::uint64_t last = 0; !reader.atEnd();) {
        const auto tag = reader.varint();
        const std::uint64_t field = tag ? *tag >> 3U : 0;
        if (field <= last || field > 7) // each once, in order, as every encoder writes them
            return std::nullopt;
        last = field;
        const bool isText = field == 2 || field == 6;
        if ((*tag & 7U) != (isText ? 2U : 0U))
            return std::nullopt;
        if (isText) {
            const auto text = reader.bytes();
            if (!text)
                return std::nullopt;
            (field == 2 ? topic : data) = *text;
        } else {
            const auto number = reader.varint();
            if (!number)
                return std::nullopt;
            numbers[field] = static_cast<std::int64_t>(*number);
        }
    }
    const auto partition = asPartition(numbers[3]);
    const auto offset = asOffset(numbers[4]);
    const auto time = proxyTime(numbers[5]);
    if (!isTopicName(topic) || !partition || !offset || !time || numbers[1] < 0 || numbers[7] < 0)
        return std::nullopt;
    return ProxyMetadata{
        .topic = topic, .partition = *partition, .offset = *offset, .time = *time, .retries = numbers[1], .data = data};
}

/// The metadata of a letter, by where it stands: key, headers, value.
struct PlacedMetadata
{
    ProxyMetadata metadata;
    bool isValue = false;
};

std::optional<PlacedMetadata> findMetadata(const RawRecord& record)
{
    if (const auto inKey = record.key ? readMetadata(*record.key) : std::nullopt)
        return PlacedMetadata{*inKey};
    for (std::size_t i = 0; i < std::min(record.headers.size(), mostHeaders); ++i) {
        const auto& value = record.headers[i].value;
        if (const auto inHeader = value ? readMetadata(*value) : std::nullopt)
            return PlacedMetadata{*inHeader};
    }
    if (const auto inValue = record.value ? readMetadata(*record.value) : std::nullopt)
        return PlacedMetadata{*inValue, true};
    return std::nullopt;
}

} // namespace

std::optional<QByteArrayView> uForwarderData(QByteArrayView metadata)
{
    const auto read = readMetadata(metadata);
    return read ? std::optional(read->data) : std::nullopt;
}

std::optional<QByteArray> uForwarderKey(const RawRecord& record)
{
    const auto key = record.key ? uForwarderData(*record.key) : std::nullopt;
    return key ? std::optional(key->toByteArray()) : std::nullopt;
}

std::optional<QByteArray> ownKey(const RawRecord& record, QStringView dialect)
{
    auto wrapped = dialect == uForwarderDialect ? uForwarderKey(record) : std::nullopt;
    if (!wrapped)
        return record.key;
    return wrapped->isEmpty() ? std::nullopt : std::move(wrapped);
}

QByteArray uForwarderKeyBytes(QByteArrayView key)
{
    QByteArray bytes(1, dataTag);
    auto length = static_cast<std::uint64_t>(key.size());
    for (; length >= 0x80U; length >>= 7U)
        bytes += static_cast<char>((length & 0x7FU) | 0x80U);
    bytes += static_cast<char>(length);
    return bytes.append(key);
}

std::optional<LetterFacts> readUForwarder(const RawRecord& record)
{
    const auto found = findMetadata(record);
    if (!found)
        return std::nullopt;
    const ProxyMetadata& metadata = found->metadata;
    LetterFacts facts;
    facts.dialect = (found->isValue ? uForwarderValueDialect : uForwarderDialect).toString();
    facts.confidence = confidenceByShape;
    facts.originTopic = decodeName(metadata.topic);
    facts.originPartition = metadata.partition;
    facts.originOffset = metadata.offset;
    facts.originTimestamp = metadata.time;
    facts.attempts = asAttempts(metadata.retries);
    if (record.timestampType == TimestampType::LogAppendTime)
        facts.deadLetteredAt = record.timestamp;
    return facts;
}

bool isUForwarderHeader(const Header& header)
{
    return header.value && readMetadata(*header.value);
}

std::optional<LetterFacts> readGeneric(const RawRecord& record)
{
    Guess told;
    for (std::size_t i = 0; i < std::min(record.headers.size(), mostHeaders); ++i)
        guess(record.headers[i], static_cast<int>(i), told);
    LetterFacts facts;
    facts.originTopic = told.topic.get();
    facts.errorClass = told.className.get();
    if (facts.originTopic || facts.errorClass) {
        if (facts.originTopic) {
            facts.originPartition = told.partition.get();
            facts.originOffset = told.offset.get();
        }
        facts.reportedClass = facts.errorClass;
        facts.errorMessage = told.message.get();
        facts.stackHeader = told.stackHeader;
        // An origin alone is what a copying tool leaves; it takes a failure to be a dead letter.
        if (!facts.errorClass && !facts.errorMessage && !facts.stackHeader)
            return std::nullopt;
    } else if (auto envelope = readEnvelope(record)) {
        facts = std::move(*envelope);
    } else {
        return std::nullopt;
    }
    facts.dialect = u"generic"_s;
    facts.confidence = confidenceByWords;
    facts.deadLetteredAt = record.timestamp;
    return facts;
}

bool isEnvelope(const RawRecord& record)
{
    Guess told;
    for (std::size_t i = 0; i < std::min(record.headers.size(), mostHeaders); ++i)
        guess(record.headers[i], static_cast<int>(i), told);
    return !told.topic.get() && !told.className.get() && readEnvelope(record);
}

bool isGenericErrorHeader(const Header& header)
{
    Guess told;
    guess(header, 0, told);
    return told.topic.value || told.partition.value || told.offset.value || told.className.value ||
           told.message.value || told.stackHeader || told.isInner;
}

bool knowsHeadersByShape(QStringView dialect)
{
    return dialect == genericDialect || dialect == uForwarderDialect;
}

bool isErrorHeaderByShape(QStringView dialect, const Header& header)
{
    return (dialect == genericDialect && isGenericErrorHeader(header)) ||
           (dialect == uForwarderDialect && isUForwarderHeader(header));
}

} // namespace spillway
