// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilityformats.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QUrl>
#include <QXmlStreamWriter>

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isFinding(const SchemaChange& change)
{
    return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
}

QString levelWords(const SchemaChange& change)
{
    QStringList words;
    for (const CompatibilityLevel level : change.levels)
        words.append(compatibilityLevelWord(level));
    return words.join(u", ");
}

QString versions(const SchemaChange& change)
{
    return change.from == change.to ? u"%1 v%2"_s.arg(change.eventType).arg(change.to)
                                    : u"%1 v%2 to v%3"_s.arg(change.eventType).arg(change.from).arg(change.to);
}

QString sentence(const SchemaChange& change)
{
    QString text = u"%1: %2"_s.arg(versions(change), change.difference.message);
    if (!change.consumers.isEmpty())
        text += u" (read by %1)"_s.arg(change.consumers.join(u", "));
    return visibleText(text);
}

/// A path as a URI reference: relative ones stay so.
QString uriOf(const QString& file)
{
    return file.startsWith(u'/') ? QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded)
                                 : QString::fromLatin1(QUrl::toPercentEncoding(file, "/"));
}

void writeLocation(JsonWriter& json, const QString& file, int line, int column)
{
    json.beginObject().key(u"physicalLocation").beginObject();
    json.key(u"artifactLocation").beginObject().field(u"uri", uriOf(file)).endObject();
    json.key(u"region").beginObject();
    json.field(u"startLine", std::max(line, 1)).field(u"startColumn", std::max(column, 1));
    json.endObject().endObject().endObject();
}

/// `propertyRemoved` becomes `Property removed`.
QString asWords(const QString& kind)
{
    QString words;
    for (const QChar c : kind) {
        if (c == u'_')
            words += u' ';
        else if (c.isUpper() && !words.isEmpty())
            words += u' ' + c.toLower();
        else
            words += words.isEmpty() ? c.toUpper() : c;
    }
    return words;
}

/// GitHub reads these as its own.
QString escaped(QString text, bool isProperty)
{
    text.replace(u'%', u"%25"_s).replace(u'\r', u"%0D"_s).replace(u'\n', u"%0A"_s);
    if (isProperty)
        text.replace(u':', u"%3A"_s).replace(u',', u"%2C"_s);
    return text;
}

} // namespace

