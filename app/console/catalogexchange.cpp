// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogexchange.h"

#include "app/console/catalogs.h"
#include "app/console/costs.h"
#include "model/base/filebatch.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

enum class Standing { Missing, Same, Other };

Standing standingOf(const ExportedFile& exported, const QString& path)
{
    const QFileInfo info(path);
    if (!info.exists() && !info.isSymLink())
        return Standing::Missing;
    QFile file(path);
    if (info.isSymLink() || !info.isFile() || info.size() != exported.bytes.size() || !file.open(QIODevice::ReadOnly))
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

Result<QStringList> writeExport(const ExportedCatalog& exported, ExchangeForm form, const QString& path, bool replaces)
{
    const QFileInfo target(path);
    const bool isFolder = form == ExchangeForm::EventCatalog;
    const bool isNamedFolder = form == ExchangeForm::Backstage && (target.isDir() || path.endsWith(u'/'));
    if (form == ExchangeForm::AsyncApi &&
        !QStringList{u"json"_s, u"yaml"_s, u"yml"_s}.contains(target.suffix().toLower()))
        return fail(ErrorCode::InvalidConfig, u"%1: name a file that ends in .json, .yaml or .yml"_s.arg(path));
    const QString folder =
        QDir::cleanPath(isFolder || isNamedFolder ? target.absoluteFilePath() : target.absolutePath());
    const QString single = isNamedFolder ? u"catalog-info.yaml"_s : target.fileName();
    QStringList blocked;
    std::vector<std::pair<QString, const ExportedFile*>> due; // relative path
    for (const ExportedFile& file : exported.files) {
        const QString relative = file.path.isEmpty() ? single : file.path;
        const QString full = folder + u'/' + relative;
        const QString obstacle = inTheWay(folder, relative);
        const Standing standing = standingOf(file, full);
        if (!obstacle.isEmpty())
            blocked += u"%1: a link, or not what has to stand there; take it away"_s.arg(obstacle);
        else if (standing == Standing::Other && !replaces)
            blocked += u"%1: is there and says something else; give --replace to write over it"_s.arg(full);
        else if (standing != Standing::Same)
            due.emplace_back(relative, &file);
    }
    blocked.removeDuplicates();
    if (!blocked.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"nothing was written\n"_s + blocked.join(u'\n'));
    QStringList written;
    std::vector<BatchFile> batch;
    for (const auto& [relative, file] : due) {
        written += folder + u'/' + relative;
        batch.push_back({written.back(), &file->bytes});
    }
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

Checked<PlannedImport> planWorkspaceImport(const Workspace& workspace, const ImportedCatalog& imported)
{
    Checked<CatalogSources> sources = readCatalogSources(workspace);
    if (!sources.value)
        return {std::nullopt, std::move(sources.issues)};
    if (hasErrors(sources.value->issues))
        return {std::nullopt, std::move(sources.value->issues)};
    PlannedImport planned{.sources = std::move(*sources.value), .plan = {}, .notes = imported.notes};
    planned.plan = planImport(planned.sources, imported);
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
    if (!bill.value || bill.value->unknownEvents.contains(event))
        return; // faulty pricing is named by `check` and `cost`
    Money day;
    for (const CostLine& line : bill.value->lines) {
        if (line.eventType == event)
            day += line.amount;
    }
    planned.currency = bill.value->currency;
    planned.costPerDay = day;
    planned.costPerMonth = Money{(day.micros * 365 + 6) / 12};
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
    const auto imported = registrationOf(registration, input.value->sources);
    if (!imported)
        return tl::unexpected<Error>(imported.error());
    PlannedRegistration planned{.change = {.sources = std::move(input.value->sources), .plan = {}, .notes = {}}};
    planned.change.plan = planImport(planned.change.sources, *imported);
    Checked<CatalogSources> after = sourcesWith(planned.change.sources, planned.change.plan.textEdits());
    if (!after.value)
        return refuse(after.issues);
    const QString event = imported->events.front().eventType;
    LintResult lint = lintCatalog(*after.value, input.value->policy, QDateTime::currentDateTimeUtc().date());
    for (CatalogFinding& finding : lint.findings) {
        if (finding.event == event)
            planned.findings.push_back(std::move(finding));
    }
    addCost(planned, context, after.value->model, event);
    return planned;
}

} // namespace spillway
