// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettercomparison.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/headerrows.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostShown = 400; // bytes

QString placeText(const RawRecord& record)
{
    return u"%1 [%2] @ %3"_s.arg(visibleText(record.at.topic)).arg(record.at.partition).arg(record.offset.value);
}

void writePlace(JsonWriter& json, const std::optional<RawRecord>& record)
{
    if (!record) {
        json.null();
        return;
    }
    json.beginObject()
        .field(u"topic", record->at.topic)
        .field(u"partition", record->at.partition)
        .field(u"offset", static_cast<std::int64_t>(record->offset.value))
        .field(u"timestamp", record->timestamp)
        .endObject();
}

void writeChanges(JsonWriter& json, const PayloadDiff& diff)
{
    json.beginObject()
        .field(u"method", diffMethodWord(diff.method))
        .field(u"isSameValue", diff.isSameValue())
        .field(u"isWhole", diff.isWhole)
        .key(u"changes")
        .beginArray();
    for (const PayloadChange& change : diff.changes)
        json.beginObject()
            .field(u"kind", changeWord(change.kind))
            .field(u"path", change.path)
            .bytesField(u"before", change.before)
            .bytesField(u"after", change.after)
            .field(u"isMasked", change.isMasked)
            .endObject();
    json.endArray().field(u"moreChanges", diff.moreChanges).key(u"notes").beginArray();
    for (const QString& note : diff.notes)
        json.value(note);
    json.endArray().endObject();
}

void writeHeaders(JsonWriter& json, const Headers& headers)
{
    json.beginArray();
    for (const Header& header : headers)
        json.beginObject().bytesField(u"name", header.name).bytesField(u"value", header.value).endObject();
    json.endArray();
}

QString headerShown(const std::optional<Header>& header, const Dialect* dialect)
{
    if (!header)
        return {};
    const auto decoded = decodedText(*header, dialect);
    return decoded ? *decoded : shownBytes(header->value);
}

QString maskedLine(const QString& what)
{
    return u"! %1: differs, masked\n"_s.arg(what);
}

QString lineOf(PayloadChange::Kind kind, const QString& what, const QString& before, const QString& after)
{
    switch (kind) {
    case PayloadChange::Kind::Added:
        return u"+ %1: %2\n"_s.arg(what, after);
    case PayloadChange::Kind::Removed:
        return u"- %1: %2\n"_s.arg(what, before);
    case PayloadChange::Kind::Changed:
        return u"! %1: %2 → %3\n"_s.arg(what, before, after);
    case PayloadChange::Kind::Respelled:
        return u"~ %1: %2 → %3 (the same value)\n"_s.arg(what, before, after);
    }
    return {};
}

} // namespace

QString compareWithWord(CompareWith with)
{
    switch (with) {
    case CompareWith::Origin:
        return u"origin"_s;
    case CompareWith::LastGood:
        return u"lastGood"_s;
    case CompareWith::Letter:
        return u"letter"_s;
    }
    return {};
}

QString shownBytes(const std::optional<QByteArray>& bytes)
{
    if (!bytes)
        return u"null"_s;
    const QByteArrayView head = QByteArrayView(*bytes).first(std::min(bytes->size(), mostShown));
    const bool isText = isUtf8(*bytes) && !bytes->contains('\0'); // text holds no zero byte; small numbers do
    const QString text = isText ? visibleBytes(head) : u"0x"_s + QString::fromLatin1(head.toByteArray().toHex());
    return head.size() < bytes->size() ? text + u'…' : text;
}

ShownHeaderChange shownChange(const HeaderChange& change, const LetterComparison& comparison,
                              const DialectRegistry& dialects)
{
    return {headerShown(change.before, dialects.dialect(comparison.beforeDialect)),
            headerShown(change.after, dialects.dialect(comparison.afterDialect))};
}

