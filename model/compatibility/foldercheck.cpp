// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"

#include "model/workspace/issuelist.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <set>
#include <tuple>

/// A folder of schema files, as `schema check DIR` takes it.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

FileIssue faultOf(const QString& file, QString message, QString remedy)
{
    return {.severity = IssueSeverity::Error,
            .place = {.file = file, .line = 1, .column = 1},
            .message = std::move(message),
            .remedy = std::move(remedy)};
}

/// Files whose names look like versions and are none, and events that lie in two folders.
void notePassedOver(const SchemaFolder& folder, QStringList& notes)
{
    static const QRegularExpression likeVersion(u"\\A(.+)[._-]v([0-9]+)([._-][0-9]+)*\\z"_s,
                                                QRegularExpression::CaseInsensitiveOption);
    constexpr qsizetype mostNoted = 20;
    const QDir root(folder.folder());
    QStringList passed;
    QDirIterator at(folder.folder(), {u"*.json"_s, u"*.avsc"_s, u"*.proto"_s, u"*.desc"_s}, QDir::Files,
                    QDirIterator::Subdirectories);
    while (at.hasNext()) {
        const QString path = root.relativeFilePath(at.next());
        const QFileInfo info(path);
        if (path.startsWith(u'_') || schemaFileOf(path))
            continue;
        if (const auto like = likeVersion.match(info.completeBaseName()); like.hasMatch())
            passed.append(u"%1 is passed over; as a version it is called %2.v%3.%4"_s.arg(
                path, like.captured(1), like.captured(2), info.suffix()));
    }
    passed.sort();
    if (passed.size() > mostNoted) {
        const qsizetype more = passed.size() - mostNoted;
        passed.resize(mostNoted);
        passed.append(u"%1 more files that look like versions are passed over"_s.arg(more));
    }
    notes += passed;

    std::map<QString, std::set<QString>> places;
    for (const SchemaFile& file : folder.files()) {
        if (!file.eventType.isEmpty())
            places[file.eventType].insert(QFileInfo(file.path).path());
    }
    for (const auto& [event, folders] : places) {
        if (folders.size() > 1)
            notes.append(u"%1 lies in %2: each folder's versions are compared by themselves; give one of them another "
                         u"event type"_s.arg(event, QStringList(folders.begin(), folders.end()).join(u", ")));
    }
}

void noteGaps(const std::vector<SchemaVersion>& versions, QStringList& notes)
{
    std::map<std::pair<QString, QString>, std::set<int>> numbers;
    for (const SchemaVersion& version : versions)
        numbers[{version.eventType, QFileInfo(version.file).path()}].insert(version.version);
    for (const auto& [event, present] : numbers) {
        QStringList missing;
        int expected = *present.begin();
        for (const int number : present) {
            for (; expected < number && missing.size() < 5; ++expected)
                missing += u"v%1"_s.arg(expected);
            expected = number + 1;
        }
        if (!missing.isEmpty())
            notes +=
                missing.size() == 1
                    ? u"%1: %2 is missing; its neighbours were compared"_s.arg(event.first, missing.front())
                    : u"%1: %2 are missing; their neighbours were compared"_s.arg(event.first, missing.join(u", "_s));
    }
}

} // namespace

std::vector<SchemaVersion> versionsOfFolder(const SchemaFolder& folder, const QString& shownFolder,
                                            std::vector<FileIssue>& issues, const QString& only)
{
    std::vector<SchemaVersion> versions;
    const auto shared = std::make_shared<const SchemaFolder>(folder); // by the versions, which outlive this function
    std::map<std::tuple<QString, QString, int, SchemaLanguage>, QString> seen;
    for (const SchemaFile& file : folder.files()) {
        if (file.eventType.isEmpty() || (!only.isEmpty() && file.eventType != only))
            continue;
        const QString shown =
            shownFolder.isEmpty() || shownFolder == u"." ? file.path : QDir(shownFolder).filePath(file.path);
        const auto [other, isNew] =
            seen.emplace(std::tuple(file.eventType, QFileInfo(file.path).path(), file.version, file.language), shown);
        if (!isNew) {
            issues.push_back(faultOf(shown,
                                     u"version %1 of %2 is there twice; the other is %3"_s.arg(file.version)
                                         .arg(file.eventType, other->second),
                                     u"keep one of the two files"_s));
            continue;
        }
        auto text = folder.read(file.path);
        if (!text) {
            issues.push_back(faultOf(shown, u"the schema cannot be read or is larger than 8 MiB"_s,
                                     u"correct its permissions, or make it smaller"_s));
            continue;
        }
        versions.push_back({.eventType = file.eventType,
                            .version = file.version,
                            .file = shown,
                            .language = file.language,
                            .text = std::move(*text),
                            .uri = folder.uriOf(file.path),
                            .load = [shared](const QString& uri) { return shared->load(uri); }});
    }
    return versions;
}

