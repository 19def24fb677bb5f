// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/replayoperations.h"

#include "connectors/kafka/connection.h"
#include "model/deadletter/deadletterintake.h"
#include "model/job/waiter.h"
#include "model/replay/planheaders.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replaypermission.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replaystore.h"
#include "model/replay/replaywarnings.h"
#include "model/replay/storedrecords.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

struct ReplayOperations::Job
{
    std::shared_ptr<KafkaConnection> connection;
    ReplayControl control;
    std::mutex mutex; // guards: latest, news, ended
    std::condition_variable_any changed;
    ReplayReport latest;
    std::uint64_t news = 0; ///< counts changes of `latest`
    std::optional<Result<ReplayReport>> ended;
    std::jthread thread; // last: joined before the rest goes
};

namespace {

constexpr std::size_t toldEvery = 1'000; // letters

Error unknownConnection(const QString& connection)
{
    return {ErrorCode::InvalidConfig,
            u"connection '%1' is not in this workspace; open the workspace that the letters were read with"_s.arg(
                connection)};
}

} // namespace

ReplayOperations::ReplayOperations(World world)
    : m_world(std::move(world))
{
}

ReplayOperations::~ReplayOperations()
{
    leaveJobs();
}

void ReplayOperations::leaveJobs()
{
    std::map<QString, std::shared_ptr<Job>> jobs;
    {
        const std::lock_guard lock(m_mutex);
        m_isLeaving = true;
        jobs = m_jobs; // they can be cancelled as long as they run
    }
    for (const auto& [id, job] : jobs)
        job->control.leave();
    for (const auto& [id, job] : jobs) {
        if (job->thread.joinable())
            job->thread.join();
    }
    const std::lock_guard lock(m_mutex);
    m_jobs.clear();
}

Result<ReplayOperations::Planned> ReplayOperations::plan(const LetterSelection& selection, const QString& to,
                                                         const HeaderRequest& headers, std::stop_token stop,
                                                         const PlanTell& tell)
{
    const auto asked = parseHeaderPolicy(headers.drop, headers.keep, headers.sets);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto ledgerSeq = m_world.ledger.lastSeq();
    if (!ledgerSeq)
        return tl::unexpected(ledgerSeq.error());
    auto reader = m_world.journal.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    std::vector<PlanCandidate> candidates;
    QHash<QString, QString> groups; // by letter
    QSet<QString> groupNames;       // each once: letters share theirs
    const auto take = [&](const DeadLetter& letter) {
        candidates.push_back(planCandidate(letter, m_world.context.catalog));
        groups.insert(candidates.back().letterId, *groupNames.insert(letter.group));
        if (tell && candidates.size() % toldEvery == 0)
            tell(std::ssize(candidates), selection.ids.isEmpty() ? -1 : selection.ids.size());
    };
    if (const Status read = visitSelected(*reader, selection, m_world.clock.now(), take, stop); !read)
        return tl::unexpected(read.error());
    if (const Status status = addRescues(*reader, candidates, stop); !status)
        return tl::unexpected(status.error());
    const QString connectionName = candidates.empty() && !m_world.connections.empty()
                                       ? m_world.connections.begin()->first
                                       : connectionToPlan(candidates);
    const auto knowledge = m_world.knowledge.now(); // after the letters were selected: it knows their dialects
    std::map<QString, const DeadLetterMapping*> mappings;
    const auto mappingOf = [&](const QString& channel) {
        const auto known = mappings.find(channel);
        return known != mappings.end()
                   ? known->second
                   : mappings.emplace(channel, mappingOfChannel(knowledge->deadLettersOf(connectionName), channel))
                         .first->second;
    };
    const auto placeOf = [&](const QString& dialect, const QString& channel) {
        return knowledge->dialects.payloadPlace(dialect, mappingOf(channel));
    };
    if (const Status status = addEnvelopes(*reader, candidates, placeOf, stop); !status)
        return tl::unexpected(status.error());
    if (const Status status = addReplayHistory(*reader, candidates, stop); !status)
        return tl::unexpected(status.error());

    PlanHeaders names;
    if (const Status status = names.read(*reader, candidates, knowledge->dialects, mappingOf, stop, tell); !status)
        return tl::unexpected(status.error());

    const auto connection = m_world.connections.find(connectionName);
    if (connection == m_world.connections.end())
        return tl::unexpected(unknownConnection(connectionName));
    const auto target = connection->second->replayTarget();
    const auto facts = connection->second->topicFactsSource();
    StoredRecords stored(*reader);
    const PlanWorld world{.capabilities = target->capabilities(),
                          .partitionCount = [&](const QString& topic) { return target->partitionCount(topic, stop); },
                          .stripRule =
                              [&](const QString& dialect, const QString& channel) {
                                  return stripRuleOf(knowledge->dialects, dialect, mappingOf(channel));
                              },
                          .isCompacted = [&](const QString& topic) -> Result<std::optional<bool>> {
                              const auto told = facts->describe({{.topic = topic, .pattern = {}}}, stop);
                              if (!told)
                                  return tl::unexpected(told.error());
                              return told->topics.empty() ? std::nullopt : told->topics.front().settings.compacts;
                          },
                          .isSameRecord = [&](const QString& one, const QString& other) -> Result<bool> {
                              if (stop.stop_requested())
                                  return fail(ErrorCode::Cancelled, u"stopped while reading letters"_s);
                              return stored.areSame(one, other);
                          },
                          .isDialectKnown =
                              [&](const QString& dialect, const QString& channel) {
                                  return isDialectKnown(knowledge->dialects, dialect, mappingOf(channel));
                              }};
    const PlanRequest request{.connection = connectionName,
                              .query = selection.query,
                              .to = to.isEmpty() ? std::nullopt : std::optional(to),
                              .ledgerSeq = *ledgerSeq,
                              .headerChoices = knowledge->headerChoicesOf(connectionName, *asked),
                              .allowsUnknownDialects = headers.allowsUnknownDialects};
    const bool hasUnknownDialects =
        std::any_of(candidates.begin(), candidates.end(), [&](const PlanCandidate& candidate) {
            return isOpen(candidate.state) && !world.isDialectKnown(candidate.dialect, candidate.at.topic);
        });
    auto plan = makePlan(request, std::move(candidates), world, m_world.clock, systemRandom());
    if (!plan)
        return tl::unexpected(plan.error());
    auto warnings = replayWarnings(*reader, groups, *plan);
    if (!warnings)
        return tl::unexpected(warnings.error());
    *warnings += unknownDialectWarnings(*plan, world.isDialectKnown);
    if (const Status status = recordPlan(m_world.journal, *plan, m_world.actor); !status)
        return tl::unexpected(status.error());
    HeaderCensus census = names.census(*plan);
    return Planned{std::move(*plan), std::move(*warnings), std::move(census), hasUnknownDialects};
}

