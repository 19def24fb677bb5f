// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/maskrules.h"

#include "model/base/decimal.h"
#include "model/workspace/yamlreader.h"

#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostRules = 1'000;
constexpr qsizetype mostExpressions = 64;
constexpr qsizetype longestExpression = 500;

QString listed(const QStringList& words)
{
    return words.first(words.size() - 1).join(u", "_s) + u" or "_s + words.last();
}

/// The nodes of a list, or the one of a single value.
std::vector<const YamlNode*> nodesOf(MapReader& map, const QString& key)
{
    const YamlNode* node = map.child(key);
    if (node == nullptr)
        return {};
    if (node->kind != YamlNode::Kind::Sequence)
        return {node};
    if (node->items.size() > static_cast<std::size_t>(mostRules)) {
        map.issues().error(*node, u"%1 has more than %2 entries"_s.arg(map.whatOf(key)).arg(mostRules),
                           u"use * and ** to say more with fewer rules"_s);
        return {};
    }
    return node->items;
}

/// A text. A number in its place is mostly a slip, and as a name it would mask, or show, what nobody meant.
std::optional<QString> readName(const YamlNode& node, const QString& what, const QString& example, IssueList& issues)
{
    if (node.kind == YamlNode::Kind::Scalar && !node.isText && Decimal::parse(node.text.toUtf8())) {
        issues.error(node, u"%1 is a number"_s.arg(what),
                     u"write %1; in quotes where %2 is its name"_s.arg(example, node.text));
        return std::nullopt;
    }
    return readText(node, what, issues);
}

std::vector<FieldPath> readPaths(MapReader& map, const QString& key)
{
    std::vector<FieldPath> paths;
    for (const YamlNode* node : nodesOf(map, key)) {
        const auto text = readName(*node, u"an entry of "_s + map.whatOf(key),
                                   u"a path like customer.email, items[*].card or **.iban"_s, map.issues());
        if (!text)
            continue;
        const FieldPathRead read = parseFieldPath(*text);
        if (read.fault.isEmpty())
            paths.push_back(read.path);
        else
            map.issues().error(*node,
                               u"%1 is no field path: it %2"_s.arg(quoted(*text), read.fault.section(u"; "_s, 0, 0)),
                               read.fault.section(u"; "_s, 1).isEmpty()
                                   ? u"write a path like customer.email, items[*].card or **.iban"_s
                                   : read.fault.section(u"; "_s, 1));
    }
    return paths;
}

std::vector<QByteArray> readNames(MapReader& map, const QString& key)
{
    std::vector<QByteArray> names;
    for (const YamlNode* node : nodesOf(map, key)) {
        const auto text = readName(*node, u"an entry of "_s + map.whatOf(key),
                                   u"a header's name, like authorization or x-customer-*"_s, map.issues());
        const QByteArray name = text ? comparableName(text->toUtf8()) : QByteArray();
        if (text && name.isEmpty())
            map.issues().error(*node, u"an entry of %1 names no header"_s.arg(map.whatOf(key)),
                               u"write a header's name, like authorization or x-customer-*"_s);
        else if (text)
            names.push_back(name);
    }
    return names;
}

/// PCRE counts its steps; more than this for one text and it gives up, which masks the text whole.
constexpr auto workLimit = "(*LIMIT_MATCH=200000)(*LIMIT_DEPTH=20000)"_L1;

void readExpression(const YamlNode& node, MaskRules& rules, IssueList& issues)
{
    MapReader map(node, u"an entry of 'patterns'"_s, issues);
    const auto name = map.requiredText(u"name"_s, u"name: what the pattern finds, in words"_s);
    const auto text = map.requiredText(u"regex"_s, u"regex: a regular expression in single quotes"_s);
    map.finish();
    if (!name || !text)
        return;
    const YamlNode& at = *map.child(u"regex"_s);
    if (text->size() > longestExpression) {
        issues.error(
            at,
            u"the expression of pattern %1 is longer than %2 characters"_s.arg(quoted(*name)).arg(longestExpression),
            u"split it into several patterns"_s);
        return;
    }
    if (text->startsWith(u"(*"_s)) {
        issues.error(at, u"the expression of pattern %1 sets options of the matcher"_s.arg(quoted(*name)),
                     u"leave out the part in (*…)"_s);
        return;
    }
    QRegularExpression expression(workLimit + *text, QRegularExpression::UseUnicodePropertiesOption);
    if (!expression.isValid()) {
        issues.error(at,
                     u"the expression of pattern %1 does not read: %2 at character %3"_s
                         .arg(quoted(*name), expression.errorString())
                         .arg(std::max<qsizetype>(1, expression.patternErrorOffset() - workLimit.size() + 1)),
                     u"correct it (Perl's syntax)"_s);
        return;
    }
    if (expression.match(QString()).hasMatch()) {
        issues.error(at, u"the expression of pattern %1 also matches nothing at all"_s.arg(quoted(*name)),
                     u"ask for at least one character, like [0-9]+ instead of [0-9]*"_s);
        return;
    }
    expression.optimize();
    rules.customPatterns.push_back({*name, expression});
}

