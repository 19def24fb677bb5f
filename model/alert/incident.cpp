// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/incident.h"

#include "model/base/wordtable.h"

#include <QCryptographicHash>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<IncidentCause, 10> causeWords{{{IncidentCause::Connection, u"connection"},
                                                   {IncidentCause::Collection, u"collection"},
                                                   {IncidentCause::Group, u"group"},
                                                   {IncidentCause::Promise, u"promise"},
                                                   {IncidentCause::Letters, u"letters"},
                                                   {IncidentCause::Pointers, u"pointers"},
                                                   {IncidentCause::Leaving, u"leaving"},
                                                   {IncidentCause::Setup, u"setup"},
                                                   {IncidentCause::Replay, u"replay"},
                                                   {IncidentCause::Store, u"store"}}};

} // namespace

QString incidentCauseWord(IncidentCause cause)
{
    return wordOf(causeWords, cause);
}

IncidentCause causeOf(const Concern& concern)
{
    switch (concern.rule) {
    case ConcernRule::ConnectionDown:
        return IncidentCause::Connection;
    case ConcernRule::SamplesStale:
        return IncidentCause::Collection;
    case ConcernRule::LostToRetention: // said of groups by their lag, and of channels by the doctor
        return concern.action.screen == ConcernScreen::Setup ? IncidentCause::Setup : IncidentCause::Group;
    case ConcernRule::WillExpire:
    case ConcernRule::GroupStopped:
    case ConcernRule::TopicChanged:
    case ConcernRule::GroupBehind:
        return IncidentCause::Group;
    case ConcernRule::PromiseBroken:
    case ConcernRule::PromiseAtRisk:
    case ConcernRule::PromiseUnknown:
        return IncidentCause::Promise;
    case ConcernRule::DeadLetterAge:
    case ConcernRule::DeadLetterCount:
    case ConcernRule::DeadLettersWaiting:
        return IncidentCause::Letters;
    case ConcernRule::PayloadExpires:
        return IncidentCause::Pointers;
    case ConcernRule::LettersLeave:
        return IncidentCause::Leaving;
    case ConcernRule::Misconfigured:
        return IncidentCause::Setup;
    case ConcernRule::ReplayUnfinished:
        return IncidentCause::Replay;
    case ConcernRule::StoreFull:
        return IncidentCause::Store;
    }
    return IncidentCause::Setup;
}

QString incidentKey(const Concern& concern)
{
    const QString subject = concern.id.mid(concern.id.indexOf(u':') + 1);
    return incidentCauseWord(causeOf(concern)) + u':' + subject;
}

QString incidentId(const QString& key)
{
    constexpr qsizetype digits = 12;
    return u'a' + QString::fromLatin1(
                      QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha256).toHex().first(digits));
}

IncidentTiming timingOf(ConcernRule rule)
{
    using namespace std::chrono_literals;
    switch (rule) {
    case ConcernRule::ConnectionDown: // one reconnect is no outage
        return {.hold = 30s, .keep = 30s};
    case ConcernRule::SamplesStale: // a process that begins has sampled nothing yet
        return {.hold = 1min, .keep = 0s};
    case ConcernRule::GroupBehind:
        return {.hold = 5min, .keep = 5min};
    case ConcernRule::LostToRetention: // the verdict needed several samples itself
    case ConcernRule::WillExpire:
    case ConcernRule::GroupStopped:
    case ConcernRule::TopicChanged:
        return {.hold = 0s, .keep = 5min};
    case ConcernRule::PromiseAtRisk:
        return {.hold = 2min, .keep = 15min};
    case ConcernRule::PromiseBroken:
        return {.hold = 0s, .keep = 15min};
    case ConcernRule::PromiseUnknown:
    case ConcernRule::DeadLetterAge:
    case ConcernRule::DeadLetterCount:
    case ConcernRule::DeadLettersWaiting:
    case ConcernRule::PayloadExpires:
    case ConcernRule::LettersLeave:
    case ConcernRule::Misconfigured:
    case ConcernRule::ReplayUnfinished:
    case ConcernRule::StoreFull:
        return {};
    }
    return {};
}

} // namespace spillway
