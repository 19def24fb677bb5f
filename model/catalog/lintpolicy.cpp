// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/lintpolicy.h"

#include "model/workspace/yamlreader.h"

#include <QFile>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto Info = LintSeverity::Info;
constexpr auto Warning = LintSeverity::Warning;
constexpr auto Wrong = LintSeverity::Error; // `Error` is a type here
constexpr auto Lint = LintRule::Check::Lint;
constexpr auto Drift = LintRule::Check::Drift;

constexpr std::array rules{
    LintRule{u"invalid-entry", Lint, Wrong, u"A value that cannot be read, or a name that is required and missing"},
    LintRule{u"unknown-key", Lint, Warning, u"A key that no one reads"},
    LintRule{u"duplicate-event", Lint, Wrong, u"An event that the catalog lists twice"},
    LintRule{u"lookalike-event", Lint, Warning, u"Two events whose names differ only in case or separators"},
    LintRule{u"not-in-ownership", Lint, Wrong, u"An event in the catalog that ownership.yaml does not have"},
    LintRule{u"not-in-catalog", Lint, Wrong, u"An event in ownership.yaml that the catalog does not have"},
    LintRule{u"two-producers", Lint, Wrong, u"The two files name different producers"},
    LintRule{u"missing-owner", Lint, Wrong, u"An event without a producing team or service"},
    LintRule{u"missing-oncall", Lint, Warning, u"A producer without an on-call rotation"},
    LintRule{u"missing-slack", Lint, Warning, u"A producer without a Slack channel"},
    LintRule{u"unknown-team", Lint, Wrong, u"A team that does not exist, or that only the catalog knows"},
    LintRule{u"team-unknown", Lint, Wrong, u"A consumer to which neither file gives a team"},
    LintRule{u"team-unset", Lint, Warning, u"A producer or consumer whose team only ownership.yaml names"},
    LintRule{u"team-without-contact", Lint, Info, u"A consuming team nobody can reach: no channel anywhere"},
    LintRule{u"consumer-not-in-ownership", Lint, Warning, u"A consumer that only the catalog lists"},
    LintRule{u"consumer-not-in-catalog", Lint, Warning, u"A consumer that only ownership.yaml lists"},
    LintRule{u"consumer-team-differs", Lint, Wrong, u"The two files give a consumer to different teams"},
    LintRule{u"consumer-without-slo", Lint, Warning, u"A consumer to whom nothing was promised"},
    LintRule{u"orphan-event", Lint, Warning, u"An event that nobody consumes"},
    LintRule{u"deprecated-in-use", Lint, Warning, u"An event tagged deprecated that has consumers"},
    LintRule{u"event-naming", Lint, Warning, u"An event type against the naming rule"},
    LintRule{u"topic-naming", Lint, Warning, u"A topic against the naming rule"},
    LintRule{u"no-domain", Lint, Warning, u"An event without a domain"},
    LintRule{u"domain-mismatch", Lint, Warning, u"An event type that does not begin with its domain"},
    LintRule{u"domain-producer", Lint, Warning, u"A service that publishes into the domain of another"},
    LintRule{u"no-description", Lint, Warning, u"An event without a description"},
    LintRule{u"no-topic", Lint, Warning, u"An event without a topic"},
    LintRule{u"no-partition-key", Lint, Warning, u"An event without a partition key"},
    LintRule{u"partition-key-unknown", Lint, Warning, u"A partition key that the schema does not have"},
    LintRule{u"volume-unset", Lint, Warning, u"An event without a daily volume"},
    LintRule{u"payload-unset", Lint, Warning, u"An event without a payload size"},
    LintRule{u"payload-over-limit", Lint, Wrong, u"Payloads over the limit"},
    LintRule{u"retention-unset", Lint, Info, u"An event without a retention"},
    LintRule{u"retention-over-policy", Lint, Warning, u"An event kept longer than the policy allows"},
    LintRule{u"topic-retention-differs", Lint, Warning, u"Events of one topic that name different retentions"},
    LintRule{u"schema-unset", Lint, Warning, u"An event without a schema"},
    LintRule{u"schema-missing", Lint, Wrong, u"A schema file that is not there"},
    LintRule{u"schema-unreadable", Lint, Wrong, u"A schema file that cannot be read"},
    LintRule{u"schema-version-drift", Lint, Wrong, u"current_version and the schema file disagree"},
    LintRule{u"schema-newer-version", Lint, Info, u"A newer schema lies beside the current one"},
    LintRule{u"schema-of-other-event", Lint, Warning, u"A schema file named after another event"},
    LintRule{u"schema-pin-unknown", Lint, Warning, u"A consumer pinned to a schema version that is not there"},
    LintRule{u"schema-pin-behind", Lint, Info, u"A consumer pinned to a schema version older than the current one"},
    LintRule{u"schema-unreferenced", Lint, Warning, u"Schema files of an event that the catalog does not have"},
    LintRule{u"schema-version-twice", Lint, Wrong, u"Two schema files of one version of an event"},
    LintRule{u"schema-version-gap", Lint, Warning, u"A version missing between two that are there"},
    LintRule{u"field-unknown", Lint, Wrong, u"A consumer that reads a field the schema does not have"},
    LintRule{u"personal-data-untagged", Lint, Warning, u"Fields that look personal in an event without the tag pii"},
    LintRule{u"critical-without-dlq", Lint, Warning, u"A critical event whose failures no dead-letter topic takes"},
    LintRule{u"cyclic-flow", Lint, Info, u"Services that answer each other in a circle"},
    LintRule{u"bad-date", Lint, Warning, u"A date that is none, or that lies before the event was made"},
    LintRule{u"expired-waiver", Lint, Wrong, u"A waiver whose day has passed"},
    LintRule{u"unused-waiver", Lint, Warning, u"A waiver that waives nothing"},

    LintRule{u"topic-absent", Drift, Wrong, u"A declared topic that no broker has"},
    LintRule{u"topic-undeclared", Drift, Warning, u"A topic on the broker that no event declares"},
    LintRule{u"dead-letters-unread", Drift, Warning, u"A dead-letter topic that the workspace does not name"},
    LintRule{u"boundary-violation", Drift, Wrong, u"A group that reads an event it is not listed for"},
    LintRule{u"group-absent", Drift, Warning, u"A declared consumer whose group never read the topic"},
    LintRule{u"volume-drift", Drift, Warning, u"Declared and observed volume differ"},
    LintRule{u"payload-drift", Drift, Warning, u"Declared and observed payload size differ"},
    LintRule{u"retention-drift", Drift, Warning, u"Declared and configured retention differ"},
    LintRule{u"not-observed", Drift, Info, u"What cannot be compared, and why"},
};

