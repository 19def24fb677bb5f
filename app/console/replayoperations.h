// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collector.h"
#include "app/console/context.h"
#include "app/console/crews.h"
#include "app/console/decision.h"
#include "app/console/letterselection.h"
#include "model/replay/headercensus.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replayrunner.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace spillway {

/// Who waits for a running job. A job that another process asked for goes on when that process leaves; one of this
/// process is left for a resume when this process is asked to stop.
enum class Asker { ThisProcess, AnotherProcess };

/// Plans, runs, resumes and cancels replays; each job has a thread of its own. Thread-safe.
class ReplayOperations
{
public:
    struct World
    {
        const Context& context;
        const ConnectionMap& connections;
        const KnowledgeInUse& knowledge;
        ReplayJournal& journal;
        Ledger& ledger;
        Collector& collector;
        const Clock& clock;
        QString actor;
    };

    explicit ReplayOperations(World world);
    ~ReplayOperations();

    /// Leaves every running job for a resume, and waits for its batch to end; whoever follows one is told. None is
    /// begun any more.
    void leaveJobs();

    struct Planned
    {
        ReplayPlan plan;
        QStringList warnings; ///< to be read before it is run: `replayWarnings`
        HeaderCensus headers;
        bool hasUnknownDialects = false; ///< open letters whose dialect is not known any more, in the plan or left out
    };
    /// Letters that were read, of how many; negative: not known yet. From the calling thread, now and then.
    using PlanTell = std::function<void(std::int64_t done, std::int64_t total)>;
    /// Freezes what is selected into a plan and notes it in the ledger. Asks the broker for the targets' partitions.
    /// @param to  target topic; empty: each letter's origin.
    /// @param headers  what stays behind besides what the workspace says; its words come first.
    [[nodiscard]] Result<Planned> plan(const LetterSelection& selection, const QString& to,
                                       const HeaderRequest& headers, std::stop_token stop, const PlanTell& tell = {});

    /// Starts the one job of a plan. InvalidConfig without permission, or when the plan has a job.
    /// @return the job's id; it is listed and running.
    [[nodiscard]] Result<QString> start(const RunDecision& decision);
    [[nodiscard]] Result<QString> resume(const ResumeDecision& decision);
    /// Ends a job: a running one after its batch (waits for that, or for `stop`), one that nobody runs at once.
    /// @return how it stands then.
    [[nodiscard]] Result<ReplayJobRow> cancel(const QString& jobId, std::stop_token stop);

    /// Hands every progress of a running job to `onProgress` until it ends, nobody listens (it returns false), or
    /// `stop`. With an asker of this process `stop` leaves the job, and its end is waited for.
    /// @return how the job stands.
    [[nodiscard]] Result<ReplayReport> follow(const QString& jobId, Asker asker,
                                              const std::function<bool(const ReplayReport&)>& onProgress,
                                              std::stop_token stop);

private:
    struct Job;
    /// Committed offsets first, then dead letters: a consumer sets a message aside before it commits past it.
    [[nodiscard]] Status collectOutcomes(const QString& connection, std::stop_token stop);
    /// @param fresh  the job, where it was made just now.
    [[nodiscard]] Status launch(const QString& jobId, const QString& connection,
                                std::optional<FreshReplayJob> fresh = std::nullopt);
    [[nodiscard]] std::shared_ptr<Job> running(const QString& jobId);

    World m_world;
    std::mutex m_mutex; // guards: the next two
    bool m_isLeaving = false;
    std::map<QString, std::shared_ptr<Job>> m_jobs; // shared with whoever follows one while it ends
};

} // namespace spillway
