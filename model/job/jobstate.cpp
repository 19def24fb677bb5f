// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/jobstate.h"

#include "model/base/wordtable.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr WordTable<JobState, 9> words{{{JobState::Planned, u"planned"},
                                        {JobState::Running, u"running"},
                                        {JobState::Paused, u"paused"},
                                        {JobState::Stopped, u"stopped"},
                                        {JobState::Interrupted, u"interrupted"},
                                        {JobState::Verifying, u"verifying"},
                                        {JobState::Done, u"done"},
                                        {JobState::Failed, u"failed"},
                                        {JobState::Cancelled, u"cancelled"}}};

} // namespace

QString jobStateWord(JobState state)
{
    return wordOf(words, state);
}

std::optional<JobState> jobStateFromWord(QStringView word)
{
    return valueOf(words, word);
}

bool isActive(JobState state)
{
    switch (state) {
    case JobState::Running:
    case JobState::Paused:
    case JobState::Verifying:
        return true;
    case JobState::Planned:
    case JobState::Stopped:
    case JobState::Interrupted:
    case JobState::Done:
    case JobState::Failed:
    case JobState::Cancelled:
        return false;
    }
    return false;
}

bool hasEnded(JobState state)
{
    return state == JobState::Stopped || state == JobState::Done || state == JobState::Failed ||
           state == JobState::Cancelled;
}

bool isResumable(JobState state)
{
    return state == JobState::Interrupted || state == JobState::Stopped || state == JobState::Failed ||
           state == JobState::Paused;
}

bool mayFollow(JobState from, JobState to)
{
    switch (from) {
    case JobState::Planned:
        return to == JobState::Running || to == JobState::Interrupted || to == JobState::Failed ||
               to == JobState::Cancelled;
    case JobState::Running:
        return to != JobState::Running && to != JobState::Planned;
    case JobState::Paused:
        return to == JobState::Running || to == JobState::Interrupted || to == JobState::Failed ||
               to == JobState::Cancelled;
    case JobState::Verifying:
        return to != JobState::Verifying && to != JobState::Planned && to != JobState::Paused;
    case JobState::Stopped:
    case JobState::Interrupted:
    case JobState::Failed:
        return to == JobState::Running || to == JobState::Verifying || to == JobState::Cancelled;
    case JobState::Done:
    case JobState::Cancelled:
        return false;
    }
    return false;
}

} // namespace spillway
