// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupingrules.h"
#include "model/workspace/yamlreader.h"

#include <QCryptographicHash>
#include <QFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 largestFile = 1LL << 20;
constexpr std::size_t mostRules = 1'000;
constexpr qsizetype longestExpression = 4'000;
constexpr qsizetype longestText = 200;

const QStringList matcherKeys{u"error_class"_s, u"root_cause"_s, u"message"_s, u"event_type"_s,
                              u"consumer"_s,    u"dialect"_s,    u"frame"_s};

std::optional<QString> readShort(MapReader& map, const QString& key)
{
    auto text = map.text(key);
    if (!text)
        return std::nullopt;
    if (text->trimmed().isEmpty() || text->size() > longestText) {
        map.issues().error(*map.child(key),
                           u"%1 is not a text of 1 to %2 characters"_s.arg(map.whatOf(key)).arg(longestText),
                           u"write it in a few words, or remove the key"_s);
        return std::nullopt;
    }
    return text->trimmed();
}

/// A name, or its beginning with a star behind.
std::optional<QString> readPattern(MapReader& map, const QString& key)
{
    auto text = readShort(map, key);
    if (text && text->chopped(1).contains(u'*')) {
        map.issues().error(*map.child(key), u"%1 has a star that is not at its end"_s.arg(map.whatOf(key)),
                           u"write the whole name, or its beginning and one star, like com.acme.payment.*"_s);
        return std::nullopt;
    }
    return text;
}

/// An expression of a user's, held to a number of steps: a bad one fits nothing rather than stopping the intake.
std::optional<QRegularExpression> readExpression(MapReader& map, const QString& key)
{
    const auto text = map.text(key);
    if (!text)
        return std::nullopt;
    const QRegularExpression plain(*text);
    if (text->isEmpty() || text->size() > longestExpression || !plain.isValid()) {
        const QString why = text->isEmpty()                    ? u"it is empty"_s
                            : text->size() > longestExpression ? u"it is longer than 4000 characters"_s
                                                               : plain.errorString();
        map.issues().error(*map.child(key),
                           u"%1 is no regular expression: %2 (at its character %3)"_s.arg(
                               map.whatOf(key), why, QString::number(plain.patternErrorOffset() + 1)),
                           u"escape what is meant literally, like order \\d+ not found\\."_s);
        return std::nullopt;
    }
    QRegularExpression bounded(u"(*LIMIT_MATCH=100000)"_s + *text);
    bounded.optimize();
    return bounded;
}

void readMatchers(const YamlNode& node, GroupingRule& rule, const QString& what, IssueList& issues)
{
    MapReader map(node, what, issues);
    rule.errorClass = readPattern(map, u"error_class"_s);
    rule.rootCause = readPattern(map, u"root_cause"_s);
    rule.eventType = readPattern(map, u"event_type"_s);
    rule.consumer = readPattern(map, u"consumer"_s);
    rule.dialect = readPattern(map, u"dialect"_s);
    rule.frame = readShort(map, u"frame"_s);
    rule.message = readExpression(map, u"message"_s);
    bool saysWhat = false; // a faulty matcher has been said already
    for (const QString& key : matcherKeys)
        saysWhat = saysWhat || (map.isMap() && map.child(key) != nullptr);
    if (map.isMap() && !saysWhat)
        issues.error(node, u"%1 does not say what it fits, so it would be one group of everything"_s.arg(what),
                     u"add "_s + matcherKeys.join(u", "_s));
    map.finish();
}

void readWithout(MapReader& map, GroupingRule& rule)
{
    const YamlNode* node = map.child(u"without"_s);
    if (node == nullptr)
        return;
    for (const QString& part : readTextList(*node, map.whatOf(u"without"), map.issues())) {
        if (part == u"message")
            rule.withoutMessage = true;
        else if (part == u"frame")
            rule.withoutFrame = true;
        else
            map.issues().error(*node,
                               u"%1 names %2%3"_s.arg(map.whatOf(u"without"), quoted(part),
                                                      didYouMean(part, {u"message"_s, u"frame"_s})),
                               u"write message, frame or [message, frame]: what does not tell failures apart"_s);
    }
}

