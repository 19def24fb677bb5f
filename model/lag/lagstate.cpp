// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagstate.h"

#include "model/base/text.h"
#include "model/base/wordtable.h"

#include <algorithm>
#include <array>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<LagState, 11> stateNames{{{LagState::Ok, u"ok"},
                                              {LagState::Behind, u"behind"},
                                              {LagState::Unknown, u"unknown"},
                                              {LagState::NeverCommitted, u"neverCommitted"},
                                              {LagState::BlockedByTransaction, u"blockedByTransaction"},
                                              {LagState::Rewound, u"rewound"},
                                              {LagState::Stalled, u"stalled"},
                                              {LagState::Stopped, u"stopped"},
                                              {LagState::TopicRecreated, u"topicRecreated"},
                                              {LagState::TopicGone, u"topicGone"},
                                              {LagState::LostToRetention, u"lostToRetention"}}};

/// Index of the first commit below its predecessor that no later commit makes good, or 0.
std::size_t unrecoveredRewind(std::span<const CommitPoint> commits)
{
    for (std::size_t i = 1; i < commits.size(); ++i) {
        if (commits[i].offset >= commits[i - 1].offset)
            continue;
        const Offset before = commits[i - 1].offset;
        if (std::none_of(commits.begin() + static_cast<std::ptrdiff_t>(i), commits.end(),
                         [before](const CommitPoint& later) { return later.offset >= before; }))
            return i;
    }
    return 0;
}

std::vector<std::int64_t> knownLags(std::span<const CommitPoint> commits)
{
    std::vector<std::int64_t> lags;
    for (const CommitPoint& commit : commits) {
        if (commit.lag)
            lags.push_back(commit.lag->value);
    }
    return lags;
}

bool wasWithin(std::span<const std::int64_t> lags, MessageCount allowed)
{
    return std::any_of(lags.begin(), lags.end(), [allowed](std::int64_t lag) { return lag <= allowed.value; });
}

/// How many of the newest commits stand at the same offset.
std::size_t standingCommits(std::span<const CommitPoint> commits)
{
    std::size_t standing = 0;
    while (standing < commits.size() && commits[commits.size() - 1 - standing].offset == commits.back().offset)
        ++standing;
    return standing;
}

/// Share of pairs (earlier, later) that rise, minus those that fall: 1 for steady growth, about 0 for noise. One dip
/// costs little.
double growth(std::span<const std::int64_t> lags)
{
    std::int64_t balance = 0;
    std::int64_t pairs = 0;
    for (std::size_t i = 0; i < lags.size(); ++i) {
        for (std::size_t j = i + 1; j < lags.size(); ++j) {
            ++pairs;
            balance += (lags[j] > lags[i]) - (lags[j] < lags[i]);
        }
    }
    return pairs == 0 ? 0.0 : static_cast<double>(balance) / static_cast<double>(pairs);
}

QString n(std::int64_t count)
{
    return QString::number(count);
}

/// The rules that weigh time and movement; something is unread.
class Movement
{
public:
    explicit Movement(const LagFacts& facts)
        : m_facts(facts)
        , m_commits(facts.commits)
        , m_lag(facts.currentLag ? facts.currentLag->value : 0)
        , m_lags(knownLags(facts.commits))
    {
        m_lastEventAt = m_commits.empty() ? facts.now : m_commits.back().at;
        m_span = m_commits.empty() ? Millis{0} : std::max(Millis{0}, m_commits.back().at - m_commits.front().at);
        // With nothing to read there is nothing to commit: silence counts from the moment something was there again.
        if (facts.caughtUpAt && *facts.caughtUpAt > m_lastEventAt)
            m_lastEventAt = *facts.caughtUpAt;
        m_silence = std::max(Millis{0}, facts.now - m_lastEventAt);
    }

    LagVerdict verdict() const
    {
        if (const auto stopped = stoppedOrStalled())
            return *stopped;
        if (const std::size_t at = unrecoveredRewind(m_commits); at > 0) {
            return {LagState::Rewound, 10,
                    u"went back from %1 to %2 and has come to %3"_s.arg(n(m_commits[at - 1].offset.value),
                                                                        n(m_commits[at].offset.value),
                                                                        n(m_commits.back().offset.value))};
        }
        if (grows())
            return {LagState::Behind, 11,
                    u"%1 unread, growing from %2 over %3 commits"_s.arg(n(m_lag), n(m_lags.front()),
                                                                        n(std::ssize(m_lags)))};
        if (const auto kept = keepsUp())
            return *kept;
        return {LagState::Behind, 13, u"%1 unread"_s.arg(n(m_lag))};
    }

private:
    bool hadNothingUnread() const
    {
        return !m_commits.empty() && std::any_of(m_facts.recentEnds.begin(), m_facts.recentEnds.end(),
                                                 [this](Offset end) { return end <= m_commits.back().offset; });
    }

    /// How long a silence must last to mean something.
    Millis patience() const
    {
        if (m_commits.size() >= 3)
            return std::max(m_span, shortestCadence);
        if (m_commits.size() == 1 && m_facts.membership == Membership::Unknown)
            return loneCommitGrace;
        return std::max(m_span, silenceGrace);
    }

