// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindrules.h"
#include "model/workspace/yamlreader.h"

#include <QCryptographicHash>
#include <QFile>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it: a static library's resources are dropped unless somebody names them.
static void initKindResources()
{
    Q_INIT_RESOURCE(dialects);
}

namespace spillway {

namespace {

constexpr qint64 largestFile = 1LL << 20;
constexpr qsizetype mostRules = 1'000;
constexpr qsizetype longestExpression = 4'000;
constexpr qsizetype longestText = 1'000;
constexpr int mostReplays = 100;

/// An expression of a user's, held to a number of steps: a bad one fits nothing rather than stopping the intake.
std::optional<QRegularExpression> readExpression(MapReader& map, const QString& key)
{
    const auto text = map.text(key);
    if (!text)
        return std::nullopt;
    const YamlNode& at = *map.child(key);
    if (text->size() > longestExpression) {
        map.issues().error(at, u"%1 is longer than %2 characters"_s.arg(map.whatOf(key)).arg(longestExpression),
                           u"make two rules of it"_s);
        return std::nullopt;
    }
    const QRegularExpression plain(*text);
    if (!plain.isValid() || text->isEmpty()) {
        map.issues().error(at,
                           u"%1 is no regular expression: %2 (at its character %3)"_s.arg(
                               map.whatOf(key), text->isEmpty() ? u"it is empty"_s : plain.errorString(),
                               QString::number(plain.patternErrorOffset() + 1)),
                           u"escape what is meant literally, like \\.TimeoutException$"_s);
        return std::nullopt;
    }
    QRegularExpression bounded(u"(*LIMIT_MATCH=100000)"_s + *text);
    bounded.optimize();
    return bounded;
}

QString readSentence(MapReader& map, const QString& key)
{
    const auto text = map.text(key);
    if (!text)
        return {};
    if (text->size() > longestText) {
        map.issues().error(*map.child(key), u"%1 is longer than %2 characters"_s.arg(map.whatOf(key)).arg(longestText),
                           u"say it in a sentence or two"_s);
        return {};
    }
    return text->trimmed();
}

void readSchemaWord(MapReader& map, KindRule& rule)
{
    const auto word = map.text(u"schema"_s);
    if (!word)
        return;
    if (*word == u"valid" || *word == u"invalid")
        rule.fitsSchema = *word == u"valid";
    else
        map.issues().error(*map.child(u"schema"_s), u"%1 is %2"_s.arg(map.whatOf(u"schema"), quoted(*word)),
                           u"write valid or invalid: what the catalog's schema says of the payload"_s);
}

KindRule readRule(const YamlNode& node, int number, IssueList& issues)
{
    MapReader map(node, u"rule %1"_s.arg(number), issues);
    KindRule rule;
    rule.line = node.line;
    rule.name = readSentence(map, u"name"_s);
    if (const auto word = map.requiredText(u"kind"_s, u"kind: transient"_s)) {
        if (const auto kind = failureKindFromWord(*word))
            rule.kind = *kind;
        else
            issues.error(*map.child(u"kind"_s), u"%1 is %2"_s.arg(map.whatOf(u"kind"), quoted(*word)),
                         u"write transient, schema, business or unknown"_s);
    }
    if (map.required(u"reason"_s, u"reason: the gateway is restarted every night"_s))
        rule.reason = readSentence(map, u"reason"_s);
    rule.suggestion = readSentence(map, u"suggestion"_s);
    rule.className = readExpression(map, u"class"_s);
    rule.message = readExpression(map, u"message"_s);
    rule.stage = readExpression(map, u"stage"_s);
    rule.dialects = map.textList(u"dialects"_s);
    rule.consumers = map.textList(u"consumers"_s);
    rule.eventTypes = map.textList(u"event_types"_s);
    readSchemaWord(map, rule);
    if (const auto replays = map.integer(u"replays"_s, {.min = 1, .max = mostReplays}))
        rule.replays = static_cast<int>(*replays);
    if (const auto word = map.text(u"instead_of"_s)) {
        rule.insteadOf = failureKindFromWord(*word);
        if (!rule.insteadOf)
            issues.error(*map.child(u"instead_of"_s), u"%1 is %2"_s.arg(map.whatOf(u"instead_of"), quoted(*word)),
                         u"write transient, schema or business"_s);
    }
    bool saysWhat = false; // a faulty condition has been said already
    for (const QString& key :
         {u"class"_s, u"message"_s, u"stage"_s, u"consumers"_s, u"event_types"_s, u"schema"_s, u"replays"_s})
        saysWhat = saysWhat || (map.isMap() && map.child(key));
    if (map.isMap() && !saysWhat)
        issues.error(node, u"%1 does not say what it fits"_s.arg(map.what()),
                     u"add class, message, stage, consumers, event_types, schema or replays"_s);
    map.finish();
    if (rule.name.isEmpty())
        rule.name = rule.reason;
    return rule;
}

QByteArray digestOf(const QByteArray& before, const QByteArray& text)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(before);
    hash.addData(text);
    return hash.result();
}

struct RuleFile
{
    std::vector<KindRule> rules;
    QStringList disabled;
};

/// @param known  names that `disable` may name.
RuleFile readRuleFile(const YamlNode& root, const QStringList& known, IssueList& issues)
{
    RuleFile file;
    MapReader map(root, u"the rules' file"_s, issues);
    if (const YamlNode* rules = map.child(u"rules"_s)) {
        if (rules->kind != YamlNode::Kind::Sequence)
            issues.error(*rules, u"'rules' is no list"_s, u"begin each rule with a dash: - kind: transient"_s);
        if (static_cast<qsizetype>(rules->items.size()) > mostRules)
            issues.error(*rules, u"'rules' has more than %1 entries"_s.arg(mostRules), u"join what is alike"_s);
        QStringList names;
        int number = 0;
        for (const YamlNode* item : rules->items) {
            KindRule rule = readRule(*item, ++number, issues);
            if (!rule.name.isEmpty() && names.contains(rule.name))
                issues.error(*item, u"two rules are called %1"_s.arg(quoted(rule.name)), u"give each its own name"_s);
            names += rule.name;
            file.rules.push_back(std::move(rule));
        }
    }
    file.disabled = map.textList(u"disable"_s);
    for (const QString& name : std::as_const(file.disabled)) {
        if (!known.contains(name))
            issues.error(*map.child(u"disable"_s),
                         u"no bundled rule is called %1%2"_s.arg(quoted(name), didYouMean(name, known)),
                         u"'spillwayctl dlq kinds --rules' lists them"_s);
    }
    map.finish();
    return file;
}

} // namespace

