// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayrunner.h"

#include "model/base/text.h"
#include "model/replay/replaylimits.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr int maxAttempts = 8;      ///< of one call, and of sendings in a row
constexpr Millis firstBackOff{250}; ///< doubles up to the longest: about half a minute over all attempts
constexpr Millis longestBackOff{10'000};
constexpr Millis pauseTick{250};

bool isIndefinite(const Error& error)
{
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::TimedOut;
}

Millis backOff(int failures)
{
    return std::min(longestBackOff, firstBackOff * (1 << std::min(failures, 10)));
}

/// A broker that had a record from an earlier attempt acknowledges it without saying where: the verification will find
/// it.
std::optional<LandedAt> placeOf(const LandedAt& landed)
{
    return landed.offset.value >= 0 ? std::optional(landed) : std::nullopt;
}

} // namespace

/// Calls again while the answer is that nobody is there, with a growing wait; any other answer is the answer.
template<typename T>
Result<T> ReplayRunner::patiently(const std::function<Result<T>()>& attempt)
{
    for (int failures = 0;; ++failures) {
        Result<T> result = attempt();
        if (result || !isIndefinite(result.error()) || failures + 1 >= maxAttempts)
            return result;
        if (!m_world.waiter.waitFor(backOff(failures), m_control->token()))
            return fail(ErrorCode::Cancelled, u"stopped while waiting to try again"_s);
    }
}

ReplayRunner::ReplayRunner(World world, QString jobId)
    : m_world(std::move(world))
    , m_events(m_world.actor)
{
    m_job.jobId = std::move(jobId);
}

Result<ReplayReport> ReplayRunner::run(const ReplayControl& control)
{
    m_control = &control;
    if (const Status loaded = load(); !loaded)
        return tl::unexpected<Error>(loaded.error());
    if (m_job.state == JobState::Done || m_job.state == JobState::Cancelled)
        return fail(ErrorCode::InvalidConfig, u"job %1 is %2: there is nothing to resume; make a new plan"_s.arg(
                                                  m_job.jobId, jobStateWord(m_job.state)));
    if (MaybeEnding ending = start())
        return end(*ending);
    for (m_step = 0; m_step < m_stepEnds.size(); ++m_step) {
        if (MaybeEnding ending = sendStep(m_step))
            return end(*ending);
        const bool isLast = m_step + 1 == m_stepEnds.size();
        if (isLast)
            break;
        if (MaybeEnding ending = settle(m_step)) {
            // Nothing more is sent: what was sent is verified as if it had been all.
            if (ending->state == JobState::Stopped) {
                if (const MaybeEnding worse = verify(); worse && worse->state == JobState::Failed)
                    return end(*worse);
            }
            return end(*ending);
        }
    }
    if (MaybeEnding ending = changeState(JobState::Verifying))
        return end(*ending);
    if (MaybeEnding ending = verify())
        return end(*ending);
    if (!m_stepEnds.empty()) {
        m_step = m_stepEnds.size() - 1;
        if (MaybeEnding ending = settle(m_step))
            return end(*ending);
    }
    return end({JobState::Done, m_note, std::nullopt});
}

ReplayRunner::ReplayRunner(World world, FreshReplayJob job)
    : m_world(std::move(world))
    , m_events(m_world.actor)
    , m_job(std::move(job.spec))
    , m_listed(std::move(job.listed))
    , m_isFresh(true)
{
}

bool ReplayRunner::isListing() const
{
    return !m_listed.empty() && m_listed.back().wait_for(std::chrono::seconds{0}) != std::future_status::ready;
}

Status ReplayRunner::awaitListed(const ItemList& items) const
{
    if (items.empty() || m_listed.empty())
        return {};
    // They are listed in their order.
    const std::size_t last = items.back() / ledgerChunkLetters;
    return m_listed[std::min(last, m_listed.size() - 1)].get();
}

Status ReplayRunner::read()
{
    if (const Status current = m_world.journal.catchUp(); !current)
        return current;
    Result<Database> reader = m_world.journal.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    Result<ReplayJobSpec> job = loadReplayJob(*reader, m_job.jobId);
    if (!job)
        return tl::unexpected<Error>(job.error());
    m_job = std::move(*job);
    return {};
}

