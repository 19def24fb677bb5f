// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/waiter.h"
#include "model/ledger/ledger.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayrunner.h"
#include "model/store/storewriter.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>

/// A small world to replay in: letters, a broker that keeps what it committed, and ways to die at the worst moment.
namespace spillway::test {

/// Thrown by fakes: the process is gone. Nothing of the runner runs after it.
struct Killed
{
};

/// What a call of the fake target does instead of its work, or around it.
enum class Fault {
    None,
    UnreachableBefore, ///< nothing was done; the caller cannot know
    TimedOutAfter,     ///< it was done; the caller cannot know
    TimedOutHalfWay,   ///< some of it was done, where the target is not atomic; else nothing
    Aborted,           ///< definitely nothing was done
    Fenced,
    Refused, ///< a right is missing
    KilledBefore,
    KilledAfter,
};

enum class Call { PartitionCount, Ends, Begin, Send, Verify, Close };

class FakeTarget final : public ReplayTarget
{
public:
    struct Stored
    {
        OutgoingRecord record;
        bool isCommitted = false;
        bool isMarker = false;
    };

    explicit FakeTarget(bool isAtomic)
        : m_isAtomic(isAtomic)
    {
    }

    std::map<QString, int> partitions{{QStringLiteral("orders"), 3}};
    std::map<TopicPartition, std::vector<Stored>> logs;
    std::map<QString, std::map<TopicPartition, Offset>> progress; ///< per job, as the broker keeps it
    std::set<QString> closed;
    std::function<Fault(Call)> fault; ///< asked at each call
    std::function<void()> onSend;     ///< before a batch goes
    int calls = 0;
    int sends = 0;
    bool forgetsPlaces = false; ///< acknowledges without saying where
    std::vector<std::size_t> batchSizes;

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Result<int> partitionCount(const QString& topic, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Position>> ends(const QString& topic, std::stop_token stop) override;
    [[nodiscard]] Result<ReplayProgress> begin(const QString& jobId, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<LandedAt>> sendBatch(std::span<const OutgoingRecord> records,
                                                          std::span<const Position> sentBelow,
                                                          std::stop_token stop) override;
    [[nodiscard]] Result<ReplayVerification> verify(const QString& jobId, const std::vector<Position>& from,
                                                    std::stop_token stop) override;
    [[nodiscard]] Status close(const QString& jobId, std::stop_token stop) override;

    /// Committed records that bear the job's id, by `spillway-replay-of`.
    [[nodiscard]] std::map<QByteArray, std::vector<OutgoingRecord>> committed(const QString& jobId) const;

private:
    template<typename T>
    Result<T> around(Call call, const std::function<T()>& work);
    std::vector<LandedAt> store(std::span<const OutgoingRecord> records);

    bool m_isAtomic;
    QString m_openJob;
};

class FakeLetters final : public ReplayLetterSource
{
public:
    std::map<QString, ReplayLetter> letters; ///< while a job runs, through `change`: it reads ahead
    std::vector<std::size_t> loads;          ///< how many were asked for; the same holds
    void change(const QString& id, const std::function<void(ReplayLetter&)>& how);
    void awaitLoads(std::size_t count); ///< until so many were asked for and answered
    [[nodiscard]] Result<std::vector<ReplayLetter>> load(const std::vector<QString>& letterIds,
                                                         std::stop_token stop) override;

private:
    std::mutex m_mutex; // guards: letters, loads
    std::condition_variable m_loaded;
};

class FakeProbe final : public OutcomeProbe
{
public:
    std::function<Result<OutcomeObservation>(const QString& jobId)> answer;
    int looks = 0;
    [[nodiscard]] Result<OutcomeObservation> observe(const QString& jobId, const std::vector<QString>& groups,
                                                     const std::vector<QString>& topics, std::stop_token stop) override;
};

/// Waiting moves the clock.
class FakeWaiter final : public Waiter
{
public:
    explicit FakeWaiter(ManualClock& clock)
        : m_clock(clock)
    {
    }
    std::function<void()> onWait;
    Millis waited{0};
    [[nodiscard]] bool waitFor(Millis duration, std::stop_token stop) override;

private:
    ManualClock& m_clock;
};

/// A journal that can die: before anything is written, between ledger and projection, or after both.
class MortalJournal final : public ReplayJournal
{
public:
    MortalJournal(Ledger& ledger, ReplayJournal& real)
        : m_ledger(ledger)
        , m_real(real)
    {
    }
    std::function<int()> death; ///< asked at each record: 1 before, 2 between, 3 after; else it lives
    [[nodiscard]] Status record(std::vector<Ledger::Draft> drafts) override;
    [[nodiscard]] Status recordAhead(std::vector<Ledger::Draft> drafts) override;
    [[nodiscard]] Result<std::vector<std::shared_future<Status>>> recordGradually(std::vector<Ledger::Draft> drafts,
                                                                                  std::size_t now) override
    {
        return m_real.recordGradually(std::move(drafts), now);
    }
    [[nodiscard]] Status catchUp() override { return m_real.catchUp(); }
    [[nodiscard]] Result<Database> reader() override { return m_real.reader(); }
    [[nodiscard]] Result<std::int64_t> lastSeq() override { return m_real.lastSeq(); }
    [[nodiscard]] Result<bool> isDecidedAfter(std::int64_t seq) override { return m_real.isDecidedAfter(seq); }

private:
    Status mortally(std::vector<Ledger::Draft> drafts, Status (ReplayJournal::*how)(std::vector<Ledger::Draft>));

    Ledger& m_ledger;
    ReplayJournal& m_real;
};

/// State directory, letters and all.
class ReplayWorld
{
public:
    explicit ReplayWorld(bool isAtomic = true);

    /// `count` letters of `order-events.DLT`, over three partitions, of the topic `orders`; returns their candidates.
    std::vector<PlanCandidate> addLetters(int count);
    [[nodiscard]] ReplayPlan plan(const std::vector<PlanCandidate>& candidates, const QString& to = {});
    /// Plans all of `addLetters(count)` and makes the job.
    QString job(int count, const ReplayOptions& options = {});
    [[nodiscard]] Result<ReplayReport> run(const QString& jobId, const ReplayControl& control = ReplayControl());
    [[nodiscard]] ReplayJobRow row(const QString& jobId);
    /// All rows of the projection as text, to compare with.
    [[nodiscard]] QByteArray dump();
    [[nodiscard]] std::vector<QString> eventTypes() const;
    /// Empty when each sealed letter of the plan lies in the target exactly once (`atLeastOnce`: no fewer), as it
    /// should look.
    [[nodiscard]] QString fault(const QString& jobId, const ReplayPlan& plan, bool atLeastOnce = false);

    QTemporaryDir folder; ///< in memory where there is such a place: thousands of runs wait for the ledger's fsync
    ManualClock clock;
    FakeWaiter waiter{clock};
    FakeTarget target;
    FakeLetters letters;
    FakeProbe probe;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<StoreWriter> writer;
    std::unique_ptr<LedgerReplayJournal> realJournal;
    std::unique_ptr<MortalJournal> journal;
    std::map<QString, std::pair<std::int64_t, std::optional<TriageState>>> states; ///< of letters, by id: seq and state
    std::vector<ReplayReport> reports;
    BatchSize batch{};
    std::mt19937_64 random{7};
    ReplayPlan lastPlan;
    int nextOffset = 0;
};

inline const StripRule springHeaders{{}, {"kafka_dlt-"}};

} // namespace spillway::test
