// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayplanfile.h"

#include "model/base/jsonwriter.h"
#include "model/base/sha256.h"
#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/base/wholefile.h"
#include "model/replay/repeatedtext.h"
#include "model/replay/replaylimits.h"

#include <QFile>
#include <QFileInfo>

#include <simdjson.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr char format[] = "spillway replay plan";
constexpr int version = 1;
constexpr qint64 maxFileBytes = 1LL << 30;

template<typename Rows>
void writeCounts(JsonWriter& json, QStringView name, QStringView textName, const Rows& rows)
{
    json.key(name).beginArray();
    for (const PlanCount& row : rows)
        json.beginObject().field(textName, row.text).field(u"messages", row.messages).endObject();
    json.endArray();
}

void writeNames(JsonWriter& json, QStringView name, const std::vector<QByteArray>& names)
{
    json.key(name).beginArray();
    for (const QByteArray& text : names)
        json.value(QString::fromUtf8(text));
    json.endArray();
}

void writeHeaderUses(JsonWriter& json, QStringView name, const HeaderCensus& headers, bool isSent)
{
    json.key(name).beginArray();
    for (const HeaderUse& use : headers.names) {
        if (use.isSent == isSent)
            json.beginObject().field(u"name", exactText(use.name)).field(u"messages", use.messages).endObject();
    }
    json.endArray();
}

QByteArray renderLetter(const PlanLetter& letter)
{
    const DigestDigits digits = digestDigits(letter.digest);
    JsonWriter json(JsonWriter::Escapes::AsSealed);
    json.beginObject()
        .field(u"id", letter.letterId)
        .field(u"channel", letter.at.topic)
        .field(u"partition", letter.at.partition)
        .field(u"offset", letter.offset.value)
        .field(u"digest", QStringView(digits))
        .field(u"bytes", letter.sizeBytes)
        .field(u"target", letter.target)
        .field(u"targetPartition", letter.targetPartition)
        .field(u"generation", letter.generation)
        .field(u"replayOf", QString::fromUtf8(letter.replayOf))
        .field(u"consumerGroup", letter.consumerGroup)
        .field(u"strip", letter.stripRule)
        .endObject();
    return json.json();
}

