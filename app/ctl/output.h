// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QString>

#include <vector>

/// Data goes to stdout, messages to stderr; exit codes as contract.md has them.
namespace spillway::ctl {

enum ExitCode { Done = 0, Found = 1, Usage = 2, OutOfReach = 3 };

[[nodiscard]] int exitCodeFor(ErrorCode code);

/// Writes all of it to stdout. False when it could not be: nobody reads any more, or (said on stderr, once) it has no
/// room. `outcome` makes an exit code of that.
bool print(const QByteArray& bytes);
bool printLine(const QByteArray& line);
/// The text, with a line feed at its end.
bool printText(const QString& text);
/// The exit code of a command, given what became of its output: 3 where it could not be written. A reader that had
/// enough (`| head`) is no fault: what the command found counts, else 0.
[[nodiscard]] int outcome(int exitCode);
/// To stderr, one line or several.
void say(const QString& message);
/// `spillwayctl: …` on stderr, and the exit code that goes with it.
[[nodiscard]] int refuse(const Error& error);
/// Each issue on a line of its own on stderr; 2 when one of them is an error.
[[nodiscard]] int reportIssues(const std::vector<FileIssue>& issues);

} // namespace spillway::ctl