Status ReplayRunner::load()
{
    if (!m_isFresh) {
        if (const Status done = read(); !done)
            return done;
    }
    m_isFresh = false;
    m_stepEnds = stepEnds(m_job.options.canary, m_job.items.size());
    m_recordedOutcomes.clear();
    for (const ReplayItem& item : m_job.items)
        m_recordedOutcomes.push_back(item.outcome);
    const UtcTime now = m_world.clock.now();
    const std::optional<std::int64_t> rate = m_job.options.ratePerSecond;
    m_throttle.emplace(rate ? std::optional(static_cast<double>(*rate)) : std::nullopt, now);
    const ReplayReport known = report();
    m_meter.emplace(now, known.messages, known.sent + known.skipped);
    return {};
}

ReplayRunner::MaybeEnding ReplayRunner::start()
{
    if (MaybeEnding ending = checkTargets())
        return ending;
    std::vector<Position> ends;
    if (m_job.ends.empty()) {
        const auto asked = patiently<std::vector<Position>>([this] { return endsOfTargets(); });
        if (!asked)
            return endingOf(asked.error(), u"asking for the targets' ends"_s);
        ends = *asked;
    }
    // Written down before the target is opened: whatever lands later lies at or after these ends.
    if (MaybeEnding ending = record({m_events.runStarted(m_job.jobId, ends)}, u"noting the start"_s))
        return ending;
    if (m_job.ends.empty())
        m_job.ends = std::move(ends);
    if (m_job.state != JobState::Running) {
        if (MaybeEnding ending = changeState(JobState::Running))
            return ending;
    }
    if (MaybeEnding ending = openAndReconcile(m_control->token()))
        return ending;
    if (m_job.isCancelRequested)
        return Ending{JobState::Cancelled, u"cancelled before it went on"_s, std::nullopt};
    return std::nullopt;
}

ReplayRunner::MaybeEnding ReplayRunner::checkTargets()
{
    std::map<QString, int> needed;
    for (const ReplayItem& item : m_job.items) {
        int& partitions = needed[item.letter.target];
        partitions = std::max(partitions, item.letter.targetPartition.value_or(0) + 1);
    }
    for (const auto& [topic, partitions] : needed) {
        const Result<int> count =
            patiently<int>([&, this] { return m_world.target.partitionCount(topic, m_control->token()); });
        if (!count)
            return endingOf(count.error(), u"checking target %1"_s.arg(visibleText(topic)));
        if (*count < partitions)
            return Ending{JobState::Failed,
                          u"target %1 has %2 partitions, the plan needs %3: it was made anew; make a new plan"_s
                              .arg(visibleText(topic))
                              .arg(*count)
                              .arg(partitions),
                          std::nullopt};
    }
    return std::nullopt;
}

Result<std::vector<Position>> ReplayRunner::endsOfTargets()
{
    std::vector<Position> ends;
    for (const QString& topic : m_job.targets) {
        const auto positions = m_world.target.ends(topic, m_control->token());
        if (!positions)
            return positions;
        ends.insert(ends.end(), positions->begin(), positions->end());
    }
    return ends;
}

/// Opens the job on the target, which fences whoever had it before, and learns what was sent.
ReplayRunner::MaybeEnding ReplayRunner::openAndReconcile(std::stop_token stop)
{
    const auto progress = patiently<ReplayProgress>([&, this] { return m_world.target.begin(m_job.jobId, stop); });
    if (!progress)
        return endingOf(progress.error(), u"opening the job on the target"_s);
    return reconcile(*progress, stop);
}

