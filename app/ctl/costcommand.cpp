// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costs.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/cost/costwriters.h"

#include <QSaveFile>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray rendered(const CostReport& report, const QString& format)
{
    if (format == u"json")
        return costAsJson(report) + '\n';
    if (format == u"csv")
        return costAsCsv(report);
    return costAsText(report).toUtf8();
}

} // namespace

int run(Session& session, const Cost& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto range = parseDayRange(command.from, command.to, command.timeZone);
    if (!range)
        return refuse(range.error());
    const Checked<CostReport> report = workspaceCost(*context, command.profile, *range);
    if (!report.value)
        return reportIssues(report.issues);
    for (const QString& event : report.value->basis.unknownEvents) {
        if (session.options().verbose)
            say(u"not in the sums, volume or size is unknown: "_s + event);
    }
    const QString format = !command.format.isEmpty() ? command.format : session.options().json ? u"json"_s : u"text"_s;
    const QByteArray document = rendered(*report.value, format);
    if (command.out.isEmpty())
        return print(document) ? Done : OutOfReach;
    QSaveFile file(command.out);
    if (!file.open(QIODevice::WriteOnly) || file.write(document) != document.size() || !file.commit())
        return refuse(
            Error{ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(command.out, file.errorString())});
    return Done;
}

} // namespace spillway::ctl
