// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replays/replaywords.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/widgets/commandline.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Replays", text);
}

QStringList topicsOf(const std::vector<PlanCount>& targets)
{
    QStringList topics;
    for (const PlanCount& target : targets)
        topics << target.text;
    return topics;
}

} // namespace

CellMark jobMark(JobState state)
{
    switch (state) {
    case JobState::Planned:
        return {Tone::Unknown, translated("planned")};
    case JobState::Running:
        return {Tone::Ok, translated("running")};
    case JobState::Paused:
        return {Tone::Warning, translated("paused")};
    case JobState::Stopped:
        return {Tone::Critical, translated("stopped by its rule")};
    case JobState::Interrupted:
        return {Tone::Warning, translated("interrupted")};
    case JobState::Verifying:
        return {Tone::Ok, translated("verifying")};
    case JobState::Done:
        return {Tone::Ok, translated("done")};
    case JobState::Failed:
        return {Tone::Critical, translated("failed")};
    case JobState::Cancelled:
        return {Tone::Unknown, translated("cancelled")};
    }
    return {Tone::Unknown, jobStateWord(state)};
}

QString messagesText(std::int64_t count)
{
    return count == 1 ? translated("1 message") : translated("%1 messages").arg(formatCount(count));
}

QString targetsText(const QStringList& topics)
{
    if (topics.isEmpty())
        return translated("nowhere");
    return topics.size() <= 3 ? topics.join(u", "_s) : translated("%1 topics").arg(formatCount(topics.size()));
}

QString replaysHeadline(const std::vector<ReplayJobRow>& jobs)
{
    const auto count = [&](auto fits) { return std::count_if(jobs.begin(), jobs.end(), fits); };
    const auto running = count([](const ReplayJobRow& job) { return isActive(job.state); });
    const auto waiting = count([](const ReplayJobRow& job) { return isResumable(job.state) && !isActive(job.state); });
    std::int64_t sent = 0;
    std::int64_t again = 0;
    for (const ReplayJobRow& job : jobs) {
        sent += job.sent;
        again += job.failedAgain;
    }
    if (running > 0)
        return running == 1 ? translated("1 replay is under way")
                            : translated("%1 replays are under way").arg(formatCount(running));
    if (waiting > 0)
        return waiting == 1 ? translated("1 replay did not finish and can be resumed")
                            : translated("%1 replays did not finish and can be resumed").arg(formatCount(waiting));
    return again == 0 ? translated("%1 replayed, none of them known to have failed again").arg(messagesText(sent))
                      : translated("%1 replayed, %2 failed again").arg(messagesText(sent), formatCount(again));
}

QString jobMeaning(const ReplayJobRow& job)
{
    const auto rest = job.messages - job.sent - job.skipped;
    QString meaning;
    switch (job.state) {
    case JobState::Planned:
        meaning = translated("It is listed and nothing has been sent yet.");
        break;
    case JobState::Running:
        meaning = translated("It is sending. Closing Spillway leaves it for a resume; nothing is lost.");
        break;
    case JobState::Paused:
        meaning = translated("It waits for a person.");
        break;
    case JobState::Stopped:
        meaning = translated("Its own rule stopped it: too many failed again. %1 were not sent and stay dead letters.")
                      .arg(messagesText(rest));
        break;
    case JobState::Interrupted:
        meaning = translated("Its process ended. What was sent is known; resume it for the other %1.")
                      .arg(messagesText(rest));
        break;
    case JobState::Verifying:
        meaning = translated("All is sent; the targets are read again and counted.");
        break;
    case JobState::Done:
        if (job.verified && job.verified->missing == 0 && job.verified->doubled == 0)
            meaning = translated("Every message was found in its target exactly once.");
        else if (job.verified)
            meaning = translated("Found once: %1, missing: %2, more than once: %3.")
                          .arg(formatCount(job.verified->once), formatCount(job.verified->missing),
                               formatCount(job.verified->doubled));
        else
            meaning = translated("All was sent.");
        break;
    case JobState::Failed:
        meaning =
            translated("It could not go on. What was sent is recorded; %1 were not sent.").arg(messagesText(rest));
        break;
    case JobState::Cancelled:
        meaning = translated("It was cancelled. %1 were not sent and stay dead letters.").arg(messagesText(rest));
        break;
    }
    return job.detail.isEmpty() ? meaning : meaning + u' ' + job.detail;
}

