// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayplan.h"

#include "model/base/text.h"
#include "model/deadletter/guesseddialects.h"
#include "model/replay/replayheaders.h"
#include "model/replay/replaylimits.h"

#include <QHash>

#include <algorithm>
#include <map>
#include <tuple>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

auto orderOf(const PlanCandidate& letter)
{
    return std::tie(letter.at.topic, letter.at.partition, letter.offset, letter.digest, letter.letterId);
}

QString jobName(const PlanCandidate& letter)
{
    return letter.lastJob ? u"job %1"_s.arg(*letter.lastJob) : u"another job"_s;
}

/// Rules 1 to 6; empty when none fits.
QString blockedReason(const PlanRequest& request, const PlanCandidate& letter)
{
    if (letter.connection != request.connection)
        return u"belongs to connection %1: plan it apart"_s.arg(letter.connection);
    if (!isOpen(letter.state))
        return u"not open: %1"_s.arg(triageStateWord(letter.state));
    if (letter.state == TriageState::Sent || letter.state == TriageState::Unknown)
        return u"already sent by %1 and not settled"_s.arg(jobName(letter));
    if (letter.state == TriageState::FailedAgain)
        return u"failed again after %1: its newer letter counts"_s.arg(jobName(letter));
    if (letter.activeJob)
        return u"in job %1, which is not over"_s.arg(*letter.activeJob);
    if (!letter.erased.isEmpty())
        return letter.erased;
    if (letter.isPointer)
        return u"only a pointer: the payload is not in the letter; rescue it first"_s;
    if (!letter.payloadRefusal.isEmpty() && !(request.to && letter.isSentWhole))
        return letter.payloadRefusal;
    if (!request.to && !letter.originTopic)
        return u"no origin topic known: name a target with --to"_s;
    if (!request.to && letter.originIsInternal)
        return u"origin is a topic that its framework empties itself: name a target with --to"_s;
    return {};
}

/// The record as first published, whichever of its replays failed. Where the letter does not tell it whole there is no
/// guess: the value says that it is the letter's own place.
QByteArray replayOf(const PlanCandidate& letter)
{
    if (letter.replayOf)
        return *letter.replayOf;
    if (letter.originTopic && letter.originPartition && letter.originOffset && *letter.originPartition >= 0 &&
        letter.originOffset->value >= 0)
        return replayOfValue(
            {{*letter.originTopic, *letter.originPartition}, *letter.originOffset, letter.originTimestamp});
    return replayOfLetterValue({letter.at, letter.offset, letter.recordTimestamp});
}

std::vector<PlanCount> counted(const std::map<QString, std::int64_t>& counts)
{
    std::vector<PlanCount> rows;
    for (const auto& [text, messages] : counts)
        rows.push_back({text, messages});
    return rows;
}

bool isPulsarAddress(const QString& topic)
{
    return topic.startsWith(u"persistent://"_s) || topic.startsWith(u"non-persistent://"_s);
}

QString unknownDialect(const PlanCandidate& letter)
{
    const QString what = letter.dialect == u"mapping"
                             ? u"the mapping of %1 is gone"_s.arg(visibleText(letter.at.topic))
                             : u"dialect %1 is not known any more"_s.arg(visibleText(letter.dialect));
    return what + u", so the headers it wrote about the failure would go along: put its file back, or plan with "
                  "--allow-unknown-dialect and name its headers with --drop-header"_s;
}

/// Builds the list; remembers per topic and per (dialects, channel) what it asked the world.
class PlanBuilder
{
public:
    PlanBuilder(const PlanRequest& request, const PlanWorld& world, ReplayPlan& plan)
        : m_request(request)
        , m_world(world)
        , m_plan(plan)
    {
    }

    Status add(const PlanCandidate& letter)
    {
        QString reason =
            letter.firstSeenAt > m_plan.cutOff ? u"seen after the cut-off"_s : blockedReason(m_request, letter);
        Target found;
        const QString target = m_request.to ? *m_request.to : letter.originTopic.value_or(QString());
        if (reason.isEmpty()) {
            const Result<Target> asked = letter.hasKey ? targetOf(target) : targetForNoKey(target);
            if (!asked)
                return tl::unexpected<Error>(asked.error());
            found = *asked;
            reason = letter.hasKey || !found.refusal.isEmpty() ? found.refusal : found.refusalWithoutKey;
        }
        if (reason.isEmpty() && !m_request.allowsUnknownDialects && !isDialectKnown(letter))
            reason = unknownDialect(letter);
        if (!reason.isEmpty()) {
            ++m_blocked[reason];
            return {};
        }
        const auto twin = isTwin(letter, target);
        if (!twin)
            return tl::unexpected<Error>(twin.error());
        if (*twin) {
            ++m_blocked[u"the same failure written twice: origin, key and payload as in another letter of the plan"_s];
            return {};
        }
        const bool hasPartition =
            letter.originPartition && *letter.originPartition >= 0 && *letter.originPartition < found.partitions;
        m_plan.letters.push_back({
            .letterId = letter.letterId,
            .at = letter.at,
            .offset = letter.offset,
            .digest = letter.digest,
            .sizeBytes = letter.sizeBytes,
            .target = target,
            .targetPartition = hasPartition ? letter.originPartition : std::nullopt,
            .generation = std::clamp(letter.replayGeneration.value_or(0), 0, maxReplayGeneration - 1) + 1,
            .replayOf = replayOf(letter),
            .consumerGroup = letter.consumerGroup,
            .stripRule = stripRuleOf(letter),
        });
        m_plan.bytes += letter.sizeBytes;
        m_plan.clusterId = letter.clusterId;
        ++m_targets[target];
        return {};
    }

