// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/catalogcommands.h"

#include "app/console/catalogkeeper.h"
#include "app/console/eventsheet.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/jsonwriter.h"
#include "model/base/wholefile.h"
#include "model/catalog/catalogsearch.h"
#include "model/catalog/catalogsearchoutput.h"

#include <QDateTime>

#include <algorithm>
#include <functional>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

std::optional<Workspace> workspaceOf(Session& session)
{
    if (session.options().demo) {
        const Context* context = session.context();
        return context ? std::optional(context->workspace) : std::nullopt;
    }
    Checked<Workspace> workspace = openWorkspaceOnly(session.options().workspace);
    if (!workspace.value || session.options().verbose)
        (void)reportIssues(workspace.issues);
    return std::move(workspace.value);
}

int writeDocument(const QByteArray& document, const QString& out)
{
    if (out.isEmpty())
        return print(document) ? Done : OutOfReach;
    const Status written = writeWhole(out, document);
    return written ? Done : refuse(written.error());
}

int printFindings(Session& session, const LintResult& result, const QString& folder, const QString& format,
                  const QString& out)
{
    const QString form = !format.isEmpty() ? format : session.options().json ? u"json"_s : u"text"_s;
    const QByteArray document = form == u"json"    ? findingsJson(result.findings) + '\n'
                                : form == u"sarif" ? findingsSarif(result, folder) + '\n'
                                                   : findingsText(result, folder).toUtf8();
    const int written = writeDocument(document, out);
    if (written != Done)
        return written;
    return result.hasErrors() ? Found : Done;
}

namespace {

/// Makes the safe changes, says each, and looks again: one may make room for another.
int writeSafeFixes(const Workspace& workspace, const std::function<LintResult(const LintInput&)>& find)
{
    constexpr int mostRounds = 8;
    for (int round = 0; round < mostRounds; ++round) {
        const Checked<LintInput> input = readLintInput(workspace);
        if (!input.value)
            return Done; // what follows says what is wrong
        const LintResult found = find(*input.value);
        const std::vector<TextEdit> edits = safeEdits(found.findings);
        if (edits.empty())
            return Done;
        const auto saved = saveEdits(input.value->sources.texts(), edits);
        if (!saved)
            return refuse(saved.error());
        for (const CatalogFinding& finding : found.findings) {
            if (finding.fix && finding.fix->isSafe &&
                std::find(edits.begin(), edits.end(), finding.fix->edits.front()) != edits.end())
                say(u"%1:%2: %3"_s.arg(finding.place.file).arg(finding.place.line).arg(finding.fix->title));
        }
    }
    return Done;
}

} // namespace

int run(Session& session, const CatalogLint& command)
{
    const std::optional<Workspace> workspace = workspaceOf(session);
    if (!workspace)
        return Usage;
    if (workspace->ownershipFile.isEmpty() && workspace->catalogFile.isEmpty())
        say(u"spillwayctl: spillway.yaml names neither ownership nor a catalog; there is nothing to lint"_s);
    const QDate today = QDateTime::currentDateTimeUtc().date();
    const auto lint = [&](const LintInput& input) { return lintCatalog(input.sources, input.policy, today); };
    if (command.fix) {
        if (const int fixed = writeSafeFixes(*workspace, lint); fixed != Done)
            return fixed;
    }
    const Checked<LintResult> result = lintWorkspace(*workspace);
    if (!result.value)
        return reportIssues(result.issues);
    return printFindings(session, *result.value, workspace->folder, command.format, command.out);
}

