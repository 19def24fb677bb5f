// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/innerpayload.h"

#include "model/base/wordtable.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/jsoncheck.h"
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/jsontree.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<PayloadPlace::As, 4> asWords{{{PayloadPlace::As::Json, u"json"},
                                                  {PayloadPlace::As::Text, u"text"},
                                                  {PayloadPlace::As::Base64, u"base64"},
                                                  {PayloadPlace::As::UForwarder, u"uforwarder"}}};

/// Walks a document that JsonCheck found sound, so that it needs no checks of its own.
class SoundJson
{
public:
    explicit SoundJson(QByteArrayView json)
        : m_json(json)
    {
    }

    struct Span
    {
        qsizetype from = 0;
        qsizetype to = 0;
    };

    [[nodiscard]] Span document() const { return valueAt(0); }

    /// nullopt: there is no such member.
    [[nodiscard]] std::optional<Span> member(Span of, const JsonStep& step) const
    {
        const char kind = m_json[of.from];
        if (kind != '{' && (kind != '[' || !step.index))
            return std::nullopt;
        std::optional<Span> found;
        std::size_t place = 0;
        for (qsizetype at = next(of.from + 1); at < of.to - 1; ++place) {
            bool isIt = kind == '[' && place == *step.index;
            if (kind == '{') {
                const Span name = valueAt(at);
                isIt = unescapedJson(m_json.sliced(name.from, name.to - name.from)) == step.key;
                at = next(name.to) + 1; // the colon
            }
            const Span value = valueAt(at);
            if (isIt)
                found = value;
            at = next(value.to);
            if (at < of.to - 1)
                at = next(at + 1); // the comma
        }
        return found;
    }

private:
    [[nodiscard]] qsizetype next(qsizetype at) const
    {
        while (at < m_json.size() &&
               (m_json[at] == ' ' || m_json[at] == '\n' || m_json[at] == '\r' || m_json[at] == '\t'))
            ++at;
        return at;
    }

    [[nodiscard]] qsizetype behindText(qsizetype at) const
    {
        for (++at; m_json[at] != '"'; ++at) {
            if (m_json[at] == '\\')
                ++at;
        }
        return at + 1;
    }

    [[nodiscard]] Span valueAt(qsizetype at) const
    {
        const qsizetype from = next(at);
        if (m_json[from] == '"')
            return {from, behindText(from)};
        if (m_json[from] != '{' && m_json[from] != '[') {
            qsizetype to = from;
            while (to < m_json.size() && !QByteArrayView(",]} \n\r\t").contains(m_json[to]))
                ++to;
            return {from, to};
        }
        qsizetype depth = 0;
        qsizetype to = from;
        do {
            const char c = m_json[to];
            if (c == '"') {
                to = behindText(to);
                continue;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            ++to;
        } while (depth > 0);
        return {from, to};
    }

    QByteArrayView m_json;
};

tl::unexpected<Error> refused(const QString& why)
{
    return fail(ErrorCode::InvalidConfig, why);
}

/// Whether half of a surrogate pair is written as an escape: no bytes stand for it.
bool hasLoneSurrogate(QByteArrayView token)
{
    int open = 0; // a high one that waits for its low one
    for (qsizetype at = 1; at < token.size() - 1; ++at) {
        const bool isEscape = token[at] == '\\';
        uint unit = 0;
        if (isEscape && token[at + 1] == 'u') {
            unit = token.sliced(at + 2, 4).toByteArray().toUInt(nullptr, 16);
            at += 5;
        } else if (isEscape) {
            ++at;
        }
        const bool isLow = unit >= 0xDC00 && unit < 0xE000;
        if (isLow != (open == 1))
            return true;
        open = unit >= 0xD800 && unit < 0xDC00 ? 1 : 0;
    }
    return open != 0;
}

} // namespace

QString payloadAsWord(PayloadPlace::As as)
{
    return wordOf(asWords, as);
}

std::optional<PayloadPlace::As> payloadAsFromWord(QStringView word)
{
    return valueOf(asWords, word);
}

Result<InnerPayload> innerPayload(const std::optional<QByteArray>& envelope, const PayloadPlace& place)
{
    if (!envelope || envelope->isEmpty())
        return refused(u"the letter has no payload"_s);
    if (place.as == PayloadPlace::As::UForwarder) {
        const auto data = uForwarderData(*envelope);
        if (!data || data->isEmpty())
            return refused(data ? u"the proxy's metadata holds no payload"_s : u"it is not the proxy's metadata"_s);
        const qsizetype from = data->data() - envelope->constData();
        return InnerPayload{data->toByteArray(), from, from + data->size()};
    }
    if (envelope->size() > largestSearchedJson)
        return refused(u"the envelope is too large to be searched"_s);
    JsonCheck check(*envelope);
    check.advanceTo(envelope->size());
    const auto path = place.pointer.isEmpty() ? JsonPath() : parseJsonPointer(place.pointer);
    if (!check.isDone() || check.fault() || !path)
        return refused(u"the envelope is no JSON document"_s);
    const SoundJson json(*envelope);
    SoundJson::Span at = json.document();
    for (const JsonStep& step : *path) {
        const auto member = json.member(at, step);
        if (!member)
            return refused(u"there is nothing at %1"_s.arg(place.pointer));
        at = *member;
    }
    const QByteArrayView token = QByteArrayView(*envelope).sliced(at.from, at.to - at.from);
    const bool isText = token.front() == '"';
    if (token == "null")
        return refused(u"null stands at %1"_s.arg(place.pointer));
    if (place.as == PayloadPlace::As::Json)
        return isText ? Result<InnerPayload>(refused(
                            u"a text stands at %1: say what it holds, as: text or as: base64"_s.arg(place.pointer)))
                      : InnerPayload{token.toByteArray(), at.from, at.to};
    if (!isText || hasLoneSurrogate(token))
        return refused(u"no text stands at %1"_s.arg(place.pointer));
    const QByteArray text = unescapedJson(token).toUtf8();
    if (place.as == PayloadPlace::As::Text)
        return InnerPayload{text, at.from, at.to};
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return refused(u"no base64 stands at %1"_s.arg(place.pointer));
    return InnerPayload{*decoded, at.from, at.to};
}

PayloadToSend payloadToSend(const RawRecord& letter, const QString& dialect, const std::optional<PayloadPlace>& place)
{
    PayloadToSend sent{.place = place, .inner = {}, .refusal = {}};
    if (place) {
        if (auto inner = innerPayload(letter.value, *place)) {
            sent.inner = std::move(*inner);
        } else {
            sent.refusal = u"the payload cannot be cut out of its envelope: %1"_s.arg(inner.error().detail);
            sent.isSentWhole = false;
        }
    } else if (dialect == u"generic"_s && isEnvelope(letter)) {
        sent.refusal =
            u"an envelope: say in a mapping where its payload is (payload: { payload: /… }), or name a target "
            "for the whole of it with --to"_s;
    }
    return sent;
}

} // namespace spillway
