// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consolecatalogsource.h"

#include "app/console/catalogexchange.h"
#include "app/console/eventsheet.h"
#include "model/base/wholefile.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> firstError(const std::vector<FileIssue>& issues)
{
    for (const FileIssue& issue : issues) {
        if (issue.severity == IssueSeverity::Error)
            return fail(ErrorCode::InvalidConfig, issue.toString());
    }
    return fail(ErrorCode::Internal, u"the catalog could not be read"_s);
}

/// Every error, one a line, for who reads them all at once.
tl::unexpected<Error> allErrors(const std::vector<FileIssue>& issues)
{
    QStringList lines;
    for (const FileIssue& issue : issues) {
        if (issue.severity == IssueSeverity::Error)
            lines += issue.toString();
    }
    return fail(ErrorCode::InvalidConfig, lines.join(u'\n'));
}

} // namespace

/// News comes four times a second while a broker is busy; the files are not read as often.
Result<std::shared_ptr<const CatalogPicture>> ConsoleCatalogSource::picture(std::stop_token stop)
{
    constexpr Millis fresh{5'000};
    const UtcTime now = m_holder.clock().now();
    const std::lock_guard lock(m_mutex);
    if (m_last && now - m_lastAt < fresh && now >= m_lastAt)
        return m_last;
    auto picture = read(stop);
    if (picture) {
        m_last = *picture;
        m_lastAt = now;
    }
    return picture;
}

Result<std::shared_ptr<const CatalogPicture>> ConsoleCatalogSource::read(std::stop_token stop)
{
    const auto live = m_holder.contextNow();
    const Context& context = *live;
    const UtcTime now = m_holder.clock().now();
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto files = m_files.current(context, now);
    if (!files.value)
        return firstError(files.issues);
    Checked<CatalogPicture> picture =
        catalogPicture(*reader, context, *files.value, m_comparisons, now, std::move(stop));
    if (!picture.value)
        return firstError(picture.issues);
    return std::make_shared<const CatalogPicture>(std::move(*picture.value));
}

Result<EventVersion> ConsoleCatalogSource::version(const QString& eventType, std::optional<int> version,
                                                   std::stop_token)
{
    const auto live = m_holder.contextNow();
    const Context& context = *live;
    return versionOfEvent(context, context.catalog, eventType, version, m_holder.clock().now());
}

Result<EventHistory> ConsoleCatalogSource::history(const JoinedEvent& event, std::stop_token stop)
{
    return historyOfEvent(m_holder.context().workspace, event, std::move(stop));
}

Status ConsoleCatalogSource::apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token)
{
    const std::lock_guard lock(m_mutex);
    m_last.reset();
    const auto saved = saveEdits(texts, fix.edits);
    if (!saved)
        return tl::unexpected<Error>(saved.error());
    return {};
}

Result<std::shared_ptr<const PlannedRegistration>>
ConsoleCatalogSource::planRegistration(const Registration& registration, std::stop_token)
{
    auto planned = ::spillway::planRegistration(*m_holder.contextNow(), registration);
    if (!planned)
        return tl::unexpected<Error>(planned.error());
    return std::make_shared<const PlannedRegistration>(std::move(*planned));
}

Result<QStringList> ConsoleCatalogSource::applyRegistration(const PlannedRegistration& planned)
{
    const std::lock_guard lock(m_mutex);
    m_last.reset();
    return ::spillway::applyRegistration(planned);
}

Result<std::shared_ptr<const ExportPlan>> ConsoleCatalogSource::planExport(ExchangeForm form, const QString& path,
                                                                           std::stop_token stop)
{
    Checked<ExportedCatalog> exported = exportWorkspace(m_holder.context().workspace, form);
    if (!exported.value)
        return allErrors(exported.issues);
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"stopped"_s);
    auto plan = ::spillway::planExport(std::move(*exported.value), form, path);
    if (!plan)
        return tl::unexpected<Error>(plan.error());
    return std::make_shared<const ExportPlan>(std::move(*plan));
}

Result<QStringList> ConsoleCatalogSource::writeExport(const ExportPlan& plan, bool replaces)
{
    return ::spillway::writeExport(plan, replaces);
}

Result<std::shared_ptr<const PlannedImport>> ConsoleCatalogSource::planImport(ExchangeForm form, const QString& path,
                                                                              std::stop_token stop)
{
    const Checked<ImportedCatalog> imported = readForeignCatalog(path, form);
    if (!imported.value)
        return allErrors(imported.issues);
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"stopped"_s);
    Checked<PlannedImport> planned = planWorkspaceImport(m_holder.context().workspace, *imported.value);
    if (!planned.value)
        return allErrors(planned.issues);
    return std::make_shared<const PlannedImport>(std::move(*planned.value));
}

Result<QStringList> ConsoleCatalogSource::applyImport(const PlannedImport& planned)
{
    const std::lock_guard lock(m_mutex);
    m_last.reset();
    return saveEdits(planned.sources.texts(), planned.plan.textEdits());
}

Status ConsoleCatalogSource::write(const QString& file, const QByteArray& bytes)
{
    return writeWhole(file, bytes);
}

} // namespace spillway
