// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/slo/sloqueries.h"

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const Slo& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto rows = sloRows(*reader, context->catalog, command.window, SystemClock().now());
    if (!rows)
        return refuse(rows.error());
    session.options().json ? printLine(sloJson(*rows)) : printText(sloText(*rows));
    const bool isFound = std::any_of(rows->begin(), rows->end(), [&](const SloRow& row) {
        return (row.state == SloState::Violated && !command.failOn.isEmpty()) ||
               (row.state == SloState::AtRisk && command.failOn == u"atRisk");
    });
    return isFound ? Found : Done;
}

} // namespace spillway::ctl
