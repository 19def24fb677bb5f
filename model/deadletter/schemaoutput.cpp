// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/schemaoutput.h"

#include "model/base/text.h"
#include "model/deadletter/payloadtext.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString formatWord(DecodedPayload::Format format)
{
    switch (format) {
    case DecodedPayload::Format::Json:
        return u"json"_s;
    case DecodedPayload::Format::Avro:
        return u"avro"_s;
    case DecodedPayload::Format::Protobuf:
        return u"protobuf"_s;
    case DecodedPayload::Format::Other:
        return u"other"_s;
    }
    return {};
}

std::optional<QString> told(const QString& text)
{
    return text.isEmpty() ? std::nullopt : std::optional(text);
}

QString storedText(const LetterVerdict& stored)
{
    QString text = verdictWord(stored.verdict).value_or(u"not judged"_s);
    if (stored.version)
        text += u" by version %1"_s.arg(*stored.version);
    return text;
}

} // namespace

std::optional<QString> verdictWord(const std::optional<SchemaVerdict>& verdict)
{
    return verdict ? std::optional(schemaVerdictWord(*verdict)) : std::nullopt;
}

void writeSchema(JsonWriter& json, const DecodedPayload& payload)
{
    const SchemaJudgement& judgement = payload.judgement;
    json.key(u"schemaNow").beginObject();
    json.field(u"verdict", verdictWord(judgement.verdict))
        .field(u"file", told(judgement.schemaFile))
        .field(u"version", judgement.version)
        .key(u"reasons")
        .beginArray();
    for (const QString& reason : judgement.reasons)
        json.value(reason);
    json.endArray().endObject();
    json.key(u"schemaErrors").beginArray();
    for (const SchemaError& error : judgement.errors) {
        json.beginObject()
            .field(u"path", error.path)
            .field(u"keyword", error.keyword)
            .field(u"message", error.message)
            .field(u"schemaPath", error.schemaPath)
            .field(u"firstByte", error.first)
            .field(u"lastByte", error.last)
            .endObject();
    }
    json.endArray();
    json.field(u"payloadFormat", formatWord(payload.format)).field(u"wireFormat", told(payload.wire)).key(u"decoded");
    payload.text ? json.raw(*payload.text) : json.null();
    json.field(u"decodedNote", told(payload.note));
}

QString schemaLine(const LetterVerdict& stored, const SchemaJudgement& now)
{
    if (now.schemaFile.isEmpty())
        return stored.verdict ? u"none at hand (when it was read: %1)"_s.arg(storedText(stored)) : u"none at hand"_s;
    QString text = u"%1 by %2"_s.arg(verdictWord(now.verdict).value_or(u"not judged"_s), visibleText(now.schemaFile));
    if (stored.verdict != now.verdict || stored.version != now.version)
        text += u" (when it was read: %1)"_s.arg(storedText(stored));
    return text;
}

QString schemaText(const DecodedPayload& payload)
{
    QString text;
    const SchemaJudgement& judgement = payload.judgement;
    if (!judgement.errors.empty()) {
        text += u"\nDoes not fit the schema\n"_s;
        for (const SchemaError& error : judgement.errors)
            text += u"  %1: %2 (%3)\n"_s.arg(error.path.isEmpty() ? u"whole payload"_s : visibleText(error.path),
                                             visibleText(error.message), error.keyword);
    }
    if (!judgement.reasons.isEmpty()) {
        text += judgement.verdict == SchemaVerdict::Unknown ? u"\nThe schema cannot tell\n"_s : u"\nNoted\n"_s;
        for (const QString& reason : judgement.reasons)
            text += u"  %1\n"_s.arg(visibleText(reason));
    }
    if (payload.wire.isEmpty() && payload.note.isEmpty() && !payload.text)
        return text;
    text += u"\nDecoded\n"_s;
    if (!payload.wire.isEmpty())
        text += u"  %1\n"_s.arg(visibleText(payload.wire));
    if (!payload.note.isEmpty())
        text += u"  %1\n"_s.arg(visibleText(payload.note));
    if (payload.text) {
        const auto pretty = prettyJson(*payload.text);
        text += visibleBytes(pretty ? pretty->text : *payload.text, true) + u'\n';
    }
    return text;
}

} // namespace spillway
