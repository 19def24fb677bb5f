// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemasheet.h"

#include "model/schema/protoschema.h"
#include "model/workspace/issuelist.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isBreak(const SchemaChange& change)
{
    return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
}

int badness(const SchemaEventRow& row)
{
    if (!row.fault.isEmpty())
        return 4;
    if (row.breaking > 0)
        return 3;
    return row.verdict == ChangeVerdict::Waived ? 2 : 1;
}

ChangeVerdict worse(ChangeVerdict a, ChangeVerdict b)
{
    const auto rank = [](ChangeVerdict verdict) {
        switch (verdict) {
        case ChangeVerdict::Compatible:
            return 0;
        case ChangeVerdict::Waived:
            return 1;
        case ChangeVerdict::Undecided:
            return 2;
        case ChangeVerdict::Breaking:
            return 3;
        }
        return 0;
    };
    return rank(a) >= rank(b) ? a : b;
}

QString textOf(const SchemaVersion& version)
{
    if (version.language == SchemaLanguage::Protobuf && isProtoDescriptorSet(version.text))
        return u"(a descriptor set; its text is not at hand)"_s;
    return QString::fromUtf8(version.text);
}

} // namespace

SchemaSheet schemaSheetOf(const QString& folder, const CompatibilityOptions& options)
{
    SchemaSheet sheet{.folder = folder, .events = {}, .impact = {}, .notices = {}, .today = options.today, .notes = {}};
    if (folder.isEmpty())
        return sheet;
    const SchemaFolder schemas(folder);
    std::map<std::pair<QString, SchemaLanguage>, SchemaEventRow> rows;
    std::map<QString, std::pair<QString, SchemaLanguage>> byFile;
    for (const SchemaFile& file : schemas.files()) {
        if (file.eventType.isEmpty())
            continue;
        const std::pair key(file.eventType, file.language);
        SchemaEventRow& row = rows[key];
        row.eventType = file.eventType;
        row.language = file.language;
        if (row.versions.empty() || file.version >= row.versions.back()) {
            row.file = file.path;
            const QString in = QFileInfo(file.path).path();
            row.domain = in == u"." ? QString() : in;
        }
        row.versions.push_back(file.version);
        std::sort(row.versions.begin(), row.versions.end());
        byFile.emplace(QDir::cleanPath(QDir(folder).filePath(file.path)), key);
    }
    const CompatibilityReport report = checkCompatibilityOfFolder(folder, options);
    bool wasJudged = true; // not where the rules themselves do not read
    for (const FileIssue& issue : report.issues) {
        if (issue.severity != IssueSeverity::Error)
            continue;
        const auto key = byFile.find(QDir::cleanPath(issue.place.file));
        if (key == byFile.end()) {
            sheet.notes.append(issue.toString());
            wasJudged = false;
            continue;
        }
        QString& fault = rows[key->second].fault;
        if (fault.isEmpty())
            fault = u"%1:%2: %3"_s.arg(QFileInfo(issue.place.file).fileName()).arg(issue.place.line).arg(issue.message);
    }
    for (auto& [key, row] : rows) {
        if (wasJudged && row.fault.isEmpty() && row.versions.size() > 1)
            row.verdict = ChangeVerdict::Compatible;
        if (options.catalog) {
            if (const OwnedEvent* owned = options.catalog->ownedEvent(row.eventType))
                row.consumers = static_cast<int>(owned->consumers.size());
        }
    }
    const auto firstRowOf = [&rows](const QString& event) { // of one event, in all languages
        return rows.lower_bound({event, SchemaLanguage{}});
    };
    for (const SchemaChange& change : report.changes) {
        for (auto at = firstRowOf(change.eventType); at != rows.end() && at->first.first == change.eventType; ++at) {
            SchemaEventRow& row = at->second;
            if (change.to != row.versions.back()) {
                row.older += isBreak(change) ? 1 : 0;
                continue;
            }
            row.breaking += isBreak(change) ? 1 : 0;
            row.verdict = worse(change.verdict, row.verdict.value_or(ChangeVerdict::Compatible));
        }
    }
    for (EventImpact& one : impactOf(report, options.catalog ? *options.catalog : Catalog(), options.today)) {
        const auto at = firstRowOf(one.eventType);
        const bool isNewest =
            at != rows.end() && at->first.first == one.eventType && at->second.versions.back() == one.to;
        const bool isNeighbour = isNewest && (at->second.versions.size() < 2 ||
                                              at->second.versions[at->second.versions.size() - 2] == one.from);
        const bool breaksSomebody = std::any_of(one.consumers.begin(), one.consumers.end(),
                                                [](const ConsumerImpact& consumer) { return consumer.isBroken; });
        if (isNeighbour && breaksSomebody)
            sheet.impact.push_back(std::move(one));
    }
    for (auto& [key, row] : rows)
        sheet.events.push_back(std::move(row));
    std::stable_sort(sheet.events.begin(), sheet.events.end(), [](const SchemaEventRow& a, const SchemaEventRow& b) {
        return badness(a) != badness(b) ? badness(a) > badness(b) : a.eventType < b.eventType;
    });
    sheet.notes += report.notes;
    return sheet;
}