QByteArray compatibilityAsSarif(const CompatibilityReport& report)
{
    std::map<QString, int> rules;
    for (const SchemaChange& change : report.changes) {
        if (change.verdict != ChangeVerdict::Compatible)
            rules.emplace(change.difference.kind, 0);
    }
    int next = 0;
    for (auto& [kind, index] : rules)
        index = next++;
    JsonWriter json;
    json.beginObject();
    json.field(u"$schema", u"https://json.schemastore.org/sarif-2.1.0.json"_s).field(u"version", u"2.1.0"_s);
    json.key(u"runs").beginArray().beginObject();
    json.key(u"tool").beginObject().key(u"driver").beginObject();
    json.field(u"name", u"Spillway"_s).field(u"version", QString::fromLatin1(SPILLWAY_VERSION));
    json.key(u"rules").beginArray();
    for (const auto& [kind, index] : rules) {
        json.beginObject().field(u"id", u"schema/"_s + kind);
        json.key(u"shortDescription").beginObject().field(u"text", asWords(kind)).endObject();
        json.endObject();
    }
    json.endArray().endObject().endObject();
    json.field(u"columnKind", u"utf16CodeUnits"_s);
    json.key(u"invocations").beginArray().beginObject();
    bool ran = true;
    for (const FileIssue& issue : report.issues)
        ran = ran && issue.severity != IssueSeverity::Error;
    json.field(u"executionSuccessful", ran);
    json.key(u"toolExecutionNotifications").beginArray();
    for (const FileIssue& issue : report.issues) {
        json.beginObject();
        json.field(u"level", issue.severity == IssueSeverity::Error ? u"error"_s : u"warning"_s);
        json.key(u"message").beginObject().field(u"text", u"%1; %2"_s.arg(issue.message, issue.remedy)).endObject();
        json.key(u"locations").beginArray();
        writeLocation(json, issue.place.file, issue.place.line, issue.place.column);
        json.endArray().endObject();
    }
    json.endArray().endObject().endArray();
    json.key(u"results").beginArray();
    for (const SchemaChange& change : report.changes) {
        if (change.verdict == ChangeVerdict::Compatible)
            continue;
        json.beginObject();
        json.field(u"ruleId", u"schema/"_s + change.difference.kind)
            .field(u"ruleIndex", rules.at(change.difference.kind));
        json.field(u"level", change.verdict == ChangeVerdict::Breaking    ? u"error"_s
                             : change.verdict == ChangeVerdict::Undecided ? u"warning"_s
                                                                          : u"note"_s);
        json.key(u"message").beginObject().field(u"text", sentence(change)).endObject();
        json.key(u"locations").beginArray();
        const SchemaPosition& place = change.difference.place;
        writeLocation(json, place.file, place.line, place.column);
        json.endArray();
        // The same finding of the next run is the same, whatever lines came before it.
        json.key(u"partialFingerprints").beginObject();
        json.field(u"schemaChange/v1", u"%1/%2/%3/%4/%5"_s.arg(change.eventType)
                                           .arg(change.from)
                                           .arg(change.to)
                                           .arg(change.difference.kind, change.difference.path));
        json.endObject();
        if (change.verdict == ChangeVerdict::Waived) {
            json.key(u"suppressions").beginArray().beginObject();
            json.field(u"kind", u"external"_s).field(u"status", u"accepted"_s).field(u"justification", change.waiver);
            json.endObject().endArray();
        }
        json.key(u"properties").beginObject();
        json.field(u"event", change.eventType).field(u"from", change.from).field(u"to", change.to);
        json.field(u"path", change.difference.path).field(u"levels", levelWords(change));
        if (change.counterexample)
            json.field(u"counterexample", QString::fromUtf8(*change.counterexample));
        json.endObject().endObject();
    }
    json.endArray().endObject().endArray().endObject();
    return json.json() + '\n';
}

