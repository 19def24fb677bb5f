// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterhops.h"

#include "model/base/text.h"
#include "model/deadletter/hopreader.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// `@RetryableTopic` puts an exception around what was thrown whose message is the time, on a line of its own in front
/// of everything an application says.
std::optional<UtcTime> thrownAt(const Dialect& dialect, QByteArrayView stack)
{
    if (std::find(dialect.code.begin(), dialect.code.end(), Dialect::Code::SpringThrownAt) == dialect.code.end())
        return std::nullopt;
    constexpr QByteArrayView mark = "\nCaused by: org.springframework.kafka.listener.TimestampedException: "
                                    "Exception thrown at ";
    const qsizetype at = stack.first(std::min<qsizetype>(stack.size(), 64 * 1024)).indexOf(mark);
    if (at < 0)
        return std::nullopt;
    const QByteArrayView rest = stack.sliced(at + mark.size());
    const qsizetype end = rest.indexOf('\n');
    return parseRfc3339(rest.first(end < 0 ? rest.size() : end).trimmed());
}

/// The failure's own class and message, and when it was, of the headers of one block.
void readError(const HopReader& reader, const Dialect& dialect, HopBlock block, LetterHop& hop)
{
    ToldError told = reader.toldError(block);
    hop.at = thrownAt(dialect, told.stack);
    if (!hop.at)
        hop.at = asTime(reader.number(DialectField::DeadLetteredAt, block));
    LetterFacts facts;
    resolveError(dialect, std::move(told), facts);
    hop.errorClass = facts.errorClass;
    hop.message = facts.errorMessage;
}

void readOrigin(const HopReader& reader, HopBlock block, LetterHop& hop)
{
    OriginPlace place = reader.place(block);
    hop.topic = std::move(place.topic);
    hop.partition = place.partition;
    hop.offset = place.offset;
    hop.group = reader.name(DialectField::ConsumerGroup, block);
}

void readDeliveries(const Dialect& dialect, const Headers& headers, const std::vector<HopReader::Found>& found,
                    std::vector<LetterHop>& hops)
{
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const auto& [rule, place] = found[dialect.newest == Dialect::End::Last ? i : hops.size() - 1 - i];
        auto number = headers[place].value ? decodeInteger(*headers[place].value, rule->type) : std::nullopt;
        if (number && !__builtin_add_overflow(*number, rule->add, &*number))
            hops[i].delivery = asAttempts(number);
    }
}

/// The hops of one framework, oldest first. Headers are only put together where each of them stands once a hop; where
/// there are fewer origins than failures, the first failure was at the first origin, and the only error told is the
/// newest one.
std::vector<LetterHop> hopsByDialect(const Dialect& dialect, const RawRecord& record)
{
    const HopReader reader(dialect, record.headers);
    const auto attempts = reader.every(DialectField::Attempts);
    const bool isOlder = reader.originIsOlder(record.at.topic);
    const std::size_t origins = reader.originCount();
    const std::size_t count = std::max({origins, reader.errorCount(), attempts.size(), std::size_t{isOlder ? 2U : 0U}});
    std::vector<LetterHop> hops(count);
    if (hops.empty())
        return hops;
    for (std::size_t i = 0; i < std::min(origins, count); ++i) {
        if (origins == count || i == 0)
            readOrigin(reader, reader.origin(i), hops[i]);
    }
    if (count > 1 && reader.errorBlocks() == count) {
        for (std::size_t i = 0; i < count; ++i)
            readError(reader, dialect, reader.error(i), hops[i]);
    } else {
        readError(reader, dialect, reader.newestError(), hops.back());
    }
    if (count > 1 && attempts.size() == count)
        readDeliveries(dialect, record.headers, attempts, hops);
    return hops;
}

/// What the facts alone tell.
std::vector<LetterHop> hopByFacts(const LetterFacts& facts)
{
    const bool isReplayed = facts.deliveredTopic.has_value();
    LetterHop hop{.topic = isReplayed ? facts.deliveredTopic : facts.originTopic,
                  .partition = isReplayed ? facts.deliveredPartition : facts.originPartition,
                  .offset = isReplayed ? facts.deliveredOffset : facts.originOffset,
                  .group = facts.consumerGroup,
                  .errorClass = facts.errorClass,
                  .message = facts.errorMessage,
                  .at = {},
                  .delivery = {}};
    const bool isTold = hop.topic || hop.partition || hop.offset || hop.group || hop.errorClass || hop.message;
    return isTold ? std::vector<LetterHop>{std::move(hop)} : std::vector<LetterHop>();
}

bool isAtOneOf(const LetterHop& hop, const std::vector<LetterHop>& hops)
{
    return std::any_of(hops.begin(), hops.end(), [&](const LetterHop& other) {
        return hop.topic == other.topic && hop.partition == other.partition && hop.offset == other.offset;
    });
}

