// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "model/base/text.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int exitCodeFor(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
    case ErrorCode::Unsupported:
        return Usage;
    case ErrorCode::Unauthorised:
    case ErrorCode::Unreachable:
    case ErrorCode::TimedOut:
    case ErrorCode::Cancelled:
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
        return OutOfReach;
    }
    return OutOfReach;
}

namespace {

int outputFault = 0;         // errno of the first write to stdout that failed; one thread prints
bool isAnythingSaid = false; // on stderr: the command has a reason of its own for its exit code

} // namespace

bool print(const QByteArray& bytes)
{
    errno = 0;
    const bool isWritten = std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout) ==
                               static_cast<std::size_t>(bytes.size()) &&
                           std::fflush(stdout) == 0;
    if (!isWritten && outputFault == 0) {
        outputFault = errno != 0 ? errno : EIO;
        if (outputFault != EPIPE)
            say(u"spillwayctl: the output cannot be written: %1; make room, or write it elsewhere"_s.arg(
                QString::fromLocal8Bit(std::strerror(outputFault))));
    }
    return isWritten;
}

int outcome(int exitCode)
{
    if (outputFault == 0)
        return exitCode;
    if (outputFault != EPIPE)
        return OutOfReach;
    return exitCode == OutOfReach && !isAnythingSaid ? Done : exitCode;
}

bool printLine(const QByteArray& line)
{
    return print(line.endsWith('\n') ? line : line + '\n');
}

bool printText(const QString& text)
{
    return printLine(text.toUtf8());
}

void say(const QString& message)
{
    isAnythingSaid = true;
    const QByteArray line = visibleText(message, true).toUtf8() + '\n'; // it may repeat what was typed
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stderr);
}

int refuse(const Error& error)
{
    say(u"spillwayctl: "_s + error.detail);
    return exitCodeFor(error.code);
}

int reportIssues(const std::vector<FileIssue>& issues)
{
    for (const FileIssue& issue : issues)
        say((issue.severity == IssueSeverity::Warning ? u"warning: "_s : QString()) + issue.toString());
    const bool hasError = std::any_of(issues.begin(), issues.end(),
                                      [](const FileIssue& issue) { return issue.severity == IssueSeverity::Error; });
    return hasError ? Usage : Done;
}

} // namespace spillway::ctl
