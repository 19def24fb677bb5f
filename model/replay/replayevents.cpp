// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayevents.h"

#include "model/base/jsonwriter.h"
#include "model/base/wordtable.h"
#include "model/replay/replaylimits.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

void writeItems(JsonWriter& json, const ItemList& items)
{
    json.beginArray();
    for (std::size_t i = 0; i < items.size();) {
        std::size_t next = i + 1;
        while (next < items.size() && items[next] == items[next - 1] + 1)
            ++next;
        json.beginArray()
            .value(static_cast<std::int64_t>(items[i]))
            .value(static_cast<std::int64_t>(items[next - 1] + 1))
            .endArray();
        i = next;
    }
    json.endArray();
}

void writeTexts(JsonWriter& json, QStringView name, const std::vector<QByteArray>& texts)
{
    json.key(name).beginArray();
    for (const QByteArray& text : texts)
        json.value(QString::fromUtf8(text));
    json.endArray();
}

JsonWriter bodyOf(const QString& jobId)
{
    JsonWriter json;
    json.beginObject().field(u"jobId", jobId);
    return json;
}

QByteArray finished(JsonWriter& json)
{
    return json.endObject().json();
}

QByteArray lettersBody(const QString& jobId, const std::vector<PlanLetter>& letters, std::size_t first,
                       std::size_t last)
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"first", static_cast<std::int64_t>(first)).key(u"letters").beginArray();
    for (std::size_t i = first; i < last; ++i) {
        const PlanLetter& letter = letters[i];
        const DigestDigits digits = digestDigits(letter.digest);
        json.beginArray()
            .value(letter.letterId)
            .value(letter.at.topic)
            .value(letter.at.partition)
            .value(letter.offset.value)
            .value(QStringView(digits))
            .value(letter.sizeBytes)
            .value(letter.target)
            .value(letter.targetPartition)
            .value(letter.generation)
            .value(QString::fromUtf8(letter.replayOf))
            .value(letter.consumerGroup)
            .value(letter.stripRule)
            .endArray();
    }
    json.endArray();
    return finished(json);
}

QByteArray jobBody(const QString& jobId, const ReplayPlan& plan, const QString& digest, const ReplayOptions& options,
                   const QString& reason)
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"planId", plan.planId)
        .field(u"digest", digest)
        .field(u"connection", plan.connection)
        .field(u"clusterId", plan.clusterId)
        .field(u"query", plan.query)
        .field(u"ledgerSeq", plan.ledgerSeq)
        .field(u"guarantee", plan.guarantee)
        .field(u"messages", static_cast<std::int64_t>(plan.letters.size()))
        .field(u"bytes", plan.bytes)
        .key(u"targets")
        .beginArray();
    for (const PlanCount& target : plan.targets)
        json.value(target.text);
    json.endArray().key(u"strip").beginArray();
    for (const PlanStripRule& rule : plan.stripRules) {
        json.beginObject();
        writeTexts(json, u"names", rule.rule.names);
        writeTexts(json, u"prefixes", rule.rule.prefixes);
        if (!rule.rule.shape.isEmpty())
            json.field(u"shape", rule.rule.shape);
        if (rule.rule.payload)
            json.field(u"payload", rule.rule.payload->pointer)
                .field(u"payloadAs", payloadAsWord(rule.rule.payload->as));
        writeHeaderChoices(json, rule.rule.choices);
        json.endObject();
    }
    json.endArray().field(u"rate", options.ratePerSecond).key(u"canary").beginArray();
    for (const std::int64_t size : options.canary)
        json.value(size);
    json.endArray().field(u"settleMs", std::int64_t{options.settle.count()});
    json.field(u"stopIf", options.stopIf ? std::optional(options.stopIf->toString()) : std::nullopt);
    json.field(u"reason", reason.isEmpty() ? std::nullopt : std::optional(reason));
    return finished(json);
}

constexpr WordTable<ReplayOutcome, 3> outcomeWords{{{ReplayOutcome::Confirmed, u"confirmed"},
                                                    {ReplayOutcome::FailedAgain, u"failedAgain"},
                                                    {ReplayOutcome::Unknown, u"unknown"}}};

} // namespace

