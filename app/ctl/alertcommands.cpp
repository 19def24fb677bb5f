// SPDX-License-Identifier: GPL-3.0-or-later
// `alerts …`
#include "app/console/decision.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/alert/alertnews.h"
#include "model/alert/concernwords.h"
#include "model/base/clock.h"
#include "model/base/text.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostShown = 1'000; // of what ended, and of decisions

std::optional<QString> given(const QString& word)
{
    return word.isEmpty() ? std::nullopt : std::optional(word);
}

/// The options' check took nothing else.
UtcTime timeOf(const QString& word, UtcTime now)
{
    if (const auto time = parseRfc3339(word.toUtf8()))
        return *time;
    return now + parseDuration(word).value_or(Millis{0});
}

int decide(Session& session, const QString& program, const Decision& decision)
{
    return session.decide(program, decision, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QJsonObject standing = QJsonDocument::fromJson(json).object();
        const QString what = standing[u"state"].toString() == u"undone" ? u"took back"_s : u"decided"_s;
        return printText(u"%1: event %2; spillwayctl alerts decisions lists it"_s.arg(
            what, QString::number(standing[u"seq"].toInteger())));
    });
}

void sayHowOld(Session& session, const AlertList& list, UtcTime now)
{
    const bool isStore = QFile::exists(session.context()->samplesFile()); // where there is none, that was said
    if (!list.evaluatedAt && isStore)
        say(u"spillwayctl: nothing was sampled yet, so that nothing can be known to need anybody; run: spillwayctl"
            " collect --once"_s);
    else if (list.evaluatedAt && session.options().verbose)
        say(u"as of the look at %1, %2 ago"_s.arg(formatUtc(*list.evaluatedAt),
                                                  formatDuration(std::max(Millis{0}, now - *list.evaluatedAt))));
}

} // namespace

int run(Session& session, const Alerts& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    auto list = readAlerts(*reader, now, command.resolved ? mostShown : 0);
    if (!list)
        return refuse(list.error());
    sayHowOld(session, *list, now);
    std::vector<Alert> shown = std::move(command.resolved ? list->resolved : list->open);
    if (!command.team.isEmpty())
        std::erase_if(shown, [&](const Alert& alert) { return alert.incident.concern.team != command.team; });
    const auto limit = severityFromWord(command.failOn);
    const bool isFound = limit && hasFiring(shown, *limit);
    noteUnreached(shown, context->workspace, context->catalog);
    maskAlerts(shown, context->masker, MaskPurpose::View);
    const bool isPrinted = session.options().json
                               ? printLine(alertsJson(shown))
                               : print(alertsText(shown, noAlertsText(*list, command.resolved), now).toUtf8());
    if (!isPrinted)
        return OutOfReach;
    return isFound ? Found : Done;
}

int run(Session& session, const AlertDecisions&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto decisions = alertDecisions(*reader, mostShown);
    if (!decisions)
        return refuse(decisions.error());
    for (AlertDecision& decision : *decisions)
        decision.reason = context->masker.text(decision.reason, MaskPurpose::View);
    const UtcTime now = SystemClock().now();
    const bool isPrinted = session.options().json ? printLine(alertDecisionsJson(*decisions, now))
                                                  : print(alertDecisionsText(*decisions, now).toUtf8());
    return isPrinted ? Done : OutOfReach;
}

int run(Session& session, const AlertAcknowledge& command)
{
    AlertAck ack{.alert = command.id, .until = {}, .reason = command.reason};
    if (!command.until.isEmpty())
        ack.until = timeOf(command.until, SystemClock().now());
    return decide(session, u"spillwayctl alerts ack"_s, AlertAckDecision{std::move(ack)});
}

int run(Session& session, const AlertSilenceCommand& command)
{
    return decide(session, u"spillwayctl alerts silence"_s,
                  AlertSilenceDecision{{.alert = given(command.id),
                                        .rule = given(command.rule),
                                        .team = given(command.team),
                                        .connection = given(command.connection),
                                        .until = timeOf(command.until, SystemClock().now()),
                                        .reason = command.reason}});
}

int run(Session& session, const AlertUndo& command)
{
    return decide(session, u"spillwayctl alerts undo"_s, AlertUndoDecision{command.seq, command.reason});
}

} // namespace spillway::ctl
