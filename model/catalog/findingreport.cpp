// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/catalog/cataloglint.h"

#include <QDir>
#include <QSet>
#include <QUrl>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void writePlace(JsonWriter& json, const FilePlace& place)
{
    json.key(u"line");
    place.line > 0 ? json.value(place.line) : json.null();
    json.key(u"column");
    place.column > 0 ? json.value(place.column) : json.null();
}

QString relativeTo(const QString& folder, const QString& file)
{
    const QString path = QDir(folder).relativeFilePath(file);
    return path.startsWith(u"../"_s) ? file : path;
}

QString levelOf(LintSeverity severity)
{
    return severity == LintSeverity::Info ? u"note"_s : lintSeverityWord(severity);
}

void writeLocation(JsonWriter& json, const FilePlace& place, const QString& folder)
{
    const QString path = relativeTo(folder, place.file);
    json.beginObject().key(u"physicalLocation").beginObject().key(u"artifactLocation").beginObject();
    json.field(u"uri", QString::fromLatin1(QUrl::toPercentEncoding(path, "/")));
    if (!QDir::isAbsolutePath(path))
        json.field(u"uriBaseId", u"%SRCROOT%"_s);
    json.endObject();
    if (place.line > 0)
        json.key(u"region")
            .beginObject()
            .field(u"startLine", place.line)
            .field(u"startColumn", std::max(1, place.column))
            .endObject();
    json.endObject().endObject();
}

void writeFix(JsonWriter& json, const FixIt& fix, const QString& folder)
{
    json.key(u"fixes").beginArray().beginObject();
    json.key(u"description").beginObject().field(u"text", fix.title).endObject();
    json.key(u"artifactChanges").beginArray();
    for (const TextEdit& edit : fix.edits) {
        json.beginObject().key(u"artifactLocation").beginObject();
        json.field(u"uri", QString::fromLatin1(QUrl::toPercentEncoding(relativeTo(folder, edit.from.file), "/")));
        json.endObject().key(u"replacements").beginArray().beginObject().key(u"deletedRegion").beginObject();
        json.field(u"startLine", edit.from.line)
            .field(u"startColumn", edit.from.column)
            .field(u"endLine", edit.endLine)
            .field(u"endColumn", edit.endColumn)
            .endObject();
        json.key(u"insertedContent").beginObject().field(u"text", edit.text).endObject();
        json.endObject().endArray().endObject();
    }
    json.endArray().endObject().endArray();
}

void writeResult(JsonWriter& json, const CatalogFinding& finding, const QString& folder, bool isWaived)
{
    json.beginObject().field(u"ruleId", finding.rule).field(u"level", levelOf(finding.severity));
    json.key(u"message").beginObject().field(u"text", finding.message).endObject();
    json.key(u"locations").beginArray();
    writeLocation(json, finding.place, folder);
    json.endArray();
    if (finding.fix)
        writeFix(json, *finding.fix, folder);
    if (isWaived)
        json.key(u"suppressions").beginArray().beginObject().field(u"kind", u"external"_s).endObject().endArray();
    if (!finding.event.isEmpty() || !finding.evidence.isEmpty()) {
        json.key(u"properties").beginObject();
        if (!finding.event.isEmpty())
            json.field(u"event", finding.event);
        if (!finding.evidence.isEmpty())
            json.field(u"evidence", finding.evidence);
        json.endObject();
    }
    json.endObject();
}

} // namespace

QByteArray findingsJson(const std::vector<CatalogFinding>& findings)
{
    JsonWriter json;
    json.beginArray();
    for (const CatalogFinding& finding : findings) {
        json.beginObject().field(u"file", finding.place.file);
        writePlace(json, finding.place);
        json.field(u"rule", finding.rule)
            .field(u"severity", lintSeverityWord(finding.severity))
            .field(u"message", finding.message);
        json.key(u"event");
        finding.event.isEmpty() ? json.null() : json.value(finding.event);
        json.key(u"evidence");
        finding.evidence.isEmpty() ? json.null() : json.value(finding.evidence);
        json.key(u"fix");
        if (finding.fix) {
            json.beginObject().field(u"title", finding.fix->title).field(u"safe", finding.fix->isSafe);
            json.key(u"edits").beginArray();
            for (const TextEdit& edit : finding.fix->edits) {
                json.beginObject().field(u"file", edit.from.file);
                writePlace(json, edit.from);
                json.field(u"endLine", edit.endLine)
                    .field(u"endColumn", edit.endColumn)
                    .field(u"text", edit.text)
                    .endObject();
            }
            json.endArray().endObject();
        } else {
            json.null();
        }
        json.endObject();
    }
    json.endArray();
    return json.json();
}