/// A letter that passed another framework before: its hops came first. Only those that tell where they were, each place
/// once, since two dialects may read the same headers.
std::vector<LetterHop> withOlder(std::vector<LetterHop> hops, const std::vector<DialectMatch>& newestFirst,
                                 const RawRecord& record)
{
    for (std::size_t i = 1; i < newestFirst.size(); ++i) {
        std::vector<LetterHop> older = hopsByDialect(*newestFirst[i].dialect, record);
        const bool isWhole = !older.empty() && older.front().topic && older.front().partition && older.front().offset;
        if (!isWhole || older.front().topic == record.at.topic || isAtOneOf(older.front(), hops))
            continue;
        hops.insert(hops.begin(), std::make_move_iterator(older.begin()), std::make_move_iterator(older.end()));
    }
    return hops;
}

/// The class below `errorClass` in the chain.
std::optional<QString> causeOf(const Dialect& dialect, const RawRecord& record, const LetterFacts& facts)
{
    if (!facts.errorClass)
        return std::nullopt;
    const HopReader reader(dialect, record.headers);
    const ToldError told = reader.toldError(reader.newestError());
    if (told.causeClass && facts.reportedClass == facts.errorClass && told.causeClass != facts.errorClass)
        return told.causeClass;
    if (told.stack.isEmpty())
        return std::nullopt;
    KnownMessages known;
    if (facts.errorMessage && facts.errorMessage->contains(u'\n'))
        addKnownMessage(known, facts.errorMessage->toUtf8());
    const CauseChain chain = readCauseChain(told.stack, known);
    const bool isJava = chain.language == StackLanguage::Java;
    if (isJava && dialect.stackFormat != Dialect::StackFormat::Java)
        return std::nullopt;
    // Other languages print a class by its short name, where a header tells it whole.
    const auto thrown = std::find_if(chain.thrown.begin(), chain.thrown.end(), [&](const ThrownEntry& entry) {
        return entry.className == facts.errorClass ||
               (!isJava && entry.className && facts.errorClass->endsWith(u'.' + *entry.className));
    });
    return thrown == chain.thrown.end() || thrown + 1 == chain.thrown.end() ? std::nullopt : (thrown + 1)->className;
}

} // namespace

FailureCourse failureCourse(const DeadLetter& letter, const DialectRegistry& dialects)
{
    const LetterFacts& facts = letter.facts;
    FailureCourse course;
    const Dialect* dialect = letter.erased ? nullptr : dialects.dialect(facts.dialect);
    if (dialect)
        course.hops = hopsByDialect(*dialect, letter.record);
    if (!dialect || course.hops.empty()) {
        course.hops = hopByFacts(facts);
        return course;
    }
    // What intake made of the newest, and masks of its message, holds.
    course.hops.back().errorClass = facts.errorClass;
    course.hops.back().message = facts.errorMessage;
    if (course.hops.size() == 1)
        course.hops.back().group = facts.consumerGroup;
    const HopReader reader(*dialect, letter.record.headers);
    course.firstFailedAt = asTime(reader.number(DialectField::FirstFailedAt, reader.all()));
    const bool isEachTold = facts.attempts && static_cast<std::size_t>(*facts.attempts) == course.hops.size();
    if (isEachTold && course.firstFailedAt)
        course.hops.front().at = course.firstFailedAt;
    else if (isEachTold && !course.firstFailedAt)
        course.firstFailedAt = course.hops.front().at;
    course.causeClass = causeOf(*dialect, letter.record, facts);
    course.originTimestampType = reader.name(DialectField::OriginTimestampType, reader.firstOrigin());
    if (const auto written = dialects.newestFirst(letter.record.headers);
        !written.empty() && written.front().dialect == dialect) {
        const std::size_t own = course.hops.size();
        course.hops = withOlder(std::move(course.hops), written, letter.record);
        if (course.hops.size() != own)
            course.firstFailedAt = course.hops.front().at; // the older framework's, which may not tell it
    }
    return course;
}

void writeHops(JsonWriter& json, const std::vector<LetterHop>& hops)
{
    json.beginArray();
    for (const LetterHop& hop : hops)
        json.beginObject()
            .field(u"topic", hop.topic)
            .field(u"partition", hop.partition)
            .field(u"offset", hop.offset ? std::optional(hop.offset->value) : std::nullopt)
            .field(u"group", hop.group)
            .field(u"errorClass", hop.errorClass)
            .field(u"message", hop.message)
            .field(u"at", hop.at)
            .field(u"delivery", hop.delivery)
            .endObject();
    json.endArray();
}

} // namespace spillway