ReplayRunner::MaybeEnding ReplayRunner::reconcile(const ReplayProgress& progress, std::stop_token stop)
{
    m_isAtomic = progress.isAtomic;
    const ProgressVerdict verdict = judgeProgress(m_job.items, progress);
    LookUpResult result{{}, verdict.notSent};
    if (verdict.needsLookUp || !verdict.sent.empty()) {
        const auto found = patiently<ReplayVerification>([&, this] { return lookUp(stop); });
        if (!found)
            return endingOf(found.error(), u"looking up in the targets what was sent"_s);
        result = resolveByLookUp(m_job.items, verdict, *found);
    }
    std::sort(result.notSent.begin(), result.notSent.end());
    std::vector<Ledger::Draft> drafts;
    if (!result.sent.empty())
        drafts.push_back(m_events.batchCommitted(m_job.jobId, m_job.lastBatch, result.sent));
    if (!result.notSent.empty())
        drafts.push_back(m_events.batchNotSent(m_job.jobId, m_job.lastBatch, result.notSent));
    if (drafts.empty())
        return std::nullopt;
    if (MaybeEnding ending = record(std::move(drafts), u"noting what had been sent"_s))
        return ending;
    markSent(result.sent);
    for (const std::size_t item : result.notSent)
        m_job.items[item].status = ItemStatus::Pending;
    tell();
    return std::nullopt;
}

Result<ReplayVerification> ReplayRunner::lookUp(std::stop_token stop)
{
    std::vector<Position> from = m_job.ends;
    // A partition that was added since holds nothing older than the job: it is read from its start.
    for (const QString& topic : m_job.targets) {
        const auto positions = m_world.target.ends(topic, stop);
        if (!positions)
            return tl::unexpected<Error>(positions.error());
        for (const Position& now : *positions) {
            if (std::none_of(from.begin(), from.end(), [&now](const Position& known) { return known.at == now.at; }))
                from.push_back({now.at, Offset{0}});
        }
    }
    return m_world.target.verify(m_job.jobId, from, stop);
}

ReplayRunner::MaybeEnding ReplayRunner::sendStep(std::size_t step)
{
    for (;;) {
        if (MaybeEnding ending = obey())
            return ending;
        const ItemList batch = nextBatch(0, m_stepEnds[step]);
        if (batch.empty())
            return std::nullopt;
        const auto messages = static_cast<std::int64_t>(batch.size());
        const Millis wait = m_throttle->untilAllowed(messages, m_world.clock.now());
        if (wait > Millis{0}) {
            // In slices, so that a pause is obeyed within one; the batch is chosen anew afterwards.
            (void)m_world.waiter.waitFor(std::min(wait, pauseTick), m_control->token());
            continue;
        }
        if (MaybeEnding ending = sendBatch(batch))
            return ending;
    }
}

/// Cancelled, left, or paused: between two batches nothing is in flight.
ReplayRunner::MaybeEnding ReplayRunner::obey()
{
    bool hasPaused = false;
    for (;;) {
        if (m_control->isCancelled())
            return Ending{JobState::Cancelled, u"cancelled"_s, std::nullopt};
        if (m_control->isStopping())
            return Ending{m_job.state == JobState::Paused ? JobState::Paused : JobState::Interrupted,
                          u"the process was asked to end; resume it"_s, std::nullopt};
        if (!m_control->isPaused())
            break;
        if (!hasPaused) {
            m_batches.forget(); // who knows how long it will be
            if (MaybeEnding ending = changeState(JobState::Paused))
                return ending;
            hasPaused = true;
        }
        (void)m_world.waiter.waitFor(pauseTick, m_control->token());
    }
    if (!hasPaused)
        return std::nullopt;
    m_meter->restart(m_world.clock.now());
    return changeState(JobState::Running);
}

ItemList ReplayRunner::nextBatch(std::size_t first, std::size_t end) const
{
    const std::int64_t maxMessages = std::min(m_world.batch.messages, m_throttle->largestBurst());
    ItemList batch;
    std::int64_t bytes = 0;
    for (std::size_t i = first; i < end; ++i) {
        const ReplayItem& item = m_job.items[i];
        if (item.status != ItemStatus::Pending)
            continue;
        bytes += item.letter.sizeBytes;
        if (!batch.empty() && bytes > m_world.batch.bytes)
            break;
        batch.push_back(i);
        if (static_cast<std::int64_t>(batch.size()) == maxMessages)
            break;
    }
    return batch;
}