Result<QString> ReplayOperations::start(const RunDecision& decision)
{
    QString digest;
    const auto plan = readPlan(decision.planFile, &digest);
    if (!plan)
        return tl::unexpected(plan.error());
    if (plan->letters.empty())
        return fail(
            ErrorCode::InvalidConfig,
            u"the plan holds no message, so there is nothing to run; `spillwayctl replay plan` said what was left "
            "out and why"_s);
    const auto options = parseReplayOptions(decision.rate, decision.canary, decision.settle, decision.stopIf);
    if (!options)
        return tl::unexpected(options.error());
    IntendedWrite intended{.messages = static_cast<std::int64_t>(plan->letters.size()), .guarantee = plan->guarantee};
    for (const PlanCount& target : plan->targets)
        intended.targets += target.text;
    if (const Status permitted = permitReplay(intended, m_world.context.workspace.environment, decision.permission);
        !permitted)
        return tl::unexpected(permitted.error());
    if (!m_world.connections.contains(plan->connection))
        return tl::unexpected(unknownConnection(plan->connection));

    auto job = beginReplayJob(m_world.journal, *plan, digest, *options, m_world.actor, decision.permission.reason,
                              m_world.clock, systemRandom());
    if (!job)
        return tl::unexpected(job.error());
    const QString jobId = job->spec.jobId;
    if (const Status launched = launch(jobId, plan->connection, std::move(*job)); !launched)
        return tl::unexpected(launched.error());
    return jobId;
}

Result<QString> ReplayOperations::resume(const ResumeDecision& decision)
{
    auto reader = m_world.journal.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto row = replayJob(*reader, StateHolder::Alive, decision.job);
    if (!row)
        return tl::unexpected(row.error());
    if (running(decision.job))
        return fail(ErrorCode::InvalidConfig,
                    u"job %1 is running; see: spillwayctl replay status %1"_s.arg(decision.job));
    if (!isResumable(row->state) && row->state != JobState::Planned) {
        return fail(ErrorCode::InvalidConfig,
                    u"job %1 is %2 and cannot go on; make a new plan for what is still open"_s.arg(
                        decision.job, jobStateWord(row->state)));
    }
    const IntendedWrite intended{.messages = row->messages - row->sent - row->skipped,
                                 .targets = QStringList(row->targets.begin(), row->targets.end()),
                                 .guarantee = row->guarantee};
    if (const Status permitted = permitReplay(intended, m_world.context.workspace.environment, decision.permission);
        !permitted)
        return tl::unexpected(permitted.error());
    if (const Status launched = launch(decision.job, row->connection); !launched)
        return tl::unexpected(launched.error());
    return decision.job;
}

