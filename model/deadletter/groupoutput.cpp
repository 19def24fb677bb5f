// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupoutput.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString lettersOf(std::int64_t count)
{
    return u"%1 %2"_s.arg(formatCount(count), count == 1 ? u"letter"_s : u"letters"_s);
}

QString partLabel(const QString& name)
{
    if (name == u"rootCause")
        return u"Root cause"_s;
    if (name == u"eventType")
        return u"Event type"_s;
    QString label = name;
    label[0] = label[0].toUpper();
    return label;
}

void writePivot(JsonWriter& json, const std::vector<PivotRow>& rows)
{
    json.beginArray();
    for (const PivotRow& row : rows) {
        json.beginObject()
            .field(u"field", pivotFieldName(row.field))
            .field(u"value", row.value)
            .field(u"label", row.value ? std::optional(row.label) : std::nullopt)
            .field(u"count", row.count)
            .field(u"open", row.openCount)
            .field(u"query", row.query.isEmpty() ? std::nullopt : std::optional(row.query));
        if (!row.parts.empty()) {
            json.key(u"parts");
            writePivot(json, row.parts);
        }
        json.endObject();
    }
    json.endArray();
}

void addPivotLines(QString& text, const std::vector<PivotRow>& rows, const QString& indent)
{
    for (const PivotRow& row : rows) {
        const QString open = row.openCount == row.count ? QString() : u"  (%1 open)"_s.arg(formatCount(row.openCount));
        text += u"%1 %2%3%4\n"_s.arg(formatCount(row.count).rightJustified(10), indent,
                                     row.value ? visibleText(row.label) : u"not told"_s, open);
        addPivotLines(text, row.parts, indent + u"    "_s);
    }
}

} // namespace

QByteArray groupWhyJson(const GroupWhy& why)
{
    JsonWriter json;
    json.beginObject()
        .field(u"id", why.id)
        .field(u"title", why.title)
        .field(u"version", why.version)
        .field(u"rule", why.rule)
        .field(u"letter", why.letterId.isEmpty() ? std::nullopt : std::optional(why.letterId))
        .field(u"nowElsewhere", why.nowElsewhere)
        .field(u"splitBySeq", why.splitBySeq);
    json.key(u"parts").beginArray();
    for (const GroupWhy::Part& part : why.parts)
        json.beginObject()
            .field(u"name", part.name)
            .field(u"value", part.value)
            .field(u"source", part.source)
            .endObject();
    json.endArray().key(u"folded").beginArray();
    for (const Folding& folding : why.foldings)
        json.beginObject().field(u"from", folding.from).field(u"placeholder", folding.placeholder).endObject();
    json.endArray().key(u"members").beginArray();
    for (const GroupWhy::Member& member : why.members)
        json.beginObject()
            .field(u"id", member.id)
            .field(u"title", member.title)
            .field(u"count", member.letters)
            .field(u"mergedBySeq", member.mergedBySeq)
            .endObject();
    json.endArray().key(u"otherIds").beginArray();
    for (const QString& name : why.otherNames)
        json.value(name);
    json.endArray().endObject();
    return json.json();
}

QString groupWhyText(const GroupWhy& why)
{
    QString text = u"%1  %2\n"_s.arg(why.id, visibleText(why.title));
    if (why.splitBySeq)
        text += u"A person took these letters out of their groups (ledger event %1).\n"_s.arg(*why.splitBySeq);
    if (why.version > 0 && !why.parts.empty())
        text += u"Letters are one group when all of these are alike (fingerprint version %1):\n"_s.arg(why.version);
    for (const GroupWhy::Part& part : why.parts)
        text += u"  %1 %2\n  %3 %4\n"_s.arg(partLabel(part.name).leftJustified(11),
                                            part.value ? visibleText(*part.value) : u"–"_s, QString(11, u' '),
                                            u"("_s + part.source + u")"_s);
    if (why.rule)
        text += u"Rule of grouping.yaml: %1\n"_s.arg(visibleText(*why.rule));
    if (!why.foldings.empty()) {
        text += u"Folded in the message of letter %1:\n"_s.arg(why.letterId);
        for (const Folding& folding : why.foldings)
            text += u"  %1  →  %2\n"_s.arg(visibleText(folding.from), folding.placeholder);
    }
    if (why.nowElsewhere)
        text += u"By the rules of now that letter would be in %1; `spillwayctl dlq regroup` moves old letters.\n"_s.arg(
            *why.nowElsewhere);
    if (why.members.size() > 1) {
        text += u"Shown together:\n"_s;
        for (const GroupWhy::Member& member : why.members)
            text += u"  %1  %2, %3%4\n"_s.arg(
                member.id, visibleText(member.title), lettersOf(member.letters),
                member.mergedBySeq ? u" (merged by ledger event %1)"_s.arg(*member.mergedBySeq) : QString());
    }
    if (!why.otherNames.isEmpty())
        text += u"Also called: %1\n"_s.arg(why.otherNames.join(u", "_s));
    return text;
}

QByteArray pivotJson(const std::vector<PivotRow>& rows)
{
    JsonWriter json;
    writePivot(json, rows);
    return json.json();
}

QString pivotText(const std::vector<PivotRow>& rows)
{
    if (rows.empty())
        return u"No dead letters.\n"_s;
    QString text = u"%1 %2\n"_s.arg(u"LETTERS"_s.rightJustified(10), pivotFieldName(rows.front().field).toUpper());
    addPivotLines(text, rows, QString());
    return text;
}

QByteArray regroupPreviewJson(const RegroupPreview& preview)
{
    JsonWriter json;
    json.beginObject()
        .field(u"letters", preview.letters)
        .field(u"moved", preview.moved)
        .field(u"groupsBefore", preview.groupsBefore)
        .field(u"groupsAfter", preview.groupsAfter);
    json.key(u"moves").beginArray();
    for (const RegroupPreview::Move& move : preview.moves)
        json.beginObject()
            .field(u"from", move.from)
            .field(u"fromTitle", move.fromTitle)
            .field(u"into", move.into)
            .field(u"intoTitle", move.intoTitle)
            .field(u"letters", move.letters)
            .field(u"joins", move.joins)
            .field(u"splits", move.splits)
            .endObject();
    json.endArray().endObject();
    return json.json();
}

QString regroupPreviewText(const RegroupPreview& preview)
{
    const QString groups =
        preview.groupsBefore == 1 ? u"1 group"_s : u"%1 groups"_s.arg(formatCount(preview.groupsBefore));
    if (preview.moved == 0)
        return u"Nothing would change: %1 in %2.\n"_s.arg(lettersOf(preview.letters), groups);
    QString text = u"%1 of %2 would move; %3 would be %4.\n"_s.arg(
        formatCount(preview.moved), lettersOf(preview.letters), groups, formatCount(preview.groupsAfter));
    for (const RegroupPreview::Move& move : preview.moves) {
        const QString how = move.joins && move.splits ? u"splits off and joins"_s
                            : move.joins              ? u"joins"_s
                            : move.splits             ? u"splits off into"_s
                                                      : u"becomes"_s;
        text +=
            u"%1  %2 %3  %4  %5 %6\n"_s.arg(lettersOf(move.letters).rightJustified(16), move.from,
                                            visibleText(move.fromTitle), how, move.into, visibleText(move.intoTitle));
    }
    return text;
}

QByteArray regroupProgressJson(const RegroupProgress& progress)
{
    JsonWriter json;
    json.beginObject()
        .field(u"done", progress.done)
        .field(u"total", progress.total)
        .field(u"moved", progress.moved)
        .endObject();
    return json.json();
}

} // namespace spillway
