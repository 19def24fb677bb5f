// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/text.h"
#include "model/replay/replayjobs.h"
#include "model/store/statedirectory.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QString messagesText(std::int64_t count)
{
    return formatCount(count) + (count == 1 ? u" message"_s : u" messages"_s);
}

/// The headers of a plan, two lines; a plan without messages has none.
QString headersText(const QJsonObject& plan)
{
    const qint64 messages = plan[u"messages"].toInteger();
    if (messages == 0)
        return {};
    HeaderCensus census;
    census.uncounted = plan[u"headers"][u"uncounted"].toInteger();
    for (const bool isSent : {false, true}) {
        const QJsonArray uses = plan[u"headers"][isSent ? u"sent" : u"leftBehind"].toArray();
        for (const QJsonValue& use : uses)
            census.names.push_back({use[u"name"].toString().toUtf8(), use[u"messages"].toInteger(), isSent});
    }
    QString text = u"  headers left behind: %1\n  headers sent: %2\n"_s.arg(headerNamesText(census, false, messages),
                                                                            headerNamesText(census, true, messages));
    if (census.uncounted > 0)
        text += u"  headers not listed: those of %1\n"_s.arg(messagesText(census.uncounted));
    return text;
}

QString planText(const QByteArray& json, const QString& file)
{
    const QJsonObject plan = QJsonDocument::fromJson(json).object();
    QString text =
        u"Plan %1: %2, %3, %4\n"_s.arg(plan[u"planId"].toString(), messagesText(plan[u"messages"].toInteger()),
                                       formatSizeBytes(plan[u"bytes"].toInteger()), plan[u"guarantee"].toString());
    const QJsonArray targets = plan[u"targets"].toArray();
    for (const QJsonValue& target : targets)
        text += u"  to %1: %2\n"_s.arg(visibleText(target[u"topic"].toString()),
                                       messagesText(target[u"messages"].toInteger()));
    const QJsonArray blocked = plan[u"blocked"].toArray();
    for (const QJsonValue& reason : blocked)
        text += u"  left out, %1: %2\n"_s.arg(visibleText(reason[u"reason"].toString()),
                                              messagesText(reason[u"messages"].toInteger()));
    text += headersText(plan);
    text += u"  %1\n"_s.arg(plan[u"digest"].toString());
    return text + u"Nothing was sent. Run it with: spillwayctl replay run %1 --write"_s.arg(file);
}

QString progressText(const QByteArray& json)
{
    const QJsonObject report = QJsonDocument::fromJson(json).object();
    QString text = u"%1 %2: %3 sent"_s.arg(report[u"jobId"].toString(), report[u"state"].toString(),
                                           formatCount(report[u"sent"].toInteger()));
    if (report.contains(u"messages"))
        text += u" of "_s + formatCount(report[u"messages"].toInteger());
    text += u", %1 confirmed, %2 failed again, %3 skipped"_s.arg(formatCount(report[u"confirmed"].toInteger()),
                                                                 formatCount(report[u"failedAgain"].toInteger()),
                                                                 formatCount(report[u"skipped"].toInteger()));
    return text;
}

std::function<bool(const QByteArray&)> progressPrinter(const Session& session)
{
    return [isJson = session.options().json, told = QString()](const QByteArray& json) mutable {
        if (isJson)
            return printLine(json);
        const QString text = progressText(json);
        if (text == std::exchange(told, text))
            return true; // a look for outcomes that found nothing new
        return printText(text);
    };
}

/// One word for each line of `replay status` as people read it.
QString statusText(const ReplayJobRow& row)
{
    QStringList targets(row.targets.begin(), row.targets.end());
    QString text = u"%1  %2  %3 of %4 sent, %5 confirmed, %6 failed again, %7 skipped  to %8  %9"_s.arg(
        row.jobId, jobStateWord(row.state).leftJustified(11), formatCount(row.sent), formatCount(row.messages),
        formatCount(row.confirmed), formatCount(row.failedAgain), formatCount(row.skipped),
        targets.isEmpty() ? u"nothing"_s : visibleText(targets.join(u", "_s)),
        formatUtc(row.startedAt.value_or(row.createdAt)));
    if (!row.detail.isEmpty())
        text += u"\n    "_s + visibleText(row.detail);
    return text;
}

} // namespace

int run(Session& session, const ReplayPlan& command)
{
    const QString file = QFileInfo(command.out).absoluteFilePath();
    return session.decide(
        u"spillwayctl replay plan"_s,
        PlanDecision{.query = command.query, .to = command.to, .file = file, .headers = command.headers},
        [&](const QByteArray& json) {
            return session.options().json ? printLine(json) : printText(planText(json, command.out));
        });
}

int run(Session& session, const ReplayRun& command)
{
    return session.decide(
        u"spillwayctl replay run"_s,
        RunDecision{
            .planFile = QFileInfo(command.plan).absoluteFilePath(),
            .rate = command.rate,
            .canary = command.canary,
            .stopIf = command.stopIf,
            .settle = command.settle,
            .permission = {.write = session.options().write, .confirm = command.confirm, .reason = command.reason}},
        progressPrinter(session));
}

int run(Session& session, const ReplayResume& command)
{
    return session.decide(
        u"spillwayctl replay resume"_s,
        ResumeDecision{
            .job = command.job,
            .permission = {.write = session.options().write, .confirm = command.confirm, .reason = command.reason}},
        progressPrinter(session));
}

int run(Session& session, const ReplayCancel& command)
{
    return session.decide(u"spillwayctl replay cancel"_s, CancelDecision{command.job}, progressPrinter(session));
}

int run(Session& session, const ReplayStatus& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const StateHolder holder = namedHolder(context->stateFolder) ? StateHolder::Alive : StateHolder::None;
    if (!command.job.isEmpty()) {
        const auto row = replayJob(*reader, holder, command.job);
        if (!row)
            return refuse(row.error());
        session.options().json ? printLine(writeReplayJobJson(*row)) : printText(statusText(*row));
        return Done;
    }
    const auto rows = replayJobs(*reader, holder);
    if (!rows)
        return refuse(rows.error());
    if (session.options().json) {
        printLine(writeReplayJobsJson(*rows));
        return Done;
    }
    QStringList lines;
    for (const ReplayJobRow& row : *rows)
        lines += statusText(row);
    printText(lines.isEmpty() ? u"No replay yet. Begin with: spillwayctl replay plan --query QUERY --out PLAN"_s
                              : lines.join(u'\n'));
    return Done;
}

} // namespace spillway::ctl