void readPatterns(MapReader& map, MaskRules& rules)
{
    QStringList words;
    for (const MaskPattern pattern : maskPatterns)
        words += maskPatternWord(pattern);
    for (const YamlNode* node : nodesOf(map, u"patterns"_s)) {
        if (node->kind == YamlNode::Kind::Map) {
            readExpression(*node, rules, map.issues());
            continue;
        }
        const auto word = readText(*node, u"an entry of 'patterns'"_s, map.issues());
        if (!word)
            continue;
        const auto known = std::find_if(maskPatterns.begin(), maskPatterns.end(),
                                        [&](MaskPattern pattern) { return maskPatternWord(pattern) == *word; });
        if (known == maskPatterns.end())
            map.issues().error(*node, u"there is no pattern %1%2"_s.arg(quoted(*word), didYouMean(*word, words)),
                               u"write %1, or a pattern of your own as { name: …, regex: '…' }"_s.arg(listed(words)));
        else if (std::find(rules.patterns.begin(), rules.patterns.end(), *known) == rules.patterns.end())
            rules.patterns.push_back(*known);
    }
    if (rules.customPatterns.size() > static_cast<std::size_t>(mostExpressions))
        map.issues().error(*map.child(u"patterns"_s), u"'patterns' has more than %1 expressions"_s.arg(mostExpressions),
                           u"join some of them with |"_s);
}

template<typename T>
std::optional<T> readWord(MapReader& map, const QString& key, const std::vector<std::pair<QString, T>>& words)
{
    const auto word = map.text(key);
    if (!word)
        return std::nullopt;
    QStringList known;
    for (const auto& [text, value] : words) {
        if (text == *word)
            return value;
        known += text;
    }
    map.issues().error(*map.child(key), u"%1 is %2%3"_s.arg(map.whatOf(key), quoted(*word), didYouMean(*word, known)),
                       u"write %1"_s.arg(listed(known)));
    return std::nullopt;
}

void readPurposes(MapReader& map, MaskRules& rules)
{
    if (map.child(u"purposes"_s) == nullptr)
        return;
    rules.purposes.clear();
    QStringList words;
    for (const MaskPurpose purpose : maskPurposes)
        words += maskPurposeWord(purpose);
    for (const YamlNode* node : nodesOf(map, u"purposes"_s)) {
        const auto word = readText(*node, u"an entry of 'purposes'"_s, map.issues());
        if (!word)
            continue;
        const auto known = std::find_if(maskPurposes.begin(), maskPurposes.end(),
                                        [&](MaskPurpose purpose) { return maskPurposeWord(purpose) == *word; });
        if (known != maskPurposes.end())
            rules.purposes.push_back(*known);
        else
            map.issues().error(*node, u"there is no purpose %1%2"_s.arg(quoted(*word), didYouMean(*word, words)),
                               u"write %1, or remove the key to mask everywhere"_s.arg(listed(words)));
    }
}

template<typename T>
void appendTo(std::vector<T>& all, std::vector<T> more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

MaskRules readRules(const YamlNode& root, Environment environment, IssueList& issues)
{
    MapReader map(root, u"the masking rules"_s, issues);
    const YamlNode* version = map.child(u"version"_s);
    if (version != nullptr && (version->kind != YamlNode::Kind::Scalar || version->text != u"1"))
        issues.error(*version, u"'version' of the masking rules is not 1, the only one this Spillway reads"_s,
                     u"write version: 1"_s);
    MaskRules rules = defaultMaskRules(environment);
    if (!map.boolean(u"defaults"_s).value_or(true)) {
        rules.fields.clear();
        rules.headers.clear();
        rules.patterns.clear();
    }
    rules.isOn = map.boolean(u"enabled"_s).value_or(true);
    if (!rules.isOn && environment == Environment::Production)
        issues.warning(*map.child(u"enabled"_s), u"nothing is masked, although the environment is production"_s,
                       u"write enabled: true, or show_fields and show_headers for what may be seen"_s);
    rules.isStrict = readWord<bool>(map, u"unreadable"_s, {{u"whole"_s, true}, {u"patterns"_s, false}})
                         .value_or(environment == Environment::Production);
    rules.keys = readWord<MaskRules::Keys>(map, u"keys"_s,
                                           {{u"patterns"_s, MaskRules::Keys::Patterns},
                                            {u"all"_s, MaskRules::Keys::All},
                                            {u"none"_s, MaskRules::Keys::None}})
                     .value_or(MaskRules::Keys::Patterns);
    readPurposes(map, rules);
    appendTo(rules.fields, readPaths(map, u"fields"_s));
    rules.shownFields = readPaths(map, u"show_fields"_s);
    appendTo(rules.headers, readNames(map, u"headers"_s));
    rules.shownHeaders = readNames(map, u"show_headers"_s);
    readPatterns(map, rules);
    map.finish();
    return rules;
}

Checked<MaskRules> checkedRules(Checked<YamlDocument> document, const QString& file, Environment environment)
{
    Checked<MaskRules> checked;
    if (!document.value) {
        checked.issues = std::move(document.issues);
        return checked;
    }
    IssueList issues(file);
    issues.append(std::move(document.issues));
    MaskRules rules = readRules(*document.value->root, environment, issues);
    checked.issues = issues.take();
    if (!hasErrors(checked.issues))
        checked.value = std::move(rules);
    return checked;
}

} // namespace

Checked<MaskRules> loadMaskRules(const Workspace& workspace)
{
    if (workspace.maskingFile.isEmpty())
        return {defaultMaskRules(workspace.environment), {}};
    return checkedRules(readYamlFile(workspace.maskingFile), workspace.maskingFile, workspace.environment);
}

Checked<MaskRules> readMaskRules(const QByteArray& yaml, const QString& file, Environment environment)
{
    return checkedRules(readYamlText(yaml, file), file, environment);
}

} // namespace spillway
