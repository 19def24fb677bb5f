// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace spillway {

/// Where long work stands. The words are the contract's; stored and printed as such.
enum class JobState {
    Planned, ///< nothing has been done yet
    Running,
    Paused,      ///< by a person; goes on where it was
    Stopped,     ///< by its own rule (too many failures)
    Interrupted, ///< its process died: resume it
    Verifying,   ///< all is sent; outcomes are being looked up
    Done,
    Failed,
    Cancelled, ///< by a person, for good
};

/// `planned`, `running`, …
[[nodiscard]] QString jobStateWord(JobState state);
/// The state of a word; nullopt for any other.
[[nodiscard]] std::optional<JobState> jobStateFromWord(QStringView word);

/// A process works on it, or will when the pause ends: running, paused, verifying.
[[nodiscard]] bool isActive(JobState state);
/// Nothing more happens by itself and an outcome can be told: stopped, done, failed, cancelled.
[[nodiscard]] bool hasEnded(JobState state);
/// `resume` has something to go on with: interrupted, stopped and failed (what was sent is known), paused.
[[nodiscard]] bool isResumable(JobState state);
/// Whether a job in `from` may be in `to` next. A state never follows itself.
[[nodiscard]] bool mayFollow(JobState from, JobState to);

} // namespace spillway
