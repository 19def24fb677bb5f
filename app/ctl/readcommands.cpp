// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/text.h"
#include "model/lag/evaluatelag.h"
#include "model/lag/lagqueries.h"
#include "model/workspace/issuelist.h"

#include <QFile>

#include <algorithm>
#include <cstdio>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// There are samples, and none of this group.
void sayWhichGroups(const QString& group, const std::vector<LagRow>& rows)
{
    constexpr qsizetype most = 20;
    QStringList names;
    for (const LagRow& row : rows) { // by connection, then group
        if (const QString name = visibleText(row.group); !names.contains(name))
            names += name;
    }
    const QString more = names.size() > most ? u" and %1 more"_s.arg(names.size() - most) : QString();
    say(u"spillwayctl: no lag of a group %1 was sampled; there is: %2"_s.arg(
        quoted(group), names.first(std::min(most, names.size())).join(u", "_s) + more));
}

} // namespace

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
    if (rows->empty() && context->workspace.connections.empty()) {
        say(u"spillwayctl: the workspace has no connection, so that nothing can be sampled; add one under 'connections' in %1"_s
                .arg(context->workspace.file));
        return !session.options().json || printLine(lagJson(*rows)) ? Done : OutOfReach;
    }
    if (rows->empty() && !command.group.isEmpty()) {
        const auto all = lagRows(*reader, context->catalog);
        if (!all)
            return refuse(all.error());
        if (!all->empty()) {
            sayWhichGroups(command.group, *all);
            return !session.options().json || printLine(lagJson(*rows)) ? Done : OutOfReach;
        }
    }
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
