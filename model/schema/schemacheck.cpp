// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/metaschemacheck.h"
#include "model/schema/protoschema.h"
#include "model/schema/schemacompiler.h"
#include "model/schema/schemafolder.h"

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostOfOneFile = 20;

using Places = std::set<std::pair<int, int>>; // line and column

FileIssue issueAt(const SchemaFolder& folder, const QString& path, int line, int column, QString message,
                  QString remedy)
{
    return {.severity = IssueSeverity::Warning,
            .place = {.file = folder.folder() + u'/' + path, .line = line, .column = column},
            .message = std::move(message),
            .remedy = std::move(remedy)};
}

std::pair<int, int> placeIn(const QByteArray& json, qsizetype at)
{
    const QByteArrayView before = QByteArrayView(json).first(std::clamp<qsizetype>(at, 0, json.size()));
    return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            static_cast<int>(before.size() - before.lastIndexOf('\n'))};
}

/// What the draft's own schema says of this one, but for places of which its reader has told a fault already.
void checkByMetaSchema(const SchemaFolder& folder, const SchemaFile& file, const QByteArray& json,
                       const SchemaProgram& program, const Places& told, std::vector<FileIssue>& issues)
{
    JsonTape tape;
    if (!tape.parse(json))
        return;
    for (const MetaSchemaFault& fault : metaSchemaFaults(program.draft, tape, mostOfOneFile)) {
        const auto [line, column] = placeIn(json, fault.at);
        if (told.contains({line, column}))
            continue;
        issues.push_back(
            issueAt(folder, file.path, line, column, u"this is no schema of %1: %2"_s.arg(program.draft, fault.message),
                    u"correct it; until then letters of %1 have the verdict unknown"_s.arg(file.eventType)));
    }
}

std::optional<QString> binaryFault(const SchemaFile& file, const QByteArray& text)
{
    if (file.language == SchemaLanguage::Avro) {
        const auto schema = readAvroSchema(text);
        return schema ? std::nullopt : std::optional(schema.error().detail);
    }
    const auto schema = readProtoSchema(text, {});
    return schema ? std::nullopt : std::optional(schema.error().detail);
}

} // namespace

std::vector<FileIssue> checkSchemaFolder(const SchemaFolder& folder)
{
    std::vector<FileIssue> issues;
    std::set<std::pair<QString, int>> seen;
    std::set<std::pair<QString, std::pair<int, int>>> toldShared; // of files that are no version of an event
    for (const SchemaFile& file : folder.files()) {
        if (!file.eventType.isEmpty() && !seen.emplace(file.eventType, file.version).second)
            issues.push_back(issueAt(folder, file.path, 1, 1,
                                     u"version %1 of %2 is there twice; the other is %3"_s.arg(file.version)
                                         .arg(file.eventType, folder.find(file.eventType, file.version)->path),
                                     u"keep one of the two files"_s));
        const auto json = folder.read(file.path);
        if (!json) {
            issues.push_back(issueAt(folder, file.path, 1, 1, u"the schema cannot be read or is larger than 8 MiB"_s,
                                     u"correct its permissions, or make it smaller"_s));
            continue;
        }
        if (file.language != SchemaLanguage::JsonSchema) {
            if (const auto fault = binaryFault(file, *json))
                issues.push_back(
                    issueAt(folder, file.path, 1, 1, u"the schema does not read: %1"_s.arg(*fault),
                            u"correct it; until then letters of %1 are not decoded"_s.arg(file.eventType)));
            continue;
        }
        const QString uri = folder.uriOf(file.path);
        const auto program = compileSchema(uri, *json, [&](const QString& other) { return folder.load(other); });
        Places told;
        for (const SchemaFault& fault : program->faults) {
            QString path = file.path;
            if (fault.uri != uri) {
                const auto other = folder.pathOf(fault.uri);
                if (!other || schemaFileOf(*other) ||
                    !toldShared.emplace(*other, std::pair{fault.line, fault.column}).second)
                    continue; // a version, which says it itself, or what another one that refers to it has said
                path = *other;
            } else if (!told.emplace(fault.line, fault.column).second || told.size() > mostOfOneFile) {
                continue;
            }
            issues.push_back(issueAt(folder, path, fault.line, fault.column, fault.message,
                                     u"correct it; until then what depends on it has the verdict unknown"_s));
        }
        if (program->root != noSchema)
            checkByMetaSchema(folder, file, *json, *program, told, issues);
    }
    return issues;
}

} // namespace spillway
