// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilityrules.h"

#include "model/compatibility/changekinds.h"
#include "model/workspace/yamlreader.h"

#include <QFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString levelRemedy = u"write BACKWARD, FORWARD, FULL, one of them with _TRANSITIVE, or NONE"_s;

std::optional<CompatibilityLevel> readLevel(const YamlNode& node, const QString& what, IssueList& issues)
{
    const auto word = readText(node, what, issues);
    const auto level = word ? compatibilityLevelFromWord(*word) : std::nullopt;
    if (word && !level)
        issues.error(node, u"%1 is %2, which is no level"_s.arg(what, quoted(*word)), levelRemedy);
    return level;
}

std::optional<CompatibilityPolicy> readPolicy(const YamlNode& node, const QString& what, IssueList& issues)
{
    const auto word = readText(node, what, issues);
    const auto policy = word ? compatibilityPolicyFromWord(*word) : std::nullopt;
    if (word && (!policy || policy == CompatibilityPolicy::House)) {
        issues.error(node, u"%1 is %2, which is no policy to build on"_s.arg(what, quoted(*word)),
                     u"write confluent-strict, confluent-lenient, optional-friendly or seed"_s);
        return std::nullopt;
    }
    return policy;
}

/// A level alone, or a map with `level` and `policy`.
CompatibilityRule readRule(const YamlNode& node, const QString& what, IssueList& issues)
{
    CompatibilityRule rule;
    if (node.kind != YamlNode::Kind::Map) {
        rule.level = readLevel(node, what, issues);
        return rule;
    }
    MapReader map(node, what, issues);
    for (const QString& key : {u"level"_s, u"compatibility"_s}) {
        if (const YamlNode* level = map.child(key))
            rule.level = readLevel(*level, map.whatOf(key), issues);
    }
    if (const YamlNode* policy = map.child(u"policy"_s))
        rule.policy = readPolicy(*policy, map.whatOf(u"policy"), issues);
    map.finish();
    return rule;
}

void readRulesByName(MapReader& map, const QString& key, std::map<QString, CompatibilityRule>& rules)
{
    const YamlNode* node = map.child(key);
    if (node == nullptr)
        return;
    MapReader names(*node, map.whatOf(key), map.issues());
    if (!names.isMap())
        return;
    for (const YamlNode::Entry& entry : node->entries)
        rules[entry.key->text] = readRule(*entry.value, u"the rule of %1"_s.arg(quoted(entry.key->text)), map.issues());
}

void readKinds(MapReader& map, std::map<QString, DirectionVerdict>& kinds)
{
    const YamlNode* node = map.child(u"kinds"_s);
    if (node == nullptr)
        return;
    IssueList& issues = map.issues();
    if (!MapReader(*node, map.whatOf(u"kinds"), issues).isMap())
        return;
    for (const YamlNode::Entry& entry : node->entries) {
        const QString kind = entry.key->text;
        if (!changeKindFromWord(kind))
            issues.error(*entry.key,
                         u"%1 is no kind of change%2"_s.arg(quoted(kind), didYouMean(kind, changeKindWords())),
                         u"take a word that schema check prints; the manual lists them"_s);
        const auto verdict = readText(*entry.value, u"the verdict on %1"_s.arg(quoted(kind)), issues);
        if (verdict == u"compatible"_s)
            kinds[kind] = DirectionVerdict::Holds;
        else if (verdict == u"breaking"_s)
            kinds[kind] = DirectionVerdict::Breaks;
        else if (verdict)
            issues.error(*entry.value, u"the verdict on %1 is %2"_s.arg(quoted(kind), quoted(*verdict)),
                         u"write compatible or breaking"_s);
    }
}

std::optional<int> readVersion(MapReader& map, const QString& key)
{
    const auto number = map.integer(key, {.min = 0, .max = 999'999'999});
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

CompatibilityWaiver readWaiver(const YamlNode& node, IssueList& issues)
{
    MapReader map(node, u"a waiver"_s, issues);
    CompatibilityWaiver waiver;
    waiver.place = issues.place(node);
    waiver.eventType = map.requiredText(u"event"_s, u"event: order.created"_s).value_or(QString());
    waiver.from = readVersion(map, u"from"_s);
    waiver.to = readVersion(map, u"to"_s);
    waiver.path = map.text(u"path"_s).value_or(QString());
    waiver.kind = map.text(u"kind"_s).value_or(QString());
    waiver.reason = map.requiredText(u"reason"_s, u"reason: why it may break"_s).value_or(QString());
    waiver.author = map.requiredText(u"author"_s, u"author: WHO"_s).value_or(QString());
    const auto expires = map.requiredText(u"expires"_s, u"expires: 2026-12-31"_s);
    if (expires) {
        waiver.expires = QDate::fromString(*expires, Qt::ISODate);
        if (!waiver.expires.isValid())
            issues.error(*map.child(u"expires"_s),
                         u"'expires' of a waiver is %1, which is no day"_s.arg(quoted(*expires)),
                         u"write it as 2026-12-31"_s);
    }
    map.finish();
    return waiver;
}

} // namespace

CompatibilityRule CompatibilityRules::ruleFor(const QString& eventType, const QString& domain) const
{
    CompatibilityRule rule = byDefault;
    const auto apply = [&](const std::map<QString, CompatibilityRule>& rules, const QString& name) {
        const auto found = rules.find(name);
        if (found == rules.end())
            return;
        rule.level = found->second.level ? found->second.level : rule.level;
        rule.policy = found->second.policy ? found->second.policy : rule.policy;
    };
    apply(domains, domain);
    apply(events, eventType);
    return rule;
}

Checked<CompatibilityRules> readCompatibilityRules(const QString& file)
{
    Checked<CompatibilityRules> read;
    Checked<YamlDocument> document = readYamlFile(file);
    if (!document.value) {
        read.issues = std::move(document.issues);
        return read;
    }
    IssueList issues(file);
    issues.append(std::move(document.issues));
    MapReader map(*document.value->root, u"the compatibility rules"_s, issues);
    CompatibilityRules rules;
    for (const QString& key : {u"default"_s, u"level"_s, u"compatibility"_s, u"default_level"_s}) {
        if (const YamlNode* node = map.child(key)) {
            const CompatibilityRule rule = readRule(*node, map.whatOf(key), issues);
            rules.byDefault.level = rule.level ? rule.level : rules.byDefault.level;
            rules.byDefault.policy = rule.policy ? rule.policy : rules.byDefault.policy;
        }
    }
    if (const YamlNode* policy = map.child(u"policy"_s))
        rules.byDefault.policy = readPolicy(*policy, map.whatOf(u"policy"), issues);
    readRulesByName(map, u"domains"_s, rules.domains);
    readRulesByName(map, u"events"_s, rules.events);
    readKinds(map, rules.kinds);
    if (const YamlNode* list = map.child(u"waivers"_s)) {
        if (list->kind != YamlNode::Kind::Sequence)
            issues.error(*list, u"'waivers' is not a list"_s, u"begin each waiver with '- event: …'"_s);
        for (const YamlNode* node : list->items)
            rules.waivers.push_back(readWaiver(*node, issues));
    }
    map.finish();
    if (!issues.hasErrors())
        read.value = std::move(rules);
    read.issues = issues.take();
    return read;
}

std::optional<QString> compatibilityRulesFile(const QString& schemasFolder)
{
    for (const QString& name : {u"compatibility-rules.yaml"_s, u"compatibility-rules.yml"_s}) {
        const QString file = schemasFolder + u"/_meta/"_s + name;
        if (QFile::exists(file))
            return file;
    }
    return std::nullopt;
}

} // namespace spillway
