// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/hopreader.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isOneOf(const QByteArray& name, const std::vector<FieldRule>& rules)
{
    return std::any_of(rules.begin(), rules.end(), [&](const FieldRule& rule) { return rule.header == name; });
}

/// Spring appends a suffix at every hop: the channel's name may show more than one.
bool showsMoreHops(const QString& channel, const std::optional<QString>& originTopic)
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

/// Pulsar's partitions are topics with a number at the end.
void takePulsarTopic(OriginPlace& place)
{
    constexpr QStringView mark = u"-partition-";
    const qsizetype at = place.topic->lastIndexOf(mark);
    if (at <= 0)
        return;
    const QByteArray digits = place.topic->sliced(at + mark.size()).toUtf8();
    const auto partition = asPartition(decodeInteger(digits, HeaderType::Decimal));
    if (!partition || QByteArray::number(*partition) != digits)
        return;
    place.partition = partition;
    place.topic->truncate(at);
}

void takeTopicAddress(OriginPlace& place)
{
    constexpr QStringView scheme = u"kafka://topic/";
    if (place.topic->startsWith(scheme) && place.topic->size() > scheme.size())
        place.topic->remove(0, scheme.size());
    else
        place = {};
}

/// A rider puts `kafka/TOPIC` behind the address of its bus. Only the one in memory has nothing else of that form: for
/// RabbitMQ it could be the queue of a virtual host called kafka.
void takeMassTransitAddress(OriginPlace& place)
{
    constexpr QStringView shortForm = u"topic:";
    constexpr QStringView inMemory = u"loopback://";
    constexpr QStringView rider = u"/kafka/";
    const QString& address = *place.topic;
    QString topic;
    if (address.startsWith(shortForm)) {
        topic = address.sliced(shortForm.size());
    } else if (address.startsWith(inMemory)) {
        const qsizetype path = address.indexOf(u'/', inMemory.size());
        if (path >= 0 && QStringView(address).sliced(path).startsWith(rider))
            topic = address.sliced(path + rider.size());
    }
    if (const qsizetype options = topic.indexOf(u'?'); options >= 0)
        topic.truncate(options);
    if (topic.isEmpty() || topic.contains(u'/'))
        place = {};
    else
        place.topic = topic;
}

} // namespace

bool isDeadLetterTopicOf(const QString& channel, const QString& origin)
{
    const bool isInFront = channel.startsWith(origin);
    if (!isInFront && !channel.endsWith(origin))
        return false;
    QString rest = isInFront ? channel.sliced(origin.size()) : channel.chopped(origin.size());
    rest = rest.toLower().remove(u'-').remove(u'.').remove(u'_');
    static const QStringList words{u"dlt"_s,         u"dlq"_s,   u"dead"_s,   u"deadletter"_s,
                                   u"deadletters"_s, u"error"_s, u"errors"_s, u"failed"_s};
    return words.contains(rest);
}

HopReader::HopReader(const Dialect& dialect, const Headers& headers)
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

std::size_t HopReader::errorCount() const
{
    std::ptrdiff_t most = 0;
    for (const QByteArray& start : m_dialect.errorStart)
        most = std::max(most, std::count_if(m_errors.begin(), m_errors.end(),
                                            [&](std::size_t i) { return m_headers[i].name == start; }));
    return static_cast<std::size_t>(most);
}

// Since 2.8, which alone writes a group, Spring appends the failure and then, with the group last, the origin. A hop
// that adds no origin of its own takes the old failure away and appends its own behind the origin that stood there:
// topic, group, failure. Headers that somebody sorted or turned round do not stand so; clones of the framework that
// write the origin first do, but into the origin's own dead-letter topic.
bool HopReader::errorFollowsGroup() const
{
    const Found group = find(DialectField::ConsumerGroup, all());
    return group.rule && !m_errors.empty() && m_origins.front() < group.place && group.place < m_errors.front();
}