const QStringList& ruleIds()
{
    static const QStringList ids = [] {
        QStringList all;
        for (const LintRule& rule : rules)
            all += rule.id.toString();
        return all;
    }();
    return ids;
}

std::optional<QRegularExpression> readExpression(MapReader& map, const QString& key)
{
    const YamlNode* node = map.child(key);
    const auto text = node != nullptr ? readText(*node, map.whatOf(key), map.issues()) : std::nullopt;
    if (!text)
        return std::nullopt;
    QRegularExpression expression(*text);
    if (expression.isValid())
        return expression;
    map.issues().error(*node, u"%1 is no regular expression: %2"_s.arg(map.whatOf(key), expression.errorString()),
                       u"write one like '^[a-z]+([.][a-z]+)+$'"_s);
    return std::nullopt;
}

void readLimits(const YamlNode& node, LintPolicy& policy, IssueList& issues)
{
    MapReader map(node, u"policy"_s, issues);
    constexpr NumberRange aboveZero{.min = 0, .max = 36500, .isMinAllowed = false};
    policy.maxRetentionDays = map.number(u"max_retention_days"_s, aboveZero).value_or(policy.maxRetentionDays);
    policy.maxPayloadBytes = map.sizeBytes(u"max_payload_bytes"_s).value_or(policy.maxPayloadBytes);
    policy.eventNaming = readExpression(map, u"event_naming"_s).value_or(policy.eventNaming);
    policy.topicNaming = readExpression(map, u"topic_naming"_s).value_or(policy.topicNaming);
    policy.teams = map.textList(u"teams"_s);
    constexpr NumberRange factor{.min = 1, .max = 1000, .isMinAllowed = false};
    policy.volumeTolerance = map.number(u"volume_tolerance"_s, factor).value_or(policy.volumeTolerance);
    policy.payloadTolerance = map.number(u"payload_tolerance"_s, factor).value_or(policy.payloadTolerance);
    for (const QString& field : map.textList(u"personal_fields"_s))
        policy.personalFields += field.toLower().remove(u'_').remove(u'-');
    map.finish();
}

void readSeverities(const YamlNode& node, LintPolicy& policy, IssueList& issues)
{
    if (node.kind != YamlNode::Kind::Map) {
        issues.error(node, u"'rules' is not a map"_s,
                     u"write a rule and its severity per line, like cyclic-flow: off"_s);
        return;
    }
    for (const YamlNode::Entry& entry : node.entries) {
        if (lintRule(entry.key->text) == nullptr) {
            issues.error(
                *entry.key,
                u"there is no rule %1%2"_s.arg(quoted(entry.key->text), didYouMean(entry.key->text, ruleIds())),
                u"write one that `spillwayctl catalog rules` lists"_s);
            continue;
        }
        const QString word = entry.value->text;
        if (word == u"off" || word == u"false")
            policy.severities[entry.key->text] = std::nullopt;
        else if (word == u"info")
            policy.severities[entry.key->text] = Info;
        else if (word == u"warning")
            policy.severities[entry.key->text] = Warning;
        else if (word == u"error")
            policy.severities[entry.key->text] = Wrong;
        else
            issues.error(*entry.value, u"the severity of %1 is %2"_s.arg(quoted(entry.key->text), quoted(word)),
                         u"write error, warning, info or off"_s);
    }
}

