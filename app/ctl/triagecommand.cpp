// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/text.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqTriage& command)
{
    const TriageDecision decision{.ids = command.ids,
                                  .query = command.query,
                                  .to = command.to,
                                  .reason = command.reason,
                                  .assignee = command.assignee};
    return session.decide(u"spillwayctl dlq triage"_s, decision, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const std::int64_t changed = QJsonDocument::fromJson(json).object()[u"changed"].toInteger();
        return printText(u"%1 %2 changed"_s.arg(formatCount(changed), changed == 1 ? u"letter"_s : u"letters"_s));
    });
}

} // namespace spillway::ctl
