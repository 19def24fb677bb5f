// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costfiles.h"
#include "app/console/costs.h"
#include "app/ctl/commands.h"
#include "app/ctl/costquestion.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/text.h"

#include <QFileInfo>

#include <unistd.h>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What --format says; else --json; else the ending of --out.
CostFormat formatOf(const Cost& command, bool isJson)
{
    if (const auto named = costFormatOf(command.format))
        return *named;
    if (isJson)
        return CostFormat::Json;
    return costFormatOfFile(command.out).value_or(CostFormat::Text);
}

} // namespace

bool printsPaper(const Cost& command)
{
    return formatOf(command, false) == CostFormat::Pdf;
}

int run(Session& session, const Cost& command)
{
    const QString ending = QFileInfo(command.out).suffix();
    if (command.format.isEmpty() && !session.options().json && !ending.isEmpty() && !costFormatOfFile(command.out))
        return refuse(Error{
            ErrorCode::InvalidConfig,
            u"%1 ends in .%2; write .csv, .json, .xlsx, .pdf, .html or .txt, or say the format with --format"_s.arg(
                visibleText(command.out), visibleText(ending))});
    const CostFormat format = formatOf(command, session.options().json);
    if (command.out.isEmpty() && isBinaryFormat(format) && ::isatty(STDOUT_FILENO) != 0)
        return refuse(Error{ErrorCode::InvalidConfig,
                            u"a terminal cannot show this format; name a file with --out, or redirect the output"_s});
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto question = costQuestion(*context, command);
    if (!question)
        return refuse(question.error());
    const Checked<CostBill> bill = workspaceBill(*context, *question);
    if (!bill.value)
        return reportIssues(bill.issues);
    for (const QString& event : bill.value->unknownEvents) {
        if (session.options().verbose)
            say(u"not in the sums, volume or size is unknown: "_s + event);
    }
    const UtcTime now = SystemClock().now();
    if (command.out.isEmpty()) {
        const auto bytes = costBytes(*context, *bill.value, format, now, session.stop());
        if (!bytes)
            return refuse(bytes.error());
        return print(*bytes) ? Done : OutOfReach;
    }
    const Status written = writeCostFile(*context, *bill.value, format, command.out, now, session.stop());
    return written ? int{Done} : refuse(written.error());
}

} // namespace spillway::ctl
