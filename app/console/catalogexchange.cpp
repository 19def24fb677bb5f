// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogexchange.h"

#include "app/console/catalogs.h"
#include "app/console/costs.h"
#include "model/base/filebatch.h"
#include "model/cost/eventcost.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

PlannedFile::Standing standingOf(const ExportedFile& exported, const QString& path)
{
    using Standing = PlannedFile::Standing;
    const QFileInfo info(path);
    if (!info.exists())
        return Standing::New;
    QFile file(path);
    if (info.size() != exported.bytes.size() || !file.open(QIODevice::ReadOnly))
        return Standing::Other;
    return file.readAll() == exported.bytes ? Standing::Same : Standing::Other;
}

/// The first part of a path below the folder that is a link, or no folder; empty: none.
QString inTheWay(const QString& folder, const QString& relative)
{
    const QStringList parts = relative.split(u'/');
    QString path = folder;
    for (qsizetype at = 0; at < parts.size(); ++at) {
        path += u'/' + parts[at];
        const QFileInfo info(path);
        const bool isLast = at + 1 == parts.size();
        if (info.isSymLink() || (info.exists() && (isLast ? !info.isFile() : !info.isDir())))
            return path;
    }
    return {};
}

PlannedFile plannedFile(const QString& folder, const ExportedFile& file)
{
    const QString obstacle = inTheWay(folder, file.path);
    if (!obstacle.isEmpty())
        return {.path = obstacle, .standing = PlannedFile::Standing::Blocked};
    const QString path = folder + u'/' + file.path;
    return {.path = path, .standing = standingOf(file, path)};
}

} // namespace

std::optional<ExchangeForm> exchangeForm(QStringView word)
{
    if (word == u"asyncapi")
        return ExchangeForm::AsyncApi;
    if (word == u"eventcatalog")
        return ExchangeForm::EventCatalog;
    if (word == u"backstage")
        return ExchangeForm::Backstage;
    return std::nullopt;
}

Checked<ExportedCatalog> exportWorkspace(const Workspace& workspace, ExchangeForm form)
{
    Checked<CatalogSources> sources = readCatalogSources(workspace);
    Checked<ExportedCatalog> result{std::nullopt, std::move(sources.issues)};
    if (sources.value)
        result.issues.insert(result.issues.end(), sources.value->issues.begin(), sources.value->issues.end());
    if (!sources.value || hasErrors(result.issues))
        return result;
    const CatalogExport input{workspace.name, workspace.folder, std::move(sources.value->events)};
    switch (form) {
    case ExchangeForm::AsyncApi:
        result.value = asyncApiExport(input);
        break;
    case ExchangeForm::EventCatalog:
        result.value = eventCatalogExport(input);
        break;
    case ExchangeForm::Backstage:
        result.value = backstageExport(input);
        break;
    }
    return result;
}

Result<ExportPlan> planExport(ExportedCatalog exported, ExchangeForm form, const QString& path)
{
    const QFileInfo target(path);
    const bool isFolder = form == ExchangeForm::EventCatalog;
    const bool isNamedFolder = form == ExchangeForm::Backstage && (target.isDir() || path.endsWith(u'/'));
    if (form == ExchangeForm::AsyncApi &&
        !QStringList{u"json"_s, u"yaml"_s, u"yml"_s}.contains(target.suffix().toLower()))
        return fail(ErrorCode::InvalidConfig, u"%1: name a file that ends in .json, .yaml or .yml"_s.arg(path));
    ExportPlan plan;
    plan.folder = QDir::cleanPath(isFolder || isNamedFolder ? target.absoluteFilePath() : target.absolutePath());
    const QString single = isNamedFolder ? u"catalog-info.yaml"_s : target.fileName();
    for (ExportedFile& file : exported.files) {
        if (file.path.isEmpty())
            file.path = single;
        plan.files.push_back(plannedFile(plan.folder, file));
    }
    plan.exported = std::move(exported);
    return plan;
}

Result<QStringList> writeExport(const ExportPlan& plan, bool replaces)
{
    using Standing = PlannedFile::Standing;
    QStringList blocked;
    QStringList written;
    std::vector<BatchFile> batch;
    for (const ExportedFile& file : plan.exported.files) {
        const PlannedFile planned = plannedFile(plan.folder, file); // as it is now
        if (planned.standing == Standing::Blocked)
            blocked += u"%1: a link, or not what has to stand there; take it away"_s.arg(planned.path);
        else if (planned.standing == Standing::Other && !replaces)
            blocked += u"%1: is there and says something else; give --replace to write over it"_s.arg(planned.path);
        else if (planned.standing != Standing::Same) {
            written += planned.path;
            batch.push_back({planned.path, &file.bytes});
        }
    }
    blocked.removeDuplicates();
    if (!blocked.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"nothing was written\n"_s + blocked.join(u'\n'));
    if (const Status done = writeFiles(batch); !done)
        return tl::unexpected<Error>(done.error());
    return written;
}