LetterComparison compareWithOrigin(const DeadLetter& letter, const OriginRecord& origin, const std::stop_token& stop)
{
    LetterComparison comparison{.with = CompareWith::Origin,
                                .letterId = letter.id,
                                .otherId = {},
                                .before = origin.record,
                                .after = letter.record,
                                .beforeDialect = letter.facts.dialect,
                                .afterDialect = letter.facts.dialect,
                                .answer = origin.answer,
                                .because = origin.because,
                                .diff = {}};
    if (origin.record)
        comparison.diff = diffRecords(*origin.record, letter.record, stop);
    return comparison;
}

LetterComparison compareWithLastGood(const DeadLetter& letter, const LastGood& good, const std::stop_token& stop)
{
    LetterComparison comparison{.with = CompareWith::LastGood,
                                .letterId = letter.id,
                                .otherId = {},
                                .before = good.record,
                                .after = letter.record,
                                .beforeDialect = letter.facts.dialect,
                                .afterDialect = letter.facts.dialect,
                                .answer = {},
                                .because = good.because,
                                .diff = {}};
    if (good.record)
        comparison.diff = diffRecords(*good.record, letter.record, stop);
    return comparison;
}

LetterComparison compareLetters(const DeadLetter& first, const DeadLetter& second, const std::stop_token& stop)
{
    return {.with = CompareWith::Letter,
            .letterId = first.id,
            .otherId = second.id,
            .before = first.record,
            .after = second.record,
            .beforeDialect = first.facts.dialect,
            .afterDialect = second.facts.dialect,
            .answer = {},
            .because = {},
            .diff = diffRecords(first.record, second.record, stop)};
}

QByteArray comparisonJson(const LetterComparison& comparison)
{
    JsonWriter json;
    json.beginObject()
        .field(u"letter", comparison.letterId)
        .field(u"with", compareWithWord(comparison.with))
        .field(u"otherLetter", comparison.otherId)
        .field(u"answer", comparison.answer ? std::optional(originAnswerWord(*comparison.answer)) : std::nullopt)
        .field(u"because", comparison.because.isEmpty() ? std::optional<QString>() : comparison.because);
    json.key(u"before");
    writePlace(json, comparison.before);
    json.key(u"after");
    writePlace(json, comparison.after);
    json.key(u"payload");
    if (comparison.diff)
        writeChanges(json, comparison.diff->payload);
    else
        json.null();
    json.key(u"headers");
    if (comparison.diff) {
        json.beginArray();
        for (const HeaderChange& change : comparison.diff->headers) {
            json.beginObject()
                .field(u"kind", changeWord(change.kind))
                .bytesField(u"name", change.name)
                .field(u"occurrence", change.occurrence)
                .bytesField(u"before", change.before ? change.before->value : std::nullopt)
                .bytesField(u"after", change.after ? change.after->value : std::nullopt)
                .field(u"isMasked", change.isMasked)
                .endObject();
        }
        json.endArray()
            .field(u"isHeaderOrderChanged", comparison.diff->isHeaderOrderChanged)
            .field(u"isKeyChanged", comparison.diff->isKeyChanged);
    } else {
        json.null();
    }
    json.endObject();
    return json.json();
}

QString comparisonText(const LetterComparison& comparison, const DialectRegistry& dialects)
{
    QString text;
    if (comparison.before)
        text += u"first   %1\n"_s.arg(placeText(*comparison.before));
    if (comparison.after)
        text += u"second  %1\n"_s.arg(placeText(*comparison.after));
    if (!comparison.because.isEmpty())
        text += comparison.because + u'\n';
    if (!comparison.diff)
        return text;
    const RecordDiff& diff = *comparison.diff;
    text += u"\nPayload\n"_s;
    if (diff.payload.method == PayloadDiff::Method::SameBytes)
        text += u"  the same, byte for byte\n"_s;
    for (const PayloadChange& change : diff.payload.changes) {
        const QString where = change.path.isEmpty() ? u"(all)"_s : visibleText(change.path);
        text += u"  "_s + (change.isMasked
                               ? maskedLine(where)
                               : lineOf(change.kind, where, change.before ? shownBytes(change.before) : QString(),
                                        change.after ? shownBytes(change.after) : QString()));
    }
    if (diff.payload.moreChanges > 0)
        text += u"  … and %1 more\n"_s.arg(formatCount(diff.payload.moreChanges));
    for (const QString& note : diff.payload.notes)
        text += u"  (%1)\n"_s.arg(note);
    text += u"\nHeaders\n"_s;
    if (diff.headers.empty())
        text += u"  the same\n"_s;
    for (const HeaderChange& change : diff.headers) {
        const QString name = change.occurrence == 1 ? visibleBytes(change.name)
                                                    : u"%1 #%2"_s.arg(visibleBytes(change.name)).arg(change.occurrence);
        const ShownHeaderChange shown = shownChange(change, comparison, dialects);
        text += u"  "_s + (change.isMasked ? maskedLine(name) : lineOf(change.kind, name, shown.before, shown.after));
    }
    if (diff.isHeaderOrderChanged)
        text += u"  (they stand in another order)\n"_s;
    if (diff.isKeyChanged)
        text += u"\nThe key is another one.\n"_s;
    return text;
}

