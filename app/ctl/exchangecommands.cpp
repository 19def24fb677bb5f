// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogexchange.h"
#include "app/ctl/catalogcommands.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const CatalogExportCommand& command)
{
    const std::optional<Workspace> workspace = workspaceOf(session);
    if (!workspace)
        return Usage;
    const auto form = exchangeForm(command.format);
    if (!form)
        return refuse(Error{ErrorCode::InvalidConfig, u"'%1' is no format to export"_s.arg(command.format)});
    const Checked<ExportedCatalog> exported = exportWorkspace(*workspace, *form);
    if (!exported.value)
        return reportIssues(exported.issues);
    const auto plan = planExport(*exported.value, *form, command.out);
    if (!plan)
        return refuse(plan.error());
    const auto written = writeExport(*plan, command.replaces);
    if (!written)
        return refuse(written.error());
    for (const QString& note : exported.value->notes)
        say(visibleText(note));
    if (session.options().json) {
        JsonWriter json;
        json.beginObject().key(u"written").beginArray();
        for (const QString& file : *written)
            json.value(file);
        json.endArray().key(u"notes").beginArray();
        for (const QString& note : exported.value->notes)
            json.value(note);
        json.endArray().endObject();
        return printLine(json.json()) ? Done : OutOfReach;
    }
    QString text;
    for (const QString& file : *written)
        text += file + u'\n';
    return print(text.toUtf8()) ? Done : OutOfReach;
}

namespace {

void writePlan(JsonWriter& json, const PlannedImport& planned)
{
    json.key(u"changes").beginArray();
    for (const PlannedEdit& change : planned.plan.edits) {
        const SourceFile& source = change.edit.from.file == planned.sources.ownership.text.file()
                                       ? planned.sources.ownership
                                       : planned.sources.catalog;
        json.beginObject()
            .field(u"file", change.edit.from.file)
            .field(u"line", change.edit.from.line)
            .field(u"title", change.title)
            .field(u"diff", editDiff(source.text, change.edit))
            .endObject();
    }
    json.endArray().key(u"conflicts").beginArray();
    for (const QString& conflict : planned.plan.conflicts)
        json.value(conflict);
    json.endArray().key(u"notes").beginArray();
    for (const QString& note : planned.notes)
        json.value(note);
    json.endArray();
}

/// Writes what is planned, where that was asked for. @return the exit code.
int applyPlan(const PlannedImport& planned, bool isAsked)
{
    if (!isAsked || planned.plan.edits.empty())
        return Done;
    const auto saved = saveEdits(planned.sources.texts(), planned.plan.textEdits());
    return saved ? Done : refuse(saved.error());
}

} // namespace

int run(Session& session, const CatalogImportCommand& command)
{
    const std::optional<Workspace> workspace = workspaceOf(session);
    if (!workspace)
        return Usage;
    const auto form = exchangeForm(command.format);
    if (!form)
        return refuse(Error{ErrorCode::InvalidConfig, u"'%1' is no format to import"_s.arg(command.format)});
    const Checked<ImportedCatalog> imported = readForeignCatalog(command.path, *form);
    if (!imported.value)
        return reportIssues(imported.issues);
    const Checked<PlannedImport> planned = planWorkspaceImport(*workspace, *imported.value);
    if (!planned.value)
        return reportIssues(planned.issues);
    if (const int written = applyPlan(*planned.value, command.apply); written != Done)
        return written;
    const bool hasConflicts = !planned.value->plan.conflicts.isEmpty();
    if (session.options().json) {
        JsonWriter json;
        json.beginObject();
        writePlan(json, *planned.value);
        json.field(u"isApplied", command.apply).endObject();
        if (!printLine(json.json()))
            return OutOfReach;
    } else {
        for (const QString& note : planned.value->notes)
            say(visibleText(note));
        for (const QString& conflict : planned.value->plan.conflicts)
            say(u"conflict: "_s + visibleText(conflict));
        if (planned.value->plan.edits.empty() && !hasConflicts)
            say(u"nothing to add: the files say all of it already"_s);
        if (!print(planText(planned.value->sources, planned.value->plan).toUtf8()))
            return OutOfReach;
    }
    return hasConflicts ? Found : Done;
}

int run(Session& session, const CatalogRegister& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto planned = planRegistration(*context, command.registration);
    if (!planned)
        return refuse(planned.error());
    if (!planned->faults.empty()) {
        QStringList lines;
        for (const RegistrationFault& fault : planned->faults)
            lines += fault.toString();
        return refuse(Error{ErrorCode::InvalidConfig, lines.join(u'\n')});
    }
    const PlannedImport& change = planned->change;
    const bool hasConflicts = !change.plan.conflicts.isEmpty();
    if (!hasConflicts && command.apply) {
        if (const auto written = applyRegistration(*planned); !written)
            return refuse(written.error());
    }
    if (session.options().json) {
        JsonWriter json;
        json.beginObject();
        writePlan(json, change);
        json.field(u"isApplied", command.apply && !hasConflicts);
        if (planned->costPerDay)
            json.field(u"currency", planned->currency);
        else
            json.nullField(u"currency");
        const auto money = [&json](QStringView name, const std::optional<Money>& amount) {
            json.key(name);
            if (amount)
                json.raw(formatMoney(*amount, 6).toLatin1());
            else
                json.null();
        };
        money(u"costPerDay", planned->costPerDay);
        money(u"costPerMonth", planned->costPerMonth);
        json.key(u"schema");
        if (planned->schema)
            json.beginObject()
                .field(u"file", planned->schema->path)
                .field(u"text", QString::fromUtf8(planned->schema->text))
                .endObject();
        else
            json.null();
        json.key(u"findings").raw(findingsJson(planned->findings)).endObject();
        if (!printLine(json.json()))
            return OutOfReach;
    } else {
        for (const QString& conflict : change.plan.conflicts)
            say(u"conflict: "_s + visibleText(conflict));
        QString text = planText(change.sources, change.plan);
        text += planned->costPerDay
                    ? u"expected cost: %1 %3 a day, %2 %3 a month\n"_s.arg(formatMoney(*planned->costPerDay, 2),
                                                                           formatMoney(*planned->costPerMonth, 2),
                                                                           planned->currency)
                    : u"expected cost: unknown, the pricing file is faulty (see: spillwayctl cost)\n"_s;
        if (planned->schema)
            text += u"%1, new:\n"_s.arg(visibleText(planned->schema->path)) +
                    visibleText(QString::fromUtf8(planned->schema->text), true);
        for (const CatalogFinding& finding : planned->findings)
            text +=
                u"%1 %2: %3\n"_s.arg(lintSeverityWord(finding.severity), finding.rule, visibleText(finding.message));
        if (!print(text.toUtf8()))
            return OutOfReach;
    }
    return hasConflicts ? Found : Done;
}

} // namespace spillway::ctl
