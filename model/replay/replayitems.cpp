// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayitems.h"

#include "model/base/text.h"
#include "model/base/wordtable.h"
#include "model/replay/repeatedtext.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

QString textAt(SQLite::Statement& row, int column)
{
    return QString::fromStdString(row.getColumn(column).getString());
}

std::string_view utf8At(SQLite::Statement& row, int column)
{
    const SQLite::Column text = row.getColumn(column);
    return {text.getText(), static_cast<std::size_t>(text.getBytes())};
}

constexpr WordTable<ItemStatus, 4> statusWords{{{ItemStatus::Pending, u"pending"},
                                                {ItemStatus::Intended, u"intended"},
                                                {ItemStatus::Sent, u"sent"},
                                                {ItemStatus::Skipped, u"skipped"}}};

std::vector<QByteArray> namesOf(const QJsonValue& names)
{
    std::vector<QByteArray> texts;
    for (const QJsonValue& name : names.toArray())
        texts.push_back(name.toString().toUtf8());
    return texts;
}

std::vector<HeaderChoice> choicesOf(const QJsonValue& choices)
{
    std::vector<HeaderChoice> read;
    for (const QJsonValue& choice : choices.toArray()) {
        const bool isSent = choice.toObject().contains("keep"_L1);
        read.push_back({choice[isSent ? "keep"_L1 : "drop"_L1].toString().toUtf8(), isSent});
    }
    return read;
}

bool loadHead(SQLite::Database& db, ReplayJobSpec& job)
{
    SQLite::Statement select(
        db, "SELECT plan_id, connection, guarantee, plan_ledger_seq, targets, strip_rules, rate_per_second, canary,"
            " settle_ms, stop_if, state, cancel_requested, last_batch FROM replay_job WHERE job_id = ?");
    select.bind(1, job.jobId.toStdString());
    if (!select.executeStep())
        return false;
    const auto array = [&select](int column) {
        return QJsonDocument::fromJson(textAt(select, column).toUtf8()).array();
    };
    job.planId = textAt(select, 0);
    job.connection = textAt(select, 1);
    job.guarantee = textAt(select, 2);
    job.planLedgerSeq = select.getColumn(3).getInt64();
    for (const QJsonValue& topic : array(4))
        job.targets.push_back(topic.toString());
    for (const QJsonValue& rule : array(5))
        job.stripRules.push_back(
            {.names = namesOf(rule["names"_L1]),
             .prefixes = namesOf(rule["prefixes"_L1]),
             .shape = rule["shape"_L1].toString(),
             .payload = payloadPlaceFrom(rule["payload"_L1].toString(), rule["payloadAs"_L1].toString()),
             .choices = choicesOf(rule["choices"_L1])});
    if (!select.getColumn(6).isNull())
        job.options.ratePerSecond = select.getColumn(6).getInt64();
    for (const QJsonValue& size : array(7))
        job.options.canary.push_back(size.toInteger());
    job.options.settle = Millis{select.getColumn(8).getInt64()};
    if (!select.getColumn(9).isNull()) {
        if (const Result<StopRule> rule = parseStopRule(textAt(select, 9)))
            job.options.stopIf = *rule;
    }
    job.state = jobStateFromWord(textAt(select, 10)).value_or(JobState::Interrupted);
    job.isCancelRequested = select.getColumn(11).getInt() != 0;
    job.lastBatch = select.getColumn(12).getInt64();
    return true;
}

void loadItems(SQLite::Database& db, ReplayJobSpec& job)
{
    RepeatedText channel;
    RepeatedText target;
    RepeatedText group;
    RepeatedText landed;
    SQLite::Statement select(
        db, "SELECT letter_id, channel, partition, offset, digest, size_bytes, target, target_partition, generation,"
            " replay_of, consumer_group, strip_rule, status, landed_topic, landed_partition, landed_offset, outcome"
            " FROM replay_item WHERE job_id = ? ORDER BY item");
    select.bind(1, job.jobId.toStdString());
    while (select.executeStep()) {
        ReplayItem item;
        item.letter.letterId = textAt(select, 0);
        item.letter.at = {channel.of(utf8At(select, 1)), select.getColumn(2).getInt()};
        item.letter.offset = Offset{select.getColumn(3).getInt64()};
        item.letter.digest = static_cast<std::uint64_t>(select.getColumn(4).getInt64());
        item.letter.sizeBytes = select.getColumn(5).getInt64();
        item.letter.target = target.of(utf8At(select, 6));
        if (!select.getColumn(7).isNull())
            item.letter.targetPartition = select.getColumn(7).getInt();
        item.letter.generation = select.getColumn(8).getInt();
        item.letter.replayOf = QByteArray::fromStdString(select.getColumn(9).getString());
        if (!select.getColumn(10).isNull())
            item.letter.consumerGroup = group.of(utf8At(select, 10));
        item.letter.stripRule = select.getColumn(11).getInt();
        item.status = itemStatusFromWord(textAt(select, 12));
        if (!select.getColumn(15).isNull())
            item.landed = LandedAt{{landed.of(utf8At(select, 13)), select.getColumn(14).getInt()},
                                   Offset{select.getColumn(15).getInt64()}};
        if (!select.getColumn(16).isNull())
            item.outcome = replayOutcomeFromWord(textAt(select, 16));
        job.items.push_back(std::move(item));
    }
}