/// What will be sent after this batch if all goes well; empty where there is a wait before it: then it is read when its
/// turn comes.
ItemList ReplayRunner::followerOf(const ItemList& batch) const
{
    if (m_job.options.ratePerSecond)
        return {};
    const std::size_t next = batch.back() + 1;
    std::size_t step = m_step;
    if (next == m_stepEnds[step] && m_job.options.settle <= Millis{0})
        ++step;
    return step < m_stepEnds.size() ? nextBatch(next, m_stepEnds[step]) : ItemList();
}

ReplayRunner::MaybeEnding ReplayRunner::sendBatch(const ItemList& batch)
{
    // What a letter's state says counts only once it says that the letter is planned.
    ItemList follower = followerOf(batch);
    if (const Status listed = awaitListed(follower.empty() ? batch : follower); !listed)
        return endingOf(listed.error(), u"listing the letters"_s);
    Result<ReadyBatch> ready = m_batches.take(batch, m_control->token());
    if (!ready)
        return endingOf(ready.error(), u"reading the letters"_s);
    const bool isFollowed = !follower.empty();
    m_batches.readAhead(std::move(follower), m_control->token());
    ItemList claimed;
    if (MaybeEnding ending = claim(*ready, claimed))
        return ending;
    if (claimed.empty())
        return std::nullopt;

    std::vector<OutgoingRecord> records;
    records.reserve(claimed.size());
    std::map<TopicPartition, Offset> below;
    for (std::size_t n = 0; n < batch.size(); ++n) {
        const PlanLetter& letter = m_job.items[batch[n]].letter;
        below[letter.at] = Offset{letter.offset.value + 1};
        if (m_job.items[batch[n]].status == ItemStatus::Intended)
            records.push_back(std::move(*ready->records[n]));
    }
    std::vector<Position> sentBelow;
    for (const auto& [at, next] : below)
        sentBelow.push_back({at, next});

    const auto landed = m_world.target.sendBatch(records, sentBelow, m_control->token());
    if (!landed)
        return afterFailure(landed.error());
    if (landed->size() != records.size())
        return afterFailure({ErrorCode::Internal, u"the target told another number of places than messages"_s});
    std::vector<LandedItem> sent;
    for (std::size_t n = 0; n < claimed.size(); ++n)
        sent.push_back({claimed[n], placeOf((*landed)[n])});
    m_failures = 0;
    m_throttle->spend(static_cast<std::int64_t>(claimed.size()), m_world.clock.now());
    m_unwritten = m_events.batchCommitted(m_job.jobId, m_job.lastBatch, sent);
    if (!isFollowed) {
        const Status noted = m_world.journal.recordAhead({*m_unwritten});
        if (!noted)
            return endingOf(noted.error(), u"noting what was sent"_s);
        m_unwritten.reset();
    }
    markSent(sent);
    tell();
    return std::nullopt;
}