bool takeFolderRules(const QString& folder, CompatibilityOptions& options, std::vector<FileIssue>& issues)
{
    if (const auto file = compatibilityRulesFile(folder); file && !options.rules) {
        Checked<CompatibilityRules> rules = readCompatibilityRules(*file);
        issues.insert(issues.end(), rules.issues.begin(), rules.issues.end());
        options.rules = std::move(rules.value);
    } else if (!file && !options.rules && options.policy == CompatibilityPolicy::House) {
        issues.push_back(faultOf(QDir(folder).filePath(u"_meta/compatibility-rules.yaml"_s),
                                 u"the policy house needs this file, and it is not there"_s,
                                 u"write it (one line, default: BACKWARD, is enough), or take another policy"_s));
    }
    return !hasErrors(issues);
}

CompatibilityReport checkCompatibilityOfFolder(const QString& folder, CompatibilityOptions options)
{
    std::vector<FileIssue> issues;
    if (!QFileInfo(folder).isDir()) {
        CompatibilityReport report{.compatible = false};
        report.issues = {QFileInfo::exists(folder)
                             ? faultOf(folder, u"this is a file"_s, u"name the folder that it lies in"_s)
                             : faultOf(folder, u"there is no such folder"_s, u"name the folder of the schemas"_s)};
        return report;
    }
    const bool areRulesKnown = takeFolderRules(folder, options, issues);
    const SchemaFolder schemas(folder);
    const std::vector<SchemaVersion> versions = versionsOfFolder(schemas, QDir::cleanPath(folder), issues);
    if (versions.empty()) {
        issues.push_back(faultOf(folder, u"no schema with a version lies here, so nothing is checked"_s,
                                 u"name the folder of the schemas; a schema is called like order.created.v2.json"_s));
        issues.back().severity = IssueSeverity::Warning;
    }
    std::vector<VersionPair> pairs = versionPairs(versions);
    // An event with one version has nothing to be compared with, and must read all the same.
    std::set<std::size_t> paired;
    for (const VersionPair& pair : pairs)
        paired.insert({pair.older, pair.newer});
    for (std::size_t i = 0; i < versions.size(); ++i) {
        if (paired.contains(i))
            continue;
        const auto own = schemaVersionIssues(versions[i]);
        issues.insert(issues.end(), own.begin(), own.end());
    }
    CompatibilityReport report =
        checkCompatibility(versions, areRulesKnown ? pairs : std::vector<VersionPair>{}, options);
    if (!areRulesKnown) { // all that is wrong at once
        for (const std::size_t i : paired) {
            const auto own = schemaVersionIssues(versions[i]);
            issues.insert(issues.end(), own.begin(), own.end());
        }
    }
    if (hasErrors(issues))
        report.compatible = false;
    report.issues.insert(report.issues.begin(), issues.begin(), issues.end());
    std::stable_sort(report.issues.begin(), report.issues.end(), [](const FileIssue& a, const FileIssue& b) {
        return std::tie(a.place.file, a.place.line, a.place.column) <
               std::tie(b.place.file, b.place.line, b.place.column);
    });
    std::set<std::pair<QString, QString>> events;
    for (const SchemaVersion& version : versions)
        events.emplace(version.eventType, QFileInfo(version.file).path());
    report.events = events.size();
    report.versions = versions.size();
    noteGaps(versions, report.notes);
    notePassedOver(schemas, report.notes);
    return report;
}

} // namespace spillway
