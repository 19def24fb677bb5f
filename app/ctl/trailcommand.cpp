// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/trails.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/text.h"
#include "model/job/progress.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::chrono::seconds sayEvery{2};

/// Says on stderr how far the reading is, for as long as it lives.
class ProgressTeller
{
public:
    explicit ProgressTeller(const TrailProgress& progress)
        : m_progress(progress)
        , m_thread([this](std::stop_token stop) { tell(std::move(stop)); })
    {
    }

private:
    void tell(std::stop_token stop)
    {
        const SystemClock clock;
        ProgressMeter meter(clock.now());
        std::unique_lock lock(m_mutex);
        while (!m_wake.wait_for(lock, stop, sayEvery, [&stop] { return stop.stop_requested(); }) &&
               !stop.stop_requested()) {
            const UtcTime now = clock.now();
            meter.setTotal(m_progress.positions.load());
            meter.record(m_progress.records.load(), now);
            const JobProgress at = meter.at(now);
            QString line = u"scanned %1 of %2 records, %3"_s.arg(
                formatCount(at.done), formatCount(at.total.value_or(0)), formatSizeBytes(m_progress.bytes.load()));
            if (at.perSecond)
                line += u", %1 a second"_s.arg(formatCount(static_cast<std::int64_t>(*at.perSecond)));
            if (at.remaining)
                line += u", about %1 left"_s.arg(formatDuration(*at.remaining));
            say(line + u"; %1 found; Ctrl+C ends it with what there is"_s.arg(formatCount(m_progress.found.load())));
        }
    }

    const TrailProgress& m_progress;
    std::mutex m_mutex; // guards: nothing; the condition needs one
    std::condition_variable_any m_wake;
    std::jthread m_thread; // last: ends first
};

} // namespace

int run(Session& session, const TrailCommand& command)
{
    auto key = trailKeyOf(command.key, command.isBase64, command.fields);
    if (!key)
        return refuse(key.error());
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const TrailRequest request{.key = std::move(*key),
                               .since = command.since,
                               .limit = command.limit,
                               .maxBytes = command.maxBytes,
                               .storedOnly = command.storedOnly,
                               .ownPartitionOnly = command.ownPartitionOnly,
                               .topics = command.topics};
    TrailProgress progress;
    const auto trail = [&] {
        const ProgressTeller teller(progress);
        return readTrail(*session.context(), *reader, request, SystemClock().now(), &progress, session.stop());
    }();
    if (!trail)
        return refuse(trail.error());
    if (session.options().json) {
        for (const TrailEntry& entry : trail->entries) {
            if (!printLine(trailEntryJson(entry)))
                return OutOfReach;
        }
    } else if (!print(trailText(trail->entries).toUtf8())) {
        return OutOfReach;
    }
    for (const QString& line : trailReportLines(trail->report, request, trail->entries.size()))
        say(line);
    for (const TrailFailure& failure : trail->report.failures)
        say(u"spillwayctl: "_s + trailFailureText(failure));
    return trail->report.failures.empty() ? Done : OutOfReach;
}

} // namespace spillway::ctl