QByteArray renderHead(const ReplayPlan& plan)
{
    JsonWriter json(JsonWriter::Escapes::AsSealed);
    json.beginObject()
        .field(u"format", QString::fromLatin1(format))
        .field(u"version", version)
        .field(u"planId", plan.planId)
        .field(u"connection", plan.connection)
        .field(u"clusterId", plan.clusterId)
        .field(u"createdAt", plan.createdAt)
        .field(u"cutOff", plan.cutOff)
        .field(u"ledgerSeq", plan.ledgerSeq)
        .field(u"query", plan.query)
        .field(u"to", plan.to)
        .field(u"guarantee", plan.guarantee)
        .field(u"messages", static_cast<std::int64_t>(plan.letters.size()))
        .field(u"bytes", plan.bytes);
    writeCounts(json, u"targets", u"topic", plan.targets);
    writeCounts(json, u"blocked", u"reason", plan.blocked);
    json.key(u"headersLeftBehind").beginArray();
    for (const PlanStripRule& rule : plan.stripRules) {
        json.beginObject().field(u"dialect", rule.dialect).field(u"channel", rule.channel);
        writeNames(json, u"names", rule.rule.names);
        writeNames(json, u"prefixes", rule.rule.prefixes);
        if (!rule.rule.shape.isEmpty())
            json.field(u"shape", rule.rule.shape);
        if (rule.rule.payload)
            json.field(u"payload", rule.rule.payload->pointer)
                .field(u"payloadAs", payloadAsWord(rule.rule.payload->as));
        if (!rule.olderDialects.isEmpty()) {
            json.key(u"olderDialects").beginArray();
            for (const QString& older : rule.olderDialects)
                json.value(older);
            json.endArray();
        }
        writeHeaderChoices(json, rule.rule.choices);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.json();
}

/// All but the digest's line: what the digest seals. One field a line, one letter a line.
QByteArray renderSealed(const ReplayPlan& plan)
{
    QByteArray head = renderHead(plan);
    head.chop(1); // the closing brace: the letters follow
    QByteArray out = head + ",\n\"letters\": [";
    for (std::size_t i = 0; i < plan.letters.size(); ++i) {
        out += i == 0 ? "\n" : ",\n";
        out += renderLetter(plan.letters[i]);
    }
    out += "\n],\n";
    return out;
}

QByteArray digestOf(const QByteArray& sealed)
{
    Sha256 hash;
    hash.add(sealed);
    return hash.hexResult();
}

tl::unexpected<Error> refused(const QString& why)
{
    return fail(ErrorCode::InvalidConfig, why + u"; make a new plan with `spillwayctl replay plan`"_s);
}

using Json = simdjson::dom::element;

/// What is not there, or of another kind, reads as nothing: the plan then differs from its bytes, and is refused.
std::string_view utf8Of(const simdjson::simdjson_result<Json>& value)
{
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? text : std::string_view("");
}
QString textOf(const simdjson::simdjson_result<Json>& value)
{
    const std::string_view utf8 = utf8Of(value);
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
std::int64_t numberOf(const simdjson::simdjson_result<Json>& value)
{
    std::int64_t number = 0;
    return value.get(number) == simdjson::SUCCESS ? number : 0;
}
int smallOf(const simdjson::simdjson_result<Json>& value)
{
    return static_cast<int>(numberOf(value));
}
/// What `make` makes of each in a list; of what is no list: nothing.
template<typename Make>
auto eachOf(const simdjson::simdjson_result<Json>& value, const Make& make)
{
    std::vector<decltype(make(std::declval<Json>()))> out;
    simdjson::dom::array list;
    if (value.get(list) != simdjson::SUCCESS)
        return out;
    out.reserve(list.size());
    for (const Json each : list)
        out.push_back(make(each));
    return out;
}
bool isNull(const simdjson::simdjson_result<Json>& value)
{
    return value.error() != simdjson::SUCCESS || value.is_null();
}

UtcTime timeOf(const simdjson::simdjson_result<Json>& value)
{
    return parseRfc3339(textOf(value).toUtf8()).value_or(UtcTime{});
}

class LetterReader
{
public:
    PlanLetter letterOf(const Json& json)
    {
        return {
            .letterId = textOf(json["id"]),
            .at = {m_channel.of(utf8Of(json["channel"])), smallOf(json["partition"])},
            .offset = Offset{numberOf(json["offset"])},
            .digest = textOf(json["digest"]).toULongLong(nullptr, 16),
            .sizeBytes = numberOf(json["bytes"]),
            .target = m_target.of(utf8Of(json["target"])),
            .targetPartition =
                isNull(json["targetPartition"]) ? std::nullopt : std::optional(smallOf(json["targetPartition"])),
            .generation = smallOf(json["generation"]),
            .replayOf = textOf(json["replayOf"]).toUtf8(),
            .consumerGroup =
                isNull(json["consumerGroup"]) ? std::nullopt : std::optional(m_group.of(utf8Of(json["consumerGroup"]))),
            .stripRule = smallOf(json["strip"]),
        };
    }

private:
    RepeatedText m_channel;
    RepeatedText m_target;
    RepeatedText m_group;
};

std::vector<PlanCount> countsOf(const simdjson::simdjson_result<Json>& rows, const char* textName)
{
    return eachOf(rows, [textName](const Json& row) {
        return PlanCount{textOf(row[textName]), numberOf(row["messages"])};
    });
}

std::vector<QByteArray> namesOf(const simdjson::simdjson_result<Json>& names)
{
    return eachOf(names, [](Json name) { return textOf(simdjson::simdjson_result<Json>(std::move(name))).toUtf8(); });
}

QStringList textsOf(const simdjson::simdjson_result<Json>& texts)
{
    QStringList list;
    for (const QByteArray& text : namesOf(texts))
        list += QString::fromUtf8(text);
    return list;
}

std::vector<HeaderChoice> choicesOf(const simdjson::simdjson_result<Json>& choices)
{
    return eachOf(choices, [](const Json& choice) {
        const bool isSent = choice["keep"].error() == simdjson::SUCCESS;
        return HeaderChoice{textOf(choice[isSent ? "keep" : "drop"]).toUtf8(), isSent};
    });
}

ReplayPlan planOf(const Json& json)
{
    ReplayPlan plan;
    plan.planId = textOf(json["planId"]);
    plan.connection = textOf(json["connection"]);
    plan.clusterId = textOf(json["clusterId"]);
    plan.createdAt = timeOf(json["createdAt"]);
    plan.cutOff = timeOf(json["cutOff"]);
    plan.ledgerSeq = numberOf(json["ledgerSeq"]);
    plan.query = textOf(json["query"]);
    plan.to = isNull(json["to"]) ? std::nullopt : std::optional(textOf(json["to"]));
    plan.guarantee = textOf(json["guarantee"]);
    plan.bytes = numberOf(json["bytes"]);
    plan.targets = countsOf(json["targets"], "topic");
    plan.blocked = countsOf(json["blocked"], "reason");
    plan.stripRules = eachOf(json["headersLeftBehind"], [](const Json& rule) {
        return PlanStripRule{textOf(rule["dialect"]), textOf(rule["channel"]),
                             StripRule{namesOf(rule["names"]), namesOf(rule["prefixes"]), textOf(rule["shape"]),
                                       payloadPlaceFrom(textOf(rule["payload"]), textOf(rule["payloadAs"])),
                                       choicesOf(rule["choices"])},
                             textsOf(rule["olderDialects"])};
    });
    LetterReader reader;
    plan.letters = eachOf(json["letters"], [&reader](const Json& letter) { return reader.letterOf(letter); });
    return plan;
}

/// What the digest cannot tell: whoever recomputes it could still break these. The runner relies on them.
QString brokenRule(const ReplayPlan& plan)
{
    if (!isReplayId(plan.planId))
        return u"its planId is not one"_s;
    if (plan.letters.size() > maxPlanLetters)
        return u"it holds more than %1 letters"_s.arg(maxPlanLetters);
    for (std::size_t i = 0; i < plan.letters.size(); ++i) {
        const PlanLetter& letter = plan.letters[i];
        if (i > 0 && std::tie(plan.letters[i - 1].at, plan.letters[i - 1].offset) >= std::tie(letter.at, letter.offset))
            return u"its letters are not in order"_s;
        if (letter.stripRule < 0 || static_cast<std::size_t>(letter.stripRule) >= plan.stripRules.size())
            return u"a letter names a rule for headers that is not there"_s;
        if (letter.target.isEmpty() || letter.offset.value < 0 || letter.at.partition < 0 || letter.sizeBytes < 0 ||
            letter.generation < 1)
            return u"a letter's numbers are out of range"_s;
    }
    return {};
}

constexpr char digestStart[] = "\"digest\": \"";
constexpr char digestEnd[] = "\"}\n";
constexpr qsizetype digestLength = 64;

/// Of what `renderPlan` made.
QByteArray digestAtEnd(const QByteArray& rendered)
{
    return rendered.sliced(rendered.size() - qsizetype{sizeof digestEnd - 1} - digestLength, digestLength);
}

} // namespace

QByteArray renderPlan(const ReplayPlan& plan)
{
    const QByteArray sealed = renderSealed(plan);
    return sealed + digestStart + digestOf(sealed) + digestEnd;
}

QString planDigest(const ReplayPlan& plan)
{
    return QString::fromLatin1(digestOf(renderSealed(plan)));
}

Result<ReplayPlan> parsePlan(const QByteArray& bytes)
{
    simdjson::dom::parser parser;
    Json json;
    const auto error = parser.parse(bytes.constData(), static_cast<std::size_t>(bytes.size())).get(json);
    if (error != simdjson::SUCCESS || !json.is_object())
        return refused(u"the plan was cut short or is no JSON (%1)"_s.arg(
            error == simdjson::SUCCESS ? u"no object"_s : QString::fromLatin1(simdjson::error_message(error))));
    if (textOf(json["format"]) != QLatin1StringView(format))
        return refused(u"this is no replay plan"_s);
    if (numberOf(json["version"]) != version)
        return refused(
            u"the plan has version %1, this Spillway reads version %2"_s.arg(numberOf(json["version"])).arg(version));
    ReplayPlan plan = planOf(json);
    // Comparing the bytes finds every change at once: other values, other order, added fields, other spacing, another
    // digest.
    if (renderPlan(plan) != bytes)
        return refused(u"the plan was changed after Spillway sealed it"_s);
    if (const QString broken = brokenRule(plan); !broken.isEmpty())
        return refused(u"the plan was not made by Spillway: "_s + broken);
    return plan;
}

Status writePlan(const ReplayPlan& plan, const QString& file)
{
    WholeFile out(file);
    Status written = out.open(QFile::ReadOwner | QFile::WriteOwner);
    if (written)
        written = out.write(renderPlan(plan));
    if (written)
        written = out.commit();
    if (written)
        return {};
    return fail(ErrorCode::Unreachable, written.error().detail + u"; choose another file with --out"_s);
}

Result<ReplayPlan> readPlan(const QString& file, QString* digest)
{
    QFile in(file);
    if (!in.exists())
        return fail(ErrorCode::NotFound,
                    u"%1: there is no such plan; make one with `spillwayctl replay plan`"_s.arg(file));
    if (!in.open(QIODevice::ReadOnly))
        return fail(ErrorCode::InvalidConfig,
                    u"%1: cannot read the plan: %2; name the file that `spillwayctl replay plan` wrote"_s.arg(
                        file, QFileInfo(file).isDir() ? u"it is a folder"_s : in.errorString()));
    if (in.size() > maxFileBytes)
        return fail(ErrorCode::InvalidConfig, u"%1: larger than 1 GiB: this is no replay plan"_s.arg(file));
    const QByteArray bytes = in.readAll();
    Result<ReplayPlan> plan = parsePlan(bytes);
    if (!plan)
        return failWithin(file, plan.error());
    if (digest)
        *digest = QString::fromLatin1(digestAtEnd(bytes));
    return plan;
}

QByteArray writePlanSummaryJson(const ReplayPlan& plan, const HeaderCensus& headers)
{
    JsonWriter json;
    json.beginObject()
        .field(u"planId", plan.planId)
        .field(u"messages", static_cast<std::int64_t>(plan.letters.size()))
        .field(u"bytes", plan.bytes);
    writeCounts(json, u"targets", u"topic", plan.targets);
    writeCounts(json, u"blocked", u"reason", plan.blocked);
    json.field(u"guarantee", plan.guarantee).key(u"headers").beginObject();
    writeHeaderUses(json, u"leftBehind", headers, false);
    writeHeaderUses(json, u"sent", headers, true);
    json.field(u"uncounted", headers.uncounted).key(u"choices").beginArray();
    if (!plan.stripRules.empty())
        writeEachChoice(json, plan.stripRules.front().rule.choices);
    json.endArray().endObject().field(u"digest", planDigest(plan)).endObject();
    return json.json();
}

} // namespace spillway
