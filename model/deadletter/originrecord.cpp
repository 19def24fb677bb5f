// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/originrecord.h"

#include "model/base/text.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/topicstore.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Answer = OriginRecord::Answer;
constexpr std::int64_t firstWindow = 500;
constexpr std::int64_t largestWindow = 8'000;
constexpr std::size_t keptPerWindow = 200; // the newest of the key; older ones of a busy key do not matter

QString inLog(const PartitionBounds& bounds)
{
    return u"offsets %1 to %2"_s.arg(formatCount(bounds.logStart.value), formatCount(bounds.end.value));
}

std::optional<TopicPartition> originOf(const LetterFacts& facts)
{
    if (!facts.originTopic || !facts.originPartition || !facts.originOffset)
        return std::nullopt;
    return TopicPartition{*facts.originTopic, *facts.originPartition};
}

OriginRecord notThere(Answer answer, const std::optional<PartitionBounds>& bounds, const QString& because)
{
    return {.answer = answer, .record = {}, .bounds = bounds, .because = because};
}

} // namespace

QString originAnswerWord(OriginRecord::Answer answer)
{
    switch (answer) {
    case Answer::Confirmed:
        return u"confirmed"_s;
    case Answer::Unconfirmed:
        return u"unconfirmed"_s;
    case Answer::Different:
        return u"different"_s;
    case Answer::Expired:
        return u"expired"_s;
    case Answer::BeyondEnd:
        return u"beyondEnd"_s;
    case Answer::Open:
        return u"openTransaction"_s;
    case Answer::Gone:
        return u"gone"_s;
    case Answer::NoTopic:
        return u"noTopic"_s;
    case Answer::NotTold:
        return u"notTold"_s;
    }
    return {};
}

bool isOriginRemade(const DeadLetter& letter, std::optional<UtcTime> remadeAfter)
{
    return remadeAfter && letter.firstSeenAt <= *remadeAfter;
}

OriginRecord judgeOrigin(const DeadLetter& letter, LookedUpRecord found, std::optional<UtcTime> remadeAfter)
{
    const LetterFacts& facts = letter.facts;
    switch (found.answer) {
    case LookedUpRecord::Answer::Found:
        break;
    case LookedUpRecord::Answer::BeforeLog:
        return notThere(Answer::Expired, found.bounds,
                        u"it is not there any more: the partition holds %1"_s.arg(inLog(*found.bounds)));
    case LookedUpRecord::Answer::BeyondEnd:
        return notThere(
            Answer::BeyondEnd, found.bounds,
            u"the partition ends before it (%1): the topic was recreated or cut"_s.arg(inLog(*found.bounds)));
    case LookedUpRecord::Answer::Open:
        return notThere(Answer::Open, found.bounds, u"it belongs to a transaction that is not decided yet"_s);
    case LookedUpRecord::Answer::NoRecord:
        return notThere(
            Answer::Gone, found.bounds,
            u"no record stands there though older ones do: compacted away, or its transaction was aborted"_s);
    case LookedUpRecord::Answer::NoTopic:
        return notThere(Answer::NoTopic, found.bounds, u"the broker has no such topic or partition any more"_s);
    }
    const RawRecord& record = *found.record;
    OriginRecord origin{.answer = Answer::Unconfirmed, .record = record, .bounds = found.bounds, .because = {}};
    const auto different = [&](const QString& because) { return notThere(Answer::Different, found.bounds, because); };
    if (facts.originTimestamp && record.timestamp) {
        if (*facts.originTimestamp != *record.timestamp)
            return different(
                u"another record stands there: it was published %1, the letter says %2; the topic was "
                "recreated, most likely"_s.arg(formatUtc(*record.timestamp), formatUtc(*facts.originTimestamp)));
        origin.answer = Answer::Confirmed;
        origin.because = u"its timestamp is the one the letter tells"_s;
        return origin;
    }
    const bool isSamePayload = !facts.isPointer && record.value == letter.record.value;
    if (record.key == letter.record.key && isSamePayload) {
        origin.answer = Answer::Confirmed;
        origin.because = u"key and payload are the same as the letter's"_s;
    } else if (record.key && letter.record.key && *record.key != *letter.record.key) {
        return different(
            u"another record stands there: its key is not the letter's; the topic was recreated, most likely"_s);
    } else if (isOriginRemade(letter, remadeAfter)) {
        return different(u"another record stands there: the topic was recreated since the letter came"_s);
    } else {
        origin.because =
            u"the letter tells no time to hold it against; if the topic was recreated, it is another record"_s;
    }
    return origin;
}

Result<OriginRecord> readOrigin(RecordLookup& lookup, const DeadLetter& letter, std::stop_token stop,
                                std::optional<UtcTime> remadeAfter)
{
    const auto at = originOf(letter.facts);
    if (!at)
        return notThere(Answer::NotTold, std::nullopt, u"the letter does not tell topic, partition and offset"_s);
    auto found = lookup.recordAt(*at, *letter.facts.originOffset, std::move(stop));
    if (!found)
        return tl::unexpected<Error>(found.error());
    return judgeOrigin(letter, std::move(*found), remadeAfter);
}

