// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/dialect.h"

#include "model/deadletter/jsonlookup.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <optional>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Word
{
    const char16_t* word;
    int value;
};

constexpr Word fieldWords[] = {
    {u"originTopic", int(DialectField::OriginTopic)},
    {u"originPartition", int(DialectField::OriginPartition)},
    {u"originOffset", int(DialectField::OriginOffset)},
    {u"originTimestamp", int(DialectField::OriginTimestamp)},
    {u"consumerGroup", int(DialectField::ConsumerGroup)},
    {u"errorClass", int(DialectField::ErrorClass)},
    {u"causeClass", int(DialectField::CauseClass)},
    {u"errorMessage", int(DialectField::ErrorMessage)},
    {u"causeMessage", int(DialectField::CauseMessage)},
    {u"stack", int(DialectField::Stack)},
    {u"stage", int(DialectField::Stage)},
    {u"attempts", int(DialectField::Attempts)},
    {u"deadLetteredAt", int(DialectField::DeadLetteredAt)},
    {u"firstFailedAt", int(DialectField::FirstFailedAt)},
    {u"originTimestampType", int(DialectField::OriginTimestampType)},
};
constexpr Word endWords[] = {{u"first", int(Dialect::End::First)}, {u"last", int(Dialect::End::Last)}};
constexpr Word timeWords[] = {
    {u"record", int(Dialect::LetterTime::Record)},
    {u"source", int(Dialect::LetterTime::Source)},
    {u"unknown", int(Dialect::LetterTime::Unknown)},
};
constexpr Word stackWords[] = {{u"java", int(Dialect::StackFormat::Java)},
                               {u"other", int(Dialect::StackFormat::Other)}};
constexpr Word codeWords[] = {
    {u"spring-failed-message", int(Dialect::Code::SpringFailedMessage)},
    {u"spring-hops-by-channel", int(Dialect::Code::SpringHopsByChannel)},
    {u"spring-thrown-at", int(Dialect::Code::SpringThrownAt)},
    {u"pulsar-topic", int(Dialect::Code::PulsarTopic)},
    {u"kafka-topic-address", int(Dialect::Code::KafkaTopicAddress)},
    {u"masstransit-address", int(Dialect::Code::MassTransitAddress)},
};

constexpr qsizetype largestFile = 1 << 20;

FilePlace placeAt(const QByteArray& json, qsizetype at, const QString& file)
{
    const QByteArrayView before = QByteArrayView(json).first(std::clamp<qsizetype>(at, 0, json.size()));
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {.file = file,
            .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            .column = static_cast<int>(QString::fromUtf8(before.sliced(lineStart)).size()) + 1};
}

/// Walks one file and keeps every mistake, so that the calls need no checks between them.
class Reader
{
public:
    Reader(const QByteArray& json, QString file)
        : m_json(json)
        , m_file(std::move(file))
    {
    }

    void complain(const QString& what)
    {
        m_issues.push_back({.place = placeOf(what),
                            .message = what,
                            .remedy = u"see \"Own dialects\" in the manual's page on dead letters"_s});
    }
    [[nodiscard]] std::vector<FileIssue> takeIssues() { return std::move(m_issues); }

    void onlyKeys(const QJsonObject& object, const QString& where, const std::set<QString>& known)
    {
        for (const QString& key : object.keys()) {
            if (!known.contains(key))
                complain(u"%1: unknown key \"%2\"; known are %3"_s.arg(
                    where, key, QStringList(known.begin(), known.end()).join(u", "_s)));
        }
    }

    QString text(const QJsonObject& object, const QString& where, const QString& key, bool isRequired)
    {
        const QJsonValue value = object.value(key);
        if ((value.isUndefined() && isRequired) ||
            (!value.isUndefined() && (!value.isString() || value.toString().isEmpty())))
            complain(u"%1: \"%2\" must be a text"_s.arg(where, key));
        return value.toString();
    }

    QStringList texts(const QJsonObject& object, const QString& where, const QString& key)
    {
        const QJsonValue value = object.value(key);
        QStringList list;
        if (value.isUndefined())
            return list;
        if (!value.isArray())
            complain(u"%1: \"%2\" must be a list of texts"_s.arg(where, key));
        for (const QJsonValue& item : value.toArray()) {
            if (!item.isString() || item.toString().isEmpty())
                complain(u"%1: \"%2\" must be a list of texts"_s.arg(where, key));
            list += item.toString();
        }
        return list;
    }

    std::vector<QByteArray> names(const QJsonObject& object, const QString& where, const QString& key)
    {
        std::vector<QByteArray> list;
        for (const QString& text : texts(object, where, key))
            list.push_back(text.toUtf8());
        return list;
    }

    bool flag(const QJsonObject& object, const QString& where, const QString& key)
    {
        const QJsonValue value = object.value(key);
        if (!value.isUndefined() && !value.isBool())
            complain(u"%1: \"%2\" must be true or false"_s.arg(where, key));
        return value.toBool(false);
    }