Checked<ImportedCatalog> readForeignCatalog(const QString& path, ExchangeForm form)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    switch (form) {
    case ExchangeForm::AsyncApi:
        return readAsyncApi(absolute);
    case ExchangeForm::EventCatalog:
        return readEventCatalog(absolute);
    case ExchangeForm::Backstage:
        return readBackstage(absolute);
    }
    return {};
}

namespace {

QString whyNotWritable(const ImportPlan& plan)
{
    for (const PlannedEdit& change : plan.edits) {
        const QFileInfo file(change.edit.from.file);
        if (!file.isWritable() || !QFileInfo(file.path()).isWritable())
            return u"%1 cannot be written here"_s.arg(file.filePath());
    }
    return {};
}

} // namespace

Checked<PlannedImport> planWorkspaceImport(const Workspace& workspace, const ImportedCatalog& imported)
{
    Checked<CatalogSources> sources = readCatalogSources(workspace);
    if (!sources.value)
        return {std::nullopt, std::move(sources.issues)};
    if (hasErrors(sources.value->issues))
        return {std::nullopt, std::move(sources.value->issues)};
    PlannedImport planned{.sources = std::move(*sources.value), .plan = {}, .notes = imported.notes};
    planned.plan = planImport(planned.sources, imported);
    planned.whyNotWritable = whyNotWritable(planned.plan);
    Checked<CatalogSources> after = sourcesWith(planned.sources, planned.plan.textEdits());
    if (!after.value)
        return {std::nullopt, std::move(after.issues)};
    return {std::move(planned), {}};
}

namespace {

void addCost(PlannedRegistration& planned, const Context& context, const Catalog& catalog, const QString& event)
{
    Context with = context;
    with.catalog = catalog;
    const Checked<CostBill> bill = workspaceBill(with, CostQuestion{});
    if (!bill.value)
        return; // faulty pricing is named by `check` and `cost`
    const auto costs = eventCosts(*bill.value);
    const auto cost = costs.find(event);
    if (cost == costs.end())
        return;
    planned.currency = cost->second.currency;
    planned.costPerDay = cost->second.day;
    planned.costPerMonth = cost->second.month;
}

} // namespace

Result<PlannedRegistration> planRegistration(const Context& context, const Registration& registration)
{
    const Workspace& workspace = context.workspace;
    Checked<LintInput> input = readLintInput(workspace);
    const auto refuse = [](const std::vector<FileIssue>& issues) {
        QStringList lines;
        for (const FileIssue& issue : issues)
            lines += issue.toString();
        return fail(ErrorCode::InvalidConfig, lines.join(u'\n'));
    };
    if (!input.value)
        return refuse(input.issues);
    PlannedRegistration planned;
    planned.faults = registrationFaults(registration, input.value->sources);
    if (!planned.faults.empty())
        return planned;
    const auto imported = registrationOf(registration, input.value->sources);
    if (!imported)
        return tl::unexpected<Error>(imported.error());
    planned.change.sources = std::move(input.value->sources);
    if (registration.startsSchema)
        planned.schema = schemaStub(workspace, imported->events.front());
    planned.change.plan = planImport(planned.change.sources, *imported);
    planned.change.whyNotWritable = whyNotWritable(planned.change.plan);
    Checked<CatalogSources> after = sourcesWith(planned.change.sources, planned.change.plan.textEdits());
    if (!after.value)
        return refuse(after.issues);
    const QString event = imported->events.front().eventType;
    LintResult lint = lintCatalog(*after.value, input.value->policy, QDateTime::currentDateTimeUtc().date());
    for (CatalogFinding& finding : lint.findings) {
        const bool isBegun = planned.schema && finding.rule == u"schema-missing"; // it comes with the lines
        if (finding.event == event && !isBegun)
            planned.findings.push_back(std::move(finding));
    }
    addCost(planned, context, after.value->model, event);
    return planned;
}

Result<QStringList> applyRegistration(const PlannedRegistration& planned)
{
    const CatalogSources& sources = planned.change.sources;
    QString begun;
    if (planned.schema) {
        const QString path = sources.workspace.folder + u'/' + planned.schema->path;
        if (!QDir().mkpath(QFileInfo(path).path()))
            return fail(ErrorCode::Unreachable, u"the folder of %1 cannot be made"_s.arg(path));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
            return file.exists()
                       ? fail(ErrorCode::Conflict,
                              u"%1 is there already; register without a schema, or move it away"_s.arg(path))
                       : fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, file.errorString()));
        begun = path;
        if (file.write(planned.schema->text) != planned.schema->text.size() || !file.flush()) {
            file.remove();
            return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, file.errorString()));
        }
    }
    auto saved = saveEdits(sources.texts(), planned.change.plan.textEdits());
    if (!saved) {
        if (!begun.isEmpty())
            QFile::remove(begun); // ours, and of no use without its entry
        return saved;
    }
    if (!begun.isEmpty())
        saved->append(begun);
    return saved;
}

} // namespace spillway
