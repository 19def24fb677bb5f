// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/alertoperations.h"
#include "app/console/collector.h"
#include "app/console/context.h"
#include "app/console/housekeeping.h"
#include "app/console/letteroperations.h"
#include "app/console/notifyoperations.h"
#include "app/console/readingoperations.h"
#include "app/console/recordoperations.h"
#include "app/console/replayoperations.h"
#include "app/console/rescueoperations.h"
#include "app/console/reviewoperations.h"
#include "model/store/storewriter.h"

#include <functional>
#include <memory>

namespace spillway {

/// The process that holds a workspace's state: the only writer. It collects, has those who carry out decisions, and
/// serves other processes that have some. Thread-safe after `acquire`.
class Holder
{
public:
    /// Takes the state directory, opens the files (bringing their schema up to date), applies what the projections
    /// lack, and serves. Conflict names the process that holds it already.
    /// @param program  what others are told: `spillway`, `spillwayctl collect`.
    /// @param sortedAtOnce  after kinds.yaml changed, so many letters are sorted by it before this returns, the others
    ///                      beside everything else. A command sees few letters otherwise; a window need not wait.
    [[nodiscard]] static Result<std::unique_ptr<Holder>> acquire(Context context, const QString& program,
                                                                 std::int64_t sortedAtOnce = 20'000);
    /// Collecting ends, running jobs are left for a resume, what was accepted is written.
    ~Holder();
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    [[nodiscard]] const Context& context() const;
    /// The same with ownership and catalog as their files are now. What is collected goes by `context`.
    [[nodiscard]] std::shared_ptr<const Context> contextNow() const;
    [[nodiscard]] const Clock& clock() const;
    [[nodiscard]] Collector& collector();
    [[nodiscard]] LetterOperations& letters();
    [[nodiscard]] RescueOperations& rescues();
    [[nodiscard]] RecordOperations& records();
    [[nodiscard]] ReadingOperations& reading();
    [[nodiscard]] Housekeeping& housekeeping();
    [[nodiscard]] ReplayOperations& replays();
    [[nodiscard]] ReviewOperations& reviews();
    [[nodiscard]] NotifyOperations& notifications();
    [[nodiscard]] AlertOperations& alerts();
    [[nodiscard]] StoreWriter& samples();
    [[nodiscard]] Result<Database> reader() const;

    /// Called after something was stored, in the writer's thread; replaces the listener before. Empty: nobody listens
    /// any more, and no call is under way when this returns.
    void onStored(std::function<void()> listener);

    /// Every connection once; then replays that nobody waits for are settled by what was read.
    [[nodiscard]] CollectReport collectOnce(std::stop_token stop);
    /// Follows all connections until `collector().stop()`; settles replays as it goes.
    void startCollecting(Collector::HealthListener listener);

    /// Serves nobody new, and waits until whoever asked has an answer, or until `stop`. Before a process ends that only
    /// came for a moment.
    void finishServing(const std::stop_token& stop);

private:
    struct Parts;
    explicit Holder(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace spillway