Result<SchemaStep> schemaStepOf(const QString& folder, const QString& eventType, int from, int to,
                                const CompatibilityOptions& given)
{
    CompatibilityOptions options = given;
    std::vector<FileIssue> issues;
    (void)takeFolderRules(folder, options, issues);
    const SchemaFolder schemas(folder);
    const std::vector<SchemaVersion> versions = versionsOfFolder(schemas, {}, issues, eventType);
    const auto place = [&](int number) {
        return static_cast<std::size_t>(
            std::find_if(versions.begin(), versions.end(),
                         [number](const SchemaVersion& version) { return version.version == number; }) -
            versions.begin());
    };
    const std::size_t older = place(from);
    const std::size_t newer = place(to);
    if (older == versions.size() || newer == versions.size())
        return fail(ErrorCode::NotFound,
                    u"%1 has no version %2"_s.arg(eventType).arg(older == versions.size() ? from : to));
    CompatibilityReport report = checkCompatibility(versions, {{older, newer, true}}, options);
    if (hasErrors(report.issues)) {
        QStringList faults;
        for (const FileIssue& issue : report.issues)
            faults += issue.toString();
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    }
    SchemaStep step{.eventType = eventType,
                    .from = from,
                    .to = to,
                    .oldFile = versions[older].file,
                    .newFile = versions[newer].file,
                    .oldText = textOf(versions[older]),
                    .newText = textOf(versions[newer])};
    const std::vector<VersionPair> pairs = versionPairs(versions);
    const bool isJson = versions[newer].language == SchemaLanguage::JsonSchema;
    for (const CompatibilityPolicy policy :
         {CompatibilityPolicy::ConfluentStrict, CompatibilityPolicy::ConfluentLenient,
          CompatibilityPolicy::OptionalFriendly, CompatibilityPolicy::Seed}) {
        if (!isJson && policy != CompatibilityPolicy::ConfluentLenient)
            continue;
        // With all versions before, so that the transitive levels say what they mean; the pair itself counts as the
        // last step, whichever two were chosen.
        std::vector<VersionPair> asked{{older, newer, true}};
        for (const VersionPair& pair : pairs) {
            if (pair.newer == newer && pair.older != older)
                asked.push_back({pair.older, pair.newer, false});
        }
        const CompatibilityReport judged = checkCompatibility(
            versions, asked, {.policy = policy, .level = CompatibilityLevel::None, .today = options.today});
        PolicyRow row{.policy = policy, .broken = {}};
        for (const CompatibilityLevel level : allCompatibilityLevels) {
            if (std::any_of(judged.changes.begin(), judged.changes.end(), [level](const SchemaChange& change) {
                    return std::find(change.levels.begin(), change.levels.end(), level) != change.levels.end();
                }))
                row.broken.push_back(level);
        }
        step.policies.push_back(std::move(row));
    }
    const auto impact = impactOf(report, options.catalog ? *options.catalog : Catalog(), options.today);
    if (!impact.empty())
        step.impact = impact.front();
    std::stable_sort(report.changes.begin(), report.changes.end(), [](const SchemaChange& a, const SchemaChange& b) {
        const int first = isBreak(a) ? 0 : 1;
        const int second = isBreak(b) ? 0 : 1;
        return std::tie(first, a.difference.place.line) < std::tie(second, b.difference.place.line);
    });
    step.changes = std::move(report.changes);
    return step;
}

} // namespace spillway