Result<ReplayJobRow> ReplayOperations::cancel(const QString& jobId, std::stop_token stop)
{
    const auto job = running(jobId);
    if (job) {
        job->control.cancel();
        std::unique_lock lock(job->mutex);
        (void)job->changed.wait(lock, stop, [&] { return job->ended.has_value(); });
    } else if (const Status cancelled = cancelIdleJob(m_world.journal, jobId, m_world.actor); !cancelled) {
        return tl::unexpected(cancelled.error());
    }
    auto reader = m_world.journal.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    auto row = replayJob(*reader, StateHolder::Alive, jobId);
    if (row && !job) { // one that runs does so itself; left behind, the group does no harm
        if (const auto connection = m_world.connections.find(row->connection); connection != m_world.connections.end())
            (void)connection->second->replayTarget()->close(jobId, std::move(stop));
    }
    return row;
}

Status ReplayOperations::collectOutcomes(const QString& connection, std::stop_token stop)
{
    // Commits that could not be asked for are older ones: what they passed is passed. Dead letters that could not be
    // read are another matter: without them nothing is confirmed. A topic that does not exist holds none.
    (void)m_world.collector.once(stop, {.connection = connection, .kind = DutyKind::Lag});
    const CollectReport letters =
        m_world.collector.once(stop, {.connection = connection, .kind = DutyKind::DeadLetters});
    for (const Error& failure : letters.failures) {
        if (failure.code != ErrorCode::NotFound)
            return tl::unexpected(failure);
    }
    return {};
}

Status ReplayOperations::launch(const QString& jobId, const QString& connectionName,
                                std::optional<FreshReplayJob> fresh)
{
    const auto connection = m_world.connections.find(connectionName);
    if (connection == m_world.connections.end())
        return tl::unexpected(unknownConnection(connectionName));
    auto job = std::make_shared<Job>();
    job->connection = connection->second;
    const std::lock_guard lock(m_mutex);
    if (m_isLeaving)
        return fail(ErrorCode::Conflict, u"Spillway is ending: resume job %1 when it runs again"_s.arg(jobId));
    const auto old = m_jobs.find(jobId);
    if (old != m_jobs.end()) {
        const std::lock_guard jobLock(old->second->mutex);
        if (!old->second->ended)
            return fail(ErrorCode::InvalidConfig, u"job %1 is running already"_s.arg(jobId));
    }
    m_jobs[jobId] = job;
    job->thread = std::jthread([this, jobId, connectionName, fresh = std::move(fresh), job = job.get()]() mutable {
        const auto target = job->connection->replayTarget();
        SystemWaiter waiter;
        const OpenReader openReader = [this] { return m_world.journal.reader(); };
        StoredReplayLetters letters(openReader);
        StoredOutcomeProbe probe(openReader, connectionName,
                                 [&](std::stop_token stop) { return collectOutcomes(connectionName, stop); });
        const ReplayRunner::World world{.target = *target,
                                        .journal = m_world.journal,
                                        .letters = letters,
                                        .probe = &probe,
                                        .clock = m_world.clock,
                                        .waiter = waiter,
                                        .actor = m_world.actor,
                                        .onProgress = [job](const ReplayReport& report) {
                                            const std::lock_guard jobLock(job->mutex);
                                            job->latest = report;
                                            ++job->news;
                                            job->changed.notify_all();
                                        }};
        const auto runner = fresh ? std::make_unique<ReplayRunner>(world, std::move(*fresh))
                                  : std::make_unique<ReplayRunner>(world, jobId);
        auto report = runner->run(job->control);
        const std::lock_guard jobLock(job->mutex);
        job->ended = std::move(report);
        job->changed.notify_all();
    });
    return {};
}

std::shared_ptr<ReplayOperations::Job> ReplayOperations::running(const QString& jobId)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(jobId);
    if (found == m_jobs.end())
        return nullptr;
    const std::lock_guard jobLock(found->second->mutex);
    return found->second->ended ? nullptr : found->second;
}

Result<ReplayReport> ReplayOperations::follow(const QString& jobId, Asker asker,
                                              const std::function<bool(const ReplayReport&)>& onProgress,
                                              std::stop_token stop)
{
    std::shared_ptr<Job> job;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_jobs.find(jobId);
        if (found == m_jobs.end())
            return fail(ErrorCode::NotFound, u"job %1 is not running here"_s.arg(jobId));
        job = found->second;
    }
    std::uint64_t told = 0;
    std::unique_lock lock(job->mutex);
    while (true) {
        const bool isStopped = !job->changed.wait(lock, stop, [&] { return job->ended || job->news != told; });
        if (job->ended)
            return *job->ended;
        if (isStopped) {
            if (asker == Asker::AnotherProcess)
                return job->latest;
            job->control.leave();
            job->changed.wait(lock, [&] { return job->ended.has_value(); });
            return *job->ended;
        }
        told = job->news;
        const ReplayReport report = job->latest;
        lock.unlock();
        const bool isHeard = onProgress(report);
        lock.lock();
        if (!isHeard && asker == Asker::AnotherProcess)
            return job->latest;
    }
}

} // namespace spillway
