// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the brokers by itself, and how dead-lettering is set up wrongly.
#include "model/alert/concernlist.h"
#include "model/alert/concernwords.h"
#include "model/base/shelltext.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// "in 6 h", "any moment".
QString inText(const std::optional<UtcTime>& at, UtcTime now)
{
    return at && *at > now ? u"in "_s + formatDuration(*at - now) : u"any moment"_s;
}

QString channelQuery(const ChannelOutlook& channel)
{
    return queryTerm(u"channel"_s, channel.channel);
}

/// The payload of a pointer is nowhere but at its origin: when that goes, it is lost.
void addPointers(const ChannelOutlook& channel, UtcTime now, ConcernList& list)
{
    if (channel.pointersLeavingSoon == 0)
        return;
    Concern concern{.rule = ConcernRule::PayloadExpires,
                    .severity = Severity::Critical,
                    .summary = u"%1 of %2 %3 whose payload leaves the broker %4"_s.arg(
                        countText(channel.pointersLeavingSoon, u"letter"_s, u"letters"_s), visibleText(channel.channel),
                        channel.pointersLeavingSoon == 1 ? u"is a pointer"_s : u"are pointers"_s,
                        inText(channel.nextOriginLossAt, now)),
                    .evidence = u"%1 open · payload only at the origin"_s.arg(
                        countText(channel.pointers, u"pointer"_s, u"pointers"_s)),
                    .team = {},
                    .oncall = {},
                    .channel = {},
                    .since = {},
                    .until = channel.nextOriginLossAt};
    const QString query = channelQuery(channel);
    concern.action = {.screen = ConcernScreen::DeadLetters,
                      .filter = query,
                      .label = u"Rescue %1"_s.arg(countText(channel.pointersLeavingSoon, u"payload"_s, u"payloads"_s)),
                      .command = u"spillwayctl dlq rescue --query %1"_s.arg(shellQuoted(query)),
                      .rescues = true};
    list.add(std::move(concern), channel.connection + u'/' + channel.channel,
             static_cast<double>(channel.pointersLeavingSoon));
}

void addLeaving(const ChannelOutlook& channel, UtcTime now, ConcernList& list)
{
    if (channel.leavingSoon == 0)
        return;
    const bool isOne = channel.leavingSoon == 1;
    Concern concern{.rule = ConcernRule::LettersLeave,
                    .severity = Severity::Info,
                    .summary = u"%1 of %2 %3 the broker %4; %5"_s.arg(
                        countText(channel.leavingSoon, u"letter"_s, u"letters"_s), visibleText(channel.channel),
                        isOne ? u"leaves"_s : u"leave"_s, inText(channel.nextLossAt, now),
                        isOne ? u"it is stored here"_s : u"they are stored here"_s),
                    .evidence = u"%1 open · %2 already gone at the broker"_s.arg(formatCount(channel.open),
                                                                                 formatCount(channel.gone)),
                    .team = {},
                    .oncall = {},
                    .channel = {},
                    .since = {},
                    .until = channel.nextLossAt};
    const QString query = channelQuery(channel);
    concern.action = {.screen = ConcernScreen::DeadLetters,
                      .filter = query,
                      .label = u"Review %1"_s.arg(countText(channel.leavingSoon, u"letter"_s, u"letters"_s)),
                      .command = u"spillwayctl dlq channels"_s};
    list.add(std::move(concern), channel.connection + u'/' + channel.channel, static_cast<double>(channel.leavingSoon));
}

bool isTold(const DoctorFinding& finding)
{
    // Letters of nobody have concerns of their own; what is merely unknown needs nobody now.
    return finding.rule != DoctorRule::Unowned && finding.severity != DoctorSeverity::Info;
}

} // namespace

Severity severityOf(DoctorSeverity severity)
{
    return severity == DoctorSeverity::Info ? Severity::Info : Severity::Warning;
}

void addOutlookConcerns(const std::vector<ChannelOutlook>& channels, UtcTime now, ConcernList& list)
{
    for (const ChannelOutlook& channel : channels) {
        addPointers(channel, now, list);
        addLeaving(channel, now, list);
    }
}

void addDoctorConcerns(const std::vector<DoctorFinding>& findings, ConcernList& list)
{
    for (const DoctorFinding& finding : findings) {
        if (!isTold(finding))
            continue;
        const bool isLost = finding.rule == DoctorRule::LostBeforeRead; // what we are blind to, not what might happen
        const bool isError = finding.severity == DoctorSeverity::Error;
        Concern concern{.rule = isLost ? ConcernRule::LostToRetention : ConcernRule::Misconfigured,
                        .severity = severityOf(finding.severity),
                        .summary = finding.sentence,
                        .evidence = (isError ? u"an error of the set-up · "_s : QString()) + finding.evidence +
                                    u" · "_s + finding.remedy,
                        .team = {},
                        .oncall = {},
                        .channel = {},
                        .since = {},
                        .until = {}};
        concern.action = {.screen = ConcernScreen::Setup,
                          .filter = finding.id,
                          .label = isLost ? u"Look at how long it keeps records"_s : u"Look at the setup"_s,
                          .command = finding.command.isEmpty() ? u"spillwayctl dlq doctor"_s : finding.command};
        list.add(std::move(concern), finding.id, isError ? 1 : 0);
    }
}

void addStoreConcern(const std::optional<StoreFinding>& store, ConcernList& list)
{
    if (!store || store->usedBytes <= store->maxBytes)
        return;
    Concern concern{.rule = ConcernRule::StoreFull,
                    .severity = Severity::Warning,
                    .summary = u"The store holds %1, more than the %2 it may"_s.arg(formatSizeBytes(store->usedBytes),
                                                                                    formatSizeBytes(store->maxBytes)),
                    .evidence = u"%1 stay · closed ones go within the hour, the oldest first"_s.arg(
                        countText(store->openLetters, u"open letter"_s, u"open letters"_s)),
                    .team = {},
                    .oncall = {},
                    .channel = {},
                    .since = {},
                    .until = {}};
    concern.action = {.screen = ConcernScreen::DeadLetters,
                      .filter = {},
                      .label = u"Close what is settled"_s,
                      .command = u"spillwayctl dlq groups"_s};
    list.add(std::move(concern), u"store"_s, 1);
}

} // namespace spillway
