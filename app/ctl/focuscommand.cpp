// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/focus/focusjudge.h"

#include <QFile>

#include <cstdio>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const CostValidate& command)
{
    QFile file(command.file);
    if (!(command.file == u"-"_s ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly)))
        return refuse(Error{ErrorCode::InvalidConfig, u"%1 cannot be read: %2; name a CSV file that you may read"_s.arg(
                                                          command.file, file.errorString())});
    const auto report = judgeFocus(file, focusVersionOf(command.version), session.stop());
    if (!report)
        return refuse(report.error());
    const bool isPrinted = session.options().json ? printLine(focusReportJson(*report, command.file))
                                                  : print(focusReportText(*report, command.file).toUtf8());
    if (!isPrinted)
        return OutOfReach;
    return report->errors > 0 ? Found : Done;
}

} // namespace spillway::ctl
