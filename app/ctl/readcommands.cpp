// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/lag/evaluatelag.h"
#include "model/lag/lagqueries.h"

#include <QFile>

#include <cstdio>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const Lag& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto rows = lagRows(*reader, context->catalog, LagFilter{.group = command.group});
    if (!rows)
        return refuse(rows.error());
    session.options().json ? printLine(lagJson(*rows)) : printText(lagText(*rows));
    return Done;
}

int run(Session&, const EvaluateLag&)
{
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly))
        return refuse(Error{ErrorCode::Unreachable, u"stdin cannot be read"_s});
    constexpr qint64 most = (qint64{16} << 20) + 1;
    const auto verdict = evaluateLagJson(in.read(most));
    if (!verdict)
        return refuse(verdict.error());
    printLine(*verdict);
    return Done;
}

} // namespace spillway::ctl