QByteArray compatibilityAsJUnit(const CompatibilityReport& report)
{
    using Pair = std::pair<int, int>;
    std::map<QString, std::map<Pair, std::vector<const SchemaChange*>>> suites;
    for (const SchemaChange& change : report.changes)
        suites[change.eventType][{change.from, change.to}].push_back(&change);
    const auto isFailed = [](const auto& changes) {
        return std::any_of(changes.begin(), changes.end(),
                           [](const SchemaChange* change) { return isFinding(*change); });
    };
    std::vector<const FileIssue*> errors;
    for (const FileIssue& issue : report.issues) {
        if (issue.severity == IssueSeverity::Error)
            errors.push_back(&issue);
    }
    qsizetype cases = static_cast<qsizetype>(errors.size());
    qsizetype failures = 0;
    for (const auto& [event, pairs] : suites) {
        for (const auto& [pair, changes] : pairs) {
            ++cases;
            failures += isFailed(changes) ? 1 : 0;
        }
    }
    QByteArray out;
    QXmlStreamWriter xml(&out);
    xml.setAutoFormatting(true);
    xml.writeStartDocument();
    xml.writeStartElement(u"testsuites"_s);
    xml.writeAttribute(u"name"_s, u"schema check"_s);
    xml.writeAttribute(u"tests"_s, QString::number(cases));
    xml.writeAttribute(u"failures"_s, QString::number(failures));
    xml.writeAttribute(u"errors"_s, QString::number(errors.size()));
    for (const auto& [event, pairs] : suites) {
        xml.writeStartElement(u"testsuite"_s);
        xml.writeAttribute(u"name"_s, visibleText(event));
        xml.writeAttribute(u"tests"_s, QString::number(pairs.size()));
        xml.writeAttribute(u"failures"_s,
                           QString::number(std::count_if(pairs.begin(), pairs.end(),
                                                         [&](const auto& pair) { return isFailed(pair.second); })));
        xml.writeAttribute(u"errors"_s, u"0"_s);
        for (const auto& [pair, changes] : pairs) {
            xml.writeStartElement(u"testcase"_s);
            xml.writeAttribute(u"classname"_s, visibleText(event));
            xml.writeAttribute(u"name"_s, pair.first == pair.second ? u"v%1"_s.arg(pair.second)
                                                                    : u"v%1 to v%2"_s.arg(pair.first).arg(pair.second));
            xml.writeAttribute(u"file"_s, visibleText(changes.front()->difference.place.file));
            QStringList lines;
            for (const SchemaChange* change : changes) {
                if (isFinding(*change))
                    lines.append(u"%1:%2:%3: %4 (%5)%6"_s.arg(
                        visibleText(change->difference.place.file), QString::number(change->difference.place.line),
                        QString::number(change->difference.place.column), sentence(*change), levelWords(*change),
                        change->counterexample
                            ? u"\n  for example "_s + visibleText(QString::fromUtf8(*change->counterexample))
                            : QString()));
            }
            if (!lines.isEmpty()) {
                xml.writeStartElement(u"failure"_s);
                xml.writeAttribute(u"type"_s, u"incompatible"_s);
                xml.writeAttribute(u"message"_s, u"%1 changes break it"_s.arg(lines.size()));
                xml.writeCharacters(lines.join(u'\n'));
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }
    if (!errors.empty()) {
        xml.writeStartElement(u"testsuite"_s);
        xml.writeAttribute(u"name"_s, u"files"_s);
        xml.writeAttribute(u"tests"_s, QString::number(errors.size()));
        xml.writeAttribute(u"failures"_s, u"0"_s);
        xml.writeAttribute(u"errors"_s, QString::number(errors.size()));
        for (const FileIssue* issue : errors) {
            xml.writeStartElement(u"testcase"_s);
            xml.writeAttribute(u"classname"_s, u"files"_s);
            xml.writeAttribute(u"name"_s, visibleText(issue->place.file));
            xml.writeStartElement(u"error"_s);
            xml.writeAttribute(u"type"_s, u"unreadable"_s);
            xml.writeAttribute(u"message"_s, visibleText(issue->message));
            xml.writeCharacters(visibleText(issue->toString()));
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndDocument();
    return out;
}

QByteArray compatibilityAsAnnotations(const CompatibilityReport& report)
{
    QByteArray out;
    const auto add = [&](const QString& level, const QString& file, int line, int column, const QString& title,
                         const QString& text) {
        out += u"::%1 file=%2,line=%3,col=%4,title=%5::%6\n"_s
                   .arg(level, escaped(visibleText(file), true), QString::number(line), QString::number(column),
                        escaped(title, true), escaped(text, false))
                   .toUtf8();
    };
    for (const FileIssue& issue : report.issues)
        add(issue.severity == IssueSeverity::Error ? u"error"_s : u"warning"_s, issue.place.file, issue.place.line,
            issue.place.column, u"Schema does not read"_s, visibleText(u"%1; %2"_s.arg(issue.message, issue.remedy)));
    for (const SchemaChange& change : report.changes) {
        if (change.verdict == ChangeVerdict::Compatible)
            continue;
        const SchemaPosition& place = change.difference.place;
        add(change.verdict == ChangeVerdict::Breaking    ? u"error"_s
            : change.verdict == ChangeVerdict::Undecided ? u"warning"_s
                                                         : u"notice"_s,
            place.file, place.line, place.column, asWords(change.difference.kind), sentence(change));
    }
    return out;
}

} // namespace spillway
