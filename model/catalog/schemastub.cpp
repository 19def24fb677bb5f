// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/schemastub.h"

#include "model/base/jsonwriter.h"

#include <QDir>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void property(JsonWriter& json, const QString& name, const QString& type, const QString& format,
              const QString& description)
{
    json.key(name).beginObject().field(u"type", type);
    if (!format.isEmpty())
        json.field(u"format", format);
    json.field(u"description", description).endObject();
}

/// The same document over several lines, for people.
QByteArray indented(const QByteArray& json)
{
    QByteArray out;
    int depth = 0;
    bool isText = false;
    const auto newLine = [&] { out += '\n' + QByteArray(depth * 2, ' '); };
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (isText) {
            out += c;
            if (c == '\\' && i + 1 < json.size())
                out += json[++i];
            isText = c != '"';
            continue;
        }
        if (c == '}' || c == ']') {
            --depth;
            newLine();
        }
        out += c;
        isText = c == '"';
        if (c == '{' || c == '[') {
            ++depth;
            newLine();
        } else if (c == ',') {
            newLine();
        } else if (c == ':') {
            out += ' ';
        }
    }
    return out + '\n';
}

/// A name that is one step of a path and stays below its folder.
bool isSafe(const QString& name)
{
    return !name.contains(u'/') && !name.contains(u'\\') && !name.contains(QChar(0)) && !name.startsWith(u'.');
}

} // namespace

std::optional<SchemaStub> schemaStub(const Workspace& workspace, const CatalogEvent& event)
{
    const QString folder = QDir(workspace.folder).relativeFilePath(workspace.schemasFolder);
    if (!isSafe(event.eventType) || !isSafe(event.domain) || workspace.schemasFolder.isEmpty() ||
        folder.startsWith(u"../") || QDir::isAbsolutePath(folder))
        return std::nullopt;
    const QString name = event.eventType + u".v1.json"_s;
    const QString below = event.domain.isEmpty() ? name : event.domain + u'/' + name;
    QStringList required{u"event_id"_s, u"event_type"_s, u"occurred_at"_s};
    JsonWriter json;
    json.beginObject()
        .field(u"$schema", u"https://json-schema.org/draft/2020-12/schema"_s)
        .field(u"title", event.eventType)
        .field(u"type", u"object"_s);
    if (!event.description.isEmpty())
        json.field(u"description", event.description);
    json.key(u"properties").beginObject();
    property(json, u"event_id"_s, u"string"_s, {}, u"Its own in every message; the same when one is sent again"_s);
    json.key(u"event_type").beginObject().field(u"const", event.eventType).endObject();
    property(json, u"occurred_at"_s, u"string"_s, u"date-time"_s, u"When it happened, in UTC"_s);
    if (!event.partitionKey.isEmpty() && !required.contains(event.partitionKey)) {
        property(json, event.partitionKey, u"string"_s, {}, u"What messages are kept in order by"_s);
        required += event.partitionKey;
    }
    json.endObject().key(u"required").beginArray();
    for (const QString& field : required)
        json.value(field);
    json.endArray().endObject();
    return SchemaStub{.path = QDir::cleanPath(folder + u'/' + below), .text = indented(json.json())};
}

} // namespace spillway
