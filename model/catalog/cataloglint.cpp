// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/cataloglint.h"

#include "model/catalog/lintchecks.h"

#include <QSet>

#include <algorithm>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

auto order(const CatalogFinding& finding)
{
    return std::tie(finding.place.file, finding.place.line, finding.place.column, finding.rule, finding.message);
}

/// What reading found wrong in entries, where no rule has said it already.
void addIssues(const CatalogSources& sources, FindingList& out)
{
    QSet<QString> said;
    const auto key = [](const FilePlace& place) {
        return u"%1:%2:%3"_s.arg(place.file).arg(place.line).arg(place.column);
    };
    for (const CatalogFinding& finding : out.findings()) {
        if (finding.severity == LintSeverity::Error)
            said.insert(key(finding.place));
    }
    for (const FileIssue& issue : sources.issues) {
        const bool isError = issue.severity == IssueSeverity::Error;
        if (!isError || !said.contains(key(issue.place)))
            out.add(isError ? u"invalid-entry" : u"unknown-key", issue.place, QString(), issue.message, issue.remedy);
    }
}

bool fits(const LintWaiver& waiver, const CatalogFinding& finding, const QRegularExpression& events)
{
    return waiver.rule == finding.rule && (waiver.event.isEmpty() || events.match(finding.event).hasMatch());
}

} // namespace

void FindingList::add(QStringView rule, const FilePlace& place, const QString& event, const QString& message,
                      const QString& remedy, std::optional<FixIt> fix, const QString& evidence)
{
    const LintRule* known = lintRule(rule);
    Q_ASSERT(known != nullptr);
    const auto severity = m_policy.severityOf(*known);
    if (!severity)
        return;
    m_findings.push_back(CatalogFinding{.place = place,
                                        .rule = rule.toString(),
                                        .severity = *severity,
                                        .message = message + u"; "_s + remedy,
                                        .event = event,
                                        .evidence = evidence,
                                        .fix = std::move(fix)});
}

QHash<QString, ProducerEntry> contactsOf(const Catalog& catalog)
{
    QHash<QString, ProducerEntry> contacts;
    const auto fill = [](QString& into, const QString& from) {
        if (into.isEmpty())
            into = from;
    };
    for (const OwnedEvent& event : catalog.owned()) {
        ProducerEntry& contact = contacts[event.producer.team];
        fill(contact.slackChannel, event.producer.slackChannel);
        fill(contact.oncallRotation, event.producer.oncallRotation);
    }
    for (const Subscription& subscription : catalog.subscriptions())
        fill(contacts[subscription.consumer.team].slackChannel, subscription.consumer.slackChannel);
    return contacts;
}

FilePlace placeOf(const QString& file, const YamlNode* map, QStringView key)
{
    if (map == nullptr)
        return {file, 0, 0};
    const YamlNode* value = map->kind == YamlNode::Kind::Map ? map->find(key) : nullptr;
    return value != nullptr ? FilePlace{file, value->line, value->column} : FilePlace{file, map->line, map->column};
}

std::optional<FixIt> fixOf(const QString& title, std::optional<TextEdit> edit, bool isSafe)
{
    if (!edit)
        return std::nullopt;
    return FixIt{.title = title, .edits = {std::move(*edit)}, .isSafe = isSafe};
}

bool LintResult::hasErrors() const
{
    return count(LintSeverity::Error) > 0;
}

qsizetype LintResult::count(LintSeverity severity) const
{
    return std::count_if(findings.begin(), findings.end(),
                         [&](const CatalogFinding& finding) { return finding.severity == severity; });
}

LintResult settleFindings(std::vector<CatalogFinding> findings, const LintPolicy& policy, LintRule::Check check,
                          const QDate& today)
{
    LintResult result;
    std::vector<QRegularExpression> events;
    std::vector<int> uses(policy.waivers.size(), 0);
    for (const LintWaiver& waiver : policy.waivers)
        events.emplace_back(QRegularExpression::wildcardToRegularExpression(waiver.event));
    for (CatalogFinding& finding : findings) {
        bool isWaived = false;
        for (std::size_t at = 0; at < policy.waivers.size(); ++at) {
            if (!fits(policy.waivers[at], finding, events[at]))
                continue;
            ++uses[at];
            isWaived = isWaived || policy.waivers[at].until >= today;
        }
        (isWaived ? result.waived : result.findings).push_back(std::move(finding));
    }
    FindingList ofWaivers(policy);
    for (std::size_t at = 0; at < policy.waivers.size(); ++at) {
        const LintWaiver& waiver = policy.waivers[at];
        const LintRule* rule = lintRule(waiver.rule);
        if (rule == nullptr || rule->check != check)
            continue;
        if (waiver.until < today)
            ofWaivers.add(u"expired-waiver", waiver.place, waiver.event.contains(u'*') ? QString() : waiver.event,
                          u"the waiver of %1 expired on %2 (%3)"_s.arg(waiver.rule, waiver.until.toString(Qt::ISODate),
                                                                       waiver.reason),
                          u"mend what it waives, or write a later day with a reason"_s);
        else if (uses[at] == 0)
            ofWaivers.add(u"unused-waiver", waiver.place, waiver.event.contains(u'*') ? QString() : waiver.event,
                          u"the waiver of %1 waives nothing any more"_s.arg(waiver.rule), u"remove it"_s);
    }
    for (CatalogFinding& finding : ofWaivers.take())
        result.findings.push_back(std::move(finding));
    const auto before = [](const CatalogFinding& a, const CatalogFinding& b) { return order(a) < order(b); };
    std::stable_sort(result.findings.begin(), result.findings.end(), before);
    std::stable_sort(result.waived.begin(), result.waived.end(), before);
    return result;
}

LintResult lintCatalog(const CatalogSources& sources, const LintPolicy& policy, const QDate& today)
{
    FindingList findings(policy);
    lintFields(sources, findings);
    lintAgreement(sources, findings);
    lintSchemas(sources, findings);
    lintShelf(sources, findings);
    lintTogether(sources, findings);
    addIssues(sources, findings);
    return settleFindings(findings.take(), policy, LintRule::Check::Lint, today);
}

std::vector<TextEdit> safeEdits(const std::vector<CatalogFinding>& findings)
{
    std::vector<TextEdit> edits;
    for (const CatalogFinding& finding : findings) {
        if (!finding.fix || !finding.fix->isSafe)
            continue;
        const auto meets = [&](const TextEdit& edit) {
            return std::any_of(edits.begin(), edits.end(), [&](const TextEdit& other) {
                const auto from = [](const TextEdit& e) { return std::pair(e.from.line, e.from.column); };
                const auto to = [](const TextEdit& e) { return std::pair(e.endLine, e.endColumn); };
                if (edit == other)
                    return true;
                if (edit.from.file != other.from.file || (from(edit) == to(edit) && from(other) == to(other)))
                    return false;
                return from(edit) < to(other) && from(other) < to(edit);
            });
        };
        if (std::none_of(finding.fix->edits.begin(), finding.fix->edits.end(), meets))
            edits.insert(edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
    }
    return edits;
}

} // namespace spillway
