// SPDX-License-Identifier: GPL-3.0-or-later
// What a connection reads: dead-letter topics with their mapping, and processing logs.
#include "model/workspace/mappingedit.h"
#include "model/workspace/settings.h"

#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

enum class FieldKind { Text, Integer, Time };

struct MappedField
{
    QString name;
    FieldKind kind = FieldKind::Text;
};

const std::vector<MappedField>& mappedFields()
{
    static const std::vector<MappedField> fields{{u"origin_topic"_s, FieldKind::Text},
                                                 {u"origin_partition"_s, FieldKind::Integer},
                                                 {u"origin_offset"_s, FieldKind::Integer},
                                                 {u"origin_timestamp"_s, FieldKind::Time},
                                                 {u"error_class"_s, FieldKind::Text},
                                                 {u"error_message"_s, FieldKind::Text},
                                                 {u"stack"_s, FieldKind::Text},
                                                 {u"consumer"_s, FieldKind::Text},
                                                 {u"consumer_group"_s, FieldKind::Text},
                                                 {u"event_type"_s, FieldKind::Text},
                                                 {u"attempts"_s, FieldKind::Integer},
                                                 {u"dead_lettered_at"_s, FieldKind::Time}};
    return fields;
}

/// Several connections or entries may be written as a list, one alone also without it.
std::vector<const YamlNode*> entriesOf(const YamlNode& node)
{
    if (node.kind == YamlNode::Kind::Sequence)
        return node.items;
    return {&node};
}

std::optional<FieldSource> readFieldSource(const YamlNode& node, const MappedField& field, IssueList& issues)
{
    const QString what = u"'%1' of the mapping"_s.arg(field.name);
    const QString remedy = u"write one of { header: NAME }, { payload: /json/pointer } or { value: TEXT }"_s;
    if (node.kind != YamlNode::Kind::Map) {
        issues.error(node, u"%1 does not say where it comes from"_s.arg(what), remedy);
        return std::nullopt;
    }
    MapReader map(node, what, issues);
    const std::array<std::pair<QString, FieldSource::From>, 3> forms{{{u"header"_s, FieldSource::From::Header},
                                                                      {u"payload"_s, FieldSource::From::Payload},
                                                                      {u"value"_s, FieldSource::From::Constant}}};
    std::optional<FieldSource> source;
    int given = 0;
    for (const auto& [key, from] : forms) {
        const YamlNode* child = map.child(key);
        if (child == nullptr)
            continue;
        ++given;
        if (from == FieldSource::From::Payload && child->kind == YamlNode::Kind::Scalar &&
            !isJsonPointer(child->text)) {
            issues.error(*child, u"%1 is %2, which is not a JSON pointer"_s.arg(map.whatOf(key), quoted(child->text)),
                         u"write a path with slashes, like /error/message"_s);
            return std::nullopt;
        }
        if (const auto text = map.text(key))
            source = FieldSource{from, *text};
    }
    if (given != 1) {
        issues.error(node, u"%1 names %2"_s.arg(what, given == 0 ? u"no source"_s : u"several sources"_s), remedy);
        return std::nullopt;
    }
    map.finish();
    static const QRegularExpression digits(u"^[0-9]{1,18}$"_s);
    if (source && source->from == FieldSource::From::Constant && field.kind == FieldKind::Integer &&
        !digits.match(source->text).hasMatch()) {
        issues.error(*map.child(u"value"_s), u"%1 is %2, which is not a whole number"_s.arg(what, quoted(source->text)),
                     u"write digits"_s);
        return std::nullopt;
    }
    return source;
}