QString replayOutcomeWord(ReplayOutcome outcome)
{
    return wordOf(outcomeWords, outcome);
}

std::optional<ReplayOutcome> replayOutcomeFromWord(QStringView word)
{
    return valueOf(outcomeWords, word);
}

Ledger::Draft ReplayEvents::planned(const ReplayPlan& plan, const QString& digest) const
{
    JsonWriter json;
    json.beginObject()
        .field(u"planId", plan.planId)
        .field(u"digest", digest)
        .field(u"connection", plan.connection)
        .field(u"query", plan.query)
        .field(u"messages", static_cast<std::int64_t>(plan.letters.size()))
        .field(u"bytes", plan.bytes)
        .field(u"guarantee", plan.guarantee);
    return {m_actor, u"replay.planned"_s, finished(json)};
}

std::vector<Ledger::Draft> ReplayEvents::jobCreated(const QString& jobId, const ReplayPlan& plan, const QString& digest,
                                                    const ReplayOptions& options, const QString& reason) const
{
    std::vector<Ledger::Draft> drafts{{m_actor, u"replay.jobCreated"_s, jobBody(jobId, plan, digest, options, reason)}};
    for (std::size_t first = 0; first < plan.letters.size(); first += ledgerChunkLetters) {
        const std::size_t last = std::min(first + ledgerChunkLetters, plan.letters.size());
        drafts.push_back({m_actor, u"replay.jobLetters"_s, lettersBody(jobId, plan.letters, first, last)});
    }
    return drafts;
}

Ledger::Draft ReplayEvents::runStarted(const QString& jobId, const std::vector<Position>& ends) const
{
    JsonWriter json = bodyOf(jobId);
    json.key(u"ends").beginArray();
    for (const Position& end : ends)
        json.beginArray().value(end.at.topic).value(end.at.partition).value(end.next.value).endArray();
    json.endArray();
    return {m_actor, u"replay.runStarted"_s, finished(json)};
}

Ledger::Draft ReplayEvents::itemsSkipped(const QString& jobId, const QString& reason, const ItemList& items) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"reason", reason).key(u"items");
    writeItems(json, items);
    return {m_actor, u"replay.itemsSkipped"_s, finished(json)};
}

Ledger::Draft ReplayEvents::batchIntended(const QString& jobId, std::int64_t batch, const ItemList& items) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"batch", batch).key(u"items");
    writeItems(json, items);
    return {m_actor, u"replay.batchIntended"_s, finished(json)};
}

Ledger::Draft ReplayEvents::batchCommitted(const QString& jobId, std::int64_t batch,
                                           std::span<const LandedItem> items) const
{
    std::vector<QString> topics;
    ItemList placeUnknown;
    JsonWriter landed;
    landed.beginArray();
    for (const LandedItem& item : items) {
        if (!item.at) {
            placeUnknown.push_back(item.item);
            continue;
        }
        auto topic = std::find(topics.begin(), topics.end(), item.at->at.topic);
        if (topic == topics.end())
            topic = topics.insert(topics.end(), item.at->at.topic);
        landed.beginArray()
            .value(static_cast<std::int64_t>(item.item))
            .value(static_cast<std::int64_t>(topic - topics.begin()))
            .value(item.at->at.partition)
            .value(item.at->offset.value)
            .endArray();
    }
    landed.endArray();
    JsonWriter json = bodyOf(jobId);
    json.field(u"batch", batch).key(u"topics").beginArray();
    for (const QString& topic : topics)
        json.value(topic);
    json.endArray().key(u"landed").raw(landed.json()).key(u"placeUnknown");
    writeItems(json, placeUnknown);
    return {m_actor, u"replay.batchCommitted"_s, finished(json)};
}

Ledger::Draft ReplayEvents::batchNotSent(const QString& jobId, std::int64_t batch, const ItemList& items) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"batch", batch).key(u"items");
    writeItems(json, items);
    return {m_actor, u"replay.batchNotSent"_s, finished(json)};
}