void loadEndsAndSteps(SQLite::Database& db, ReplayJobSpec& job)
{
    SQLite::Statement ends(
        db, "SELECT topic, partition, next_offset FROM replay_target_end WHERE job_id = ? ORDER BY topic, partition");
    ends.bind(1, job.jobId.toStdString());
    while (ends.executeStep())
        job.ends.push_back({{textAt(ends, 0), ends.getColumn(1).getInt()}, Offset{ends.getColumn(2).getInt64()}});
    SQLite::Statement steps(db, "SELECT step FROM replay_step WHERE job_id = ? ORDER BY step");
    steps.bind(1, job.jobId.toStdString());
    while (steps.executeStep())
        job.settledSteps.push_back(steps.getColumn(0).getInt());
}

/// Places found in the targets that no item has claimed yet.
class FoundPlaces
{
public:
    FoundPlaces(const std::vector<ReplayItem>& items, const ReplayVerification& verification)
        : m_left(verification.found)
    {
        for (const ReplayItem& item : items) {
            const auto places = m_left.find(item.letter.replayOf);
            if (item.status != ItemStatus::Sent || !item.landed || places == m_left.end())
                continue;
            if (const auto own = std::find(places->second.begin(), places->second.end(), *item.landed);
                own != places->second.end())
                places->second.erase(own);
        }
    }

    std::optional<LandedAt> take(const QByteArray& replayOf)
    {
        const auto places = m_left.find(replayOf);
        if (places == m_left.end() || places->second.empty())
            return std::nullopt;
        const LandedAt first = places->second.front();
        places->second.erase(places->second.begin());
        return first;
    }

private:
    std::map<QByteArray, std::vector<LandedAt>> m_left;
};

} // namespace

ItemStatus itemStatusFromWord(QStringView word)
{
    return valueOf(statusWords, word).value_or(ItemStatus::Pending);
}

