// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"
#include "model/schema/decodedpayload.h"

/// What `spillwayctl dlq show` says of schemas. Pure.
namespace spillway {

[[nodiscard]] std::optional<QString> verdictWord(const std::optional<SchemaVerdict>& verdict);

/// Fields of the letter's object: what the schemas say now, its errors, and the payload made readable.
void writeSchema(JsonWriter& json, const DecodedPayload& payload);

/// `invalid by order/order.created.v3.json (when it was read: valid by version 2)`.
[[nodiscard]] QString schemaLine(const LetterVerdict& stored, const SchemaJudgement& now);
/// Paragraphs with errors, reasons and the decoded payload; each begins with an empty line; may be empty.
[[nodiscard]] QString schemaText(const DecodedPayload& payload);

} // namespace spillway