    void finish()
    {
        m_plan.targets = counted(m_targets);
        m_plan.blocked = counted(m_blocked);
        m_plan.guarantee = replayGuarantee(m_world.capabilities, static_cast<std::int64_t>(m_plan.letters.size()));
    }

private:
    struct Target
    {
        int partitions = 0;
        QString refusal; ///< why nothing is sent there; empty: it is
        bool isAskedForKeys = false;
        QString refusalWithoutKey; ///< the same for messages without key, once it was asked
    };

    Result<Target> targetOf(const QString& topic)
    {
        if (const auto known = m_found.find(topic); known != m_found.end())
            return known->second;
        Target target;
        if (const Result<int> count = m_world.partitionCount(topic); count)
            target.partitions = *count;
        else if (count.error().code == ErrorCode::NotFound && !m_request.to && isPulsarAddress(topic))
            target.refusal =
                u"origin %1 is Pulsar's name, and no topic here is called so: what the bridge calls it is told "
                "nowhere, so name a target with --to"_s.arg(visibleText(topic));
        else if (count.error().code == ErrorCode::NotFound)
            target.refusal = u"target topic %1 does not exist"_s.arg(visibleText(topic));
        else if (count.error().code == ErrorCode::Unsupported)
            target.refusal = u"target topic %1 is the broker's own: name another with --to"_s.arg(visibleText(topic));
        else
            return failWithin(u"asking for the partitions of %1"_s.arg(visibleText(topic)), count.error());
        m_found.emplace(topic, target);
        return target;
    }

    Result<Target> targetForNoKey(const QString& topic)
    {
        Result<Target> target = targetOf(topic);
        if (!target || !target->refusal.isEmpty() || target->isAskedForKeys || !m_world.isCompacted)
            return target;
        const Result<std::optional<bool>> isCompacted = m_world.isCompacted(topic);
        if (!isCompacted)
            return failWithin(u"asking whether %1 is compacted"_s.arg(visibleText(topic)), isCompacted.error());
        target->isAskedForKeys = true;
        if (isCompacted->value_or(false))
            target->refusalWithoutKey =
                u"target topic %1 is compacted and takes no message without a key"_s.arg(visibleText(topic));
        m_found.insert_or_assign(topic, *target);
        return target;
    }

    /// Frameworks that may write a failure twice do; sent twice, the record would be doubled.
    Result<bool> isTwin(const PlanCandidate& letter, const QString& target)
    {
        if (!m_world.isSameRecord)
            return false;
        const QByteArray place =
            target.toUtf8() + '\0' + letter.consumerGroup.value_or(QString()).toUtf8() + '\0' + replayOf(letter);
        const auto first = m_places.constFind(place);
        if (first != m_places.constEnd())
            return m_world.isSameRecord(*first, letter.letterId);
        m_places.insert(place, letter.letterId);
        return false;
    }

    [[nodiscard]] bool isDialectKnown(const PlanCandidate& letter) const
    {
        return !m_world.isDialectKnown || m_world.isDialectKnown(letter.dialect, letter.at.topic);
    }

    int stripRuleOf(const PlanCandidate& letter)
    {
        const std::tuple key(letter.dialect, letter.olderDialects, letter.at.topic);
        const auto [entry, isNew] = m_rules.try_emplace(key, static_cast<int>(m_plan.stripRules.size()));
        if (!isNew)
            return entry->second;
        StripRule rule = m_world.stripRule(letter.dialect, letter.at.topic);
        for (const QString& older : letter.olderDialects)
            rule.addNamesOf(m_world.stripRule(older, letter.at.topic));
        rule.choices = m_request.headerChoices;
        m_plan.stripRules.push_back({letter.dialect, letter.at.topic, std::move(rule), letter.olderDialects});
        return entry->second;
    }

    const PlanRequest& m_request;
    const PlanWorld& m_world;
    ReplayPlan& m_plan;
    std::map<QString, Target> m_found;
    std::map<std::tuple<QString, QStringList, QString>, int> m_rules;
    QHash<QByteArray, QString> m_places; // target, group and origin of what is in the plan: the first such letter
    std::map<QString, std::int64_t> m_targets;
    std::map<QString, std::int64_t> m_blocked;
};

} // namespace