QString runCommand(const ReplayPreview& plan, const ReplayRun& run, Environment environment)
{
    QStringList words{u"spillwayctl replay run"_s, shellQuoted(plan.planFile)};
    const std::pair<QString, QString> options[]{{u"--rate"_s, run.rate},
                                                {u"--canary"_s, run.canary},
                                                {u"--settle"_s, run.settle},
                                                {u"--stop-if"_s, run.stopIf}};
    for (const auto& [name, value] : options) {
        if (!value.isEmpty())
            words << name << shellQuoted(value);
    }
    words << u"--write"_s;
    if (environment == Environment::Production)
        words << u"--confirm"_s << shellQuoted(topicsOf(plan.targets).join(u',')) << u"--reason TEXT"_s;
    return words.join(u' ');
}

ConfirmRequest confirmRun(const ReplayPreview& plan, const ReplayRun& run, Environment environment)
{
    const QStringList topics = topicsOf(plan.targets);
    ConfirmRequest request;
    request.title = translated("Replay %1 to %2?").arg(messagesText(plan.messages), targetsText(topics));
    request.consequence = translated("They are published again with their key, headers and payload as they were. What "
                                     "a consumer does with them cannot be taken back; "
                                     "the dead letters themselves stay where they are.");
    request.facts = {
        {translated("Where"), translated("%1, connection %2").arg(environmentWord(environment), plan.connection)},
        {translated("Guarantee"), plan.guarantee},
        {translated("Pace"), run.rate.isEmpty() ? translated("as fast as it goes")
                                                : translated("%1 a second").arg(messagesText(run.rate.toLongLong()))}};
    if (!run.canary.isEmpty())
        request.facts.emplace_back(translated("Steps"), run.canary);
    if (!run.stopIf.isEmpty())
        request.facts.emplace_back(translated("Stops if"), run.stopIf);
    request.typeToConfirm = environment == Environment::Production ? topics.join(u',') : QString();
    request.asksReason = environment == Environment::Production;
    request.actionText = translated("Replay %1").arg(messagesText(plan.messages));
    request.commandLine = runCommand(plan, run, environment);
    return request;
}

ConfirmRequest confirmResume(const ReplayJobRow& job, Environment environment)
{
    const QStringList topics(job.targets.begin(), job.targets.end());
    ConfirmRequest request;
    request.title = translated("Resume the replay to %1?").arg(targetsText(topics));
    request.consequence = translated("What was sent is looked up first; only the rest is published.");
    request.facts = {{translated("Still to send"), messagesText(job.messages - job.sent - job.skipped)},
                     {translated("Guarantee"), job.guarantee}};
    request.typeToConfirm = environment == Environment::Production ? topics.join(u',') : QString();
    request.asksReason = environment == Environment::Production;
    request.actionText = translated("Resume");
    request.commandLine = u"spillwayctl replay resume %1 --write"_s.arg(shellQuoted(job.jobId));
    if (environment == Environment::Production)
        request.commandLine += u" --confirm %1 --reason TEXT"_s.arg(shellQuoted(topics.join(u',')));
    return request;
}

ConfirmRequest confirmCancel(const ReplayJobRow& job)
{
    ConfirmRequest request;
    request.title = translated("Cancel this replay for good?");
    request.consequence = translated("The batch under way ends whole. What was sent stays sent; the other messages "
                                     "stay dead letters and can be planned again.");
    request.facts = {
        {translated("Sent"), translated("%1 of %2").arg(formatCount(job.sent), messagesText(job.messages))}};
    request.actionText = translated("Cancel the replay");
    request.commandLine = u"spillwayctl replay cancel %1"_s.arg(shellQuoted(job.jobId));
    return request;
}

} // namespace spillway::views