bool HopReader::originIsOlder(const QString& channel) const
{
    const auto& code = m_dialect.code;
    if (m_origins.size() != 1 || std::find(code.begin(), code.end(), Dialect::Code::SpringHopsByChannel) == code.end())
        return false;
    const std::optional<QString> topic = name(DialectField::OriginTopic, all());
    return errorCount() > 1 || showsMoreHops(channel, topic) ||
           (errorFollowsGroup() && !(topic && isDeadLetterTopicOf(channel, *topic)));
}

HopReader::Found HopReader::find(DialectField field, HopBlock block) const
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

std::vector<HopReader::Found> HopReader::every(DialectField field) const
{
    std::vector<Found> found;
    const auto rules = m_dialect.fields.find(field);
    if (rules == m_dialect.fields.end())
        return found;
    for (const FieldRule& rule : rules->second) {
        for (std::size_t i = 0; i < m_headers.size(); ++i) {
            if (m_headers[i].name == rule.header)
                found.push_back({&rule, i});
        }
        if (!found.empty())
            break;
    }
    return found;
}

const std::optional<QByteArray>* HopReader::value(DialectField field, HopBlock block) const
{
    const Found found = find(field, block);
    return found.rule ? &m_headers[found.place].value : nullptr;
}

std::optional<QString> HopReader::name(DialectField field, HopBlock block) const
{
    const auto* bytes = value(field, block);
    return bytes && *bytes ? decodeName(**bytes) : std::nullopt;
}

std::optional<QString> HopReader::message(DialectField field, HopBlock block) const
{
    const auto* bytes = value(field, block);
    return bytes && *bytes ? decodeMessage(**bytes) : std::nullopt;
}

std::optional<std::int64_t> HopReader::number(DialectField field, HopBlock block) const
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

OriginPlace HopReader::place(HopBlock block) const
{
    OriginPlace place{.topic = name(DialectField::OriginTopic, block),
                      .partition = asPartition(number(DialectField::OriginPartition, block)),
                      .offset = asOffset(number(DialectField::OriginOffset, block))};
    for (const Dialect::Code code : m_dialect.code) {
        if (!place.topic)
            break;
        if (code == Dialect::Code::PulsarTopic)
            takePulsarTopic(place);
        else if (code == Dialect::Code::KafkaTopicAddress)
            takeTopicAddress(place);
        else if (code == Dialect::Code::MassTransitAddress)
            takeMassTransitAddress(place);
    }
    return place;
}

std::optional<std::size_t> HopReader::stackPlace(HopBlock block) const
{
    const Found stack = find(DialectField::Stack, block);
    const bool isThere = stack.rule && m_headers[stack.place].value && !m_headers[stack.place].value->isEmpty();
    return isThere ? std::optional(stack.place) : std::nullopt;
}

ToldError HopReader::toldError(HopBlock block) const
{
    const auto stack = stackPlace(block);
    return {.reportedClass = message(DialectField::ErrorClass, block),
            .causeClass = name(DialectField::CauseClass, block),
            .message = message(DialectField::ErrorMessage, block),
            .causeMessage = message(DialectField::CauseMessage, block),
            .stack = stack ? QByteArrayView(*m_headers[*stack].value) : QByteArrayView()};
}

/// Of one hop all headers are its own, in whatever order they come: clones and bridges sort them.
HopBlock HopReader::block(const std::vector<std::size_t>& starts, bool isLast) const
{
    if (starts.size() < 2)
        return all();
    if (isLast)
        return {starts.back(), m_headers.size()};
    return {starts.front(), starts[1]};
}

HopBlock HopReader::numbered(const std::vector<std::size_t>& starts, std::size_t number) const
{
    if (starts.size() < 2)
        return all();
    const std::size_t i = m_dialect.newest == Dialect::End::Last ? number : starts.size() - 1 - number;
    return {starts[i], i + 1 < starts.size() ? starts[i + 1] : m_headers.size()};
}

} // namespace spillway