GroupingRule readRule(const YamlNode& node, int number, IssueList& issues)
{
    GroupingRule rule;
    const QString what = u"rule %1"_s.arg(number);
    MapReader map(node, what, issues);
    rule.name = readShort(map, u"name"_s).value_or(what);
    rule.line = issues.place(node).line;
    if (const YamlNode* when = map.required(u"when"_s, u"when: { error_class: com.acme.payment.* }"_s))
        readMatchers(*when, rule, u"'when' of "_s + what, issues);
    rule.fingerprint = readShort(map, u"fingerprint"_s);
    rule.title = readShort(map, u"title"_s);
    readWithout(map, rule);
    if (map.isMap() && map.child(u"fingerprint"_s) == nullptr && map.child(u"title"_s) == nullptr &&
        map.child(u"without"_s) == nullptr)
        issues.error(node, u"%1 changes nothing"_s.arg(what),
                     u"add fingerprint: NAME (one group), title: TEXT, or without: message"_s);
    if (map.isMap() && map.child(u"fingerprint"_s) != nullptr && map.child(u"without"_s) != nullptr)
        issues.error(*map.child(u"without"_s), u"'without' of %1 has no effect beside 'fingerprint'"_s.arg(what),
                     u"remove one of them: a fingerprint of your own leaves everything else out"_s);
    map.finish();
    return rule;
}

/// Prefixes: `com.acme.` is a package, `com.acme` would take com.acmeworks too, which is said.
QStringList readPrefixes(MapReader& map, const QString& key)
{
    QStringList prefixes = map.textList(key);
    for (const QString& prefix : prefixes) {
        if (prefix.contains(u'*') || prefix.size() > longestText)
            map.issues().error(*map.child(key),
                               u"%1 has %2, which begins no class"_s.arg(map.whatOf(key), quoted(prefix)),
                               u"write how the names begin, like com.acme."_s);
    }
    return prefixes;
}

} // namespace

Checked<GroupingRules> readGroupingRules(const QString& file)
{
    Checked<GroupingRules> checked;
    if (file.isEmpty()) {
        checked.value = GroupingRules{};
        return checked;
    }
    IssueList issues(file);
    GroupingRules rules;
    QFile bytes(file);
    if (bytes.open(QIODevice::ReadOnly) && bytes.size() <= largestFile)
        rules.digest = QString::fromLatin1(
            QCryptographicHash::hash(bytes.readAll(), QCryptographicHash::Sha256).toHex().first(16));
    Checked<YamlDocument> document = readYamlFile(file);
    issues.append(std::move(document.issues));
    if (document.value) {
        MapReader map(*document.value->root, u"the grouping rules"_s, issues);
        if (const YamlNode* version = map.child(u"version"_s);
            version != nullptr && (version->kind != YamlNode::Kind::Scalar || version->text != u"1"))
            issues.error(*version, u"'version' of the grouping rules is not 1, the only one this Spillway reads"_s,
                         u"write version: 1"_s);
        if (const YamlNode* frames = map.child(u"frames"_s)) {
            MapReader prefixes(*frames, u"frames"_s, issues);
            rules.inApp = readPrefixes(prefixes, u"in_app"_s);
            rules.notInApp = readPrefixes(prefixes, u"not_in_app"_s);
            prefixes.finish();
        }
        if (const YamlNode* list = map.child(u"rules"_s)) {
            if (list->kind != YamlNode::Kind::Sequence)
                issues.error(*list, u"'rules' of the grouping rules is not a list"_s,
                             u"begin each rule with '- name: …'"_s);
            else if (list->items.size() > mostRules)
                issues.error(*list, u"'rules' of the grouping rules has more than 1000 entries"_s,
                             u"join rules: each letter asks them one after the other"_s);
            else
                for (const YamlNode* item : list->items)
                    rules.rules.push_back(readRule(*item, static_cast<int>(rules.rules.size()) + 1, issues));
        }
        map.finish();
    }
    const bool isFaulty = issues.hasErrors();
    checked.issues = issues.take();
    if (!isFaulty)
        checked.value = std::move(rules);
    return checked;
}

} // namespace spillway
