// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replayjobs.h"
#include "views/shell/datasource.h"
#include "views/widgets/columns.h"
#include "views/widgets/prompter.h"

/// Replays in words for people. Pure.
namespace spillway::views {

[[nodiscard]] CellMark jobMark(JobState state);
/// "1 message", "2 410 messages"
[[nodiscard]] QString messagesText(std::int64_t count);
/// Topics, joined; more than three are counted.
[[nodiscard]] QString targetsText(const QStringList& topics);
[[nodiscard]] QString replaysHeadline(const std::vector<ReplayJobRow>& jobs);
/// What became of it, and what to do next, in one or two sentences.
[[nodiscard]] QString jobMeaning(const ReplayJobRow& job);

/// The question before a plan is run: what, how many, where; the target typed out and a reason in production.
[[nodiscard]] ConfirmRequest confirmRun(const ReplayPreview& plan, const ReplayRun& run, Environment environment);
[[nodiscard]] ConfirmRequest confirmResume(const ReplayJobRow& job, Environment environment);
[[nodiscard]] ConfirmRequest confirmCancel(const ReplayJobRow& job);

/// The same as a shell line.
[[nodiscard]] QString runCommand(const ReplayPreview& plan, const ReplayRun& run, Environment environment);

} // namespace spillway::views
