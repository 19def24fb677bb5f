// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"
#include "model/replay/replayrunner.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// The runner's outcomes and endings: what became of the messages, and how a run is brought to its end and told.
namespace spillway {

namespace {

constexpr Millis settleTick{1'000};

} // namespace

ReplayRunner::MaybeEnding ReplayRunner::settle(std::size_t step)
{
    const int number = static_cast<int>(step) + 1;
    const std::vector<int>& settled = m_job.settledSteps;
    if (m_job.options.settle <= Millis{0} || !m_world.probe ||
        std::find(settled.begin(), settled.end(), number) != settled.end())
        return std::nullopt;
    const UtcTime start = m_world.clock.now();
    bool wasAllKnown = false;
    for (;;) {
        if (m_control->isStopping())
            return obey();
        bool isAllKnown = false;
        if (MaybeEnding ending = observeOutcomes(isAllKnown))
            return ending;
        tell();
        // Twice in a row: a failure may still be on its way when the first look finds everything consumed.
        const Millis left = m_job.options.settle - (m_world.clock.now() - start);
        if (left <= Millis{0} || (isAllKnown && wasAllKnown))
            break;
        wasAllKnown = isAllKnown;
        (void)m_world.waiter.waitFor(std::min(left, settleTick), m_control->token());
    }
    return recordSettled(step);
}

ReplayRunner::MaybeEnding ReplayRunner::observeOutcomes(bool& isAllKnown)
{
    const auto observation = m_world.probe->observe(m_job.jobId, m_job.groups(), m_job.targets, m_control->token());
    if (!observation) {
        m_note = u"outcomes could not be looked up: "_s + observation.error().detail;
        return std::nullopt;
    }
    m_note.clear();
    const auto outcomes = judgeOutcomes(m_job.items, *observation);
    isAllKnown = true;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        m_job.items[i].outcome = outcomes[i];
        isAllKnown = isAllKnown && outcomes[i] != ReplayOutcome::Unknown;
    }
    return std::nullopt;
}

ReplayRunner::MaybeEnding ReplayRunner::recordSettled(std::size_t step)
{
    SettledStep settled;
    settled.step = static_cast<int>(step) + 1;
    const std::size_t first = step == 0 ? 0 : m_stepEnds[step - 1];
    for (std::size_t i = 0; i < m_job.items.size(); ++i) {
        ReplayItem& item = m_job.items[i];
        if (item.status != ItemStatus::Sent)
            continue;
        // Waited for, and nobody can tell: that is an outcome too.
        item.outcome = item.outcome.value_or(ReplayOutcome::Unknown);
        if (i >= first && i < m_stepEnds[step]) {
            ++settled.sent;
            settled.confirmed += *item.outcome == ReplayOutcome::Confirmed ? 1 : 0;
            settled.failedAgain += *item.outcome == ReplayOutcome::FailedAgain ? 1 : 0;
        }
        if (m_recordedOutcomes[i] == item.outcome)
            continue;
        m_recordedOutcomes[i] = item.outcome;
        switch (*item.outcome) {
        case ReplayOutcome::Confirmed:
            settled.nowConfirmed.push_back(i);
            break;
        case ReplayOutcome::FailedAgain:
            settled.nowFailedAgain.push_back(i);
            break;
        case ReplayOutcome::Unknown:
            settled.nowUnknown.push_back(i);
            break;
        }
    }
    if (MaybeEnding ending = record({m_events.stepSettled(m_job.jobId, settled)}, u"noting outcomes"_s))
        return ending;
    m_job.settledSteps.push_back(*settled.step);
    const std::optional<StopRule>& rule = m_job.options.stopIf;
    if (rule && rule->isBroken(settled.failedAgain, settled.sent))
        return Ending{JobState::Stopped,
                      u"%1 of %2 failed again in step %3: %4"_s.arg(settled.failedAgain)
                          .arg(settled.sent)
                          .arg(*settled.step)
                          .arg(rule->toString()),
                      std::nullopt};
    return std::nullopt;
}

ReplayRunner::Ending ReplayRunner::endingOf(const Error& error, const QString& doing) const
{
    const QString detail = doing + u": "_s + error.detail;
    if (m_control->isCancelled() && error.code == ErrorCode::Cancelled)
        return {JobState::Cancelled, u"cancelled"_s, std::nullopt};
    switch (error.code) {
    case ErrorCode::Cancelled:
    case ErrorCode::Unreachable:
    case ErrorCode::TimedOut:
        return {JobState::Interrupted, detail + u"; resume it"_s, error};
    case ErrorCode::Conflict:
        return {JobState::Failed, detail + u"; another process took the job over"_s, error};
    case ErrorCode::InvalidConfig:
    case ErrorCode::Unauthorised:
    case ErrorCode::Corrupt:
    case ErrorCode::NotFound:
    case ErrorCode::Unsupported:
    case ErrorCode::Internal:
        break;
    }
    return {JobState::Failed, detail, error};
}

ReplayReport ReplayRunner::end(const Ending& ending)
{
    QString detail = ending.detail;
    std::optional<Error> error = ending.error;
    const bool isClosed =
        ending.state == JobState::Done || ending.state == JobState::Stopped || ending.state == JobState::Cancelled;
    if (ending.state != m_job.state) {
        if (const MaybeEnding failed = changeState(ending.state, detail)) {
            detail = failed->detail;
            error = failed->error;
            m_job.state = JobState::Interrupted;
        } else if (isClosed) {
            // Only when the end is written down: until then the progress on the broker is what a resume needs. A stop
            // may have been asked for; the group goes all the same. Left behind it does no harm: it expires, and views
            // hide it.
            (void)m_world.target.close(m_job.jobId, std::stop_token());
        }
    }
    if (m_unwritten)
        (void)record({}, u"noting what was sent"_s); // else the next run asks the target
    if (m_world.journal.catchUp())
        m_world.journal.release(m_job.jobId); // whoever asks now reads it in the projection
    ReplayReport last = report();
    last.detail = detail;
    last.error = error;
    if (m_world.onProgress)
        m_world.onProgress(last);
    return last;
}

ReplayRunner::MaybeEnding ReplayRunner::record(std::vector<Ledger::Draft> drafts, const QString& doing)
{
    if (m_unwritten)
        drafts.insert(drafts.begin(), *m_unwritten);
    // While the letters are being listed, waiting for this one would be waiting for all of them.
    const Status recorded =
        isListing() ? m_world.journal.recordAhead(std::move(drafts)) : m_world.journal.record(std::move(drafts));
    if (!recorded)
        return endingOf(recorded.error(), doing);
    m_unwritten.reset();
    return std::nullopt;
}

ReplayRunner::MaybeEnding ReplayRunner::changeState(JobState state, const QString& detail)
{
    if (MaybeEnding ending = record({m_events.stateChanged(m_job.jobId, state, detail)}, u"noting the job's state"_s))
        return ending;
    m_job.state = state;
    tell();
    return std::nullopt;
}

void ReplayRunner::markSent(const std::vector<LandedItem>& items)
{
    for (const LandedItem& item : items) {
        m_job.items[item.item].status = ItemStatus::Sent;
        m_job.items[item.item].landed = item.at;
    }
}

void ReplayRunner::tell()
{
    ReplayReport now = report();
    m_meter->record(now.sent + now.skipped, m_world.clock.now());
    addPace(now);
    if (m_world.onProgress)
        m_world.onProgress(now);
}

void ReplayRunner::addPace(ReplayReport& report) const
{
    const JobProgress progress = m_meter->at(m_world.clock.now());
    report.ratePerSecond = progress.perSecond;
    report.eta = progress.remaining;
}

ReplayReport ReplayRunner::report() const
{
    ReplayReport report;
    report.jobId = m_job.jobId;
    report.planId = m_job.planId;
    report.state = m_job.state;
    report.messages = static_cast<std::int64_t>(m_job.items.size());
    report.steps = static_cast<int>(m_stepEnds.size());
    report.step = std::min(static_cast<int>(m_step) + 1, report.steps);
    for (const ReplayItem& item : m_job.items) {
        report.sent += item.status == ItemStatus::Sent ? 1 : 0;
        report.skipped += item.status == ItemStatus::Skipped ? 1 : 0;
        report.inDoubt += item.status == ItemStatus::Intended ? 1 : 0;
        report.confirmed += item.outcome == ReplayOutcome::Confirmed ? 1 : 0;
        report.failedAgain += item.outcome == ReplayOutcome::FailedAgain ? 1 : 0;
    }
    if (m_meter)
        addPace(report);
    return report;
}

QByteArray writeReplayProgressJson(const ReplayReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"jobId", report.jobId)
        .field(u"planId", report.planId)
        .field(u"state", jobStateWord(report.state))
        .field(u"messages", report.messages)
        .field(u"sent", report.sent)
        .field(u"confirmed", report.confirmed)
        .field(u"failedAgain", report.failedAgain)
        .field(u"skipped", report.skipped)
        .field(u"inDoubt", report.inDoubt)
        .field(u"step", report.step)
        .field(u"steps", report.steps)
        .field(u"ratePerSecond", report.ratePerSecond)
        .field(u"etaMs", report.eta ? std::optional(std::int64_t{report.eta->count()}) : std::nullopt)
        .field(u"detail", report.detail.isEmpty() ? std::nullopt : std::optional(report.detail))
        .endObject();
    return json.json();
}

QByteArray writeReplayResultJson(const ReplayReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"jobId", report.jobId)
        .field(u"sent", report.sent)
        .field(u"confirmed", report.confirmed)
        .field(u"failedAgain", report.failedAgain)
        .field(u"skipped", report.skipped)
        .field(u"state", jobStateWord(report.state))
        .endObject();
    return json.json();
}

} // namespace spillway