Ledger::Draft ReplayEvents::stepSettled(const QString& jobId, const SettledStep& step) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"step", step.step)
        .field(u"sent", step.sent)
        .field(u"confirmed", step.confirmed)
        .field(u"failedAgain", step.failedAgain)
        .key(u"items")
        .beginObject()
        .key(u"confirmed");
    writeItems(json, step.nowConfirmed);
    json.key(u"failedAgain");
    writeItems(json, step.nowFailedAgain);
    json.key(u"unknown");
    writeItems(json, step.nowUnknown);
    json.endObject();
    return {m_actor, u"replay.stepSettled"_s, finished(json)};
}

Ledger::Draft ReplayEvents::verified(const QString& jobId, const VerifiedCounts& counts) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"once", counts.once).field(u"missing", counts.missing).field(u"doubled", counts.doubled);
    return {m_actor, u"replay.verified"_s, finished(json)};
}

Ledger::Draft ReplayEvents::stateChanged(const QString& jobId, JobState state, const QString& detail) const
{
    JsonWriter json = bodyOf(jobId);
    json.field(u"state", jobStateWord(state)).field(u"detail", detail);
    return {m_actor, u"replay.stateChanged"_s, finished(json)};
}

Ledger::Draft ReplayEvents::cancelRequested(const QString& jobId) const
{
    JsonWriter json = bodyOf(jobId);
    return {m_actor, u"replay.cancelRequested"_s, finished(json)};
}

std::vector<std::pair<std::int64_t, std::int64_t>> rangesOf(const QJsonValue& ranges)
{
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    for (const QJsonValue& range : ranges.toArray()) {
        const qint64 first = range[0].toInteger(-1);
        const qint64 last = range[1].toInteger(-1);
        if (first >= 0 && first < last && last <= static_cast<qint64>(maxPlanLetters))
            out.emplace_back(first, last);
    }
    return out;
}

ItemList itemsOf(const QJsonValue& ranges)
{
    ItemList items;
    for (const auto& [first, last] : rangesOf(ranges)) {
        for (std::int64_t item = first; item < last; ++item)
            items.push_back(static_cast<std::size_t>(item));
    }
    return items;
}

std::vector<PlanLetter> lettersOf(const QJsonObject& body)
{
    const QJsonArray rows = body["letters"_L1].toArray();
    std::vector<PlanLetter> letters;
    letters.reserve(static_cast<std::size_t>(rows.size()));
    for (const QJsonValue& row : rows) {
        const QJsonArray fields = row.toArray();
        const auto number = [&fields](qsizetype index) { return static_cast<int>(fields.at(index).toInteger()); };
        letters.push_back({
            .letterId = fields.at(0).toString(),
            .at = {fields.at(1).toString(), number(2)},
            .offset = Offset{fields.at(3).toInteger()},
            .digest = fields.at(4).toString().toULongLong(nullptr, 16),
            .sizeBytes = fields.at(5).toInteger(),
            .target = fields.at(6).toString(),
            .targetPartition = fields.at(7).isNull() ? std::nullopt : std::optional(number(7)),
            .generation = number(8),
            .replayOf = fields.at(9).toString().toUtf8(),
            .consumerGroup = fields.at(10).isNull() ? std::nullopt : std::optional(fields.at(10).toString()),
            .stripRule = number(11),
        });
    }
    return letters;
}

std::vector<LandedItem> landedOf(const QJsonObject& body)
{
    const QJsonArray topics = body["topics"_L1].toArray();
    std::vector<LandedItem> items;
    for (const QJsonValue& row : body["landed"_L1].toArray()) {
        const qint64 item = row[0].toInteger(-1);
        if (item < 0)
            continue;
        items.push_back(
            {static_cast<std::size_t>(item), LandedAt{{topics.at(static_cast<qsizetype>(row[1].toInteger())).toString(),
                                                       static_cast<int>(row[2].toInteger())},
                                                      Offset{row[3].toInteger()}}});
    }
    for (const std::size_t item : itemsOf(body["placeUnknown"_L1]))
        items.push_back({item, std::nullopt});
    return items;
}

} // namespace spillway