/// Where in an envelope the payload stands, for replays: bytes are cut out, so it is a place in the letter's payload.
std::optional<FieldSource> readPayloadSource(const YamlNode& node, IssueList& issues)
{
    const QString what = u"'payload' of the mapping"_s;
    const QString remedy = u"write { payload: /json/pointer }, and as: text or as: base64 if a text holds it"_s;
    if (node.kind != YamlNode::Kind::Map) {
        issues.error(node, u"%1 does not say where in the letter it stands"_s.arg(what), remedy);
        return std::nullopt;
    }
    MapReader map(node, what, issues);
    const YamlNode* pointer = map.child(u"payload"_s);
    if (pointer == nullptr) {
        issues.error(node, u"%1 names no place in the letter's payload"_s.arg(what), remedy);
        return std::nullopt;
    }
    const auto text = map.text(u"payload"_s);
    if (text && (text->isEmpty() || !isJsonPointer(*text))) {
        issues.error(*pointer, u"%1 is %2, which is not a JSON pointer"_s.arg(map.whatOf(u"payload"), quoted(*text)),
                     u"write a path with slashes, like /payload"_s);
        return std::nullopt;
    }
    const QString as = map.text(u"as"_s).value_or(u"json"_s);
    if (as != u"json"_s && as != u"text"_s && as != u"base64"_s) {
        issues.error(*map.child(u"as"_s), u"%1 is %2"_s.arg(map.whatOf(u"as"), quoted(as)),
                     u"write json, text or base64"_s);
        return std::nullopt;
    }
    map.finish();
    return text ? std::optional(FieldSource{FieldSource::From::Payload, *text, as == u"json"_s ? QString() : as})
                : std::nullopt;
}

DeadLetterMapping readMapping(const YamlNode& node, const QString& owner, IssueList& issues)
{
    DeadLetterMapping mapping;
    MapReader map(node, u"the mapping of a dead-letter topic of %1"_s.arg(owner), issues);
    for (const MappedField& field : mappedFields()) {
        const YamlNode* child = map.child(field.name);
        if (child == nullptr)
            continue;
        if (const auto source = readFieldSource(*child, field, issues))
            mapping.emplace(field.name, *source);
    }
    if (const YamlNode* payload = map.child(payloadField)) {
        if (const auto source = readPayloadSource(*payload, issues))
            mapping.emplace(payloadField, *source);
    }
    if (const auto which = map.text(lettersField)) {
        if (*which == u"all")
            setTakesEveryLetter(mapping, true);
        else if (*which != u"unrecognised")
            issues.error(*map.child(lettersField), u"%1 is %2"_s.arg(map.whatOf(lettersField), quoted(*which)),
                         u"write unrecognised, or all for those too that a dialect reads"_s);
    }
    if (map.isMap() && node.entries.empty())
        issues.error(node, u"%1 is empty"_s.arg(map.what()),
                     u"add a field, like error_class: { header: x-error-class }, or remove it"_s);
    map.finish();
    return mapping;
}

std::optional<QString> readPattern(const YamlNode& node, const QString& what, IssueList& issues)
{
    const auto pattern = readText(node, what, issues);
    if (!pattern)
        return std::nullopt;
    const QRegularExpression expression(*pattern);
    if (expression.isValid())
        return pattern;
    issues.error(node,
                 u"%1 is not a regular expression (%2 at character %3)"_s.arg(what, expression.errorString())
                     .arg(expression.patternErrorOffset() + 1),
                 u"write an expression that matches the whole name, like \".*\\\\.dlq\""_s);
    return std::nullopt;
}

std::optional<DeadLetterTopic> readDeadLetterTopic(const YamlNode& node, const QString& owner, IssueList& issues)
{
    const QString remedy = u"write topic: NAME or topic_pattern: EXPRESSION"_s;
    MapReader map(node, u"a dead_letters entry of %1"_s.arg(owner), issues);
    if (!map.isMap())
        return std::nullopt;
    DeadLetterTopic letters;
    letters.place = issues.place(node);
    const YamlNode* topic = map.child(u"topic"_s);
    const YamlNode* pattern = map.child(u"topic_pattern"_s);
    if ((topic == nullptr) == (pattern == nullptr))
        issues.error(
            node,
            u"%1 has %2"_s.arg(map.what(), topic == nullptr ? u"no topic"_s : u"both a topic and a topic_pattern"_s),
            remedy);
    else if (topic != nullptr)
        letters.selector.topic = readTopicName(*topic, map.whatOf(u"topic"), issues).value_or(QString());
    else
        letters.selector.pattern = readPattern(*pattern, map.whatOf(u"topic_pattern"), issues).value_or(QString());
    if (const YamlNode* mapping = map.child(u"mapping"_s))
        letters.mapping = readMapping(*mapping, owner, issues);
    map.finish();
    return letters.selector == TopicSelector{} ? std::nullopt : std::optional(letters);
}

