// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayheaders.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/guesseddialects.h"

#include <algorithm>
#include <iterator>

namespace spillway {

namespace {

constexpr char ownPrefix[] = "spillway-replay-";

bool leavesBehind(const StripRule& rule, const Header& header)
{
    return rule.strips(header.name, isErrorHeaderByShape(rule.shape, header));
}

} // namespace

bool StripRule::strips(QByteArrayView headerName) const
{
    return strips(headerName, false);
}

bool StripRule::strips(QByteArrayView headerName, bool looksLikeError) const
{
    if (headerName.startsWith(ownPrefix))
        return true;
    const auto choice = std::find_if(choices.begin(), choices.end(),
                                     [headerName](const HeaderChoice& one) { return one.fits(headerName); });
    if (choice != choices.end())
        return !choice->isSent;
    return (looksLikeError && knowsHeadersByShape(shape)) ||
           std::find(names.begin(), names.end(), headerName) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [headerName](const QByteArray& prefix) { return headerName.startsWith(prefix); });
}

void StripRule::addNamesOf(const StripRule& older)
{
    const auto add = [](std::vector<QByteArray>& texts, const std::vector<QByteArray>& more) {
        for (const QByteArray& text : more) {
            if (std::find(texts.begin(), texts.end(), text) == texts.end())
                texts.push_back(text);
        }
    };
    add(names, older.names);
    add(prefixes, older.prefixes);
}

void writeHeaderChoices(JsonWriter& json, const std::vector<HeaderChoice>& choices)
{
    if (choices.empty())
        return;
    json.key(u"choices").beginArray();
    writeEachChoice(json, choices);
    json.endArray();
}

void writeEachChoice(JsonWriter& json, const std::vector<HeaderChoice>& choices)
{
    for (const HeaderChoice& choice : choices)
        json.beginObject().field(choice.isSent ? u"keep" : u"drop", QString::fromUtf8(choice.pattern)).endObject();
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

PartedHeaders partHeaders(const Headers& letter, const StripRule& rule)
{
    PartedHeaders parted;
    for (const Header& header : letter)
        (leavesBehind(rule, header) ? parted.left : parted.sent).push_back(header);
    return parted;
}

Headers outgoingHeaders(const Headers& letter, const StripRule& rule, QByteArrayView jobId, int generation,
                        QByteArrayView replayOf)
{
    Headers headers;
    headers.reserve(letter.size() + 3);
    std::copy_if(letter.begin(), letter.end(), std::back_inserter(headers),
                 [&rule](const Header& header) { return !leavesBehind(rule, header); });
    headers.push_back({replayIdHeader, jobId.toByteArray()});
    headers.push_back({replayGenerationHeader, QByteArray::number(generation)});
    headers.push_back({replayOfHeader, replayOf.toByteArray()});
    return headers;
}

} // namespace spillway
