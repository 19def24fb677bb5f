// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayheaders.h"

#include "model/deadletter/guesseddialects.h"

#include <algorithm>
#include <iterator>

namespace spillway {

namespace {

constexpr char ownPrefix[] = "spillway-replay-";

} // namespace

bool StripRule::strips(QByteArrayView headerName) const
{
    return std::find(names.begin(), names.end(), headerName) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [headerName](const QByteArray& prefix) { return headerName.startsWith(prefix); });
}

std::optional<PayloadPlace> payloadPlaceFrom(const QString& pointer, QStringView as)
{
    if (pointer.isEmpty())
        return std::nullopt;
    return PayloadPlace{pointer, payloadAsFromWord(as).value_or(PayloadPlace::As::Json)};
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

Result<std::optional<QByteArray>> outgoingValue(std::optional<QByteArray> letter, const StripRule& rule)
{
    if (!rule.payload)
        return letter;
    auto inner = innerPayload(letter, *rule.payload);
    if (!inner)
        return tl::unexpected<Error>(inner.error());
    return std::optional(std::move(inner->bytes));
}

Headers outgoingHeaders(const Headers& letter, const StripRule& rule, QByteArrayView jobId, int generation,
                        QByteArrayView replayOf)
{
    Headers headers;
    headers.reserve(letter.size() + 3);
    const bool isGeneric = rule.shape == QStringLiteral("generic");
    const bool isProxy = rule.shape == uForwarderDialect;
    std::copy_if(letter.begin(), letter.end(), std::back_inserter(headers), [&](const Header& header) {
        return !(rule.strips(header.name) || (isGeneric && isGenericErrorHeader(header)) ||
                 (isProxy && isUForwarderHeader(header))) &&
               !header.name.startsWith(ownPrefix);
    });
    headers.push_back({replayIdHeader, jobId.toByteArray()});
    headers.push_back({replayGenerationHeader, QByteArray::number(generation)});
    headers.push_back({replayOfHeader, replayOf.toByteArray()});
    return headers;
}

} // namespace spillway