void readPostgreSql(const YamlNode& node, ProcessingLogSettings& log, const SettingsContext& context)
{
    IssueList& issues = context.issues;
    MapReader map(node, u"postgresql of a processing_log entry"_s, issues);
    log.kind = ProcessingLogSettings::Kind::PostgreSql;
    if (const YamlNode* dsn = map.required(u"dsn"_s, u"dsn: { env: NAME }"_s))
        log.dsn = readSecretReference(*dsn, map.whatOf(u"dsn"), context);
    log.table = map.text(u"table"_s).value_or(u"event_processing_log"_s);
    static const QRegularExpression identifier(u"^[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)?$"_s);
    if (!identifier.match(log.table).hasMatch())
        issues.error(*map.child(u"table"_s),
                     u"%1 is %2, which is not a table's name"_s.arg(map.whatOf(u"table"), quoted(log.table)),
                     u"write table or schema.table"_s);
    map.finish();
}

std::optional<ProcessingLogSettings> readProcessingLog(const YamlNode& node, const QString& owner,
                                                       const SettingsContext& context)
{
    IssueList& issues = context.issues;
    MapReader map(node, u"a processing_log entry of %1"_s.arg(owner), issues);
    if (!map.isMap())
        return std::nullopt;
    ProcessingLogSettings log;
    log.place = issues.place(node);
    const YamlNode* topic = map.child(u"topic"_s);
    const YamlNode* file = map.child(u"file"_s);
    const YamlNode* postgresql = map.child(u"postgresql"_s);
    const YamlNode* otlp = map.child(u"otlp"_s);
    const int given = (topic != nullptr) + (file != nullptr) + (postgresql != nullptr) + (otlp != nullptr);
    if (given != 1) {
        issues.error(node, u"%1 names %2"_s.arg(map.what(), given == 0 ? u"no source"_s : u"several sources"_s),
                     u"write one of topic, file, postgresql or otlp per entry, and a list for several"_s);
        map.finish();
        return std::nullopt;
    }
    if (topic != nullptr) {
        log.topic = readTopicName(*topic, map.whatOf(u"topic"), issues).value_or(QString());
    } else if (file != nullptr) {
        log.kind = ProcessingLogSettings::Kind::File;
        log.path = absolutePath(context.folder, map.text(u"file"_s).value_or(QString()));
    } else if (postgresql != nullptr) {
        readPostgreSql(*postgresql, log, context);
    } else if (const auto address = map.text(u"otlp"_s)) {
        log.kind = ProcessingLogSettings::Kind::Otlp;
        log.listenAddress = *address;
        if (const QString fault = faultOfAddress(*address); !fault.isEmpty())
            issues.error(*otlp, u"%1 %2"_s.arg(map.whatOf(u"otlp"), fault),
                         u"write the address to listen on, like 127.0.0.1:4318"_s);
    }
    map.finish();
    return log;
}

} // namespace

std::vector<DeadLetterTopic> readDeadLetterTopics(const YamlNode& node, const QString& owner,
                                                  const SettingsContext& context)
{
    std::vector<DeadLetterTopic> topics;
    for (const YamlNode* entry : entriesOf(node)) {
        auto letters = readDeadLetterTopic(*entry, owner, context.issues);
        if (!letters)
            continue;
        const auto twin = std::find_if(topics.begin(), topics.end(), [&](const DeadLetterTopic& other) {
            return other.selector == letters->selector;
        });
        if (twin != topics.end())
            context.issues.error(*entry,
                                 u"%1 names the dead-letter topic %2 a second time"_s.arg(
                                     owner, quoted(letters->selector.topic + letters->selector.pattern)),
                                 u"keep one of the entries"_s);
        else
            topics.push_back(std::move(*letters));
    }
    return topics;
}

std::vector<ProcessingLogSettings> readProcessingLogs(const YamlNode& node, const QString& owner,
                                                      const SettingsContext& context)
{
    std::vector<ProcessingLogSettings> logs;
    for (const YamlNode* entry : entriesOf(node)) {
        if (auto log = readProcessingLog(*entry, owner, context))
            logs.push_back(std::move(*log));
    }
    return logs;
}

} // namespace spillway
