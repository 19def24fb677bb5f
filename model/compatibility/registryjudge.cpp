// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/registryjudge.h"

#include "model/compatibility/compatibilitycheck.h"

#include <QDateTime>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

std::optional<CompatibilityRules> rulesOf(const QString& folder)
{
    const auto file = compatibilityRulesFile(folder);
    return file ? readCompatibilityRules(*file).value : std::nullopt;
}

Result<RegistryCompatibility> judge(const SchemaFolder& folder, const QString& eventType, std::optional<int> version,
                                    SchemaLanguage language, const QByteArray& text)
{
    std::vector<FileIssue> issues;
    std::vector<SchemaVersion> versions = versionsOfFolder(folder, folder.folder(), issues);
    std::erase_if(versions, [&](const SchemaVersion& each) { return each.eventType != eventType; });
    if (versions.empty())
        return fail(ErrorCode::NotFound, u"no version of it reads"_s);
    std::sort(versions.begin(), versions.end(),
              [](const SchemaVersion& a, const SchemaVersion& b) { return a.version < b.version; });
    SchemaVersion proposed = versions.back(); // its address: references start where the newest one's do
    proposed.version += 1;
    proposed.file = u"the proposed schema"_s;
    proposed.language = language;
    proposed.text = text;
    proposed.uri += u".proposed"_s;
    versions.push_back(std::move(proposed));
    std::vector<VersionPair> pairs;
    for (std::size_t at = 0; at + 1 < versions.size(); ++at) {
        if (!version)
            pairs.push_back({at, versions.size() - 1, at + 2 == versions.size()});
        else if (versions[at].version == *version)
            pairs.push_back({at, versions.size() - 1, true});
    }
    const CompatibilityReport report = checkCompatibility(
        versions, pairs, {.rules = rulesOf(folder.folder()), .today = QDateTime::currentDateTimeUtc().date()});
    RegistryCompatibility verdict{.isCompatible = report.compatible, .messages = {}};
    for (const FileIssue& issue : report.issues) {
        if (issue.severity != IssueSeverity::Error)
            continue;
        verdict.isCompatible = false;
        verdict.messages += issue.message;
    }
    for (const SchemaChange& change : report.changes) {
        if (change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided)
            verdict.messages +=
                u"%1: %2 (%3, with version %4)"_s.arg(change.difference.path, change.difference.message,
                                                      changeVerdictWord(change.verdict), QString::number(change.from));
    }
    return verdict;
}

} // namespace

RegistryJudge compatibilityJudge()
{
    return judge;
}

QString registryLevel(const QString& schemasFolder)
{
    const auto rules = rulesOf(schemasFolder);
    return compatibilityLevelWord(rules ? rules->byDefault.level.value_or(CompatibilityLevel::Backward)
                                        : CompatibilityLevel::Backward);
}

} // namespace spillway
