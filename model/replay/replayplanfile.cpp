// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayplanfile.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/replay/replaylimits.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr char format[] = "spillway replay plan";
constexpr int version = 1;
constexpr qint64 maxFileBytes = 1LL << 30;

QString hexDigest(std::uint64_t digest)
{
    return u"%1"_s.arg(qulonglong{digest}, 16, 16, QLatin1Char('0'));
}

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

QByteArray renderLetter(const PlanLetter& letter)
{
    JsonWriter json;
    json.beginObject()
        .field(u"id", letter.letterId)
        .field(u"channel", letter.at.topic)
        .field(u"partition", letter.at.partition)
        .field(u"offset", letter.offset.value)
        .field(u"digest", hexDigest(letter.digest))
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
    JsonWriter json;
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
    return QCryptographicHash::hash(sealed, QCryptographicHash::Sha256).toHex();
}

tl::unexpected<Error> refused(const QString& why)
{
    return fail(ErrorCode::InvalidConfig, why + u"; make a new plan with `spillwayctl replay plan`"_s);
}

UtcTime timeOf(const QJsonValue& value)
{
    return parseRfc3339(value.toString().toUtf8()).value_or(UtcTime{});
}

template<typename T>
std::optional<T> maybe(const QJsonValue& value, T (*read)(const QJsonValue&))
{
    return value.isNull() || value.isUndefined() ? std::nullopt : std::optional<T>(read(value));
}

QString textOf(const QJsonValue& value)
{
    return value.toString();
}
int numberOf(const QJsonValue& value)
{
    return static_cast<int>(value.toInteger());
}

PlanLetter letterOf(const QJsonObject& json)
{
    return {
        .letterId = json["id"_L1].toString(),
        .at = {json["channel"_L1].toString(), numberOf(json["partition"_L1])},
        .offset = Offset{json["offset"_L1].toInteger()},
        .digest = json["digest"_L1].toString().toULongLong(nullptr, 16),
        .sizeBytes = json["bytes"_L1].toInteger(),
        .target = json["target"_L1].toString(),
        .targetPartition = maybe<int>(json["targetPartition"_L1], numberOf),
        .generation = numberOf(json["generation"_L1]),
        .replayOf = json["replayOf"_L1].toString().toUtf8(),
        .consumerGroup = maybe<QString>(json["consumerGroup"_L1], textOf),
        .stripRule = numberOf(json["strip"_L1]),
    };
}

std::vector<PlanCount> countsOf(const QJsonValue& rows, QLatin1StringView textName)
{
    std::vector<PlanCount> counts;
    for (const QJsonValue& row : rows.toArray())
        counts.push_back({row[textName].toString(), row["messages"_L1].toInteger()});
    return counts;
}

std::vector<QByteArray> namesOf(const QJsonValue& names)
{
    std::vector<QByteArray> texts;
    for (const QJsonValue& name : names.toArray())
        texts.push_back(name.toString().toUtf8());
    return texts;
}

ReplayPlan planOf(const QJsonObject& json)
{
    ReplayPlan plan;
    plan.planId = json["planId"_L1].toString();
    plan.connection = json["connection"_L1].toString();
    plan.clusterId = json["clusterId"_L1].toString();
    plan.createdAt = timeOf(json["createdAt"_L1]);
    plan.cutOff = timeOf(json["cutOff"_L1]);
    plan.ledgerSeq = json["ledgerSeq"_L1].toInteger();
    plan.query = json["query"_L1].toString();
    plan.to = maybe<QString>(json["to"_L1], textOf);
    plan.guarantee = json["guarantee"_L1].toString();
    plan.bytes = json["bytes"_L1].toInteger();
    plan.targets = countsOf(json["targets"_L1], "topic"_L1);
    plan.blocked = countsOf(json["blocked"_L1], "reason"_L1);
    for (const QJsonValue& rule : json["headersLeftBehind"_L1].toArray())
        plan.stripRules.push_back(
            {rule["dialect"_L1].toString(), rule["channel"_L1].toString(),
             StripRule{namesOf(rule["names"_L1]), namesOf(rule["prefixes"_L1]), rule["shape"_L1].toString()}});
    const QJsonArray letters = json["letters"_L1].toArray();
    plan.letters.reserve(static_cast<std::size_t>(letters.size()));
    for (const QJsonValue& letter : letters)
        plan.letters.push_back(letterOf(letter.toObject()));
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

} // namespace

QByteArray renderPlan(const ReplayPlan& plan)
{
    const QByteArray sealed = renderSealed(plan);
    return sealed + "\"digest\": \"" + digestOf(sealed) + "\"}\n";
}

QString planDigest(const ReplayPlan& plan)
{
    return QString::fromLatin1(digestOf(renderSealed(plan)));
}

Result<ReplayPlan> parsePlan(const QByteArray& bytes)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    if (!document.isObject())
        return refused(
            u"the plan was cut short or is no JSON (%1 at byte %2)"_s.arg(error.errorString()).arg(error.offset));
    const QJsonObject json = document.object();
    if (json["format"_L1].toString() != QLatin1StringView(format))
        return refused(u"this is no replay plan"_s);
    if (json["version"_L1].toInteger() != version)
        return refused(u"the plan has version %1, this Spillway reads version %2"_s.arg(json["version"_L1].toInteger())
                           .arg(version));
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
    QSaveFile out(file);
    const QByteArray bytes = renderPlan(plan);
    if (!out.open(QIODevice::WriteOnly) || !out.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        out.write(bytes) != bytes.size() || !out.commit())
        return fail(ErrorCode::Unreachable,
                    u"%1: cannot write the plan: %2; choose another file with --out"_s.arg(file, out.errorString()));
    return {};
}

Result<ReplayPlan> readPlan(const QString& file)
{
    QFile in(file);
    if (!in.exists())
        return fail(ErrorCode::NotFound,
                    u"%1: there is no such plan; make one with `spillwayctl replay plan`"_s.arg(file));
    if (!in.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1: cannot read the plan: %2"_s.arg(file, in.errorString()));
    if (in.size() > maxFileBytes)
        return fail(ErrorCode::InvalidConfig, u"%1: larger than 1 GiB: this is no replay plan"_s.arg(file));
    Result<ReplayPlan> plan = parsePlan(in.readAll());
    if (!plan)
        return failWithin(file, plan.error());
    return plan;
}

QByteArray writePlanSummaryJson(const ReplayPlan& plan)
{
    JsonWriter json;
    json.beginObject()
        .field(u"planId", plan.planId)
        .field(u"messages", static_cast<std::int64_t>(plan.letters.size()))
        .field(u"bytes", plan.bytes);
    writeCounts(json, u"targets", u"topic", plan.targets);
    writeCounts(json, u"blocked", u"reason", plan.blocked);
    json.field(u"guarantee", plan.guarantee).field(u"digest", planDigest(plan)).endObject();
    return json.json();
}

} // namespace spillway