Result<KindRules> KindRules::bundled()
{
    initKindResources();
    QFile file(u":/kinds.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Internal, u"kinds.json is not compiled in"_s);
    Checked<KindRules> rules = read(file.readAll(), u"kinds.json"_s);
    if (!rules.value)
        return fail(ErrorCode::Internal, rules.issues.empty() ? u"kinds.json"_s : rules.issues.front().toString());
    return std::move(*rules.value);
}

Checked<KindRules> KindRules::read(const QByteArray& text, const QString& file)
{
    Checked<KindRules> checked;
    Checked<YamlDocument> document = readYamlText(text, file);
    checked.issues = std::move(document.issues);
    if (!document.value)
        return checked;
    IssueList issues(file);
    issues.append(std::move(checked.issues));
    RuleFile content = readRuleFile(*document.value->root, {}, issues);
    const bool isFaulty = issues.hasErrors();
    checked.issues = issues.take();
    if (isFaulty)
        return checked;
    KindRules rules;
    rules.m_rules = std::move(content.rules);
    rules.m_digest = digestOf({}, text);
    checked.value = std::move(rules);
    return checked;
}

Checked<KindRules> KindRules::withUsers(const QString& file)
{
    Checked<KindRules> checked;
    if (!file.isEmpty()) {
        Checked<QByteArray> text = readUserFile(file, largestFile);
        if (text.value)
            return withUsersText(*text.value, file);
        checked.issues = std::move(text.issues);
        return checked;
    }
    if (auto rules = bundled())
        checked.value = std::move(*rules);
    else
        checked.issues.push_back({.place = {.file = file}, .message = rules.error().detail, .remedy = {}});
    return checked;
}

Checked<KindRules> KindRules::withUsersText(const QByteArray& text, const QString& file)
{
    Checked<KindRules> checked;
    auto rules = bundled();
    if (!rules) {
        checked.issues.push_back({.place = {.file = file}, .message = rules.error().detail, .remedy = {}});
        return checked;
    }
    if (text.size() > largestFile) {
        checked.issues.push_back({.place = {.file = file},
                                  .message = u"the rules are larger than 1 MiB"_s,
                                  .remedy = u"join what is alike"_s});
        return checked;
    }
    Checked<YamlDocument> document = readYamlText(text, file);
    checked.issues = std::move(document.issues);
    if (!document.value)
        return checked;
    QStringList known;
    for (const KindRule& rule : rules->m_rules)
        known += rule.name;
    IssueList issues(file);
    issues.append(std::move(checked.issues));
    RuleFile users = readRuleFile(*document.value->root, known, issues);
    const bool isFaulty = issues.hasErrors();
    checked.issues = issues.take();
    if (isFaulty)
        return checked;
    for (KindRule& rule : users.rules)
        rule.isUsers = true;
    for (KindRule& rule : rules->m_rules) {
        if (!users.disabled.contains(rule.name))
            users.rules.push_back(std::move(rule));
    }
    rules->m_rules = std::move(users.rules);
    rules->m_digest = digestOf(rules->m_digest, text);
    checked.value = std::move(*rules);
    return checked;
}

} // namespace spillway
