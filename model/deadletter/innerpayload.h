// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"

#include <QString>

#include <optional>

/// Some frameworks write an envelope: a JSON document with the error beside the payload. A replay sends the payload and
/// not the envelope, so a dialect or a mapping says where it stands; bytes are cut out, never written anew.
namespace spillway {

struct PayloadPlace
{
    enum class As {
        Json,       ///< the value's own bytes, from its first to its last
        Text,       ///< a JSON text that holds the payload, its escapes read
        Base64,     ///< a JSON text that holds it in base64
        UForwarder, ///< no JSON: the proxy's metadata, which holds it (guesseddialects.h); the pointer says nothing
    };
    QString pointer; ///< RFC 6901
    As as = As::Json;
    friend bool operator==(const PayloadPlace&, const PayloadPlace&) = default;
};

[[nodiscard]] QString payloadAsWord(PayloadPlace::As as); ///< json, text, base64
[[nodiscard]] std::optional<PayloadPlace::As> payloadAsFromWord(QStringView word);

struct InnerPayload
{
    QByteArray bytes;
    qsizetype from = 0; ///< where its value stands in the envelope, half-open, quotes included
    qsizetype to = 0;
    friend bool operator==(const InnerPayload&, const InnerPayload&) = default;
};

/// Cuts the payload out. Of a repeated name the last counts. InvalidConfig says in one clause why there is none, never
/// what the envelope holds: no JSON document, nothing there, null, or a value that is not what `as` says. Pure; any
/// thread.
[[nodiscard]] Result<InnerPayload> innerPayload(const std::optional<QByteArray>& envelope, const PayloadPlace& place);

/// What a replay sends of a letter.
struct PayloadToSend
{
    std::optional<PayloadPlace> place; ///< nullopt: the payload as it is
    std::optional<InnerPayload> inner;
    QString refusal;         ///< why it is not sent to its origin; empty: it is
    bool isSentWhole = true; ///< with `--to`; false: not there either
};

/// @param place  of the letter's dialect or mapping
[[nodiscard]] PayloadToSend payloadToSend(const RawRecord& letter, const QString& dialect,
                                          const std::optional<PayloadPlace>& place);

} // namespace spillway
