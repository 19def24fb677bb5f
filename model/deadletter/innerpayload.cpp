// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/innerpayload.h"

#include "model/base/wordtable.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/jsontree.h"
#include "model/deadletter/soundjson.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<PayloadPlace::As, 4> asWords{{{PayloadPlace::As::Json, u"json"},
                                                  {PayloadPlace::As::Text, u"text"},
                                                  {PayloadPlace::As::Base64, u"base64"},
                                                  {PayloadPlace::As::UForwarder, u"uforwarder"}}};

tl::unexpected<Error> refused(const QString& why)
{
    return fail(ErrorCode::InvalidConfig, why);
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
    const auto json = SoundJson::of(*envelope);
    const auto path = place.pointer.isEmpty() ? JsonPath() : parseJsonPointer(place.pointer);
    if (!json || !path)
        return refused(u"the envelope is no JSON document"_s);
    const auto found = json->at(*path);
    if (!found)
        return refused(u"there is nothing at %1"_s.arg(place.pointer));
    const QByteArrayView token = *found;
    const qsizetype from = token.data() - envelope->constData();
    const bool isText = token.front() == '"';
    if (token == "null")
        return refused(u"null stands at %1"_s.arg(place.pointer));
    if (place.as == PayloadPlace::As::Json)
        return isText ? Result<InnerPayload>(refused(
                            u"a text stands at %1: say what it holds, as: text or as: base64"_s.arg(place.pointer)))
                      : InnerPayload{token.toByteArray(), from, from + token.size()};
    if (!isText || hasLoneSurrogate(token))
        return refused(u"no text stands at %1"_s.arg(place.pointer));
    const QByteArray text = unescapedJson(token).toUtf8();
    if (place.as == PayloadPlace::As::Text)
        return InnerPayload{text, from, from + token.size()};
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return refused(u"no base64 stands at %1"_s.arg(place.pointer));
    return InnerPayload{*decoded, from, from + token.size()};
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
