// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/eventversions.h"

#include "model/workspace/issuelist.h"

#include <algorithm>
#include <memory>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Result<SchemaVersion> read(const std::shared_ptr<const SchemaFolder>& folder, const SchemaFile& file)
{
    auto text = folder->read(file.path);
    if (!text)
        return fail(ErrorCode::Unreachable, u"%1 cannot be read or is larger than 8 MiB"_s.arg(file.path));
    return SchemaVersion{.eventType = file.eventType,
                         .version = file.version,
                         .file = folder->folder() + u'/' + file.path,
                         .language = file.language,
                         .text = std::move(*text),
                         .uri = folder->uriOf(file.path),
                         .load = [folder](const QString& uri) { return folder->load(uri); }};
}

void addFields(const SchemaVersion& schema, EventVersion& found)
{
    if (schema.language != SchemaLanguage::JsonSchema) {
        found.fieldsFault = u"fields are listed of JSON Schemas only"_s;
        return;
    }
    auto fields = outlineOf(schema.text);
    if (fields)
        found.fields = std::move(*fields);
    else
        found.fieldsFault = fields.error().detail;
}

void addChanges(const SchemaVersion& older, const SchemaVersion& newer, const CompatibilityOptions& options,
                EventVersion& found)
{
    CompatibilityReport report = checkCompatibility({older, newer}, {{0, 1, true}}, options);
    if (hasErrors(report.issues)) {
        QStringList faults;
        for (const FileIssue& issue : report.issues)
            faults += issue.toString();
        found.changesFault = faults.join(u'\n');
        return;
    }
    std::stable_sort(report.changes.begin(), report.changes.end(), [](const SchemaChange& a, const SchemaChange& b) {
        return std::tie(a.difference.place.line, a.difference.place.column) <
               std::tie(b.difference.place.line, b.difference.place.column);
    });
    found.changes = std::move(report.changes);
}

} // namespace

Result<EventVersion> eventVersionOf(const QString& folder, const QString& eventType, std::optional<int> version,
                                    const CompatibilityOptions& given)
{
    const auto schemas = std::make_shared<const SchemaFolder>(folder); // second owner: the versions' loaders
    const SchemaFile* file = schemas->find(eventType, version);
    if (!file)
        return fail(ErrorCode::NotFound, version ? u"%1 has no schema of version %2"_s.arg(eventType).arg(*version)
                                                 : u"the schemas folder has no schema of %1"_s.arg(eventType));
    EventVersion found{.eventType = eventType,
                       .versions = {},
                       .version = file->version,
                       .language = file->language,
                       .file = schemas->folder() + u'/' + file->path};
    const SchemaFile* previous = nullptr;
    for (const SchemaFile& other : schemas->files()) {
        if (other.eventType != eventType || other.language != file->language)
            continue;
        if (std::find(found.versions.begin(), found.versions.end(), other.version) == found.versions.end())
            found.versions.push_back(other.version);
        if (other.version < file->version && (!previous || other.version > previous->version))
            previous = &other;
    }
    std::sort(found.versions.begin(), found.versions.end());
    const auto newer = read(schemas, *file);
    if (!newer) {
        found.fieldsFault = newer.error().detail;
        found.changesFault = newer.error().detail;
        return found;
    }
    addFields(*newer, found);
    if (!previous)
        return found;
    found.previous = previous->version;
    const auto older = read(schemas, *previous);
    if (!older) {
        found.changesFault = older.error().detail;
        return found;
    }
    CompatibilityOptions options = given;
    std::vector<FileIssue> issues;
    (void)takeFolderRules(folder, options,
                          issues); // faulty rules: judged by the usual policy, `schema check` names them
    addChanges(*older, *newer, options, found);
    return found;
}

} // namespace spillway