std::vector<FindingLine> foldedFindings(const std::vector<CatalogFinding>& findings)
{
    constexpr std::size_t mostAlike = 12;
    constexpr std::size_t toldOfMany = 10;
    std::vector<FindingLine> lines;
    for (std::size_t first = 0, end = 0; first < findings.size(); first = end) {
        while (end < findings.size() && findings[end].place == findings[first].place &&
               findings[end].rule == findings[first].rule)
            ++end;
        const std::size_t told = end - first > mostAlike ? toldOfMany : end - first;
        for (std::size_t at = first; at < first + told; ++at)
            lines.push_back({.at = at, .count = 1});
        if (first + told < end)
            lines.push_back({.at = first + told, .count = end - first - told});
    }
    return lines;
}

QString findingsText(const LintResult& result, const QString& folder)
{
    QString out;
    for (const FindingLine& line : foldedFindings(result.findings)) {
        const CatalogFinding& finding = result.findings[line.at];
        QString head = visibleText(relativeTo(folder, finding.place.file));
        if (finding.place.line > 0)
            head += u":%1:%2"_s.arg(finding.place.line).arg(finding.place.column);
        head += u": %1 %2: "_s.arg(lintSeverityWord(finding.severity), finding.rule);
        if (line.count > 1) {
            out += head +
                   u"%1 more like this; --json lists them all\n"_s.arg(formatCount(static_cast<qint64>(line.count)));
            continue;
        }
        out += head + visibleText(finding.message) + u'\n';
        if (!finding.evidence.isEmpty())
            out += u"    "_s + visibleText(finding.evidence) + u'\n';
        if (finding.fix)
            out += u"    fix: "_s + visibleText(finding.fix->title) + u'\n';
    }
    out += u"%1, %2, %3 info"_s.arg(counted(result.count(LintSeverity::Error), u"error"_s),
                                    counted(result.count(LintSeverity::Warning), u"warning"_s),
                                    formatCount(result.count(LintSeverity::Info)));
    if (!result.waived.empty())
        out += u"; %1 waived"_s.arg(formatCount(static_cast<qint64>(result.waived.size())));
    return out + u'\n';
}

QByteArray findingsSarif(const LintResult& result, const QString& folder)
{
    JsonWriter json;
    json.beginObject()
        .field(u"$schema", u"https://json.schemastore.org/sarif-2.1.0.json"_s)
        .field(u"version", u"2.1.0"_s);
    json.key(u"runs").beginArray().beginObject().key(u"tool").beginObject().key(u"driver").beginObject();
    json.field(u"name", u"spillwayctl"_s).field(u"version", QStringLiteral(SPILLWAY_VERSION));
    json.key(u"rules").beginArray();
    for (const LintRule& rule : lintRules()) {
        json.beginObject().field(u"id", rule.id);
        json.key(u"shortDescription").beginObject().field(u"text", rule.title).endObject();
        json.key(u"defaultConfiguration").beginObject().field(u"level", levelOf(rule.severity)).endObject();
        json.endObject();
    }
    json.endArray().endObject().endObject();
    json.field(u"columnKind", u"unicodeCodePoints"_s);
    json.key(u"results").beginArray();
    for (const CatalogFinding& finding : result.findings)
        writeResult(json, finding, folder, false);
    for (const CatalogFinding& finding : result.waived)
        writeResult(json, finding, folder, true);
    json.endArray().endObject().endArray().endObject();
    return json.json();
}

} // namespace spillway