std::optional<LintWaiver> readWaiver(const YamlNode& node, IssueList& issues)
{
    MapReader map(node, u"a waiver"_s, issues);
    LintWaiver waiver;
    waiver.place = issues.place(node);
    waiver.rule = map.requiredText(u"rule"_s, u"rule: NAME"_s).value_or(QString());
    waiver.event = map.text(u"event"_s).value_or(QString());
    waiver.reason = map.requiredText(u"reason"_s, u"reason: why it may stay so"_s).value_or(QString());
    const QString until = map.requiredText(u"until"_s, u"until: 2027-01-31"_s).value_or(QString());
    map.finish();
    if (const YamlNode* rule = node.kind == YamlNode::Kind::Map ? node.find(u"rule") : nullptr;
        rule != nullptr && !waiver.rule.isEmpty() && lintRule(waiver.rule) == nullptr) {
        issues.error(*rule, u"there is no rule %1%2"_s.arg(quoted(waiver.rule), didYouMean(waiver.rule, ruleIds())),
                     u"write one that `spillwayctl catalog rules` lists"_s);
        return std::nullopt;
    }
    waiver.until = QDate::fromString(until, Qt::ISODate);
    if (!until.isEmpty() && !waiver.until.isValid()) {
        issues.error(*node.find(u"until"), u"'until' of a waiver is %1, which is no day"_s.arg(quoted(until)),
                     u"write a day like 2027-01-31"_s);
        return std::nullopt;
    }
    if (waiver.rule.isEmpty() || waiver.reason.isEmpty() || until.isEmpty())
        return std::nullopt;
    return waiver;
}

} // namespace

QString lintSeverityWord(LintSeverity severity)
{
    switch (severity) {
    case LintSeverity::Info:
        return u"info"_s;
    case LintSeverity::Warning:
        return u"warning"_s;
    case LintSeverity::Error:
        return u"error"_s;
    }
    return {};
}

std::span<const LintRule> lintRules()
{
    return rules;
}

const LintRule* lintRule(QStringView id)
{
    const auto at = std::find_if(rules.begin(), rules.end(), [&](const LintRule& rule) { return id == rule.id; });
    return at != rules.end() ? &*at : nullptr;
}

LintPolicy::LintPolicy()
    : personalFields{u"email"_s,     u"emailaddress"_s, u"phone"_s,      u"phonenumber"_s, u"mobile"_s,
                     u"firstname"_s, u"lastname"_s,     u"fullname"_s,   u"birthdate"_s,   u"dateofbirth"_s,
                     u"ssn"_s,       u"iban"_s,         u"cardnumber"_s, u"passport"_s,    u"taxid"_s,
                     u"street"_s,    u"postcode"_s,     u"zipcode"_s,    u"ipaddress"_s,   u"address"_s}
{
}

std::optional<LintSeverity> LintPolicy::severityOf(const LintRule& rule) const
{
    const auto own = severities.find(rule.id.toString());
    return own != severities.end() ? own->second : std::optional(rule.severity);
}

Checked<LintPolicy> readLintPolicy(const Workspace& workspace)
{
    LintPolicy policy;
    const QString file = workspace.folder + u"/catalog-lint.yaml"_s;
    if (workspace.folder.isEmpty() || !QFile::exists(file))
        return {policy, {}};
    const Checked<YamlDocument> document = readYamlFile(file);
    if (!document.value)
        return {std::nullopt, document.issues};
    IssueList issues(file);
    policy.file = file;
    MapReader map(*document.value->root, u"the lint file"_s, issues);
    if (const YamlNode* limits = map.child(u"policy"_s))
        readLimits(*limits, policy, issues);
    if (const YamlNode* own = map.child(u"rules"_s))
        readSeverities(*own, policy, issues);
    if (const YamlNode* waivers = map.child(u"waivers"_s)) {
        if (waivers->kind != YamlNode::Kind::Sequence)
            issues.error(*waivers, u"'waivers' is not a list"_s, u"begin each waiver with '- rule: …'"_s);
        for (const YamlNode* node : waivers->items) {
            if (auto waiver = readWaiver(*node, issues))
                policy.waivers.push_back(std::move(*waiver));
        }
    }
    (void)map.child(u"version"_s);
    map.finish();
    Checked<LintPolicy> checked{std::nullopt, issues.take()};
    if (!hasErrors(checked.issues))
        checked.value = std::move(policy);
    return checked;
}

} // namespace spillway