    template<typename Enum, std::size_t N>
    Enum oneOf(const QString& word, const QString& where, const Word (&words)[N], Enum fallback)
    {
        QStringList known;
        for (const Word& candidate : words) {
            if (word == QStringView(candidate.word))
                return static_cast<Enum>(candidate.value);
            known += QString(QStringView(candidate.word).toString());
        }
        complain(u"%1: \"%2\" is none of %3"_s.arg(where, word, known.join(u", "_s)));
        return fallback;
    }

    template<typename Enum, std::size_t N>
    Enum optionalWord(const QJsonObject& object, const QString& key, const Word (&words)[N], Enum fallback)
    {
        const QJsonValue value = object.value(key);
        return value.isUndefined() ? fallback : oneOf(value.toString(), key, words, fallback);
    }

private:
    /// Of the first word in quotes that the file holds: Qt's JSON has values, but not where they stood.
    [[nodiscard]] FilePlace placeOf(const QString& what) const
    {
        const QStringList pieces = what.split(u'"');
        for (qsizetype i = 1; i < pieces.size(); i += 2) {
            if (const qsizetype at = m_json.indexOf('"' + pieces[i].toUtf8() + '"'); at >= 0)
                return placeAt(m_json, at, m_file);
        }
        const QString where = what.section(u':', 0, 0);
        const qsizetype at = m_json.indexOf('"' + where.toUtf8() + '"');
        return placeAt(m_json, std::max<qsizetype>(at, 0), m_file);
    }

    const QByteArray& m_json;
    QString m_file;
    std::vector<FileIssue> m_issues;
};

std::vector<DetectionRule> readDetection(Reader& reader, const QJsonObject& root)
{
    std::vector<DetectionRule> rules;
    for (const QJsonValue& value : root.value(u"detect"_s).toArray()) {
        const QJsonObject object = value.toObject();
        reader.onlyKeys(object, u"detect"_s, {u"all"_s, u"confidence"_s});
        DetectionRule rule{reader.names(object, u"detect"_s, u"all"_s), object.value(u"confidence"_s).toDouble(-1)};
        if (rule.all.empty())
            reader.complain(u"detect: \"all\" names at least one header"_s);
        if (!(rule.confidence > 0 && rule.confidence <= 1))
            reader.complain(u"detect: \"confidence\" is a number over 0, up to 1"_s);
        rules.push_back(std::move(rule));
    }
    if (rules.empty())
        reader.complain(u"\"detect\" is a list of at least one { \"all\": [headers], \"confidence\": number }"_s);
    return rules;
}

std::map<DialectField, std::vector<FieldRule>> readFields(Reader& reader, const QJsonObject& root)
{
    std::map<DialectField, std::vector<FieldRule>> fields;
    const QJsonObject object = root.value(u"fields"_s).toObject();
    if (object.isEmpty())
        reader.complain(u"\"fields\" says which header tells what: { \"originTopic\": [{ \"header\": NAME }], … }"_s);
    for (const QString& key : object.keys()) {
        const auto field = reader.oneOf(key, u"fields"_s, fieldWords, DialectField::Stage);
        for (const QJsonValue& value : object.value(key).toArray()) {
            const QJsonObject rule = value.toObject();
            reader.onlyKeys(rule, key, {u"header"_s, u"type"_s, u"add"_s});
            FieldRule result;
            result.header = reader.text(rule, key, u"header"_s, true).toUtf8();
            const QString type = rule.contains(u"type"_s) ? rule.value(u"type"_s).toString() : u"text"_s;
            if (const auto known = headerTypeFromWord(type))
                result.type = *known;
            else
                reader.complain(
                    u"%1: type \"%2\" is none of text, int32, int64, integer, decimal, time"_s.arg(key, type));
            result.add = rule.value(u"add"_s).toInteger(0);
            fields[field].push_back(std::move(result));
        }
    }
    return fields;
}

std::optional<PayloadPlace> readPayload(Reader& reader, const QJsonObject& root)
{
    if (!root.contains(u"payload"_s))
        return std::nullopt;
    const QJsonObject object = root.value(u"payload"_s).toObject();
    reader.onlyKeys(object, u"payload"_s, {u"pointer"_s, u"as"_s});
    PayloadPlace place{.pointer = reader.text(object, u"payload"_s, u"pointer"_s, true)};
    if (!place.pointer.isEmpty() && !parseJsonPointer(place.pointer))
        reader.complain(u"payload: \"%1\" is no JSON pointer; it begins with /"_s.arg(place.pointer));
    const QString as = object.value(u"as"_s).toString(u"json"_s);
    if (const auto known = payloadAsFromWord(as))
        place.as = *known;
    else
        reader.complain(u"payload: \"%1\" is none of json, text, base64"_s.arg(as));
    return place;
}

} // namespace

Result<Dialect> readDialect(const QByteArray& json, const QString& name)
{
    Checked<Dialect> checked = checkDialect(json, name);
    if (!checked.value)
        return fail(ErrorCode::InvalidConfig, checked.issues.front().toString());
    return std::move(*checked.value);
}