/// Leaves out what is no longer to be sent and writes down what is; in one step, so that of two jobs only one claims a
/// letter.
ReplayRunner::MaybeEnding ReplayRunner::claim(const ReadyBatch& batch, ItemList& claimed)
{
    std::vector<QString> ids;
    for (const std::size_t item : batch.items)
        ids.push_back(m_job.items[item].letter.letterId);
    if (batch.unsealed) {
        const QString& id = ids[*batch.unsealed];
        return Ending{
            JobState::Failed,
            u"letter %1 is not what the plan sealed: its bytes have changed; nothing of its batch was sent"_s.arg(id),
            Error{ErrorCode::Corrupt, u"digest of letter %1 differs"_s.arg(id)}};
    }
    std::map<QString, ItemList> skipped;
    const std::int64_t number = m_job.lastBatch + 1;
    const Status recorded = m_world.journal.exclusively([&]() -> Status {
        Result<Database> reader = m_world.journal.reader();
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        const auto elsewhere = sentByOtherJob(*reader, ids, m_job.jobId, m_job.planLedgerSeq);
        if (!elsewhere)
            return tl::unexpected<Error>(elsewhere.error());
        const std::vector<bool> isOurs = m_world.journal.claim(m_job.jobId, ids);
        for (std::size_t n = 0; n < batch.items.size(); ++n) {
            if ((*elsewhere)[n] || !isOurs[n])
                skipped[u"sent by another job"_s].push_back(batch.items[n]);
            else if (!isOpen(batch.states[n]))
                skipped[u"no longer open"_s].push_back(batch.items[n]);
            else if (!batch.records[n])
                skipped[u"payload no longer stored"_s].push_back(batch.items[n]);
            else
                claimed.push_back(batch.items[n]);
        }
        std::vector<Ledger::Draft> drafts;
        if (m_unwritten)
            drafts.push_back(*m_unwritten);
        for (const auto& [reason, items] : skipped)
            drafts.push_back(m_events.itemsSkipped(m_job.jobId, reason, items));
        if (!claimed.empty())
            drafts.push_back(m_events.batchIntended(m_job.jobId, number, claimed));
        return m_world.journal.recordAhead(std::move(drafts));
    });
    if (!recorded)
        return endingOf(recorded.error(), u"noting what is to be sent"_s);
    m_unwritten.reset();
    for (const auto& [reason, items] : skipped) {
        for (const std::size_t i : items)
            m_job.items[i].status = ItemStatus::Skipped;
    }
    for (const std::size_t i : claimed)
        m_job.items[i].status = ItemStatus::Intended;
    if (!claimed.empty())
        m_job.lastBatch = number;
    else
        tell();
    return std::nullopt;
}

/// A batch went wrong. Whatever the error was, what became of the batch is asked of the target before anything else
/// happens.
ReplayRunner::MaybeEnding ReplayRunner::afterFailure(const Error& error)
{
    const QString doing = u"sending batch %1"_s.arg(m_job.lastBatch);
    if (error.code == ErrorCode::Conflict)
        return endingOf(error, doing);
    const bool mayTryAgain = isIndefinite(error) || error.code == ErrorCode::Cancelled;
    ++m_failures;
    if (mayTryAgain && !m_control->isStopping() && m_failures < maxAttempts)
        (void)m_world.waiter.waitFor(backOff(m_failures - 1), m_control->token());
    // A stop that was asked for must not keep us from finding out what is in doubt.
    const std::stop_token stop = m_control->isStopping() ? std::stop_token() : m_control->token();
    if (MaybeEnding ending = openAndReconcile(stop)) {
        const bool isFirstError = !mayTryAgain && !(ending->error && isIndefinite(*ending->error));
        return isFirstError ? endingOf(error, doing) : *ending;
    }
    if (!mayTryAgain || m_failures >= maxAttempts)
        return endingOf(error, doing);
    // A topic that was deleted meanwhile answers by silence: every attempt would wait its time out.
    return m_control->isStopping() || m_control->isCancelled() ? std::nullopt : checkTargets();
}

ReplayRunner::MaybeEnding ReplayRunner::verify()
{
    const auto found = patiently<ReplayVerification>([this] { return lookUp(m_control->token()); });
    if (!found)
        return endingOf(found.error(), u"verifying"_s);
    const VerificationResult result = countVerified(m_job.items, *found);
    std::vector<Ledger::Draft> drafts{m_events.verified(m_job.jobId, result.counts)};
    if (!result.places.empty())
        drafts.push_back(m_events.batchCommitted(m_job.jobId, m_job.lastBatch, result.places));
    if (MaybeEnding ending = record(std::move(drafts), u"noting the verification"_s))
        return ending;
    markSent(result.places);
    const VerifiedCounts& counts = result.counts;
    const QString words =
        u"verified: %1 once, %2 missing, %3 more than once"_s.arg(counts.once).arg(counts.missing).arg(counts.doubled);
    if (counts.missing > 0 || (m_isAtomic && counts.doubled > 0))
        return Ending{JobState::Failed, words, std::nullopt};
    if (counts.doubled > 0)
        m_note = words; // within what "at least once" promised
    return std::nullopt;
}

} // namespace spillway