int run(Session& session, const CatalogRules&)
{
    JsonWriter json;
    json.beginArray();
    QString text;
    for (const LintRule& rule : lintRules()) {
        const QString check = rule.check == LintRule::Check::Lint ? u"lint"_s : u"drift"_s;
        json.beginObject()
            .field(u"rule", rule.id)
            .field(u"check", check)
            .field(u"severity", lintSeverityWord(rule.severity))
            .field(u"title", rule.title)
            .endObject();
        text += rule.id.toString().leftJustified(27) + lintSeverityWord(rule.severity).leftJustified(9) +
                check.leftJustified(7) + rule.title.toString() + u'\n';
    }
    json.endArray();
    return (session.options().json ? printLine(json.json()) : print(text.toUtf8())) ? Done : OutOfReach;
}

int run(Session& session, const CatalogSearch& command)
{
    const auto query = parseCatalogQuery(command.query);
    if (!query)
        return refuse(query.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    const std::vector<JoinedEvent> events = joinCatalog(context->workspace, context->catalog, ReadSchemas::Yes);
    const std::vector<std::size_t> found = CatalogIndex(events).find(*query);
    return (session.options().json ? printLine(catalogEventsJson(events, found))
                                   : print(catalogEventsText(events, found).toUtf8()))
               ? Done
               : OutOfReach;
}

int run(Session& session, const CatalogShow& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    const auto judged = judgeCatalog(*context, now);
    if (!judged.value)
        return reportIssues(judged.issues);
    InvoiceComparisons comparisons;
    const Checked<CatalogPicture> picture =
        catalogPicture(*reader, *context, *judged.value, comparisons, now, session.stop());
    if (!picture.value)
        return reportIssues(picture.issues);
    auto facts = eventFactsOf(*picture.value, command.event);
    if (!facts)
        return refuse(
            Error{ErrorCode::NotFound,
                  u"neither file knows the event '%1'; see: spillwayctl catalog search"_s.arg(command.event)});
    EventSheet sheet{.facts = std::move(*facts), .version = {}, .versionFault = {}, .history = {}, .historyFault = {}};
    auto version = versionOfEvent(*context, (*judged.value)->sources.model, command.event, command.version, now);
    if (version)
        sheet.version = std::move(*version);
    else if (command.version)
        return refuse(version.error());
    else
        sheet.versionFault = version.error().detail;
    auto history = historyOfEvent(context->workspace, sheet.facts.event, session.stop());
    if (history)
        sheet.history = std::move(*history);
    else if (history.error().code == ErrorCode::Cancelled)
        return refuse(history.error());
    else
        sheet.historyFault = history.error().detail;
    return (session.options().json ? printLine(eventSheetJson(sheet)) : print(eventSheetText(sheet).toUtf8()))
               ? Done
               : OutOfReach;
}

int run(Session& session, const CatalogTeams&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    constexpr Millis window{24LL * 3'600'000};
    const auto slos = sloRows(*reader, context->catalog, window, SystemClock().now());
    if (!slos)
        return refuse(slos.error());
    const TeamMatrix matrix = teamMatrix(joinCatalog(context->workspace, context->catalog, ReadSchemas::No), *slos);
    return (session.options().json ? printLine(teamMatrixJson(matrix)) : print(teamMatrixText(matrix).toUtf8()))
               ? Done
               : OutOfReach;
}

int run(Session& session, const CatalogDrift& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    if (command.apply) {
        const auto facts = readDriftFacts(*reader, now);
        if (!facts)
            return refuse(facts.error());
        const int applied = writeSafeFixes(
            context->workspace, [&](const LintInput& input) { return findDrift(input.sources, input.policy, *facts); });
        if (applied != Done)
            return applied;
    }
    const Checked<LintResult> result = driftWorkspace(*reader, context->workspace, now);
    if (!result.value)
        return reportIssues(result.issues);
    return printFindings(session, *result.value, context->workspace.folder, command.format, command.out);
}

int run(Session& session, const Scorecard&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto rows = workspaceScorecard(*reader, *context, SystemClock().now());
    if (!rows.value)
        return reportIssues(rows.issues);
    return (session.options().json ? printLine(scorecardJson(*rows.value)) : print(scorecardText(*rows.value).toUtf8()))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
