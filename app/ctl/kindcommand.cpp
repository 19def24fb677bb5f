// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/deadletter/kindreport.h"
#include "model/deadletter/query.h"

#include <QFileInfo>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqKinds& command)
{
    const auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    const Checked<KindRules> rules = KindRules::withUsers(context->workspace.kindsFile);
    if (!rules.value)
        return reportIssues(rules.issues);
    std::optional<KindRules> trial;
    if (!command.test.isEmpty()) {
        Checked<KindRules> read = KindRules::withUsers(QFileInfo(command.test).absoluteFilePath());
        const int exitCode = reportIssues(read.issues);
        if (!read.value)
            return exitCode == Done ? Usage : exitCode;
        trial = std::move(*read.value);
    }
    const bool isJson = session.options().json;
    if (command.rules) {
        const KindRules& shown = trial ? *trial : *rules.value;
        return (isJson ? printLine(kindRulesJson(shown)) : print(kindRulesText(shown).toUtf8())) ? Done : OutOfReach;
    }
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto shares =
        kindShares(*reader, *query, SystemClock().now(), *rules.value, trial ? &*trial : nullptr, session.stop());
    if (!shares)
        return refuse(shares.error());
    for (KindShare& share : *shares)
        share.title = context->masker.text(share.title, MaskPurpose::SearchResult);
    const bool isTrial = trial.has_value();
    return (isJson ? printLine(kindSharesJson(*shares, isTrial)) : print(kindSharesText(*shares, isTrial).toUtf8()))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