std::vector<QString> ReplayJobSpec::groups() const
{
    std::vector<QString> names;
    for (const ReplayItem& item : items) {
        if (item.letter.consumerGroup)
            names.push_back(*item.letter.consumerGroup);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Result<ReplayJobSpec> loadReplayJob(Database& reader, const QString& jobId)
{
    ReplayJobSpec job;
    job.jobId = jobId;
    bool isThere = false;
    const Status loaded = reader.guarded([&](SQLite::Database& db) {
        isThere = loadHead(db, job);
        if (!isThere)
            return;
        loadEndsAndSteps(db, job);
        loadItems(db, job);
    });
    if (!loaded)
        return tl::unexpected<Error>(loaded.error());
    if (!isThere)
        return fail(ErrorCode::NotFound,
                    u"there is no replay job %1; `spillwayctl replay status` lists them"_s.arg(visibleText(jobId)));
    return job;
}

Result<std::vector<bool>> sentByOtherJob(Database& reader, const std::vector<QString>& letterIds, const QString& jobId,
                                         std::int64_t afterSeq)
{
    return reader.query<std::vector<bool>>([&](SQLite::Database& db) {
        SQLite::Statement select(
            db, "SELECT 1 FROM replay_item"
                " WHERE letter_id = ? AND status_seq > ? AND job_id <> ? AND status IN ('intended', 'sent')"
                " LIMIT 1");
        std::vector<bool> sent;
        for (const QString& id : letterIds) {
            select.reset();
            select.bind(1, id.toStdString());
            select.bind(2, afterSeq);
            select.bind(3, jobId.toStdString());
            sent.push_back(select.executeStep());
        }
        return sent;
    });
}

ProgressVerdict judgeProgress(const std::vector<ReplayItem>& items, const ReplayProgress& progress)
{
    ProgressVerdict verdict;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ReplayItem& item = items[i];
        if (item.status == ItemStatus::Skipped)
            continue;
        const bool isInDoubt = item.status == ItemStatus::Intended;
        if (!progress.isAtomic) {
            verdict.needsLookUp = verdict.needsLookUp || isInDoubt;
            continue;
        }
        const auto below = progress.sentBelow.find(item.letter.at);
        if (below == progress.sentBelow.end()) { // rule 3
            verdict.needsLookUp = verdict.needsLookUp || isInDoubt || item.status == ItemStatus::Sent;
        } else if (item.letter.offset < below->second) { // rule 1
            if (item.status != ItemStatus::Sent)
                verdict.sent.push_back(i);
        } else if (isInDoubt) { // rule 2
            verdict.notSent.push_back(i);
        } else if (item.status == ItemStatus::Sent) {
            verdict.needsLookUp = true;
        }
    }
    return verdict;
}

LookUpResult resolveByLookUp(const std::vector<ReplayItem>& items, const ProgressVerdict& verdict,
                             const ReplayVerification& verification)
{
    FoundPlaces places(items, verification);
    LookUpResult result;
    std::vector<bool> isDecided(items.size(), false);
    for (const std::size_t i : verdict.sent) {
        result.sent.push_back({i, places.take(items[i].letter.replayOf)});
        isDecided[i] = true;
    }
    // When the progress contradicts the ledger it decides nothing that was not found.
    if (!verdict.needsLookUp) {
        result.notSent = verdict.notSent;
        return result;
    }
    for (const ItemStatus status : {ItemStatus::Intended, ItemStatus::Pending}) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (isDecided[i] || items[i].status != status)
                continue;
            if (const std::optional<LandedAt> place = places.take(items[i].letter.replayOf))
                result.sent.push_back({i, place});
            else if (status == ItemStatus::Intended)
                result.notSent.push_back(i);
        }
    }
    return result;
}

VerificationResult countVerified(const std::vector<ReplayItem>& items, const ReplayVerification& verification)
{
    VerificationResult result;
    QHash<QByteArrayView, std::int64_t> expected;
    expected.reserve(static_cast<qsizetype>(items.size()));
    bool isPlaceMissing = false;
    for (const ReplayItem& item : items) {
        if (item.status != ItemStatus::Sent)
            continue;
        ++expected[item.letter.replayOf];
        isPlaceMissing = isPlaceMissing || !item.landed;
    }
    for (const auto& [replayOf, places] : verification.found) {
        // Found, though never sent by this job's ledger: counted as too many.
        const std::int64_t count = expected.take(replayOf);
        const auto found = static_cast<std::int64_t>(places.size());
        result.counts.once += std::min(count, found);
        result.counts.missing += std::max<std::int64_t>(count - found, 0);
        result.counts.doubled += std::max<std::int64_t>(found - count, 0);
    }
    for (const std::int64_t count : std::as_const(expected))
        result.counts.missing += count;
    if (!isPlaceMissing)
        return result;
    FoundPlaces places(items, verification);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].status != ItemStatus::Sent || items[i].landed)
            continue;
        if (const std::optional<LandedAt> place = places.take(items[i].letter.replayOf))
            result.places.push_back({i, place});
    }
    return result;
}

std::vector<std::optional<ReplayOutcome>> judgeOutcomes(const std::vector<ReplayItem>& items,
                                                        const OutcomeObservation& observation)
{
    std::map<QByteArray, std::int64_t> failures = observation.deadLetters;
    std::vector<std::optional<ReplayOutcome>> outcomes(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ReplayItem& item = items[i];
        if (item.status != ItemStatus::Sent)
            continue;
        if (const auto failure = failures.find(item.letter.replayOf);
            failure != failures.end() && failure->second > 0) {
            --failure->second;
            outcomes[i] = ReplayOutcome::FailedAgain;
            continue;
        }
        outcomes[i] = item.outcome.value_or(ReplayOutcome::Unknown);
        if (*outcomes[i] != ReplayOutcome::Unknown || !item.landed || !item.letter.consumerGroup)
            continue;
        const auto committed = observation.committed.find({*item.letter.consumerGroup, item.landed->at});
        if (committed != observation.committed.end() && committed->second > item.landed->offset)
            outcomes[i] = ReplayOutcome::Confirmed;
    }
    return outcomes;
}

} // namespace spillway