    std::optional<LagVerdict> stoppedOrStalled() const
    {
        if (m_commits.empty())
            return std::nullopt;
        if (m_silence > patience() && !hadNothingUnread()) {
            const QString evidence = u"%1 unread and no new commit for %2, while the last %3 took %4"_s.arg(
                n(m_lag), formatDuration(m_silence), n(std::ssize(m_commits)), formatDuration(m_span));
            if (m_facts.membership != Membership::Present)
                return LagVerdict{LagState::Stopped, 8, evidence};
            // A transaction's end mark takes an offset that no reader ever passes: one left over, for ever.
            if (m_lag > 1)
                return LagVerdict{LagState::Stalled, 9, evidence + u"; the group has members"_s};
        }
        const std::size_t standing = standingCommits(m_commits);
        const bool allStand = standing == m_commits.size() && standing >= 2;
        if ((allStand || standing >= 5) && !wasWithin(m_lags, m_facts.allowedLag) && !hadNothingUnread())
            return LagVerdict{LagState::Stalled, 9,
                              u"%1 commits in a row at %2 with %3 unread"_s.arg(
                                  n(static_cast<qint64>(standing)), n(m_commits.back().offset.value), n(m_lag))};
        return std::nullopt;
    }

    bool grows() const
    {
        if (m_lags.size() < 2)
            return false;
        const bool neverFewer = std::is_sorted(m_lags.begin(), m_lags.end());
        if (neverFewer && !wasWithin(m_lags, m_facts.allowedLag))
            return true;
        // The newest half without a moment of rest, more than at the start, and most comparisons rise.
        const std::span<const std::int64_t> newer = std::span(m_lags).subspan(m_lags.size() / 2);
        return m_lags.size() >= 4 && !wasWithin(newer, m_facts.allowedLag) &&
               std::max(m_lag, m_lags.back()) > m_lags.front() && growth(m_lags) >= 0.5;
    }

    std::optional<LagVerdict> keepsUp() const
    {
        const bool restedLately = hadNothingUnread();
        if (m_commits.empty() || (m_silence > patience() && !restedLately))
            return std::nullopt;
        const std::size_t recent = std::min<std::size_t>(3, m_lags.size());
        const bool restedInWindow =
            m_commits.size() >= 2 && recent > 0 && wasWithin(std::span(m_lags).last(recent), m_facts.allowedLag);
        const bool restedSince = m_facts.caughtUpAt && m_facts.membership == Membership::Present;
        // Without members nobody is there to read what has just come.
        if (m_facts.membership != Membership::Absent && (restedInWindow || restedSince || restedLately))
            return LagVerdict{LagState::Ok, 12, u"%1 unread, and nothing unread a moment ago"_s.arg(n(m_lag))};
        if (m_commits.size() < 2)
            return std::nullopt;
        const auto steps = std::ssize(m_commits) - 1;
        const std::int64_t perCommit = (m_commits.back().offset.value - m_commits.front().offset.value) / steps;
        const bool isCommitting =
            m_facts.membership != Membership::Absent || m_silence <= std::max(shortestCadence, 2 * (m_span / steps));
        if (perCommit > 0 && m_lag <= 2 * perCommit && isCommitting)
            return LagVerdict{LagState::Ok, 12, u"%1 unread, while a commit brings %2"_s.arg(n(m_lag), n(perCommit))};
        return std::nullopt;
    }

    const LagFacts& m_facts;
    std::span<const CommitPoint> m_commits;
    std::int64_t m_lag;
    std::vector<std::int64_t> m_lags;
    UtcTime m_lastEventAt;
    Millis m_span{0};
    Millis m_silence{0};
};

} // namespace

QString lagStateWord(LagState state)
{
    return wordOf(stateNames, state);
}

std::optional<LagState> lagStateFromWord(QStringView word)
{
    return valueOf(stateNames, word);
}

std::optional<MessageCount> lagOf(std::optional<Offset> committed, std::optional<Offset> end)
{
    if (!committed || !end)
        return std::nullopt;
    return MessageCount{std::max<std::int64_t>(0, end->value - committed->value)};
}

std::optional<MessageCount> lostToRetention(std::optional<Offset> committed, std::optional<Offset> logStart)
{
    if (!committed || !logStart)
        return std::nullopt;
    return MessageCount{std::max<std::int64_t>(0, logStart->value - committed->value)};
}

LagVerdict judgeLag(const LagFacts& facts)
{
    if (facts.isTopicGone)
        return {LagState::TopicGone, 1, u"the topic does not exist any more"_s};
    if (facts.isTopicRecreated)
        return {LagState::TopicRecreated, 2, u"the ends went back: the commit belongs to the topic's former life"_s};
    if (facts.committed && facts.end && facts.committed > facts.end) {
        return {LagState::TopicRecreated, 2,
                u"the commit %1 lies beyond the end %2: the topic was made anew or cut, or the commit was set by hand"_s
                    .arg(n(facts.committed->value), n(facts.end->value))};
    }
    if (!facts.isCommitKnown)
        return {LagState::Unknown, 3, u"the committed offset could not be had"_s};
    if (!facts.committed && facts.commits.empty())
        return {LagState::NeverCommitted, 4, u"no commit on record"_s};
    if (!facts.currentLag)
        return {LagState::Unknown, 3, u"the end of the partition could not be had"_s};
    if (const auto lost = lostToRetention(facts.committed, facts.logStart); lost && lost->value > 0) {
        return {LagState::LostToRetention, 5,
                u"%1 messages expired unread: the log starts at %2, the commit is %3"_s.arg(
                    n(lost->value), n(facts.logStart->value), n(facts.committed->value))};
    }
    if (*facts.currentLag <= facts.allowedLag)
        return {LagState::Ok, 6, u"%1 unread"_s.arg(n(facts.currentLag->value))};
    if (facts.committed && facts.end && facts.lastStable && *facts.lastStable < *facts.end &&
        *facts.committed >= *facts.lastStable && !facts.isLastStableMoving) {
        return {LagState::BlockedByTransaction, 7,
                u"an open transaction holds the last stable offset at %1, the end is %2"_s.arg(
                    n(facts.lastStable->value), n(facts.end->value))};
    }
    return Movement(facts).verdict();
}

} // namespace spillway
