// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/frameworks/expectedletters.h"

namespace spillway::test {
using namespace Qt::Literals::StringLiterals;

namespace {

using Time = ExpectedLetter::Time;
using OriginTime = ExpectedLetter::OriginTime;
using Letters = std::vector<ExpectedLetter>;

const QString payment = u"com.acme.PaymentTimeoutException"_s;
const QString stock = u"com.acme.StockException"_s;
const QString argument = u"java.lang.IllegalArgumentException"_s;
const QString socket = u"java.net.SocketTimeoutException"_s;
const QString parse = u"com.fasterxml.jackson.core.JsonParseException"_s;
const QString serialization = u"org.apache.kafka.common.errors.SerializationException"_s;

void withCause(ExpectedLetter& letter)
{
    letter.errorClass = payment;
    letter.rootCause = socket;
    letter.message = u"gateway did not answer"_s;
}
void silent(ExpectedLetter& letter)
{
    letter.errorClass = argument;
    letter.rootCause = argument;
    letter.message.reset();
}
void later(ExpectedLetter& letter)
{
    letter.errorClass = stock;
    letter.rootCause = stock;
    letter.message = u"no stock for sku 17"_s;
}

/// @param isOld  2.7: no group, nothing taken off, another suffix.
Letters springLetters(bool isOld)
{
    const QString dlt = isOld ? u".DLT"_s : u"-dlt"_s;
    Letters letters;
    const auto row = [&](const QString& topic, const QString& suffix, const QString& group) -> ExpectedLetter& {
        ExpectedLetter letter{.name = topic, .topic = topic + suffix, .dialect = u"spring-dlpr"_s, .origin = topic};
        if (!isOld)
            letter.group = group;
        letters.push_back(letter);
        return letters.back();
    };
    withCause(row(u"cause"_s, dlt, u"billing"_s));
    silent(row(u"silent"_s, dlt, u"billing-silent"_s));
    for (const char* topic : {"value", "key", "both"}) {
        ExpectedLetter& letter = row(QString::fromLatin1(topic), dlt, u"billing-json"_s);
        letter.errorClass = u"org.springframework.kafka.support.serializer.DeserializationException"_s;
        letter.rootCause = letter.name == u"key" ? serialization : parse;
        letter.message = isOld ? u"failed to deserialize; nested exception is *"_s : u"failed to deserialize"_s;
        if (letter.name == u"key")
            letter.rewritten = R"({"amount":10.5})";
    }
    later(row(u"hops"_s, dlt + dlt, u"second"_s));
    ExpectedLetter& firstOnly = row(u"firstonly"_s, dlt + dlt, u"second-first"_s);
    later(firstOnly);
    firstOnly.group.reset(); // the group that is told is that of the first hop, beside the error of the second
    later(row(u"allhops"_s, dlt + dlt, u"second-all"_s));

    const auto retried = [&](const QString& topic, const QString& group, int attempts) -> ExpectedLetter& {
        ExpectedLetter& letter = row(topic, u"-dlt"_s, group);
        letter.dialect = u"spring-retrytopic"_s;
        letter.attempts = attempts;
        return letter;
    };
    withCause(retried(u"thrice"_s, u"retrying"_s, 3));
    withCause(retried(u"again"_s, u"retrying"_s, 3));
    ExpectedLetter& again = retried(u"again"_s, u"retrying"_s, 4);
    later(again);
    again.name = u"again, its handler failed too"_s;
    again.nth = 1;
    if (!isOld) {
        ExpectedLetter& straight = retried(u"straight"_s, u"retrying-json"_s, 1);
        straight.errorClass = u"org.springframework.kafka.support.serializer.DeserializationException"_s;
        straight.rootCause = parse;
        straight.message = u"failed to deserialize"_s;
    }
    return letters;
}

Letters cloudStreamLetters()
{
    Letters letters;
    for (const char* topic : {"cause", "silent", "swallowed", "parse", "hops"})
        letters.push_back({.name = QString::fromLatin1(topic),
                           .topic = u"error.%1."_s + QString::fromLatin1(topic) + u".%1.billing"_s,
                           .dialect = u"spring-cloud-stream"_s,
                           .origin = QString::fromLatin1(topic),
                           .group = u"billing"_s,
                           .attempts = 2});
    withCause(letters[0]);
    silent(letters[1]);
    letters[2].errorClass = socket; // the IllegalStateException around it is nowhere
    letters[2].rootCause = socket;
    letters[2].message = u"Read timed out"_s;
    letters[3].errorClass = u"java.lang.ClassCastException"_s;
    letters[3].rootCause = u"java.lang.ClassCastException"_s;
    letters[3].message = u"class [B cannot be cast to class java.util.Map*"_s;
    later(letters[4]);
    letters[4].topic = u"error.error.%1.hops.%1.billing.%1.second"_s;
    letters[4].group = u"second"_s;
    return letters;
}

Letters connectLetters()
{
    Letters letters;
    const auto row = [&](const QString& topic, const QString& stage) -> ExpectedLetter& {
        letters.push_back({.name = topic,
                           .topic = topic + u"-dlq"_s,
                           .dialect = u"kafka-connect"_s,
                           .origin = topic,
                           .stage = stage,
                           .deadLettered = Time::Untold});
        return letters.back();
    };
    for (const auto& [topic, stage] : {std::pair(u"value"_s, u"VALUE_CONVERTER"_s),
                                       {u"key"_s, u"KEY_CONVERTER"_s},
                                       {u"header"_s, u"HEADER_CONVERTER"_s}}) {
        ExpectedLetter& letter = row(topic, stage);
        letter.errorClass = u"org.apache.kafka.connect.errors.DataException"_s;
        letter.rootCause = parse;
        letter.message = u"Converting byte[] to Kafka Connect data failed due to serialization error: "_s;
    }
    ExpectedLetter& transform = row(u"transform"_s, u"TRANSFORMATION"_s);
    transform.errorClass = transform.rootCause = u"org.apache.kafka.connect.errors.DataException"_s;
    transform.message = u"Only Struct objects supported for [field extraction], found: java.lang.String"_s;
    silent(row(u"silent"_s, u"TRANSFORMATION"_s));
    withCause(row(u"put"_s, u"TASK_PUT"_s));
    ExpectedLetter& hops = row(u"hops"_s, u"TASK_PUT"_s);
    withCause(hops);
    hops.topic = u"again"_s;
    hops.originTime = OriginTime::Untold; // the time is that of the letter before, which a replay may have set
    return letters;
}

Letters streamsLetters()
{
    Letters letters;
    const auto row = [&](const QString& topic) -> ExpectedLetter& {
        letters.push_back({.name = topic,
                           .topic = u"letters"_s,
                           .dialect = u"kafka-streams"_s,
                           .origin = topic,
                           .deadLettered = Time::Untold});
        return letters.back();
    };
    withCause(row(u"cause"_s));
    silent(row(u"silent"_s));
    ExpectedLetter& unread = row(u"parse"_s);
    unread.errorClass = unread.rootCause = serialization;
    unread.message = u"Size of data received by IntegerDeserializer is not 4"_s;
    ExpectedLetter& early = row(u"early"_s);
    withCause(early);
    early.isPointer = true;
    ExpectedLetter& timer = row(u"timer"_s);
    withCause(timer);
    timer.origin.reset();
    timer.originTime = OriginTime::Untold;
    ExpectedLetter& moved = row(u"moved"_s);
    withCause(moved);
    moved.origin = u"shop-by-customer-repartition"_s;
    moved.isInternal = true;
    ExpectedLetter& hops = row(u"hops"_s);
    silent(hops);
    hops.topic = u"hop-letters-2"_s;
    hops.originTime = OriginTime::Untold;
    return letters;
}

Letters smallryeLetters()
{
    Letters letters;
    const auto row = [&](const QString& topic) -> ExpectedLetter& {
        letters.push_back({.name = topic,
                           .topic = topic + u"-letters"_s,
                           .dialect = u"smallrye"_s,
                           .origin = topic,
                           .originTime = OriginTime::Untold,
                           .hasStack = false});
        return letters.back();
    };
    withCause(row(u"cause"_s));
    silent(row(u"silent"_s));
    row(u"thrown"_s); // an InvocationTargetException hides all of the application's error
    ExpectedLetter& unread = row(u"parse"_s);
    unread.errorClass = u"org.apache.kafka.common.errors.RecordDeserializationException"_s;
    unread.message = u"Size of data received by IntegerDeserializer is not 4"_s;
    ExpectedLetter& hops = row(u"hops"_s);
    later(hops); // without a cause: the cause that is told belongs to the hop before
    hops.topic = u"again-letters"_s;
    ExpectedLetter& delayed = row(u"delayed"_s);
    withCause(delayed);
    delayed.dialect = u"smallrye-delayed-retry"_s;
    delayed.attempts = 3;
    delayed.originTime = OriginTime::Source;
    for (ExpectedLetter& each : letters)
        each.rootCause.reset(); // no stack, no end of the chain
    return letters;
}

} // namespace

std::vector<QString> makers()
{
    return {u"spring-3.3"_s, u"spring-4.1"_s, u"spring-2.7"_s, u"cloud-stream"_s,
            u"connect"_s,    u"streams"_s,    u"smallrye"_s};
}

std::vector<ExpectedLetter> lettersOf(const QString& maker)
{
    if (maker.startsWith(u"spring-"))
        return springLetters(maker == u"spring-2.7");
    if (maker == u"cloud-stream")
        return cloudStreamLetters();
    if (maker == u"connect")
        return connectLetters();
    if (maker == u"streams")
        return streamsLetters();
    return smallryeLetters();
}

} // namespace spillway::test