QByteArray originJson(const DeadLetter& letter, const OriginRecord& origin)
{
    JsonWriter json;
    json.beginObject()
        .field(u"letter", letter.id)
        .field(u"answer", originAnswerWord(origin.answer))
        .field(u"because", origin.because)
        .field(u"topic", letter.facts.originTopic)
        .field(u"partition", letter.facts.originPartition)
        .field(u"offset", letter.facts.originOffset
                              ? std::optional(static_cast<std::int64_t>(letter.facts.originOffset->value))
                              : std::nullopt)
        .field(u"deliveredTopic", letter.facts.deliveredTopic)
        .field(u"deliveredPartition", letter.facts.deliveredPartition)
        .field(u"deliveredOffset", letter.facts.deliveredOffset
                                       ? std::optional(static_cast<std::int64_t>(letter.facts.deliveredOffset->value))
                                       : std::nullopt)
        .field(u"logStart",
               origin.bounds ? std::optional(static_cast<std::int64_t>(origin.bounds->logStart.value)) : std::nullopt)
        .field(u"end",
               origin.bounds ? std::optional(static_cast<std::int64_t>(origin.bounds->end.value)) : std::nullopt)
        .field(u"timestamp", origin.record ? origin.record->timestamp : std::nullopt)
        .bytesField(u"key", origin.record ? origin.record->key : std::nullopt)
        .key(u"headers");
    if (origin.record)
        writeHeaders(json, origin.record->headers);
    else
        json.null();
    json.bytesField(u"value", origin.record ? origin.record->value : std::nullopt).endObject();
    return json.json();
}

QString originText(const DeadLetter& letter, const OriginRecord& origin, const DialectRegistry& dialects)
{
    QString text;
    if (letter.facts.originTopic && letter.facts.originPartition && letter.facts.originOffset)
        text += u"Origin  %1 [%2] @ %3\n"_s.arg(visibleText(*letter.facts.originTopic))
                    .arg(*letter.facts.originPartition)
                    .arg(letter.facts.originOffset->value);
    if (letter.facts.deliveredTopic && letter.facts.deliveredPartition && letter.facts.deliveredOffset)
        text += u"Delivered as  %1 [%2] @ %3\n"_s.arg(visibleText(*letter.facts.deliveredTopic))
                    .arg(*letter.facts.deliveredPartition)
                    .arg(letter.facts.deliveredOffset->value);
    text += u"%1: %2\n"_s.arg(originAnswerWord(origin.answer), origin.because);
    if (!origin.record)
        return text;
    const RawRecord& record = *origin.record;
    text += u"Published  %1\nKey  %2\n\nHeaders\n"_s.arg(record.timestamp ? formatUtc(*record.timestamp) : u"unknown"_s,
                                                         shownBytes(record.key));
    const Dialect* dialect = dialects.dialect(letter.facts.dialect);
    for (const Header& header : record.headers)
        text += u"  %1: %2\n"_s.arg(visibleBytes(header.name), headerShown(header, dialect));
    text += u"\nPayload\n"_s + (record.value ? visibleBytes(*record.value, true) : u"null"_s) + u'\n';
    return text;
}

} // namespace spillway