DigestDigits digestDigits(std::uint64_t digest)
{
    DigestDigits digits{};
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, digest >>= 4U)
        *digit = u"0123456789abcdef"[digest & 0xFU];
    return digits;
}

namespace {

/// Whether the letter's `spillway-replay-of` names the record it is. What contradicts the letter is somebody else's:
/// consumers publish with the headers of what they read.
bool namesRecordOf(const DeadLetter& letter)
{
    const LetterFacts& facts = letter.facts;
    if (!facts.replayId || !facts.replayOf || !isReplayOf(*facts.replayOf))
        return false;
    const auto origin = parseReplayOf(*facts.replayOf);
    if (!origin)
        return !facts.originTopic || !facts.originPartition || !facts.originOffset; // a letter's place
    return origin->at.topic != letter.record.at.topic && (!facts.originTopic || *facts.originTopic == origin->at.topic);
}

} // namespace

PlanCandidate planCandidate(const DeadLetter& letter, const Catalog& catalog)
{
    std::optional<QString> group = letter.facts.consumerGroup;
    if (!group && letter.consumer && letter.eventType) {
        if (const Subscription* subscription = catalog.subscription(*letter.consumer, *letter.eventType))
            group = subscription->consumer.consumerGroup;
    }
    return {
        .letterId = letter.id,
        .place = letter.place,
        .connection = letter.connection,
        .clusterId = letter.clusterId,
        .at = letter.record.at,
        .offset = letter.record.offset,
        .digest = letter.digest,
        .sizeBytes = letter.sizeBytes,
        .recordTimestamp = letter.record.timestamp,
        .dialect = letter.facts.dialect,
        .isPointer = letter.facts.isPointer,
        .originIsInternal = letter.facts.originIsInternal,
        .erased = letter.erased ? letter.erased->toString() : QString(),
        .hasKey = ownKey(letter.record, letter.facts.dialect).has_value(),
        .originTopic = letter.facts.originTopic,
        .originPartition = letter.facts.originPartition,
        .originOffset = letter.facts.originOffset,
        .originTimestamp = letter.facts.originTimestamp,
        .consumerGroup = std::move(group),
        .replayGeneration = letter.facts.replayGeneration,
        .replayOf = namesRecordOf(letter) ? letter.facts.replayOf : std::nullopt,
        .state = letter.state,
        .firstSeenAt = letter.firstSeenAt,
        .activeJob = std::nullopt,
        .lastJob = std::nullopt,
    };
}

Result<ReplayPlan> makePlan(const PlanRequest& request, std::vector<PlanCandidate> candidates, const PlanWorld& world,
                            const Clock& clock, const RandomBits& random)
{
    if (request.to && request.to->isEmpty())
        return fail(ErrorCode::InvalidConfig, u"--to names no topic; write the topic to replay to, or leave it out"_s);
    std::sort(candidates.begin(), candidates.end(),
              [](const PlanCandidate& a, const PlanCandidate& b) { return orderOf(a) < orderOf(b); });
    candidates.erase(
        std::unique(candidates.begin(), candidates.end(),
                    [](const PlanCandidate& a, const PlanCandidate& b) { return a.letterId == b.letterId; }),
        candidates.end());
    ReplayPlan plan;
    plan.createdAt = clock.now();
    plan.cutOff = plan.createdAt;
    plan.planId = makeReplayId(plan.createdAt, random);
    plan.connection = request.connection;
    plan.ledgerSeq = request.ledgerSeq;
    plan.query = request.query;
    plan.to = request.to;
    PlanBuilder builder(request, world, plan);
    for (const PlanCandidate& candidate : candidates) {
        if (const Status added = builder.add(candidate); !added)
            return tl::unexpected<Error>(added.error());
    }
    builder.finish();
    if (plan.letters.size() > maxPlanLetters)
        return fail(
            ErrorCode::InvalidConfig,
            u"the query matches %1 letters; a plan holds at most %2: narrow the query"_s.arg(plan.letters.size())
                .arg(maxPlanLetters));
    return plan;
}

QString replayGuarantee(const Capabilities& capabilities, std::int64_t messages)
{
    if (capabilities.transactionalReplay && capabilities.readsCommittedOnly)
        return u"exactly once, verified"_s;
    return u"at least once, up to %1 in doubt"_s.arg(std::min<std::int64_t>(messages, maxBatchMessages));
}

QString connectionToPlan(const std::vector<PlanCandidate>& candidates)
{
    std::map<QString, std::int64_t> open;
    for (const PlanCandidate& candidate : candidates)
        open[candidate.connection] += isOpen(candidate.state) ? 1 : 0;
    const auto most =
        std::max_element(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == open.end() ? QString() : most->first;
}

} // namespace spillway
