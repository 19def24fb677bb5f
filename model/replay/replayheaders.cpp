// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayheaders.h"

#include "model/deadletter/guesseddialects.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace spillway {

namespace {

constexpr char ownPrefix[] = "spillway-replay-";
constexpr qsizetype maxReplayOfBytes = 512; // a Kafka topic name has at most 249 characters

std::optional<qint64> wholeNumber(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 19 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool isNumber = false;
    const qint64 number = text.toByteArray().toLongLong(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

} // namespace

bool StripRule::strips(QByteArrayView headerName) const
{
    return std::find(names.begin(), names.end(), headerName) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [headerName](const QByteArray& prefix) { return headerName.startsWith(prefix); });
}

QByteArray replayOfValue(const ReplayOrigin& origin)
{
    QByteArray value = origin.at.topic.toUtf8() + '/' + QByteArray::number(origin.at.partition) + '/' +
                       QByteArray::number(static_cast<qlonglong>(origin.offset.value));
    if (origin.timestamp)
        value += '@' + QByteArray::number(static_cast<qlonglong>(toMs(*origin.timestamp)));
    return value;
}

std::optional<ReplayOrigin> parseReplayOf(QByteArrayView value)
{
    if (value.size() > maxReplayOfBytes)
        return std::nullopt;
    const qsizetype beforeOffset = value.lastIndexOf('/');
    const qsizetype beforePartition = beforeOffset > 0 ? value.first(beforeOffset).lastIndexOf('/') : -1;
    if (beforePartition <= 0)
        return std::nullopt;
    QByteArrayView offsetText = value.sliced(beforeOffset + 1);
    ReplayOrigin origin;
    if (const qsizetype at = offsetText.indexOf('@'); at >= 0) {
        const std::optional<qint64> timestamp = wholeNumber(offsetText.sliced(at + 1));
        if (!timestamp)
            return std::nullopt;
        origin.timestamp = utcFromMs(*timestamp);
        offsetText = offsetText.first(at);
    }
    const std::optional<qint64> offset = wholeNumber(offsetText);
    const std::optional<qint64> partition =
        wholeNumber(value.sliced(beforePartition + 1, beforeOffset - beforePartition - 1));
    if (!offset || !partition || *partition > std::numeric_limits<int>::max())
        return std::nullopt;
    origin.at = TopicPartition{QString::fromUtf8(value.first(beforePartition)), static_cast<int>(*partition)};
    origin.offset = Offset{*offset};
    return origin;
}

std::optional<QByteArray> outgoingKey(const RawRecord& letter, const StripRule& rule)
{
    if (rule.shape != QStringLiteral("uforwarder"))
        return letter.key;
    const auto own = uForwarderKey(letter);
    if (!own)
        return letter.key;
    return own->isEmpty() ? std::nullopt : own;
}

Headers outgoingHeaders(const Headers& letter, const StripRule& rule, QByteArrayView jobId, int generation,
                        QByteArrayView replayOf)
{
    Headers headers;
    headers.reserve(letter.size() + 3);
    const bool isGeneric = rule.shape == QStringLiteral("generic");
    std::copy_if(letter.begin(), letter.end(), std::back_inserter(headers), [&](const Header& header) {
        return !(rule.strips(header.name) || (isGeneric && isGenericErrorHeader(header))) &&
               !header.name.startsWith(ownPrefix);
    });
    headers.push_back({replayIdHeader, jobId.toByteArray()});
    headers.push_back({replayGenerationHeader, QByteArray::number(generation)});
    headers.push_back({replayOfHeader, replayOf.toByteArray()});
    return headers;
}

} // namespace spillway
