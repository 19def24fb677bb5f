// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/capabilities.h"
#include "model/job/jobstate.h"
#include "model/job/progress.h"
#include "model/workspace/workspace.h"

#include <QString>

#include <optional>
#include <vector>

namespace spillway::views {

/// What never changes while a workspace is open.
struct WorkspaceFacts
{
    QString name;
    QString file; ///< spillway.yaml
    QString stateFolder;
    Environment environment = Environment::Development;
    bool isDemo = false;
    bool isMasking = false; ///< what is personal is masked on screens
};

/// Long work under way, for the status bar.
struct RunningJob
{
    QString id;
    QString title; ///< "Replay 2 410 messages to order-events"
    JobState state = JobState::Running;
    JobProgress progress;
    bool canCancel = false;
    friend bool operator==(const RunningJob&, const RunningJob&) = default;
};

/// What the frame around the screens shows.
struct ConsoleStatus
{
    std::optional<UtcTime> lastSampleAt; ///< newest sample of any connection; nullopt: none yet
    Millis sampleInterval{15'000};       ///< the longest of the workspace's; older than three of them is stale
    std::optional<std::int64_t> storeBytes;
    std::vector<ConnectionHealth> connections; ///< in the workspace's order
    std::vector<RunningJob> jobs;              ///< oldest first
};

} // namespace spillway::views