Checked<Dialect> checkDialect(const QByteArray& json, const QString& file)
{
    if (json.size() > largestFile)
        return {std::nullopt,
                {{.place = {.file = file},
                  .message = u"the file is over 1 MiB"_s,
                  .remedy = u"a dialect describes headers; put payloads elsewhere"_s}}};
    QJsonParseError fault;
    const QJsonDocument document = QJsonDocument::fromJson(json, &fault);
    if (!document.isObject())
        return {std::nullopt,
                {{.place = placeAt(json, fault.offset, file),
                  .message = fault.error == QJsonParseError::NoError ? u"no JSON object"_s
                                                                     : u"no JSON: "_s + fault.errorString(),
                  .remedy = u"write one object { \"id\": …, \"name\": …, \"detect\": […], \"fields\": {…} }"_s}}};
    const QJsonObject root = document.object();
    Reader reader(json, file);
    reader.onlyKeys(root, u"dialect"_s,
                    {u"id"_s, u"name"_s, u"detect"_s, u"newest"_s, u"fields"_s, u"errorStart"_s, u"wrappers"_s,
                     u"messagePrefixes"_s, u"messageMayBeClass"_s, u"letterTime"_s, u"stackFormat"_s,
                     u"pointerWhenEmpty"_s, u"internalTopicSuffixes"_s, u"code"_s, u"strip"_s, u"otherHeaders"_s,
                     u"payload"_s, u"about"_s});
    Dialect dialect;
    dialect.id = reader.text(root, u"dialect"_s, u"id"_s, true);
    static const QRegularExpression plainId(QRegularExpression::anchoredPattern(u"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"_s));
    if (!dialect.id.isEmpty() && !plainId.match(dialect.id).hasMatch())
        reader.complain(u"dialect: \"id\" is a word of up to 64 letters, digits, dots, hyphens and underscores"_s);
    dialect.name = reader.text(root, u"dialect"_s, u"name"_s, true);
    dialect.detect = readDetection(reader, root);
    dialect.newest = reader.optionalWord(root, u"newest"_s, endWords, Dialect::End::Last);
    dialect.fields = readFields(reader, root);
    dialect.errorStart = reader.names(root, u"dialect"_s, u"errorStart"_s);
    dialect.wrappers = reader.texts(root, u"dialect"_s, u"wrappers"_s);
    for (const QString& pattern : reader.texts(root, u"dialect"_s, u"messagePrefixes"_s)) {
        const QRegularExpression expression(QRegularExpression::anchoredPattern(u"(?:%1)(.*)"_s.arg(pattern)),
                                            QRegularExpression::DotMatchesEverythingOption);
        if (!expression.isValid())
            reader.complain(
                u"messagePrefixes: \"%1\" is no regular expression: %2"_s.arg(pattern, expression.errorString()));
        else if (expression.captureCount() != 1)
            reader.complain(u"messagePrefixes: \"%1\" has a group; write (?:…) for it"_s.arg(pattern));
        dialect.messagePrefixes.push_back(expression);
    }
    dialect.messageMayBeClass = reader.flag(root, u"dialect"_s, u"messageMayBeClass"_s);
    dialect.letterTime = reader.optionalWord(root, u"letterTime"_s, timeWords, Dialect::LetterTime::Unknown);
    dialect.stackFormat = reader.optionalWord(root, u"stackFormat"_s, stackWords, Dialect::StackFormat::Java);
    dialect.payload = readPayload(reader, root);
    dialect.pointerWhenEmpty = reader.flag(root, u"dialect"_s, u"pointerWhenEmpty"_s);
    dialect.internalTopicSuffixes = reader.texts(root, u"dialect"_s, u"internalTopicSuffixes"_s);
    for (const QString& word : reader.texts(root, u"dialect"_s, u"code"_s))
        dialect.code.push_back(reader.oneOf(word, u"code"_s, codeWords, Dialect::Code::SpringFailedMessage));
    const QJsonObject others = root.value(u"otherHeaders"_s).toObject();
    for (const QString& header : others.keys()) {
        const QJsonObject rule = others.value(header).toObject();
        reader.onlyKeys(rule, u"otherHeaders"_s, {u"type"_s, u"isTime"_s});
        const auto type = headerTypeFromWord(rule.value(u"type"_s).toString());
        if (!type)
            reader.complain(
                u"otherHeaders: the type of \"%1\" is none of text, int32, int64, integer, decimal, time"_s.arg(
                    header));
        dialect.otherHeaders.push_back(
            {header.toUtf8(), type.value_or(HeaderType::Text), reader.flag(rule, header, u"isTime"_s)});
    }
    dialect.strip = reader.names(root, u"dialect"_s, u"strip"_s);
    if (std::find(dialect.strip.begin(), dialect.strip.end(), "*") != dialect.strip.end())
        reader.complain(u"strip: \"*\" would leave every header behind; write what their names begin with"_s);
    if (auto issues = reader.takeIssues(); !issues.empty())
        return {std::nullopt, std::move(issues)};
    return {std::move(dialect), {}};
}

} // namespace spillway
