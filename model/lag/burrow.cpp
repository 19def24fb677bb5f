// SPDX-License-Identifier: GPL-3.0-or-later
// Burrow's evaluator, written anew from its rules; kept apart from ours, which it serves to compare with.
#include "model/lag/lagstate.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString burrowStateWord(BurrowState state)
{
    switch (state) {
    case BurrowState::Ok:
        return u"ok"_s;
    case BurrowState::Warn:
        return u"warn"_s;
    case BurrowState::Stop:
        return u"stop"_s;
    case BurrowState::Stall:
        return u"stall"_s;
    case BurrowState::Rewind:
        return u"rewind"_s;
    }
    Q_UNREACHABLE();
}

BurrowVerdict judgeLikeBurrow(UtcTime now, MessageCount currentLag, MessageCount allowedLag,
                              std::span<const CommitPoint> commits, std::span<const Offset> ends)
{
    if (commits.empty())
        return {BurrowState::Ok, 1, u"no commit on record"_s};
    if (currentLag <= allowedLag)
        return {BurrowState::Ok, 1, u"current lag %1 is within %2"_s.arg(currentLag.value).arg(allowedLag.value)};

    const CommitPoint& first = commits.front();
    const CommitPoint& last = commits.back();
    const UtcTime wholeSeconds = std::chrono::floor<std::chrono::seconds>(now);
    const Millis silence = wholeSeconds - last.at;
    const Millis span = last.at - first.at;
    const bool hadNoLag = std::any_of(ends.begin(), ends.end(), [&last](Offset end) { return end <= last.offset; });
    if (silence > span && !hadNoLag)
        return {BurrowState::Stop, 2,
                u"silent for %1 ms, the window spans %2 ms"_s.arg(silence.count()).arg(span.count())};

    for (std::size_t i = 1; i < commits.size(); ++i) {
        if (commits[i].offset >= commits[i - 1].offset)
            continue;
        const Offset before = commits[i - 1].offset;
        const bool isMadeGood = std::any_of(commits.begin() + static_cast<std::ptrdiff_t>(i), commits.end(),
                                            [before](const CommitPoint& later) { return later.offset >= before; });
        if (!isMadeGood)
            return {BurrowState::Rewind, 3,
                    u"commit %1 went back from %2 to %3"_s.arg(i).arg(before.value).arg(commits[i].offset.value)};
        break; // only the first step back is looked at
    }

    const auto within = std::find_if(commits.begin(), commits.end(), [allowedLag](const CommitPoint& commit) {
        return commit.lag && *commit.lag <= allowedLag;
    });
    if (within != commits.end())
        return {BurrowState::Ok, 4, u"lag was %1 at commit %2"_s.arg(within->lag->value).arg(within - commits.begin())};
    if (std::all_of(commits.begin(), commits.end(),
                    [&first](const CommitPoint& commit) { return commit.offset == first.offset; }))
        return {BurrowState::Stall, 5, u"all %1 commits are at %2"_s.arg(commits.size()).arg(first.offset.value)};

    std::optional<MessageCount> previous;
    for (const CommitPoint& commit : commits) {
        if (!commit.lag)
            continue;
        if (previous && *commit.lag < *previous)
            return {BurrowState::Ok, 7, u"lag fell from %1 to %2"_s.arg(previous->value).arg(commit.lag->value)};
        previous = commit.lag;
    }
    return {BurrowState::Warn, 6, u"lag never decreased over %1 commits"_s.arg(commits.size())};
}

} // namespace spillway