Result<std::vector<Offset>> offsetsOfLetters(Database& reader, const QString& clusterId, const TopicPartition& origin,
                                             const std::vector<Offset>& offsets)
{
    if (offsets.empty())
        return std::vector<Offset>();
    return reader.query<std::vector<Offset>>([&](SQLite::Database& db) {
        std::vector<Offset> taken;
        std::string places;
        std::string numbered; // the same ones once more
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            places += i == 0 ? "?" : ", ?";
            numbered.append(i == 0 ? "?" : ", ?").append(std::to_string(i + 2));
        }
        const std::string topic = std::to_string(offsets.size() + 2);
        const std::string cluster = std::to_string(offsets.size() + 3);
        SQLite::Statement select(db, "SELECT DISTINCT l.origin_offset"
                                     " FROM letter l"
                                     " JOIN letter_channel c ON c.id = l.channel_ref"
                                     " JOIN letter_facet f ON f.id = l.facet_ref"
                                     " WHERE l.origin_partition = ? AND l.origin_offset IN (" +
                                         places +
                                         ")"
                                         " AND f.origin_topic = ? AND c.cluster_id = ?"
                                         // what was sent again, and failed again
                                         " UNION SELECT l.delivered_offset"
                                         " FROM letter l"
                                         " JOIN letter_channel c ON c.id = l.channel_ref"
                                         " WHERE l.delivered_partition = ?1 AND l.delivered_offset IN (" +
                                         numbered +
                                         ")"
                                         " AND l.delivered_topic = ?" +
                                         topic + " AND c.cluster_id = ?" + cluster + " ORDER BY 1");
        int at = 1;
        select.bind(at++, origin.partition);
        for (const Offset offset : offsets)
            select.bind(at++, static_cast<std::int64_t>(offset.value));
        sql::bind(select, at++, origin.topic);
        sql::bind(select, at++, clusterId);
        while (select.executeStep())
            taken.push_back(Offset{select.getColumn(0).getInt64()});
        return taken;
    });
}

Result<LastGood> findLastGood(RecordLookup& lookup, Database& reader, const DeadLetter& letter,
                              const LastGoodLimits& limits, LookupProgress* progress, std::stop_token stop)
{
    const auto at = originOf(letter.facts);
    if (!at)
        return fail(ErrorCode::NotFound, u"the letter does not tell topic, partition and offset of its origin"_s);
    const std::optional<QByteArray> key = ownKey(letter.record, letter.facts.dialect);
    if (!key)
        return fail(ErrorCode::NotFound, u"the letter has no key, so no record has the same one"_s);
    const auto remadeAfter = topicRemadeAfter(reader, letter.clusterId, at->topic);
    if (!remadeAfter)
        return tl::unexpected<Error>(remadeAfter.error());
    if (isOriginRemade(letter, *remadeAfter))
        return fail(ErrorCode::NotFound,
                    u"%1 was recreated since the letter came: what it holds came later"_s.arg(visibleText(at->topic)));
    LastGood good{.oldest = *letter.facts.originOffset};
    std::int64_t window = firstWindow;
    const auto looked = [&] {
        return u"%1 %2, %3"_s.arg(formatCount(good.records), good.records == 1 ? u"record"_s : u"records"_s,
                                  formatSizeBytes(good.bytes));
    };
    while (!good.record && !good.reachedStart && good.records < limits.records && good.bytes < limits.bytes) {
        const Offset to = good.oldest;
        const Offset from{std::max<std::int64_t>(0, to.value - window)};
        std::vector<RawRecord> sameKey;
        const auto read = lookup.readRange(
            *at, from, to,
            [&](const RawRecord& record) {
                if (progress) {
                    ++progress->records;
                    progress->bytes += record.sizeBytes();
                }
                if (record.key == key) {
                    if (sameKey.size() == keptPerWindow)
                        sameKey.erase(sameKey.begin());
                    sameKey.push_back(record);
                }
                return true;
            },
            stop);
        if (!read)
            return tl::unexpected<Error>(read.error());
        good.records += read->records;
        good.bytes += read->bytes;
        good.oldest = from;
        good.reachedStart = from <= read->logStart;
        std::vector<Offset> offsets;
        for (const RawRecord& record : sameKey)
            offsets.push_back(record.offset);
        const auto failed = offsetsOfLetters(reader, letter.clusterId, *at, offsets);
        if (!failed)
            return tl::unexpected<Error>(failed.error());
        for (auto record = sameKey.rbegin(); record != sameKey.rend() && !good.record; ++record) {
            if (std::find(failed->begin(), failed->end(), record->offset) == failed->end())
                good.record = *record;
            else
                ++good.failedOnes;
        }
        window = std::min(window * 4, largestWindow);
    }
    const QString passed =
        good.failedOnes == 0 ? QString() : u"; %1 of the key had failed themselves"_s.arg(formatCount(good.failedOnes));
    if (good.record)
        good.because =
            u"found at offset %1; looked at %2%3"_s.arg(formatCount(good.record->offset.value), looked(), passed);
    else if (good.reachedStart)
        good.because = u"none: looked at all %1 that are still there before it%2"_s.arg(looked(), passed);
    else
        good.because = u"none so far: looked at the %1 before it%2"_s.arg(looked(), passed);
    return good;
}

} // namespace spillway
